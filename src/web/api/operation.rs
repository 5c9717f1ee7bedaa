//! What is told of a route of programs, beside the route itself: the document is made from it.

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Makes a schema.
pub type Forme = fn(&mut SchemaGenerator) -> Schema;

/// A route, as the document tells it.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Unique: the name of a method in a program made from the document.
    pub id: &'static str,
    pub resume: &'static str,
    pub parametres: Option<Forme>,
    pub corps: Option<Forme>,
    pub reponse: Forme,
    /// Open to whoever has no key.
    pub ouverte: bool,
}

fn refere<T: JsonSchema>(formes: &mut SchemaGenerator) -> Schema {
    formes.subschema_for::<T>()
}

impl Operation {
    pub fn nouvelle<R: JsonSchema>(id: &'static str, resume: &'static str) -> Self {
        Self::donne(id, resume, refere::<R>)
    }

    pub fn donne(id: &'static str, resume: &'static str, reponse: Forme) -> Self {
        Self {
            id,
            resume,
            parametres: None,
            corps: None,
            reponse,
            ouverte: false,
        }
    }

    /// Its parameters: the fields of a struct.
    #[must_use]
    pub fn parametres<P: JsonSchema>(self) -> Self {
        let parametres: Option<Forme> = Some(P::json_schema);
        Self { parametres, ..self }
    }

    /// It takes a body, and an `Idempotency-Key`.
    #[must_use]
    pub fn corps<C: JsonSchema>(self) -> Self {
        let corps: Option<Forme> = Some(refere::<C>);
        Self { corps, ..self }
    }

    #[must_use]
    pub fn ouverte(self) -> Self {
        Self {
            ouverte: true,
            ..self
        }
    }
}
