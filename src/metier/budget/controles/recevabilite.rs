//! Admissibility: dates, documents, numbers.

use super::{Examen, Issue};
use crate::metier::budget::dire;
use crate::metier::budget::lignes::{Bloc, Lieu, Valeur};
use crate::metier::finess::Finess;
use chrono::NaiveDate;

/// RE-01. Thirty days after the last notification received before the deposit, not before 30 April
/// nor after 30 June.
pub fn delai(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let depot = e.x.jour(Bloc::Depot, "DATE_DEPOT_EPRD")?;
        let limite = limite(e, depot)?;
        let retard = (depot - limite).num_days();
        let valeurs = vec![
            ("date_depot", dire::jour(depot)),
            ("limite", dire::jour(limite)),
            ("retard", retard.max(0).to_string()),
            ("avance", (-retard).max(0).to_string()),
        ];
        Some(Issue::selon(retard <= 0, valeurs))
    });
}

fn limite(e: &Examen<'_>, depot: NaiveDate) -> Option<NaiveDate> {
    let annee = e.exercice();
    let au_plus_tard = e.regles.jour("T_EPRD_DEPOT_MAX", annee);
    let au_plus_tard = e.su("T_EPRD_DEPOT_MAX", au_plus_tard)?;
    let au_plus_tot = e.regles.jour("EPRD_DEPOT_DEBUT", annee);
    let au_plus_tot = e.su("EPRD_DEPOT_DEBUT", au_plus_tot)?;
    let codes =
        e.x.lignes
            .commencant((Bloc::Depot, Lieu::Ensemble, annee), "DATE_NOTIFICATION_");
    let codes: Vec<&str> = codes.map(|(code, _)| code).collect();
    let notifiees = codes.iter().filter_map(|code| e.x.jour(Bloc::Depot, code));
    let Some(derniere) = notifiees.filter(|jour| *jour <= depot).max() else {
        return Some(au_plus_tard);
    };
    let dernier = e.regles.apres("T_EPRD_DEPOT", derniere);
    let dernier = e.su("T_EPRD_DEPOT", dernier)?;
    Some(dernier.max(au_plus_tot).min(au_plus_tard))
}

/// RE-02. All the documents that go with it.
pub fn pieces(e: &mut Examen<'_>) {
    let attendues = e.regles.mots("EPRD_PIECES");
    if attendues.is_empty() {
        e.ensemble(|e| e.su("EPRD_PIECES", None));
    }
    for piece in attendues {
        e.ensemble(|e| {
            let code = format!("PIECE_{piece}");
            let jointe = e.x.oui(Bloc::Depot, Lieu::Ensemble, &code)?;
            let ligne =
                e.x.lignes
                    .trouve(Bloc::Depot, Lieu::Ensemble, e.exercice(), &code);
            let libelle = ligne.map(|l| {
                l.libelle
                    .trim_end_matches(" joint")
                    .trim_end_matches(" jointe")
            });
            let libelle = libelle.unwrap_or(piece).to_lowercase();
            Some(Issue::selon(jointe, vec![("piece", libelle)]))
        });
    }
}

/// RE-03. By 31 October of the year before. A contract signed since leaves nothing to be late for.
pub fn annexe_activite(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let exercice = e.exercice();
        let avant = ("ANNEXE_AVANT_CONTRAT", Lieu::Ensemble);
        if e.x
            .lignes
            .trouve(Bloc::Depot, avant.1, exercice, avant.0)
            .is_some()
            && e.x.oui(Bloc::Depot, avant.1, avant.0)?
        {
            return Some(Issue::SansObjet);
        }
        let date = e.x.jour(Bloc::Depot, "DATE_DEPOT_ANNEXE_ACTIVITE")?;
        let limite = e.regles.jour("J_ACTIVITE", exercice - 1);
        let limite = e.su("J_ACTIVITE", limite)?;
        let valeurs = vec![("date", dire::jour(date)), ("limite", dire::jour(limite))];
        Some(Issue::selon(date <= limite, valeurs))
    });
}

/// RE-04. Each number is one, and has one compte de résultat.
pub fn finess(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let numero = e.x.lignes.ej.clone();
        if numero.is_empty() {
            e.x.manque(Bloc::Ident, Lieu::Ensemble, e.exercice(), "FINESS_EJ");
            return None;
        }
        let tient = Finess::parse(&numero).is_ok();
        Some(Issue::selon(tient, vec![("finess", numero)]))
    });
    e.chaque_compte(|e, lieu| {
        let numero = e.x.lignes.esms_de(lieu)?.finess.clone();
        // A reader that meets two comptes de résultat of one number says how many.
        let combien =
            e.x.lignes
                .trouve(Bloc::Ident, lieu, e.exercice(), "CRP_NOMBRE");
        let seul = !combien.is_some_and(
            |l| matches!(&l.valeur, Valeur::Quantite(n) if n.entier().is_some_and(|n| n > 1)),
        );
        let tient = seul && Finess::parse(&numero).is_ok();
        Some(Issue::selon(tient, vec![("finess", numero)]))
    });
}
