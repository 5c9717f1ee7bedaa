//! The message that tells someone that a visa is awaited of them.

use super::composer::{Message, REGLER, registres};
use super::dire::propre;
use crate::app::vues::francais::{court, typographie};
use serde::Serialize;

/// What is awaited, of whom.
pub(in crate::app) struct Attendu<'a> {
    pub nom: &'a str,
    pub rang: &'a str,
    /// Of the act.
    pub titre: &'a str,
    pub contrat: &'a str,
    /// Its page, under the address of the site.
    pub page: &'a str,
}

#[derive(Serialize)]
struct Vue {
    sujet: String,
    nom: String,
    rang: String,
    titre: String,
    contrat: String,
    lien: String,
    regler: String,
}

impl Attendu<'_> {
    /// # Errors
    /// A template that cannot be read, or a field that it asks and the view does not hold.
    pub fn ecrit(&self, site: &str) -> Result<Message, String> {
        let dit = |texte: &str| typographie(&propre(&court(texte)));
        let vue = Vue {
            sujet: format!("Visa attendu – {}", dit(self.titre)),
            nom: dit(self.nom),
            rang: dit(self.rang),
            titre: dit(self.titre),
            contrat: dit(self.contrat),
            lien: format!("{site}{}", self.page),
            regler: format!("{site}{REGLER}"),
        };
        let [html, texte] = registres()?;
        let rend = |registre: &handlebars::Handlebars<'_>| {
            let rendu = registre.render("mails/visa", &vue);
            rendu.map_err(|e| format!("un avis de visa ne s'écrit pas ({e})"))
        };
        let (texte, html) = (rend(&texte)?, rend(&html)?);
        let sujet = vue.sujet;
        Ok(Message { sujet, texte, html })
    }
}
