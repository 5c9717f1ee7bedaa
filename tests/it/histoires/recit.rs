//! The story, its golden journal, and what it must hold.

use super::chantier::atelier;
use chrono::NaiveDate;
use entente::app::contrat::{Atelier, Contrat, RACINE};
use entente::app::demo::{self, Histoire, Memoire, Partie, Porte as _};
use entente::metier::evenement::{Evenement, Ligne};
use entente::workflow::definition::model::{Role, Silence};
use entente::workflow::machine::Stamped;
use entente::workflow::machine::event::{CloseCause, Event, VoidCause};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

const JOURNAL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/it/histoires/rives-claires.journal.jsonl"
);
const SESSAD: &str = "990002024";

const SUITE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/it/histoires/rives-claires-suite.journal.jsonl"
);

struct Fixe {
    atelier: Atelier,
    histoire: Histoire,
    suite: Histoire,
}

struct Jouee {
    porte: Memoire<'static>,
    partie: Partie,
}

impl Jouee {
    fn contrat(&self) -> &Contrat<'_> {
        self.porte.contrat()
    }

    fn journal(&self) -> &[Ligne] {
        self.contrat().journal()
    }
}

fn fixe() -> &'static Fixe {
    static FIXE: OnceLock<Fixe> = OnceLock::new();
    let lue = |texte: &str| demo::lire(texte).unwrap_or_else(|p| panic!("{p:?}"));
    FIXE.get_or_init(|| Fixe {
        atelier: atelier(),
        histoire: lue(demo::RIVES_CLAIRES),
        suite: lue(include_str!("rives-claires-suite.yaml")),
    })
}

fn jouer() -> Jouee {
    let fixe = fixe();
    let mut porte = Memoire::new(&fixe.atelier);
    let partie = demo::jouer(&mut porte, &fixe.atelier, &fixe.histoire);
    Jouee {
        partie: partie.unwrap_or_else(|e| panic!("{e}")),
        porte,
    }
}

/// The story that is shown.
fn jouee() -> (&'static Fixe, &'static Jouee) {
    static JOUEE: OnceLock<Jouee> = OnceLock::new();
    (fixe(), JOUEE.get_or_init(jouer))
}

/// The same, then what comes after it, to the following contract.
fn poursuivie() -> &'static Jouee {
    static POURSUIVIE: OnceLock<Jouee> = OnceLock::new();
    let fixe = fixe();
    POURSUIVIE.get_or_init(|| {
        let Jouee { mut porte, partie } = jouer();
        let suite = demo::poursuivre(&mut porte, &fixe.atelier, &fixe.suite, &partie);
        Jouee {
            partie: suite.unwrap_or_else(|e| panic!("{e}")),
            porte,
        }
    })
}

fn lu(journal: &str) -> Vec<Ligne> {
    let text = std::fs::read_to_string(journal).expect("the golden journal is there");
    let line = |l: &str| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"));
    text.lines().map(line).collect()
}

fn approuve() -> Vec<Ligne> {
    lu(JOURNAL)
}

fn ecrit_comme<'a>(lignes: impl IntoIterator<Item = &'a Ligne>, journal: &str) {
    let mut text = String::new();
    for ligne in lignes {
        text.push_str(&demo::ligne_ecrite(ligne).unwrap());
        text.push('\n');
    }
    if std::env::var_os("ENTENTE_APPROUVER").is_some() {
        std::fs::write(journal, &text).unwrap();
    }
    let golden = std::fs::read_to_string(journal).unwrap_or_default();
    let differs = golden.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert_eq!(
        differs.map(|i| text.lines().nth(i)),
        None,
        "line {differs:?}"
    );
    assert_eq!(golden.lines().count(), text.lines().count());
}

fn events<'a>(journal: &'a [Ligne], flux: &str) -> impl Iterator<Item = &'a Stamped> {
    let flux = flux.to_owned();
    journal
        .iter()
        .filter_map(move |ligne| match &ligne.evenement {
            Evenement::Machine(stamped) if ligne.flux == flux => Some(stamped),
            _ => None,
        })
}

#[test]
fn the_story_writes_the_golden_journal() {
    let (_, jouee) = jouee();
    ecrit_comme(jouee.journal(), JOURNAL);
    let flux: BTreeSet<&str> = jouee.journal().iter().map(|l| l.flux.as_str()).collect();
    assert!(jouee.journal().len() >= 250 && flux.len() >= 5, "{flux:?}");
}

#[test]
fn what_comes_after_the_story_writes_its_own_golden_journal() {
    ecrit_comme(poursuivie().partie.lignes(), SUITE);
}

#[test]
fn the_story_ends_before_the_day_it_is_told() {
    let (_, jouee) = jouee();
    let fin = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    assert!(jouee.partie.instant.date_naive() <= fin);
    let avenant = &jouee.contrat().flux(RACINE).unwrap().dossier.avenants()[0];
    assert!(avenant.effet >= NaiveDate::from_ymd_opt(2026, 9, 22).unwrap());
}

fn folds_to(lignes: &[Ligne], jouee: &Jouee, attendus: &[(&str, &str)]) {
    let relu = Contrat::relire(&fixe().atelier, lignes).unwrap();
    let etats: BTreeMap<String, String> = relu
        .tous()
        .map(|(nom, _)| (nom.to_owned(), demo::etat(&relu, nom).join(",")))
        .collect();
    let attendus = attendus.iter();
    let attendus = attendus.map(|(nom, etat)| ((*nom).to_owned(), (*etat).to_owned()));
    assert_eq!(etats, attendus.collect());
    for (nom, flux) in jouee.contrat().tous() {
        assert_eq!(relu.flux(nom), Some(flux), "{nom}");
    }
}

#[test]
fn the_golden_journal_folds_to_the_expected_states() {
    let (_, jouee) = jouee();
    let attendus = [
        ("cpom", "en_vigueur"),
        ("cpom/avenant-1", "applique"),
        ("cpom/eprd-annuel-2026", "execution"),
        ("cpom/eprd-annuel-2026/decision-modificative-1", "approuvee"),
        ("cpom/eprd-annuel-2027", "activite_deposee"),
        ("cpom/revue-annuelle-2025", "close"),
    ];
    folds_to(&approuve(), jouee, &attendus);
}

#[test]
fn the_two_golden_journals_fold_to_the_following_contract() {
    let mut lignes = approuve();
    lignes.extend(lu(SUITE));
    let attendus = [
        ("cpom", "en_vigueur"),
        ("cpom-2", "programme"),
        ("cpom/avenant-1", "applique"),
        ("cpom/avenant-2", "applique"),
        ("cpom/avenant-3", "applique"),
        ("cpom/eprd-annuel-2026", "clos"),
        ("cpom/eprd-annuel-2026/decision-modificative-1", "approuvee"),
        ("cpom/eprd-annuel-2027", "clos"),
        ("cpom/eprd-annuel-2028", "clos"),
        ("cpom/eprd-annuel-2029", "execution"),
        ("cpom/eprd-annuel-2030", "activite_deposee"),
        ("cpom/revue-annuelle-2025", "close"),
        ("cpom/revue-annuelle-2026", "close"),
        ("cpom/revue-annuelle-2027", "close"),
        ("cpom/revue-annuelle-2028", "close"),
    ];
    folds_to(&lignes, poursuivie(), &attendus);
}

#[test]
fn a_line_that_is_not_in_its_place_is_refused() {
    let (fixe, _) = jouee();
    let mut lignes = approuve();
    lignes.swap(40, 41);
    assert_eq!(
        Contrat::relire(&fixe.atelier, &lignes).unwrap_err().code(),
        "journal"
    );
    lignes.swap(40, 41);
    lignes[10].v += 1;
    assert_eq!(
        Contrat::relire(&fixe.atelier, &lignes).unwrap_err().code(),
        "journal"
    );
}

#[test]
fn the_history_reads_as_a_tree() {
    let (fixe, jouee) = jouee();
    insta::with_settings!({ snapshot_path => ".", prepend_module_to_snapshot => false }, {
        let arbre = demo::arbre(&fixe.histoire, &jouee.partie, jouee.contrat());
        insta::assert_snapshot!("rives-claires.arbre", arbre);
    });
}

#[test]
fn each_party_refuses_once_and_sends_back_once() {
    let (_, jouee) = jouee();
    let journal = jouee.journal();
    let fait = |partie: &str, actes: &[&str]| {
        events(journal, RACINE).any(|s| match &s.event {
            Event::ActDone { actor, act, .. } | Event::Refused { actor, act, .. } => {
                actor.party == partie && actes.contains(&act.as_str())
            }
            _ => false,
        })
    };
    let refuse = |partie: &str| {
        events(journal, RACINE)
            .any(|s| matches!(&s.event, Event::Refused { actor, .. } if actor.party == partie))
    };
    assert!(fait("gestionnaire", &["refuser"]) && fait("gestionnaire", &["demander_modif"]));
    assert!(refuse("ars") && fait("ars", &["questionner"]));
    assert!(refuse("departement:99") && fait("departement:99", &["rejeter"]));
}

#[test]
fn a_consent_is_withdrawn_and_another_is_voided_by_an_edit() {
    let (_, jouee) = jouee();
    let journal = jouee.journal();
    assert!(
        events(journal, RACINE)
            .any(|s| { matches!(&s.event, Event::Withdrawn { act, .. } if act == "covalider") })
    );
    let i = journal.iter().position(|l| {
        let Evenement::Machine(stamped) = &l.evenement else {
            return false;
        };
        matches!(&stamped.event, Event::ConsentVoided { spot, party, cause, .. }
            if spot.as_str().contains("[OS-1]") && party == "gestionnaire"
                && *cause == VoidCause::Changed)
    });
    let avant = &journal[i.expect("a consent on OS-1 was voided") - 1].evenement;
    assert!(matches!(avant, Evenement::ContenuModifie { objet, .. } if objet == "objectif"));
}

#[test]
fn a_diagnostic_is_reopened_and_the_others_stay_closed() {
    let (_, jouee) = jouee();
    let kept = events(jouee.journal(), RACINE).filter(|s| {
        matches!(&s.event, Event::BranchClosed { spot, cause: CloseCause::Kept, .. }
            if spot.as_str() == "diagnostic_partage")
    });
    // Four when one of five is reopened; five when a sixth enters.
    assert_eq!(kept.count(), 4 + 5);
}

#[test]
fn the_divergence_is_kept_side_by_side() {
    let (_, jouee) = jouee();
    let dossier = &jouee.contrat().flux(RACINE).unwrap().dossier;
    let contenu = dossier.contenu("diagnostic", Some(SESSAD)).unwrap();
    let divergences: Vec<_> = contenu.divergences().collect();
    let [(constat, positions)] = divergences.as_slice() else {
        panic!("one divergence");
    };
    assert_eq!(constat.as_str(), "D3-02");
    assert!(positions["gestionnaire"].texte.starts_with("21 "));
    assert!(positions["ars"].texte.starts_with("12 "));
}

#[test]
fn objectives_are_rejected_and_arbitrated() {
    let (_, jouee) = jouee();
    let journal = jouee.journal();
    let rejetes = events(journal, RACINE).filter(|s| {
        matches!(&s.event, Event::BranchClosed { outcome: Some(o), cause, .. }
            if o == "rejete" && *cause == CloseCause::Ended)
    });
    assert!(rejetes.count() >= 3);
    assert!(events(journal, RACINE).any(|s| {
        matches!(&s.event, Event::ActDone { spot, act, agreed: Some(_), .. }
            if act == "accorder" && spot.as_str().ends_with("[OS-6]/arbitrage"))
    }));
}

#[test]
fn an_establishment_enters_during_the_negotiation_and_leaves_before_the_signature() {
    let (fixe, jouee) = jouee();
    let journal = jouee.journal();
    let entre = journal.iter().position(
        |l| matches!(&l.evenement, Evenement::ElementEntre { cle, .. } if cle == "990002073"),
    );
    let avant = &journal[..entre.expect("it enters")];
    let alors = Contrat::relire(&fixe.atelier, avant).unwrap();
    let visits = &alors.flux(RACINE).unwrap().configuration.visits;
    assert!(visits.contains_key("negociation"));
    let dossier = &jouee.contrat().flux(RACINE).unwrap().dossier;
    assert_eq!(dossier.collections().cles("esms").len(), 5);
}

#[test]
fn a_silent_departement_is_told_higher_up_and_its_silence_is_worth_nothing() {
    let (fixe, jouee) = jouee();
    let journal = jouee.journal();
    let flux = "cpom/avenant-1";
    let i = journal.iter().position(|l| {
        let Evenement::Machine(stamped) = &l.evenement else {
            return false;
        };
        l.flux == flux
            && matches!(&stamped.event, Event::TimerFired { armed, .. }
                if armed.silence == Some(Silence::None)
                    && armed.rule.as_deref() == Some("T_AVENANT_SILENCE"))
    });
    let i = i.expect("the delay passed in silence");
    let mut alors = Contrat::relire(&fixe.atelier, &journal[..i + 6]).unwrap();
    let jour = NaiveDate::from_ymd_opt(2026, 10, 12).unwrap();
    let instant = jour.and_hms_opt(9, 0, 0).unwrap().and_utc();
    alors.avancer(instant).unwrap();
    assert_eq!(demo::etat(&alors, flux), ["en_attente"]);
    let agenda = demo::agenda_de(&alors, flux, instant).unwrap();
    let escalade = agenda.dates.iter().find_map(|d| d.escalation.as_ref());
    let escalade = escalade.expect("someone above is told");
    assert_eq!(escalade.to, Role::Signature);
    assert!(escalade.on <= jour);
}

#[test]
fn an_expired_delegation_does_not_sign() {
    let (_, jouee) = jouee();
    let refus = jouee
        .partie
        .passages
        .iter()
        .filter_map(|p| p.refus.as_ref());
    assert!(refus.into_iter().any(|r| r.code() == "delegation"));
}

#[test]
fn silence_approves_the_eprd_on_the_thirtieth_day() {
    let (_, jouee) = jouee();
    let mut eprd = events(jouee.journal(), "cpom/eprd-annuel-2026");
    let tacite = eprd.find_map(|s| match &s.event {
        Event::TimerFired { armed, .. } if armed.silence == Some(Silence::Approved) => {
            Some((s.effective, armed))
        }
        _ => None,
    });
    let (effet, armed) = tacite.expect("a tacit approval");
    assert_eq!(effet, NaiveDate::from_ymd_opt(2026, 6, 14).unwrap());
    assert_eq!(armed.rule.as_deref(), Some("T_EPRD_APPROB"));
    assert_eq!(armed.pack, "cpom-ph-2026");
    assert_eq!(armed.source.as_deref(), Some("CASF R.314-225 II"));
}

#[test]
fn the_review_closes_with_divergences() {
    let (_, jouee) = jouee();
    let mut revue = events(jouee.journal(), "cpom/revue-annuelle-2025");
    assert!(revue.any(|s| {
        matches!(&s.event, Event::Entered { spot, .. }
            if spot.as_str() == "validee_avec_divergences")
    }));
}

#[test]
fn the_avenant_is_read_in_the_contract_and_the_contract_is_not_rewritten() {
    let (_, jouee) = jouee();
    let contrat = jouee.contrat();
    let dossier = &contrat.flux(RACINE).unwrap().dossier;
    let [premier] = dossier.avenants() else {
        panic!("one avenant");
    };
    let lecture = contrat.texte(premier.lecture_consolidee).unwrap();
    assert!(lecture.contains("de 15 % à 17 %") && lecture.contains("(Avenant n° 1)"));
    assert!(
        !lecture.contains("à distance"),
        "the rejected change is not in it"
    );
    let signe = dossier.contenu("contrat", None).unwrap().texte.unwrap();
    let signe = contrat.texte(signe).unwrap();
    assert!(signe.contains("chacun avec son pilote") && !signe.contains("17 %"));
}

#[test]
fn each_avenant_is_read_over_those_before_it() {
    let contrat = poursuivie().contrat();
    let dossier = &contrat.flux(RACINE).unwrap().dossier;
    let [_, second, troisieme] = dossier.avenants() else {
        panic!("three avenants");
    };
    let lecture = contrat.texte(second.lecture_consolidee).unwrap();
    assert!(lecture.contains("SERAFIN-PH à compter du 1er septembre 2027"));
    assert!(lecture.contains("(Avenant n° 1)") && lecture.contains("(Avenant n° 2)"));
    assert_eq!(troisieme.terme, NaiveDate::from_ymd_opt(2030, 12, 31));
    let lecture = contrat.texte(troisieme.lecture_consolidee).unwrap();
    assert!(lecture.contains("prorogé") && lecture.contains("SERAFIN-PH"));
}

#[test]
fn on_the_day_of_a_demonstration_each_party_has_something_to_answer() {
    let Jouee { mut porte, partie } = jouer();
    let mut tires = 0_u32;
    let tire = || {
        tires += 1;
        format!("{tires:032x}")
    };
    demo::parler(&mut porte, partie.instant, tire).unwrap_or_else(|e| panic!("{e}"));
    let racine = porte.contrat().flux(RACINE).unwrap();
    let dits = racine.dossier.echanges();
    let avis = dits.fils().values().flat_map(|f| f.attend.keys());
    let pieces = dits.pieces().values().map(|p| &p.de);
    let decisions = dits.decisions().values().map(|d| &d.qui);
    let attendues: BTreeSet<&str> = avis
        .chain(pieces)
        .chain(decisions)
        .map(String::as_str)
        .collect();
    assert_eq!(attendues, ["ars", "departement:99", "gestionnaire"].into());
    assert_eq!(dits.reunions().len(), 1);
}
