//! Figures that a contract may take from a register or from a file: compared with those it holds,
//! told, then written, one line for each establishment, year and source.

use super::contrat::RACINE;
use super::vues::ContratLu;
use crate::echanges::{comptes, has, tdb};
use crate::metier::contrat::diagnostic::{DECIMALES_MAX, Releve, Source};
use crate::metier::contrat::dossier::Dossier;
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::referentiels::indicateurs;
use crate::metier::repertoire::Chiffre;
use crate::store::repertoire::ChiffreDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The FINESS category of an EHPAD, under EPRD since 2017 (CASF L.313-12).
const EHPAD: &str = "500";
/// Lines that one sending may write.
pub const RELEVES_MAX: usize = 1_000;

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
    /// Empty: none stands yet.
    pub ancien: String,
    pub nouveau: String,
}

/// What would be written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Ecart {
    pub apports: Vec<Apport>,
    pub changes: Vec<Change>,
    pub ajoutes: usize,
    pub modifies: usize,
    pub inchanges: usize,
    /// Of establishments that are not in the contract, or that the reader does not see.
    pub ailleurs: usize,
    /// Lines of the file that are wrong: where, and what to do.
    pub fautes: Vec<String>,
    pub fautes_en_tout: usize,
    /// Titles of the file that are not read.
    pub ignores: Vec<String>,
}

/// A figure, and where it comes from.
struct Venu<'a> {
    chiffre: &'a Chiffre,
    source: Source,
    piece: String,
}

/// What the register holds of the establishments of a contract, beside what the contract holds.
pub fn du_repertoire(lu: &ContratLu, connus: &[ChiffreDate]) -> Ecart {
    let venus = connus.iter().map(|connu| {
        let categorie = categorie(lu, connu.chiffre.finess.as_str());
        let source = match connu.source.as_str() {
            s if s.starts_with("Tableau de bord") => Source::Tdb,
            s if s.starts_with("Haute Autorité") => Source::Has,
            _ if categorie.as_deref() == Some(EHPAD) => Source::Errd,
            _ => Source::Ca,
        };
        Venu {
            chiffre: &connu.chiffre,
            source,
            piece: format!(
                "{}, répertoire du {}",
                connu.source,
                connu.importe_le.format("%d/%m/%Y")
            ),
        }
    });
    ecart(lu, venus)
}

/// What a file holds, beside what the contract holds.
///
/// # Errors
/// One French sentence: it is not such a file.
pub fn du_fichier(
    lu: &ContratLu,
    genre: Genre,
    (nom, octets): (&str, &[u8]),
) -> Result<Ecart, String> {
    let export = match genre {
        Genre::Tdb => tdb::lire(octets),
        Genre::Errd | Genre::Ca => comptes::lire(octets),
        Genre::Has => has::lire(octets),
    }?;
    let venus = export.releves.iter().map(|chiffre| Venu {
        chiffre,
        source: genre.source(),
        piece: nom.to_owned(),
    });
    Ok(Ecart {
        fautes: export
            .fautes
            .dites
            .iter()
            .map(ToString::to_string)
            .collect(),
        fautes_en_tout: export.fautes.en_tout,
        ignores: export.ignores,
        ..ecart(lu, venus)
    })
}

fn categorie(lu: &ContratLu, finess: &str) -> Option<String> {
    let dossier = &lu.contrat.flux(RACINE)?.dossier;
    match dossier.collections().element(ESMS, finess)? {
        Element::Esms { categorie, .. } => categorie.clone(),
        _ => None,
    }
}

fn ecart<'a>(lu: &ContratLu, venus: impl Iterator<Item = Venu<'a>>) -> Ecart {
    let mut ecart = Ecart::default();
    let Some(racine) = lu.contrat.flux(RACINE) else {
        return ecart;
    };
    let mut apports: BTreeMap<(String, i32, Source, String), Releve> = BTreeMap::new();
    for venu in venus {
        let finess = venu.chiffre.finess.as_str();
        let dedans = racine.dossier.collections().element(ESMS, finess).is_some();
        if !dedans || !lu.place.voit(finess) {
            ecart.ailleurs += 1;
            continue;
        }
        ecart.compare(&racine.dossier, &venu, &mut apports);
    }
    let apports = apports.into_iter();
    ecart.apports = apports
        .map(|((esms, ..), releve)| Apport { esms, releve })
        .collect();
    ecart
}

impl Ecart {
    fn compare(
        &mut self,
        dossier: &Dossier,
        venu: &Venu<'_>,
        apports: &mut BTreeMap<(String, i32, Source, String), Releve>,
    ) {
        let Chiffre {
            finess,
            indicateur,
            annee,
            valeur,
            ..
        } = venu.chiffre;
        // What is a class, or no indicator of the list, stays in the register.
        let connu = indicateurs::par_code(indicateur).filter(|i| i.unite.chiffree());
        let Some((connu, valeur)) = connu.zip(valeur.nombre()) else {
            return;
        };
        // Programs write their own numbers to the last digit that they hold.
        let valeur = valeur.arrondi(DECIMALES_MAX);
        let esms = finess.as_str();
        let tenus = dossier.registre().chiffres(esms);
        let tenu = tenus.and_then(|c| c.get(&(indicateur.clone(), *annee)));
        match tenu {
            Some(tenu) if tenu.valeur == valeur && tenu.source == venu.source => {
                self.inchanges += 1;
                return;
            }
            Some(_) => self.modifies += 1,
            None => self.ajoutes += 1,
        }
        self.changes.push(Change {
            esms: esms.to_owned(),
            indicateur: connu.code,
            libelle: connu.libelle,
            annee: *annee,
            ancien: tenu.map(|t| t.valeur.to_string()).unwrap_or_default(),
            nouveau: valeur.to_string(),
        });
        let cle = (esms.to_owned(), *annee, venu.source, venu.piece.clone());
        let releve = apports.entry(cle).or_insert_with(|| Releve {
            source: venu.source,
            annee: *annee,
            piece: venu.piece.clone(),
            chiffres: BTreeMap::new(),
        });
        releve.chiffres.insert(indicateur.clone(), valeur);
    }
}
