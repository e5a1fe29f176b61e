//! Whether the service lives, is ready, and what it knows.

use std::time::Duration;

use actix_web::{HttpResponse, get, web};
use domain::store::StoreError;
use serde_json::json;

use crate::conventions::API_VERSION;
use crate::openapi::{Health, Status};
use crate::params::Params;
use crate::problem::Problem;
use crate::state::{App, db};

/// How long the database may take to show that it is there: those who ask for readiness seldom wait longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tell whether the service lives
///
/// Answers as long as the process answers at all.
#[utoipa::path(
    tag = "operation",
    operation_id = "getLiveness",
    responses((status = 200, description = "It lives.", body = Health))
)]
#[get("/health/live")]
pub async fn live(params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    Ok(HttpResponse::Ok().json(json!({ "status": "ok" })))
}

/// Tell whether the service is ready
///
/// Answers 200 where the database answers, and 503 where it does not. Reads go on from memory either way.
#[utoipa::path(
    tag = "operation",
    operation_id = "getReadiness",
    responses((status = 200, description = "It is ready.", body = Health))
)]
#[get("/health/ready")]
pub async fn ready(app: web::Data<App>, params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    match tokio::time::timeout(PATIENCE, db(&app, |store| store.head())).await {
        Ok(answered) => answered.map(drop)?,
        Err(_) => {
            return Err(Problem::from(StoreError::Unavailable(
                "it does not answer in time".to_owned(),
            )));
        }
    }
    Ok(HttpResponse::Ok().json(json!({ "status": "ok" })))
}

/// Get the status
///
/// Version, size and freshness of what this instance answers from.
#[utoipa::path(
    tag = "operation",
    operation_id = "getStatus",
    responses((status = 200, description = "The status.", body = Status))
)]
#[get("/v1/status")]
pub async fn status(app: web::Data<App>, params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let level_at = app.level_at();
    let view = app.view();
    Ok(HttpResponse::Ok().json(json!({
        "version": API_VERSION,
        "asOf": view.as_of(),
        "levelAt": level_at,
        "components": view.components().public_len(),
        "organisations": view.organisations().public_len(),
    })))
}
