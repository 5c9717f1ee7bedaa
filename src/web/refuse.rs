//! A form refused, whatever it asked: why, and how its page is shown again.

use super::erreurs::Faute;
use crate::app::contrat::Refus;
use crate::app::execute::Echec;
use crate::app::formulaires::Erreur;
use crate::app::visas::Empechement;
use crate::app::vues::francais::typographie;
use crate::workflow::definition::model::Role;
use axum::http::StatusCode;

/// A form refused: why, and with which code the page is shown.
pub struct Refuse {
    pub code: StatusCode,
    pub erreurs: Vec<Erreur>,
    /// The next sending is another request.
    pub autre: bool,
}

impl Refuse {
    /// Nothing is wrong: the form as it first opens.
    pub fn rien() -> Self {
        Self {
            code: StatusCode::OK,
            erreurs: Vec::new(),
            autre: true,
        }
    }

    /// Fields that do not read.
    pub fn champs(erreurs: Vec<Erreur>) -> Self {
        Self {
            code: StatusCode::UNPROCESSABLE_ENTITY,
            erreurs,
            autre: false,
        }
    }

    /// A request that was not done.
    pub fn de(echec: Echec) -> Self {
        match echec {
            Echec::Refus(refus) => Self::par(&refus),
            Echec::Base(erreur) => {
                Self::nouveau(StatusCode::SERVICE_UNAVAILABLE, &erreur.to_string())
            }
            echec @ Echec::AutreContenu(_) => Self {
                autre: true,
                ..Self::nouveau(StatusCode::CONFLICT, &echec.to_string())
            },
            echec => Self::nouveau(StatusCode::UNPROCESSABLE_ENTITY, &echec.to_string()),
        }
    }

    /// What was not done, nor prepared.
    ///
    /// # Errors
    /// There is no such thing.
    pub fn empeche(empechement: Empechement) -> Result<Self, Faute> {
        Ok(match empechement {
            Empechement::Introuvable => return Err(Faute::Introuvable),
            Empechement::Geste => {
                let phrase = "Ce bouton n'existe pas. Rouvrez cette page.";
                Self::nouveau(StatusCode::BAD_REQUEST, phrase)
            }
            Empechement::Role(voulu) => Self::role(voulu),
            Empechement::Portee => {
                let phrase = "Vous répondez de certains établissements seulement : cette saisie en \
                              dépasse. Demandez-la à une personne qui répond de tous.";
                Self::nouveau(StatusCode::FORBIDDEN, phrase)
            }
            Empechement::Champs(erreurs) => Self::champs(erreurs),
            Empechement::Rang(titre) => {
                let phrase = format!(
                    "Ce visa revient au rang « {titre} », que vous n'avez pas. Laissez-le à une \
                     personne de ce rang, ou d'un rang plus élevé."
                );
                Self::nouveau(StatusCode::FORBIDDEN, &phrase)
            }
            Empechement::Dernier(titre) => {
                let phrase = format!(
                    "Votre organisation demande des visas, et ceci ne se prépare pas : l'ouverture \
                     d'un contrat, un fichier lu. Demandez-le à une personne du rang « {titre} »."
                );
                Self::nouveau(StatusCode::FORBIDDEN, &phrase)
            }
            Empechement::Change => {
                let phrase = "Cet acte préparé a changé depuis que cette page vous a été montrée, \
                              ou quelqu'un y donne le dernier visa. Relisez-le ci-dessous.";
                Self::nouveau(StatusCode::CONFLICT, phrase)
            }
            Empechement::Echec(echec) => Self::de(echec),
        })
    }

    pub fn nouveau(code: StatusCode, phrase: &str) -> Self {
        let erreur = Erreur {
            champ: String::new(),
            phrase: typographie(phrase),
        };
        let erreurs = vec![erreur];
        Self {
            code,
            erreurs,
            autre: false,
        }
    }

    /// The person does not hold what it asks.
    pub fn role(voulu: Role) -> Self {
        let fonction = match voulu {
            Role::Contribution => "contribution",
            Role::Validation => "validation",
            Role::Signature => "signature",
        };
        let phrase = format!(
            "Cet acte demande la fonction « {fonction} », que vous n'avez pas ici. Demandez-le à \
             une personne de votre organisation qui l'a."
        );
        Self::nouveau(StatusCode::FORBIDDEN, &phrase)
    }

    /// By the contract: what it says, and what to do.
    fn par(refus: &Refus) -> Self {
        let phrase = format!("{refus} {}", refus.remede());
        let code = match refus {
            Refus::Machine(machine) if machine.digest.is_some() => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::nouveau(code, &phrase)
    }
}

/// The title of a page, said to be in error when it is.
pub(super) fn titre(page: &str, contrat: &str, erreurs: &[Erreur]) -> String {
    match erreurs {
        [] => format!("{page} - {contrat}"),
        _ => format!("Erreur : {page} - {contrat}"),
    }
}
