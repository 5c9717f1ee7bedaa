//! The ratios of financial analysis. Exact until they are shown: thresholds are compared
//! before rounding. Some exist only for the whole deposit and are never told of an establishment.

use super::calculs::{Bilan, Compte, acquisitions};
use super::lecteur::{Lecteur, exact};
use super::lignes::{Bloc, Cle, Exact, Lieu, Lignes};
use crate::metier::referentiels::comptes::{Groupe, Sens, groupe};
use crate::metier::referentiels::ratios::{Borne, Fiche, fiches};

/// Days of a year, leap or not.
const JOURS: i128 = 365;

/// What a ratio is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Valeur {
    Dit(Exact),
    /// Nothing to divide by; and why, in French.
    SansObjet(&'static str),
    /// Nothing to divide by, which is itself a warning.
    NonDefini(&'static str),
    /// The lines it lacks.
    Absent(Vec<Cle>),
}

/// What its thresholds say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Niveau {
    Bon,
    Vigilance,
    Alerte,
}

/// A ratio of the whole deposit, or of an establishment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Releve {
    pub fiche: &'static Fiche,
    pub lieu: Lieu,
    pub valeur: Valeur,
    pub niveau: Niveau,
}

/// Either a value, or why there is none; `None`: a line is missing.
type Calcul = Option<Result<Exact, Valeur>>;
type Ratio = fn(&Lecteur<'_>, Lieu) -> Calcul;

/// Those of the whole deposit.
const D_ENSEMBLE: [(&str, Ratio); 22] = [
    ("RF-01", |x, _| taux_de_caf(x).map(Ok)),
    ("RF-02", |x, _| euros(caf(x)?)),
    ("RF-03", |x, _| euros(caf(x)? - capital(x)?)),
    ("RF-04", |x, _| {
        part(caf(x)? - capital(x)?, produits_courants(x)?)
    }),
    ("RF-05", |x, _| fois(caf(x)?, capital(x)?)),
    ("RF-06", |x, _| part(emprunts(x)?, Bilan::lu(x)?.stables)),
    ("RF-07", |x, _| part(nettes(x)?, emprunts(x)?)),
    ("RF-08", |x, _| duree_de_la_dette(x)),
    ("RF-09", |x, _| {
        vetuste(x, &["AM_2813", "AM_2814"], &["ACT_213", "ACT_214"])
    }),
    ("RF-10", |x, _| vetuste(x, &["AM_2815"], &["ACT_215"])),
    ("RF-11", |x, _| vetuste(x, &["AM_2818"], &["ACT_218"])),
    ("RF-12", |x, _| {
        vetuste(x, &["AM_2815", "AM_2818"], &["ACT_215", "ACT_218"])
    }),
    ("RF-13", |x, _| en_jours(x, Bilan::lu(x)?.fri())),
    ("RF-14", |x, _| en_jours(x, Bilan::lu(x)?.fre)),
    ("RF-15", |x, _| en_jours(x, Bilan::lu(x)?.frng())),
    ("RF-16", |x, _| en_jours(x, Bilan::lu(x)?.bfr())),
    ("RF-17", |x, _| {
        en_jours(x, Bilan::lu(x)?.frng() - Bilan::lu(x)?.bfr())
    }),
    ("RF-18", |x, _| couverture_du_bfr(x)),
    ("RF-19", charges_de_personnel),
    ("RF-20", |x, _| frais_de_siege(x)),
    ("RF-28", |x, _| {
        part(acquisitions(x)?, partout(x, Bloc::Charge, "6811")?)
    }),
    ("RF-29", |x, _| part(reserves(x)?, notifie(x)?)),
];

/// Those of an establishment; RF-27 and RF-30 are also of the whole.
const D_UN_ESMS: [(&str, Ratio); 9] = [
    ("RF-19", charges_de_personnel),
    ("RF-21", |x, l| a_la_place(x, l, compte(x, l)?.charges)),
    ("RF-22", |x, l| {
        a_la_place(x, l, x.comptes(Bloc::Produit, l, &["73"])?)
    }),
    ("RF-23", |x, l| {
        divise(compte(x, l)?.charges, x.nombre(Bloc::Activite, l, "PREVU")?)
    }),
    ("RF-24", |x, l| {
        quotient(etp(x, l)?, x.nombre(Bloc::Ident, l, "CAPACITE")?)
    }),
    ("RF-25", |x, l| {
        divise(x.comptes(Bloc::Charge, l, &["641", "642"])?, etp(x, l)?)
    }),
    ("RF-26", |x, l| {
        let prevue = x.nombre(Bloc::Activite, l, "PREVU")?;
        quotient(prevue * 100, x.nombre(Bloc::Cpom, l, "ACTIVITE_THEORIQUE")?)
    }),
    ("RF-27", resultat),
    ("RF-30", |x, l| {
        let avant = x.comptes_de(Bloc::RealiseCharge, l, x.lignes.exercice - 1, &[""])?;
        part(compte(x, l)?.charges - avant, avant)
    }),
];

/// All the ratios: those of the whole, then each establishment's.
pub fn relever(lignes: &Lignes) -> Vec<Releve> {
    let x = Lecteur::de(lignes);
    let mut releves = Vec::new();
    for (code, ratio) in D_ENSEMBLE.into_iter().chain([("RF-27", resultat as Ratio)]) {
        releves.extend(un(&x, code, Lieu::Ensemble, ratio));
    }
    for lieu in lignes.comptes() {
        for (code, ratio) in D_UN_ESMS {
            releves.extend(un(&x, code, lieu, ratio));
        }
    }
    releves.sort_by_key(|releve| (releve.lieu, releve.fiche.code));
    releves
}

fn un(x: &Lecteur<'_>, code: &str, lieu: Lieu, ratio: Ratio) -> Option<Releve> {
    let fiche = fiches().iter().find(|fiche| fiche.code == code)?;
    let calcul = ratio(x, lieu);
    let (_, manque) = x.releve();
    let valeur = match calcul {
        None => Valeur::Absent(manque),
        Some(Ok(nombre)) => Valeur::Dit(nombre),
        Some(Err(autre)) => autre,
    };
    let niveau = match &valeur {
        Valeur::Dit(nombre) if passe_le_contrat(x, code, lieu, *nombre) => Niveau::Alerte,
        Valeur::Dit(nombre) => niveau(fiche, *nombre),
        Valeur::NonDefini(_) => Niveau::Alerte,
        Valeur::SansObjet(_) | Valeur::Absent(_) => Niveau::Bon,
    };
    Some(Releve {
        fiche,
        lieu,
        valeur,
        niveau,
    })
}

/// Past the threshold that the contract sets: the rate of the siège, the target of activity.
fn passe_le_contrat(x: &Lecteur<'_>, code: &str, lieu: Lieu, nombre: Exact) -> bool {
    let cpom = |code: &str| x.nombre(Bloc::Cpom, lieu, code);
    let passe = match code {
        "RF-20" => cpom("TAUX_SIEGE").is_some_and(|taux| nombre > taux),
        "RF-26" => {
            let cible = cpom("ACTIVITE_CIBLE").zip(cpom("ACTIVITE_THEORIQUE"));
            cible.is_some_and(|(cible, theorique)| nombre * theorique < cible * 100)
        }
        _ => false,
    };
    x.releve();
    passe
}

fn niveau(fiche: &Fiche, nombre: Exact) -> Niveau {
    let passee = |borne: &Borne| match borne {
        Borne::Sous(seuil) => nombre < exact(*seuil),
        Borne::Sur(seuil) => nombre > exact(*seuil),
    };
    if fiche.alerte.iter().any(passee) {
        Niveau::Alerte
    } else if fiche.vigilance.iter().any(passee) {
        Niveau::Vigilance
    } else {
        Niveau::Bon
    }
}

const RIEN: &str = "rien à quoi le rapporter";

#[allow(clippy::unnecessary_wraps, reason = "a ratio like the others")]
fn quotient(haut: Exact, bas: Exact) -> Calcul {
    if bas <= Exact::from(0) {
        return Some(Err(Valeur::SansObjet(RIEN)));
    }
    Some(Ok(haut / bas))
}

fn cents(centimes: i64) -> Exact {
    Exact::from(i128::from(centimes))
}

/// Euros for one of something.
fn divise(centimes: i64, bas: Exact) -> Calcul {
    quotient(cents(centimes) / 100, bas)
}

fn fois(haut: i64, bas: i64) -> Calcul {
    quotient(cents(haut), cents(bas))
}

/// In percent.
fn part(haut: i64, bas: i64) -> Calcul {
    quotient(cents(haut) * 100, cents(bas))
}

#[allow(clippy::unnecessary_wraps, reason = "a ratio like the others")]
fn euros(centimes: i64) -> Calcul {
    Some(Ok(cents(centimes) / 100))
}

fn compte(x: &Lecteur<'_>, lieu: Lieu) -> Option<Compte> {
    match lieu {
        Lieu::Ensemble => Compte::ensemble(x),
        Lieu::Esms(_) => Compte::lu(x, lieu),
    }
}

fn caf(x: &Lecteur<'_>) -> Option<i64> {
    Some(Compte::ensemble(x)?.caf_soustractive())
}

fn capital(x: &Lecteur<'_>) -> Option<i64> {
    x.montant(Bloc::Tfp, Lieu::Ensemble, "EMPLOI_16")
}

/// Accounts of all the comptes de résultat that begin so.
fn partout(x: &Lecteur<'_>, bloc: Bloc, prefixe: &str) -> Option<i64> {
    Compte::ensemble(x)?;
    let comptes = x.lignes.comptes();
    comptes.map(|lieu| x.comptes(bloc, lieu, &[prefixe])).sum()
}

/// Class 7, without what brings no money or comes once.
fn produits_courants(x: &Lecteur<'_>) -> Option<i64> {
    const CLASSE_7: [&str; 5] = ["7", "-775", "-777", "-7781", "-78"];
    let mut somme = 0;
    Compte::ensemble(x)?;
    for lieu in x.lignes.comptes() {
        somme += x.comptes(Bloc::Produit, lieu, &CLASSE_7)?;
        somme -= x.comptes(Bloc::Charge, lieu, &["709", "713"])?;
    }
    Some(somme)
}

/// RF-01, in percent. `None` as well when there is nothing to relate it to.
pub fn taux_de_caf(x: &Lecteur<'_>) -> Option<Exact> {
    let produits = produits_courants(x)?;
    (produits > 0).then_some(cents(caf(x)?) * 100 / cents(produits))
}

fn poste(x: &Lecteur<'_>, code: &str) -> Option<i64> {
    x.montant_de(Bloc::Bilan, Lieu::Ensemble, x.lignes.exercice - 1, code)
}

/// Zero when the bilan does not have this line.
fn poste_ou_zero(x: &Lecteur<'_>, code: &str) -> i64 {
    x.montant_ou_zero(Bloc::Bilan, Lieu::Ensemble, x.lignes.exercice - 1, code)
}

fn emprunts(x: &Lecteur<'_>) -> Option<i64> {
    poste(x, "FP_164")
}

/// Immobilisations that wear, less what they have worn: land does not.
fn nettes(x: &Lecteur<'_>) -> Option<i64> {
    let brutes = ["ACT_20", "ACT_213", "ACT_214", "ACT_215", "ACT_218"];
    let usees = ["AM_280", "AM_2813", "AM_2814", "AM_2815", "AM_2818"];
    Bilan::lu(x)?;
    let somme = |codes: [&str; 5]| codes.iter().map(|c| poste_ou_zero(x, c)).sum::<i64>();
    Some(somme(brutes) - somme(usees))
}

fn duree_de_la_dette(x: &Lecteur<'_>) -> Calcul {
    let (dette, caf) = (emprunts(x)?, caf(x)?);
    if caf <= 0 && dette > 0 {
        return Some(Err(Valeur::NonDefini("la CAF ne rembourse rien")));
    }
    fois(dette, caf)
}

fn vetuste(x: &Lecteur<'_>, usees: &[&str], brutes: &[&str]) -> Calcul {
    Bilan::lu(x)?;
    let somme = |codes: &[&str]| codes.iter().map(|c| poste_ou_zero(x, c)).sum::<i64>();
    part(somme(usees), somme(brutes))
}

/// In days of charges that are paid out.
fn en_jours(x: &Lecteur<'_>, centimes: i64) -> Calcul {
    let charges = Compte::ensemble(x)?.charges_decaissables();
    quotient(cents(centimes) * JOURS, cents(charges))
}

fn couverture_du_bfr(x: &Lecteur<'_>) -> Calcul {
    let bfr = Bilan::lu(x)?.bfr();
    if bfr <= 0 {
        return Some(Err(Valeur::SansObjet("le BFR n'est pas un besoin")));
    }
    part(poste(x, "FE_10685")?, bfr)
}

fn charges_de_personnel(x: &Lecteur<'_>, lieu: Lieu) -> Calcul {
    let exercice = x.lignes.exercice;
    let lieux: Vec<Lieu> = match lieu {
        Lieu::Ensemble => x.lignes.comptes().collect(),
        Lieu::Esms(_) => vec![lieu],
    };
    let mut personnel = 0;
    for lieu in lieux {
        for (code, ligne) in x.lignes.du_bloc(Bloc::Charge, lieu, exercice) {
            let deux = groupe(code, Sens::Charge, exercice).map(|c| c.groupe) == Some(Groupe::Deux);
            if deux && let super::lignes::Valeur::Montant(centimes) = ligne.valeur {
                personnel += centimes;
            }
        }
    }
    part(personnel, compte(x, lieu)?.charges)
}

fn frais_de_siege(x: &Lecteur<'_>) -> Calcul {
    let mut brutes = 0;
    Compte::ensemble(x)?;
    for lieu in x.lignes.comptes() {
        let avant = x.lignes.exercice - 2;
        brutes += x.montant_de(Bloc::Cpom, lieu, avant, "CHARGES_BRUTES_N2")?;
    }
    part(partout(x, Bloc::Charge, "6556")?, brutes)
}

/// What is kept for the running of years to come.
pub fn reserves(x: &Lecteur<'_>) -> Option<i64> {
    Some(poste(x, "FE_10686")? + poste(x, "FE_110")? + poste_ou_zero(x, "FE_11510"))
}

/// What all the financers notified.
pub fn notifie(x: &Lecteur<'_>) -> Option<i64> {
    Compte::ensemble(x)?;
    let comptes = x.lignes.comptes();
    comptes.map(|lieu| notifie_a(x, lieu)).sum()
}

/// What an establishment is notified, by one financer or several.
pub fn notifie_a(x: &Lecteur<'_>, lieu: Lieu) -> Option<i64> {
    de_chacun(x, lieu, "PRODUITS_TARIF")
}

/// Of what it is notified, what does not last; by one financer or several.
pub fn cnr_de(x: &Lecteur<'_>, lieu: Lieu) -> Option<i64> {
    de_chacun(x, lieu, "DONT_CNR")
}

/// An amount that the financers notify: written whole, or the parts of all of them.
fn de_chacun(x: &Lecteur<'_>, lieu: Lieu, code: &str) -> Option<i64> {
    let exercice = x.lignes.exercice;
    if x.lignes.trouve(Bloc::Notif, lieu, exercice, code).is_some() {
        return x.montant(Bloc::Notif, lieu, code);
    }
    let autorite = x.lignes.trouve(Bloc::Ident, lieu, exercice, "AUTORITE");
    let plusieurs = match autorite.map(|ligne| &ligne.valeur) {
        Some(super::lignes::Valeur::Texte(noms)) if noms.contains('+') => noms,
        _ => return x.montant(Bloc::Notif, lieu, code),
    };
    let parts = plusieurs.split('+').map(str::trim);
    parts
        .map(|financeur| x.montant(Bloc::Notif, lieu, &format!("{code}_{financeur}")))
        .sum()
}

fn etp(x: &Lecteur<'_>, lieu: Lieu) -> Option<Exact> {
    x.quantites(Bloc::Tper, lieu, x.lignes.exercice)
}

fn a_la_place(x: &Lecteur<'_>, lieu: Lieu, centimes: i64) -> Calcul {
    divise(centimes, x.nombre(Bloc::Ident, lieu, "CAPACITE")?)
}

fn resultat(x: &Lecteur<'_>, lieu: Lieu) -> Calcul {
    let compte = compte(x, lieu)?;
    part(compte.resultat(), compte.produits)
}
