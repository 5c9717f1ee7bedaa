//! Names made of markup, in every message that holds a name: each shows them as they were typed.

use super::SITE;
use super::puits::lit;
use crate::balayages::balisage::charges;
use crate::comptes::{self, BON, rives_claires, souple};
use crate::pages::salle::runtime;
use crate::visas;
use entente::app::comptes::{
    Auteur, Comptes, Droit, Fonction, NouvellePersonne, Organisation, Portee,
};
use entente::store::{Adresse, Base, Conn};
use entente::workflow::definition::model::Role;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// A message, and the name that it holds, so many times at least.
pub struct Cas {
    pub texte: String,
    pub html: String,
    pub nom: String,
    pub fois: usize,
}

/// What typography may change without changing what is said.
fn nu(texte: &str) -> String {
    let texte = texte.replace(['’', '\''], "'");
    texte.replace(['\u{a0}', '\u{202f}'], " ")
}

/// The elements of a message with their attributes; of a link to the site, the site alone: what
/// follows differs from one message to the next.
fn elements(lu: &Value) -> Value {
    let mut elements = lu["elements"].clone();
    for element in elements.as_array_mut().unwrap() {
        for attribut in element[1].as_array_mut().unwrap() {
            if attribut[1]
                .as_str()
                .is_some_and(|v| v.starts_with(&format!("{SITE}/")))
            {
                attribut[1] = json!(SITE);
            }
        }
    }
    elements
}

/// Read by another reader, each message has the elements of the first one, which is harmless, and
/// says its name as it was typed, in both parts.
pub fn inertes(cas: &[Cas]) {
    let html: Vec<&str> = cas.iter().map(|c| c.html.as_str()).collect();
    let lus = lit("lit_html.py", &json!(html).to_string());
    let lus: &Vec<Value> = lus.as_array().unwrap();
    let temoin = &elements(&lus[0]);
    assert!(temoin.as_array().unwrap().len() > 10, "{temoin}");
    assert!(cas.len() > 60, "{}", cas.len());
    for (cas, lu) in cas.iter().zip(lus) {
        assert_eq!(&elements(lu), temoin, "{}", cas.nom);
        for part in [lu["texte"].as_str().unwrap(), &cas.texte] {
            let fois = nu(part).matches(&nu(&cas.nom)).count();
            assert!(fois >= cas.fois, "{} {fois}\n{part}", cas.nom);
        }
    }
}

/// Takes the only message of the outbox, which says a name so many times.
async fn prend(base: &Base, nom: &str, fois: usize) -> Cas {
    let sql = "delete from courriels returning texte, html";
    let lus = base.ecrire(move |conn| {
        Box::pin(async move {
            let Conn::Lite(conn) = conn else {
                panic!("another engine")
            };
            Ok(sqlx::query_as(sql).fetch_all(conn).await?)
        })
    });
    let lus: Vec<(String, String)> = lus.await.unwrap();
    let [(texte, html)] = <[_; 1]>::try_from(lus).unwrap();
    Cas {
        texte,
        html,
        nom: nom.to_owned(),
        fois,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_people_organisations_and_scopes_stays_text_in_messages_that_bear_a_link() {
    let fichier = crate::bases::dossier("balisage").join("entente.db");
    let base = Base::ouvrir(&Adresse::Fichier(fichier)).await.unwrap();
    let comptes = Comptes::nouveaux(base.clone(), souple());
    let comptes = comptes.sur(SITE).avec_courriels(SITE).unwrap();
    let (mut invitations, mut oublis) = (Vec::new(), Vec::new());
    let noms = std::iter::once("Léa".to_owned()).chain(charges());
    for (n, nom) in noms.enumerate() {
        // given an organisation and its administrator, named so
        let quand = comptes::matin() + comptes::minutes(n.try_into().unwrap());
        let adresse = IpAddr::V4(Ipv4Addr::new(192, 0, 2, n.try_into().unwrap()));
        let organisation = Organisation {
            id: format!("o{n}"),
            nom: nom.clone(),
            ej: None,
            siren: Some("732829320".to_owned()),
            ..rives_claires()
        };
        let (id, courriel) = (format!("p{n}"), format!("p{n}@exemple.example"));
        let neuve = NouvellePersonne {
            id: Some(&id),
            nom: &nom,
            courriel: &courriel,
            mot_de_passe: Some(BON),
        };
        let droit = |fonction, portee| Droit {
            organisation: organisation.clone(),
            fonction,
            portee,
            du: None,
            au: None,
        };
        let par = Auteur::Programme;
        let administre = droit(Fonction::Administration, Portee::Tout);
        let cree = comptes.creer_organisation(par, &organisation, quand);
        cree.await.unwrap();
        comptes.creer_personne(par, &neuve, quand).await.unwrap();
        comptes
            .accorder(par, &id, &administre, quand)
            .await
            .unwrap();
        let mut demande = comptes::demande(&courriel, BON);
        demande.adresse = adresse;
        let (_, admin) = comptes.connecter(&demande, quand).await.unwrap();
        // when they invite someone to a service named so, and forget their password
        let invite = droit(Fonction::Lecture, Portee::Service(nom.clone()));
        let autre = format!("i{n}@exemple.example");
        let par = Auteur::Personne(&admin);
        comptes.inviter(par, &autre, &invite, quand).await.unwrap();
        invitations.push(prend(&base, &nom, 3).await);
        comptes.oublier(&courriel, adresse, quand).await.unwrap();
        oublis.push(prend(&base, &nom, 1).await);
    }
    // then neither message holds markup of theirs
    inertes(&invitations);
    inertes(&oublis);
}

#[test]
fn markup_in_ranks_stays_text_in_messages_that_await_a_visa() {
    // given a managing body whose ranks are named so, one after the other
    let mut ici = visas::Ici::au(false, visas::DIAGNOSTIC);
    let comptes = ici.salle.comptes().clone().sur(SITE);
    ici.salle.gens.comptes = comptes.avec_courriels(SITE).unwrap();
    ici.sert();
    let mut cas = Vec::new();
    let noms = std::iter::once("Direction".to_owned()).chain(charges());
    for (n, nom) in noms.enumerate() {
        let mut circuit = visas::circuit(Role::Contribution);
        nom.clone_into(&mut circuit.rangs[0].titre);
        ici = ici.avec(&circuit);
        // when something is prepared, then who is awaited is told
        let lue = ici.ecrit("cadre", (&format!("t{n}"), visas::SESSAD, "Un texte."));
        visas::prepare(&lue);
        cas.push(runtime().block_on(prend(&ici.salle.base, &nom, 1)));
    }
    inertes(&cas);
}
