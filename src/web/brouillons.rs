//! Drafts of forms: kept while one types, when a form is refused, and when the session had ended
//! before it came; offered again when the form is opened.

use super::Etat;
use super::envoi::{self, un};
use super::erreurs::Faute;
use super::seance::Seance;
use crate::app::brouillons::{Brouillon, CleDeBrouillon};
use crate::app::formulaires::{Cible, Envoi};
use crate::app::vues;
use axum::extract::{Extension, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A form, by the contract it is of (none: a new one), its path there, and what its fields say it
/// is about. Of each: its name in the form, and its value.
#[derive(Debug, Clone)]
pub(super) struct Formulaire {
    contrat: String,
    chemin: String,
    sujet: Vec<(&'static str, String)>,
}

/// A draft that was taken up: since when, and what throws it away.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Repris {
    #[serde(skip)]
    pub envoi: Envoi,
    quand: String,
    adresse: String,
    champs: Vec<[String; 2]>,
}

impl Repris {
    /// Whether it holds all these answers already.
    pub(super) fn repond(&self, reponses: &Envoi) -> bool {
        let mut reponses = reponses.iter();
        reponses.all(|(champ, valeurs)| self.envoi.get(champ) == Some(valeurs))
    }
}

const ACTE: [&str; 3] = ["flux", "lieu", "acte"];
/// Of what is said around a contract: which form of its page, and about what.
const DIT: [&str; 2] = ["quoi", "de"];

impl Formulaire {
    /// The form at a path: `/contrats/c/ecrire/theme`. None: there is no form there.
    pub fn au(chemin: &str, lit: impl Fn(&str) -> String) -> Option<Self> {
        let suite = chemin.strip_prefix("/contrats/")?;
        let (contrat, suite) = match suite.split_once('/') {
            None if suite == "nouveau" => ("", "nouveau"),
            None => return None,
            Some(deux) => deux,
        };
        let noms: Vec<&'static str> = match suite.split_once('/') {
            None if suite == "nouveau" => Vec::new(),
            None if suite == "acte" => ACTE.to_vec(),
            // There, « de » is a field.
            None if suite == "pieces" => DIT[..1].to_vec(),
            None if ["echanges", "reunions", "notes"].contains(&suite) => DIT.to_vec(),
            Some(("echanges" | "reunions", _)) => DIT.to_vec(),
            Some(("ecrire", genre)) => {
                let cible = Cible {
                    genre: genre.to_owned(),
                    ..Cible::default()
                };
                ["flux"]
                    .into_iter()
                    .chain(cible.cle())
                    .chain(["pour"])
                    .collect()
            }
            _ => return None,
        };
        Some(Self {
            contrat: decode(contrat),
            chemin: suite.to_owned(),
            sujet: noms.into_iter().map(|nom| (nom, lit(nom))).collect(),
        })
    }

    /// Where it is opened.
    pub fn adresse(&self) -> String {
        let mut adresse = match self.contrat.as_str() {
            "" => "/contrats".to_owned(),
            contrat => vues::adresse(contrat),
        };
        let page = match self.chemin.as_str() {
            "pieces" => "documents",
            chemin => chemin,
        };
        adresse = format!("{adresse}/{page}");
        // Such a page shows all its forms.
        if self.sujet.first().is_some_and(|(nom, _)| *nom == DIT[0]) {
            return adresse;
        }
        let mut signe = '?';
        for (nom, valeur) in self.sujet.iter().filter(|(_, valeur)| !valeur.is_empty()) {
            let code: String = form_urlencoded::byte_serialize(valeur.as_bytes()).collect();
            adresse.push(signe);
            adresse.extend([*nom, "=", &code]);
            signe = '&';
        }
        adresse
    }

    /// Where its draft is kept, and thrown away.
    fn brouillon(&self) -> String {
        match self.contrat.as_str() {
            "" => "/contrats/nouveau/brouillon".to_owned(),
            contrat => format!("{}/brouillon", vues::adresse(contrat)),
        }
    }

    /// What tells it from the other forms of the contract.
    fn champs(&self) -> Vec<[String; 2]> {
        let sujet = self
            .sujet
            .iter()
            .map(|(nom, valeur)| [(*nom).to_owned(), valeur.clone()]);
        let formulaire = ["formulaire".to_owned(), self.chemin.clone()];
        [formulaire].into_iter().chain(sujet).collect()
    }

    /// What names it among the drafts of the contract.
    fn nom(&self) -> String {
        let sujet = self.sujet.iter().map(|(_, valeur)| valeur.as_str());
        let parts: Vec<&str> = [self.chemin.as_str()].into_iter().chain(sujet).collect();
        // No name holds a line end.
        parts.join("\n").chars().take(NOM_MAX).collect()
    }

    fn cle(&self, personne: &str) -> CleDeBrouillon {
        CleDeBrouillon {
            personne: personne.to_owned(),
            contrat: self.contrat.clone(),
            formulaire: self.nom(),
        }
    }

    fn repris(&self, brouillon: Brouillon) -> Repris {
        Repris {
            envoi: brouillon.envoi,
            quand: brouillon.quand,
            adresse: self.brouillon(),
            champs: self.champs(),
        }
    }

    /// Its draft, among those of its page.
    pub fn parmi(&self, brouillons: &BTreeMap<String, Brouillon>) -> Option<Repris> {
        let brouillon = brouillons.get(&self.nom())?;
        Some(self.repris(brouillon.clone()))
    }

    /// Where it keeps what is typed, and what it says it is there.
    pub fn garde(&self) -> [String; 2] {
        [self.brouillon(), self.chemin.clone()]
    }
}

/// In characters: the key of an index.
const NOM_MAX: usize = 500;

fn decode(texte: &str) -> String {
    let lue = form_urlencoded::parse(texte.as_bytes()).next();
    lue.map_or_else(String::new, |(nom, _)| nom.into_owned())
}

impl Etat {
    /// The draft of a form, for whoever opens it. A form opens without its draft when this fails.
    pub(super) async fn brouillon(&self, qui: &Seance, de: &Formulaire) -> Option<Repris> {
        let cle = de.cle(&qui.visiteur.personne);
        let lu = self.consultation.brouillon(&cle).await;
        let lu = lu.unwrap_or_else(|erreur| {
            tracing::warn!(erreur = erreur.0, "un brouillon ne se lit pas");
            None
        })?;
        Some(de.repris(lu))
    }

    /// The drafts of the forms of a page of a contract, by its path there.
    pub(super) async fn brouillons(
        &self,
        qui: &Seance,
        contrat: &str,
        chemin: &str,
    ) -> BTreeMap<String, Brouillon> {
        let (de, debut) = (
            (qui.visiteur.personne.as_str(), contrat),
            format!("{chemin}\n"),
        );
        let lus = self.consultation.brouillons(de, &debut).await;
        lus.unwrap_or_else(|erreur| {
            tracing::warn!(erreur = erreur.0, "des brouillons ne se lisent pas");
            BTreeMap::new()
        })
    }

    /// Keeps what was typed. The form is answered all the same when this fails.
    pub(super) async fn garde(&self, personne: &str, de: &Formulaire, envoi: &Envoi) {
        let garde = self.consultation.garde_brouillon(de.cle(personne), envoi);
        if let Err(erreur) = garde.await {
            tracing::warn!(erreur = erreur.0, "un brouillon n'est pas gardé");
        }
    }

    /// Erases the draft of a form that is done.
    pub(super) async fn jette(&self, qui: &Seance, de: &Formulaire) {
        let jette = self
            .consultation
            .jette_brouillon(de.cle(&qui.visiteur.personne));
        if let Err(erreur) = jette.await {
            tracing::warn!(erreur = erreur.0, "un brouillon n'est pas effacé");
        }
    }

    /// Puts aside a form that came once the session had ended, for the person who was there.
    /// Answers where the form is opened, to come back to it; none: it was not a form.
    pub(super) async fn met_de_cote(&self, requete: Request) -> Option<String> {
        let chemin = requete.uri().path().to_owned();
        Formulaire::au(&chemin, |_| String::new())?;
        let personne = self.etait(requete.headers()).await;
        let envoi = envoi::lit(requete).await.ok()?;
        let de = Formulaire::au(&chemin, |nom| un(&envoi, nom).to_owned())?;
        if let Some(personne) = personne {
            self.garde(&personne, &de, &envoi).await;
        }
        Some(de.adresse())
    }
}

/// Keeps what is being typed, or throws it away: a form sent to itself, with where it is from.
pub async fn brouillon(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    // Only of a contract that the person sees.
    etat.lu(&seance, &id, &vues::Fenetre::default()).await?;
    let chemin = format!("{}/{}", vues::adresse(&id), un(&envoi, "formulaire"));
    etat.brouillon_de(&seance, &chemin, envoi).await
}

/// The same, of a contract that is not open yet.
pub async fn brouillon_de_nouveau(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    requete: Request,
) -> Result<Response, Faute> {
    let envoi = envoi::lit(requete).await?;
    etat.brouillon_de(&seance, "/contrats/nouveau", envoi).await
}

impl Etat {
    async fn brouillon_de(
        &self,
        seance: &Seance,
        chemin: &str,
        mut envoi: Envoi,
    ) -> Result<Response, Faute> {
        let de = Formulaire::au(chemin, |nom| un(&envoi, nom).to_owned());
        let de = de.ok_or(Faute::Introuvable)?;
        if un(&envoi, "geste") == "jeter" {
            self.jette(seance, &de).await;
            return Ok(Redirect::to(&de.adresse()).into_response());
        }
        envoi.remove("formulaire");
        self.garde(&seance.visiteur.personne, &de, &envoi).await;
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::Formulaire;

    #[test]
    fn a_form_is_known_by_its_path_and_opens_where_it_was() {
        let lit = |nom: &str| match nom {
            "flux" => "cpom/eprd-annuel-2026".to_owned(),
            "fait" => "eprd.ko_bloquants".to_owned(),
            _ => String::new(),
        };
        let de = Formulaire::au("/contrats/c%201/ecrire/fait", lit).unwrap();
        let attendue =
            "/contrats/c%201/ecrire/fait?flux=cpom%2Feprd-annuel-2026&fait=eprd.ko_bloquants";
        assert_eq!(de.adresse(), attendue);
        let autres = [
            "/",
            "/contrats",
            "/contrats/c",
            "/contrats/c/journal",
            "/connexion",
        ];
        assert!(
            autres
                .iter()
                .all(|chemin| Formulaire::au(chemin, lit).is_none())
        );
        let nouveau = Formulaire::au("/contrats/nouveau", lit).unwrap();
        assert_eq!(nouveau.adresse(), "/contrats/nouveau");
    }
}
