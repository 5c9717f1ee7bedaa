//! The pages of whoever administers an organisation, on both databases.

use super::salle::{Navigateur, SITE, Salle};
use super::{BON, Ici, KARIM, LEA, ars, droit, matin, partout, rives_claires, souple};
use crate::courriels::puits::Puits;
use axum::http::StatusCode;
use entente::app::comptes::{Auteur, Droit, Fonction, Genre, NouvellePersonne, Portee};
use entente::app::courriels::{Courrier, Facteur};

const ICI: &str = "/administration/rives-claires";
const JEAN: &str = "j.petit@rives-claires.example";

/// Someone who reads at Les Rives Claires.
async fn jean(ici: &Ici) {
    let jean = NouvellePersonne {
        id: Some("jean"),
        nom: "Jean Petit",
        courriel: JEAN,
        mot_de_passe: Some(BON),
    };
    let par = Auteur::Programme;
    ici.comptes
        .creer_personne(par, &jean, matin())
        .await
        .unwrap();
    donne(ici, "jean", Fonction::Lecture).await;
}

async fn donne(ici: &Ici, personne: &str, fonction: Fonction) -> String {
    let par = Auteur::Programme;
    let droit = droit(&rives_claires(), fonction);
    let donne = ici.comptes.accorder(par, personne, &droit, matin()).await;
    donne.unwrap()
}

fn fonction<'a>(fonction: &'a str, portee: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("fonction", fonction),
        ("portee", portee),
        ("esms", ""),
        ("du", ""),
        ("au", ""),
    ]
}

fn invitation<'a>(id: &'a str, courriel: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut envoi = fonction("contribution", "tout");
    envoi.extend([("id", id), ("courriel", courriel)]);
    envoi
}

async fn mots(ici: &Ici, personne: &str) -> Vec<String> {
    let droits = ici.comptes.droits(personne).await.unwrap();
    let dit = |d: &entente::app::comptes::DroitVue| {
        format!("{} {}", d.droit.fonction.mot(), d.droit.portee.texte())
    };
    droits.iter().map(dit).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_administers_sees_their_organisation_and_no_other() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let salle = Salle::de(&ici, false);
        let mut lea = salle.entre(LEA).await;
        assert_eq!(lea.lit("/administration").await.vers, ICI);
        let page = lea.lit(ICI).await;
        for dit in [
            "Jean Petit",
            JEAN,
            "Léa Martin",
            "Aucune invitation",
            "jamais",
        ] {
            assert!(page.texte.contains(dit), "{dit} : {}", page.texte);
        }
        assert!(page.texte.contains("02/03/2026 à 9"), "her last sign-in");
        for suite in [
            "/inviter",
            "/ensembles",
            "/registre",
            "/fiche",
            "/personnes/jean",
        ] {
            let page = lea.lit(&format!("{ICI}{suite}")).await;
            assert_eq!(page.code, StatusCode::OK, "{suite}");
        }
        // when another organisation, or someone of another, is asked for
        let ailleurs = "/administration/ars-val-median";
        let absente = lea.lit("/administration/absente").await;
        for chemin in [
            ailleurs.to_owned(),
            format!("{ailleurs}/registre"),
            format!("{ailleurs}/personnes/karim"),
            format!("{ICI}/personnes/karim"),
            format!("{ICI}/personnes/personne"),
        ] {
            let page = lea.lit(&chemin).await;
            assert_eq!(page.code, StatusCode::NOT_FOUND, "{chemin}");
            assert_eq!(page.texte, absente.texte, "{chemin}");
        }
        let envoi = fonction("administration", "tout");
        let chemin = format!("{ICI}/personnes/karim/fonctions");
        assert_eq!(
            lea.envoie(&chemin, &envoi).await.code,
            StatusCode::NOT_FOUND
        );
        assert_eq!(mots(&ici, "karim").await, ["validation tout"]);
        // and who administers nothing has none of these pages
        let mut karim = salle.entre(KARIM).await;
        for chemin in ["/administration", ICI, ailleurs] {
            let page = karim.lit(chemin).await;
            assert_eq!(page.texte, absente.texte, "{chemin}");
            assert_eq!(page.code, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_the_link_is_shown_once_and_opens_an_account() {
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, false);
        let mut lea = salle.entre(LEA).await;
        let chemin = format!("{ICI}/inviter");
        // when what is typed is not an address, then it stays, and nobody is invited
        let page = lea.lit(&chemin).await;
        let id = page.cache("id");
        let page = lea.envoie(&chemin, &invitation(&id, "n.roux@")).await;
        page.refuse("Une adresse électronique était attendue");
        assert!(page.texte.contains("value=\"n.roux@\""));
        assert_eq!(page.cache("id"), id);
        // when it is, twice, then one invitation waits, under the link that is shown
        let envoi = invitation(&id, "n.roux@rives-claires.example");
        let lien = lea.envoie(&chemin, &envoi).await.secret();
        assert_eq!(lea.envoie(&chemin, &envoi).await.secret(), lien);
        let page = lea.lit(ICI).await;
        assert_eq!(page.texte.matches("name=\"invitation\"").count(), 1);
        assert!(!page.texte.contains("jeton="));
        let ecrits = ici.textes("select id from courriels").await;
        assert!(
            ecrits.is_empty(),
            "no token waits for a server that is not there"
        );
        // and it opens an account, with its function
        let mut nina = salle.ouvre();
        let jeton = lien
            .strip_prefix(&format!("{SITE}/invitation?jeton="))
            .unwrap();
        let page = nina.lit(&format!("/invitation?jeton={jeton}")).await;
        assert_eq!(page.code, StatusCode::OK);
        let envoi = [
            ("jeton", jeton),
            ("nom", "Nina Roux"),
            ("passe", BON),
            ("encore", BON),
        ];
        nina.envoie("/invitation", &envoi).await;
        assert_eq!(
            nina.connecte("n.roux@rives-claires.example", BON)
                .await
                .vers,
            "/"
        );
        assert!(lea.lit(ICI).await.texte.contains("Nina Roux"));
        // when one that waits is taken back, twice, then it opens nothing
        let envoi = invitation("autre", "o.roux@rives-claires.example");
        let lien = lea.envoie(&chemin, &envoi).await.secret();
        for _ in 0..2 {
            let annule = format!("{ICI}/invitations/annuler");
            let page = lea.envoie(&annule, &[("invitation", "autre")]).await;
            page.faite(&format!("{ICI}?fait=annulee"));
        }
        let page = nina.lit(lien.strip_prefix(SITE).unwrap()).await;
        assert_eq!(page.code, StatusCode::GONE);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_mail_server_the_link_goes_by_mail_once_and_is_shown_to_nobody() {
    for ici in partout(souple()).await {
        let salle = Salle::de(&ici, true);
        let mut lea = salle.entre(LEA).await;
        let envoi = invitation("i1", "n.roux@rives-claires.example");
        for _ in 0..2 {
            let page = lea.envoie(&format!("{ICI}/inviter"), &envoi).await;
            page.faite(&format!("{ICI}?fait=invitation"));
        }
        let page = lea.lit(&format!("{ICI}?fait=invitation")).await;
        assert!(page.texte.contains("C’est fait : l’invitation est partie"));
        assert!(!page.texte.contains("jeton="));
        // when the outbox is sent
        let puits = Puits::ouvre();
        let courrier = Courrier::nouveau(&puits.smtp(), "Entente <entente@exemple.fr>").unwrap();
        let facteur = Facteur::nouveau(&courrier, SITE);
        for _ in 0..2 {
            salle.entente.poster(matin, &facteur).await.unwrap();
        }
        // then one message came, to them, whose link opens
        let recus = puits.recus();
        assert_eq!(recus.len(), 1);
        assert_eq!(recus[0].a, ["n.roux@rives-claires.example"]);
        assert!(
            recus[0].html().contains("Léa Martin"),
            "{}",
            recus[0].html()
        );
        let texte = recus[0].texte();
        let (_, lien) = texte.split_once(SITE).unwrap();
        let lien = lien.split_whitespace().next().unwrap();
        assert_eq!(salle.ouvre().lit(lien).await.code, StatusCode::OK);
        // and the database holds the token no more
        let textes = ici.textes("select texte from courriels").await;
        assert_eq!(textes, [""]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_given_changed_and_taken_back() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let salle = Salle::de(&ici, false);
        let mut lea = salle.entre(LEA).await;
        let mut lui = salle.entre(JEAN).await;
        let chemin = format!("{ICI}/personnes/jean");
        let fonctions = format!("{chemin}/fonctions");
        // when what is typed does not read, then it stays
        let mut faux = fonction("signature", "esms");
        faux[2].1 = "990001019";
        let page = lea.envoie(&fonctions, &faux).await;
        page.refuse("FINESS");
        assert!(page.texte.contains("990001019") && page.texte.contains("\"esms\" selected"));
        let mut faux = fonction("signature", "tout");
        faux[4].1 = "2026-01-01";
        lea.envoie(&fonctions, &faux).await.refuse("date de fin");
        lea.envoie(&fonctions, &fonction("tout", "tout"))
            .await
            .refuse("une fonction");
        assert_eq!(mots(&ici, "jean").await, ["lecture tout"]);
        // when one is given, twice, then it is once, and his sessions close
        let mut juste = fonction("signature", "esms");
        juste[2].1 = "99 000 101 8\r\n990001026";
        for _ in 0..2 {
            let page = lea.envoie(&fonctions, &juste).await;
            page.faite(&format!("{chemin}?fait=fonction"));
        }
        let attendus = ["lecture tout", "signature esms:990001018,990001026"];
        assert_eq!(mots(&ici, "jean").await, attendus);
        assert_ne!(lui.lit("/compte").await.code, StatusCode::OK);
        // when it is changed, then the form held what it was, and it is one act
        let droits = ici.comptes.droits("jean").await.unwrap();
        let id = &droits
            .iter()
            .find(|d| d.droit.fonction == Fonction::Signature)
            .unwrap()
            .id;
        let page = lea.lit(&format!("{chemin}?fonction={id}")).await;
        assert!(
            page.texte.contains("990001018\n990001026"),
            "{}",
            page.texte
        );
        let mut change = fonction("validation", "tout");
        change.push(("remplace", id));
        for _ in 0..2 {
            let page = lea.envoie(&fonctions, &change).await;
            page.faite(&format!("{chemin}?fait=change"));
        }
        assert_eq!(
            mots(&ici, "jean").await,
            ["lecture tout", "validation tout"]
        );
        // and a right of someone else is not changed from his page
        let siens = ici.comptes.droits("lea").await.unwrap();
        let sien = &*siens[0].id;
        lea.envoie(&format!("{fonctions}/retirer"), &[("droit", sien)])
            .await;
        assert_eq!(mots(&ici, "lea").await, ["administration tout"]);
        // when all are taken back, then he is of the organisation no more
        for vue in ici.comptes.droits("jean").await.unwrap() {
            let page = lea
                .envoie(&format!("{fonctions}/retirer"), &[("droit", &vue.id)])
                .await;
            assert!(page.vers.ends_with("?fait=retiree"), "{}", page.vers);
        }
        assert_eq!(lea.lit(&chemin).await.code, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn someone_is_shut_out_in_one_act_and_let_in_again() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let salle = Salle::de(&ici, false);
        let (mut lea, mut lui) = (salle.entre(LEA).await, salle.entre(JEAN).await);
        let page = lui.lit("/compte/cles").await;
        let id = page.cache("id");
        let envoi = [
            ("id", &*id),
            ("nom", "SI"),
            ("organisation", "rives-claires"),
            ("fonction", "lecture"),
            ("au", "2026-06-30"),
        ];
        let cle = lui.envoie("/compte/cles", &envoi).await.secret();
        let chemin = format!("{ICI}/personnes/jean");
        // when it is done, twice
        for _ in 0..2 {
            let page = lea.envoie(&format!("{chemin}/desactiver"), &[]).await;
            page.faite(&format!("{chemin}?fait=desactive"));
        }
        // then nothing of his opens, and the page says so
        assert_ne!(lui.lit("/compte").await.code, StatusCode::OK);
        assert!(ici.comptes.cle(&cle, matin()).await.unwrap().is_none());
        let page = lea.lit(&chemin).await;
        assert!(page.texte.contains("désactivée") && page.texte.contains("Réactiver"));
        // when he is let in again, then he signs in, without his key
        for _ in 0..2 {
            let page = lea.envoie(&format!("{chemin}/reactiver"), &[]).await;
            page.faite(&format!("{chemin}?fait=reactive"));
        }
        let mut encore = salle.entre(JEAN).await;
        assert_eq!(encore.lit("/compte").await.code, StatusCode::OK);
        assert!(ici.comptes.cle(&cle, matin()).await.unwrap().is_none());
        // and each is once in the register of the organisation
        let page = lea.lit(&format!("{ICI}/registre")).await;
        for dit in ["Compte désactivé", "Compte réactivé"] {
            assert_eq!(page.texte.matches(dit).count(), 1, "{dit}");
        }
        // and someone who works elsewhere too is not hers to shut out
        let par = Auteur::Programme;
        let ailleurs = droit(&ars(), Fonction::Lecture);
        ici.comptes
            .accorder(par, "jean", &ailleurs, matin())
            .await
            .unwrap();
        let page = lea.envoie(&format!("{chemin}/desactiver"), &[]).await;
        page.refuse("Vous n’administrez pas tout ce que ce compte peut faire");
    }
}

/// Everything by which someone might leave an organisation without anyone to administer it.
async fn part(lea: &mut Navigateur<'_>, droit: &str) -> Vec<StatusCode> {
    let chemin = format!("{ICI}/personnes/lea");
    let mut change = fonction("lecture", "tout");
    change.push(("remplace", droit));
    let mut codes = Vec::new();
    for (suite, envoi) in [
        ("/fonctions", change),
        ("/fonctions/retirer", vec![("droit", droit)]),
        ("/desactiver", Vec::new()),
    ] {
        codes.push(lea.envoie(&format!("{chemin}{suite}"), &envoi).await.code);
    }
    codes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_keeps_someone_to_administer_it() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let salle = Salle::de(&ici, false);
        let mut lea = salle.entre(LEA).await;
        let sien = ici.comptes.droits("lea").await.unwrap().remove(0).id;
        let refus = [StatusCode::UNPROCESSABLE_ENTITY; 3];
        // given she alone administers it, or with someone who does a part, or is shut out
        assert_eq!(part(&mut lea, &sien).await, refus);
        let page = lea
            .envoie(&format!("{ICI}/personnes/lea/desactiver"), &[])
            .await;
        page.refuse("Personne d’autre n’administre votre organisation");
        let un = Droit {
            portee: Portee::Pole("Nord".to_owned()),
            ..droit(&rives_claires(), Fonction::Administration)
        };
        let par = Auteur::Programme;
        ici.comptes
            .accorder(par, "jean", &un, matin())
            .await
            .unwrap();
        assert_eq!(part(&mut lea, &sien).await, refus);
        donne(&ici, "jean", Fonction::Administration).await;
        ici.comptes.desactiver(par, "jean", matin()).await.unwrap();
        assert_eq!(part(&mut lea, &sien).await, refus);
        assert_eq!(mots(&ici, "lea").await, ["administration tout"]);
        // when another administers it, then she may leave
        ici.comptes.reactiver(par, "jean", matin()).await.unwrap();
        let chemin = format!("{ICI}/personnes/lea/fonctions/retirer");
        let page = lea.envoie(&chemin, &[("droit", &sien)]).await;
        assert_eq!(page.code, StatusCode::SEE_OTHER);
        assert!(mots(&ici, "lea").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_leave_at_once_do_not_both() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let chez_lui = donne(&ici, "jean", Fonction::Administration).await;
        let chez_elle = ici.comptes.droits("lea").await.unwrap().remove(0).id;
        let (_, lea) = ici.entre(LEA, matin()).await;
        let (_, jean) = ici.entre(JEAN, matin()).await;
        let (un, deux) = tokio::join!(
            ici.comptes
                .retirer(Auteur::Personne(&lea), &chez_elle, matin()),
            ici.comptes
                .retirer(Auteur::Personne(&jean), &chez_lui, matin()),
        );
        assert!(un.is_ok() ^ deux.is_ok(), "{un:?} {deux:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn named_scopes_are_filled_and_taken_away_by_who_administers_all() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let salle = Salle::de(&ici, false);
        let mut lea = salle.entre(LEA).await;
        let chemin = format!("{ICI}/ensembles");
        let ensemble = |genre, membres| {
            [
                ("genre", genre),
                ("nom", "Nord <i>1</i>"),
                ("membres", membres),
            ]
        };
        for (genre, membres, phrase) in [
            ("pole", "990001019", "FINESS"),
            ("delegation", "990001018", "Le code d’un département"),
            ("pole", "", "de 1 à 500"),
            (
                "ville",
                "990001018",
                "un pôle, une délégation ou un service",
            ),
        ] {
            let page = lea.envoie(&chemin, &ensemble(genre, membres)).await;
            page.refuse(phrase);
            assert!(
                page.texte.contains("Nord &lt;i&gt;1&lt;/i&gt;") && page.texte.contains(membres)
            );
        }
        assert!(
            ici.comptes
                .ensembles("rives-claires")
                .await
                .unwrap()
                .is_empty()
        );
        // when it is written, twice, then what it holds is what was said last
        for membres in ["990001018", "990001018\n990001026"] {
            let page = lea.envoie(&chemin, &ensemble("pole", membres)).await;
            page.faite(&format!("{chemin}?fait=ecrit"));
        }
        let lus = ici.comptes.ensembles("rives-claires").await.unwrap();
        assert_eq!(
            (lus.len(), lus[0].genre, lus[0].membres.len()),
            (1, Genre::Pole, 2)
        );
        // and it may be given
        let page = lea.lit(&format!("{ICI}/personnes/jean")).await;
        assert!(
            page.texte
                .contains("value=\"pole:Nord &lt;i&gt;1&lt;/i&gt;\""),
            "{}",
            page.texte
        );
        // when it is taken away, twice
        for _ in 0..2 {
            let page = lea
                .envoie(&format!("{chemin}/retirer"), &ensemble("pole", ""))
                .await;
            page.faite(&format!("{chemin}?fait=retire"));
        }
        assert!(
            ici.comptes
                .ensembles("rives-claires")
                .await
                .unwrap()
                .is_empty()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_administers_a_part_names_no_scope() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let un = Droit {
            portee: Portee::Pole("Nord".to_owned()),
            ..droit(&rives_claires(), Fonction::Administration)
        };
        let par = Auteur::Programme;
        ici.comptes
            .accorder(par, "jean", &un, matin())
            .await
            .unwrap();
        let salle = Salle::de(&ici, false);
        let mut lui = salle.entre(JEAN).await;
        let envoi = [("genre", "pole"), ("nom", "Nord"), ("membres", "990001018")];
        let chemin = format!("{ICI}/ensembles");
        let page = lui.envoie(&chemin, &envoi).await;
        page.refuse("Vous n’administrez pas ces accès");
        let page = lui.envoie(&format!("{chemin}/retirer"), &envoi).await;
        page.refuse("Vous n’administrez pas ces accès");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_is_read_page_by_page() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let salle = Salle::de(&ici, false);
        let mut lea = salle.entre(LEA).await;
        let par = Auteur::Programme;
        for _ in 0..60 {
            let id = donne(&ici, "jean", Fonction::Validation).await;
            ici.comptes.retirer(par, &id, matin()).await.unwrap();
        }
        let lignes = |texte: &str| texte.matches("<tr><th scope=\"row\"").count();
        let page = lea.lit(&format!("{ICI}/registre")).await;
        assert_eq!(lignes(&page.texte), 100);
        let (_, suite) = page.texte.split_once("registre?avant").unwrap();
        let suite = suite.split('"').next().unwrap().replace("&#x3D;", "=");
        let page = lea.lit(&format!("{ICI}/registre?avant{suite}")).await;
        // 120, the organisation, Léa's and Jean's first functions
        assert_eq!(lignes(&page.texte), 23, "{}", page.texte);
        assert!(page.texte.contains("Les plus récentes"));
    }
}
