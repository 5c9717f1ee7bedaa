//! From what blocks to the form that lifts it, for the party that can.

use super::a_ecrire::{adresse_d_ecriture, permise};
use super::ecriture::titre;
use super::genre::Genre;
use super::genres::GENRES;
use crate::app::contrat::RACINE;
use crate::app::demo::Mots;
use crate::app::vues::francais::typographie;
use crate::app::vues::{ContratLu, Lien, leveur};
use crate::metier::contrat::dossier::{Ouverture, Sujet};
use crate::metier::contrat::faits::CATALOGUE;
use crate::workflow::catalogue::Fact;
use crate::workflow::machine::Spot;
use crate::workflow::machine::refusal::Missing;
use chrono::{DateTime, Utc};

/// The facts that what is entered tells, and what enters them.
const ENTRES: [(&str, Sujet); 10] = [
    ("contrat.parties_sans_referent", Sujet::Saisie("referent")),
    ("contrat.delegations_invalides", Sujet::Saisie("pouvoir")),
    (
        "diagnostic.themes_obligatoires_vides",
        Sujet::Saisie("theme"),
    ),
    (
        "diagnostic.constats_sans_position",
        Sujet::Position("diagnostic"),
    ),
    ("objectifs.indicateur_complet", Sujet::Saisie("indicateur")),
    ("objectifs.financement_dit", Sujet::Saisie("moyen")),
    ("moyens.equilibre", Sujet::Saisie("moyen")),
    ("moyens.equilibre", Sujet::Saisie("total_annexe")),
    ("revue.objectifs_sans_note", Sujet::Saisie("note")),
    ("perimetre.a_competence_ars", Sujet::Entree("esms")),
];

/// Whether a condition names a fact: no longer name goes on after it.
fn cite(condition: &str, fait: &str) -> bool {
    let suite = |reste: &str| {
        let lettre = reste.chars().next();
        !lettre.is_some_and(|l| l.is_alphanumeric() || l == '_')
    };
    condition
        .match_indices(fait)
        .any(|(debut, _)| suite(&condition[debut + fait.len()..]))
}

/// The forms by which the reader lifts what is missing, in a stream, at a place.
pub(in crate::app) fn liens(
    lu: &ContratLu,
    (flux, lieu): (&str, &Spot),
    manque: &Missing,
    maintenant: DateTime<Utc>,
) -> Vec<Lien> {
    let partie = lu.place.partie.as_str();
    if !manque.lift.iter().filter_map(leveur).any(|p| p == partie) {
        return Vec::new();
    }
    let faits = CATALOGUE
        .facts
        .iter()
        .filter(|f| cite(&manque.condition, f.name));
    let mut liens: Vec<Lien> = Vec::new();
    for fait in faits {
        for sujet in sujets(fait) {
            liens.extend(lien(lu, (flux, lieu), (fait, &sujet), maintenant));
        }
    }
    liens.sort();
    liens.dedup();
    liens
}

/// What is to be written of a fact.
fn sujets(fait: &Fact) -> Vec<Sujet> {
    let entres = ENTRES.iter().filter(|(nom, _)| *nom == fait.name);
    let mut sujets: Vec<Sujet> = entres.map(|(_, sujet)| sujet.clone()).collect();
    if fait.declared {
        sujets.push(Sujet::Fait(fait.name));
    }
    sujets
}

/// The form, in the stream where the reader may write it.
fn lien(
    lu: &ContratLu,
    (flux, lieu): (&str, &Spot),
    (fait, sujet): (&Fact, &Sujet),
    maintenant: DateTime<Utc>,
) -> Option<Lien> {
    let genre = GENRES
        .iter()
        .find(|g| g.ecrit(sujet) && lu.place.ecrit(g.role))?;
    let flux_possibles = if flux == RACINE {
        vec![flux]
    } else {
        vec![flux, RACINE]
    };
    flux_possibles.into_iter().find_map(|flux| {
        let ouvertures = lu.contrat.ouvertures(flux, &lu.place.partie, maintenant);
        let ouverte = ouvertures
            .iter()
            .find(|o| o.sujet == *sujet && permise(lu, o))?;
        let element = element(fait, lieu, ouverte, genre);
        let adresse = adresse_d_ecriture(&lu.identite.id, flux, sujet, element.as_deref())?;
        let mots = Mots {
            contrat: &lu.contrat,
        };
        let titre = match &element {
            Some(cle) => format!("{} ({})", titre(genre, sujet), mots.element(flux, cle)),
            None => titre(genre, sujet),
        };
        Some(Lien {
            titre: typographie(&titre),
            adresse,
        })
    })
}

/// The item of the place, when the fact is of such items and the form asks for one.
fn element(fait: &Fact, lieu: &Spot, ouverte: &Ouverture, genre: &Genre) -> Option<String> {
    fait.of?;
    let mut cles = lieu.keys();
    cles.find(|cle| ouverte.elements.contains(cle))
        .filter(|_| !genre.element().is_empty())
}

/// The form of a right to write, in a stream: of what it changes first.
pub(in crate::app) fn lien_du_droit(lu: &ContratLu, flux: &str, droit: &str) -> Option<String> {
    let sujet = match droit {
        "objectifs.proposer" => Sujet::Entree("objectifs"),
        "avenant.proposer" => Sujet::Entree("modifications"),
        "reconnaissances.demander" => Sujet::Entree("reconnaissances"),
        "revue.noter" => Sujet::Saisie("note"),
        _ => {
            let objet = CATALOGUE.capability(droit)?.changes.first()?;
            if droit.ends_with(".position") {
                Sujet::Position(objet)
            } else {
                Sujet::Texte(objet)
            }
        }
    };
    let genre = GENRES.iter().find(|g| g.ecrit(&sujet))?;
    if !lu.place.ecrit(genre.role) {
        return None;
    }
    adresse_d_ecriture(&lu.identite.id, flux, &sujet, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_name_is_another_fact() {
        let condition = "contrat.terme_convention <= contrat.date_effet";
        assert!(cite(condition, "contrat.terme_convention"));
        assert!(cite(condition, "contrat.date_effet"));
        assert!(!cite(condition, "contrat.terme"));
    }

    #[test]
    fn what_is_entered_tells_facts_that_exist_and_has_a_form() {
        for (fait, sujet) in &ENTRES {
            assert!(CATALOGUE.fact(fait).is_some(), "{fait}");
            assert!(GENRES.iter().any(|g| g.ecrit(sujet)), "{sujet:?}");
        }
    }
}
