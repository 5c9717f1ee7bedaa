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
pub(super) const ATTEINTES: Sorte = Sorte::Parmi(&[
    ("atteint", "Atteint"),
    ("partiel", "Partiellement atteint"),
    ("non_atteint", "Non atteint"),
    ("non_evaluable", "Non évaluable"),
]);
/// As [`crate::metier::contrat::saisie::THEMES`], then those that are not asked of every one.
pub(super) const THEMES: Sorte = Sorte::Parmi(&[
    ("D1", "D1 Gouvernance, projet, siège"),
    ("D2", "D2 Offre et territoire"),
    ("D3", "D3 Activité"),
    ("D4", "D4 Public et besoins"),
    ("D5", "D5 Prestations et parcours"),
    ("D6", "D6 Droits, participation, bientraitance"),
    ("D7", "D7 Qualité, évaluation"),
    ("D8", "D8 Ressources humaines"),
    ("D9", "D9 Finances"),
    ("D10", "D10 Patrimoine, investissement"),
    ("D11", "D11 Système d'information, numérique"),
    ("D12", "D12 Partenariats, coopérations"),
    ("D13", "D13 Développement durable, achats"),
    ("D14", "D14 Production et commercialisation de l'ESAT"),
    ("D15", "D15 Bilan du contrat précédent"),
]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::contrat::saisie;
    use std::collections::BTreeSet;

    #[test]
    fn themes_are_those_of_the_trade() {
        let Sorte::Parmi(montres) = THEMES else {
            panic!()
        };
        let connus = saisie::THEMES.iter().chain(saisie::THEMES_LIBRES);
        let connus: BTreeSet<(&str, String)> = connus
            .map(|(code, titre)| (*code, format!("{code} {titre}")))
            .collect();
        let montres = montres
            .iter()
            .map(|(code, titre)| (*code, (*titre).to_owned()));
        assert_eq!(montres.collect::<BTreeSet<_>>(), connus);
    }
}
