//! Passwords: which are taken, how they are kept and checked.
//!
//! Length, never composition (OWASP ASVS 5, V6.2). Kept by argon2id with the parameters OWASP
//! advises (19 MiB, two passes, one lane). An unknown address costs the same work as a known one.

use super::refus::{RefusConnexion, RefusMotDePasse};
use super::{Comptes, Politique, jeton};
use crate::store::Erreur;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::Semaphore;

const LONGUEUR_MAX: usize = 128;
/// Of all that is hashed at once: two take 38 MiB.
pub(super) const ENSEMBLE: usize = 2;
/// Beyond, a browser is told to come back rather than left waiting.
const PATIENCE: Duration = Duration::from_secs(10);
/// No password has this digest; checking against it is the work an unknown address costs.
const FACTICE: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA\
                       $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const PRODUIT: &str = "entente";

static COMMUNS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lignes = include_str!("communs.txt").lines();
    let ecrits = lignes.filter(|l| !l.starts_with('#'));
    let lignes = include_str!("divulgues.txt").lines();
    let divulgues = lignes.filter(|l| !l.starts_with('#'));
    ecrits
        .chain(divulgues.flat_map(str::split_whitespace))
        .collect()
});

impl Politique {
    /// Whether a password may be taken by a person.
    ///
    /// # Errors
    /// The first thing wrong with it.
    pub fn accepte(
        &self,
        mot_de_passe: &str,
        nom: &str,
        courriel: &str,
    ) -> Result<(), RefusMotDePasse> {
        let trouve = mot_de_passe.chars().count();
        if trouve < self.longueur_min {
            let attendu = self.longueur_min;
            return Err(RefusMotDePasse::Court { attendu, trouve });
        }
        if trouve > LONGUEUR_MAX {
            return Err(RefusMotDePasse::Long { trouve });
        }
        let bas = mot_de_passe.to_lowercase();
        if commun(&bas) {
            return Err(RefusMotDePasse::Commun);
        }
        let racine = lettres(sans_fin(&bas));
        let locale = courriel.split('@').next().unwrap_or_default();
        let propres = [courriel, locale, nom, PRODUIT].map(|p| lettres(&p.to_lowercase()));
        let motif = lettres(motif(&racine));
        let sien = |propre: &String| !propre.is_empty() && [&racine, &motif].contains(&propre);
        if propres.iter().any(sien) || lettres(&bas) == propres[0] {
            return Err(RefusMotDePasse::Identite);
        }
        Ok(())
    }
}

/// Whether a password, in lower case, is of the list: as it is, without what is added at its end,
/// or said several times.
fn commun(bas: &str) -> bool {
    let racine = sans_fin(bas);
    let repete = motif(bas);
    repete.chars().count() <= 3
        || [bas, racine, repete, motif(racine)]
            .iter()
            .any(|essai| COMMUNS.contains(essai))
}

/// Without the digits and signs that end it.
fn sans_fin(bas: &str) -> &str {
    bas.trim_end_matches(|c: char| !c.is_alphabetic())
}

fn lettres(texte: &str) -> String {
    texte.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The shortest beginning that, repeated, makes the text.
fn motif(texte: &str) -> &str {
    let n = texte.len();
    let tailles = (1..n).filter(|t| n.is_multiple_of(*t));
    let mut debuts = tailles.filter_map(|t| texte.get(..t));
    let trouve = debuts.find(|debut| debut.repeat(n / debut.len()) == texte);
    trouve.unwrap_or(texte)
}

fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn hache(mot_de_passe: &str, sel: &[u8]) -> Result<String, Erreur> {
    let refuse = |e| Erreur::Indisponible(format!("un mot de passe ne se hache pas : {e}"));
    let sel = SaltString::encode_b64(sel).map_err(refuse)?;
    let hache = argon().hash_password(mot_de_passe.as_bytes(), &sel);
    hache.map(|h| h.to_string()).map_err(refuse)
}

/// Whether a digest was made with less memory, or fewer passes, than one made now.
pub(super) fn faible(hache: &str) -> bool {
    let lu = PasswordHash::new(hache);
    let params = lu.and_then(|h| Params::try_from(&h));
    params.is_ok_and(|p| p.m_cost() < Params::DEFAULT_M_COST || p.t_cost() < Params::DEFAULT_T_COST)
}

fn juste(mot_de_passe: &str, hache: &str) -> bool {
    PasswordHash::new(hache).is_ok_and(|hache| {
        let verifie = argon().verify_password(mot_de_passe.as_bytes(), &hache);
        verifie.is_ok()
    })
}

/// Does costly work away from the tasks that answer, few at once.
pub(super) async fn a_l_ecart<T: Send + 'static>(
    places: &Arc<Semaphore>,
    travail: impl FnOnce() -> T + Send + 'static,
) -> Result<T, RefusConnexion> {
    let place = tokio::time::timeout(PATIENCE, Arc::clone(places).acquire_owned());
    let Ok(Ok(place)) = place.await else {
        return Err(RefusConnexion::Occupe);
    };
    let fait = tokio::task::spawn_blocking(move || {
        // Held by the work itself: a browser that leaves does not free it.
        let _place = place;
        travail()
    });
    fait.await.map_err(|_| RefusConnexion::Occupe)
}

impl Comptes {
    pub(super) async fn hache(&self, mot_de_passe: &str) -> Result<String, RefusConnexion> {
        let sel = jeton::alea::<16>()?;
        let mot_de_passe = mot_de_passe.to_owned();
        let hache = a_l_ecart(&self.places, move || hache(&mot_de_passe, &sel)).await?;
        Ok(hache?)
    }

    /// Whether a password is that of a digest; without one, `false` after the same work.
    pub(super) async fn juste(
        &self,
        mot_de_passe: &str,
        hache: Option<String>,
    ) -> Result<bool, RefusConnexion> {
        let mot_de_passe = mot_de_passe.to_owned();
        let verifie = move || {
            let connu = hache.is_some();
            let hache = hache.as_deref().unwrap_or(FACTICE);
            juste(&mot_de_passe, hache) && connu
        };
        a_l_ecart(&self.places, verifie).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepte(mot_de_passe: &str) -> Result<(), RefusMotDePasse> {
        Politique::default().accepte(mot_de_passe, "Karim Benali", "k.benali@haute-vesle.example")
    }

    #[test]
    fn length_is_counted_in_characters_and_nothing_else_is_asked() {
        let court = RefusMotDePasse::Court {
            attendu: 15,
            trouve: 14,
        };
        assert_eq!(accepte("éèàùçôîûêâëïüÿ"), Err(court));
        assert_eq!(accepte("éèàùçôîûêâëïüÿœ"), Ok(()));
        assert_eq!(accepte("    trois petits chats    "), Ok(()));
        assert_eq!(accepte(&"pomme d'api ".repeat(10)), Ok(()));
        let long = format!("{}abc", "0123456789abcdefghijklmno".repeat(5));
        assert_eq!(long.chars().count(), 128);
        assert_eq!(accepte(&long), Ok(()));
        let trop = accepte(&format!("{long}d"));
        assert_eq!(trop, Err(RefusMotDePasse::Long { trouve: 129 }));
    }

    #[test]
    fn what_everyone_tries_first_is_refused() {
        for commun in [
            "motdepasse123456789",
            "MotDePasse2026!!!!",
            "azertyuiopqsdfghjklm",
            "123456789012345",
            "motdepassemotdepasse",
            "aaaaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            // of the lists that were divulged
            "trustno1trustno1trustno1",
            "Liverpool2026!!",
        ] {
            assert_eq!(accepte(commun), Err(RefusMotDePasse::Commun), "{commun}");
        }
    }

    #[test]
    fn what_says_who_one_is_is_refused() {
        for sien in [
            "k.benali@haute-vesle.example",
            "Karim Benali 2026!!",
            "karimbenalikarimbenali",
            "K.Benali1234567890",
            "Entente1234567890",
            "ententeententeentente",
        ] {
            assert_eq!(accepte(sien), Err(RefusMotDePasse::Identite), "{sien}");
        }
        assert_eq!(accepte("le cousin de karim benali"), Ok(()));
    }

    #[test]
    fn the_list_is_long_enough_and_in_the_form_it_is_compared_in() {
        // as many as OWASP ASVS 5, 6.2.4 asks, ten times
        assert!(COMMUNS.len() >= 30_000, "{}", COMMUNS.len());
        for mot in COMMUNS.iter() {
            assert_eq!(*mot, mot.to_lowercase().trim());
        }
    }

    #[test]
    fn the_false_digest_costs_what_a_true_one_costs() {
        let vrai = hache("trois petits chats", &[7; 16]).unwrap();
        let [vrai, factice] = [&vrai, FACTICE].map(|h| PasswordHash::new(h).unwrap());
        assert_eq!(vrai.params, factice.params);
        assert_eq!(vrai.algorithm, factice.algorithm);
        assert_eq!(vrai.version, factice.version);
        let taille = |h: &PasswordHash| h.hash.map(|h| h.len());
        assert_eq!(taille(&vrai), taille(&factice));
        assert_eq!(vrai.salt.map(|s| s.len()), factice.salt.map(|s| s.len()));
    }

    #[test]
    fn a_password_is_told_from_another() {
        let garde = hache("trois petits chats", &[7; 16]).unwrap();
        assert!(garde.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(juste("trois petits chats", &garde));
        assert!(!juste("Trois petits chats", &garde));
        assert!(!juste("", FACTICE));
    }
}
