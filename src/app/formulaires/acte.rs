//! An act as a party may do it: what it binds to, what is to be typed, what stands in the way, and
//! the request that its form sends back.

use super::champs::{Champ, Contexte, Envoi, Erreur, montre, nom};
use super::liens::liens;
use super::sceau;
use crate::app::contrat::{Commande, Demande};
use crate::app::demo::Mots;
use crate::app::vues::francais::{distance, jour, majuscule, typographie};
use crate::app::vues::{self, ContratLu, Noms, PorteVue, Voix, condition_dite, leveur};
use crate::regles::calendrier::civil_date;
use crate::workflow::definition::model::{Act, Input, Role};
use crate::workflow::machine::agenda::{Agenda, Todo, Wait};
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::{Actor, Inputs};
use crate::workflow::machine::refusal::Missing;
use crate::workflow::machine::{Command, Machine, Spot};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Which act of which stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vise {
    pub flux: String,
    pub lieu: Spot,
    pub acte: String,
}

/// What a party does of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Geste {
    Faire,
    Refuser,
    /// Takes its answer back.
    Retirer,
    /// Does without the n-th condition.
    Dispenser(usize),
}

impl Geste {
    /// As a form names it: `faire`, `dispenser.0`.
    pub fn lu(texte: &str) -> Option<Self> {
        match texte.split_once('.') {
            Some(("dispenser", rang)) => rang.parse().ok().map(Self::Dispenser),
            Some(_) => None,
            None => match texte {
                "faire" => Some(Self::Faire),
                "refuser" => Some(Self::Refuser),
                "retirer" => Some(Self::Retirer),
                _ => None,
            },
        }
    }
}

/// The page of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FormulaireVue {
    /// Of the contract.
    pub adresse: String,
    pub contrat: String,
    pub titre: String,
    /// « Négociation, Proposée », with the item it is about.
    pub lieu: String,
    pub qui: Voix,
    /// Where it is sent: the same page.
    pub envoi: String,
    pub flux: String,
    pub spot: String,
    pub acte: String,
    /// It is open to this party now; else the page says what has passed.
    pub ouvert: bool,
    pub date: Option<String>,
    pub distance: Option<String>,
    pub source: Option<String>,
    /// It binds to what is shown: the digest, sealed for this answer, and short.
    pub empreinte: Option<String>,
    pub empreinte_courte: Option<String>,
    /// The text agreed on, when there is one.
    pub texte: Option<String>,
    /// What the first party typed, to be agreed to: title, value.
    pub convenu: Vec<[String; 2]>,
    pub champs: Vec<Champ>,
    /// What was typed into a form that has closed meanwhile: title, text.
    pub perdu: Vec<[String; 2]>,
    pub portes: Vec<PorteVue>,
    /// Conditions that this party may do without: their rank, and the sentence.
    pub dispenses: Vec<(usize, String)>,
    pub peut_refuser: bool,
    pub peut_retirer: bool,
    pub motif: String,
    /// Made before sending: the same request is not done twice.
    pub id: String,
    pub erreurs: Vec<Erreur>,
}

/// What is common to the form and to its request.
struct Ouvert<'a> {
    machine: &'a Machine<'a>,
    agenda: Agenda,
    acte: &'a Act,
    jour: NaiveDate,
}

impl<'a> Ouvert<'a> {
    fn de(lu: &'a ContratLu, vise: &Vise, maintenant: DateTime<Utc>) -> Option<Self> {
        let flux = lu.contrat.flux(&vise.flux)?;
        let machine = lu.contrat.machine(&vise.flux)?;
        let monde = lu.contrat.monde(&vise.flux, maintenant)?;
        Some(Self {
            machine,
            agenda: machine.agenda(&flux.configuration, &monde, maintenant),
            acte: acte(lu, vise)?,
            jour: civil_date(maintenant),
        })
    }

    fn a_faire(&self, vise: &Vise, partie: &str) -> Option<&Todo> {
        let siens = self.agenda.parties.iter().find(|p| p.party == partie)?;
        let mut actes = siens.acts.iter();
        actes.find(|t| t.spot == vise.lieu && t.act == vise.acte)
    }

    fn repondu(&self, vise: &Vise, partie: &str) -> Option<&Wait> {
        let siens = self.agenda.parties.iter().find(|p| p.party == partie)?;
        let mut attentes = siens.waits.iter();
        attentes.find(|w| w.answered && w.spot == vise.lieu && w.act == vise.acte)
    }

    fn contexte(&self, lu: &'a ContratLu) -> Contexte<'a> {
        Contexte {
            machine: self.machine,
            lu,
            aujourdhui: self.jour,
        }
    }

    fn attendus(&self, todo: &Todo) -> Vec<Input> {
        attendus(self.acte, todo).cloned().collect()
    }
}

/// What a party types: all of it the first time; afterwards only what each types for itself.
pub fn attendus<'a>(acte: &'a Act, todo: &Todo) -> impl Iterator<Item = &'a Input> {
    let premiere = todo.inputs.is_empty();
    let inputs = acte.inputs.iter();
    inputs.filter(move |i| premiere || i.per_party)
}

/// The form of an act, for a party. None: there is no such act.
pub fn formulaire(
    lu: &ContratLu,
    (partie, vise): (&str, &Vise),
    (envoi, erreurs): (&Envoi, Vec<Erreur>),
    (maintenant, id): (DateTime<Utc>, String),
) -> Option<FormulaireVue> {
    let ouvert = Ouvert::de(lu, vise, maintenant)?;
    let noms = Noms(&lu.identite.parties);
    let mots = Mots {
        contrat: &lu.contrat,
    };
    let todo = ouvert.a_faire(vise, partie);
    let repondu = ouvert.repondu(vise, partie).is_some();
    let date = ouvert.agenda.dates.iter().find(|d| d.spot == vise.lieu);
    let montree = todo.and_then(|t| t.digest);
    let empreinte = montree.map(|d| sceau::scelle(&lu.identite.id, (partie, vise), d));
    let adresse = vues::adresse(&lu.identite.id);
    let manquent = todo.map(|t| t.missing.as_slice()).unwrap_or_default();
    let premier = envoi.get("motif").and_then(|m| m.first());
    Some(FormulaireVue {
        envoi: format!("{adresse}/acte"),
        contrat: lu.identite.titre.clone(),
        titre: titre(ouvert.acte),
        lieu: typographie(&mots.lieu(&vise.flux, &vise.lieu)),
        qui: noms.voix(partie),
        flux: vise.flux.clone(),
        spot: vise.lieu.to_string(),
        acte: vise.acte.clone(),
        ouvert: todo.is_some() || repondu,
        date: date.map(|d| jour(d.echeance)),
        distance: date.map(|d| distance(d.echeance, ouvert.jour)),
        source: ouvert.acte.source.as_deref().map(typographie),
        empreinte_courte: empreinte.as_deref().map(|e| e.chars().take(12).collect()),
        texte: texte(lu, vise),
        convenu: todo.map(|t| convenu(ouvert.acte, t)).unwrap_or_default(),
        champs: champs(lu, &ouvert, todo, envoi, &erreurs),
        perdu: match todo {
            None => perdu(ouvert.acte, envoi),
            Some(_) => Vec::new(),
        },
        portes: manquent
            .iter()
            .map(|m| porte(lu, vise, m, maintenant))
            .collect(),
        dispenses: dispenses(manquent, partie),
        peut_refuser: todo.is_some_and(|t| t.may_refuse),
        peut_retirer: repondu,
        motif: premier.cloned().unwrap_or_default(),
        adresse,
        empreinte,
        id,
        erreurs,
    })
}

fn titre(acte: &Act) -> String {
    let titre = acte.title.as_deref().unwrap_or(&acte.name);
    majuscule(&typographie(titre))
}

/// The written text that an act agrees on.
pub fn texte(lu: &ContratLu, vise: &Vise) -> Option<String> {
    let objet = acte(lu, vise)?.over.as_ref()?;
    let cle = vise.lieu.keys().last();
    let element = objet.item.as_ref().and(cle.as_deref());
    let flux = lu.contrat.flux(&vise.flux)?;
    let contenu = flux.dossier.contenu(&objet.name, element)?;
    lu.contrat.texte(contenu.texte?).map(str::to_owned)
}

fn convenu(acte: &Act, todo: &Todo) -> Vec<[String; 2]> {
    let inputs = acte.inputs.iter().filter(|i| !i.per_party);
    let dits = inputs.filter_map(|input| {
        let titre = input.title.as_deref().unwrap_or(&input.name);
        Some([typographie(titre), montre(todo.inputs.get(&input.name)?)])
    });
    dits.collect()
}

fn champs(
    lu: &ContratLu,
    ouvert: &Ouvert<'_>,
    todo: Option<&Todo>,
    envoi: &Envoi,
    erreurs: &[Erreur],
) -> Vec<Champ> {
    let Some(todo) = todo else {
        return Vec::new();
    };
    let contexte = ouvert.contexte(lu);
    let attendus = ouvert.attendus(todo);
    let champs = attendus.iter().map(|input| {
        let mut champ = contexte.champ(input, todo.inputs.get(&input.name), envoi);
        let erreur = erreurs.iter().find(|e| e.champ == champ.nom);
        champ.erreur = erreur.map(|e| e.phrase.clone());
        champ
    });
    champs.collect()
}

/// What was typed, as it was: it may be taken elsewhere.
fn perdu(acte: &Act, envoi: &Envoi) -> Vec<[String; 2]> {
    let inputs = acte.inputs.iter().map(|input| {
        let titre = input.title.as_deref().unwrap_or(&input.name);
        (nom(input), typographie(titre))
    });
    let champs = inputs.chain([("motif".to_owned(), "Motif".to_owned())]);
    let tape = champs.filter_map(|(nom, titre)| {
        let valeurs = envoi.get(&nom)?.iter().filter(|v| !v.trim().is_empty());
        let texte: Vec<&str> = valeurs.map(String::as_str).collect();
        (!texte.is_empty()).then(|| [titre, texte.join("\n")])
    });
    tape.collect()
}

fn porte(lu: &ContratLu, vise: &Vise, manque: &Missing, maintenant: DateTime<Utc>) -> PorteVue {
    let noms = Noms(&lu.identite.parties);
    let comment = manque.lift.first();
    let qui = noms.voix_de(manque.lift.iter().filter_map(leveur));
    PorteVue {
        condition: condition_dite(manque),
        acte: String::new(),
        elements: Vec::new(),
        pour: String::new(),
        comment: comment.map(|lift| typographie(&vues::comment(&lu.contrat, lift, qui.len() > 1))),
        qui,
        dispense: noms.voix_de(manque.waive.iter().map(String::as_str)),
        liens: liens(lu, (&vise.flux, &vise.lieu), manque, maintenant),
        autres_liens: None,
    }
}

fn dispenses(manquent: &[Missing], partie: &str) -> Vec<(usize, String)> {
    let siennes = manquent.iter();
    let siennes = siennes.filter(|m| m.waive.iter().any(|p| p == partie));
    siennes
        .map(|m| (m.requirement, condition_dite(m)))
        .collect()
}

/// The role that an act asks for. None: there is no such act.
pub fn role(lu: &ContratLu, vise: &Vise) -> Option<Role> {
    acte(lu, vise).map(|acte| acte.role)
}

/// An act, as its file defines it. None: there is none there, for the reader.
pub fn acte<'a>(lu: &'a ContratLu, vise: &Vise) -> Option<&'a Act> {
    if !lu.place.voit_lieu(&lu.contrat, &vise.lieu) {
        return None;
    }
    let machine = lu.contrat.machine(&vise.flux)?;
    let node = machine.workflow().find(&vise.lieu.path())?;
    node.acts.iter().find(|a| a.name == vise.acte)
}

/// Who asks.
pub struct Demandeur<'a> {
    pub partie: &'a str,
    pub personne: &'a str,
    /// The highest role it holds there.
    pub role: Option<Role>,
}

/// The request that a form sends. Whether the person holds the [`role`] it asks for is judged
/// before.
///
/// # Errors
/// Fields that do not read, each with its sentence.
pub fn commande(
    lu: &ContratLu,
    demandeur: &Demandeur<'_>,
    (vise, geste): (&Vise, Geste),
    envoi: &Envoi,
    maintenant: DateTime<Utc>,
) -> Result<Commande, Vec<Erreur>> {
    let perdu = || {
        let phrase = "Cet acte n'existe pas. Revenez à la page du contrat.";
        vec![faute("", phrase)]
    };
    let ouvert = Ouvert::de(lu, vise, maintenant).ok_or_else(perdu)?;
    let actor = Actor {
        party: demandeur.partie.to_owned(),
        person: demandeur.personne.to_owned(),
        role: demandeur.role.unwrap_or(ouvert.acte.role),
        delegation: None,
    };
    let inputs = match geste {
        Geste::Faire => saisies(lu, &ouvert, (demandeur.partie, vise), envoi)?,
        _ => Inputs::new(),
    };
    let vu = |texte: &str| sceau::montre(&lu.identite.id, (demandeur.partie, vise), texte);
    let demande = Demande::Acte(command((vise, geste), (actor, inputs), (envoi, &vu))?);
    let flux = vise.flux.clone();
    Ok(Commande { flux, demande })
}

/// Reads what was shown.
type Vu<'a> = dyn Fn(&str) -> Result<Option<Digest>, Vec<Erreur>> + 'a;

fn command(
    (vise, geste): (&Vise, Geste),
    (actor, inputs): (Actor, Inputs),
    (envoi, vu): (&Envoi, &Vu<'_>),
) -> Result<Command, Vec<Erreur>> {
    let un = |nom: &str| {
        let valeurs = envoi.get(nom).and_then(|v| v.first());
        valeurs.map_or("", |v| v.trim())
    };
    let motif = || match un("motif") {
        "" => Err(vec![faute(
            "motif",
            "Le motif manque : écrivez quelques mots.",
        )]),
        motif => Ok(motif.to_owned()),
    };
    let (spot, act, id) = (vise.lieu.clone(), vise.acte.clone(), un("id").to_owned());
    Ok(match geste {
        Geste::Faire => Command::Act {
            shown: vu(un("empreinte"))?,
            inputs,
            actor,
            spot,
            act,
            id,
        },
        Geste::Refuser => Command::Refuse {
            shown: vu(un("empreinte"))?,
            reason: motif()?,
            actor,
            spot,
            act,
            id,
        },
        Geste::Retirer => Command::Withdraw {
            actor,
            spot,
            act,
            id,
        },
        Geste::Dispenser(requirement) => Command::Waive {
            reason: motif()?,
            actor,
            spot,
            act,
            requirement,
            id,
        },
    })
}

pub(super) fn faute(champ: &str, phrase: &str) -> Erreur {
    Erreur {
        champ: champ.to_owned(),
        phrase: typographie(phrase),
    }
}

/// What is typed; what was agreed before stays as it is. An act that is no longer open takes what
/// it asks for at first: the machine then says what has passed.
fn saisies(
    lu: &ContratLu,
    ouvert: &Ouvert<'_>,
    (partie, vise): (&str, &Vise),
    envoi: &Envoi,
) -> Result<Inputs, Vec<Erreur>> {
    let todo = ouvert.a_faire(vise, partie);
    let attendus = todo.map_or_else(|| ouvert.acte.inputs.clone(), |t| ouvert.attendus(t));
    let mut lues = todo.map(|t| t.inputs.clone()).unwrap_or_default();
    lues.extend(ouvert.contexte(lu).lit(&attendus, envoi)?);
    Ok(lues)
}
