//! Rows of each table: those that are known by the same keys, and those that are written over them.

use super::super::conn::{Conn, sur};
use super::super::erreur::Erreur;
use super::super::lignes::{EnLignes, Valeur};
use crate::metier::contrat::diagnostic::Source;
use crate::metier::finess::Finess;
use crate::metier::nombre::Nombre;
use crate::metier::repertoire::{self, Capacite, Chiffre, Entite, Etablissement, Fiche};
use chrono::NaiveDate;
use sqlx::QueryBuilder;
use std::collections::BTreeMap;
use std::future::Future;

/// When a row was taken in, and from what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marque {
    pub jour: NaiveDate,
    /// For people.
    pub source: String,
}

/// A row of one of these tables.
pub trait Rangee: Fiche + Sized + Send + Sync {
    /// The rows that are known by the keys of these, and perhaps others. At most
    /// [`super::PAQUET`] numbers.
    ///
    /// # Errors
    /// The database does not answer, or holds a row that does not read.
    fn connues(
        conn: &mut Conn<'_>,
        lues: &[Self],
    ) -> impl Future<Output = Result<BTreeMap<Self::Cle, Self>, Erreur>> + Send;

    /// The establishment or the entity it is about.
    fn numero(&self) -> &Finess;

    /// The statement that writes rows over those of the same keys: its beginning and its end.
    const POSE: [&'static str; 2];

    #[expect(private_interfaces, reason = "values stay those of this room")]
    fn valeurs(&self, marque: &Marque) -> Vec<Valeur>;

    /// Writes rows over those of the same keys.
    ///
    /// # Errors
    /// The database does not take them.
    fn pose(
        conn: &mut Conn<'_>,
        lues: &[&Self],
        marque: &Marque,
    ) -> impl Future<Output = Result<(), Erreur>> + Send {
        let valeurs: Vec<Vec<Valeur>> = lues.iter().map(|lue| lue.valeurs(marque)).collect();
        async move {
            let lignes = valeurs.iter().map(|ligne| ligne.iter().collect());
            let [debut, fin] = Self::POSE;
            let ordre = EnLignes::nouvelle(debut, lignes.collect(), fin);
            ordre.execute(conn).await
        }
    }
}

/// The numbers of rows, each once.
fn numeros<R: Rangee>(lues: &[R]) -> Vec<&str> {
    let mut numeros: Vec<&str> = lues.iter().map(|lue| lue.numero().as_str()).collect();
    numeros.sort_unstable();
    numeros.dedup();
    numeros
}

/// The rows of these numbers. `$debut` ends by what precedes their list.
macro_rules! des_numeros {
    ($conn:expr, $numeros:expr, $debut:expr) => {{
        let numeros = $numeros;
        if numeros.is_empty() {
            Vec::new()
        } else {
            sur!($conn, c => {
                let mut requete = QueryBuilder::new($debut);
                let mut liste = requete.separated(", ");
                for numero in &numeros {
                    liste.push_bind(*numero);
                }
                requete.push(")").build_query_as().fetch_all(c).await?
            })
        }
    }};
}
pub(super) use des_numeros;

fn texte(texte: &impl ToString) -> Valeur {
    Valeur::Texte(texte.to_string())
}

fn jour(jour: Option<NaiveDate>) -> Valeur {
    Valeur::Texte(jour.map_or_else(String::new, |jour| jour.to_string()))
}

fn abime(quoi: &str, numero: &str) -> Erreur {
    Erreur::Abime(format!("{quoi} ({numero}) ne se lit pas"))
}

pub(super) fn numero_lu(texte: &str) -> Result<Finess, Erreur> {
    Finess::parse(texte).map_err(|_| abime("un numéro du répertoire", texte))
}

pub(super) fn jour_lu(texte: &str) -> Result<Option<NaiveDate>, Erreur> {
    if texte.is_empty() {
        return Ok(None);
    }
    let lu = texte.parse().map_err(|_| abime("une date", texte));
    lu.map(Some)
}

pub(super) fn places_lues(places: i64) -> Result<u32, Erreur> {
    u32::try_from(places).map_err(|_| abime("un nombre de places", &places.to_string()))
}

pub(super) fn termes_lus(haut: &str, bas: &str) -> Option<(Nombre, Nombre)> {
    Nombre::du_texte(haut).zip(Nombre::du_texte(bas))
}

/// Columns of an establishment, all text.
pub(super) type Colonnes = (
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
);

pub(super) fn etablissement_lu(lu: Colonnes) -> Result<Etablissement, Erreur> {
    let (finess, ej, nom, categorie, categorie_libelle, departement, commune, mft, libmft, de, a) =
        lu;
    Ok(Etablissement {
        finess: numero_lu(&finess)?,
        ej: numero_lu(&ej)?,
        nom,
        categorie,
        categorie_libelle,
        departement,
        commune,
        tarification: mft,
        tarification_libelle: libmft,
        ouvert_le: jour_lu(&de)?,
        ferme_le: jour_lu(&a)?,
    })
}

impl Rangee for Etablissement {
    const POSE: [&'static str; 2] = [
        "insert into etablissements (finess, ej, nom, categorie, categorie_libelle, departement, \
         commune, tarification, tarification_libelle, ouvert_le, ferme_le, importe_le, source) ",
        " on conflict (finess) do update set ej = excluded.ej, nom = excluded.nom, \
         categorie = excluded.categorie, categorie_libelle = excluded.categorie_libelle, \
         departement = excluded.departement, commune = excluded.commune, \
         tarification = excluded.tarification, \
         tarification_libelle = excluded.tarification_libelle, \
         ouvert_le = excluded.ouvert_le, ferme_le = excluded.ferme_le, \
         importe_le = excluded.importe_le, source = excluded.source",
    ];

    async fn connues(conn: &mut Conn<'_>, lues: &[Self]) -> Result<BTreeMap<Finess, Self>, Erreur> {
        const SQL: &str = "select finess, ej, nom, categorie, categorie_libelle, departement, \
                           commune, tarification, tarification_libelle, ouvert_le, ferme_le \
                           from etablissements where finess in (";
        let connues: Vec<Colonnes> = des_numeros!(conn, numeros(lues), SQL);
        let connues = connues.into_iter().map(|lu| {
            let connu = etablissement_lu(lu)?;
            Ok((connu.cle(), connu))
        });
        connues.collect()
    }

    fn numero(&self) -> &Finess {
        &self.finess
    }

    #[expect(private_interfaces, reason = "values stay those of this room")]
    fn valeurs(&self, marque: &Marque) -> Vec<Valeur> {
        vec![
            texte(&self.finess),
            texte(&self.ej),
            texte(&self.nom),
            texte(&self.categorie),
            texte(&self.categorie_libelle),
            texte(&self.departement),
            texte(&self.commune),
            texte(&self.tarification),
            texte(&self.tarification_libelle),
            jour(self.ouvert_le),
            jour(self.ferme_le),
            texte(&marque.jour),
            texte(&marque.source),
        ]
    }
}

impl Rangee for Entite {
    const POSE: [&'static str; 2] = [
        "insert into entites (finess, nom, siren, departement, importe_le, source) ",
        " on conflict (finess) do update set nom = excluded.nom, siren = excluded.siren, \
         departement = excluded.departement, importe_le = excluded.importe_le, \
         source = excluded.source",
    ];

    async fn connues(conn: &mut Conn<'_>, lues: &[Self]) -> Result<BTreeMap<Finess, Self>, Erreur> {
        const SQL: &str = "select finess, nom, siren, departement from entites where finess in (";
        let connues: Vec<(String, String, String, String)> = des_numeros!(conn, numeros(lues), SQL);
        let connues = connues
            .into_iter()
            .map(|(finess, nom, siren, departement)| {
                let connue = Self {
                    finess: numero_lu(&finess)?,
                    nom,
                    siren,
                    departement,
                };
                Ok((connue.cle(), connue))
            });
        connues.collect()
    }

    fn numero(&self) -> &Finess {
        &self.finess
    }

    #[expect(private_interfaces, reason = "values stay those of this room")]
    fn valeurs(&self, marque: &Marque) -> Vec<Valeur> {
        vec![
            texte(&self.finess),
            texte(&self.nom),
            texte(&self.siren),
            texte(&self.departement),
            texte(&marque.jour),
            texte(&marque.source),
        ]
    }
}

impl Rangee for Capacite {
    const POSE: [&'static str; 2] = [
        "insert into capacites (finess, autorisee, installee, importe_le, source) ",
        " on conflict (finess) do update set autorisee = excluded.autorisee, \
         installee = excluded.installee, importe_le = excluded.importe_le, \
         source = excluded.source",
    ];

    async fn connues(conn: &mut Conn<'_>, lues: &[Self]) -> Result<BTreeMap<Finess, Self>, Erreur> {
        const SQL: &str = "select finess, autorisee, installee from capacites where finess in (";
        let connues: Vec<(String, i64, i64)> = des_numeros!(conn, numeros(lues), SQL);
        let connues = connues.into_iter().map(|(finess, autorisee, installee)| {
            let connue = Self {
                finess: numero_lu(&finess)?,
                autorisee: places_lues(autorisee)?,
                installee: places_lues(installee)?,
            };
            Ok((connue.cle(), connue))
        });
        connues.collect()
    }

    fn numero(&self) -> &Finess {
        &self.finess
    }

    #[expect(private_interfaces, reason = "values stay those of this room")]
    fn valeurs(&self, marque: &Marque) -> Vec<Valeur> {
        vec![
            texte(&self.finess),
            Valeur::Entier(i64::from(self.autorisee)),
            Valeur::Entier(i64::from(self.installee)),
            texte(&marque.jour),
            texte(&marque.source),
        ]
    }
}

impl Rangee for Chiffre {
    const POSE: [&'static str; 2] = [
        "insert into chiffres (finess, indicateur, annee, valeur, numerateur, denominateur, \
         source, importe_le, ancienne, ancienne_le) ",
        " on conflict (finess, indicateur, annee) do update set \
         ancienne = case when chiffres.valeur = excluded.valeur then chiffres.ancienne \
         else chiffres.valeur end, \
         ancienne_le = case when chiffres.valeur = excluded.valeur then chiffres.ancienne_le \
         else chiffres.importe_le end, \
         valeur = excluded.valeur, numerateur = excluded.numerateur, \
         denominateur = excluded.denominateur, importe_le = excluded.importe_le, \
         source = excluded.source",
    ];

    async fn connues(
        conn: &mut Conn<'_>,
        lues: &[Self],
    ) -> Result<BTreeMap<Self::Cle, Self>, Erreur> {
        const SQL: &str = "select finess, indicateur, annee, valeur, numerateur, denominateur, \
                           source from chiffres where finess in (";
        let connues: Vec<(String, String, i64, String, String, String, String)> =
            des_numeros!(conn, numeros(lues), SQL);
        let connues = connues.into_iter();
        let connues = connues.map(|(finess, indicateur, annee, valeur, haut, bas, source)| {
            let connu = Self {
                finess: numero_lu(&finess)?,
                indicateur,
                annee: annee_lue(annee)?,
                valeur: repertoire::Valeur::lue(&valeur),
                termes: termes_lus(&haut, &bas),
                source: source_lue(&source)?,
            };
            Ok((connu.cle(), connu))
        });
        connues.collect()
    }

    fn numero(&self) -> &Finess {
        &self.finess
    }

    #[expect(private_interfaces, reason = "values stay those of this room")]
    fn valeurs(&self, marque: &Marque) -> Vec<Valeur> {
        let (haut, bas) = match self.termes {
            Some((haut, bas)) => (haut.to_string(), bas.to_string()),
            None => (String::new(), String::new()),
        };
        vec![
            texte(&self.finess),
            texte(&self.indicateur),
            Valeur::Entier(i64::from(self.annee)),
            texte(&self.valeur),
            Valeur::Texte(haut),
            Valeur::Texte(bas),
            texte(&self.source.code()),
            texte(&marque.jour),
            Valeur::Texte(String::new()),
            Valeur::Texte(String::new()),
        ]
    }
}

pub(super) fn source_lue(code: &str) -> Result<Source, Erreur> {
    let source = Source::TOUTES.into_iter().find(|s| s.code() == code);
    source.ok_or_else(|| abime("la source d'un chiffre", code))
}

pub(super) fn annee_lue(annee: i64) -> Result<i32, Erreur> {
    i32::try_from(annee).map_err(|_| abime("une année", &annee.to_string()))
}
