//! An acceptance sent again elsewhere (another contract with the same words, another party, another
//! act) is refused.

use super::demandeur;
use crate::bases::atelier;
use chrono::{DateTime, Utc};
use entente::app::contrat::{Commande, Contrat};
use entente::app::formulaires::{Envoi, Geste, Vise, commande};
use entente::app::vues::ContratLu;

/// What a form showed someone, sent as it is: to a twin of the contract, by each other party, and
/// for each other act of the same place.
pub fn ne_vaut_pas_ailleurs(
    lu: &ContratLu,
    (voulue, vise): (&Commande, &Vise),
    envoi: &Envoi,
    instant: DateTime<Utc>,
) {
    let qui = demandeur(voulue);
    let refuse = |lu: &ContratLu, partie: &str, vise: &Vise, quoi: &str| {
        let qui = super::Demandeur { partie, ..qui };
        // Taking back and doing without bind to no text.
        for geste in [Geste::Faire, Geste::Refuser] {
            let mut envoi = envoi.clone();
            envoi
                .entry("motif".to_owned())
                .or_insert_with(|| vec!["Motif.".to_owned()]);
            let erreurs = commande(lu, &qui, (vise, geste), &envoi, instant);
            let erreurs = erreurs.expect_err(quoi);
            let dites = erreurs
                .iter()
                .map(|e| e.phrase.as_str())
                .collect::<Vec<_>>();
            let champs = erreurs.iter().all(|e| e.champ != "empreinte");
            // What was typed may be refused first.
            assert!(
                geste == Geste::Faire && champs
                    || dites.iter().any(|d| d.contains("autre contrat")),
                "{quoi} : {dites:?}"
            );
        }
    };
    let jumeau = |id: &str| {
        let contrat = Contrat::reprendre(super::machines(), lu.contrat.etat().clone());
        let mut jumeau = super::lu(&contrat, qui.partie, instant);
        id.clone_into(&mut jumeau.identite.id);
        jumeau
    };
    refuse(&jumeau("jumeau"), qui.partie, vise, "un autre contrat");
    let configuration = &lu.contrat.flux(&vise.flux).unwrap().configuration;
    for autre in configuration.parties.iter().filter(|p| *p != qui.partie) {
        refuse(&jumeau(&lu.identite.id), autre, vise, "une autre partie");
    }
    let workflow = &lu.contrat.flux(&vise.flux).unwrap().dossier.workflow;
    let definition = atelier().workflow(workflow).unwrap();
    let ici = definition
        .nodes
        .iter()
        .filter(|n| n.path == vise.lieu.path());
    let actes = ici.flat_map(|n| &n.acts).filter(|a| a.name != vise.acte);
    for acte in actes {
        let acte = acte.name.clone();
        let autre = Vise {
            acte,
            ..vise.clone()
        };
        refuse(
            &jumeau(&lu.identite.id),
            qui.partie,
            &autre,
            "un autre acte",
        );
    }
}
