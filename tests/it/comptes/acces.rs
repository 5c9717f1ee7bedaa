//! Rights: when they are in force, who gives them, and what is written of it.

use super::{
    BON, Ici, KARIM, LEA, ars, demande, droit, matin, minutes, partout, rives_claires, souple,
};
use chrono::{NaiveDate, TimeDelta};
use entente::app::comptes::{
    Auteur, Droit, Fonction, NouvelleCle, NouvellePersonne, Portee, Refus, RefusConnexion,
};

fn jour(texte: &str) -> NaiveDate {
    texte.parse().unwrap()
}

fn esms(finess: &[&str]) -> Portee {
    Portee::Esms(finess.iter().map(|f| (*f).to_owned()).collect())
}

async fn accorde(
    ici: &Ici,
    par: Auteur<'_>,
    personne: &str,
    droit: &Droit,
) -> Result<String, Refus> {
    ici.comptes.accorder(par, personne, droit, matin()).await
}

async fn jean(ici: &Ici) {
    let jean = NouvellePersonne {
        id: Some("jean"),
        nom: "Jean Petit",
        courriel: "j.petit@rives-claires.example",
        mot_de_passe: Some(BON),
    };
    let par = Auteur::Programme;
    ici.comptes
        .creer_personne(par, &jean, matin())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dated_delegation_is_held_from_its_first_day_to_its_last() {
    for ici in partout(souple()).await {
        let delegation = Droit {
            du: Some(jour("2026-03-10")),
            au: Some(jour("2026-03-12")),
            ..droit(&ars(), Fonction::Signature)
        };
        accorde(&ici, Auteur::Programme, "karim", &delegation)
            .await
            .unwrap();
        // A day is that of Paris, an hour ahead: it begins at 23:00 UTC.
        let minuit = matin()
            .date_naive()
            .and_hms_opt(23, 0, 0)
            .unwrap()
            .and_utc();
        for (jours, secondes, tenue) in
            [(7, -1, false), (7, 0, true), (10, -1, true), (10, 0, false)]
        {
            let quand = minuit + TimeDelta::days(jours) + TimeDelta::seconds(secondes);
            let (_, connecte) = ici.entre(KARIM, quand).await;
            let signe = connecte.droits.contains(&delegation);
            assert_eq!(signe, tenue, "{quand}");
            assert_eq!(connecte.droits.len(), 1 + usize::from(tenue));
        }
        // and a session already open loses it at midnight
        let veille = minuit + TimeDelta::days(10) - minutes(5);
        let (jeton, connecte) = ici.entre(KARIM, veille).await;
        assert_eq!(connecte.droits.len(), 2);
        let apres = ici
            .comptes
            .session(jeton.as_str(), veille + minutes(5))
            .await;
        assert_eq!(apres.unwrap().unwrap().droits.len(), 1);
        // and all are listed, whenever they hold
        assert_eq!(ici.comptes.droits("karim").await.unwrap().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scope_comes_back_from_the_database() {
    for ici in partout(souple()).await {
        let portees = [
            Portee::Tout,
            esms(&["990001018", "990001026"]),
            Portee::Pole("Enfance : Nord, 1".to_owned()),
            Portee::Delegation("Haute-Vesle".to_owned()),
            Portee::Service("Autonomie".to_owned()),
        ];
        jean(&ici).await;
        for portee in &portees {
            let droit = Droit {
                portee: portee.clone(),
                ..droit(&rives_claires(), Fonction::Lecture)
            };
            accorde(&ici, Auteur::Programme, "jean", &droit)
                .await
                .unwrap();
        }
        let droits = ici
            .entre("j.petit@rives-claires.example", matin())
            .await
            .1
            .droits;
        assert_eq!(
            droits.iter().map(|d| d.portee.clone()).collect::<Vec<_>>(),
            portees
        );
        assert_eq!(droits[0].organisation, rives_claires());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_organisation_administers_its_own() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let (_, lea) = ici.entre(LEA, matin()).await;
        let (_, karim) = ici.entre(KARIM, matin()).await;
        let (lea, karim) = (Auteur::Personne(&lea), Auteur::Personne(&karim));
        let chez_elle = droit(&rives_claires(), Fonction::Validation);
        let ailleurs = droit(&ars(), Fonction::Lecture);
        // then she gives rights at home, not elsewhere; he, who does not administer, none
        let id = accorde(&ici, lea, "jean", &chez_elle).await.unwrap();
        for (par, droit) in [(lea, &ailleurs), (karim, &ailleurs), (karim, &chez_elle)] {
            let refus = accorde(&ici, par, "jean", droit).await;
            assert!(matches!(refus, Err(Refus::Interdit)), "{refus:?}");
        }
        let refus = ici.comptes.retirer(karim, &id, matin()).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        // and none but whoever runs the program writes organisations and people in
        let refus = ici
            .comptes
            .creer_organisation(lea, &rives_claires(), matin())
            .await;
        assert!(matches!(refus, Err(Refus::Interdit)));
        // and she does not shut out someone who works elsewhere too
        accorde(&ici, Auteur::Programme, "jean", &ailleurs)
            .await
            .unwrap();
        for personne in ["jean", "karim", "personne"] {
            let refus = ici.comptes.desactiver(lea, personne, matin()).await;
            assert!(matches!(refus, Err(Refus::Interdit)), "{personne}");
        }
        ici.comptes.retirer(lea, &id, matin()).await.unwrap();
        let refus = ici.comptes.retirer(lea, &id, matin()).await;
        assert!(matches!(refus, Err(Refus::Inconnu)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_administers_a_part_gives_no_more_than_that_part() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let sur = |fonction, portee| Droit {
            portee,
            ..droit(&rives_claires(), fonction)
        };
        let deux = esms(&["990001018", "990001026"]);
        let part = sur(Fonction::Administration, deux.clone());
        accorde(&ici, Auteur::Programme, "jean", &part)
            .await
            .unwrap();
        let (_, jean) = ici.entre("j.petit@rives-claires.example", matin()).await;
        let jean = Auteur::Personne(&jean);
        let un = sur(Fonction::Signature, esms(&["99 000 101 8"]));
        accorde(&ici, jean, "karim", &un).await.unwrap();
        for portee in [Portee::Tout, Portee::Pole("Nord".to_owned())] {
            let refus = accorde(&ici, jean, "karim", &sur(Fonction::Lecture, portee)).await;
            assert!(matches!(refus, Err(Refus::Interdit)), "{refus:?}");
        }
        let siens = ici.comptes.droits("lea").await.unwrap();
        let refus = ici.comptes.retirer(jean, &siens[0].id, matin()).await;
        assert!(matches!(refus, Err(Refus::Interdit)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_ill_told_is_refused_with_its_reason() {
    for ici in partout(souple()).await {
        let par = Auteur::Programme;
        let de = |portee, du, au| Droit {
            portee,
            du,
            au,
            ..droit(&ars(), Fonction::Lecture)
        };
        let envers = de(
            Portee::Tout,
            Some(jour("2026-04-02")),
            Some(jour("2026-04-01")),
        );
        let passe = de(Portee::Tout, None, Some(jour("2026-03-01")));
        for droit in [envers, passe] {
            assert!(matches!(
                accorde(&ici, par, "karim", &droit).await,
                Err(Refus::Dates)
            ));
        }
        let faux = de(esms(&["990001019"]), None, None);
        assert!(matches!(
            accorde(&ici, par, "karim", &faux).await,
            Err(Refus::Finess(_))
        ));
        let vide = de(Portee::Pole(" ".to_owned()), None, None);
        assert!(matches!(
            accorde(&ici, par, "karim", &vide).await,
            Err(Refus::Portee)
        ));
        let juste = de(Portee::Tout, None, Some(jour("2026-03-02")));
        let inconnue = accorde(&ici, par, "personne", &juste).await;
        assert!(matches!(inconnue, Err(Refus::Inconnu)));
        let mut ailleurs = juste.clone();
        ailleurs.organisation.id = "nulle-part".to_owned();
        let inconnue = accorde(&ici, par, "karim", &ailleurs).await;
        assert!(matches!(inconnue, Err(Refus::Inconnu)));
        accorde(&ici, par, "karim", &juste).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn disabling_shuts_everything_in_one_act() {
    for ici in partout(souple()).await {
        // given someone with a session, a known browser, a key, an invitation sent, one received
        let (jeton, lea) = ici.entre(LEA, matin()).await;
        let comptes = &ici.comptes;
        let connu = comptes
            .reconnaitre(jeton.as_str(), None, matin())
            .await
            .unwrap();
        assert!(connu.is_some());
        let (org, dernier) = ("rives-claires", jour("2026-12-31"));
        let neuve = NouvelleCle {
            id: "k1",
            organisation: org,
            nom: "SI",
            fonction: Fonction::Lecture,
            au: dernier,
        };
        let cle = comptes.creer_cle(jeton.as_str(), &neuve, matin());
        let (cle, _) = cle.await.unwrap();
        let chez_elle = droit(&rives_claires(), Fonction::Lecture);
        let par = Auteur::Personne(&lea);
        let envoyee = comptes
            .inviter(par, "a@b.example", &chez_elle, matin())
            .await
            .unwrap();
        let recue = comptes
            .inviter(Auteur::Programme, LEA, &chez_elle, matin())
            .await
            .unwrap();
        // when she is disabled
        comptes
            .desactiver(Auteur::Programme, "lea", matin())
            .await
            .unwrap();
        // then nothing opens, and the refusal does not say why
        assert!(!ici.vit(&jeton, matin()).await);
        assert!(comptes.cle(cle.as_str(), matin()).await.unwrap().is_none());
        for invitation in [envoyee, recue] {
            let lue = comptes.invitation(invitation.as_str(), matin()).await;
            assert!(lue.unwrap().is_none());
        }
        let refus = comptes.connecter(&demande(LEA, BON), matin()).await;
        assert!(matches!(refus, Err(RefusConnexion::Identifiants)));
        assert_eq!(ici.textes("select empreinte from appareils").await.len(), 0);
        let membres = comptes.membres(org).await.unwrap();
        assert!(membres.len() == 1 && membres[0].desactive);
        let refus = accorde(&ici, Auteur::Programme, "lea", &chez_elle).await;
        assert!(matches!(refus, Err(Refus::Inconnu)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_listed_by_organisation() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let lit = droit(&rives_claires(), Fonction::Lecture);
        accorde(&ici, Auteur::Programme, "jean", &lit)
            .await
            .unwrap();
        let membres = ici.comptes.membres("rives-claires").await.unwrap();
        let noms: Vec<_> = membres.iter().map(|m| &*m.personne.nom).collect();
        assert_eq!(noms, ["Jean Petit", "Léa Martin"]);
        assert_eq!(membres[0].droits[0].droit, lit);
        let organisations = ici.comptes.organisations().await.unwrap();
        assert_eq!(organisations, [ars(), rives_claires()]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_act_is_in_the_register_without_a_name_and_stays_there() {
    for ici in partout(souple()).await {
        jean(&ici).await;
        let (jeton, lea) = ici.entre(LEA, matin()).await;
        let par = Auteur::Personne(&lea);
        let comptes = &ici.comptes;
        let lit = droit(&rives_claires(), Fonction::Lecture);
        let id = accorde(&ici, par, "jean", &lit).await.unwrap();
        comptes
            .inviter(par, "a@b.example", &lit, matin())
            .await
            .unwrap();
        let (org, dernier) = ("rives-claires", jour("2026-12-31"));
        let neuve = NouvelleCle {
            id: "k1",
            organisation: org,
            nom: "SI",
            fonction: Fonction::Lecture,
            au: dernier,
        };
        let cle = comptes.creer_cle(jeton.as_str(), &neuve, matin());
        let (_, cle) = cle.await.unwrap();
        comptes
            .revoquer_cle(par, "lea", &cle.id, matin())
            .await
            .unwrap();
        comptes.retirer(par, &id, matin()).await.unwrap();
        comptes
            .desactiver(Auteur::Programme, "jean", matin())
            .await
            .unwrap();
        // then each is told, the latest first, with who did it
        let lignes = comptes.registre(None, None).await.unwrap();
        let dits: Vec<_> = lignes
            .iter()
            .map(|l| (&*l.auteur, &*l.acte, &*l.personne))
            .collect();
        let attendus = [
            ("entente", "desactiver", "jean"),
            ("lea", "retirer", "jean"),
            ("lea", "revoquer_cle", "lea"),
            ("lea", "cle", "lea"),
            ("lea", "inviter", ""),
            ("lea", "accorder", "jean"),
            ("entente", "personne", "jean"),
        ];
        assert_eq!(dits[..7], attendus);
        assert_eq!(lignes[1].objet, "lecture tout …/…");
        assert!(
            lignes
                .iter()
                .all(|l| l.instant == "2026-03-02T08:00:00.000000Z")
        );
        // and no name nor address
        let tout = format!("{lignes:?}");
        assert!(!tout.contains('@') && !tout.contains("Martin") && !tout.contains("Petit"));
        // by organisation, and page by page
        let siennes = comptes.registre(Some("rives-claires"), None).await.unwrap();
        assert!(siennes.iter().all(|l| l.organisation == "rives-claires"));
        let suite = comptes.registre(None, Some(&lignes[1].id)).await.unwrap();
        assert_eq!(suite[0], lignes[2]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_is_only_added_to() {
    for ici in partout(souple()).await {
        let comptes = &ici.comptes;
        let lignes = comptes.registre(None, None).await.unwrap();
        assert!(!lignes.is_empty());
        // when someone who has the database writes in it, then the database refuses
        for sql in [
            "update registre_acces set auteur = 'autre'",
            "delete from registre_acces",
        ] {
            let refus = ici.sql(sql).await.unwrap_err();
            assert!(refus.contains("registre_acces"), "{refus}");
        }
        // when an act is refused, then nothing is written
        let refus = comptes
            .revoquer_cle(Auteur::Programme, "lea", "rien", matin())
            .await;
        assert!(matches!(refus, Err(Refus::Inconnu)));
        assert_eq!(comptes.registre(None, None).await.unwrap(), lignes);
    }
}
