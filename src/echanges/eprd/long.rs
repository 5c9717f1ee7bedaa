//! The long form: `exercice;finess_ej;finess_et;esms;bloc;code;libelle;annee;valeur;unite`.

use super::{Lu, Refus};
use crate::echanges::faute::{Fautes, trouve};
use crate::echanges::grille::Grille;
use crate::metier::budget::lignes::{
    ANNEES, Bloc, Cle, DECIMALES_MAX, Lieu, Ligne, Lignes, Origine, TEXTE_MAX, Valeur,
};
use crate::metier::finess::Finess;
use crate::metier::nombre::Nombre;
use crate::metier::referentiels::comptes::normalise;
use chrono::NaiveDate;
use std::ops::ControlFlow;

const TITRES: [&str; 10] = [
    "exercice",
    "finess_ej",
    "finess_et",
    "esms",
    "bloc",
    "code",
    "libelle",
    "annee",
    "valeur",
    "unite",
];

/// The frame when a file does not say it.
const CADRE: &str = "EPRD_COMPLET";
/// Decimals of an amount.
const CENTIMES: u32 = 2;

struct Lecteur {
    titres: Option<[usize; TITRES.len()]>,
    lignes: Option<Lignes>,
    fautes: Fautes,
    signalements: Vec<String>,
    arrondis: usize,
}

/// Reads a table in the long form.
///
/// # Errors
/// Its titles are not those; what is wrong in it, by its line.
pub(super) fn lire(grille: &Grille<'_>) -> Result<Lu, Refus> {
    let mut lecteur = Lecteur {
        titres: None,
        lignes: None,
        fautes: Fautes::default(),
        signalements: Vec::new(),
        arrondis: 0,
    };
    let lues = grille.lignes(|numero, champs| lecteur.ligne(numero, champs));
    lues.map_err(Refus::Fichier)?;
    lecteur.fini()
}

/// The columns of the titles, by their names, in any order.
pub(super) fn titres(champs: &[&str]) -> Option<[usize; TITRES.len()]> {
    let mut places = [0; TITRES.len()];
    for (place, titre) in places.iter_mut().zip(TITRES) {
        *place = champs
            .iter()
            .position(|c| c.trim().to_lowercase() == titre)?;
    }
    Some(places)
}

impl Lecteur {
    fn ligne(&mut self, numero: u64, champs: &[&str]) -> ControlFlow<()> {
        let Some(places) = self.titres else {
            self.titres = titres(champs);
            if self.titres.is_none() {
                let motif = format!(
                    "ces titres ne sont pas ceux d'un EPRD en forme longue : attendu {} ; trouvé \
                     {}.",
                    TITRES.join(" ; "),
                    trouve(&champs.join(" ; "))
                );
                self.fautes.arrete(numero, None, motif);
                return ControlFlow::Break(());
            }
            return ControlFlow::Continue(());
        };
        let champs = places.map(|place| champs.get(place).map_or("", |c| c.trim()));
        if let Err((colonne, motif)) = self.lue(numero, champs) {
            let colonne = colonne.map(|rang: usize| places[rang]);
            self.fautes.note(numero, colonne, motif);
        }
        ControlFlow::Continue(())
    }

    fn lue(
        &mut self,
        numero: u64,
        [
            exercice,
            ej,
            et,
            esms,
            bloc,
            code,
            libelle,
            annee,
            valeur,
            unite,
        ]: [&str; 10],
    ) -> Result<(), (Option<usize>, String)> {
        let exercice = annee_de(0, exercice)?;
        let annee = annee_de(7, annee)?;
        let ej = finess(1, ej)?;
        let lignes = self
            .lignes
            .get_or_insert_with(|| Lignes::nouvelles(exercice, &ej));
        if (lignes.exercice, lignes.ej.as_str()) != (exercice, ej.as_str()) {
            return Err((
                Some(0),
                format!(
                    "ce fichier mêle deux gestionnaires ou deux exercices : {} en {} et {ej} en \
                     {exercice}. Faites un fichier de chacun.",
                    lignes.ej, lignes.exercice
                ),
            ));
        }
        let lieu = match et {
            "" => Lieu::Ensemble,
            et => lignes.esms(&finess(2, et)?, if esms.is_empty() { et } else { esms }),
        };
        let bloc: Bloc = bloc.parse().map_err(|motif| (Some(4), motif))?;
        let code = code_de(bloc, code).map_err(|motif| (Some(5), motif))?;
        if unite.is_empty() {
            let motif = "l'unité manque : attendu EUR, ETP, date…".to_owned();
            return Err((Some(9), motif));
        }
        let (valeur, arrondi) = lit(valeur, unite).map_err(|motif| (Some(8), motif))?;
        self.arrondis += usize::from(arrondi);
        let ligne = Ligne {
            libelle: libelle.chars().take(TEXTE_MAX).collect(),
            valeur,
            unite: unite.chars().take(TEXTE_MAX).collect(),
            origine: Origine::Ligne(numero),
        };
        let cle = Cle {
            bloc,
            lieu,
            annee,
            code,
        };
        lignes.ajoute(cle, ligne).map_err(|motif| (None, motif))
    }

    fn fini(mut self) -> Result<Lu, Refus> {
        if !self.fautes.aucune() {
            return Err(Refus::Lignes(self.fautes));
        }
        let Some(lignes) = self.lignes else {
            return Err(Refus::Fichier(
                "Ce fichier est vide : attendu les lignes d'un EPRD.".to_owned(),
            ));
        };
        if self.arrondis > 0 {
            self.signalements.push(format!(
                "Montants arrondis au centime : {}. Le fichier en écrit davantage, comme les \
                 tableurs le font.",
                self.arrondis
            ));
        }
        let cadre = cadre(&lignes).unwrap_or_else(|| CADRE.to_owned());
        Ok(Lu {
            lignes,
            cadre,
            signalements: self.signalements,
            absents: Vec::new(),
        })
    }
}

/// The frame that a document says it follows.
pub(super) fn cadre(lignes: &Lignes) -> Option<String> {
    let cadre = lignes.trouve(Bloc::Ident, Lieu::Ensemble, lignes.exercice, "CADRE");
    match cadre.map(|ligne| &ligne.valeur) {
        Some(Valeur::Texte(cadre)) => Some(cadre.clone()),
        _ => None,
    }
}

fn annee_de(rang: usize, dite: &str) -> Result<i32, (Option<usize>, String)> {
    let lue = dite.parse().ok().filter(|annee| ANNEES.contains(annee));
    lue.ok_or((
        Some(rang),
        format!("attendu une année, comme 2026 ; trouvé {}.", trouve(dite)),
    ))
}

fn finess(rang: usize, dit: &str) -> Result<String, (Option<usize>, String)> {
    numero(dit).map_err(|motif| (Some(rang), motif))
}

/// The nine characters of a number; its key is judged by a check, which says whose it is.
///
/// # Errors
/// One French sentence: not nine characters.
pub(super) fn numero(dit: &str) -> Result<String, String> {
    let serre: String = dit.chars().filter(|c| !c.is_whitespace()).collect();
    let chiffres = serre.len() == 8 && serre.bytes().all(|b| b.is_ascii_digit());
    let numero = if chiffres {
        format!("0{serre}")
    } else {
        serre.to_uppercase()
    };
    if numero.len() == 9 && numero.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(numero);
    }
    let motif = Finess::parse(dit)
        .err()
        .map_or_else(String::new, |refus| refus.to_string());
    Err(format!("{motif} Trouvé {}.", trouve(dit)))
}

/// An account is its digits; other codes are words.
pub(super) fn code_de(bloc: Bloc, dit: &str) -> Result<String, String> {
    let comptes = [
        Bloc::Charge,
        Bloc::Produit,
        Bloc::RealiseCharge,
        Bloc::RealiseProduit,
    ];
    if comptes.contains(&bloc) {
        return normalise(dit).ok_or_else(|| {
            format!(
                "attendu un numéro de compte, comme 6411 ; trouvé {}.",
                trouve(dit)
            )
        });
    }
    let mot = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
    if !dit.is_empty() && dit.len() <= TEXTE_MAX && dit.chars().all(mot) {
        return Ok(dit.to_owned());
    }
    Err(format!(
        "attendu un code, comme PRODUITS_TARIF ; trouvé {}.",
        trouve(dit)
    ))
}

/// A value as its unit says to read it; whether it was rounded.
pub(super) fn lit(dite: &str, unite: &str) -> Result<(Valeur, bool), String> {
    let attendu = |quoi: &str| format!("attendu {quoi} ; trouvé {}.", trouve(dite));
    let nombre = || Nombre::du_texte(dite).ok_or_else(|| attendu("un nombre, comme 1234,56"));
    let valeur = match unite {
        "EUR" => {
            let nombre = nombre()?;
            let arrondi = nombre.arrondi(CENTIMES);
            let centimes = arrondi.centiemes().ok_or_else(|| attendu("un montant"))?;
            return Ok((Valeur::Montant(centimes), arrondi != nombre));
        }
        "pourcent" => Valeur::Taux(nombre()?.arrondi(DECIMALES_MAX)),
        "date" => {
            let jour = NaiveDate::parse_from_str(dite, "%Y-%m-%d");
            let jour = jour.or_else(|_| NaiveDate::parse_from_str(dite, "%d/%m/%Y"));
            Valeur::Jour(jour.map_err(|_| attendu("une date, comme 2026-06-05"))?)
        }
        "booleen" => Valeur::Oui(match dite.to_lowercase().as_str() {
            "oui" | "vrai" | "true" => true,
            "non" | "faux" | "false" => false,
            _ => return Err(attendu("oui ou non")),
        }),
        "annee" => Valeur::Annee(dite.parse().map_err(|_| attendu("une année"))?),
        "texte" => Valeur::Texte(dite.chars().take(TEXTE_MAX).collect()),
        "" => return Err("la colonne unite est vide : attendu EUR, ETP, date…".to_owned()),
        _ => Valeur::Quantite(nombre()?.arrondi(DECIMALES_MAX)),
    };
    Ok((valeur, false))
}
