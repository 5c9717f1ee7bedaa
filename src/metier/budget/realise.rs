//! What was done, put beside what was planned: the lines of an ERRD joined to those of an EPRD.

use super::lignes::{Bloc, Cle, Lieu, Lignes};

/// Where the lines of an ERRD go in the table of an EPRD.
pub const REALISE: [(Bloc, Bloc); 2] = [
    (Bloc::Charge, Bloc::RealiseCharge),
    (Bloc::Produit, Bloc::RealiseProduit),
];

/// Joins an ERRD: of the same exercise, to compare it with the EPRD (AL-26); of the one before, to
/// explain what moves (AL-10). Its establishments that the EPRD does not name are left aside, and
/// told by their number.
///
/// # Errors
/// One French sentence: of another managing body, or of another year.
pub fn joindre(eprd: &mut Lignes, errd: &Lignes) -> Result<Vec<String>, String> {
    if errd.ej != eprd.ej {
        return Err(format!(
            "Cet ERRD est celui du gestionnaire {} ; l'EPRD est celui de {}. Choisissez l'ERRD du \
             même gestionnaire.",
            errd.ej, eprd.ej
        ));
    }
    if ![eprd.exercice, eprd.exercice - 1].contains(&errd.exercice) {
        return Err(format!(
            "Cet ERRD est celui de {} ; l'EPRD de {} se compare à l'ERRD de la même année ou de la \
             précédente.",
            errd.exercice, eprd.exercice
        ));
    }
    let mut ailleurs = Vec::new();
    for lieu in errd.comptes() {
        let Some(esms) = errd.esms_de(lieu) else {
            continue;
        };
        if eprd
            .lieux()
            .all(|l| eprd.esms_de(l).is_none_or(|e| e.finess != esms.finess))
        {
            ailleurs.push(esms.finess.clone());
            continue;
        }
        let la = eprd.esms(&esms.finess, &esms.nom);
        let annee = errd.exercice;
        let avant = annee < eprd.exercice;
        let effectif = avant.then_some((Bloc::Tper, Bloc::Tper));
        // A frame that has a column for each says both what was planned and what was done.
        let fait = REALISE.map(|(prevu, fait)| (colonne(errd, lieu, (prevu, fait)), fait));
        for (de, vers) in fait.into_iter().chain(effectif) {
            for (code, ligne) in errd.du_bloc(de, lieu, annee) {
                let cle = Cle {
                    bloc: vers,
                    lieu: la,
                    annee,
                    code: code.to_owned(),
                };
                eprd.pose(cle, ligne.clone())?;
            }
        }
    }
    Ok(ailleurs)
}

/// Where an establishment's accounts say what was done: the column of the realised, when the
/// document has one; its only column otherwise.
pub fn colonne(errd: &Lignes, lieu: Lieu, (seule, faite): (Bloc, Bloc)) -> Bloc {
    let dite = errd.du_bloc(faite, lieu, errd.exercice).next().is_some();
    if dite { faite } else { seule }
}
