//! What parties enter, stored as it was entered: who they are, who may sign, documents,
//! deliberations, indicators, means, what a diagnostic holds, notified amounts, notes of a review.

use super::diagnostic::{Convention, Donnee, Profil, Releve};
use crate::metier::budget::controles::Bilan;
use crate::metier::organisation::Organisation;
use crate::regles::value::Value;
use crate::workflow::definition::model::Role;
use crate::workflow::machine::digest::Digest;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something entered by a party. Later ones on the same subject take the place of earlier ones,
/// which the journal keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "quoi", rename_all = "snake_case", deny_unknown_fields)]
pub enum Saisie {
    /// The organisation that holds a party.
    Organisation {
        partie: String,
        organisation: Organisation,
    },
    /// The person that answers for the party that says so, by its id.
    Referent { personne: String },
    /// A person of the party that says so may act in a role, between two days.
    Pouvoir { personne: String, pouvoir: Pouvoir },
    /// An organ of the party that says so has decided.
    Deliberation(Deliberation),
    /// A file was handed over. It never changes: the same piece again is its next version.
    Document { piece: String, document: Document },
    /// How an objective is measured.
    Indicateur {
        objectif: String,
        indicateur: Indicateur,
    },
    /// A line of a financer's annex, by its key.
    Moyen {
        financeur: String,
        ligne: String,
        moyen: Moyen,
    },
    /// A line of a financer's annex is struck out.
    MoyenRetire { financeur: String, ligne: String },
    /// What a financer's annex adds up to, in cents.
    TotalAnnexe { financeur: String, total: i64 },
    /// A theme of an establishment's diagnostic.
    Theme {
        esms: String,
        theme: String,
        texte: String,
    },
    /// A finding of an establishment's diagnostic, by its code.
    Constat {
        esms: String,
        constat: String,
        contenu: Constat,
    },
    /// What the diagnostic of this contract asks, by the code of a trame.
    Trame { trame: String },
    /// Figures of an establishment.
    Chiffres { esms: String, releve: Releve },
    /// The needs of the establishments, for a year.
    Profil(Profil),
    /// A contract or an agreement that binds the managing body already, by its key.
    Convention { cle: String, convention: Convention },
    /// The products that the party that says so has notified for an establishment and the year of
    /// the budget.
    Notification {
        esms: String,
        notification: Notification,
    },
    /// A budget, or what was done of it, read and checked here.
    Budget(Budget),
    /// The rating of an objective, in the voice of the party that says so.
    Note { objectif: String, note: Note },
}

impl Saisie {
    /// The files it names, by digest.
    pub fn fichiers(&self) -> Vec<Digest> {
        match self {
            Self::Document { document, .. } => vec![document.empreinte],
            Self::Budget(budget) => vec![budget.classeur.empreinte, budget.releve],
            _ => Vec::new(),
        }
    }
}

/// A deed by which a person acts for a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pouvoir {
    pub role: Role,
    pub du: NaiveDate,
    /// Last day; `None`: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub au: Option<NaiveDate>,
    /// What it rests on.
    pub acte: String,
}

impl Pouvoir {
    pub fn vaut(&self, jour: NaiveDate) -> bool {
        self.du <= jour && self.au.is_none_or(|au| jour <= au)
    }
}

/// What an organ decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliberation {
    /// Conseil d'administration, commission permanente…
    pub organe: String,
    pub date: NaiveDate,
    pub objet: String,
    /// The piece that holds it.
    pub acte: String,
}

/// A file, by what identifies it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub nom: String,
    pub empreinte: Digest,
    /// In bytes.
    pub taille: u64,
    /// `application/pdf`…
    pub media: String,
}

/// How an objective is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicateur {
    pub definition: String,
    /// What the values count, in words.
    pub unite: String,
    pub depart: Value,
    /// The target of each year; of the same kind as the baseline.
    #[serde(with = "par_annee")]
    pub cibles: BTreeMap<i32, Value>,
}

/// Years as text, so that a map keyed by them is read inside a tagged value.
mod par_annee {
    use super::Value;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
    use std::collections::BTreeMap;

    pub fn serialize<S: Serializer>(
        cibles: &BTreeMap<i32, Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        cibles.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<i32, Value>, D::Error> {
        let lues = BTreeMap::<String, Value>::deserialize(deserializer)?;
        let annee = |(annee, valeur): (String, Value)| match annee.parse() {
            Ok(annee) => Ok((annee, valeur)),
            Err(_) => Err(D::Error::custom(format!("« {annee} » n'est pas une année"))),
        };
        lues.into_iter().map(annee).collect()
    }
}

/// A line of means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moyen {
    /// `None`: common to several establishments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub esms: Option<String>,
    pub exercice: i32,
    pub nature: Nature,
    /// In cents.
    pub montant: i64,
    /// The objective it serves; `None`: general.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objectif: Option<String>,
}

/// What a line of means is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    Reconductible,
    NonReconductible,
    Investissement,
    Reserves,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constat {
    pub theme: String,
    pub genre: Genre,
    pub texte: String,
    /// What it rests on.
    pub preuve: String,
    /// The figure it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub donnee: Option<Donnee>,
    /// From 1, slight, to 4, serious.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gravite: Option<u8>,
}

/// What a finding is for the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Genre {
    Force,
    Faiblesse,
    Opportunite,
    Menace,
}

/// Products notified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    /// In cents.
    pub montant: i64,
    pub date: NaiveDate,
}

/// A workbook of the year, as it was handed over, and what was read of it that day. It is not the
/// legal deposit, which the platform receives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// `EPRD_COMPLET`, `ERRD_COMPLET`…
    pub cadre: String,
    pub classeur: Document,
    /// What was read and checked, by its digest.
    pub releve: Digest,
    pub bilan: Bilan,
}

/// The rating of an objective, for the year of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    pub atteinte: Atteinte,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realise: Option<Value>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub motif: String,
}

/// How far an objective was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Atteinte {
    Atteint,
    Partiel,
    NonAtteint,
    NonEvaluable,
}

/// A target that an avenant changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CibleRevisee {
    pub objectif: String,
    pub exercice: i32,
    pub valeur: Value,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::evenement::{Evenement, Ligne, Trace, VERSION};
    use crate::workflow::machine::event::Actor;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn ligne(saisie: Saisie) -> Ligne {
        let trace = Trace {
            par: Actor {
                party: "ars".to_owned(),
                person: "karim".to_owned(),
                role: Role::Validation,
                delegation: None,
            },
            effet: NaiveDate::default(),
            enregistre: DateTime::default(),
            id: "d1".to_owned(),
        };
        Ligne {
            v: VERSION,
            flux: "cpom".to_owned(),
            rang: 1,
            evenement: Evenement::Saisie {
                saisie,
                droit: "soi".to_owned(),
                trace,
            },
        }
    }

    fn any_saisie() -> impl Strategy<Value = Saisie> {
        let cibles = prop::collection::btree_map(1990..2100_i32, any::<i64>(), 0..6);
        let indicateur = (any::<i64>(), cibles).prop_map(|(depart, cibles)| {
            let cibles = cibles.into_iter();
            Saisie::Indicateur {
                objectif: "OS-1".to_owned(),
                indicateur: Indicateur {
                    definition: "d".to_owned(),
                    unite: "u".to_owned(),
                    depart: Value::Percent(depart),
                    cibles: cibles.map(|(a, n)| (a, Value::Percent(n))).collect(),
                },
            }
        });
        let document = ("\\PC{1,12}", any::<u64>()).prop_map(|(nom, taille)| Saisie::Document {
            piece: nom.clone(),
            document: Document {
                empreinte: Digest::of(nom.as_bytes()),
                nom,
                taille,
                media: "application/pdf".to_owned(),
            },
        });
        let total = ("[a-z]{1,9}", any::<i64>())
            .prop_map(|(financeur, total)| Saisie::TotalAnnexe { financeur, total });
        prop_oneof![indicateur, document, total]
    }

    proptest! {
        #[test]
        fn a_line_is_read_as_it_was_written(saisie in any_saisie()) {
            let ligne = ligne(saisie);
            let ecrite = serde_json::to_string(&ligne).unwrap();
            let relue: Ligne = serde_json::from_str(&ecrite).unwrap();
            prop_assert_eq!(serde_json::to_string(&relue).unwrap(), ecrite);
            prop_assert_eq!(relue, ligne);
        }
    }

    #[test]
    fn a_line_of_another_program_is_refused() {
        let total = Saisie::TotalAnnexe {
            financeur: "ars".to_owned(),
            total: 1,
        };
        let ecrite = serde_json::to_string(&ligne(total)).unwrap();
        for autre in [
            ecrite.replace("\"total\":1", "\"total\":1,\"plus\":2"),
            ecrite.replace("total_annexe", "autre_chose"),
        ] {
            assert!(serde_json::from_str::<Ligne>(&autre).is_err(), "{autre}");
        }
    }
}
