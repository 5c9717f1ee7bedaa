//! Cohorts drawn at random, the same each time.

use entente::metier::besoins::cohorte::{Cohorte, Lecture};
use entente::metier::besoins::ligne::{Cote, Dit, Ligne};

/// Numbers drawn one after the other (xorshift).
pub struct Hasard(u64);

impl Hasard {
    pub fn nouveau(graine: u64) -> Self {
        Self(graine)
    }

    /// Under a bound.
    pub fn sous(&mut self, borne: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % borne as u64).unwrap()
    }
}

/// One to nine establishments of two to sixty people; needs rare or common.
pub fn cohorte(hasard: &mut Hasard) -> Cohorte {
    let mut lecture = Lecture::default();
    let frequents: Vec<usize> = (0..25).map(|_| hasard.sous(101)).collect();
    for esms in 0..=hasard.sous(9) {
        let finess = crate::import::classeurs::finess(&format!("9900{esms:04}"));
        for personne in 0..2 + hasard.sous(59) {
            let personne = format!("P-{esms}-{personne}");
            let mut dit = |dit: Dit| {
                let ligne = Ligne {
                    finess: &finess,
                    esms: "",
                    categorie: "",
                    annee: 2025,
                    personne: &personne,
                    dit,
                };
                lecture.ajoute(1, &ligne);
            };
            for (rang, frequent) in frequents.iter().enumerate() {
                let cote = (hasard.sous(30) > 0).then(|| {
                    let haut = hasard.sous(100) < *frequent;
                    let niveau = if haut {
                        2 + hasard.sous(3)
                    } else {
                        hasard.sous(2)
                    };
                    Cote::Niveau(u8::try_from(niveau).unwrap())
                });
                dit(Dit::Besoin(rang, cote));
                if hasard.sous(100) < *frequent {
                    let (realisee, interne) = (hasard.sous(8) > 0, hasard.sous(4) > 0);
                    dit(Dit::Prestation {
                        rang,
                        realisee,
                        interne,
                        actes: 1_100,
                    });
                }
            }
        }
    }
    lecture.finie().unwrap()
}
