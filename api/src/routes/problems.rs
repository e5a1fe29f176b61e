//! The pages that problem types lead to.

use actix_web::{HttpResponse, get, web};
use serde_json::{Value, json};

use crate::openapi::{ProblemIndex, ProblemPage};
use crate::params::Params;
use crate::problem::{Problem, ProblemType};

fn page(problem: ProblemType) -> Value {
    json!({
        "type": format!("/v1/problems/{}", problem.slug()),
        "slug": problem.slug(),
        "code": problem.code(),
        "status": problem.status().as_u16(),
        "title": problem.title(),
        "meaning": problem.meaning(),
    })
}

/// List problem types
///
/// Every type of error that this service answers with.
#[utoipa::path(
    tag = "reference",
    operation_id = "listProblems",
    responses((status = 200, description = "The types.", body = ProblemIndex))
)]
#[get("/v1/problems")]
pub async fn list(params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let items: Vec<Value> = ProblemType::ALL.into_iter().map(page).collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// Get a problem type
///
/// What a type of error means, and what to do about it.
#[utoipa::path(
    tag = "reference",
    operation_id = "getProblem",
    params(("slug" = String, Path, description = "The last part of a problem's `type`.", min_length = 1, max_length = 60, example = "invalid-parameters")),
    responses((status = 200, description = "The type.", body = ProblemPage))
)]
#[get("/v1/problems/{slug}")]
pub async fn get(slug: web::Path<String>, params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let found = ProblemType::ALL
        .into_iter()
        .find(|p| p.slug() == *slug)
        .ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(page(found)))
}
