//! What pages ask of the register: each in as many statements whatever the establishments or the
//! indicators.

use crate::app::consult::{Consultation, Indisponible};
use crate::app::reperes;
use crate::metier::comparaison::{Maille, Reference, Repere, Semblables, repere};
use crate::metier::finess::Finess;
use crate::regles::calendrier::civil_date;
use crate::store::repertoire::{self, ChiffreDate, EtablissementConnu, Import};

/// What similar establishments show in a year, around a Département.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparaison {
    annee: i32,
    categorie: String,
    /// Those of few structures too: only [`Comparaison::repere`] tells which may be shown.
    references: Vec<Reference>,
    mailles: Vec<Maille>,
    seuil: u32,
}

impl Comparaison {
    /// What a figure of an indicator may be shown beside: the nearest territory that has enough
    /// similar establishments, and what is said of a wider one.
    pub fn repere(&self, indicateur: &str) -> Repere<'_> {
        let semblables = Semblables {
            annee: self.annee,
            indicateur,
            categorie: &self.categorie,
        };
        repere(&self.references, &semblables, &self.mailles, self.seuil)
    }
}

impl Consultation {
    /// An establishment of the register.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn etablissement(
        &self,
        finess: &Finess,
    ) -> Result<Option<EtablissementConnu>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        Ok(repertoire::etablissement(&mut lecteur.conn(), finess).await?)
    }

    /// The establishments of an entity: those that are open first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn etablissements_de(
        &self,
        ej: &Finess,
    ) -> Result<Vec<EtablissementConnu>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        Ok(repertoire::etablissements_de(&mut lecteur.conn(), ej).await?)
    }

    /// All the figures of establishments, by establishment, indicator and year.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn chiffres(&self, numeros: &[Finess]) -> Result<Vec<ChiffreDate>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        Ok(repertoire::chiffres(&mut lecteur.conn(), numeros).await?)
    }

    /// What establishments of a category show in a year, around a Département, for all indicators;
    /// under the rule of today.
    ///
    /// # Errors
    /// The database does not answer, or the rule is missing.
    pub async fn comparaison(
        &self,
        categorie: &str,
        departement: &str,
        annee: i32,
    ) -> Result<Comparaison, Indisponible> {
        let regles = reperes::regles(civil_date((self.horloge)())).map_err(Indisponible)?;
        let mailles = Maille::autour(departement);
        let mut lecteur = self.entente.base.lire().await?;
        let conn = &mut lecteur.conn();
        let references = repertoire::references(conn, categorie, annee, &mailles).await?;
        Ok(Comparaison {
            annee,
            categorie: categorie.to_owned(),
            references,
            mailles,
            seuil: regles.structures_min,
        })
    }

    /// The files that were taken in, the last first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn imports_du_repertoire(&self) -> Result<Vec<Import>, Indisponible> {
        let mut lecteur = self.entente.base.lire().await?;
        Ok(repertoire::imports(&mut lecteur.conn()).await?)
    }
}
