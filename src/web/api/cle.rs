//! Who asks: the key of a program, and nothing else. A session's cookie opens nothing here, so no
//! page of another site can have a browser write.

use super::super::Etat;
use super::super::abords::{attends, note_le_refus};
use super::super::seance::Seance;
use super::probleme::Probleme;
use crate::app::abords::Classe;
use crate::app::acces::Visiteur;
use crate::app::comptes::SECURITE;
use crate::app::consult::Indisponible;
use crate::regles::calendrier::civil_date;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The token of `Authorization: Bearer …`, when there is exactly one.
fn porteur(entetes: &HeaderMap) -> Option<&str> {
    let mut dits = entetes.get_all(header::AUTHORIZATION).iter();
    let (dit, None) = (dits.next()?, dits.next()) else {
        return None;
    };
    let (genre, jeton) = dit.to_str().ok()?.split_once(' ')?;
    genre.eq_ignore_ascii_case("bearer").then(|| jeton.trim())
}

/// Lets through those whose key is good today.
pub async fn exige(State(etat): State<Arc<Etat>>, mut requete: Request, suite: Next) -> Response {
    let Some(jeton) = porteur(requete.headers()) else {
        return sans_cle(
            "cle_absente",
            "Une clé était attendue dans l'en-tête « Authorization: Bearer … », et n'y est pas. \
             Créez-la dans Entente, puis envoyez-la à chaque demande.",
            "Bearer realm=\"entente\"",
        );
    };
    let maintenant = etat.consultation.maintenant();
    match etat.comptes.cle(jeton, maintenant).await {
        Ok(Some(connecte)) => {
            let visiteur = Visiteur::de(&connecte.habilite(), civil_date(maintenant));
            let personne = connecte.personne.id.clone();
            let classe = requete.extensions().get::<Classe>();
            if let Some(attente) = etat.freine(classe, &personne) {
                let statut = StatusCode::TOO_MANY_REQUESTS;
                let phrase = format!(
                    "Trop de demandes en une minute. Attendez {attente} seconde(s), puis refaites \
                     la même."
                );
                let trop = Probleme::nouveau(statut, "trop_de_demandes", &phrase);
                return attends(attente, trop);
            }
            let seance = Seance { visiteur, connecte };
            requete.extensions_mut().insert(seance);
            let reponse = suite.run(requete).await;
            note_le_refus(reponse.status(), &personne);
            reponse
        }
        Ok(None) => refusee(sans_cle(
            "cle_invalide",
            "Cette clé n'ouvre rien : elle est mal recopiée, finie, révoquée, ou la personne n'a \
             plus de droit dans l'organisation. Créez-en une autre.",
            "Bearer realm=\"entente\", error=\"invalid_token\"",
        )),
        Err(erreur) => Probleme::from(Indisponible(erreur.to_string())).into_response(),
    }
}

fn refusee(reponse: Response) -> Response {
    tracing::warn!(target: SECURITE, evenement = "cle_refusee", "clé de programme refusée");
    reponse
}

fn sans_cle(code: &str, phrase: &str, defi: &'static str) -> Response {
    let probleme = Probleme::nouveau(StatusCode::UNAUTHORIZED, code, phrase);
    let mut reponse = probleme.into_response();
    let defi = HeaderValue::from_static(defi);
    reponse.headers_mut().insert(header::WWW_AUTHENTICATE, defi);
    reponse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bearer_is_read_and_nothing_else() {
        let lu = |dits: &[&'static str]| {
            let mut entetes = HeaderMap::new();
            for dit in dits {
                entetes.append(header::AUTHORIZATION, HeaderValue::from_static(dit));
            }
            porteur(&entetes).map(str::to_owned)
        };
        assert_eq!(lu(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(lu(&["bearer  abc "]).as_deref(), Some("abc"));
        assert_eq!(lu(&["Basic abc"]), None);
        assert_eq!(lu(&["Bearer"]), None);
        assert_eq!(lu(&[]), None);
        assert_eq!(lu(&["Bearer abc", "Bearer def"]), None);
    }
}
