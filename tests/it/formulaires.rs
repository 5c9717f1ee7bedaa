//! Every act that lives do is done again through its form: what the form sends back makes the same
//! lines, or the same refusal.

use crate::bases::atelier;
use crate::vies::hasard::Hasard;
use crate::vies::vie::Vie;
use chrono::{DateTime, Utc};
use entente::app::acces::Place;
use entente::app::contrat::{Commande, Contrat, Demande, Machines};
use entente::app::formulaires::{Demandeur, Envoi, Geste, Vise, commande, formulaire, role};
use entente::app::vues::{self, ContratLu};
use entente::regles::value::Value;
use entente::workflow::machine::event::Inputs;
use entente::workflow::machine::{Command, Spot};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

const VIES: u64 = 40;

fn machines() -> &'static Arc<Machines<'static>> {
    static MACHINES: OnceLock<Arc<Machines<'static>>> = OnceLock::new();
    MACHINES.get_or_init(|| atelier().machines())
}

fn lu(contrat: &Contrat<'_>, partie: &str, maintenant: DateTime<Utc>) -> ContratLu {
    let identite = vues::identite("c", contrat, maintenant);
    ContratLu {
        contrat: Contrat::reprendre(machines(), contrat.etat().clone()),
        resume: vues::resume(contrat, None, &identite, maintenant),
        identite,
        place: Place {
            partie: partie.to_owned(),
            role: None,
            esms: None,
        },
        lignes: Vec::new(),
        total: 0,
    }
}

/// As a person types it.
fn tape(valeur: &Value) -> Vec<String> {
    let centiemes = |c: i64| format!("{},{:02}", c / 100, c % 100);
    match valeur {
        Value::Boolean(true) => vec!["oui".to_owned()],
        Value::Boolean(false) => vec!["non".to_owned()],
        Value::Integer(n) => vec![n.to_string()],
        Value::Cents(c) | Value::Percent(c) => vec![centiemes(*c)],
        Value::Date(date) => vec![date.format("%d/%m/%Y").to_string()],
        Value::Text(texte) => vec![texte.clone()],
        Value::List(valeurs) => valeurs.iter().flat_map(tape).collect(),
        autre => panic!("{autre:?}"),
    }
}

fn tapees(inputs: &Inputs) -> Envoi {
    let champs = inputs.iter();
    let champs = champs.map(|(nom, valeur)| (format!("saisie.{nom}"), tape(valeur)));
    champs.collect()
}

/// Where it is done, what is done, and what is typed beside the fields.
fn geste(command: &Command) -> Option<(&Spot, &str, Geste, Envoi)> {
    let avec = |nom: &str, texte: &str| Envoi::from([(nom.to_owned(), vec![texte.to_owned()])]);
    Some(match command {
        Command::Act {
            spot, act, inputs, ..
        } => (spot, act, Geste::Faire, tapees(inputs)),
        Command::Refuse {
            spot, act, reason, ..
        } => (spot, act, Geste::Refuser, avec("motif", reason)),
        Command::Withdraw { spot, act, .. } => (spot, act, Geste::Retirer, Envoi::new()),
        Command::Waive {
            spot,
            act,
            requirement,
            reason,
            ..
        } => (
            spot,
            act,
            Geste::Dispenser(*requirement),
            avec("motif", reason),
        ),
        _ => return None,
    })
}

#[derive(Default)]
struct Bilan {
    faits: u32,
    refuses: u32,
    actes: BTreeSet<String>,
}

impl Bilan {
    /// The act through its form, on a copy; then as it was asked, on the contract itself.
    fn compare(&mut self, contrat: &mut Contrat<'_>, voulue: &Commande, instant: DateTime<Utc>) {
        contrat.avancer(instant).unwrap();
        if let Demande::Acte(command) = &voulue.demande
            && let Some((spot, act, geste, envoi)) = geste(command)
        {
            let acteur = voulue.acteur().unwrap();
            let lu = lu(contrat, &acteur.party, instant);
            let vise = Vise {
                flux: voulue.flux.clone(),
                lieu: spot.clone(),
                acte: act.to_owned(),
            };
            let (flux, titre) = (&voulue.flux, spot.path());
            let mut envoi = envoi;
            envoi.insert("id".to_owned(), vec![voulue.id().unwrap().to_owned()]);
            let vu = (acteur.party.as_str(), &vise);
            let quand = (instant, "x".to_owned());
            let vue = formulaire(&lu, vu, (&Envoi::new(), Vec::new()), quand);
            let Some(vue) = vue else {
                // Someone asks for an act that the file does not have.
                assert!(
                    contrat.agir(voulue, instant).is_err(),
                    "{flux} {titre} {act}"
                );
                return;
            };
            if let Some(empreinte) = &vue.empreinte {
                envoi.insert("empreinte".to_owned(), vec![empreinte.clone()]);
            }
            let demandeur = Demandeur {
                partie: &acteur.party,
                personne: &acteur.person,
                role: Some(acteur.role),
            };
            let formee = commande(&lu, &demandeur, (&vise, geste), &envoi, instant);
            let mut copie = Contrat::reprendre(machines(), contrat.etat().clone());
            let avant = contrat.journal().len();
            let fait = contrat.agir(voulue, instant);
            if fait.is_ok() && contrat.journal().len() == avant {
                // A repeat: it was answered before.
                return;
            }
            match (&formee, &fait) {
                (Ok(formee), Ok(())) => {
                    let voulu = role(&lu, &vise).unwrap();
                    assert!(voulu <= acteur.role, "{flux} {titre} {act}");
                    copie.agir(formee, instant).unwrap_or_else(|refus| {
                        panic!("{flux} {titre} {act} : {refus}\n{voulue:?}\n{formee:?}")
                    });
                    assert_eq!(
                        copie.journal(),
                        &contrat.journal()[avant..],
                        "{titre} {act}"
                    );
                    self.faits += 1;
                    self.actes.insert(format!("{} {titre} {act}", vise.flux));
                }
                (Err(erreurs), Ok(())) => panic!("{flux} {titre} {act} : {erreurs:?} {voulue:?}"),
                _ => self.refuses += 1,
            }
            return;
        }
        let _ = contrat.agir(voulue, instant);
    }
}

#[test]
fn an_act_done_through_its_form_writes_the_same_lines() {
    let mut bilan = Bilan::default();
    for graine in 0..VIES {
        let mut hasard = Hasard::new(graine);
        let mut vie = Vie::nait(atelier(), &mut hasard, graine);
        while vie.dure() {
            vie.pas(&mut hasard);
        }
        let debut = vie.carnet.first().map(|(_, quand)| *quand).unwrap();
        let debut = debut - chrono::Duration::hours(1);
        let mut contrat = Contrat::ouvrir(atelier(), "cpom-ph", debut).unwrap();
        for (commande, instant) in &vie.carnet {
            match commande {
                Some(commande) => bilan.compare(&mut contrat, commande, *instant),
                None => {
                    let _ = contrat.avancer(*instant);
                }
            }
        }
    }
    println!("{} faits, {} refusés", bilan.faits, bilan.refuses);
    assert!(bilan.faits > 1_000, "{} actes", bilan.faits);
    assert!(bilan.actes.len() > 40, "{:#?}", bilan.actes);
}
