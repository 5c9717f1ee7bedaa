//! Plays a story, and holds each step to what it announces.

use super::ecrire::{ecriture, genre, valeur};
use super::lecture::{Etape, Geste, Histoire, liste};
use super::porte::Porte;
use crate::app::contrat::{Atelier, Commande, Demande, Refus};
use crate::app::execute::Echec;
use crate::metier::evenement::Ligne;
use crate::regles::value::{Type, Value};
use crate::regles::yaml::Node;
use crate::workflow::definition::model::Input;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Actor, Inputs};
use crate::workflow::machine::{Command, Spot};
use chrono::{DateTime, Duration, NaiveDate, Utc};

/// A story once played.
#[derive(Debug)]
pub struct Partie {
    pub passages: Vec<Passage>,
    /// When the last step was taken.
    pub instant: DateTime<Utc>,
    /// How many requests were made: their ids follow one another.
    demandes: u32,
}

/// What one person did at one step.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The step's rank.
    pub etape: usize,
    pub le: NaiveDate,
    /// Who, by the story's own name; none when time passes.
    pub personne: Option<String>,
    /// The lines it added, deadlines that passed before included.
    pub lignes: Vec<Ligne>,
    pub refus: Option<Refus>,
}

impl Partie {
    /// How many requests were refused.
    pub fn refus(&self) -> usize {
        self.passages.iter().filter(|p| p.refus.is_some()).count()
    }

    /// Every line written, in order.
    pub fn lignes(&self) -> impl Iterator<Item = &Ligne> {
        self.passages.iter().flat_map(|p| &p.lignes)
    }
}

/// Plays a story from the opening of its contract.
///
/// # Errors
/// The first step that does not do what it announces: its line, and what happened.
pub fn jouer(
    porte: &mut dyn Porte,
    atelier: &Atelier,
    histoire: &Histoire,
) -> Result<Partie, String> {
    let debut = histoire.etapes.first().map(|e| e.le);
    let debut = debut.ok_or_else(|| "Cette histoire n'a pas d'étape.".to_owned())?;
    let instant = matin(debut);
    let lignes = porte.ouvrir(&histoire.workflow, instant);
    let ouverture = Passage {
        etape: 0,
        le: debut,
        personne: None,
        lignes: lignes.map_err(|refus| refus.to_string())?,
        refus: None,
    };
    let partie = Partie {
        passages: vec![ouverture],
        instant,
        demandes: 0,
    };
    etapes(porte, atelier, histoire, partie)
}

/// Plays a story that follows another one on the same contract.
///
/// # Errors
/// As [`jouer`].
pub fn poursuivre(
    porte: &mut dyn Porte,
    atelier: &Atelier,
    histoire: &Histoire,
    precedente: &Partie,
) -> Result<Partie, String> {
    let partie = Partie {
        passages: Vec::new(),
        instant: precedente.instant,
        demandes: precedente.demandes,
    };
    etapes(porte, atelier, histoire, partie)
}

fn etapes(
    porte: &mut dyn Porte,
    atelier: &Atelier,
    histoire: &Histoire,
    partie: Partie,
) -> Result<Partie, String> {
    let mut jeu = Jeu {
        porte,
        atelier,
        histoire,
        partie,
        montre: None,
    };
    for (rang, etape) in histoire.etapes.iter().enumerate() {
        let line = etape.place.line;
        jeu.etape(rang, etape)
            .map_err(|phrase| format!("Ligne {line} de l'histoire ({}) : {phrase}", etape.le))?;
    }
    Ok(jeu.partie)
}

struct Jeu<'a> {
    porte: &'a mut dyn Porte,
    atelier: &'a Atelier,
    histoire: &'a Histoire,
    partie: Partie,
    /// What was last shown of an object, for answers given on an old text.
    montre: Option<Digest>,
}

impl Jeu<'_> {
    fn etape(&mut self, rang: usize, etape: &Etape) -> Result<(), String> {
        let matin = matin(etape.le);
        let minute = self.partie.instant + Duration::minutes(1);
        self.partie.instant = matin.max(minute);
        let personnes: Vec<Option<&String>> = match etape.par.as_slice() {
            [] => vec![None],
            par => par.iter().map(Some).collect(),
        };
        let sans = String::new();
        let elements: Vec<&String> = match etape.pour.as_slice() {
            [] => vec![&sans],
            pour => pour.iter().collect(),
        };
        for personne in personnes {
            for element in &elements {
                self.passage(rang, etape, personne, element)?;
            }
        }
        self.etats(etape)
    }

    fn passage(
        &mut self,
        rang: usize,
        etape: &Etape,
        personne: Option<&String>,
        element: &str,
    ) -> Result<(), String> {
        self.partie.instant += Duration::seconds(1);
        let instant = self.partie.instant;
        // Deadlines pass before the person looks.
        let passees = self.porte.avancer(instant);
        let mut lignes = passees.map_err(|refus| refus.to_string())?;
        let mut refus = None;
        if let Some(nom) = personne {
            let known = self.histoire.personnes.get(nom);
            let known = known.ok_or_else(|| format!("« {nom} » n'est pas présenté."))?;
            let commande = self.commande(etape, &known.acteur, element)?;
            match self.porte.agir(&commande, instant) {
                Ok(faites) => lignes.extend(faites),
                Err(Echec::Refus(motif)) => refus = Some(motif),
                Err(echec) => return Err(echec.to_string()),
            }
        }
        match (&refus, &etape.refus) {
            (None, None) => {}
            (Some(refus), Some(code)) if refus.code() == *code => {}
            (Some(refus), _) => {
                return Err(format!("refusé ({}) : {refus}", refus.code()));
            }
            (None, Some(code)) => return Err(format!("le refus « {code} » était attendu.")),
        }
        self.partie.passages.push(Passage {
            etape: rang,
            le: etape.le,
            personne: personne.cloned(),
            lignes,
            refus,
        });
        Ok(())
    }

    fn etats(&self, etape: &Etape) -> Result<(), String> {
        if etape.etats.is_empty() {
            return Ok(());
        }
        let flux = self.porte.contrat().flux(&etape.flux);
        let flux = flux.ok_or_else(|| format!("le flux « {} » n'existe pas.", etape.flux))?;
        for etat in &etape.etats {
            if !flux.configuration.visits.contains_key(etat.as_str()) {
                let actifs: Vec<&str> =
                    flux.configuration.visits.keys().map(Spot::as_str).collect();
                return Err(format!(
                    "« {etat} » attendu ; actifs : {}.",
                    actifs.join(", ")
                ));
            }
        }
        Ok(())
    }

    fn commande(
        &mut self,
        etape: &Etape,
        acteur: &Actor,
        element: &str,
    ) -> Result<Commande, String> {
        let encore = matches!(&etape.geste, Geste::Acte { encore: true, .. });
        self.partie.demandes += u32::from(!encore);
        let id = format!("d{:04}", self.partie.demandes);
        let en = |text: &str| text.replace("{}", element);
        let acteur = acteur.clone();
        let command = match &etape.geste {
            Geste::Acte { .. } => self.acte(etape, acteur, element, id)?,
            Geste::Refuse { acte, ou, motif } => {
                let spot = Spot::new(&en(ou));
                let contrat = self.porte.contrat();
                Command::Refuse {
                    shown: contrat.montre(&etape.flux, &spot, acte, self.partie.instant),
                    act: acte.clone(),
                    reason: motif.clone(),
                    actor: acteur,
                    spot,
                    id,
                }
            }
            Geste::Retire { acte, ou } => Command::Withdraw {
                actor: acteur,
                spot: Spot::new(&en(ou)),
                act: acte.clone(),
                id,
            },
            Geste::Dispense {
                acte,
                ou,
                condition,
                motif,
            } => Command::Waive {
                actor: acteur,
                spot: Spot::new(&en(ou)),
                act: acte.clone(),
                requirement: *condition,
                reason: motif.clone(),
                id,
            },
            Geste::Interrompt { nom, motif } => Command::Interrupt {
                actor: acteur,
                name: nom.clone(),
                inputs: Inputs::from([("motif".to_owned(), Value::Text(motif.clone()))]),
                id,
            },
            Geste::Reprend => Command::Resume { actor: acteur, id },
            _ => {
                return Ok(Commande {
                    flux: etape.flux.clone(),
                    demande: Demande::Ecriture {
                        ecriture: ecriture(etape, element)?,
                        acteur,
                        id,
                    },
                });
            }
        };
        Ok(Commande {
            flux: etape.flux.clone(),
            demande: Demande::Acte(command),
        })
    }

    fn acte(
        &mut self,
        etape: &Etape,
        actor: Actor,
        element: &str,
        id: String,
    ) -> Result<Command, String> {
        let Geste::Acte {
            acte,
            ou,
            saisies,
            perime,
            ..
        } = &etape.geste
        else {
            return Err("ce geste n'est pas un acte.".to_owned());
        };
        let spot = Spot::new(&ou.replace("{}", element));
        let shown = if *perime {
            self.montre
        } else {
            let contrat = self.porte.contrat();
            contrat.montre(&etape.flux, &spot, acte, self.partie.instant)
        };
        self.montre = shown.or(self.montre);
        Ok(Command::Act {
            inputs: self.saisies(&etape.flux, &spot, acte, saisies, element)?,
            act: acte.clone(),
            actor,
            spot,
            shown,
            id,
        })
    }

    /// What is typed, read as the act expects it.
    fn saisies(
        &self,
        flux: &str,
        spot: &Spot,
        acte: &str,
        saisies: &[(String, Node)],
        element: &str,
    ) -> Result<Inputs, String> {
        let workflow = self.porte.contrat().flux(flux).map(|f| &f.dossier.workflow);
        let node = workflow
            .and_then(|nom| self.atelier.workflow(nom))
            .and_then(|w| w.find(&spot.path()));
        let act = node.and_then(|n| n.acts.iter().find(|a| a.name == acte));
        let attendues: &[Input] = act.map_or(&[], |a| &a.inputs);
        let mut inputs = Inputs::new();
        for (nom, node) in saisies {
            let input = attendues.iter().find(|i| i.name == *nom);
            let textes = liste(node).into_iter().map(|t| t.replace("{}", element));
            let genre = input.map_or(Type::Text, |i| genre(&i.kind));
            let valeurs: Option<Vec<Value>> = textes.map(|t| valeur(&genre, &t)).collect();
            let valeurs = valeurs.ok_or_else(|| format!("« {nom} » est mal écrit."))?;
            let value = match (input.is_some_and(|i| i.many), valeurs.as_slice()) {
                (false, [seule]) => seule.clone(),
                _ => Value::List(valeurs),
            };
            inputs.insert(nom.clone(), value);
        }
        Ok(inputs)
    }
}

/// Ten o'clock in Paris, in winter.
fn matin(jour: NaiveDate) -> DateTime<Utc> {
    let neuf = jour.and_hms_opt(9, 0, 0).unwrap_or_default();
    neuf.and_utc()
}
