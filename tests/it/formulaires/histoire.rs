//! The story of the demonstration, played through pages: every act and every writing that has a
//! form is sent through it, over HTTP. It ends with the heads of the story played by the one door.

use super::tape;
use crate::bases::{atelier, dossier};
use crate::pages::gens::politique;
use crate::pages::salle::runtime;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::{DateTime, Utc};
use entente::app::abords::Abords;
use entente::app::comptes::Identifiants;
use entente::app::consult::Consultation;
use entente::app::contrat::{Commande, Contrat, Demande};
use entente::app::demo::{self, Enregistree, MOT_DE_PASSE, Porte};
use entente::app::execute::{Echec, Entente};
use entente::app::formulaires::{Envoi, Geste, Vise, scelle};
use entente::app::vues::francais::typographie;
use entente::metier::evenement::Ligne;
use entente::store::{Adresse, Base};
use entente::web::{Options, application};
use entente::workflow::machine::Command;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

const ID: &str = "rives-claires";

/// The story's contract, written through its pages.
struct ParFormulaires {
    porte: Enregistree,
    entente: Entente,
    routeur: Router,
    heure: Arc<Mutex<DateTime<Utc>>>,
    cookies: BTreeMap<String, String>,
    envoyes: u32,
    refuses: u32,
    /// What has no form, and what was done before the person could see the contract.
    ailleurs: u32,
    invisibles: u32,
    /// What was agreed to on a digest: by whom, the rest of the path, what was sent.
    accords: Vec<(String, String, Envoi)>,
}

pub fn corps(envoi: &Envoi) -> String {
    let mut corps = form_urlencoded::Serializer::new(String::new());
    for (nom, valeurs) in envoi {
        for valeur in valeurs {
            corps.append_pair(nom, valeur);
        }
    }
    corps.finish()
}

/// Answers the code, where it leads, and the page.
pub async fn envoie(
    routeur: &Router,
    (chemin, cookie): (&str, &str),
    envoi: Option<&Envoi>,
) -> (StatusCode, String, String) {
    let methode = if envoi.is_some() { "POST" } else { "GET" };
    let requete = Request::builder().method(methode).uri(chemin);
    let requete = requete
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let envoye = envoi.map(corps).unwrap_or_default();
    let reponse = routeur
        .clone()
        .oneshot(requete.body(Body::from(envoye)).unwrap());
    let (tete, corps) = reponse.await.unwrap().into_parts();
    let vers = tete.headers.get(header::LOCATION);
    let vers = vers.map_or(String::new(), |v| v.to_str().unwrap().to_owned());
    let octets = to_bytes(corps, usize::MAX).await.unwrap();
    let page = String::from_utf8(octets.to_vec()).unwrap();
    (tete.status, vers, page)
}

/// The path of the form of a request, and what it sends; none: it has no form.
pub fn formulaire(commande: &Commande) -> Option<(String, Envoi)> {
    let flux = &commande.flux;
    let (chemin, mut envoi, fixes) = match &commande.demande {
        Demande::Ecriture { ecriture, .. } => {
            let (cible, envoi) = tape::ecriture(flux, ecriture)?;
            let fixe = cible.cle().map(|cle| (cle, cible.sujet.clone()));
            (
                format!("ecrire/{}", cible.genre),
                envoi,
                fixe.into_iter().collect(),
            )
        }
        Demande::Acte(command) => {
            if let Some((cible, envoi)) = tape::interruption(flux, command) {
                let fixe = cible.cle().map(|cle| (cle, cible.sujet.clone()));
                (
                    format!("ecrire/{}", cible.genre),
                    envoi,
                    fixe.into_iter().collect(),
                )
            } else {
                let (lieu, acte, geste, envoi) = tape::geste(command)?;
                let geste = match geste {
                    Geste::Faire => "faire".to_owned(),
                    Geste::Refuser => "refuser".to_owned(),
                    Geste::Retirer => "retirer".to_owned(),
                    Geste::Dispenser(rang) => format!("dispenser.{rang}"),
                };
                let shown = match command {
                    Command::Act { shown, .. } | Command::Refuse { shown, .. } => *shown,
                    _ => None,
                };
                let mut fixes = vec![
                    ("lieu", lieu.to_string()),
                    ("acte", acte.to_owned()),
                    ("geste", geste),
                ];
                let vise = Vise {
                    flux: flux.clone(),
                    lieu: lieu.clone(),
                    acte: acte.to_owned(),
                };
                let partie = commande.acteur().unwrap().party.as_str();
                let montre = shown.map(|s| scelle(ID, (partie, &vise), s));
                fixes.extend(montre.map(|m| ("empreinte", m)));
                ("acte".to_owned(), envoi, fixes)
            }
        }
    };
    let id = ("id", commande.id().unwrap().to_owned());
    for (nom, valeur) in [("flux", flux.clone()), id].into_iter().chain(fixes) {
        envoi.insert(nom.to_owned(), vec![valeur]);
    }
    Some((chemin, envoi))
}

impl ParFormulaires {
    fn agit(&mut self, commande: &Commande, maintenant: DateTime<Utc>) -> Result<(), Echec> {
        let acteur = commande.acteur().unwrap();
        let Some((suite, envoi)) = formulaire(commande) else {
            self.ailleurs += 1;
            return self.porte.agir(commande, maintenant).map(drop);
        };
        let cookie = self.cookies[&acteur.person].clone();
        let chemin = format!("/contrats/{ID}/{suite}");
        let sent = envoie(&self.routeur, (&chemin, &cookie), Some(&envoi));
        let (code, vers, page) = runtime().block_on(sent);
        if code == StatusCode::NOT_FOUND {
            self.invisibles += 1;
            return self.porte.agir(commande, maintenant).map(drop);
        }
        if code == StatusCode::SEE_OTHER {
            assert!(vers.starts_with(&format!("/contrats/{ID}?fait=")), "{vers}");
            self.envoyes += 1;
            if envoi.contains_key("empreinte") {
                self.accords.push((acteur.person.clone(), suite, envoi));
            }
            return Ok(());
        }
        // What the one door says of the same request.
        let mut copie = Contrat::reprendre(&atelier().machines(), self.contrat().etat().clone());
        let Err(refus) = copie.agir(commande, maintenant) else {
            panic!("{code} {chemin} {envoi:?}\n{page}");
        };
        assert!(code.is_client_error(), "{code} {chemin} {envoi:?}");
        // A role that the person does not hold is refused before the one door is asked.
        let phrase = match code {
            StatusCode::FORBIDDEN => "Cet acte demande la fonction « signature »".to_owned(),
            _ => format!("{refus} {}", refus.remede()),
        };
        let phrase = typographie(&phrase);
        let ecrite = phrase.replace('&', "&amp;").replace('"', "&quot;");
        assert!(page.contains(&ecrite), "{ecrite}\n{page}");
        self.refuses += 1;
        Err(Echec::Refus(refus))
    }
}

impl Porte for ParFormulaires {
    fn contrat(&self) -> &Contrat<'_> {
        self.porte.contrat()
    }

    fn ouvrir(&mut self, workflow: &str, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        self.porte.ouvrir(workflow, maintenant)
    }

    fn avancer(&mut self, maintenant: DateTime<Utc>) -> Result<Vec<Ligne>, Echec> {
        *self.heure.lock().unwrap() = maintenant;
        self.porte.avancer(maintenant)
    }

    fn agir(
        &mut self,
        commande: &Commande,
        maintenant: DateTime<Utc>,
    ) -> Result<Vec<Ligne>, Echec> {
        *self.heure.lock().unwrap() = maintenant;
        let fait = self.agit(commande, maintenant);
        // Where the contract now stands; nothing passes in no time.
        let lignes = self.porte.avancer(maintenant)?;
        fait.map(|()| lignes)
    }
}

fn base(nom: &str) -> Entente {
    let fichier = dossier(nom).join("entente.db");
    let ouverte = runtime().block_on(Base::ouvrir(&Adresse::Fichier(fichier)));
    Entente::nouvelle(ouverte.unwrap(), atelier())
}

/// Everyone of the story, signed in the day before it begins.
fn entrees(
    entente: &Entente,
    temoin: &Contrat<'_>,
    hier: DateTime<Utc>,
) -> BTreeMap<String, String> {
    let histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
    let comptes = entente.comptes(politique());
    runtime().block_on(async {
        let inscrites = demo::inscrire(&comptes, &histoire, temoin, hier)
            .await
            .unwrap();
        let mut cookies = BTreeMap::new();
        for inscrite in inscrites {
            let identifiants = Identifiants {
                courriel: &inscrite.courriel,
                mot_de_passe: MOT_DE_PASSE,
                adresse: IpAddr::V4(Ipv4Addr::LOCALHOST),
                agent: "essai",
                appareil: None,
                ancienne: None,
            };
            let (jeton, qui) = comptes.connecter(&identifiants, hier).await.unwrap();
            cookies.insert(qui.personne.id, format!("entente={}", jeton.as_str()));
        }
        cookies
    })
}

/// Sends again each agreement that was given: later, by someone else, and on another contract,
/// which is not there yet. The same request is answered as it was; any other is refused; nothing
/// of it writes.
fn rejoue(forme: &ParFormulaires) {
    let mut histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
    histoire.etapes.truncate(3);
    let mut autre = Enregistree::new(&forme.entente, "autre", runtime().handle().clone());
    demo::jouer(&mut autre, atelier(), &histoire).unwrap_or_else(|e| panic!("{e}"));
    let tetes = || {
        let lit = |id| runtime().block_on(forme.entente.lire(id)).unwrap().unwrap();
        [ID, "autre"].map(|id| lit(id).tete.clone())
    };
    let avant = tetes();
    assert!(forme.accords.len() > 20, "{}", forme.accords.len());
    let sent = |id: &str, qui: &str, suite: &str, envoi: &Envoi| {
        let chemin = format!("/contrats/{id}/{suite}");
        let cookie = &forme.cookies[qui];
        let sent = envoie(&forme.routeur, (&chemin, cookie), Some(envoi));
        runtime().block_on(sent).0
    };
    for (rang, (qui, suite, envoi)) in forme.accords.iter().enumerate() {
        let encore = sent(ID, qui, suite, envoi);
        assert_eq!(encore, StatusCode::SEE_OTHER, "{qui} {envoi:?}");
        let mut neuf = envoi.clone();
        neuf.insert("id".to_owned(), vec![format!("rejeu-{rang}")]);
        let gens: Vec<&String> = forme.cookies.keys().collect();
        let ailleurs = gens[rang % gens.len()];
        for (id, par) in [
            (ID, qui),
            (ID, ailleurs),
            ("autre", qui),
            ("autre", ailleurs),
        ] {
            let code = sent(id, par, suite, &neuf);
            assert!(code.is_client_error(), "{id} {par} {code} {neuf:?}");
        }
    }
    assert_eq!(tetes(), avant);
}

#[test]
fn the_story_played_through_forms_ends_with_the_same_heads() {
    let histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
    let poignee = runtime().handle().clone();
    let directe = base("histoire-directe");
    let mut porte = Enregistree::new(&directe, ID, poignee.clone());
    demo::jouer(&mut porte, atelier(), &histoire).unwrap_or_else(|e| panic!("{e}"));

    let entente = base("histoire-formulaires");
    let hier: DateTime<Utc> = "2022-07-20T09:00:00Z".parse().unwrap();
    let heure = Arc::new(Mutex::new(hier));
    let cookies = entrees(&entente, porte.contrat(), hier);
    let lue = Arc::clone(&heure);
    let consultation = Consultation {
        entente: entente.clone(),
        horloge: Arc::new(move || *lue.lock().unwrap()),
    };
    let options = Options {
        ruban: None,
        tls: false,
        demo: None,
        metriques: Arc::new(String::new),
        abords: Abords::default(),
        editeur: entente::app::reglages::Editeur::default(),
    };
    let comptes = entente.comptes(politique());
    let mut forme = ParFormulaires {
        porte: Enregistree::new(&entente, ID, poignee),
        routeur: application(consultation, comptes, options).unwrap(),
        entente,
        heure,
        cookies,
        envoyes: 0,
        refuses: 0,
        ailleurs: 0,
        invisibles: 0,
        accords: Vec::new(),
    };
    demo::jouer(&mut forme, atelier(), &histoire).unwrap_or_else(|e| panic!("{e}"));

    let lit = |entente: &Entente| runtime().block_on(entente.lire(ID)).unwrap().unwrap();
    let (attendue, obtenue) = (lit(&directe), lit(&forme.entente));
    assert_eq!(attendue.tetes, obtenue.tetes);
    assert_eq!(attendue.tete.empreinte, obtenue.tete.empreinte);
    rejoue(&forme);
    println!(
        "{} envoyés, {} refusés, {} sans formulaire, {} avant d'être vus",
        forme.envoyes, forme.refuses, forme.ailleurs, forme.invisibles
    );
    // Whoever is not named yet does not see the contract: its perimeter, and its own name.
    assert!(forme.invisibles <= 8, "{}", forme.invisibles);
    assert!(forme.envoyes > 300, "{}", forme.envoyes);
    assert!(forme.refuses >= 10, "{}", forme.refuses);
}
