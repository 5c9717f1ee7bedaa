//! Points where a test may stop the process dead, to see that nothing is lost nor done twice.
//! `ENTENTE_FAUTE=point:n` aborts on the n-th pass at a point. The program that is shipped holds
//! none of it: only builds for debugging do, and those that ask for the feature `fautes`.

#[cfg(any(debug_assertions, feature = "fautes"))]
use arret::passe_par;

/// The moments of one act, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    AvantVerrou,
    ApresVerrou,
    ApresChargement,
    ApresAjout,
    ApresProjections,
    ApresTravaux,
    AvantCommit,
    ApresCommit,
}

impl Point {
    pub const TOUS: [Self; 8] = [
        Self::AvantVerrou,
        Self::ApresVerrou,
        Self::ApresChargement,
        Self::ApresAjout,
        Self::ApresProjections,
        Self::ApresTravaux,
        Self::AvantCommit,
        Self::ApresCommit,
    ];

    pub fn nom(self) -> &'static str {
        match self {
            Self::AvantVerrou => "avant_verrou",
            Self::ApresVerrou => "apres_verrou",
            Self::ApresChargement => "apres_chargement",
            Self::ApresAjout => "apres_ajout",
            Self::ApresProjections => "apres_projections",
            Self::ApresTravaux => "apres_travaux",
            Self::AvantCommit => "avant_commit",
            Self::ApresCommit => "apres_commit",
        }
    }
}

/// Passes a point.
#[cfg(any(debug_assertions, feature = "fautes"))]
pub fn passe(point: Point) {
    passe_par(point);
}

/// Passes a point, where nothing may stop.
#[cfg(not(any(debug_assertions, feature = "fautes")))]
pub fn passe(_: Point) {}

#[cfg(any(debug_assertions, feature = "fautes"))]
mod arret {
    use super::Point;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static VOULUE: OnceLock<Option<(Point, u64)>> = OnceLock::new();
    static PASSAGES: AtomicU64 = AtomicU64::new(0);

    pub fn passe_par(point: Point) {
        let voulue = VOULUE.get_or_init(|| lue(&std::env::var("ENTENTE_FAUTE").ok()?));
        if let Some((arret, n)) = voulue
            && *arret == point
            && PASSAGES.fetch_add(1, Ordering::SeqCst) + 1 == *n
        {
            std::process::abort();
        }
    }

    fn lue(texte: &str) -> Option<(Point, u64)> {
        let (nom, n) = texte.split_once(':')?;
        let point = Point::TOUS.into_iter().find(|p| p.nom() == nom)?;
        Some((point, n.parse().ok()?))
    }
}
