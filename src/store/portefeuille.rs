//! The list of contracts: which rows, in which order, and how many by each of its filters.

use super::conn::{Conn, sur};
use super::erreur::Erreur;
use super::journal::entier;
use super::projections::{SANS_DATE, Vus, vus};

/// Which rows of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choix {
    /// Whose list.
    pub vus: Vus,
    /// The stream that is the contract itself.
    pub racine: String,
    /// Today, `AAAA-MM-JJ`.
    pub jour: String,
    /// A part of what is searched, without capitals nor accents; empty: all.
    pub texte: String,
    /// A phase's title; empty: all.
    pub phase: String,
    /// A workflow's name; empty: all.
    pub workflow: String,
    /// The beginning of a party's name, `departement`; empty: all.
    pub plume: String,
    /// Only where who looks holds the pen.
    pub moi: bool,
    /// Only those that are late.
    pub retard: bool,
    /// The day by which they end, `AAAA-MM-JJ`; empty: all.
    pub terme: String,
    /// What orders them: `titre`, `terme`; else the day they are waited for.
    pub tri: String,
}

/// The rows that a choice keeps, as `lus`, by `$1` to `$22`.
macro_rules! lus {
    () => {
        concat!(
            "with vus as (",
            vus!(),
            "), moi as (select v.contrat from vus v join contrats c on c.id = v.contrat \
             where c.plume like '%,' || v.partie || ',%'), \
             lus as (select c.id, c.titre, c.echeance, c.terme, c.resume from contrats c \
             join flux f on f.contrat = c.id and f.flux = $14 \
             where c.id in (select contrat from vus) and c.recherche like $15 escape '!' \
             and ($16 = '' or c.phase = $16) and ($17 = '' or f.workflow = $17) \
             and c.plume like $18 and ($19 = 0 or c.id in (select contrat from moi)) \
             and ($20 = 0 or c.echeance < $21) and c.terme <= $22) "
        )
    };
}

/// Binds what `lus!` asks for.
macro_rules! lie {
    ($requete:expr, $choix:expr) => {{
        let mut requete = $requete;
        for texte in $choix.vus.textes() {
            requete = requete.bind(texte);
        }
        let terme = match $choix.terme.as_str() {
            "" => SANS_DATE,
            jour => jour,
        };
        requete
            .bind(&$choix.racine)
            .bind(motif(&$choix.texte))
            .bind(&$choix.phase)
            .bind(&$choix.workflow)
            .bind($choix.motif_de_plume())
            .bind(i64::from($choix.moi))
            .bind(i64::from($choix.retard))
            .bind(&$choix.jour)
            .bind(terme)
    }};
}

/// Rows of the list, in JSON.
///
/// # Errors
/// The database does not answer.
pub async fn resumes(
    conn: &mut Conn<'_>,
    choix: &Choix,
    limite: u64,
    saut: u64,
) -> Result<Vec<String>, Erreur> {
    const SQL: &str = concat!(
        lus!(),
        "select resume from lus order by case when $23 = 'titre' then titre \
         when $23 = 'terme' then terme else echeance end, echeance, titre, id \
         limit $24 offset $25"
    );
    let lus: Vec<(String,)> = sur!(conn, c => {
        lie!(sqlx::query_as(SQL), choix)
            .bind(&choix.tri)
            .bind(entier(limite))
            .bind(entier(saut))
            .fetch_all(c)
            .await
    })?;
    Ok(lus.into_iter().map(|(resume,)| resume).collect())
}

/// Where a row stands in the list, the most pressing first: its date, title and id.
pub type Rang = [String; 3];

/// Rows of the list after one, the most pressing first, each with where it stands.
///
/// # Errors
/// The database does not answer.
pub async fn resumes_apres(
    conn: &mut Conn<'_>,
    choix: &Choix,
    apres: &Rang,
    limite: u64,
) -> Result<Vec<(Rang, String)>, Erreur> {
    const SQL: &str = concat!(
        lus!(),
        "select echeance, titre, id, resume from lus \
         where (echeance, titre, id) > ($23, $24, $25) order by echeance, titre, id limit $26"
    );
    let lus: Vec<(String, String, String, String)> = sur!(conn, c => {
        let mut requete = lie!(sqlx::query_as(SQL), choix);
        for borne in apres {
            requete = requete.bind(borne);
        }
        requete.bind(entier(limite)).fetch_all(c).await
    })?;
    let lu = |(echeance, titre, id, resume)| ([echeance, titre, id], resume);
    Ok(lus.into_iter().map(lu).collect())
}

/// The contracts that a choice keeps, by id, each with the party of who looks; empty where it is
/// several.
///
/// # Errors
/// The database does not answer.
pub async fn contrats(
    conn: &mut Conn<'_>,
    choix: &Choix,
    limite: u64,
) -> Result<Vec<(String, String)>, Erreur> {
    const SQL: &str = concat!(
        lus!(),
        "select l.id, case when min(v.partie) = max(v.partie) then min(v.partie) else '' end \
         from lus l join vus v on v.contrat = l.id group by l.id order by l.id limit $23"
    );
    Ok(sur!(conn, c => {
        lie!(sqlx::query_as(SQL), choix).bind(entier(limite)).fetch_all(c).await
    })?)
}

/// How many contracts are alike in all that the list is filtered by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facette {
    pub phase: String,
    pub workflow: String,
    /// The parties that hold the pen, between commas.
    pub plume: String,
    /// Who looks is one of these.
    pub moi: bool,
    pub retard: bool,
    /// Which of the asked days is the first by which they end; none: after the last.
    pub terme: Option<usize>,
    pub nombre: u64,
    /// Those of them where the text is.
    pub trouves: u64,
}

type Compte = (String, String, String, i64, i64, i64, i64, i64);

/// All that someone sees, counted. `texte`: as in [`Choix`]; `termes`: days, the nearest first.
///
/// # Errors
/// The database does not answer.
pub async fn facettes(
    conn: &mut Conn<'_>,
    choix: &Choix,
    termes: &[String; 3],
) -> Result<Vec<Facette>, Erreur> {
    const SQL: &str = concat!(
        "with vus as (",
        vus!(),
        "), moi as (select v.contrat from vus v join contrats c on c.id = v.contrat \
         where c.plume like '%,' || v.partie || ',%'), \
         comptes as (select c.phase, f.workflow, c.plume, \
         cast(case when c.id in (select contrat from moi) then 1 else 0 end as bigint) as a_moi, \
         cast(case when c.echeance < $16 then 1 else 0 end as bigint) as retard, \
         cast(case when c.terme <= $17 then 0 when c.terme <= $18 then 1 \
         when c.terme <= $19 then 2 else 3 end as bigint) as reste, \
         case when c.recherche like $15 escape '!' then 1 else 0 end as dit \
         from contrats c join flux f on f.contrat = c.id and f.flux = $14 \
         where c.id in (select contrat from vus)) \
         select phase, workflow, plume, a_moi, retard, reste, count(*), \
         cast(sum(dit) as bigint) from comptes \
         group by phase, workflow, plume, a_moi, retard, reste"
    );
    let mut lus: Vec<Compte> = sur!(conn, c => {
        let mut requete = sqlx::query_as(SQL);
        for texte in choix.vus.textes() {
            requete = requete.bind(texte);
        }
        requete = requete.bind(&choix.racine).bind(motif(&choix.texte)).bind(&choix.jour);
        for terme in termes {
            requete = requete.bind(terme);
        }
        requete.fetch_all(c).await
    })?;
    lus.sort_unstable();
    let facette = |(phase, workflow, plume, moi, retard, reste, nombre, trouves): Compte| Facette {
        phase,
        workflow,
        plume,
        moi: moi == 1,
        retard: retard == 1,
        terme: usize::try_from(reste).ok().filter(|t| *t < termes.len()),
        nombre: nombre.cast_unsigned(),
        trouves: trouves.cast_unsigned(),
    };
    Ok(lus.into_iter().map(facette).collect())
}

impl Choix {
    fn motif_de_plume(&self) -> String {
        match self.plume.as_str() {
            "" => "%".to_owned(),
            plume => format!("%,{plume}%"),
        }
    }
}

/// Searched as it is typed, anywhere: `%` and `_` mean themselves.
pub(super) fn motif(texte: &str) -> String {
    let mut motif = String::from("%");
    for c in texte.chars() {
        if matches!(c, '%' | '_' | '!') {
            motif.push('!');
        }
        motif.push(c);
    }
    motif.push('%');
    motif
}
