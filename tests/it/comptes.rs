//! Accounts, on the two databases, by a simulated clock.

mod acces;
mod administration;
mod cles;
mod coffre;
mod connexion;
mod force_brute;
mod invitations;
mod oidc;
mod oubli;
mod pages;
mod reprise;
mod salle;
mod second_facteur;
mod sessions;

use crate::bases::{dossier, grappe};
use chrono::{DateTime, TimeDelta, Utc};
use entente::app::comptes::{
    Auteur, Comptes, Connecte, Droit, Fonction, Identifiants, Jeton, Nature, NouvellePersonne,
    Organisation, Politique, Portee, SecondFacteur,
};
use entente::store::{Adresse, Base, Conn};
use hmac::{Hmac, KeyInit, Mac};
use std::net::{IpAddr, Ipv4Addr};

pub const BON: &str = "quatre chevaux bleus";
pub const MAUVAIS: &str = "cinq chevaux verts";
pub const KARIM: &str = "k.benali@val-median.example";
pub const LEA: &str = "l.martin@rives-claires.example";

/// Accounts on one database.
pub struct Ici {
    pub base: Base,
    pub comptes: Comptes,
}

pub fn matin() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

pub fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

pub fn souple() -> Politique {
    Politique {
        second_facteur: SecondFacteur::Propose,
        ..Politique::default()
    }
}

/// Two organisations; Karim validates at the ARS, Léa administers Les Rives Claires.
pub async fn partout(politique: Politique) -> [Ici; 2] {
    let fichier = dossier("comptes").join("entente.db");
    let lite = Base::ouvrir(&Adresse::Fichier(fichier)).await.unwrap();
    let url = grappe::nouvelle().await;
    let pg = Base::ouvrir(&url.parse().unwrap()).await.unwrap();
    let mut deux = Vec::new();
    for base in [lite, pg] {
        let comptes = Comptes::nouveaux(base.clone(), politique);
        peuple(&comptes).await;
        deux.push(Ici { base, comptes });
    }
    deux.try_into().unwrap_or_else(|_| panic!("deux bases"))
}

async fn peuple(comptes: &Comptes) {
    for organisation in [ars(), rives_claires()] {
        let ecrite = comptes.creer_organisation(Auteur::Programme, &organisation, matin());
        ecrite.await.unwrap();
    }
    let gens = [
        (
            "karim",
            "Karim Benali",
            KARIM,
            droit(&ars(), Fonction::Validation),
        ),
        (
            "lea",
            "Léa Martin",
            LEA,
            droit(&rives_claires(), Fonction::Administration),
        ),
    ];
    for (id, nom, courriel, droit) in gens {
        let neuve = NouvellePersonne {
            id: Some(id),
            nom,
            courriel,
            mot_de_passe: Some(BON),
        };
        let par = Auteur::Programme;
        comptes.creer_personne(par, &neuve, matin()).await.unwrap();
        comptes.accorder(par, id, &droit, matin()).await.unwrap();
    }
}

pub fn ars() -> Organisation {
    Organisation {
        id: "ars-val-median".to_owned(),
        nature: Nature::Ars,
        nom: "ARS Val-Médian".to_owned(),
        siren: Some("732829320".to_owned()),
        ej: None,
        territoire: Some("99".to_owned()),
    }
}

pub fn rives_claires() -> Organisation {
    Organisation {
        id: "rives-claires".to_owned(),
        nature: Nature::Gestionnaire,
        nom: "Les Rives Claires".to_owned(),
        siren: None,
        ej: Some("990001018".to_owned()),
        territoire: None,
    }
}

pub fn droit(organisation: &Organisation, fonction: Fonction) -> Droit {
    Droit {
        organisation: organisation.clone(),
        fonction,
        portee: Portee::Tout,
        du: None,
        au: None,
    }
}

pub fn demande<'a>(courriel: &'a str, mot_de_passe: &'a str) -> Identifiants<'a> {
    Identifiants {
        courriel,
        mot_de_passe,
        adresse: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        agent: "Navigateur/1.0",
        appareil: None,
        ancienne: None,
    }
}

impl Ici {
    /// Signs in with the right password.
    pub async fn entre(&self, courriel: &str, quand: DateTime<Utc>) -> (Jeton, Connecte) {
        let demande = demande(courriel, BON);
        self.comptes.connecter(&demande, quand).await.unwrap()
    }

    pub async fn vit(&self, jeton: &Jeton, quand: DateTime<Utc>) -> bool {
        let session = self.comptes.session(jeton.as_str(), quand).await;
        session.unwrap().is_some()
    }

    /// Runs a statement as someone who has the database would.
    pub async fn sql(&self, sql: &'static str) -> Result<u64, String> {
        let fait = self.base.ecrire(move |conn| {
            Box::pin(async move {
                Ok(match conn {
                    Conn::Lite(c) => sqlx::query(sql).execute(c).await?.rows_affected(),
                    Conn::Pg(c) => sqlx::query(sql).execute(c).await?.rows_affected(),
                })
            })
        });
        fait.await.map_err(|e| e.to_string())
    }

    /// The texts of one column.
    pub async fn textes(&self, sql: &'static str) -> Vec<String> {
        let lus = self.base.ecrire(move |conn| {
            Box::pin(async move {
                Ok(match conn {
                    Conn::Lite(c) => sqlx::query_scalar(sql).fetch_all(c).await?,
                    Conn::Pg(c) => sqlx::query_scalar(sql).fetch_all(c).await?,
                })
            })
        });
        lus.await.unwrap()
    }
}

/// What a telephone shows: written apart from the program, from RFC 6238 and RFC 4648.
pub fn telephone(secret: &str, quand: DateTime<Utc>) -> String {
    let mut cle = Vec::new();
    let (mut tampon, mut bits) = (0_u32, 0);
    for lettre in secret.bytes() {
        let cinq = match lettre {
            b'A'..=b'Z' => lettre - b'A',
            _ => lettre - b'2' + 26,
        };
        tampon = tampon << 5 | u32::from(cinq);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            cle.push((tampon >> bits & 255) as u8);
        }
    }
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&cle).unwrap();
    mac.update(&(quand.timestamp() / 30).to_be_bytes());
    let mac = mac.finalize().into_bytes();
    let debut = usize::from(mac[19] & 15);
    let quatre = mac[debut..debut + 4].try_into().unwrap();
    format!(
        "{:06}",
        (u32::from_be_bytes(quatre) & 0x7fff_ffff) % 1_000_000
    )
}
