//! What the lines give together: a compte de résultat, the CAF, the bilan financier.
//! Everything in cents; `None` when a line that is needed is not there.

use super::lecteur::Lecteur;
use super::lignes::{Bloc, Lieu};

/// Accounts of charges and produits that no money follows.
const NON_DECAISSABLES: [&str; 2] = ["68", "675"];
const NON_ENCAISSABLES: [&str; 3] = ["78", "775", "777"];

/// A compte de résultat, or several together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compte {
    pub charges: i64,
    pub produits: i64,
    /// Accounts 68 and 675.
    pub non_decaissables: i64,
    /// Accounts 78, 775 and 777.
    pub non_encaissables: i64,
}

impl Compte {
    pub fn lu(x: &Lecteur<'_>, lieu: Lieu) -> Option<Self> {
        Some(Self {
            charges: x.comptes(Bloc::Charge, lieu, &[""])?,
            produits: x.comptes(Bloc::Produit, lieu, &[""])?,
            non_decaissables: x.comptes(Bloc::Charge, lieu, &NON_DECAISSABLES)?,
            non_encaissables: x.comptes(Bloc::Produit, lieu, &NON_ENCAISSABLES)?,
        })
    }

    /// All the comptes de résultat of the exercise. `None`: there is none, or one is not whole.
    pub fn ensemble(x: &Lecteur<'_>) -> Option<Self> {
        let mut tout = None;
        for lieu in x.lignes.comptes() {
            let un = Self::lu(x, lieu)?;
            tout = Some(tout.unwrap_or(Self::default()).plus(un));
        }
        if tout.is_none() {
            x.manque(Bloc::Charge, Lieu::Ensemble, x.lignes.exercice, "*");
        }
        tout
    }

    #[must_use]
    pub fn plus(self, autre: Self) -> Self {
        Self {
            charges: self.charges + autre.charges,
            produits: self.produits + autre.produits,
            non_decaissables: self.non_decaissables + autre.non_decaissables,
            non_encaissables: self.non_encaissables + autre.non_encaissables,
        }
    }

    pub fn resultat(self) -> i64 {
        self.produits - self.charges
    }

    /// From the result.
    pub fn caf_soustractive(self) -> i64 {
        self.resultat() + self.non_decaissables - self.non_encaissables
    }

    /// From what is cashed in and paid out.
    pub fn caf_additive(self) -> i64 {
        let encaissables = self.produits - self.non_encaissables;
        encaissables - self.charges_decaissables()
    }

    pub fn charges_decaissables(self) -> i64 {
        self.charges - self.non_decaissables
    }
}

/// The bilan financier at the end of the year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bilan {
    /// Immobilisations, before their amortissements.
    pub brut: i64,
    pub amortissements: i64,
    /// Fonds propres, réserves d'investissement, subventions, emprunts.
    pub stables: i64,
    /// Fonds de roulement d'exploitation.
    pub fre: i64,
    /// Stocks, créances, charges constatées d'avance.
    pub actif_circulant: i64,
    pub dettes: i64,
    pub tresorerie_active: i64,
    pub tresorerie_passive: i64,
}

impl Bilan {
    pub fn lu(x: &Lecteur<'_>) -> Option<Self> {
        let annee = x.lignes.exercice - 1;
        let total = |debut: &str| x.total(Bloc::Bilan, Lieu::Ensemble, annee, debut);
        let poste = |code: &str| x.montant_de(Bloc::Bilan, Lieu::Ensemble, annee, code);
        Some(Self {
            brut: total("ACT_")?,
            amortissements: total("AM_")?,
            stables: total("FP_")?,
            fre: total("FE_")?,
            actif_circulant: total("AC_")?,
            dettes: total("DT_")?,
            tresorerie_active: poste("TR_ACT")?,
            tresorerie_passive: poste("TR_PAS")?,
        })
    }

    /// Fonds de roulement d'investissement.
    pub fn fri(self) -> i64 {
        self.stables + self.amortissements - self.brut
    }

    /// Fonds de roulement net global.
    pub fn frng(self) -> i64 {
        self.fri() + self.fre
    }

    /// Besoin en fonds de roulement (R. 314-48 III).
    pub fn bfr(self) -> i64 {
        self.actif_circulant - self.dettes
    }

    pub fn tresorerie(self) -> i64 {
        self.tresorerie_active - self.tresorerie_passive
    }

    pub fn actif_net(self) -> i64 {
        self.brut - self.amortissements + self.actif_circulant + self.tresorerie_active
    }

    pub fn passif(self) -> i64 {
        self.stables + self.fre + self.dettes + self.tresorerie_passive
    }
}

/// The tableau de financement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Financement {
    pub caf: i64,
    /// Resources without the CAF.
    pub ressources: i64,
    pub emplois: i64,
}

impl Financement {
    pub fn lu(x: &Lecteur<'_>) -> Option<Self> {
        let annee = x.lignes.exercice;
        let total = |debut: &str| x.total(Bloc::Tfp, Lieu::Ensemble, annee, debut);
        let caf = x.montant(Bloc::Tfp, Lieu::Ensemble, "RESSOURCE_CAF")?;
        Some(Self {
            caf,
            ressources: total("RESSOURCE_")? - caf,
            emplois: total("EMPLOI_")?,
        })
    }

    pub fn variation(self) -> i64 {
        self.caf + self.ressources - self.emplois
    }
}

/// All that the tableau de financement invests: 20, 21, and 23, 26, 27 when it writes them.
pub fn investissements(x: &Lecteur<'_>) -> Option<i64> {
    let annee = x.lignes.exercice;
    let autre = |code: &&str| x.montant_ou_zero(Bloc::Tfp, Lieu::Ensemble, annee, code);
    let autres = ["EMPLOI_23", "EMPLOI_26", "EMPLOI_27"];
    Some(acquisitions(x)? + autres.iter().map(autre).sum::<i64>())
}

/// Acquisitions of immobilisations written in the tableau de financement: accounts 20 and 21.
pub fn acquisitions(x: &Lecteur<'_>) -> Option<i64> {
    let poste = |code: &str| x.montant(Bloc::Tfp, Lieu::Ensemble, code);
    Some(poste("EMPLOI_20")? + poste("EMPLOI_21")?)
}
