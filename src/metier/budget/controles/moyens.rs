//! Alignment with the contract: staff, capacity, investments, siège, costs, needs.

use super::alignement::chaque_engagement;
use super::{Examen, Issue, Sujet};
use crate::metier::budget::calculs::{Compte, acquisitions};
use crate::metier::budget::dire;
use crate::metier::budget::lignes::{Bloc, Exact, Lieu, Valeur};
use num_rational::BigRational;
use num_traits::Signed as _;

fn centimes(montant: i64) -> Exact {
    Exact::from(i128::from(montant))
}

/// How far a number is from another, in percent of it. `None`: of zero.
fn ecart(valeur: Exact, base: Exact) -> Option<Exact> {
    (base != Exact::from(0)).then(|| (valeur - base) * 100 / base)
}

fn absolu(nombre: Exact) -> Exact {
    nombre.max(-nombre)
}

/// Three fractions of what is read may not hold in one of bounded size.
fn grand(nombre: Exact) -> BigRational {
    BigRational::new((*nombre.numer()).into(), (*nombre.denom()).into())
}

/// AL-08. The staff planned is that of the contract, give or take.
pub fn etp(e: &mut Examen<'_>) {
    chaque_engagement(e, |e, lieu| {
        let prevu = e.x.quantites(Bloc::Tper, lieu, e.exercice())?;
        let cible = e.x.nombre(Bloc::Cpom, lieu, "ETP_CIBLE")?;
        let Some(ecart) = ecart(prevu, cible) else {
            return Some(Issue::SansObjet);
        };
        let valeurs = vec![
            ("etp_eprd", dire::quantite(prevu)),
            ("etp_cpom", dire::quantite(cible)),
            ("ecart", dire::decimal(ecart, 2)),
        ];
        Some(Issue::selon(
            absolu(ecart) <= e.taux("EPRD_ETP_TAUX")?,
            valeurs,
        ))
    });
}

/// AL-09. A category that an objective sets a number for reaches it.
pub fn etp_par_objectif(e: &mut Examen<'_>) {
    const DEBUT: &str = "ETP_CIBLE_";
    let exercice = e.exercice();
    let mut cibles: Vec<(Lieu, String)> = Vec::new();
    for lieu in e.x.lignes.lieux() {
        let siennes = e.x.lignes.commencant((Bloc::Cpom, lieu, exercice), DEBUT);
        cibles.extend(siennes.map(|(code, _)| (lieu, code.to_owned())));
    }
    if cibles.is_empty() {
        e.ensemble(|e| {
            e.x.manque(Bloc::Cpom, Lieu::Ensemble, exercice, "ETP_CIBLE_*");
            None
        });
    }
    for (lieu, code) in cibles {
        e.voit(Sujet::Esms(lieu), |e| {
            let categorie = code.strip_prefix(DEBUT)?;
            let prevu = e.x.nombre(Bloc::Tper, lieu, categorie)?;
            let cible = e.x.nombre(Bloc::Cpom, lieu, &code)?;
            let ligne = e.x.lignes.trouve(Bloc::Cpom, lieu, exercice, &code)?;
            let valeurs = vec![
                ("objectif", ligne.libelle.clone()),
                ("prevu", dire::quantite(prevu)),
                ("categorie", categorie.to_lowercase()),
                ("cible", dire::quantite(cible)),
            ];
            Some(Issue::selon(prevu >= cible, valeurs))
        });
    }
}

/// AL-10. Pay moves as the rate of the contract and the staff explain.
pub fn masse_salariale(e: &mut Examen<'_>) {
    chaque_engagement(e, |e, lieu| {
        let annee = e.exercice();
        let prevue = e.x.comptes(Bloc::Charge, lieu, &["641", "642"])?;
        let avant =
            e.x.comptes_de(Bloc::RealiseCharge, lieu, annee - 1, &["641", "642"])?;
        let etp = e.x.quantites(Bloc::Tper, lieu, annee)?;
        let etp_avant = e.x.quantites(Bloc::Tper, lieu, annee - 1)?;
        let taux = e.x.nombre(Bloc::Cpom, lieu, "TAUX_EVOLUTION")?;
        let Some(evolution) = ecart(centimes(prevue), centimes(avant)) else {
            return e.x.nul(Bloc::RealiseCharge, lieu, annee - 1, "641");
        };
        let Some(effet) = ecart(etp, etp_avant) else {
            return e.x.nul(Bloc::Tper, lieu, annee - 1, "*");
        };
        let inexplique = (grand(evolution) - grand(taux) - grand(effet)).abs();
        let valeurs = vec![("taux", dire::decimal(evolution, 2))];
        let marge = grand(e.taux("EPRD_MASSE_POINTS")?);
        Some(Issue::selon(inexplique <= marge, valeurs))
    });
}

/// AL-13. The capacity is the one authorised.
pub fn capacite(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        let eprd = e.x.nombre(Bloc::Ident, lieu, "CAPACITE")?;
        let autorisee = e.x.nombre(Bloc::Autorisation, lieu, "CAPACITE")?;
        let valeurs = vec![
            ("eprd", dire::quantite(eprd)),
            ("autorisee", dire::quantite(autorisee)),
        ];
        Some(Issue::selon(eprd == autorisee, valeurs))
    });
}

/// Whether an amount is another, give or take a part of it.
fn proche(e: &Examen<'_>, inscrit: i64, prevu: i64, regle: &str) -> Option<bool> {
    let marge = centimes(prevu.abs()) * e.taux(regle)? / 100;
    Some(centimes((inscrit - prevu).abs()) <= marge)
}

/// AL-14. What the PPI plans for the year is written.
pub fn ppi(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let inscrit = acquisitions(&e.x)?;
        let prevu = e.x.montant(Bloc::Cpom, Lieu::Ensemble, "PPI")?;
        let valeurs = vec![
            ("eprd", dire::euros(inscrit)),
            ("ppi", dire::euros(prevu)),
            ("annee", e.exercice().to_string()),
        ];
        Some(Issue::selon(
            proche(e, inscrit, prevu, "EPRD_PPI_TAUX")?,
            valeurs,
        ))
    });
}

/// AL-15. It is paid for as the PPI says.
pub fn financement_ppi(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let tfp = |code: &str| e.x.montant(Bloc::Tfp, Lieu::Ensemble, code);
        let cpom = |code: &str| e.x.montant(Bloc::Cpom, Lieu::Ensemble, code);
        let (emprunt, subvention) = (tfp("RESSOURCE_16")?, tfp("RESSOURCE_13")?);
        let (prevu, subvention_prevue) = (cpom("PPI_EMPRUNT")?, cpom("PPI_SUBVENTION")?);
        let tient = proche(e, emprunt, prevu, "EPRD_PPI_TAUX")?
            && proche(e, subvention, subvention_prevue, "EPRD_PPI_TAUX")?;
        let valeurs = vec![
            ("emprunt", dire::euros(emprunt)),
            ("prevu", dire::euros(prevu)),
            ("subvention", dire::euros(subvention)),
            ("subvention_prevue", dire::euros(subvention_prevue)),
        ];
        Some(Issue::selon(tient, valeurs))
    });
}

/// AL-16. Each new loan of more than a year was approved, expressly or by sixty days of silence.
pub fn emprunts(e: &mut Examen<'_>) {
    const MONTANT: &str = ".MONTANT";
    let exercice = e.exercice();
    e.ensemble(|e| {
        let inscrit = e.x.montant(Bloc::Tfp, Lieu::Ensemble, "RESSOURCE_16")?;
        let detailles: i64 = noms_des_emprunts(e)
            .iter()
            .map(|nom| {
                e.x.montant(Bloc::Emprunt, Lieu::Ensemble, &format!("{nom}{MONTANT}"))
            })
            .sum::<Option<i64>>()?;
        if detailles < inscrit {
            e.x.manque(Bloc::Emprunt, Lieu::Ensemble, exercice, "*.MONTANT");
            return None;
        }
        Some(Issue::SansObjet)
    });
    for nom in noms_des_emprunts(e) {
        e.ensemble(|e| {
            let lu = |suite: &str| (Bloc::Emprunt, Lieu::Ensemble, format!("{nom}{suite}"));
            let (bloc, lieu, code) = lu(MONTANT);
            let montant = e.x.montant(bloc, lieu, &code)?;
            let (bloc, lieu, code) = lu(".APPROBATION");
            let approbation = e.x.texte(bloc, lieu, &code)?;
            let valeurs = vec![("libelle", nom.clone()), ("montant", dire::euros(montant))];
            Some(Issue::selon(
                ["expresse", "tacite"].contains(&approbation),
                valeurs,
            ))
        });
    }
}

fn noms_des_emprunts(e: &Examen<'_>) -> Vec<String> {
    let lignes =
        e.x.lignes
            .du_bloc(Bloc::Emprunt, Lieu::Ensemble, e.exercice());
    let noms = lignes.filter_map(|(code, _)| code.strip_suffix(".MONTANT"));
    noms.map(str::to_owned).collect()
}

/// AL-17. The dotations of the year that follows count what is invested.
pub fn amortissements(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let annee = e.exercice();
        let pgfp = |annee, code: &str| e.x.montant_de(Bloc::Pgfp, Lieu::Ensemble, annee, code);
        let hausse = pgfp(annee + 1, "DOTATIONS_68")? - pgfp(annee, "DOTATIONS_68")?;
        let investi = pgfp(annee, "INVESTISSEMENTS")?;
        let sorties = pgfp(annee, "SORTIES_AMORTIES")?;
        let duree =
            e.x.nombre(Bloc::Cpom, Lieu::Ensemble, "DUREE_AMORTISSEMENT")?;
        if duree <= Exact::from(0) {
            return e
                .x
                .nul(Bloc::Cpom, Lieu::Ensemble, annee, "DUREE_AMORTISSEMENT");
        }
        let part = e.taux("EPRD_AMORTISSEMENT_PART")? / 100;
        let attendue = centimes(investi) * part / duree - centimes(sorties);
        let valeurs = vec![
            ("annee", annee.to_string()),
            ("hausse", dire::euros(hausse)),
        ];
        Some(Issue::selon(centimes(hausse) >= attendue, valeurs))
    });
}

/// AL-18. An establishment's part of the siège is within what was authorised.
pub fn siege(e: &mut Examen<'_>) {
    chaque_engagement(e, |e, lieu| {
        let inscrit = e.x.comptes(Bloc::Charge, lieu, &["6556"])?;
        let autorise = e.x.montant(Bloc::Cpom, lieu, "SIEGE_AUTORISE")?;
        let valeurs = vec![
            ("inscrit", dire::euros(inscrit)),
            ("autorise", dire::euros(autorise)),
        ];
        Some(Issue::selon(inscrit <= autorise, valeurs))
    });
}

/// AL-19. The whole siège is within its rate of the gross charges of the last closed exercise.
pub fn siege_total(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let annee = e.exercice();
        let taux = e.x.nombre(Bloc::Cpom, Lieu::Ensemble, "TAUX_SIEGE")?;
        let (mut inscrit, mut brutes) = (0, 0);
        Compte::ensemble(&e.x)?;
        for lieu in e.x.lignes.comptes() {
            inscrit += e.x.comptes(Bloc::Charge, lieu, &["6556"])?;
            brutes +=
                e.x.montant_de(Bloc::Cpom, lieu, annee - 2, "CHARGES_BRUTES_N2")?;
        }
        let Some(trouve) = ecart(centimes(inscrit + brutes), centimes(brutes)) else {
            return e
                .x
                .nul(Bloc::Cpom, Lieu::Ensemble, annee - 2, "CHARGES_BRUTES_N2");
        };
        let permis = centimes(brutes) * taux / 100 + centimes(e.seuil("EPRD_ARRONDI")?);
        let valeurs = vec![
            ("taux", dire::decimal(trouve, 3)),
            ("autorise", dire::decimal(taux, 3)),
            ("inscrit", dire::euros(inscrit)),
        ];
        Some(Issue::selon(centimes(inscrit) <= permis, valeurs))
    });
}

/// AL-27. A place costs what others do, give or take.
pub fn cout_place(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        let places = e.x.nombre(Bloc::Ident, lieu, "CAPACITE")?;
        let reference = e.x.montant(Bloc::Reference, lieu, "COUT_PLACE")?;
        if places <= Exact::from(0) {
            return Some(Issue::SansObjet);
        }
        let cout = centimes(Compte::lu(&e.x, lieu)?.charges) / places;
        let Some(ecart) = ecart(cout, centimes(reference)) else {
            return e.x.nul(Bloc::Reference, lieu, e.exercice(), "COUT_PLACE");
        };
        let valeurs = vec![
            ("cout", dire::decimal(cout / 100, 2)),
            ("reference", dire::euros(reference)),
        ];
        Some(Issue::selon(
            absolu(ecart) <= e.taux("EPRD_COUT_PLACE_TAUX")?,
            valeurs,
        ))
    });
}

/// AL-28. Enough of the staff is beside people, as their needs ask.
pub fn besoins(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        let cible = e.x.nombre(Bloc::Besoins, lieu, "PART_DIRECTE_CIBLE")?;
        let tout = e.x.quantites(Bloc::Tper, lieu, e.exercice())?;
        if tout <= Exact::from(0) {
            return Some(Issue::SansObjet);
        }
        let categories = e.regles.mots("EPRD_CATEGORIES_DIRECTES");
        if categories.is_empty() {
            return e.su("EPRD_CATEGORIES_DIRECTES", None);
        }
        let presente = |c: &&&str| {
            let ligne = e.x.lignes.trouve(Bloc::Tper, lieu, e.exercice(), c);
            ligne.is_some_and(|l| matches!(l.valeur, Valeur::Quantite(_)))
        };
        let directes = categories.iter().filter(presente);
        let directes = directes.map(|c| e.x.nombre(Bloc::Tper, lieu, c));
        let part = directes.sum::<Option<Exact>>()? * 100 / tout;
        let valeurs = vec![
            ("part", dire::decimal(part, 2)),
            ("cible", dire::decimal(cible, 2)),
        ];
        Some(Issue::selon(
            cible - part <= e.taux("EPRD_BESOINS_POINTS")?,
            valeurs,
        ))
    });
}
