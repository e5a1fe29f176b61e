//! The front door.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use serde_json::json;

use crate::conventions::{API_VERSION, preferred};
use crate::openapi::Index;
use crate::params::Params;
use crate::problem::{Problem, ProblemType};

const PAGE: &str = include_str!("index.html");
const FORMATS: [&str; 2] = ["application/json", "text/html"];

/// Get the index
///
/// Where everything is: JSON for a client, a page for a browser.
#[utoipa::path(
    tag = "operation",
    operation_id = "getIndex",
    responses(
        (status = 200, description = "The index.", content((Index = "application/json"), (String = "text/html")))
    )
)]
#[get("/")]
pub async fn index(request: HttpRequest, params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    match preferred(request.headers().get(header::ACCEPT), &FORMATS) {
        Some("text/html") => Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(PAGE)),
        Some(_) => Ok(HttpResponse::Ok().json(json!({
            "title": "Verbundkatalog",
            "version": API_VERSION,
            "links": {
                "documentation": "/docs/",
                "openapi": "/openapi.json",
                "components": "/v1/components",
                "organisations": "/v1/organisations",
                "adoptions": "/v1/adoptions",
                "offers": "/v1/offers",
                "attestations": "/v1/attestations",
                "relations": "/v1/relations",
                "coverage": "/v1/coverage?by=kind",
                "statistics": "/v1/statistics",
                "events": "/v1/events",
                "vocabularies": "/v1/vocabularies",
                "schemas": "/v1/schemas",
                "problems": "/v1/problems",
                "changelog": "/v1/changelog",
                "status": "/v1/status",
            },
        }))),
        None => Err(Problem::new(ProblemType::NotAcceptable).with("available", FORMATS.as_slice())),
    }
}
