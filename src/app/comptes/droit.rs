//! Organisations, functions, scopes, rights; and how each is kept as text.

use super::refus::Refus;
use crate::metier::finess::Finess;
use crate::metier::organisation as metier;
use crate::store::Erreur;
use crate::store::identites::{droits, personnes};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What an organisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nature {
    Gestionnaire,
    Ars,
    Departement,
    EtablissementSante,
    Prefet,
    Autre,
}

/// What a person may do; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fonction {
    Lecture,
    Contribution,
    Validation,
    Signature,
    Administration,
}

/// On which part of the organisation's contracts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Portee {
    Tout,
    /// Establishments, by FINESS number.
    Esms(BTreeSet<String>),
    Pole(String),
    /// A délégation départementale of an ARS.
    Delegation(String),
    Service(String),
}

/// An organisation whose people work here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    pub id: String,
    pub nature: Nature,
    pub nom: String,
    pub siren: Option<String>,
    /// FINESS number of the entité juridique.
    pub ej: Option<String>,
    pub territoire: Option<String>,
}

/// What a person may do in an organisation. Days are included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Droit {
    pub organisation: Organisation,
    pub fonction: Fonction,
    pub portee: Portee,
    pub du: Option<NaiveDate>,
    pub au: Option<NaiveDate>,
}

const NATURES: [(Nature, &str); 6] = [
    (Nature::Gestionnaire, "gestionnaire"),
    (Nature::Ars, "ars"),
    (Nature::Departement, "departement"),
    (Nature::EtablissementSante, "etablissement_sante"),
    (Nature::Prefet, "prefet"),
    (Nature::Autre, "autre"),
];
const FONCTIONS: [(Fonction, &str); 5] = [
    (Fonction::Lecture, "lecture"),
    (Fonction::Contribution, "contribution"),
    (Fonction::Validation, "validation"),
    (Fonction::Signature, "signature"),
    (Fonction::Administration, "administration"),
];

fn mot<T: PartialEq>(table: &[(T, &'static str)], valeur: &T) -> &'static str {
    let ligne = table.iter().find(|(connue, _)| connue == valeur);
    ligne.map_or("", |(_, mot)| mot)
}

fn valeur<T: Copy>(table: &[(T, &'static str)], mot: &str) -> Option<T> {
    let ligne = table.iter().find(|(_, connu)| *connu == mot);
    ligne.map(|(valeur, _)| *valeur)
}

impl Nature {
    /// The word it is kept by.
    pub fn mot(self) -> &'static str {
        mot(&NATURES, &self)
    }

    pub fn lit(mot: &str) -> Option<Self> {
        valeur(&NATURES, mot)
    }
}

impl Fonction {
    pub const TOUTES: [Self; 5] = [
        Self::Lecture,
        Self::Contribution,
        Self::Validation,
        Self::Signature,
        Self::Administration,
    ];

    /// The word it is kept by.
    pub fn mot(self) -> &'static str {
        mot(&FONCTIONS, &self)
    }

    pub fn lit(mot: &str) -> Option<Self> {
        valeur(&FONCTIONS, mot)
    }
}

/// Names of a scope: longer would not be one.
pub(super) const NOM_MAX: usize = 120;
/// Establishments of one scope: the largest operator has about as many.
const ESMS_MAX: usize = 500;

impl Portee {
    /// As it is kept: `tout`, `esms:990001018,990001026`, `pole:Nord`.
    pub fn texte(&self) -> String {
        match self {
            Self::Tout => "tout".to_owned(),
            Self::Esms(esms) => {
                let esms: Vec<&str> = esms.iter().map(String::as_str).collect();
                format!("esms:{}", esms.join(","))
            }
            Self::Pole(nom) => format!("pole:{nom}"),
            Self::Delegation(nom) => format!("delegation:{nom}"),
            Self::Service(nom) => format!("service:{nom}"),
        }
    }

    pub fn lit(texte: &str) -> Option<Self> {
        if texte == "tout" {
            return Some(Self::Tout);
        }
        let (genre, nom) = texte.split_once(':')?;
        match genre {
            "esms" => {
                let esms = nom.split(',').filter(|f| !f.is_empty());
                Some(Self::Esms(esms.map(str::to_owned).collect()))
            }
            "pole" => Some(Self::Pole(nom.to_owned())),
            "delegation" => Some(Self::Delegation(nom.to_owned())),
            "service" => Some(Self::Service(nom.to_owned())),
            _ => None,
        }
    }

    /// Whether all of another scope is in this one. A pôle or a service is compared by its name
    /// only: what it holds is the organisation's to say.
    pub fn contient(&self, autre: &Self) -> bool {
        match (self, autre) {
            (Self::Tout, _) => true,
            (Self::Esms(miens), Self::Esms(siens)) => siens.is_subset(miens),
            _ => self == autre,
        }
    }

    /// The scope with its numbers in their one form, or why it is not one.
    pub(super) fn verifiee(self) -> Result<Self, Refus> {
        let nomme = |nom: &str| {
            let long = nom.chars().count();
            let juste =
                !nom.trim().is_empty() && long <= NOM_MAX && !nom.contains(char::is_control);
            juste.then_some(()).ok_or(Refus::Portee)
        };
        match &self {
            Self::Tout => Ok(self),
            Self::Esms(esms) => {
                let lus = esms.iter().map(|f| Finess::parse(f));
                let lus: Result<BTreeSet<String>, _> =
                    lus.map(|f| f.map(|f| f.as_str().to_owned())).collect();
                let lus = lus.map_err(Refus::Finess)?;
                let juste = !lus.is_empty() && lus.len() <= ESMS_MAX;
                juste.then_some(Self::Esms(lus)).ok_or(Refus::Portee)
            }
            Self::Pole(nom) | Self::Delegation(nom) | Self::Service(nom) => {
                nomme(nom).map(|()| self)
            }
        }
    }
}

impl Organisation {
    /// How contracts name it: `siren:732829320`, `ej:990001018`.
    pub fn cles(&self) -> Vec<String> {
        let siren = self.siren.iter().map(|n| ("siren", n));
        let ej = self.ej.iter().map(|n| ("ej", n));
        let serre = |n: &str| n.split_whitespace().collect::<String>().to_uppercase();
        siren
            .chain(ej)
            .map(|(genre, n)| format!("{genre}:{}", serre(n)))
            .collect()
    }

    pub(super) fn verifie(&self) -> Result<(), Refus> {
        identifiant(&self.id)?;
        let dite = metier::Organisation {
            nom: self.nom.clone(),
            siren: self.siren.clone(),
            ej: self.ej.clone(),
        };
        dite.verifie().map_err(Refus::Organisation)?;
        let textes = [Some(&self.nom), self.territoire.as_ref()];
        let vus = textes.into_iter().flatten();
        let mauvais = vus.into_iter().any(|t| t.contains(char::is_control));
        if mauvais { Err(Refus::Nom) } else { Ok(()) }
    }

    pub(super) fn ligne(&self) -> personnes::Organisation {
        let texte = |t: &Option<String>| t.clone().unwrap_or_default();
        personnes::Organisation {
            id: self.id.clone(),
            nature: self.nature.mot().to_owned(),
            nom: self.nom.clone(),
            siren: texte(&self.siren),
            ej: texte(&self.ej),
            territoire: texte(&self.territoire),
        }
    }

    pub(super) fn lue(ligne: personnes::Organisation) -> Result<Self, Erreur> {
        let dit = |t: String| Some(t).filter(|t| !t.is_empty());
        Ok(Self {
            nature: Nature::lit(&ligne.nature).ok_or_else(|| illisible("nature"))?,
            id: ligne.id,
            nom: ligne.nom,
            siren: dit(ligne.siren),
            ej: dit(ligne.ej),
            territoire: dit(ligne.territoire),
        })
    }
}

impl Droit {
    pub(super) fn lu(ligne: droits::Droit) -> Result<Self, Erreur> {
        Ok(Self {
            organisation: Organisation::lue(ligne.organisation)?,
            fonction: Fonction::lit(&ligne.fonction).ok_or_else(|| illisible("fonction"))?,
            portee: Portee::lit(&ligne.portee).ok_or_else(|| illisible("portée"))?,
            du: jour(&ligne.du)?,
            au: jour(&ligne.au)?,
        })
    }

    /// Whether it lets one administer what another right bears on.
    pub(super) fn administre(&self, organisation: &str, portee: &Portee) -> bool {
        self.fonction == Fonction::Administration
            && self.organisation.id == organisation
            && self.portee.contient(portee)
    }
}

/// What an identifier may be: it stands in journals, addresses of pages and logs.
pub(super) fn identifiant(id: &str) -> Result<(), Refus> {
    let permis = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let juste = !id.is_empty() && id.len() <= 64 && id.chars().all(permis);
    juste.then_some(()).ok_or(Refus::Identifiant)
}

pub(super) fn jour(texte: &str) -> Result<Option<NaiveDate>, Erreur> {
    if texte.is_empty() {
        return Ok(None);
    }
    texte.parse().map(Some).map_err(|_| illisible("date"))
}

pub(super) fn illisible(quoi: &str) -> Erreur {
    Erreur::Abime(format!("une {quoi} d'un compte ne se lit pas"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn portee() -> impl Strategy<Value = Portee> {
        let nom = "\\PC{0,20}";
        prop_oneof![
            Just(Portee::Tout),
            proptest::collection::btree_set("[0-9AB]{9}", 0..5).prop_map(Portee::Esms),
            nom.prop_map(Portee::Pole),
            nom.prop_map(Portee::Delegation),
            nom.prop_map(Portee::Service),
        ]
    }

    fn rives_claires(siren: Option<&str>, ej: Option<&str>) -> Organisation {
        Organisation {
            id: "rives-claires".to_owned(),
            nature: Nature::Gestionnaire,
            nom: "Les Rives Claires".to_owned(),
            siren: siren.map(str::to_owned),
            ej: ej.map(str::to_owned),
            territoire: None,
        }
    }

    proptest! {
        #[test]
        fn a_scope_reads_back_from_its_text(portee in portee()) {
            prop_assert_eq!(Portee::lit(&portee.texte()), Some(portee));
        }

        #[test]
        fn two_scopes_have_two_texts(une in portee(), autre in portee()) {
            prop_assert_eq!(une.texte() == autre.texte(), une == autre);
        }

        #[test]
        fn a_right_reads_back_from_its_row(
            portee in portee(),
            fonction in 0..FONCTIONS.len(),
            nature in 0..NATURES.len(),
            du in proptest::option::of(0..40_000_i32),
            siren in proptest::option::of("[0-9]{9}"),
        ) {
            let nature = NATURES[nature].0;
            let jour = du.and_then(NaiveDate::from_num_days_from_ce_opt);
            let organisation = Organisation { nature, ..rives_claires(siren.as_deref(), None) };
            let droit = Droit {
                organisation: organisation.clone(),
                fonction: FONCTIONS[fonction].0,
                portee,
                du: jour,
                au: None,
            };
            let ligne = droits::Droit {
                id: "d".to_owned(),
                personne: "p".to_owned(),
                fonction: droit.fonction.mot().to_owned(),
                portee: droit.portee.texte(),
                du: jour.map_or_else(String::new, |j| j.to_string()),
                au: String::new(),
                organisation: organisation.ligne(),
            };
            prop_assert_eq!(Droit::lu(ligne).unwrap(), droit);
        }

        #[test]
        fn a_scope_holds_itself_and_all_holds_any(portee in portee()) {
            prop_assert!(portee.contient(&portee));
            prop_assert!(Portee::Tout.contient(&portee));
        }
    }

    #[test]
    fn functions_are_ordered_from_reading_to_administration() {
        let ordre: Vec<Fonction> = FONCTIONS.iter().map(|(f, _)| *f).collect();
        assert!(ordre.is_sorted());
        assert!(Fonction::Lecture < Fonction::Administration);
    }

    #[test]
    fn a_scope_is_not_larger_than_what_holds_it() {
        let esms = |n: &[&str]| Portee::Esms(n.iter().map(|n| (*n).to_owned()).collect());
        assert!(esms(&["990001018", "990001026"]).contient(&esms(&["990001018"])));
        assert!(!esms(&["990001018"]).contient(&esms(&["990001026"])));
        assert!(!esms(&["990001018"]).contient(&Portee::Tout));
        assert!(!Portee::Pole("Nord".to_owned()).contient(&Portee::Service("Nord".to_owned())));
    }

    #[test]
    fn a_scope_is_checked_before_it_is_kept() {
        let esms = |n: &str| Portee::Esms([n.to_owned()].into());
        assert_eq!(esms("99 000 101 8").verifiee().unwrap(), esms("990001018"));
        assert!(matches!(
            esms("990001019").verifiee(),
            Err(Refus::Finess(_))
        ));
        let vide = Portee::Esms(BTreeSet::new());
        assert!(matches!(vide.verifiee(), Err(Refus::Portee)));
        for nom in ["", "  ", "a\0b"] {
            let pole = Portee::Pole(nom.to_owned());
            assert!(matches!(pole.verifiee(), Err(Refus::Portee)));
        }
    }

    #[test]
    fn contracts_name_an_organisation_by_its_numbers() {
        let deux = rives_claires(Some("732 829 320"), Some("2a0001018"));
        assert_eq!(deux.cles(), ["siren:732829320", "ej:2A0001018"]);
        assert!(rives_claires(None, None).cles().is_empty());
    }
}
