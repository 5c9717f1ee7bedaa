//! The checks of an EPRD: the figures worked out by hand in the trade's reference,
//! each check on both sides of its tolerance, and the cases at the edge.

mod attendus;
mod bascules;
mod cadres;
mod commande;
mod hostiles;
mod limites;

use chrono::NaiveDate;
use entente::echanges::eprd::lire;
use entente::metier::budget::controles::{Resultat, Sujet, Valeurs, Verdict, controler};
use entente::metier::budget::lignes::{Cle, Lieu, Ligne, Lignes, Origine, Valeur};
use entente::metier::budget::parametres::Parametres;
use entente::metier::nombre::Nombre;
use entente::regles::paquet::Paquet;
use std::sync::LazyLock;

const EQUILIBRE: &str = include_str!("eprd/equilibre.csv");
const REJETE: &str = include_str!("eprd/rejete.csv");

static DU_CONTRAT: LazyLock<Paquet> =
    LazyLock::new(|| paquet(include_str!("../../workflows/regles/cpom-ph-2026.yaml")));
static DE_L_EPRD: LazyLock<Paquet> =
    LazyLock::new(|| paquet(include_str!("../../workflows/regles/eprd-2026.yaml")));

fn paquet(texte: &str) -> Paquet {
    Paquet::parse(texte.as_bytes()).expect("a rule pack")
}

/// The rules in force the day the balanced example is deposited.
fn regles() -> Parametres<'static> {
    Parametres::de(&[&DU_CONTRAT, &DE_L_EPRD], jour("2026-06-05"))
}

fn jour(dit: &str) -> NaiveDate {
    dit.parse().expect("a day")
}

fn lu(csv: &str) -> Lignes {
    let lu = lire(csv.as_bytes());
    lu.unwrap_or_else(|refus| panic!("{:?}", refus.phrases()))
        .lignes
}

/// A check, among what all of them found.
fn du_code<'r>(resultats: &'r [Resultat], code: &str) -> &'r Resultat {
    resultats
        .iter()
        .find(|r| r.fiche.code == code)
        .expect("a check")
}

/// What a check answers, under the rules in force.
fn verdict(lignes: &Lignes, code: &str) -> Verdict {
    du_code(&controler(lignes, &regles()), code).verdict
}

/// The name of a subject: « IME », « 2029 », « ARS », or nothing for the whole.
fn nom(lignes: &Lignes, sujet: &Sujet) -> String {
    match sujet {
        Sujet::Ensemble => String::new(),
        Sujet::Esms(lieu) => lignes.esms_de(*lieu).expect("an establishment").nom.clone(),
        Sujet::Financeur(financeur) => financeur.clone(),
        Sujet::Annee(annee) => annee.to_string(),
    }
}

/// A value by its name, with plain spaces and signs.
fn dite(valeurs: &Valeurs, nom: &str) -> Option<String> {
    let valeur = valeurs.iter().find(|(connu, _)| *connu == nom);
    valeur.map(|(_, valeur)| simple(valeur))
}

fn simple(dit: &str) -> String {
    dit.replace(['\u{202f}', '\u{a0}'], " ")
        .replace('−', "-")
        .replace('’', "'")
}

/// « CRP_PRODUIT 731 IME », « PGFP CAF 2029 »: a block, a code, an establishment and a year; those
/// of the whole and of the exercise if not said.
fn cle(lignes: &Lignes, dite: &str) -> Cle {
    let mut mots = dite.split_whitespace();
    let bloc = mots
        .next()
        .expect("a block")
        .parse()
        .expect("a known block");
    let code = mots.next().expect("a code").to_owned();
    let mut cle = Cle {
        bloc,
        lieu: Lieu::Ensemble,
        annee: lignes.exercice,
        code,
    };
    for mot in mots {
        match mot.parse() {
            Ok(annee) => cle.annee = annee,
            Err(_) => cle.lieu = lieu(lignes, mot),
        }
    }
    cle
}

fn lieu(lignes: &Lignes, nom: &str) -> Lieu {
    let nomme = |lieu: &Lieu| lignes.esms_de(*lieu).is_some_and(|esms| esms.nom == nom);
    lignes
        .lieux()
        .find(nomme)
        .unwrap_or_else(|| panic!("no {nom} here"))
}

/// Writes another value where there is one, of the same kind.
fn remplace(lignes: &mut Lignes, dite: &str, valeur: &str) {
    let cle = cle(lignes, dite);
    let avant = lignes
        .trouve(cle.bloc, cle.lieu, cle.annee, &cle.code)
        .cloned();
    let avant = avant.unwrap_or_else(|| panic!("no line {dite}"));
    let nombre = || Nombre::du_texte(valeur).expect("a number");
    let valeur = match avant.valeur {
        Valeur::Montant(_) => Valeur::Montant(nombre().centiemes().expect("cents")),
        Valeur::Quantite(_) => Valeur::Quantite(nombre()),
        Valeur::Taux(_) => Valeur::Taux(nombre()),
        Valeur::Annee(_) => Valeur::Annee(valeur.parse().expect("a year")),
        Valeur::Jour(_) => Valeur::Jour(jour(valeur)),
        Valeur::Oui(_) => Valeur::Oui(valeur == "oui"),
        Valeur::Texte(_) => Valeur::Texte(valeur.to_owned()),
    };
    lignes
        .pose(cle, Ligne { valeur, ..avant })
        .expect("within bounds");
}

/// Adds an amount that the example does not have.
fn ajoute(lignes: &mut Lignes, dite: &str, valeur: Valeur) {
    let cle = cle(lignes, dite);
    lignes.ajoute(cle, ligne(valeur)).expect("a new line");
}

fn ligne(valeur: Valeur) -> Ligne {
    Ligne {
        libelle: "Posée par le test".to_owned(),
        valeur,
        unite: "EUR".to_owned(),
        origine: Origine::Declaration("test".to_owned()),
    }
}

/// Takes lines out: a code, or « * » for all those of a block, an establishment and a year;
/// « tous » for every establishment.
fn retire(lignes: &mut Lignes, dite: &str) {
    let tous = dite.strip_suffix(" tous");
    let modele = cle(lignes, tous.unwrap_or(dite));
    let visees = lignes.toutes().map(|(cle, _)| cle).filter(|cle| {
        let lieu = if tous.is_some() {
            cle.lieu != Lieu::Ensemble
        } else {
            cle.lieu == modele.lieu
        };
        let code = modele.code == "*" || modele.code == cle.code;
        lieu && code && (cle.bloc, cle.annee) == (modele.bloc, modele.annee)
    });
    let visees: Vec<Cle> = visees.collect();
    assert!(!visees.is_empty(), "nothing to take out: {dite}");
    for cle in visees {
        lignes.retire(&cle);
    }
}
