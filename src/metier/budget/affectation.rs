//! What becomes of a year's result (R. 314-234 and R. 314-235), and what follows from it over the
//! years: reserves and reports à nouveau that tie to the bilan. The order is usage, to be
//! confirmed. Everything in cents, of one compte de résultat.

use std::fmt;

/// What earlier years left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Situation {
    /// Report à nouveau créditeur (110). Never beside a débiteur one.
    pub crediteur: i64,
    /// Report à nouveau débiteur (119), as a positive amount.
    pub debiteur: i64,
    /// 10682.
    pub investissement: i64,
    /// 10685.
    pub tresorerie: i64,
    /// 10686.
    pub compensation: i64,
    /// 10687.
    pub amortissements: i64,
    /// 11511: measures that do not last.
    pub mesures: i64,
}

/// Where an excédent goes, once the deficits are cleared; what a deficit takes back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choix {
    pub report: i64,
    pub investissement: i64,
    pub tresorerie: i64,
    pub compensation: i64,
    pub amortissements: i64,
    pub mesures: i64,
}

/// What an affectation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affectation {
    /// Taken by the deficits of earlier years.
    pub apurement: i64,
    /// Of a deficit: taken from the report créditeur, then from the réserve de compensation.
    pub reprise_report: i64,
    pub reprise_compensation: i64,
    pub apres: Situation,
}

/// Why an affectation cannot be: what was expected and found, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refus {
    /// A destination is given a negative amount, or earlier years left one.
    Negatif,
    /// Both a créditeur and a débiteur report.
    DeuxReports,
    /// What is given is not what there is to give.
    Somme { donne: i64, a_affecter: i64 },
    /// More to the treasury reserve than the BFR still asks for.
    Tresorerie { donne: i64, place: i64 },
    /// A deficit has nothing to give.
    Deficit,
}

impl fmt::Display for Refus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use super::dire::euros;
        match self {
            Self::Negatif => f.write_str(
                "Un montant affecté, une réserve ou un report n'est jamais négatif : corrigez-le.",
            ),
            Self::DeuxReports => f.write_str(
                "Un compte de résultat n'a pas à la fois un report créditeur (110) et un report \
                 débiteur (119) : gardez leur solde.",
            ),
            Self::Somme { donne, a_affecter } => write!(
                f,
                "Les affectations font {} € ; le résultat à affecter, une fois les déficits \
                 apurés, est de {} €. Répartissez tout, et rien de plus.",
                euros(*donne),
                euros(*a_affecter)
            ),
            Self::Tresorerie { donne, place } => write!(
                f,
                "La réserve de trésorerie (10685) recevrait {} € ; le BFR n'en demande plus que \
                 {} €. Affectez le reste ailleurs.",
                euros(*donne),
                euros(*place)
            ),
            Self::Deficit => f.write_str(
                "Un déficit ne s'affecte à aucune réserve : il se couvre par le report, puis par \
                 la réserve de compensation.",
            ),
        }
    }
}

impl Situation {
    fn postes(self) -> [i64; 7] {
        [
            self.crediteur,
            self.debiteur,
            self.investissement,
            self.tresorerie,
            self.compensation,
            self.amortissements,
            self.mesures,
        ]
    }

    /// What stands in the bilan: reserves and reports, the débiteur one taken off.
    pub fn fonds_propres(self) -> i64 {
        self.postes().iter().sum::<i64>() - 2 * self.debiteur
    }

    /// The most that the treasury reserve may be given, for a BFR.
    pub fn place_en_tresorerie(self, bfr: i64) -> i64 {
        (bfr - self.tresorerie).max(0)
    }

    /// What an excédent leaves to choose, once the deficits of earlier years are cleared; the
    /// report créditeur, which is given again with it, included.
    pub fn a_affecter(self, resultat: i64) -> i64 {
        (resultat - self.debiteur).max(0) + self.crediteur
    }

    /// Gives a year's result.
    ///
    /// # Errors
    /// What breaks an invariant, told before anything is given.
    pub fn affecte(self, resultat: i64, choix: Choix, bfr: i64) -> Result<Affectation, Refus> {
        let negatif = |montants: &[i64]| montants.iter().any(|m| *m < 0);
        if negatif(&self.postes()) || negatif(&choix.postes()) {
            return Err(Refus::Negatif);
        }
        if self.crediteur > 0 && self.debiteur > 0 {
            return Err(Refus::DeuxReports);
        }
        if resultat < 0 {
            return self.deficit(-resultat, choix);
        }
        let apurement = resultat.min(self.debiteur);
        let donne: i64 = choix.postes().iter().sum();
        let a_affecter = self.a_affecter(resultat);
        if donne != a_affecter {
            return Err(Refus::Somme { donne, a_affecter });
        }
        let place = self.place_en_tresorerie(bfr);
        if choix.tresorerie > place {
            return Err(Refus::Tresorerie {
                donne: choix.tresorerie,
                place,
            });
        }
        Ok(Affectation {
            apurement,
            reprise_report: 0,
            reprise_compensation: 0,
            apres: Self {
                crediteur: choix.report,
                debiteur: self.debiteur - apurement,
                investissement: self.investissement + choix.investissement,
                tresorerie: self.tresorerie + choix.tresorerie,
                compensation: self.compensation + choix.compensation,
                amortissements: self.amortissements + choix.amortissements,
                mesures: self.mesures + choix.mesures,
            },
        })
    }

    /// A deficit takes the report créditeur, then the réserve de compensation; what is left is
    /// owed.
    fn deficit(self, deficit: i64, choix: Choix) -> Result<Affectation, Refus> {
        if choix != Choix::default() {
            return Err(Refus::Deficit);
        }
        let reprise_report = deficit.min(self.crediteur);
        let reprise_compensation = (deficit - reprise_report).min(self.compensation);
        let reste = deficit - reprise_report - reprise_compensation;
        Ok(Affectation {
            apurement: 0,
            reprise_report,
            reprise_compensation,
            apres: Self {
                crediteur: self.crediteur - reprise_report,
                compensation: self.compensation - reprise_compensation,
                debiteur: self.debiteur + reste,
                ..self
            },
        })
    }
}

impl Choix {
    fn postes(self) -> [i64; 6] {
        [
            self.report,
            self.investissement,
            self.tresorerie,
            self.compensation,
            self.amortissements,
            self.mesures,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn avant() -> Situation {
        Situation {
            debiteur: 1_200_000,
            tresorerie: 19_500_000,
            ..Situation::default()
        }
    }

    #[test]
    fn deficits_are_cleared_first_then_the_treasury_takes_what_the_bfr_asks_for() {
        // given a débiteur report of 12,000, and a treasury reserve 5,000 short of the BFR
        let bfr = 20_000_000;
        assert_eq!(avant().a_affecter(3_000_000), 1_800_000);
        assert_eq!(avant().place_en_tresorerie(bfr), 500_000);
        // when an excédent of 30,000 is given
        let choix = Choix {
            tresorerie: 500_000,
            investissement: 1_300_000,
            ..Choix::default()
        };
        let faite = avant().affecte(3_000_000, choix, bfr).unwrap();
        // then 12,000 are cleared, 5,000 go to the treasury, 13,000 elsewhere
        assert_eq!(faite.apurement, 1_200_000);
        assert_eq!(faite.apres.debiteur, 0);
        assert_eq!(faite.apres.tresorerie, bfr);
        // and a cent more to the treasury is refused, as is a sum that is not whole
        let trop = Choix {
            tresorerie: 500_001,
            investissement: 1_299_999,
            ..Choix::default()
        };
        let refus = avant().affecte(3_000_000, trop, bfr).unwrap_err();
        assert_eq!(
            refus,
            Refus::Tresorerie {
                donne: 500_001,
                place: 500_000
            }
        );
        assert!(refus.to_string().contains("Affectez le reste ailleurs"));
        let peu = Choix {
            report: 1_799_999,
            ..Choix::default()
        };
        let refus = avant().affecte(3_000_000, peu, bfr).unwrap_err();
        assert_eq!(
            refus,
            Refus::Somme {
                donne: 1_799_999,
                a_affecter: 1_800_000
            }
        );
    }

    #[test]
    fn nothing_is_given_while_a_deficit_is_owed() {
        let seul = Choix {
            report: 100_000,
            ..Choix::default()
        };
        let refus = avant().affecte(100_000, seul, 0).unwrap_err();
        assert_eq!(
            refus,
            Refus::Somme {
                donne: 100_000,
                a_affecter: 0
            }
        );
        let faite = avant().affecte(100_000, Choix::default(), 0).unwrap();
        assert_eq!(
            (faite.apurement, faite.apres.debiteur),
            (100_000, 1_100_000)
        );
    }

    #[test]
    fn a_deficit_takes_the_report_then_the_compensation() {
        let avant = Situation {
            crediteur: 300_000,
            compensation: 500_000,
            ..Situation::default()
        };
        let faite = avant.affecte(-1_000_000, Choix::default(), 0).unwrap();
        assert_eq!(
            (faite.reprise_report, faite.reprise_compensation),
            (300_000, 500_000)
        );
        assert_eq!(faite.apres.debiteur, 200_000);
        let choix = Choix {
            report: 1,
            ..Choix::default()
        };
        assert_eq!(avant.affecte(-1, choix, 0), Err(Refus::Deficit));
        let deux = Situation {
            crediteur: 1,
            debiteur: 1,
            ..Situation::default()
        };
        assert_eq!(
            deux.affecte(0, Choix::default(), 0),
            Err(Refus::DeuxReports)
        );
        let negatif = Situation {
            compensation: -1,
            ..Situation::default()
        };
        assert_eq!(negatif.affecte(0, Choix::default(), 0), Err(Refus::Negatif));
    }

    proptest! {
        /// Over the years, what the bilan holds is what it held and every result since.
        #[test]
        fn reserves_and_reports_tie_to_the_results(
            resultats in prop::collection::vec((-5_000_000..5_000_000_i64, 0..100_i64), 5),
            depart in 0..9_000_000_i64,
        ) {
            let mut la = Situation { compensation: depart, ..Situation::default() };
            let mut attendu = la.fonds_propres();
            for (resultat, part) in resultats {
                let libre = if resultat < 0 { 0 } else { la.a_affecter(resultat) };
                let report = libre * part / 100;
                let choix = Choix { report, investissement: libre - report, ..Choix::default() };
                let faite = la.affecte(resultat, choix, 0).unwrap();
                la = faite.apres;
                attendu += resultat;
                prop_assert_eq!(la.fonds_propres(), attendu);
                prop_assert!(la.postes().iter().all(|poste| *poste >= 0));
                prop_assert!(la.crediteur == 0 || la.debiteur == 0);
            }
        }
    }
}
