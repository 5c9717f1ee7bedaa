//! Ordinary lives of contracts: played by the real machine, cut, and written again under other
//! names.

use crate::app::contrat::{Commande, Contrat};
use crate::app::demo::{self, Memoire, Porte};
use crate::app::execute::{Echec, Entente, projeter};
use crate::app::ouvrir::atelier;
use crate::app::vues::francais::cherchable;
use crate::metier::chaine::{Charge, Scellee, Tetes, instant};
use crate::metier::evenement::Ligne;
use crate::regles::calendrier::civil_date;
use crate::store::Erreur;
use crate::store::feuille::Feuille;
use crate::store::journal::Tete;
use crate::store::projections::Projection;
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};

/// The steps of a life, its lists left open.
const VIE: &str = include_str!("vie.yaml");

/// What differs from one contract to another.
#[derive(Debug)]
pub(super) struct Cles {
    pub contrat: String,
    pub departement: String,
    pub gestionnaire: String,
    /// By rank.
    pub finess: Vec<String>,
    pub noms: Vec<String>,
}

/// A life, played to its end.
#[derive(Debug)]
pub(super) struct Vie {
    lignes: Vec<Ligne>,
    textes: BTreeMap<Digest, String>,
    /// How many lines each cut keeps.
    coupes: Vec<usize>,
}

/// Keeps what is played, so that a life stops where it can go no further.
struct Gardee<'a> {
    memoire: Memoire<'a>,
    lignes: Vec<Ligne>,
    /// How many lines there were after each request: a life may be cut there.
    bornes: BTreeSet<usize>,
}

impl Gardee<'_> {
    fn garde(&mut self, lignes: Result<Vec<Ligne>, Echec>) -> Result<Vec<Ligne>, Echec> {
        if let Ok(lignes) = &lignes {
            self.lignes.extend(lignes.iter().cloned());
            self.bornes.insert(self.lignes.len());
        }
        lignes
    }
}

impl Porte for Gardee<'_> {
    fn contrat(&self) -> &Contrat<'_> {
        self.memoire.contrat()
    }

    fn ouvrir(&mut self, workflow: &str, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        let lignes = self.memoire.ouvrir(workflow, maintenant);
        self.garde(lignes)
    }

    fn avancer(&mut self, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        let lignes = self.memoire.avancer(maintenant);
        self.garde(lignes)
    }

    fn agir(
        &mut self,
        commande: &Commande,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<Ligne>, Echec> {
        let lignes = self.memoire.agir(commande, maintenant);
        self.garde(lignes)
    }
}

impl Vie {
    /// Plays a life of so many establishments.
    pub(super) fn jouee(esms: u64, coupes: u64) -> Result<Self, String> {
        let histoire = demo::lire(&texte(esms));
        let histoire = histoire.map_err(|p| format!("la vie, ligne {} : {p:?}", p.place.line))?;
        let mut porte = Gardee {
            memoire: Memoire::new(atelier()?),
            lignes: Vec::new(),
            bornes: BTreeSet::new(),
        };
        if let Err(arret) = demo::jouer(&mut porte, atelier()?, &histoire) {
            tracing::warn!(esms, arret, "une vie s'arrête avant sa fin");
        }
        let Gardee {
            memoire,
            lignes,
            bornes,
        } = porte;
        let empreintes = lignes.iter().filter_map(|l| l.evenement.texte());
        let textes = empreintes.filter_map(|e| Some((e, memoire.contrat().texte(e)?.to_owned())));
        Ok(Self {
            textes: textes.collect(),
            coupes: places(esms, coupes, lignes.len(), &bornes),
            lignes,
        })
    }

    /// How many lines a cut keeps; cuts are numbered from 1.
    pub(super) fn longueur(&self, coupe: u64) -> u64 {
        self.place(coupe) as u64
    }

    fn place(&self, coupe: u64) -> usize {
        let rang = usize::try_from(coupe)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        let place = self.coupes.get(rang).or(self.coupes.last());
        place.copied().unwrap_or_default()
    }

    /// The life, cut: what a contract of it shows, its names left open.
    pub(super) fn gabarit(
        &self,
        entente: &Entente,
        esms: u64,
        coupe: u64,
    ) -> Result<Gabarit, String> {
        let lignes = self.lignes.get(..self.place(coupe)).unwrap_or_default();
        let contrat = Contrat::replier(&entente.machines, lignes);
        let mut contrat = contrat.map_err(|refus| refus.to_string())?;
        let empreintes: BTreeSet<Digest> =
            lignes.iter().filter_map(|l| l.evenement.texte()).collect();
        let textes = empreintes.iter();
        let textes: Vec<(Digest, String)> = textes
            .filter_map(|e| Some((*e, self.textes.get(e)?.clone())))
            .collect();
        for (_, texte) in &textes {
            contrat.rend_texte(texte);
        }
        let derniere = lignes.last().map(|l| l.evenement.enregistre());
        let instant = derniere.unwrap_or_default();
        let (projection, _) = projeter(CONTRAT, &contrat, None, instant);
        let workflows = contrat.tous().map(|(nom, flux)| {
            let workflow = flux.dossier.workflow.clone();
            (nom.to_owned(), workflow)
        });
        let lignes: Result<Vec<Patron>, String> = lignes.iter().map(|l| patron(l, esms)).collect();
        Ok(Gabarit {
            esms,
            workflows: workflows.collect(),
            lignes: lignes?,
            textes,
            projection,
            instant,
        })
    }
}

/// Where a life may be cut: at even distances, once its establishments have entered.
fn places(esms: u64, coupes: u64, total: usize, bornes: &BTreeSet<usize>) -> Vec<usize> {
    let debut = usize::try_from(esms).unwrap_or(0) + 1;
    let total = total as u64;
    let place = |coupe: u64| {
        let voulue = usize::try_from(total * coupe / coupes)
            .unwrap_or(0)
            .max(debut);
        let avant = bornes.range(debut..=voulue).next_back();
        avant.or_else(|| bornes.range(voulue..).next()).copied()
    };
    (1..=coupes).filter_map(place).collect()
}

/// What stands for the contract's own names in a life.
const CONTRAT: &str = "contratid";
const GESTIONNAIRE: &str = "nomgestionnaire";
const FINESS: &str = "finess";
const NOM: &str = "nomesms";
const DEPARTEMENT: &str = "departement:99";
const DEPARTEMENT_JSON: &str = "\"departement\":\"99\"";
/// Digits of a rank.
const CHIFFRES: usize = 3;

/// The steps of a life of so many establishments. The first is of both authorities; the others, of
/// one then of the other.
fn texte(esms: u64) -> String {
    let cle = |n: u64| format!("{FINESS}{n:03}");
    let liste = |voulu: &dyn Fn(u64) -> bool| {
        let cles: Vec<String> = (0..esms).filter(|n| voulu(*n)).map(cle).collect();
        cles.join(", ")
    };
    let entree = |n: u64| {
        let autorite = match n {
            0 => "ars: oui, departement: \"99\"",
            n if n % 2 == 1 => "ars: oui",
            _ => "departement: \"99\"",
        };
        let cle = cle(n);
        format!(
            "- {{ le: 2022-07-21, par: karim, pour: {cle}, \
             entre: {{ esms: {NOM}{n:03}, {autorite} }} }}"
        )
    };
    let entrees: Vec<String> = (0..esms).map(entree).collect();
    let (ars, cd) = (liste(&|n| n % 2 == 1), liste(&|n| n > 0 && n % 2 == 0));
    let constats = ["constats_sans_position", "themes_bloquants"].map(|fait| {
        format!(
            "- {{ le: 2024-04-05, par: sophie, pour: [{cd}], fait: diagnostic.{fait}, vaut: 0, \
             preuve: Tableau }}"
        )
    });
    let constats = if cd.is_empty() {
        String::new()
    } else {
        constats.join("\n  ")
    };
    let cloture = |(autorite, cles): (&str, &String)| {
        format!(
            "- {{ par: [claire, {autorite}], pour: [{cles}], acte: clore, \
             ou: \"diagnostic_partage[{{}}]/en_instruction\" }}"
        )
    };
    let clotures = [("karim", &ars), ("sophie", &cd)].into_iter();
    let clotures = clotures.filter(|(_, cles)| !cles.is_empty()).map(cloture);
    let clotures = clotures.collect::<Vec<_>>().join("\n  ");
    VIE.replace("{ENTREES}", &entrees.join("\n  "))
        .replace("{TOUS}", &liste(&|_| true))
        .replace("{ARS}", &liste(&|n| n == 0 || n % 2 == 1))
        .replace("{CONJOINTS}", &cle(0))
        .replace("{CONSTATS_CD}", &constats)
        .replace("{CLOTURES}", &clotures)
}

/// A life cut, its names left open.
#[derive(Debug)]
pub(super) struct Gabarit {
    esms: u64,
    workflows: BTreeMap<String, String>,
    lignes: Vec<Patron>,
    textes: Vec<(Digest, String)>,
    projection: Projection,
    instant: DateTime<Utc>,
}

/// A line, its names left open.
#[derive(Debug)]
struct Patron {
    flux: String,
    rang: u64,
    version: u32,
    enregistre: DateTime<Utc>,
    effet: NaiveDate,
    genre: String,
    auteur: String,
    charge: Vec<Morceau>,
}

/// A part of a text.
#[derive(Debug)]
enum Morceau {
    Fixe(String),
    Contrat,
    Gestionnaire,
    Departement(&'static str),
    Finess(usize),
    Nom(usize),
}

fn patron(ligne: &Ligne, esms: u64) -> Result<Patron, String> {
    let evenement = &ligne.evenement;
    let charge = serde_json::to_string(evenement).map_err(|e| e.to_string())?;
    Ok(Patron {
        flux: ligne.flux.clone(),
        rang: ligne.rang,
        version: ligne.v,
        enregistre: evenement.enregistre(),
        effet: evenement.effet(),
        genre: evenement.genre().to_owned(),
        auteur: evenement.auteur().unwrap_or_default(),
        charge: decoupe(&charge, esms),
    })
}

/// Finds the names in a text.
fn decoupe(texte: &str, esms: u64) -> Vec<Morceau> {
    let mut morceaux = Vec::new();
    let mut debut = 0;
    let mut place = 0;
    while let Some(reste) = texte.get(place..).filter(|r| !r.is_empty()) {
        if let Some((morceau, taille)) = nom(reste, esms) {
            if debut < place {
                morceaux.push(Morceau::Fixe(texte[debut..place].to_owned()));
            }
            morceaux.push(morceau);
            place += taille;
            debut = place;
        } else {
            place += reste.chars().next().map_or(1, char::len_utf8);
        }
    }
    if debut < texte.len() {
        morceaux.push(Morceau::Fixe(texte[debut..].to_owned()));
    }
    morceaux
}

/// The name that a text begins with, and its length.
fn nom(reste: &str, esms: u64) -> Option<(Morceau, usize)> {
    let rang = |prefixe: &str| {
        let chiffres = reste.strip_prefix(prefixe)?.get(..CHIFFRES)?;
        let rang: usize = chiffres.parse().ok()?;
        ((rang as u64) < esms).then_some(rang)
    };
    if let Some(n) = rang(FINESS) {
        return Some((Morceau::Finess(n), FINESS.len() + CHIFFRES));
    }
    if let Some(n) = rang(NOM) {
        return Some((Morceau::Nom(n), NOM.len() + CHIFFRES));
    }
    if reste.starts_with(CONTRAT) {
        return Some((Morceau::Contrat, CONTRAT.len()));
    }
    if reste.starts_with(GESTIONNAIRE) {
        return Some((Morceau::Gestionnaire, GESTIONNAIRE.len()));
    }
    for forme in [DEPARTEMENT, DEPARTEMENT_JSON] {
        if reste.starts_with(forme) {
            return Some((Morceau::Departement(forme), forme.len()));
        }
    }
    None
}

impl Cles {
    fn ecrit(&self, morceaux: &[Morceau]) -> String {
        let mut texte = String::new();
        for morceau in morceaux {
            match morceau {
                Morceau::Fixe(fixe) => texte.push_str(fixe),
                Morceau::Contrat => texte.push_str(&self.contrat),
                Morceau::Gestionnaire => texte.push_str(&self.gestionnaire),
                Morceau::Departement(forme) => {
                    texte.push_str(&forme.replace("99", &self.departement));
                }
                Morceau::Finess(n) => texte.push_str(&self.finess[*n]),
                Morceau::Nom(n) => texte.push_str(&self.noms[*n]),
            }
        }
        texte
    }

    /// The same text under this contract's names.
    fn nomme(&self, texte: &str) -> String {
        self.ecrit(&decoupe(texte, self.finess.len() as u64))
    }

    fn table<const C: usize, const V: usize>(
        &self,
        table: &BTreeMap<[String; C], [String; V]>,
    ) -> BTreeMap<[String; C], [String; V]> {
        let nommes = |(cle, valeur): (&[String; C], &[String; V])| {
            let cle = std::array::from_fn(|i| self.nomme(&cle[i]));
            (cle, std::array::from_fn(|i| self.nomme(&valeur[i])))
        };
        table.iter().map(nommes).collect()
    }
}

/// What a search looks into, the last of the values, is made again from the names of this contract.
fn cherchables<const V: usize>(
    mut table: BTreeMap<[String; 1], [String; V]>,
) -> BTreeMap<[String; 1], [String; V]> {
    for valeur in table.values_mut().filter_map(|v| v.last_mut()) {
        *valeur = cherchable(valeur);
    }
    table
}

/// A contract, whole.
pub(super) struct Graine {
    id: String,
    tete: Tete,
    pub(super) lignes: Vec<Scellee>,
    tetes: Tetes,
    /// By stream.
    workflows: BTreeMap<String, String>,
    textes: Vec<(Digest, String)>,
    projection: Projection,
}

impl Graine {
    /// Its rows, where nothing is yet.
    pub(super) fn pose(&self, feuille: &mut Feuille) -> Result<(), Erreur> {
        let id = &self.id;
        for ligne in &self.lignes {
            feuille.ligne(ligne)?;
        }
        for (flux, tete) in &self.tetes {
            let workflow = self.workflows.get(flux).map_or("", String::as_str);
            feuille.flux(id, flux, workflow, *tete);
        }
        for (empreinte, texte) in &self.textes {
            feuille.texte(id, *empreinte, texte);
        }
        feuille.listes(id, Some(&Projection::default()), &self.projection);
        feuille.contrat(id, &self.tete, &self.projection);
        Ok(())
    }
}

impl Gabarit {
    /// A contract of this life, under its own names, sealed.
    pub(super) fn graine(&self, cles: &Cles) -> Result<Graine, String> {
        if cles.finess.len() as u64 != self.esms {
            return Err("cette vie n'a pas ce nombre d'ESMS".to_owned());
        }
        let mut tetes = Tetes::new();
        let lignes = (1..).zip(&self.lignes).map(|(ordre, patron)| {
            let scellee = Scellee {
                contrat: cles.contrat.clone(),
                ordre,
                flux: patron.flux.clone(),
                rang: patron.rang,
                enregistre: patron.enregistre,
                effet: patron.effet,
                genre: patron.genre.clone(),
                version: patron.version,
                auteur: cles.nomme(&patron.auteur),
                prive: String::new(),
                charge: Charge::Claire(cles.ecrit(&patron.charge)),
                empreinte: Digest([0; 32]),
            };
            scellee.apres(&mut tetes)
        });
        let lignes: Vec<Scellee> = lignes.collect();
        let p = &self.projection;
        Ok(Graine {
            id: cles.contrat.clone(),
            tete: Tete {
                ordre: lignes.len() as u64,
                empreinte: lignes
                    .last()
                    .map_or(String::new(), |l| l.empreinte.to_string()),
                instant: instant(self.instant),
                vu: civil_date(self.instant).to_string(),
            },
            lignes,
            tetes,
            workflows: self.workflows.clone(),
            textes: self.textes.clone(),
            projection: Projection {
                titre: cles.nomme(&p.titre),
                phase: p.phase.clone(),
                echeance: p.echeance.clone(),
                plume: cles.nomme(&p.plume),
                terme: p.terme.clone(),
                recherche: cherchable(&cles.nomme(&p.recherche)),
                ouvert: p.ouvert,
                resume: cles.nomme(&p.resume),
                taches: cles.table(&p.taches),
                echeances: cles.table(&p.echeances),
                parties: cherchables(cles.table(&p.parties)),
                esms: cherchables(cles.table(&p.esms)),
            },
        })
    }
}
