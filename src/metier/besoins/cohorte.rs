//! Accompaniments, as they are read: in memory, until they are summed.

use super::ligne::{Cote, Dit, Faute, Ligne};
use crate::metier::serafin::BESOINS;
use std::collections::HashMap;

/// Faults told before reading stops.
const FAUTES_MAX: usize = 100;
/// Accompaniments of one file.
pub const ACCOMPAGNEMENTS_MAX: usize = 100_000;
/// Establishments of one file.
pub const ESMS_MAX: usize = 500;
/// What stands for « not assessed ».
pub const NON_EVALUE: u8 = u8::MAX;

/// How needs are rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echelle {
    /// 0 none to 4 total.
    Niveaux,
    /// Identified or not.
    Identifie,
}

/// An establishment of a cohort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Esms {
    pub finess: String,
    pub nom: String,
    pub categorie: String,
}

/// A person accompanied by an establishment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accompagnement {
    pub esms: usize,
    /// Which person, among those of the cohort.
    pub personne: usize,
    /// By rank of the need.
    pub niveaux: [u8; BESOINS],
    /// Services by rank, as bits: received, planned and not received, given by the establishment,
    /// by others.
    pub realisees: u32,
    pub prevues: u32,
    pub internes: u32,
    pub externes: u32,
}

/// A cohort of one year.
#[derive(Debug, Clone, Default)]
pub struct Cohorte {
    pub annee: u16,
    pub esms: Vec<Esms>,
    pub accompagnements: Vec<Accompagnement>,
    /// How many persons there are.
    pub personnes: usize,
    /// Acts a year by establishment and service, in hundredths.
    pub actes: HashMap<(usize, usize), u64>,
    /// Lines of groups and of indirect services: read, and not summed.
    pub autres: u64,
    pub lignes: u64,
    niveaux_vus: bool,
    identifies_vus: bool,
    /// A rating over 1: the scale is one.
    au_dela: bool,
}

/// A cohort being read.
#[derive(Debug, Default)]
pub struct Lecture {
    cohorte: Cohorte,
    esms: HashMap<String, usize>,
    personnes: HashMap<String, usize>,
    places: HashMap<(usize, usize), usize>,
    fautes: Vec<Faute>,
}

impl Lecture {
    /// Whether as many faults were found as are told.
    pub fn assez(&self) -> bool {
        self.fautes.len() >= FAUTES_MAX
    }

    pub fn faute(&mut self, faute: Faute) {
        if !self.assez() {
            self.fautes.push(faute);
        }
    }

    pub fn ajoute(&mut self, numero: u64, ligne: &Ligne<'_>) {
        if let Err((colonne, motif)) = self.prend(ligne) {
            let motif = colonne.map_or(motif.to_owned(), |c: &str| format!("« {c} » : {motif}"));
            self.faute(Faute {
                ligne: numero,
                colonne: None,
                motif,
            });
        }
    }

    fn prend(&mut self, ligne: &Ligne<'_>) -> Result<(), (Option<&'static str>, &'static str)> {
        let cohorte = &mut self.cohorte;
        cohorte.lignes += 1;
        if cohorte.annee == 0 {
            cohorte.annee = ligne.annee;
        }
        if cohorte.annee != ligne.annee {
            return Err((
                Some("annee"),
                "une autre année que les lignes d'avant ; un fichier par année.",
            ));
        }
        let esms = self.etablissement(ligne)?;
        let accompagnement = self.accompagnement(esms, ligne.personne)?;
        self.cohorte.dit(accompagnement, ligne.dit)
    }

    fn etablissement(
        &mut self,
        ligne: &Ligne<'_>,
    ) -> Result<usize, (Option<&'static str>, &'static str)> {
        let cohorte = &mut self.cohorte;
        if let Some(rang) = self.esms.get(ligne.finess) {
            let connu = &cohorte.esms[*rang];
            if connu.nom != ligne.esms {
                return Err((
                    Some("esms"),
                    "le nom n'est pas celui des autres lignes de ce numéro.",
                ));
            }
            if connu.categorie != ligne.categorie {
                let motif = "la catégorie n'est pas celle des autres lignes de ce numéro.";
                return Err((Some("categorie"), motif));
            }
            return Ok(*rang);
        }
        if cohorte.esms.len() >= ESMS_MAX {
            return Err((
                None,
                "plus de 500 établissements : répartissez-les entre plusieurs fichiers.",
            ));
        }
        let rang = cohorte.esms.len();
        self.esms.insert(ligne.finess.to_owned(), rang);
        cohorte.esms.push(Esms {
            finess: ligne.finess.to_owned(),
            nom: ligne.esms.to_owned(),
            categorie: ligne.categorie.to_owned(),
        });
        Ok(rang)
    }

    fn accompagnement(
        &mut self,
        esms: usize,
        personne: &str,
    ) -> Result<usize, (Option<&'static str>, &'static str)> {
        let personne = if let Some(rang) = self.personnes.get(personne) {
            *rang
        } else {
            let rang = self.personnes.len();
            self.personnes.insert(personne.to_owned(), rang);
            rang
        };
        self.cohorte.personnes = self.personnes.len();
        let accompagnements = &mut self.cohorte.accompagnements;
        if let Some(place) = self.places.get(&(esms, personne)) {
            return Ok(*place);
        }
        if accompagnements.len() >= ACCOMPAGNEMENTS_MAX {
            return Err((
                None,
                "plus de 100 000 accompagnements : répartissez-les entre plusieurs fichiers.",
            ));
        }
        self.places.insert((esms, personne), accompagnements.len());
        accompagnements.push(Accompagnement {
            esms,
            personne,
            niveaux: [NON_EVALUE; BESOINS],
            realisees: 0,
            prevues: 0,
            internes: 0,
            externes: 0,
        });
        Ok(accompagnements.len() - 1)
    }

    /// # Errors
    /// Everything that was wrong: nothing is summed then.
    pub fn finie(mut self) -> Result<Cohorte, Vec<Faute>> {
        let cohorte = self.cohorte;
        if cohorte.niveaux_vus && cohorte.identifies_vus {
            let motif =
                "le fichier mêle des niveaux et des oui ou non : gardez une seule façon de \
                         coter."
                    .to_owned();
            self.fautes.push(Faute {
                ligne: 1,
                colonne: None,
                motif,
            });
        }
        if cohorte.lignes == 0 && self.fautes.is_empty() {
            let motif = "le fichier n'a aucune ligne après ses titres.".to_owned();
            self.fautes.push(Faute {
                ligne: 1,
                colonne: None,
                motif,
            });
        }
        if self.fautes.is_empty() {
            Ok(cohorte)
        } else {
            Err(self.fautes)
        }
    }
}

impl Cohorte {
    fn dit(&mut self, rang: usize, dit: Dit) -> Result<(), (Option<&'static str>, &'static str)> {
        let accompagnement = &mut self.accompagnements[rang];
        match dit {
            Dit::Autre => self.autres += 1,
            Dit::Besoin(_, None) => {}
            Dit::Besoin(besoin, Some(cote)) => {
                let niveau = match cote {
                    Cote::Niveau(niveau) => {
                        self.niveaux_vus = true;
                        self.au_dela |= niveau > 1;
                        niveau
                    }
                    Cote::Identifie(oui) => {
                        self.identifies_vus = true;
                        u8::from(oui)
                    }
                };
                let deja = &mut accompagnement.niveaux[besoin];
                if *deja != NON_EVALUE && *deja != niveau {
                    let motif = "ce besoin est coté deux fois, différemment, pour cette personne.";
                    return Err((Some("niveau"), motif));
                }
                *deja = niveau;
            }
            Dit::Prestation {
                rang: prestation,
                realisee,
                interne,
                actes,
            } => {
                let bit = 1 << prestation;
                if !realisee {
                    accompagnement.prevues |= bit;
                    return Ok(());
                }
                accompagnement.realisees |= bit;
                if interne {
                    accompagnement.internes |= bit;
                } else {
                    accompagnement.externes |= bit;
                }
                *self
                    .actes
                    .entry((accompagnement.esms, prestation))
                    .or_default() += actes;
            }
        }
        Ok(())
    }

    /// The scale that the ratings show; nothing but 0 and 1 is « identified ».
    pub fn echelle(&self) -> Echelle {
        if self.au_dela {
            Echelle::Niveaux
        } else {
            Echelle::Identifie
        }
    }

    /// Whether that scale was guessed: levels were written, and none is over 1.
    pub fn devinee(&self) -> bool {
        self.niveaux_vus && !self.au_dela
    }
}
