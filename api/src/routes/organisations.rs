//! Organisations: the bodies that own, supply, operate and use components.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use domain::organisation::Organisation;

use crate::auth::scope::OrganisationsWrite;
use crate::auth::{Right, Who};
use crate::body::JsonBody;
use crate::openapi::{OrganisationList, OrganisationRecord};
use crate::params::Params;
use crate::problem::Problem;
use crate::records::{self, AskedBy};
use crate::state::App;
use crate::writes::{self, Order, WriteOptions};

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
pub async fn list(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    records::list::<Organisation>(&app, &who.0, &request, &params.given(), AskedBy::Url).await
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
#[get("/v1/organisations/{id}", guard = "super::names_a_record")]
pub async fn get(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    records::get::<Organisation>(&app, &who.0, &request, &id, &params.given()).await
}

/// Create an organisation
///
/// A new organisation below one that the caller keeps (`parent`); any other with the scope `admin`. It is a draft unless
/// `publication` says otherwise, so nothing becomes public by accident. Without `slug` the title suggests one. With an `Idempotency-Key` the request can be sent
/// again: it works once, and is answered alike for 24 hours.
#[utoipa::path(
    tag = "organisations",
    operation_id = "createOrganisation",
    request_body(content = Organisation, description = "The organisation."),
    responses(
        (status = 201, description = "The organisation as it was created.", body = OrganisationRecord),
        (status = 200, description = "With `dryRun`: what would have been created.", body = crate::openapi::WritePreview),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body. `Location` names what was made."),
    ),
    security(("bearer" = ["organisations:write"]))
)]
#[post("/v1/organisations")]
pub async fn create(
    app: web::Data<App>,
    right: Right<OrganisationsWrite>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    writes::write::<Organisation>(&app, right.into(), options, None, Order::Create(body.0)).await
}

/// Replace or create an organisation
///
/// With `If-Match`, the whole document takes the place of the present one; what is left out is removed, but `slug` and
/// `publication` stay as they are. A new `slug` renames the organisation: the old one keeps leading to it, and
/// every entry that names the organisation is rewritten. With
/// `If-None-Match: *`, the organisation is created under this slug or id.
#[utoipa::path(
    tag = "organisations",
    operation_id = "putOrganisation",
    params(("id" = String, Path, description = "Id or slug of the organisation.", min_length = 1, max_length = 100, example = "dataport")),
    request_body(content = Organisation, description = "The organisation; what was read can be sent back."),
    responses(
        (status = 200, description = "The organisation as it is now; with `dryRun`, as it would be.", body = crate::openapi::OrganisationWritten),
        (status = 201, description = "The organisation as it was created.", body = OrganisationRecord),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    ),
    security(("bearer" = ["organisations:write"]))
)]
#[put("/v1/organisations/{id}", guard = "super::names_a_record")]
pub async fn put(
    app: web::Data<App>,
    right: Right<OrganisationsWrite>,
    id: web::Path<String>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    writes::write::<Organisation>(&app, right.into(), options, Some(id.into_inner()), Order::Put(body.0)).await
}

/// Change an organisation
///
/// A merge patch (RFC 7396): members that are named take the place of the present ones, null removes one, lists are
/// replaced whole. `slug` renames the organisation, `publication` publishes it.
#[utoipa::path(
    tag = "organisations",
    operation_id = "patchOrganisation",
    params(("id" = String, Path, description = "Id or slug of the organisation.", min_length = 1, max_length = 100, example = "dataport")),
    request_body(content = ref("#/components/schemas/OrganisationPatch"), content_type = "application/merge-patch+json", description = "What changes."),
    responses(
        (status = 200, description = "The organisation as it is now; with `dryRun`, as it would be.", body = crate::openapi::OrganisationWritten),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    ),
    security(("bearer" = ["organisations:write"]))
)]
#[patch("/v1/organisations/{id}", guard = "super::names_a_record")]
pub async fn patch(
    app: web::Data<App>,
    right: Right<OrganisationsWrite>,
    id: web::Path<String>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    writes::write::<Organisation>(&app, right.into(), options, Some(id.into_inner()), Order::Patch(body.0)).await
}

/// Withdraw an organisation
///
/// Only what owns no components can be withdrawn. The organisation leaves the lists; its address answers 410 with a tombstone, and its history stays. It can be published
/// again. `purge=true` removes it with its history for good, personal data included, and needs the scope `admin`; the
/// log keeps that this happened.
#[utoipa::path(
    tag = "organisations",
    operation_id = "deleteOrganisation",
    params(
        ("id" = String, Path, description = "Id or slug of the organisation.", min_length = 1, max_length = 100, example = "dataport"),
        ("purge" = Option<bool>, Query, description = "Remove the record with its history.", example = false),
    ),
    responses(
        (status = 200, description = "With `dryRun`: what would happen.", body = crate::openapi::WritePreview),
        (status = 204, description = "Done."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    ),
    security(("bearer" = ["organisations:write"]))
)]
#[delete("/v1/organisations/{id}", guard = "super::names_a_record")]
pub async fn delete(
    app: web::Data<App>,
    right: Right<OrganisationsWrite>,
    id: web::Path<String>,
    options: WriteOptions,
) -> Result<HttpResponse, Problem> {
    writes::write::<Organisation>(&app, right.into(), options, Some(id.into_inner()), Order::Delete).await
}
