//! The body of a question for components that may do.

use domain::limits;
use serde_json::{Value, json};

use crate::answers::CANDIDATES;

/// Adds its schema and its examples.
pub(super) fn add(document: &mut Value) {
    let level = |what: &str| {
        json!({
            "type": "object",
            "description": format!("{what} Each member is a filter of `GET /v1/components`, with its value or a list of values."),
            "maxProperties": limits::FILTERS,
        })
    };
    let schema = json!({
        "type": "object",
        "description": "What is needed: a `text`, or at least one filter.",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
            "text": {
                "type": "string", "maxLength": limits::QUERY_CHARS, "example": "Dokumente zusammenfassen",
                "description": "Free text in German or English, as `q`.",
            },
            "must": level("What cannot be done without."),
            "should": level("What counts for more."),
            "may": level("What counts for a little."),
            "organisation": {
                "type": "string", "minLength": 1, "maxLength": 100, "example": "land-mecklenburg-vorpommern",
                "description": "Slug or id of the asking body; each candidate then tells whether it may obtain it.",
            },
            "limit": {
                "type": "integer", "format": "int32", "minimum": 1, "maximum": CANDIDATES, "default": 10, "example": 5,
                "description": "Candidates at the most.",
            },
        },
    });
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        schemas.insert("ComponentNeeds".to_owned(), schema);
    }
    if let Some(body) = document.pointer_mut("/paths/~1v1~1components~1match/post/requestBody") {
        *body = json!({
            "required": true,
            "description": "What is needed.",
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/ComponentNeeds" },
                "examples": {
                    "assistant": {
                        "summary": "An assistant that is in use, for a state that asks whether it may obtain it",
                        "value": {
                            "text": "Texte zusammenfassen",
                            "must": { "kind": "ai_tool", "lifecycle": ["pilot", "productive"] },
                            "should": { "deployment": "saas" },
                            "organisation": "land-mecklenburg-vorpommern",
                            "limit": 5
                        }
                    },
                    "free": {
                        "summary": "Free software for forms; what is not known of its licence is told",
                        "value": { "text": "Formulare", "may": { "licence.exists": true } }
                    }
                }
            } }
        });
    }
}
