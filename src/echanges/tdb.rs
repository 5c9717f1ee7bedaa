//! An export of the TDB ESMS as agencies get it from DIAMANT: one line for each establishment and
//! year, rates as fractions with a point and sometimes no zero before it (`.1197`).

use super::grille::Grille;
use super::releves::{self, Annee, Colonne, Ecriture, Export, Plan};
use crate::metier::contrat::diagnostic::Source;

/// The titles that are read, and our codes for them.
const COLONNES: [Colonne; 16] = [
    Colonne::nombre(
        "Taux de réalisation de l'activité Tout ESMS (Hors services CAMSP et CMPP)",
        "TDB-1.01",
    ),
    Colonne::nombre(
        "Taux de réalisation de l'activité CAMSP et CMPP",
        "TDB-1.02",
    ),
    Colonne::nombre("Durée moyenne de séjour/d'accompagnement", "TDB-1.04"),
    Colonne::nombre(
        "File active des personnes accompagnées sur la période",
        "TDB-1.10",
    ),
    Colonne::nombre(
        "Nombre moyen de journées d'absence des personnes accompagnées sur la période",
        "TDB-1.11",
    ),
    Colonne::nombre("Taux d'ETP vacants au 31/12", "TDB-2.01"),
    Colonne::nombre(
        "Taux de prestations externes sur les prestations directes",
        "TDB-2.02",
    ),
    Colonne::nombre("Taux d'absentéisme (hors formation)", "TDB-2.04"),
    Colonne::nombre(
        "Taux de rotation du personnel sur effectifs réels",
        "TDB-2.05",
    ),
    Colonne::nombre(
        "Taux d'absentéisme pour maladie ordinaire/courte durée",
        "TDB-2.06",
    ),
    Colonne::nombre("Taux d'absentéisme pour maladie moyenne durée", "TDB-2.07"),
    Colonne::nombre("Taux d'absentéisme pour maladie longue durée", "TDB-2.08"),
    Colonne::nombre("Taux d'absentéisme pour maternité/paternité", "TDB-2.09"),
    Colonne::nombre(
        "Taux d'absentéisme pour accident du travail / maladie professionnelle",
        "TDB-2.10",
    ),
    Colonne::nombre(
        "Taux d'absentéisme pour congés spéciaux dont sans solde",
        "TDB-2.11",
    ),
    Colonne::nombre("Nombre de CDD de remplacement", "TDB-2.12"),
];

const PLAN: Plan = Plan {
    finess: "Finess",
    annee: Annee::Colonne("Année"),
    colonnes: &COLONNES,
    familles: &[],
    attendu: "l'export du tableau de bord de la performance, tel que DIAMANT le donne",
    ecriture: Ecriture::Fraction,
    source: Source::Tdb,
};

/// Reads an export.
///
/// # Errors
/// One French sentence: a file that is not a csv.
pub fn lire(octets: &[u8]) -> Result<Export, String> {
    let grille = Grille::lire(octets)?;
    // A workbook may show a fraction as a percentage: 0.05 and 5 would read the same.
    if matches!(grille, Grille::Cellules(_)) {
        return Err(releves::CLASSEUR.to_owned());
    }
    releves::lire(&grille, &PLAN)
}

#[cfg(test)]
mod tests;
