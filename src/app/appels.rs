//! Requests to other servers: bounded in time and size, and never followed elsewhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;
use ureq::config::Config;
use ureq::http::{Method, Request, Response, Uri};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// What a server may answer, at most: a document when one asks, a word when one tells.
const DOCUMENT: u64 = 1 << 20;
const MOT: u64 = 16 << 10;

/// Which addresses are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voisinage {
    /// Any: whoever runs the program chose them.
    Tout,
    /// Those of the public network only: someone else chose them.
    Public,
}

/// Calls other servers. It waits: run it where one may.
#[derive(Debug, Clone)]
pub struct Appels {
    agent: Agent,
    hotes: Arc<[String]>,
}

/// How long an answer may take, and be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    delai: Duration,
    octets: u64,
}

impl Patience {
    pub fn document(delai: Duration) -> Self {
        let octets = DOCUMENT;
        Self { delai, octets }
    }

    pub fn mot(delai: Duration) -> Self {
        Self { delai, octets: MOT }
    }
}

impl Appels {
    pub fn nouveaux(voisinage: Voisinage) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("entente");
        // A proxy would resolve names in our place.
        let config = match voisinage {
            Voisinage::Tout => config.build(),
            Voisinage::Public => config.proxy(None).build(),
        };
        let portier = Portier(voisinage);
        Self {
            agent: Agent::with_parts(config, DefaultConnector::default(), portier),
            hotes: Arc::default(),
        }
    }

    /// The same, of these hosts only; of any when none is named.
    #[must_use]
    pub fn vers(self, hotes: Arc<[String]>) -> Self {
        Self { hotes, ..self }
    }

    /// Sends a request and reads its answer, whatever its code, within limits.
    ///
    /// # Errors
    /// The address is not one that is called, or nothing was answered in time.
    pub fn envoie(
        &self,
        requete: Request<Vec<u8>>,
        patience: Patience,
    ) -> Result<Response<Vec<u8>>, Error> {
        if !chiffree(requete.uri()) {
            return Err(Error::RequireHttpsOnly(hote(requete.uri()).to_owned()));
        }
        if !dans_la_liste(requete.uri(), &self.hotes) {
            let quoi = "l'hôte n'est pas de la liste permise";
            return Err(Error::Io(std::io::Error::other(quoi)));
        }
        let agent = &self.agent;
        let reponse = if requete.method() == Method::GET {
            let requete = requete.map(|_| ());
            let requete = agent.configure_request(requete);
            agent.run(requete.timeout_global(Some(patience.delai)).build())
        } else {
            let requete = agent.configure_request(requete);
            agent.run(requete.timeout_global(Some(patience.delai)).build())
        };
        let (tete, mut corps) = reponse?.into_parts();
        let octets = corps.with_config().limit(patience.octets).read_to_vec()?;
        Ok(Response::from_parts(tete, octets))
    }
}

fn hote(uri: &Uri) -> &str {
    let hote = uri.host().unwrap_or_default();
    hote.trim_start_matches('[').trim_end_matches(']')
}

/// Whether the host of an address is named by a list; an empty one names them all.
pub fn dans_la_liste(uri: &Uri, hotes: &[String]) -> bool {
    hotes.is_empty() || hotes.iter().any(|h| h.eq_ignore_ascii_case(hote(uri)))
}

/// Whether what is said to an address is read by nobody on the way.
pub fn chiffree(uri: &Uri) -> bool {
    let ici = || {
        let numero = hote(uri).parse::<IpAddr>();
        hote(uri) == "localhost" || numero.is_ok_and(|ip| ip.is_loopback())
    };
    match uri.scheme_str() {
        Some("https") => uri.host().is_some(),
        Some("http") => ici(),
        _ => false,
    }
}

/// Looks names up, and refuses the addresses that are not called. The address it answers is the
/// one that is connected to: a name that changes meanwhile changes nothing.
#[derive(Debug)]
struct Portier(Voisinage);

impl Resolver for Portier {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        delai: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let lues = DefaultResolver::default().resolve(uri, config, delai)?;
        let publiques = || lues.iter().all(|adresse| publique(adresse.ip()));
        if self.0 == Voisinage::Tout || publiques() {
            return Ok(lues);
        }
        let quoi = "l'adresse n'est pas du réseau public";
        Err(Error::Io(std::io::Error::other(quoi)))
    }
}

/// Whether an address is of the public network (IANA's special-purpose registries, RFC 6890).
pub fn publique(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(v4) => publique_v4(v4),
        IpAddr::V6(v6) => publique_v6(v6),
    }
}

fn publique_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || a == 10
        || a == 127
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113)
        || a >= 224)
}

/// Of IPv6, only 2000::/3 is given out, and some of it holds IPv4 addresses or none.
fn publique_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let donnee = a & 0xe000 == 0x2000;
    // 2001::/23 (protocols, Teredo), 2001:db8::/32 (documentation), 2002::/16 (6to4),
    // 3fff::/20 (documentation).
    let reservee = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || a == 0x3fff;
    donnee && !reservee
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_of_the_public_network_is_told() {
        let privees = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
        ];
        for texte in privees {
            assert!(!publique(texte.parse().unwrap()), "{texte}");
        }
        for texte in [
            "1.1.1.1",
            "100.63.0.1",
            "172.32.0.1",
            "192.1.1.1",
            "2a01:e0a::1",
        ] {
            assert!(publique(texte.parse().unwrap()), "{texte}");
        }
    }

    #[test]
    fn a_list_of_hosts_lets_no_other_be_called() {
        let liste = ["a.example".to_owned(), "::1".to_owned()];
        let dit = |texte: &str| dans_la_liste(&texte.parse().unwrap(), &liste);
        assert!(dit("https://A.example:8443/x") && dit("https://[::1]/"));
        for autre in [
            "https://b.a.example/",
            "https://a.example.b/",
            "https://xa.example/",
        ] {
            assert!(!dit(autre), "{autre}");
        }
        assert!(dans_la_liste(&"https://b.example/".parse().unwrap(), &[]));
        let appels = Appels::nouveaux(Voisinage::Tout).vers(Arc::from(liste));
        let requete = Request::get("https://b.example/").body(Vec::new()).unwrap();
        let refus = appels.envoie(requete, Patience::mot(Duration::from_secs(1)));
        assert!(refus.unwrap_err().to_string().contains("liste permise"));
    }

    #[test]
    fn nothing_is_said_in_the_clear_but_to_this_machine() {
        let lue = |texte: &str| chiffree(&texte.parse().unwrap());
        for bonne in [
            "https://a.example/b",
            "http://127.0.0.1:8/",
            "http://[::1]:8/",
            "http://localhost/",
        ] {
            assert!(lue(bonne), "{bonne}");
        }
        for mauvaise in [
            "http://a.example/",
            "http://127.0.0.1.a.example/",
            "ftp://a.example/",
            "/a",
        ] {
            assert!(!lue(mauvaise), "{mauvaise}");
        }
    }
}
