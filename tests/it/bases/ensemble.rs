//! Acts that wait together share a transaction, and nothing else: what one does wrong takes
//! nothing of the others.

use super::{lite, postgres};
use chrono::{DateTime, Utc};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::{Echec, Entente, Ordre, Recu};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::{Competence, Element};
use entente::workflow::definition::model::Role;
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::collections::BTreeMap;

const CONTRATS: [&str; 3] = ["a", "b", "c"];

fn matin() -> DateTime<Utc> {
    "2024-01-15T09:00:00Z".parse().unwrap()
}

fn ouvre() -> Ordre {
    let workflow = "cpom-ph".to_owned();
    Ordre::Ouvrir { workflow }
}

fn entre(id: &str, nom: &str) -> Ordre {
    Ordre::Agir(Commande {
        flux: RACINE.to_owned(),
        demande: Demande::Ecriture {
            acteur: acteur("ars", "karim", Role::Validation),
            id: id.to_owned(),
            ecriture: Ecriture::Entrer {
                cle: format!("E-{id}"),
                element: Element::esms(nom, Competence::Ars),
                effet: None,
            },
        },
    })
}

/// Asks all of it at once. Answers the issues, in order.
async fn ensemble(entente: &Entente, demandes: Vec<(&str, Ordre)>) -> Vec<Result<Recu, Echec>> {
    let lancees = demandes.into_iter().map(|(contrat, ordre)| {
        let (entente, contrat) = (entente.clone(), contrat.to_owned());
        tokio::spawn(async move { entente.executer(&contrat, ordre, matin()).await })
    });
    let mut issues = Vec::new();
    for lancee in lancees.collect::<Vec<_>>() {
        issues.push(lancee.await.unwrap());
    }
    issues
}

/// The database now refuses any line that says « REJET ».
async fn rejette_lite(fichier: &std::path::Path) {
    let url = format!("sqlite:{}", fichier.display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let sql = "create trigger rejet before insert on journal when new.charge like '%REJET%' \
               begin select raise(abort, 'rejet'); end";
    sqlx::query(sql).execute(&mut conn).await.unwrap();
}

async fn rejette_pg(url: &str) {
    let mut conn = PgConnection::connect(url).await.unwrap();
    for sql in [
        "create function rejet() returns trigger language plpgsql as $$ begin \
         if new.charge like '%REJET%' then raise exception 'rejet'; end if; return new; end $$",
        "create trigger rejet before insert on journal for each row execute function rejet()",
    ] {
        sqlx::query(sql).execute(&mut conn).await.unwrap();
    }
}

/// What is asked, contract by contract: good, sent twice, an id used twice, refused by the
/// database, of a contract that is not there.
fn demandes() -> Vec<(&'static str, Ordre)> {
    let mut demandes = Vec::new();
    for n in 0..60 {
        let contrat = CONTRATS[n % 3];
        let nom = if n % 10 == 7 { "REJET" } else { "SESSAD" };
        demandes.push((contrat, entre(&format!("d{n}"), nom)));
        match n % 6 {
            0 => demandes.push((contrat, entre(&format!("d{n}"), nom))),
            1 => demandes.push((contrat, entre(&format!("d{n}"), "Autre"))),
            2 => demandes.push(("ailleurs", entre(&format!("d{n}"), nom))),
            _ => {}
        }
    }
    demandes
}

async fn chacune_pour_soi(entente: &Entente) {
    let demandes = demandes();
    let issues = ensemble(entente, demandes.clone()).await;
    // then each has the answer it would have alone
    let mut faites: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for ((contrat, ordre), issue) in demandes.iter().zip(issues) {
        let Ordre::Agir(commande) = ordre else {
            panic!("{ordre:?}")
        };
        let id = commande.id().unwrap().to_owned();
        let rejet = format!("{ordre:?}").contains("REJET");
        match issue {
            Ok(recu) => {
                assert!(!rejet, "{id}");
                *faites.entry((contrat, id)).or_default() += usize::from(!recu.deja);
            }
            Err(Echec::Base(erreur)) => {
                assert!(rejet, "{id} : {erreur}");
                assert!(erreur.to_string().contains("rejet"), "{erreur}");
            }
            Err(Echec::Inconnu(_)) => assert_eq!(*contrat, "ailleurs"),
            // Of two requests of one id, the first to come is done.
            Err(Echec::AutreContenu(autre)) => assert_eq!(autre, id),
            Err(autre) => panic!("{id} : {autre}"),
        }
    }
    // and what is kept is what was answered, once each
    let mut ecrites = 0;
    for contrat in CONTRATS {
        let lignes = entente.journal(contrat).await.unwrap().unwrap();
        let dites = lignes.iter().map(|l| l.ligne().unwrap());
        let dites = dites.filter_map(|l| l.evenement.demande().map(str::to_owned));
        for id in dites {
            assert_eq!(faites.get(&(contrat, id.clone())), Some(&1), "{id}");
            ecrites += 1;
        }
    }
    assert_eq!(faites.len(), ecrites);
    assert!(ecrites >= 48, "{ecrites}");
    assert_eq!(entente.verifier(None).await.unwrap().broken, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_that_the_database_refuses_takes_nothing_of_the_others() {
    let (sur_lite, fichier) = lite().await;
    let (sur_pg, url) = postgres().await;
    for entente in [&sur_lite, &sur_pg] {
        // given three contracts, opened twice at once each: the second opening is refused
        let ouvertures = CONTRATS.iter().chain(&CONTRATS).map(|c| (*c, ouvre()));
        let issues = ensemble(entente, ouvertures.collect()).await;
        assert_eq!(issues.iter().filter(|issue| issue.is_ok()).count(), 3);
    }
    rejette_lite(&fichier).await;
    rejette_pg(&url).await;
    for entente in [sur_lite, sur_pg] {
        chacune_pour_soi(&entente).await;
        entente.fermer().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn acts_that_wait_share_their_commits() {
    let (entente, url) = postgres().await;
    // given contracts
    let ouvertures = CONTRATS.iter().map(|c| (*c, ouvre())).collect();
    for issue in ensemble(&entente, ouvertures).await {
        issue.unwrap();
    }
    // when many requests are there at once
    let demandes = (0..120).map(|n| (CONTRATS[n % 3], entre(&format!("d{n}"), "SESSAD")));
    for issue in ensemble(&entente, demandes.collect()).await {
        issue.unwrap();
    }
    // then far fewer transactions wrote them
    let mut conn = PgConnection::connect(&url).await.unwrap();
    let sql = "select count(distinct xmin::text) from journal";
    let (transactions,): (i64,) = sqlx::query_as(sql).fetch_one(&mut conn).await.unwrap();
    assert!(transactions < 60, "{transactions}");
    entente.fermer().await;
}
