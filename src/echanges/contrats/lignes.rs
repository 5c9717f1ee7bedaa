//! What each line says.

use super::tableau::Ligne;
use super::valeurs::{self, Faux};
use super::{ContratLu, EsmsLu, Lieux, MoyenLu};
use crate::echanges::classeur::Lieu;
use crate::metier::contrat::saisie::{Indicateur, Moyen};
use crate::metier::organisation::Organisation;
use crate::regles::value::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A line of contract. None: something is wrong in it.
pub fn contrat(
    ligne: &mut Ligne<'_>,
    reference: Option<&str>,
    modeles: &BTreeSet<String>,
) -> Option<ContratLu> {
    let workflow = ligne.exige("Modèle", |cellule| {
        let lu = valeurs::texte(cellule)?;
        if modeles.contains(&lu) {
            return Ok(lu);
        }
        let connus: Vec<&str> = modeles.iter().map(String::as_str).collect();
        Err(Faux::Attendu(format!(
            "un de ces modèles : {}",
            connus.join(", ")
        )))
    });
    let nom = ligne.exige("Gestionnaire", valeurs::texte);
    let ej = finess(ligne, "FINESS EJ", true);
    let departements = ligne.lit("Départements", valeurs::departements);
    let signe_le = ligne.exige("Signé le", valeurs::jour);
    let effet = ligne.exige("Date d'effet", valeurs::jour);
    let terme = ligne.exige("Terme", valeurs::jour);
    let document = ligne.exige("Empreinte SHA-256", valeurs::empreinte);
    if let Some((effet, terme)) = effet.zip(terme).filter(|(effet, terme)| terme < effet) {
        let motif = format!(
            "Le terme ({}) précède la date d'effet ({}). Corrigez l'une des deux dates.",
            terme.format("%d/%m/%Y"),
            effet.format("%d/%m/%Y")
        );
        ligne.refuse(ligne.lieu("Terme"), motif);
    }
    let lieux = Lieux {
        reference: ligne.lieu("Référence"),
        workflow: ligne.lieu("Modèle"),
        gestionnaire: ligne.lieu("Gestionnaire"),
        departements: ligne.lieu("Départements"),
        signe_le: ligne.lieu("Signé le"),
        effet: ligne.lieu("Date d'effet"),
        terme: ligne.lieu("Terme"),
        document: ligne.lieu("Empreinte SHA-256"),
    };
    let (nom, ej) = (nom?, ej?);
    Some(ContratLu {
        reference: reference?.to_owned(),
        workflow: workflow?,
        gestionnaire: Organisation {
            nom,
            siren: None,
            ej: Some(ej),
        },
        departements: departements.into_iter().flatten().collect(),
        signe_le: signe_le?,
        effet: effet?,
        terme: terme?,
        document: document?,
        esms: Vec::new(),
        objectifs: Vec::new(),
        moyens: Vec::new(),
        lieux,
    })
}

/// A FINESS number; leading zeros that a spreadsheet took away are given back, and it is said.
fn finess(ligne: &mut Ligne<'_>, titre: &str, exige: bool) -> Option<String> {
    let lu = if exige {
        ligne.exige(titre, valeurs::finess)
    } else {
        ligne.lit(titre, valeurs::finess)
    };
    let (numero, complete) = lu?;
    if complete {
        let phrase = format!("Ce numéro FINESS est lu {numero}, zéros de tête rendus.");
        ligne.signale(titre, phrase);
    }
    Some(numero)
}

/// A line of establishment. None: something is wrong in it.
pub fn esms(ligne: &mut Ligne<'_>) -> Option<EsmsLu> {
    let cle = finess(ligne, "FINESS ET", true);
    let nom = ligne.exige("Nom", valeurs::texte);
    let categorie = ligne.lit("Catégorie", valeurs::categorie);
    let capacite = ligne.lit("Capacité", valeurs::capacite);
    let competence = ligne.exige("Autorité", valeurs::competence);
    let tarification = ligne.lit("Tarification", valeurs::tarification);
    let ej = finess(ligne, "FINESS EJ", false);
    Some(EsmsLu {
        cle: cle?,
        nom: nom?,
        categorie,
        capacite,
        tarification,
        ej,
        competence: competence?,
        lieu: ligne.lieu("FINESS ET"),
    })
}

/// A line of objective, as it is written.
pub struct Objectif {
    pub code: String,
    pub intitule: String,
    /// None: all of the contract's.
    pub esms: Option<Vec<String>>,
    pub financeurs: Vec<String>,
    pub indicateur: Option<Indicateur>,
    pub lieux: LieuxObjectif,
}

/// Where its cells stand.
pub struct LieuxObjectif {
    pub code: Lieu,
    pub esms: Lieu,
    pub financeurs: Lieu,
    pub cibles: BTreeMap<i32, Lieu>,
}

/// A line of objective. None: something is wrong in it.
pub fn objectif(ligne: &mut Ligne<'_>) -> Option<Objectif> {
    let code = ligne.exige("Code", valeurs::cle);
    let intitule = ligne.exige("Intitulé", valeurs::texte);
    let esms = ligne.exige("ESMS", valeurs::etablissements);
    let financeurs = ligne.lit("Financeurs", valeurs::financeurs);
    let (indicateur, cibles) = indicateur(ligne);
    Some(Objectif {
        code: code?,
        intitule: intitule?,
        esms: esms?,
        financeurs: financeurs.unwrap_or_default(),
        indicateur,
        lieux: LieuxObjectif {
            code: ligne.lieu("Code"),
            esms: ligne.lieu("ESMS"),
            financeurs: ligne.lieu("Financeurs"),
            cibles,
        },
    })
}

/// How it is measured: all of it is there, or nothing is.
fn indicateur(ligne: &mut Ligne<'_>) -> (Option<Indicateur>, BTreeMap<i32, Lieu>) {
    // The unit says how to read the values: without it they are read as texts.
    let unite = ligne.lit("Unité", valeurs::texte);
    let lire = |cellule: &_| valeurs::valeur(cellule, unite.as_deref().unwrap_or_default());
    if ligne.vide("Indicateur") {
        let seules = ["Unité", "Départ"].into_iter().find(|t| !ligne.vide(t));
        let texte = |cellule: &_| Ok(format!("{cellule}"));
        let cible = ligne.cibles(texte).into_values().next();
        let lieu = seules
            .map(|t| ligne.lieu(t))
            .or(cible.map(|(_, lieu)| lieu));
        if let Some(lieu) = lieu {
            let motif = "Cette cellule mesure un indicateur qui n'est pas dit : remplissez la \
                         colonne « Indicateur », ou effacez cette cellule.";
            ligne.refuse(lieu, motif.to_owned());
        }
        return (None, BTreeMap::new());
    }
    let definition = ligne.exige("Indicateur", valeurs::texte);
    let _ = ligne.vide("Unité") && ligne.exige("Unité", valeurs::texte).is_none();
    if unite.is_none() {
        return (None, BTreeMap::new());
    }
    let depart = ligne.exige("Départ", lire);
    let lues = ligne.cibles(lire);
    if lues.is_empty() {
        let motif = "Un indicateur porte une cible au moins : ajoutez une colonne « Cible 2027 », \
                     ou remplissez-la.";
        ligne.refuse(ligne.lieu("Indicateur"), motif.to_owned());
    }
    let mut cibles: BTreeMap<i32, Value> = BTreeMap::new();
    let mut lieux = BTreeMap::new();
    for (annee, (cible, lieu)) in lues {
        cibles.insert(annee, cible);
        lieux.insert(annee, lieu);
    }
    let lu = definition.zip(depart).zip(unite);
    let lu = lu.map(|((definition, depart), unite)| Indicateur {
        definition,
        unite,
        depart,
        cibles,
    });
    (lu, lieux)
}

/// A line of means. None: something is wrong in it.
pub fn moyen(ligne: &mut Ligne<'_>) -> Option<MoyenLu> {
    let financeur = ligne.exige("Financeur", valeurs::financeur);
    let nom = ligne.exige("Ligne", valeurs::cle);
    let esms = finess(ligne, "ESMS", false);
    let exercice = ligne.exige("Exercice", valeurs::annee);
    let nature = ligne.exige("Nature", valeurs::nature);
    let montant = ligne.exige("Montant", valeurs::montant);
    let objectif = ligne.lit("Objectif", valeurs::cle);
    Some(MoyenLu {
        financeur: financeur?,
        ligne: nom?,
        moyen: Moyen {
            esms,
            exercice: exercice?,
            nature: nature?,
            montant: montant?,
            objectif,
        },
        lieux: super::LieuxMoyen {
            ligne: ligne.lieu("Ligne"),
            financeur: ligne.lieu("Financeur"),
            esms: ligne.lieu("ESMS"),
            exercice: ligne.lieu("Exercice"),
            objectif: ligne.lieu("Objectif"),
        },
    })
}
