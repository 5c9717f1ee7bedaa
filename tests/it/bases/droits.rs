//! How PostgreSQL is reached: over TLS elsewhere than here, by an account that changes no table.

use super::{atelier, grappe};
use entente::app::execute::{Entente, Ordre};
use entente::store::{Adresse, Base};

#[test]
fn a_database_of_another_machine_is_reached_over_tls_or_as_a_written_exception() {
    let lue = |texte: &str| texte.parse::<Adresse>();
    for bonne in [
        "postgres://e@localhost/e",
        "postgres://e@127.0.0.1:5433/e",
        "postgres://e@[::1]/e",
        "postgres://e@localhost/e?host=/run/postgresql",
        "postgres://e@base.example/e?sslmode=verify-full",
        "postgresql://e@base.example/e?sslmode=verify-full&sslrootcert=/etc/ca.pem",
    ] {
        assert_eq!(
            lue(bonne),
            Ok(Adresse::Postgres(bonne.to_owned())),
            "{bonne}"
        );
    }
    for mauvaise in [
        "postgres://e@base.example/e",
        "postgres://e@10.0.0.1/e",
        "postgres://e@base.example/e?sslmode=require",
        "postgres://e@base.example/e?sslmode=verify-ca",
        "postgres://e@base.example/e?sslmode=disable",
        "postgres://e@base.example/e?exception_tls=",
        "postgres://e@localhost.example/e",
    ] {
        let phrase = lue(mauvaise).unwrap_err();
        assert!(
            phrase.contains("sslmode=verify-full"),
            "{mauvaise} {phrase}"
        );
    }
    // the exception is for us: the server is not told of it
    let exception = "postgres://e@base.example/e?exception_tls=tunnel&sslmode=disable";
    let sans = "postgres://e@base.example/e?sslmode=disable".to_owned();
    assert_eq!(lue(exception), Ok(Adresse::Postgres(sans)));
    let seule = "postgres://e@base.example/e?exception_tls=tunnel";
    let sans = "postgres://e@base.example/e".to_owned();
    assert_eq!(lue(seule), Ok(Adresse::Postgres(sans)));
}

/// The statements of the guide.
fn du_guide() -> String {
    let guide = include_str!("../../../docs/exploitation.md");
    let (_, sql) = guide.split_once("```sql\n").unwrap();
    sql.split_once("```").unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_of_the_guide_serves_and_may_change_no_table() {
    // given a database whose tables another account made, and what the guide grants
    let url = grappe::nouvelle().await;
    let maitre = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    maitre.fermer().await;
    let nom = url.rsplit('/').nth_back(0).unwrap();
    let nom = url.split("localhost/").nth(1).unwrap_or(nom);
    let nom = nom.split('?').next().unwrap().to_owned();
    let role = format!("entente_{nom}");
    let sql = du_guide()
        .replace("database entente", &format!("database {nom}"))
        .replace("role entente ", &format!("role {role} "))
        .replace("to entente;", &format!("to {role};"));
    let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(&url)
        .await
        .unwrap();
    let sql = sqlx::AssertSqlSafe(sql);
    sqlx::raw_sql(sql).execute(&mut conn).await.unwrap();
    // when the program serves with that account, then it opens, writes and reads
    let sienne = url.replace("postgres@localhost", &format!("{role}@localhost"));
    let base = Base::ouvrir(&sienne.parse().unwrap()).await.unwrap();
    let entente = Entente::nouvelle(base, atelier());
    let ouvre = Ordre::Ouvrir {
        workflow: "cpom-ph".to_owned(),
    };
    let quand = "2026-03-02T08:00:00Z".parse().unwrap();
    entente.executer("c", ouvre, quand).await.unwrap();
    assert!(entente.lire("c").await.unwrap().is_some());
    // and it makes, changes and drops nothing, nor takes a line of the journal back
    let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(&sienne)
        .await
        .unwrap();
    for sql in [
        "create table a (b text)",
        "alter table journal add column a text",
        "drop table journal",
        "drop trigger if exists journal_gardes on journal; truncate journal",
        "create role a",
        "update journal set empreinte = ''",
        "delete from journal",
    ] {
        let fait = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut conn)
            .await;
        assert!(fait.is_err(), "{sql}");
    }
    entente.fermer().await;
}
