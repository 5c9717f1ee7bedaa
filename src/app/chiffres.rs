//! Figures that a contract may take from a register or from a file: compared with those it holds,
//! told, then written, one line for each establishment, year and source.

use super::contrat::RACINE;
use super::vues::ContratLu;
use super::vues::francais::{compte, typographie};
use crate::echanges::{comptes, has, tdb};
use crate::metier::contrat::diagnostic::{DECIMALES_MAX, Releve, Source};
use crate::metier::contrat::dossier::{Dossier, Ecriture};
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::contrat::saisie::Saisie;
use crate::metier::nombre::Nombre;
use crate::metier::referentiels::indicateurs::{self, Indicateur};
use crate::metier::repertoire::Chiffre;
use crate::store::repertoire::ChiffreDate;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Lines that one sending may write.
pub const RELEVES_MAX: usize = 1_000;
/// Changes that a page shows; all are counted.
const CHANGES_MAX: usize = 300;

/// What a file is said to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    Tdb,
    Errd,
    Ca,
    Has,
}

impl Genre {
    pub fn lit(mot: &str) -> Option<Self> {
        serde_json::from_value(mot.into()).ok()
    }

    fn source(self) -> Source {
        match self {
            Self::Tdb => Source::Tdb,
            Self::Errd => Source::Errd,
            Self::Ca => Source::Ca,
            Self::Has => Source::Has,
        }
    }
}

/// Figures of one establishment, as a party will write them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apport {
    pub esms: String,
    pub releve: Releve,
}

/// A figure that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub esms: String,
    pub indicateur: &'static str,
    pub libelle: &'static str,
    pub annee: i32,
    pub source: &'static str,
    /// Empty: none stands yet.
    pub ancien: String,
    pub nouveau: String,
}

/// Figures of an establishment that differ, and that the reader may not write now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ferme {
    pub esms: String,
    pub nom: String,
    /// « 2 chiffres ».
    pub chiffres: String,
    #[serde(skip)]
    combien: u64,
    pub pourquoi: String,
}

/// What would be written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ecart {
    /// At most [`RELEVES_MAX`].
    pub apports: Vec<Apport>,
    /// Those beyond: to be taken next.
    pub reste: usize,
    /// The first of what these lines change.
    pub changes: Vec<Change>,
    pub ajoutes: usize,
    pub modifies: usize,
    pub inchanges: usize,
    pub fermes: Vec<Ferme>,
    /// Of establishments that are not in the contract, or that the reader does not see.
    pub ailleurs: usize,
    /// Lines of the file that are wrong: where, and what to do.
    pub fautes: Vec<String>,
    pub fautes_en_tout: usize,
    /// Titles of the file that are not read.
    pub ignores: Vec<String>,
    /// What is to be known of the file, and refuses nothing.
    pub signalements: Vec<String>,
}

/// Someone who would write figures, at an instant.
#[derive(Clone, Copy)]
pub struct Plume<'a> {
    pub lu: &'a ContratLu,
    pub maintenant: DateTime<Utc>,
}

/// A figure, and where it comes from.
struct Venu<'a> {
    esms: &'a str,
    indicateur: &'static Indicateur,
    annee: i32,
    valeur: Nombre,
    source: Source,
    piece: String,
}

/// Figures as they will be written, by establishment, year, source and piece.
type Groupes = BTreeMap<(String, i32, Source, String), (Releve, Vec<Change>)>;

/// What a contract may hold of a figure: what is a class, or no indicator of the list, stays in the
/// register.
fn chiffre(chiffre: &Chiffre, piece: String) -> Option<Venu<'_>> {
    Some(Venu {
        esms: chiffre.finess.as_str(),
        indicateur: indicateurs::par_code(&chiffre.indicateur).filter(|i| i.unite.chiffree())?,
        annee: chiffre.annee,
        // Programs write their own numbers to the last digit that they hold.
        valeur: chiffre.valeur.nombre()?.arrondi(DECIMALES_MAX),
        source: chiffre.source,
        piece,
    })
}

/// The publication that the register took a figure from.
fn publication(source: Source) -> &'static str {
    match source {
        Source::Tdb => "Tableau de bord ESMS, export DIAMANT",
        Source::Errd => "ERRD, export DIAMANT",
        Source::Ca => "Compte administratif, export DIAMANT",
        Source::Has => "Haute Autorité de santé, évaluations",
        autre => autre.titre(),
    }
}

/// What the register holds of the establishments of a contract, beside what the contract holds.
pub fn du_repertoire(plume: Plume<'_>, connus: &[ChiffreDate]) -> Ecart {
    let venus = connus.iter().filter_map(|connu| {
        let piece = format!(
            "{}, répertoire du {}",
            publication(connu.chiffre.source),
            connu.importe_le.format("%d/%m/%Y")
        );
        chiffre(&connu.chiffre, piece)
    });
    plume.ecart(venus)
}

/// What a file holds, beside what the contract holds.
///
/// # Errors
/// One French sentence: it is not such a file.
pub fn du_fichier(
    plume: Plume<'_>,
    genre: Genre,
    (nom, octets): (&str, &[u8]),
) -> Result<Ecart, String> {
    let export = match genre {
        Genre::Tdb => tdb::lire(octets),
        Genre::Errd | Genre::Ca => comptes::lire(octets, genre.source()),
        Genre::Has => has::lire(octets),
    }?;
    let releves = export.releves.iter();
    let venus = releves.filter_map(|lu| chiffre(lu, nom.to_owned()));
    let ecart = plume.ecart(venus);
    let fautes = export.fautes.dites.iter().map(ToString::to_string);
    Ok(Ecart {
        fautes: fautes.collect(),
        fautes_en_tout: export.fautes.en_tout,
        ignores: export.ignores,
        signalements: export.signalements,
        ..ecart
    })
}

/// What is left of lines that were sent, beside what the contract holds by now.
pub fn des_apports(plume: Plume<'_>, apports: &[Apport]) -> Ecart {
    let venus = apports.iter().flat_map(|Apport { esms, releve }| {
        let chiffres = releve.chiffres.iter();
        chiffres.filter_map(|(code, valeur)| {
            Some(Venu {
                esms,
                indicateur: indicateurs::par_code(code)?,
                annee: releve.annee,
                valeur: *valeur,
                source: releve.source,
                piece: releve.piece.clone(),
            })
        })
    });
    plume.ecart(venus)
}

impl Plume<'_> {
    fn ecart<'a>(self, venus: impl Iterator<Item = Venu<'a>>) -> Ecart {
        let mut ecart = Ecart::default();
        let Some(racine) = self.lu.contrat.flux(RACINE) else {
            return ecart;
        };
        let mut groupes = Groupes::new();
        for venu in venus {
            let connu = racine.dossier.collections().element(ESMS, venu.esms);
            if connu.is_none() || !self.lu.place.voit(venu.esms) {
                ecart.ailleurs += 1;
                continue;
            }
            compare(&racine.dossier, &venu, &mut groupes, &mut ecart.inchanges);
        }
        self.juge(groupes, &mut ecart);
        ecart
    }

    /// Keeps what the reader may write now; tells the rest, and why.
    fn juge(self, groupes: Groupes, ecart: &mut Ecart) {
        let (apports, changes): (Vec<Apport>, Vec<Vec<Change>>) = groupes
            .into_iter()
            .map(|((esms, ..), (releve, changes))| (Apport { esms, releve }, changes))
            .unzip();
        for ((apport, changes), refus) in apports.iter().zip(changes).zip(self.refus(&apports)) {
            if let Some(pourquoi) = refus {
                self.ferme(&mut ecart.fermes, (&apport.esms, changes.len()), pourquoi);
                continue;
            }
            if ecart.apports.len() == RELEVES_MAX {
                ecart.reste += 1;
                continue;
            }
            let ajoutes = changes.iter().filter(|c| c.ancien.is_empty()).count();
            ecart.ajoutes += ajoutes;
            ecart.modifies += changes.len() - ajoutes;
            let place = CHANGES_MAX.saturating_sub(ecart.changes.len());
            ecart.changes.extend(changes.into_iter().take(place));
            ecart.apports.push(apport.clone());
        }
    }

    /// Adds figures that may not be written to those of the same establishment and reason.
    fn ferme(self, fermes: &mut Vec<Ferme>, (esms, combien): (&str, usize), pourquoi: String) {
        let combien = u64::try_from(combien).unwrap_or(u64::MAX);
        let mut connus = fermes.iter_mut();
        if let Some(connu) = connus.find(|f| f.esms == esms && f.pourquoi == pourquoi) {
            connu.combien += combien;
            connu.chiffres = compte(connu.combien, "chiffre", "chiffres");
            return;
        }
        let racine = self.lu.contrat.flux(RACINE);
        let element = racine.and_then(|r| r.dossier.collections().element(ESMS, esms));
        fermes.push(Ferme {
            esms: esms.to_owned(),
            nom: element.map_or("", Element::nom).to_owned(),
            chiffres: compte(combien, "chiffre", "chiffres"),
            combien,
            pourquoi,
        });
    }

    /// Why each of these may not be written now. None: it may.
    fn refus(self, apports: &[Apport]) -> Vec<Option<String>> {
        let place = &self.lu.place;
        if place.role.is_none() {
            let lecture = "Vous consultez ce contrat. Demandez-le à une personne qui y contribue.";
            return vec![Some(lecture.to_owned()); apports.len()];
        }
        let ecritures = apports.iter().cloned().map(Apport::ecriture);
        let contrat = &self.lu.contrat;
        let refus = contrat.refus_de(RACINE, &place.partie, self.maintenant, ecritures);
        let refus = refus.into_iter();
        refus
            .map(|refus| refus.map(|r| typographie(&r.to_string())))
            .collect()
    }
}

impl Apport {
    /// What writes it.
    pub fn ecriture(self) -> Ecriture {
        let Self { esms, releve } = self;
        Ecriture::Saisir(Saisie::Chiffres { esms, releve })
    }
}

impl Ecart {
    /// Changes that the page does not show.
    pub fn tus(&self) -> usize {
        (self.ajoutes + self.modifies).saturating_sub(self.changes.len())
    }
}

/// What a figure changes, put with those that are written with it.
fn compare(dossier: &Dossier, venu: &Venu<'_>, groupes: &mut Groupes, inchanges: &mut usize) {
    let Venu {
        esms,
        indicateur,
        annee,
        valeur,
        source,
        ref piece,
    } = *venu;
    let code = indicateur.code;
    let tenus = dossier.registre().chiffres(esms);
    let tenu = tenus.and_then(|c| c.get(&(code.to_owned(), annee)));
    if tenu.is_some_and(|tenu| tenu.valeur == valeur && tenu.source == source) {
        *inchanges += 1;
        return;
    }
    let cle = (esms.to_owned(), annee, source, piece.clone());
    let (releve, changes) = groupes.entry(cle).or_insert_with(|| {
        let releve = Releve {
            source,
            annee,
            piece: piece.clone(),
            chiffres: BTreeMap::new(),
        };
        (releve, Vec::new())
    });
    releve.chiffres.insert(code.to_owned(), valeur);
    changes.push(Change {
        esms: esms.to_owned(),
        indicateur: code,
        libelle: indicateur.libelle,
        annee,
        source: source.titre(),
        ancien: tenu.map(|t| t.valeur.to_string()).unwrap_or_default(),
        nouveau: valeur.to_string(),
    });
}
