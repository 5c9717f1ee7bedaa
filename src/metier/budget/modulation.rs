//! The activity clause (R. 314-43-2): what missing a target may take from the next dotation, told
//! before anyone signs.

use super::lignes::Exact;
use super::parametres::Parametres;

/// What is left out of the clause, whatever the contract says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Champ {
    /// An establishment of the handicap, under a mandatory CPOM.
    Handicap,
    /// Left out of it.
    Ehpad,
}

/// A year of activity, beside its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Annee {
    pub champ: Champ,
    /// Whether the contract holds the clause; it is optional.
    pub clause: bool,
    /// In percent of the theoretical activity.
    pub cible: Exact,
    pub realise: Exact,
    /// What is notified, in cents, and the part of it that does not last.
    pub notifie: i64,
    pub cnr: i64,
    /// The authority accepted the cause.
    pub cause_acceptee: bool,
}

/// What the clause gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effet {
    /// It bears on nothing here; and why, in French.
    SansObjet(&'static str),
    /// The most that may be taken, in cents: the authority decides how much.
    AuPlus(i64),
}

impl Annee {
    /// The most that the authority may take from the next dotation.
    ///
    /// `None`: the rules do not say the part, or the amounts do not hold.
    pub fn effet(self, regles: &Parametres<'_>) -> Option<Effet> {
        if self.champ == Champ::Ehpad {
            return Some(Effet::SansObjet(
                "les EHPAD sont hors du champ de la modulation",
            ));
        }
        if !self.clause {
            return Some(Effet::SansObjet("le contrat ne retient pas la clause"));
        }
        if self.cause_acceptee || self.realise >= self.cible {
            return Some(Effet::AuPlus(0));
        }
        let part = regles.taux("MODULATION_PART")?;
        let base = self.notifie.checked_sub(self.cnr)?.max(0);
        let points = (self.cible - self.realise) * part / 100;
        let montant = Exact::from(i128::from(base)) * points / 100;
        // « Au plus »: a part of a cent is not taken.
        let centimes = montant.floor().to_integer();
        i64::try_from(centimes).ok().map(Effet::AuPlus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regles::paquet::Paquet;
    use chrono::NaiveDate;
    use proptest::prelude::*;

    const PAQUET: &[u8] = include_bytes!("../../../workflows/regles/eprd-2026.yaml");

    fn effet(annee: Annee) -> Effet {
        let paquet = Paquet::parse(PAQUET).unwrap();
        let le = NaiveDate::from_ymd_opt(2026, 6, 5).unwrap();
        annee.effet(&Parametres::de(&[&paquet], le)).unwrap()
    }

    fn annee() -> Annee {
        Annee {
            champ: Champ::Handicap,
            clause: true,
            cible: Exact::from(96),
            realise: Exact::from(95),
            notifie: 56_700_000,
            cnr: 0,
            cause_acceptee: false,
        }
    }

    #[test]
    fn half_of_the_gap_at_most_is_taken() {
        assert_eq!(effet(annee()), Effet::AuPlus(283_500));
        let sans = |annee| effet(annee) == Effet::AuPlus(0);
        assert!(sans(Annee {
            cause_acceptee: true,
            ..annee()
        }));
        assert!(sans(Annee {
            realise: Exact::from(96),
            ..annee()
        }));
        assert!(sans(Annee {
            realise: Exact::from(99),
            ..annee()
        }));
        // What does not last is not in the base.
        let cnr = Annee {
            notifie: 57_700_000,
            cnr: 1_000_000,
            ..annee()
        };
        assert_eq!(effet(cnr), Effet::AuPlus(283_500));
    }

    #[test]
    fn where_the_clause_bears_on_nothing_it_is_said() {
        let sans_objet = |annee| matches!(effet(annee), Effet::SansObjet(_));
        assert!(sans_objet(Annee {
            champ: Champ::Ehpad,
            ..annee()
        }));
        assert!(sans_objet(Annee {
            clause: false,
            ..annee()
        }));
    }

    proptest! {
        /// Never more than half of the gap, and less than a cent under it.
        #[test]
        fn the_most_is_never_passed(
            cible in 0..10_000_i128, realise in 0..10_000_i128, notifie in 0..1_000_000_000_000_i64,
        ) {
            let annee = Annee {
                cible: Exact::new(cible, 100),
                realise: Exact::new(realise, 100),
                notifie,
                ..annee()
            };
            let Effet::AuPlus(centimes) = effet(annee) else { panic!("sans objet") };
            let ecart = (cible - realise).max(0);
            let double = i128::from(centimes) * 20_000;
            prop_assert!(double <= i128::from(notifie) * ecart);
            prop_assert!(double + 20_000 > i128::from(notifie) * ecart);
        }
    }
}
