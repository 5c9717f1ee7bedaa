//! Alignment with the contract: perimeter, dotations, activity, results.

use super::{Examen, Issue, Sujet};
use crate::metier::budget::calculs::Compte;
use crate::metier::budget::dire;
use crate::metier::budget::lignes::{Bloc, Exact, Lieu, Valeur};
use crate::metier::budget::ratios::{cnr_de, notifie_a};
use crate::metier::referentiels::comptes::{Groupe, Sens};
use std::collections::BTreeMap;

/// The establishments of the contract: those it says something of.
fn du_contrat(e: &Examen<'_>) -> Vec<Lieu> {
    let lieux = e.x.lignes.lieux();
    lieux
        .filter(|lieu| e.x.lignes.tient(Bloc::Cpom, *lieu))
        .collect()
}

/// Whether an establishment of the contract stays outside the EPRD: a budget and a compte
/// administratif.
fn hors_eprd(e: &Examen<'_>, lieu: Lieu) -> bool {
    let hors =
        e.x.lignes
            .trouve(Bloc::Cpom, lieu, e.exercice(), "HORS_EPRD");
    hors.is_some_and(|ligne| ligne.valeur == Valeur::Oui(true))
}

/// Each establishment of the contract that is in the EPRD; told missing when it names none.
pub fn chaque_engagement(e: &mut Examen<'_>, voir: impl Fn(&Examen<'_>, Lieu) -> Option<Issue>) {
    let lieux = du_contrat(e);
    if lieux.is_empty() {
        e.ensemble(|e| {
            e.x.manque(Bloc::Cpom, Lieu::Ensemble, e.exercice(), "*");
            None
        });
    }
    for lieu in lieux {
        e.voit(Sujet::Esms(lieu), |e| {
            if hors_eprd(e, lieu) {
                return Some(Issue::SansObjet);
            }
            voir(e, lieu)
        });
    }
}

/// AL-01. Each establishment of the contract has its compte de résultat, unless it stays outside
/// the EPRD.
pub fn perimetre(e: &mut Examen<'_>) {
    chaque_engagement(e, |e, lieu| {
        Some(Issue::selon(e.x.lignes.a_un_compte(lieu), Vec::new()))
    });
}

/// AL-02. What is notified, without what does not last, is what the contract says.
pub fn dotation(e: &mut Examen<'_>) {
    chaque_engagement(e, |e, lieu| {
        let notifie = hors_cnr(e, lieu)?;
        let cpom = e.x.montant(Bloc::Cpom, lieu, "BASE_N")?;
        let part = Exact::from(i128::from(cpom.abs())) * e.taux("EPRD_DOTATION_TAUX")? / 100;
        let marge = part.max(Exact::from(i128::from(e.seuil("EPRD_DOTATION_EUROS")?)));
        let ecart = Exact::from(i128::from((notifie - cpom).abs()));
        let valeurs = vec![
            ("notifie", dire::euros(notifie)),
            ("cpom", dire::euros(cpom)),
        ];
        Some(Issue::selon(ecart <= marge, valeurs))
    });
}

/// What an establishment is notified that lasts; its financers together.
fn hors_cnr(e: &Examen<'_>, lieu: Lieu) -> Option<i64> {
    Some(notifie_a(&e.x, lieu)? - cnr_de(&e.x, lieu)?)
}

/// AL-03. For each financer, the parts written make the dotation it notified.
pub fn dgc(e: &mut Examen<'_>) {
    let comptes: Vec<Lieu> = e.x.lignes.comptes().collect();
    let mut financeurs: BTreeMap<String, Vec<Lieu>> = BTreeMap::new();
    for lieu in &comptes {
        // Of an establishment whose authority is not said, no financer's sum is known.
        let autorite = e.autorite(*lieu).unwrap_or("sans autorité dite");
        for financeur in autorite.split('+').map(str::trim) {
            financeurs
                .entry(financeur.to_owned())
                .or_default()
                .push(*lieu);
        }
    }
    if financeurs.is_empty() {
        e.ensemble(|e| {
            e.x.manque(Bloc::Ident, Lieu::Ensemble, e.exercice(), "AUTORITE");
            None
        });
    }
    e.x.releve();
    for (financeur, lieux) in financeurs {
        e.voit(Sujet::Financeur(financeur.clone()), |e| {
            let (mut inscrit, mut notifie) = (0, 0);
            for lieu in lieux {
                let parts = super::equilibre::parts(e, lieu)?;
                for (_, i, n) in parts.iter().filter(|(nom, ..)| *nom == financeur) {
                    inscrit += i;
                    notifie += n;
                }
            }
            let valeurs = vec![
                ("inscrit", dire::euros(inscrit)),
                ("notifie", dire::euros(notifie)),
            ];
            Some(Issue::selon(inscrit == notifie, valeurs))
        });
    }
}

/// AL-04. The base follows the formula of the contract.
pub fn formule(e: &mut Examen<'_>) {
    chaque_engagement(e, |e, lieu| {
        let annee = e.exercice();
        let avant = e.x.montant_de(Bloc::Cpom, lieu, annee - 1, "BASE_N1")?;
        let taux = e.x.nombre(Bloc::Cpom, lieu, "TAUX_EVOLUTION")?;
        let mesures = e.x.montant(Bloc::Cpom, lieu, "MESURES_NOUVELLES")?;
        let base = e.x.montant(Bloc::Cpom, lieu, "BASE_N")?;
        let exact = |centimes: i64| Exact::from(i128::from(centimes));
        let attendue = exact(avant) * (Exact::from(100) + taux) / 100 + exact(mesures);
        let ecart = exact(base) - attendue;
        let tient =
            ecart >= -exact(e.seuil("EPRD_ARRONDI")?) && ecart <= exact(e.seuil("EPRD_ARRONDI")?);
        let valeurs = vec![
            ("annee", annee.to_string()),
            ("taux", dire::decimal(taux, 2)),
        ];
        Some(Issue::selon(tient, valeurs))
    });
}

/// AL-05. What does not last is not counted as if it did.
pub fn cnr_isoles(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let tarif = e.x.montant(Bloc::Pgfp, Lieu::Ensemble, "PRODUITS_TARIF")?;
        let comptes: Vec<Lieu> = e.x.lignes.comptes().collect();
        let cnr = |lieu: &Lieu| cnr_de(&e.x, *lieu);
        let cnr: i64 = comptes.iter().map(cnr).sum::<Option<i64>>()?;
        let trajectoire =
            e.x.montant(Bloc::Cpom, Lieu::Ensemble, "TRAJECTOIRE_DOTATION")?;
        let ecart = tarif - cnr - trajectoire;
        let marge = Exact::from(i128::from(trajectoire.abs())) * e.taux("EPRD_CNR_TAUX")? / 100;
        let tient = Exact::from(i128::from(ecart.abs())) <= marge;
        Some(Issue::selon(tient, vec![("ecart", dire::euros(ecart))]))
    });
}

/// AL-06. What does not last pays nobody for good.
pub fn cnr_perennes(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        if cnr_de(&e.x, lieu)? == 0 {
            return Some(Issue::SansObjet);
        }
        let perennes = e.x.montant(Bloc::Cnr, lieu, "CHARGES_PERENNES")?;
        let ligne = e.x.lignes.trouve(Bloc::Cnr, lieu, e.exercice(), "MONTANT");
        let libelle = ligne.map(|l| l.libelle.clone()).unwrap_or_default();
        let valeurs = vec![("libelle", libelle), ("montant", dire::euros(perennes))];
        Some(Issue::selon(perennes <= 0, valeurs))
    });
}

/// AL-07. Each funded objective has something that carries it.
pub fn objectifs(e: &mut Examen<'_>) {
    let exercice = e.exercice();
    let objectifs = e.x.lignes.du_bloc(Bloc::Objectif, Lieu::Ensemble, exercice);
    let objectifs: Vec<String> = objectifs.map(|(code, _)| code.to_owned()).collect();
    if objectifs.is_empty() {
        e.ensemble(|e| {
            e.x.manque(Bloc::Objectif, Lieu::Ensemble, exercice, "*");
            None
        });
    }
    for objectif in objectifs {
        e.ensemble(|e| {
            let lignes = e.x.nombre(Bloc::Objectif, Lieu::Ensemble, &objectif)?;
            let valeurs = vec![("objectif", objectif.clone())];
            Some(Issue::selon(lignes > Exact::from(0), valeurs))
        });
    }
}

/// The activity of an establishment, in percent of the theoretical one: the target, what is
/// planned.
pub fn taux_d_activite(e: &Examen<'_>, lieu: Lieu) -> Option<(Exact, Exact)> {
    let theorique = e.x.nombre(Bloc::Cpom, lieu, "ACTIVITE_THEORIQUE")?;
    let cible = e.x.nombre(Bloc::Cpom, lieu, "ACTIVITE_CIBLE")?;
    let prevue = e.x.nombre(Bloc::Activite, lieu, "PREVU")?;
    if theorique <= Exact::from(0) {
        return e
            .x
            .nul(Bloc::Cpom, lieu, e.exercice(), "ACTIVITE_THEORIQUE");
    }
    let part = |activite: Exact| activite * 100 / theorique;
    Some((part(cible), part(prevue)))
}

/// AL-11. The activity that is planned reaches the target.
pub fn activite(e: &mut Examen<'_>) {
    chaque_engagement(e, |e, lieu| {
        let (cible, prevu) = taux_d_activite(e, lieu)?;
        let valeurs = vec![
            ("prevu", dire::decimal(prevu, 2)),
            ("cible", dire::decimal(cible, 2)),
        ];
        Some(Issue::selon(
            cible - prevu <= e.taux("EPRD_ACTIVITE_POINTS")?,
            valeurs,
        ))
    });
}

/// AL-12. What the activity clause may take (R. 314-43-2), if the activity stays as planned.
pub fn modulation(e: &mut Examen<'_>) {
    let exercice = e.exercice();
    let clause =
        e.x.lignes
            .trouve(Bloc::Cpom, Lieu::Ensemble, exercice, "CLAUSE_MODULATION");
    if clause.is_some_and(|ligne| ligne.valeur == Valeur::Oui(false)) {
        return;
    }
    chaque_engagement(e, |e, lieu| {
        let (cible, prevu) = taux_d_activite(e, lieu)?;
        let dotation = Exact::from(i128::from(hors_cnr(e, lieu)?));
        let points = (cible - prevu).max(Exact::from(0)) * e.taux("MODULATION_PART")? / 100;
        let montant = dotation * points / 100;
        let centimes = i64::try_from(montant.round().to_integer()).ok()?;
        let valeurs = vec![
            ("montant", dire::euros(centimes)),
            ("prevu", dire::decimal(prevu, 2)),
        ];
        Some(Issue::selon(montant <= Exact::from(0), valeurs))
    });
}

/// AL-25. No financer's establishments pay for those of another. One paid by several is never cut.
pub fn compensation(e: &mut Examen<'_>) {
    let comptes: Vec<Lieu> = e.x.lignes.comptes().collect();
    let mut financeurs: BTreeMap<Option<&str>, Vec<Lieu>> = BTreeMap::new();
    for lieu in comptes {
        financeurs.entry(e.autorite(lieu)).or_default().push(lieu);
    }
    if financeurs.is_empty() {
        e.ensemble(|e| Compte::ensemble(&e.x).map(|_| Issue::SansObjet));
    }
    e.x.releve();
    for (financeur, lieux) in financeurs {
        e.voit(
            Sujet::Financeur(financeur.unwrap_or("sans autorité").to_owned()),
            |e| {
                let mut resultat = 0;
                for lieu in &lieux {
                    e.autorite(*lieu)?;
                    resultat += Compte::lu(&e.x, *lieu)?.resultat();
                }
                let valeurs = vec![
                    ("montant", dire::euros(resultat.abs())),
                    ("resultat", dire::euros(resultat)),
                ];
                Some(Issue::selon(resultat >= 0, valeurs))
            },
        );
    }
}

/// AL-26. What was done is near what was planned, group by group.
pub fn realise(e: &mut Examen<'_>) {
    const GROUPES: [(Groupe, &str); 3] =
        [(Groupe::Un, "1"), (Groupe::Deux, "2"), (Groupe::Trois, "3")];
    const SENS: [(Sens, Bloc, &str); 2] = [
        (Sens::Charge, Bloc::RealiseCharge, "charges"),
        (Sens::Produit, Bloc::RealiseProduit, "produits"),
    ];
    for (sens, bloc, dit) in SENS {
        for (groupe, numero) in GROUPES {
            e.chaque_compte(|e, lieu| {
                let prevu = super::coherence::du_groupe(e, lieu, sens, groupe)?;
                e.x.comptes(bloc, lieu, &[""])?;
                let realise = super::coherence::somme(e, bloc, lieu, sens, groupe)?;
                if prevu == 0 && realise == 0 {
                    return Some(Issue::SansObjet);
                }
                let ecart = Exact::from(i128::from(realise - prevu));
                let base = Exact::from(i128::from(prevu.abs().max(1)));
                let taux = ecart * 100 / base;
                let marge = e.taux("EPRD_REALISE_TAUX")?;
                let valeurs = vec![
                    ("groupe", format!("{numero} ({dit})")),
                    ("realise", dire::euros(realise)),
                    ("prevu", dire::euros(prevu)),
                    ("ecart", dire::decimal(taux, 2)),
                ];
                Some(Issue::selon(taux <= marge && taux >= -marge, valeurs))
            });
        }
    }
}
