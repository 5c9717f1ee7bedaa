//! What parties may do, and doing it: the same way as the form of the act, by the same code.

use super::super::Etat;
use super::super::seance::Seance;
use super::extraire::{Corps, Idempotence, Parametres};
use super::moi::Rien;
use super::probleme::Probleme;
use crate::app::comptes::Circuit;
use crate::app::donnees::{self, ActeDonne, LigneDonnee};
use crate::app::execute::Ordre;
use crate::app::formulaires::{Demandeur, Envoi, Geste, Vise, acte, commande, json};
use crate::app::visas::{Passe, Voie, voie};
use crate::app::vues::ContratLu;
use crate::regles::calendrier::civil_date;
use crate::workflow::machine::Spot;
use crate::workflow::machine::event::Inputs;
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Les actes ouverts, partie par partie.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Actes {
    elements: Vec<ActeDonne>,
}

/// Ce qu'une partie fait d'un acte ouvert.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "geste", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "Geste")]
pub enum GesteEnvoye {
    /// Le faire, ou donner son accord.
    Faire {
        flux: String,
        lieu: String,
        acte: String,
        /// Celle de ce qui a été montré, quand l'acte en a une.
        #[serde(default)]
        empreinte: Option<Empreinte>,
        /// Selon le schéma que l'acte donne.
        #[serde(default)]
        saisies: Map<String, Value>,
    },
    /// Refuser l'accord demandé.
    Refuser {
        flux: String,
        lieu: String,
        acte: String,
        #[serde(default)]
        empreinte: Option<Empreinte>,
        #[schemars(length(min = 1))]
        motif: String,
    },
    /// Reprendre sa réponse, tant que l'accord n'est pas complet.
    Retirer {
        flux: String,
        lieu: String,
        acte: String,
    },
    /// Se passer d'une condition.
    Dispenser {
        flux: String,
        lieu: String,
        acte: String,
        /// Son rang, tel que `manques` le donne.
        condition: u32,
        #[schemars(length(min = 1))]
        motif: String,
    },
}

/// Un SHA-256, en hexadécimal.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub struct Empreinte(#[schemars(regex(pattern = "^[0-9a-f]{64}[.][0-9a-f]{32}$"))] String);

/// Ce qui a été écrit : la même réponse pour la même demande.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Fait {
    contrat: String,
    /// Les lignes écrites, de la première à la dernière, par leur `ordre`.
    premiere: u64,
    derniere: u64,
    /// Ces lignes ; aucune pour qui ne voit que certains établissements.
    lignes: Vec<LigneDonnee>,
}

impl GesteEnvoye {
    /// With what was agreed beside what is typed.
    fn avec(mut self, convenu: &Inputs) -> Self {
        if let Self::Faire { saisies, .. } = &mut self {
            for (nom, valeur) in convenu {
                let dite = || json::en_json(valeur);
                saisies.entry(nom.clone()).or_insert_with(dite);
            }
        }
        self
    }

    /// Which act, what of it, and what its form would have sent; with what is typed apart.
    fn separe(self) -> (Vise, Geste, Envoi, Map<String, Value>) {
        let vise = |flux, lieu: &str, acte| Vise {
            flux,
            lieu: Spot::new(lieu),
            acte,
        };
        let mut envoi = Envoi::new();
        let mut met = |nom: &str, texte: String| envoi.insert(nom.to_owned(), vec![texte]);
        match self {
            Self::Faire {
                flux,
                lieu,
                acte,
                empreinte,
                saisies,
            } => {
                met("empreinte", empreinte.map(|e| e.0).unwrap_or_default());
                (vise(flux, &lieu, acte), Geste::Faire, envoi, saisies)
            }
            Self::Refuser {
                flux,
                lieu,
                acte,
                empreinte,
                motif,
            } => {
                met("empreinte", empreinte.map(|e| e.0).unwrap_or_default());
                met("motif", motif);
                (vise(flux, &lieu, acte), Geste::Refuser, envoi, Map::new())
            }
            Self::Retirer { flux, lieu, acte } => {
                (vise(flux, &lieu, acte), Geste::Retirer, envoi, Map::new())
            }
            Self::Dispenser {
                flux,
                lieu,
                acte,
                condition,
                motif,
            } => {
                met("motif", motif);
                let geste = Geste::Dispenser(condition as usize);
                (vise(flux, &lieu, acte), geste, envoi, Map::new())
            }
        }
    }
}

pub async fn liste(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    _: Parametres<Rien>,
) -> Result<Json<Actes>, Probleme> {
    let lu = etat.contrat_pour(&seance, &id).await?;
    let elements = donnees::actes(&lu, etat.consultation.maintenant());
    Ok(Json(Actes { elements }))
}

pub async fn fait(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    _: Parametres<Rien>,
    Idempotence(cle): Idempotence,
    Corps(envoye): Corps<GesteEnvoye>,
) -> Result<Json<Fait>, Probleme> {
    let lu = etat.contrat_pour(&seance, &id).await?;
    let circuit = etat.consultation.circuit(&lu.place.organisations).await?;
    let (vise, ..) = envoye.clone().separe();
    let sous = (&lu, circuit.as_ref());
    let (ordre, passe) = match etat.ordre(&seance, sous, (&cle, envoye.clone())) {
        Ok(ordre) => ordre,
        Err(probleme) => {
            let qui = (lu.place.partie.as_str(), seance.visiteur.personne.as_str());
            let convenu = etat.consultation.convenu(&id, qui, &cle).await?;
            if convenu.is_empty() {
                return Err(probleme);
            }
            etat.ordre(&seance, sous, (&cle, envoye.avec(&convenu)))?
        }
    };
    let fait = etat.consultation.executer(&id, ordre, passe).await;
    let recu = fait.map_err(|echec| Probleme::par(&lu, &vise, echec))?;
    let bornes = (
        recu.premiere.saturating_sub(1),
        (recu.derniere + 1).saturating_sub(recu.premiere).max(1),
    );
    let qui = &seance.visiteur;
    let lues = etat.consultation.journal_apres(qui, (&id, ""), bornes);
    let lignes = lues.await?;
    Ok(Json(Fait {
        premiere: recu.premiere,
        derniere: recu.derniere,
        lignes: lignes.map_or_else(Vec::new, |(lu, l)| donnees::lignes(&lu, &l.elements)),
        contrat: id,
    }))
}

impl Etat {
    /// The request that a program makes, if the person may, and needs no visa.
    fn ordre(
        &self,
        seance: &Seance,
        (lu, circuit): (&ContratLu, Option<&Circuit>),
        (cle, envoye): (&str, GesteEnvoye),
    ) -> Result<(Ordre, Passe), Probleme> {
        let (vise, geste, mut envoi, saisies) = envoye.separe();
        let maintenant = self.consultation.maintenant();
        let Some(connu) = acte(lu, &vise) else {
            let phrase = "Cet acte n'existe pas dans ce contrat. Reprenez « flux », « lieu » et \
                          « acte » de la liste des actes ouverts.";
            let code = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Probleme::nouveau(code, "unknown_act", phrase));
        };
        if !lu.place.peut(connu.role, &vise.lieu) {
            let phrase = "Cet acte demande une fonction que cette clé n'a pas ici. Faites-le faire \
                          par une personne de votre organisation qui l'a.";
            return Err(Probleme::nouveau(
                StatusCode::FORBIDDEN,
                "wrong_role",
                phrase,
            ));
        }
        let passe = match voie(circuit, connu.role, &seance.visiteur.personne) {
            Voie::Directe(passe) => passe,
            Voie::Visas(circuit) => return Err(visas_attendus(circuit)),
        };
        let ou = (vise.flux.as_str(), connu);
        let tapees = json::envoi(lu, ou, &saisies, civil_date(maintenant));
        envoi.extend(tapees.map_err(Probleme::saisies)?);
        envoi.insert("id".to_owned(), vec![cle.to_owned()]);
        let demandeur = Demandeur {
            partie: &lu.place.partie,
            personne: &seance.visiteur.personne,
            role: lu.place.role,
        };
        let demande = commande(lu, &demandeur, (&vise, geste), &envoi, maintenant);
        let demande = demande.map_err(Probleme::saisies)?;
        Ok((Ordre::Agir(demande), passe))
    }
}

/// A program prepares nothing: those who give visas read what was filled in on a page.
fn visas_attendus(circuit: &Circuit) -> Probleme {
    let phrase = format!(
        "Votre organisation demande des visas avant cet acte ({}), et cette clé n'est pas celle \
         d'une personne du dernier rang : rien n'a été fait. Préparez l'acte sur la page du \
         contrat, ou faites-le faire avec la clé d'une personne du dernier rang.",
        circuit.dit()
    );
    Probleme::nouveau(StatusCode::FORBIDDEN, "visas_required", &phrase)
}
