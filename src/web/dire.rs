//! The forms of what is said around a contract: each with what was typed of it, why it was refused,
//! or the draft that was taken up.

use super::brouillons::{Formulaire, Repris};
use super::envoi::un;
use super::refuse::Refuse;
use crate::app::brouillons::Brouillon;
use crate::app::formulaires::{Champ, Dire, Envoi, Erreur, champs};
use crate::app::vues::ContratLu;
use crate::workflow::definition::model::Role;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A form of these pages.
#[derive(Serialize)]
pub(super) struct FormulaireDit {
    titre: &'static str,
    bouton: &'static str,
    envoi: String,
    /// What the form says, when its page holds several.
    quoi: &'static str,
    /// What it is about, when its page holds several of the same kind.
    de: String,
    /// Made before sending: the same request is not done twice, with the same salt.
    id: String,
    sel: String,
    champs: Vec<Champ>,
    erreurs: Vec<Erreur>,
    /// Where what is typed is kept, and under which name.
    garde: [String; 2],
    brouillon: Option<Repris>,
    /// It comes filled in, as its reader asked: it is open.
    pret: bool,
}

/// What a page of these is opened with.
#[derive(Default)]
pub(super) struct Arrivee<'e> {
    /// A form that was refused.
    pub renvoi: Option<Renvoi<'e>>,
    /// The line just written.
    pub fait: Option<u64>,
    /// What was typed in its forms and not sent, by what names each.
    pub brouillons: BTreeMap<String, Brouillon>,
    /// The others are to be reminded of what they owe.
    pub relance: bool,
}

impl<'e> Arrivee<'e> {
    pub fn refusee(renvoi: Renvoi<'e>) -> Self {
        Self {
            renvoi: Some(renvoi),
            ..Self::default()
        }
    }
}

/// What was sent and refused, when a page is shown again.
pub(super) struct Renvoi<'e> {
    /// Which form; none: the deposit of a file.
    pub dire: Option<Dire<'e>>,
    pub envoi: &'e Envoi,
    pub refuse: Refuse,
}

/// Whether the reader may say something: a person limited to some establishments, in threads only.
pub(super) fn ecrit(lu: &ContratLu, dire: Dire<'_>) -> bool {
    let fil = matches!(dire, Dire::Fil | Dire::Reponse(_));
    let libre = fil || lu.place.esms.is_none();
    libre && lu.place.role >= Some(Role::Contribution)
}

fn bouton(dire: Dire<'_>) -> [&'static str; 3] {
    match dire {
        Dire::Fil => ["Ouvrir un échange", "Envoyer", "fil"],
        Dire::Reponse(_) => ["Répondre", "Envoyer", "reponse"],
        Dire::Reunion => ["Convoquer une réunion", "Convoquer", "reunion"],
        Dire::CompteRendu(_) => ["Compte rendu", "Enregistrer", "compte-rendu"],
        Dire::Decision(_) => ["Noter une décision", "Noter", "decision"],
        Dire::Tenue(_) => ["Dire que c’est fait", "C’est fait", "tenue"],
        Dire::Piece => ["Demander une pièce", "Demander", "piece"],
        Dire::Note => ["Nouvelle note", "Garder", "note"],
    }
}

/// The form of something to say, with what was typed of it.
pub(super) fn formulaire(
    lu: &ContratLu,
    (dire, envoi): (Dire<'_>, &str),
    tapee: &Envoi,
    arrivee: &Arrivee<'_>,
) -> Option<FormulaireDit> {
    if !ecrit(lu, dire) {
        return None;
    }
    let de = brouillon_de(dire, envoi)?;
    let renvoi = arrivee.renvoi.as_ref().filter(|r| r.dire == Some(dire));
    let brouillon = de.parmi(&arrivee.brouillons).filter(|_| renvoi.is_none());
    let pret = arrivee.relance && !tapee.is_empty();
    let tapee = brouillon.as_ref().map_or(tapee, |b| &b.envoi);
    let (tapee, erreurs) = renvoi.map_or((tapee, &[][..]), |r| (r.envoi, &r.refuse.erreurs));
    let garde = |nom: &str, neuf: String| match un(tapee, nom) {
        "" => neuf,
        garde if renvoi.is_some_and(|r| !r.refuse.autre) => garde.to_owned(),
        _ => neuf,
    };
    let [titre, bouton, quoi] = bouton(dire);
    Some(FormulaireDit {
        titre,
        bouton,
        envoi: envoi.to_owned(),
        quoi,
        de: sujet(dire).to_owned(),
        id: garde("id", Uuid::now_v7().to_string()),
        sel: garde("sel", Uuid::new_v4().simple().to_string()),
        champs: champs(lu, dire, tapee, erreurs),
        erreurs: erreurs.to_vec(),
        pret,
        garde: de.garde(),
        brouillon,
    })
}

/// What a form is about, where its page holds several of the same kind.
fn sujet(dire: Dire<'_>) -> &str {
    match dire {
        Dire::Tenue(decision) => decision,
        _ => "",
    }
}

/// What names the draft of a form, sent to an address.
pub(super) fn brouillon_de(dire: Dire<'_>, adresse: &str) -> Option<Formulaire> {
    Formulaire::au(adresse, |nom| match nom {
        "quoi" => bouton(dire)[2].to_owned(),
        _ => sujet(dire).to_owned(),
    })
}
