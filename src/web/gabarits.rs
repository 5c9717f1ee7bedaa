//! Templates, embedded and read once, in strict mode: a field that does not exist is an error,
//! never a blank.

use handlebars::Handlebars;
use rust_embed::RustEmbed;
use serde::Serialize;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[include = "pages/*.hbs"]
#[include = "fragments/*.hbs"]
#[include = "icones/*.hbs"]
struct Fichiers;

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
