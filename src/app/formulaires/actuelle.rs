//! What was entered last of what a form is about, so that it is corrected rather than typed again.

use crate::metier::contrat::dossier::Registre;
use crate::metier::contrat::saisie::Saisie;

/// What was entered last of what is chosen.
pub(super) fn saisie_actuelle<'e>(
    registre: &Registre,
    quoi: &str,
    partie: &str,
    un: impl Fn(&str) -> &'e str,
) -> Option<Saisie> {
    let de = |nom: &str| un(nom).to_owned();
    Some(match quoi {
        "organisation" => {
            let nommee = Some(un("partie"))
                .filter(|p| !p.is_empty())
                .unwrap_or(partie);
            Saisie::Organisation {
                partie: nommee.to_owned(),
                organisation: registre.organisation(nommee)?.clone(),
            }
        }
        "referent" => Saisie::Referent {
            personne: registre.referent(partie)?.to_owned(),
        },
        "indicateur" => Saisie::Indicateur {
            objectif: de("objectif"),
            indicateur: registre.indicateur(un("objectif"))?.clone(),
        },
        "moyen" => {
            let mut lignes = registre.moyens(un("financeur"));
            Saisie::Moyen {
                financeur: de("financeur"),
                ligne: de("ligne"),
                moyen: lignes.find(|(ligne, _)| *ligne == un("ligne"))?.1.clone(),
            }
        }
        "total_annexe" => Saisie::TotalAnnexe {
            financeur: de("financeur"),
            total: registre.total(un("financeur"))?,
        },
        "theme" => {
            let mut themes = registre.themes(un("esms"));
            Saisie::Theme {
                esms: de("esms"),
                theme: de("theme"),
                texte: themes.find(|(theme, _)| *theme == un("theme"))?.1.clone(),
            }
        }
        "constat" => {
            let mut constats = registre.constats(un("esms"));
            Saisie::Constat {
                esms: de("esms"),
                constat: de("constat"),
                contenu: constats.find(|(code, _)| *code == un("constat"))?.1.clone(),
            }
        }
        "convention" => {
            let mut connues = registre.conventions();
            let (cle, connue) = connues.find(|(cle, _)| *cle == un("cle"))?;
            Saisie::Convention {
                cle: cle.clone(),
                convention: connue.convention.clone(),
            }
        }
        "note" => Saisie::Note {
            objectif: de("objectif"),
            note: registre.note(un("objectif"), partie)?.clone(),
        },
        _ => return None,
    })
}
