//! The process stopped dead at each named point of an act, for each kind of request: sent again,
//! it has exactly one effect.

use super::programme::Programme;
use super::scenario::{Reponse, Scenario};
use crate::bases::{atelier, dossier, grappe};
use entente::app::contrat::Demande;
use entente::app::execute::{Entente, Ordre};
use entente::metier::contrat::dossier::Ecriture;
use entente::store::faute::Point;
use entente::store::{Adresse, Base};
use entente::workflow::machine::Command;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use tokio::runtime::Runtime;

/// Kinds of requests that one scenario or another must show done.
const GENRES: [&str; 17] = [
    "ouvrir",
    "reprendre",
    "avancer",
    "open_at",
    "act",
    "refuse",
    "withdraw",
    "waive",
    "interrupt",
    "resume",
    "declarer",
    "modifier",
    "position",
    "entrer",
    "sortir",
    "saisir",
    "noter",
];

fn genre(ordre: &Ordre) -> &'static str {
    match ordre {
        Ordre::Ouvrir { .. } => "ouvrir",
        Ordre::Creer { .. } => "creer",
        Ordre::Reprendre { .. } => "reprendre",
        Ordre::Avancer => "avancer",
        Ordre::Agir(commande) => match &commande.demande {
            Demande::Acte(acte) => match acte {
                Command::OpenAt { .. } => "open_at",
                Command::Act { .. } => "act",
                Command::Refuse { .. } => "refuse",
                Command::Withdraw { .. } => "withdraw",
                Command::Waive { .. } => "waive",
                Command::Interrupt { .. } => "interrupt",
                Command::Resume { .. } => "resume",
                autre => panic!("{autre:?}"),
            },
            Demande::Ecriture { ecriture, .. } => match ecriture {
                Ecriture::Declarer { .. } => "declarer",
                Ecriture::Modifier { .. } => "modifier",
                Ecriture::Position { .. } => "position",
                Ecriture::Entrer { .. } => "entrer",
                Ecriture::Sortir { .. } => "sortir",
                Ecriture::Saisir(_) => "saisir",
                Ecriture::Profil { .. } => "profil",
                Ecriture::Budget { .. } => "budget",
                Ecriture::Noter { .. } => "noter",
                Ecriture::Dire { .. } => "dire",
            },
        },
    }
}

/// For each kind, the first scenario where it is done, and the last step there that does it.
fn exemples() -> &'static [Exemple] {
    static EXEMPLES: OnceLock<Vec<Exemple>> = OnceLock::new();
    EXEMPLES.get_or_init(cherche)
}

/// A scenario, and the kind of each step chosen.
type Exemple = (Scenario, BTreeMap<usize, &'static str>);

/// Lives in which to look for what the contract taken over does not show, and those, among them,
/// to begin with: a waiver is rare.
const VIES: u64 = 400;
const PREMIERES: [u64; 4] = [0, 3, 8, 82];

fn cherche() -> Vec<Exemple> {
    let mut restants: BTreeSet<&str> = GENRES.into();
    let mut exemples = Vec::new();
    let graines = PREMIERES.into_iter().chain(0..VIES);
    let vies = graines.map(|graine| Scenario::vie(graine, 260));
    for scenario in std::iter::once_with(Scenario::repris).chain(vies) {
        let mut trouves = BTreeMap::new();
        let mut ecrites = 0;
        for (n, (ordre, _)) in scenario.pas.iter().enumerate() {
            // What writes something, for the first time: a repeat tells of lines already written.
            if let Reponse::Fait { premiere, derniere } = scenario.reponses[n]
                && ecrites < premiere
                && premiere <= derniere
            {
                ecrites = derniere;
                trouves.insert(genre(ordre), n);
            }
        }
        trouves.retain(|genre, _| restants.remove(genre));
        if !trouves.is_empty() {
            let par_pas = trouves.into_iter().map(|(genre, n)| (n, genre));
            exemples.push((scenario, par_pas.collect()));
        }
        if restants.is_empty() {
            break;
        }
    }
    assert_eq!(restants, BTreeSet::new(), "never done in these scenarios");
    exemples
}

struct Essai<'e> {
    runtime: &'e Runtime,
    entente: Entente,
    adresse: String,
    scenario: &'e Scenario,
    arrets: usize,
}

impl Essai<'_> {
    fn tete(&self) -> usize {
        let lignes = self.entente.journal(&self.scenario.contrat);
        let lignes = self.runtime.block_on(lignes).unwrap().unwrap_or_default();
        assert_eq!(lignes, self.scenario.lignes[..lignes.len()]);
        lignes.len()
    }

    fn pas(&self, n: usize) {
        let (ordre, instant) = self.scenario.pas[n].clone();
        let fait = self
            .entente
            .executer(&self.scenario.contrat, ordre, instant);
        let reponse = Reponse::de(self.runtime.block_on(fait));
        assert_eq!(reponse, self.scenario.reponses[n]);
    }

    /// Stops dead at each point on this step, sends it again each time.
    fn arrete(&mut self, n: usize, genre: &str) {
        let avant = self.tete();
        let ligne = self.scenario.ligne(n);
        let attendue = &self.scenario.reponses[n];
        let Reponse::Fait { derniere, .. } = attendue else {
            panic!("{genre} : {attendue:?}");
        };
        for point in Point::TOUS {
            // when it stops at this point
            let faute = format!("{}:1", point.nom());
            let mut programme = Programme::agir(&self.adresse, Some(&faute));
            assert_eq!(programme.demande(&ligne), None, "{genre} {faute}");
            assert!(programme.avorte(), "{genre} {faute}");
            self.arrets += 1;
            // then it is wholly done, or not at all
            let apres = if point == Point::ApresCommit {
                usize::try_from(*derniere).unwrap()
            } else {
                avant
            };
            assert_eq!(self.tete(), apres, "{genre} {faute}");
        }
        // and sent again, the same answer: it was done once
        let mut programme = Programme::agir(&self.adresse, None);
        let reponse = programme.demande(&ligne).unwrap();
        if !["ouvrir", "avancer"].contains(&genre) {
            assert_eq!(&Reponse::lue(&reponse), attendue, "{genre}");
            assert!(reponse.contains("\"deja\":true"), "{reponse}");
        }
        drop(programme);
        assert_eq!(self.tete(), usize::try_from(*derniere).unwrap(), "{genre}");
    }
}

fn points(genres: &[&str], adresse: impl Fn(&Runtime) -> String) {
    let runtime = Runtime::new().unwrap();
    let mut arrets = 0;
    for (scenario, trouves) in exemples() {
        let trouves: BTreeMap<usize, &str> = trouves
            .iter()
            .filter(|(_, g)| genres.contains(g))
            .map(|(n, g)| (*n, *g))
            .collect();
        let Some(dernier) = trouves.keys().next_back().copied() else {
            continue;
        };
        // given the contract before each of these requests
        let adresse = adresse(&runtime);
        let lue: Adresse = adresse.parse().unwrap();
        let base = runtime.block_on(Base::ouvrir(&lue)).unwrap();
        let mut essai = Essai {
            runtime: &runtime,
            entente: Entente::nouvelle(base, atelier()),
            adresse,
            scenario,
            arrets: 0,
        };
        for n in 0..=dernier {
            match trouves.get(&n) {
                Some(genre) => essai.arrete(n, genre),
                None => essai.pas(n),
            }
        }
        // and what follows goes as if nothing had happened
        for n in dernier + 1..scenario.pas.len() {
            essai.pas(n);
        }
        assert_eq!(essai.tete(), scenario.lignes.len());
        let rapport = runtime.block_on(essai.entente.verifier(None)).unwrap();
        assert_eq!(rapport.broken, []);
        arrets += essai.arrets;
        runtime.block_on(essai.entente.fermer());
    }
    println!("{arrets} arrêts");
    assert_eq!(arrets, genres.len() * Point::TOUS.len());
}

#[test]
fn stopped_at_any_point_a_request_is_done_once_on_sqlite() {
    points(&GENRES, |_| {
        let fichier = dossier("points").join("entente.db");
        format!("sqlite:{}", fichier.display())
    });
}

/// All kinds by hand; one of each shape in the tests.
#[test]
fn stopped_at_any_point_a_request_is_done_once_on_postgres() {
    let tous = super::fois(0) > 0;
    let genres: &[&str] = if tous {
        &GENRES
    } else {
        &["ouvrir", "reprendre", "avancer", "act", "modifier", "noter"]
    };
    points(genres, |runtime| runtime.block_on(grappe::nouvelle()));
}
