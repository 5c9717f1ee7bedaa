//! What a diagnostic rests on: who may bring figures, the profile of needs, agreements in force.

use super::Dossier;
use super::ecrire::{Autour, tient};
use super::refus::{CodeRefus, Refus, non_vide};
use super::saisir::{DECLARATION, Droit, PROGRAMMATION, SOI};
use crate::metier::besoins::agregat::CONTRAT;
use crate::metier::besoins::partage::Partage;
use crate::metier::contrat::diagnostic::{ANNEES, CHIFFRES_MAX, Convention, GRAVITES, Releve};
use crate::metier::contrat::perimetre::{ESMS, GESTIONNAIRE};
use crate::metier::contrat::saisie::Constat;
use crate::metier::referentiels::indicateurs;
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

    /// What binds the managing body is said by any party, of what its pieces show.
    pub(super) fn convenue(&self, cle: &str, convention: &Convention) -> Droit {
        non_vide(cle, "Le numéro de la convention")?;
        non_vide(&convention.intitule, "L'intitulé")?;
        non_vide(&convention.piece, "La pièce qui le porte")?;
        let connue = self.registre().conventions().find(|(c, _)| *c == cle);
        if connue.is_some_and(|(_, connue)| connue == convention) {
            return Err(Refus::new(
                CodeRefus::Deja,
                format!("« {cle} » est déjà inscrite ainsi : rien ne change."),
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
    if !ANNEES.contains(&releve.annee) || releve.annee > jour.year() {
        return Err(annee_fausse(releve.annee, jour));
    }
    if releve.chiffres.is_empty() || releve.chiffres.len() > CHIFFRES_MAX {
        return Err(Refus::new(
            CodeRefus::Vide,
            format!("Un relevé porte de 1 à {CHIFFRES_MAX} chiffres."),
        ));
    }
    let mut codes = releve.chiffres.keys();
    let faux = codes.find(|code| !indicateurs::par_code(code).is_some_and(|i| i.unite.chiffree()));
    match faux {
        None => Ok(()),
        Some(code) => Err(Refus::new(
            CodeRefus::Inconnu,
            format!(
                "« {code} » n'est pas un indicateur chiffré de la liste. Prenez son code dans les \
                 indicateurs du diagnostic."
            ),
        )),
    }
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
