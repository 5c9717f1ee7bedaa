//! Random lives: five years of a contract and its children, led by people who do as they please.
//! Whatever they do, the invariants hold. `ENTENTE_VIES=10000` lives more of them.

pub mod assidue;
mod carte;
mod gestes;
pub mod hasard;
mod invariants;
pub mod vie;

use hasard::Hasard;
use invariants::Temoin;
use vie::Vie;

use crate::histoires::chantier::atelier;
use entente::metier::evenement::Evenement;
use entente::workflow::definition::model::Workflow;
use entente::workflow::machine::event::Event;
use std::collections::BTreeSet;

const VIES: u64 = 200;
/// Shared among as many tests, so that they run side by side.
const PARTS: u64 = 4;

/// Lives that once broke an invariant, lived again at each run: a child that ends by its own
/// deadline on the day its parent closes it (9102).
const RETROUVEES: [u64; 1] = [9_102];

fn vivre(part: u64) {
    let vies = std::env::var("ENTENTE_VIES")
        .ok()
        .and_then(|n| n.parse().ok());
    let atelier = atelier();
    let mut parcours = Parcours::default();
    // `ENTENTE_VIES_DEPUIS`: where to start, to find a life again.
    let depuis = std::env::var("ENTENTE_VIES_DEPUIS")
        .ok()
        .and_then(|n| n.parse().ok());
    let vues = RETROUVEES.into_iter().filter(|_| depuis.is_none());
    let vies = (depuis.unwrap_or(0)..vies.unwrap_or(VIES)).chain(vues);
    for graine in vies.filter(|g| g % PARTS == part) {
        let _dite = Dite(graine);
        let mut hasard = Hasard::new(graine);
        let mut vie = Vie::nait(&atelier, &mut hasard, graine / PARTS);
        let mut temoin = Temoin::new(graine);
        temoin.observe(&vie);
        while vie.dure() {
            vie.pas(&mut hasard);
            temoin.observe(&vie);
        }
        temoin.conclut(&atelier, &mut vie);
        parcours.note(&vie);
    }
    parcours.verifie();
}

/// Says which life it was, when an invariant breaks.
struct Dite(u64);

impl Drop for Dite {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("graine {}", self.0);
        }
    }
}

/// What the lives went through together: random lives that go nowhere prove nothing.
#[derive(Default)]
struct Parcours {
    signes: u32,
    termines: u32,
    enfants: usize,
    refus: u32,
    actes: u32,
    /// The acts done, by workflow and place.
    faits: BTreeSet<String>,
}

impl Parcours {
    fn note(&mut self, vie: &Vie<'_>) {
        for ligne in vie.contrat.journal() {
            if let Evenement::Machine(stamped) = &ligne.evenement
                && let Event::ActDone { spot, act, .. } = &stamped.event
            {
                let workflow = &vie.contrat.flux(&ligne.flux).unwrap().dossier.workflow;
                self.faits
                    .insert(format!("{workflow} {} {act}", spot.path()));
            }
        }
        let racine = vie.contrat.flux(entente::app::contrat::RACINE).unwrap();
        self.signes += u32::from(!racine.configuration.bound.is_empty());
        self.termines += u32::from(racine.configuration.ended.is_some());
        self.enfants += vie.contrat.tous().count() - 1;
        self.refus += vie.refus;
        self.actes += vie.actes;
    }

    fn verifie(&self) {
        let Self {
            signes,
            termines,
            enfants,
            refus,
            actes,
            faits,
        } = self;
        println!(
            "signés {signes}, terminés {termines}, enfants {enfants}, \
             actes {actes} ({} différents), refus {refus}",
            faits.len()
        );
        assert!(*signes >= 5 && *termines >= 5 && *enfants >= 50 && *refus > 100);
        assert!(faits.len() >= 80, "{faits:#?}");
    }
}

#[test]
fn random_lives_keep_the_invariants_0() {
    vivre(0);
}

#[test]
fn random_lives_keep_the_invariants_1() {
    vivre(1);
}

#[test]
fn random_lives_keep_the_invariants_2() {
    vivre(2);
}

#[test]
fn random_lives_keep_the_invariants_3() {
    vivre(3);
}

/// Every act of a workflow, by place.
pub fn actes_de(workflow: &Workflow) -> BTreeSet<String> {
    let noeuds = workflow.nodes.iter();
    let actes = noeuds.flat_map(|n| n.acts.iter().map(move |a| (n, a)));
    actes
        .map(|(n, a)| carte::nom(workflow, n, &a.name))
        .collect()
}
