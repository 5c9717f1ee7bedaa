//! Writes what an act did: lines, heads, rows of lists, notices.

use super::{Entree, Recu, projeter};
use crate::app::contrat::Contrat;
use crate::metier::chaine::{Scellee, Tetes, instant};
use crate::metier::evenement::Ligne;
use crate::regles::calendrier::civil_date;
use crate::store::Erreur;
use crate::store::feuille::Feuille;
use crate::store::journal::Tete;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A contract in hand, from its lock to the commit.
pub(super) struct Tenu {
    /// None until it is there.
    pub tete: Option<Tete>,
    pub entree: Arc<Entree>,
    /// What the tables say can be done, when the entry does not know what they hold.
    pub possibles: Option<BTreeSet<[String; 4]>>,
}

/// What surrounds the writing of an act.
pub(super) struct Ecrit<'e> {
    pub id: &'e str,
    pub maintenant: DateTime<Utc>,
    pub feuille: &'e mut Feuille,
}

fn scelle(
    contrat: &str,
    ordre: u64,
    lignes: &[Ligne],
    tetes: &mut Tetes,
) -> Result<Vec<Scellee>, Erreur> {
    let numerotees = (ordre + 1..).zip(lignes);
    let scellees = numerotees.map(|(n, ligne)| Scellee::sceller(contrat, n, ligne, tetes));
    scellees
        .collect::<Result<_, _>>()
        .map_err(|e| Erreur::Abime(format!("un événement ne s'écrit pas ({e})")))
}

impl Ecrit<'_> {
    /// Writes what an act did, and moves the contract in hand on.
    pub(super) fn acte(mut self, tenu: &mut Tenu, contrat: Contrat<'_>) -> Result<Recu, Erreur> {
        if contrat.journal().is_empty() {
            return Ok(self.rien(tenu, &contrat));
        }
        let avant = Arc::clone(&tenu.entree);
        let mut tetes = avant.tetes.clone();
        let scellees = self.lignes(avant.tete.ordre, &contrat, &mut tetes)?;
        let resume = Some(&avant.resume).filter(|_| tenu.tete.is_some());
        let (projection, resume) = projeter(self.id, &contrat, resume, self.maintenant);
        self.avise(tenu, &contrat, Some(&projection));
        // Nothing is in the tables of a contract that is not there.
        let sait = avant.projetee || tenu.tete.is_none();
        let connue = Some(&avant.projection).filter(|_| sait);
        self.feuille.listes(self.id, connue, &projection);
        self.flux(&contrat, &scellees, &tetes);
        let derniere = scellees.last();
        let tete = Tete {
            ordre: derniere.map_or(avant.tete.ordre, |l| l.ordre),
            empreinte: derniere.map_or(String::new(), |l| l.empreinte.to_string()),
            instant: instant(self.maintenant),
            vu: civil_date(self.maintenant).to_string(),
        };
        if avant.projetee && avant.projection.meme_ligne(&projection) {
            self.feuille.tete(self.id, &tete);
        } else {
            self.feuille.contrat(self.id, &tete, &projection);
        }
        let (etat, lignes) = contrat.rendre();
        let entree = Arc::new(Entree {
            etat,
            tete: tete.clone(),
            tetes,
            resume,
            projection,
            projetee: true,
        });
        *tenu = Tenu {
            tete: Some(tete),
            entree: Arc::clone(&entree),
            possibles: None,
        };
        Ok(Recu {
            lignes,
            premiere: avant.tete.ordre + 1,
            derniere: entree.tete.ordre,
            entree,
            deja: false,
        })
    }

    /// Nothing moved: only the clock's look, and what it makes known, are kept.
    fn rien(&mut self, tenu: &mut Tenu, contrat: &Contrat<'_>) -> Recu {
        self.avise(tenu, contrat, None);
        let jour = civil_date(self.maintenant).to_string();
        if let Some(tete) = tenu.tete.as_mut().filter(|tete| tete.vu < jour) {
            tete.vu = jour;
            self.feuille.tete(self.id, tete);
        }
        let entree = Arc::clone(&tenu.entree);
        Recu {
            lignes: Vec::new(),
            premiere: entree.tete.ordre + 1,
            derniere: entree.tete.ordre,
            entree,
            deja: false,
        }
    }

    /// Seals the lines, with the texts they speak of.
    fn lignes(
        &mut self,
        ordre: u64,
        contrat: &Contrat<'_>,
        tetes: &mut Tetes,
    ) -> Result<Vec<Scellee>, Erreur> {
        let scellees = scelle(self.id, ordre, contrat.journal(), tetes)?;
        for scellee in &scellees {
            self.feuille.ligne(scellee)?;
        }
        let textes = contrat.journal().iter().filter_map(|l| l.evenement.texte());
        for empreinte in textes {
            if let Some(texte) = contrat.texte(empreinte) {
                self.feuille.texte(self.id, empreinte, texte);
            }
        }
        for note in contrat.notes() {
            let dit = [note.sel.as_str(), note.texte.as_str()];
            self.feuille
                .note(self.id, note.engagement, &note.lecteurs, dit);
        }
        Ok(scellees)
    }

    /// Moves the heads of the streams that were written.
    fn flux(&mut self, contrat: &Contrat<'_>, scellees: &[Scellee], tetes: &Tetes) {
        let touches: BTreeSet<&str> = scellees.iter().map(|l| l.flux.as_str()).collect();
        for nom in touches {
            let flux = contrat.flux(nom);
            let workflow = flux.map_or("", |f| f.dossier.workflow.as_str());
            if let Some(tete) = tetes.get(nom) {
                self.feuille.flux(self.id, nom, workflow, *tete);
            }
        }
    }
}
