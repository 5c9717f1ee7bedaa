//! What a diagnostic rests on: who may bring figures, the profile of needs, agreements in force.

use super::Dossier;
use super::ecrire::{Autour, tient};
use super::refus::{CodeRefus, Refus, non_vide};
use super::saisir::{DECLARATION, Droit, PROGRAMMATION, SOI};
use crate::metier::besoins::agregat::CONTRAT;
use crate::metier::besoins::partage::Partage;
use crate::metier::contrat::diagnostic::{
    ANNEES, CHIFFRES_MAX, Convention, DECIMALES_MAX, GRAVITES, Releve, TEXTE_MAX,
};
use crate::metier::contrat::perimetre::{ESMS, GESTIONNAIRE};
use crate::metier::contrat::saisie::Constat;
use crate::metier::nombre::Nombre;
use crate::metier::referentiels::indicateurs::{self, Unite};
use crate::metier::serafin::{Genre, Reconnu, nomenclature};
use crate::metier::trame::{self, TRAMES};
use crate::workflow::catalogue::PartyKind;
use chrono::{Datelike, NaiveDate};

/// The right to bring figures of an establishment.
const FIGURES: &str = "indicateurs.write";
/// The right to hand over the needs of an establishment.
const BESOINS: &str = "besoins.write";

/// A theme of the trame of this contract.
pub(super) fn theme_connu(autour: &Autour<'_>, code: &str) -> Result<(), Refus> {
    let trame = autour.racine.registre.trame();
    if trame.is_some_and(|trame| trame.theme(code).is_some()) {
        return Ok(());
    }
    let themes = trame.map_or(&[][..], |trame| &trame.themes);
    let codes: Vec<&str> = themes.iter().map(|theme| theme.code.as_str()).collect();
    Err(Refus::new(
        CodeRefus::Inconnu,
        format!(
            "« {code} » n'est pas un thème de ce diagnostic : attendu {}.",
            codes.join(", ")
        ),
    ))
}

impl Dossier {
    /// An authority chooses what the diagnostic asks, before anyone has answered.
    pub(super) fn trame_choisie(&self, autour: &Autour<'_>, code: &str) -> Droit {
        if trame::trame(code).is_none() {
            let codes: Vec<&str> = TRAMES.iter().map(|trame| trame.code.as_str()).collect();
            return Err(Refus::new(
                CodeRefus::Inconnu,
                format!(
                    "La trame « {code} » n'existe pas : attendu {}.",
                    codes.join(" ou ")
                ),
            ));
        }
        if self
            .registre
            .trame()
            .is_some_and(|connue| connue.code == code)
        {
            return Err(Refus::new(
                CodeRefus::Deja,
                "C'est déjà la trame de ce diagnostic : rien ne change.",
            ));
        }
        if !self.choisit_la_trame(autour) {
            return Err(Refus::new(
                CodeRefus::Droit,
                "La trame se choisit par une autorité, avant qu'un thème ou un constat soit écrit.",
            ));
        }
        self.du_contrat(PROGRAMMATION)
    }

    /// Whether a party may choose what the diagnostic asks, now.
    pub(super) fn choisit_la_trame(&self, autour: &Autour<'_>) -> bool {
        let autorite = self.kind(autour.partie) == PartyKind::Authority;
        autorite && self.cle.is_empty() && !autour.engage && !self.registre.diagnostic_commence()
    }

    /// Figures follow the pen of the diagnostic; what an authority keeps is stated by one of those
    /// of the establishment.
    pub(super) fn chiffrable(&self, autour: &Autour<'_>, esms: &str, releve: &Releve) -> Droit {
        self.du_contrat(FIGURES)?;
        self.element(autour, Some(ESMS), Some(esms))?;
        releve_juste(releve, autour.jour)?;
        let connus = self.registre().chiffres(esms);
        let deja = |(code, valeur): (&String, _)| {
            let connu = connus.and_then(|c| c.get(&(code.clone(), releve.annee)));
            connu.is_some_and(|c| {
                c.valeur == valeur && c.source == releve.source && c.piece == releve.piece
            })
        };
        if releve
            .chiffres
            .iter()
            .all(|(code, valeur)| deja((code, *valeur)))
        {
            return Err(Refus::new(
                CodeRefus::Deja,
                "Ces chiffres sont déjà là, de la même source : rien ne change.",
            ));
        }
        if releve.source.d_autorite() {
            let autorites = autour.racine.collections.autorites(ESMS, Some(esms));
            let sienne = autorites.iter().any(|a| a == autour.partie);
            if sienne && !autour.engage {
                return Ok(DECLARATION.to_owned());
            }
            return Err(Refus::new(
                CodeRefus::Droit,
                format!(
                    "« {} » se dit par une autorité de cet ESMS, avant la signature.",
                    releve.source.titre()
                ),
            ));
        }
        tient(autour, FIGURES, Some((ESMS, esms)))
            .then(|| FIGURES.to_owned())
            .ok_or_else(|| ferme(autour.partie, "apporter des chiffres", esms))
    }

    /// Whether a party may bring figures of an establishment now, of its own or of its registers.
    pub(super) fn apporte(&self, autour: &Autour<'_>, esms: &str) -> bool {
        let autorites = autour.racine.collections.autorites(ESMS, Some(esms));
        let sienne = autorites.iter().any(|a| a == autour.partie);
        let autorite = sienne && !autour.engage;
        self.cle.is_empty() && (autorite || tient(autour, FIGURES, Some((ESMS, esms))))
    }

    /// The needs of a year: of establishments whose diagnostic is being written.
    pub(super) fn profil_deposable(&self, autour: &Autour<'_>, profil: &Partage) -> Droit {
        self.du_contrat(BESOINS)?;
        let dits = profil.ensembles.iter().map(|e| e.finess.as_str());
        for esms in dits.filter(|finess| *finess != CONTRAT) {
            self.element(autour, Some(ESMS), Some(esms))?;
            if !besoins(autour, Some(esms)) {
                return Err(ferme(autour.partie, "déposer les besoins", esms));
            }
        }
        let annee = i32::from(profil.annee);
        if !ANNEES.contains(&annee) || annee > autour.jour.year() {
            return Err(annee_fausse(annee, autour.jour));
        }
        Ok(BESOINS.to_owned())
    }

    /// What binds the managing body is said by any party, of what its pieces show, before one is
    /// bound by the diagnostic; who wrote it corrects it.
    pub(super) fn convenue(
        &self,
        autour: &Autour<'_>,
        cle: &str,
        convention: &Convention,
    ) -> Droit {
        for (texte, quoi) in [
            (cle, "Le numéro de la convention"),
            (&convention.intitule, "L'intitulé"),
            (&convention.piece, "La pièce qui le porte"),
        ] {
            non_vide(texte, quoi)?;
            bref(texte, quoi)?;
        }
        if autour.engage {
            return Err(Refus::new(
                CodeRefus::Engage,
                "Le contrat est signé : ce qui liait le gestionnaire n'y change plus. Dites-le à \
                 la revue.",
            ));
        }
        let connue = self.registre().conventions().find(|(c, _)| *c == cle);
        if connue.is_some_and(|(_, connue)| connue.convention == *convention) {
            return Err(Refus::new(
                CodeRefus::Deja,
                format!("« {cle} » est déjà inscrite ainsi : rien ne change."),
            ));
        }
        if connue.is_some_and(|(_, connue)| connue.par != autour.partie) {
            return Err(Refus::new(
                CodeRefus::Droit,
                format!(
                    "« {cle} » est le numéro d'une inscription d'une autre partie, qui seule la \
                     corrige. Prenez un autre numéro."
                ),
            ));
        }
        self.du_contrat(SOI)
    }
}

/// Whether a party may hand over the needs of an establishment now.
pub(super) fn besoins(autour: &Autour<'_>, esms: Option<&str>) -> bool {
    tient(autour, BESOINS, esms.map(|esms| (ESMS, esms)))
}

fn ferme(partie: &str, quoi: &str, esms: &str) -> Refus {
    let qui = if partie == GESTIONNAIRE {
        "Rouvrez d'abord le diagnostic de cet ESMS."
    } else {
        "C'est au gestionnaire de le faire, tant qu'il renseigne ce diagnostic."
    };
    Refus::new(
        CodeRefus::Droit,
        format!("« {partie} » ne peut pas {quoi} de l'ESMS « {esms} » à ce stade. {qui}"),
    )
}

fn annee_fausse(annee: i32, jour: NaiveDate) -> Refus {
    Refus::new(
        CodeRefus::Date,
        format!(
            "L'année {annee} ne va pas : attendu de {} à {}.",
            ANNEES.start(),
            jour.year()
        ),
    )
}

/// Known indicators that count something, of a year that has begun, held by a piece.
fn releve_juste(releve: &Releve, jour: NaiveDate) -> Result<(), Refus> {
    non_vide(&releve.piece, "La pièce ou le fichier")?;
    bref(&releve.piece, "La pièce ou le fichier")?;
    if !ANNEES.contains(&releve.annee) || releve.annee > jour.year() {
        return Err(annee_fausse(releve.annee, jour));
    }
    if releve.chiffres.is_empty() || releve.chiffres.len() > CHIFFRES_MAX {
        return Err(Refus::new(
            CodeRefus::Vide,
            format!("Un relevé porte de 1 à {CHIFFRES_MAX} chiffres."),
        ));
    }
    for (code, valeur) in &releve.chiffres {
        let connu = indicateurs::par_code(code).filter(|i| i.unite.chiffree());
        let connu = connu.ok_or_else(|| {
            Refus::new(
                CodeRefus::Inconnu,
                format!(
                    "« {code} » n'est pas un indicateur chiffré de la liste. Prenez son code dans \
                     les indicateurs du diagnostic."
                ),
            )
        })?;
        chiffre_juste(code, connu.unite, *valeur)?;
    }
    Ok(())
}

/// A text that names something fits a line.
pub(super) fn bref(texte: &str, quoi: &str) -> Result<(), Refus> {
    let longueur = texte.chars().count();
    let trouve = if longueur > TEXTE_MAX {
        format!("{longueur} caractères trouvés. Abrégez ce texte.")
    } else if texte.contains(char::is_control) {
        "une tabulation, un retour à la ligne ou un autre caractère de contrôle trouvé. Retapez \
         ce texte."
            .to_owned()
    } else {
        return Ok(());
    };
    Err(Refus::new(
        CodeRefus::Type,
        format!("{quoi} : attendu {TEXTE_MAX} caractères au plus, sur une ligne ; {trouve}"),
    ))
}

/// What a figure may be: within what its unit says, and for any unit under a thousand billion.
fn chiffre_juste(code: &str, unite: Unite, valeur: Nombre) -> Result<(), Refus> {
    let refus = |attendu: &str, trouve: &str| {
        let phrase = format!("« {code} » : attendu {attendu} ; {trouve}. Corrigez ce chiffre.");
        Err(Refus::new(CodeRefus::Type, phrase))
    };
    if valeur.arrondi(DECIMALES_MAX) != valeur {
        let attendu = format!("{DECIMALES_MAX} décimales au plus");
        return refus(&attendu, "davantage trouvées");
    }
    let (bornes, attendu) = match unite {
        Unite::NoteSurQuatre => (["1", "4"], "une note de 1 à 4"),
        Unite::SurCent => (["0", "100"], "un nombre de 0 à 100"),
        _ => (
            ["-999999999999,9999", "999999999999,9999"],
            "moins de mille milliards",
        ),
    };
    let [bas, haut] = bornes.map(Nombre::du_texte);
    if bas.is_some_and(|bas| valeur < bas) || haut.is_some_and(|haut| valeur > haut) {
        return refus(attendu, &format!("{valeur} trouvé"));
    }
    Ok(())
}

/// What a finding says of its figure and of its weight.
pub(super) fn lecture_juste(constat: &Constat) -> Result<(), Refus> {
    if let Some(gravite) = constat.gravite
        && !GRAVITES.contains(&gravite)
    {
        return Err(Refus::new(
            CodeRefus::Type,
            format!("La gravité va de 1 à 4 ; {gravite} trouvé."),
        ));
    }
    let Some(donnee) = &constat.donnee else {
        return Ok(());
    };
    let besoin = matches!(
        nomenclature().lit(&donnee.indicateur, None),
        Reconnu::Poste(poste) if poste.genre == Genre::Besoin && poste.rang.is_some()
    );
    if !besoin && indicateurs::par_code(&donnee.indicateur).is_none() {
        return Err(Refus::new(
            CodeRefus::Inconnu,
            format!(
                "« {} » n'est ni un indicateur de la liste, ni un besoin SERAFIN-PH. Prenez le \
                 code d'un indicateur du diagnostic, ou d'un besoin.",
                donnee.indicateur
            ),
        ));
    }
    if ANNEES.contains(&donnee.annee) {
        return Ok(());
    }
    Err(Refus::new(
        CodeRefus::Date,
        format!("L'année {} de la donnée ne va pas.", donnee.annee),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metier::contrat::diagnostic::Source;
    use proptest::prelude::*;

    fn juge(piece: &str, code: &str, valeur: &str) -> Result<(), String> {
        let valeur = Nombre::du_texte(valeur).unwrap();
        let releve = Releve {
            source: Source::Has,
            annee: 2024,
            piece: piece.to_owned(),
            chiffres: [(code.to_owned(), valeur)].into(),
        };
        let jour = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        releve_juste(&releve, jour).map_err(|refus| refus.phrase)
    }

    #[test]
    fn a_figure_within_its_bounds_is_taken() {
        for (code, valeur) in [
            ("TDB-3.12", "-999999999999,9999"),
            ("TDB-3.12", "999999999999,9999"),
            // A rate may be over the whole, and a result negative.
            ("TDB-1.01", "112,5"),
            ("TDB-3.03", "-4,2"),
            ("Q-HAS-3", "1"),
            ("Q-HAS-5", "4"),
            ("Q-HAS-6", "0"),
            ("Q-HAS-6", "100"),
        ] {
            assert_eq!(juge(&"é".repeat(200), code, valeur), Ok(()), "{code}");
        }
    }

    #[test]
    fn a_figure_out_of_its_bounds_is_refused_with_what_was_expected_and_found() {
        for (code, valeur, dit) in [
            ("TDB-3.12", "1000000000000", "1000000000000 trouvé"),
            ("TDB-3.12", "-1000000000000", "moins de mille milliards"),
            ("TDB-2.01", "0,00001", "4 décimales au plus"),
            ("Q-HAS-3", "0,9999", "une note de 1 à 4 ; 0,9999 trouvé"),
            ("Q-HAS-4", "4,01", "une note de 1 à 4"),
            ("Q-HAS-6", "-1", "un nombre de 0 à 100 ; -1 trouvé"),
            ("Q-HAS-6", "100,1", "un nombre de 0 à 100"),
            ("Q-HAS-1", "1", "n'est pas un indicateur chiffré"),
        ] {
            let refus = juge("p", code, valeur).unwrap_err();
            assert!(refus.contains(code) && refus.contains(dit), "{refus}");
        }
    }

    #[test]
    fn what_names_a_piece_fits_a_line() {
        for (piece, dit) in [
            (" ".to_owned(), "manque"),
            (
                "é".repeat(201),
                "200 caractères au plus, sur une ligne ; 201",
            ),
            ("TDB\n2024".to_owned(), "caractère de contrôle trouvé"),
            ("TDB\u{7}".to_owned(), "caractère de contrôle trouvé"),
        ] {
            let refus = juge(&piece, "TDB-3.12", "1").unwrap_err();
            assert!(refus.starts_with("La pièce ou le fichier"), "{refus}");
            assert!(refus.contains(dit), "{refus}");
        }
    }

    proptest! {
        /// Whatever a program wrote in full is taken once it is rounded.
        #[test]
        fn what_is_rounded_is_taken(ecrit in "-?[0-9]{1,11},[0-9]{1,7}") {
            let arrondi = Nombre::du_texte(&ecrit).unwrap().arrondi(DECIMALES_MAX);
            prop_assert_eq!(juge("p", "TDB-3.12", &arrondi.to_string()), Ok(()));
        }
    }
}
