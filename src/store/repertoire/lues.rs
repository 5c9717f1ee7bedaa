//! What pages ask for: an establishment, those of an entity, figures, files taken in.

use super::super::conn::{Conn, sur};
use super::super::erreur::Erreur;
use super::rangees::{
    annee_lue, des_numeros, etablissement_lu, jour_lu, numero_lu, places_lues, source_lue,
    termes_lus,
};
use crate::metier::finess::Finess;
use crate::metier::repertoire::{Capacite, Chiffre, Etablissement, Valeur};
use chrono::NaiveDate;
use sqlx::QueryBuilder;

/// An establishment of the register, with what the other tables say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EtablissementConnu {
    pub etablissement: Etablissement,
    /// None: the entity is not in the register.
    pub ej_nom: Option<String>,
    /// None: its equipments are not in the register.
    pub capacite: Option<Capacite>,
    pub importe_le: NaiveDate,
    /// Where it was read, for people.
    pub source: String,
}

/// A figure, where it comes from and what it took the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChiffreDate {
    pub chiffre: Chiffre,
    pub importe_le: NaiveDate,
    /// The value before it was corrected, and when that one was taken in.
    pub ancienne: Option<(Valeur, NaiveDate)>,
}

/// A file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub instant: String,
    /// `finess`, `tdb`, `has`, `comptes`.
    pub genre: String,
    /// SHA-256 of the file.
    pub empreinte: String,
    pub lus: u64,
    pub ajoutes: u64,
    pub modifies: u64,
    pub inchanges: u64,
}

/// Establishment; day and source; name of the entity; places.
type Ligne = (
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
    String,
    String,
    Option<String>,
    Option<i64>,
    Option<i64>,
);

macro_rules! etablissements {
    ($fin:literal) => {
        concat!(
            "select e.finess, e.ej, e.nom, e.categorie, e.categorie_libelle, e.departement, \
             e.commune, e.tarification, e.tarification_libelle, e.ouvert_le, e.ferme_le, \
             e.importe_le, e.source, j.nom, c.autorisee, c.installee from etablissements e \
             left join entites j on j.finess = e.ej left join capacites c on c.finess = e.finess \
             where ",
            $fin
        )
    };
}

/// An establishment, by its number.
///
/// # Errors
/// The database does not answer, or holds a row that does not read.
pub async fn etablissement(
    conn: &mut Conn<'_>,
    finess: &Finess,
) -> Result<Option<EtablissementConnu>, Erreur> {
    const SQL: &str = etablissements!("e.finess = $1");
    let lu: Option<Ligne> =
        sur!(conn, c => sqlx::query_as(SQL).bind(finess.as_str()).fetch_optional(c).await)?;
    lu.map(connu).transpose()
}

/// The establishments of an entity: those that are open, then the others, each by number.
///
/// # Errors
/// The database does not answer, or holds a row that does not read.
pub async fn etablissements_de(
    conn: &mut Conn<'_>,
    ej: &Finess,
) -> Result<Vec<EtablissementConnu>, Erreur> {
    const SQL: &str = etablissements!("e.ej = $1");
    let lus: Vec<Ligne> =
        sur!(conn, c => sqlx::query_as(SQL).bind(ej.as_str()).fetch_all(c).await)?;
    let lus: Result<Vec<EtablissementConnu>, Erreur> = lus.into_iter().map(connu).collect();
    let mut lus = lus?;
    lus.sort_by(|a, b| {
        let rang = |lu: &EtablissementConnu| {
            let lu = &lu.etablissement;
            (lu.ferme_le.is_some(), lu.finess.clone())
        };
        rang(a).cmp(&rang(b))
    });
    Ok(lus)
}

fn connu(ligne: Ligne) -> Result<EtablissementConnu, Erreur> {
    let (finess, ej, nom, categorie, libelle, departement, commune, mft, libmft, de, a, ..) =
        &ligne;
    let colonnes = [
        finess,
        ej,
        nom,
        categorie,
        libelle,
        departement,
        commune,
        mft,
        libmft,
        de,
        a,
    ];
    let [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10] = colonnes.map(Clone::clone);
    let etablissement = etablissement_lu((c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10))?;
    let (.., importe_le, source, ej_nom, autorisee, installee) = ligne;
    let capacite = match autorisee.zip(installee) {
        Some((autorisee, installee)) => Some(Capacite {
            finess: etablissement.finess.clone(),
            autorisee: places_lues(autorisee)?,
            installee: places_lues(installee)?,
        }),
        None => None,
    };
    Ok(EtablissementConnu {
        etablissement,
        ej_nom,
        capacite,
        importe_le: jour_dit(&importe_le)?,
        source,
    })
}

fn jour_dit(texte: &str) -> Result<NaiveDate, Erreur> {
    jour_lu(texte)?.ok_or_else(|| Erreur::Abime("un import n'a pas de date".to_owned()))
}

/// Establishment, indicator, year, value, terms, day, source, old value and its day.
type LigneChiffre = (
    String,
    String,
    i64,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
);

/// The figures of establishments, by establishment, indicator and year.
///
/// # Errors
/// The database does not answer, or holds a row that does not read.
pub async fn chiffres(conn: &mut Conn<'_>, numeros: &[Finess]) -> Result<Vec<ChiffreDate>, Erreur> {
    const SQL: &str = "select finess, indicateur, annee, valeur, numerateur, denominateur, \
                       importe_le, source, ancienne, ancienne_le from chiffres where finess in (";
    let mut dates = Vec::new();
    for paquet in numeros.chunks(super::PAQUET) {
        let numeros: Vec<&str> = paquet.iter().map(Finess::as_str).collect();
        let lues: Vec<LigneChiffre> = des_numeros!(conn, numeros, SQL);
        for lue in lues {
            dates.push(date(lue)?);
        }
    }
    dates.sort_by(|a, b| {
        let cle = |date: &ChiffreDate| {
            let chiffre = &date.chiffre;
            (
                chiffre.finess.clone(),
                chiffre.indicateur.clone(),
                chiffre.annee,
            )
        };
        cle(a).cmp(&cle(b))
    });
    Ok(dates)
}

fn date(lue: LigneChiffre) -> Result<ChiffreDate, Erreur> {
    let (finess, indicateur, annee, valeur, haut, bas, jour, source, ancienne, ancienne_le) = lue;
    Ok(ChiffreDate {
        chiffre: Chiffre {
            finess: numero_lu(&finess)?,
            indicateur,
            annee: annee_lue(annee)?,
            valeur: Valeur::lue(&valeur),
            termes: termes_lus(&haut, &bas),
            source: source_lue(&source)?,
        },
        importe_le: jour_dit(&jour)?,
        ancienne: jour_lu(&ancienne_le)?.map(|jour| (Valeur::lue(&ancienne), jour)),
    })
}

/// The files that were taken in, the last first.
///
/// # Errors
/// The database does not answer.
pub async fn imports(conn: &mut Conn<'_>) -> Result<Vec<Import>, Erreur> {
    const SQL: &str = "select instant, genre, empreinte, lus, ajoutes, modifies, inchanges \
                       from imports order by instant desc, genre, empreinte limit 1000";
    let lus: Vec<(String, String, String, i64, i64, i64, i64)> =
        sur!(conn, c => sqlx::query_as(SQL).fetch_all(c).await)?;
    let lus = lus.into_iter().map(
        |(instant, genre, empreinte, lus, ajoutes, modifies, inchanges)| Import {
            instant,
            genre,
            empreinte,
            lus: lus.cast_unsigned(),
            ajoutes: ajoutes.cast_unsigned(),
            modifies: modifies.cast_unsigned(),
            inchanges: inchanges.cast_unsigned(),
        },
    );
    Ok(lus.collect())
}
