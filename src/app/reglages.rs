//! What the server is told: on the command line, by the environment, in a file; the first that
//! says something is believed.

use super::abords::Abords;
use super::appels::Voisinage;
use super::coffre::{Coffre, fichier_secret};
use super::comptes::{Comptes, Politique, SecondFacteur};
use super::courriels::Courrier;
use super::federation::{Annonce, Fournisseur};
use super::horodatage::Autorite;
use crate::regles::problem::meant;
use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What one source says; what it does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dits {
    pub database: Option<String>,
    pub listen: Option<String>,
    pub workflows: Option<PathBuf>,
    pub tsa_url: Option<String>,
    pub tsa_certificats: Option<PathBuf>,
    pub second_facteur: Option<String>,
    pub courriel_smtp: Option<String>,
    pub courriel_expediteur: Option<String>,
    pub courriel_adresse_publique: Option<String>,
    /// What is said of others that are called, by its key: `oidc.…`, `webhooks.…`.
    pub autres: BTreeMap<&'static str, String>,
}

/// What the server runs with.
#[derive(Debug, Clone)]
pub struct Reglages {
    pub database: String,
    pub listen: SocketAddr,
    pub workflows: Option<PathBuf>,
    pub autorite: Option<Autorite>,
    pub politique: Politique,
    /// None: messages stay in the outbox.
    pub courrier: Option<Courrier>,
    /// The site as people reach it, without a final `/`: where links of messages lead.
    pub adresse_publique: String,
    /// Where people may sign in too.
    pub fournisseur: Option<Arc<Fournisseur>>,
    /// Where organisations may have events sent.
    pub voisinage: Voisinage,
    /// The only hosts of these; none: any.
    pub hotes: Arc<[String]>,
    pub abords: Abords,
    /// What seals the secrets of the database.
    pub coffre: Coffre,
    pub editeur: Editeur,
}

/// Who publishes the pages, as article 6 III of the law n° 2004-575 of 21 June 2004 asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Editeur {
    /// The organisation: its name, and where it is.
    pub organisation: Option<String>,
    pub directeur: Option<String>,
    /// Name, address, telephone.
    pub hebergeur: Option<String>,
    /// How people reach it.
    pub contact: Option<String>,
}

const CLES: [&str; 35] = [
    "database",
    "listen",
    "workflows",
    "tsa_url",
    "tsa_certificats",
    "second_facteur",
    "courriel.smtp",
    "courriel.expediteur",
    "courriel.adresse_publique",
    "oidc.emetteur",
    "oidc.client",
    "oidc.secret",
    "oidc.secret_fichier",
    "oidc.nom",
    "oidc.portees",
    "oidc.acr",
    "oidc.second_facteur",
    "oidc.siret",
    "oidc.courriel",
    "oidc.age_max",
    "oidc.rsa_2048",
    "webhooks.reseau_prive",
    "webhooks.hotes",
    "serveur.intermediaires",
    "serveur.mesures_jeton_fichier",
    "limites.pages",
    "limites.programmes",
    "limites.exports",
    "limites.depots",
    "secrets.cle",
    "secrets.cle_fichier",
    "mentions.editeur",
    "mentions.directeur",
    "mentions.hebergeur",
    "mentions.contact",
];
/// What a file may hold as tables of their own.
const TABLES: [&str; 7] = [
    "courriel", "oidc", "webhooks", "serveur", "limites", "secrets", "mentions",
];
/// What is asked of a provider when nothing is said.
const PORTEES: &str = "openid email profile";
/// What else the environment may say, read elsewhere.
#[cfg(any(debug_assertions, feature = "fautes"))]
const AILLEURS: &[&str] = &["config", "faute", "log"];
#[cfg(not(any(debug_assertions, feature = "fautes")))]
const AILLEURS: &[&str] = &["config", "log"];
const PREFIXE: &str = "ENTENTE_";
const DATABASE: &str = "sqlite:data/entente.db";
const LISTEN: &str = "127.0.0.1:8080";

impl Dits {
    fn note(&mut self, cle: &'static str, valeur: &str) {
        let texte = Some(valeur.to_owned());
        match cle {
            "database" => self.database = texte,
            "listen" => self.listen = texte,
            "workflows" => self.workflows = texte.map(PathBuf::from),
            "tsa_url" => self.tsa_url = texte,
            "second_facteur" => self.second_facteur = texte,
            "courriel.smtp" => self.courriel_smtp = texte,
            "courriel.expediteur" => self.courriel_expediteur = texte,
            "courriel.adresse_publique" => self.courriel_adresse_publique = texte,
            "tsa_certificats" => self.tsa_certificats = texte.map(PathBuf::from),
            autre => {
                self.autres.insert(autre, valeur.to_owned());
            }
        }
    }

    /// Reads a configuration file, in TOML.
    ///
    /// # Errors
    /// One French sentence: where it does not read, or which key nobody knows.
    pub fn fichier(nom: &Path) -> Result<Self, String> {
        let texte = std::fs::read_to_string(nom);
        let nom = nom.display();
        let texte = texte
            .map_err(|e| format!("Le fichier de configuration « {nom} » ne se lit pas ({e})."))?;
        Self::toml(&texte).map_err(|quoi| format!("Le fichier de configuration « {nom} » : {quoi}"))
    }

    /// The same, from its text.
    ///
    /// # Errors
    /// As [`Dits::fichier`].
    pub fn toml(texte: &str) -> Result<Self, String> {
        let table: toml::Table = texte.parse().map_err(|e: toml::de::Error| {
            let ligne = e.span().map_or(1, |place| {
                let avant = texte.get(..place.start).unwrap_or_default();
                avant.matches('\n').count() + 1
            });
            format!("la ligne {ligne} n'est pas du TOML ({}).", e.message())
        })?;
        let mut dits = Self::default();
        for (cle, valeur) in deplie(&table) {
            let connue = CLES.into_iter().find(|c| *c == cle).ok_or_else(|| {
                let connues = CLES.join(", ");
                let voulue = meant(&cle, &CLES);
                format!("la clé « {cle} » est inconnue.{voulue} Clés connues : {connues}.")
            })?;
            let valeur = valeur
                .as_str()
                .ok_or_else(|| format!("« {cle} » attend un texte entre guillemets."))?;
            dits.note(connue, valeur);
        }
        Ok(dits)
    }

    /// Reads what the environment says under `ENTENTE_…`.
    ///
    /// # Errors
    /// One French sentence: a name that nobody knows.
    pub fn environnement(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, String> {
        let mut dits = Self::default();
        for (nom, valeur) in variables {
            let Some(cle) = nom.strip_prefix(PREFIXE) else {
                continue;
            };
            let cle = cle.to_lowercase();
            let connue = CLES.into_iter().find(|c| c.replace('.', "_") == cle);
            if let Some(connue) = connue {
                dits.note(connue, &valeur);
            } else if !AILLEURS.contains(&cle.as_str()) {
                let connues: Vec<String> = CLES
                    .iter()
                    .map(|c| format!("{PREFIXE}{}", c.to_uppercase().replace('.', "_")))
                    .collect();
                let noms: Vec<&str> = connues.iter().map(String::as_str).collect();
                let voulue = meant(&nom, &noms);
                return Err(format!(
                    "La variable d'environnement « {nom} » est inconnue.{voulue} Variables \
                     connues : {}.",
                    connues.join(", ")
                ));
            }
        }
        Ok(dits)
    }

    /// What this source says, and where it is silent what another says.
    #[must_use]
    pub fn ou(self, autre: Self) -> Self {
        Self {
            database: self.database.or(autre.database),
            listen: self.listen.or(autre.listen),
            workflows: self.workflows.or(autre.workflows),
            tsa_url: self.tsa_url.or(autre.tsa_url),
            tsa_certificats: self.tsa_certificats.or(autre.tsa_certificats),
            second_facteur: self.second_facteur.or(autre.second_facteur),
            courriel_smtp: self.courriel_smtp.or(autre.courriel_smtp),
            courriel_expediteur: self.courriel_expediteur.or(autre.courriel_expediteur),
            courriel_adresse_publique: self
                .courriel_adresse_publique
                .or(autre.courriel_adresse_publique),
            // Of two that say a key, the last one put in is kept.
            autres: autre.autres.into_iter().chain(self.autres).collect(),
        }
    }

    /// Judges what was said.
    ///
    /// # Errors
    /// One French sentence: what cannot be run with.
    pub fn reglages(self) -> Result<Reglages, String> {
        let listen = self.listen.unwrap_or_else(|| LISTEN.to_owned());
        let autorite = match (self.tsa_url, self.tsa_certificats) {
            (None, None) => None,
            (Some(url), Some(certificats)) => Some(Autorite::nouvelle(&url, &certificats)?),
            (Some(_), None) => {
                return Err(
                    "tsa_url est donné sans tsa_certificats : un jeton qui ne peut pas être jugé \
                     ne prouve rien. Donnez les certificats (PEM) de l'autorité."
                        .to_owned(),
                );
            }
            (None, Some(_)) => {
                return Err(
                    "tsa_certificats est donné sans tsa_url : donnez l'adresse de l'autorité \
                     d'horodatage."
                        .to_owned(),
                );
            }
        };
        let publique = self.courriel_adresse_publique;
        let courrier = match (self.courriel_smtp, self.courriel_expediteur) {
            (None, None) => None,
            (Some(smtp), Some(expediteur)) if publique.is_some() => {
                Some(Courrier::nouveau(&smtp, &expediteur)?)
            }
            _ => {
                return Err(
                    "Le courriel attend trois réglages ensemble : courriel.smtp, \
                     courriel.expediteur et courriel.adresse_publique. Donnez-les tous, ou aucun."
                        .to_owned(),
                );
            }
        };
        let fournisseur = fournisseur(&self.autres, publique.as_deref())?;
        let ici = format!("http://{listen}");
        Ok(Reglages {
            database: self.database.unwrap_or_else(|| DATABASE.to_owned()),
            listen: ecoute(&listen)?,
            workflows: self.workflows,
            autorite,
            politique: Politique {
                second_facteur: second_facteur(self.second_facteur.as_deref())?,
                ..Politique::default()
            },
            courrier,
            adresse_publique: site(&publique.unwrap_or(ici))?,
            fournisseur,
            voisinage: voisinage(&self.autres)?,
            hotes: hotes(&self.autres),
            abords: Abords::lus(&self.autres)?,
            coffre: Coffre::lu(&self.autres)?,
            editeur: Editeur::lu(&self.autres),
        })
    }
}

impl Reglages {
    /// Accounts whose people sign in, and are written to, as is told here.
    ///
    /// # Errors
    /// A template that cannot be read.
    pub fn joints(&self, comptes: Comptes) -> Result<Comptes, String> {
        let comptes = comptes.avec_hotes(Arc::clone(&self.hotes));
        let comptes = match &self.fournisseur {
            Some(fournisseur) => comptes.avec_fournisseur(Arc::clone(fournisseur)),
            None => comptes,
        };
        match self.courrier {
            Some(_) => comptes.avec_courriels(&self.adresse_publique),
            None => Ok(comptes),
        }
    }
}

impl Editeur {
    fn lu(dits: &BTreeMap<&'static str, String>) -> Self {
        let dit = |cle: &str| {
            let dit = dits.get(cle).map(|texte| texte.trim().to_owned());
            dit.filter(|texte| !texte.is_empty())
        };
        Self {
            organisation: dit("mentions.editeur"),
            directeur: dit("mentions.directeur"),
            hebergeur: dit("mentions.hebergeur"),
            contact: dit("mentions.contact"),
        }
    }
}

/// The provider of identities that is told, if one is.
fn fournisseur(
    dits: &BTreeMap<&'static str, String>,
    publique: Option<&str>,
) -> Result<Option<Arc<Fournisseur>>, String> {
    let dit = |cle: &str| dits.get(cle).map(String::as_str);
    let (emetteur, client) = match (dit("oidc.emetteur"), dit("oidc.client")) {
        (Some(emetteur), Some(client)) => (emetteur, client),
        (None, None) if !dits.keys().any(|cle| cle.starts_with("oidc.")) => return Ok(None),
        _ => {
            return Err(
                "La connexion par un fournisseur d'identité attend deux réglages ensemble : \
                 oidc.emetteur et oidc.client. Donnez-les tous deux, ou aucun réglage « oidc »."
                    .to_owned(),
            );
        }
    };
    let publique = publique.ok_or(
        "Les réglages « oidc » attendent courriel.adresse_publique : le fournisseur d'identité y \
         renvoie les personnes. Donnez l'adresse du site.",
    )?;
    let secret = match (dit("oidc.secret"), dit("oidc.secret_fichier")) {
        (Some(_), Some(_)) => {
            return Err(
                "oidc.secret et oidc.secret_fichier disent deux fois la même chose. Gardez l'un \
                 des deux."
                    .to_owned(),
            );
        }
        (None, Some(fichier)) => {
            let lu = fichier_secret(Path::new(fichier), "oidc.secret_fichier")?;
            Some(lu.trim().to_owned())
        }
        (secret, None) => secret.map(str::to_owned),
    };
    let garanti = match dit("oidc.courriel") {
        None | Some("verifie") => false,
        Some("garanti") => true,
        Some(autre) => {
            return Err(format!(
                "oidc.courriel vaut « {autre} » : attendu « verifie » (le fournisseur dit quelles \
                 adresses il a vérifiées) ou « garanti » (il les vérifie toutes)."
            ));
        }
    };
    let mots = |cle: &str, defaut: &str| {
        let mots = dit(cle).unwrap_or(defaut).split_whitespace();
        mots.map(str::to_owned).collect()
    };
    let annonce = Annonce {
        emetteur: emetteur.to_owned(),
        client: client.to_owned(),
        secret,
        nom: dit("oidc.nom").unwrap_or("mon organisation").to_owned(),
        portees: mots("oidc.portees", PORTEES),
        acr: mots("oidc.acr", ""),
        seconds: mots("oidc.second_facteur", ""),
        siret: dit("oidc.siret").unwrap_or("siret").to_owned(),
        garanti,
        age_max: age_max(dit("oidc.age_max"))?,
        rsa_2048: oui(dit("oidc.rsa_2048"), "oidc.rsa_2048")?,
    };
    let fournisseur = Fournisseur::nouveau(annonce, &site(publique)?)?;
    Ok(Some(Arc::new(fournisseur)))
}

fn voisinage(dits: &BTreeMap<&'static str, String>) -> Result<Voisinage, String> {
    let cle = "webhooks.reseau_prive";
    let prive = oui(dits.get(cle).map(String::as_str), cle)?;
    Ok(if prive {
        Voisinage::Tout
    } else {
        Voisinage::Public
    })
}

fn hotes(dits: &BTreeMap<&'static str, String>) -> Arc<[String]> {
    let texte = dits.get("webhooks.hotes").map_or("", String::as_str);
    texte.split_whitespace().map(str::to_owned).collect()
}

/// Whether something that is not done by default is asked for.
fn oui(dit: Option<&str>, cle: &str) -> Result<bool, String> {
    match dit {
        None | Some("non") => Ok(false),
        Some("oui") => Ok(true),
        Some(autre) => Err(format!(
            "{cle} vaut « {autre} » : attendu « oui » ou « non »."
        )),
    }
}

/// How long ago, at most, a provider asked for what it knows someone by; none: it is not asked.
fn age_max(dit: Option<&str>) -> Result<Option<TimeDelta>, String> {
    match dit {
        None => Ok(Some(Politique::default().vie)),
        Some("sans") => Ok(None),
        Some(texte) => match texte.parse::<u32>() {
            Ok(minutes) if minutes > 0 => Ok(Some(TimeDelta::minutes(minutes.into()))),
            _ => Err(format!(
                "oidc.age_max vaut « {} » : attendu un nombre de minutes, ou « sans ».",
                texte.escape_default()
            )),
        },
    }
}

fn second_facteur(dit: Option<&str>) -> Result<SecondFacteur, String> {
    match dit {
        None | Some("exige") => Ok(SecondFacteur::Exige),
        Some("propose") => Ok(SecondFacteur::Propose),
        Some(autre) => Err(format!(
            "second_facteur vaut « {autre} » : attendu « exige » ou « propose »."
        )),
    }
}

/// The keys of a file, those of its tables under their names.
fn deplie(table: &toml::Table) -> Vec<(String, &toml::Value)> {
    let mut clefs = Vec::new();
    for (cle, valeur) in table {
        match valeur.as_table().filter(|_| TABLES.contains(&&**cle)) {
            Some(dedans) => {
                let dedans = dedans.iter().map(|(c, v)| (format!("{cle}.{c}"), v));
                clefs.extend(dedans);
            }
            None => clefs.push((cle.clone(), valeur)),
        }
    }
    clefs
}

/// Where links lead: written in headers and in pages, so nothing that would break them.
fn site(adresse: &str) -> Result<String, String> {
    let hote = ["https://", "http://"]
        .iter()
        .find_map(|debut| adresse.strip_prefix(debut));
    let bon = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
    if hote.is_some_and(|hote| !hote.is_empty() && hote.chars().all(bon)) {
        return Ok(adresse.trim_end_matches('/').to_owned());
    }
    Err(format!(
        "L'adresse publique « {} » ne se lit pas : attendu « https://entente.exemple.fr ».",
        adresse.escape_default()
    ))
}

/// Where to listen: this machine only. What stands before it, for others, bears TLS.
fn ecoute(texte: &str) -> Result<SocketAddr, String> {
    let adresse = texte.replace("localhost", "127.0.0.1");
    let adresse: SocketAddr = adresse.parse().map_err(|_| {
        format!("L'adresse d'écoute « {texte} » ne se lit pas : attendu « {LISTEN} ».")
    })?;
    if adresse.ip().is_loopback() {
        return Ok(adresse);
    }
    Err(format!(
        "Entente n'écoute pas sur « {texte} » : les mots de passe y passeraient en clair. Donnez \
         une adresse de cette machine, comme « {LISTEN} », et placez devant un serveur qui porte \
         TLS."
    ))
}
