//! What the national register proposes to the perimeter of a contract, and to its diagnostic.

use super::echanges::{envoie, lit};
use super::salle::{Salle, runtime};
use axum::http::StatusCode;
use entente::app::repertoire::{Genre, Prise, lire_de};

const C: &str = "/contrats/rives-claires";
/// An entity of Corse, which has three establishments: one in the perimeter, one closed.
const EJ: &str = "2A0000014";

fn et(numero: &str, nom: &str, (categorie, ferme): (&str, &str)) -> String {
    format!(
        "structureet;{numero};{EJ};{nom};;;;;;;;;;2A;;20000 AJACCIO;;;{categorie};\
         Catégorie;;;;;57;DGS;;;2001-01-01;;;;{ferme}\n"
    )
}

/// A number whose key is right.
fn avec_cle(debut: &str) -> String {
    let numeros = (0..10).map(|cle| format!("{debut}{cle}"));
    let mut justes = numeros.filter(|n| entente::metier::finess::Finess::parse(n).is_ok());
    justes.next().unwrap()
}

fn importe(salle: &Salle, extrait: &str) {
    let lecture = lire_de(Genre::Finess, extrait.as_bytes()).unwrap();
    let maintenant = salle.maintenant();
    let pris = salle
        .entente
        .importer_repertoire(lecture, Prise::default(), maintenant);
    assert!(runtime().block_on(pris).unwrap().ecrit);
}

/// The first link of a page that leads there, as it is followed.
fn lien(page: &str, vers: &str) -> String {
    let debut = page
        .find(&format!("href=\"{vers}"))
        .unwrap_or_else(|| panic!("{page}"));
    let lien = page[debut + 6..].split('"').next().unwrap();
    lien.replace("&amp;", "&").replace("&#x3D;", "=")
}

/// What a field holds when the form opens.
fn tenu<'p>(page: &'p str, champ: &str) -> &'p str {
    let apres = page.split(&format!("name=\"{champ}\"")).nth(1);
    let apres = apres.unwrap_or_else(|| panic!("{champ}\n{page}"));
    let balise = apres.split('>').next().unwrap();
    balise
        .split("value=\"")
        .nth(1)
        .map_or("", |v| v.split('"').next().unwrap())
}

#[test]
fn an_entity_proposes_its_establishments_and_each_opens_a_form_filled_in() {
    for postgres in [false, true] {
        // given a contract being programmed, and a register
        let salle = Salle::sur(postgres, "rives-claires", "2024-01-10");
        let (ime, clos) = (avec_cle("2A000030"), avec_cle("2A000031"));
        let mut extrait = et("990002024", "SESSAD LES PASSERELLES", ("182", ""));
        extrait.push_str(&et(&ime, "IME U STAZZU", ("183", "")));
        extrait.push_str(&et(&clos, "IME FERMÉ", ("183", "2020-12-31")));
        importe(&salle, &extrait);
        // when the entity is typed, in Corsican and with blanks
        let page = lit(
            &salle,
            "karim",
            &format!("{C}/entite?ej=2a%20000%20001%204"),
        )
        .texte;
        // then one is there already, one is closed, one may enter
        assert!(page.contains("Déjà au périmètre"), "{page}");
        assert!(page.contains("Fermé le 31/12/2020"), "{page}");
        assert_eq!(page.matches("Faire entrer").count(), 1, "{page}");
        let formulaire = lit(
            &salle,
            "karim",
            &lien(&page, &format!("{C}/ecrire/entree-esms")),
        )
        .texte;
        assert_eq!(tenu(&formulaire, "cle"), ime);
        assert_eq!(tenu(&formulaire, "element.nom"), "IME U STAZZU");
        assert_eq!(tenu(&formulaire, "element.categorie"), "183");
        assert_eq!(tenu(&formulaire, "element.ej"), EJ);
        // and the list of what may be written leads there
        let liste = lit(&salle, "karim", &format!("{C}/ecrire")).texte;
        assert!(liste.contains(&format!("href=\"{C}/entite\"")), "{liste}");
        // who may not write the perimeter reads, and is proposed nothing
        let page = lit(&salle, "sophie", &format!("{C}/entite?ej={EJ}")).texte;
        assert!(page.contains("IME U STAZZU"), "{page}");
    }
}

#[test]
fn what_is_no_entity_is_said() {
    let salle = Salle::au("rives-claires", "2024-01-10");
    let refusee = lit(&salle, "karim", &format!("{C}/entite?ej=%3Cb%3E12")).texte;
    assert!(refusee.contains("aria-invalid=\"true\""), "{refusee}");
    assert!(!refusee.contains("<b>12"), "{refusee}");
    let inconnue = lit(&salle, "karim", &format!("{C}/entite?ej={EJ}")).texte;
    assert!(
        inconnue.contains("ne connaît pas cette entité"),
        "{inconnue}"
    );
    let ailleurs = lit(&salle, "lea", &format!("{C}/entite"));
    assert_eq!(ailleurs.code, StatusCode::NOT_FOUND);
}

#[test]
fn an_injonction_that_is_not_lifted_offers_its_finding() {
    let salle = Salle::au("rives-claires", "2024-03-11");
    let adresse = format!("{C}/diagnostic/990002040?theme=D7");
    // given half of the injonctions of a foyer not lifted, and no finding that says it
    let page = lit(&salle, "claire", &adresse).texte;
    assert_eq!(
        page.matches("À dire dans le diagnostic").count(),
        1,
        "{page}"
    );
    // an authority sees it too; the managing body alone writes it
    let autre = lit(&salle, "sophie", &adresse).texte;
    assert!(autre.contains("À dire dans le diagnostic"), "{autre}");
    assert!(!autre.contains("En faire un constat"), "{autre}");
    // when the offer is taken
    let chemin = lien(&page, &format!("{C}/ecrire/constat"));
    let formulaire = lit(&salle, "claire", &chemin).texte;
    assert_eq!(tenu(&formulaire, "contenu.donnee.indicateur"), "Q-IC-3");
    assert_eq!(tenu(&formulaire, "contenu.donnee.annee"), "2023");
    assert!(formulaire.contains("50\u{202f}% en 2023."), "{formulaire}");
    let tapee = [
        ("id", "c-1"),
        ("flux", "cpom"),
        ("esms", "990002040"),
        ("pour", "990002040"),
        ("constat", "D7-02"),
        ("contenu.theme", "D7"),
        ("contenu.genre", "faiblesse"),
        ("contenu.texte", "Une injonction reste à lever."),
        ("contenu.preuve", "SIICEA, contrôle du 12/10/2023"),
        ("contenu.donnee.indicateur", "Q-IC-3"),
        ("contenu.donnee.annee", "2023"),
    ];
    let faite = envoie(&salle, "claire", &format!("{C}/ecrire/constat"), &tapee);
    assert_eq!(faite.code, StatusCode::SEE_OTHER, "{}", faite.texte);
    // then it is said
    let page = lit(&salle, "claire", &adresse).texte;
    assert!(!page.contains("À dire dans le diagnostic"), "{page}");
    assert!(page.contains("D7-02"), "{page}");
}
