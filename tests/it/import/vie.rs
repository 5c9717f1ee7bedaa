//! Sixty contracts taken over; one of them lives its EPRD, its review and its avenant, through the
//! write path, on both databases.

use super::classeurs::{Livre, document, esms, finess, livre, reference, t};
use crate::bases::{lite, postgres};
use crate::histoires::chantier::Chantier;
use crate::histoires::reprise::{TROIS, vit};
use chrono::{DateTime, Utc};
use entente::app::contrat::RACINE;
use entente::app::execute::{Entente, Ordre};
use entente::app::importer::{Bilan, Import, lire};
use entente::metier::chaine::Scellee;

const LIGNES: usize = 63;

pub fn a(heure: u32) -> DateTime<Utc> {
    format!("2026-03-02T{heure:02}:00:00Z").parse().unwrap()
}

fn import() -> Import {
    Import {
        partie: "gestionnaire".to_owned(),
        personne: "import".to_owned(),
        a_blanc: false,
    }
}

/// Sixty good lines, and three bad ones.
pub fn soixante_trois() -> Livre {
    let (ej, faux) = (finess("99001200"), "123");
    let cle = esms(30)[0].clone();
    let autre = if cle.ends_with('0') { '1' } else { '0' };
    let faux_numero = format!("{}{autre}", &cle[..8]);
    assert_ne!(ej, faux_numero);
    livre(LIGNES)
        .tape("Contrats!H13", t("2024-12-31"))
        .tape("ESMS!B60", t(faux_numero))
        .tape("Contrats!I48", t(faux))
}

/// Where they are.
pub const FAUSSES: [&str; 3] = ["Contrats!H13", "Contrats!I48", "ESMS!B60"];

pub async fn importe(entente: &Entente, livre: &Livre, heure: u32) -> Bilan {
    let lecture = lire(&livre.octets()).unwrap();
    let import = import();
    let bilan = entente.importer(&lecture, &import, || a(heure), |_, _| ());
    bilan.await.unwrap()
}

/// What was led in memory, asked again through the write path: the same lines.
pub async fn rejoue(entente: &Entente, id: &str, chantier: Chantier<'_>) {
    let avant = journal(entente, id).await.len();
    for (commande, quand) in chantier.carnet {
        let ordre = commande.map_or(Ordre::Avancer, Ordre::Agir);
        // What was refused in memory is refused here: the lines tell.
        let _ = entente.executer(id, ordre, quand).await;
    }
    let ecrites = journal(entente, id).await;
    let ecrites: Vec<_> = ecrites[avant..]
        .iter()
        .map(|l| l.ligne().unwrap())
        .collect();
    assert_eq!(ecrites, chantier.contrat.journal());
}

pub async fn journal(entente: &Entente, id: &str) -> Vec<Scellee> {
    entente.journal(id).await.unwrap().unwrap()
}

pub async fn chantier(entente: &Entente, id: &str, heure: u32) -> Chantier<'static> {
    let entree = entente.lire(id).await.unwrap().unwrap();
    Chantier::sur(entente.contrat(&entree), a(heure))
}

async fn joue(entente: &Entente) -> Vec<Scellee> {
    let livre = soixante_trois();
    // when sixty-three lines are read, then sixty contracts enter and three are told by their cell
    let bilan = importe(entente, &livre, 9).await;
    let cellules: Vec<&str> = bilan.refuses.iter().map(|r| r.cellule.as_str()).collect();
    assert_eq!(cellules, FAUSSES);
    assert_eq!(
        (bilan.lus, bilan.ajoutes, bilan.contrats_refuses()),
        (63, 60, 3)
    );
    let attendues: Vec<&String> = bilan.attentes[0].parties.iter().collect();
    assert_eq!(attendues, ["ars", "departement:99", "gestionnaire"]);
    // when it is read again, then nothing is written
    let avant = journal(entente, &reference(1)).await;
    let bilan = importe(entente, &livre, 10).await;
    assert_eq!((bilan.ajoutes, bilan.modifies, bilan.inchanges), (0, 0, 60));
    assert_eq!(journal(entente, &reference(1)).await, avant);
    // when each party has confirmed one of them
    let id = reference(1);
    let mut confirme = chantier(entente, &id, 11).await;
    for partie in TROIS {
        let effet = confirme.instant.date_naive();
        confirme.confirme(partie, document(1), effet).unwrap();
    }
    rejoue(entente, &id, confirme).await;
    // then the same workbook fills it in, and it only
    let bilan = importe(entente, &livre, 12).await;
    assert_eq!((bilan.ajoutes, bilan.modifies, bilan.inchanges), (0, 1, 59));
    let attente = bilan.attentes.iter().find(|a| a.reference == id).unwrap();
    assert_eq!(attente.confirmer, "reprise");
    let bilan = importe(entente, &livre, 13).await;
    assert_eq!((bilan.modifies, bilan.inchanges), (0, 60));
    // and it lives its budget, its review and its avenant
    let mut vie = chantier(entente, &id, 14).await;
    vit(&mut vie);
    rejoue(entente, &id, vie).await;
    let bilan = importe(entente, &livre, 15).await;
    assert!(bilan.attentes.iter().all(|a| a.reference != id));
    let entree = entente.lire(&id).await.unwrap().unwrap();
    let vecu = entente.contrat(&entree);
    let noms: Vec<&str> = vecu.tous().map(|(nom, _)| nom).collect();
    for flux in [
        RACINE,
        "cpom/eprd-annuel-2027",
        "cpom/revue-annuelle-2026",
        "cpom/avenant-1",
    ] {
        assert!(noms.contains(&flux), "{flux}: {noms:?}");
    }
    let rapport = entente.verifier(None).await.unwrap();
    assert_eq!(rapport.broken, []);
    journal(entente, &id).await
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_contracts_are_taken_over_and_one_of_them_lives_on_both_databases() {
    let (sur_lite, _) = lite().await;
    let (sur_pg, _) = postgres().await;
    assert_eq!(joue(&sur_lite).await, joue(&sur_pg).await);
    sur_lite.fermer().await;
    sur_pg.fermer().await;
}
