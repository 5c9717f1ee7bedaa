//! What a request says of where it comes from: an address and an identifier, believed only from the
//! servers that the settings name; and how much one person may ask.

use super::Etat;
use crate::app::abords::{Abords, Classe};
use crate::app::comptes::SECURITE;
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// By which a request is found again in the log: drawn here, never taken from who asks.
pub const DEMANDE: HeaderName = HeaderName::from_static("x-request-id");
const DE: HeaderName = HeaderName::from_static("x-forwarded-for");
const VIA: HeaderName = HeaderName::from_static("x-real-ip");

/// How a server placed before this one names a request.
#[derive(Debug, Clone)]
pub struct DemandeAmont(pub String);

/// Has requests come from where a trusted server says they do.
pub fn pose(routeur: Router, abords: &Abords) -> Router {
    let confiance: Arc<[IpAddr]> = abords.intermediaires.clone().into();
    routeur.layer(middleware::from_fn_with_state(confiance, reconnait))
}

async fn reconnait(
    State(confiance): State<Arc<[IpAddr]>>,
    mut requete: Request,
    suite: Next,
) -> Response {
    let pair = requete.extensions().get::<ConnectInfo<SocketAddr>>();
    let pair = pair.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |pair| pair.0.ip());
    let dite = requete.headers_mut().remove(DEMANDE);
    if confiance.contains(&pair.to_canonical()) {
        let de = reelle(pair, requete.headers(), &confiance);
        let de = ConnectInfo(SocketAddr::new(de, 0));
        requete.extensions_mut().insert(de);
        if let Some(amont) = dite.as_ref().and_then(amont) {
            requete.extensions_mut().insert(amont);
        }
    }
    suite.run(requete).await
}

/// The identifier of another server, when it is one and nothing else.
fn amont(dite: &HeaderValue) -> Option<DemandeAmont> {
    let dite = dite.to_str().ok()?;
    let sobre = |o: u8| o.is_ascii_alphanumeric() || o == b'-';
    ((8..=64).contains(&dite.len()) && dite.bytes().all(sobre))
        .then(|| DemandeAmont(dite.to_owned()))
}

/// The last address on the way that is not of a trusted server. Two headers that do not say the
/// same come from two hands: neither is believed.
fn reelle(pair: IpAddr, entetes: &HeaderMap, confiance: &[IpAddr]) -> IpAddr {
    let [x, standard] = [DE, header::FORWARDED].map(|nom| {
        let dits = entetes.get_all(nom).iter();
        let dits: Vec<&str> = dits.map(|v| v.to_str().unwrap_or("?")).collect();
        dits.join(",")
    });
    let derniere = |chemin: &[Option<IpAddr>]| {
        let mut sure = pair;
        for adresse in chemin.iter().rev() {
            let Some(adresse) = adresse else {
                return sure;
            };
            sure = *adresse;
            if !confiance.contains(adresse) {
                return sure;
            }
        }
        sure
    };
    let de_x: Vec<_> = x.split(',').map(adresse).collect();
    let du_standard: Vec<_> = standard.split(',').map(de_la_norme).collect();
    match (x.is_empty(), standard.is_empty()) {
        (true, true) => pair,
        (false, true) => derniere(&de_x),
        (true, false) => derniere(&du_standard),
        (false, false) => Some(derniere(&de_x))
            .filter(|de| *de == derniere(&du_standard))
            .unwrap_or(pair),
    }
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn adresse(texte: &str) -> Option<IpAddr> {
    let texte = texte.trim();
    let lue = texte.parse().ok();
    let lue = lue.or_else(|| Some(texte.parse::<SocketAddr>().ok()?.ip()));
    let nue = texte.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let lue: Option<IpAddr> = lue.or_else(|| nue?.parse().ok());
    lue.map(|ip| ip.to_canonical())
}

/// `for=…` of one step (RFC 7239 § 4).
fn de_la_norme(pas: &str) -> Option<IpAddr> {
    let mut paires = pas.split(';').filter_map(|p| p.split_once('='));
    let (_, de) = paires.find(|(nom, _)| nom.trim().eq_ignore_ascii_case("for"))?;
    adresse(de.trim().trim_matches('"'))
}

/// Whether a request comes from this machine itself, through nobody.
pub(super) fn directe(de: IpAddr, entetes: &HeaderMap) -> bool {
    let passee = [DE, VIA, header::FORWARDED, header::VIA];
    de.is_loopback() && !passee.iter().any(|nom| entetes.contains_key(nom))
}

impl Etat {
    /// Counts a person's request. Answers how many seconds are to be waited when they ask too much.
    pub(super) fn freine(&self, classe: Option<&Classe>, personne: &str) -> Option<i64> {
        let instant = self.consultation.maintenant().timestamp();
        let attente = self.frein.prend(*classe?, personne, instant)?;
        tracing::warn!(
            target: SECURITE,
            evenement = "hors_limites",
            personne,
            classe = ?classe,
            "trop de demandes en une minute"
        );
        Some(attente)
    }
}

/// Has whoever asks too much wait so many seconds.
pub(super) fn attends(attente: i64, reponse: impl IntoResponse) -> Response {
    let mut reponse = reponse.into_response();
    let apres = HeaderValue::from(attente);
    reponse.headers_mut().insert(header::RETRY_AFTER, apres);
    reponse
}

/// Tells the log of what looks like an attack: from another site, too long, or of a method that
/// nothing has.
pub(super) fn note_le_suspect(code: StatusCode, autre_site: bool) {
    let evenement = match code {
        StatusCode::FORBIDDEN if autre_site => "autre_site",
        StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::URI_TOO_LONG
        | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "demande_trop_longue",
        StatusCode::METHOD_NOT_ALLOWED => "methode",
        StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::BAD_REQUEST => "demande_illisible",
        _ => return,
    };
    tracing::warn!(target: SECURITE, evenement, code = code.as_u16(), "demande suspecte");
}

/// Tells the log who was refused something that is not theirs, or is not there.
pub(super) fn note_le_refus(code: StatusCode, personne: &str) {
    if matches!(code, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) {
        let evenement = "acces_refuse";
        let code = code.as_u16();
        tracing::warn!(target: SECURITE, evenement, personne, code, "accès refusé");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn de(dits: &[(&'static str, &'static str)]) -> String {
        let mut entetes = HeaderMap::new();
        for (nom, valeur) in dits {
            entetes.append(*nom, HeaderValue::from_static(valeur));
        }
        let confiance = ["127.0.0.1", "10.0.0.2"].map(|a| a.parse().unwrap());
        reelle(confiance[0], &entetes, &confiance).to_string()
    }

    #[test]
    fn the_last_address_that_is_not_trusted_is_the_one() {
        let x = "x-forwarded-for";
        for (dits, attendu) in [
            (&[][..], "127.0.0.1"),
            (&[(x, "192.0.2.1")], "192.0.2.1"),
            (&[(x, "192.0.2.1:4433")], "192.0.2.1"),
            // what the browser wrote itself comes first, and is not read
            (&[(x, "203.0.113.9, 192.0.2.1")], "192.0.2.1"),
            (&[(x, "203.0.113.9"), (x, "192.0.2.1")], "192.0.2.1"),
            (&[(x, "203.0.113.9, 192.0.2.1, 10.0.0.2")], "192.0.2.1"),
            (&[(x, "192.0.2.1, n'importe quoi")], "127.0.0.1"),
            (&[(x, "n'importe quoi, 192.0.2.1")], "192.0.2.1"),
            (&[(x, "2001:db8::1")], "2001:db8::1"),
            (&[(x, "[2001:db8::1]:443")], "2001:db8::1"),
            (&[(x, "::ffff:192.0.2.1")], "192.0.2.1"),
            (&[("forwarded", "for=192.0.2.1;proto=https")], "192.0.2.1"),
            (
                &[("forwarded", "for=203.0.113.9, For=\"[2001:db8::1]:1\"")],
                "2001:db8::1",
            ),
            (&[("forwarded", "proto=https;by=10.0.0.2")], "127.0.0.1"),
            // a second header that nobody here wrote
            (
                &[(x, "192.0.2.1"), ("forwarded", "for=203.0.113.9")],
                "127.0.0.1",
            ),
            (
                &[(x, "192.0.2.1"), ("forwarded", "for=192.0.2.1")],
                "192.0.2.1",
            ),
        ] {
            assert_eq!(de(dits), attendu, "{dits:?}");
        }
    }

    #[test]
    fn an_identifier_of_another_server_is_letters_and_digits() {
        let lu = |texte: &'static str| amont(&HeaderValue::from_static(texte)).map(|a| a.0);
        assert_eq!(lu("0af7651916cd43dd").as_deref(), Some("0af7651916cd43dd"));
        for faux in ["", "court", "avec espace ici", "{\"a\":\"b-c-d-e\"}"] {
            assert_eq!(lu(faux), None, "{faux}");
        }
    }
}
