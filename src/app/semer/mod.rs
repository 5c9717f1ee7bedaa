//! A synthetic country, for load: ordinary lives of contracts, played once by the real machine,
//! then written for thousands of contracts under their own ids, establishments and names, each
//! sealed by its own chain. The same seed gives the same country.

/// Ordinary lives, played and cut.
mod vie;

use super::execute::Entente;
use crate::metier::finess::Finess;
use crate::store::feuille::Feuille;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use vie::{Cles, Gabarit, Graine, Vie};

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Semis {
    pub contrats: u64,
    pub esms: u64,
    /// Events wanted, all contracts together.
    pub faits: u64,
    pub graine: u64,
}

/// What was sown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Recolte {
    pub contrats: u64,
    pub esms: u64,
    pub faits: u64,
}

/// Establishments of one contract: more would make a life longer than any real one.
const ESMS_MAX: u64 = 40;
/// Contracts of one transaction.
const PAGE: usize = 200;
/// Lives of one size are cut at so many places.
const COUPES: u64 = 12;

impl Entente {
    /// Sows an empty database, page by page.
    ///
    /// # Errors
    /// One French sentence: figures that make no country, or the database is not empty or does not
    /// answer.
    pub async fn semer(&self, semis: Semis) -> Result<Recolte, String> {
        let Semis { contrats, esms, .. } = semis;
        if contrats == 0 || esms < contrats || esms / contrats >= ESMS_MAX / 2 {
            return Err(format!(
                "{esms} ESMS pour {contrats} contrats ne font pas un pays : donnez de 1 à {} ESMS \
                 par contrat en moyenne.",
                ESMS_MAX / 2 - 1
            ));
        }
        if !self.vide().await.map_err(|e| e.to_string())? {
            return Err(
                "La base contient déjà des contrats, et l'on ne sème que dans une base vide : \
                 donnez-en une neuve par --database."
                    .to_owned(),
            );
        }
        let mut semeur = Semeur::nouveau(self, semis);
        loop {
            let page = semeur.page()?;
            if page.is_empty() {
                return Ok(semeur.recolte);
            }
            let mut feuille = Feuille::default();
            for graine in &page {
                graine.pose(&mut feuille).map_err(|e| e.to_string())?;
            }
            let pose = self
                .base
                .ecrire(move |mut conn| Box::pin(async move { feuille.pose(&mut conn).await }));
            pose.await.map_err(|e| e.to_string())?;
        }
    }
}

struct Semeur<'e> {
    entente: &'e Entente,
    semis: Semis,
    hasard: Hasard,
    recolte: Recolte,
    /// By number of establishments.
    vies: BTreeMap<u64, Vie>,
    /// By number of establishments and place of the cut.
    gabarits: BTreeMap<(u64, u64), Gabarit>,
    /// What the last pair took from its mean: its second member gives it back.
    ecart: u64,
}

impl<'e> Semeur<'e> {
    fn nouveau(entente: &'e Entente, semis: Semis) -> Self {
        Self {
            entente,
            semis,
            hasard: Hasard(semis.graine),
            recolte: Recolte::default(),
            vies: BTreeMap::new(),
            gabarits: BTreeMap::new(),
            ecart: 0,
        }
    }

    /// The next contracts; none when the country is whole.
    fn page(&mut self) -> Result<Vec<Graine>, String> {
        let mut graines = Vec::with_capacity(PAGE);
        while graines.len() < PAGE && self.recolte.contrats < self.semis.contrats {
            graines.push(self.contrat()?);
        }
        Ok(graines)
    }

    fn contrat(&mut self) -> Result<Graine, String> {
        let n = self.recolte.contrats;
        let esms = self.taille(n);
        let coupe = self.coupe(n, esms)?;
        let cle = (esms, coupe);
        if !self.gabarits.contains_key(&cle) {
            let entente = self.entente;
            let gabarit = self.vie(esms)?.gabarit(entente, esms, coupe)?;
            self.gabarits.insert(cle, gabarit);
        }
        let cles = self.cles(n, esms)?;
        let gabarit = self.gabarits.get(&cle).ok_or("une vie manque")?;
        let graine = gabarit.graine(&cles)?;
        self.recolte.contrats += 1;
        self.recolte.esms += esms;
        self.recolte.faits += graine.lignes.len() as u64;
        Ok(graine)
    }

    /// How many establishments: the mean, give or take; what one of a pair takes the other gives.
    fn taille(&mut self, n: u64) -> u64 {
        let Semis { contrats, esms, .. } = self.semis;
        let part = |n: u64| u64::try_from(u128::from(n) * u128::from(esms) / u128::from(contrats));
        let moyenne = part(n + 1).unwrap_or(1) - part(n).unwrap_or(0);
        if n % 2 == 1 {
            return moyenne + std::mem::take(&mut self.ecart);
        }
        if n + 1 < contrats {
            self.ecart = self.hasard.parmi(moyenne);
        }
        moyenne - self.ecart
    }

    /// Where the life stops, so that the events sown follow those wanted.
    fn coupe(&mut self, n: u64, esms: u64) -> Result<u64, String> {
        let Semis {
            contrats, faits, ..
        } = self.semis;
        let voulus = u128::from(faits) * u128::from(n + 1) / u128::from(contrats);
        let reste = u64::try_from(voulus).unwrap_or(u64::MAX);
        let reste = reste.saturating_sub(self.recolte.faits);
        // Some contracts have just begun, others have a long life.
        let hasard = self.hasard.parmi(COUPES);
        let vie = self.vie(esms)?;
        let longue = (1..=COUPES).find(|c| vie.longueur(*c) >= reste);
        Ok(match hasard {
            0 | 1 => 1 + hasard,
            _ => longue.unwrap_or(COUPES),
        })
    }

    fn vie(&mut self, esms: u64) -> Result<&Vie, String> {
        Ok(match self.vies.entry(esms) {
            Entry::Occupied(connue) => connue.into_mut(),
            Entry::Vacant(place) => place.insert(Vie::jouee(esms, COUPES)?),
        })
    }

    /// The names of a contract and of its establishments: no two are the same.
    fn cles(&mut self, n: u64, esms: u64) -> Result<Cles, String> {
        let departement = format!("{:02}", 1 + (n % 19));
        let premier = self.recolte.esms;
        let mut finess = Vec::new();
        let mut noms = Vec::new();
        for rang in 0..esms {
            finess.push(numero(&departement, premier + rang)?);
            let genre = GENRES[self.hasard.rang(GENRES.len())];
            let nom = NOMS[self.hasard.rang(NOMS.len())];
            noms.push(format!("{genre} {nom}"));
        }
        Ok(Cles {
            contrat: format!("semis-{:06}", n + 1),
            gestionnaire: format!("Association {} {n}", NOMS[self.hasard.rang(NOMS.len())]),
            departement,
            finess,
            noms,
        })
    }
}

/// A FINESS number with its key.
fn numero(departement: &str, n: u64) -> Result<String, String> {
    let corps = format!("{departement}{n:06}");
    let essais = (0..10).map(|cle| format!("{corps}{cle}"));
    let mut bons = essais.filter(|numero| Finess::parse(numero).is_ok());
    let manque = || format!("« {corps} » ne fait pas un numéro FINESS");
    bons.next().ok_or_else(manque)
}

const GENRES: [&str; 8] = [
    "IME",
    "SESSAD",
    "ESAT",
    "MAS",
    "FAM",
    "Foyer de vie",
    "Foyer d'hébergement",
    "SAVS",
];
const NOMS: [&str; 12] = [
    "Les Tilleuls",
    "La Passerelle",
    "Le Grand Pré",
    "Les Hirondelles",
    "La Fontaine",
    "Les Quatre Vents",
    "Le Moulin",
    "Les Genêts",
    "La Source",
    "Le Verger",
    "Les Alizés",
    "La Roseraie",
];

/// A small generator of chance, the same everywhere (splitmix64).
struct Hasard(u64);

impl Hasard {
    fn suivant(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0, below a bound that is not zero.
    fn parmi(&mut self, borne: u64) -> u64 {
        self.suivant() % borne.max(1)
    }

    fn rang(&mut self, taille: usize) -> usize {
        usize::try_from(self.parmi(taille as u64)).unwrap_or_default()
    }
}
