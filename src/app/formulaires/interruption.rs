//! Suspending, prolonging, resuming, giving up: said plainly, and confirmed, before it is done.

use super::acte::faute;
use super::champs::{Champ, Contexte, Envoi, Erreur, montre};
use super::ecriture::{Confirmation, EcritureVue, Ici};
use crate::app::contrat::RACINE;
use crate::app::vues::francais::{jour, majuscule, minuscule, typographie};
use crate::regles::calendrier::civil_date;
use crate::regles::value::Value;
use crate::workflow::definition::model::{Delay, Interruption};
use crate::workflow::definition::party::PartyExpr;
use crate::workflow::machine::event::{Actor, Inputs};
use crate::workflow::machine::{Command, Machine};

const INTERROMPRE: &str = "interrompre";
const REPRENDRE: &str = "reprendre";

/// The name under which the address says which one.
pub(super) fn cle(genre: &str) -> Option<&'static str> {
    (genre == INTERROMPRE).then_some("nom")
}

/// Whether there is such a thing in the stream.
pub(super) fn existe(ici: &Ici<'_>) -> bool {
    ici.cible.genre == REPRENDRE || trouvee(ici).is_some()
}

fn machine<'a>(ici: &Ici<'a>) -> Option<&'a Machine<'a>> {
    ici.lu.contrat.machine(&ici.cible.flux)
}

/// The interruption of the address; of a resumption, the one that is open.
fn trouvee<'a>(ici: &Ici<'a>) -> Option<&'a Interruption> {
    let ouverte = ouverte(ici);
    let nom = match ici.cible.genre.as_str() {
        INTERROMPRE => ici.cible.sujet.as_str(),
        REPRENDRE => ouverte?,
        _ => return None,
    };
    let mut connues = machine(ici)?.workflow().interruptions.iter();
    connues.find(|i| i.name == nom)
}

/// The name of the suspension that is open.
fn ouverte<'a>(ici: &Ici<'a>) -> Option<&'a str> {
    let flux = ici.lu.contrat.flux(&ici.cible.flux)?;
    Some(flux.configuration.interruption.as_ref()?.name.as_str())
}

fn confirmee(envoi: &Envoi) -> bool {
    let reponses = envoi.get("confirme");
    reponses.is_some_and(|r| r.iter().any(|r| r == "oui"))
}

pub(super) fn vue(ici: &Ici<'_>, envoi: &Envoi) -> Option<EcritureVue> {
    let reprend = ici.cible.genre == REPRENDRE;
    let machine = machine(ici)?;
    let Some(interruption) = trouvee(ici) else {
        // Nothing is suspended any more: the page says so.
        return reprend.then(|| EcritureVue {
            titre: "Reprendre".to_owned(),
            ..EcritureVue::default()
        });
    };
    let nom = interruption.title.as_deref().unwrap_or(&interruption.name);
    let prolonge = !reprend && ouverte(ici) == Some(interruption.name.as_str());
    let (titre, effets) = match (reprend, prolonge) {
        (true, _) => (
            format!("Reprendre, après « {} »", minuscule(nom)),
            reprise(interruption),
        ),
        (_, true) => (
            format!("Prolonger : {}", minuscule(nom)),
            prolongation(ici, interruption),
        ),
        _ => (nom.to_owned(), effets(ici, interruption)),
    };
    let titre = majuscule(&typographie(&titre));
    let donnee = confirmee(envoi);
    Some(EcritureVue {
        effets: effets.iter().map(|e| typographie(e)).collect(),
        confirmation: Some(Confirmation { donnee }),
        ouvert: reprend || offerte(ici, &interruption.name)?,
        champs: if reprend {
            Vec::new()
        } else {
            champs(ici, machine, interruption, envoi)
        },
        bouton: titre.clone(),
        titre,
        ..EcritureVue::default()
    })
}

fn offerte(ici: &Ici<'_>, nom: &str) -> Option<bool> {
    let flux = ici.lu.contrat.flux(&ici.cible.flux)?;
    let monde = ici.lu.contrat.monde(&ici.cible.flux, ici.maintenant)?;
    let agenda = machine(ici)?.agenda(&flux.configuration, &monde, ici.maintenant);
    let mut siens = agenda
        .parties
        .iter()
        .filter(|p| p.party == ici.lu.place.partie);
    Some(siens.any(|p| p.interruptions.iter().any(|i| i == nom)))
}

fn contexte<'a>(ici: &Ici<'a>, machine: &'a Machine<'a>) -> Contexte<'a> {
    Contexte {
        machine,
        lu: ici.lu,
        aujourdhui: civil_date(ici.maintenant),
    }
}

fn champs(
    ici: &Ici<'_>,
    machine: &Machine<'_>,
    interruption: &Interruption,
    envoi: &Envoi,
) -> Vec<Champ> {
    let contexte = contexte(ici, machine);
    let inputs = interruption.inputs.iter();
    inputs
        .map(|input| contexte.champ(input, None, envoi))
        .collect()
}

fn quoi(ici: &Ici<'_>) -> &'static str {
    if ici.cible.flux == RACINE {
        "le contrat"
    } else {
        "cette procédure"
    }
}

fn effets(ici: &Ici<'_>, interruption: &Interruption) -> Vec<String> {
    let quoi = quoi(ici);
    let mut effets = Vec::new();
    if interruption.by.is_agreement() {
        effets.push(
            "Toutes les parties doivent en convenir : votre demande vaut votre accord, et rien ne \
             change tant que les autres n'ont pas donné le leur."
                .to_owned(),
        );
    } else {
        effets.push("Votre demande suffit : elle prend effet aussitôt.".to_owned());
    }
    if interruption.resume.is_none() {
        effets.push(format!(
            "C'est définitif : {quoi} prend fin, avec ce qui y est ouvert. Le journal reste."
        ));
        return effets;
    }
    effets.push(format!(
        "Plus aucun acte n'est possible pendant ce temps dans {quoi}. Les délais que la \
         suspension arrête ne courent plus, et reprendront où ils en étaient."
    ));
    effets.extend(terme(ici, interruption));
    effets
}

/// When it ends by itself.
fn terme(ici: &Ici<'_>, interruption: &Interruption) -> Option<String> {
    let duree = match interruption.limit.as_ref()? {
        Delay::Fixed(delai) => Value::Duration(*delai),
        Delay::Rule(regle) => {
            let valeur = machine(ici)?
                .pack()
                .value(regle, civil_date(ici.maintenant))?;
            valeur.value.clone()
        }
    };
    Some(format!(
        "Sans reprise ni prolongation, la suspension prend fin seule après {}.",
        minuscule(&montre(&duree))
    ))
}

fn prolongation(ici: &Ici<'_>, interruption: &Interruption) -> Vec<String> {
    let mut effets = vec![
        "Toutes les parties doivent en convenir : votre demande vaut votre accord.".to_owned(),
    ];
    let flux = ici.lu.contrat.flux(&ici.cible.flux);
    let ouverte = flux.and_then(|f| f.configuration.interruption.as_ref());
    if let Some(jusqu_au) = ouverte.and_then(|o| o.until.as_ref()) {
        let jour = jour(jusqu_au.echeance);
        effets.push(format!("La suspension en cours s'achève le {jour}."));
    }
    effets.extend(terme(ici, interruption));
    effets
}

fn reprise(interruption: &Interruption) -> Vec<String> {
    let accord = interruption
        .resume
        .as_ref()
        .is_some_and(PartyExpr::is_agreement);
    let qui = if accord {
        "Toutes les parties doivent en convenir : votre demande vaut votre accord."
    } else {
        "Votre demande suffit : elle prend effet aussitôt."
    };
    let suite = "Les actes sont de nouveau possibles, et les délais arrêtés courent de nouveau.";
    vec![qui.to_owned(), suite.to_owned()]
}

pub(super) fn commande(
    ici: &Ici<'_>,
    (actor, id): (Actor, String),
    envoi: &Envoi,
) -> Result<Command, Vec<Erreur>> {
    let mut erreurs = Vec::new();
    let interruption = trouvee(ici);
    let inputs = match (interruption, machine(ici)) {
        (Some(interruption), Some(machine)) if ici.cible.genre == INTERROMPRE => {
            let lues = contexte(ici, machine).lit(&interruption.inputs, envoi);
            lues.unwrap_or_else(|fautes| {
                erreurs = fautes;
                Inputs::new()
            })
        }
        _ => Inputs::new(),
    };
    if !confirmee(envoi) {
        let phrase = "La confirmation manque : lisez ce que cela fait, puis cochez la case.";
        erreurs.push(faute("confirme", phrase));
    }
    if !erreurs.is_empty() {
        return Err(erreurs);
    }
    Ok(match ici.cible.genre.as_str() {
        REPRENDRE => Command::Resume { actor, id },
        _ => Command::Interrupt {
            actor,
            name: ici.cible.sujet.clone(),
            inputs,
            id,
        },
    })
}
