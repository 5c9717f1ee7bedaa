//! Answers to choose among: what is kept, what is read.

use super::question::Sorte;

pub(super) const AVIS: Sorte = Sorte::Parmi(&[
    ("accord", "Accord"),
    ("accord_avec_reserve", "Accord avec réserve"),
    ("desaccord", "Désaccord"),
]);
pub(super) const AUTORITES: Sorte = Sorte::Parmi(&[
    ("ars", "L'ARS seule"),
    ("departement", "Un Département seul"),
    ("conjointe", "L'ARS et un Département"),
]);
pub(super) const TARIFICATIONS: Sorte = Sorte::Parmi(&[
    ("dotation_globale", "Dotation globale"),
    ("prix_de_journee", "Prix de journée"),
    ("prix_de_journee_globalise", "Prix de journée globalisé"),
    ("forfaits", "Forfaits"),
    ("tarif_horaire", "Tarif horaire"),
    ("serafin_ph", "SERAFIN-PH"),
]);
pub(super) const ROLES: Sorte = Sorte::Parmi(&[
    ("contribution", "Contribution"),
    ("validation", "Validation"),
    ("signature", "Signature"),
]);
pub(super) const NATURES: Sorte = Sorte::Parmi(&[
    ("reconductible", "Reconductible"),
    ("non_reconductible", "Non reconductible"),
    ("investissement", "Investissement"),
    ("reserves", "Réserves"),
]);
pub(super) const GENRES_DE_CONSTAT: Sorte = Sorte::Parmi(&[
    ("force", "Force"),
    ("faiblesse", "Faiblesse"),
    ("opportunite", "Opportunité"),
    ("menace", "Menace"),
]);
pub(super) const GRAVITES: Sorte = Sorte::Entiers(&[
    ("1", "1 Légère"),
    ("2", "2 Notable"),
    ("3", "3 Forte"),
    ("4", "4 Critique"),
]);
/// As [`crate::metier::contrat::diagnostic::Source`] says them.
pub(super) const SOURCES: Sorte = Sorte::Parmi(&[
    ("tdb", "TDB ESMS"),
    ("errd", "ERRD"),
    ("ca", "Compte administratif"),
    ("has", "HAS"),
    ("siicea", "Inspections (SIICEA)"),
    ("si_vss", "Signalements (SI-VSS)"),
    ("si_rec", "Réclamations (SI-REC)"),
    ("gestionnaire", "Gestionnaire"),
]);
pub(super) const NATURES_DE_CONVENTION: Sorte = Sorte::Parmi(&[
    ("cpom_anterieur", "CPOM antérieur"),
    ("retour_a_l_equilibre", "Plan de retour à l'équilibre"),
    ("aide_sociale", "Habilitation à l'aide sociale"),
    ("cooperation", "Convention de coopération"),
    ("autre", "Autre convention"),
]);
pub(super) const ATTEINTES: Sorte = Sorte::Parmi(&[
    ("atteint", "Atteint"),
    ("partiel", "Partiellement atteint"),
    ("non_atteint", "Non atteint"),
    ("non_evaluable", "Non évaluable"),
]);
#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::contrat::diagnostic;

    #[test]
    fn sources_are_those_of_the_trade() {
        let Sorte::Parmi(montrees) = SOURCES else {
            panic!()
        };
        let connues = diagnostic::Source::TOUTES;
        let connues =
            connues.map(|s| (serde_json::json!(s).as_str().unwrap().to_owned(), s.titre()));
        let connues = connues.iter().map(|(mot, titre)| (mot.as_str(), *titre));
        assert_eq!(montrees.to_vec(), connues.collect::<Vec<_>>());
    }
}
