//! A message, from what it tells: one template in text, one in HTML.

use super::Destinataire;
use super::dire::{Nouvelle, Regard, propre};
use super::rubrique::Rubrique;
use crate::app::vues::adresse;
use crate::app::vues::francais::{court, jour, typographie};
use crate::regles::calendrier::civil_date;
use chrono::{DateTime, Utc};
use handlebars::{Handlebars, no_escape};
use rust_embed::RustEmbed;
use serde::Serialize;

/// Where a person tunes what it receives.
pub const REGLER: &str = "/compte/avis";

#[derive(RustEmbed)]
#[folder = "templates/"]
#[include = "mails/*.html.hbs"]
struct EnHtml;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[include = "mails/*.texte.hbs"]
struct EnTexte;

/// What writes messages: who is told, and where links lead.
pub struct Bureau<A> {
    pub annuaire: A,
    adresse: String,
    html: Handlebars<'static>,
    texte: Handlebars<'static>,
}

/// A message, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub sujet: String,
    pub texte: String,
    pub html: String,
}

#[derive(Serialize)]
struct Vue<'v> {
    sujet: &'v str,
    nom: &'v str,
    intro: &'v str,
    contrats: &'v [Section],
    pourquoi: &'v str,
    regler: &'v str,
}

/// A link to set another password.
#[derive(Serialize)]
struct Oubli<'v> {
    sujet: &'v str,
    nom: &'v str,
    lien: &'v str,
    minutes: i64,
}

/// What is told of a contract.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Section {
    titre: String,
    lien: String,
    groupes: Vec<Groupe>,
}

#[derive(Debug, Clone, Serialize)]
struct Groupe {
    /// Empty: the message has one heading, its introduction says it.
    titre: &'static str,
    nouvelles: Vec<Nouvelle>,
}

impl<A> Bureau<A> {
    /// `adresse`: that of the site, where links lead.
    ///
    /// # Errors
    /// A template that cannot be read.
    pub fn nouveau(annuaire: A, adresse: &str) -> Result<Self, String> {
        let registre = || {
            let mut registre = Handlebars::new();
            registre.set_strict_mode(true);
            registre
        };
        let illisible = |e| format!("Un gabarit de message ne se lit pas : {e}");
        let (mut html, mut texte) = (registre(), registre());
        html.register_embed_templates_with_extension::<EnHtml>(".html.hbs")
            .map_err(illisible)?;
        texte.register_escape_fn(no_escape);
        texte
            .register_embed_templates_with_extension::<EnTexte>(".texte.hbs")
            .map_err(illisible)?;
        Ok(Self {
            annuaire,
            adresse: adresse.trim_end_matches('/').to_owned(),
            html,
            texte,
        })
    }

    /// What is told of a contract under one heading.
    fn section(&self, regard: &Regard<'_>, nouvelles: Vec<Nouvelle>) -> Section {
        self.avec(
            regard,
            vec![Groupe {
                titre: "",
                nouvelles,
            }],
        )
    }

    /// What is told of a contract, heading by heading.
    pub(super) fn rangee(&self, regard: &Regard<'_>, nouvelles: &[Nouvelle]) -> Section {
        let groupe = |rubrique: Rubrique| Groupe {
            titre: rubrique.titre(),
            nouvelles: nouvelles
                .iter()
                .filter(|n| n.rubrique == rubrique)
                .cloned()
                .collect(),
        };
        let groupes = Rubrique::TOUTES.into_iter().map(groupe);
        let groupes = groupes.filter(|g| !g.nouvelles.is_empty()).collect();
        self.avec(regard, groupes)
    }

    fn avec(&self, regard: &Regard<'_>, groupes: Vec<Groupe>) -> Section {
        Section {
            titre: propre(&court(&regard.identite.titre)),
            lien: format!("{}{}", self.adresse, adresse(&regard.identite.id)),
            groupes,
        }
    }

    /// The message of one heading of one contract. None: nothing to tell.
    ///
    /// # Errors
    /// A field that a template asks and the view does not hold.
    pub(super) fn immediat(
        &self,
        pour: &Destinataire,
        regard: &Regard<'_>,
        partie: &str,
        nouvelles: Vec<Nouvelle>,
    ) -> Result<Option<Message>, String> {
        let Some(premiere) = nouvelles.first() else {
            return Ok(None);
        };
        let plusieurs = nouvelles.len() > 1;
        let rubrique = premiere.rubrique;
        let debut = if plusieurs {
            format!("{} : {}", rubrique.titre(), nouvelles.len())
        } else {
            premiere.sujet.clone()
        };
        let partie = regard.nom(partie);
        let section = self.section(regard, nouvelles);
        let sujet = format!("{} – {}", court(&debut), section.titre);
        let intro = introduction(rubrique, plusieurs);
        let pourquoi = format!("Vous recevez ce message au titre de « {partie} ».");
        self.ecrit(pour, &sujet, intro, &[section], &pourquoi)
            .map(Some)
    }

    /// The message of a week. None: nothing to tell.
    ///
    /// # Errors
    /// As [`Bureau::immediat`].
    pub(super) fn hebdomadaire(
        &self,
        pour: &Destinataire,
        sections: &[Section],
        maintenant: DateTime<Utc>,
    ) -> Result<Option<Message>, String> {
        let (sujet, intro) = match sections {
            [] => return Ok(None),
            [seule] => (
                format!("Votre semaine – {}", seule.titre),
                "Voici votre semaine sur un contrat".to_owned(),
            ),
            plusieurs => (
                format!("Votre semaine – {} contrats", plusieurs.len()),
                format!("Voici votre semaine sur {} contrats", plusieurs.len()),
            ),
        };
        let intro = format!("{intro}, au {}.", jour(civil_date(maintenant)));
        let pourquoi = "Vous recevez ce message une fois par semaine, le lundi.";
        self.ecrit(pour, &sujet, &intro, sections, pourquoi)
            .map(Some)
    }

    fn ecrit(
        &self,
        pour: &Destinataire,
        sujet: &str,
        intro: &str,
        contrats: &[Section],
        pourquoi: &str,
    ) -> Result<Message, String> {
        let sujet = typographie(&propre(sujet));
        let vue = Vue {
            sujet: &sujet,
            nom: &propre(&court(&pour.nom)),
            intro: &typographie(intro),
            contrats,
            pourquoi: &typographie(pourquoi),
            regler: &format!("{}{REGLER}", self.adresse),
        };
        let (texte, html) = self.rend("mails/nouvelles", &vue)?;
        Ok(Message { sujet, texte, html })
    }

    /// The message that bears a link to set another password.
    ///
    /// # Errors
    /// As [`Bureau::immediat`].
    pub(in crate::app) fn oubli(
        &self,
        pour: &Destinataire,
        lien: &str,
        minutes: i64,
    ) -> Result<Message, String> {
        let sujet = "Votre mot de passe Entente".to_owned();
        let vue = Oubli {
            sujet: &sujet,
            nom: &propre(&court(&pour.nom)),
            lien,
            minutes,
        };
        let (texte, html) = self.rend("mails/oubli", &vue)?;
        Ok(Message { sujet, texte, html })
    }

    /// In text, and in HTML.
    fn rend(&self, gabarit: &str, vue: &impl Serialize) -> Result<(String, String), String> {
        let rend = |registre: &Handlebars<'_>| {
            let rendu = registre.render(gabarit, vue);
            rendu.map_err(|e| format!("un message ne s'écrit pas ({e})"))
        };
        Ok((rend(&self.texte)?, rend(&self.html)?))
    }
}

/// What a message is about, before its details.
fn introduction(rubrique: Rubrique, plusieurs: bool) -> &'static str {
    match (rubrique, plusieurs) {
        (Rubrique::AVous, false) => "C'est à vous d'agir. Voici l'acte attendu.",
        (Rubrique::AVous, true) => "C'est à vous d'agir. Voici les actes possibles.",
        (Rubrique::EcheanceProche, false) => "Une échéance approche.",
        (Rubrique::EcheanceProche, true) => "Des échéances approchent.",
        (Rubrique::EcheancePassee, false) => "Une échéance est passée.",
        (Rubrique::EcheancePassee, true) => "Des échéances sont passées.",
        (Rubrique::Autres, _) => "Voici ce que les autres parties ont fait.",
        (Rubrique::Demandes, false) => "Une demande vous attend.",
        (Rubrique::Demandes, true) => "Des demandes vous attendent.",
    }
}
