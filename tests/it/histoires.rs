//! The story and its golden journal; contracts of many parties.

use entente::app::demo;
use entente::app::fichiers::Library;
use entente::app::memoire::Atelier;

fn atelier() -> Atelier {
    Atelier::new(Library::shipped()).expect("the shipped files are read")
}

#[test]
fn the_story_plays() {
    let atelier = atelier();
    let histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
    let partie = demo::jouer(&atelier, &histoire).unwrap_or_else(|e| panic!("{e}"));
    assert!(partie.refus() > 3);
}
