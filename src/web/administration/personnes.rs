//! The people of an organisation: their functions, and whether they come in.

use super::{administree, champ, droit_saisi};
use crate::app::comptes::{Auteur, Membre, Organisation, Refus};
use crate::app::vues::administration::{self as vues, DroitSaisi, adresse};
use crate::regles::calendrier::civil_date;
use crate::web::Etat;
use crate::web::compte::{Issue, fait, faute};
use crate::web::envoi::{self, un};
use crate::web::erreurs::Faute;
use crate::web::pages::Parametres;
use crate::web::seance::Seance;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::response::Response;
use std::sync::Arc;

const DITS: [(&str, &str); 7] = [
    (
        "invitation",
        "C’est fait : l’invitation est partie. Son lien sert une fois, pendant sept jours.",
    ),
    (
        "annulee",
        "C’est fait : cette invitation n’ouvre plus rien.",
    ),
    (
        "fonction",
        "C’est fait : la fonction est donnée, à la prochaine connexion.",
    ),
    (
        "change",
        "C’est fait : la fonction est changée, à la prochaine connexion.",
    ),
    (
        "retiree",
        "C’est fait : la fonction est retirée, et les connexions sont fermées.",
    ),
    (
        "desactive",
        "C’est fait : ce compte est désactivé. Ses connexions et ses clés sont fermées.",
    ),
    (
        "reactive",
        "C’est fait : ce compte est réactivé, avec ses fonctions. Ses clés ne reviennent pas.",
    ),
];

/// Who is looked at, in which organisation.
struct Vise {
    organisation: Organisation,
    membre: Membre,
}

impl Vise {
    fn adresse(&self) -> String {
        let (organisation, personne) = (&self.organisation.id, &self.membre.personne.id);
        format!("{}/personnes/{personne}", adresse(organisation))
    }

    /// A right is changed here only if it is one of theirs here.
    fn a(&self, droit: &str) -> bool {
        self.membre.droits.iter().any(|d| d.id == droit)
    }
}

impl Etat {
    async fn vise(
        &self,
        seance: &Seance,
        [organisation, personne]: [&str; 2],
    ) -> Result<Vise, Faute> {
        let organisation = administree(seance, organisation)?;
        let membres = self.comptes.membres(&organisation.id).await;
        let mut membres = membres.map_err(Faute::base)?.into_iter();
        let membre = membres.find(|m| m.personne.id == personne);
        Ok(Vise {
            organisation,
            membre: membre.ok_or(Faute::Introuvable)?,
        })
    }

    async fn page_des_gens(
        &self,
        seance: &Seance,
        organisation: &Organisation,
        issue: Issue,
    ) -> Result<Response, Faute> {
        let maintenant = self.consultation.maintenant();
        let membres = self.comptes.membres(&organisation.id).await;
        let membres = membres.map_err(Faute::base)?;
        let invitations = self.comptes.invitations(&organisation.id, maintenant).await;
        let invitations = invitations.map_err(Faute::base)?;
        let jour = civil_date(maintenant);
        let vue = vues::gens(organisation, &membres, &invitations, jour);
        let chemin = adresse(&organisation.id);
        let page = ("pages/gens", "Personnes", &*chemin);
        self.page_menee(seance, page, issue, vue)
    }

    async fn page_du_membre(
        &self,
        seance: &Seance,
        vise: &Vise,
        saisi: &DroitSaisi,
        issue: Issue,
    ) -> Result<Response, Faute> {
        let ensembles = self.comptes.ensembles(&vise.organisation.id).await;
        let droit = saisi.vue(&ensembles.map_err(Faute::base)?);
        let soi = vise.membre.personne.id == seance.connecte.personne.id;
        let jour = civil_date(self.consultation.maintenant());
        let vue = vues::un_membre(&vise.organisation, &vise.membre, (droit, soi), jour);
        let chemin = adresse(&vise.organisation.id);
        let page = ("pages/membre", &*vise.membre.personne.nom, &*chemin);
        self.page_menee(seance, page, issue, vue)
    }

    /// Done, or the page again with why not. What is already done is done: a double click changes
    /// nothing.
    async fn suite(
        &self,
        seance: &Seance,
        vise: &Vise,
        (saisi, mot): (&DroitSaisi, &str),
        issue: Result<(), Refus>,
    ) -> Result<Response, Faute> {
        match issue {
            Ok(()) | Err(Refus::Inconnu) => Ok(fait(&vise.adresse(), mot)),
            Err(refus) => {
                let refus = faute(refus)?;
                let issue = Issue::refusee(champ(&refus), &refus.to_string());
                self.page_du_membre(seance, vise, saisi, issue).await
            }
        }
    }
}

pub async fn gens(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let issue = Issue::faite(&Query(parametres), &DITS);
    etat.page_des_gens(&seance, &organisation, issue).await
}

pub async fn annule(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(organisation): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let organisation = administree(&seance, &organisation)?;
    let envoi = envoi::lit(requete).await?;
    let invitation = un(&envoi, "invitation");
    let maintenant = etat.consultation.maintenant();
    let siennes = etat.comptes.invitations(&organisation.id, maintenant).await;
    let siennes = siennes.map_err(Faute::base)?;
    let annulee = if siennes.iter().any(|i| i.id == invitation) {
        let par = Auteur::Personne(&seance.connecte);
        let annulee = etat.comptes.annuler_invitation(par, invitation, maintenant);
        annulee.await
    } else {
        Err(Refus::Inconnu)
    };
    match annulee {
        Ok(()) | Err(Refus::Inconnu) => Ok(fait(&adresse(&organisation.id), "annulee")),
        Err(refus) => {
            let issue = Issue::refusee("", &faute(refus)?.to_string());
            etat.page_des_gens(&seance, &organisation, issue).await
        }
    }
}

pub async fn membre(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((organisation, personne)): Path<(String, String)>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let vise = etat.vise(&seance, [&organisation, &personne]).await?;
    let demande = parametres.get("fonction").map_or("", String::as_str);
    let droit = vise.membre.droits.iter().find(|d| d.id == demande);
    let saisi = droit.map(|d| DroitSaisi::de(&d.id, &d.droit));
    let issue = Issue::faite(&Query(parametres.clone()), &DITS);
    etat.page_du_membre(&seance, &vise, &saisi.unwrap_or_default(), issue)
        .await
}

/// Gives a function, or changes one.
pub async fn donne(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((organisation, personne)): Path<(String, String)>,
    requete: Request,
) -> Result<Response, Faute> {
    let vise = etat.vise(&seance, [&organisation, &personne]).await?;
    let saisi = droit_saisi(&envoi::lit(requete).await?);
    let droit = match saisi.lu(&vise.organisation) {
        Ok(droit) => droit,
        Err((champ, phrase)) => {
            let issue = Issue::refusee(champ, phrase);
            return etat.page_du_membre(&seance, &vise, &saisi, issue).await;
        }
    };
    let par = Auteur::Personne(&seance.connecte);
    let maintenant = etat.consultation.maintenant();
    let comptes = &etat.comptes;
    let (issue, mot) = if saisi.remplace.is_empty() {
        let donne = comptes.accorder(par, &personne, &droit, maintenant).await;
        (donne.map(|_| ()), "fonction")
    } else if vise.a(&saisi.remplace) {
        let change = comptes.remplacer(par, &saisi.remplace, &droit, maintenant);
        (change.await, "change")
    } else {
        (Ok(()), "change")
    };
    etat.suite(&seance, &vise, (&saisi, mot), issue).await
}

pub async fn retire(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((organisation, personne)): Path<(String, String)>,
    requete: Request,
) -> Result<Response, Faute> {
    let vise = etat.vise(&seance, [&organisation, &personne]).await?;
    let envoi = envoi::lit(requete).await?;
    let droit = un(&envoi, "droit");
    let par = Auteur::Personne(&seance.connecte);
    let maintenant = etat.consultation.maintenant();
    let issue = if vise.a(droit) {
        etat.comptes.retirer(par, droit, maintenant).await
    } else {
        Ok(())
    };
    // Someone without a function left is of the organisation no more: their page is gone.
    if issue.is_ok() && vise.membre.droits.iter().all(|d| d.id == droit) {
        return Ok(fait(&adresse(&vise.organisation.id), "retiree"));
    }
    let saisi = DroitSaisi::default();
    etat.suite(&seance, &vise, (&saisi, "retiree"), issue).await
}

pub async fn desactive(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((organisation, personne)): Path<(String, String)>,
) -> Result<Response, Faute> {
    let vise = etat.vise(&seance, [&organisation, &personne]).await?;
    let par = Auteur::Personne(&seance.connecte);
    let maintenant = etat.consultation.maintenant();
    let issue = etat.comptes.desactiver(par, &personne, maintenant).await;
    let saisi = DroitSaisi::default();
    etat.suite(&seance, &vise, (&saisi, "desactive"), partiel(issue))
        .await
}

pub async fn reactive(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((organisation, personne)): Path<(String, String)>,
) -> Result<Response, Faute> {
    let vise = etat.vise(&seance, [&organisation, &personne]).await?;
    let par = Auteur::Personne(&seance.connecte);
    let maintenant = etat.consultation.maintenant();
    let issue = etat.comptes.reactiver(par, &personne, maintenant).await;
    let saisi = DroitSaisi::default();
    etat.suite(&seance, &vise, (&saisi, "reactive"), partiel(issue))
        .await
}

/// A whole account is changed by who administers all that it may do.
fn partiel(issue: Result<(), Refus>) -> Result<(), Refus> {
    issue.map_err(|refus| match refus {
        Refus::Interdit => Refus::Ailleurs,
        autre => autre,
    })
}
