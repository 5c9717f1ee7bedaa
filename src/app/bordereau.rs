//! The bill of heads: each day, what every stream had reached, sealed by one digest and
//! time-stamped. A chain that was written again, whole, no longer agrees with it.

use super::execute::Entente;
use super::horodatage::Autorite;
use super::verifier::{Rapport, Rupture};
use crate::metier::chaine::instant;
use crate::store::bordereaux::{self, Bordereau};
use crate::store::{Conn, Erreur, controle};
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Says how a bill is written; another way is another name.
const FORME: &str = "entente/bordereau/1";

/// What the bills say of the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Scelles {
    /// How many days have a bill.
    pub jours: u64,
    /// How many have a time-stamp, and how many of these were judged.
    pub horodates: u64,
    pub juges: u64,
}

/// One head: contract, stream, rank, digest.
type Tete = (String, String, i64, String);

impl Entente {
    /// Writes the bill of a day, once; nothing when there is no stream. Answers it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn sceller(
        &self,
        jour: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Bordereau>, Erreur> {
        if let Some(deja) = self.bordereau(jour).await? {
            return Ok(Some(deja));
        }
        let mut instantane = self.base.instantane().await?;
        let tetes = controle::flux(&mut instantane.conn()).await?;
        drop(instantane);
        if tetes.is_empty() {
            return Ok(None);
        }
        let etabli = instant(maintenant);
        let contenu = ecrit(jour, &etabli, &tetes)?;
        let bordereau = Bordereau {
            jour: jour.to_owned(),
            etabli,
            empreinte: Digest::of(contenu.as_bytes()).to_string(),
            contenu,
            jeton: String::new(),
        };
        let garde = self.base.ecrire(move |mut conn| {
            Box::pin(async move { bordereaux::garde(&mut conn, &bordereau).await })
        });
        garde.await?;
        self.bordereau(jour).await
    }

    /// The bill of a day.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn bordereau(&self, jour: &str) -> Result<Option<Bordereau>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let trouve = bordereaux::depuis(&mut lecteur.conn(), jour).await?;
        Ok(trouve.filter(|b| b.jour == jour))
    }

    /// Gets a time-stamp for the bill of a day that has none.
    ///
    /// # Errors
    /// What went wrong, in French: to be tried again.
    pub(super) async fn horodater(
        &self,
        jour: &str,
        autorite: Option<&Autorite>,
    ) -> Result<(), String> {
        let bordereau = self.bordereau(jour).await.map_err(|e| e.to_string())?;
        let Some(bordereau) = bordereau.filter(|b| b.jeton.is_empty()) else {
            return Ok(());
        };
        let autorite = autorite.ok_or("aucune autorité d'horodatage n'est configurée")?;
        let empreinte: Digest = bordereau.empreinte.parse()?;
        let alea = alea();
        let autorite = autorite.clone();
        let demande = tokio::task::spawn_blocking(move || autorite.horodate(empreinte, alea));
        let jeton = demande.await.map_err(|e| e.to_string())??;
        let note = self.base.ecrire(move |mut conn| {
            let jeton = hexa(&jeton);
            Box::pin(async move { bordereaux::horodate(&mut conn, &bordereau.jour, &jeton).await })
        });
        note.await.map_err(|e| e.to_string())
    }

    /// Checks the journal, then every sealed head against it. Tokens are judged when an authority
    /// is given.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn verifier_bordereaux(
        &self,
        partie: Option<&str>,
        autorite: Option<&Autorite>,
    ) -> Result<Rapport, Erreur> {
        let mut rapport = self.verifier(partie).await?;
        let mut instantane = self.base.instantane().await?;
        let mut controle = Controle {
            rapport: &mut rapport,
            scelles: Scelles::default(),
            vues: BTreeMap::new(),
        };
        let conn = &mut instantane.conn();
        let mut jour = String::new();
        while let Some(bordereau) = bordereaux::depuis(conn, &jour).await? {
            controle.bordereau(conn, &bordereau, autorite).await?;
            // The least text after this day.
            jour = bordereau.jour + "\u{1}";
        }
        let scelles = controle.scelles;
        rapport.bordereaux = Some(scelles);
        Ok(rapport)
    }
}

struct Controle<'r> {
    rapport: &'r mut Rapport,
    scelles: Scelles,
    /// The last head checked of each stream.
    vues: BTreeMap<(String, String), (i64, String)>,
}

impl Controle<'_> {
    async fn bordereau(
        &mut self,
        conn: &mut Conn<'_>,
        bordereau: &Bordereau,
        autorite: Option<&Autorite>,
    ) -> Result<(), Erreur> {
        self.scelles.jours += 1;
        let jour = &bordereau.jour;
        let empreinte = Digest::of(bordereau.contenu.as_bytes());
        if empreinte.to_string() != bordereau.empreinte {
            self.rompt("", "", format!("le bordereau du {jour} a été changé"));
            return Ok(());
        }
        if !bordereau.jeton.is_empty() {
            self.scelles.horodates += 1;
            if let Some(autorite) = autorite {
                self.scelles.juges += 1;
                let jeton = octets(&bordereau.jeton).ok_or("le jeton ne se lit pas".to_owned());
                let juge = jeton.and_then(|jeton| autorite.juge(&jeton, empreinte));
                if let Err(quoi) = juge {
                    self.rompt(
                        "",
                        "",
                        format!("l'horodatage du {jour} ne tient pas : {quoi}"),
                    );
                }
            }
        }
        for ligne in bordereau.contenu.lines().skip(ENTETES) {
            let Ok((contrat, flux, rang, scellee)) = serde_json::from_str::<Tete>(ligne) else {
                self.rompt("", "", format!("le bordereau du {jour} ne se lit pas"));
                return Ok(());
            };
            let cle = (contrat, flux);
            let tete = (rang, scellee);
            if self.vues.get(&cle) == Some(&tete) {
                continue;
            }
            let (contrat, flux) = &cle;
            let trouvee = bordereaux::tete_a(conn, contrat, flux, rang).await?;
            if trouvee.as_ref() != Some(&tete.1) {
                let quoi = if trouvee.is_some() {
                    "a été réécrite"
                } else {
                    "manque"
                };
                self.rompt(
                    contrat,
                    flux,
                    format!("la ligne {rang} du flux, scellée le {jour}, {quoi}"),
                );
            }
            self.vues.insert(cle, tete);
        }
        Ok(())
    }

    fn rompt(&mut self, contrat: &str, flux: &str, quoi: String) {
        self.rapport.broken.push(Rupture {
            contrat: contrat.to_owned(),
            flux: flux.to_owned(),
            ordre: 0,
            quoi,
        });
    }
}

/// The lines of a bill before its heads.
const ENTETES: usize = 4;

/// A bill: its form, its day, its instant, how many heads; then one line for each, in order.
fn ecrit(jour: &str, etabli: &str, tetes: &[Tete]) -> Result<String, Erreur> {
    let mut ordre: Vec<&Tete> = tetes.iter().collect();
    ordre.sort();
    let n = ordre.len();
    let mut texte = format!("{FORME}\n{jour}\n{etabli}\n{n}\n");
    for tete in ordre {
        let ligne = serde_json::to_string(tete);
        let ligne = ligne.map_err(|e| Erreur::Abime(format!("une tête ne s'écrit pas ({e})")))?;
        let _ = writeln!(texte, "{ligne}");
    }
    Ok(texte)
}

fn alea() -> [u8; 8] {
    let id = uuid::Uuid::now_v7().into_bytes();
    let mut alea = [0; 8];
    // The second half is chance.
    alea.copy_from_slice(&id[8..]);
    alea
}

fn hexa(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut texte, octet| {
        let _ = write!(texte, "{octet:02x}");
        texte
    })
}

fn octets(hexa: &str) -> Option<Vec<u8>> {
    let paires = hexa.as_bytes().chunks(2);
    let octet = |paire: &[u8]| u8::from_str_radix(std::str::from_utf8(paire).ok()?, 16).ok();
    paires.map(octet).collect()
}
