//! What the activity clause would take (R. 314-43-2), and what becomes of a result (R. 314-234):
//! tried with figures of one's own, before anyone is bound. Nothing is kept.

use super::super::francais::typographie;
use super::Lecteur;
use crate::app::budgets;
use crate::app::contrat::RACINE;
use crate::app::formulaires::Erreur;
use crate::metier::budget::affectation::{Affectation, Choix, Situation};
use crate::metier::budget::dire::euros;
use crate::metier::budget::lecteur::exact;
use crate::metier::budget::lignes::Exact;
use crate::metier::budget::modulation::{Annee, Champ, Effet};
use crate::metier::budget::parametres::Parametres;
use crate::metier::budget::{lecteur, ratios};
use crate::metier::contrat::budget::du_contrat;
use crate::metier::contrat::perimetre::{EHPAD, ESMS, Element};
use crate::metier::nombre::Nombre;
use crate::regles::value::Value;
use serde::Serialize;
use std::collections::BTreeMap;

type Tape = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SimulerVue {
    pub adresse: String,
    pub contrat: String,
    pub exercice: Option<i32>,
    pub esms: Vec<ChoixVue>,
    /// The contract says whether it keeps the clause; what it does not say is said.
    pub clause: String,
    /// Tried as if the contract kept it.
    pub retenue: bool,
    pub cause: bool,
    pub activite: Vec<ChampVue>,
    pub affectation: Vec<ChampVue>,
    pub erreurs: Vec<Erreur>,
    /// What comes of it, in sentences; empty: nothing was asked.
    pub effet: Vec<String>,
    pub affecte: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChoixVue {
    pub finess: String,
    pub nom: String,
    pub choisi: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChampVue {
    pub nom: &'static str,
    pub titre: String,
    pub unite: &'static str,
    pub aide: String,
    pub valeur: String,
    /// What is wrong; empty: nothing.
    pub phrase: String,
}

/// Name, title, unit, help.
type Forme = (&'static str, &'static str, &'static str, &'static str);

const ACTIVITE: [Forme; 4] = [
    (
        "cible",
        "Activité cible",
        "%",
        "Celle du contrat, en part de l'activité théorique.",
    ),
    (
        "realise",
        "Activité réalisée",
        "%",
        "Prévue ou constatée, de la même unité.",
    ),
    (
        "notifie",
        "Produits notifiés",
        "€",
        "Vide : ce qui est notifié à cet établissement pour l'exercice.",
    ),
    (
        "cnr",
        "Dont crédits non reconductibles",
        "€",
        "Hors de la base de la clause.",
    ),
];

const AFFECTATION: [Forme; 10] = [
    (
        "resultat",
        "Résultat de l'exercice",
        "€",
        "Un déficit est négatif.",
    ),
    (
        "bfr",
        "Besoin en fonds de roulement",
        "€",
        "Il borne la réserve de trésorerie.",
    ),
    ("debiteur", "Report à nouveau débiteur (119)", "€", ""),
    ("crediteur", "Report à nouveau créditeur (110)", "€", ""),
    ("tresorerie", "Réserve de trésorerie (10685)", "€", ""),
    ("compensation", "Réserve de compensation (10686)", "€", ""),
    ("au_report", "Affecter au report à nouveau", "€", ""),
    (
        "a_l_investissement",
        "Affecter à l'investissement (10682)",
        "€",
        "",
    ),
    (
        "a_la_tresorerie",
        "Affecter à la réserve de trésorerie (10685)",
        "€",
        "",
    ),
    (
        "a_la_compensation",
        "Affecter à la réserve de compensation (10686)",
        "€",
        "",
    ),
];

/// Reads what was typed, and says what is wrong in it.
struct Saisie<'t> {
    tape: &'t Tape,
    erreurs: Vec<Erreur>,
}

impl Saisie<'_> {
    fn un(&self, nom: &str) -> &str {
        self.tape.get(nom).map_or("", |valeur| valeur.trim())
    }

    fn refuse(&mut self, nom: &str, phrase: &str) {
        self.erreurs.push(Erreur {
            champ: nom.to_owned(),
            phrase: typographie(phrase),
        });
    }

    fn taux(&mut self, nom: &str) -> Option<Exact> {
        let lu = Nombre::du_texte(self.un(nom)).map(exact);
        let taux = lu.filter(|taux| *taux >= Exact::from(0) && *taux <= Exact::from(1_000));
        if taux.is_none() {
            self.refuse(nom, "Attendu un pourcentage, comme 95,5.");
        }
        taux
    }

    /// In cents; zero when nothing is typed.
    fn montant(&mut self, nom: &str) -> Option<i64> {
        if self.un(nom).is_empty() {
            return Some(0);
        }
        let dit = self.un(nom).replace('−', "-");
        let lu = Nombre::du_texte(&dit).and_then(Nombre::centiemes);
        let montant = lu.filter(|centimes| centimes.abs() <= MONTANT_MAX);
        if montant.is_none() {
            self.refuse(
                nom,
                "Attendu un montant en euros, comme 567 000 ou 1 234,56.",
            );
        }
        montant
    }
}

/// In cents: ten billion euros.
const MONTANT_MAX: i64 = 1_000_000_000_000;

impl Lecteur<'_> {
    /// The page, with what was typed.
    pub fn simuler(&self, tape: &Tape) -> SimulerVue {
        let exercice = budgets::exercices(&self.lu.contrat).last().copied();
        let mut saisie = Saisie {
            tape,
            erreurs: Vec::new(),
        };
        let clause = self.clause();
        let demande = |noms: &[Forme]| noms.iter().any(|(nom, ..)| tape.contains_key(*nom));
        let effet = if demande(&ACTIVITE) {
            self.modulation(&mut saisie, (exercice, clause))
        } else {
            Vec::new()
        };
        let affecte = if demande(&AFFECTATION) {
            affectation(&mut saisie)
        } else {
            Vec::new()
        };
        let choisi = saisie.un("esms").to_owned();
        let esms = self
            .esms_nommes()
            .into_iter()
            .map(|(finess, nom)| ChoixVue {
                choisi: finess == choisi,
                finess,
                nom,
            });
        SimulerVue {
            adresse: super::super::adresse(&self.lu.identite.id),
            contrat: super::court(&self.lu.identite.titre),
            exercice,
            esms: esms.collect(),
            clause: typographie(match clause {
                Some(true) => "Le contrat retient la clause d'activité.",
                Some(false) => "Le contrat ne retient pas la clause d'activité.",
                None => "Le contrat ne dit pas encore s'il retient la clause : l'essai la suppose.",
            }),
            retenue: saisie.un("retenue") == "oui",
            cause: saisie.un("cause") == "oui",
            activite: champs(&ACTIVITE, &saisie),
            affectation: champs(&AFFECTATION, &saisie),
            effet,
            affecte,
            erreurs: saisie.erreurs,
        }
    }

    fn clause(&self) -> Option<bool> {
        let racine = self.lu.contrat.flux(RACINE)?;
        let cle = ("contrat.clause_modulation".to_owned(), None);
        match racine.dossier.faits().get(&cle)?.valeur {
            Value::Boolean(retenue) => Some(retenue),
            _ => None,
        }
    }

    fn esms_nommes(&self) -> Vec<(String, String)> {
        let Some(racine) = self.lu.contrat.flux(RACINE) else {
            return Vec::new();
        };
        let perimetre = racine.dossier.collections();
        let cles = perimetre.cles(ESMS).iter();
        let nomme =
            |cle: &String| Some((cle.clone(), perimetre.element(ESMS, cle)?.nom().to_owned()));
        cles.filter_map(nomme).collect()
    }

    fn modulation(
        &self,
        saisie: &mut Saisie<'_>,
        (exercice, clause): (Option<i32>, Option<bool>),
    ) -> Vec<String> {
        let (cible, realise) = (saisie.taux("cible"), saisie.taux("realise"));
        let esms = saisie.un("esms").to_owned();
        let notifie = if saisie.un("notifie").is_empty() {
            let notifie = exercice.and_then(|annee| self.notifie_a(&esms, annee));
            if notifie.is_none() {
                let phrase = "Rien n'est notifié à cet établissement : écrivez un montant.";
                saisie.refuse("notifie", phrase);
            }
            notifie
        } else {
            saisie.montant("notifie")
        };
        let cnr = saisie.montant("cnr");
        let (Some(cible), Some(realise), Some(notifie), Some(cnr)) = (cible, realise, notifie, cnr)
        else {
            return Vec::new();
        };
        let annee = Annee {
            champ: self.champ(&esms),
            clause: clause != Some(false) || saisie.un("retenue") == "oui",
            cible,
            realise,
            notifie,
            cnr,
            cause_acceptee: saisie.un("cause") == "oui",
        };
        let paquets = self.lu.contrat.paquets_du_budget();
        let dit = match annee.effet(&Parametres::de(&paquets, self.aujourdhui)) {
            Some(Effet::SansObjet(motif)) => format!("Sans objet : {motif}."),
            Some(Effet::AuPlus(centimes)) => format!(
                "L'autorité peut retirer {} € au plus de la dotation suivante ; elle décide et \
                 motive.",
                euros(centimes)
            ),
            None => "La règle n'est pas connue à cette date : rien ne se calcule.".to_owned(),
        };
        let base = format!(
            "Base : {} € notifiés, hors crédits non reconductibles.",
            euros(notifie - cnr)
        );
        [dit, base].map(|phrase| typographie(&phrase)).into()
    }

    fn champ(&self, esms: &str) -> Champ {
        let racine = self.lu.contrat.flux(RACINE);
        let element = racine.and_then(|r| r.dossier.collections().element(ESMS, esms));
        match element {
            Some(Element::Esms { categorie, .. }) if categorie.as_deref() == Some(EHPAD) => {
                Champ::Ehpad
            }
            _ => Champ::Handicap,
        }
    }

    fn notifie_a(&self, esms: &str, annee: i32) -> Option<i64> {
        let racine = self.lu.contrat.flux(RACINE)?;
        let procedure = budgets::procedure(&self.lu.contrat, annee);
        let lignes = du_contrat(&racine.dossier, procedure, annee).ok()?;
        let mut lieux = lignes.lieux();
        let lieu = lieux.find(|l| lignes.esms_de(*l).is_some_and(|e| e.finess == esms))?;
        ratios::notifie_a(&lecteur::Lecteur::de(&lignes), lieu)
    }
}

fn champs(formes: &[Forme], saisie: &Saisie<'_>) -> Vec<ChampVue> {
    let champ = |(nom, titre, unite, aide): &Forme| ChampVue {
        nom,
        titre: typographie(titre),
        unite,
        aide: typographie(aide),
        valeur: saisie.un(nom).to_owned(),
        phrase: saisie
            .erreurs
            .iter()
            .find(|e| e.champ == *nom)
            .map_or_else(String::new, |e| e.phrase.clone()),
    };
    formes.iter().map(champ).collect()
}

fn affectation(saisie: &mut Saisie<'_>) -> Vec<String> {
    let noms = AFFECTATION.map(|(nom, ..)| nom);
    let lus = noms.map(|nom| saisie.montant(nom));
    let [
        Some(resultat),
        Some(bfr),
        Some(debiteur),
        Some(crediteur),
        Some(tresorerie),
        Some(compensation),
        Some(report),
        Some(investissement),
        Some(a_la_tresorerie),
        Some(a_la_compensation),
    ] = lus
    else {
        return Vec::new();
    };
    let avant = Situation {
        crediteur,
        debiteur,
        tresorerie,
        compensation,
        ..Situation::default()
    };
    let choix = Choix {
        report,
        investissement,
        tresorerie: a_la_tresorerie,
        compensation: a_la_compensation,
        ..Choix::default()
    };
    let mut dits = vec![format!(
        "Déficits à apurer d'abord : {} €. À affecter ensuite : {} €. La réserve de trésorerie \
         peut encore recevoir {} €.",
        euros(resultat.min(debiteur).max(0)),
        euros(avant.a_affecter(resultat)),
        euros(avant.place_en_tresorerie(bfr))
    )];
    match avant.affecte(resultat, choix, bfr) {
        Ok(faite) => dits.extend(apres(faite)),
        Err(refus) => dits.push(refus.to_string()),
    }
    dits.iter().map(|phrase| typographie(phrase)).collect()
}

fn apres(faite: Affectation) -> [String; 2] {
    let apres = faite.apres;
    [
        format!(
            "Après cette affectation : report créditeur {} €, report débiteur {} €, réserve de \
             trésorerie {} €, réserve de compensation {} €, investissement {} € de plus.",
            euros(apres.crediteur),
            euros(apres.debiteur),
            euros(apres.tresorerie),
            euros(apres.compensation),
            euros(apres.investissement)
        ),
        "L'ordre des destinations est d'usage, à confirmer (CASF R. 314-234).".to_owned(),
    ]
}
