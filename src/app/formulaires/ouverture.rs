//! Opening a contract: which workflow, in whose name, with whom; and the request it makes. The
//! opener's organisation is a party at once, so that the contract is visible to it.

use super::acte::faute;
use super::champs::{Champ, Choix, Envoi, Erreur, Forme};
use super::genre::question;
use super::genres::ESMS_ENTRANT;
use super::question::{Choisir, Question, Sorte, Source, lit};
use crate::app::acces::{Titre, Visiteur};
use crate::app::comptes::Nature;
use crate::app::contrat::{Atelier, Commande, Demande, RACINE};
use crate::app::vues::francais::typographie;
use crate::metier::contrat::dossier::Ecriture;
use crate::metier::contrat::perimetre::{ARS, GESTIONNAIRE};
use crate::metier::contrat::saisie::Saisie;
use crate::metier::organisation::Organisation;
use crate::workflow::catalogue::Kind;
use crate::workflow::definition::model::{Role, Workflow};
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::Actor;
use serde::Serialize;
use serde_json::{Value as Json, json};

/// The page that opens a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OuvertureVue {
    /// In whose name.
    pub organisation: Option<String>,
    /// The rank of that title, among those that may.
    pub titre: usize,
    /// Other organisations in whose name the person may: rank, name.
    pub autres: Vec<(usize, String)>,
    /// Why the person may not.
    pub refus: Option<String>,
    pub champs: Vec<Champ>,
    pub id: String,
    pub erreurs: Vec<Erreur>,
}

/// What opens a contract: its id, its workflow, the first things written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ouvrante {
    /// In whose name, by the id of its accounts.
    pub organisation: String,
    pub contrat: String,
    pub workflow: String,
    pub premieres: Vec<Commande>,
}

/// In whose name, and as which declared party.
struct Ouvreur<'a> {
    titre: &'a Titre,
    partie: &'static str,
}

const DEPARTEMENT: &str = "departement";

fn partie(nature: Nature) -> Option<&'static str> {
    match nature {
        Nature::Gestionnaire | Nature::EtablissementSante => Some(GESTIONNAIRE),
        Nature::Ars => Some(ARS),
        Nature::Departement => Some(DEPARTEMENT),
        Nature::Prefet | Nature::Autre => None,
    }
}

/// The titles of someone that may open a contract, and the declared party of each.
fn ouvreurs(qui: &Visiteur) -> Vec<Ouvreur<'_>> {
    let titres = qui
        .titres
        .iter()
        .filter(|t| t.role.is_some() && t.esms.is_none());
    // Without a number, its people would not see what they open.
    let connus = titres.filter(|t| t.siren.is_some() || t.ej.is_some());
    let ouvreurs = connus.filter_map(|titre| {
        let partie = partie(titre.nature?)?;
        Some(Ouvreur { titre, partie })
    });
    let mut gardes: Vec<Ouvreur<'_>> = Vec::new();
    for ouvreur in ouvreurs {
        // Several functions in one organisation are one title.
        let connu = gardes
            .iter_mut()
            .find(|g| g.titre.siren == ouvreur.titre.siren && g.titre.ej == ouvreur.titre.ej);
        match connu {
            Some(garde) if garde.titre.role < ouvreur.titre.role => *garde = ouvreur,
            Some(_) => {}
            None => gardes.push(ouvreur),
        }
    }
    gardes
}

/// The workflows that no other starts: those of contracts.
fn parcours<'a>(atelier: &'a Atelier, partie: &str) -> Vec<&'a Workflow> {
    let racines = atelier.workflows().filter(|w| w.parent.is_empty());
    racines
        .filter(|w| w.parties.iter().any(|p| p.id == partie))
        .collect()
}

const GESTIONNAIRE_DIT: [Question; 3] = [
    question("gestionnaire.nom", "Gestionnaire : nom", Sorte::Court),
    question(
        "gestionnaire.ej",
        "Gestionnaire : FINESS de l'entité juridique",
        Sorte::Finess,
    )
    .libre(),
    question("gestionnaire.siren", "Gestionnaire : SIREN", Sorte::Siren).libre(),
];
const ARS_DITE: [Question; 2] = [
    question("ars.nom", "Agence régionale de santé : nom", Sorte::Court),
    question(
        "ars.siren",
        "Agence régionale de santé : SIREN",
        Sorte::Siren,
    ),
];
/// What the first establishment of a Département is known by.
const PREMIER_ESMS: usize = 4;

fn questions(partie: &str) -> Vec<Question> {
    let mut questions = Vec::new();
    if partie == DEPARTEMENT {
        questions.extend(&ESMS_ENTRANT[..PREMIER_ESMS]);
    }
    if partie != GESTIONNAIRE {
        questions.extend(GESTIONNAIRE_DIT);
    }
    if partie != ARS {
        questions.extend(ARS_DITE);
    }
    questions
}

/// Nothing here is chosen from a contract.
struct Rien;

impl Choisir for Rien {
    fn choix(&self, _: Source) -> Vec<(String, String)> {
        Vec::new()
    }

    fn genre(&self) -> Kind {
        Kind::Text
    }
}

const SANS_DROIT: &str = "\
    Ouvrir un contrat demande la fonction « contribution » au moins, sur tous les établissements, \
    dans un organisme gestionnaire, une ARS ou un Département connu par son SIREN ou son numéro \
    FINESS. Demandez-la à qui administre votre organisation.";

/// The form. `titre`: the rank of the organisation in whose name.
pub fn ouverture(
    atelier: &Atelier,
    (qui, titre): (&Visiteur, usize),
    (envoi, erreurs): (&Envoi, Vec<Erreur>),
    id: String,
) -> OuvertureVue {
    let ouvreurs = ouvreurs(qui);
    let choisi = ouvreurs.get(titre);
    let autres = ouvreurs
        .iter()
        .enumerate()
        .filter(|(rang, _)| *rang != titre);
    let mut champs = Vec::new();
    if let Some(ouvreur) = choisi {
        champs.push(workflows(atelier, ouvreur.partie, envoi));
        let questions = questions(ouvreur.partie);
        let mut depuis = envoi.clone();
        if let Some(numero) = ouvreur.titre.territoire.clone() {
            let champ = depuis.entry("element.competence.departement".to_owned());
            champ.or_insert_with(|| vec![numero]);
        }
        champs.extend(questions.iter().map(|q| q.champ(&Rien, None, &depuis)));
    }
    for champ in &mut champs {
        let erreur = erreurs.iter().find(|e| e.champ == champ.nom);
        champ.erreur = erreur.map(|e| e.phrase.clone());
    }
    OuvertureVue {
        organisation: choisi.map(|o| o.titre.organisation.clone()),
        titre,
        autres: autres
            .map(|(rang, o)| (rang, o.titre.organisation.clone()))
            .collect(),
        refus: choisi.is_none().then(|| typographie(SANS_DROIT)),
        champs,
        id,
        erreurs,
    }
}

fn workflows(atelier: &Atelier, partie: &str, envoi: &Envoi) -> Champ {
    let pris = envoi.get("workflow").and_then(|v| v.first());
    let options = parcours(atelier, partie)
        .into_iter()
        .enumerate()
        .map(|(rang, w)| {
            let dit = format!("{}, version {}. {}", w.title, w.version, w.legal.join(", "));
            Choix {
                id: format!("workflow.{rang}"),
                pris: pris == Some(&w.name),
                titre: typographie(&dit),
                valeur: w.name.clone(),
            }
        });
    Champ {
        nom: "workflow".to_owned(),
        titre: "Quel contrat".to_owned(),
        obligatoire: true,
        forme: Forme::Une,
        options: options.collect(),
        ..Champ::default()
    }
}

/// The request. `None`: the person may not open a contract.
///
/// # Errors
/// Fields that do not read, each with its sentence.
pub fn ouvrante(
    atelier: &Atelier,
    (qui, titre): (&Visiteur, usize),
    envoi: &Envoi,
) -> Option<Result<Ouvrante, Vec<Erreur>>> {
    let ouvreurs = ouvreurs(qui);
    let ouvreur = ouvreurs.get(titre)?;
    Some(ouvreur.lit(atelier, &qui.personne, envoi))
}

impl Ouvreur<'_> {
    fn lit(
        &self,
        atelier: &Atelier,
        personne: &str,
        envoi: &Envoi,
    ) -> Result<Ouvrante, Vec<Erreur>> {
        let un = |nom: &str| {
            let valeurs = envoi.get(nom).and_then(|v| v.first());
            valeurs.map_or("", |v| v.trim())
        };
        let mut erreurs = Vec::new();
        let connus = parcours(atelier, self.partie);
        if connus.iter().all(|w| w.name != un("workflow")) {
            let phrase = "« Quel contrat » manque : choisissez une réponse.";
            erreurs.push(faute("workflow", phrase));
        }
        let lu = lit(&questions(self.partie), json!({}), &Rien, envoi).unwrap_or_else(|fautes| {
            erreurs.extend(fautes);
            Json::Null
        });
        let id = un("id");
        if id.is_empty() {
            erreurs.push(faute(
                "",
                "Ce formulaire est incomplet. Rouvrez cette page.",
            ));
        }
        if !erreurs.is_empty() {
            return Err(erreurs);
        }
        let premieres = self.premieres(&lu)?;
        let commande = |(rang, ecriture): (usize, Ecriture)| Commande {
            flux: RACINE.to_owned(),
            demande: Demande::Ecriture {
                acteur: self.acteur(&lu, personne),
                id: format!("{id}.{rang}"),
                ecriture,
            },
        };
        // Nobody else's request leads to this contract.
        let empreinte = Digest::of(format!("{personne}\n{id}").as_bytes()).to_string();
        Ok(Ouvrante {
            organisation: self.titre.compte.clone(),
            contrat: empreinte.chars().take(24).collect(),
            workflow: un("workflow").to_owned(),
            premieres: premieres.into_iter().enumerate().map(commande).collect(),
        })
    }

    /// Its party: of a Département, with its number.
    fn partie(&self, lu: &Json) -> String {
        let numero = lu["element"]["competence"]["departement"].as_str();
        match numero {
            Some(numero) if self.partie == DEPARTEMENT => format!("{DEPARTEMENT}:{numero}"),
            _ => self.partie.to_owned(),
        }
    }

    fn acteur(&self, lu: &Json, personne: &str) -> Actor {
        Actor {
            party: self.partie(lu),
            person: personne.to_owned(),
            role: self.titre.role.unwrap_or(Role::Contribution),
            delegation: None,
        }
    }

    /// What is written first: the establishment that makes a Département a party, then who
    /// everyone is.
    fn premieres(&self, lu: &Json) -> Result<Vec<Ecriture>, Vec<Erreur>> {
        let illisible = |e: serde_json::Error| {
            vec![faute(
                "",
                &format!("Cette saisie ne se lit pas ({e}). Vérifiez chaque champ."),
            )]
        };
        let mut premieres = Vec::new();
        if self.partie == DEPARTEMENT {
            if lu["element"]["competence"]["autorite"] == "ars" {
                let phrase = "Un Département ouvre un contrat sur un établissement dont il est \
                              compétent : choisissez une autre autorité.";
                return Err(vec![faute("element.competence.autorite", phrase)]);
            }
            let mut element = lu["element"].clone();
            element["nature"] = json!("esms");
            let ecrit = json!({ "ecriture": "entrer", "cle": lu["cle"], "element": element });
            premieres.push(serde_json::from_value(ecrit).map_err(illisible)?);
        }
        let mut nomme = |partie: String, organisation| {
            premieres.push(Ecriture::Saisir(Saisie::Organisation {
                partie,
                organisation,
            }));
        };
        nomme(
            self.partie(lu),
            Organisation {
                nom: self.titre.organisation.clone(),
                siren: self.titre.siren.clone(),
                ej: self.titre.ej.clone(),
            },
        );
        for autre in [GESTIONNAIRE, ARS]
            .into_iter()
            .filter(|autre| *autre != self.partie)
        {
            let organisation: Organisation =
                serde_json::from_value(lu[autre].clone()).map_err(illisible)?;
            if organisation.siren.is_none() && organisation.ej.is_none() {
                let phrase = "Donnez le SIREN ou le numéro FINESS du gestionnaire : c'est par lui \
                              que ses personnes verront ce contrat.";
                return Err(vec![faute("gestionnaire.ej", phrase)]);
            }
            nomme(autre.to_owned(), organisation);
        }
        Ok(premieres)
    }
}
