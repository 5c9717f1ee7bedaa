//! The circuit of visas of an organisation.

use super::administree;
use crate::app::comptes::{Auteur, Organisation, RANGS_MAX, Refus};
use crate::app::formulaires::Envoi;
use crate::app::vues::administration::adresse;
use crate::app::vues::circuit::{CircuitSaisi, circuit_ecrit};
use crate::web::Etat;
use crate::web::compte::{Issue, fait, faute};
use crate::web::envoi::{self, un};
use crate::web::erreurs::Faute;
use crate::web::pages::Parametres;
use crate::web::seance::Seance;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::response::Response;
use std::sync::Arc;

const DITS: [(&str, &str); 2] = [
    (
        "ecrit",
        "C’est fait : ce circuit vaut dès maintenant, pour les actes déjà préparés aussi.",
    ),
    (
        "retire",
        "C’est fait : les actes partent de nouveau sans visa. Ceux qui étaient préparés peuvent \
         être envoyés par qui en a la fonction, ou repris.",
    ),
];

fn chemin(organisation: &Organisation) -> String {
    format!("{}/visas", adresse(&organisation.id))
}

/// What the form holds.
fn saisi(envoi: &Envoi) -> CircuitSaisi {
    let rang = |n: usize| {
        let champ = |nom: &str| un(envoi, &format!("{nom}{n}")).to_owned();
        [champ("titre"), champ("gens")]
    };
    CircuitSaisi {
        des: un(envoi, "des").to_owned(),
        rangs: (1..=RANGS_MAX).map(rang).collect(),
    }
}

impl Etat {
    async fn page_du_circuit(
        &self,
        seance: &Seance,
        organisation: &Organisation,
        saisi: Option<CircuitSaisi>,
        issue: Issue,
    ) -> Result<Response, Faute> {
        let circuit = self.comptes.circuit(&organisation.id).await;
        let circuit = circuit.map_err(Faute::base)?;
        let saisi = match (saisi, &circuit) {
            (Some(saisi), _) => saisi,
            (None, Some(circuit)) => {
                let membres = self.comptes.membres(&organisation.id).await;
                CircuitSaisi::de(circuit, &membres.map_err(Faute::base)?)
            }
            (None, None) => CircuitSaisi::default(),
        };
        let vue = circuit_ecrit(organisation, circuit.as_ref(), &saisi);
        let chemin = chemin(organisation);
        let page = ("pages/circuit", "Circuit de visas", &*chemin);
        self.page_menee(seance, page, issue, vue)
    }
}

pub async fn circuit(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let issue = Issue::faite(&Query(parametres), &DITS);
    etat.page_du_circuit(&seance, &organisation, None, issue)
        .await
}

pub async fn ecrit(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let saisi = saisi(&envoi::lit(requete).await?);
    let membres = etat.comptes.membres(&organisation.id).await;
    let membres = membres.map_err(Faute::base)?;
    let ecrit = match saisi.lu(&organisation.id, &membres) {
        Err(refus) => Err(refus),
        Ok(circuit) => {
            let par = Auteur::Personne(&seance.connecte);
            let maintenant = etat.consultation.maintenant();
            let ecrit = etat.comptes.ecrire_circuit(par, &circuit, maintenant).await;
            ecrit.map_err(|refus| match refus {
                Refus::Rang(n) => (format!("titre{n}"), refus),
                autre => (String::new(), autre),
            })
        }
    };
    match ecrit {
        Ok(()) => Ok(fait(&chemin(&organisation), "ecrit")),
        Err((champ, refus)) => {
            let issue = Issue::refusee(&champ, &faute(refus)?.to_string());
            etat.page_du_circuit(&seance, &organisation, Some(saisi), issue)
                .await
        }
    }
}

pub async fn retire(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let par = Auteur::Personne(&seance.connecte);
    let maintenant = etat.consultation.maintenant();
    let retire = etat
        .comptes
        .retirer_circuit(par, &organisation.id, maintenant);
    match retire.await {
        // One that is already gone is gone: a double click changes nothing.
        Ok(()) | Err(Refus::Inconnu) => Ok(fait(&chemin(&organisation), "retire")),
        Err(refus) => {
            let issue = Issue::refusee("", &faute(refus)?.to_string());
            etat.page_du_circuit(&seance, &organisation, None, issue)
                .await
        }
    }
}
