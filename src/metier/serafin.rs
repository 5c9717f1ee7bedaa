//! SERAFIN-PH: the posts of needs and services, both numberings of autonomy, and which service
//! answers which need. Source: nomenclature of 2018 (CNSA, DGCS), value sets of the ANS (Licence
//! Ouverte v2), in `referentiels/`; the links between needs and services are a proposal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const POSTES: &str = include_str!("../../referentiels/serafin-ph.csv");
const ALIAS: &str = include_str!("../../referentiels/serafin-ph-alias.csv");
const FERMES: &str = include_str!("../../referentiels/serafin-ph-fermes.csv");
const LIENS: &str = include_str!("../../referentiels/serafin-besoins-prestations.csv");
/// The one whose codes collide with the canonical ones.
const ANS: &str = "JDV_J284";

/// Needs that have no finer one: those that are rated.
pub const BESOINS: usize = 25;
/// Direct services that have no finer one: those that are delivered.
pub const PRESTATIONS: usize = 25;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Genre {
    Besoin,
    Directe,
    Indirecte,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poste {
    pub code: &'static str,
    pub parent: &'static str,
    pub genre: Genre,
    pub libelle: &'static str,
    /// Among those of its kind that have no finer one.
    pub rang: Option<usize>,
}

/// Which numbering of autonomy a file follows: « 2.2.1 » is the group in the one, a post in the
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variante {
    /// CNSA 2018, TRE_R265: 2.2.1.1 to 2.2.1.3. The canonical one.
    Cnsa,
    /// Value set J284 of the ANS: 2.2.1 to 2.2.3.
    Ans,
}

/// What a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reconnu {
    Poste(&'static Poste),
    /// Open no more, with why.
    Ferme(&'static str),
    /// « 2.2.1 », which only the numbering tells.
    Ambigu,
    Inconnu,
}

#[derive(Debug)]
pub struct Nomenclature {
    postes: BTreeMap<&'static str, Poste>,
    alias: BTreeMap<&'static str, &'static str>,
    ans: BTreeMap<&'static str, &'static str>,
    fermes: BTreeMap<&'static str, &'static str>,
    /// By rank of the need: the services of its main links, and of all its links, as bits.
    principales: [u32; BESOINS],
    toutes: [u32; BESOINS],
}

/// The nomenclature shipped.
pub fn nomenclature() -> &'static Nomenclature {
    static LUE: LazyLock<Nomenclature> = LazyLock::new(Nomenclature::lue);
    &LUE
}

/// The fields of each line after the titles. The files are ours: no field holds a semicolon.
fn lignes(csv: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    csv.lines().skip(1).map(|ligne| ligne.split(';').collect())
}

impl Nomenclature {
    fn lue() -> Self {
        let parents: BTreeSet<&str> = lignes(POSTES).map(|l| l[1]).collect();
        let mut rangs = BTreeMap::new();
        let poste = |l: Vec<&'static str>| {
            let genre = match l[3] {
                "besoin" => Genre::Besoin,
                "prestation_directe" => Genre::Directe,
                _ => Genre::Indirecte,
            };
            let rang = (!parents.contains(l[0])).then(|| {
                let suivant = rangs.entry(genre).or_insert(0);
                *suivant += 1;
                *suivant - 1
            });
            let (code, parent, libelle) = (l[0], l[1], l[4]);
            (
                code,
                Poste {
                    code,
                    parent,
                    genre,
                    libelle,
                    rang,
                },
            )
        };
        let postes: BTreeMap<&str, Poste> = lignes(POSTES).map(poste).collect();
        let rang = |code: &str| postes.get(code).and_then(|p: &Poste| p.rang);
        let (mut principales, mut toutes) = ([0; BESOINS], [0; BESOINS]);
        for l in lignes(LIENS) {
            if let (Some(besoin), Some(prestation)) = (rang(l[0]), rang(l[2])) {
                toutes[besoin] |= 1 << prestation;
                if l[4] == "principale" {
                    principales[besoin] |= 1 << prestation;
                }
            }
        }
        // A code without equivalent is closed.
        let ouverts = lignes(ALIAS).filter(|l| !l[2].is_empty());
        let (ans, alias): (Vec<_>, Vec<_>) = ouverts.partition(|l| l[0].starts_with(ANS));
        let paires = |l: Vec<Vec<&'static str>>| l.iter().map(|l| (l[1], l[2])).collect();
        Self {
            alias: paires(alias),
            ans: paires(ans),
            fermes: lignes(FERMES).map(|l| (l[0], l[3])).collect(),
            postes,
            principales,
            toutes,
        }
    }

    pub fn postes(&self) -> impl Iterator<Item = &Poste> {
        self.postes.values()
    }

    /// Those of a kind that have no finer one, in the order of the nomenclature.
    pub fn terminaux(&self, genre: Genre) -> Vec<&Poste> {
        let siens = self.postes.values().filter(|p| p.genre == genre);
        let mut siens: Vec<&Poste> = siens.filter(|p| p.rang.is_some()).collect();
        siens.sort_by_key(|p| p.rang);
        siens
    }

    /// What a code is in a numbering; `None`: the file has not said which one it follows.
    pub fn lit(&'static self, code: &str, variante: Option<Variante>) -> Reconnu {
        let ans = self.ans.get(code);
        let canonique = match (ans, variante) {
            (Some(canonique), Some(Variante::Ans)) => canonique,
            (Some(_), None) if self.postes.contains_key(code) => return Reconnu::Ambigu,
            // Of one numbering only: it needs no telling.
            (Some(canonique), _) if !self.postes.contains_key(code) => canonique,
            _ => self.alias.get(code).copied().unwrap_or(code),
        };
        if let Some(motif) = self.fermes.get(code) {
            return Reconnu::Ferme(motif);
        }
        let poste = self.postes.get(canonique);
        poste.map_or(Reconnu::Inconnu, Reconnu::Poste)
    }

    /// Which numbering a code alone shows; `None`: it is the same in both, or in neither.
    pub fn signe(&self, code: &str) -> Option<Variante> {
        let ans = self.ans.contains_key(code) && !self.postes.contains_key(code);
        let cnsa = self.ans.values().any(|canonique| *canonique == code);
        match (ans, cnsa) {
            (true, _) => Some(Variante::Ans),
            (_, true) => Some(Variante::Cnsa),
            _ => None,
        }
    }

    /// Whether services, as bits by rank, answer a need: by a main link; or by any, in the wide
    /// reading.
    pub fn couvre(&self, besoin: usize, prestations: u32, large: bool) -> bool {
        let liens = if large {
            &self.toutes
        } else {
            &self.principales
        };
        liens
            .get(besoin)
            .is_some_and(|liens| liens & prestations != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(reconnu: Reconnu) -> Option<&'static str> {
        match reconnu {
            Reconnu::Poste(poste) => Some(poste.code),
            _ => None,
        }
    }

    #[test]
    fn the_nomenclature_holds_its_108_posts_none_an_orphan() {
        let n = nomenclature();
        let compte = |genre| n.postes().filter(|p| p.genre == genre).count();
        let comptes = [Genre::Besoin, Genre::Directe, Genre::Indirecte].map(compte);
        assert_eq!(comptes, [35, 38, 35]);
        for poste in n.postes().filter(|p| !p.parent.is_empty()) {
            let parent = n.postes.get(poste.parent).expect(poste.code);
            assert_eq!(parent.genre, poste.genre, "{}", poste.code);
        }
        let terminaux = |genre| n.terminaux(genre).len();
        assert_eq!(terminaux(Genre::Besoin), BESOINS);
        assert_eq!(terminaux(Genre::Directe), PRESTATIONS);
        assert_eq!(n.terminaux(Genre::Besoin)[9].code, "1.1.10");
    }

    #[test]
    fn every_line_of_the_files_is_read() {
        let n = nomenclature();
        assert_eq!((n.alias.len(), n.ans.len(), n.fermes.len()), (71, 3, 2));
        for (source, canonique) in n.alias.iter().chain(&n.ans) {
            assert!(n.postes.contains_key(canonique), "{source} {canonique}");
        }
        let liens: u32 = n.toutes.iter().map(|l| l.count_ones()).sum();
        let principaux: u32 = n.principales.iter().map(|l| l.count_ones()).sum();
        assert_eq!((liens, principaux), (105, 43));
        assert!(n.principales.iter().all(|l| *l != 0));
    }

    #[test]
    fn both_numberings_are_read_and_what_is_of_both_is_asked() {
        let n = nomenclature();
        let (ans, cnsa) = (Some(Variante::Ans), Some(Variante::Cnsa));
        for (lu, variante, attendu) in [
            ("2.2.1.2", None, Some("2.2.1.2")),
            ("2.2.2", None, Some("2.2.1.2")),
            ("2.2.3", ans, Some("2.2.1.3")),
            ("2.2.1", ans, Some("2.2.1.1")),
            ("2.2.1", cnsa, Some("2.2.1")),
            ("001", None, Some("2")),
            ("9.9", None, None),
        ] {
            assert_eq!(code(n.lit(lu, variante)), attendu, "{lu}");
        }
        assert_eq!(n.lit("2.2.1", None), Reconnu::Ambigu);
        for ferme in ["2.3.4.4", "032"] {
            assert!(matches!(n.lit(ferme, None), Reconnu::Ferme(_)), "{ferme}");
        }
        assert_eq!(n.signe("2.2.3"), ans);
        assert_eq!(n.signe("2.2.1.1"), cnsa);
        assert_eq!(n.signe("2.2.1"), None);
        assert_eq!(n.signe("1.1.1"), None);
    }
}
