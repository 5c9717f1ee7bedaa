//! Who gets what: each person × each route × each contract, on both databases, against the approved
//! table. Nothing refused writes anything.

mod portee;
mod trois;

use crate::bases::{atelier, dossier, grappe};
use crate::pages::gens::{Gens, droit, politique};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::{DateTime, NaiveDate, Utc};
use entente::app::abords::Abords;
use entente::app::comptes::{Auteur, Circuit, Droit, Ensemble, Fonction, Genre, Portee, Rang};
use entente::app::consult::Consultation;
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::demo::{self, Enregistree};
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::echange::{Cercle, Echange};
use entente::store::{Adresse, Base};
use entente::web::routes::routes;
use entente::web::{Options, application};
use entente::workflow::definition::model::Role;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// After the story; sessions last longer.
const MAINTENANT: &str = "2026-11-20T09:00:00Z";

fn maintenant() -> DateTime<Utc> {
    MAINTENANT.parse().unwrap()
}

fn le(jour: &str) -> NaiveDate {
    jour.parse().unwrap()
}

/// The only one that she sees.
const ESMS_DE_PAULE: &str = "990002024";

/// The people, and their rights. `marc` had a delegation that ended the day before; `paule` sees
/// one establishment, and `ailleurs` one that is not here.
fn personnes() -> Vec<(&'static str, Vec<Droit>)> {
    let tout = |partie, fonction| vec![droit(partie, fonction, Portee::Tout)];
    let nomme = |partie, portee| vec![droit(partie, Fonction::Validation, portee)];
    let un = |numero: &str| Portee::Esms(BTreeSet::from([numero.to_owned()]));
    let finie = Droit {
        du: Some(le("2026-01-01")),
        au: Some(le("2026-11-19")),
        ..droit("ars", Fonction::Signature, Portee::Tout)
    };
    vec![
        ("lecteur", tout("ars", Fonction::Lecture)),
        ("redacteur", tout("gestionnaire", Fonction::Contribution)),
        (
            "administratrice",
            tout("gestionnaire", Fonction::Administration),
        ),
        (
            "paule",
            vec![droit(
                "gestionnaire",
                Fonction::Validation,
                un(ESMS_DE_PAULE),
            )],
        ),
        (
            "ailleurs",
            vec![droit("gestionnaire", Fonction::Validation, un("990009995"))],
        ),
        ("marc", vec![finie]),
        ("pole", nomme("gestionnaire", Portee::Pole(NORD.to_owned()))),
        (
            "pole-vide",
            nomme("gestionnaire", Portee::Pole("Sud".to_owned())),
        ),
        (
            "delegation",
            nomme("ars", Portee::Delegation("Haute-Vesle".to_owned())),
        ),
        (
            "delegation-loin",
            nomme("ars", Portee::Delegation("Basse-Vesle".to_owned())),
        ),
        (
            "service",
            nomme("departement", Portee::Service("Enfance".to_owned())),
        ),
    ]
}

const NORD: &str = "Nord";

/// What organisations name: `Sud` is named by nobody, and the service holds what is not here.
fn ensembles() -> [Ensemble; 4] {
    let ensemble = |organisation: &str, genre, nom: &str, membre: &str| Ensemble {
        organisation: organisation.to_owned(),
        genre,
        nom: nom.to_owned(),
        membres: BTreeSet::from([membre.to_owned()]),
    };
    [
        ensemble("gestionnaire", Genre::Pole, NORD, "990002024"),
        ensemble("ars", Genre::Delegation, "Haute-Vesle", "99"),
        ensemble("ars", Genre::Delegation, "Basse-Vesle", "38"),
        ensemble("departement", Genre::Service, "Enfance", "990009995"),
    ]
}

async fn monte(adresse: &Adresse) -> (Entente, Router, Gens) {
    let base = Base::ouvrir(adresse).await.unwrap();
    let entente = Entente::nouvelle(base, atelier());
    let comptes = entente.comptes(politique());
    let mut gens = Gens::de(comptes.clone(), maintenant()).await;
    for (id, droits) in personnes() {
        // A right that is over is not given: it was, on its first day.
        let quand = droits.iter().filter_map(|d| d.du).min();
        let quand = quand.map(|j| j.and_hms_opt(9, 0, 0).unwrap().and_utc());
        gens.inscrit(id, &droits, quand.unwrap_or_else(maintenant))
            .await;
    }
    // Someone to be changed by others, who looks at nothing.
    let lit = [droit("gestionnaire", Fonction::Lecture, Portee::Tout)];
    gens.inscrit("jean", &lit, maintenant()).await;
    for ensemble in ensembles() {
        let par = Auteur::Programme;
        let ecrit = comptes.ecrire_ensemble(par, &ensemble, maintenant());
        ecrit.await.unwrap();
    }
    let options = Options {
        ruban: None,
        tls: false,
        demo: None,
        metriques: Arc::new(String::new),
        abords: Abords::default(),
        editeur: entente::app::reglages::Editeur::default(),
    };
    let consultation = Consultation {
        entente: entente.clone(),
        horloge: Arc::new(maintenant),
    };
    let routeur = application(consultation, comptes, options).unwrap();
    (entente, routeur, gens)
}

struct Reponse {
    code: StatusCode,
    vers: String,
    corps: String,
}

/// A request by someone: a page by its session, a program's address by its key.
async fn demande(routeur: &Router, gens: &Gens, quoi: (&str, &str), id: &str) -> Reponse {
    let (methode, chemin) = quoi;
    let requete = Request::builder().method(methode).uri(chemin);
    let (requete, corps) = if chemin.starts_with("/api/") {
        let requete = requete
            .header(header::AUTHORIZATION, gens.porteur(id))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "x");
        let corps = r#"{"geste": "faire", "flux": "cpom", "lieu": "en_vigueur",
            "acte": "mettre_en_demeure"}"#;
        (requete, corps)
    } else {
        let requete = requete
            .header(header::COOKIE, gens.cookie(id))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let corps = "flux=cpom&lieu=en_vigueur&acte=mettre_en_demeure&geste=faire&id=x\
            &formulaire=acte";
        (requete, corps)
    };
    let requete = requete.body(Body::from(corps)).unwrap();
    let reponse = routeur.clone().oneshot(requete).await.unwrap();
    let (tete, corps) = reponse.into_parts();
    let vers = tete.headers.get(header::LOCATION);
    let vers = vers.map_or(String::new(), |v| v.to_str().unwrap().to_owned());
    let octets = to_bytes(corps, usize::MAX).await.unwrap();
    Reponse {
        code: tete.status,
        vers,
        corps: String::from_utf8_lossy(&octets).into_owned(),
    }
}

/// The story's contract; one that nobody here is a party of; one that is not there.
const CONTRATS: [&str; 3] = ["rives-claires", "autre", "absent"];

/// What was said on the story's contract, as addresses name it.
const FILS: [&str; 3] = ["fil-de-tous", "fil-des-autorites", "fil-d-un-esms"];
const REUNION: &str = "reunion";

/// A route, on a contract and on each of the things it may name.
fn chemins(chemin: &str, contrat: &str) -> Vec<String> {
    let chemin = chemin.replace("{id}", contrat).replace("{nom}", "esms");
    let chemin = chemin.replace("{reunion}", REUNION);
    let chemin = chemin.replace("{genre}", "referent");
    let chemin = chemin.replace("{visa}", VISA);
    let de_tous = chemin.starts_with("/contrats/export");
    let tableau = if de_tous {
        "esms.json"
    } else {
        "historique.json"
    };
    let chemin = chemin.replace("{tableau}", tableau);
    if chemin.contains("{finess}") {
        let esms = [ESMS_DE_PAULE, "990002032", "990009995"];
        return esms.map(|e| chemin.replace("{finess}", e)).to_vec();
    }
    if !chemin.contains("{fil}") {
        return vec![chemin];
    }
    FILS.iter()
        .map(|fil| chemin.replace("{fil}", fil))
        .collect()
}

/// Threads, one of them for authorities only, one about an establishment; and a meeting.
async fn dit(entente: &Entente) {
    let fil = |esms: Option<&str>| Echange::Message {
        fil: None,
        esms: esms.map(str::to_owned),
        avis: None,
    };
    let le = "2029-01-15".parse().unwrap();
    let dits = [
        (FILS[0], fil(None), Cercle::Parties),
        (FILS[1], fil(None), Cercle::Autorites),
        (FILS[2], fil(Some(ESMS_DE_PAULE)), Cercle::Parties),
        (REUNION, Echange::Reunion { le }, Cercle::Parties),
    ];
    for (id, echange, cercle) in dits {
        let ecriture = Ecriture::Dire {
            echange,
            cercle,
            texte: format!("{id}\n\nRien de plus."),
            sel: "000102030405060708090a0b0c0d0e0f".to_owned(),
        };
        let demande = Demande::Ecriture {
            acteur: acteur("ars", "karim", Role::Validation),
            id: id.to_owned(),
            ecriture,
        };
        let commande = Commande {
            flux: RACINE.to_owned(),
            demande,
        };
        let fait = entente.executer(CONTRATS[0], Ordre::Agir(commande), maintenant());
        fait.await.unwrap_or_else(|e| panic!("{id} : {e}"));
    }
}

/// One that some administer; one that nobody does; one that is not there.
const ORGANISATIONS: [&str; 3] = ["gestionnaire", "ars", "absente"];

/// What `redacteur` prepared: of each person, contract and sending, the same.
const VISA: &str = "visa-23654751d7ff11d402ab9c2ca955a7fc";

/// Prepares something in the managing body, which asks for visas that day only.
async fn prepare(routeur: &Router, gens: &Gens) {
    let (par, organisation) = (Auteur::Programme, "gestionnaire");
    let circuit = Circuit {
        organisation: organisation.to_owned(),
        des: Role::Contribution,
        rangs: vec![Rang {
            titre: "DG".to_owned(),
            personnes: BTreeSet::from(["claire".to_owned()]),
        }],
    };
    let ecrit = gens.comptes.ecrire_circuit(par, &circuit, maintenant());
    ecrit.await.unwrap();
    let requete = Request::post("/contrats/rives-claires/ecrire/referent")
        .header(header::COOKIE, gens.cookie("redacteur"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("flux=cpom&id=v1&personne=Paule%20Essai"));
    let reponse = routeur.clone().oneshot(requete.unwrap()).await.unwrap();
    let vers = reponse.headers().get(header::LOCATION);
    let vers = vers.map_or("", |v| v.to_str().unwrap());
    assert!(vers.contains(VISA), "{} {vers}", reponse.status());
    let retire = gens
        .comptes
        .retirer_circuit(par, organisation, maintenant());
    retire.await.unwrap();
}

/// A list shows what opens, and nothing else.
async fn listes(routeur: &Router, gens: &Gens, ids: &[&str]) {
    let chemin = format!("/contrats/{}", CONTRATS[0]);
    for id in ids {
        let ouvert = demande(routeur, gens, ("GET", &chemin), id).await.code;
        for liste in ["/", "/contrats"] {
            let lue = demande(routeur, gens, ("GET", liste), id).await.corps;
            let montre = lue.contains(&format!("\"{chemin}"));
            assert_eq!(montre, ouvert == StatusCode::OK, "{id} {liste}");
        }
    }
}

async fn table(routeur: &Router, gens: &Gens) -> String {
    let mut table = String::new();
    let mut cases = 0;
    let connus = ["karim", "claire", "sophie", "lea"].into_iter();
    let ids: Vec<&str> = connus
        .chain(personnes().iter().map(|(id, _)| *id))
        .collect();
    listes(routeur, gens, &ids).await;
    for route in routes() {
        // The static files and watchers' pages have their own tests.
        if route.chemin.contains("{fichier}") || route.chemin == "/deconnexion" {
            continue;
        }
        for (contrat, organisation) in CONTRATS.into_iter().zip(ORGANISATIONS) {
            let partout = ["{id}", "{organisation}"];
            let dit = partout.iter().any(|nom| route.chemin.contains(nom));
            if !dit && contrat != CONTRATS[0] {
                continue;
            }
            for chemin in chemins(route.chemin, contrat) {
                let chemin = chemin.replace("{organisation}", organisation);
                let chemin = chemin.replace("{personne}", "jean");
                let lu = match route.chemin {
                    "/contrats/{id}/ecrire/{genre}" if route.methode == "GET" => {
                        format!("{chemin}?flux=cpom")
                    }
                    "/contrats/{id}/acte" if route.methode == "GET" => {
                        format!("{chemin}?flux=cpom&lieu=en_vigueur&acte=mettre_en_demeure")
                    }
                    _ => chemin,
                };
                let mut ligne = format!("{} {lu}\n ", route.methode);
                for id in ids.iter().chain(&["personne"]) {
                    let recue = demande(routeur, gens, (route.methode, &lu), id).await;
                    write!(ligne, " {id} {}", recue.code.as_u16()).unwrap();
                    if !recue.vers.is_empty() {
                        let vers = recue.vers.split('?').next().unwrap();
                        write!(ligne, "→{vers}").unwrap();
                    }
                    cases += 1;
                }
                table.push_str(&ligne);
                table.push('\n');
            }
        }
    }
    format!("{cases} cases\n\n{table}")
}

fn eprouve(adresse: &Adresse) -> String {
    let runtime = Runtime::new().unwrap();
    let (entente, routeur, gens) = runtime.block_on(monte(adresse));
    let histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
    let mut porte = Enregistree::new(&entente, CONTRATS[0], runtime.handle().clone());
    demo::jouer(&mut porte, atelier(), &histoire).unwrap();
    runtime.block_on(async {
        let workflow = "cpom-ph".to_owned();
        let ouvre = Ordre::Ouvrir { workflow };
        entente
            .executer(CONTRATS[1], ouvre, maintenant())
            .await
            .unwrap();
        dit(&entente).await;
        prepare(&routeur, &gens).await;
        let compte = async || {
            let mut tetes = Vec::new();
            for contrat in &CONTRATS[..2] {
                tetes.push(entente.lire(contrat).await.unwrap().unwrap().tete.clone());
            }
            tetes
        };
        let avant = compte().await;
        let table = table(&routeur, &gens).await;
        // A contract of others answers as one that is not there, to the letter.
        for route in routes().iter().filter(|r| r.chemin.contains("{id}")) {
            let lue = async |id: &str| {
                let chemin = chemins(route.chemin, id).remove(0);
                let recue = demande(&routeur, &gens, (route.methode, &chemin), "karim").await;
                // A problem says which address was asked.
                recue.corps.replace(&chemin, "")
            };
            assert_eq!(lue("autre").await, lue("absent").await, "{}", route.chemin);
        }
        assert_eq!(compte().await, avant, "a refusal wrote something");
        table
    })
}

#[test]
fn each_person_gets_from_each_route_what_the_approved_table_says() {
    let fichier = dossier("acces").join("entente.db");
    let lite = eprouve(&Adresse::Fichier(fichier));
    let url = Runtime::new().unwrap().block_on(grappe::nouvelle());
    let pg = eprouve(&url.parse().unwrap());
    assert_eq!(lite, pg);
    insta::assert_snapshot!(lite);
}
