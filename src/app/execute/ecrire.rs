//! Writes what an act did.

use super::demande::Demandee;
use super::{Entente, Entree, Recu, projeter};
use crate::app::contrat::Contrat;
use crate::metier::chaine::{Scellee, Tetes, instant};
use crate::metier::evenement::Ligne;
use crate::regles::calendrier::civil_date;
use crate::store::faute::{Point, passe};
use crate::store::journal::{self, Tete};
use crate::store::{Conn, Erreur, projections};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What surrounds the writing of an act.
pub(super) struct Ecrit<'e> {
    pub id: &'e str,
    pub avant: &'e Arc<Entree>,
    pub nouveau: bool,
    pub maintenant: DateTime<Utc>,
    pub demande: Option<&'e Demandee>,
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
    /// Nothing moved: only the clock's look and the answer are kept.
    async fn rien(self, conn: &mut Conn<'_>, tete: Option<Tete>) -> Result<Recu, Erreur> {
        let jour = civil_date(self.maintenant).to_string();
        if tete.is_some_and(|tete| tete.vu < jour) {
            projections::vu(conn, self.id, &jour).await?;
        }
        let (premiere, derniere) = (self.avant.ordre + 1, self.avant.ordre);
        if let Some(demandee) = self.demande {
            demandee.repond(conn, self.id, premiere, derniere).await?;
        }
        Ok(Recu {
            lignes: Vec::new(),
            premiere,
            derniere,
            entree: Arc::clone(self.avant),
            deja: false,
        })
    }

    /// Appends the lines, with the texts they speak of.
    async fn lignes(
        &self,
        conn: &mut Conn<'_>,
        contrat: &Contrat<'_>,
        tetes: &mut Tetes,
    ) -> Result<Vec<Scellee>, Erreur> {
        let scellees = scelle(self.id, self.avant.ordre, contrat.journal(), tetes)?;
        journal::ajoute(conn, &scellees).await?;
        let textes = contrat.journal().iter().filter_map(|l| l.evenement.texte());
        for empreinte in textes {
            if let Some(texte) = contrat.texte(empreinte) {
                journal::garde_texte(conn, self.id, empreinte, texte).await?;
            }
        }
        for note in contrat.notes() {
            let dit = [note.sel.as_str(), note.texte.as_str()];
            journal::garde_note(conn, self.id, note.engagement, &note.partie, dit).await?;
        }
        Ok(scellees)
    }

    /// Moves the heads of the streams that were written.
    async fn flux(
        &self,
        conn: &mut Conn<'_>,
        contrat: &Contrat<'_>,
        scellees: &[Scellee],
        tetes: &Tetes,
    ) -> Result<(), Erreur> {
        let touches: BTreeSet<&str> = scellees.iter().map(|l| l.flux.as_str()).collect();
        for nom in touches {
            let flux = contrat.flux(nom);
            let workflow = flux.map_or("", |f| f.dossier.workflow.as_str());
            if let Some(tete) = tetes.get(nom) {
                journal::avance_flux(conn, self.id, nom, workflow, *tete).await?;
            }
        }
        Ok(())
    }
}

impl Entente {
    /// Writes what an act did: lines, heads, projections, the answer.
    pub(super) async fn ecrit(
        &self,
        conn: &mut Conn<'_>,
        ecrit: Ecrit<'_>,
        contrat: Contrat<'_>,
        tete: Option<Tete>,
    ) -> Result<Recu, Erreur> {
        if contrat.journal().is_empty() {
            self.avise(conn, &ecrit, &contrat, tete.as_ref(), None)
                .await?;
            return ecrit.rien(conn, tete).await;
        }
        let (id, avant) = (ecrit.id, ecrit.avant);
        let mut tetes = avant.tetes.clone();
        let scellees = ecrit.lignes(conn, &contrat, &mut tetes).await?;
        passe(Point::ApresAjout);
        let resume = Some(&avant.resume).filter(|_| !ecrit.nouveau);
        let (projection, resume) = projeter(id, &contrat, resume, ecrit.maintenant);
        let montre = Some(&projection);
        self.avise(conn, &ecrit, &contrat, tete.as_ref(), montre)
            .await?;
        let connue = Some(&avant.projection).filter(|_| avant.projetee);
        projections::ecrit(conn, id, connue, &projection).await?;
        ecrit.flux(conn, &contrat, &scellees, &tetes).await?;
        let derniere = scellees.last();
        let nouvelle = Tete {
            ordre: derniere.map_or(avant.ordre, |l| l.ordre),
            empreinte: derniere.map_or(String::new(), |l| l.empreinte.to_string()),
            instant: instant(ecrit.maintenant),
            vu: civil_date(ecrit.maintenant).to_string(),
        };
        if connue.is_some_and(|connue| connue.meme_ligne(&projection)) {
            projections::avance_tete(conn, id, &nouvelle).await?;
        } else {
            projections::ecrit_tete(conn, id, ecrit.nouveau, &nouvelle, &projection).await?;
        }
        passe(Point::ApresProjections);
        let premiere = avant.ordre + 1;
        if let Some(demandee) = ecrit.demande {
            demandee.repond(conn, id, premiere, nouvelle.ordre).await?;
        }
        passe(Point::ApresTravaux);
        let (etat, lignes) = contrat.rendre();
        let entree = Arc::new(Entree {
            etat,
            ordre: nouvelle.ordre,
            empreinte: nouvelle.empreinte,
            tetes,
            resume,
            projection,
            projetee: true,
        });
        // Before the commit: an entry serves only whoever reads its very head.
        self.cache.pose(id, Arc::clone(&entree));
        Ok(Recu {
            lignes,
            premiere,
            derniere: entree.ordre,
            entree,
            deja: false,
        })
    }
}
