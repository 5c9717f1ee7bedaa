//! Secrets that must be read again, sealed by a key that the database does not hold: the keys of
//! telephones, the secrets that sign announcements. AES-256-GCM (NIST SP 800-38D), a random nonce
//! each time; what is sealed is bound to whose it is: nothing moves from one row to another.

use super::execute::Entente;
use crate::store::identites::personnes;
use crate::store::{Conn, Erreur, abonnements};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// How a sealed text begins; then the name of its key, then what is sealed. A plain one holds no
/// dot.
const DEBUT: &str = "c1.";
const OCTETS: usize = 32;

/// The keys: the first seals, all open. None: secrets are kept as they are.
#[derive(Clone, Default)]
pub struct Coffre {
    cles: Arc<[Cle]>,
}

struct Cle {
    /// The beginning of its digest.
    nom: String,
    cle: LessSafeKey,
}

impl fmt::Debug for Coffre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Coffre({})", self.cles.len())
    }
}

/// Reads a file that only its owner should read.
///
/// # Errors
/// One French sentence: it does not read, or others of the machine may read it.
pub fn fichier_secret(fichier: &Path, cle: &str) -> Result<String, String> {
    use std::os::unix::fs::PermissionsExt as _;
    let nom = fichier.display();
    let illisible = |e| format!("Le fichier « {nom} » ({cle}) ne se lit pas ({e}).");
    let droits = fichier.metadata().map_err(illisible)?.permissions().mode();
    if droits & 0o007 != 0 {
        return Err(format!(
            "Le fichier « {nom} » ({cle}) est ouvert à tous les comptes de la machine (droits \
             {:03o}). Fermez-le : chmod 640 au plus.",
            droits & 0o777
        ));
    }
    std::fs::read_to_string(fichier).map_err(illisible)
}

impl Coffre {
    /// What settings say: `secrets.cle`, or `secrets.cle_fichier`.
    ///
    /// # Errors
    /// One French sentence: a key that does not read.
    pub fn lu(dits: &BTreeMap<&'static str, String>) -> Result<Self, String> {
        let (cle, fichier) = ("secrets.cle", "secrets.cle_fichier");
        match (dits.get(cle), dits.get(fichier)) {
            (None, None) => Ok(Self::default()),
            (Some(_), Some(_)) => Err(format!(
                "{cle} et {fichier} disent deux fois la même chose. Gardez l'un des deux."
            )),
            (Some(texte), None) => Self::des_cles(texte, cle),
            (None, Some(chemin)) => {
                Self::des_cles(&fichier_secret(Path::new(chemin), fichier)?, fichier)
            }
        }
    }

    /// Keys of 32 bytes, in hexadecimal, separated by spaces or ends of line. `dites`: the setting
    /// that holds them.
    ///
    /// # Errors
    /// One French sentence: one that does not read, or none.
    pub fn des_cles(texte: &str, dites: &str) -> Result<Self, String> {
        let faute = || {
            format!(
                "{dites} : attendu des clés de 64 chiffres hexadécimaux, la première chiffrant. \
                 Faites-en une par « openssl rand -hex 32 »."
            )
        };
        let cles: Option<Vec<Cle>> = texte.split_whitespace().map(Cle::lue).collect();
        let cles = cles.filter(|c| !c.is_empty()).ok_or_else(faute)?;
        Ok(Self { cles: cles.into() })
    }

    pub fn vide(&self) -> bool {
        self.cles.is_empty()
    }

    /// Seals a text for whom it belongs to; as it is when there is no key.
    ///
    /// # Errors
    /// The system gives no chance.
    pub fn scelle(&self, a_qui: &str, clair: &str) -> Result<String, Erreur> {
        let Some(cle) = self.cles.first() else {
            return Ok(clair.to_owned());
        };
        let refuse =
            |quoi: &str| Erreur::Indisponible(format!("un secret ne se chiffre pas : {quoi}"));
        let mut alea = [0; NONCE_LEN];
        getrandom::fill(&mut alea).map_err(|e| refuse(&e.to_string()))?;
        let mut octets = clair.as_bytes().to_vec();
        let nonce = Nonce::assume_unique_for_key(alea);
        cle.cle
            .seal_in_place_append_tag(nonce, Aad::from(a_qui.as_bytes()), &mut octets)
            .map_err(|e| refuse(&e.to_string()))?;
        let mut tout = alea.to_vec();
        tout.extend(octets);
        let code = Base64UrlUnpadded::encode_string(&tout);
        Ok(format!("{DEBUT}{}.{code}", cle.nom))
    }

    /// The text that was sealed for whom it belongs to; one kept as it is, as it is.
    ///
    /// # Errors
    /// The key is not there, or what is kept was changed.
    pub fn ouvre(&self, a_qui: &str, garde: &str) -> Result<String, Erreur> {
        let Some(suite) = garde.strip_prefix(DEBUT) else {
            return Ok(garde.to_owned());
        };
        let abime = || Erreur::Abime("un secret chiffré ne s'ouvre pas".to_owned());
        let (nom, code) = suite.split_once('.').ok_or_else(abime)?;
        let cle = self.cles.iter().find(|c| c.nom == nom);
        let cle = cle.ok_or_else(|| Erreur::Indisponible(sans_cle(nom)))?;
        let tout = Base64UrlUnpadded::decode_vec(code).map_err(|_| abime())?;
        let (alea, octets) = tout.split_at_checked(NONCE_LEN).ok_or_else(abime)?;
        let nonce = Nonce::try_assume_unique_for_key(alea).map_err(|_| abime())?;
        let mut octets = octets.to_vec();
        let clair = cle
            .cle
            .open_in_place(nonce, Aad::from(a_qui.as_bytes()), &mut octets);
        let clair = clair.map_err(|_| abime())?;
        String::from_utf8(clair.to_vec()).map_err(|_| abime())
    }

    /// Whether a text is kept as the first key would seal it.
    fn a_jour(&self, garde: &str) -> bool {
        let scelle = garde.strip_prefix(DEBUT).and_then(|s| s.split_once('.'));
        match self.cles.first() {
            None => scelle.is_none(),
            Some(cle) => scelle.is_some_and(|(nom, _)| nom == cle.nom),
        }
    }
}

impl Cle {
    fn lue(texte: &str) -> Option<Self> {
        let paires: Option<Vec<u8>> = (0..texte.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(texte.get(i..i + 2)?, 16).ok())
            .collect();
        let octets = paires.filter(|o| o.len() == OCTETS)?;
        let empreinte = Sha256::digest(&octets);
        let nom: u32 = empreinte
            .iter()
            .take(4)
            .fold(0, |n, o| n << 8 | u32::from(*o));
        Some(Self {
            nom: format!("{nom:08x}"),
            cle: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &octets).ok()?),
        })
    }
}

fn sans_cle(nom: &str) -> String {
    format!(
        "des secrets de la base sont chiffrés par la clé « {nom} », qui n'est pas donnée. \
         Donnez-la par secrets.cle_fichier"
    )
}

/// Whose the key of a telephone is.
pub(super) fn du_telephone(personne: &str) -> String {
    format!("telephone:{personne}")
}

/// Whose the secret of a subscription is.
pub(super) fn de_l_abonnement(id: &str) -> String {
    format!("abonnement:{id}")
}

impl Entente {
    /// Seals by the first key all that is kept plain or under another key. Answers how many were.
    ///
    /// # Errors
    /// One French sentence: a key that something is sealed by is not given; the database does not
    /// take it.
    pub async fn chiffrer_secrets(&self) -> Result<u64, String> {
        let noms = self.cles_des_secrets().await.map_err(|e| e.to_string())?;
        let connue = |nom: &String| self.coffre.cles.iter().any(|c| c.nom == *nom);
        if let Some(absente) = noms.iter().find(|nom| !connue(nom)) {
            return Err(format!("Impossible de servir : {}.", sans_cle(absente)));
        }
        let coffre = self.coffre.clone();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let mut n = 0;
                for (id, garde) in personnes::telephones(conn).await? {
                    if let Some(neuf) = coffre.renouvele(&du_telephone(&id), &garde)? {
                        n += personnes::remplace_telephone(conn, &id, [&garde, &neuf]).await?;
                    }
                }
                for (id, garde) in abonnements::secrets(conn).await? {
                    if let Some(neuf) = coffre.renouvele(&de_l_abonnement(&id), &garde)? {
                        n += abonnements::remplace_secret(conn, &id, [&garde, &neuf]).await?;
                    }
                }
                Ok(n)
            })
        });
        ecrit.await.map_err(|e| e.to_string())
    }

    /// The names of the keys that seal what the database holds, each once.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn cles_des_secrets(&self) -> Result<Vec<String>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        cles_de(&mut lecteur.conn()).await
    }
}

impl Coffre {
    /// What is to be kept in place of a text; none when it is well as it is.
    fn renouvele(&self, a_qui: &str, garde: &str) -> Result<Option<String>, Erreur> {
        // Opened even so: a key that is not there is told now rather than at a sign-in.
        let clair = self.ouvre(a_qui, garde)?;
        if self.a_jour(garde) {
            return Ok(None);
        }
        self.scelle(a_qui, &clair).map(Some)
    }
}

/// Which keys open what a database holds: their names, each once.
async fn cles_de(conn: &mut Conn<'_>) -> Result<Vec<String>, Erreur> {
    let gardes = personnes::telephones(conn).await?;
    let gardes = gardes.into_iter().chain(abonnements::secrets(conn).await?);
    let mut noms: Vec<String> = gardes
        .filter_map(|(_, garde)| Some(garde.strip_prefix(DEBUT)?.split_once('.')?.0.to_owned()))
        .collect();
    noms.sort();
    noms.dedup();
    Ok(noms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coffre(octets: &[u8]) -> Coffre {
        let cles = octets.iter().map(|o| format!("{o:02x}").repeat(OCTETS));
        Coffre::des_cles(&cles.collect::<Vec<_>>().join("\n"), "secrets.cle").unwrap()
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_for_whom_it_is_and_for_nobody_else(
            clair in "\\PC{0,60}", a_qui in "[a-z:]{1,20}", rang in 0..400_usize, bit in 0..8_u8,
        ) {
            let un = coffre(&[1]);
            let scelle = un.scelle(&a_qui, &clair).unwrap();
            prop_assert_eq!(un.ouvre(&a_qui, &scelle).unwrap(), clair.clone());
            let autre = a_qui.clone() + "x";
            prop_assert!(un.ouvre(&autre, &scelle).is_err());
            prop_assert!(coffre(&[2]).ouvre(&a_qui, &scelle).is_err());
            prop_assert!(Coffre::default().ouvre(&a_qui, &scelle).is_err());
            prop_assert_eq!(coffre(&[2, 1]).ouvre(&a_qui, &scelle).unwrap(), clair);
            // and nothing of it is read once a bit is another
            let (tete, code) = scelle.rsplit_once('.').unwrap();
            let mut octets = Base64UrlUnpadded::decode_vec(code).unwrap();
            let rang = rang % octets.len();
            octets[rang] ^= 1 << bit;
            let code = Base64UrlUnpadded::encode_string(&octets);
            let change = [tete, &code].join(".");
            prop_assert!(un.ouvre(&a_qui, &change).is_err());
        }
    }

    #[test]
    fn a_file_that_all_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let nom = format!("entente-secret-{}", std::process::id());
        let fichier = std::env::temp_dir().join(nom);
        std::fs::write(&fichier, "un secret").unwrap();
        for (droits, lu) in [(0o400, true), (0o640, true), (0o644, false), (0o602, false)] {
            let droits = std::fs::Permissions::from_mode(droits);
            std::fs::set_permissions(&fichier, droits).unwrap();
            let dit = fichier_secret(&fichier, "secrets.cle_fichier");
            assert_eq!(dit.is_ok(), lu, "{dit:?}");
            assert!(lu || dit.unwrap_err().contains("chmod 640"));
        }
        std::fs::remove_file(&fichier).unwrap();
    }

    #[test]
    fn the_same_secret_is_never_sealed_twice_alike_and_shows_no_key() {
        let un = coffre(&[1]);
        let [a, b] = [(); 2].map(|()| un.scelle("a", "secret").unwrap());
        assert_ne!(a, b);
        assert!(!a.contains("secret"));
        assert_eq!(format!("{un:?}"), "Coffre(1)");
        assert!(un.a_jour(&a) && !un.a_jour("secret") && !coffre(&[2, 1]).a_jour(&a));
    }

    #[test]
    fn without_a_key_nothing_changes_and_a_wrong_key_is_told() {
        let sans = Coffre::default();
        assert_eq!(sans.scelle("a", "secret").unwrap(), "secret");
        assert_eq!(sans.ouvre("a", "secret").unwrap(), "secret");
        for faux in [
            "",
            "00",
            &"zz".repeat(32),
            &"00".repeat(31),
            &"é".repeat(32),
        ] {
            let dit = Coffre::des_cles(faux, "secrets.cle").unwrap_err();
            assert!(dit.contains("secrets.cle"), "{faux}");
        }
    }
}
