//! Acts prepared inside an organisation, as its people see them: lists of what awaits whom, and
//! the page of each.

use super::francais::{court, instant, typographie};
use super::lu::ContratLu;
use crate::app::acces::Visiteur;
use crate::app::comptes::Circuit;
use crate::app::formulaires::{self, Erreur};
use crate::app::visas::{EtatPrepare, Forme, Prepare, attendu};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What awaits visas, by whom it concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VisasVue {
    /// By the reader.
    pub a_viser: Vec<LigneVue>,
    /// Sent back to the reader.
    pub renvoyes: Vec<LigneVue>,
    /// By others.
    pub en_cours: Vec<LigneVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LigneVue {
    pub adresse: String,
    pub titre: String,
    /// The contract; empty on its own page.
    pub de: String,
    /// « Préparé par Paule le 22/11/2026 à 10 h 04 ».
    pub prepare: String,
    /// The rank that is waited for.
    pub rang: String,
    /// Why it was sent back.
    pub motif: String,
}

/// The page of an act prepared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisaVue {
    /// Of the contract.
    pub adresse: String,
    pub contrat: String,
    pub titre: String,
    pub lieu: String,
    pub envoi: String,
    /// Where it stands, in one sentence.
    pub etat: String,
    pub reponses: Vec<[String; 2]>,
    /// The text it agrees on, as it stands now.
    pub texte: Option<String>,
    pub empreinte: Option<String>,
    pub visas: Vec<EtapeVisa>,
    /// The ranks that are still to come: « DG → Président ».
    pub suite: String,
    /// What the contract would answer now.
    pub alerte: Option<String>,
    /// What the button says.
    pub viser: Option<String>,
    pub peut_reprendre: bool,
    pub motif: String,
    pub fait: Option<&'static str>,
    pub erreurs: Vec<Erreur>,
}

/// What someone did of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EtapeVisa {
    pub quoi: &'static str,
    pub nom: String,
    pub rang: String,
    pub quand: String,
}

/// The circuit that a form tells of before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CircuitVue {
    /// « Directeur d’ESMS → DG → Président ».
    pub dit: String,
    /// Who sees it first.
    pub suivant: String,
}

fn dite(quand: &str) -> String {
    let lue = quand.parse::<DateTime<Utc>>();
    lue.map_or_else(|_| quand.to_owned(), instant)
}

fn adresse(prepare: &Prepare) -> String {
    format!("{}/visas/{}", super::adresse(&prepare.contrat), prepare.id)
}

fn titre_du_rang(circuit: Option<&Circuit>, prepare: &Prepare) -> String {
    let rang = circuit.and_then(|c| c.rangs.get(attendu(c, &prepare.visas)));
    rang.map_or(String::new(), |r| r.titre.clone())
}

/// What someone is told of: the circuit by which their form would pass.
pub fn circuit_vue(circuit: &Circuit, personne: &str) -> CircuitVue {
    let suivant = circuit.rang(personne).map_or(0, |rang| rang + 1);
    let suivant = circuit.rangs.get(suivant.min(circuit.dernier()));
    CircuitVue {
        dit: circuit.dit(),
        suivant: suivant.map_or(String::new(), |r| r.titre.clone()),
    }
}

/// What is under way, as someone sees it. With each, the title of its contract.
pub fn visas(qui: &Visiteur, prepares: &[(Prepare, Option<Circuit>, String)]) -> VisasVue {
    let mut vue = VisasVue::default();
    for (prepare, circuit, contrat) in prepares {
        let circuit = circuit.as_ref();
        let auteur = prepare.visas.first();
        let nom = auteur.map_or("", |v| v.nom.as_str());
        let ligne = LigneVue {
            adresse: adresse(prepare),
            titre: prepare.contenu.lisible.titre.clone(),
            de: court(contrat),
            prepare: format!("Préparé par {nom} le {}", instant(prepare.cree)),
            rang: titre_du_rang(circuit, prepare),
            motif: prepare.motif.clone(),
        };
        let sien = prepare.auteur == qui.personne;
        let rang = circuit.and_then(|c| Some((c, c.rang(&qui.personne)?)));
        let attend = rang.is_some_and(|(c, rang)| rang == attendu(c, &prepare.visas));
        match prepare.etat {
            EtatPrepare::Renvoye if sien => vue.renvoyes.push(ligne),
            EtatPrepare::EnCours if attend => vue.a_viser.push(ligne),
            EtatPrepare::EnCours => vue.en_cours.push(ligne),
            EtatPrepare::Renvoye | EtatPrepare::Repris | EtatPrepare::Fait => {}
        }
    }
    vue
}

/// What the reader may do of it, and what the contract would answer.
#[derive(Debug, Default)]
pub struct Gestes {
    pub viser: bool,
    /// The visa would be the last.
    pub dernier: bool,
    pub alerte: Option<String>,
}

/// The page of an act prepared.
pub fn visa(
    lu: &ContratLu,
    qui: &Visiteur,
    (prepare, circuit): (&Prepare, Option<&Circuit>),
    gestes: Gestes,
) -> VisaVue {
    let lisible = &prepare.contenu.lisible;
    let en_cours = prepare.etat == EtatPrepare::EnCours;
    let texte = match &prepare.contenu.forme {
        Forme::Acte(vise) => formulaires::texte(lu, vise),
        Forme::Ecriture(_) => None,
    };
    let viser = match (gestes.viser, gestes.dernier) {
        (false, _) => None,
        (true, true) => Some("Viser et envoyer".to_owned()),
        (true, false) => Some("Viser et transmettre".to_owned()),
    };
    let empreinte: String = prepare.empreinte().chars().take(12).collect();
    let ouvert = matches!(prepare.etat, EtatPrepare::EnCours | EtatPrepare::Renvoye);
    VisaVue {
        adresse: super::adresse(&lu.identite.id),
        contrat: lu.identite.titre.clone(),
        titre: lisible.titre.clone(),
        lieu: lisible.lieu.clone(),
        envoi: adresse(prepare),
        etat: etat(prepare, circuit),
        reponses: lisible.reponses.clone(),
        texte: texte.filter(|_| en_cours),
        empreinte: Some(empreinte).filter(|e| !e.is_empty()),
        visas: etapes(prepare),
        suite: suite(prepare, circuit),
        alerte: gestes.alerte.filter(|_| en_cours).map(|a| typographie(&a)),
        viser,
        peut_reprendre: ouvert && prepare.auteur == qui.personne,
        motif: String::new(),
        fait: None,
        erreurs: Vec::new(),
    }
}

fn etat(prepare: &Prepare, circuit: Option<&Circuit>) -> String {
    let rang = titre_du_rang(circuit, prepare);
    match prepare.etat {
        EtatPrepare::EnCours if rang.is_empty() => {
            "Votre organisation ne demande plus de visas : qui a la fonction peut envoyer cet acte."
                .to_owned()
        }
        EtatPrepare::EnCours => format!(
            "Cet acte attend le visa « {rang} ». Votre organisation seule le voit : rien n’est au \
             journal du contrat."
        ),
        EtatPrepare::Renvoye => format!("Cet acte a été renvoyé : {}", prepare.motif),
        EtatPrepare::Repris => "Cet acte a été repris par qui l’avait préparé.".to_owned(),
        EtatPrepare::Fait => {
            format!(
                "Cet acte est fait : ligne {} du journal du contrat.",
                prepare.ordre
            )
        }
    }
}

fn etapes(prepare: &Prepare) -> Vec<EtapeVisa> {
    let dernier = prepare.visas.len().saturating_sub(1);
    let etape = |(n, visa): (usize, &crate::app::visas::Visa)| EtapeVisa {
        quoi: match (n, prepare.etat) {
            (0, _) => "Préparé",
            (n, EtatPrepare::Renvoye) if n == dernier => "Renvoyé",
            (n, EtatPrepare::Fait) if n == dernier => "Visé et envoyé",
            _ => "Visé",
        },
        nom: visa.nom.clone(),
        rang: visa.rang.clone(),
        quand: dite(&visa.quand),
    };
    prepare.visas.iter().enumerate().map(etape).collect()
}

fn suite(prepare: &Prepare, circuit: Option<&Circuit>) -> String {
    let Some(circuit) = circuit.filter(|_| prepare.etat == EtatPrepare::EnCours) else {
        return String::new();
    };
    let rangs = circuit.rangs.iter().skip(attendu(circuit, &prepare.visas));
    let titres: Vec<&str> = rangs.map(|r| r.titre.as_str()).collect();
    titres.join(" → ")
}
