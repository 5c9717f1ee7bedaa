//! Every act and every writing of random lives, then of diligent ones which leave no act of the
//! shipped files undone, is done again through its form: what the form sends back makes the same
//! lines, or the same refusal.

mod brouillons;
mod histoire;
mod nouveau;
mod rejeu;
pub mod tape;

use crate::bases::atelier;
use crate::vies::actes_de;
use crate::vies::assidue::{au_debut, vies};
use crate::vies::hasard::Hasard;
use crate::vies::vie::Vie;
use chrono::{DateTime, Utc};
use entente::app::acces::Place;
use entente::app::contrat::{Commande, Contrat, Demande, Machines, RACINE};
use entente::app::formulaires::{
    Cible, Demandeur, Envoi, Erreur, Geste, Vise, commande, commande_d_ecriture, formulaire,
    formulaire_d_ecriture, requis_d_ecriture, role,
};
use entente::app::vues::{self, ContratLu};
use entente::metier::contrat::dossier::Ecriture;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::Command;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

/// Lives of each workflow.
const VIES: u64 = 24;

/// What a contract of the field of disability starts.
pub static ENFANTS: [&str; 4] = [
    "avenant",
    "decision-modificative",
    "eprd-annuel",
    "revue-annuelle",
];

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
            role: Some(Role::Signature),
            ..Place::default()
        },
        lignes: Vec::new(),
        total: 0,
    }
}

/// What was done through forms, and what was refused, by workflow and place.
#[derive(Default)]
struct Bilan {
    faits: u32,
    ecrits: BTreeMap<String, u32>,
    refuses: u32,
    actes: BTreeSet<String>,
    actes_refuses: BTreeSet<String>,
}

/// What a form makes of a request: its answer to what was typed.
struct Formee {
    commande: Result<Commande, Vec<Erreur>>,
    /// What it is, said in a failure.
    dite: String,
    /// Of an act: the workflow and the place.
    acte: Option<String>,
}

impl Bilan {
    /// The request through its form, on a copy; then as it was asked, on the contract itself.
    fn compare(&mut self, contrat: &mut Contrat<'_>, voulue: &Commande, instant: DateTime<Utc>) {
        contrat.avancer(instant).unwrap();
        let Some(formee) = self.forme(contrat, voulue, instant) else {
            let _ = contrat.agir(voulue, instant);
            return;
        };
        let dite = &formee.dite;
        let mut copie = Contrat::reprendre(machines(), contrat.etat().clone());
        let avant = contrat.journal().len();
        let fait = contrat.agir(voulue, instant);
        if fait.is_ok() && contrat.journal().len() == avant {
            // A repeat: it was answered before.
            return;
        }
        match (&formee.commande, &fait) {
            (Ok(commande), Ok(())) => {
                let refait = copie.agir(commande, instant);
                refait.unwrap_or_else(|r| panic!("{dite} : {r}\n{voulue:?}\n{commande:?}"));
                assert_eq!(copie.journal(), &contrat.journal()[avant..], "{dite}");
                self.faits += 1;
                self.actes.extend(formee.acte);
            }
            (Err(erreurs), Ok(())) => panic!("{dite} : {erreurs:?} {voulue:?}"),
            (Ok(_), Err(refus)) => {
                assert!(refus.to_string().ends_with('.'), "{refus}");
                self.refuses += 1;
            }
            (Err(erreurs), Err(_)) => {
                assert!(
                    erreurs.iter().all(|e| e.phrase.ends_with('.')),
                    "{erreurs:?}"
                );
                self.refuses += 1;
            }
        }
    }

    fn forme(
        &mut self,
        contrat: &Contrat<'_>,
        voulue: &Commande,
        instant: DateTime<Utc>,
    ) -> Option<Formee> {
        let id = vec![voulue.id().unwrap().to_owned()];
        match &voulue.demande {
            Demande::Ecriture { ecriture, .. } => {
                let (cible, mut envoi) = tape::ecriture(&voulue.flux, ecriture)?;
                envoi.insert("id".to_owned(), id);
                *self.ecrits.entry(cible.genre.clone()).or_default() += 1;
                Some(ecrite(contrat, voulue, (&cible, &envoi), instant))
            }
            Demande::Acte(command) => {
                if let Some((cible, mut envoi)) = tape::interruption(&voulue.flux, command) {
                    envoi.insert("id".to_owned(), id);
                    return Some(ecrite(contrat, voulue, (&cible, &envoi), instant));
                }
                self.acte(contrat, (voulue, command), id, instant)
            }
        }
    }

    fn acte(
        &mut self,
        contrat: &Contrat<'_>,
        (voulue, command): (&Commande, &Command),
        id: Vec<String>,
        instant: DateTime<Utc>,
    ) -> Option<Formee> {
        let (spot, act, geste, mut envoi) = tape::geste(command)?;
        let acteur = voulue.acteur().unwrap();
        let lu = lu(contrat, &acteur.party, instant);
        let vise = Vise {
            flux: voulue.flux.clone(),
            lieu: spot.clone(),
            acte: act.to_owned(),
        };
        envoi.insert("id".to_owned(), id);
        let vu = (acteur.party.as_str(), &vise);
        let quand = (instant, "x".to_owned());
        // Someone may ask for an act that the file does not have.
        let vue = formulaire(&lu, vu, (&Envoi::new(), Vec::new()), quand)?;
        if let Some(empreinte) = &vue.empreinte {
            envoi.insert("empreinte".to_owned(), vec![empreinte.clone()]);
            rejeu::ne_vaut_pas_ailleurs(&lu, (voulue, &vise), &envoi, instant);
        }
        // Whoever has answered takes its answer back before refusing.
        if vue.peut_retirer && geste == Geste::Refuser {
            return None;
        }
        assert!(role(&lu, &vise).unwrap() <= acteur.role);
        let workflow = &contrat.flux(&voulue.flux)?.dossier.workflow;
        let nom = format!("{workflow} {} {act}", spot.path());
        self.refuse(contrat, (&vise, &nom), acteur.party.as_str(), instant);
        Some(Formee {
            commande: commande(&lu, &demandeur(voulue), (&vise, geste), &envoi, instant),
            dite: format!("{} {nom}", voulue.flux),
            acte: (geste == Geste::Faire).then_some(nom),
        })
    }

    /// The same act by each other party, with nothing typed: refused, with a sentence.
    fn refuse(
        &mut self,
        contrat: &Contrat<'_>,
        (vise, nom): (&Vise, &str),
        partie: &str,
        instant: DateTime<Utc>,
    ) {
        if self.actes_refuses.contains(nom) {
            return;
        }
        let parties = contrat
            .flux(&vise.flux)
            .unwrap()
            .configuration
            .parties
            .clone();
        for autre in parties
            .iter()
            .map(String::as_str)
            .filter(|p| *p != partie)
            .chain([partie, "inconnue"])
        {
            let lu = lu(contrat, autre, instant);
            let qui = Demandeur {
                partie: autre,
                personne: "p",
                role: Some(Role::Signature),
            };
            let envoi = Envoi::from([("id".to_owned(), vec!["refus".to_owned()])]);
            let formee = commande(&lu, &qui, (vise, Geste::Faire), &envoi, instant);
            let phrases: Vec<String> = match formee {
                Err(erreurs) => erreurs.into_iter().map(|e| e.phrase).collect(),
                Ok(commande) => {
                    let mut copie = Contrat::reprendre(machines(), contrat.etat().clone());
                    match copie.agir(&commande, instant) {
                        Ok(()) => continue,
                        Err(refus) => vec![refus.to_string()],
                    }
                }
            };
            assert!(!phrases.is_empty(), "{nom}");
            assert!(
                phrases.iter().all(|p| p.len() > 20 && p.ends_with('.')),
                "{phrases:?}"
            );
            self.actes_refuses.insert(nom.to_owned());
            return;
        }
    }
}

fn demandeur(voulue: &Commande) -> Demandeur<'_> {
    let acteur = voulue.acteur().unwrap();
    Demandeur {
        partie: &acteur.party,
        personne: &acteur.person,
        role: Some(acteur.role),
    }
}

/// A writing, or an interruption, through its form; what is permitted is offered.
fn ecrite(
    contrat: &Contrat<'_>,
    voulue: &Commande,
    (cible, envoi): (&Cible, &Envoi),
    instant: DateTime<Utc>,
) -> Formee {
    let lu = lu(contrat, &voulue.acteur().unwrap().party, instant);
    let quand = (instant, "x".to_owned());
    let vue = formulaire_d_ecriture(&lu, cible, (&Envoi::new(), Vec::new()), quand);
    let mut copie = Contrat::reprendre(machines(), contrat.etat().clone());
    if copie.agir(voulue, instant).is_ok() {
        let vue = vue.unwrap_or_else(|| panic!("{cible:?}"));
        // A fact that this workflow does not read, and the text of what one only rates, are not.
        let libre = match &voulue.demande {
            Demande::Ecriture { ecriture, .. } => {
                matches!(ecriture, Ecriture::Declarer { .. })
                    || matches!(ecriture, Ecriture::Modifier { objet, .. } if objet == "revue")
            }
            Demande::Acte(_) => false,
        };
        assert!(vue.ouvert || libre, "{voulue:?}");
        assert!(requis_d_ecriture(&lu, cible).is_some(), "{cible:?}");
    }
    Formee {
        commande: commande_d_ecriture(&lu, &demandeur(voulue), cible, envoi, instant),
        dite: format!("{cible:?} {envoi:?}"),
        acte: None,
    }
}

/// Diligent lives of a workflow and of its children, replayed through forms: every act is done.
fn rejoue_les_assidues(workflow: &str, enfants: &[&str], bilan: &mut Bilan) {
    let (vies, restent) = vies(atelier(), workflow, enfants);
    // An act that nobody can ever do is a fault of the workflow.
    assert!(restent.is_empty(), "{restent:#?}");
    for vie in vies {
        let mut contrat = au_debut(atelier(), workflow, &vie.naissance, vie.ne_le);
        let debut = contrat.journal().len();
        for (commande, instant) in &vie.carnet {
            let racine = contrat.flux(RACINE).unwrap();
            match commande {
                // What was signed elsewhere is taken over from a file, not from forms.
                Some(commande) if !racine.configuration.opened() => {
                    contrat.agir(commande, *instant).unwrap();
                }
                Some(commande) => bilan.compare(&mut contrat, commande, *instant),
                None => contrat.avancer(*instant).unwrap(),
            }
        }
        assert_eq!(contrat.journal()[debut..], vie.contrat.journal()[debut..]);
    }
}

/// Lives of a workflow, replayed through forms.
fn rejoue(workflow: &str, bilan: &mut Bilan) {
    for graine in 0..VIES {
        let mut hasard = Hasard::new(graine);
        let mut vie = Vie::nait_dans(workflow, atelier(), &mut hasard, graine);
        while vie.dure() {
            vie.pas(&mut hasard);
        }
        let debut = vie.carnet.first().map(|(_, quand)| *quand).unwrap();
        let debut = debut - chrono::Duration::hours(1);
        let mut contrat = Contrat::ouvrir(atelier(), workflow, debut).unwrap();
        for (commande, instant) in &vie.carnet {
            match commande {
                Some(commande) => bilan.compare(&mut contrat, commande, *instant),
                None => {
                    let _ = contrat.avancer(*instant);
                }
            }
        }
    }
}

fn eprouve(workflow: &str, enfants: &[&str]) {
    let mut bilan = Bilan::default();
    rejoue(workflow, &mut bilan);
    rejoue_les_assidues(workflow, enfants, &mut bilan);
    let Bilan {
        faits,
        refuses,
        actes: faites,
        actes_refuses,
        ecrits,
    } = &bilan;
    println!("{workflow} : {faits} faits, {refuses} refusés, écrits {ecrits:?}");
    println!(
        "{} actes différents, refusés {}",
        faites.len(),
        actes_refuses.len()
    );
    let noms = enfants.iter().copied().chain([workflow]);
    let tous = noms.flat_map(|nom| actes_de(atelier().workflow(nom).unwrap()));
    let jamais: Vec<String> = tous.filter(|acte| !faites.contains(acte)).collect();
    assert!(jamais.is_empty(), "{jamais:#?}");
    // Whatever was done was also refused once, with its sentence.
    let jamais_refuses: Vec<&String> = faites.difference(actes_refuses).collect();
    assert!(jamais_refuses.is_empty(), "{jamais_refuses:#?}");
    assert!(contrat_ecrit(ecrits), "{ecrits:?}");
}

fn contrat_ecrit(ecrits: &BTreeMap<String, u32>) -> bool {
    ["fait", "entree-esms", "sortie"]
        .iter()
        .all(|genre| ecrits.contains_key(*genre))
}

#[test]
fn lives_of_cpom_ph_write_the_same_lines_through_forms() {
    eprouve("cpom-ph", &ENFANTS);
}

#[test]
fn lives_of_cpom_ehpad_write_the_same_lines_through_forms() {
    eprouve("cpom-ehpad", &[]);
}

#[test]
fn lives_of_cpom_mixte_write_the_same_lines_through_forms() {
    eprouve("cpom-mixte", &[]);
}

#[test]
fn lives_of_cpom_sanitaire_write_the_same_lines_through_forms() {
    eprouve("cpom-sanitaire-occitanie-2025", &[]);
}
