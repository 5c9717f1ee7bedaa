//! The list of contracts, filtered by its address; and tables taken away, of the list or of one
//! contract, by the eyes of whoever asks.

use super::Etat;
use super::erreurs::{Faute, tel_quel};
use super::pages::{Menu, Parametres, numero};
use super::seance::Seance;
use crate::app::tableaux::{Format, Refus, Tableau, de_la_liste, du_contrat, ecrire};
use crate::app::vues::{self, ExportVue, Fenetre, Filtre};
use axum::extract::{Extension, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

pub async fn contrats(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Query(parametres): Parametres,
) -> Result<Html<String>, Faute> {
    let filtre = Filtre {
        page: numero(&parametres),
        ..Filtre::lu(&parametres)
    };
    let qui = &seance.visiteur;
    let lu = etat.consultation.contrats(qui, &filtre).await?;
    let aujourdhui = etat.consultation.aujourdhui();
    let vue = vues::contrats(&lu, &filtre, &de_la_liste(qui), aujourdhui);
    let titre = (vue.titre.clone(), None);
    etat.page(Some(&seance), "pages/contrats", titre, vue)
}

/// A table of what the list shows.
pub async fn tableau(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(fichier): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let (nom, format) = nomme(&fichier, parametres.contains_key("bom"))?;
    let filtre = Filtre::lu(&parametres);
    let lu = etat.consultation.tableau(&seance.visiteur, &filtre, nom);
    let lu = lu.await;
    etat.rend_tableau(&seance, lu, format, "").await
}

#[derive(Serialize)]
struct ExportsVue {
    exports: Vec<ExportVue>,
}

/// The tables of a contract.
pub async fn exports(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
) -> Result<Html<String>, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    // They tell of all establishments.
    if lu.place.esms.is_some() {
        return Err(Faute::Introuvable);
    }
    let chemin = format!("{}/export", vues::adresse(&id));
    let vue = ExportsVue {
        exports: vues::exports(&chemin, &du_contrat(), ""),
    };
    let menu = Menu::new(&lu, "export");
    let titre = format!("Exporter - {}", vues::francais::court(&lu.identite.titre));
    etat.page(Some(&seance), "pages/exports", (titre, Some(menu)), vue)
}

/// A table of one contract.
pub async fn tableau_du_contrat(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path((id, fichier)): Path<(String, String)>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let (nom, format) = nomme(&fichier, parametres.contains_key("bom"))?;
    let qui = &seance.visiteur;
    let lu = etat.consultation.tableau_du_contrat(qui, &id, nom).await;
    etat.rend_tableau(&seance, lu, format, &id).await
}

/// The table and the format that a file's name says: `contrats.xlsx`.
fn nomme(fichier: &str, bom: bool) -> Result<(&str, Format), Faute> {
    let (nom, extension) = fichier.rsplit_once('.').ok_or(Faute::Introuvable)?;
    let format = Format::nomme(extension, bom).ok_or(Faute::Introuvable)?;
    Ok((nom, format))
}

/// Why there is no file.
#[derive(Serialize)]
struct RefusVue {
    phrase: String,
    retour: String,
}

impl Etat {
    /// The file of a table; a page that says why there is none. `contrat`: whose it is.
    async fn rend_tableau(
        &self,
        seance: &Seance,
        lu: Result<Tableau, Refus>,
        format: Format,
        contrat: &str,
    ) -> Result<Response, Faute> {
        let tableau = match lu {
            Ok(tableau) => tableau,
            Err(Refus::Inconnu(_) | Refus::Absent(_)) => return Err(Faute::Introuvable),
            Err(Refus::Base(erreur)) => return Err(Faute::Indisponible(erreur.to_string())),
            Err(Refus::Trop(phrase)) => return self.refus_d_export(seance, &phrase, contrat),
        };
        let jour = self.consultation.aujourdhui();
        let nom = tableau.forme.nom;
        let extension = format.extension();
        // A large file takes a second of a processor: it is made apart from other requests.
        let fait = tokio::task::spawn_blocking(move || ecrire(&[tableau], format, jour)).await;
        let octets = match fait.map_err(|e| Faute::Interne(e.to_string()))? {
            Ok(octets) => octets,
            Err(phrase) => return self.refus_d_export(seance, &phrase, contrat),
        };
        let lettre = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let de: String = contrat.chars().map(lettre).collect();
        let debut = if de.is_empty() { "entente" } else { &de };
        let disposition = format!("attachment; filename=\"{debut}-{nom}-{jour}.{extension}\"");
        let entetes = [
            (header::CONTENT_TYPE, format.media().to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        Ok((entetes, octets).into_response())
    }

    fn refus_d_export(
        &self,
        seance: &Seance,
        phrase: &str,
        contrat: &str,
    ) -> Result<Response, Faute> {
        let vue = RefusVue {
            phrase: vues::francais::typographie(phrase),
            retour: match contrat {
                "" => "/contrats".to_owned(),
                id => format!("{}/export", vues::adresse(id)),
            },
        };
        let titre = ("Cet export n’a pas pu être fait".to_owned(), None);
        let page = self.page(Some(seance), "pages/export-refuse", titre, vue)?;
        Ok(tel_quel((StatusCode::UNPROCESSABLE_ENTITY, page)))
    }
}
