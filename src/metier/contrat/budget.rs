//! What the contract and the notifications say of an exercise, as lines beside those of a budget.

use crate::metier::budget::lignes::{Bloc, Cle, Lieu, Ligne, Lignes, Origine, Valeur};
use crate::metier::contrat::dossier::Dossier;
use crate::metier::contrat::perimetre::{ARS, Competence, ESMS, Element, GESTIONNAIRE};
use crate::metier::contrat::saisie::{Moyen, Nature};
use crate::metier::nombre::Nombre;
use crate::regles::value::Value;
use chrono::{Datelike as _, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Blocks that a deposited file does not get to say: the contract and the authorities do.
const D_AILLEURS: [Bloc; 7] = [
    Bloc::Cpom,
    Bloc::Objectif,
    Bloc::Emprunt,
    Bloc::Notif,
    Bloc::Autorisation,
    Bloc::Reference,
    Bloc::Besoins,
];
/// Codes of the other blocks that it does not get to say either.
const CODES_D_AILLEURS: [(Bloc, &str); 6] = [
    (Bloc::Ident, "AUTORITE"),
    (Bloc::Ident, "CPOM_DEBUT"),
    (Bloc::Ident, "CPOM_FIN"),
    (Bloc::Depot, "PLAN_REDRESSEMENT"),
    (Bloc::Depot, "ANNEXE_AVANT_CONTRAT"),
    (Bloc::Depot, "DATE_NOTIFICATION_"),
];

/// The lines of a contract for an exercise. `eprd`: the yearly procedure, which holds what was
/// notified.
///
/// # Errors
/// One French sentence: the contract does not know its managing body, or holds what no budget does.
pub fn du_contrat(
    racine: &Dossier,
    eprd: Option<&Dossier>,
    exercice: i32,
) -> Result<Lignes, String> {
    let gestionnaire = racine.registre().organisation(GESTIONNAIRE);
    let ej = gestionnaire.and_then(|o| o.ej.clone());
    let ej = ej.ok_or(
        "Le contrat ne dit pas encore le numéro FINESS du gestionnaire : inscrivez-le, puis \
         relisez le classeur.",
    )?;
    let mut dit = Dit {
        lignes: Lignes::nouvelles(exercice, &ej),
        plusieurs: racine.collections().cles("perimetre.departements").len() > 1,
    };
    dit.perimetre(racine)?;
    dit.moyens(racine)?;
    dit.contrat(racine)?;
    if let Some(eprd) = eprd {
        dit.notifications(racine, eprd)?;
    }
    Ok(dit.lignes)
}

struct Dit {
    lignes: Lignes,
    /// Several départements: each is named.
    plusieurs: bool,
}

impl Dit {
    fn pose(
        &mut self,
        (bloc, lieu, annee): (Bloc, Lieu, i32),
        code: &str,
        (libelle, valeur): (&str, Valeur),
        origine: Origine,
    ) -> Result<(), String> {
        let cle = Cle {
            bloc,
            lieu,
            annee,
            code: code.to_owned(),
        };
        let ligne = Ligne {
            libelle: libelle.to_owned(),
            unite: unite(&valeur).to_owned(),
            valeur,
            origine,
        };
        self.lignes.pose(cle, ligne)
    }

    /// How a budget names an authority: `ARS`, `CD`, `CD:99` when there are several.
    fn financeur(&self, partie: &str) -> String {
        if partie == ARS {
            return "ARS".to_owned();
        }
        match partie.split_once(':') {
            Some((_, code)) if self.plusieurs => format!("CD:{code}"),
            _ => "CD".to_owned(),
        }
    }

    fn autorite(&self, competence: &Competence) -> String {
        let parties = competence.autorites();
        let noms: Vec<String> = parties.iter().map(|p| self.financeur(p)).collect();
        noms.join("+")
    }

    fn perimetre(&mut self, racine: &Dossier) -> Result<(), String> {
        let exercice = self.lignes.exercice;
        for finess in racine.collections().cles(ESMS) {
            let Some(Element::Esms {
                nom,
                capacite,
                competence,
                ..
            }) = racine.collections().element(ESMS, finess)
            else {
                continue;
            };
            let lieu = self.lignes.esms(finess, nom);
            let origine = || Origine::Contrat("périmètre du contrat".to_owned());
            let ici = |bloc| (bloc, lieu, exercice);
            let autorite = (
                "Autorité de tarification",
                Valeur::Texte(self.autorite(competence)),
            );
            self.pose(ici(Bloc::Ident), "AUTORITE", autorite, origine())?;
            let dedans = ("ESMS du contrat", Valeur::Oui(true));
            self.pose(ici(Bloc::Cpom), "PERIMETRE", dedans, origine())?;
            if let Some(places) = capacite.and_then(|c| i32::try_from(c).ok()) {
                let places = ("Places autorisées", Valeur::Quantite(Nombre::from(places)));
                self.pose(ici(Bloc::Autorisation), "CAPACITE", places, origine())?;
            }
        }
        Ok(())
    }

    /// The lines of the annexes: dotations by establishment, trajectory, investments.
    fn moyens(&mut self, racine: &Dossier) -> Result<(), String> {
        let exercice = self.lignes.exercice;
        let mut sommes: BTreeMap<(Lieu, i32, &str, &str), i64> = BTreeMap::new();
        let dedans = |moyen: &Moyen| moyen.esms.as_deref().is_none_or(|e| connu(racine, e));
        let annexes = racine.registre().annexes().map(|(_, _, moyen)| moyen);
        for moyen in annexes.filter(|moyen| dedans(moyen)) {
            let mut ajoute = |lieu, annee, code, libelle| {
                *sommes.entry((lieu, annee, code, libelle)).or_insert(0_i64) += moyen.montant;
            };
            let annee = moyen.exercice;
            match moyen.nature {
                Nature::Reconductible => {
                    let libelle = "Dotation reconductible";
                    ajoute(Lieu::Ensemble, annee, "TRAJECTOIRE_DOTATION", libelle);
                    let Some(esms) = &moyen.esms else { continue };
                    let lieu = self.lignes.esms(esms, esms);
                    if annee == exercice {
                        ajoute(lieu, annee, "BASE_N", "Base reconductible");
                    } else if annee == exercice - 1 {
                        ajoute(
                            lieu,
                            annee,
                            "BASE_N1",
                            "Base reconductible de l'année précédente",
                        );
                    }
                }
                Nature::Investissement => {
                    ajoute(Lieu::Ensemble, annee, "PPI", "Investissements prévus");
                }
                Nature::NonReconductible | Nature::Reserves => {}
            }
        }
        for ((lieu, annee, code, libelle), centimes) in sommes {
            let origine = Origine::Contrat("annexe financière".to_owned());
            let valeur = (libelle, Valeur::Montant(centimes));
            self.pose((Bloc::Cpom, lieu, annee), code, valeur, origine)?;
        }
        Ok(())
    }

    fn contrat(&mut self, racine: &Dossier) -> Result<(), String> {
        let exercice = self.lignes.exercice;
        let fait = |nom: &str| {
            let declare = racine.faits().get(&(nom.to_owned(), None))?;
            Some(declare.valeur.clone())
        };
        let jour = |nom: &str| match fait(nom)? {
            Value::Date(jour) => Some(jour),
            _ => None,
        };
        let origine = || Origine::Contrat("contrat".to_owned());
        let terme = racine.avenants().iter().rev().find_map(|a| a.terme);
        let terme = terme.or_else(|| jour("contrat.terme"));
        let annees: [(&str, &str, Option<NaiveDate>); 2] = [
            (
                "CPOM_DEBUT",
                "Première année du CPOM",
                jour("contrat.date_effet"),
            ),
            ("CPOM_FIN", "Dernière année du CPOM", terme),
        ];
        for (code, libelle, jour) in annees {
            let Some(jour) = jour else { continue };
            let annee = (libelle, Valeur::Annee(jour.year()));
            self.pose(
                (Bloc::Ident, Lieu::Ensemble, exercice),
                code,
                annee,
                origine(),
            )?;
        }
        let ouis = [
            (
                Bloc::Depot,
                "PLAN_REDRESSEMENT",
                "gestionnaire.plan_de_redressement",
            ),
            (Bloc::Cpom, "CLAUSE_MODULATION", "contrat.clause_modulation"),
        ];
        for (bloc, code, nom) in ouis {
            if let Some(Value::Boolean(oui)) = fait(nom) {
                let oui = (code, Valeur::Oui(oui));
                self.pose((bloc, Lieu::Ensemble, exercice), code, oui, origine())?;
            }
        }
        Ok(())
    }

    fn notifications(&mut self, racine: &Dossier, eprd: &Dossier) -> Result<(), String> {
        let exercice = self.lignes.exercice;
        let mut jours: BTreeSet<(String, NaiveDate)> = BTreeSet::new();
        let recues = eprd.registre().notifications();
        for (esms, autorite, notification) in recues.filter(|(esms, ..)| connu(racine, esms)) {
            let financeur = self.financeur(autorite);
            let payeurs = racine.collections().autorites(ESMS, Some(esms)).len();
            let code = if payeurs > 1 {
                format!("PRODUITS_TARIF_{financeur}")
            } else {
                "PRODUITS_TARIF".to_owned()
            };
            let le = notification.date.format("%d/%m/%Y");
            let origine = Origine::Notification(format!("notification {financeur} du {le}"));
            let lieu = self.lignes.esms(esms, esms);
            let valeur = ("Produits notifiés", Valeur::Montant(notification.montant));
            self.pose((Bloc::Notif, lieu, exercice), &code, valeur, origine)?;
            jours.insert((financeur, notification.date));
        }
        for (financeur, jour) in jours {
            let code = format!("DATE_NOTIFICATION_{financeur}_{}", jour.format("%Y%m%d"));
            let origine = Origine::Notification(format!("notification {financeur}"));
            let valeur = ("Notification reçue", Valeur::Jour(jour));
            self.pose(
                (Bloc::Depot, Lieu::Ensemble, exercice),
                &code,
                valeur,
                origine,
            )?;
        }
        Ok(())
    }
}

/// Whether an establishment is of the contract: one that left it has no budget here any more.
fn connu(racine: &Dossier, esms: &str) -> bool {
    racine.collections().element(ESMS, esms).is_some()
}

/// As files write it.
fn unite(valeur: &Valeur) -> &'static str {
    match valeur {
        Valeur::Montant(_) => "EUR",
        Valeur::Quantite(_) => "place",
        Valeur::Taux(_) => "pourcent",
        Valeur::Annee(_) => "annee",
        Valeur::Jour(_) => "date",
        Valeur::Oui(_) => "booleen",
        Valeur::Texte(_) => "texte",
    }
}

/// Puts a file beside the contract: what the contract and the authorities say takes the place of
/// what the file says of them. Gives how many of its lines were left aside.
///
/// # Errors
/// One French sentence: the file is of another managing body, or of another exercise.
pub fn reunir(document: &mut Lignes, contrat: &Lignes) -> Result<usize, String> {
    if document.ej != contrat.ej {
        return Err(format!(
            "Ce classeur est celui du gestionnaire {} ; ce contrat est celui de {}. Choisissez le \
             classeur du gestionnaire de ce contrat.",
            document.ej, contrat.ej
        ));
    }
    if document.exercice != contrat.exercice {
        return Err(format!(
            "Ce classeur est celui de l'exercice {} ; vous regardez l'exercice {}. Choisissez \
             l'exercice, ou le classeur, qui convient.",
            document.exercice, contrat.exercice
        ));
    }
    let toutes = document.toutes().map(|(cle, _)| cle);
    let d_ailleurs: Vec<Cle> = toutes.filter(dit_ailleurs).collect();
    for cle in &d_ailleurs {
        document.retire(cle);
    }
    for (cle, ligne) in contrat.toutes() {
        let lieu = match contrat.esms_de(cle.lieu) {
            Some(esms) => document.esms(&esms.finess, &esms.nom),
            None => Lieu::Ensemble,
        };
        document.nomme(lieu, contrat.esms_de(cle.lieu).map_or("", |esms| &esms.nom));
        document.pose(Cle { lieu, ..cle }, ligne.clone())?;
    }
    Ok(d_ailleurs.len())
}

fn dit_ailleurs(cle: &Cle) -> bool {
    let code = |(bloc, debut): &(Bloc, &str)| *bloc == cle.bloc && cle.code.starts_with(debut);
    D_AILLEURS.contains(&cle.bloc) || CODES_D_AILLEURS.iter().any(code)
}
