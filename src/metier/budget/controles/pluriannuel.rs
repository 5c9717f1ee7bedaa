//! Alignment with the contract: the years ahead.

use super::{Examen, Issue};
use crate::metier::budget::dire;
use crate::metier::budget::lignes::{Bloc, Exact, Lieu};
use crate::metier::budget::ratios::{notifie, reserves as reserves_du_bilan};

fn pgfp(e: &Examen<'_>, annee: i32, code: &str) -> Option<i64> {
    e.x.montant_de(Bloc::Pgfp, Lieu::Ensemble, annee, code)
}

/// AL-20. Each year of the contract that follows, the PGFP keeps to its trajectory.
pub fn trajectoire(e: &mut Examen<'_>) {
    let exercice = e.exercice();
    let fin = e.x.annee(Bloc::Ident, "CPOM_FIN");
    e.x.releve();
    let Some(fin) = fin else {
        return e.ensemble(|e| e.x.annee(Bloc::Ident, "CPOM_FIN").map(|_| Issue::SansObjet));
    };
    if fin <= exercice {
        return;
    }
    e.chaque_annee(exercice + 1..=fin, |e, annee| {
        let tarif = pgfp(e, annee, "PRODUITS_TARIF")?;
        let cpom =
            e.x.montant_de(Bloc::Cpom, Lieu::Ensemble, annee, "TRAJECTOIRE_DOTATION")?;
        if cpom <= 0 {
            return e
                .x
                .nul(Bloc::Cpom, Lieu::Ensemble, annee, "TRAJECTOIRE_DOTATION");
        }
        let ecart = Exact::new(i128::from(tarif - cpom) * 100, i128::from(cpom));
        let marge = e.taux("EPRD_TRAJECTOIRE_TAUX")?;
        let valeurs = vec![("ecart", dire::decimal(ecart, 2))];
        Some(Issue::selon(ecart <= marge && ecart >= -marge, valeurs))
    });
}

/// AL-21. There is money at the end of each year.
pub fn tresorerie(e: &mut Examen<'_>) {
    let annees = e.annees_du_pgfp();
    e.chaque_annee(annees, |e, annee| {
        let tresorerie = pgfp(e, annee, "TRESORERIE_FIN")?;
        let valeurs = vec![("montant", dire::euros(tresorerie))];
        Some(Issue::selon(tresorerie >= 0, valeurs))
    });
}

/// AL-22. The CAF pays back the capital each year.
pub fn caf_nette(e: &mut Examen<'_>) {
    let annees = e.annees_du_pgfp();
    e.chaque_annee(annees, |e, annee| {
        let nette = pgfp(e, annee, "CAF")? - pgfp(e, annee, "CAPITAL_EMPRUNTS")?;
        let valeurs = vec![("montant", dire::euros(nette))];
        Some(Issue::selon(nette >= 0, valeurs))
    });
}

/// AL-23. The last year of the contract ends in balance.
pub fn terme(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let fin = e.x.annee(Bloc::Ident, "CPOM_FIN")?;
        let resultat = pgfp(e, fin, "RESULTAT")?;
        let valeurs = vec![
            ("montant", dire::euros(resultat)),
            ("annee", fin.to_string()),
        ];
        Some(Issue::selon(resultat >= 0, valeurs))
    });
}

/// AL-24. What is kept in reserve is within the ceiling, or will have to be justified at renewal.
pub fn reserves(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let reserves = reserves_du_bilan(&e.x)?;
        let tarif = notifie(&e.x)?;
        if tarif <= 0 {
            return e
                .x
                .nul(Bloc::Notif, Lieu::Ensemble, e.exercice(), "PRODUITS_TARIF");
        }
        let taux = Exact::new(i128::from(reserves) * 100, i128::from(tarif));
        let tient = taux <= e.taux("EPRD_RESERVES_PLAFOND")?;
        Some(Issue::selon(tient, vec![("taux", dire::decimal(taux, 2))]))
    });
}
