//! The needs of the people accompanied: shown, looked at, handed over. A cohort is read in memory,
//! summed and forgotten: nothing of a person is kept, nor said.

use super::Etat;
use super::envoi::un;
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres};
use super::refuse::{Refuse, titre};
use super::seance::Seance;
use super::televerse::{Televerse, lit};
use crate::app::besoins::{self, Besoins, Options, Regles};
use crate::app::contrat::RACINE;
use crate::app::formulaires::{Envoi, Erreur};
use crate::app::vues::besoins::{BesoinsVue, Lecteur};
use crate::app::vues::francais::typographie;
use crate::app::vues::{self, ContratLu, Fenetre};
use crate::metier::besoins::cohorte::Echelle;
use crate::metier::besoins::partage::{K_MAX, Partage};
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::serafin::Variante;
use crate::regles::calendrier::civil_date;
use axum::extract::{Extension, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Serialize)]
struct PageVue {
    #[serde(flatten)]
    besoins: BesoinsVue,
    erreurs: Vec<Erreur>,
    fait: Option<u64>,
}

/// What a file gave.
enum Lu {
    /// A cohort, summed.
    Cohorte(Box<Besoins>),
    /// A shared view, made elsewhere.
    Vue(Box<Partage>),
}

/// Sentences of a file: more would be read by nobody.
const FAUTES: usize = 20;

impl Etat {
    fn regles_des_besoins(&self) -> Result<Regles, Faute> {
        let jour = civil_date(self.consultation.maintenant());
        besoins::regles(jour).map_err(Faute::Interne)
    }

    fn page_des_besoins(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        mut vue: BesoinsVue,
        (fait, refuse): (Option<u64>, Refuse),
    ) -> Result<Response, Faute> {
        if let Some(depot) = &mut vue.depot {
            depot.id = Uuid::now_v7().to_string();
        }
        let titre = titre("Besoins", &vue.contrat, &refuse.erreurs);
        let vue = PageVue {
            besoins: vue,
            erreurs: refuse.erreurs,
            fait,
        };
        let menu = Menu::new(lu, "besoins");
        let page = self.page(Some(seance), "pages/besoins", (titre, Some(menu)), vue)?;
        Ok(tel_quel((refuse.code, page)))
    }
}

pub async fn besoins(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let nombre = |cle: &str| parametres.get(cle).and_then(|n| n.parse().ok());
    let annee = parametres.get("annee").and_then(|a| a.parse().ok());
    let regles = etat.regles_des_besoins()?;
    let lecteur = Lecteur {
        lu: &lu,
        regles: &regles,
        maintenant: etat.consultation.maintenant(),
    };
    let vue = lecteur.page(annee);
    etat.page_des_besoins(&seance, &lu, vue, (nombre("fait"), Refuse::rien()))
}

pub async fn envoyes(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let regles = etat.regles_des_besoins()?;
    let lecteur = Lecteur {
        lu: &lu,
        regles: &regles,
        maintenant: etat.consultation.maintenant(),
    };
    let depose = lecteur.depose();
    let Televerse { envoi, octets, .. } = lit(requete).await?;
    let refuse = |refuse: Refuse| {
        let mut vue = lecteur.page(None);
        rend(&mut vue, &envoi);
        etat.page_des_besoins(&seance, &lu, vue, (None, refuse))
    };
    if !depose {
        let phrase = "Déposer les besoins revient au gestionnaire, tant qu'il renseigne le \
                      diagnostic de ses établissements.";
        return refuse(Refuse::nouveau(StatusCode::FORBIDDEN, phrase));
    }
    let (k, options) = match choix(&envoi, &regles) {
        Ok(choix) => choix,
        Err(erreur) => return refuse(Refuse::champs(vec![erreur])),
    };
    let lus = tokio::task::spawn_blocking(move || lus(&octets, options, &regles)).await;
    let lus = lus.map_err(|e| Faute::Interne(format!("une cohorte n'est pas lue ({e})")))?;
    let lus = match lus {
        Ok(lus) => lus,
        Err(fautes) => return refuse(Refuse::champs(fautes)),
    };
    if un(&envoi, "geste") == "regarder"
        && let Lu::Cohorte(besoins) = &lus
    {
        let mut vue = lecteur.regarde(&besoins.agregat, k);
        rend(&mut vue, &envoi);
        if let Some(depot) = &mut vue.depot {
            depot.regarde = true;
            depot.signalements.clone_from(&besoins.signalements);
        }
        return etat.page_des_besoins(&seance, &lu, vue, (None, Refuse::rien()));
    }
    let profil = match lus {
        Lu::Cohorte(besoins) => Box::new(besoins.agregat.partage(k)),
        Lu::Vue(profil) => profil,
    };
    let annee = profil.annee;
    let id = match un(&envoi, "id") {
        "" => Uuid::now_v7().to_string(),
        id => id.to_owned(),
    };
    let ecriture = Ecriture::Profil { profil };
    let qui = (&seance.visiteur, &lu);
    match etat
        .consultation
        .apporter(qui, (RACINE, ecriture), &id)
        .await
    {
        Ok(fait) => {
            let vers = vues::adresse(&lu.identite.id);
            let vers = format!("{vers}/besoins?annee={annee}&fait={fait}");
            Ok(Redirect::to(&vers).into_response())
        }
        Err(empechement) => refuse(Refuse::empeche(empechement)?),
    }
}

/// What was chosen comes back; the file does not.
fn rend(vue: &mut BesoinsVue, envoi: &Envoi) {
    if let Some(depot) = &mut vue.depot {
        un(envoi, "variante").clone_into(&mut depot.variante);
        un(envoi, "echelle").clone_into(&mut depot.echelle);
        depot.k = un(envoi, "k").parse().unwrap_or(depot.k);
    }
}

fn erreur(champ: &str, phrase: &str) -> Erreur {
    Erreur {
        champ: champ.to_owned(),
        phrase: typographie(phrase),
    }
}

/// The least count shown, and how the file is read.
fn choix(envoi: &Envoi, regles: &Regles) -> Result<(u32, Options), Erreur> {
    let k = match un(envoi, "k") {
        "" => regles.k,
        k => k
            .parse()
            .ok()
            .filter(|k| (regles.k_min..=K_MAX).contains(k))
            .ok_or_else(|| {
                let phrase = format!(
                    "« Plus petit effectif montré » : un nombre entier, {} au moins.",
                    regles.k_min
                );
                erreur("k", &phrase)
            })?,
    };
    let variante = match un(envoi, "variante") {
        "cnsa" => Some(Variante::Cnsa),
        "ans" => Some(Variante::Ans),
        _ => None,
    };
    let echelle = match un(envoi, "echelle") {
        "niveaux" => Some(Echelle::Niveaux),
        "oui_non" => Some(Echelle::Identifie),
        _ => None,
    };
    let options = Options {
        variante,
        echelle,
        large: false,
    };
    Ok((k, options))
}

/// A cohort, or the view that the command line wrote of one. Each sentence tells a place and what
/// to do, never what the file holds.
fn lus(octets: &[u8], options: Options, regles: &Regles) -> Result<Lu, Vec<Erreur>> {
    if octets.is_empty() {
        let phrase = "« Fichier » manque : choisissez un fichier qui a un contenu.";
        return Err(vec![erreur("fichier", phrase)]);
    }
    let debut = octets.iter().find(|o| !o.is_ascii_whitespace());
    if debut == Some(&b'{') {
        let texte = String::from_utf8_lossy(octets);
        let vue = Partage::lire(&texte, regles.k_min);
        let vue = vue.map_err(|phrase| vec![erreur("fichier", &phrase)])?;
        return Ok(Lu::Vue(Box::new(vue)));
    }
    let besoins = besoins::agreger(octets, options, regles).map_err(|fautes| {
        let dites = fautes.iter().take(FAUTES).map(|f| erreur("fichier", f));
        dites.collect::<Vec<_>>()
    })?;
    Ok(Lu::Cohorte(Box::new(besoins)))
}
