//! Reading organisations.

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::organisation::Organisation;

use crate::openapi::{OrganisationList, OrganisationRecord};
use crate::params::Params;
use crate::problem::Problem;
use crate::records::{self, AskedBy};
use crate::state::App;

/// List organisations
///
/// All organisations that satisfy every filter, one page at a time, with the same query language as components.
#[utoipa::path(
    tag = "organisations",
    operation_id = "listOrganisations",
    responses(
        (status = 200, description = "A page of organisations.", body = OrganisationList),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
    )
)]
#[get("/v1/organisations")]
pub async fn list(app: web::Data<App>, request: HttpRequest, params: Params) -> Result<HttpResponse, Problem> {
    records::list::<Organisation>(&app, &request, &params.given(), AskedBy::Url).await
}

/// Get an organisation
///
/// One organisation by id or slug. An earlier slug answers 308 with the current address.
#[utoipa::path(
    tag = "organisations",
    operation_id = "getOrganisation",
    params(("id" = String, Path, description = "Id or slug of the organisation.", min_length = 1, max_length = 100, example = "dataport")),
    responses(
        (status = 200, description = "The organisation.", body = OrganisationRecord),
        (status = 304, description = "Not changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/organisations/{id}")]
pub async fn get(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    records::get::<Organisation>(&app, &request, &id, &params.given()).await
}
