//! What is said around a contract: messages and opinions, meetings and decisions, private notes.

use super::Etat;
use super::dire::{Arrivee, FormulaireDit, Renvoi, brouillon_de, ecrit, formulaire};
use super::envoi::{self, un};
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::Refuse;
use super::seance::Seance;
use crate::app::contrat::{Commande, Demande, RACINE};
use crate::app::dits::{DitsLus, Quoi};
use crate::app::execute::Ordre;
use crate::app::formulaires::{Dire, Envoi, Erreur, ecriture};
use crate::app::visas;
use crate::app::vues::{self, ContratLu};
use crate::metier::contrat::dossier::Ecriture;
use crate::regles::calendrier::civil_date;
use crate::workflow::definition::model::Role;
use crate::workflow::machine::event::Actor;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

type Resultat = Result<Response, Faute>;

/// A view, and the forms that follow it. None: the reader does not write.
#[derive(Serialize)]
struct AvecFormulaires<V> {
    #[serde(flatten)]
    vue: V,
    formulaires: Vec<FormulaireDit>,
    /// Of the form that was refused.
    erreurs: Vec<Erreur>,
    /// The line just written by the reader.
    fait: Option<u64>,
}

impl Etat {
    pub(super) async fn dits(
        &self,
        seance: &Seance,
        id: &str,
        quoi: Quoi,
    ) -> Result<DitsLus, Faute> {
        let lus = self.consultation.dits(&seance.visiteur, id, quoi).await?;
        lus.ok_or(Faute::Introuvable)
    }

    pub(super) fn aujourdhui(&self) -> NaiveDate {
        civil_date(self.consultation.maintenant())
    }

    /// Says something in a contract. Answers the place of its line.
    pub(super) async fn dit(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        (dire, envoi): (Dire<'_>, &Envoi),
    ) -> Result<u64, Refuse> {
        if !ecrit(lu, dire) {
            let phrase = "Écrire ici demande la fonction « contribution » sur tout le contrat, que \
                          vous n'avez pas. Demandez-la à l'administration de votre organisation.";
            return Err(Refuse::nouveau(StatusCode::FORBIDDEN, phrase));
        }
        let sel = match un(envoi, "sel") {
            "" => Uuid::new_v4().simple().to_string(),
            sel => sel.to_owned(),
        };
        let ecriture = ecriture(lu, dire, envoi, &sel).map_err(Refuse::champs)?;
        self.inscrit(seance, lu, un(envoi, "id"), ecriture).await
    }

    /// Writes in a contract, outside the acts of the workflow.
    pub(super) async fn inscrit(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        id: &str,
        ecriture: Ecriture,
    ) -> Result<u64, Refuse> {
        let id = match id {
            "" => Uuid::now_v7().to_string(),
            id => id.to_owned(),
        };
        let commande = Commande {
            flux: RACINE.to_owned(),
            demande: Demande::Ecriture {
                acteur: Actor {
                    party: lu.place.partie.clone(),
                    person: seance.visiteur.personne.clone(),
                    role: lu.place.role.unwrap_or(Role::Contribution),
                    delegation: None,
                },
                id,
                ecriture,
            },
        };
        let Some(passe) = visas::dit(&commande) else {
            let phrase =
                "Cela ne s'écrit pas par ce formulaire. Reprenez depuis la page du contrat.";
            return Err(Refuse::nouveau(StatusCode::UNPROCESSABLE_ENTITY, phrase));
        };
        let fait = self
            .consultation
            .executer(&lu.identite.id, Ordre::Agir(commande), passe);
        fait.await.map(|recu| recu.derniere).map_err(Refuse::de)
    }

    /// A page of the contract, with its forms.
    pub(super) fn page_dite<V: Serialize>(
        &self,
        seance: &Seance,
        (lu, gabarit, entree): (&ContratLu, &str, &str),
        (titre, vue): (&str, V),
        (formulaires, arrivee): (Vec<FormulaireDit>, Arrivee<'_>),
    ) -> Resultat {
        let (code, erreurs) = arrivee.renvoi.map_or((StatusCode::OK, Vec::new()), |r| {
            (r.refuse.code, r.refuse.erreurs)
        });
        let menu = Menu::new(lu, entree);
        let debut = if erreurs.is_empty() { "" } else { "Erreur : " };
        let titre = format!("{debut}{titre} - {}", lu.identite.titre);
        let vue = AvecFormulaires {
            vue,
            formulaires,
            erreurs,
            fait: arrivee.fait,
        };
        let page = self.page(Some(seance), gabarit, (titre, Some(menu)), vue)?;
        Ok(tel_quel((code, page)))
    }

    /// Says something, then goes back to a page; or shows it again, with why not.
    async fn recoit<'e>(
        &self,
        seance: &Seance,
        (dits, page): (&DitsLus, &str),
        (dire, envoi): (Dire<'e>, &'e Envoi),
        montre: impl FnOnce(Arrivee<'e>) -> Resultat,
    ) -> Resultat {
        match self.dit_ou_garde(seance, (dits, page), (dire, envoi)).await {
            Ok(ligne) => Ok(retour(&dits.lu, page, ligne)),
            Err(refuse) => montre(Arrivee::refusee(Renvoi {
                dire: Some(dire),
                envoi,
                refuse,
            })),
        }
    }

    /// Says something, and throws its draft away; refused, it is kept. `page`: where it is sent.
    pub(super) async fn dit_ou_garde(
        &self,
        seance: &Seance,
        (dits, page): (&DitsLus, &str),
        (dire, envoi): (Dire<'_>, &Envoi),
    ) -> Result<u64, Refuse> {
        let adresse = format!("{}/{page}", vues::adresse(&dits.lu.identite.id));
        let de = brouillon_de(dire, &adresse);
        let dit = self.dit(seance, &dits.lu, (dire, envoi)).await;
        if let Some(de) = &de {
            match &dit {
                Ok(_) => self.jette(seance, de).await,
                Err(_) => self.garde(&seance.visiteur.personne, de, envoi).await,
            }
        }
        dit
    }

    /// What a page is opened with: what the address says, and the drafts of its forms, which are
    /// sent to a path of the contract.
    pub(super) async fn arrive(
        &self,
        seance: &Seance,
        (contrat, chemin): (&str, &str),
        parametres: &BTreeMap<String, String>,
    ) -> Arrivee<'static> {
        Arrivee {
            renvoi: None,
            fait: parametres.get("fait").and_then(|ligne| ligne.parse().ok()),
            brouillons: self.brouillons(seance, contrat, chemin).await,
            relance: parametres.contains_key("relance"),
        }
    }

    fn page_des_echanges(&self, seance: &Seance, dits: &DitsLus, arrivee: Arrivee<'_>) -> Resultat {
        let vue = vues::echanges(dits, self.aujourdhui());
        let envoi = format!("{}/echanges", vue.adresse);
        let relance = arrivee.relance.then(|| self.consultation.maintenant());
        let relance = relance.and_then(|maintenant| vues::relance(&dits.lu, maintenant));
        let tapee = relance.map_or_else(Envoi::new, |[sujet, texte]| {
            Envoi::from([("sujet", sujet), ("texte", texte)].map(|(n, v)| (n.to_owned(), vec![v])))
        });
        let neuf = formulaire(&dits.lu, (Dire::Fil, &envoi), &tapee, &arrivee);
        let page = (&dits.lu, "pages/echanges", "echanges");
        let formulaires = neuf.into_iter().collect();
        self.page_dite(
            seance,
            page,
            ("Messages et avis", vue),
            (formulaires, arrivee),
        )
    }

    fn page_du_fil(
        &self,
        seance: &Seance,
        (dits, fil): (&DitsLus, &str),
        arrivee: Arrivee<'_>,
    ) -> Resultat {
        let vue = vues::fil(dits, fil, self.aujourdhui()).ok_or(Faute::Introuvable)?;
        let dire = (Dire::Reponse(fil), vue.envoi.as_str());
        let reponse = formulaire(&dits.lu, dire, &Envoi::new(), &arrivee);
        let page = (&dits.lu, "pages/fil", "echanges");
        let titre = vue.sujet.clone();
        let formulaires = reponse.into_iter().collect();
        self.page_dite(seance, page, (&titre, vue), (formulaires, arrivee))
    }

    fn page_des_reunions(&self, seance: &Seance, dits: &DitsLus, arrivee: Arrivee<'_>) -> Resultat {
        let vue = vues::reunions(dits, self.aujourdhui());
        let envoi = format!("{}/reunions", vue.adresse);
        let points = vues::ordre_du_jour(&dits.lu, self.consultation.maintenant());
        let tapee = Envoi::from([("ordre".to_owned(), vec![points])]);
        let neuve = formulaire(&dits.lu, (Dire::Reunion, &envoi), &tapee, &arrivee);
        let page = (&dits.lu, "pages/reunions", "reunions");
        let formulaires = neuve.into_iter().collect();
        self.page_dite(seance, page, ("Réunions", vue), (formulaires, arrivee))
    }

    fn page_de_la_reunion(
        &self,
        seance: &Seance,
        (dits, reunion): (&DitsLus, &str),
        arrivee: Arrivee<'_>,
    ) -> Resultat {
        let vue = vues::reunion(dits, reunion, self.aujourdhui()).ok_or(Faute::Introuvable)?;
        let dernier = vue.compte_rendu.as_ref().and_then(|c| c.texte.clone());
        let tapee = Envoi::from([("compte-rendu".to_owned(), dernier.into_iter().collect())]);
        let vide = Envoi::new();
        let mut dires = vec![
            (Dire::CompteRendu(reunion), &tapee),
            (Dire::Decision(reunion), &vide),
        ];
        let dues = vue
            .decisions
            .iter()
            .filter(|d| d.tenue.is_none() && d.du.a_vous);
        dires.extend(dues.map(|d| (Dire::Tenue(&d.id), &vide)));
        let faite = |(dire, tapee): (Dire<'_>, &Envoi)| {
            formulaire(&dits.lu, (dire, &vue.envoi), tapee, &arrivee)
        };
        let formulaires = dires.into_iter().filter_map(faite).collect();
        let page = (&dits.lu, "pages/reunion", "reunions");
        let titre = vue.objet.clone();
        self.page_dite(seance, page, (&titre, vue), (formulaires, arrivee))
    }

    fn page_des_notes(&self, seance: &Seance, dits: &DitsLus, arrivee: Arrivee<'_>) -> Resultat {
        let vue = vues::notes(dits, self.aujourdhui());
        let envoi = format!("{}/notes", vue.adresse);
        let neuve = formulaire(&dits.lu, (Dire::Note, &envoi), &Envoi::new(), &arrivee);
        let page = (&dits.lu, "pages/notes", "notes");
        let formulaires = neuve.into_iter().collect();
        self.page_dite(seance, page, ("Notes privées", vue), (formulaires, arrivee))
    }
}

/// What tells of the whole contract is not there for someone limited to some establishments.
pub(super) fn entier(dits: DitsLus) -> Result<DitsLus, Faute> {
    if dits.lu.place.esms.is_some() {
        return Err(Faute::Introuvable);
    }
    Ok(dits)
}

pub async fn echanges(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Resultat {
    let dits = etat.dits(&seance, &id, Quoi::Echanges).await?;
    let ici = (id.as_str(), "echanges");
    let arrivee = etat.arrive(&seance, ici, &parametres).await;
    etat.page_des_echanges(&seance, &dits, arrivee)
}

pub async fn ouvre(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Resultat {
    let envoi = envoi::lit(requete).await?;
    let dits = etat.dits(&seance, &id, Quoi::Echanges).await?;
    let ici = (&dits, "echanges");
    let montre = |arrivee| etat.page_des_echanges(&seance, &dits, arrivee);
    etat.recoit(&seance, ici, (Dire::Fil, &envoi), montre).await
}

/// Back to a page of the contract, once a line is written.
pub(super) fn retour(lu: &ContratLu, page: &str, ligne: u64) -> Response {
    let adresse = vues::adresse(&lu.identite.id);
    Redirect::to(&format!("{adresse}/{page}?fait={ligne}")).into_response()
}

pub async fn fil(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, fil)): Path<(String, String)>,
    Query(parametres): Parametres,
) -> Resultat {
    let dits = etat.dits(&seance, &id, Quoi::Echanges).await?;
    let chemin = format!("echanges/{fil}");
    let ici = (id.as_str(), chemin.as_str());
    let arrivee = etat.arrive(&seance, ici, &parametres).await;
    etat.page_du_fil(&seance, (&dits, &fil), arrivee)
}

pub async fn repond(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, fil)): Path<(String, String)>,
    requete: Request,
) -> Resultat {
    let envoi = envoi::lit(requete).await?;
    let dits = etat.dits(&seance, &id, Quoi::Echanges).await?;
    // A thread that the person does not see is not there to be answered.
    vues::fil(&dits, &fil, etat.aujourdhui()).ok_or(Faute::Introuvable)?;
    let (dire, page) = (Dire::Reponse(&fil), format!("echanges/{fil}"));
    let ici = (&dits, page.as_str());
    let montre = |arrivee| etat.page_du_fil(&seance, (&dits, &fil), arrivee);
    etat.recoit(&seance, ici, (dire, &envoi), montre).await
}

pub async fn reunions(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Resultat {
    let dits = entier(etat.dits(&seance, &id, Quoi::Echanges).await?)?;
    let ici = (id.as_str(), "reunions");
    let arrivee = etat.arrive(&seance, ici, &parametres).await;
    etat.page_des_reunions(&seance, &dits, arrivee)
}

pub async fn convoque(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Resultat {
    let envoi = envoi::lit(requete).await?;
    let dits = entier(etat.dits(&seance, &id, Quoi::Echanges).await?)?;
    let ici = (&dits, "reunions");
    let montre = |arrivee| etat.page_des_reunions(&seance, &dits, arrivee);
    etat.recoit(&seance, ici, (Dire::Reunion, &envoi), montre)
        .await
}

pub async fn reunion(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, reunion)): Path<(String, String)>,
    Query(parametres): Parametres,
) -> Resultat {
    let dits = entier(etat.dits(&seance, &id, Quoi::Echanges).await?)?;
    let chemin = format!("reunions/{reunion}");
    let ici = (id.as_str(), chemin.as_str());
    let arrivee = etat.arrive(&seance, ici, &parametres).await;
    etat.page_de_la_reunion(&seance, (&dits, &reunion), arrivee)
}

pub async fn rend_compte(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, reunion)): Path<(String, String)>,
    requete: Request,
) -> Resultat {
    let envoi = envoi::lit(requete).await?;
    let dits = entier(etat.dits(&seance, &id, Quoi::Echanges).await?)?;
    let dire = match un(&envoi, "quoi") {
        "compte-rendu" => Dire::CompteRendu(&reunion),
        "decision" => Dire::Decision(&reunion),
        "tenue" => Dire::Tenue(un(&envoi, "de")),
        _ => return Err(Faute::Illisible(StatusCode::BAD_REQUEST)),
    };
    vues::reunion(&dits, &reunion, etat.aujourdhui()).ok_or(Faute::Introuvable)?;
    let page = format!("reunions/{reunion}");
    let ici = (&dits, page.as_str());
    let montre = |arrivee| etat.page_de_la_reunion(&seance, (&dits, &reunion), arrivee);
    etat.recoit(&seance, ici, (dire, &envoi), montre).await
}

pub async fn notes(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Resultat {
    let dits = entier(etat.dits(&seance, &id, Quoi::Notes).await?)?;
    let ici = (id.as_str(), "notes");
    let arrivee = etat.arrive(&seance, ici, &parametres).await;
    etat.page_des_notes(&seance, &dits, arrivee)
}

pub async fn note(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Resultat {
    let envoi = envoi::lit(requete).await?;
    let dits = entier(etat.dits(&seance, &id, Quoi::Notes).await?)?;
    let ici = (&dits, "notes");
    let montre = |arrivee| etat.page_des_notes(&seance, &dits, arrivee);
    etat.recoit(&seance, ici, (Dire::Note, &envoi), montre)
        .await
}
