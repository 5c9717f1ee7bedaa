//! The story in memory, for views.

use super::salle::histoire;
use chrono::{DateTime, NaiveDate, Utc};
use entente::app::acces::Place;
use entente::app::contrat::{Atelier, Contrat, Etat, Machines};
use entente::app::demo::{self, Porte as _};
use entente::app::fichiers::Library;
use entente::app::vues::{self, ContratLu, Fenetre, Identite, LigneLue, ResumeContrat};
use entente::metier::evenement::Ligne;
use entente::workflow::machine::digest::Digest;
use std::sync::{Arc, OnceLock};

/// A contract that was played.
#[derive(Clone)]
pub struct Tenu {
    pub identite: Identite,
    pub etat: Etat,
    pub lignes: Vec<LigneLue>,
    pub resume: ResumeContrat,
}

pub fn machines() -> &'static Arc<Machines<'static>> {
    static MACHINES: OnceLock<Arc<Machines<'static>>> = OnceLock::new();
    MACHINES.get_or_init(|| {
        let atelier = Atelier::new(Library::shipped()).unwrap();
        Box::leak(Box::new(atelier)).machines()
    })
}

fn atelier() -> &'static Atelier {
    static ATELIER: OnceLock<Atelier> = OnceLock::new();
    ATELIER.get_or_init(|| Atelier::new(Library::shipped()).unwrap())
}

/// The story, as it stands at the end of a day.
pub fn rives_claires(jusqu_au: &str) -> (Tenu, DateTime<Utc>) {
    let jour: NaiveDate = jusqu_au.parse().unwrap();
    let histoire = histoire(jour);
    let mut porte = demo::Memoire::new(atelier());
    let partie = demo::jouer(&mut porte, atelier(), &histoire).unwrap_or_else(|e| panic!("{e}"));
    let soir = jour.and_hms_opt(16, 0, 0).unwrap().and_utc();
    let maintenant = partie.instant.max(soir);
    porte.avancer(maintenant).unwrap();
    let identite = vues::identite("rives-claires", porte.contrat(), maintenant);
    (tenu(porte.contrat(), identite, maintenant), maintenant)
}

pub fn tenu(contrat: &Contrat<'_>, identite: Identite, maintenant: DateTime<Utc>) -> Tenu {
    let resume = vues::resume(contrat, None, &identite, maintenant);
    Tenu {
        lignes: chaine(contrat.journal()),
        identite,
        etat: contrat.etat().clone(),
        resume,
    }
}

/// Each line with its place, and the head of the chain after it.
fn chaine(lignes: &[Ligne]) -> Vec<LigneLue> {
    let mut tete = Digest::of(b"");
    let lues = lignes.iter().enumerate().map(|(rang, ligne)| {
        let ecrite = demo::ligne_ecrite(ligne).unwrap();
        tete = Digest::of(format!("{tete}\n{ecrite}").as_bytes());
        LigneLue {
            ordre: rang as u64 + 1,
            flux: ligne.flux.clone(),
            rang: ligne.rang,
            empreinte: tete.to_string(),
            evenement: ligne.evenement.clone(),
        }
    });
    lues.collect()
}

impl Tenu {
    pub fn lu(&self, fenetre: &Fenetre) -> ContratLu {
        let vues = self.lignes.iter().filter(|l| fenetre.voit(&l.flux));
        ContratLu {
            contrat: Contrat::reprendre(machines(), self.etat.clone()),
            identite: self.identite.clone(),
            place: Place::default(),
            resume: self.resume.clone(),
            total: vues.count() as u64,
            lignes: fenetre.choisit(self.lignes.iter()),
        }
    }
}
