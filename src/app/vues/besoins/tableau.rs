//! The table of needs by establishment, and its twin in sentences. A shared view shows what may be
//! shared; the managing body looking at its own file sees each count, and which would be hidden.

use super::Lecteur;
use crate::app::besoins::Regles;
use crate::app::contrat::RACINE;
use crate::app::vues::francais::{compte, typographie};
use crate::metier::besoins::agregat::{Agregat, CONTRAT, Case, Ensemble, quotient};
use crate::metier::besoins::partage::{CasePartagee, Partage};
use crate::metier::contrat::perimetre::{ESMS, Element};
use crate::metier::serafin::{Genre, Poste, nomenclature};
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableauVue {
    pub annee: u16,
    /// Nothing of it is kept: the managing body looks at its own file.
    pub regarde: bool,
    pub lecture: String,
    /// A name, a value, a precision.
    pub chiffres: Vec<[String; 3]>,
    pub colonnes: Vec<ColonneVue>,
    pub domaines: Vec<DomaineVue>,
    /// How wide the headings of groups are.
    pub largeur: usize,
    /// One column says all that is shown: its coverage has a column of its own.
    pub couvre: bool,
    /// The need, then what is said of it.
    pub phrases: Vec<[String; 2]>,
    pub prestations: Vec<PrestationVue>,
    pub k: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColonneVue {
    pub nom: String,
    pub effectif: String,
    pub contrat: bool,
}

/// A domain of needs: « 1.1 Santé ».
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomaineVue {
    pub titre: String,
    pub lignes: Vec<LigneVue>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LigneVue {
    pub code: &'static str,
    pub libelle: &'static str,
    pub cases: Vec<CaseVue>,
    /// « 95 % »; empty: not told.
    pub couverture: String,
    /// In percent, for the bar.
    pub taux: u64,
    pub peu: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseVue {
    /// How dark: `n0` to `n5`, or `masque`.
    pub classe: &'static str,
    pub texte: String,
    pub sous: String,
    pub contrat: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrestationVue {
    pub code: &'static str,
    pub libelle: &'static str,
    pub cases: Vec<String>,
}

/// A cell, whoever may read it.
#[derive(Debug, Clone, Copy, Default)]
struct Lue {
    partagee: CasePartagee,
    /// Seen here, and hidden from the others.
    cachee_ailleurs: bool,
    niveaux: Option<[u32; 5]>,
}

impl Lue {
    fn case(self, contrat: bool) -> CaseVue {
        let c = self.partagee;
        let part = c.besoin.zip(c.evalues);
        let part = part.and_then(|(n, parmi)| quotient(u64::from(n) * 100, parmi.into(), 0));
        let (classe, texte, sous) = match (c.besoin, c.presque_tous) {
            (_, true) => ("n5", "presque tous".to_owned(), String::new()),
            (Some(0), _) => ("n0", "0".to_owned(), String::new()),
            (Some(n), _) => {
                let texte = part.map_or_else(String::new, |p| typographie(&format!("{p} %")));
                (part.map_or("n1", degre), texte, n.to_string())
            }
            (None, _) => ("masque", "masqué".to_owned(), String::new()),
        };
        let etoile = if self.cachee_ailleurs { " *" } else { "" };
        let (texte, sous) = match (texte.is_empty(), sous.is_empty()) {
            (true, _) => (format!("{sous}{etoile}"), String::new()),
            (false, true) => (format!("{texte}{etoile}"), sous),
            (false, false) => (texte, format!("{sous}{etoile}")),
        };
        CaseVue {
            classe,
            texte,
            sous,
            contrat,
        }
    }

    /// What a row says of it, in words.
    fn phrase(self) -> String {
        let c = self.partagee;
        let parmi = c.evalues.map(|n| format!(" sur {n} évalués"));
        let parmi = parmi.unwrap_or_default();
        let combien = match (c.besoin, c.presque_tous) {
            (_, true) => format!("presque tous ont ce besoin{parmi}"),
            (Some(n), _) => {
                let dits = compte(
                    n.into(),
                    "accompagnement concerné",
                    "accompagnements concernés",
                );
                format!("{dits}{parmi}")
            }
            (None, _) => "effectif masqué".to_owned(),
        };
        let taux = c.taux.map(|t| format!(", couverture {t} %"));
        let moyenne = c
            .moyenne
            .map(|m| format!(", niveau moyen {},{:02}", m / 100, m % 100));
        let niveaux = self.niveaux.map(|n| {
            let [zero, un, deux, trois, quatre] = n;
            format!(", niveaux 0 à 4 : {zero}, {un}, {deux}, {trois}, {quatre}")
        });
        typographie(&format!(
            "{combien}{}{}{}.",
            moyenne.unwrap_or_default(),
            taux.unwrap_or_default(),
            niveaux.unwrap_or_default()
        ))
    }

    fn peu_couvert(self, regles: &Regles) -> bool {
        let c = self.partagee;
        c.besoin.is_some_and(|n| n >= regles.alerte_effectif)
            && c.taux
                .is_some_and(|t| t < u64::from(regles.alerte_couverture))
    }
}

/// From a share to a shade.
fn degre(part: u64) -> &'static str {
    match part {
        0..20 => "n1",
        20..40 => "n2",
        40..60 => "n3",
        60..80 => "n4",
        _ => "n5",
    }
}

/// How many have a need, and how many of these are answered.
pub(super) fn dite(case: CasePartagee) -> [String; 2] {
    let combien = match (case.besoin, case.presque_tous) {
        (_, true) => "presque tous".to_owned(),
        (Some(n), _) => n.to_string(),
        (None, _) => "masqué".to_owned(),
    };
    let taux = case.taux.map(|t| typographie(&format!("{t} %")));
    [combien, taux.unwrap_or_default()]
}

/// What a shared view shows to a reader.
pub(super) fn partage(lecteur: &Lecteur<'_>, profil: &Partage) -> TableauVue {
    let vus = vus(lecteur, profil.ensembles.iter().map(|e| e.finess.as_str()));
    let couvre = vus.len() < 2 || lecteur.lu.place.esms.is_none();
    let colonnes = vus.iter().filter_map(|rang| profil.ensembles.get(*rang));
    let colonnes = colonnes.map(|e| {
        let effectif = e
            .accompagnements
            .map(|n| compte(n.into(), "accomp.", "accomp."));
        colonne(
            nom(lecteur, &e.finess),
            &e.finess,
            effectif.unwrap_or_else(|| "masqué".to_owned()),
        )
    });
    let lue = |rang: usize, place: usize| {
        let ligne = profil.besoins.get(rang)?;
        Some(Lue {
            partagee: *ligne.cases.get(place)?,
            ..Lue::default()
        })
    };
    let masquees = profil.besoins.iter().flat_map(|l| &l.cases);
    let masquees = masquees
        .filter(|c| c.besoin.is_none() && !c.presque_tous)
        .count();
    let cases = profil.besoins.len() * profil.ensembles.len();
    let mut vue = TableauVue {
        annee: profil.annee,
        regarde: false,
        lecture: super::lecture(profil.seuil),
        chiffres: Vec::new(),
        colonnes: colonnes.collect(),
        domaines: Vec::new(),
        largeur: vus.len() + 1 + usize::from(couvre),
        couvre,
        phrases: Vec::new(),
        prestations: prestations_partagees(profil, &vus),
        k: profil.k,
    };
    vue.remplit(lecteur.regles, &vus, lue);
    let contrat = profil
        .ensembles
        .last()
        .filter(|_| lecteur.lu.place.esms.is_none());
    if let Some(n) = contrat.and_then(|e| e.accompagnements) {
        let chiffre = chiffre("Accompagnements", &n.to_string(), "file active de l'année");
        vue.chiffres.insert(0, chiffre);
    }
    if lecteur.lu.place.esms.is_none() {
        let dit = format!("{masquees} sur {cases}");
        let petits = format!(
            "effectifs de 1 à {} et ce qui les ferait deviner",
            profil.k - 1
        );
        vue.chiffres.push(chiffre("Cases masquées", &dit, &petits));
    }
    vue
}

/// What the managing body sees of its own file.
pub(super) fn agregat(lecteur: &Lecteur<'_>, agregat: &Agregat, k: u32) -> TableauVue {
    let ensembles: Vec<&Ensemble> = agregat.ensembles().collect();
    let vus = vus(lecteur, ensembles.iter().map(|e| e.finess.as_str()));
    let couvre = vus.len() < 2 || lecteur.lu.place.esms.is_none();
    let colonnes = vus.iter().filter_map(|rang| ensembles.get(*rang));
    let colonnes = colonnes.map(|e| {
        colonne(
            &e.nom,
            &e.finess,
            compte(e.accompagnements.into(), "accomp.", "accomp."),
        )
    });
    let masques = agregat.masque(k);
    let lue = |rang: usize, place: usize| {
        let case = ensembles.get(place)?.cases.get(rang)?;
        let masque = masques.get(rang)?;
        let montre = masque.cellules.get(place).copied().unwrap_or(masque.total);
        Some(Lue {
            partagee: exacte(case),
            cachee_ailleurs: montre.cache(),
            niveaux: case.somme.map(|_| case.niveaux),
        })
    };
    let seuil = agregat.contrat.cases.first().and_then(|c| c.somme);
    let mut vue = TableauVue {
        annee: agregat.annee,
        regarde: true,
        lecture: super::lecture(seuil.map(|_| agregat.lecture.seuil)),
        chiffres: Vec::new(),
        colonnes: colonnes.collect(),
        domaines: Vec::new(),
        largeur: vus.len() + 1 + usize::from(couvre),
        couvre,
        phrases: Vec::new(),
        prestations: prestations_exactes(&ensembles, &vus),
        k,
    };
    vue.remplit(lecteur.regles, &vus, lue);
    let contrat = &agregat.contrat;
    let personnes = compte(
        contrat.personnes.into(),
        "personne distincte",
        "personnes distinctes",
    );
    let accomp = chiffre(
        "Accompagnements",
        &contrat.accompagnements.to_string(),
        &personnes,
    );
    let (besoins, couverts) = contrat.besoins();
    let taux = quotient(u64::from(couverts) * 100, besoins.into(), 0);
    let taux = taux.map_or_else(|| "sans objet".to_owned(), |t| format!("{t} %"));
    let complets = compte(
        contrat.complets.into(),
        "évaluation complète",
        "évaluations complètes",
    );
    vue.chiffres.insert(0, accomp);
    let evalues = chiffre("Évalués", &contrat.evalues.to_string(), &complets);
    vue.chiffres.insert(1, evalues);
    let dits = format!("{couverts} couverts sur {besoins}");
    vue.chiffres
        .insert(2, chiffre("Couverture des besoins", &taux, &dits));
    vue
}

/// What the managing body reads: nothing is rounded, nothing hidden.
fn exacte(case: &Case) -> CasePartagee {
    CasePartagee {
        evalues: Some(case.evalues),
        besoin: Some(case.besoin),
        presque_tous: false,
        moyenne: case.moyenne(),
        taux: quotient(u64::from(case.couverts) * 100, case.besoin.into(), 0),
    }
}

fn chiffre(nom: &str, valeur: &str, precision: &str) -> [String; 3] {
    [nom, valeur, precision].map(typographie)
}

/// What the perimeter calls an establishment, whatever a file calls it; nothing: it has left.
fn nom<'l>(lecteur: &'l Lecteur<'_>, finess: &str) -> &'l str {
    let racine = lecteur.lu.contrat.flux(RACINE);
    let element = racine.and_then(|r| r.dossier.collections().element(ESMS, finess));
    element.map_or("", Element::nom)
}

fn colonne(nom: &str, finess: &str, effectif: String) -> ColonneVue {
    let contrat = finess == CONTRAT;
    let nom = match (contrat, nom) {
        (true, _) => "Contrat",
        (false, "") => finess,
        (false, nom) => nom,
    };
    ColonneVue {
        nom: nom.to_owned(),
        effectif,
        contrat,
    }
}

/// The places that a reader sees: those of some establishments do not see the contract's.
fn vus<'e>(lecteur: &Lecteur<'_>, ensembles: impl Iterator<Item = &'e str>) -> Vec<usize> {
    let place = &lecteur.lu.place;
    let vu = |finess: &str| match finess {
        CONTRAT => place.esms.is_none(),
        finess => place.voit(finess),
    };
    let vus = ensembles.enumerate().filter(|(_, finess)| vu(finess));
    vus.map(|(rang, _)| rang).collect()
}

impl TableauVue {
    fn remplit(
        &mut self,
        regles: &Regles,
        vus: &[usize],
        lue: impl Fn(usize, usize) -> Option<Lue>,
    ) {
        let postes = nomenclature().terminaux(Genre::Besoin);
        let mut peu = 0;
        for (rang, poste) in postes.iter().enumerate() {
            let lues = vus
                .iter()
                .map(|place| lue(rang, *place).unwrap_or_default());
            let lues: Vec<Lue> = lues.collect();
            // What says all: the contract's, which comes last, or the only one. Of several
            // establishments, each speaks for itself.
            let parlent = if self.couvre {
                lues.get(lues.len().saturating_sub(1)..).unwrap_or_default()
            } else {
                &lues[..]
            };
            let peu_couvert = parlent.iter().any(|lue| lue.peu_couvert(regles));
            peu += usize::from(peu_couvert);
            let taux = parlent.first().and_then(|lue| lue.partagee.taux);
            let taux = taux.filter(|_| self.couvre);
            let cases = lues.iter().zip(&self.colonnes);
            let ligne = LigneVue {
                code: poste.code,
                libelle: poste.libelle,
                cases: cases.map(|(lue, c)| lue.case(c.contrat)).collect(),
                couverture: taux.map_or_else(String::new, |t| typographie(&format!("{t} %"))),
                taux: taux.unwrap_or_default(),
                peu: peu_couvert,
            };
            let dit = format!("{} ({})", poste.libelle, poste.code);
            let phrase = if self.couvre {
                parlent.iter().map(|lue| lue.phrase()).collect()
            } else {
                let siennes = parlent.iter().zip(&self.colonnes);
                let siennes = siennes.map(|(lue, c)| format!("{}, {}", c.nom, lue.phrase()));
                siennes.collect::<Vec<String>>().join(" ")
            };
            self.phrases.push([typographie(&dit), phrase]);
            self.domaine(poste).lignes.push(ligne);
        }
        let precision = format!(
            "{} ou plus, couverture sous {} %",
            compte(regles.alerte_effectif.into(), "personne", "personnes"),
            regles.alerte_couverture
        );
        let peu = chiffre("Besoins peu couverts", &peu.to_string(), &precision);
        self.chiffres.push(peu);
    }

    /// The domain of a post: the first two numbers of its code.
    fn domaine(&mut self, poste: &Poste) -> &mut DomaineVue {
        let fin = poste.code.match_indices('.').nth(1).map(|(i, _)| i);
        let code = &poste.code[..fin.unwrap_or(poste.code.len())];
        let mut postes = nomenclature().postes();
        let titre = postes.find(|p| p.code == code).map_or("", |p| p.libelle);
        let titre = format!("{code} {titre}");
        if self.domaines.last().is_none_or(|d| d.titre != titre) {
            let lignes = Vec::new();
            self.domaines.push(DomaineVue { titre, lignes });
        }
        let dernier = self.domaines.len() - 1;
        &mut self.domaines[dernier]
    }
}

fn prestations_partagees(profil: &Partage, vus: &[usize]) -> Vec<PrestationVue> {
    let postes = nomenclature().terminaux(Genre::Directe);
    let lignes = postes.iter().zip(&profil.prestations);
    let lignes = lignes.map(|(poste, ligne)| {
        let cases = vus.iter().filter_map(|place| ligne.cases.get(*place));
        let cases = cases.map(|c| match (c.beneficiaires, c.presque_tous) {
            (_, true) => "presque tous".to_owned(),
            (Some(n), _) => n.to_string(),
            (None, _) => "masqué".to_owned(),
        });
        PrestationVue {
            code: poste.code,
            libelle: poste.libelle,
            cases: cases.collect(),
        }
    });
    lignes.collect()
}

/// Who receive each service, for whom it was planned and not done, from others only.
fn prestations_exactes(ensembles: &[&Ensemble], vus: &[usize]) -> Vec<PrestationVue> {
    let postes = nomenclature().terminaux(Genre::Directe);
    let lignes = postes.iter().enumerate().map(|(rang, poste)| {
        let cases = vus.iter().filter_map(|place| ensembles.get(*place));
        let cases = cases.map(|e| {
            let p = &e.prestations[rang];
            let mut dit = p.beneficiaires.to_string();
            if p.non_realisees > 0 {
                let _ = write!(dit, " (+ {} prévues)", p.non_realisees);
            }
            if p.externes > 0 {
                let _ = write!(dit, ", {} hors ESMS", p.externes);
            }
            dit
        });
        PrestationVue {
            code: poste.code,
            libelle: poste.libelle,
            cases: cases.collect(),
        }
    });
    lignes.collect()
}
