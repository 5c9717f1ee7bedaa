//! Coherence of the document with itself: what it writes is what its lines give.

use super::{Examen, Issue};
use crate::metier::budget::calculs::{Bilan, Compte, Financement, investissements};
use crate::metier::budget::dire;
use crate::metier::budget::lignes::{Bloc, Exact, Lieu, Valeur};
use crate::metier::referentiels::comptes::{Groupe, Sens, groupe};

/// The groups, as the blocks of totals name them.
const GROUPES: [(Groupe, &str); 3] = [(Groupe::Un, "1"), (Groupe::Deux, "2"), (Groupe::Trois, "3")];
const SENS: [(Sens, Bloc, &str, &str); 2] = [
    (Sens::Charge, Bloc::Charge, "CH_G", "charges"),
    (Sens::Produit, Bloc::Produit, "PR_G", "produits"),
];

/// The sum of a group's accounts, in cents; `None`: an account belongs to no known group.
pub fn du_groupe(e: &Examen<'_>, lieu: Lieu, sens: Sens, cherche: Groupe) -> Option<i64> {
    let bloc = match sens {
        Sens::Charge => Bloc::Charge,
        Sens::Produit => Bloc::Produit,
    };
    somme(e, bloc, lieu, sens, cherche)
}

/// The same, of a block that holds accounts.
pub fn somme(e: &Examen<'_>, bloc: Bloc, lieu: Lieu, sens: Sens, cherche: Groupe) -> Option<i64> {
    let exercice = e.exercice();
    let mut somme = 0;
    for (compte, ligne) in e.x.lignes.du_bloc(bloc, lieu, exercice) {
        let Some(entree) = groupe(compte, sens, exercice) else {
            e.x.manque(
                Bloc::Regle,
                lieu,
                exercice,
                &format!("compte inconnu {compte}"),
            );
            return None;
        };
        if let Valeur::Montant(centimes) = ligne.valeur
            && entree.groupe == cherche
        {
            somme += centimes;
        }
    }
    Some(somme)
}

/// CO-01. Each group's total is the sum of its accounts.
pub fn groupes(e: &mut Examen<'_>) {
    for (sens, bloc, code, dit) in SENS {
        for (genre, numero) in GROUPES {
            e.chaque_compte(|e, lieu| {
                let declare = e.x.montant(Bloc::Total, lieu, &format!("{code}{numero}"))?;
                e.x.comptes(bloc, lieu, &[""])?;
                let calcule = du_groupe(e, lieu, sens, genre)?;
                let valeurs = vec![
                    ("groupe", format!("{numero} ({dit})")),
                    ("declare", dire::euros(declare)),
                    ("calcule", dire::euros(calcule)),
                ];
                Some(Issue::selon(e.egal(declare, calcule)?, valeurs))
            });
        }
    }
}

/// CO-02. The result is what comes in less what goes out.
pub fn resultat(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        let declare = e.x.montant(Bloc::Total, lieu, "RESULTAT")?;
        let calcule = Compte::lu(&e.x, lieu)?.resultat();
        let valeurs = vec![
            ("declare", dire::euros(declare)),
            ("calcule", dire::euros(calcule)),
        ];
        Some(Issue::selon(e.egal(declare, calcule)?, valeurs))
    });
}

/// CO-03. The groups make the total.
pub fn totaux(e: &mut Examen<'_>) {
    for (_, _, code, dit) in SENS {
        let total = dit.to_uppercase();
        e.chaque_compte(|e, lieu| {
            let poste = |code: &str| e.x.montant(Bloc::Total, lieu, code);
            let mut groupes = 0;
            for (_, numero) in GROUPES {
                groupes += poste(&format!("{code}{numero}"))?;
            }
            let declare = poste(&total)?;
            let valeurs = vec![
                ("quoi", dit.to_owned()),
                ("declare", dire::euros(declare)),
                ("groupes", dire::euros(groupes)),
                ("ecart", dire::euros(groupes - declare)),
            ];
            Some(Issue::selon(e.egal(groupes, declare)?, valeurs))
        });
    }
}

/// CO-04. The CAF by its two ways.
pub fn caf(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let declare = e.x.montant(Bloc::Caf, Lieu::Ensemble, "CAF_DECLAREE")?;
        let compte = Compte::ensemble(&e.x)?;
        let calcule = compte.caf_soustractive();
        let tient = e.egal(declare, calcule)? && e.egal(calcule, compte.caf_additive())?;
        let valeurs = vec![
            ("declare", dire::euros(declare)),
            ("calcule", dire::euros(calcule)),
        ];
        Some(Issue::selon(tient, valeurs))
    });
}

/// CO-05. The tableau de financement closes.
pub fn financement(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let calcule = Financement::lu(&e.x)?.variation();
        let declare = e.x.montant(Bloc::Tfp, Lieu::Ensemble, "VARIATION_FRNG")?;
        let valeurs = vec![
            ("declare", dire::euros(declare)),
            ("calcule", dire::euros(calcule)),
            ("ecart", dire::euros(calcule - declare)),
        ];
        Some(Issue::selon(e.egal(calcule, declare)?, valeurs))
    });
}

/// CO-06. The fonds de roulement goes on from the bilan: that of the end of the year before, and
/// what the year brings.
pub fn fonds_de_roulement(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let exercice = e.exercice();
        let depart = Bilan::lu(&e.x)?.frng();
        let variation = e.x.montant(Bloc::Tfp, Lieu::Ensemble, "VARIATION_FRNG")?;
        let fin = e.x.montant(Bloc::Pgfp, Lieu::Ensemble, "FRNG_FIN")?;
        let ecart = depart + variation - fin;
        let valeurs = vec![
            ("annee1", (exercice - 1).to_string()),
            ("annee2", exercice.to_string()),
            ("ecart", dire::euros(ecart)),
        ];
        Some(Issue::selon(e.egal(ecart, 0)?, valeurs))
    });
}

/// CO-07. The treasury is the fonds de roulement less the need of it: at the bilan, then each year.
pub fn tresorerie(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let bilan = Bilan::lu(&e.x)?;
        selon_tresorerie(e, bilan.tresorerie(), bilan.frng() - bilan.bfr())
    });
    let annees = e.annees_du_pgfp();
    e.chaque_annee(annees, |e, annee| {
        let poste = |code: &str| e.x.montant_de(Bloc::Pgfp, Lieu::Ensemble, annee, code);
        let calcule = poste("FRNG_FIN")? - poste("BFR_FIN")?;
        selon_tresorerie(e, poste("TRESORERIE_FIN")?, calcule)
    });
}

fn selon_tresorerie(e: &Examen<'_>, declare: i64, calcule: i64) -> Option<Issue> {
    let valeurs = vec![
        ("declare", dire::euros(declare)),
        ("calcule", dire::euros(calcule)),
    ];
    Some(Issue::selon(e.egal(declare, calcule)?, valeurs))
}

/// CO-08. The first year of the PGFP is the EPRD, line by line.
pub fn premiere_annee(e: &mut Examen<'_>) {
    for (code, dit) in PREMIERE_ANNEE {
        e.ensemble(|e| {
            let pgfp = if FACULTATIVES.contains(&code) {
                e.x.montant_ou_zero(Bloc::Pgfp, Lieu::Ensemble, e.exercice(), code)
            } else {
                e.x.montant(Bloc::Pgfp, Lieu::Ensemble, code)?
            };
            let eprd = de_l_eprd(e, code)?;
            let valeurs = vec![
                ("ligne", dit.to_owned()),
                ("pgfp", dire::euros(pgfp)),
                ("eprd", dire::euros(eprd)),
            ];
            Some(Issue::selon(e.egal(pgfp, eprd)?, valeurs))
        });
    }
}

const PREMIERE_ANNEE: [(&str, &str); 15] = [
    ("PRODUITS_TARIF", "Produits de la tarification"),
    ("PRODUITS", "Total des produits"),
    ("CHARGES", "Total des charges"),
    ("RESULTAT", "Résultat"),
    ("DOTATIONS_68", "Dotations (68)"),
    ("REPRISES_78", "Reprises (78)"),
    ("QUOTE_PART_777", "Quote-part des subventions (777)"),
    ("CAF", "CAF"),
    ("CAPITAL_EMPRUNTS", "Capital remboursé"),
    ("INVESTISSEMENTS", "Investissements"),
    ("EMPRUNTS_NOUVEAUX", "Emprunts nouveaux"),
    ("SUBVENTIONS_INVEST", "Subventions d'investissement"),
    ("VARIATION_FRNG", "Variation du fonds de roulement"),
    ("CESSIONS_775", "Cessions (775)"),
    ("VALEURS_675", "Valeurs des cessions (675)"),
];

/// Lines that a PGFP leaves out when they are nothing.
const FACULTATIVES: [&str; 2] = ["CESSIONS_775", "VALEURS_675"];

/// What the EPRD says where the PGFP says this.
fn de_l_eprd(e: &Examen<'_>, code: &str) -> Option<i64> {
    let compte = || Compte::ensemble(&e.x);
    let somme = |bloc: Bloc, prefixe: &str| {
        compte()?;
        let comptes = e.x.lignes.comptes();
        comptes
            .map(|lieu| e.x.comptes(bloc, lieu, &[prefixe]))
            .sum()
    };
    let poste = |code: &str| e.x.montant(Bloc::Tfp, Lieu::Ensemble, code);
    match code {
        "PRODUITS_TARIF" => somme(Bloc::Produit, "73"),
        "PRODUITS" => Some(compte()?.produits),
        "CHARGES" => Some(compte()?.charges),
        "RESULTAT" => Some(compte()?.resultat()),
        "DOTATIONS_68" => somme(Bloc::Charge, "68"),
        "REPRISES_78" => somme(Bloc::Produit, "78"),
        "QUOTE_PART_777" => somme(Bloc::Produit, "777"),
        "CAF" => Some(compte()?.caf_soustractive()),
        "CAPITAL_EMPRUNTS" => poste("EMPLOI_16"),
        "INVESTISSEMENTS" => investissements(&e.x),
        "EMPRUNTS_NOUVEAUX" => poste("RESSOURCE_16"),
        "SUBVENTIONS_INVEST" => poste("RESSOURCE_13"),
        "VARIATION_FRNG" => poste("VARIATION_FRNG"),
        "CESSIONS_775" => poste("RESSOURCE_775"),
        "VALEURS_675" => somme(Bloc::Charge, "675"),
        _ => None,
    }
}

/// CO-09. The bilan financier balances.
pub fn bilan(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let bilan = Bilan::lu(&e.x)?;
        let ecart = bilan.actif_net() - bilan.passif();
        let valeurs = vec![
            ("actif", dire::euros(bilan.actif_net())),
            ("ecart", dire::euros(ecart)),
        ];
        Some(Issue::selon(e.egal(ecart, 0)?, valeurs))
    });
}

/// CO-10. Each year of the PGFP follows from its own lines and from the year before.
pub fn recurrence(e: &mut Examen<'_>) {
    let annees = e.annees_du_pgfp();
    e.chaque_annee(annees, |e, annee| {
        let lu = |code: &str| e.x.montant_de(Bloc::Pgfp, Lieu::Ensemble, annee, code);
        let ou_zero = |code: &str| e.x.montant_ou_zero(Bloc::Pgfp, Lieu::Ensemble, annee, code);
        let resultat = lu("PRODUITS")? - lu("CHARGES")?;
        let cessions = ou_zero("CESSIONS_775");
        let caf = lu("RESULTAT")? + lu("DOTATIONS_68")? + ou_zero("VALEURS_675")
            - lu("REPRISES_78")?
            - cessions
            - lu("QUOTE_PART_777")?;
        let entrees = lu("EMPRUNTS_NOUVEAUX")? + lu("SUBVENTIONS_INVEST")? + cessions;
        let entrees = entrees + ou_zero("AUTRES_RESSOURCES") - ou_zero("AUTRES_EMPLOIS");
        let variation = lu("CAF")? + entrees - lu("CAPITAL_EMPRUNTS")? - lu("INVESTISSEMENTS")?;
        let mut egalites = vec![
            ("Résultat", lu("RESULTAT")?, resultat),
            ("CAF", lu("CAF")?, caf),
            (
                "Variation du fonds de roulement",
                lu("VARIATION_FRNG")?,
                variation,
            ),
        ];
        let bilan =
            e.x.lignes
                .trouve(Bloc::Bilan, Lieu::Ensemble, annee - 1, "FP_164");
        if annee == e.exercice() && bilan.is_some() {
            let dette =
                e.x.montant_de(Bloc::Bilan, Lieu::Ensemble, annee - 1, "FP_164")?;
            let encours = dette + lu("EMPRUNTS_NOUVEAUX")? - lu("CAPITAL_EMPRUNTS")?;
            egalites.push(("Encours de la dette", lu("ENCOURS_DETTE_FIN")?, encours));
        }
        if annee > e.exercice() {
            let avant = |c: &str| e.x.montant_de(Bloc::Pgfp, Lieu::Ensemble, annee - 1, c);
            let frng = avant("FRNG_FIN")? + lu("VARIATION_FRNG")?;
            let encours = avant("ENCOURS_DETTE_FIN")? + lu("EMPRUNTS_NOUVEAUX")?;
            let encours = encours - lu("CAPITAL_EMPRUNTS")?;
            egalites.push(("Fonds de roulement", lu("FRNG_FIN")?, frng));
            egalites.push(("Encours de la dette", lu("ENCOURS_DETTE_FIN")?, encours));
        }
        for (ligne, declare, calcule) in egalites {
            if !e.egal(declare, calcule)? {
                let valeurs = vec![
                    ("ligne", ligne.to_owned()),
                    ("declare", dire::euros(declare)),
                    ("calcule", dire::euros(calcule)),
                ];
                return Some(Issue::Manque(valeurs));
            }
        }
        Some(Issue::Tient(Vec::new()))
    });
}

/// CO-11. Social charges are a plausible part of pay.
pub fn charges_sociales(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        let remunerations = e.x.comptes(Bloc::Charge, lieu, &["641", "642"])?;
        if remunerations <= 0 {
            return Some(Issue::SansObjet);
        }
        let charges = e.x.comptes(Bloc::Charge, lieu, &["645"])?;
        let taux = Exact::new(i128::from(charges) * 100, i128::from(remunerations));
        let tient = e.taux("EPRD_CHARGES_SOCIALES_MIN")? <= taux
            && taux <= e.taux("EPRD_CHARGES_SOCIALES_MAX")?;
        Some(Issue::selon(tient, vec![("taux", dire::decimal(taux, 2))]))
    });
}

/// CO-12. What an ETP is paid is plausible.
pub fn cout_par_etp(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        let etp = e.x.quantites(Bloc::Tper, lieu, e.exercice())?;
        let remunerations = e.x.comptes(Bloc::Charge, lieu, &["641", "642"])?;
        if etp <= Exact::from(0) {
            return Some(Issue::SansObjet);
        }
        let cout = Exact::new(i128::from(remunerations), 100) / etp;
        let bornes = ["EPRD_COUT_ETP_MIN", "EPRD_COUT_ETP_MAX"];
        let borne = |regle| Some(Exact::new(i128::from(e.seuil(regle)?), 100));
        let tient = borne(bornes[0])? <= cout && cout <= borne(bornes[1])?;
        Some(Issue::selon(tient, vec![("cout", dire::decimal(cout, 2))]))
    });
}
