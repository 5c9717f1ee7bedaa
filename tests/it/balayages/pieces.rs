//! Files handed over: how they are given back, whatever their name; how large they may be.

use super::{CONTRAT, Lue, de, demande, lit};
use crate::pages::salle::Salle;
use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};

/// Names that would break a header, a page, a path or an eye.
const NOMS: [&str; 14] = [
    "a\\\".txt",
    "a'b.txt",
    "a;filename=b.exe;.txt",
    "a%0d%0aset-cookie: x=1.txt",
    "../../etc/passwd.txt",
    "..\\..\\windows.txt",
    "<script>alert(1)</script>.txt",
    "facture\u{202e}fdp.txt",
    "é à ü.txt",
    "日本.txt",
    "a\tb.txt",
    ".txt",
    "CON.txt",
    "a,b=c&d#e?f.txt",
];

fn depose(salle: &Salle, routeur: &Router, nom: &str, octets: &[u8]) -> Lue {
    let trait_ = "limite-d-essai";
    let mut corps = Vec::new();
    for (champ, valeur) in [
        ("piece", "Essai"),
        ("id", &*uuid::Uuid::now_v7().to_string()),
    ] {
        corps.extend(
            format!(
                "--{trait_}\r\nContent-Disposition: form-data; name=\"{champ}\"\r\n\r\n{valeur}\r\n"
            )
            .bytes(),
        );
    }
    corps.extend(
        format!(
            "--{trait_}\r\nContent-Disposition: form-data; name=\"fichier\"; \
             filename=\"{nom}\"\r\nContent-Type: text/html\r\n\r\n"
        )
        .bytes(),
    );
    corps.extend(octets);
    corps.extend(format!("\r\n--{trait_}--\r\n").bytes());
    let chemin = format!("/contrats/{CONTRAT}/documents");
    let genre = format!("multipart/form-data; boundary={trait_}");
    let requete = de(salle, "karim", "POST", &chemin).header(header::CONTENT_TYPE, genre);
    demande(routeur, requete.body(Body::from(corps)).unwrap())
}

/// Where the pieces of a contract are given back, the last first.
fn pieces(salle: &Salle, routeur: &Router) -> Vec<String> {
    let page = lit(
        salle,
        routeur,
        "karim",
        &format!("/contrats/{CONTRAT}/documents"),
    );
    let debut = format!("href=\"/contrats/{CONTRAT}/documents/");
    let texte = page.texte();
    let liens = texte.split(&debut).skip(1);
    let fin = |suite: &str| suite.split('"').next().unwrap().to_owned();
    liens
        .map(|s| format!("/contrats/{CONTRAT}/documents/{}", fin(s)))
        .collect()
}

#[test]
fn a_piece_is_given_back_to_be_kept_and_never_shown_whatever_its_name() {
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let routeur = salle.sert(None);
    let page = "<script>alert(1)</script> à lire";
    let avant = pieces(&salle, &routeur);
    let mut faites = 0;
    for nom in NOMS {
        let contenu = format!("{page} {nom}");
        let faite = depose(&salle, &routeur, nom, contenu.as_bytes());
        let prise = faite.code == StatusCode::SEE_OTHER;
        assert!(
            prise || faite.code.is_client_error(),
            "{nom:?} {}",
            faite.code
        );
        faites += usize::from(prise);
    }
    assert!(faites >= 10, "{faites}");
    let toutes = pieces(&salle, &routeur);
    let neuves: Vec<_> = toutes.iter().filter(|p| !avant.contains(p)).collect();
    assert!(neuves.len() >= faites, "{neuves:?}");
    for piece in neuves {
        let lue = lit(&salle, &routeur, "claire", piece);
        assert_eq!(lue.code, StatusCode::OK, "{piece}");
        assert!(lue.texte().starts_with(page), "{}", lue.texte());
        assert_eq!(lue.entete("content-type"), "text/plain; charset=utf-8");
        assert_eq!(lue.entete("x-content-type-options"), "nosniff");
        assert_eq!(
            lue.entete("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'; sandbox"
        );
        // RFC 8187: percent-encoded UTF-8 of a name, with no quote, path, control or separator
        let dite = lue.entete("content-disposition");
        let nom = dite
            .strip_prefix("attachment; filename*=UTF-8''")
            .expect(dite);
        let sobre = |o: u8| o.is_ascii_alphanumeric() || b"-._%*".contains(&o);
        assert!(nom.bytes().all(sobre), "{dite}");
        let decode = format!("n={nom}");
        let (_, decode) = form_urlencoded::parse(decode.as_bytes()).next().unwrap();
        assert!(
            !decode.contains(['/', '\\', '\r', '\n', '\0']),
            "{decode:?}"
        );
        assert_eq!(lue.entete("set-cookie"), "");
    }
}

#[test]
fn a_text_that_is_not_utf_8_does_not_say_that_it_is() {
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let routeur = salle.sert(None);
    let avant = pieces(&salle, &routeur);
    let latin = b"annee;\xe9tablissement\n";
    let faite = depose(&salle, &routeur, "latin.csv", latin);
    assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte());
    let toutes = pieces(&salle, &routeur);
    let neuve = toutes.iter().find(|p| !avant.contains(p)).unwrap();
    let lue = lit(&salle, &routeur, "karim", neuve);
    assert_eq!(lue.entete("content-type"), "text/csv");
    assert_eq!(lue.octets, latin);
}

/// The most memory that this process has held, in bytes.
fn memoire() -> u64 {
    let dit = std::fs::read_to_string("/proc/self/status").unwrap();
    let ligne = dit.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    let kilos: u64 = ligne.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilos * 1024
}

#[test]
fn a_file_that_is_too_large_is_refused_with_its_page_and_bounded_memory() {
    let salle = Salle::au(CONTRAT, "2024-09-12");
    let routeur = salle.sert(None);
    let avant = pieces(&salle, &routeur);
    // said to be too large: refused before it is read
    let chemin = format!("/contrats/{CONTRAT}/documents");
    let requete = de(&salle, "karim", "POST", &chemin)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=a")
        .header(header::CONTENT_LENGTH, "26214401");
    let lue = demande(&routeur, requete.body(Body::empty()).unwrap());
    assert_eq!(lue.code, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(lue.texte().contains("trop longue"), "{}", lue.texte());
    // too large without saying so: a body of 400 MB, that comes piece by piece
    let mut debut = String::from("--a\r\nContent-Disposition: form-data; name=\"fichier\"; ");
    debut.push_str("filename=\"a.txt\"\r\n\r\n");
    let morceaux = std::iter::once(debut.into_bytes());
    let morceaux = morceaux.chain(std::iter::repeat_with(|| vec![b'a'; 1 << 20]).take(400));
    let flux = futuriste(morceaux);
    let requete = de(&salle, "karim", "POST", &chemin);
    let requete = requete.header(header::CONTENT_TYPE, "multipart/form-data; boundary=a");
    let tenue = memoire();
    let lue = demande(&routeur, requete.body(flux).unwrap());
    assert_eq!(lue.code, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(lue.texte().contains("trop longue"), "{}", lue.texte());
    let prise = memoire() - tenue;
    assert!(prise < 120 << 20, "{prise}");
    // a file just over what a file may be is told so by the form
    let grosse = vec![b'a'; 25 * 1024 * 1024 - 32 * 1024];
    let lue = depose(&salle, &routeur, "gros.txt", &grosse);
    assert_eq!(lue.code, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lue.texte().contains("Mo au plus"), "{}", lue.texte());
    assert_eq!(pieces(&salle, &routeur), avant);
}

/// A body that comes in pieces.
fn futuriste(morceaux: impl Iterator<Item = Vec<u8>> + Send + 'static) -> Body {
    struct Flux<I>(I);
    impl<I: Iterator<Item = Vec<u8>> + Unpin> axum::body::HttpBody for Flux<I> {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
            let suite = self.0.next().map(|m| Ok(http_body::Frame::data(m.into())));
            std::task::Poll::Ready(suite)
        }
    }
    Body::new(Flux(
        Box::new(morceaux) as Box<dyn Iterator<Item = Vec<u8>> + Send>
    ))
}
