//! What parties enter, in French.

use super::mots::{Mots, jour, valeur_dite};
use crate::app::vues::francais::compte;
use crate::metier::contrat::saisie::{Atteinte, Genre, Moyen, Nature, Note, Pouvoir, Saisie};
use crate::metier::trame;
use crate::regles::value::Value;

impl Mots<'_> {
    /// What a person entered.
    pub(super) fn saisie(&self, flux: &str, saisie: &Saisie) -> String {
        match saisie {
            Saisie::Organisation {
                partie,
                organisation,
            } => {
                let siren = organisation.siren.as_ref();
                let numero = siren.map(|s| format!(", SIREN {s}"));
                let ej = organisation.ej.as_ref().map(|e| format!(", FINESS EJ {e}"));
                let numero = numero.or(ej).unwrap_or_default();
                format!("nomme « {partie} » : {}{numero}", organisation.nom)
            }
            Saisie::Referent { .. } => "désigne son référent".to_owned(),
            Saisie::Pouvoir { pouvoir, .. } => habilitation(pouvoir),
            Saisie::Deliberation(prise) => format!(
                "enregistre la délibération du {} ({}) : {}",
                jour(prise.date),
                prise.organe,
                prise.objet
            ),
            Saisie::Document { piece, document } => {
                let court: String = document.empreinte.to_string().chars().take(8).collect();
                format!("dépose « {piece} » : {}, empreinte {court}", document.nom)
            }
            Saisie::Indicateur {
                objectif,
                indicateur,
            } => {
                let cibles = indicateur.cibles.iter();
                let cibles: Vec<String> = cibles
                    .map(|(annee, cible)| format!("{} en {annee}", valeur_dite(cible)))
                    .collect();
                let de = self.element(flux, objectif);
                format!(
                    "mesure {de} : {}, de {} à {}",
                    indicateur.definition,
                    valeur_dite(&indicateur.depart),
                    cibles.join(", ")
                )
            }
            autre => self.saisie_suivie(flux, autre),
        }
    }

    /// Means, diagnostic, follow-up.
    fn saisie_suivie(&self, flux: &str, saisie: &Saisie) -> String {
        match saisie {
            Saisie::Moyen {
                financeur, moyen, ..
            } => self.moyen(flux, financeur, moyen),
            Saisie::MoyenRetire { financeur, ligne } => {
                let qui = self.partie(financeur);
                format!("retire la ligne « {ligne} » de l'annexe : {qui}")
            }
            Saisie::TotalAnnexe { financeur, total } => {
                let total = valeur_dite(&Value::Cents(*total));
                format!("arrête l'annexe à {total} : {}", self.partie(financeur))
            }
            Saisie::Theme {
                esms, theme: code, ..
            } => {
                let titre = trame::titre(code).unwrap_or(code);
                format!("renseigne « {titre} », {}", self.element(flux, esms))
            }
            Saisie::Constat {
                esms,
                constat,
                contenu,
            } => {
                let genre = match contenu.genre {
                    Genre::Force => "force",
                    Genre::Faiblesse => "faiblesse",
                    Genre::Opportunite => "opportunité",
                    Genre::Menace => "menace",
                };
                let de = self.element(flux, esms);
                format!("constat {constat} ({genre}), {de} : {}", contenu.texte)
            }
            autre => self.saisie_du_diagnostic(flux, autre),
        }
    }

    /// What a diagnostic rests on, and what follows it.
    fn saisie_du_diagnostic(&self, flux: &str, saisie: &Saisie) -> String {
        match saisie {
            Saisie::Trame { trame: code } => {
                let titre = trame::trame(code).map_or(code, |trame| &trame.titre);
                format!("choisit la trame du diagnostic : {titre}")
            }
            Saisie::Chiffres { esms, releve } => format!(
                "apporte {} de {}, {} : {}",
                compte(releve.chiffres.len() as u64, "chiffre", "chiffres"),
                releve.annee,
                self.element(flux, esms),
                releve.source.titre()
            ),
            Saisie::Profil(profil) => format!(
                "dépose les besoins de {}, additionnés et masqués ({})",
                profil.annee,
                compte(profil.esms.len() as u64, "ESMS", "ESMS")
            ),
            Saisie::Budget(budget) => {
                let bilan = budget.bilan;
                let court: String = budget
                    .classeur
                    .empreinte
                    .to_string()
                    .chars()
                    .take(8)
                    .collect();
                format!(
                    "dépose pour contrôle « {} » ({}), empreinte {court} : {} OK, {} en échec dont \
                     {} bloquants, {} non évaluables",
                    budget.classeur.nom,
                    budget.cadre.replace('_', " "),
                    bilan.ok,
                    bilan.ko,
                    bilan.bloquants,
                    bilan.ne
                )
            }
            Saisie::Convention { convention, .. } => {
                let terme = convention.terme.map(|t| format!(", jusqu'au {}", jour(t)));
                format!(
                    "inscrit « {} » ({}){}",
                    convention.intitule,
                    convention.nature.titre(),
                    terme.unwrap_or_default()
                )
            }
            Saisie::Notification { esms, notification } => format!(
                "notifie {} le {}, {}",
                valeur_dite(&Value::Cents(notification.montant)),
                jour(notification.date),
                self.element(flux, esms)
            ),
            Saisie::Note { objectif, note } => {
                format!("note {} : {}", self.element(flux, objectif), atteinte(note))
            }
            _ => String::new(),
        }
    }

    fn moyen(&self, flux: &str, financeur: &str, moyen: &Moyen) -> String {
        let nature = match moyen.nature {
            Nature::Reconductible => "reconductible",
            Nature::NonReconductible => "non reconductible",
            Nature::Investissement => "investissement",
            Nature::Reserves => "réserves",
        };
        let pour = moyen.esms.as_ref().or(moyen.objectif.as_ref());
        let pour = pour.map(|cle| format!(", {}", self.element(flux, cle)));
        format!(
            "inscrit {} en {} ({nature}), {}{}",
            valeur_dite(&Value::Cents(moyen.montant)),
            moyen.exercice,
            self.partie(financeur),
            pour.unwrap_or_default()
        )
    }
}

fn habilitation(pouvoir: &Pouvoir) -> String {
    let au = pouvoir.au.map(|au| format!(" au {}", jour(au)));
    format!(
        "enregistre une habilitation du {}{} ({})",
        jour(pouvoir.du),
        au.unwrap_or_else(|| ", sans terme".to_owned()),
        pouvoir.acte
    )
}

fn atteinte(note: &Note) -> String {
    let atteinte = match note.atteinte {
        Atteinte::Atteint => "atteint",
        Atteinte::Partiel => "partiellement atteint",
        Atteinte::NonAtteint => "non atteint",
        Atteinte::NonEvaluable => "non évaluable",
    };
    let realise = note.realise.as_ref().map(valeur_dite);
    let realise = realise.map(|r| format!(" ({r})")).unwrap_or_default();
    format!("{atteinte}{realise}")
}
