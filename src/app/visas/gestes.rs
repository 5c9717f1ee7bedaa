//! What people do of it: send a form, which is executed or prepared; give a visa; send back; take
//! back.

use super::forme::Forme;
use super::garde::{Contenu, EtatPrepare, Neuf, Prepare, Visa};
use super::{Passe, Voie, attendu, peut_viser, voie};
use crate::app::acces::Visiteur;
use crate::app::comptes::Circuit;
use crate::app::consult::{Consultation, Indisponible};
use crate::app::contrat::{Commande, Contrat, Demande, Refus};
use crate::app::execute::{Echec, Ordre};
use crate::app::formulaires::{Envoi, Erreur, Ouvrante};
use crate::app::vues::{ContratLu, Gestes};
use crate::metier::contrat::dossier::Ecriture;
use crate::store::Erreur as Base;
use crate::workflow::definition::model::Role;
use crate::workflow::machine::digest::Digest;
use crate::workflow::machine::event::Actor;
use crate::workflow::machine::refusal::RefusalCode;
use std::collections::BTreeSet;

/// What came of a gesture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suite {
    /// Done: the place of its last line in the contract.
    Fait(u64),
    /// Prepared, under this id.
    Prepare(String),
    /// Seen: the rank that is waited for now.
    Vise(String),
}

/// Why a gesture does nothing.
#[derive(Debug)]
pub enum Empechement {
    /// There is no such form.
    Introuvable,
    /// No such button.
    Geste,
    /// The person does not hold this function there.
    Role(Role),
    /// It goes beyond the person's establishments.
    Portee,
    Champs(Vec<Erreur>),
    /// It is the turn of this rank.
    Rang(String),
    /// It cannot be prepared: it is for this rank, the last one, to do.
    Dernier(String),
    /// It is no longer as it was shown.
    Change,
    Echec(Echec),
}

impl From<Indisponible> for Empechement {
    fn from(erreur: Indisponible) -> Self {
        Self::Echec(Echec::Base(Base::Indisponible(erreur.0)))
    }
}

impl From<Base> for Empechement {
    fn from(erreur: Base) -> Self {
        Self::Echec(Echec::Base(erreur))
    }
}

/// The title of the last rank.
fn dernier(circuit: &Circuit) -> String {
    let dernier = circuit.rangs.get(circuit.dernier());
    dernier.map_or(String::new(), |r| r.titre.clone())
}

/// In characters.
const MOTIF_MAX: usize = 2_000;

impl Consultation {
    /// Does what a form asks, or prepares it when the organisation asks for visas.
    ///
    /// # Errors
    /// [`Empechement`]; then nothing is written.
    pub async fn soumettre(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        forme: Forme,
        envoi: &Envoi,
    ) -> Result<Suite, Empechement> {
        let [role, pese] = forme.requis(lu).ok_or(Empechement::Introuvable)?;
        let maintenant = self.maintenant();
        let circuit = self.circuit(&lu.place.organisations).await?;
        match voie(circuit.as_ref(), pese, &qui.personne) {
            Voie::Directe(passe) => {
                let commande = forme.commande(lu, (qui, role), envoi, maintenant)?;
                self.fait(lu, commande, passe).await.map(Suite::Fait)
            }
            Voie::Visas(circuit) => {
                // Whoever contributes prepares: the function is asked of the last visa.
                let exige = (qui, Role::Contribution);
                let commande = forme.commande(lu, exige, envoi, maintenant)?;
                self.prepare_neuf((qui, lu), circuit, (forme, envoi), &commande)
                    .await
            }
        }
    }

    /// Writes what is not a form: a file that was read. It is not prepared.
    ///
    /// # Errors
    /// [`Empechement`]; then nothing is written.
    pub async fn apporter(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        (flux, ecriture): (&str, Ecriture),
        id: &str,
    ) -> Result<u64, Empechement> {
        let Some(role) = lu.place.role else {
            return Err(Empechement::Role(Role::Contribution));
        };
        let circuit = self.circuit(&lu.place.organisations).await?;
        let passe = match voie(circuit.as_ref(), Role::Contribution, &qui.personne) {
            Voie::Visas(circuit) => return Err(Empechement::Dernier(dernier(circuit))),
            Voie::Directe(passe) => passe,
        };
        let commande = Commande {
            flux: flux.to_owned(),
            demande: Demande::Ecriture {
                acteur: Actor {
                    party: lu.place.partie.clone(),
                    person: qui.personne.clone(),
                    role,
                    delegation: None,
                },
                id: id.to_owned(),
                ecriture,
            },
        };
        self.fait(lu, commande, passe).await
    }

    /// Opens a contract, which nobody sees before: it is not prepared.
    ///
    /// # Errors
    /// [`Empechement`]; then nothing is written.
    pub async fn ouvrir(&self, qui: &Visiteur, ouvrante: &Ouvrante) -> Result<u64, Empechement> {
        let siennes = BTreeSet::from([ouvrante.organisation.clone()]);
        let circuit = self.circuit(&siennes).await?;
        match voie(circuit.as_ref(), Role::Contribution, &qui.personne) {
            Voie::Visas(circuit) => Err(Empechement::Dernier(dernier(circuit))),
            Voie::Directe(passe) => {
                let ordre = Ordre::Creer {
                    workflow: ouvrante.workflow.clone(),
                    premieres: ouvrante.premieres.clone(),
                };
                let fait = self.executer(&ouvrante.contrat, ordre, passe).await;
                fait.map(|recu| recu.derniere).map_err(Empechement::Echec)
            }
        }
    }

    async fn fait(
        &self,
        lu: &ContratLu,
        commande: Commande,
        passe: Passe,
    ) -> Result<u64, Empechement> {
        let ordre = Ordre::Agir(commande);
        let fait = self.executer(&lu.identite.id, ordre, passe).await;
        fait.map(|recu| recu.derniere).map_err(Empechement::Echec)
    }

    async fn prepare_neuf(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        circuit: &Circuit,
        (forme, envoi): (Forme, &Envoi),
        commande: &Commande,
    ) -> Result<Suite, Empechement> {
        let maintenant = self.maintenant();
        let demande = commande.id().map_err(|r| Empechement::Echec(r.into()))?;
        let id = identifiant([&lu.identite.id, &qui.personne, demande]);
        if let Some(refus) = self.essaie((qui, lu), &forme, envoi)? {
            return Err(Empechement::Echec(refus.into()));
        }
        let lisible = forme.lisible(lu, envoi, maintenant);
        let contenu = Contenu {
            lisible: lisible.ok_or(Empechement::Introuvable)?,
            envoi: envoi.clone(),
            forme,
        };
        let neuf = Neuf {
            id: &id,
            organisation: &circuit.organisation,
            contrat: &lu.identite.id,
            visa: Visa::donne(qui, Some(circuit), maintenant),
            esms: contenu.forme.esms(commande),
            contenu: &contenu,
        };
        if self.garde(neuf).await? {
            Ok(Suite::Prepare(id))
        } else {
            let demande = demande.to_owned();
            Err(Empechement::Echec(Echec::AutreContenu(demande)))
        }
    }

    /// What the contract would answer now, were it asked by someone who may: nothing is written.
    fn essaie(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        forme: &Forme,
        envoi: &Envoi,
    ) -> Result<Option<Refus>, Empechement> {
        let maintenant = self.maintenant();
        let signataire = (qui.personne.as_str(), Some(Role::Signature));
        let commande = forme.lue(lu, signataire, envoi, maintenant)?;
        let etat = lu.contrat.etat().clone();
        let mut essai = Contrat::reprendre(&self.entente.machines, etat);
        Ok(match essai.agir(&commande, maintenant) {
            // It is about the person, who is another one.
            Err(Refus::Machine(m)) if m.code == RefusalCode::Delegation => None,
            fait => fait.err(),
        })
    }

    /// Why the contract would refuse now what is prepared, and what to do.
    fn refus_du_jour(&self, qui: &Visiteur, lu: &ContratLu, prepare: &Prepare) -> Option<String> {
        let contenu = &prepare.contenu;
        match self.essaie((qui, lu), &contenu.forme, &contenu.envoi) {
            Ok(refus) => refus.map(|refus| format!("{refus} {}", refus.remede())),
            Err(Empechement::Champs(erreurs)) => erreurs.into_iter().next().map(|e| e.phrase),
            Err(_) => Some("Cet acte n'existe plus dans ce contrat.".to_owned()),
        }
    }

    /// Gives a visa; the last one executes the act, in the name of whoever gives it.
    ///
    /// # Errors
    /// [`Empechement`]; then what is prepared stays as it is.
    pub async fn viser(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        (prepare, circuit): (&Prepare, Option<&Circuit>),
    ) -> Result<Suite, Empechement> {
        match prepare.etat {
            EtatPrepare::Fait => return Ok(Suite::Fait(prepare.ordre)),
            EtatPrepare::EnCours => {}
            EtatPrepare::Renvoye | EtatPrepare::Repris => return Err(Empechement::Change),
        }
        let requis = prepare.contenu.forme.requis(lu);
        let [role, pese] = requis.ok_or(Empechement::Change)?;
        let maintenant = self.maintenant();
        let mut visas = prepare.visas.clone();
        match voie(circuit, pese, &qui.personne) {
            Voie::Directe(passe) => {
                visas.push(Visa::donne(qui, circuit, maintenant));
                self.execute_prepare((qui, lu), prepare, &visas, (role, passe))
                    .await
            }
            Voie::Visas(circuit) => {
                let rang = |visas: &[Visa]| circuit.rangs.get(attendu(circuit, visas));
                let titre = |visas: &[Visa]| rang(visas).map_or(String::new(), |r| r.titre.clone());
                if !peut_viser(circuit, &visas, &qui.personne) {
                    let deja = visas.iter().skip(1).any(|v| v.personne == qui.personne);
                    let titre = titre(&visas);
                    return if deja {
                        Ok(Suite::Vise(titre))
                    } else {
                        Err(Empechement::Rang(titre))
                    };
                }
                visas.push(Visa::donne(qui, Some(circuit), maintenant));
                let vers = (EtatPrepare::EnCours, visas.as_slice(), "");
                if self.change(prepare, vers).await? {
                    Ok(Suite::Vise(titre(&visas)))
                } else {
                    Err(Empechement::Change)
                }
            }
        }
    }

    /// One at a time, and under the one id of what is prepared: a double click is one act.
    async fn execute_prepare(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        prepare: &Prepare,
        visas: &[Visa],
        (role, passe): (Role, Passe),
    ) -> Result<Suite, Empechement> {
        let mut envoi = prepare.contenu.envoi.clone();
        envoi.insert("id".to_owned(), vec![prepare.id.clone()]);
        let forme = &prepare.contenu.forme;
        let commande = forme.commande(lu, (qui, role), &envoi, self.maintenant())?;
        if !self.tient(&prepare.id, &qui.personne).await? {
            return Err(Empechement::Change);
        }
        match self.fait(lu, commande, passe).await {
            Ok(ordre) => {
                let par = (prepare.id.as_str(), qui.personne.as_str());
                self.finit(par, visas, ordre).await?;
                Ok(Suite::Fait(ordre))
            }
            // Nobody knows whether it was done: the same person asks again, under the same id.
            Err(Empechement::Echec(Echec::Base(erreur))) => Err(erreur.into()),
            Err(autre) => {
                self.rend(&prepare.id, &qui.personne).await?;
                Err(autre)
            }
        }
    }

    /// The circuit by which a form passes when someone sends it; none: it leaves at once.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn circuit_de(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        forme: &Forme,
    ) -> Result<Option<Circuit>, Indisponible> {
        let Some([_, pese]) = forme.requis(lu) else {
            return Ok(None);
        };
        let circuit = self.circuit(&lu.place.organisations).await?;
        let visas = matches!(voie(circuit.as_ref(), pese, &qui.personne), Voie::Visas(_));
        Ok(circuit.filter(|_| visas))
    }

    /// What someone may do of what is prepared, and what the contract would answer.
    pub fn gestes(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        (prepare, circuit): (&Prepare, Option<&Circuit>),
    ) -> Gestes {
        let requis = prepare.contenu.forme.requis(lu);
        let pese = requis.map_or(Role::Signature, |[_, pese]| pese);
        Gestes {
            viser: a_viser((qui, lu), (prepare, circuit)),
            dernier: matches!(voie(circuit, pese, &qui.personne), Voie::Directe(_)),
            alerte: self.refus_du_jour(qui, lu, prepare),
        }
    }

    /// Sends what is prepared back to its author, with a reason.
    ///
    /// # Errors
    /// [`Empechement`]; then it stays as it is.
    pub async fn renvoyer(
        &self,
        (qui, lu): (&Visiteur, &ContratLu),
        (prepare, circuit): (&Prepare, Option<&Circuit>),
        motif: &str,
    ) -> Result<(), Empechement> {
        let motif = motif.trim();
        if prepare.etat == EtatPrepare::Renvoye && prepare.motif == motif {
            return Ok(());
        }
        if prepare.etat != EtatPrepare::EnCours {
            return Err(Empechement::Change);
        }
        if !a_viser((qui, lu), (prepare, circuit)) {
            let rang = circuit.and_then(|c| c.rangs.get(attendu(c, &prepare.visas)));
            return Err(Empechement::Rang(
                rang.map_or(String::new(), |r| r.titre.clone()),
            ));
        }
        if motif.is_empty() || motif.chars().count() > MOTIF_MAX {
            let phrase = "Un motif de quelques mots était attendu, de 2 000 caractères au plus : \
                          il est montré à la personne qui a préparé l'acte. Écrivez-le.";
            return Err(Empechement::Champs(vec![Erreur {
                champ: "motif".to_owned(),
                phrase: phrase.to_owned(),
            }]));
        }
        let mut visas = prepare.visas.clone();
        visas.push(Visa::donne(qui, circuit, self.maintenant()));
        let vers = (EtatPrepare::Renvoye, visas.as_slice(), motif);
        self.change_ou_dit(prepare, vers).await
    }

    /// Gives what is prepared back to its author, who may change it.
    ///
    /// # Errors
    /// [`Empechement`]: it is somebody else's, it is done, or someone is executing it.
    pub async fn reprendre(&self, qui: &Visiteur, prepare: &Prepare) -> Result<(), Empechement> {
        match prepare.etat {
            _ if prepare.auteur != qui.personne => Err(Empechement::Introuvable),
            EtatPrepare::Repris => Ok(()),
            EtatPrepare::Fait => Err(Empechement::Change),
            EtatPrepare::EnCours | EtatPrepare::Renvoye => {
                let vers = (
                    EtatPrepare::Repris,
                    prepare.visas.as_slice(),
                    &*prepare.motif,
                );
                self.change_ou_dit(prepare, vers).await
            }
        }
    }

    async fn change_ou_dit(
        &self,
        prepare: &Prepare,
        vers: (EtatPrepare, &[Visa], &str),
    ) -> Result<(), Empechement> {
        if self.change(prepare, vers).await? {
            Ok(())
        } else {
            Err(Empechement::Change)
        }
    }
}

/// Whether someone may give a visa to what is prepared, or send it back.
fn a_viser(
    (qui, lu): (&Visiteur, &ContratLu),
    (prepare, circuit): (&Prepare, Option<&Circuit>),
) -> bool {
    let requis = prepare.contenu.forme.requis(lu);
    let couvre = |c: &&Circuit| requis.is_none_or(|[_, pese]| c.couvre(pese));
    let peut = match circuit.filter(couvre) {
        Some(circuit) => peut_viser(circuit, &prepare.visas, &qui.personne),
        None => requis.is_some_and(|[role, _]| lu.place.ecrit(role)),
    };
    prepare.etat == EtatPrepare::EnCours && peut
}

/// The one id of what a person prepares on a contract by one sending of a form.
fn identifiant(parts: [&str; 3]) -> String {
    let empreinte = Digest::of(parts.join("\n").as_bytes()).to_string();
    format!("visa-{}", empreinte.chars().take(32).collect::<String>())
}
