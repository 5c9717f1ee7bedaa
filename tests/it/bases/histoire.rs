//! The story has the same digests in memory, on SQLite and on PostgreSQL.

use super::{atelier, dossier, grappe};
use entente::app::demo::{self, Enregistree, Memoire, Partie, Porte as _};
use entente::app::execute::Entente;
use entente::metier::chaine::{Scellee, Tetes, Verification};
use entente::store::{Adresse, Base};
use tokio::runtime::Runtime;

const ID: &str = "rives-claires";

fn scellee(partie: &Partie) -> (Vec<Scellee>, Tetes) {
    let mut tetes = Tetes::new();
    let lignes = (1..).zip(partie.lignes());
    let lignes = lignes.map(|(n, ligne)| Scellee::sceller(ID, n, ligne, &mut tetes).unwrap());
    (lignes.collect(), tetes)
}

fn jouee(runtime: &Runtime, entente: &Entente) -> Vec<Scellee> {
    let histoire = demo::lire(demo::RIVES_CLAIRES).unwrap();
    let mut porte = Enregistree::new(entente, ID, runtime.handle().clone());
    demo::jouer(&mut porte, atelier(), &histoire).unwrap_or_else(|e| panic!("{e}"));
    let lu = runtime.block_on(entente.journal(ID)).unwrap();
    lu.unwrap()
}

#[test]
fn the_story_has_the_same_digests_in_memory_on_sqlite_and_on_postgres() {
    // given the story in memory, sealed
    let histoire = demo::lire(demo::RIVES_CLAIRES).unwrap();
    let mut porte = Memoire::new(atelier());
    let partie = demo::jouer(&mut porte, atelier(), &histoire).unwrap();
    let (en_memoire, _) = scellee(&partie);
    assert!(en_memoire.len() >= 250);
    let flux = porte.contrat().tous().count();
    assert!(flux >= 5, "{flux} streams");
    // when it is played on both databases
    let runtime = Runtime::new().unwrap();
    let adresses = [
        Adresse::Fichier(dossier("histoire").join("entente.db")),
        runtime.block_on(grappe::nouvelle()).parse().unwrap(),
    ];
    for adresse in adresses {
        let base = runtime.block_on(Base::ouvrir(&adresse)).unwrap();
        let entente = Entente::nouvelle(base.clone(), atelier());
        let lignes = jouee(&runtime, &entente);
        // then each line is the same to the byte, and the chain holds
        assert_eq!(lignes, en_memoire);
        let mut verification = Verification::nouvelle(ID);
        for ligne in &lignes {
            verification.suivante(ligne).unwrap();
        }
        // and a program that starts anew reads the same state
        let neuve = Entente::nouvelle(base, atelier());
        let froid = runtime.block_on(neuve.lire(ID)).unwrap().unwrap();
        let chaud = runtime.block_on(entente.lire(ID)).unwrap().unwrap();
        assert_eq!(froid.etat, chaud.etat);
        assert_eq!(&froid.etat, porte.contrat().etat());
        runtime.block_on(entente.fermer());
    }
}
