//! Real balance (R. 314-222, wording to be confirmed) and what puts it in doubt.

use super::{Examen, Issue, Resultat, Verdict};
use crate::metier::budget::calculs::{Compte, investissements};
use crate::metier::budget::dire;
use crate::metier::budget::lignes::{Bloc, Cle, Exact, Lieu};
use crate::metier::budget::ratios::{cnr_de, taux_de_caf};
use crate::metier::referentiels::controles::Severite;

/// EQ-01. What the tarification brings is what was notified; for an establishment paid by several,
/// each financer's part.
pub fn notification(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        let parts = parts(e, lieu)?;
        let faux = parts
            .iter()
            .find(|(_, inscrit, notifie)| inscrit != notifie);
        let (financeur, inscrit, notifie) = faux.or(parts.first())?;
        let valeurs = vec![
            ("inscrit", dire::euros(*inscrit)),
            ("notifie", dire::euros(*notifie)),
            ("ecart", dire::euros(inscrit - notifie)),
            ("financeur", financeur.clone()),
        ];
        Some(Issue::selon(faux.is_none(), valeurs))
    });
}

/// By financer: what the compte de résultat expects of it, and what it notified. The account tells
/// the financer when there are several: 731 for the ARS, 733 for a département.
pub fn parts(e: &Examen<'_>, lieu: Lieu) -> Option<Vec<(String, i64, i64)>> {
    let autorite = e.autorite(lieu)?;
    let financeurs: Vec<&str> = autorite.split('+').map(str::trim).collect();
    if let [seul] = financeurs[..] {
        let inscrit = e.x.comptes(Bloc::Produit, lieu, &["73"])?;
        let notifie = e.x.montant(Bloc::Notif, lieu, "PRODUITS_TARIF")?;
        return Some(vec![(seul.to_owned(), inscrit, notifie)]);
    }
    let parts = financeurs.into_iter().map(|financeur| {
        let compte = if financeur == "ARS" { "731" } else { "733" };
        let inscrit = e.x.comptes(Bloc::Produit, lieu, &[compte])?;
        let notifie =
            e.x.montant(Bloc::Notif, lieu, &format!("PRODUITS_TARIF_{financeur}"))?;
        Some((financeur.to_owned(), inscrit, notifie))
    });
    let mut parts: Vec<(String, i64, i64)> = parts.collect::<Option<_>>()?;
    // What is written of others was notified by neither.
    let autres = e.x.comptes(Bloc::Produit, lieu, &["73", "-731", "-733"])?;
    if autres != 0 {
        parts.push(("autres".to_owned(), autres, 0));
    }
    Some(parts)
}

/// EQ-02. A person judges sincerity; this lists what to look at.
pub fn sincerite(e: &mut Examen<'_>) {
    // AL-10 needs the accounts of the year before, which a first deposit does not have.
    const DU_DOCUMENT: [&str; 14] = [
        "CO-01", "CO-02", "CO-03", "CO-04", "CO-05", "CO-06", "CO-07", "CO-08", "CO-09", "CO-10",
        "CO-11", "CO-12", "AL-08", "AL-11",
    ];
    e.ensemble(|e| {
        let fait = |code: &str| e.faits.get(code).map(|r| r.verdict);
        let codes = DU_DOCUMENT.into_iter().chain(["AL-10"]);
        let mut signaux: Vec<&str> = codes.filter(|c| fait(c) == Some(Verdict::Ko)).collect();
        signaux.sort_unstable_by_key(|code| (code.starts_with("AL"), *code));
        let muets = DU_DOCUMENT
            .iter()
            .filter(|code| fait(code) == Some(Verdict::Ne));
        let constats = muets
            .filter_map(|code| e.faits.get(*code))
            .flat_map(|r| &r.constats);
        let manque: Vec<&Cle> = constats.flat_map(|constat| &constat.manque).collect();
        if signaux.is_empty() && !manque.is_empty() {
            for cle in manque {
                e.x.manque(cle.bloc, cle.lieu, cle.annee, &cle.code);
            }
            return None;
        }
        let valeurs = vec![("liste", signaux.join(", "))];
        Some(Issue::selon(signaux.is_empty(), valeurs))
    });
}

/// EQ-03. No capital is paid back with a loan.
pub fn emprunts(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let poste = |code: &str| e.x.montant(Bloc::Tfp, Lieu::Ensemble, code);
        let emprunts = poste("RESSOURCE_16")?;
        let nets = investissements(&e.x)? - poste("RESSOURCE_13")? - poste("RESSOURCE_775")?;
        let valeurs = vec![
            ("emprunts", dire::euros(emprunts)),
            ("nets", dire::euros(nets)),
            ("exces", dire::euros((emprunts - nets).max(0))),
        ];
        Some(Issue::selon(emprunts <= nets, valeurs))
    });
}

/// EQ-04. The CAF pays back the capital that is due.
pub fn caf(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let caf = Compte::ensemble(&e.x)?.caf_soustractive();
        let capital = e.x.montant(Bloc::Tfp, Lieu::Ensemble, "EMPLOI_16")?;
        let valeurs = vec![
            ("caf", dire::euros(caf)),
            ("capital", dire::euros(capital)),
            ("manque", dire::euros((capital - caf).max(0))),
            ("marge", dire::euros((caf - capital).max(0))),
        ];
        Some(Issue::selon(caf >= capital, valeurs))
    });
}

/// EQ-05. What was given for something is spent on it, or kept for it.
pub fn recettes_affectees(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        let dite = e.x.lignes.trouve(Bloc::Cnr, lieu, e.exercice(), "MONTANT");
        if dite.is_none() && cnr_de(&e.x, lieu)? == 0 {
            return Some(Issue::SansObjet);
        }
        let poste = |code: &str| e.x.montant(Bloc::Cnr, lieu, code);
        let employe = poste("CHARGES_IDENTIFIEES")? + poste("FONDS_DEDIES")?;
        let reste = poste("MONTANT")? - employe;
        let valeurs = vec![
            ("employe", dire::euros(employe)),
            ("reste", dire::euros(reste.max(0))),
        ];
        Some(Issue::selon(reste <= 0, valeurs))
    });
}

/// EQ-06. A compte de résultat « soumis à l'équilibre » has no result.
pub fn strict(e: &mut Examen<'_>) {
    e.chaque_compte(|e, lieu| {
        if e.x.texte(Bloc::Ident, lieu, "REGIME_EQUILIBRE")? != "strict" {
            return Some(Issue::SansObjet);
        }
        let resultat = Compte::lu(&e.x, lieu)?.resultat();
        let valeurs = vec![("resultat", dire::euros(resultat))];
        Some(Issue::selon(e.egal(resultat, 0)?, valeurs))
    });
}

/// The checks that hold a commitment of the contract: as long as one cannot be told, and none
/// fails, nobody can say that all are kept.
const ENGAGEMENTS: [&str; 10] = [
    "AL-01", "AL-02", "AL-03", "AL-04", "AL-05", "AL-08", "AL-11", "AL-14", "AL-18", "AL-20",
];

/// EQ-07. No commitment of the contract fails, unless the authority accepted why.
pub fn engagements(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let graves = [Severite::Bloquant, Severite::Majeur];
        let echoue = |resultat: &&Resultat| {
            resultat.fiche.code.starts_with("AL")
                && resultat.verdict == Verdict::Ko
                && graves.contains(&resultat.fiche.severite)
                && !e.regles.justifies.contains(resultat.fiche.code)
        };
        let liste: Vec<&str> = e
            .faits
            .values()
            .filter(echoue)
            .map(|r| r.fiche.code)
            .collect();
        let muets = ENGAGEMENTS.iter().filter_map(|code| e.faits.get(code));
        let muets = muets.filter(|resultat| resultat.verdict == Verdict::Ne);
        let manque: Vec<Cle> = muets
            .flat_map(|resultat| &resultat.constats)
            .flat_map(|constat| constat.manque.iter().cloned())
            .collect();
        if liste.is_empty() && !manque.is_empty() {
            for cle in &manque {
                e.x.manque(cle.bloc, cle.lieu, cle.annee, &cle.code);
            }
            return None;
        }
        Some(Issue::selon(
            liste.is_empty(),
            vec![("liste", liste.join(", "))],
        ))
    });
}

/// EQ-08. A degraded situation comes with measures that mend it.
pub fn redressement(e: &mut Examen<'_>) {
    e.ensemble(|e| {
        let plan = e.x.oui(Bloc::Depot, Lieu::Ensemble, "PLAN_REDRESSEMENT")?;
        let (motifs, entier) = degradations(e);
        if motifs.is_empty() {
            entier?;
        }
        let valeurs = vec![("motifs", motifs.join(", "))];
        Some(Issue::selon(motifs.is_empty() || plan, valeurs))
    });
}

/// Why the situation is degraded, and whether all that tells it was there.
fn degradations(e: &Examen<'_>) -> (Vec<String>, Option<()>) {
    let mut motifs = Vec::new();
    let comptes = Compte::ensemble(&e.x);
    let vus = [
        comptes.and_then(|compte| caf_degradee(e, compte, &mut motifs)),
        comptes.and_then(|compte| resultat_degrade(e, compte, &mut motifs)),
        tresorerie_degradee(e, &mut motifs),
    ];
    (motifs, vus.iter().all(Option::is_some).then_some(()))
}

fn caf_degradee(e: &Examen<'_>, compte: Compte, motifs: &mut Vec<String>) -> Option<()> {
    let caf = compte.caf_soustractive();
    if caf < 0 {
        motifs.push("CAF négative".to_owned());
    }
    let capital = e.x.montant(Bloc::Tfp, Lieu::Ensemble, "EMPLOI_16")?;
    if caf >= 0 && caf < capital {
        motifs.push("CAF inférieure au capital à rembourser".to_owned());
    }
    let taux = taux_de_caf(&e.x)?;
    if caf >= 0 && taux < e.taux("EPRD_DEGRADE_CAF")? {
        motifs.push(format!("taux de CAF de {} %", dire::decimal(taux, 2)));
    }
    Some(())
}

fn resultat_degrade(e: &Examen<'_>, compte: Compte, motifs: &mut Vec<String>) -> Option<()> {
    let produits = i128::from(compte.produits);
    if produits <= 0 {
        return e.x.nul(Bloc::Produit, Lieu::Ensemble, e.exercice(), "*");
    }
    let taux = Exact::new(i128::from(compte.resultat()) * 100, produits);
    if taux < -e.taux("EPRD_DEGRADE_DEFICIT")? {
        motifs.push(format!("taux de résultat de {} %", dire::decimal(taux, 2)));
    }
    Some(())
}

fn tresorerie_degradee(e: &Examen<'_>, motifs: &mut Vec<String>) -> Option<()> {
    let annees = e.annees_du_pgfp();
    if annees.is_empty() {
        e.x.manque(Bloc::Pgfp, Lieu::Ensemble, e.exercice(), "TRESORERIE_FIN");
        return None;
    }
    let lue = |annee| {
        e.x.montant_de(Bloc::Pgfp, Lieu::Ensemble, annee, "TRESORERIE_FIN")
    };
    let lues: Option<Vec<(i32, i64)>> = annees.iter().map(|a| Some((*a, lue(*a)?))).collect();
    if let Some((annee, _)) = lues?.iter().find(|(_, tresorerie)| *tresorerie < 0) {
        motifs.push(format!("trésorerie négative en {annee}"));
    }
    Some(())
}
