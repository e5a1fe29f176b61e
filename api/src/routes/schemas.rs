//! JSON Schemas of what clients write, by kind.

use actix_web::{HttpResponse, get, web};
use domain::code_list::CodeList;
use domain::component::Kind;
use serde_json::{Value, json};

use crate::openapi::{self, SchemaIndex};
use crate::params::Params;
use crate::problem::Problem;

/// List schemas
///
/// The JSON Schemas of the documents that clients write: one for each kind of component, those of organisations, and those of
/// the records about components.
#[utoipa::path(
    tag = "reference",
    operation_id = "listSchemas",
    responses((status = 200, description = "The schemas.", body = SchemaIndex))
)]
#[get("/v1/schemas")]
pub async fn list(params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let names = Kind::ALL.iter().map(|kind| (kind.code(), json!(kind.label())));
    let others = [
        ("organisation", json!({ "de": "Organisation", "en": "Organisation" })),
        ("adoption", json!({ "de": "Nutzung", "en": "Adoption" })),
        ("offer", json!({ "de": "Angebot", "en": "Offer" })),
        ("attestation", json!({ "de": "Nachweis", "en": "Attestation" })),
        ("relation", json!({ "de": "Beziehung", "en": "Relation" })),
    ];
    let items: Vec<Value> = names
        .chain(others)
        .map(|(name, title)| json!({ "name": name, "title": title, "url": format!("/v1/schemas/{name}") }))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// Get a schema
///
/// The JSON Schema (2020-12) of one kind of component, or of another noun that clients write, with a help text for every
/// field.
#[utoipa::path(
    tag = "reference",
    operation_id = "getSchema",
    params(("kind" = String, Path, description = "A kind of component, or `organisation`, `adoption`, `offer`, `attestation`, `relation`.", min_length = 1, max_length = 60, example = "ai_tool")),
    responses((status = 200, description = "The schema.", body = Object, content_type = "application/schema+json"))
)]
#[get("/v1/schemas/{kind}")]
pub async fn get(kind: web::Path<String>, params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let schema = openapi::schema_of(&kind).ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type("application/schema+json")
        .body(schema.to_string()))
}
