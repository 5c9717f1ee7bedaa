//! Why the database did not do it.

use std::fmt;

/// What a caller can do about it tells them apart.
#[derive(Debug, Clone)]
pub enum Erreur {
    /// It cannot answer now: gone, full, read-only, too slow. To be tried again later; nothing was
    /// written.
    Indisponible(String),
    /// It refused a statement: what was asked does not fit, the disk is full. Nothing was written.
    Rejet(String),
    /// The commit was sent and its answer lost: the request's id tells whether it was done.
    Incertain(String),
    /// What is kept does not read: the file is damaged, or of another version.
    Abime(String),
    /// Two writers met: tried again at once.
    Conflit,
}

impl Erreur {
    /// Sorts what the driver answers.
    pub(super) fn lue(erreur: &sqlx::Error) -> Self {
        match erreur {
            sqlx::Error::RowNotFound | sqlx::Error::ColumnDecode { .. } => Self::Abime(format!(
                "la base ne contient pas ce qui était attendu ({erreur})"
            )),
            sqlx::Error::Database(base) if base.is_unique_violation() => Self::Conflit,
            sqlx::Error::Database(base) => {
                let code = base.code().unwrap_or_default();
                // PostgreSQL: serialization failure, deadlock.
                if matches!(&*code, "40001" | "40P01") {
                    return Self::Conflit;
                }
                // SQLite: corrupt, not a database. PostgreSQL: data corrupted, index corrupted.
                if matches!(
                    &*code,
                    "11" | "26" | "267" | "523" | "779" | "XX001" | "XX002"
                ) {
                    return Self::Abime(format!("la base est abîmée ({})", base.message()));
                }
                Self::Rejet(base.message().to_owned())
            }
            autre => Self::Indisponible(autre.to_string()),
        }
    }
}

impl Erreur {
    /// Whether one act may be the cause, among those of one commit: each may then be tried alone.
    pub fn vient_d_un_acte(&self) -> bool {
        !matches!(self, Self::Indisponible(_) | Self::Incertain(_))
    }
}

impl From<sqlx::Error> for Erreur {
    fn from(erreur: sqlx::Error) -> Self {
        Self::lue(&erreur)
    }
}

impl fmt::Display for Erreur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Indisponible(cause) | Self::Rejet(cause) => write!(
                f,
                "La base de données ne répond pas ({cause}). Rien n'a été écrit ; réessayez dans \
                 un instant."
            ),
            Self::Incertain(cause) => write!(
                f,
                "La base de données n'a pas confirmé l'écriture ({cause}). Renvoyez la même \
                 demande : elle ne sera pas faite deux fois."
            ),
            Self::Abime(cause) => write!(
                f,
                "La base de données ne se lit pas : {cause}. Lancez « entente journal verify », \
                 puis restaurez une sauvegarde."
            ),
            Self::Conflit => {
                f.write_str("Deux écritures se sont croisées. Rien n'a été écrit ; réessayez.")
            }
        }
    }
}

impl std::error::Error for Erreur {}
