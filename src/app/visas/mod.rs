//! The visas that an organisation asks for before an act leaves it. Whether an act leaves at once
//! or is prepared is decided here and nowhere else: what executes it asks for a [`Passe`], which
//! nothing else makes.
//!
//! The circuit that counts is that of the moment. What is prepared keeps who gave a visa, never
//! the rank it waits for: visas of people who hold no rank any more no longer count, and without
//! a circuit whoever holds the function executes it.

/// Who is told by e-mail.
mod annonce;
/// Which form was filled in, and the request it makes.
mod forme;
/// What is prepared, kept.
mod garde;
/// Sent by the form, or seen by those who give visas.
mod gestes;

pub use forme::Forme;
pub use garde::{Contenu, EtatPrepare, Prepare, Visa};
pub use gestes::{Empechement, Suite};

use super::comptes::Circuit;
use super::contrat::{Commande, Demande};
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::contrat::saisie::Saisie;
use crate::workflow::definition::model::Role;

/// That something may be executed now.
#[derive(Debug)]
pub struct Passe(());

/// How an act leaves.
#[derive(Debug)]
pub enum Voie<'c> {
    Directe(Passe),
    /// Prepared, then seen by the ranks of a circuit.
    Visas(&'c Circuit),
}

/// How what asks for a function leaves, when a person does it.
pub fn voie<'c>(circuit: Option<&'c Circuit>, role: Role, personne: &str) -> Voie<'c> {
    match circuit.filter(|c| c.couvre(role)) {
        Some(circuit) if circuit.rang(personne) != Some(circuit.dernier()) => Voie::Visas(circuit),
        _ => Voie::Directe(Passe(())),
    }
}

/// What is said, handed over or noted decides nothing: it needs no visa. None: it is not that.
pub fn dit(commande: &Commande) -> Option<Passe> {
    let Demande::Ecriture { ecriture, .. } = &commande.demande else {
        return None;
    };
    let decide = !matches!(
        ecriture,
        Ecriture::Dire { .. } | Ecriture::Noter { .. } | Ecriture::Saisir(Saisie::Document { .. })
    );
    (!decide).then_some(Passe(()))
}

/// The rank that is waited for, from those who gave a visa, the author first.
pub fn attendu<'v>(circuit: &Circuit, visas: impl IntoIterator<Item = &'v Visa>) -> usize {
    let rangs = visas.into_iter().filter_map(|v| circuit.rang(&v.personne));
    let suivant = rangs.max().map_or(0, |rang| rang + 1);
    suivant.min(circuit.dernier())
}

/// Whether a person may give the visa that is waited for: their rank is that one, or a higher one.
pub fn peut_viser(circuit: &Circuit, visas: &[Visa], personne: &str) -> bool {
    circuit
        .rang(personne)
        .is_some_and(|rang| rang >= attendu(circuit, visas))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::comptes::Rang;
    use proptest::prelude::*;

    fn circuit(rangs: &[&[&str]]) -> Circuit {
        let rang = |gens: &&[&str]| Rang {
            titre: "rang".to_owned(),
            personnes: gens.iter().map(|g| (*g).to_owned()).collect(),
        };
        Circuit {
            organisation: "o".to_owned(),
            des: Role::Validation,
            rangs: rangs.iter().map(rang).collect(),
        }
    }

    fn visas(gens: &[&str]) -> Vec<Visa> {
        gens.iter().map(|g| Visa::de(g, g)).collect()
    }

    #[test]
    fn only_the_last_rank_acts_outside_and_only_what_is_covered_waits() {
        let trois = circuit(&[&["d"], &["dg"], &["p"]]);
        let directe = |c, role, qui| matches!(voie(c, role, qui), Voie::Directe(_));
        for (qui, part) in [("p", true), ("dg", false), ("d", false), ("x", false)] {
            assert_eq!(directe(Some(&trois), Role::Signature, qui), part, "{qui}");
            assert!(directe(Some(&trois), Role::Contribution, qui));
            assert!(directe(None, Role::Signature, qui));
        }
    }

    #[test]
    fn the_next_rank_is_that_of_the_circuit_of_the_day() {
        let trois = circuit(&[&["d"], &["dg"], &["p"]]);
        let attend = |c: &Circuit, gens: &[&str]| attendu(c, &visas(gens));
        assert_eq!(attend(&trois, &["x"]), 0);
        assert_eq!(attend(&trois, &["d"]), 1);
        assert_eq!(attend(&trois, &["d", "dg"]), 2);
        // One who prepared has since become the last: the act still waits for the last rank.
        assert_eq!(attend(&trois, &["p"]), 2);
        // The director has left the circuit: that visa counts no more.
        assert_eq!(attend(&circuit(&[&["n"], &["dg"], &["p"]]), &["d"]), 0);
    }

    proptest! {
        /// Whoever may give the visa moves the act on, or is of the last rank.
        #[test]
        fn a_visa_always_moves_on(
            n in 1_usize..6,
            donnes in prop::collection::vec(0_usize..6, 0..4),
            qui in 0_usize..6,
        ) {
            let noms: Vec<String> = (0..n).map(|r| format!("r{r}")).collect();
            let rangs: Vec<Vec<&str>> = noms.iter().map(|nom| vec![nom.as_str()]).collect();
            let rangs: Vec<&[&str]> = rangs.iter().map(Vec::as_slice).collect();
            let circuit = circuit(&rangs);
            let nom = |rang: usize| format!("r{rang}");
            let mut visas: Vec<Visa> =
                donnes.iter().map(|r| Visa::de(&nom(*r), "")).collect();
            let avant = attendu(&circuit, &visas);
            let peut = peut_viser(&circuit, &visas, &nom(qui));
            prop_assert_eq!(peut, qui < n && qui >= avant);
            visas.push(Visa::de(&nom(qui), ""));
            let apres = attendu(&circuit, &visas);
            prop_assert!(apres >= avant && apres < n);
            prop_assert!(!peut || qui == n - 1 || apres == qui + 1);
        }
    }
}
