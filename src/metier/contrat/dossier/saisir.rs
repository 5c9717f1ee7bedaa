//! Who may enter what: a party speaks of itself; what is part of an agreement follows the pen.

use super::Dossier;
use super::diagnostic::{lecture_juste, theme_connu};
use super::ecrire::Autour;
use super::pli::objet_du_budget;
use super::refus::{CodeRefus, Refus, non_vide};
use crate::metier::contrat::perimetre::{Element, GESTIONNAIRE};
use crate::metier::contrat::saisie::{
    Budget, Constat, Deliberation, Document, Indicateur, Moyen, Notification, Pouvoir, Saisie,
};
use crate::metier::organisation::Organisation;
use crate::regles::value::Value;
use crate::workflow::catalogue::PartyKind;
use chrono::NaiveDate;
use std::mem::discriminant;

/// A party speaks of itself.
pub(super) const SOI: &str = "soi";
/// The authority that programmes the contract names the others.
pub(super) const PROGRAMMATION: &str = "programmation";
/// A financer states what it notified.
pub(super) const DECLARATION: &str = "déclaration";

pub(super) type Droit = Result<String, Refus>;

impl Dossier {
    /// Whether a party may enter this, and under which right.
    pub(super) fn saisissable(&self, autour: &Autour<'_>, saisie: &Saisie) -> Droit {
        match saisie {
            Saisie::Organisation {
                partie,
                organisation,
            } => self.nommable(autour, partie, organisation),
            Saisie::Referent { personne } => {
                non_vide(personne, "La personne désignée")?;
                self.du_contrat(SOI)
            }
            Saisie::Pouvoir { personne, pouvoir } => {
                non_vide(personne, "La personne habilitée")?;
                pouvoir_juste(pouvoir)?;
                self.du_contrat(SOI)
            }
            Saisie::Deliberation(deliberation) => {
                deliberation_juste(deliberation, autour.jour)?;
                Ok(SOI.to_owned())
            }
            Saisie::Document { piece, document } => self.deposable(piece, document),
            Saisie::Indicateur {
                objectif,
                indicateur,
            } => {
                indicateur_juste(indicateur)?;
                self.modifiable(autour, "objectif", Some(objectif), |_| true)
            }
            Saisie::Moyen {
                financeur, moyen, ..
            } => self.finance(autour, financeur, moyen),
            Saisie::MoyenRetire { financeur, ligne } => {
                let mut lignes = self.registre.moyens(financeur);
                if !lignes.any(|(connue, _)| connue == ligne) {
                    let phrase = format!("La ligne « {ligne} » n'est pas dans cette annexe.");
                    return Err(Refus::new(CodeRefus::Element, phrase));
                }
                self.modifiable(autour, "moyens", Some(financeur), |_| true)
            }
            Saisie::TotalAnnexe { financeur, total } => {
                positif(*total)?;
                self.modifiable(autour, "moyens", Some(financeur), |_| true)
            }
            autre => self.du_diagnostic(autour, autre),
        }
    }

    /// What a diagnostic holds, and what follows it.
    fn du_diagnostic(&self, autour: &Autour<'_>, saisie: &Saisie) -> Droit {
        match saisie {
            Saisie::Theme { esms, theme, texte } => {
                theme_connu(autour, theme)?;
                non_vide(texte, "Le texte du thème")?;
                let ecrire = |droit: &str| droit == super::DIAGNOSTIC_WRITE;
                self.modifiable(autour, "diagnostic", Some(esms), ecrire)
            }
            Saisie::Constat {
                esms,
                constat,
                contenu,
            } => {
                constat_juste(constat, contenu)?;
                theme_connu(autour, &contenu.theme)?;
                self.modifiable(autour, "diagnostic", Some(esms), |_| true)
            }
            Saisie::Trame { trame } => self.trame_choisie(autour, trame),
            Saisie::Chiffres { esms, releve } => self.chiffrable(autour, esms, releve),
            Saisie::Convention { cle, convention } => self.convenue(autour, cle, convention),
            // What was read of it is known to who read it: see `Ecriture::Budget`.
            Saisie::Budget(_) => Err(Refus::new(
                CodeRefus::Droit,
                "Un EPRD ou un ERRD se dépose avec son classeur, par la page du budget.",
            )),
            // Its text is judged with it: see `Ecriture::Profil`.
            Saisie::Profil(_) => Err(Refus::new(
                CodeRefus::Droit,
                "Un profil de besoins se dépose avec sa vue partagée, par la page des besoins.",
            )),
            Saisie::Notification { esms, notification } => {
                self.notifiable(autour, esms, notification)
            }
            Saisie::Note { objectif, .. } => self.notable(autour, objectif),
            _ => self.du_contrat(SOI),
        }
    }

    /// What concerns the whole contract is entered in its own stream.
    pub(super) fn du_contrat(&self, droit: &str) -> Droit {
        if self.cle.is_empty() {
            return Ok(droit.to_owned());
        }
        Err(Refus::new(
            CodeRefus::Droit,
            "Cela se dit dans le contrat, non dans une de ses procédures.",
        ))
    }

    fn nommable(&self, autour: &Autour<'_>, partie: &str, organisation: &Organisation) -> Droit {
        if !autour.parties.iter().any(|p| p == partie) {
            return Err(Refus::new(
                CodeRefus::Element,
                format!("« {partie} » n'est pas partie ici."),
            ));
        }
        let juste = organisation.verifie();
        juste.map_err(|refus| Refus::new(CodeRefus::Type, refus.to_string()))?;
        if partie == autour.partie {
            return self.du_contrat(SOI);
        }
        let autorite = self.kind(autour.partie) == PartyKind::Authority;
        // Whoever opens a contract names a first partner, else nobody else would see it.
        let mut nommees = self.registre.organisations();
        let premiere = nommees.all(|(connue, _)| connue == autour.partie);
        if (autorite || premiere) && self.registre.organisation(partie).is_none() {
            return self.du_contrat(PROGRAMMATION);
        }
        Err(Refus::new(
            CodeRefus::Droit,
            format!("« {partie} » dit elle-même qui elle est."),
        ))
    }

    fn deposable(&self, piece: &str, document: &Document) -> Droit {
        non_vide(piece, "La nature de la pièce")?;
        non_vide(&document.nom, "Le nom du fichier")?;
        if document.taille == 0 {
            return Err(Refus::new(
                CodeRefus::Vide,
                "Le fichier est vide : déposez celui qui a un contenu.",
            ));
        }
        let media = document.media.split_once('/');
        if media.is_none_or(|(genre, sous)| genre.is_empty() || sous.is_empty()) {
            return Err(Refus::new(
                CodeRefus::Type,
                format!(
                    "Un type de fichier s'écrit « application/pdf » ; « {} » trouvé.",
                    document.media
                ),
            ));
        }
        let connue = self.registre.document(piece);
        if connue.is_some_and(|d| d.document.empreinte == document.empreinte) {
            return Err(Refus::new(
                CodeRefus::Deja,
                format!("Cette version de « {piece} » est déjà déposée, octet pour octet."),
            ));
        }
        Ok(SOI.to_owned())
    }

    fn finance(&self, autour: &Autour<'_>, financeur: &str, moyen: &Moyen) -> Droit {
        positif(moyen.montant)?;
        let perimetre = &autour.racine.collections;
        if let Some(esms) = &moyen.esms {
            self.element(autour, Some("esms"), Some(esms))?;
            let paient = perimetre.autorites("esms", Some(esms));
            if !paient.iter().any(|a| a == financeur) {
                return Err(Refus::new(
                    CodeRefus::Element,
                    format!(
                        "L'ESMS « {esms} » ne relève pas de « {financeur} » : sa ligne va dans \
                         l'annexe de l'autorité qui le finance."
                    ),
                ));
            }
        }
        if let Some(objectif) = &moyen.objectif {
            self.element(autour, Some("objectifs"), Some(objectif))?;
        }
        self.modifiable(autour, "moyens", Some(financeur), |_| true)
    }

    fn notifiable(&self, autour: &Autour<'_>, esms: &str, notification: &Notification) -> Droit {
        if self.workflow != "eprd-annuel" {
            return Err(Refus::new(
                CodeRefus::Droit,
                "Un montant notifié se dit dans l'EPRD de son exercice.",
            ));
        }
        positif(notification.montant)?;
        passe(notification.date, autour.jour)?;
        self.element(autour, Some("esms"), Some(esms))?;
        let autorites = autour.racine.collections.autorites("esms", Some(esms));
        if autorites.iter().any(|a| a == autour.partie) {
            return Ok(DECLARATION.to_owned());
        }
        Err(Refus::new(
            CodeRefus::Droit,
            format!("« {} » ne finance pas cet ESMS.", autour.partie),
        ))
    }

    /// A budget follows the pen of the year's EPRD, or ERRD.
    pub(super) fn budget_deposable(&self, autour: &Autour<'_>, budget: &Budget) -> Droit {
        if self.workflow != "eprd-annuel" {
            return Err(Refus::new(
                CodeRefus::Droit,
                "Un EPRD ou un ERRD se dépose dans la procédure de son exercice.",
            ));
        }
        let objet = objet_du_budget(&budget.cadre);
        let droit = self.modifiable(autour, objet, None, |_| true)?;
        let dernier = self.registre.budgets().last();
        if dernier.is_some_and(|depose| depose.budget == *budget) {
            return Err(Refus::new(
                CodeRefus::Deja,
                "Ce classeur est déjà déposé, octet pour octet, et ses contrôles n'ont pas changé.",
            ));
        }
        Ok(droit)
    }

    fn notable(&self, autour: &Autour<'_>, objectif: &str) -> Droit {
        self.element(autour, Some("objectifs"), Some(objectif))?;
        let autorites = autour
            .racine
            .collections
            .autorites("objectifs", Some(objectif));
        let concernee =
            autour.partie == GESTIONNAIRE || autorites.iter().any(|a| a == autour.partie);
        if !concernee {
            return Err(Refus::new(
                CodeRefus::Droit,
                format!("« {objectif} » ne concerne pas « {} ».", autour.partie),
            ));
        }
        let voix = |droit: &str| matches!(droit, "revue.write" | "revue.noter");
        self.modifiable(autour, "revue", None, voix)
    }

    /// A change of an avenant that moves a target: of an objective that has one, in its own unit.
    pub(super) fn cible_juste(autour: &Autour<'_>, element: &Element) -> Result<(), Refus> {
        let Element::Modification {
            cible: Some(cible), ..
        } = element
        else {
            return Ok(());
        };
        let Some(indicateur) = autour.racine.registre.indicateur(&cible.objectif) else {
            return Err(Refus::new(
                CodeRefus::Element,
                format!("« {} » n'a pas d'indicateur à réviser.", cible.objectif),
            ));
        };
        if !indicateur.cibles.contains_key(&cible.exercice) {
            return Err(Refus::new(
                CodeRefus::Element,
                format!(
                    "« {} » n'a pas de cible en {}.",
                    cible.objectif, cible.exercice
                ),
            ));
        }
        meme_genre(&indicateur.depart, &cible.valeur)
    }
}

fn constat_juste(code: &str, constat: &Constat) -> Result<(), Refus> {
    non_vide(code, "Le code du constat")?;
    non_vide(&constat.texte, "Le texte du constat")?;
    non_vide(&constat.preuve, "La preuve du constat")?;
    lecture_juste(constat)
}

fn pouvoir_juste(pouvoir: &Pouvoir) -> Result<(), Refus> {
    non_vide(&pouvoir.acte, "L'acte qui habilite")?;
    if pouvoir.au.is_some_and(|au| au < pouvoir.du) {
        return Err(Refus::new(
            CodeRefus::Date,
            "Cette habilitation finit avant de commencer.",
        ));
    }
    Ok(())
}

fn deliberation_juste(deliberation: &Deliberation, jour: NaiveDate) -> Result<(), Refus> {
    non_vide(&deliberation.organe, "L'organe qui délibère")?;
    non_vide(&deliberation.objet, "L'objet de la délibération")?;
    non_vide(&deliberation.acte, "La pièce qui porte la délibération")?;
    passe(deliberation.date, jour)
}

fn indicateur_juste(indicateur: &Indicateur) -> Result<(), Refus> {
    non_vide(&indicateur.definition, "La définition de l'indicateur")?;
    non_vide(&indicateur.unite, "L'unité de l'indicateur")?;
    if indicateur.cibles.is_empty() {
        return Err(Refus::new(
            CodeRefus::Vide,
            "Un indicateur porte une cible au moins.",
        ));
    }
    let mut cibles = indicateur.cibles.values();
    cibles.try_for_each(|cible| meme_genre(&indicateur.depart, cible))
}

/// Values that are compared count the same thing.
fn meme_genre(depart: &Value, cible: &Value) -> Result<(), Refus> {
    let compte = matches!(
        depart,
        Value::Integer(_) | Value::Percent(_) | Value::Cents(_) | Value::Date(_)
    );
    if compte && discriminant(depart) == discriminant(cible) {
        return Ok(());
    }
    Err(Refus::new(
        CodeRefus::Type,
        "La valeur de départ et les cibles sont du même genre : des nombres, des pourcentages, des \
         montants ou des dates.",
    ))
}

fn positif(montant: i64) -> Result<(), Refus> {
    if montant >= 0 {
        return Ok(());
    }
    Err(Refus::new(
        CodeRefus::Type,
        "Un montant ne peut pas être négatif : corrigez-le.",
    ))
}

/// A day that has come.
pub(super) fn passe(date: NaiveDate, jour: NaiveDate) -> Result<(), Refus> {
    if date <= jour {
        return Ok(());
    }
    Err(Refus::new(
        CodeRefus::Date,
        format!(
            "Le {} n'est pas encore venu : corrigez la date, ou attendez ce jour.",
            date.format("%d/%m/%Y")
        ),
    ))
}
