//! The OpenAPI document and its pages.

use actix_web::http::header;
use actix_web::{HttpResponse, get};

use crate::openapi;
use crate::params::Params;
use crate::problem::Problem;

/// Get the OpenAPI document as JSON
///
/// This document.
#[utoipa::path(
    tag = "reference",
    operation_id = "getOpenApiJson",
    responses((status = 200, description = "The document.", body = Object, content_type = "application/json"))
)]
#[get("/openapi.json")]
pub async fn openapi_json(params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    Ok(response.body(openapi::json()))
}

/// Get the OpenAPI document as YAML
///
/// This document.
#[utoipa::path(
    tag = "reference",
    operation_id = "getOpenApiYaml",
    responses((status = 200, description = "The document.", body = Object, content_type = "application/yaml"))
)]
#[get("/openapi.yaml")]
pub async fn openapi_yaml(params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/yaml")
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    Ok(response.body(openapi::yaml()))
}
