//! Clients that send slowly, without end or too much: others are served meanwhile.

use crate::bases::dossier;
use crate::exploitation::serve::{adresse, arrete, demande, ecoule, lance};
use axum::Router;
use axum::routing::get;
use entente::web::porte::{Patience, sert};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// Connections that begin a request and do not end it.
const OUVERTES: usize = 500;
/// A whole request, after which the connection may serve again.
const ENTIERE: &str = "GET / HTTP/1.1\r\nhost: ici\r\n\r\n";

fn envoie(adresse: &str, debut: &str, morceau: &[u8], fois: usize) -> String {
    let mut lien = TcpStream::connect(adresse).unwrap();
    lien.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    lien.write_all(debut.as_bytes()).unwrap();
    for _ in 0..fois {
        // The server may have answered, and closed.
        if lien.write_all(morceau).is_err() {
            break;
        }
    }
    let _ = lien.write_all(b"\r\n\r\n");
    let mut recu = Vec::new();
    let mut tampon = [0; 4096];
    while let Ok(n @ 1..) = lien.read(&mut tampon) {
        recu.extend_from_slice(&tampon[..n]);
        if recu.windows(4).any(|w| w == b"\r\n\r\n") {
            break;
        }
    }
    String::from_utf8_lossy(&recu).into_owned()
}

#[test]
fn others_are_served_while_clients_are_slow_endless_or_too_large() {
    let ici = dossier("lents");
    let (mut programme, mut dit) = lance(&ici, &["serve", "--listen", "127.0.0.1:0"]);
    let ou = adresse(&mut dit);
    ecoule(dit);
    // given half-open connections, each with half a request
    let lents: Vec<TcpStream> = (0..OUVERTES)
        .map(|n| {
            let mut lien = TcpStream::connect(&ou).unwrap();
            let debut = if n % 2 == 0 {
                "GET /connexion HTTP/1.1\r\nhost: i"
            } else {
                "POST /connexion HTTP/1.1\r\nhost: ici\r\ncontent-length: 9999\r\n\r\ncourriel=a"
            };
            lien.write_all(debut.as_bytes()).unwrap();
            lien
        })
        .collect();
    // when others ask, then they are answered
    let mut durees: Vec<Duration> = (0..100)
        .map(|_| {
            let debut = Instant::now();
            assert!(demande(&ou, "/connexion").starts_with("HTTP/1.1 200"));
            debut.elapsed()
        })
        .collect();
    durees.sort();
    assert!(durees[98] < Duration::from_millis(500), "{:?}", durees[98]);
    // and what is too large is refused, whether or not it says how large it is
    let long = "GET /connexion HTTP/1.1\r\nhost: ici\r\nx-long: ";
    let recu = envoie(&ou, long, &vec![b'a'; 1 << 16], 16);
    assert!(
        recu.is_empty() || recu.starts_with("HTTP/1.1 431"),
        "{recu}"
    );
    let mut entetes = String::from("GET /connexion HTTP/1.1\r\nhost: ici\r\n");
    for n in 0..2_000 {
        write!(entetes, "x-{n}: {}\r\n", "a".repeat(500)).unwrap();
    }
    let recu = envoie(&ou, &entetes, b"", 0);
    assert!(
        recu.is_empty() || recu.starts_with("HTTP/1.1 431"),
        "{recu}"
    );
    let sans_fin = "POST /connexion HTTP/1.1\r\nhost: ici\r\ncontent-type: \
                    application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut morceau = b"10000\r\n".to_vec();
    morceau.extend(vec![b'a'; 0x10000]);
    morceau.extend(b"\r\n");
    let recu = envoie(&ou, sans_fin, &morceau, 2_000);
    assert!(
        recu.is_empty() || recu.starts_with("HTTP/1.1 413"),
        "{recu}"
    );
    assert!(demande(&ou, "/connexion").starts_with("HTTP/1.1 200"));
    drop(lents);
    arrete(&mut programme);
}

/// What a connection receives until it is closed.
fn jusqu_au_bout(mut lien: TcpStream) -> String {
    lien.set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut recu = String::new();
    lien.read_to_string(&mut recu)
        .expect("closed by the server");
    recu
}

#[test]
fn whoever_does_not_end_what_it_began_to_ask_makes_room_for_others() {
    // given a door for four connections, and four clients that hold them: two with half a head, one
    // that says nothing, one that asked and stays
    let patience = Patience {
        entetes: Duration::from_secs(2),
        liens: 4,
    };
    let runtime = Runtime::new().unwrap();
    let porte = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let ou = porte.local_addr().unwrap().to_string();
    let (arret, arrete) = watch::channel(false);
    let routeur = Router::new().route("/", get(|| async { "vivant" }));
    let serveur = runtime.spawn(sert(porte, routeur, patience, arrete));
    let lents = ["GET / HTTP/1.1\r\nhost: i", "G", "", ENTIERE].map(|debut| {
        let mut lien = TcpStream::connect(&ou).unwrap();
        lien.write_all(debut.as_bytes()).unwrap();
        lien
    });
    // when another one comes
    let debut = Instant::now();
    let recu = envoie(&ou, ENTIERE, b"", 0);
    // then it waits for their end, and is served
    assert!(recu.ends_with("vivant"), "{recu}");
    assert!(
        debut.elapsed() > Duration::from_secs(1),
        "{:?}",
        debut.elapsed()
    );
    // and each is let go, with the answer it asked for or none
    let recus = lents.map(jusqu_au_bout);
    assert_eq!(
        recus.each_ref().map(|r| r.ends_with("vivant")),
        [false, false, false, true]
    );
    // and once told to stop, nobody holds the server
    let mut dernier = TcpStream::connect(&ou).unwrap();
    dernier.write_all(ENTIERE.as_bytes()).unwrap();
    let mut tampon = [0; 12];
    dernier.read_exact(&mut tampon).unwrap();
    assert_eq!(&tampon, b"HTTP/1.1 200");
    arret.send(true).unwrap();
    runtime.block_on(serveur).unwrap();
    assert!(TcpStream::connect(&ou).is_err());
}

#[test]
fn a_request_whose_end_may_be_read_in_two_ways_is_refused() {
    let ici = dossier("ambigus");
    let (mut programme, mut dit) = lance(&ici, &["serve", "--listen", "127.0.0.1:0"]);
    let ou = adresse(&mut dit);
    ecoule(dit);
    for ambigu in [
        "content-length: 4\r\ncontent-length: 60",
        "content-length: 4, 60",
        "content-length: +4",
        "content-length: 0x4",
        "content-length: -1",
        "transfer-encoding: xchunked",
        "transfer-encoding: chunked, identity",
        "transfer-encoding : chunked",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "\u{b}content-length: 4",
        "content-length: 4\r\n\ttransfer-encoding: chunked\r\n x",
    ] {
        let debut = format!("POST /connexion HTTP/1.1\r\nhost: ici\r\n{ambigu}\r\n\r\n");
        let recu = envoie(
            &ou,
            &debut,
            b"abcdGET /sante HTTP/1.1\r\nhost: ici\r\n\r\n",
            1,
        );
        assert!(
            recu.is_empty() || recu.starts_with("HTTP/1.1 400"),
            "{ambigu} {recu}"
        );
        assert!(!recu.contains("vivant"), "{ambigu} {recu}");
    }
    arrete(&mut programme);
}
