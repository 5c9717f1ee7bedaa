//! What each party may do now, what is missing, and what it sends to do it.

use super::FonctionDonnee;
use super::contrat::{Manque, manques};
use crate::app::formulaires::{Vise, acte, attendus, json, scelle, texte};
use crate::app::vues::francais::{majuscule, typographie};
use crate::app::vues::{ContratLu, echeance, suivis};
use crate::regles::calendrier::civil_date;
use crate::workflow::machine::Spot;
use crate::workflow::machine::agenda::{Agenda, Todo, Wait};
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// Un acte ouvert à une partie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Acte")]
pub struct ActeDonne {
    pub partie: String,
    pub flux: String,
    pub lieu: String,
    pub acte: String,
    pub titre: String,
    /// La fonction qu'il demande.
    pub fonction: FonctionDonnee,
    /// La personne a cette fonction, dans cette partie et en ce lieu.
    pub permis: bool,
    /// Rien ne manque : il peut être fait.
    pub faisable: bool,
    /// Ce que la partie peut en faire.
    pub gestes: Vec<GesteNomme>,
    pub manques: Vec<Manque>,
    /// L'empreinte de ce sur quoi l'on s'accorde, à renvoyer telle quelle avec la réponse : elle ne
    /// vaut que pour cette partie, cet acte et ce contrat.
    pub empreinte: Option<String>,
    /// Le texte sur lequel l'on s'accorde, quand l'acte est à la personne.
    pub texte: Option<String>,
    /// Ce que la première partie a saisi, et que les autres acceptent avec leur accord.
    pub convenu: Map<String, Value>,
    /// Le schéma JSON de ce qui est à saisir ; nul : rien de cette partie n'est attendu.
    pub saisies: Option<Map<String, Value>>,
    /// Dernier jour, quand il y en a un.
    pub echeance: Option<NaiveDate>,
}

/// Ce qu'une partie fait d'un acte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "NomDeGeste")]
pub enum GesteNomme {
    Faire,
    Refuser,
    Retirer,
    Dispenser,
}

/// The acts open to each party, where the reader sees.
pub fn actes(lu: &ContratLu, maintenant: DateTime<Utc>) -> Vec<ActeDonne> {
    let jour = civil_date(maintenant);
    let mut donnes = Vec::new();
    for suivi in suivis(&lu.contrat, maintenant) {
        let donneur = Donneur {
            lu,
            flux: suivi.nom,
            agenda: &suivi.agenda,
            jour,
        };
        for partie in &suivi.agenda.parties {
            let (nom, actes) = (&partie.party, partie.acts.iter());
            let vus = actes.filter(|t| donneur.voit(&t.spot));
            donnes.extend(vus.filter_map(|todo| donneur.a_faire(nom, todo)));
            let donnees = partie.waits.iter().filter(|w| w.answered);
            let vues = donnees.filter(|w| donneur.voit(&w.spot));
            donnes.extend(vues.filter_map(|wait| donneur.a_retirer(nom, wait)));
        }
    }
    donnes
}

struct Donneur<'a> {
    lu: &'a ContratLu,
    flux: &'a str,
    agenda: &'a Agenda,
    jour: NaiveDate,
}

impl Donneur<'_> {
    fn voit(&self, lieu: &Spot) -> bool {
        self.lu.place.voit_lieu(&self.lu.contrat, lieu)
    }

    fn vise(&self, lieu: &Spot, nom: &str) -> Vise {
        Vise {
            flux: self.flux.to_owned(),
            lieu: lieu.clone(),
            acte: nom.to_owned(),
        }
    }

    fn a_faire(&self, partie: &str, todo: &Todo) -> Option<ActeDonne> {
        let vise = self.vise(&todo.spot, &todo.act);
        let connu = acte(self.lu, &vise)?;
        let inputs: Vec<_> = attendus(connu, todo).collect();
        let saisies = json::schema(self.lu, self.flux, &inputs, self.jour)?;
        let sien = partie == self.lu.place.partie;
        let dispense =
            |m: &crate::workflow::machine::refusal::Missing| m.waive.iter().any(|p| p == partie);
        let gestes = [
            (todo.missing.is_empty(), GesteNomme::Faire),
            (todo.may_refuse, GesteNomme::Refuser),
            (todo.missing.iter().any(dispense), GesteNomme::Dispenser),
        ];
        let convenu = todo.inputs.iter();
        let montree = |d| scelle(&self.lu.identite.id, (partie, &vise), d);
        Some(ActeDonne {
            partie: partie.to_owned(),
            flux: self.flux.to_owned(),
            lieu: todo.spot.to_string(),
            acte: todo.act.clone(),
            titre: majuscule(&typographie(&todo.title)),
            fonction: FonctionDonnee::de(Some(todo.role)),
            permis: sien && self.lu.place.peut(todo.role, &todo.spot),
            faisable: todo.missing.is_empty(),
            gestes: gestes
                .iter()
                .filter(|(oui, _)| *oui)
                .map(|(_, g)| *g)
                .collect(),
            manques: manques(&self.lu.contrat, &todo.missing),
            empreinte: todo.digest.map(montree),
            texte: sien.then(|| texte(self.lu, &vise)).flatten(),
            convenu: convenu
                .map(|(nom, v)| (nom.clone(), json::en_json(v)))
                .collect(),
            saisies: saisies.as_object().cloned(),
            echeance: echeance(self.agenda, &todo.spot).map(|e| e.echeance),
        })
    }

    /// An answer that was given, and may be taken back.
    fn a_retirer(&self, partie: &str, wait: &Wait) -> Option<ActeDonne> {
        let vise = self.vise(&wait.spot, &wait.act);
        let role = acte(self.lu, &vise)?.role;
        let sien = partie == self.lu.place.partie;
        Some(ActeDonne {
            partie: partie.to_owned(),
            flux: self.flux.to_owned(),
            lieu: wait.spot.to_string(),
            acte: wait.act.clone(),
            titre: majuscule(&typographie(&wait.title)),
            fonction: FonctionDonnee::de(Some(role)),
            permis: sien && self.lu.place.peut(role, &wait.spot),
            faisable: true,
            gestes: vec![GesteNomme::Retirer],
            manques: Vec::new(),
            empreinte: None,
            texte: None,
            convenu: Map::new(),
            saisies: None,
            echeance: echeance(self.agenda, &wait.spot).map(|e| e.echeance),
        })
    }
}
