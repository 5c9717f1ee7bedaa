//! A cohort, read and summed: nothing of it is written anywhere.

use super::fichiers::Library;
use crate::echanges::grille::Grille;
use crate::metier::besoins::agregat::{self, Agregat};
use crate::metier::besoins::cohorte::{Cohorte, Echelle, Lecture};
use crate::metier::besoins::ligne::{Faute, Titres};
use crate::metier::serafin::{Genre, Poste, Variante, nomenclature};
use crate::regles::paquet::Paquet;
use crate::regles::value::Value;
use chrono::NaiveDate;
use std::ops::ControlFlow;

/// The pack that holds them.
pub const PAQUET: &str = "besoins-2026";

/// The dated values by which needs are read and masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regles {
    /// The level from which a need is one.
    pub seuil: u8,
    /// The least count shown to others than the managing body.
    pub k: u32,
    /// The least that the parties may choose.
    pub k_min: u32,
    pub alerte_effectif: u32,
    /// In percent.
    pub alerte_couverture: u32,
}

/// How a file is read, where it does not say it itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    pub variante: Option<Variante>,
    pub echelle: Option<Echelle>,
    /// A need is covered by any link, not only a main one.
    pub large: bool,
}

/// A cohort, summed, and what its reader has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Besoins {
    pub agregat: Agregat,
    pub signalements: Vec<String>,
}

/// The values in force on a day, as the shipped pack says them.
///
/// # Errors
/// The pack lacks one.
pub fn regles(jour: NaiveDate) -> Result<Regles, String> {
    regles_du(Library::shipped_once().pack(PAQUET), jour)
}

/// The same, from a pack.
///
/// # Errors
/// As [`regles`].
pub fn regles_du(paquet: Option<&Paquet>, jour: NaiveDate) -> Result<Regles, String> {
    let paquet = paquet.ok_or_else(|| format!("le paquet « {PAQUET} » manque"))?;
    let entier = |nom: &str| match paquet.value(nom, jour).map(|v| &v.value) {
        Some(Value::Integer(n)) => u32::try_from(*n).map_err(|_| format!("« {nom} » est négatif")),
        _ => Err(format!("la valeur « {nom} » manque")),
    };
    Ok(Regles {
        seuil: u8::try_from(entier("BESOINS_SEUIL")?).map_err(|e| e.to_string())?,
        k: entier("BESOINS_MASQUE")?,
        k_min: entier("BESOINS_MASQUE_MIN")?,
        alerte_effectif: entier("BESOINS_ALERTE_EFFECTIF")?,
        alerte_couverture: entier("BESOINS_ALERTE_COUVERTURE")?,
    })
}

/// Reads a cohort and sums it.
///
/// # Errors
/// French sentences that hold nothing of the file: why it is not one, or each fault by its place.
pub fn agreger(octets: &[u8], options: Options, regles: &Regles) -> Result<Besoins, Vec<String>> {
    let grille = Grille::lire(octets).map_err(|e| vec![e])?;
    let dites = |fautes: Vec<Faute>| fautes.iter().map(Faute::to_string).collect::<Vec<_>>();
    let titres = titres(&grille)?;
    let signee = signee(&grille, &titres)?;
    let variante = options.variante.or(signee);
    let cohorte = cohorte(&grille, &titres, variante)?
        .finie()
        .map_err(dites)?;
    let echelle = options.echelle.unwrap_or(cohorte.echelle());
    let lecture = agregat::Lecture {
        echelle,
        seuil: regles.seuil,
        large: options.large,
    };
    let agregat = Agregat::de(&cohorte, lecture);
    let mut signalements = signalements(&cohorte, options, signee);
    signalements.extend(alertes(&agregat, regles));
    Ok(Besoins {
        agregat,
        signalements,
    })
}

/// The line of titles, the first that is not empty.
fn titres(grille: &Grille<'_>) -> Result<Titres, Vec<String>> {
    let mut lus = None;
    let prend = |_, champs: &[&str]| {
        lus = Some(Titres::lit(champs.iter().copied()));
        ControlFlow::Break(())
    };
    grille.lignes(prend).map_err(|e| vec![e])?;
    let lus = lus.ok_or_else(|| vec!["Ce fichier est vide.".to_owned()])?;
    lus.map_err(|fautes| fautes.iter().map(Faute::to_string).collect())
}

/// Which numbering the codes of a file show, when one of them does.
fn signee(grille: &Grille<'_>, titres: &Titres) -> Result<Option<Variante>, Vec<String>> {
    let mut vues = [false; 2];
    let prend = |_, champs: &[&str]| {
        match nomenclature().signe(titres.code(champs)) {
            Some(Variante::Ans) => vues[0] = true,
            Some(Variante::Cnsa) => vues[1] = true,
            None => {}
        }
        if vues == [true; 2] {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    grille.lignes(prend).map_err(|e| vec![e])?;
    match vues {
        [true, true] => Err(vec![
            "Ce fichier mêle les deux numérotations de l'autonomie (2.2.1.1 à 2.2.1.3, et 2.2.2 \
             ou 2.2.3) : gardez-en une."
                .to_owned(),
        ]),
        [true, false] => Ok(Some(Variante::Ans)),
        [false, true] => Ok(Some(Variante::Cnsa)),
        [false, false] => Ok(None),
    }
}

fn cohorte(
    grille: &Grille<'_>,
    titres: &Titres,
    variante: Option<Variante>,
) -> Result<Lecture, Vec<String>> {
    let mut lecture = Lecture::default();
    let mut premiere = true;
    let prend = |numero, champs: &[&str]| {
        if std::mem::take(&mut premiere) {
            return ControlFlow::Continue(());
        }
        match titres.ligne(numero, champs, variante) {
            Ok(ligne) => lecture.ajoute(numero, &ligne),
            Err(faute) => lecture.faute(faute),
        }
        if lecture.assez() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    grille.lignes(prend).map_err(|e| vec![e])?;
    Ok(lecture)
}

/// What was taken for granted.
fn signalements(cohorte: &Cohorte, options: Options, signee: Option<Variante>) -> Vec<String> {
    let mut dits = Vec::new();
    if options.echelle.is_none() && cohorte.devinee() {
        dits.push(
            "Aucun niveau ne dépasse 1 : lu comme besoin identifié, oui ou non. Si l'échelle va de \
             0 à 4, dites --echelle niveaux."
                .to_owned(),
        );
    }
    if options.variante.is_none() && signee == Some(Variante::Ans) {
        dits.push(
            "Les codes 2.2.1 à 2.2.3 sont lus comme ceux de l'ANS, et comptés sous 2.2.1.1 à \
             2.2.1.3."
                .to_owned(),
        );
    }
    if cohorte.autres > 0 {
        dits.push(format!(
            "{} lignes portent un groupe de besoins ou une prestation indirecte : elles ne sont \
             pas comptées.",
            cohorte.autres
        ));
    }
    dits
}

/// Frequent needs that few services answer.
fn alertes(agregat: &Agregat, regles: &Regles) -> Vec<String> {
    let besoins = nomenclature().terminaux(Genre::Besoin);
    let cases = besoins.iter().zip(&agregat.contrat.cases);
    let peu = cases.filter(|(_, case)| {
        case.besoin >= regles.alerte_effectif
            && u64::from(case.couverts) * 100
                < u64::from(case.besoin) * u64::from(regles.alerte_couverture)
    });
    let dite = |(poste, case): (&&Poste, &agregat::Case)| {
        format!(
            "{} : {} personnes ont ce besoin, {} y reçoivent une réponse. {}.",
            poste.code, case.besoin, case.couverts, poste.libelle
        )
    };
    peu.map(dite).collect()
}
