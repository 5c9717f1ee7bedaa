//! Every act of the shipped workflows, in a real browser and by keyboard alone: refused once with
//! the approved sentence, then done once through its generated form. Diligent lives lead there; the
//! acts already shown go straight to the write path, and the journal is in the end that of the
//! lives. The page where an act failed stays in `target/captures/actes-…`.

use super::gens::droit;
use super::navigateur::sert;
use super::salle::{Salle, runtime};
use crate::bases::atelier;
use crate::formulaires::ENFANTS;
use crate::formulaires::tape::tapees;
use crate::navigateur::folder;
use crate::vies::actes_de;
use crate::vies::assidue::{Assidue, Naissance, vies};
use chrono::{DateTime, Utc};
use entente::app::comptes::{Fonction, Portee};
use entente::app::contrat::{Commande, Demande, RACINE, acteur};
use entente::app::execute::Ordre;
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::saisie::Saisie;
use entente::metier::evenement::Ligne;
use entente::metier::organisation::Organisation;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::Command;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex};

/// Who holds each party: its SIREN, or its number as an entité juridique.
const ORGANISATIONS: [(&str, &str, Option<&str>, Option<&str>); 3] = [
    ("ars", "ARS Val-Médian", Some("999000003"), None),
    ("gestionnaire", "Les Rives Claires", None, Some("990001018")),
    (
        "departement:01",
        "Département de la Haute-Vesle",
        Some("999000011"),
        None,
    ),
];

/// Who acts for a party, and who may only read there.
fn gens(partie: &str) -> (&'static str, &'static str) {
    match partie {
        "gestionnaire" => ("claire", "nora"),
        "ars" => ("karim", "luc"),
        _ => ("sophie", "yves"),
    }
}

/// A browser, and the server it talks to.
struct Conduite {
    salle: Salle,
    horloge: Arc<Mutex<DateTime<Utc>>>,
    processus: Child,
    entree: Option<ChildStdin>,
    sortie: BufReader<ChildStdout>,
    image: PathBuf,
    /// The workflows whose acts are shown.
    montres: &'static [&'static str],
    /// By act: the sentences of its refusal.
    phrases: BTreeMap<String, String>,
    fautes: Vec<String>,
}

impl Conduite {
    fn nouvelle(
        montres: &'static [&'static str],
        image: &Path,
        phrases: BTreeMap<String, String>,
    ) -> Self {
        let mut salle = Salle::vide("2026-01-05T08:00:00Z");
        let debut = salle.maintenant();
        for (partie, lecteur) in [
            ("ars", "luc"),
            ("gestionnaire", "nora"),
            ("departement", "yves"),
        ] {
            let lit = [droit(partie, Fonction::Lecture, Portee::Tout)];
            runtime().block_on(salle.gens.inscrit(lecteur, &lit, debut));
        }
        let horloge = Arc::new(Mutex::new(debut));
        let heure = Arc::clone(&horloge);
        salle.horloge = Arc::new(move || *heure.lock().unwrap());
        let mut processus = std::process::Command::new("node")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg("tests/outils/actes.mjs")
            .arg(format!("http://{}", sert(&salle)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node est absent : lancez « make outils ».");
        Self {
            entree: processus.stdin.take(),
            sortie: BufReader::new(processus.stdout.take().unwrap()),
            processus,
            salle,
            horloge,
            image: image.to_owned(),
            montres,
            phrases,
            fautes: Vec::new(),
        }
    }

    fn ordonne(&self, id: &str, ordre: Ordre) {
        let maintenant = self.salle.maintenant();
        let fait = self.salle.entente.executer(id, ordre, maintenant);
        runtime()
            .block_on(fait)
            .unwrap_or_else(|e| panic!("{id} : {e}"));
    }

    /// One request to the browser, and what it answers.
    fn demande(&mut self, requete: &Json) -> Json {
        let entree = self.entree.as_mut().unwrap();
        writeln!(entree, "{requete}").unwrap();
        let mut ligne = String::new();
        self.sortie.read_line(&mut ligne).unwrap();
        assert!(!ligne.is_empty(), "le navigateur s'est arrêté");
        serde_json::from_str(&ligne).unwrap()
    }

    /// A life, on a contract of its own.
    fn joue(&mut self, id: &str, vie: &Assidue<'_>) {
        *self.horloge.lock().unwrap() = vie.ne_le;
        self.ordonne(id, naissance(vie));
        let mut nommes = BTreeSet::new();
        for (commande, instant) in &vie.carnet {
            *self.horloge.lock().unwrap() = *instant;
            self.ordonne(id, Ordre::Avancer);
            self.nomme(id, &mut nommes);
            let Some(commande) = commande else { continue };
            if !self.montre(id, commande) {
                self.ordonne(id, Ordre::Agir(commande.clone()));
            }
        }
        let lignes = runtime().block_on(self.salle.entente.journal(id)).unwrap();
        let lignes = lignes
            .unwrap()
            .into_iter()
            .map(|scellee| scellee.ligne().unwrap());
        let lignes: Vec<Ligne> = lignes.collect();
        assert_eq!(sans_nom(&lignes), sans_nom(vie.contrat.journal()), "{id}");
    }

    /// Says who holds each party, as soon as it may be said.
    fn nomme(&self, id: &str, nommes: &mut BTreeSet<&str>) {
        let lu = runtime()
            .block_on(self.salle.entente.lire(id))
            .unwrap()
            .unwrap();
        let contrat = self.salle.entente.contrat(&lu);
        let racine = contrat.flux(RACINE).unwrap();
        if !racine.configuration.opened() {
            return;
        }
        for (partie, nom, siren, ej) in ORGANISATIONS {
            let la = racine.dossier.suivi().parties.iter().any(|p| p == partie);
            if la && nommes.insert(partie) {
                let organisation = Organisation {
                    nom: nom.to_owned(),
                    siren: siren.map(str::to_owned),
                    ej: ej.map(str::to_owned),
                };
                let partie = partie.to_owned();
                self.salle.ecrit(
                    id,
                    Ecriture::Saisir(Saisie::Organisation {
                        partie,
                        organisation,
                    }),
                );
            }
        }
    }

    /// Does an act in the browser, when it was not seen there yet.
    fn montre(&mut self, id: &str, commande: &Commande) -> bool {
        let Demande::Acte(Command::Act {
            spot,
            act,
            inputs,
            actor,
            ..
        }) = &commande.demande
        else {
            return false;
        };
        let lu = runtime()
            .block_on(self.salle.entente.lire(id))
            .unwrap()
            .unwrap();
        let contrat = self.salle.entente.contrat(&lu);
        let workflow = &contrat.flux(&commande.flux).unwrap().dossier.workflow;
        let nom = format!("{workflow} {} {act}", spot.path());
        if self.phrases.contains_key(&nom) || !self.montres.contains(&workflow.as_str()) {
            return false;
        }
        let (qui, lecteur) = gens(&actor.party);
        let requete = json!({
            "contrat": id, "flux": commande.flux, "lieu": spot, "acte": act,
            "cookie": self.salle.gens.cookie(qui),
            "lecteur": self.salle.gens.cookie(lecteur),
            "champs": tapees(inputs),
            "image": self.image.join(format!("{}.png", nom.replace([' ', '/'], "_"))),
        });
        let reponse = self.demande(&requete);
        if let Some(faute) = reponse["faute"].as_str() {
            self.fautes.push(format!("{nom} : {faute}"));
            self.phrases.insert(nom, String::new());
            return false;
        }
        let phrases = reponse["phrases"].as_array().unwrap().iter();
        let phrases: Vec<&str> = phrases.map(|p| p.as_str().unwrap()).collect();
        self.phrases.insert(nom, phrases.join("\n  "));
        true
    }
}

impl Drop for Conduite {
    fn drop(&mut self) {
        // Without input, it closes its browser and ends.
        drop(self.entree.take());
        let _ = self.processus.wait();
    }
}

fn naissance(vie: &Assidue<'_>) -> Ordre {
    match &vie.naissance {
        Naissance::Ouvert => Ordre::Ouvrir {
            workflow: vie.workflow.name.clone(),
        },
        Naissance::Repris(reprise, _) => Ordre::Reprendre {
            reprise: reprise.clone(),
            acteur: acteur("gestionnaire", "p", Role::Signature),
            id: "r0".to_owned(),
        },
    }
}

/// What lines say, whoever the person was and whatever the id of the request; who holds the parties
/// is left out.
fn sans_nom(lignes: &[Ligne]) -> Vec<String> {
    let dites = lignes.iter().map(|ligne| {
        let mut dite = json!([ligne.flux, ligne.evenement]);
        efface(&mut dite);
        dite.to_string()
    });
    dites
        .filter(|dite| !dite.contains("\"organisation\""))
        .collect()
}

fn efface(json: &mut Json) {
    match json {
        Json::Object(carte) => {
            for nom in ["person", "id", "request"] {
                carte.remove(nom);
            }
            carte.values_mut().for_each(efface);
        }
        Json::Array(parts) => parts.iter_mut().for_each(efface),
        _ => {}
    }
}

/// The acts of these workflows, along lives of one contract and its children.
fn eprouve(contrat: &str, enfants: &[&str], montres: &'static [&'static str]) {
    let (vies, restent) = vies(atelier(), contrat, enfants);
    assert!(restent.is_empty(), "{restent:#?}");
    let image = folder(&format!("actes-{}", montres[0]));
    let (mut phrases, mut fautes) = (BTreeMap::new(), Vec::new());
    for vie in &vies {
        // Sessions live in one time: each life has its own.
        let mut conduite = Conduite::nouvelle(montres, &image, std::mem::take(&mut phrases));
        conduite.joue("vie", vie);
        phrases = std::mem::take(&mut conduite.phrases);
        fautes.append(&mut conduite.fautes);
    }
    assert!(fautes.is_empty(), "{}", fautes.join("\n"));
    let noms = montres.iter().map(|nom| atelier().workflow(nom).unwrap());
    let tous: BTreeSet<String> = noms.flat_map(actes_de).collect();
    assert_eq!(phrases.keys().cloned().collect::<BTreeSet<_>>(), tous);
    let phrases = phrases.iter();
    let phrases: Vec<String> = phrases
        .map(|(nom, dit)| format!("{nom}\n  {dit}"))
        .collect();
    insta::assert_snapshot!(montres[0], phrases.join("\n"));
}

#[test]
fn every_act_of_cpom_ph_is_done_and_refused_by_keyboard() {
    eprouve("cpom-ph", &ENFANTS, &["cpom-ph"]);
}

#[test]
fn every_act_of_its_children_is_done_and_refused_by_keyboard() {
    eprouve("cpom-ph", &ENFANTS, &ENFANTS);
}

#[test]
fn every_act_of_cpom_ehpad_is_done_and_refused_by_keyboard() {
    eprouve("cpom-ehpad", &[], &["cpom-ehpad"]);
}

#[test]
fn every_act_of_cpom_mixte_is_done_and_refused_by_keyboard() {
    eprouve("cpom-mixte", &[], &["cpom-mixte"]);
}

#[test]
fn every_act_of_cpom_sanitaire_is_done_and_refused_by_keyboard() {
    let montres = &["cpom-sanitaire-occitanie-2025"];
    eprouve(montres[0], &[], montres);
}
