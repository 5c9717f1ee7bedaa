//! A file compared with what is known, by packets; written, in one transaction, when it is to be.

use super::semblables::semblables;
use super::{Bilan, Lecture, Lu, Prise};
use crate::app::execute::Entente;
use crate::metier::chaine::instant;
use crate::metier::finess::Finess;
use crate::metier::repertoire::{Chiffre, Etablissement, difference};
use crate::regles::calendrier::civil_date;
use crate::store::repertoire::{self, Import, Marque, PAQUET, Rangee};
use crate::store::{Conn, Erreur};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What published establishments, entities and places; a figure says its own source.
const REPERTOIRE: &str = "Répertoire FINESS";

impl Entente {
    /// Takes in what a file says, or tells what it would change.
    ///
    /// # Errors
    /// One French sentence: the database does not answer; nothing is written then.
    pub async fn importer_repertoire(
        &self,
        lecture: Lecture,
        prise: Prise,
        maintenant: DateTime<Utc>,
    ) -> Result<Bilan, String> {
        let bilan = Bilan::de(&lecture, prise);
        let fautes = lecture.fautes();
        if fautes.informe {
            return Ok(bilan);
        }
        let fait = if prise.a_blanc || !(fautes.aucune() || prise.partielle) {
            let lecteur = self.base.lire().await;
            let mut lecteur = lecteur.map_err(|e| e.to_string())?;
            let mut passage = Passage {
                bilan,
                marque: None,
                touchees: BTreeSet::new(),
            };
            let passe = passage.tout(&mut lecteur.conn(), lecture.lu).await;
            passe.map(|()| passage.bilan)
        } else {
            let acte = self.base.ecrire(move |mut conn| {
                Box::pin(async move { ecrit(&mut conn, bilan, lecture, maintenant).await })
            });
            acte.await
        };
        fait.map_err(|e| e.to_string())
    }
}

/// A file going through what is known.
struct Passage {
    bilan: Bilan,
    /// None: nothing is written.
    marque: Option<Marque>,
    /// The indicators and years of the figures that changed, or are of establishments that did.
    touchees: BTreeSet<(String, i32)>,
}

async fn ecrit(
    conn: &mut Conn<'_>,
    bilan: Bilan,
    lecture: Lecture,
    maintenant: DateTime<Utc>,
) -> Result<Bilan, Erreur> {
    repertoire::verrouille(conn).await?;
    let mut passage = Passage {
        bilan,
        marque: Some(Marque {
            jour: civil_date(maintenant),
            source: REPERTOIRE.to_owned(),
        }),
        touchees: BTreeSet::new(),
    };
    passage.tout(conn, lecture.lu).await?;
    let Passage {
        mut bilan,
        touchees,
        ..
    } = passage;
    if !bilan.change() {
        return Ok(bilan);
    }
    for (indicateur, annee) in touchees {
        let ensemble = repertoire::ensemble(conn, &indicateur, annee).await?;
        let references = semblables(&indicateur, annee, ensemble);
        repertoire::remplace(conn, (&indicateur, annee), &references).await?;
    }
    let import = Import {
        instant: instant(maintenant),
        genre: bilan.genre.to_owned(),
        empreinte: lecture.empreinte.to_string(),
        lus: bilan.lus,
        ajoutes: bilan.ajoutes,
        modifies: bilan.modifies,
        inchanges: bilan.inchanges,
    };
    repertoire::note(conn, &import).await?;
    bilan.ecrit = true;
    Ok(bilan)
}

impl Passage {
    async fn tout(&mut self, conn: &mut Conn<'_>, lu: Lu) -> Result<(), Erreur> {
        match lu {
            Lu::Fiches(extrait) => {
                let changes = self.passe(conn, extrait.etablissements, deplace).await?;
                self.passe(conn, extrait.entites, rien).await?;
                self.passe(conn, extrait.capacites, rien).await?;
                if self.marque.is_some() {
                    for paquet in changes.chunks(PAQUET) {
                        let numeros: Vec<&Finess> = paquet.iter().collect();
                        let touchees = repertoire::touchees(conn, &numeros).await?;
                        self.touchees.extend(touchees);
                    }
                }
            }
            Lu::Chiffres(export) => {
                self.inconnus(conn, &export.releves).await?;
                let touches = self.passe(conn, export.releves, cle).await?;
                self.touchees.extend(touches);
            }
        }
        Ok(())
    }

    /// Compares rows, writes those that changed. Answers what those that changed touch.
    async fn passe<R: Rangee, T, I: IntoIterator<Item = T>>(
        &mut self,
        conn: &mut Conn<'_>,
        lues: Vec<R>,
        touche: fn(Option<&R>, &R) -> I,
    ) -> Result<Vec<T>, Erreur> {
        let mut touches = Vec::new();
        let mut lues = lues.into_iter();
        loop {
            let paquet: Vec<R> = lues.by_ref().take(PAQUET).collect();
            if paquet.is_empty() {
                return Ok(touches);
            }
            let connues = R::connues(conn, &paquet).await?;
            let ecart = difference(connues, paquet);
            self.bilan.compte(&ecart);
            touches.extend(ecart.ajoutes.iter().flat_map(|lue| touche(None, lue)));
            let modifies = ecart.modifies.iter();
            touches.extend(modifies.flat_map(|(avant, lue)| touche(Some(avant), lue)));
            if let Some(marque) = &self.marque {
                let modifiees = ecart.modifies.iter().map(|(_, lue)| lue);
                let a_ecrire: Vec<&R> = ecart.ajoutes.iter().chain(modifiees).collect();
                R::pose(conn, &a_ecrire, marque).await?;
            }
        }
    }

    /// Figures of establishments that are not in the register are kept, and compared with none.
    async fn inconnus(&mut self, conn: &mut Conn<'_>, lus: &[Chiffre]) -> Result<(), Erreur> {
        let numeros: BTreeSet<&Finess> = lus.iter().map(|chiffre| &chiffre.finess).collect();
        let numeros: Vec<&Finess> = numeros.into_iter().collect();
        let mut connus = 0;
        for paquet in numeros.chunks(PAQUET) {
            connus += repertoire::connus(conn, paquet).await?;
        }
        let inconnus = numeros.len().saturating_sub(connus);
        if inconnus > 0 {
            self.bilan.signalements.push(format!(
                "Établissements qui ne sont pas au répertoire : {inconnus}. Leurs chiffres \
                 n'entrent dans aucun repère tant que l'extraction FINESS qui les contient n'est \
                 pas importée."
            ));
        }
        Ok(())
    }
}

/// An establishment is compared with others than before when it changes category or place.
fn deplace(avant: Option<&Etablissement>, apres: &Etablissement) -> Option<Finess> {
    let memes = avant.is_some_and(|avant| {
        avant.categorie == apres.categorie && avant.departement == apres.departement
    });
    (!memes).then(|| apres.finess.clone())
}

fn cle(_: Option<&Chiffre>, chiffre: &Chiffre) -> [(String, i32); 1] {
    [(chiffre.indicateur.clone(), chiffre.annee)]
}

fn rien<R>(_: Option<&R>, _: &R) -> [(); 0] {
    []
}
