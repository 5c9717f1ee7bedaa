//! Those who look at pages in tests: one of each party, signed in.

use chrono::{DateTime, TimeDelta, Utc};
use entente::app::comptes::{
    Auteur, Comptes, Droit, Fonction, Identifiants, Nature, NouvelleCle, NouvellePersonne,
    Organisation, Politique, Portee, SecondFacteur,
};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

pub const MOT_DE_PASSE: &str = "une phrase assez longue";

/// Accounts of the story's three organisations, and a session of one person of each.
#[derive(Clone)]
pub struct Gens {
    pub comptes: Comptes,
    jetons: Vec<(&'static str, String)>,
    cles: Vec<(&'static str, String)>,
}

fn organisation(partie: &str) -> Organisation {
    let (nature, nom, siren, ej) = match partie {
        "ars" => (Nature::Ars, "ARS Val-Médian", Some("999000003"), None),
        "gestionnaire" => (
            Nature::Gestionnaire,
            "Les Rives Claires",
            None,
            Some("990001018"),
        ),
        "ailleurs" => (Nature::Ars, "ARS Grande-Lande", Some("999000029"), None),
        "basse-vesle" => (
            Nature::Departement,
            "Département de la Basse-Vesle",
            Some("999000045"),
            None,
        ),
        "ardene" => (
            Nature::Departement,
            "Département de l’Ardène",
            Some("999000052"),
            None,
        ),
        "rochemont" => (
            Nature::Departement,
            "Département de Rochemont",
            Some("999000060"),
            None,
        ),
        _ => (
            Nature::Departement,
            "Département de la Haute-Vesle",
            Some("999000011"),
            None,
        ),
    };
    Organisation {
        id: partie.to_owned(),
        nature,
        nom: nom.to_owned(),
        siren: siren.map(str::to_owned),
        ej: ej.map(str::to_owned),
        territoire: None,
    }
}

pub fn droit(partie: &str, fonction: Fonction, portee: Portee) -> Droit {
    Droit {
        organisation: organisation(partie),
        fonction,
        portee,
        du: None,
        au: None,
    }
}

/// Someone of each party, who may do everything there; and someone of none.
const PERSONNES: [(&str, &str); 4] = [
    ("karim", "ars"),
    ("claire", "gestionnaire"),
    ("sophie", "departement"),
    ("lea", "ailleurs"),
];

impl Gens {
    /// Signed in at an instant, for a long time.
    pub async fn de(comptes: Comptes, maintenant: DateTime<Utc>) -> Self {
        let mut gens = Self {
            comptes,
            jetons: Vec::new(),
            cles: Vec::new(),
        };
        for (id, partie) in PERSONNES {
            let fonctions = [Fonction::Validation, Fonction::Signature];
            let droits = fonctions.map(|f| droit(partie, f, Portee::Tout));
            gens.inscrit(id, &droits, maintenant).await;
        }
        gens
    }

    /// What opens, to be kept beside the database that knows its digests.
    pub fn dits(&self) -> Value {
        json!([self.jetons, self.cles])
    }

    /// Those of a database, and what opens there.
    pub fn relus(comptes: Comptes, dits: &Value) -> Self {
        let lus = |dits: &Value| {
            let lus: Vec<(String, String)> = serde_json::from_value(dits.clone()).unwrap();
            let nom = |id: &str| PERSONNES.iter().find(|(nom, _)| *nom == id).unwrap().0;
            lus.into_iter().map(|(id, dit)| (nom(&id), dit)).collect()
        };
        Self {
            comptes,
            jetons: lus(&dits[0]),
            cles: lus(&dits[1]),
        }
    }

    /// Writes someone in, and signs them in.
    pub async fn inscrit(&mut self, id: &'static str, droits: &[Droit], maintenant: DateTime<Utc>) {
        let par = Auteur::Programme;
        let courriel = format!("{id}@exemple.example");
        let neuve = NouvellePersonne {
            id: Some(id),
            nom: id,
            courriel: &courriel,
            mot_de_passe: Some(MOT_DE_PASSE),
        };
        self.comptes
            .creer_personne(par, &neuve, maintenant)
            .await
            .unwrap();
        for droit in droits {
            let organisation = &droit.organisation;
            let cree = self
                .comptes
                .creer_organisation(par, organisation, maintenant);
            cree.await.unwrap();
            self.comptes
                .accorder(par, id, droit, maintenant)
                .await
                .unwrap();
        }
        let jeton = self.connecte(id, maintenant).await;
        if let Some(droit) = droits.iter().max_by_key(|d| d.fonction) {
            let au = maintenant.date_naive() + TimeDelta::days(10_000);
            let (session, organisation) = (&jeton, &droit.organisation.id);
            let cle = NouvelleCle {
                id: &format!("cle-{id}"),
                organisation,
                nom: "SI",
                fonction: droit.fonction,
                au,
            };
            let cle = self.comptes.creer_cle(session, &cle, maintenant);
            let (cle, _) = cle.await.unwrap();
            self.cles.push((id, cle.as_str().to_owned()));
        }
        self.jetons.push((id, jeton));
    }

    /// A new session of a person who is written in.
    pub async fn connecte(&self, id: &str, maintenant: DateTime<Utc>) -> String {
        let identifiants = Identifiants {
            courriel: &format!("{id}@exemple.example"),
            mot_de_passe: MOT_DE_PASSE,
            adresse: IpAddr::V4(Ipv4Addr::LOCALHOST),
            agent: "essai",
            appareil: None,
            ancienne: None,
        };
        let ouverte = self.comptes.connecter(&identifiants, maintenant).await;
        ouverte.unwrap().0.as_str().to_owned()
    }

    /// What a program of this person sends; nobody's, when there is no such person.
    pub fn porteur(&self, id: &str) -> String {
        let cle = self.cles.iter().find(|(nom, _)| *nom == id);
        format!("Bearer {}", cle.map_or("personne", |(_, cle)| cle))
    }

    /// The cookie of a person's session; of nobody's, when there is no such person.
    pub fn cookie(&self, id: &str) -> String {
        let jeton = self.jetons.iter().find(|(nom, _)| *nom == id);
        format!("entente={}", jeton.map_or("personne", |(_, jeton)| jeton))
    }
}

/// No second factor, and sessions that outlive the test's clock.
pub fn politique() -> Politique {
    Politique {
        second_facteur: SecondFacteur::Propose,
        repos: TimeDelta::days(10_000),
        vie: TimeDelta::days(10_000),
        ..Politique::default()
    }
}
