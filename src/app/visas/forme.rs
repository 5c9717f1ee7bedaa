//! Which form was filled in: an act, or a writing. What it asks for, the request that it makes,
//! and how it reads.

use super::gestes::Empechement;
use crate::app::acces::Visiteur;
use crate::app::contrat::{Commande, Demande};
use crate::app::formulaires::{
    Champ, Cible, Demandeur, Envoi, Geste, Vise, commande, commande_d_ecriture, formulaire,
    formulaire_d_ecriture, requis_d_ecriture, role,
};
use crate::app::vues::ContratLu;
use crate::app::vues::francais::{jour, typographie};
use crate::metier::finess::Finess;
use crate::workflow::definition::model::Role;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A form of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forme {
    Acte(Vise),
    Ecriture(Cible),
}

/// What a form says, ready to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lisible {
    /// « Signer le contrat ».
    pub titre: String,
    /// « Négociation, Proposée ».
    pub lieu: String,
    /// Each question, and its answer.
    pub reponses: Vec<[String; 2]>,
}

fn un<'e>(envoi: &'e Envoi, nom: &str) -> &'e str {
    let valeurs = envoi.get(nom).and_then(|v| v.first());
    valeurs.map_or("", String::as_str)
}

/// The gesture of the button that was pressed.
pub(super) fn geste(envoi: &Envoi) -> Option<Geste> {
    Geste::lu(un(envoi, "geste"))
}

impl Forme {
    /// The function that it asks for, and that by which a circuit covers it. None: there is no
    /// such form.
    pub(super) fn requis(&self, lu: &ContratLu) -> Option<[Role; 2]> {
        match self {
            Self::Acte(vise) => role(lu, vise).map(|role| [role, role]),
            Self::Ecriture(cible) => requis_d_ecriture(lu, cible).map(|r| [r.role, r.pese]),
        }
    }

    /// The request, for someone who holds a function there.
    pub(super) fn commande(
        &self,
        lu: &ContratLu,
        (qui, exige): (&Visiteur, Role),
        envoi: &Envoi,
        maintenant: DateTime<Utc>,
    ) -> Result<Commande, Empechement> {
        let place = &lu.place;
        let tenu = match self {
            Self::Acte(vise) => place.peut(exige, &vise.lieu),
            Self::Ecriture(_) => place.ecrit(exige),
        };
        if !tenu && (geste(envoi).is_some() || matches!(self, Self::Ecriture(_))) {
            return Err(Empechement::Role(exige));
        }
        if let Self::Ecriture(cible) = self {
            let requis = requis_d_ecriture(lu, cible).ok_or(Empechement::Introuvable)?;
            if place.esms.is_some() && !requis.d_un_esms {
                return Err(Empechement::Portee);
            }
        }
        let commande = self.lue(lu, (&qui.personne, place.role), envoi, maintenant)?;
        if matches!(self, Self::Ecriture(_)) && !place.peut_ecrire(exige, esms(&commande)) {
            return Err(Empechement::Portee);
        }
        Ok(commande)
    }

    /// The request, whoever asks.
    pub(super) fn lue(
        &self,
        lu: &ContratLu,
        (personne, role): (&str, Option<Role>),
        envoi: &Envoi,
        maintenant: DateTime<Utc>,
    ) -> Result<Commande, Empechement> {
        let demandeur = Demandeur {
            partie: &lu.place.partie,
            personne,
            role,
        };
        let lue = match self {
            Self::Acte(vise) => {
                let geste = geste(envoi).ok_or(Empechement::Geste)?;
                commande(lu, &demandeur, (vise, geste), envoi, maintenant)
            }
            Self::Ecriture(cible) => commande_d_ecriture(lu, &demandeur, cible, envoi, maintenant),
        };
        lue.map_err(Empechement::Champs)
    }

    /// The establishments that it is about.
    pub(super) fn esms(&self, commande: &Commande) -> Vec<String> {
        match self {
            Self::Acte(vise) => {
                let cles = vise.lieu.keys();
                cles.filter(|cle| Finess::parse(cle).is_ok()).collect()
            }
            Self::Ecriture(_) => esms(commande).map(str::to_owned).into_iter().collect(),
        }
    }

    /// What the form says, as it was filled in.
    pub(super) fn lisible(
        &self,
        lu: &ContratLu,
        envoi: &Envoi,
        maintenant: DateTime<Utc>,
    ) -> Option<Lisible> {
        let quand = (maintenant, String::new());
        let (titre, lieu, mut reponses) = match self {
            Self::Acte(vise) => {
                let vu = (lu.place.partie.as_str(), vise);
                let vue = formulaire(lu, vu, (envoi, Vec::new()), quand)?;
                let (titre, champs) = match geste(envoi)? {
                    Geste::Faire => (vue.titre, vue.champs),
                    Geste::Refuser => (format!("Refuser : {}", vue.titre), Vec::new()),
                    Geste::Retirer => (format!("Retirer la réponse : {}", vue.titre), Vec::new()),
                    Geste::Dispenser(rang) => {
                        let dispense = vue.dispenses.into_iter().find(|(n, _)| *n == rang);
                        let quoi = dispense.map_or(vue.titre, |(_, condition)| condition);
                        (format!("Accorder une dispense : {quoi}"), Vec::new())
                    }
                };
                let convenu = vue.convenu.into_iter();
                (
                    titre,
                    vue.lieu,
                    convenu.chain(champs.iter().map(reponse)).collect(),
                )
            }
            Self::Ecriture(cible) => {
                let vue = formulaire_d_ecriture(lu, cible, (envoi, Vec::new()), quand)?;
                let reponses: Vec<[String; 2]> = vue.champs.iter().map(reponse).collect();
                (vue.titre, vue.lieu.unwrap_or_default(), reponses)
            }
        };
        let motif = un(envoi, "motif").trim();
        if !motif.is_empty() && matches!(self, Self::Acte(_)) {
            reponses.push(["Motif".to_owned(), motif.to_owned()]);
        }
        Some(Lisible {
            titre,
            lieu,
            reponses,
        })
    }
}

/// The establishment that a writing is about.
fn esms(commande: &Commande) -> Option<&str> {
    match &commande.demande {
        Demande::Ecriture { ecriture, .. } => ecriture.esms(),
        Demande::Acte(_) => None,
    }
}

/// A question and its answer.
fn reponse(champ: &Champ) -> [String; 2] {
    let pris = champ.options.iter().filter(|o| o.pris);
    let pris: Vec<&str> = pris.map(|o| o.titre.as_str()).collect();
    let dite = match (pris.is_empty(), champ.valeur.trim()) {
        (false, _) => pris.join(", "),
        (true, "") => "Sans réponse".to_owned(),
        (true, saisie) => match saisie.parse::<NaiveDate>() {
            Ok(date) if champ.genre == "date" => jour(date),
            _ => saisie.to_owned(),
        },
    };
    [typographie(&champ.titre), dite]
}
