//! Contracts kept in memory, for pages.

use chrono::{DateTime, NaiveDate, Utc};
use entente::app::acces::{Place, Visiteur};
use entente::app::contrat::{Atelier, Contrat, Etat, Machines};
use entente::app::demo::{self, Histoire, Porte as _};
use entente::app::execute::{Echec, Ordre, Recu};
use entente::app::fichiers::Library;
use entente::app::vues::{
    self, ContratLu, Fenetre, Filtre, Identite, Indisponible, Lecture, LigneLue, Portefeuille,
    ResumeContrat, TacheLue,
};
use entente::metier::evenement::Ligne;
use entente::regles::calendrier::civil_date;
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

/// What keeps them.
#[derive(Clone)]
pub struct Memoire {
    pub tenus: Vec<Tenu>,
    pub maintenant: DateTime<Utc>,
    pub panne: bool,
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

fn histoire(jusqu_au: NaiveDate) -> Histoire {
    let mut histoire = demo::lire(demo::RIVES_CLAIRES).unwrap_or_else(|p| panic!("{p:?}"));
    histoire.etapes.retain(|etape| etape.le <= jusqu_au);
    histoire
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
            place: Place {
                partie: String::new(),
                role: None,
                esms: None,
            },
            resume: self.resume.clone(),
            total: vues.count() as u64,
            lignes: fenetre.choisit(self.lignes.iter()),
        }
    }
}

impl Memoire {
    pub fn vide() -> Self {
        Self {
            tenus: Vec::new(),
            maintenant: "2026-11-20T09:00:00Z".parse().unwrap(),
            panne: false,
        }
    }

    pub fn une(tenu: Tenu, maintenant: DateTime<Utc>) -> Self {
        Self {
            tenus: vec![tenu],
            maintenant,
            panne: false,
        }
    }

    fn ouverte(&self) -> Result<(), Indisponible> {
        if self.panne {
            return Err(Indisponible("connexion refusée, port 5432".to_owned()));
        }
        Ok(())
    }
}

impl Lecture for Memoire {
    async fn contrats(
        &self,
        _qui: &Visiteur,
        filtre: &Filtre,
    ) -> Result<Portefeuille, Indisponible> {
        self.ouverte()?;
        let tous: Vec<ResumeContrat> = self.tenus.iter().map(|t| t.resume.clone()).collect();
        Ok(vues::portefeuille(
            &tous,
            filtre,
            civil_date(self.maintenant),
        ))
    }

    async fn contrat(
        &self,
        qui: &Visiteur,
        id: &str,
        fenetre: &Fenetre,
    ) -> Result<Option<ContratLu>, Indisponible> {
        self.ouverte()?;
        assert_ne!(id, "panique", "the test asks for a panic");
        let tenu = self.tenus.iter().find(|t| t.identite.id == id);
        let lu = tenu.map(|t| t.lu(fenetre));
        Ok(lu.and_then(|lu| {
            let place = qui.place(&lu.contrat)?;
            Some(ContratLu { place, ..lu })
        }))
    }

    async fn taches(&self, _qui: &Visiteur) -> Result<Vec<TacheLue>, Indisponible> {
        self.ouverte()?;
        Ok(Vec::new())
    }

    async fn executer(&self, id: &str, _ordre: Ordre) -> Result<Recu, Echec> {
        Err(Echec::Inconnu(id.to_owned()))
    }

    async fn pret(&self) -> Result<(), Indisponible> {
        self.ouverte()
    }

    fn maintenant(&self) -> DateTime<Utc> {
        self.maintenant
    }
}
