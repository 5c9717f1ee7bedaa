//! Requests on one contract, from a seed, and what must come of them: the same contract led in
//! memory, with the same rules on repeats.

use crate::bases::atelier;
use crate::vies::hasard::Hasard;
use crate::vies::vie::Vie;
use chrono::{DateTime, Duration, Utc};
use entente::app::contrat::{Commande, Contrat, Demande, Etat, Machines};
use entente::app::execute::{Echec, Ordre, Recu};
use entente::metier::chaine::{Scellee, Tetes};
use entente::workflow::machine::Command;
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
        Ordre::Reprendre { .. } => panic!("no life is taken over"),
        Ordre::Ouvrir { workflow } => ("ouvrir", json!({ "workflow": workflow })),
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
    repondues: BTreeMap<(String, String), (Commande, Reponse)>,
}

impl Memoire {
    fn fait(&mut self, id: &str, ordre: &Ordre, instant: DateTime<Utc>) -> Reponse {
        let cle = match ordre {
            Ordre::Agir(commande) => {
                let acteur = commande.acteur().unwrap();
                let auteur = format!("{}/{}", acteur.party, acteur.person);
                Some((auteur, commande.id().unwrap().to_owned()))
            }
            _ => None,
        };
        if let (Some(cle), Ordre::Agir(commande)) = (&cle, ordre)
            && let Some((passee, reponse)) = self.repondues.get(cle)
        {
            if passee == commande {
                return reponse.clone();
            }
            return Reponse::de(Err(Echec::AutreContenu(cle.1.clone())));
        }
        let mut contrat = Contrat::reprendre(machines(), self.etat.clone());
        let fait = match ordre {
            Ordre::Reprendre { .. } => panic!("no life is taken over"),
            Ordre::Ouvrir { workflow } => contrat.naitre(workflow, instant),
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
                if let (Some(cle), Ordre::Agir(commande)) = (cle, ordre) {
                    let repondue = (commande.clone(), reponse.clone());
                    self.repondues.insert(cle, repondue);
                }
                reponse
            }
            Err(refus) => Reponse::de(Err(Echec::Refus(refus))),
        }
    }
}
