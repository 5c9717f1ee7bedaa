//! Indicators that a diagnostic reads: the TDB ESMS (CASF R. 314-29, arrêté of 10 April 2019), the
//! ERRD and CA that agencies read beside it, and quality and risks. The codes are ours: no official
//! one was found.

use super::{lignes, mots};
use crate::metier::nombre::Nombre;
use std::sync::LazyLock;

mots! {
    Axe {
        Prestations = "1-Prestations de soins et d'accompagnement",
        RessourcesHumaines = "2-Ressources humaines",
        Finances = "3-Finances et budget",
        Objectifs = "4-Objectifs",
        QualiteRisques = "5-Qualité et risques (hors TDB)",
    }
}

mots! {
    Unite {
        /// Written as people read them: 91,27 for a rate of 0,9127.
        Pourcent = "%",
        Euros = "€",
        Jours = "jours",
        Points = "points",
        Personnes = "personnes",
        Contrats = "contrats",
        Etp = "ETP",
        EtpParPlace = "ETP/place",
        Etapes = "étapes",
        Signaux = "signaux",
        Reclamations = "réclamations",
        Missions = "missions",
        Nombre = "nombre",
        PourDixMille = "pour 10 000",
        SurCent = "/100",
        NoteSurQuatre = "note 1-4",
        /// A, B, C or D.
        Classe = "classe",
        OuiNon = "oui/non",
        Texte = "texte",
    }
}

impl Unite {
    /// Whether a value is a number: the others are never put beside quartiles.
    pub fn chiffree(self) -> bool {
        !matches!(self, Self::Classe | Self::OuiNon | Self::Texte)
    }

    /// Whether the values of several establishments add up to that of their contract. Personnes do
    /// as accompagnements: who is followed twice counts twice.
    pub fn additive(self) -> bool {
        match self {
            Self::Euros
            | Self::Personnes
            | Self::Contrats
            | Self::Etp
            | Self::Signaux
            | Self::Reclamations
            | Self::Missions
            | Self::Nombre => true,
            Self::Pourcent
            | Self::Jours
            | Self::Points
            | Self::EtpParPlace
            | Self::Etapes
            | Self::PourDixMille
            | Self::SurCent
            | Self::NoteSurQuatre
            | Self::Classe
            | Self::OuiNon
            | Self::Texte => false,
        }
    }

    /// How many times a numerator is over its denominator, in this unit.
    pub fn fois(self) -> u32 {
        if self == Self::Pourcent { 100 } else { 1 }
    }
}

mots! {
    Niveau {
        /// Read first, by all.
        Dialogue = "dialogue",
        /// Read to explain.
        Analyse = "analyse",
        /// Outside the TDB.
        Qualite = "qualite",
    }
}

mots! {
    /// What it tells of, in a diagnostic.
    Theme {
        Activite = "activite",
        Public = "public",
        Parcours = "parcours",
        Sante = "sante",
        Rh = "rh",
        Finances = "finances",
        Patrimoine = "patrimoine",
        Qualite = "qualite",
        Droits = "droits",
        Risques = "risques",
        Si = "si",
        Gouvernance = "gouvernance",
    }
}

mots! {
    /// Which way is good.
    Sens {
        Haut = "haut",
        Bas = "bas",
        /// Read as the gap to 100 %.
        Cible = "cible",
        /// Neither: it tells the setting.
        Contexte = "contexte",
    }
}

mots! {
    /// What could be checked of it.
    Statut {
        Confirme = "confirmé",
        FormuleAConfirmer = "libellé confirmé, formule à confirmer",
        AConfirmer = "à confirmer",
        /// Ours.
        Proposition = "proposition",
    }
}

/// An indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indicateur {
    /// `TDB-2.01`, `Q-HAS-2`.
    pub code: &'static str,
    pub axe: Axe,
    pub libelle: &'static str,
    /// What is counted, or the whole calculation when there is no denominator.
    pub numerateur: &'static str,
    pub denominateur: Option<&'static str>,
    pub unite: Unite,
    /// The establishments it is read for, in words.
    pub champ: &'static str,
    pub source: &'static str,
    pub niveau: Niveau,
    pub theme: Theme,
    pub sens: Sens,
    pub statut: Statut,
}

impl Indicateur {
    /// The value that a numerator and a denominator give, in the unit, to the hundredth.
    pub fn rapport(&self, numerateur: Nombre, denominateur: Nombre) -> Option<Nombre> {
        self.denominateur?;
        numerateur.rapport(denominateur, self.unite.fois())
    }
}

const TITRES: [&str; 12] = [
    "code",
    "axe",
    "libelle",
    "numerateur",
    "denominateur",
    "unite",
    "champ",
    "source",
    "niveau",
    "theme_diagnostic",
    "sens_favorable",
    "statut",
];

fn lus(texte: &'static str) -> Result<Vec<Indicateur>, String> {
    lignes(texte, TITRES, |ligne| {
        let [code, axe, libelle, numerateur, denominateur, ..] = ligne;
        let [
            _,
            _,
            _,
            _,
            _,
            unite,
            champ,
            source,
            niveau,
            theme,
            sens,
            statut,
        ] = ligne;
        Ok(Indicateur {
            code,
            axe: Axe::lu(axe)?,
            libelle,
            numerateur,
            denominateur: (!denominateur.is_empty()).then_some(denominateur),
            unite: Unite::lu(unite)?,
            champ,
            source,
            niveau: Niveau::lu(niveau)?,
            theme: Theme::lu(theme)?,
            sens: Sens::lu(sens)?,
            statut: Statut::lu(statut)?,
        })
    })
}

const TEXTE: &str = include_str!("../../../referentiels/indicateurs-tdb-esms.csv");
static TOUS: LazyLock<Vec<Indicateur>> = LazyLock::new(|| lus(TEXTE).unwrap_or_default());

/// In the order of the file: by axis, the first read before the others.
pub fn tous() -> &'static [Indicateur] {
    &TOUS
}

pub fn par_code(code: &str) -> Option<&'static Indicateur> {
    TOUS.iter().find(|indicateur| indicateur.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_is_read() {
        let lus = lus(TEXTE).unwrap();
        assert_eq!(lus.len(), 74);
        let codes: BTreeSet<&str> = lus.iter().map(|indicateur| indicateur.code).collect();
        assert_eq!(codes.len(), 74);
        let de = |statut| lus.iter().filter(|i| i.statut == statut).count();
        let comptes = Statut::TOUS.iter().map(|statut| de(*statut));
        assert_eq!(comptes.collect::<Vec<_>>(), [44, 20, 7, 3]);
        assert_eq!(
            lus.iter().filter(|i| i.axe == Axe::QualiteRisques).count(),
            15
        );
        assert_eq!(par_code("TDB-1.01"), lus.first());
        assert_eq!(par_code("TDB-9.99"), None);
    }

    #[test]
    fn each_word_of_the_lists_is_met() {
        let tous = tous();
        assert!(
            Axe::TOUS
                .iter()
                .all(|mot| tous.iter().any(|i| i.axe == *mot))
        );
        assert!(
            Unite::TOUS
                .iter()
                .all(|mot| tous.iter().any(|i| i.unite == *mot))
        );
        assert!(
            Niveau::TOUS
                .iter()
                .all(|mot| tous.iter().any(|i| i.niveau == *mot))
        );
        assert!(
            Theme::TOUS
                .iter()
                .all(|mot| tous.iter().any(|i| i.theme == *mot))
        );
        assert!(
            Sens::TOUS
                .iter()
                .all(|mot| tous.iter().any(|i| i.sens == *mot))
        );
    }

    #[test]
    fn an_unknown_word_is_refused() {
        for (juste, faux) in [
            (";2-Ressources humaines;", ";2-RH;"),
            (";jours;", ";semaines;"),
            (";dialogue;", ";discussion;"),
            (";patrimoine;", ";immobilier;"),
            (";cible;", ";milieu;"),
            (";confirmé\n", ";sûr\n"),
        ] {
            let texte = TEXTE.replacen(juste, faux, 1).leak();
            let faute = lus(texte).unwrap_err();
            let mot = faux.trim_matches([';', '\n']);
            assert!(faute.contains(&format!("« {mot} » inconnu")), "{faute}");
        }
    }

    #[test]
    fn what_is_read_as_a_gap_to_its_target_is_a_rate() {
        for indicateur in tous().iter().filter(|i| i.sens == Sens::Cible) {
            assert_eq!(indicateur.unite, Unite::Pourcent, "{}", indicateur.code);
        }
    }

    /// Summing the terms of several establishments must not average their rates in disguise.
    #[test]
    fn no_denominator_is_a_plain_number() {
        let nombre = |texte: &str| texte.parse::<u32>().is_ok();
        for indicateur in tous() {
            assert!(
                !indicateur.denominateur.is_some_and(nombre),
                "{}",
                indicateur.code
            );
        }
    }

    #[test]
    fn a_rate_is_counted_on_a_hundred_and_a_length_is_not() {
        let rapport = |code, haut, bas| {
            let indicateur = par_code(code).unwrap();
            let rapport = indicateur.rapport(Nombre::from(haut), Nombre::from(bas));
            rapport.map(|r| r.to_string())
        };
        assert_eq!(rapport("TDB-2.01", 1, 8).as_deref(), Some("12,5"));
        assert_eq!(rapport("TDB-1.04", 1_000, 3).as_deref(), Some("333,33"));
        assert_eq!(rapport("TDB-2.01", 1, 0), None);
        assert_eq!(rapport("TDB-2.13", 40, 1), None);
    }
}
