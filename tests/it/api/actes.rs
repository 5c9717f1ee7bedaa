//! Acts: the same lines as through pages, once, and only those that one may do.

use super::{CONTRAT, ICI, Salle};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use entente::metier::contrat::dossier::Ecriture;
use form_urlencoded::Serializer;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const JOUR: &str = "2024-09-12";
const GENS: [&str; 3] = ["claire", "karim", "sophie"];

/// The acts that someone may do now, with nothing missing.
fn faisables(salle: &Salle, qui: &str) -> Vec<Value> {
    let actes = salle.lit(qui, &format!("{ICI}/actes")).json();
    let actes = actes["elements"].as_array().unwrap().clone();
    let faire = |a: &Value| a["gestes"].as_array().unwrap().contains(&json!("faire"));
    actes
        .into_iter()
        .filter(|a| a["permis"] == true && faire(a))
        .collect()
}

/// A value for a schema, for a program and as a person types it.
fn valeur(schema: &Value) -> (Value, String) {
    if let Some(choix) = schema["enum"].as_array() {
        let dite = choix[0]
            .as_str()
            .map_or(choix[0].to_string(), str::to_owned);
        return (choix[0].clone(), dite);
    }
    let centiemes = schema["description"].is_string();
    match schema["type"].as_str().unwrap() {
        "array" => {
            let (un, dite) = valeur(&schema["items"]);
            (json!([un]), dite)
        }
        "integer" if centiemes => (json!(123_456), "1 234,56".to_owned()),
        "integer" => (json!(12), "12".to_owned()),
        "boolean" => (json!(true), "oui".to_owned()),
        _ if schema["format"] == "date" => (json!(JOUR), "12/09/2024".to_owned()),
        _ => (json!("Texte d'essai"), "Texte d'essai".to_owned()),
    }
}

/// What a program sends for an act, and what its form sends.
fn demandes(acte: &Value, id: &str) -> (Value, String) {
    let mut saisies = Map::new();
    let mut forme = Serializer::new(String::new());
    for (nom, schema) in acte["saisies"]["properties"].as_object().unwrap() {
        let (lue, tapee) = valeur(schema);
        saisies.insert(nom.clone(), lue);
        forme.append_pair(&format!("saisie.{nom}"), &tapee);
    }
    for nom in ["flux", "lieu", "acte", "empreinte"] {
        forme.append_pair(nom, acte[nom].as_str().unwrap_or_default());
    }
    forme.append_pair("geste", "faire").append_pair("id", id);
    let corps = json!({
        "geste": "faire",
        "flux": acte["flux"],
        "lieu": acte["lieu"],
        "acte": acte["acte"],
        "empreinte": acte["empreinte"],
        "saisies": saisies,
    });
    (corps, forme.finish())
}

fn par_la_page(salle: &Salle, qui: &str, forme: String) -> StatusCode {
    let requete = Request::post(format!("/contrats/{CONTRAT}/acte"))
        .header(header::COOKIE, salle.gens.cookie(qui))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    salle.demande(requete.body(Body::from(forme)).unwrap()).code
}

fn journal(salle: &Salle) -> Vec<(u64, String)> {
    let lues = salle.runtime.block_on(salle.entente.journal(CONTRAT));
    let lues = lues.unwrap().unwrap();
    lues.iter()
        .map(|l| (l.ordre, l.empreinte.to_string()))
        .collect()
}

#[test]
fn an_act_through_a_page_and_through_the_interface_writes_the_same_lines() {
    // given the same story on both databases
    let [lite, pg] = Salle::partout(JOUR);
    assert_eq!(journal(&lite), journal(&pg));
    let mut faits = BTreeSet::new();
    let mut refuses = 0;
    for tour in 0..6 {
        for qui in GENS {
            let neuf = |a: &Value| !faits.contains(&format!("{qui} {} {}", a["lieu"], a["acte"]));
            let Some(acte) = faisables(&lite, qui).into_iter().find(neuf) else {
                continue;
            };
            faits.insert(format!("{qui} {} {}", acte["lieu"], acte["acte"]));
            // when an act is done on one by its form, and on the other by a program
            let (corps, forme) = demandes(&acte, &format!("{qui}-{tour}"));
            let (page, programme) = if tour % 2 == 0 {
                (&lite, &pg)
            } else {
                (&pg, &lite)
            };
            let avant = journal(page).len();
            let vue = par_la_page(page, qui, forme);
            let fait = programme.agit(qui, &format!("{qui}-{tour}"), &corps);
            // then both are done, or refused, and the chains have one head
            assert_eq!(journal(page), journal(programme), "{acte} {}", fait.texte);
            if vue == StatusCode::SEE_OTHER {
                assert_eq!(fait.code, StatusCode::OK, "{}", fait.texte);
                let fait = fait.json();
                assert_eq!(fait["premiere"], avant + 1);
                assert_eq!(fait["derniere"], journal(page).len());
                assert_eq!(fait["lignes"][0]["demande"], format!("{qui}-{tour}"));
            } else {
                assert_eq!(vue, fait.code, "{}", fait.texte);
                refuses += 1;
            }
        }
    }
    assert!(
        faits.len() - refuses >= 6,
        "{refuses} refused of {faits:#?}"
    );
}

#[test]
fn the_same_key_and_content_are_answered_alike_and_written_once() {
    for salle in Salle::partout(JOUR) {
        // given an act that was done
        let qui = GENS
            .into_iter()
            .find(|qui| !faisables(&salle, qui).is_empty());
        let qui = qui.unwrap();
        let acte = faisables(&salle, qui).remove(0);
        let (corps, _) = demandes(&acte, "k");
        let premiere = salle.agit(qui, "k", &corps);
        assert_eq!(premiere.code, StatusCode::OK, "{}", premiere.texte);
        let lignes = salle.lignes();
        // when it is asked again, then the answer is the same, and nothing is written
        let encore = salle.agit(qui, "k", &corps);
        assert_eq!(encore.code, StatusCode::OK, "{}", encore.texte);
        assert_eq!(encore.texte, premiere.texte);
        // when the key hides another request, then it is refused
        let mut autre = corps.clone();
        autre["geste"] = json!("retirer");
        autre
            .as_object_mut()
            .unwrap()
            .retain(|nom, _| nom != "saisies" && nom != "empreinte");
        let refusee = salle.agit(qui, "k", &autre);
        assert_eq!(
            refusee.code,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            refusee.texte
        );
        assert_eq!(refusee.json()["code"], "autre_contenu");
        assert_eq!(salle.lignes(), lignes);
    }
}

/// Whether an act is about an item.
fn est_de(acte: &Value, cle: &str) -> bool {
    let lieu = acte["lieu"].as_str().unwrap();
    lieu.contains(&format!("[{cle}]"))
}

#[test]
fn what_was_shown_and_has_changed_is_refused_with_what_it_is_now() {
    let salle = Salle::lite(JOUR);
    let lie = GENS.into_iter().find_map(|qui| {
        let actes = faisables(&salle, qui).into_iter();
        let lie = |a: &Value| a["empreinte"].is_string() && est_de(a, "OS-1");
        Some((qui, { actes }.find(lie)?))
    });
    let (qui, acte) = lie.expect("someone is asked to agree");
    let (corps, _) = demandes(&acte, "k");
    // given that its text is then written again
    salle.ecrit(Ecriture::Modifier {
        objet: "objectif".to_owned(),
        element: Some("OS-1".to_owned()),
        texte: "Fiche OS-1, version 3.".to_owned(),
    });
    let lignes = salle.lignes();
    // when what was shown before is answered, then it is refused, and told what it is now
    let refusee = salle.agit(qui, "k", &corps);
    assert_eq!(refusee.code, StatusCode::CONFLICT, "{}", refusee.texte);
    let probleme = refusee.json();
    assert_eq!(probleme["code"], "stale");
    assert_ne!(probleme["empreinte"], acte["empreinte"]);
    let actuel = faisables(&salle, qui).into_iter();
    let actuel = { actuel }.find(|a| a["lieu"] == acte["lieu"] && a["acte"] == acte["acte"]);
    assert_eq!(probleme["empreinte"], actuel.unwrap()["empreinte"]);
    assert_eq!(salle.lignes(), lignes);
}

#[test]
fn nothing_but_what_an_act_asks_is_taken() {
    let salle = Salle::lite(JOUR);
    let lignes = salle.lignes();
    let qui = GENS
        .into_iter()
        .find(|qui| !faisables(&salle, qui).is_empty());
    let qui = qui.unwrap();
    let acte = faisables(&salle, qui).remove(0);
    let (corps, _) = demandes(&acte, "k");
    // when who acts, for whom, or another field is sent, then it is refused
    for nom in [
        "partie", "personne", "role", "actor", "id", "motif", "effet",
    ] {
        let mut plus = corps.clone();
        plus[nom] = json!("ars");
        let refusee = salle.agit(qui, "k", &plus);
        assert_eq!(
            refusee.code,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{nom} {}",
            refusee.texte
        );
        assert!(
            refusee.json()["detail"].as_str().unwrap().contains(nom),
            "{}",
            refusee.texte
        );
    }
    // and so is an input that the act does not ask, told by its place
    let mut plus = corps;
    plus["saisies"]["inconnue/ici"] = json!(1);
    let refusee = salle.agit(qui, "k", &plus);
    assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        refusee.json()["erreurs"][0]["pointeur"],
        "/saisies/inconnue~1ici"
    );
    assert_eq!(salle.lignes(), lignes);
}

#[test]
fn an_act_of_another_party_is_not_ones_to_do() {
    let salle = Salle::lite(JOUR);
    let lignes = salle.lignes();
    let cle = |a: &Value| format!("{} {} {}", a["flux"], a["lieu"], a["acte"]);
    let mut essais = 0;
    for qui in GENS {
        let siens: BTreeSet<String> = faisables(&salle, qui).iter().map(cle).collect();
        let autres = GENS.into_iter().flat_map(|autre| faisables(&salle, autre));
        for acte in autres.filter(|a| !siens.contains(&cle(a))) {
            let refusee = salle.agit(qui, "k", &demandes(&acte, "k").0);
            assert_eq!(
                refusee.code,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{}",
                refusee.texte
            );
            essais += 1;
        }
    }
    assert!(essais > 0);
    assert_eq!(salle.lignes(), lignes);
}

#[test]
fn whoever_agreed_last_may_ask_again_once_the_act_is_closed() {
    // given an act that every party agrees on, with something typed by the first
    let salle = Salle::lite(JOUR);
    let commun = |a: &Value| {
        let saisi = !a["saisies"]["required"].as_array().unwrap().is_empty();
        let ouvert = |autre: &str| {
            let siens = faisables(&salle, autre);
            siens
                .iter()
                .any(|s| s["lieu"] == a["lieu"] && s["acte"] == a["acte"])
        };
        saisi && GENS.into_iter().all(ouvert)
    };
    let acte = faisables(&salle, GENS[0]).into_iter().find(commun);
    let acte = acte.expect("an act of all");
    for qui in GENS {
        // when each agrees, to what the first typed
        let siens = faisables(&salle, qui).into_iter();
        let sien = { siens }.find(|s| s["lieu"] == acte["lieu"] && s["acte"] == acte["acte"]);
        let (corps, _) = demandes(&sien.unwrap(), qui);
        let fait = salle.agit(qui, qui, &corps);
        assert_eq!(fait.code, StatusCode::OK, "{}", fait.texte);
        // then whoever did not get the answer gets it by asking again
        let lignes = salle.lignes();
        let encore = salle.agit(qui, qui, &corps);
        assert_eq!(encore.texte, fait.texte);
        assert_eq!(salle.lignes(), lignes);
    }
}
