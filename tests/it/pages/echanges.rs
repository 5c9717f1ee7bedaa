//! What parties say to one another, through pages: who reads it, who owes what, what never leaves.

use super::salle::{Salle, runtime};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

pub struct Lue {
    pub code: StatusCode,
    pub vers: String,
    pub texte: String,
    pub octets: Vec<u8>,
}

pub fn demande(
    salle: &Salle,
    qui: &str,
    requete: axum::http::request::Builder,
    corps: Body,
) -> Lue {
    let requete = requete.header(header::COOKIE, salle.gens.cookie(qui));
    runtime().block_on(async {
        let reponse = salle.sert(None).oneshot(requete.body(corps).unwrap()).await;
        let (tete, corps) = reponse.unwrap().into_parts();
        let octets = to_bytes(corps, usize::MAX).await.unwrap().to_vec();
        let vers = tete.headers.get(header::LOCATION);
        Lue {
            code: tete.status,
            vers: vers.map_or("", |v| v.to_str().unwrap()).to_owned(),
            texte: String::from_utf8_lossy(&octets).into_owned(),
            octets,
        }
    })
}

pub fn lit(salle: &Salle, qui: &str, chemin: &str) -> Lue {
    demande(salle, qui, Request::get(chemin), Body::empty())
}

pub fn envoie(salle: &Salle, qui: &str, chemin: &str, champs: &[(&str, &str)]) -> Lue {
    let mut code = form_urlencoded::Serializer::new(String::new());
    let corps = code.extend_pairs(champs).finish();
    let requete =
        Request::post(chemin).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    demande(salle, qui, requete, Body::from(corps))
}

const C: &str = "/contrats/rives-claires";

/// The first thread, meeting or file that a page links to.
pub fn lien(page: &str, debut: &str) -> String {
    let (_, suite) = page
        .split_once(&format!("href=\"{debut}"))
        .unwrap_or_else(|| panic!("{page}"));
    format!("{debut}{}", suite.split('"').next().unwrap())
}

fn partout(eprouve: impl Fn(&Salle)) {
    for postgres in [false, true] {
        eprouve(&Salle::sur(postgres, "rives-claires", "2024-09-12"));
    }
}

#[test]
fn an_opinion_that_is_asked_awaits_its_party_until_it_answers() {
    partout(|salle| {
        // given a question to the operator, with a last day
        let dite = [
            ("sujet", "Frais de siège"),
            ("texte", "Pouvez-vous confirmer le taux ?"),
            ("avis", "gestionnaire"),
            ("avant", "30/09/2024"),
            ("id", "m1"),
            ("sel", "000102030405060708090a0b0c0d0e0f"),
        ];
        let faite = envoie(salle, "karim", &format!("{C}/echanges"), &dite);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        // sent twice, it is one
        let encore = envoie(salle, "karim", &format!("{C}/echanges"), &dite);
        assert_eq!((encore.code, &encore.vers), (faite.code, &faite.vers));
        // then the operator sees it at home and in the list, the département only reads it
        let accueil = lit(salle, "claire", "/").texte;
        assert!(accueil.contains("Donner l’avis demandé"), "{accueil}");
        assert!(!lit(salle, "sophie", "/").texte.contains("Donner l’avis"));
        let liste = lit(salle, "sophie", &format!("{C}/echanges")).texte;
        assert!(
            liste.contains("Frais de siège") && liste.contains("1\u{a0}échange"),
            "{liste}"
        );
        // when it answers, nothing is owed any more
        let fil = lien(&liste, &format!("{C}/echanges/"));
        let reponse = [("texte", "Le taux est de 3,2 %."), ("id", "m2")];
        assert_eq!(
            envoie(salle, "claire", &fil, &reponse).code,
            StatusCode::SEE_OTHER
        );
        let lu = lit(salle, "karim", &fil).texte;
        assert!(lu.contains("Le taux est de 3,2 %.") && lu.contains("confirmer le taux"));
        assert!(!lu.contains("Avis attendu"));
        assert!(!lit(salle, "claire", "/").texte.contains("Donner l’avis"));
        // and the journal tells that it was said, not what
        let journal = lit(salle, "sophie", &format!("{C}/journal")).texte;
        assert!(journal.contains("Demande un avis à") && !journal.contains("confirmer"));
    });
}

/// What a page would send of a field, as it stands.
fn tapee(page: &str, debut: &str, fin: &str) -> String {
    let (_, suite) = page.split_once(debut).unwrap_or_else(|| panic!("{page}"));
    let (_, suite) = suite.split_once('>').unwrap();
    suite.split(fin).next().unwrap().trim().to_owned()
}

#[test]
fn who_waits_for_others_reminds_them_in_two_gestures() {
    for postgres in [false, true] {
        // given the agency, that waits for an act of the operator
        let salle = &Salle::sur(postgres, "rives-claires", "2024-03-11");
        let accueil = lit(salle, "karim", "/").texte;
        assert!(accueil.contains("En attente des autres"), "{accueil}");
        let relance = lien(&accueil, &format!("{C}/echanges?relance"));
        // when it asks to remind, then a message is ready, that says which act of whom
        let page = lit(salle, "karim", &relance.replace("&#x3D;", "=")).texte;
        assert!(
            page.contains("<details class=\"carte repli\" open>"),
            "{page}"
        );
        let texte = tapee(&page, "<textarea id=\"texte\"", "</textarea>");
        assert!(texte.contains("Bonjour,\n\nL’acte «\u{a0}"), "{texte}");
        let (_, sujet) = page.split_once("value=\"Relance").unwrap();
        let sujet = format!("Relance{}", sujet.split('"').next().unwrap());
        // and sent as it is, it is read by the operator
        let dite = [("sujet", &*sujet), ("texte", &*texte), ("id", "r1")];
        let faite = envoie(salle, "karim", &format!("{C}/echanges"), &dite);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        assert!(
            lit(salle, "claire", &format!("{C}/echanges"))
                .texte
                .contains(&sujet)
        );
        // and whose turn it is has nobody to remind: the form is there, empty and closed
        assert!(!lit(salle, "claire", "/").texte.contains("relance"));
        let page = lit(salle, "claire", &format!("{C}/echanges?relance=oui")).texte;
        assert!(
            !page.contains("Bonjour") && !page.contains("repli\" open"),
            "{page}"
        );
    }
}

#[test]
fn what_authorities_write_between_them_is_not_there_for_the_operator() {
    partout(|salle| {
        // given a thread of the authorities
        let dite = [
            ("sujet", "Contrôle en cours"),
            ("texte", "Inspection prévue, ne pas diffuser"),
            ("cercle", "autorites"),
            ("avis", "departement:99"),
            ("avant", "2024-10-01"),
        ];
        let faite = envoie(salle, "karim", &format!("{C}/echanges"), &dite);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        let liste = lit(salle, "sophie", &format!("{C}/echanges")).texte;
        assert!(liste.contains("Contrôle en cours") && liste.contains("Autorités seules"));
        let fil = lien(&liste, &format!("{C}/echanges/"));
        // then no page of the operator tells it, nor that there is one
        let absent = lit(salle, "claire", &format!("{C}/echanges/nulle-part"));
        let cache = lit(salle, "claire", &fil);
        assert_eq!((cache.code, &cache.texte), (absent.code, &absent.texte));
        assert_eq!(cache.code, StatusCode::NOT_FOUND);
        let compte = |qui: &str| {
            let page = lit(salle, qui, &format!("{C}/journal")).texte;
            let (_, suite) = page.split_once("Lignes ").unwrap();
            suite.split(['<', '\n']).next().unwrap().to_owned()
        };
        assert_ne!(compte("claire"), compte("karim"));
        for page in [
            "",
            "/echanges",
            "/journal",
            "/graphe",
            "/documents",
            "/reunions",
            "/notes",
        ] {
            let lue = lit(salle, "claire", &format!("{C}{page}")).texte;
            for secret in ["Contrôle en cours", "Inspection", "Autorités seules</span>"] {
                assert!(!lue.contains(secret), "{page} {secret}");
            }
        }
        // and what is sent to it is refused as to one that is not there, with nothing written
        let reponse = [("texte", "Je réponds quand même")];
        let vers_cache = envoie(salle, "claire", &fil, &reponse);
        let vers_absent = envoie(salle, "claire", &format!("{C}/echanges/x"), &reponse);
        assert_eq!(vers_cache.code, StatusCode::NOT_FOUND);
        assert_eq!(vers_cache.texte, vers_absent.texte);
        // the département answers; the operator may not open such a thread
        assert_eq!(
            envoie(salle, "sophie", &fil, &reponse).code,
            StatusCode::SEE_OTHER
        );
        let forcee = [("sujet", "s"), ("texte", "t"), ("cercle", "autorites")];
        let refusee = envoie(salle, "claire", &format!("{C}/echanges"), &forcee);
        assert_eq!(refusee.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refusee.texte.contains("Seules les autorités"),
            "{}",
            refusee.texte
        );
    });
}

#[test]
fn a_private_note_is_read_by_its_party_only() {
    partout(|salle| {
        let note = [("texte", "Notre plancher : 2 900 000 euros"), ("id", "n1")];
        let faite = envoie(salle, "claire", &format!("{C}/notes"), &note);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        assert!(
            lit(salle, "claire", &format!("{C}/notes"))
                .texte
                .contains("Notre plancher")
        );
        for qui in ["karim", "sophie"] {
            for page in [
                "",
                "/notes",
                "/journal",
                "/echanges",
                "/documents",
                "/reunions",
            ] {
                let lue = lit(salle, qui, &format!("{C}{page}")).texte;
                assert!(
                    !lue.contains("plancher") && !lue.contains("garde une note"),
                    "{qui} {page}"
                );
            }
        }
    });
}

/// A meeting, convened by the agency, whose agenda was offered from what blocks.
fn convoquee(salle: &Salle) -> String {
    let page = lit(salle, "karim", &format!("{C}/reunions")).texte;
    let points = page
        .split("<textarea id=\"ordre\"")
        .nth(1)
        .expect("an agenda");
    let points = points.split("</textarea>").next().unwrap();
    assert!(points.lines().count() > 1, "{points}");
    let convoquee = [
        ("objet", "Point d’étape"),
        ("le", "2024-09-20"),
        ("ou", "14 h, visioconférence"),
        ("ordre", "Objectifs\nAnnexes financières"),
    ];
    let faite = envoie(salle, "karim", &format!("{C}/reunions"), &convoquee);
    assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    let liste = lit(salle, "claire", &format!("{C}/reunions")).texte;
    lien(&liste, &format!("{C}/reunions/"))
}

#[test]
fn a_meeting_begins_from_what_blocks_and_its_decisions_await_their_party() {
    partout(|salle| {
        let reunion = convoquee(salle);
        // when minutes and a decision are written
        let rendu = [
            ("quoi", "compte-rendu"),
            ("compte-rendu", "Accord de principe."),
        ];
        assert_eq!(
            envoie(salle, "claire", &reunion, &rendu).code,
            StatusCode::SEE_OTHER
        );
        let decision = [
            ("quoi", "decision"),
            ("decision", "Transmettre le PPI"),
            ("qui", "gestionnaire"),
            ("avant", "2024-10-15"),
        ];
        assert_eq!(
            envoie(salle, "sophie", &reunion, &decision).code,
            StatusCode::SEE_OTHER
        );
        assert!(
            lit(salle, "claire", "/")
                .texte
                .contains("décidé en réunion")
        );
        // then the one that owes it, and no other, says that it is done
        let page = lit(salle, "claire", &reunion).texte;
        assert!(page.contains("Accord de principe.") && page.contains("Transmettre le PPI"));
        let id = page
            .split("name=\"de\" value=\"")
            .nth(1)
            .expect("a form to say it done");
        let id = id.split('"').next().unwrap().to_owned();
        let tenue = [
            ("quoi", "tenue"),
            ("de", &id),
            ("preuve", "Envoyé ce jour."),
        ];
        let autre = envoie(salle, "karim", &reunion, &tenue);
        assert_eq!(autre.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            envoie(salle, "claire", &reunion, &tenue).code,
            StatusCode::SEE_OTHER
        );
        assert!(
            !lit(salle, "claire", "/")
                .texte
                .contains("décidé en réunion")
        );
        assert!(
            lit(salle, "karim", &reunion)
                .texte
                .contains("Envoyé ce jour.")
        );
    });
}

/// A deposit, as a browser sends it.
pub fn depose(salle: &Salle, qui: &str, nommee: (&str, &str), octets: &[u8]) -> Lue {
    depose_sur(salle, (qui, "rives-claires"), nommee, octets)
}

/// The same, on any contract.
pub fn depose_sur(
    salle: &Salle,
    (qui, contrat): (&str, &str),
    (piece, nom): (&str, &str),
    octets: &[u8],
) -> Lue {
    let mut corps = Vec::new();
    let champ = "--B\r\nContent-Disposition: form-data; name=\"piece\"\r\n\r\n";
    corps.extend_from_slice(format!("{champ}{piece}\r\n").as_bytes());
    let fichier = format!(
        "--B\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"{nom}\"\r\n\
         Content-Type: text/html\r\n\r\n"
    );
    corps.extend_from_slice(fichier.as_bytes());
    corps.extend_from_slice(octets);
    corps.extend_from_slice(b"\r\n--B--\r\n");
    let requete = Request::post(format!("/contrats/{contrat}/documents"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B");
    demande(salle, qui, requete, Body::from(corps))
}

#[test]
fn a_piece_asked_for_is_handed_over_and_never_changes() {
    partout(|salle| {
        // given a piece that is asked for
        let demandee = [
            ("piece", "PPI 2025-2029"),
            ("de", "gestionnaire"),
            ("avant", "2024-10-01"),
        ];
        let faite = envoie(salle, "karim", &format!("{C}/pieces"), &demandee);
        assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        assert!(
            lit(salle, "claire", "/")
                .texte
                .contains("Remettre la pièce")
        );
        // when it is handed over, twice
        let un = b"%PDF-1.7 un".as_slice();
        let deux = b"%PDF-1.7 deux".as_slice();
        for octets in [un, deux] {
            let faite = depose(salle, "claire", ("PPI 2025-2029", "../ppi.pdf"), octets);
            assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
        }
        assert!(
            !lit(salle, "claire", "/")
                .texte
                .contains("Remettre la pièce")
        );
        // then each version is given back as it was, and never as a page
        let page = lit(salle, "sophie", &format!("{C}/documents")).texte;
        let liens: Vec<String> = page
            .split(&format!("href=\"{C}/documents/"))
            .skip(1)
            .map(|s| format!("{C}/documents/{}", s.split('"').next().unwrap()))
            .collect();
        assert_eq!(liens.len(), 2, "{page}");
        assert_eq!(lit(salle, "sophie", &liens[0]).octets, deux);
        assert_eq!(lit(salle, "sophie", &liens[1]).octets, un);
        // others get nothing of it; the same bytes again, or bytes that lie, are refused
        assert_eq!(lit(salle, "lea", &liens[0]).code, StatusCode::NOT_FOUND);
        let encore = depose(salle, "claire", ("PPI 2025-2029", "ppi.pdf"), deux);
        assert_eq!(encore.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(encore.texte.contains("déjà déposée"), "{}", encore.texte);
        let menteur = depose(salle, "claire", ("Autre", "autre.pdf"), b"<script>alert(1)");
        assert_eq!(menteur.code, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            menteur.texte.contains("n’est pas celui d’un fichier"),
            "{}",
            menteur.texte
        );
    });
}

#[test]
fn agreements_are_shown_with_who_has_answered_and_on_what() {
    let salle = Salle::au("rives-claires", "2024-09-12");
    let page = lit(&salle, "karim", &format!("{C}/accords")).texte;
    let (cours, conclus) = page.split_once("id=\"t-conclus\"").expect("two parts");
    // the text of OS-1 changed the day before: the three are waited for again
    let fiche = cours.split("<article").find(|a| a.contains("OS-1 "));
    let fiche = fiche.unwrap_or_else(|| panic!("{cours}"));
    assert_eq!(fiche.matches("Réponse attendue").count(), 3, "{fiche}");
    assert!(fiche.contains("Répondre"), "{fiche}");
    // the annex of the agency awaits two answers, karim's among them
    let annexe = cours
        .split("<article")
        .find(|a| a.contains("Accorder les moyens"));
    assert!(annexe.is_some_and(|a| a.contains("Répondre")), "{cours}");
    // each diagnostic was agreed on, by its digest
    assert!(
        conclus.matches("<code class=\"empreinte\">").count() >= 5,
        "{conclus}"
    );
}

type Champs<'a> = &'a [(&'a str, &'a str)];

#[test]
fn once_something_is_said_the_page_that_follows_says_it_is_done() {
    partout(|salle| {
        let fil = [("sujet", "Frais"), ("texte", "Quel taux ?"), ("id", "m1")];
        let reunion = [
            ("objet", "Point d’étape"),
            ("le", "2024-09-20"),
            ("ou", "14 h"),
            ("ordre", "Objectifs"),
            ("id", "r1"),
        ];
        let reponse = [("texte", "3 %"), ("id", "m2")];
        let rendu = [
            ("quoi", "compte-rendu"),
            ("compte-rendu", "Fait."),
            ("id", "c1"),
        ];
        let decision = [
            ("quoi", "decision"),
            ("decision", "Transmettre le PPI"),
            ("qui", "ars"),
            ("avant", "2024-10-15"),
            ("id", "d1"),
        ];
        let tenue = [
            ("quoi", "tenue"),
            ("de", "d1"),
            ("preuve", "Envoyé."),
            ("id", "t1"),
        ];
        let piece = [
            ("piece", "PPI"),
            ("de", "gestionnaire"),
            ("avant", "2024-10-01"),
            ("id", "p1"),
        ];
        let note = [("texte", "À revoir."), ("id", "n1")];
        let dits: [(&str, &str, Champs<'_>); 8] = [
            ("echanges", "echanges", &fil),
            ("echanges/m1", "echanges/m1", &reponse),
            ("reunions", "reunions", &reunion),
            ("reunions/r1", "reunions/r1", &rendu),
            ("reunions/r1", "reunions/r1", &decision),
            ("reunions/r1", "reunions/r1", &tenue),
            ("pieces", "documents", &piece),
            ("notes", "notes", &note),
        ];
        let dite = |faite: Lue, page: &str| {
            assert_eq!(faite.code, StatusCode::SEE_OTHER, "{page} {}", faite.texte);
            let (vers, ligne) = faite.vers.split_once("?fait=").expect(&faite.vers);
            assert_eq!(vers, format!("{C}/{page}"));
            let dit =
                format!("role=\"status\">C’est enregistré : ligne <b class=\"num\">{ligne}</b>");
            let page = lit(salle, "karim", &faite.vers).texte;
            assert!(page.contains(&dit), "{page}");
            assert!(!lit(salle, "karim", vers).texte.contains("C’est enregistré"));
        };
        for (chemin, page, champs) in dits {
            dite(
                envoie(salle, "karim", &format!("{C}/{chemin}"), champs),
                page,
            );
        }
        dite(
            depose(salle, "karim", ("PPI", "ppi.pdf"), b"%PDF-1.7 un"),
            "documents",
        );
        let menti = lit(salle, "karim", &format!("{C}/notes?fait=%3Cb%3E")).texte;
        assert!(!menti.contains("C’est enregistré"));
    });
}
