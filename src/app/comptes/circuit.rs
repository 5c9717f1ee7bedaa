//! The visas that an organisation asks of its own people before an act leaves it: from which
//! function on, and through whom, rank after rank. An organisation has one circuit, or none.

use super::refus::Refus;
use super::{Acte, Auteur, Comptes, Portee, nom_valide};
use crate::store::Erreur;
use crate::store::identites::circuits;
use crate::workflow::definition::model::Role;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A circuit: its ranks, from the first to the last, which acts outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circuit {
    pub organisation: String,
    /// It covers what asks for this function, or a higher one.
    pub des: Role,
    pub rangs: Vec<Rang>,
}

/// A rank: « DG », and the ids of those who hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rang {
    pub titre: String,
    pub personnes: BTreeSet<String>,
}

pub const RANGS_MAX: usize = 6;
const PERSONNES_MAX: usize = 50;

impl Circuit {
    /// Whether what asks for a function needs visas.
    pub fn couvre(&self, role: Role) -> bool {
        role >= self.des
    }

    /// The highest rank that a person holds.
    pub fn rang(&self, personne: &str) -> Option<usize> {
        self.rangs
            .iter()
            .rposition(|r| r.personnes.contains(personne))
    }

    /// The rank that acts outside.
    pub fn dernier(&self) -> usize {
        self.rangs.len().saturating_sub(1)
    }

    /// « Directeur d’ESMS → DG → Président ».
    pub fn dit(&self) -> String {
        let titres: Vec<&str> = self.rangs.iter().map(|r| r.titre.as_str()).collect();
        titres.join(" → ")
    }

    /// As the register tells it: « DG (p1, p2) → Président (p3) ».
    fn inscrit(&self) -> String {
        let rang = |r: &Rang| {
            let gens: Vec<&str> = r.personnes.iter().map(String::as_str).collect();
            format!("{} ({})", r.titre, gens.join(", "))
        };
        let rangs: Vec<String> = self.rangs.iter().map(rang).collect();
        rangs.join(" → ")
    }

    pub(in crate::app) fn lu(ligne: &circuits::Circuit) -> Result<Self, Erreur> {
        let illisible = |e| Erreur::Abime(format!("un circuit de visas ne se lit pas ({e})"));
        let des = serde_json::from_value(ligne.des.as_str().into());
        Ok(Self {
            organisation: ligne.organisation.clone(),
            des: des.map_err(illisible)?,
            rangs: serde_json::from_str(&ligne.rangs).map_err(illisible)?,
        })
    }

    /// With its titles in their one form, or why it is not one.
    fn ligne(&self) -> Result<circuits::Circuit, Refus> {
        if self.rangs.is_empty() || self.rangs.len() > RANGS_MAX {
            return Err(Refus::Rang(1));
        }
        let mut rangs = Vec::with_capacity(self.rangs.len());
        for (n, rang) in self.rangs.iter().enumerate() {
            let titre = nom_valide(&rang.titre).map_err(|_| Refus::Rang(n + 1))?;
            if rang.personnes.is_empty() || rang.personnes.len() > PERSONNES_MAX {
                return Err(Refus::Rang(n + 1));
            }
            let personnes = rang.personnes.clone();
            rangs.push(Rang { titre, personnes });
        }
        let ecrit = |e| Erreur::Abime(format!("un circuit de visas ne s'écrit pas ({e})"));
        let des = serde_json::to_value(self.des).map_err(ecrit)?;
        Ok(circuits::Circuit {
            organisation: self.organisation.clone(),
            des: des.as_str().unwrap_or_default().to_owned(),
            rangs: serde_json::to_string(&rangs).map_err(ecrit)?,
        })
    }
}

impl Comptes {
    /// Writes the circuit of an organisation. It holds from the next gesture on, for what is
    /// under way too.
    ///
    /// # Errors
    /// The author does not administer all of the organisation, a rank is not told well, or someone
    /// named is not an active member.
    pub async fn ecrire_circuit(
        &self,
        par: Auteur<'_>,
        circuit: &Circuit,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        if !par.administre(&circuit.organisation, &Portee::Tout) {
            return Err(Refus::Interdit);
        }
        let (ligne, inscrit) = (circuit.ligne()?, circuit.inscrit());
        let membres = self.membres(&circuit.organisation).await?;
        let actif = |id: &str| membres.iter().any(|m| m.personne.id == id && !m.desactive);
        let mut nommees = circuit.rangs.iter().flat_map(|r| &r.personnes);
        if let Some(inconnue) = nommees.find(|id| !actif(id)) {
            return Err(Refus::Membre(inconnue.clone()));
        }
        let auteur = par.id().to_owned();
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                circuits::ecrit(conn, &ligne).await?;
                let acte = Acte {
                    quoi: "circuit",
                    personne: "",
                    organisation: &ligne.organisation,
                    objet: &format!("{} : {inscrit}", ligne.des),
                };
                acte.inscrit(conn, &auteur, maintenant).await
            })
        });
        Ok(ecrit.await?)
    }

    /// Takes the circuit of an organisation away: its acts leave at once again.
    ///
    /// # Errors
    /// There is none, or the author does not administer all of the organisation.
    pub async fn retirer_circuit(
        &self,
        par: Auteur<'_>,
        organisation: &str,
        maintenant: DateTime<Utc>,
    ) -> Result<(), Refus> {
        if !par.administre(organisation, &Portee::Tout) {
            return Err(Refus::Interdit);
        }
        let (auteur, organisation) = (par.id().to_owned(), organisation.to_owned());
        let ecrit = self.base.ecrire(move |mut conn| {
            Box::pin(async move {
                let conn = &mut conn;
                if !circuits::retire(conn, &organisation).await? {
                    return Ok(Err(Refus::Inconnu));
                }
                let acte = Acte {
                    quoi: "retirer_circuit",
                    personne: "",
                    organisation: &organisation,
                    objet: "",
                };
                acte.inscrit(conn, &auteur, maintenant).await?;
                Ok(Ok(()))
            })
        });
        ecrit.await?
    }

    /// The circuit of an organisation, when it has one.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn circuit(&self, organisation: &str) -> Result<Option<Circuit>, Erreur> {
        let mut lecteur = self.base.lire().await?;
        let lu = circuits::de(&mut lecteur.conn(), organisation).await?;
        lu.as_ref().map(Circuit::lu).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circuit(rangs: &[(&str, &[&str])]) -> Circuit {
        let rang = |(titre, gens): &(&str, &[&str])| Rang {
            titre: (*titre).to_owned(),
            personnes: gens.iter().map(|g| (*g).to_owned()).collect(),
        };
        Circuit {
            organisation: "o".to_owned(),
            des: Role::Validation,
            rangs: rangs.iter().map(rang).collect(),
        }
    }

    #[test]
    fn a_circuit_is_read_back_as_it_was_written() {
        let ecrit = circuit(&[("Directeur d'ESMS", &["a", "b"]), ("DG", &["b"])]);
        assert_eq!(Circuit::lu(&ecrit.ligne().unwrap()).unwrap(), ecrit);
        assert_eq!(ecrit.ligne().unwrap().des, "validation");
    }

    #[test]
    fn the_highest_rank_of_a_person_counts() {
        let ecrit = circuit(&[("Directeur", &["a", "b"]), ("DG", &["b"])]);
        assert_eq!(
            ["a", "b", "c"].map(|p| ecrit.rang(p)),
            [Some(0), Some(1), None]
        );
        assert!(ecrit.couvre(Role::Signature) && ecrit.couvre(Role::Validation));
        assert!(!ecrit.couvre(Role::Contribution));
    }

    #[test]
    fn a_rank_without_title_or_people_is_refused() {
        let faux: [&[(&str, &[&str])]; 3] = [&[], &[("DG", &["a"]), (" ", &["b"])], &[("DG", &[])]];
        let rangs = faux.map(|rangs| match circuit(rangs).ligne() {
            Err(Refus::Rang(n)) => n,
            autre => panic!("{autre:?}"),
        });
        assert_eq!(rangs, [1, 2, 1]);
    }
}
