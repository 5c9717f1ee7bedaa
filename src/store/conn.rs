//! One connection, of either engine. A statement is written once; the macro says it to the one
//! there is.

use sqlx::{PgConnection, SqliteConnection};

/// A connection, inside a transaction when writing.
pub enum Conn<'c> {
    Lite(&'c mut SqliteConnection),
    Pg(&'c mut PgConnection),
}

impl Conn<'_> {
    /// The same connection, lent again.
    pub fn prete(&mut self) -> Conn<'_> {
        match self {
            Self::Lite(c) => Conn::Lite(c),
            Self::Pg(c) => Conn::Pg(c),
        }
    }
}

/// Runs the same expression on the connection of either engine.
macro_rules! sur {
    ($conn:expr, $c:ident => $corps:expr) => {
        match &mut *$conn {
            $crate::store::Conn::Lite($c) => {
                let $c = &mut **$c;
                $corps
            }
            $crate::store::Conn::Pg($c) => {
                let $c = &mut **$c;
                $corps
            }
        }
    };
}
pub(crate) use sur;
