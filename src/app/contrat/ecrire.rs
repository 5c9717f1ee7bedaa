//! What a party writes outside the acts of the workflow.

use super::{Contrat, RACINE, Refus, TexteGarde};
use crate::app::besoins;
use crate::metier::besoins::agregat::CONTRAT;
use crate::metier::besoins::partage::Partage;
use crate::metier::contrat::diagnostic::Profil;
use crate::metier::contrat::dossier::{
    self, Autour, CodeRefus, Dossier, Ecriture, Ouverture, engagement,
};
use crate::metier::contrat::echange::{Cercle, Echange};
use crate::metier::contrat::saisie::Saisie;
use crate::metier::evenement::{Evenement, Trace};
use crate::regles::calendrier::civil_date;
use crate::workflow::catalogue::Fact;
use crate::workflow::machine::Right;
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

/// The families of facts that a procedure of the contract holds; the others are the contract's.
const PROPRES: [&str; 6] = ["avenant", "modifications", "revue", "eprd", "errd", "dm"];

fn saisi(saisie: Saisie, droit: String, trace: Trace) -> Evenement {
    Evenement::Saisie {
        saisie,
        droit,
        trace,
    }
}

/// Whether a fact is stated in this stream.
fn sien(flux: &str, fait: &Fact) -> bool {
    let famille = fait.name.split('.').next().unwrap_or_default();
    PROPRES.contains(&famille) == flux.contains('/')
}

impl Contrat<'_> {
    pub(super) fn ecrit(
        &mut self,
        flux: &str,
        ecriture: &Ecriture,
        trace: Trace,
        instant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        let droits = self.droits(flux, instant);
        let droit = self.juge(flux, (&trace.par.party, &droits), ecriture, trace.effet)?;
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
            (
                Evenement::Saisie {
                    saisie: Saisie::Profil(profil),
                    ..
                },
                Some(flux),
            ) => {
                let connu = flux.dossier.registre().profil(profil.annee);
                connu.map(|connu| connu.empreinte)
            }
            _ => None,
        };
        self.inscrit(flux, evenement);
        self.oublie_texte(avant);
        Ok(())
    }

    /// Needs tell nothing that is to be hidden, alone or beside what was handed over before.
    fn profil_admis(
        &self,
        dossier: &Dossier,
        profil: &Partage,
        jour: NaiveDate,
    ) -> Result<(), Refus> {
        let paquet = self.machines.atelier.paquet(besoins::PAQUET);
        let regles = besoins::regles_du(paquet, jour).map_err(Refus::Flux)?;
        let admis = profil.verifie(regles.k_min);
        admis.map_err(|phrase| dossier::Refus::new(CodeRefus::Type, phrase))?;
        let connu = dossier.registre().profil(profil.annee);
        let texte = connu.and_then(|connu| self.texte(connu.empreinte));
        let Some(texte) = texte else { return Ok(()) };
        if texte == profil.texte() {
            let phrase = "Ce profil est déjà déposé, à l'identique : rien ne change.";
            return Err(dossier::Refus::new(CodeRefus::Deja, phrase).into());
        }
        let ancien = Partage::lire(texte, 0).map_err(Refus::Journal)?;
        let recoupe = profil.recoupe(&ancien);
        recoupe.map_err(|phrase| dossier::Refus::new(CodeRefus::Type, phrase).into())
    }

    fn autour<'e>(
        &'e self,
        flux: &str,
        (partie, droits): (&'e str, &'e [Right]),
        jour: NaiveDate,
    ) -> Option<Autour<'e>> {
        let known = self.etat.flux.get(flux)?;
        let racine = self.etat.flux.get(flux.split('/').next()?)?;
        Some(Autour {
            partie,
            parties: &known.dossier.suivi().parties,
            droits,
            racine: &racine.dossier,
            engage: !racine.configuration.bound.is_empty(),
            avant_ouverture: !racine.configuration.opened(),
            jour,
        })
    }

    /// Why a party may not write each of these now in a stream. None: it may. Nothing is written.
    pub fn refus_de(
        &self,
        flux: &str,
        partie: &str,
        instant: DateTime<Utc>,
        ecritures: impl Iterator<Item = Ecriture>,
    ) -> Vec<Option<Refus>> {
        let droits = self.droits(flux, instant);
        let jour = civil_date(instant);
        ecritures
            .map(|ecriture| self.juge(flux, (partie, &droits), &ecriture, jour).err())
            .collect()
    }

    /// Under which right a party writes this.
    fn juge(
        &self,
        flux: &str,
        (partie, droits): (&str, &[Right]),
        ecriture: &Ecriture,
        jour: NaiveDate,
    ) -> Result<String, Refus> {
        let inconnu = || Refus::Flux(format!("Le flux « {flux} » n'existe pas."));
        let known = self.etat.flux.get(flux).ok_or_else(inconnu)?;
        if known.configuration.ended.is_some() {
            return Err(Refus::Flux(
                "Ce contrat est terminé : on n'y écrit plus.".to_owned(),
            ));
        }
        let autour = self.autour(flux, (partie, droits), jour);
        let droit = known
            .dossier
            .permet(&autour.ok_or_else(inconnu)?, ecriture)?;
        if let Ecriture::Profil { profil } = ecriture {
            self.profil_admis(&known.dossier, profil, jour)?;
        }
        Ok(droit)
    }

    /// What a party may write now in a stream.
    pub fn ouvertures(&self, flux: &str, partie: &str, instant: DateTime<Utc>) -> Vec<Ouverture> {
        let known = self.etat.flux.get(flux).zip(self.machine(flux));
        let droits = self.droits(flux, instant);
        let autour = self.autour(flux, (partie, &droits), civil_date(instant));
        let Some(((known, machine), autour)) = known.zip(autour) else {
            return Vec::new();
        };
        if known.configuration.ended.is_some() {
            return Vec::new();
        }
        let lus = machine.workflow().reads();
        let parle = |fait: &Fact| lus.contains(fait.name) && sien(flux, fait);
        known.dossier.ouvertures(&autour, parle)
    }

    /// The items of a collection, with their names, as writings of a stream name them.
    pub fn elements(&self, flux: &str, collection: &str) -> Vec<String> {
        let Some(known) = self.etat.flux.get(flux) else {
            return Vec::new();
        };
        let autour = self.autour(flux, ("", &[]), NaiveDate::default());
        let cles = autour.map(|autour| {
            let cles = known.dossier.cles(&autour, collection).into_iter();
            cles.map(str::to_owned).collect()
        });
        cles.unwrap_or_default()
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
            } => Evenement::ContenuModifie {
                objet,
                element,
                empreinte: self.retient(texte),
                droit,
                trace,
            },
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
            Ecriture::Profil { profil } => saisi(self.profil(&profil), droit, trace),
            Ecriture::Budget { budget } => saisi(Saisie::Budget(*budget), droit, trace),
            Ecriture::Saisir(saisie) => saisi(saisie, droit, trace),
            Ecriture::Dire {
                echange,
                cercle,
                texte,
                sel,
            } => self.dit((echange, cercle), (texte, sel), trace),
            Ecriture::Noter { texte, sel } => self.prend_note(texte, sel, trace),
        }
    }

    /// The line says whom it tells of; what it tells is kept as a text.
    fn profil(&mut self, profil: &Partage) -> Saisie {
        let dits = profil.ensembles.iter().map(|e| e.finess.clone());
        Saisie::Profil(Profil {
            annee: profil.annee,
            k: profil.k,
            esms: dits.filter(|finess| finess != CONTRAT).collect(),
            empreinte: self.retient(profil.texte()),
        })
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
