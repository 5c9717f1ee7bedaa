//! The diagnostic of the whole contract: which themes stand where, forces and weaknesses, what is
//! disputed, what binds the managing body already, where figures come from.

use super::categorie;
use super::constats::{ConstatVue, Parties, dossier, nature};
use crate::app::contrat::RACINE;
use crate::app::formulaires::adresse_d_ecriture;
use crate::app::vues::francais::{compte, court, jour, typographie};
use crate::app::vues::liste::{PageVue, pages};
use crate::app::vues::lu::ContratLu;
use crate::app::vues::voix::{Noms, Voix};
use crate::metier::contrat::diagnostic::Source;
use crate::metier::contrat::dossier::{Dossier, Sujet};
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::contrat::saisie::Genre;
use crate::metier::trame::Theme;
use chrono::{DateTime, Utc};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnsembleVue {
    pub adresse: String,
    pub contrat: String,
    pub trame: String,
    pub trame_source: String,
    /// A name, a value, a precision.
    pub chiffres: Vec<[String; 3]>,
    pub esms: Vec<ColonneVue>,
    /// Which of the establishments are in the table, and the pages of the others.
    pub compte: String,
    pub pages: Vec<PageVue>,
    pub themes: Vec<LigneVue>,
    /// Forces, weaknesses, opportunities, threats.
    pub quatre: Vec<QuartVue>,
    pub divergences: Vec<DivergenceVue>,
    pub conventions: Vec<ConventionVue>,
    pub sources: Vec<[String; 2]>,
    /// The synthesis, when it is written.
    pub synthese: Option<String>,
    /// Where the reader brings a file of figures, or enters an agreement.
    pub apporter: bool,
    pub convention: Option<String>,
    pub choisir: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColonneVue {
    pub nom: String,
    pub lien: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LigneVue {
    pub code: String,
    pub titre: String,
    pub cases: Vec<CaseVue>,
}

/// A theme of an establishment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseVue {
    pub lien: String,
    pub dit: String,
    /// `fait`, `attend`, `diverge`, `vide`, `libre`.
    pub etat: &'static str,
    pub sous: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuartVue {
    pub titre: &'static str,
    pub constats: Vec<[String; 3]>,
    /// « 12 autres »: left to the synthesis.
    pub autres: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DivergenceVue {
    pub esms: String,
    pub theme: String,
    pub constat: ConstatVue,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConventionVue {
    pub cle: String,
    /// The party that says it.
    pub par: Voix,
    pub nature: &'static str,
    pub intitule: String,
    pub terme: String,
    pub engagements: String,
    pub bilan: String,
    pub piece: String,
}

/// How much of a contract is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Etendue {
    /// What a page holds: a page of establishments, from 1, and the first findings.
    Page(u64),
    /// All of it: a document.
    Entiere,
}

/// Establishments in the table of a page.
const ESMS_PAR_PAGE: usize = 12;
/// Findings of one kind in a page.
const CONSTATS_PAR_PAGE: usize = 25;

impl Etendue {
    /// How many establishments come before, and how many are told.
    fn fenetre(self) -> (usize, usize) {
        match self {
            Self::Page(page) => {
                let avant = usize::try_from(page.saturating_sub(1)).unwrap_or(usize::MAX);
                (avant.saturating_mul(ESMS_PAR_PAGE), ESMS_PAR_PAGE)
            }
            Self::Entiere => (0, usize::MAX),
        }
    }

    fn constats(self) -> usize {
        match self {
            Self::Page(_) => CONSTATS_PAR_PAGE,
            Self::Entiere => usize::MAX,
        }
    }
}

/// The diagnostic of a contract, as someone sees it. None: the contract has no trame.
pub fn ensemble(
    lu: &ContratLu,
    maintenant: DateTime<Utc>,
    etendue: Etendue,
) -> Option<EnsembleVue> {
    let dossier = dossier(lu)?;
    let trame = dossier.registre().trame()?;
    let vus = dossier.collections().elements(ESMS);
    let vus: Vec<(&String, &Element)> = vus.filter(|(cle, _)| lu.place.voit(cle)).collect();
    let parties: Vec<Parties<'_>> = vus
        .iter()
        .map(|(cle, _)| Parties::de(lu, dossier, cle))
        .collect();
    let adresse = crate::app::vues::adresse(&lu.identite.id);
    let (avant, combien) = etendue.fenetre();
    let montres = || vus.iter().zip(&parties).skip(avant).take(combien);
    let (compte, pages) = places(&adresse, etendue, (vus.len(), montres().count()));
    let themes = trame.themes.iter().map(|theme| LigneVue {
        code: theme.code.clone(),
        titre: typographie(&theme.titre),
        cases: montres()
            .map(|(esms, parties)| case(dossier, &adresse, (*esms, theme), parties))
            .collect(),
    });
    let entier = lu.place.esms.is_none();
    let ouvertures = match lu.place.role {
        Some(_) => lu.contrat.ouvertures(RACINE, &lu.place.partie, maintenant),
        None => Vec::new(),
    };
    let ouvert = |sujet: &Sujet| entier && ouvertures.iter().any(|o| o.sujet == *sujet);
    let lien = |nom| {
        let sujet = Sujet::Saisie(nom);
        ouvert(&sujet)
            .then(|| adresse_d_ecriture(&lu.identite.id, RACINE, &sujet, None))
            .flatten()
    };
    let synthese = dossier
        .contenu("synthese", None)
        .and_then(|c| lu.contrat.texte(c.texte?));
    Some(EnsembleVue {
        contrat: court(&lu.identite.titre),
        trame: typographie(&trame.titre),
        trame_source: typographie(&trame.source),
        chiffres: comptes(dossier, &vus, &parties, &trame.themes),
        esms: montres()
            .map(|((cle, element), _)| ColonneVue {
                nom: element.nom().to_owned(),
                lien: format!("{adresse}/diagnostic/{cle}"),
            })
            .collect(),
        themes: themes.collect(),
        compte,
        pages,
        quatre: quatre(dossier, &vus, etendue.constats()),
        divergences: divergences(dossier, &vus, &parties),
        conventions: if entier {
            conventions(lu, dossier)
        } else {
            Vec::new()
        },
        sources: sources(dossier, &vus),
        synthese: synthese.filter(|_| entier).map(str::to_owned),
        apporter: ouvert(&Sujet::Saisie("chiffres")),
        convention: lien("convention"),
        choisir: lien("trame"),
        adresse,
    })
}

/// Where the table stands among the establishments.
fn places(
    adresse: &str,
    etendue: Etendue,
    (tous, montres): (usize, usize),
) -> (String, Vec<PageVue>) {
    let Etendue::Page(page) = etendue else {
        return (String::new(), Vec::new());
    };
    let (avant, _) = etendue.fenetre();
    let compte = match montres {
        0 => "Aucun établissement à cette page.".to_owned(),
        _ => format!(
            "Établissements {} à {} sur {tous}",
            avant + 1,
            avant + montres
        ),
    };
    let derniere = u64::try_from(tous.div_ceil(ESMS_PAR_PAGE)).unwrap_or(u64::MAX);
    let chemin = format!("{adresse}/diagnostic");
    (compte, pages(&chemin, &[], page, derniere))
}

fn case(
    dossier: &Dossier,
    adresse: &str,
    ((finess, element), theme): ((&String, &Element), &Theme),
    parties: &Parties<'_>,
) -> CaseVue {
    let renseigne = dossier
        .registre()
        .themes(finess)
        .any(|(code, _)| *code == theme.code);
    let constats = parties.du_theme(&theme.code).count();
    let attendent = parties.sans_position(&theme.code);
    let diverge = parties
        .du_theme(&theme.code)
        .any(|(code, _)| parties.diverge(code));
    let obligatoire = theme.obligatoire(categorie(element));
    let (etat, dit) = match (renseigne || constats > 0, diverge, attendent) {
        _ if obligatoire && !renseigne => ("vide", "À renseigner".to_owned()),
        (false, ..) => ("libre", "Facultatif".to_owned()),
        (true, true, _) => ("diverge", "Divergence".to_owned()),
        (true, false, 0) if renseigne => ("fait", "Renseigné".to_owned()),
        // Of a theme that nobody has to write, findings may be all that there is.
        (true, false, 0) => ("fait", "Positions prises".to_owned()),
        (true, false, n) => {
            let n = u64::try_from(n).unwrap_or(u64::MAX);
            (
                "attend",
                compte(n, "position attendue", "positions attendues"),
            )
        }
    };
    let combien = u64::try_from(constats).unwrap_or(u64::MAX);
    CaseVue {
        lien: format!("{adresse}/diagnostic/{finess}?theme={}", theme.code),
        dit,
        etat,
        sous: match constats {
            0 => String::new(),
            _ => compte(combien, "constat", "constats"),
        },
    }
}

fn comptes(
    dossier: &Dossier,
    vus: &[(&String, &Element)],
    parties: &[Parties<'_>],
    themes: &[Theme],
) -> Vec<[String; 3]> {
    let chiffre = |nom: &str, valeur: usize, precision: &str| {
        [nom.to_owned(), valeur.to_string(), precision.to_owned()].map(|t| typographie(&t))
    };
    let constats: usize = vus
        .iter()
        .map(|(cle, _)| dossier.registre().constats(cle).count())
        .sum();
    let manquent = parties
        .iter()
        .flat_map(|p| themes.iter().map(|t| p.sans_position(&t.code)));
    let manquent: usize = manquent.sum();
    let vides = vus.iter().map(|(cle, element)| {
        let obligatoires = themes.iter().filter(|t| t.obligatoire(categorie(element)));
        let rempli = |code: &str| dossier.registre().themes(cle).any(|(c, _)| c == code);
        obligatoires.filter(|t| !rempli(&t.code)).count()
    });
    let vides: usize = vides.sum();
    let divergents = vus.iter().zip(parties).map(|((cle, _), parties)| {
        dossier
            .registre()
            .constats(cle)
            .filter(|(code, _)| parties.diverge(code))
            .count()
    });
    let divergents: usize = divergents.sum();
    let (apportes, importes) = provenance(dossier, vus);
    let part = (importes * 100).checked_div(apportes);
    let part = part.map_or_else(
        || "aucun chiffre apporté".to_owned(),
        |part| format!("{part} % viennent du TDB ESMS, des comptes ou de la HAS"),
    );
    vec![
        chiffre(
            "Constats",
            constats,
            "forces, faiblesses, opportunités, menaces",
        ),
        chiffre(
            "Attendent une position",
            manquent,
            "d'une partie concernée au moins",
        ),
        chiffre("Divergences", divergents, "gardées côte à côte"),
        chiffre("Thèmes obligatoires vides", vides, "tous ESMS confondus"),
        chiffre("Chiffres", apportes, &part),
    ]
}

/// How many figures there are, and how many come from what is published or declared.
fn provenance(dossier: &Dossier, vus: &[(&String, &Element)]) -> (usize, usize) {
    let chiffres = vus
        .iter()
        .filter_map(|(cle, _)| dossier.registre().chiffres(cle));
    let sources = chiffres.flat_map(|c| c.values().map(|chiffre| chiffre.source));
    sources.fold((0, 0), |(tous, importes), source| {
        (tous + 1, importes + usize::from(source.publiee()))
    })
}

/// Each source, and how many figures come from it.
fn sources(dossier: &Dossier, vus: &[(&String, &Element)]) -> Vec<[String; 2]> {
    let lignes = Source::TOUTES.iter().filter_map(|source| {
        let chiffres = vus
            .iter()
            .filter_map(|(cle, _)| dossier.registre().chiffres(cle));
        let siens = chiffres
            .flat_map(|c| c.values().filter(|c| c.source == *source))
            .count();
        (siens > 0).then(|| [source.titre().to_owned(), siens.to_string()])
    });
    lignes.collect()
}

fn quatre(dossier: &Dossier, vus: &[(&String, &Element)], au_plus: usize) -> Vec<QuartVue> {
    let genres = [
        (Genre::Force, "Forces"),
        (Genre::Faiblesse, "Faiblesses"),
        (Genre::Opportunite, "Opportunités"),
        (Genre::Menace, "Menaces"),
    ];
    let quart = |(genre, titre): (Genre, &'static str)| {
        let siens = vus.iter().flat_map(|(cle, element)| {
            let constats = dossier.registre().constats(cle);
            let constats = constats.filter(move |(_, c)| c.genre == genre);
            constats.map(|(code, c)| [code.clone(), c.texte.clone(), element.nom().to_owned()])
        });
        let mut constats: Vec<_> = siens.collect();
        let autres = constats.len().saturating_sub(au_plus);
        constats.truncate(au_plus);
        let autres = u64::try_from(autres).unwrap_or(u64::MAX);
        QuartVue {
            titre,
            constats,
            autres: (autres > 0).then(|| compte(autres, "autre", "autres")),
        }
    };
    genres.map(quart).into()
}

fn divergences(
    dossier: &Dossier,
    vus: &[(&String, &Element)],
    parties: &[Parties<'_>],
) -> Vec<DivergenceVue> {
    let lignes = vus
        .iter()
        .zip(parties)
        .flat_map(|((cle, element), parties)| {
            let constats = dossier.registre().constats(cle);
            let divergents = constats.filter(|(code, _)| parties.diverge(code));
            divergents.map(move |(code, constat)| DivergenceVue {
                esms: element.nom().to_owned(),
                theme: format!("{}, {}", constat.theme, nature(constat.genre)),
                constat: parties.constat(dossier, (code, constat), false),
            })
        });
    lignes.collect()
}

fn conventions(lu: &ContratLu, dossier: &Dossier) -> Vec<ConventionVue> {
    let noms = Noms(&lu.identite.parties);
    let connues = dossier.registre().conventions();
    let lignes = connues.map(|(cle, inscrite)| {
        let c = &inscrite.convention;
        ConventionVue {
            cle: cle.clone(),
            par: noms.voix(&inscrite.par),
            nature: c.nature.titre(),
            intitule: c.intitule.clone(),
            terme: c.terme.map_or_else(|| "sans terme".to_owned(), jour),
            engagements: c.engagements.clone(),
            bilan: c.bilan.clone(),
            piece: c.piece.clone(),
        }
    });
    lignes.collect()
}
