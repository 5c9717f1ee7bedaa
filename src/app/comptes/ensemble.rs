//! What an organisation calls a pôle, a service, a délégation départementale: scopes that it names
//! and fills itself. A name that it does not keep holds nothing.

use super::droit::{NOM_MAX, illisible};
use super::refus::Refus;
use super::{Acte, Auteur, Comptes, Droit, Portee};
use crate::metier::finess::Finess;
use crate::store::identites::ensembles;
use crate::store::{Conn, Erreur};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Genre {
    Pole,
    /// Of an ARS: the contracts of its départements, whole.
    Delegation,
    Service,
}

/// A named scope of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ensemble {
    pub organisation: String,
    pub genre: Genre,
    pub nom: String,
    /// FINESS numbers; of a délégation, codes of départements.
    pub membres: BTreeSet<String>,
}

const GENRES: [(Genre, &str); 3] = [
    (Genre::Pole, "pole"),
    (Genre::Delegation, "delegation"),
    (Genre::Service, "service"),
];
/// Members of one: the largest operator has about as many establishments.
const MEMBRES_MAX: usize = 500;

impl Genre {
    pub const TOUS: [Self; 3] = [Self::Pole, Self::Delegation, Self::Service];

    /// The word it is kept by.
    pub fn mot(self) -> &'static str {
        let ligne = GENRES.iter().find(|(genre, _)| *genre == self);
        ligne.map_or("", |(_, mot)| mot)
    }

    pub fn lit(mot: &str) -> Option<Self> {
        let ligne = GENRES.iter().find(|(_, connu)| *connu == mot);
        ligne.map(|(genre, _)| *genre)
    }
}

impl Portee {
    /// The named scope that this one is; none when it lists what it holds.
    pub fn nommee(&self) -> Option<(Genre, &str)> {
        match self {
            Self::Tout | Self::Esms(_) => None,
            Self::Pole(nom) => Some((Genre::Pole, nom)),
            Self::Delegation(nom) => Some((Genre::Delegation, nom)),
            Self::Service(nom) => Some((Genre::Service, nom)),
        }
    }
}

impl Ensemble {
    /// The scope that it is.
    pub fn portee(&self) -> Portee {
        let nom = self.nom.clone();
        match self.genre {
            Genre::Pole => Portee::Pole(nom),
            Genre::Delegation => Portee::Delegation(nom),
            Genre::Service => Portee::Service(nom),
        }
    }

    fn lu(ligne: ensembles::Ensemble) -> Result<Self, Erreur> {
        let membres = ligne.membres.split(',').filter(|m| !m.is_empty());
        Ok(Self {
            genre: Genre::lit(&ligne.genre).ok_or_else(|| illisible("portée"))?,
            membres: membres.map(str::to_owned).collect(),
            organisation: ligne.organisation,
            nom: ligne.nom,
        })
    }

    /// With its members in their one form, or why it is not one.
    fn ligne(&self) -> Result<ensembles::Ensemble, Refus> {
        let nom = self.nom.trim();
        let long = nom.chars().count();
        if long == 0 || long > NOM_MAX || nom.contains(char::is_control) {
            return Err(Refus::Nom);
        }
        let lu = |membre: &String| match self.genre {
            Genre::Delegation => departement(membre),
            _ => match Finess::parse(membre) {
                Ok(finess) => Ok(finess.as_str().to_owned()),
                Err(refus) => Err(Refus::Finess(refus)),
            },
        };
        let membres: BTreeSet<String> = self.membres.iter().map(lu).collect::<Result<_, _>>()?;
        if membres.is_empty() || membres.len() > MEMBRES_MAX {
            return Err(Refus::Portee);
        }
        let membres: Vec<String> = membres.into_iter().collect();
        Ok(ensembles::Ensemble {
            organisation: self.organisation.clone(),
            genre: self.genre.mot().to_owned(),
            nom: nom.to_owned(),
            membres: membres.join(","),
        })
    }
}

/// The code of a département, as parties of contracts bear it: `38`, `2A`, `974`.
fn departement(saisi: &str) -> Result<String, Refus> {
    let code = saisi.trim().to_uppercase();
    let chiffres = |t: &str| t.bytes().all(|o| o.is_ascii_digit());
    let juste = match code.len() {
        2 => chiffres(&code) || matches!(&*code, "2A" | "2B"),
        3 => chiffres(&code) && code.starts_with("97"),
        _ => false,
    };
    juste.then_some(code).ok_or(Refus::Departement)
}

impl Comptes {
    /// Writes a named scope, or what it now holds. Whoever has it sees the change at once.
    ///
    /// # Errors
    /// The author does not administer all of the organisation, or it is not told well.
    pub async fn ecrire_ensemble(
        &self,
        par: Auteur<'_>,
        ensemble: &Ensemble,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        if !par.administre(&ensemble.organisation, &Portee::Tout) {
            return Err(Refus::Interdit);
        }
        let (ligne, auteur) = (ensemble.ligne()?, par.id().to_owned());
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                ensembles::ecrit(conn, &ligne).await?;
                acte("ensemble", &ligne, conn, &auteur, maintenant).await
            })
        });
        Ok(ecrit.await?)
    }

    /// Takes a named scope away: those who have it see nothing by it any more.
    ///
    /// # Errors
    /// There is none such, or the author does not administer all of the organisation.
    pub async fn retirer_ensemble(
        &self,
        par: Auteur<'_>,
        (organisation, genre, nom): (&str, Genre, &str),
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        if !par.administre(organisation, &Portee::Tout) {
            return Err(Refus::Interdit);
        }
        let ligne = ensembles::Ensemble {
            organisation: organisation.to_owned(),
            genre: genre.mot().to_owned(),
            nom: nom.to_owned(),
            membres: String::new(),
        };
        let auteur = par.id().to_owned();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                let (organisation, genre, nom) = (&ligne.organisation, &ligne.genre, &ligne.nom);
                if !ensembles::retire(conn, organisation, genre, nom).await? {
                    return Ok(Err(Refus::Inconnu));
                }
                acte("retirer_ensemble", &ligne, conn, &auteur, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await?
    }

    /// The named scopes of an organisation.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn ensembles(&self, organisation: &str) -> Result<Vec<Ensemble>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let lus = ensembles::de(&mut lecteur.conn(), organisation).await?;
        lus.into_iter().map(Ensemble::lu).collect()
    }
}

/// The named scopes that rights name: nothing is asked when they name none.
pub(super) async fn des_droits(
    conn: &mut Conn<'_>,
    droits: &[Droit],
) -> Result<Vec<Ensemble>, Erreur> {
    let nommes = droits.iter().filter(|d| d.portee.nommee().is_some());
    let organisations: BTreeSet<&str> = nommes.map(|d| &*d.organisation.id).collect();
    let mut trouves = Vec::new();
    for organisation in organisations {
        let lus = ensembles::de(conn, organisation).await?;
        let lus: Result<Vec<Ensemble>, Erreur> = lus.into_iter().map(Ensemble::lu).collect();
        trouves.extend(lus?);
    }
    Ok(trouves)
}

async fn acte(
    quoi: &'static str,
    ligne: &ensembles::Ensemble,
    conn: &mut Conn<'_>,
    auteur: &str,
    maintenant: DateTime<Utc>,
) -> Result<(), Erreur> {
    let acte = Acte {
        quoi,
        personne: "",
        organisation: &ligne.organisation,
        objet: &format!("{}:{} {}", ligne.genre, ligne.nom, ligne.membres),
    };
    acte.inscrit(conn, auteur, maintenant).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ensemble(genre: Genre, membres: &[&str]) -> Ensemble {
        Ensemble {
            organisation: "o".to_owned(),
            genre,
            nom: " Nord ".to_owned(),
            membres: membres.iter().map(|m| (*m).to_owned()).collect(),
        }
    }

    #[test]
    fn members_are_kept_in_their_one_form() {
        let pole = ensemble(Genre::Pole, &["99 000 101 8", "990001018"]);
        let ligne = pole.ligne().unwrap();
        assert_eq!((&*ligne.nom, &*ligne.membres), ("Nord", "990001018"));
        let lu = Ensemble::lu(ligne).unwrap();
        assert_eq!(lu.portee(), Portee::Pole("Nord".to_owned()));
        let delegation = ensemble(Genre::Delegation, &["2a", "974", "38"]);
        assert_eq!(delegation.ligne().unwrap().membres, "2A,38,974");
    }

    #[test]
    fn what_is_not_a_member_is_refused() {
        for (genre, faux) in [
            (Genre::Pole, "38"),
            (Genre::Service, "990001019"),
            (Genre::Delegation, "990001018"),
            (Genre::Delegation, "2C"),
            (Genre::Delegation, "123"),
            (Genre::Delegation, "é"),
        ] {
            assert!(ensemble(genre, &[faux]).ligne().is_err(), "{faux}");
        }
        assert!(matches!(
            ensemble(Genre::Pole, &[]).ligne(),
            Err(Refus::Portee)
        ));
        let sans_nom = Ensemble {
            nom: "  ".to_owned(),
            ..ensemble(Genre::Pole, &["990001018"])
        };
        assert!(matches!(sans_nom.ligne(), Err(Refus::Nom)));
    }

    #[test]
    fn words_are_read_back() {
        for genre in Genre::TOUS {
            assert_eq!(Genre::lit(genre.mot()), Some(genre));
        }
        assert_eq!(Genre::lit("tout"), None);
    }
}
