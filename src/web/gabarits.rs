//! Templates, embedded and read once, in strict mode: a field that does not exist is an error,
//! never a blank.

use handlebars::{Handlebars, handlebars_helper};
use rust_embed::RustEmbed;
use serde::Serialize;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[include = "pages/*.hbs"]
#[include = "fragments/*.hbs"]
#[include = "icones/*.hbs"]
struct Fichiers;

// What is wrong with a field, among the errors of a page; empty: nothing. `rang`: of one of several
// like it.
handlebars_helper!(faute: |erreurs: Json, champ: str, {rang: u64 = 0}| {
    let nom = match rang {
        0 => champ.to_owned(),
        rang => format!("{champ}{rang}"),
    };
    let sienne = |e: &&serde_json::Value| e.get("champ").is_some_and(|c| *c == nom);
    let trouvee = erreurs.as_array().and_then(|e| e.iter().find(sienne));
    let phrase = trouvee.and_then(|e| e.get("phrase")?.as_str());
    phrase.unwrap_or_default().to_owned()
});

/// Every template.
pub struct Gabarits(Handlebars<'static>);

impl Gabarits {
    /// # Errors
    /// The first template that cannot be read.
    pub fn lire() -> Result<Self, String> {
        let mut registre = Handlebars::new();
        registre.set_strict_mode(true);
        // A fragment is written as it is: what was typed on several lines is not to be indented.
        registre.set_prevent_indent(true);
        registre.register_helper("faute", Box::new(faute));
        let lus = registre.register_embed_templates_with_extension::<Fichiers>(".hbs");
        lus.map_err(|e| format!("Un gabarit ne se lit pas : {e}"))?;
        Ok(Self(registre))
    }

    /// # Errors
    /// A field the template asks and the view does not hold.
    pub fn rend(&self, gabarit: &str, contexte: &impl Serialize) -> Result<String, String> {
        self.0
            .render(gabarit, contexte)
            .map_err(|e| format!("{gabarit} : {e}"))
    }
}
