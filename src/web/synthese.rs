//! The synthesis of a diagnostic: a page, and its PDF, from the same blocks.

use super::Etat;
use super::erreurs::Faute;
#[cfg(feature = "pdf")]
use super::erreurs::tel_quel;
use super::pages::{Menu, Parametres, texte};
use super::seance::Seance;
use crate::app::vues::diagnostic::{self, Synthese};
use crate::app::vues::francais::jour;
use crate::app::vues::{self, ContratLu, Fenetre};
use crate::metier::papier::Bloc;
use crate::workflow::machine::digest::Digest;
use axum::extract::{Extension, Path, Query, State};
use axum::response::Response;
use serde::Serialize;
use std::sync::Arc;

#[derive(Serialize)]
struct SyntheseVue<'a> {
    adresse: String,
    papier: Tete<'a>,
    blocs: &'a [Bloc],
    /// The establishments whose part is on its own page: name, number.
    esms: &'a [[String; 2]],
    date: String,
    /// Where its PDF is; none: this program makes none.
    pdf: Option<String>,
    /// Why no PDF was made.
    refus: Option<String>,
}

/// What is said above the blocks.
#[derive(Serialize)]
struct Tete<'a> {
    titre: &'a str,
    sous_titre: &'a str,
    empreinte: Digest,
}

/// The synthesis that was asked: of the contract, or of `esms`.
fn demandee(etat: &Etat, lu: &ContratLu, esms: &str) -> Result<Synthese, Faute> {
    let esms = Some(esms).filter(|esms| !esms.is_empty());
    let synthese = diagnostic::synthese(lu, etat.consultation.maintenant(), esms);
    synthese.ok_or(Faute::Introuvable)
}

impl Etat {
    fn page_de_synthese(
        &self,
        seance: &Seance,
        lu: &ContratLu,
        (synthese, esms): (&Synthese, &str),
        refus: Option<String>,
    ) -> Result<Response, Faute> {
        let adresse = vues::adresse(&lu.identite.id);
        let papier = &synthese.papier;
        let de = match esms {
            "" => String::new(),
            esms => format!("?esms={esms}"),
        };
        let pdf = format!("{adresse}/diagnostic/synthese.pdf{de}");
        let vue = SyntheseVue {
            pdf: (cfg!(feature = "pdf") && refus.is_none()).then_some(pdf),
            date: jour(papier.date),
            adresse,
            papier: Tete {
                titre: &papier.titre,
                sous_titre: &papier.sous_titre,
                empreinte: papier.empreinte,
            },
            blocs: papier.blocs.get(..synthese.communs).unwrap_or_default(),
            esms: &synthese.esms,
            refus,
        };
        let titre = format!("Synthèse du diagnostic - {}", papier.sous_titre);
        let menu = Menu::new(lu, "diagnostic");
        let page = self.page(Some(seance), "pages/synthese", (titre, Some(menu)), vue)?;
        Ok(axum::response::IntoResponse::into_response(page))
    }
}

pub async fn page(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let esms = texte(&parametres, "esms");
    let synthese = demandee(&etat, &lu, &esms)?;
    etat.page_de_synthese(&seance, &lu, (&synthese, &esms), None)
}

/// The same, as a file to keep and to sign.
#[cfg(feature = "pdf")]
pub async fn pdf(
    State(etat): State<Arc<Etat>>,
    Extension(seance): Extension<Seance>,
    Path(id): Path<String>,
    Query(parametres): Parametres,
) -> Result<Response, Faute> {
    use crate::app::papiers::Sans;
    use axum::http::{StatusCode, header};
    use axum::response::IntoResponse;

    let lu = etat.lu(&seance, &id, &Fenetre::default()).await?;
    let esms = texte(&parametres, "esms");
    let synthese = Arc::new(demandee(&etat, &lu, &esms)?);
    let fait = etat.papiers.pdf(Arc::clone(&synthese)).await;
    let octets = match fait.map_err(Faute::Interne)? {
        Ok(octets) => octets,
        Err(sans) => {
            let code = match sans {
                Sans::Occupe => StatusCode::SERVICE_UNAVAILABLE,
                Sans::Refus(_) => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let refus = Some(sans.to_string());
            let page = etat.page_de_synthese(&seance, &lu, (&synthese, &esms), refus)?;
            return Ok(tel_quel((code, page)));
        }
    };
    let lettre = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let de: String = id.chars().map(lettre).collect();
    let nom = [
        de.as_str(),
        "diagnostic",
        &esms,
        &synthese.papier.date.to_string(),
    ];
    let nom: Vec<&str> = nom.into_iter().filter(|n| !n.is_empty()).collect();
    let disposition = format!("attachment; filename=\"{}.pdf\"", nom.join("-"));
    let entetes = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((entetes, octets).into_response())
}
