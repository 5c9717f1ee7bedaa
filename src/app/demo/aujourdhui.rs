//! What the parties are asking one another on the day of a demonstration: the story has ended, and
//! whoever signs in finds something to answer. It moves nothing of the contract.

use super::porte::Porte;
use crate::app::contrat::{Commande, Demande, RACINE, acteur};
use crate::app::execute::Echec;
use crate::app::formulaires::TexteReunion;
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::contrat::echange::{AvisDemande, Cercle, Echange};
use crate::regles::calendrier::civil_date;
use crate::workflow::definition::model::Role;
use chrono::{DateTime, Days, NaiveDate, Utc};

const DEPARTEMENT: &str = "departement:99";

/// Who says what, as of a day.
fn paroles(jour: NaiveDate) -> [((&'static str, &'static str), Echange, String); 4] {
    let dans = |jours: u64| jour.checked_add_days(Days::new(jours)).unwrap_or(jour);
    let reunion = TexteReunion {
        objet: "Dialogue de gestion".to_owned(),
        ou: "10 h, visioconférence".to_owned(),
        ordre: "Suites de l'avenant n° 1\nPrévision d'activité du prochain exercice".to_owned(),
    };
    [
        (
            ("gestionnaire", "claire"),
            Echange::Message {
                fil: None,
                esms: None,
                avis: Some(AvisDemande {
                    de: ["ars", DEPARTEMENT].map(str::to_owned).into(),
                    avant: dans(12),
                }),
            },
            "Frais de siège du prochain exercice\nNous proposons de garder le taux en cours. En \
             êtes-vous d'accord avant que nous préparions l'EPRD ?"
                .to_owned(),
        ),
        (
            ("ars", "karim"),
            Echange::Piece {
                piece: "Avancement du plan pluriannuel d'investissement".to_owned(),
                de: "gestionnaire".to_owned(),
                avant: dans(20),
            },
            "Opérations engagées et reports, par établissement.".to_owned(),
        ),
        (
            ("ars", "karim"),
            Echange::Reunion { le: dans(9) },
            reunion.ecrit(),
        ),
        (
            ("ars", "karim"),
            Echange::Decision {
                reunion: None,
                qui: DEPARTEMENT.to_owned(),
                avant: dans(15),
            },
            "Dire le calendrier de l'évaluation du SAVS.".to_owned(),
        ),
    ]
}

/// The parties of the story speak. `tire`: 32 hexadecimal digits, never twice the same.
///
/// # Errors
/// A refusal, or the database does not answer.
pub fn parler(
    porte: &mut dyn Porte,
    maintenant: DateTime<Utc>,
    mut tire: impl FnMut() -> String,
) -> Result<(), Echec> {
    for ((partie, personne), echange, texte) in paroles(civil_date(maintenant)) {
        let commande = Commande {
            flux: RACINE.to_owned(),
            demande: Demande::Ecriture {
                acteur: acteur(partie, personne, Role::Validation),
                id: tire(),
                ecriture: Ecriture::Dire {
                    echange,
                    cercle: Cercle::Parties,
                    texte,
                    sel: tire(),
                },
            },
        };
        porte.agir(&commande, maintenant)?;
    }
    Ok(())
}
