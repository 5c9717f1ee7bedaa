//! A line of a cohort: its columns, its closed vocabularies. What is refused is told by its place
//! and never said again: it may name someone.

use crate::metier::finess::Finess;
use crate::metier::serafin::{Poste, Reconnu, Variante, nomenclature};
use std::fmt;

/// The columns of the long form; those after `code` may be absent.
pub const COLONNES: [&str; 16] = [
    "finess_et",
    "annee",
    "personne",
    "nature",
    "code",
    "niveau",
    "statut",
    "realisateur",
    "actes_an",
    "esms",
    "categorie",
    "tranche_age",
    "sexe",
    "mode_accueil",
    "frequence",
    "quantite",
];
const REQUISES: usize = 5;
/// Characters of the name of an establishment.
pub const NOM_MAX: usize = 120;
/// Parts of titles that announce a person.
const NOMINATIFS: [(&str, &str); 15] = [
    ("nom", "un nom"),
    ("prenom", "un prénom"),
    ("nir", "un numéro de sécurité sociale"),
    ("securite_sociale", "un numéro de sécurité sociale"),
    ("ins", "une identité nationale de santé"),
    ("matricule_ins", "une identité nationale de santé"),
    ("naissance", "une date de naissance"),
    ("ne_le", "une date de naissance"),
    ("nee_le", "une date de naissance"),
    ("adresse", "une adresse"),
    ("telephone", "un numéro de téléphone"),
    ("courriel", "une adresse électronique"),
    ("mail", "une adresse électronique"),
    ("commentaire", "un texte libre"),
    ("observation", "un texte libre"),
];

/// Why a cohort is not read: where, and what to do. It never holds what was written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faute {
    /// From 1, the titles included.
    pub ligne: u64,
    /// From 1; none: the whole line.
    pub colonne: Option<usize>,
    pub motif: String,
}

impl fmt::Display for Faute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ligne {}", self.ligne)?;
        if let Some(colonne) = self.colonne {
            write!(f, ", colonne {colonne}")?;
        }
        write!(f, " : {}", self.motif)
    }
}

/// Where each column of ours stands in a file, from 0.
#[derive(Debug, Clone)]
pub struct Titres {
    places: [Option<usize>; COLONNES.len()],
    pub largeur: usize,
}

/// A rating: on the scale, or only whether there is a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cote {
    Niveau(u8),
    Identifie(bool),
}

/// What a line says of a person in an establishment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dit {
    /// A need, by its rank; no rating: not assessed.
    Besoin(usize, Option<Cote>),
    /// A service, by its rank.
    Prestation {
        rang: usize,
        realisee: bool,
        interne: bool,
        /// Acts a year, in hundredths.
        actes: u64,
    },
    /// A group, or an indirect service: nothing here sums it.
    Autre,
}

/// A line, read.
#[derive(Debug)]
pub struct Ligne<'l> {
    pub finess: &'l str,
    pub esms: &'l str,
    pub categorie: &'l str,
    pub annee: u16,
    pub personne: &'l str,
    pub dit: Dit,
}

/// A title or a word, as it is compared: `Tranche d'âge` is `tranche_d_age`.
fn simple(texte: &str) -> String {
    let lettre = |c: char| match c {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        c if c.is_alphanumeric() => c,
        _ => '_',
    };
    texte.trim().to_lowercase().chars().map(lettre).collect()
}

/// What a title announces of a person.
fn nominatif(titre: &str) -> Option<&'static str> {
    let mots = titre.split('_');
    let annonce = |mot: &str| {
        mot.contains('_') && titre.contains(mot)
            || mots
                .clone()
                .any(|m| m == mot || m.strip_suffix('s') == Some(mot))
    };
    let trouve = NOMINATIFS.iter().find(|(mot, _)| annonce(mot));
    trouve.map(|(_, quoi)| *quoi)
}

impl Titres {
    /// Finds the columns by their titles.
    ///
    /// # Errors
    /// A column that we do not sum: it may say who someone is. Or one that is needed is missing.
    pub fn lit<'t>(titres: impl Iterator<Item = &'t str>) -> Result<Self, Vec<Faute>> {
        let mut places = [None; COLONNES.len()];
        let mut fautes = Vec::new();
        let mut largeur = 0;
        for (rang, titre) in titres.enumerate() {
            largeur = rang + 1;
            let titre = simple(titre);
            let mut faute = |motif: String| {
                fautes.push(Faute {
                    ligne: 1,
                    colonne: Some(rang + 1),
                    motif,
                });
            };
            match COLONNES.iter().position(|c| *c == titre) {
                Some(place) if places[place].is_some() => {
                    faute(format!(
                        "la colonne « {} » est là deux fois.",
                        COLONNES[place]
                    ));
                }
                Some(place) => places[place] = Some(rang),
                None => faute(match nominatif(&titre) {
                    Some(quoi) => format!(
                        "cette colonne annonce {quoi}. Le fichier est refusé en entier : \
                         retirez-la, rien n'en a été gardé."
                    ),
                    None => "cette colonne n'est pas du format, et pourrait dire qui est \
                             quelqu'un. Le fichier est refusé en entier : retirez-la."
                        .to_owned(),
                }),
            }
        }
        for (place, nom) in COLONNES.iter().enumerate().take(REQUISES) {
            if places[place].is_none() {
                let motif = format!(
                    "la colonne « {nom} » est attendue. Titres attendus : {}.",
                    COLONNES.join(", ")
                );
                fautes.push(Faute {
                    ligne: 1,
                    colonne: None,
                    motif,
                });
            }
        }
        if fautes.is_empty() {
            Ok(Self { places, largeur })
        } else {
            Err(fautes)
        }
    }

    /// The code of a line, as it is written.
    pub fn code<'l>(&self, champs: &[&'l str]) -> &'l str {
        let place = COLONNES.iter().position(|c| *c == "code");
        let place = place.and_then(|p| self.places[p]);
        place.and_then(|p| champs.get(p)).map_or("", |c| c.trim())
    }

    /// Reads a line, whose first is the titles.
    ///
    /// # Errors
    /// What does not read, by column.
    pub fn ligne<'l>(
        &self,
        numero: u64,
        champs: &[&'l str],
        variante: Option<Variante>,
    ) -> Result<Ligne<'l>, Faute> {
        let lecteur = Lecteur {
            titres: self,
            numero,
            champs,
        };
        if champs.len() > self.largeur {
            return Err(lecteur.faute(None, "cette ligne a plus de champs que de titres."));
        }
        lecteur.lit(variante)
    }
}

/// The fields of one line.
struct Lecteur<'t, 'l> {
    titres: &'t Titres,
    numero: u64,
    champs: &'t [&'l str],
}

impl<'l> Lecteur<'_, 'l> {
    fn place(&self, colonne: &str) -> Option<usize> {
        let rang = COLONNES.iter().position(|c| *c == colonne)?;
        self.titres.places[rang]
    }

    fn champ(&self, colonne: &str) -> &'l str {
        let place = self.place(colonne);
        place
            .and_then(|p| self.champs.get(p))
            .map_or("", |c| c.trim())
    }

    fn faute(&self, colonne: Option<&str>, motif: impl Into<String>) -> Faute {
        Faute {
            ligne: self.numero,
            colonne: colonne.and_then(|c| self.place(c)).map(|p| p + 1),
            motif: motif.into(),
        }
    }

    fn lit(&self, variante: Option<Variante>) -> Result<Ligne<'l>, Faute> {
        let finess = self.champ("finess_et");
        Finess::parse(finess).map_err(|_| {
            let motif = "« finess_et » attend un numéro FINESS de neuf caractères, clé comprise.";
            self.faute(Some("finess_et"), motif)
        })?;
        let annee = self.champ("annee").parse().ok();
        let annee = annee.filter(|annee| (2015..=2100).contains(annee));
        let annee = annee
            .ok_or_else(|| self.faute(Some("annee"), "« annee » attend une année, comme 2025."))?;
        let personne = self.champ("personne");
        if !pseudonyme(personne) {
            let motif = "« personne » attend un pseudonyme (lettres et chiffres, sans espace) et \
                         jamais un nom, une date ni un numéro de sécurité sociale. Le fichier est \
                         refusé en entier : rien n'en a été gardé.";
            return Err(self.faute(Some("personne"), motif));
        }
        self.vocabulaires()?;
        Ok(Ligne {
            finess,
            esms: self.champ("esms"),
            categorie: self.champ("categorie"),
            annee,
            personne,
            dit: self.dit(variante)?,
        })
    }

    /// The columns that are not summed hold words of a list, so that none holds a text of its own.
    fn vocabulaires(&self) -> Result<(), Faute> {
        for (colonne, juste, attendu) in VOCABULAIRES {
            let valeur = self.champ(colonne);
            if !valeur.is_empty() && !juste(valeur) {
                let motif = format!("« {colonne} » attend {attendu}.");
                return Err(self.faute(Some(colonne), motif));
            }
        }
        Ok(())
    }

    fn dit(&self, variante: Option<Variante>) -> Result<Dit, Faute> {
        let poste = self.poste(variante)?;
        let besoin = match simple(self.champ("nature")).as_str() {
            "besoin" => true,
            "prestation" => false,
            _ => {
                let motif = "« nature » attend besoin ou prestation.";
                return Err(self.faute(Some("nature"), motif));
            }
        };
        let sien = if besoin { '1' } else { '2' };
        if besoin && !poste.code.starts_with(sien) || !besoin && poste.code.starts_with('1') {
            let motif = "le code n'est pas de la nature dite par la ligne.";
            return Err(self.faute(Some("code"), motif));
        }
        let Some(rang) = poste.rang.filter(|_| poste.code.starts_with(sien)) else {
            return Ok(Dit::Autre);
        };
        if besoin {
            return Ok(Dit::Besoin(rang, self.cote()?));
        }
        self.prestation(rang)
    }

    fn poste(&self, variante: Option<Variante>) -> Result<&'static Poste, Faute> {
        match nomenclature().lit(self.champ("code"), variante) {
            Reconnu::Poste(poste) => Ok(poste),
            Reconnu::Ferme(motif) => Err(self.faute(Some("code"), motif)),
            Reconnu::Ambigu => Err(self.faute(
                Some("code"),
                "le code 2.2.1 se lit de deux façons : un groupe chez la CNSA, un poste chez \
                 l'ANS. Dites laquelle : --variante cnsa ou --variante ans.",
            )),
            Reconnu::Inconnu => Err(self.faute(
                Some("code"),
                "le code n'est pas de la nomenclature SERAFIN-PH.",
            )),
        }
    }

    /// No rating: not assessed, which is not « no need ».
    fn cote(&self) -> Result<Option<Cote>, Faute> {
        let niveau = self.champ("niveau");
        let entier = niveau.strip_suffix(",0").or(niveau.strip_suffix(".0"));
        Ok(Some(match simple(entier.unwrap_or(niveau)).as_str() {
            "" | "non_evalue" | "ne" => return Ok(None),
            "oui" => Cote::Identifie(true),
            "non" => Cote::Identifie(false),
            "0" => Cote::Niveau(0),
            "1" => Cote::Niveau(1),
            "2" => Cote::Niveau(2),
            "3" => Cote::Niveau(3),
            "4" => Cote::Niveau(4),
            _ => {
                let motif = "« niveau » attend un entier de 0 à 4, ou oui, non, vide (non évalué).";
                return Err(self.faute(Some("niveau"), motif));
            }
        }))
    }

    fn prestation(&self, rang: usize) -> Result<Dit, Faute> {
        let realisee = match simple(self.champ("statut")).as_str() {
            "realisee" => true,
            "prevue_non_realisee" => false,
            _ => {
                let motif = "« statut » attend realisee ou prevue_non_realisee.";
                return Err(self.faute(Some("statut"), motif));
            }
        };
        let interne = match simple(self.champ("realisateur")).as_str() {
            "interne" => true,
            "externe" | "droit_commun" => false,
            "" if !realisee => true,
            _ => {
                let motif = "« realisateur » attend interne, externe ou droit_commun.";
                return Err(self.faute(Some("realisateur"), motif));
            }
        };
        let actes = self.champ("actes_an");
        let actes = centiemes(actes).or(actes.is_empty().then_some(0));
        let actes = actes.ok_or_else(|| {
            self.faute(
                Some("actes_an"),
                "« actes_an » attend un nombre d'actes par an.",
            )
        })?;
        Ok(Dit::Prestation {
            rang,
            realisee,
            interne,
            actes,
        })
    }
}

/// A column, whether a value is one of its own, and what it expects.
type Vocabulaire = (&'static str, fn(&str) -> bool, &'static str);

const VOCABULAIRES: [Vocabulaire; 7] = [
    (
        "esms",
        nom,
        "le nom d'un établissement, en 120 caractères au plus, sans caractère de contrôle",
    ),
    (
        "sexe",
        |v| v.len() == 1 && "FHMXIfhmxi".contains(v),
        "F, H ou X",
    ),
    ("tranche_age", tranche, "une tranche d'âge, comme 16-19"),
    (
        "mode_accueil",
        |v| MODES.contains(&simple(v).as_str()),
        "internat, semi-internat, externat, accueil de jour, de nuit, temporaire ou familial, \
         milieu ordinaire, hébergement, ambulatoire ou hors les murs",
    ),
    (
        "frequence",
        |v| FREQUENCES.contains(&simple(v).as_str()),
        "quotidienne, hebdomadaire, mensuelle, trimestrielle ou annuelle",
    ),
    ("quantite", |v| centiemes(v).is_some(), "un nombre"),
    (
        "categorie",
        categorie,
        "un code de catégorie FINESS à trois chiffres",
    ),
];

/// Ways to be accompanied, as they are compared.
const MODES: [&str; 12] = [
    "internat",
    "semi_internat",
    "externat",
    "accueil_de_jour",
    "accueil_de_nuit",
    "accueil_temporaire",
    "accueil_familial",
    "milieu_ordinaire",
    "hebergement",
    "hebergement_permanent",
    "ambulatoire",
    "hors_les_murs",
];
const FREQUENCES: [&str; 5] = [
    "quotidienne",
    "hebdomadaire",
    "mensuelle",
    "trimestrielle",
    "annuelle",
];

/// A bracket of ages and not a date: « 16-19 », « 60 et + », « 20 ans et plus ».
fn tranche(texte: &str) -> bool {
    let part = |p: &str| {
        ["et", "ans", "plus", "moins", "de", "à"].contains(&p)
            || (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit())
    };
    let parts = texte.split([' ', '-', '+']).filter(|p| !p.is_empty());
    let ages = texte
        .split(|c: char| !c.is_ascii_digit())
        .filter(|p| !p.is_empty())
        .count();
    parts.map(str::to_lowercase).all(|p| part(&p)) && (1..=2).contains(&ages)
}

/// A name that fits a line.
pub(super) fn nom(texte: &str) -> bool {
    texte.chars().count() <= NOM_MAX && !texte.contains(char::is_control)
}

/// The code of a FINESS category.
pub(super) fn categorie(texte: &str) -> bool {
    texte.len() == 3 && texte.bytes().all(|b| b.is_ascii_digit())
}

/// Letters and digits without space, some digit and not a number alone: neither a name, nor a
/// date, nor a number that the State gives.
fn pseudonyme(texte: &str) -> bool {
    let chiffres = texte.bytes().filter(u8::is_ascii_digit).count();
    let lettres = texte.bytes().filter(u8::is_ascii_alphabetic).count();
    let permis = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (3..=64).contains(&texte.len())
        && texte.bytes().all(permis)
        && chiffres > 0
        && lettres > 0
        // A number of social security is fifteen characters, two letters of them in Corsica.
        && !(texte.len() >= 13 && chiffres >= 11)
}

/// A positive number, comma or point, in hundredths.
fn centiemes(texte: &str) -> Option<u64> {
    let (entier, part) = texte.split_once([',', '.']).unwrap_or((texte, ""));
    let chiffres = |t: &str| t.len() <= 7 && t.bytes().all(|b| b.is_ascii_digit());
    if entier.is_empty() || !chiffres(entier) || part.len() > 2 || !chiffres(part) {
        return None;
    }
    let part: u64 = format!("{part:0<2}").parse().ok()?;
    Some(entier.parse::<u64>().ok()? * 100 + part)
}
