//! Requests on one contract, from a seed, and what must come of them: the same contract led in
//! memory, with the same rules on repeats.

use crate::bases::atelier;
use crate::histoires::chantier::{Chantier, departement, esms, jour};
use crate::vies::hasard::Hasard;
use crate::vies::vie::Vie;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use entente::app::contrat::{Commande, Contrat, Demande, Etat, Machines, Refus, Reprise, acteur};
use entente::app::execute::{Echec, Ordre, Recu};
use entente::metier::chaine::{Scellee, Tetes};
use entente::metier::contrat::dossier::Ecriture;
use entente::metier::contrat::perimetre::Competence;
use entente::workflow::definition::model::Role;
use entente::workflow::machine::Command;
use entente::workflow::machine::digest::Digest;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub struct Scenario {
    pub contrat: String,
    pub pas: Vec<(Ordre, DateTime<Utc>)>,
    /// The answer to each step.
    pub reponses: Vec<Reponse>,
    /// The journal after the last step.
    pub lignes: Vec<Scellee>,
}

/// What is answered to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reponse {
    Fait { premiere: u64, derniere: u64 },
    Refus { code: String, phrase: String },
}

impl Reponse {
    pub fn de(fait: Result<Recu, Echec>) -> Self {
        match fait {
            Ok(recu) => Self::Fait {
                premiere: recu.premiere,
                derniere: recu.derniere,
            },
            Err(echec) => Self::Refus {
                code: echec.code(),
                phrase: echec.to_string(),
            },
        }
    }

    pub fn lue(ligne: &str) -> Self {
        let lue: Value = serde_json::from_str(ligne).unwrap_or_else(|e| panic!("{ligne} : {e}"));
        let texte = |champ: &str| lue[champ].as_str().unwrap_or_default().to_owned();
        if lue["fait"] == json!(true) {
            let n = |rang: usize| lue["lignes"][rang].as_u64().unwrap();
            return Self::Fait {
                premiere: n(0),
                derniere: n(1),
            };
        }
        Self::Refus {
            code: texte("code"),
            phrase: texte("phrase"),
        }
    }
}

/// A request as `entente agir` reads it.
pub fn ligne(contrat: &str, ordre: &Ordre, instant: DateTime<Utc>) -> String {
    let (quoi, detail) = match ordre {
        Ordre::Ouvrir { workflow } => ("ouvrir", json!({ "workflow": workflow })),
        Ordre::Creer {
            workflow,
            premieres,
        } => (
            "creer",
            json!({ "workflow": workflow, "premieres": premieres }),
        ),
        Ordre::Reprendre {
            reprise,
            acteur,
            id,
        } => (
            "reprendre",
            json!({ "reprise": reprise, "acteur": acteur, "id": id }),
        ),
        Ordre::Agir(commande) => ("agir", json!(commande)),
        Ordre::Avancer => ("avancer", Value::Null),
    };
    json!({ "contrat": contrat, "instant": instant, quoi: detail }).to_string()
}

fn machines() -> &'static Arc<Machines<'static>> {
    static MACHINES: OnceLock<Arc<Machines<'static>>> = OnceLock::new();
    MACHINES.get_or_init(|| atelier().machines())
}

impl Scenario {
    /// A life cut after some steps, with what nobody should ask.
    pub fn vie(graine: u64, longueur: usize) -> Self {
        let mut hasard = Hasard::new(graine);
        let mut vie = Vie::nait(atelier(), &mut hasard, graine);
        while vie.dure() && vie.carnet.len() < longueur {
            vie.pas(&mut hasard);
        }
        let debut = vie.carnet.first().map(|(_, quand)| *quand).unwrap();
        let ouvre = Ordre::Ouvrir {
            workflow: "cpom-ph".to_owned(),
        };
        vie.carnet.truncate(longueur);
        let mut pas = vec![(ouvre, debut - Duration::hours(1))];
        let mut passees: Vec<Commande> = Vec::new();
        for (commande, quand) in vie.carnet {
            let Some(commande) = commande else {
                pas.push((Ordre::Avancer, quand));
                continue;
            };
            pas.push((Ordre::Agir(commande.clone()), quand));
            passees.push(commande);
            if hasard.pourcent(10) {
                pas.push(trouble(&mut hasard, &passees, quand));
            }
        }
        Self::nouveau(&format!("vie-{graine}"), pas)
    }

    /// A contract signed elsewhere: taken over, confirmed by each party, noted upon; with what
    /// nobody should ask.
    pub fn repris() -> Self {
        let signe_le = jour(2024, 12, 16);
        let demain = reprend("r0", "signé", jour(2026, 3, 3));
        let reprise = reprend("r0", "signé", signe_le);
        let mut chantier = Chantier::reprend(atelier(), &dite("signé", signe_le), jour(2026, 3, 2));
        let matin = chantier.instant;
        let mut pas = vec![
            (demain, matin - Duration::minutes(1)),
            (reprise.clone(), matin),
            (reprise.clone(), matin),
            (reprend("r0", "autre", signe_le), matin),
            (reprend("r1", "signé", signe_le), matin),
        ];
        chantier.entre("E1", esms("SESSAD", Competence::Ars));
        let precoce = note(&mut chantier, "0123456789abcdef0123456789abcdef");
        assert!(precoce.is_err());
        chantier.entre("E2", esms("Foyer", departement("99")));
        for partie in ["gestionnaire", "ars", "departement:99", "ars"] {
            let document = Digest::of("signé".as_bytes());
            // The last comes too late.
            let _ = chantier.confirme(partie, document, jour(2025, 1, 1));
        }
        assert!(chantier.est_dans("repris"));
        assert!(note(&mut chantier, "court").is_err());
        for sel in ["0123456789abcdef", "fedcba9876543210"] {
            note(&mut chantier, &sel.repeat(2)).unwrap();
        }
        for (commande, quand) in chantier.carnet {
            // Each is sent twice.
            let ordre = commande.map_or(Ordre::Avancer, Ordre::Agir);
            pas.extend([
                (ordre.clone(), quand),
                (ordre, quand + Duration::seconds(1)),
            ]);
        }
        let soir = chantier.instant + Duration::hours(1);
        let ouvre = Ordre::Ouvrir {
            workflow: "cpom-ph".to_owned(),
        };
        pas.extend([(reprise, soir), (ouvre, soir)]);
        pas.push((Ordre::Avancer, soir + Duration::days(400)));
        Self::nouveau("repris", pas)
    }

    /// These steps, and what comes of them in memory.
    pub fn nouveau(contrat: &str, pas: Vec<(Ordre, DateTime<Utc>)>) -> Self {
        let mut memoire = Memoire::default();
        let mut reponses = Vec::new();
        for (ordre, instant) in &pas {
            reponses.push(memoire.fait(contrat, ordre, *instant));
        }
        Self {
            contrat: contrat.to_owned(),
            pas,
            reponses,
            lignes: memoire.lignes,
        }
    }

    pub fn ligne(&self, n: usize) -> String {
        let (ordre, instant) = &self.pas[n];
        ligne(&self.contrat, ordre, *instant)
    }
}

fn dite(texte: &str, signe_le: NaiveDate) -> Reprise {
    Reprise {
        workflow: "cpom-ph".to_owned(),
        document: Digest::of(texte.as_bytes()),
        signe_le,
    }
}

/// Asked by whom [`Chantier::reprend`] says.
fn reprend(id: &str, texte: &str, signe_le: NaiveDate) -> Ordre {
    Ordre::Reprendre {
        reprise: dite(texte, signe_le),
        acteur: acteur("gestionnaire", "p", Role::Signature),
        id: id.to_owned(),
    }
}

fn note(chantier: &mut Chantier<'_>, sel: &str) -> Result<(), Refus> {
    let ecriture = Ecriture::Noter {
        texte: "à revoir".to_owned(),
        sel: sel.to_owned(),
    };
    chantier.ecrit("ars", ecriture)
}

/// A request sent again, an id used twice, a clock astray.
fn trouble(
    hasard: &mut Hasard,
    passees: &[Commande],
    quand: DateTime<Utc>,
) -> (Ordre, DateTime<Utc>) {
    let mut commande = hasard.parmi(passees).unwrap().clone();
    match hasard.sous(5) {
        0 => {}
        1 => "cpom/ailleurs".clone_into(&mut commande.flux),
        2 => {
            if let Demande::Acte(Command::Act { act, .. }) = &mut commande.demande {
                "inconnu".clone_into(act);
            }
        }
        3 => return (Ordre::Agir(commande), quand - Duration::days(400)),
        _ => return (Ordre::Avancer, quand - Duration::days(1)),
    }
    (Ordre::Agir(commande), quand)
}

/// The contract in memory: it moves on only by what is written.
#[derive(Default)]
struct Memoire {
    etat: Etat,
    tetes: Tetes,
    lignes: Vec<Scellee>,
    repondues: BTreeMap<(String, String), (Ordre, Reponse)>,
}

/// Who asks, and the id made before sending.
fn cle(ordre: &Ordre) -> Option<(String, String)> {
    let (acteur, id) = match ordre {
        Ordre::Agir(commande) => (commande.acteur().unwrap(), commande.id().unwrap()),
        Ordre::Reprendre { acteur, id, .. } => (acteur, id.as_str()),
        Ordre::Ouvrir { .. } | Ordre::Creer { .. } | Ordre::Avancer => return None,
    };
    let auteur = format!("{}/{}", acteur.party, acteur.person);
    Some((auteur, id.to_owned()))
}

impl Memoire {
    fn fait(&mut self, id: &str, ordre: &Ordre, instant: DateTime<Utc>) -> Reponse {
        let cle = cle(ordre);
        if let Some(cle) = &cle
            && let Some((passe, reponse)) = self.repondues.get(cle)
        {
            if passe == ordre {
                return reponse.clone();
            }
            return Reponse::de(Err(Echec::AutreContenu(cle.1.clone())));
        }
        let mut contrat = Contrat::reprendre(machines(), self.etat.clone());
        let fait = match ordre {
            Ordre::Ouvrir { workflow } => contrat.naitre(workflow, instant),
            Ordre::Creer {
                workflow,
                premieres,
            } => contrat.naitre_avec(workflow, premieres, instant),
            Ordre::Reprendre {
                reprise,
                acteur,
                id,
            } => contrat.naitre_repris(reprise, acteur, id, instant),
            Ordre::Agir(commande) => contrat.agir(commande, instant),
            Ordre::Avancer => contrat.avancer(instant),
        };
        let premiere = self.lignes.len() as u64 + 1;
        let (etat, nouvelles) = contrat.rendre();
        if !nouvelles.is_empty() {
            self.etat = etat;
        }
        for ligne in &nouvelles {
            let ordre = self.lignes.len() as u64 + 1;
            let scellee = Scellee::sceller(id, ordre, ligne, &mut self.tetes);
            self.lignes.push(scellee.unwrap());
        }
        let derniere = self.lignes.len() as u64;
        match fait {
            Ok(()) => {
                let reponse = Reponse::Fait { premiere, derniere };
                if let Some(cle) = cle {
                    self.repondues.insert(cle, (ordre.clone(), reponse.clone()));
                }
                reponse
            }
            Err(refus) => Reponse::de(Err(Echec::Refus(refus))),
        }
    }
}
