//! The document of the interface (OpenAPI 3.1), made from the route table and from the types that
//! handlers read and answer.

use super::super::routes::{Route, routes};
use super::operation::Operation;
use super::probleme::Contenu;
use crate::app::tableaux::TABLEAUX;
use axum::http::header;
use axum::response::IntoResponse;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{Schema, json_schema};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| document().to_string());

pub async fn document_servi() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        DOCUMENT.as_str(),
    )
}

/// The shape of the document itself: OpenAPI says it.
pub fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "required": ["openapi", "info", "paths"] })
}

const PRESENTATION: &str = "Les mêmes actes et les mêmes lectures que les écrans, avec les mêmes \
    accès. Une clé ouvre l’interface ; elle agit pour une personne, dans une organisation. \
    Ce qui n’est pas à vous n’existe pas : 404. Les montants sont en centimes d’euro, les taux en \
    centièmes de pour cent, les dates suivent ISO 8601. Une réponse peut gagner des champs : \
    ignorez ceux que vous ne connaissez pas. Une demande qui en porte d’inconnus est refusée.";

/// The document, as a value.
pub fn document() -> Value {
    let reglages = SchemaSettings::draft2020_12().with(|reglages| {
        reglages.definitions_path = "/components/schemas".into();
        reglages.meta_schema = None;
    });
    let mut formes = Formes {
        lues: reglages.clone().for_deserialize().into_generator(),
        ecrites: reglages.for_serialize().into_generator(),
    };
    let probleme = formes.ecrites.subschema_for::<Contenu>();
    let mut chemins = Map::new();
    for route in routes() {
        let Some(operation) = &route.operation else {
            continue;
        };
        let dite = formes.operation(&route, operation);
        let chemin = chemins.entry(route.chemin).or_insert_with(|| json!({}));
        chemin[route.methode.to_lowercase()] = dite;
    }
    let mut schemas = formes.lues.take_definitions(true);
    schemas.extend(formes.ecrites.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Entente",
            "version": "1",
            "description": PRESENTATION,
            "license": { "name": "EUPL-1.2", "identifier": "EUPL-1.2" },
        },
        "security": [{ "cle": [] }],
        "paths": chemins,
        "components": {
            "schemas": schemas,
            "responses": { "Probleme": {
                "description": "La demande n’a pas de réponse : pourquoi, et quoi faire.",
                "content": { "application/problem+json": { "schema": probleme } },
            } },
            "securitySchemes": { "cle": {
                "type": "http",
                "scheme": "bearer",
                "description": "La clé d’un programme, créée dans Entente et montrée une fois.",
            } },
        },
    })
}

/// What is read and what is written: an option absent in one may be null in the other.
struct Formes {
    lues: SchemaGenerator,
    ecrites: SchemaGenerator,
}

impl Formes {
    fn operation(&mut self, route: &Route, operation: &Operation) -> Value {
        let mut parametres = du_chemin(route.chemin);
        if let Some(forme) = operation.parametres {
            parametres.extend(de_la_requete(&forme(&mut self.lues)));
        }
        let mut dite = json!({
            "operationId": operation.id,
            "summary": operation.resume,
            "responses": self.reponses(route, operation),
        });
        if let Some(forme) = operation.corps {
            parametres.push(idempotence());
            let schema = forme(&mut self.lues);
            dite["requestBody"] = json!({
                "required": true,
                "content": { "application/json": { "schema": schema } },
            });
        }
        if !parametres.is_empty() {
            dite["parameters"] = Value::Array(parametres);
        }
        if operation.ouverte {
            dite["security"] = json!([]);
        }
        dite
    }

    fn reponses(&mut self, route: &Route, operation: &Operation) -> Value {
        let schema = (operation.reponse)(&mut self.ecrites);
        let mut reponses = json!({ "200": {
            "description": "La réponse.",
            "content": { "application/json": { "schema": schema } },
        } });
        let mut met = |codes: &[u16]| {
            for code in codes {
                let refere = json!({ "$ref": "#/components/responses/Probleme" });
                reponses[code.to_string()] = refere;
            }
        };
        met(&[400, 414, 431, 500, 503]);
        if !operation.ouverte {
            met(&[401, 429]);
        }
        if route.chemin.contains('{') {
            met(&[404]);
        }
        if route.chemin.ends_with("{nom}") {
            met(&[422]);
        }
        if operation.corps.is_some() {
            met(&[403, 409, 413, 415, 422]);
        }
        reponses
    }
}

/// Each `{nom}` of an address.
fn du_chemin(chemin: &str) -> Vec<Value> {
    let noms = chemin
        .split('{')
        .skip(1)
        .filter_map(|p| p.split('}').next());
    let parametre = |nom: &str| {
        let schema = match nom {
            "nom" => {
                let noms: Vec<&str> = TABLEAUX.iter().map(|plan| plan.forme.nom).collect();
                json!({ "type": "string", "enum": noms })
            }
            _ => json!({ "type": "string", "minLength": 1, "maxLength": 200 }),
        };
        json!({ "name": nom, "in": "path", "required": true, "schema": schema })
    };
    noms.map(parametre).collect()
}

/// Each field of the parameters of an address. An absent one is absent, never null.
fn de_la_requete(forme: &Schema) -> Vec<Value> {
    let proprietes = forme.get("properties").and_then(Value::as_object);
    let parametre = |(nom, schema): (&String, &Value)| {
        let mut schema = schema.clone();
        let dit = schema.as_object_mut().and_then(|s| s.remove("description"));
        if let Some([Value::String(genre), _]) = schema["type"].as_array().map(Vec::as_slice) {
            schema["type"] = json!(genre.clone());
        }
        let mut parametre = json!({ "name": nom, "in": "query", "schema": schema });
        if let Some(dit) = dit {
            parametre["description"] = dit;
        }
        parametre
    };
    proprietes.into_iter().flatten().map(parametre).collect()
}

fn idempotence() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": true,
        "description": "Tirée au hasard pour chaque demande nouvelle, gardée pour la refaire : la \
                        même clé et le même contenu ont la même réponse, et rien n’est fait deux \
                        fois.",
        "schema": { "type": "string", "pattern": "^[!-~]{1,200}$" },
    })
}
