//! The history of components and organisations: one way for both.

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::component::Component;
use domain::organisation::Organisation;

use crate::auth::Who;
use crate::feed::{self, RevisionDiff, RevisionList};
use crate::openapi::{ComponentRecord, OrganisationRecord};
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// List the revisions of a component
///
/// What became of it, the newest revision first. Everybody sees the revisions in which it was published; those who see it
/// as a draft see all of them, and `audit:read` shows who wrote and why.
#[utoipa::path(
    tag = "components",
    operation_id = "listComponentRevisions",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "fit-connect"),
        ("before" = Option<i64>, Query, description = "Revisions before this one.", minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 2),
        ("limit" = Option<i32>, Query, description = "How many revisions at the most; 50 without it.", minimum = 1, maximum = 200, example = 5),
    ),
    responses(
        (status = 200, description = "A page of revisions.", body = RevisionList),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}/revisions")]
pub async fn list_of_component(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    feed::revisions::<Component>(&app, &who.0, &request, &id, &params).await
}

/// Get a revision of a component
///
/// The component as it was in this revision, as `GET` answered it then.
#[utoipa::path(
    tag = "components",
    operation_id = "getComponentRevision",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "fit-connect"),
        ("revision" = i64, Path, description = "Number of the revision.", minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1),
    ),
    responses(
        (status = 200, description = "The component as it was.", body = ComponentRecord),
        (status = 304, description = "The same as the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}/revisions/{revision}")]
pub async fn get_of_component(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    feed::revision::<Component>(&app, &who.0, &request, (&path.0, &path.1), &params).await
}

/// Compare two revisions of a component
///
/// What differs in the written document, the slug and the state of publication: as JSON Patch, and as a list for people.
/// Without `from` it is what this revision changed: it is compared with the one before it that the caller may see, and the
/// first one with nothing.
#[utoipa::path(
    tag = "components",
    operation_id = "diffComponentRevision",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "fit-connect"),
        ("revision" = i64, Path, description = "Number of the revision to come to.", minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1),
        ("from" = Option<i64>, Query, description = "Number of the revision to start from; it may be a later one.", minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 1),
    ),
    responses(
        (status = 200, description = "What differs.", body = RevisionDiff),
        (status = 304, description = "The same as the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}/revisions/{revision}/diff")]
pub async fn diff_of_component(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    feed::diff::<Component>(&app, &who.0, &request, (&path.0, &path.1), &params).await
}

/// List the revisions of an organisation
///
/// What became of it, the newest revision first. Everybody sees the revisions in which it was published; those who see it
/// as a draft see all of them, and `audit:read` shows who wrote and why.
#[utoipa::path(
    tag = "organisations",
    operation_id = "listOrganisationRevisions",
    params(
        ("id" = String, Path, description = "Id or slug of the organisation.", min_length = 1, max_length = 100, example = "dataport"),
        ("before" = Option<i64>, Query, description = "Revisions before this one.", minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 2),
        ("limit" = Option<i32>, Query, description = "How many revisions at the most; 50 without it.", minimum = 1, maximum = 200, example = 5),
    ),
    responses(
        (status = 200, description = "A page of revisions.", body = RevisionList),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/organisations/{id}/revisions")]
pub async fn list_of_organisation(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    feed::revisions::<Organisation>(&app, &who.0, &request, &id, &params).await
}

/// Get a revision of an organisation
///
/// The organisation as it was in this revision, as `GET` answered it then.
#[utoipa::path(
    tag = "organisations",
    operation_id = "getOrganisationRevision",
    params(
        ("id" = String, Path, description = "Id or slug of the organisation.", min_length = 1, max_length = 100, example = "dataport"),
        ("revision" = i64, Path, description = "Number of the revision.", minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1),
    ),
    responses(
        (status = 200, description = "The organisation as it was.", body = OrganisationRecord),
        (status = 304, description = "The same as the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/organisations/{id}/revisions/{revision}")]
pub async fn get_of_organisation(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    feed::revision::<Organisation>(&app, &who.0, &request, (&path.0, &path.1), &params).await
}

/// Compare two revisions of an organisation
///
/// What differs in the written document, the slug and the state of publication: as JSON Patch, and as a list for people.
/// Without `from` it is what this revision changed: it is compared with the one before it that the caller may see, and the
/// first one with nothing.
#[utoipa::path(
    tag = "organisations",
    operation_id = "diffOrganisationRevision",
    params(
        ("id" = String, Path, description = "Id or slug of the organisation.", min_length = 1, max_length = 100, example = "dataport"),
        ("revision" = i64, Path, description = "Number of the revision to come to.", minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 1),
        ("from" = Option<i64>, Query, description = "Number of the revision to start from; it may be a later one.", minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 1),
    ),
    responses(
        (status = 200, description = "What differs.", body = RevisionDiff),
        (status = 304, description = "The same as the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/organisations/{id}/revisions/{revision}/diff")]
pub async fn diff_of_organisation(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    feed::diff::<Organisation>(&app, &who.0, &request, (&path.0, &path.1), &params).await
}
