//! The message that brings an invitation: its link, which nobody else is shown.

use super::composer::{Message, registres};
use super::dire::propre;
use crate::app::comptes::Droit;
use crate::app::vues::compte::portee_dite;
use crate::app::vues::francais::{court, jour, typographie};
use crate::regles::calendrier::civil_date;
use crate::workflow::machine::digest::Digest;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// What an invitation says.
pub struct Invitation<'i> {
    pub id: &'i str,
    /// Who invites.
    pub auteur: &'i str,
    pub droit: &'i Droit,
    pub jeton: &'i str,
    pub expire: DateTime<Utc>,
}

#[derive(Serialize)]
struct Vue {
    sujet: String,
    auteur: String,
    organisation: String,
    fonction: &'static str,
    portee: String,
    lien: String,
    jusqu_au: String,
}

impl Invitation<'_> {
    /// The message, and what says which it is: sent again, it is the same.
    ///
    /// # Errors
    /// A template that cannot be read, or a field that it asks and the view does not hold.
    pub(in crate::app) fn ecrite(&self, site: &str) -> Result<(String, Message), String> {
        let dit = |texte: &str| typographie(&propre(&court(texte)));
        let organisation = dit(&self.droit.organisation.nom);
        let vue = Vue {
            sujet: format!("Votre accès à Entente – {organisation}"),
            auteur: dit(self.auteur),
            organisation,
            fonction: self.droit.fonction.mot(),
            portee: propre(&portee_dite(&self.droit.portee)),
            lien: lien(site, self.jeton),
            jusqu_au: jour(civil_date(self.expire)),
        };
        let [html, texte] = registres()?;
        let rend = |registre: &handlebars::Handlebars<'_>| {
            let rendu = registre.render("mails/invitation", &vue);
            rendu.map_err(|e| format!("une invitation ne s'écrit pas ({e})"))
        };
        let (texte, html) = (rend(&texte)?, rend(&html)?);
        let id = Digest::of(format!("invitation {}", self.id).as_bytes()).to_string();
        let sujet = vue.sujet;
        Ok((id, Message { sujet, texte, html }))
    }
}

/// The address that opens an account.
pub fn lien(site: &str, jeton: &str) -> String {
    format!("{site}/invitation?jeton={jeton}")
}
