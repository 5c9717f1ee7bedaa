//! Acts prepared inside an organisation: read, seen, sent back, taken back.

use super::Etat;
use super::actes;
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use crate::app::comptes::Circuit;
use crate::app::formulaires::Envoi;
use crate::app::visas::{Forme, Prepare, Suite};
use crate::app::vues::{self, CircuitVue, ContratLu, Fenetre, VisasVue};
use axum::extract::{Extension, Path, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;

/// What the address says was just done.
const DITS: [(&str, &str); 3] = [
    (
        "prepare",
        "C’est préparé. Le rang suivant le voit ; rien n’est sorti de votre organisation.",
    ),
    ("vise", "Votre visa est donné. Le rang suivant le voit."),
    ("renvoye", "C’est renvoyé, avec votre motif."),
];

/// What a form says before it is sent.
#[derive(Default, Serialize)]
pub(super) struct Avant {
    /// Sent, it is prepared: who sees it then.
    circuit: Option<CircuitVue>,
    /// Why it was sent back.
    renvoi: Option<String>,
}

impl Etat {
    /// Sends what a form holds. Answers the page where it leads.
    pub(super) async fn soumet(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        forme: Forme,
        envoi: &Envoi,
    ) -> Result<Result<String, Refuse>, Faute> {
        let soumis = self
            .consultation
            .soumettre((&seance.visiteur, lu), forme, envoi);
        match soumis.await {
            Ok(suite) => {
                if let Suite::Prepare(id) = &suite {
                    self.annonce(id).await;
                }
                Ok(Ok(vers(lu, "", &suite)))
            }
            Err(empechement) => Refuse::empeche(empechement).map(Err),
        }
    }

    /// Tells those whose visa is awaited: they see it on their first page all the same.
    async fn annonce(&self, id: &str) {
        let annonce = self.consultation.annoncer(&self.comptes, id);
        if let Err(erreur) = annonce.await {
            tracing::warn!(erreur = erreur.0, "un visa attendu n'est pas annoncé");
        }
    }

    /// What is to be known before a form is sent; `id`: of what was taken back to fill it in.
    pub(super) async fn avant(
        &self,
        seance: &Seance,
        (lu, forme): (&ContratLu, &Forme),
        id: &str,
    ) -> Result<Avant, Faute> {
        let qui = (&seance.visiteur, lu);
        let circuit = self.consultation.circuit_de(qui, forme).await?;
        let repris = match id {
            "" => None,
            id => self.consultation.prepare(qui, id).await?,
        };
        let motif = repris.map(|(prepare, _)| prepare.motif);
        Ok(Avant {
            circuit: circuit.map(|c| vues::circuit_vue(&c, &seance.visiteur.personne)),
            renvoi: motif.filter(|motif| !motif.is_empty()),
        })
    }

    /// What is under way on a contract.
    pub(super) async fn visas_du_contrat(
        &self,
        seance: &Seance,
        lu: &ContratLu,
    ) -> Result<VisasVue, Faute> {
        let lus = self.consultation.prepares((&seance.visiteur, lu)).await?;
        let lus = lus.into_iter().map(|(p, c)| (p, c, String::new()));
        let lus: Vec<_> = lus.collect();
        Ok(vues::visas(&seance.visiteur, &lus))
    }

    async fn prepare(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        id: &str,
    ) -> Result<(Prepare, Option<Circuit>), Faute> {
        let lu = self
            .consultation
            .prepare((&seance.visiteur, lu), id)
            .await?;
        lu.ok_or(Faute::Introuvable)
    }

    fn page_du_visa(
        &self,
        seance: &Seance,
        (lu, prepare, circuit): (&ContratLu, &Prepare, Option<&Circuit>),
        (fait, motif): (Option<&'static str>, &str),
        refuse: Refuse,
    ) -> Result<Response, Faute> {
        let qui = &seance.visiteur;
        let gestes = self.consultation.gestes((qui, lu), (prepare, circuit));
        let mut vue = vues::visa(lu, qui, (prepare, circuit), gestes);
        vue.fait = fait;
        motif.clone_into(&mut vue.motif);
        vue.erreurs = refuse.erreurs;
        let titre = titre(&vue.titre, &vue.contrat, &vue.erreurs);
        let menu = Menu::new(lu, "visas");
        let page = self.page(Some(seance), "pages/visa", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }
}

impl Etat {
    /// What was taken back becomes the draft of its form. Answers where it opens.
    async fn rouvre(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        prepare: &Prepare,
    ) -> Result<String, Faute> {
        let de = match &prepare.contenu.forme {
            Forme::Acte(vise) => actes::formulaire_de(lu, vise)?,
            Forme::Ecriture(cible) => Self::formulaire_de(lu, cible)?,
        };
        let personne = &seance.visiteur.personne;
        self.garde(personne, &de, &prepare.contenu.envoi).await;
        Ok(format!("{}&visa={}", de.adresse(), prepare.id))
    }
}

/// The page where a gesture leads; `id`: of what is prepared already.
fn vers(lu: &ContratLu, id: &str, suite: &Suite) -> String {
    let adresse = vues::adresse(&lu.identite.id);
    match suite {
        Suite::Fait(ordre) => format!("{adresse}?fait={ordre}"),
        Suite::Prepare(id) => format!("{adresse}/visas/{id}?fait=prepare"),
        Suite::Vise(_) => format!("{adresse}/visas/{id}?fait=vise"),
    }
}

pub async fn visa(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, visa)): Path<(String, String)>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let (prepare, circuit) = etat.prepare(&seance, &lu, &visa).await?;
    let mot = parametres.get("fait").map_or("", String::as_str);
    let dit = DITS.iter().find(|(connu, _)| *connu == mot);
    let vu = (&lu, &prepare, circuit.as_ref());
    let fait = dit.map(|(_, phrase)| *phrase);
    etat.page_du_visa(&seance, vu, (fait, ""), Refuse::rien())
}

pub async fn geste(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, visa)): Path<(String, String)>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let (prepare, circuit) = etat.prepare(&seance, &lu, &visa).await?;
    let (qui, vu) = ((&seance.visiteur, &lu), (&prepare, circuit.as_ref()));
    let motif = un(&envoi, "motif");
    let ici = format!("{}/visas/{visa}", vues::adresse(&lu.identite.id));
    let fait = match un(&envoi, "geste") {
        "viser" => {
            let suite = etat.consultation.viser(qui, vu).await;
            if let Ok(Suite::Vise(_)) = suite {
                etat.annonce(&visa).await;
            }
            suite.map(|suite| vers(&lu, &visa, &suite))
        }
        "renvoyer" => {
            let renvoye = etat.consultation.renvoyer(qui, vu, motif).await;
            renvoye.map(|()| format!("{ici}?fait=renvoye"))
        }
        "reprendre" => {
            let repris = etat.consultation.reprendre(qui.0, &prepare).await;
            match repris {
                Ok(()) => Ok(etat.rouvre(&seance, &lu, &prepare).await?),
                Err(empechement) => Err(empechement),
            }
        }
        _ => Err(crate::app::visas::Empechement::Geste),
    };
    match fait {
        Ok(vers) => Ok(Redirect::to(&vers).into_response()),
        Err(empechement) => {
            let refuse = Refuse::empeche(empechement)?;
            // As it stands now: somebody may have been faster.
            let (prepare, circuit) = etat.prepare(&seance, &lu, &visa).await?;
            let vu = (&lu, &prepare, circuit.as_ref());
            etat.page_du_visa(&seance, vu, (None, motif), refuse)
        }
    }
}
