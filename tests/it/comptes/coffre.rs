//! Secrets sealed in the database: those of telephones and of subscriptions; passwords hashed anew.

use super::{BON, Ici, KARIM, MAUVAIS, ars, demande, matin, minutes, partout, souple, telephone};
use crate::bases::{atelier, dossier};
use entente::app::appels::Voisinage;
use entente::app::coffre::Coffre;
use entente::app::comptes::{Auteur, Etape, Politique, RefusConnexion};
use entente::app::execute::Entente;
use entente::store::{Adresse, Base};
use std::sync::Arc;

const TELEPHONES: &str = "select totp from secrets where totp <> '' order by personne";
const ATTENTE: &str = "select attente from sessions where attente <> ''";
const SECRETS: &str = "select secret from abonnements order by id";

fn coffre(chiffres: &[&str]) -> Coffre {
    let cles: Vec<String> = chiffres.iter().map(|c| c.repeat(32)).collect();
    Coffre::des_cles(&cles.join("\n"), "secrets.cle").unwrap()
}

fn entente(ici: &Ici, coffre: Coffre) -> Entente {
    Entente::nouvelle(ici.base.clone(), atelier()).avec_coffre(coffre)
}

/// The same place, whose program holds these keys.
fn avec(ici: &Ici, chiffres: &[&str], politique: Politique) -> Ici {
    let coffre = if chiffres.is_empty() {
        Coffre::default()
    } else {
        coffre(chiffres)
    };
    Ici {
        base: ici.base.clone(),
        comptes: entente(ici, coffre).comptes(politique),
    }
}

/// Chooses a second factor; answers its key.
async fn enrole(ici: &Ici) -> String {
    let (jeton, _) = ici.entre(KARIM, matin()).await;
    let cle = ici.comptes.enroler(jeton.as_str(), matin()).await.unwrap();
    let code = telephone(&cle.secret, matin());
    let fait = ici
        .comptes
        .confirmer_enrolement(jeton.as_str(), &code, matin());
    fait.await.unwrap();
    cle.secret
}

/// Signs in with a code, so many minutes later.
async fn entre(ici: &Ici, secret: &str, n: i64) -> Result<Etape, RefusConnexion> {
    let quand = matin() + minutes(n);
    let (jeton, _) = ici.entre(KARIM, quand).await;
    let code = telephone(secret, quand);
    let fait = ici.comptes.second_facteur(jeton.as_str(), &code, quand);
    fait.await.map(|(_, connecte)| connecte.etape)
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_telephones_are_sealed_as_soon_as_they_are_made() {
    for ici in partout(Politique::default()).await {
        let ici = avec(&ici, &["a1"], Politique::default());
        // when a key is made, then neither the one that waits nor the one taken is read as it is
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        let cle = ici.comptes.enroler(jeton.as_str(), matin()).await.unwrap();
        let attente = ici.textes(ATTENTE).await;
        assert!(attente[0].starts_with("c1."), "{attente:?}");
        let code = telephone(&cle.secret, matin());
        let fait = ici
            .comptes
            .confirmer_enrolement(jeton.as_str(), &code, matin());
        fait.await.unwrap();
        let gardes = ici.textes(TELEPHONES).await;
        assert!(gardes[0].starts_with("c1.") && !gardes[0].contains(&cle.secret));
        assert_eq!(entre(&ici, &cle.secret, 5).await.unwrap(), Etape::Complete);
        // and it is of no use in the row of someone else
        let echange = "update secrets set totp = (select totp from secrets where \
                       personne = 'karim') where personne = 'lea'";
        ici.sql(echange).await.unwrap();
        let (jeton, _) = ici.entre(super::LEA, matin() + minutes(9)).await;
        let code = telephone(&cle.secret, matin() + minutes(9));
        let quand = matin() + minutes(9);
        let vole = ici.comptes.second_facteur(jeton.as_str(), &code, quand);
        assert!(matches!(vole.await, Err(RefusConnexion::Base(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_secrets_are_sealed_at_the_start_and_a_new_key_takes_the_place_of_another() {
    for ici in partout(Politique::default()).await {
        // given a second factor and a subscription, in the clear
        let sans = avec(&ici, &[], Politique::default());
        let secret = enrole(&sans).await;
        let a = "https://programme.example/";
        let par = Auteur::Programme;
        let (ars, public) = (ars().id, Voisinage::Public);
        let abonne = sans.comptes.abonner(par, &ars, a, public, matin());
        let (_, clair) = abonne.await.unwrap();
        assert_eq!(ici.textes(SECRETS).await, [clair]);
        // when the program starts with a key, then with a newer one, then with that one alone
        for (n, cles) in [&["a1"][..], &["b2", "a1"], &["b2"]]
            .into_iter()
            .enumerate()
        {
            let faits = entente(&ici, coffre(cles))
                .chiffrer_secrets()
                .await
                .unwrap();
            assert_eq!(faits, if n < 2 { 2 } else { 0 });
            for sql in [TELEPHONES, SECRETS] {
                let gardes = ici.textes(sql).await;
                assert!(gardes.iter().all(|g| g.starts_with("c1.")), "{gardes:?}");
            }
            let ici = avec(&ici, cles, Politique::default());
            let apres = 10 * (i64::try_from(n).unwrap() + 1);
            assert_eq!(entre(&ici, &secret, apres).await.unwrap(), Etape::Complete);
        }
        // when the key is not given, or is another, then it does not start, and says which lacks
        for cles in [&[][..], &["a1"]] {
            let coffre = if cles.is_empty() {
                Coffre::default()
            } else {
                coffre(cles)
            };
            let refus = entente(&ici, coffre).chiffrer_secrets().await.unwrap_err();
            assert!(refus.contains("secrets.cle_fichier"), "{refus}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_no_plain_secret_and_opens_with_its_key_only() {
    for (n, ici) in partout(Politique::default()).await.into_iter().enumerate() {
        let ici = avec(&ici, &["a1"], Politique::default());
        let secret = enrole(&ici).await;
        let copie = dossier("coffre").join(format!("copie-{n}"));
        entente(&ici, coffre(&["a1"]))
            .sauvegarder(&copie)
            .await
            .unwrap();
        let octets = std::fs::read(&copie).unwrap();
        let cherche = |texte: &str| octets.windows(texte.len()).any(|w| w == texte.as_bytes());
        assert!(cherche("c1.") && !cherche(&secret));
        // when it is restored, then it says by which key, and works with that one
        let fichier = dossier("coffre").join(format!("rendue-{n}.db"));
        let base = Base::ouvrir(&Adresse::Fichier(fichier)).await.unwrap();
        let vide = Ici {
            comptes: ici.comptes.clone(),
            base,
        };
        let neuve = entente(&vide, Coffre::default());
        neuve.restaurer(&copie).await.unwrap();
        assert_eq!(neuve.cles_des_secrets().await.unwrap().len(), 1);
        assert!(neuve.chiffrer_secrets().await.is_err());
        let rendue = avec(&vide, &["a1"], Politique::default());
        assert_eq!(entre(&rendue, &secret, 20).await.unwrap(), Etape::Complete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_takes_a_new_secret_and_only_of_a_host_that_is_let() {
    for ici in partout(souple()).await {
        let ici = avec(&ici, &["a1"], souple());
        let par = Auteur::Programme;
        let hotes: Arc<[String]> = Arc::from(["programme.example".to_owned()]);
        let comptes = ici.comptes.clone().avec_hotes(hotes);
        let (org, public) = (ars().id, Voisinage::Public);
        let autre = comptes.abonner(par, &org, "https://autre.example/", public, matin());
        let refus = autre.await.unwrap_err().to_string();
        assert!(refus.contains("webhooks.hotes"), "{refus}");
        let bonne = "https://programme.example/a";
        let abonne = comptes.abonner(par, &org, bonne, public, matin());
        let (vue, premier) = abonne.await.unwrap();
        let avant = ici.textes(SECRETS).await;
        let neuf = comptes
            .renouveler_abonnement(par, &vue.id, matin())
            .await
            .unwrap();
        assert!(neuf.starts_with("whsec_") && neuf != premier);
        assert_ne!(ici.textes(SECRETS).await, avant);
        let registre = "select acte from registre_acces where acte = 'renouveler_abonnement'";
        assert_eq!(ici.textes(registre).await.len(), 1);
        let absent = comptes.renouveler_abonnement(par, "absent", matin()).await;
        assert!(absent.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_hashed_with_less_is_hashed_anew_when_it_is_given() {
    // argon2id of BON with 8 MiB and one pass, as an older version might have kept it
    use argon2::password_hash::{PasswordHasher as _, SaltString};
    let params = argon2::Params::new(8 * 1024, 1, 1, None).unwrap();
    let vieux = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let sel = SaltString::encode_b64(&[7; 16]).unwrap();
    let vieux = vieux
        .hash_password(BON.as_bytes(), &sel)
        .unwrap()
        .to_string();
    let haches = "select mot_de_passe from secrets where personne = 'karim'";
    for ici in partout(souple()).await {
        let pose = format!("update secrets set mot_de_passe = '{vieux}' where personne = 'karim'");
        ici.sql(Box::leak(pose.into_boxed_str())).await.unwrap();
        // a wrong one changes nothing
        let faux = ici
            .comptes
            .connecter(&demande(KARIM, MAUVAIS), matin())
            .await;
        assert!(matches!(faux, Err(RefusConnexion::Identifiants)));
        assert_eq!(ici.textes(haches).await, std::slice::from_ref(&vieux));
        // the right one is kept as today's are, and opens
        let (jeton, _) = ici.entre(KARIM, matin()).await;
        assert!(ici.vit(&jeton, matin()).await);
        let neuf = ici.textes(haches).await;
        assert!(
            neuf[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{neuf:?}"
        );
        // once
        ici.entre(KARIM, matin()).await;
        assert_eq!(ici.textes(haches).await, neuf);
    }
}
