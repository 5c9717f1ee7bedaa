//! Findings, and what each party concerned thinks of them: four stances, side by side, a divergence
//! shown as one.

use crate::app::contrat::RACINE;
use crate::app::vues::francais::{jour, typographie};
use crate::app::vues::lu::ContratLu;
use crate::app::vues::voix::{Noms, Voix};
use crate::metier::contrat::dossier::{Contenu, Dossier, Position};
use crate::metier::contrat::perimetre::{ESMS, GESTIONNAIRE};
use crate::metier::contrat::saisie::{Constat, Genre};
use crate::metier::evenement::Avis;
use crate::metier::referentiels::indicateurs;
use crate::metier::serafin::{Reconnu, nomenclature};
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConstatVue {
    pub code: String,
    pub genre: &'static str,
    pub texte: String,
    pub preuve: String,
    pub gravite: Option<u8>,
    /// The figure it reads.
    pub donnee: Option<String>,
    pub diverge: bool,
    pub positions: Vec<PositionVue>,
    /// The form by which the reader's party takes position; none: not now.
    pub prendre: Option<PrendreVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PositionVue {
    pub voix: Voix,
    /// `accord`, `reserve`, `desaccord`, `vide`.
    pub classe: &'static str,
    pub avis: &'static str,
    /// Empty: nothing said.
    pub texte: String,
    pub vous: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrendreVue {
    pub envoi: String,
    pub esms: String,
    pub constat: String,
    /// Made before sending.
    pub id: String,
    /// What stands already: the word, its title, whether it is the one.
    pub choix: Vec<ChoixVue>,
    pub texte: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoixVue {
    pub mot: &'static str,
    pub titre: &'static str,
    pub pris: bool,
}

/// The parties that an establishment concerns, and its findings.
pub struct Parties<'a> {
    lu: &'a ContratLu,
    finess: &'a str,
    concernees: Vec<String>,
    contenu: Option<&'a Contenu>,
    constats: Vec<(&'a String, &'a Constat)>,
}

const AVIS: [(Avis, &str, &str, &str); 3] = [
    (Avis::Accord, "accord", "Accord", "accord"),
    (
        Avis::AccordAvecReserve,
        "accord_avec_reserve",
        "Accord avec réserve",
        "reserve",
    ),
    (Avis::Desaccord, "desaccord", "Désaccord", "desaccord"),
];

/// For people.
pub(super) fn nature(genre: Genre) -> &'static str {
    match genre {
        Genre::Force => "Force",
        Genre::Faiblesse => "Faiblesse",
        Genre::Opportunite => "Opportunité",
        Genre::Menace => "Menace",
    }
}

impl<'a> Parties<'a> {
    pub fn de(lu: &'a ContratLu, dossier: &'a Dossier, finess: &'a str) -> Self {
        let autorites = dossier.collections().autorites(ESMS, Some(finess));
        let mut concernees = vec![GESTIONNAIRE.to_owned()];
        concernees.extend(autorites.iter().cloned());
        Self {
            lu,
            finess,
            concernees,
            contenu: dossier.contenu("diagnostic", Some(finess)),
            constats: dossier.registre().constats(finess).collect(),
        }
    }

    /// The findings of a theme.
    pub fn du_theme(&self, theme: &str) -> impl Iterator<Item = (&'a String, &'a Constat)> {
        let constats = self.constats.iter().copied();
        constats.filter(move |(_, constat)| constat.theme == theme)
    }

    fn position(&self, code: &str, partie: &str) -> Option<&'a Position> {
        self.contenu?.positions.get(code)?.get(partie)
    }

    /// How many findings of a theme await the reader's party.
    pub fn a_traiter(&self, theme: &str) -> usize {
        let partie = &self.lu.place.partie;
        if !self.concernees.contains(partie) {
            return 0;
        }
        let attendent = self.du_theme(theme);
        attendent
            .filter(|(code, _)| self.position(code, partie).is_none())
            .count()
    }

    /// How many findings lack a position.
    pub fn sans_position(&self, theme: &str) -> usize {
        let manque = |code: &str| {
            let mut parties = self.concernees.iter();
            parties.any(|partie| self.position(code, partie).is_none())
        };
        self.du_theme(theme)
            .filter(|(code, _)| manque(code))
            .count()
    }

    /// Whether parties do not think the same of a finding.
    pub fn diverge(&self, code: &str) -> bool {
        self.contenu.is_some_and(|contenu| contenu.diverge(code))
    }

    /// The findings of a theme; `prend`: the reader's party may take position now.
    pub fn constats(&self, dossier: &Dossier, theme: &str, prend: bool) -> Vec<ConstatVue> {
        let constats = self.du_theme(theme);
        constats
            .map(|(code, constat)| self.constat(dossier, (code, constat), prend))
            .collect()
    }

    pub fn constat(
        &self,
        dossier: &Dossier,
        (code, constat): (&str, &Constat),
        prend: bool,
    ) -> ConstatVue {
        let noms = Noms(&self.lu.identite.parties);
        let positions = self.concernees.iter().map(|partie| {
            let prise = self.position(code, partie);
            let dit = prise.and_then(|p| AVIS.iter().find(|(avis, ..)| *avis == p.avis));
            PositionVue {
                voix: noms.voix(partie),
                classe: dit.map_or("vide", |(.., classe)| classe),
                avis: dit.map_or("Non exprimé", |(_, _, titre, _)| titre),
                texte: prise.map(|p| p.texte.clone()).unwrap_or_default(),
                vous: *partie == self.lu.place.partie,
            }
        });
        ConstatVue {
            code: code.to_owned(),
            genre: nature(constat.genre),
            texte: constat.texte.clone(),
            preuve: constat.preuve.clone(),
            gravite: constat.gravite,
            donnee: donnee(dossier, self.finess, constat),
            diverge: self.diverge(code),
            positions: positions.collect(),
            prendre: prend.then(|| self.prendre(code)),
        }
    }

    fn prendre(&self, code: &str) -> PrendreVue {
        let prise = self.position(code, &self.lu.place.partie);
        let choix = AVIS.iter().map(|(avis, mot, titre, _)| ChoixVue {
            mot,
            titre,
            pris: prise.is_some_and(|p| p.avis == *avis),
        });
        let adresse = crate::app::vues::adresse(&self.lu.identite.id);
        PrendreVue {
            envoi: format!("{adresse}/ecrire/position"),
            esms: self.finess.to_owned(),
            constat: code.to_owned(),
            id: Uuid::now_v7().to_string(),
            choix: choix.collect(),
            texte: prise.map(|p| p.texte.clone()).unwrap_or_default(),
        }
    }
}

/// The figure that a finding reads: its name, its value, its year, where it comes from.
fn donnee(dossier: &Dossier, finess: &str, constat: &Constat) -> Option<String> {
    let donnee = constat.donnee.as_ref()?;
    let (code, annee) = (&donnee.indicateur, donnee.annee);
    let Some(indicateur) = indicateurs::par_code(code) else {
        let Reconnu::Poste(poste) = nomenclature().lit(code, None) else {
            return None;
        };
        return Some(typographie(&format!("{} ({code}), {annee}", poste.libelle)));
    };
    let chiffres = dossier.registre().chiffres(finess);
    let chiffre = chiffres.and_then(|c| c.get(&(code.clone(), annee)));
    let valeur = chiffre.map(|c| {
        let valeur = super::chiffres::valeur(c.valeur, indicateur.unite);
        format!(" : {valeur}, {}, {}", c.source.titre(), jour(c.le))
    });
    let valeur = valeur.unwrap_or_default();
    Some(typographie(&format!(
        "{} ({annee}){valeur}",
        indicateur.libelle
    )))
}

/// Whether a stream's diagnostic may be read here: findings stand in the contract itself.
pub(super) fn dossier(lu: &ContratLu) -> Option<&Dossier> {
    Some(&lu.contrat.flux(RACINE)?.dossier)
}
