//! What a party writes outside the acts of the workflow.

use super::{Contrat, RACINE, Refus, TexteGarde};
use crate::metier::contrat::dossier::{Autour, Ecriture, engagement};
use crate::metier::contrat::echange::{Cercle, Echange};
use crate::metier::evenement::{Evenement, Trace};
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, Utc};
use std::sync::Arc;

impl Contrat<'_> {
    pub(super) fn ecrit(
        &mut self,
        flux: &str,
        ecriture: &Ecriture,
        trace: Trace,
        instant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let inconnu = || Refus::Flux(format!("Le flux « {flux} » n'existe pas."));
        let known = self.etat.flux.get(flux).ok_or_else(inconnu)?;
        let racine = flux.split('/').next().unwrap_or(flux);
        let racine = self.etat.flux.get(racine).ok_or_else(inconnu)?;
        if known.configuration.ended.is_some() {
            return Err(Refus::Flux(
                "Ce contrat est terminé : on n'y écrit plus.".to_owned(),
            ));
        }
        let droits = self.droits(flux, instant);
        let autour = Autour {
            partie: &trace.par.party,
            parties: &known.dossier.suivi().parties,
            droits: &droits,
            racine: &racine.dossier,
            engage: !racine.configuration.bound.is_empty(),
            avant_ouverture: !racine.configuration.opened(),
            jour: trace.effet,
        };
        let droit = known.dossier.permet(&autour, ecriture)?;
        let trace = Trace {
            effet: ecriture.effet().unwrap_or(trace.effet),
            ..trace
        };
        let evenement = self.evenement(ecriture, droit, trace);
        let avant = match (&evenement, self.flux(flux)) {
            (Evenement::ContenuModifie { objet, element, .. }, Some(flux)) => {
                let contenu = flux.dossier.contenu(objet, element.as_deref());
                contenu.and_then(|c| c.texte)
            }
            _ => None,
        };
        self.inscrit(flux, evenement);
        self.oublie_texte(avant);
        Ok(())
    }

    /// A text that nothing speaks of any more is left to the journal.
    fn oublie_texte(&mut self, empreinte: Option<Digest>) {
        if let Some(empreinte) = empreinte.filter(|e| !self.etat.parle_de(*e)) {
            Arc::make_mut(&mut self.etat.textes).remove(&empreinte);
        }
    }

    fn evenement(&mut self, ecriture: &Ecriture, droit: String, trace: Trace) -> Evenement {
        match ecriture.clone() {
            Ecriture::Declarer {
                fait,
                element,
                valeur,
                preuve,
            } => Evenement::FaitDeclare {
                fait,
                element,
                valeur,
                preuve,
                trace,
            },
            Ecriture::Modifier {
                objet,
                element,
                texte,
            } => {
                let empreinte = self.retient(texte);
                Evenement::ContenuModifie {
                    objet,
                    element,
                    empreinte,
                    droit,
                    trace,
                }
            }
            Ecriture::Position {
                objet,
                element,
                constat,
                avis,
                texte,
            } => Evenement::PositionPrise {
                objet,
                element,
                constat,
                avis,
                texte,
                trace,
            },
            Ecriture::Entrer { cle, element, .. } => Evenement::ElementEntre {
                cle,
                element,
                trace,
            },
            Ecriture::Sortir {
                collection,
                cle,
                motif,
                ..
            } => Evenement::ElementSorti {
                collection,
                cle,
                motif,
                trace,
            },
            Ecriture::Saisir(saisie) => Evenement::Saisie {
                saisie,
                droit,
                trace,
            },
            Ecriture::Dire {
                echange,
                cercle,
                texte,
                sel,
            } => self.dit((echange, cercle), (texte, sel), trace),
            Ecriture::Noter { texte, sel } => self.prend_note(texte, sel, trace),
        }
    }

    /// The text is kept in the contract, under its digest.
    fn retient(&mut self, texte: String) -> Digest {
        let empreinte = Digest::of(texte.as_bytes());
        Arc::make_mut(&mut self.etat.textes).insert(empreinte, texte.into());
        empreinte
    }

    fn prend_note(&mut self, texte: String, sel: String, trace: Trace) -> Evenement {
        let engagement = self.garde(texte, sel, trace.par.party.clone());
        Evenement::NotePrise { engagement, trace }
    }

    /// Read by those who read what it answers to.
    fn dit(
        &mut self,
        (echange, voulu): (Echange, Cercle),
        (texte, sel): (String, String),
        trace: Trace,
    ) -> Evenement {
        let racine = self.etat.flux.get(RACINE);
        let connu = racine.and_then(|r| r.dossier.echanges().cercle(&echange).flatten());
        let cercle = connu.unwrap_or(voulu);
        let lecteurs = cercle.marque().unwrap_or_default().to_owned();
        let engagement = self.garde(texte, sel, lecteurs);
        Evenement::Echange {
            echange,
            cercle,
            engagement,
            trace,
        }
    }

    /// The text is kept beside; the line commits to it.
    fn garde(&mut self, texte: String, sel: String, lecteurs: String) -> Digest {
        let engagement = engagement(&sel, &texte);
        self.notes.push(TexteGarde {
            engagement,
            lecteurs,
            sel,
            texte,
        });
        engagement
    }
}
