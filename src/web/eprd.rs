//! The budget of an exercise: where it stands; a workbook read beside the contract, in memory, of
//! which nothing is kept.

use super::Etat;
use super::envoi::un;
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use super::televerse::{Televerse, lit};
use crate::app::eprd::{self, Refus};
use crate::app::formulaires::Erreur;
use crate::app::tableaux::Format;
use crate::app::vues::eprd::{EprdVue, Lecteur, LuVue};
use crate::app::vues::francais::typographie;
use crate::app::vues::{ContratLu, Fenetre};
use crate::regles::calendrier::civil_date;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

/// Sentences of a file: more would be read by nobody.
const FAUTES: usize = 20;

#[derive(Serialize)]
struct PageVue {
    #[serde(flatten)]
    eprd: EprdVue,
    erreurs: Vec<Erreur>,
}

impl Etat {
    /// A budget is of all the establishments: it is not there for who sees some of them only.
    async fn budget(&self, seance: &Seance, id: &str) -> Result<ContratLu, Faute> {
        let lu = self.lu(seance, id, &Fenetre::default()).await?;
        if lu.place.esms.is_some() {
            return Err(Faute::Introuvable);
        }
        Ok(lu)
    }

    fn page_du_budget(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        eprd: EprdVue,
        refuse: Refuse,
    ) -> Result<Response, Faute> {
        let nom = match eprd.exercice {
            Some(annee) => format!("EPRD {annee}"),
            None => "Budget EPRD".to_owned(),
        };
        let titre = titre(&nom, &eprd.contrat, &refuse.erreurs);
        let vue = PageVue {
            eprd,
            erreurs: refuse.erreurs,
        };
        let menu = Menu::new(lu, "eprd");
        let page = self.page(Some(seance), "pages/eprd", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }
}

pub async fn eprd(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.budget(&seance, &id).await?;
    let lecteur = Lecteur {
        lu: &lu,
        aujourdhui: civil_date(etat.consultation.maintenant()),
    };
    let exercice = parametres.get("exercice").and_then(|a| a.parse().ok());
    let vue = lecteur.page(exercice);
    etat.page_du_budget(&seance, &lu, vue, Refuse::rien())
}

pub async fn envoye(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let lu = Arc::new(etat.budget(&seance, &id).await?);
    let lecteur = Lecteur {
        lu: &lu,
        aujourdhui: civil_date(etat.consultation.maintenant()),
    };
    let Televerse { envoi, nom, octets } = lit(requete).await?;
    let mut vue = lecteur.page(un(&envoi, "exercice").parse().ok());
    let Some(exercice) = vue.exercice else {
        let phrase =
            "Aucun exercice n'est ouvert : l'EPRD se prépare quand le contrat est en vigueur.";
        return etat.page_du_budget(&seance, &lu, vue, refuse(&[phrase.to_owned()]));
    };
    let (sien, aujourdhui) = (Arc::clone(&lu), lecteur.aujourdhui);
    // Reading and checking take a while: the server answers others meanwhile.
    let travail = move || {
        let lecteur = Lecteur {
            lu: &sien,
            aujourdhui,
        };
        controle(&lecteur, exercice, &nom, &octets)
    };
    let controle = tokio::task::spawn_blocking(travail).await;
    match controle.map_err(|e| Faute::Interne(format!("un classeur n'est pas lu ({e})")))? {
        Ok(dit) => vue.lu = Some(dit),
        Err(phrases) => return etat.page_du_budget(&seance, &lu, vue, refuse(&phrases)),
    }
    etat.page_du_budget(&seance, &lu, vue, Refuse::rien())
}

/// Reads a workbook, puts it beside the contract and checks it; or says what is wrong.
fn controle(
    lecteur: &Lecteur<'_>,
    exercice: i32,
    nom: &str,
    octets: &[u8],
) -> Result<LuVue, Vec<String>> {
    let mut classeur = lus(octets)?;
    let rapproche = lecteur.rapproche(&mut classeur, exercice);
    rapproche.map_err(|phrase| vec![phrase])?;
    let paquets = lecteur.lu.contrat.paquets_du_budget();
    let controles = eprd::controler(&classeur.lignes, &paquets);
    let date = lecteur.date_dite(exercice);
    Ok(LuVue::de(nom, date, &classeur, &controles))
}

pub async fn xlsx(
    etat: State<Arc<Etat>>,
    seance: Extension<Seance>,
    id: Path<String>,
    parametres: Parametres,
) -> Result<Response, Faute> {
    cadre(etat, seance, id, parametres, Format::Xlsx).await
}

pub async fn ods(
    etat: State<Arc<Etat>>,
    seance: Extension<Seance>,
    id: Path<String>,
    parametres: Parametres,
) -> Result<Response, Faute> {
    cadre(etat, seance, id, parametres, Format::Ods).await
}

/// A frame to be filled in.
async fn cadre(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
    format: Format,
) -> Result<Response, Faute> {
    let lu = etat.budget(&seance, &id).await?;
    let aujourdhui = civil_date(etat.consultation.maintenant());
    let lecteur = Lecteur {
        lu: &lu,
        aujourdhui,
    };
    let vue = lecteur.page(parametres.get("exercice").and_then(|a| a.parse().ok()));
    let Some(exercice) = vue.exercice else {
        return Err(Faute::Introuvable);
    };
    let dit = lecteur.contrat(exercice);
    let ecrit = dit.and_then(|dit| eprd::prerempli(&dit, format, aujourdhui));
    let octets = match ecrit {
        Ok(octets) => octets,
        Err(phrase) => return etat.page_du_budget(&seance, &lu, vue, refuse(&[phrase])),
    };
    let extension = format.extension();
    let disposition = format!("attachment; filename=\"{id}-eprd-{exercice}.{extension}\"");
    let entetes = [
        (header::CONTENT_TYPE, format.media().to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((entetes, octets).into_response())
}

/// The first sentences of what is wrong in a file.
fn refuse(phrases: &[String]) -> Refuse {
    let erreurs = phrases.iter().take(FAUTES).map(|phrase| Erreur {
        champ: "fichier".to_owned(),
        phrase: typographie(phrase),
    });
    Refuse::champs(erreurs.collect())
}

fn lus(octets: &[u8]) -> Result<eprd::Lu, Vec<String>> {
    if octets.is_empty() {
        let phrase = "« Classeur » manque : choisissez un fichier qui a un contenu.";
        return Err(vec![phrase.to_owned()]);
    }
    eprd::lire(octets).map_err(|refus: Refus| refus.phrases())
}
