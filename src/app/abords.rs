//! What stands around the server: whom it believes about addresses, who reads its counters, and
//! how much one person may ask of it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// What is said of it.
#[derive(Clone, Default)]
pub struct Abords {
    /// Those whose word is taken about where a request comes from.
    pub intermediaires: Vec<IpAddr>,
    /// What a watcher of another machine shows to read the counters.
    pub jeton_mesures: Option<String>,
    pub limites: Limites,
}

impl fmt::Debug for Abords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Abords")
            .field("intermediaires", &self.intermediaires)
            .field("limites", &self.limites)
            .finish_non_exhaustive()
    }
}

/// Requests that one person may make in a minute of the clock; 0: as many as they like.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limites {
    pub pages: u32,
    pub programmes: u32,
    pub exports: u32,
    pub depots: u32,
}

/// What a server runs with when nothing is said.
pub const LIMITES: Limites = Limites {
    pages: 300,
    programmes: 600,
    exports: 30,
    depots: 30,
};
/// The seconds that limits are counted over.
pub const FENETRE: i64 = 60;
const LIMITE_MAX: u32 = 1_000_000;

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Classe {
    /// Pages and forms.
    Page,
    /// What programs ask.
    Programme,
    /// Whole tables.
    Export,
    /// Files handed over.
    Depot,
}

impl Limites {
    fn de(&self, classe: Classe) -> u32 {
        match classe {
            Classe::Page => self.pages,
            Classe::Programme => self.programmes,
            Classe::Export => self.exports,
            Classe::Depot => self.depots,
        }
    }
}

/// Counts what each person asks, in this program's memory.
#[derive(Debug)]
pub struct Frein {
    limites: Limites,
    compte: Mutex<Compte>,
}

/// The requests of one minute: those of the others are forgotten.
#[derive(Debug, Default)]
struct Compte {
    fenetre: i64,
    faites: HashMap<(Classe, String), u32>,
}

impl Frein {
    pub fn nouveau(limites: Limites) -> Self {
        Self {
            limites,
            compte: Mutex::default(),
        }
    }

    /// Counts one request of a person at an instant (Unix, in seconds). Answers how many seconds
    /// are to be waited when there were too many.
    pub fn prend(&self, classe: Classe, personne: &str, instant: i64) -> Option<i64> {
        let max = self.limites.de(classe);
        if max == 0 {
            return None;
        }
        let fenetre = instant.div_euclid(FENETRE);
        let mut compte = self.compte.lock().unwrap_or_else(PoisonError::into_inner);
        if compte.fenetre != fenetre {
            *compte = Compte {
                fenetre,
                ..Compte::default()
            };
        }
        let faites = compte.faites.entry((classe, personne.to_owned()));
        let faites = faites.or_default();
        *faites = faites.saturating_add(1);
        (*faites > max).then(|| FENETRE - instant.rem_euclid(FENETRE))
    }
}

impl Abords {
    /// What settings say, by their keys: `serveur.…`, `limites.…`.
    ///
    /// # Errors
    /// One French sentence: what does not read.
    pub fn lus(dits: &BTreeMap<&'static str, String>) -> Result<Self, String> {
        let dit = |cle: &str| dits.get(cle).map(String::as_str);
        let limite = |cle: &str, defaut: u32| match dit(cle) {
            None => Ok(defaut),
            Some(texte) => texte
                .parse()
                .ok()
                .filter(|n| *n <= LIMITE_MAX)
                .ok_or_else(|| {
                    format!(
                        "{cle} vaut « {} » : attendu un nombre de demandes par minute, de 0 (sans \
                         limite) à {LIMITE_MAX}.",
                        texte.escape_default()
                    )
                }),
        };
        let jeton_mesures = match dit("serveur.mesures_jeton_fichier") {
            None => None,
            Some(fichier) => Some(jeton(Path::new(fichier))?),
        };
        Ok(Self {
            intermediaires: intermediaires(dit("serveur.intermediaires").unwrap_or_default())?,
            jeton_mesures,
            limites: Limites {
                pages: limite("limites.pages", LIMITES.pages)?,
                programmes: limite("limites.programmes", LIMITES.programmes)?,
                exports: limite("limites.exports", LIMITES.exports)?,
                depots: limite("limites.depots", LIMITES.depots)?,
            },
        })
    }
}

fn intermediaires(texte: &str) -> Result<Vec<IpAddr>, String> {
    let lus = texte.split_whitespace().map(|adresse| {
        let lue: Result<IpAddr, _> = adresse.parse();
        lue.map(|ip| ip.to_canonical()).map_err(|_| {
            format!(
                "serveur.intermediaires cite « {} » : attendu des adresses séparées par des \
                 espaces, comme « 127.0.0.1 ::1 ».",
                adresse.escape_default()
            )
        })
    });
    lus.collect()
}

fn jeton(fichier: &Path) -> Result<String, String> {
    let nom = fichier.display();
    let cle = "serveur.mesures_jeton_fichier";
    let lu = super::coffre::fichier_secret(fichier, cle)?;
    let lu = lu.trim();
    if lu.len() >= 32 && lu.bytes().all(|c| c.is_ascii_graphic()) {
        return Ok(lu.to_owned());
    }
    Err(format!(
        "Le fichier « {nom} » ({cle}) : attendu un jeton d'au moins 32 signes, sans espace. \
         Faites-le par « openssl rand -hex 32 »."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_held_back_and_nobody_else_nor_the_next_minute() {
        let frein = Frein::nouveau(Limites {
            exports: 2,
            ..Limites::default()
        });
        let prend = |qui: &str, quand| frein.prend(Classe::Export, qui, quand);
        assert_eq!([prend("a", 100), prend("a", 110)], [None, None]);
        // the minute that began at 60 ends at 120
        assert_eq!(prend("a", 113), Some(7));
        assert_eq!(prend("b", 113), None);
        assert_eq!(frein.prend(Classe::Page, "a", 113), None);
        assert_eq!(prend("a", 120), None);
    }

    #[test]
    fn what_does_not_read_is_told() {
        let lus = |cle: &'static str, valeur: &str| {
            Abords::lus(&BTreeMap::from([(cle, valeur.to_owned())]))
        };
        let bons = lus("serveur.intermediaires", "127.0.0.1 ::1 ::ffff:10.0.0.1").unwrap();
        let attendus: Vec<IpAddr> = ["127.0.0.1", "::1", "10.0.0.1"]
            .map(|a| a.parse().unwrap())
            .to_vec();
        assert_eq!(bons.intermediaires, attendus);
        assert_eq!(bons.limites, LIMITES);
        assert_eq!(lus("limites.pages", "0").unwrap().limites.pages, 0);
        for (cle, valeur) in [
            ("serveur.intermediaires", "10.0.0.0/8"),
            ("limites.pages", "-1"),
            ("limites.depots", "beaucoup"),
            ("serveur.mesures_jeton_fichier", "/nulle/part"),
        ] {
            assert!(lus(cle, valeur).unwrap_err().contains(cle), "{cle}");
        }
    }
}
