//! Asking someone to come, with a function.

use super::{administree, champ, droit_saisi};
use crate::app::comptes::{Auteur, Demande, Organisation};
use crate::app::courriels::lien;
use crate::app::vues::administration::{DroitSaisi, InviterVue, adresse};
use crate::web::Etat;
use crate::web::compte::cles::UneFoisVue;
use crate::web::compte::{Issue, fait, faute};
use crate::web::envoi::{self, un};
use crate::web::erreurs::Faute;
use crate::web::seance::Seance;
use axum::extract::{Extension, Path, Request, State};
use axum::response::Response;
use std::sync::Arc;
use uuid::Uuid;

impl Etat {
    async fn page_pour_inviter(
        &self,
        seance: &Seance,
        (organisation, id): (&Organisation, &str),
        (courriel, droit): (&str, &DroitSaisi),
        issue: Issue,
    ) -> Result<Response, Faute> {
        let ensembles = self.comptes.ensembles(&organisation.id).await;
        let id = match id {
            "" => Uuid::now_v7().to_string(),
            id => id.to_owned(),
        };
        let vue = InviterVue {
            adresse: adresse(&organisation.id),
            organisation: organisation.nom.clone(),
            id,
            courriel: courriel.to_owned(),
            droit: droit.vue(&ensembles.map_err(Faute::base)?),
            envoie: self.comptes.ecrit_aux_gens(),
        };
        let chemin = adresse(&organisation.id);
        let page = ("pages/inviter", "Inviter une personne", &*chemin);
        self.page_menee(seance, page, issue, vue)
    }
}

pub async fn inviter(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let vierge = DroitSaisi::default();
    let saisie = ("", &vierge);
    etat.page_pour_inviter(&seance, (&organisation, ""), saisie, Issue::default())
        .await
}

pub async fn invite(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let entetes = requete.headers().clone();
    let envoi = envoi::lit(requete).await?;
    let (id, courriel) = (un(&envoi, "id"), un(&envoi, "courriel"));
    let (visee, saisi) = ((&organisation, id), droit_saisi(&envoi));
    let droit = match saisi.lu(&organisation) {
        Ok(droit) => droit,
        Err((champ, phrase)) => {
            let issue = Issue::refusee(champ, phrase);
            return etat
                .page_pour_inviter(&seance, visee, (courriel, &saisi), issue)
                .await;
        }
    };
    let demande = Demande {
        id,
        session: etat.jeton_de_session(&entetes).unwrap_or_default(),
        courriel,
        droit: &droit,
    };
    let par = Auteur::Personne(&seance.connecte);
    let maintenant = etat.consultation.maintenant();
    match etat.comptes.inviter_par(par, &demande, maintenant).await {
        Ok(_) if etat.comptes.ecrit_aux_gens() => {
            Ok(fait(&adresse(&organisation.id), "invitation"))
        }
        Ok(jeton) => {
            let vue = UneFoisVue {
                titre: "Le lien de l’invitation",
                phrase: format!(
                    "Donnez-le à {courriel} par un canal sûr : il sert une fois, pendant sept \
                     jours, et ne sera plus montré."
                ),
                secret: lien(etat.comptes.site(), jeton.as_str()),
                retour: adresse(&organisation.id),
            };
            let chemin = adresse(&organisation.id);
            let page = ("pages/une-fois", vue.titre, &*chemin);
            etat.page_menee(&seance, page, Issue::default(), vue)
        }
        Err(refus) => {
            let refus = faute(refus)?;
            let issue = Issue::refusee(champ(&refus), &refus.to_string());
            etat.page_pour_inviter(&seance, visee, (courriel, &saisi), issue)
                .await
        }
    }
}
