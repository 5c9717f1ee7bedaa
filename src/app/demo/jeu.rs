//! Plays a story, and holds each step to what it announces.

use super::lecture::{Etape, Geste, Histoire, liste, texte};
use crate::app::contrat::{Atelier, Commande, Contrat, Demande, Refus};
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::contrat::faits::CATALOGUE;
use crate::metier::contrat::perimetre::{Competence, Element};
use crate::metier::evenement::Avis;
use crate::regles::calendrier::parse_date;
use crate::regles::value::{Type, Value};
use crate::regles::yaml::Node;
use crate::workflow::definition::model::{Input, InputKind};
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Actor, Inputs};
use crate::workflow::machine::{Command, Spot};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use std::collections::BTreeSet;

/// A story once played.
#[derive(Debug)]
pub struct Partie<'a> {
    pub contrat: Contrat<'a>,
    pub passages: Vec<Passage>,
    pub instant: DateTime<Utc>,
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
    pub lignes: std::ops::Range<usize>,
    pub refus: Option<Refus>,
}

impl Partie<'_> {
    /// How many requests were refused.
    pub fn refus(&self) -> usize {
        self.passages.iter().filter(|p| p.refus.is_some()).count()
    }
}

/// Plays a story.
///
/// # Errors
/// The first step that does not do what it announces: its line, and what happened.
pub fn jouer<'a>(atelier: &'a Atelier, histoire: &Histoire) -> Result<Partie<'a>, String> {
    let debut = histoire.etapes.first().map(|e| e.le);
    let debut = debut.ok_or_else(|| "Cette histoire n'a pas d'étape.".to_owned())?;
    let instant = matin(debut);
    let contrat = Contrat::ouvrir(atelier, &histoire.workflow, instant);
    let contrat = contrat.map_err(|refus| refus.to_string())?;
    let lignes = contrat.journal().len();
    let ouverture = Passage {
        etape: 0,
        le: debut,
        personne: None,
        lignes: 0..lignes,
        refus: None,
    };
    let mut jeu = Jeu {
        atelier,
        histoire,
        partie: Partie {
            contrat,
            passages: vec![ouverture],
            instant,
        },
        montre: None,
        demandes: 0,
    };
    for (rang, etape) in histoire.etapes.iter().enumerate() {
        let line = etape.place.line;
        jeu.etape(rang, etape)
            .map_err(|phrase| format!("Ligne {line} de l'histoire ({}) : {phrase}", etape.le))?;
    }
    Ok(jeu.partie)
}

struct Jeu<'a, 'h> {
    atelier: &'a Atelier,
    histoire: &'h Histoire,
    partie: Partie<'a>,
    /// What was last shown of an object, for answers given on an old text.
    montre: Option<Digest>,
    demandes: u32,
}

impl Jeu<'_, '_> {
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
        let avant = self.partie.contrat.journal().len();
        self.partie.instant += Duration::seconds(1);
        let instant = self.partie.instant;
        let fait = match personne {
            None => self.partie.contrat.avancer(instant),
            Some(nom) => {
                let known = self.histoire.personnes.get(nom);
                let known = known.ok_or_else(|| format!("« {nom} » n'est pas présenté."))?;
                // Deadlines pass before the person looks.
                let passees = self.partie.contrat.avancer(instant);
                passees.map_err(|refus| refus.to_string())?;
                let commande = self.commande(etape, &known.acteur, element)?;
                self.partie.contrat.agir(&commande, instant)
            }
        };
        let refus = fait.err();
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
            lignes: avant..self.partie.contrat.journal().len(),
            refus,
        });
        Ok(())
    }

    fn etats(&self, etape: &Etape) -> Result<(), String> {
        if etape.etats.is_empty() {
            return Ok(());
        }
        let flux = self.partie.contrat.flux(&etape.flux);
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
        self.demandes += u32::from(!encore);
        let id = format!("d{:04}", self.demandes);
        let en = |text: &str| text.replace("{}", element);
        let acteur = acteur.clone();
        let command = match &etape.geste {
            Geste::Acte { .. } => self.acte(etape, acteur, element, id)?,
            Geste::Refuse { acte, ou, motif } => {
                let spot = Spot::new(&en(ou));
                let contrat = &self.partie.contrat;
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
            autre => {
                return Ok(Commande {
                    flux: etape.flux.clone(),
                    demande: Demande::Ecriture {
                        ecriture: ecriture(autre, element)?,
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
            let contrat = &self.partie.contrat;
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
        let workflow = self.partie.contrat.flux(flux).map(|f| &f.dossier.workflow);
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

fn ecriture(geste: &Geste, element: &str) -> Result<Ecriture, String> {
    let un = Some(element.to_owned()).filter(|e| !e.is_empty());
    let en = |text: &str| text.replace("{}", element);
    Ok(match geste {
        Geste::Declare {
            fait,
            valeur: ecrite,
            preuve,
        } => {
            let genre = CATALOGUE.fact(fait).map_or(Type::Text, |f| f.kind.of());
            let lue =
                valeur(&genre, ecrite).ok_or_else(|| format!("« {ecrite} » est mal écrit."))?;
            Ecriture::Declarer {
                fait: fait.clone(),
                element: un,
                valeur: lue,
                preuve: preuve.clone(),
            }
        }
        Geste::Ecrit { objet, texte } => Ecriture::Modifier {
            objet: objet.clone(),
            element: un,
            texte: en(texte),
        },
        Geste::Position {
            objet,
            constat,
            avis,
            texte,
        } => Ecriture::Position {
            objet: objet.clone(),
            element: un,
            constat: constat.clone(),
            avis: match avis.as_str() {
                "accord" => Avis::Accord,
                "reserve" => Avis::AccordAvecReserve,
                "desaccord" => Avis::Desaccord,
                autre => return Err(format!("« {autre} » n'est pas un avis.")),
            },
            texte: texte.clone(),
        },
        Geste::Entre { element: node } => Ecriture::Entrer {
            cle: element.to_owned(),
            element: decrit(node)?,
        },
        Geste::Sort { collection, motif } => Ecriture::Sortir {
            collection: collection.clone(),
            cle: element.to_owned(),
            motif: motif.clone(),
        },
        _ => return Err("ce geste n'écrit rien.".to_owned()),
    })
}

/// `esms`, `objectif` or `modification`: its name; then whom it concerns.
fn decrit(node: &Node) -> Result<Element, String> {
    let get = |key: &str| texte(node, key).ok();
    let set = |key: &str| -> BTreeSet<String> {
        node.get(key)
            .map(liste)
            .unwrap_or_default()
            .into_iter()
            .collect()
    };
    if let Some(nom) = get("esms") {
        let ars = get("ars").as_deref() == Some("oui");
        let competence = match (ars, get("departement")) {
            (true, None) => Competence::Ars,
            (false, Some(departement)) => Competence::Departement { departement },
            (true, Some(departement)) => Competence::Conjointe { departement },
            (false, None) => return Err(format!("{nom} : l'autorité compétente manque.")),
        };
        return Ok(Element::Esms {
            nom,
            ehpad: get("ehpad").as_deref() == Some("oui"),
            competence,
        });
    }
    if let Some(intitule) = get("objectif") {
        return Ok(Element::Objectif {
            intitule,
            esms: set("vise"),
            financeurs: set("financeurs"),
        });
    }
    if let Some(intitule) = get("modification") {
        return Ok(Element::Modification {
            intitule,
            article: get("article").unwrap_or_default(),
            autorites: set("autorites"),
        });
    }
    Err("« entre » décrit un esms, un objectif ou une modification.".to_owned())
}

fn genre(kind: &InputKind) -> Type {
    match kind {
        InputKind::Integer => Type::Integer,
        InputKind::Cents => Type::Cents,
        InputKind::Percent => Type::Percent,
        InputKind::Date => Type::Date,
        InputKind::Boolean => Type::Boolean,
        InputKind::Text
        | InputKind::Choice(_)
        | InputKind::Document
        | InputKind::Person
        | InputKind::Item(_) => Type::Text,
    }
}

/// A value as the story writes it: `oui`, `12`, `8200.00` (euros), `2025-01-01`.
fn valeur(genre: &Type, texte: &str) -> Option<Value> {
    Some(match genre {
        Type::Boolean => match texte {
            "oui" => Value::Boolean(true),
            "non" => Value::Boolean(false),
            _ => return None,
        },
        Type::Integer => Value::Integer(texte.parse().ok()?),
        Type::Cents => {
            let (euros, cents) = texte.split_once('.').filter(|(_, c)| c.len() == 2)?;
            let euros: i64 = euros.parse().ok()?;
            Value::Cents(euros.checked_mul(100)?.checked_add(cents.parse().ok()?)?)
        }
        Type::Percent => {
            let rate: i64 = texte.strip_suffix(" %")?.parse().ok()?;
            Value::Percent(rate.checked_mul(100)?)
        }
        Type::Date => Value::Date(parse_date(texte).ok()?),
        _ => Value::Text(texte.to_owned()),
    })
}

/// Ten o'clock in Paris, in winter: the day is the same everywhere in France.
fn matin(jour: NaiveDate) -> DateTime<Utc> {
    let neuf = jour.and_hms_opt(9, 0, 0).unwrap_or_default();
    neuf.and_utc()
}
