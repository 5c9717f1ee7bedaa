//! The checks of an EPRD: four of admissibility, eight of balance, twelve of coherence,
//! twenty-eight of alignment with the contract. Each gives a verdict that its lines carry: OK, KO,
//! or NE (« non évaluable ») when one is missing, which is never OK. The tool proposes; the
//! authority decides.

/// Alignment with the contract, establishment by establishment.
mod alignement;
/// Coherence of the document with itself.
mod coherence;
/// Real balance (R. 314-222) and its signals.
mod equilibre;
/// What belongs to the means: staff, investments, siège, needs.
mod moyens;
/// The years ahead: PGFP.
mod pluriannuel;
/// Admissibility: dates, documents, numbers.
mod recevabilite;

use super::dire;
use super::lecteur::Lecteur;
use super::lignes::{Bloc, Cle, Exact, Lieu, Lignes};
use super::parametres::Parametres;
use crate::metier::referentiels::controles::{Fiche, Severite, fiches};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a check answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    Ok,
    /// « Non évaluable »: something is missing.
    Ne,
    Ko,
}

impl Verdict {
    pub fn mot(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Ne => "NE",
            Self::Ko => "KO",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mot())
    }
}

/// What a part of a check is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sujet {
    /// The whole document.
    Ensemble,
    Esms(Lieu),
    /// An authority: `ARS`, `CD`, `ARS+CD`.
    Financeur(String),
    Annee(i32),
}

impl Sujet {
    pub fn annee(&self) -> Option<i32> {
        match self {
            Self::Annee(annee) => Some(*annee),
            _ => None,
        }
    }

    /// As programs read it: `ensemble`, a FINESS number, an authority. A year is of the whole.
    pub fn portee(&self, lignes: &Lignes) -> String {
        let esms = match self {
            Self::Esms(lieu) => lignes.esms_de(*lieu),
            Self::Financeur(financeur) => return financeur.clone(),
            Self::Ensemble | Self::Annee(_) => None,
        };
        esms.map_or_else(|| "ensemble".to_owned(), |esms| esms.finess.clone())
    }
}

/// Values by the names that the sentence uses, written in French.
pub type Valeurs = Vec<(&'static str, String)>;

/// What a part of a check finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Issue {
    /// Nothing here is asked of this one.
    SansObjet,
    Tient(Valeurs),
    Manque(Valeurs),
}

impl Issue {
    pub fn selon(tient: bool, valeurs: Valeurs) -> Self {
        if tient {
            Self::Tient(valeurs)
        } else {
            Self::Manque(valeurs)
        }
    }
}

/// A part of a check: one establishment, one year, one financer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constat {
    pub sujet: Sujet,
    pub verdict: Verdict,
    pub valeurs: Valeurs,
    /// Why it fails, in a sentence; empty when it does not.
    pub message: String,
    /// The lines it rests on.
    pub lus: Vec<Cle>,
    /// The lines it lacks.
    pub manque: Vec<Cle>,
}

/// What a check finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resultat {
    pub fiche: &'static Fiche,
    pub verdict: Verdict,
    /// Without those that nothing is asked of.
    pub constats: Vec<Constat>,
}

impl Resultat {
    /// The parts that fail.
    pub fn echecs(&self) -> impl Iterator<Item = &Constat> {
        self.constats.iter().filter(|c| c.verdict == Verdict::Ko)
    }
}

/// What a check is given: the lines, the rules, what the checks before it found.
pub struct Examen<'e> {
    pub x: Lecteur<'e>,
    pub regles: &'e Parametres<'e>,
    pub faits: BTreeMap<&'static str, Resultat>,
    gabarit: &'static str,
    constats: Vec<Constat>,
}

impl<'e> Examen<'e> {
    /// Looks at one part: `None` when a line that it needs is not there.
    fn voit(&mut self, sujet: Sujet, voir: impl FnOnce(&Self) -> Option<Issue>) {
        let issue = voir(self);
        let (lus, manque) = self.x.releve();
        let (verdict, valeurs) = match issue {
            Some(Issue::SansObjet) => return,
            Some(Issue::Tient(valeurs)) => (Verdict::Ok, valeurs),
            Some(Issue::Manque(valeurs)) => (Verdict::Ko, valeurs),
            None => (Verdict::Ne, Vec::new()),
        };
        let message = if verdict == Verdict::Ko {
            let mut connues = self.noms(&sujet);
            connues.extend(valeurs.iter().cloned());
            dire::message(self.gabarit, &connues)
        } else {
            String::new()
        };
        self.constats.push(Constat {
            sujet,
            verdict,
            valeurs,
            message,
            lus,
            manque,
        });
    }

    /// The names that a sentence may use for its subject.
    fn noms(&self, sujet: &Sujet) -> Valeurs {
        match sujet {
            Sujet::Ensemble => Vec::new(),
            Sujet::Esms(lieu) => {
                let esms = self.x.lignes.esms_de(*lieu);
                esms.map_or_else(Vec::new, |esms| {
                    vec![("esms", esms.nom.clone()), ("finess", esms.finess.clone())]
                })
            }
            Sujet::Financeur(financeur) => vec![("financeur", financeur.clone())],
            Sujet::Annee(annee) => vec![("annee", annee.to_string())],
        }
    }

    fn exercice(&self) -> i32 {
        self.x.lignes.exercice
    }

    /// The whole, once.
    fn ensemble(&mut self, voir: impl FnOnce(&Self) -> Option<Issue>) {
        self.voit(Sujet::Ensemble, voir);
    }

    /// Each establishment that has a compte de résultat.
    fn chaque_compte(&mut self, voir: impl Fn(&Self, Lieu) -> Option<Issue>) {
        let comptes: Vec<Lieu> = self.x.lignes.comptes().collect();
        if comptes.is_empty() {
            self.voit(Sujet::Ensemble, |e| {
                let exercice = e.exercice();
                e.x.manque(Bloc::Charge, Lieu::Ensemble, exercice, "*");
                None
            });
        }
        for lieu in comptes {
            self.voit(Sujet::Esms(lieu), |e| voir(e, lieu));
        }
    }

    /// The years of the PGFP: those it writes, and those it has to (R. 314-223: the exercise and
    /// the five that follow). None when it writes none.
    fn annees_du_pgfp(&self) -> BTreeSet<i32> {
        let mut annees = self.x.lignes.annees(Bloc::Pgfp);
        if !annees.is_empty() {
            let exercice = self.exercice();
            let suivantes = self.regles.entier("EPRD_PGFP_ANNEES").unwrap_or(0);
            annees.extend(exercice..=exercice + suivantes);
        }
        annees
    }

    /// Each year of the PGFP that is asked for; told missing when there is none.
    fn chaque_annee(
        &mut self,
        annees: impl IntoIterator<Item = i32>,
        voir: impl Fn(&Self, i32) -> Option<Issue>,
    ) {
        let mut aucune = true;
        for annee in annees {
            aucune = false;
            self.voit(Sujet::Annee(annee), |e| voir(e, annee));
        }
        if aucune {
            self.voit(Sujet::Ensemble, |e| {
                let exercice = e.exercice();
                e.x.manque(Bloc::Pgfp, Lieu::Ensemble, exercice, "*");
                None
            });
        }
    }

    /// A rate that the rules fix, in percent.
    fn taux(&self, regle: &str) -> Option<Exact> {
        let taux = self.regles.taux(regle);
        self.su(regle, taux)
    }

    /// An amount that the rules fix, in cents.
    fn seuil(&self, regle: &str) -> Option<i64> {
        let centimes = self.regles.centimes(regle);
        self.su(regle, centimes)
    }

    fn su<T>(&self, regle: &str, valeur: Option<T>) -> Option<T> {
        if valeur.is_none() {
            let exercice = self.exercice();
            self.x.manque(Bloc::Regle, Lieu::Ensemble, exercice, regle);
        }
        valeur
    }

    /// Whether two amounts are the same, but for what rounding may leave.
    fn egal(&self, a: i64, b: i64) -> Option<bool> {
        Some((a - b).abs() <= self.seuil("EPRD_ARRONDI")?)
    }

    /// The authorities of an establishment, as its compte de résultat names them: `ARS`, `CD`,
    /// `ARS+CD`.
    fn autorite(&self, lieu: Lieu) -> Option<&'e str> {
        self.x.texte(Bloc::Ident, lieu, "AUTORITE")
    }
}

/// A check: the code of its sheet, and how it looks.
type Controle = (&'static str, fn(&mut Examen<'_>));

/// In the order they are made: those that read the verdicts of others come last.
const CONTROLES: [Controle; 52] = [
    ("RE-01", recevabilite::delai),
    ("RE-02", recevabilite::pieces),
    ("RE-03", recevabilite::annexe_activite),
    ("RE-04", recevabilite::finess),
    ("EQ-01", equilibre::notification),
    ("EQ-03", equilibre::emprunts),
    ("EQ-04", equilibre::caf),
    ("EQ-05", equilibre::recettes_affectees),
    ("EQ-06", equilibre::strict),
    ("EQ-08", equilibre::redressement),
    ("CO-01", coherence::groupes),
    ("CO-02", coherence::resultat),
    ("CO-03", coherence::totaux),
    ("CO-04", coherence::caf),
    ("CO-05", coherence::financement),
    ("CO-06", coherence::fonds_de_roulement),
    ("CO-07", coherence::tresorerie),
    ("CO-08", coherence::premiere_annee),
    ("CO-09", coherence::bilan),
    ("CO-10", coherence::recurrence),
    ("CO-11", coherence::charges_sociales),
    ("CO-12", coherence::cout_par_etp),
    ("AL-01", alignement::perimetre),
    ("AL-02", alignement::dotation),
    ("AL-03", alignement::dgc),
    ("AL-04", alignement::formule),
    ("AL-05", alignement::cnr_isoles),
    ("AL-06", alignement::cnr_perennes),
    ("AL-07", alignement::objectifs),
    ("AL-08", moyens::etp),
    ("AL-09", moyens::etp_par_objectif),
    ("AL-10", moyens::masse_salariale),
    ("AL-11", alignement::activite),
    ("AL-12", alignement::modulation),
    ("AL-13", moyens::capacite),
    ("AL-14", moyens::ppi),
    ("AL-15", moyens::financement_ppi),
    ("AL-16", moyens::emprunts),
    ("AL-17", moyens::amortissements),
    ("AL-18", moyens::siege),
    ("AL-19", moyens::siege_total),
    ("AL-20", pluriannuel::trajectoire),
    ("AL-21", pluriannuel::tresorerie),
    ("AL-22", pluriannuel::caf_nette),
    ("AL-23", pluriannuel::terme),
    ("AL-24", pluriannuel::reserves),
    ("AL-25", alignement::compensation),
    ("AL-26", alignement::realise),
    ("AL-27", moyens::cout_place),
    ("AL-28", moyens::besoins),
    ("EQ-02", equilibre::sincerite),
    ("EQ-07", equilibre::engagements),
];

/// All the checks of an exercise, in the order of their sheets.
pub fn controler(lignes: &Lignes, regles: &Parametres<'_>) -> Vec<Resultat> {
    let mut examen = Examen {
        x: Lecteur::de(lignes),
        regles,
        faits: BTreeMap::new(),
        gabarit: "",
        constats: Vec::new(),
    };
    for (code, voit) in CONTROLES {
        let Some(fiche) = fiches().iter().find(|fiche| fiche.code == code) else {
            continue;
        };
        examen.gabarit = fiche.message;
        voit(&mut examen);
        let constats = std::mem::take(&mut examen.constats);
        let verdict = constats.iter().map(|c| c.verdict).max();
        let resultat = Resultat {
            fiche,
            verdict: verdict.unwrap_or(Verdict::Ok),
            constats,
        };
        examen.faits.insert(code, resultat);
    }
    let mut faits = examen.faits;
    let ranges = fiches().iter();
    ranges
        .filter_map(|fiche| faits.remove(fiche.code))
        .collect()
}

/// What the verdicts propose; the authority decides, and says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proposition {
    /// « Approbation possible ».
    Approbation,
    /// « Approbation avec observations ou RIA ».
    Observations,
    /// « Rejet proposé ».
    Rejet,
}

impl Proposition {
    pub fn mot(self) -> &'static str {
        match self {
            Self::Approbation => "approbation possible",
            Self::Observations => "approbation avec observations ou RIA",
            Self::Rejet => "rejet proposé",
        }
    }
}

/// How many of each verdict, and what they propose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilan {
    pub ok: usize,
    pub ko: usize,
    pub ne: usize,
    pub bloquants: usize,
    pub majeurs: usize,
    pub mineurs: usize,
    pub informations: usize,
}

impl Bilan {
    pub fn de(resultats: &[Resultat]) -> Self {
        let mut bilan = Self::default();
        for resultat in resultats {
            match resultat.verdict {
                Verdict::Ok => bilan.ok += 1,
                Verdict::Ne => bilan.ne += 1,
                Verdict::Ko => {
                    bilan.ko += 1;
                    *match resultat.fiche.severite {
                        Severite::Bloquant => &mut bilan.bloquants,
                        Severite::Majeur => &mut bilan.majeurs,
                        Severite::Mineur => &mut bilan.mineurs,
                        Severite::Information => &mut bilan.informations,
                    } += 1;
                }
            }
        }
        bilan
    }

    pub fn proposition(self) -> Proposition {
        if self.bloquants > 0 {
            Proposition::Rejet
        } else if self.majeurs > 0 {
            Proposition::Observations
        } else {
            Proposition::Approbation
        }
    }
}
