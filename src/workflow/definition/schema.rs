//! The JSON Schema of the language (draft 2020-12), written from the grammar.

use super::grammar::{self, Construct, Keys, Shape};
use serde_json::{Map, Value, json};

/// The schema, for editors that complete and underline.
pub fn schema() -> Value {
    let mut definitions = Map::new();
    let root = construct(&grammar::WORKFLOW, &mut definitions);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Entente : fichier de workflow",
        "allOf": [root],
        "$defs": definitions,
    })
}

fn construct(construct_: &'static Construct, definitions: &mut Map<String, Value>) -> Value {
    let reference = json!({ "$ref": format!("#/$defs/{}", construct_.id) });
    if definitions.contains_key(construct_.id) {
        return reference;
    }
    // Reserved first: states hold states.
    definitions.insert(construct_.id.into(), Value::Null);
    let mut properties = Map::new();
    for key in construct_.keys {
        let mut value = shape(key.shape, definitions);
        if let Some(object) = value.as_object_mut() {
            object.insert("description".into(), key.doc.into());
        }
        properties.insert(key.name.into(), value);
    }
    let required: Vec<&str> = construct_
        .keys
        .iter()
        .filter(|k| k.required)
        .map(|k| k.name)
        .collect();
    let definition = json!({
        "type": "object",
        "title": construct_.title,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    definitions.insert(construct_.id.into(), definition);
    reference
}

const NAME: &str = "^[a-z0-9][A-Za-z0-9_.-]{0,63}$";

fn shape(shape_: Shape, definitions: &mut Map<String, Value>) -> Value {
    let pattern = |p: &str| json!({ "type": "string", "pattern": p });
    match shape_ {
        Shape::Text | Shape::Sentence | Shape::Party | Shape::Object | Shape::WordOrRule => {
            json!({ "type": "string", "minLength": 1 })
        }
        // `when: true` and `key: 3` are read as expressions too.
        Shape::Expression => json!({ "type": ["string", "boolean", "integer"] }),
        Shape::Name | Shape::Target => pattern(NAME),
        Shape::Integer => json!({ "type": "integer", "minimum": 0 }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Duration => pattern("^P[0-9]+[DWMY]$"),
        Shape::Delay => pattern("^(P[0-9]+[DWMY]|rule\\([A-Z0-9_]+\\))$"),
        Shape::DayOfYear => pattern("^[0-9]{2}-[0-9]{2}$"),
        Shape::OneOf(words) => json!({ "enum": words }),
        Shape::List(inner) => json!({ "type": "array", "items": shape(*inner, definitions) }),
        Shape::OneOrMany(inner) => {
            let one = shape(*inner, definitions);
            json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] })
        }
        Shape::Map(keys, inner) => {
            let value = shape(*inner, definitions);
            match keys {
                Keys::Names => json!({
                    "type": "object",
                    "propertyNames": { "pattern": NAME },
                    "additionalProperties": value,
                }),
                Keys::Free => json!({ "type": "object", "additionalProperties": value }),
            }
        }
        Shape::Construct(inner) => construct(inner, definitions),
        Shape::TrueOr(inner) => {
            json!({ "anyOf": [{ "const": true }, construct(inner, definitions)] })
        }
    }
}
