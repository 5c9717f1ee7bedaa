//! What the server is told: on the command line, by the environment, in a file; the first that
//! says something is believed.

use super::comptes::{Politique, SecondFacteur};
use super::courriels::Courrier;
use super::horodatage::Autorite;
use crate::regles::problem::meant;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

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
}

const CLES: [&str; 9] = [
    "database",
    "listen",
    "workflows",
    "tsa_url",
    "tsa_certificats",
    "second_facteur",
    "courriel.smtp",
    "courriel.expediteur",
    "courriel.adresse_publique",
];
/// What a file may hold as a table of its own.
const TABLE: &str = "courriel";
/// What else the environment may say, read elsewhere.
const AILLEURS: [&str; 3] = ["config", "faute", "log"];
const PREFIXE: &str = "ENTENTE_";
const DATABASE: &str = "sqlite:data/entente.db";
const LISTEN: &str = "127.0.0.1:8080";

impl Dits {
    fn note(&mut self, cle: &str, valeur: &str) {
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
            _ => self.tsa_certificats = texte.map(PathBuf::from),
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
            if !CLES.contains(&cle.as_str()) {
                let connues = CLES.join(", ");
                let voulue = meant(&cle, &CLES);
                return Err(format!(
                    "la clé « {cle} » est inconnue.{voulue} Clés connues : {connues}."
                ));
            }
            let valeur = valeur
                .as_str()
                .ok_or_else(|| format!("« {cle} » attend un texte entre guillemets."))?;
            dits.note(&cle, valeur);
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
        })
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

/// The keys of a file, those of its table under its name.
fn deplie(table: &toml::Table) -> Vec<(String, &toml::Value)> {
    let mut clefs = Vec::new();
    for (cle, valeur) in table {
        match valeur.as_table().filter(|_| cle == TABLE) {
            Some(dedans) => {
                let dedans = dedans.iter().map(|(c, v)| (format!("{TABLE}.{c}"), v));
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
