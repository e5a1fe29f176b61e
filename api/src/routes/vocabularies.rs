//! Code lists with labels.

use actix_web::{HttpResponse, get, web};
use domain::vocabulary::{self, Vocabulary};
use serde_json::{Value, json};

use crate::openapi::{VocabularyBody, VocabularyIndex};
use crate::params::Params;
use crate::problem::Problem;

fn link(vocabulary: &Vocabulary) -> Value {
    json!({
        "name": vocabulary.name,
        "title": vocabulary.title,
        "url": format!("/v1/vocabularies/{}", vocabulary.name),
    })
}

/// List vocabularies
///
/// All closed code lists that documents and filters use.
#[utoipa::path(
    tag = "reference",
    operation_id = "listVocabularies",
    responses((status = 200, description = "The code lists.", body = VocabularyIndex))
)]
#[get("/v1/vocabularies")]
pub async fn list(params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let items: Vec<Value> = vocabulary::all().iter().map(link).collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// Get a vocabulary
///
/// One code list: its codes with German and English labels, in their natural order.
#[utoipa::path(
    tag = "reference",
    operation_id = "getVocabulary",
    params(("name" = String, Path, description = "Name of the code list.", min_length = 1, max_length = 60, example = "lifecycle")),
    responses((status = 200, description = "The code list.", body = VocabularyBody))
)]
#[get("/v1/vocabularies/{name}")]
pub async fn get(name: web::Path<String>, params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let vocabularies = vocabulary::all();
    let found = vocabularies
        .iter()
        .find(|v| v.name == *name)
        .ok_or_else(Problem::not_found)?;
    let items: Vec<Value> = found
        .codes
        .iter()
        .map(|(code, label)| json!({ "code": code, "label": label }))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "name": found.name, "title": found.title, "items": items })))
}
