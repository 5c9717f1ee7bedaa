//! What nobody should ask: each gets one sentence, nothing is written, the program goes on.

use super::noeuds::{entre, matin, ouvre};
use super::programme::Programme;
use super::scenario::{Reponse, ligne};
use crate::bases::{atelier, dossier, grappe};
use chrono::{DateTime, Duration, Utc};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::regles::value::Value;
use entente::store::Base;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::digest::Digest;
use entente::workflow::machine::{Command, Spot};

fn acte(partie: &str, lieu: &str, acte: &str, shown: Option<Digest>) -> Ordre {
    Ordre::Agir(Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Acte(Command::Act {
            actor: acteur(partie, "p", Role::Signature),
            spot: Spot::new(lieu),
            act: acte.to_owned(),
            inputs: [
                ("lettre".to_owned(), Value::Text("lettre".to_owned())),
                ("calendrier".to_owned(), Value::Text("c".to_owned())),
            ]
            .into(),
            shown,
            id: "essai".to_owned(),
        }),
    })
}

fn ecrit(id: &str, partie: &str, texte: &str) -> Ordre {
    Ordre::Agir(Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Ecriture {
            acteur: acteur(partie, "p", Role::Signature),
            id: id.to_owned(),
            ecriture: Ecriture::Declarer {
                fait: "contrat.parties_sans_referent".to_owned(),
                element: None,
                valeur: Value::Integer(0),
                preuve: texte.to_owned(),
            },
        },
    })
}

fn ailleurs(mut ordre: Ordre) -> Ordre {
    if let Ordre::Agir(commande) = &mut ordre {
        "cpom/nulle-part".clone_into(&mut commande.flux);
    }
    ordre
}

/// Lines that are not requests.
fn illisibles() -> Vec<Vec<u8>> {
    let demande = ligne("c", &entre("Z"), matin());
    let textes = [
        "",
        "bonjour",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"contrat":"c"}"#,
        r#"{"contrat":1,"avancer":null}"#,
        r#"{"contrat":"c","instant":"hier","avancer":null}"#,
        r#"{"contrat":"c","effacer":{}}"#,
        r#"{"contrat":"c","avancer":null,"de_plus":1}"#,
        r#"{"contrat":"c","avancer":null,"ouvrir":{"workflow":"cpom-ph"}}"#,
        r#"{"contrat":"c","contrat":"d","avancer":null}"#,
        &demande.replace("\"entrer\"", "\"detruire\""),
        &demande.replace("\"validation\"", "\"roi\""),
        &demande[..demande.len() / 2],
        &format!("{demande}{demande}"),
        &"[".repeat(50_000),
    ];
    let mut lignes: Vec<Vec<u8>> = textes.iter().map(|t| t.as_bytes().to_vec()).collect();
    lignes.push(b"\0\0\0".to_vec());
    lignes.push(b"\xff\xfe{\"contrat\":\"c\",\"avancer\":null}".to_vec());
    lignes.push(vec![b' '; 2 << 20]);
    let mut longue = demande.into_bytes();
    longue.extend(vec![b' '; 2 << 20]);
    lignes.push(longue);
    lignes
}

/// Requests that are refused, and the code of the refusal.
fn refusees() -> Vec<(String, &'static str)> {
    let long = "x".repeat(3_000);
    let tard = matin() + Duration::hours(1);
    let an = |annee: i32| -> DateTime<Utc> { format!("{annee}-01-01T00:00:00Z").parse().unwrap() };
    let c = |ordre: Ordre, code| (ligne("c", &ordre, tard), code);
    let lance = |partie: &str| acte(partie, "programme", "lancer", None);
    let signe = acte("ars", "a_signer", "signer", Some(Digest::of(b"ancien")));
    let systeme = |command| {
        Ordre::Agir(Commande {
            flux: RACINE.to_owned(),
            demande: Demande::Acte(command),
        })
    };
    let inconnu = Ordre::Ouvrir {
        workflow: "rien".to_owned(),
    };
    vec![
        c(ouvre(), "flux"),
        (ligne("d", &inconnu, tard), "flux"),
        (ligne("d", &Ordre::Avancer, tard), "inconnu"),
        (ligne("d", &entre("A"), tard), "inconnu"),
        (ligne("", &ouvre(), tard), "irrecevable"),
        (ligne(&long, &ouvre(), tard), "irrecevable"),
        (ligne("a\0b", &ouvre(), tard), "irrecevable"),
        (ligne("c", &Ordre::Avancer, an(1_200)), "irrecevable"),
        (ligne("c", &Ordre::Avancer, an(9_000)), "irrecevable"),
        (
            ligne("c", &entre("A"), matin() - Duration::days(1)),
            "horloge",
        ),
        (
            ligne("c", &Ordre::Avancer, matin() - Duration::days(1)),
            "horloge",
        ),
        c(entre(&long), "irrecevable"),
        c(ecrit(&long, "ars", "preuve"), "irrecevable"),
        c(ecrit("", "ars", "preuve"), "irrecevable"),
        c(ecrit("nul", "ars", "a\0b"), "irrecevable"),
        c(ecrit("nul", "a\0b", "preuve"), "irrecevable"),
        c(ecrit("personne", "inconnue", "preuve"), "droit"),
        c(ecrit("vide", "ars", ""), "vide"),
        c(ailleurs(ecrit("flux", "ars", "preuve")), "flux"),
        c(acte("ars", "programme", "danser", None), ""),
        c(acte("ars", "nulle/part", "lancer", None), ""),
        c(acte("ars", "[[[", "lancer", None), ""),
        c(lance("gestionnaire"), ""),
        c(lance("inconnue"), ""),
        c(lance("ars"), ""),
        c(signe, ""),
        c(acte("ars", "cloture", "lancer", None), ""),
        c(systeme(Command::Tick), ""),
        c(systeme(Command::WorldChanged), ""),
        c(systeme(Command::ParentEnded), ""),
        c(systeme(Command::Open { effective: None }), ""),
    ]
}

fn refuse(adresse: &str) -> Programme {
    // given a contract that has begun
    let mut programme = Programme::agir(adresse, None);
    for (ordre, minute) in [(ouvre(), 0), (entre("E1"), 1)] {
        let demande = ligne("c", &ordre, matin() + Duration::minutes(minute));
        let reponse = programme.demande(&demande).unwrap();
        assert!(reponse.contains("\"lignes\""), "{reponse}");
    }
    let illisibles = illisibles().into_iter().map(|l| (l, "illisible"));
    let refusees = refusees()
        .into_iter()
        .map(|(l, code)| (l.into_bytes(), code));
    for (demande, attendu) in illisibles.chain(refusees) {
        // when something wrong is asked
        let dite = String::from_utf8_lossy(&demande[..demande.len().min(300)]).into_owned();
        assert!(programme.envoie(&demande));
        let reponse = programme
            .reponse()
            .unwrap_or_else(|| panic!("mort : {dite}"));
        // then one sentence says what
        let Reponse::Refus { code, phrase } = Reponse::lue(&reponse) else {
            panic!("{dite} : {reponse}");
        };
        assert!(attendu.is_empty() || code == attendu, "{dite} : {reponse}");
        assert!(
            !code.is_empty() && phrase.ends_with('.'),
            "{dite} : {reponse}"
        );
        assert!(
            code != "indisponible" && code != "journal",
            "{dite} : {reponse}"
        );
        assert!(phrase.len() < 2_000, "{dite} : {} octets", phrase.len());
    }
    programme
}

async fn rien_n_est_ecrit(adresse: String) {
    let mut programme = refuse(&adresse);
    let base = Base::ouvrir(&adresse.parse().unwrap()).await.unwrap();
    let entente = Entente::nouvelle(base, atelier());
    let lignes = entente.journal("c").await.unwrap().unwrap();
    assert_eq!(lignes.iter().filter(|l| l.genre != "machine").count(), 1);
    assert!(entente.journal("d").await.unwrap().is_none());
    assert!(entente.journal("").await.unwrap().is_none());
    let avant = lignes.len();
    // and the same request again has its answer, another under its id has not
    let tard = matin() + Duration::hours(2);
    let encore = programme.demande(&ligne("c", &entre("E1"), tard)).unwrap();
    assert!(encore.contains("\"deja\":true"), "{encore}");
    let Ordre::Agir(mut autre) = entre("E1") else {
        panic!();
    };
    "cpom/autre".clone_into(&mut autre.flux);
    let autre = programme.demande(&ligne("c", &Ordre::Agir(autre), tard));
    assert!(autre.unwrap().contains("autre_contenu"));
    assert_eq!(entente.journal("c").await.unwrap().unwrap().len(), avant);
    // and the program still works
    let fait = programme.demande(&ligne("c", &entre("E2"), tard)).unwrap();
    assert!(
        matches!(Reponse::lue(&fait), Reponse::Fait { .. }),
        "{fait}"
    );
    assert_eq!(entente.verifier(None).await.unwrap().broken, []);
    assert_eq!(programme.finit().code(), Some(1));
    entente.fermer().await;
}

#[tokio::test]
async fn bad_input_gets_a_sentence_on_sqlite() {
    let fichier = dossier("porte").join("entente.db");
    rien_n_est_ecrit(format!("sqlite:{}", fichier.display())).await;
}

#[tokio::test]
async fn bad_input_gets_a_sentence_on_postgres() {
    rien_n_est_ecrit(grappe::nouvelle().await).await;
}

#[tokio::test]
async fn a_clock_a_little_late_is_not_refused() {
    // given a last line
    let (entente, _) = crate::bases::lite().await;
    entente.executer("c", ouvre(), matin()).await.unwrap();
    let entree = entente.executer("c", entre("A"), matin()).await.unwrap();
    // when another comes from a node ten seconds behind, and one from the day before
    let peu = entente.executer("c", entre("B"), matin() - Duration::seconds(10));
    let recu = peu.await.unwrap();
    let loin = entente.executer("c", entre("C"), matin() - Duration::seconds(40));
    let refus = loin.await.unwrap_err();
    // then the first is of the same moment, the second refused
    assert_eq!(recu.premiere, entree.derniere + 1);
    let instants = recu.lignes.iter().map(|l| l.evenement.enregistre());
    assert!(instants.into_iter().all(|instant| instant == matin()));
    assert_eq!(refus.code(), "horloge");
    entente.fermer().await;
}
