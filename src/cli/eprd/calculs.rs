//! `entente eprd simuler`, `entente eprd affecter`: what a clause or a choice would do, before
//! anyone is bound by it.

use super::super::{Answer, Outcome, json};
use crate::app::eprd::paquets_livres;
use crate::metier::budget::affectation::{Choix, Situation};
use crate::metier::budget::dire::euros;
use crate::metier::budget::lecteur::exact;
use crate::metier::budget::modulation::{Annee, Champ, Effet};
use crate::metier::budget::parametres::Parametres;
use crate::metier::nombre::Nombre;
use crate::regles::calendrier::civil_date;
use chrono::Utc;
use clap::Args;
use serde::Serialize;

#[derive(Args)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub struct Simuler {
    /// Activité cible, en pourcentage de l'activité théorique
    #[arg(long, value_name = "TAUX", value_parser = nombre)]
    cible: Nombre,
    /// Activité réalisée, en pourcentage
    #[arg(long, value_name = "TAUX", value_parser = nombre)]
    realise: Nombre,
    /// Produits notifiés, en euros
    #[arg(long, value_name = "EUROS", value_parser = montant)]
    notifie: i64,
    /// Dont crédits non reconductibles, en euros
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    cnr: i64,
    /// Le contrat ne retient pas la clause
    #[arg(long)]
    sans_clause: bool,
    /// L'ESMS est un EHPAD
    #[arg(long)]
    ehpad: bool,
    /// L'autorité a accepté la cause
    #[arg(long)]
    cause_acceptee: bool,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Affecter {
    /// Résultat de l'exercice, en euros ; un déficit est négatif
    #[arg(long, value_name = "EUROS", value_parser = montant, allow_hyphen_values = true)]
    resultat: i64,
    /// Besoin en fonds de roulement, en euros
    #[arg(long, value_name = "EUROS", value_parser = montant, allow_hyphen_values = true)]
    bfr: i64,
    /// Report à nouveau débiteur (119)
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    debiteur: i64,
    /// Report à nouveau créditeur (110)
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    crediteur: i64,
    /// Réserve de trésorerie (10685)
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    tresorerie: i64,
    /// Réserve de compensation (10686)
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    compensation: i64,
    /// Affecter au report à nouveau
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    au_report: i64,
    /// Affecter à l'investissement (10682)
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    a_l_investissement: i64,
    /// Affecter à la réserve de trésorerie (10685)
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    a_la_tresorerie: i64,
    /// Affecter à la réserve de compensation (10686)
    #[arg(long, value_name = "EUROS", value_parser = montant, default_value = "0")]
    a_la_compensation: i64,
    /// Répondre en JSON
    #[arg(long)]
    json: bool,
}

fn nombre(dit: &str) -> Result<Nombre, String> {
    Nombre::du_texte(dit).ok_or_else(|| "attendu un nombre, comme 95,5".to_owned())
}

/// In cents.
fn montant(dit: &str) -> Result<i64, String> {
    let centimes = Nombre::du_texte(dit).and_then(Nombre::centiemes);
    centimes.ok_or_else(|| "attendu un montant en euros, comme 567000 ou 1234,56".to_owned())
}

/// In euros, as JSON holds it.
fn en_euros(centimes: i64) -> f64 {
    centimes as f64 / 100.0
}

#[derive(Serialize)]
struct Simulation {
    /// None: the clause bears on nothing here.
    abattement_max: Option<f64>,
    motif: Option<&'static str>,
    source: &'static str,
    a_confirmer: bool,
}

impl Simuler {
    pub fn run(self) -> Outcome {
        let annee = Annee {
            champ: if self.ehpad {
                Champ::Ehpad
            } else {
                Champ::Handicap
            },
            clause: !self.sans_clause,
            cible: exact(self.cible),
            realise: exact(self.realise),
            notifie: self.notifie,
            cnr: self.cnr,
            cause_acceptee: self.cause_acceptee,
        };
        let paquets = paquets_livres()?;
        let effet = annee.effet(&Parametres::de(&paquets, civil_date(Utc::now())));
        let effet = effet.ok_or("Ces montants ne se calculent pas : vérifiez-les.")?;
        let (output, abattement_max, motif) = match effet {
            Effet::SansObjet(motif) => (format!("Sans objet : {motif}.\n"), None, Some(motif)),
            Effet::AuPlus(centimes) => (
                format!(
                    "Abattement sur la dotation suivante : {} € au plus. L'autorité décide \
                     (CASF R. 314-43-2).\n",
                    euros(centimes)
                ),
                Some(en_euros(centimes)),
                None,
            ),
        };
        let dit = Simulation {
            abattement_max,
            motif,
            source: "CASF R.314-43-2",
            a_confirmer: false,
        };
        let output = if self.json { json(&dit)? } else { output };
        Ok(Answer { output, good: true })
    }
}

#[derive(Serialize)]
struct Affectee {
    apurement: f64,
    a_affecter: f64,
    place_en_tresorerie: f64,
    /// Why it cannot be.
    refus: Option<String>,
    report_debiteur: f64,
    report_crediteur: f64,
    reserve_tresorerie: f64,
    reserve_compensation: f64,
    /// The order of the destinations is usage.
    a_confirmer: bool,
}

impl Affecter {
    pub fn run(self) -> Outcome {
        let avant = Situation {
            crediteur: self.crediteur,
            debiteur: self.debiteur,
            tresorerie: self.tresorerie,
            compensation: self.compensation,
            ..Situation::default()
        };
        let choix = Choix {
            report: self.au_report,
            investissement: self.a_l_investissement,
            tresorerie: self.a_la_tresorerie,
            compensation: self.a_la_compensation,
            ..Choix::default()
        };
        let faite = avant.affecte(self.resultat, choix, self.bfr);
        let (apres, apurement) = faite.map_or((avant, 0), |f| (f.apres, f.apurement));
        let dit = Affectee {
            apurement: en_euros(apurement),
            a_affecter: en_euros(avant.a_affecter(self.resultat)),
            place_en_tresorerie: en_euros(avant.place_en_tresorerie(self.bfr)),
            refus: faite.err().map(|refus| refus.to_string()),
            report_debiteur: en_euros(apres.debiteur),
            report_crediteur: en_euros(apres.crediteur),
            reserve_tresorerie: en_euros(apres.tresorerie),
            reserve_compensation: en_euros(apres.compensation),
            a_confirmer: true,
        };
        let output = if self.json {
            json(&dit)?
        } else {
            match &dit.refus {
                Some(refus) => format!("{refus}\n"),
                None => format!(
                    "Déficits apurés : {} €. Réserve de trésorerie : {} €. Report débiteur : {} €. \
                     L'ordre des destinations est d'usage, à confirmer (CASF R. 314-234).\n",
                    euros(apurement),
                    euros(apres.tresorerie),
                    euros(apres.debiteur)
                ),
            }
        };
        Ok(Answer {
            output,
            good: faite.is_ok(),
        })
    }
}
