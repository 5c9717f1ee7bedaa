//! The budget of an exercise: workbooks read beside the contract, in memory, or handed over: then
//! the file is kept as it is, with what was read of it that day.

use super::Etat;
use super::envoi::un;
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use super::televerse::{Televerse, lit};
use crate::app::budgets::{flux, releve};
use crate::app::eprd::{self, Refus};
use crate::app::formulaires::{Envoi, Erreur};
use crate::app::tableaux::Format;
use crate::app::vues::eprd::{EprdVue, Lecteur, LuVue};
use crate::app::vues::francais::typographie;
use crate::app::vues::{self, ContratLu, Fenetre};
use crate::metier::budget::releve::Releve;
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::contrat::saisie::{Budget, Document};
use crate::regles::calendrier::civil_date;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

/// Sentences of a file: more would be read by nobody.
const FAUTES: usize = 20;

#[derive(Serialize)]
struct PageVue {
    #[serde(flatten)]
    eprd: EprdVue,
    erreurs: Vec<Erreur>,
    /// The line of what was just handed over.
    fait: Option<u64>,
    /// Of the next request, so that sent twice it is done once.
    id: String,
}

impl Etat {
    /// A budget is of all the establishments: it is not there for who sees some of them only.
    pub(super) async fn budget(&self, seance: &Seance, id: &str) -> Result<ContratLu, Faute> {
        let lu = self.lu(seance, id, &Fenetre::default()).await?;
        if lu.place.esms.is_some() {
            return Err(Faute::Introuvable);
        }
        Ok(lu)
    }

    fn lecteur<'l>(&self, lu: &'l ContratLu) -> Lecteur<'l> {
        Lecteur {
            lu,
            aujourdhui: civil_date(self.consultation.maintenant()),
        }
    }

    fn page_du_budget(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        mut eprd: EprdVue,
        (fait, refuse): (Option<u64>, Refuse),
    ) -> Result<Response, Faute> {
        let nom = match eprd.exercice {
            Some(annee) => format!("EPRD {annee}"),
            None => "Budget EPRD".to_owned(),
        };
        if let Some(exercice) = eprd.exercice {
            let maintenant = self.consultation.maintenant();
            eprd.ouvert = self.lecteur(lu).depose(exercice, maintenant);
        }
        let titre = titre(&nom, &eprd.contrat, &refuse.erreurs);
        let vue = PageVue {
            eprd,
            erreurs: refuse.erreurs,
            fait,
            id: Uuid::now_v7().to_string(),
        };
        let menu = Menu::new(lu, "eprd");
        let page = self.page(Some(seance), "pages/eprd", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }

    /// Shows the deposit that was asked for, or the last one.
    async fn montre(
        &self,
        lecteur: &Lecteur<'_>,
        vue: &mut EprdVue,
        numero: Option<usize>,
    ) -> Result<(), Faute> {
        let exercice = vue.exercice;
        let Some((numero, depose)) = exercice.and_then(|e| lecteur.choisi(e, numero)) else {
            return Ok(());
        };
        let octets = self.consultation.fichier(depose.budget.releve).await?;
        let releve = octets.map(|octets| releve(&octets));
        let releve = releve
            .transpose()
            .map_err(|e| Faute::Interne(e.to_string()))?;
        lecteur.montre(vue, numero, releve.as_ref());
        Ok(())
    }

    /// Keeps a workbook and what was read of it, then the line that names them.
    async fn garde_le_budget(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        recu: Recu,
    ) -> Result<Result<u64, Refuse>, Faute> {
        let (octets, releve) = (recu.octets, recu.releve);
        let dit = serde_json::to_vec(&releve)
            .map_err(|e| Faute::Interne(format!("un relevé de budget ne s'écrit pas ({e})")))?;
        let (nom, media) = nomme(&recu.nom, &octets);
        let taille = octets.len() as u64;
        let classeur = Document {
            nom,
            taille,
            media: media.to_owned(),
            empreinte: self.consultation.depose(media, octets).await?,
        };
        let budget = Budget {
            cadre: releve.cadre,
            classeur,
            releve: self.consultation.depose("application/json", dit).await?,
            bilan: releve.bilan,
        };
        let ecriture = Ecriture::Budget {
            budget: Box::new(budget),
        };
        let flux = flux(recu.exercice);
        let id = match un(&recu.envoi, "id") {
            "" => Uuid::now_v7().to_string(),
            id => id.to_owned(),
        };
        let (qui, quoi) = ((&seance.visiteur, lu), (flux.as_str(), ecriture));
        match self.consultation.apporter(qui, quoi, &id).await {
            Ok(fait) => Ok(Ok(fait)),
            Err(empechement) => Ok(Err(Refuse::empeche(empechement)?)),
        }
    }
}

/// What a workbook is called, and what it is.
fn nomme(nom: &str, octets: &[u8]) -> (String, &'static str) {
    const NOM: usize = 200;
    let nom = nom.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let nom: String = nom.chars().filter(|c| !c.is_control()).take(NOM).collect();
    let nom = if nom.is_empty() {
        "classeur".to_owned()
    } else {
        nom
    };
    (nom, eprd::media(octets))
}

pub async fn eprd(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.budget(&seance, &id).await?;
    let lecteur = etat.lecteur(&lu);
    let mut vue = lecteur.page(nombre(&parametres, "exercice"));
    let numero = nombre(&parametres, "depot");
    etat.montre(&lecteur, &mut vue, numero).await?;
    let fait = nombre(&parametres, "fait");
    etat.page_du_budget(&seance, &lu, vue, (fait, Refuse::rien()))
}

fn nombre<T: FromStr>(parametres: &BTreeMap<String, String>, cle: &str) -> Option<T> {
    parametres.get(cle).and_then(|n| n.parse().ok())
}

/// A workbook that was sent, read and checked.
struct Recu {
    envoi: Envoi,
    nom: String,
    octets: Vec<u8>,
    exercice: i32,
    releve: Releve,
}

/// What is received of a request, or why nothing is.
type Reception = Result<Result<Recu, Refuse>, Faute>;

impl Etat {
    /// Reads what was sent for an exercise. `admis`: whether it may be.
    async fn recoit_le_budget(
        &self,
        (lu, exercice): (&Arc<ContratLu>, Option<i32>),
        requete: Request,
        admis: impl Fn(i32) -> Result<(), Refuse>,
    ) -> Reception {
        let Televerse { envoi, nom, octets } = lit(requete).await?;
        let Some(exercice) = exercice else {
            let phrase = "Aucun exercice n'est ouvert : l'EPRD se prépare quand le contrat est en \
                          vigueur.";
            return Ok(Err(refuse(&[phrase.to_owned()])));
        };
        if let Err(refus) = admis(exercice) {
            return Ok(Err(refus));
        }
        let (sien, aujourdhui) = (Arc::clone(lu), self.lecteur(lu).aujourdhui);
        // Reading and checking take a while: the server answers others meanwhile.
        let travail = move || {
            let lecteur = Lecteur {
                lu: &sien,
                aujourdhui,
            };
            controle(&lecteur, exercice, &octets).map(|releve| (releve, octets))
        };
        let controle = tokio::task::spawn_blocking(travail).await;
        let controle =
            controle.map_err(|e| Faute::Interne(format!("un classeur n'est pas lu ({e})")))?;
        Ok(match controle {
            Ok((releve, octets)) => Ok(Recu {
                envoi,
                nom,
                octets,
                exercice,
                releve,
            }),
            Err(phrases) => Err(refuse(&phrases)),
        })
    }
}

/// Reads a workbook, of which nothing is kept.
pub async fn lu(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
    requete: Request,
) -> Result<Response, Faute> {
    let lu = Arc::new(etat.budget(&seance, &id).await?);
    let lecteur = etat.lecteur(&lu);
    let mut vue = lecteur.page(nombre(&parametres, "exercice"));
    let recu = etat.recoit_le_budget((&lu, vue.exercice), requete, |_| Ok(()));
    let refus = match recu.await? {
        Ok(recu) => {
            let date = lecteur.date_dite(recu.exercice);
            vue.lu = Some(LuVue::de(&recu.nom, date, &recu.releve));
            Refuse::rien()
        }
        Err(refus) => refus,
    };
    etat.page_du_budget(&seance, &lu, vue, (None, refus))
}

/// Reads a workbook and keeps it.
pub async fn depose(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
    requete: Request,
) -> Result<Response, Faute> {
    let lu = Arc::new(etat.budget(&seance, &id).await?);
    let lecteur = etat.lecteur(&lu);
    let vue = lecteur.page(nombre(&parametres, "exercice"));
    let maintenant = etat.consultation.maintenant();
    let admis = |exercice| {
        if lecteur.depose(exercice, maintenant) {
            return Ok(());
        }
        let phrase = "Déposer un EPRD ou un ERRD pour contrôle revient au gestionnaire, pendant \
                      qu'il le prépare. Vous pouvez lire un classeur sans qu'il soit gardé.";
        Err(Refuse::nouveau(StatusCode::FORBIDDEN, phrase))
    };
    let recu = etat.recoit_le_budget((&lu, vue.exercice), requete, admis);
    let refus = match recu.await? {
        Err(refus) => refus,
        Ok(recu) => {
            let exercice = recu.exercice;
            match etat.garde_le_budget(&seance, &lu, recu).await? {
                Err(refus) => refus,
                Ok(fait) => {
                    let vers = vues::adresse(&lu.identite.id);
                    let vers = format!("{vers}/eprd?exercice={exercice}&fait={fait}");
                    return Ok(Redirect::to(&vers).into_response());
                }
            }
        }
    };
    etat.page_du_budget(&seance, &lu, vue, (None, refus))
}

/// Reads a workbook, puts it beside the contract and checks it; or says what is wrong.
fn controle(lecteur: &Lecteur<'_>, exercice: i32, octets: &[u8]) -> Result<Releve, Vec<String>> {
    let mut classeur = lus(octets)?;
    let rapproche = lecteur.rapproche(&mut classeur, exercice);
    rapproche.map_err(|phrase| vec![phrase])?;
    let paquets = lecteur.lu.contrat.paquets_du_budget();
    let date = lecteur.controle_le(exercice);
    Ok(eprd::relever(&classeur, &paquets, date))
}

/// A workbook, as it was handed over.
pub async fn classeur(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.budget(&seance, &id).await?;
    let lecteur = etat.lecteur(&lu);
    let exercice = lecteur.page(nombre(&parametres, "exercice")).exercice;
    let numero = nombre(&parametres, "depot");
    let choisi = exercice.and_then(|annee| lecteur.choisi(annee, numero));
    let (_, depose) = choisi.ok_or(Faute::Introuvable)?;
    etat.rend(&depose.budget.classeur).await
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
    let lecteur = etat.lecteur(&lu);
    let vue = lecteur.page(nombre(&parametres, "exercice"));
    let Some(exercice) = vue.exercice else {
        return Err(Faute::Introuvable);
    };
    let dit = lecteur.contrat(exercice);
    let ecrit = dit.and_then(|dit| eprd::prerempli(&dit, format, lecteur.aujourdhui));
    let octets = match ecrit {
        Ok(octets) => octets,
        Err(phrase) => {
            return etat.page_du_budget(&seance, &lu, vue, (None, refuse(&[phrase])));
        }
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
