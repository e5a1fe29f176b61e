//! Components: the catalogue's entries.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use domain::batch::Batch;
use domain::component::Component;
use domain::limits;
use domain::query;
use serde_json::json;

use crate::auth::scope::ComponentsWrite;
use crate::auth::{Right, Who};
use crate::body::{JsonBody, LargeJsonBody};
use crate::openapi::{ComponentList, ComponentRecord, Similar, Suggestions};
use crate::params::{self, Params};
use crate::problem::Problem;
use crate::records::{self, AskedBy};
use crate::state::App;
use crate::writes::batch::BatchReport;
use crate::writes::{self, Order, WriteOptions};

/// List components
///
/// All components that the caller may see and that satisfy every filter, one page at a time: the published ones, and
/// with a token those of its organisation, too. Filters combine with AND; values between
/// commas combine with OR (`\,` is a comma within a value). Suffixes: `.not` none of the values, `.all` all of them,
/// `.gte` and `.lte` bounds, `.exists` present or absent. `facets` counts values in the same answer, each facet
/// ignoring the filters on its own field. `total` is exact. `asOf` names the last event that the answer includes.
#[utoipa::path(
    tag = "components",
    operation_id = "listComponents",
    responses(
        (status = 200, description = "A page of components.", body = ComponentList),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
    )
)]
#[get("/v1/components")]
pub async fn list(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    records::list::<Component>(&app, &who.0, &request, &params.given(), AskedBy::Url).await
}

/// Create a component
///
/// A new entry of the organisation that `owner` names. It is a draft unless `publication` says otherwise, so nothing
/// becomes public by accident. Without `slug` the title suggests one. With an `Idempotency-Key` the request can be sent
/// again: it works once, and is answered alike for 24 hours.
#[utoipa::path(
    tag = "components",
    operation_id = "createComponent",
    request_body(content = Component, description = "The component."),
    responses(
        (status = 201, description = "The component as it was created.", body = ComponentRecord),
        (status = 200, description = "With `dryRun`: what would have been created.", body = crate::openapi::WritePreview),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body. `Location` names what was made."),
    ),
    security(("bearer" = ["components:write"]))
)]
#[post("/v1/components")]
pub async fn create(
    app: web::Data<App>,
    right: Right<ComponentsWrite>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    writes::write::<Component>(&app, right.into(), options, None, Order::Create(body.0)).await
}

/// Write many components
///
/// Up to 1,000 writes in one request, each with its own outcome: those that cannot be done do not keep the others from
/// being done, unless `atomic` is set. Each record may stand in it once.
#[utoipa::path(
    tag = "components",
    operation_id = "writeComponents",
    request_body(content = Batch, description = "The writes; up to 16 MiB."),
    responses((status = 200, description = "What became of each.", body = BatchReport)),
    security(("bearer" = ["components:write"]))
)]
#[post("/v1/components/batch")]
pub async fn batch(
    app: web::Data<App>,
    right: Right<ComponentsWrite>,
    options: WriteOptions,
    body: LargeJsonBody,
) -> Result<HttpResponse, Problem> {
    writes::write_batch::<Component>(&app, right.into(), options, body.0).await
}

/// Replace or create a component
///
/// With `If-Match`, the whole document takes the place of the present one; what is left out is removed, but `slug` and
/// `publication` stay as they are. A new `slug` renames the component: the old one keeps leading to it. With
/// `If-None-Match: *`, the component is created under this slug or id.
#[utoipa::path(
    tag = "components",
    operation_id = "putComponent",
    params(("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "fit-connect")),
    request_body(content = Component, description = "The component; what was read can be sent back."),
    responses(
        (status = 200, description = "The component as it is now; with `dryRun`, as it would be.", body = crate::openapi::ComponentWritten),
        (status = 201, description = "The component as it was created.", body = ComponentRecord),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    ),
    security(("bearer" = ["components:write"]))
)]
#[put("/v1/components/{id}", guard = "super::names_a_record")]
pub async fn put(
    app: web::Data<App>,
    right: Right<ComponentsWrite>,
    id: web::Path<String>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    writes::write::<Component>(&app, right.into(), options, Some(id.into_inner()), Order::Put(body.0)).await
}

/// Change a component
///
/// A merge patch (RFC 7396): members that are named take the place of the present ones, null removes one, lists are
/// replaced whole. `slug` renames the component, `publication` publishes it.
#[utoipa::path(
    tag = "components",
    operation_id = "patchComponent",
    params(("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "fit-connect")),
    request_body(content = ref("#/components/schemas/ComponentPatch"), content_type = "application/merge-patch+json", description = "What changes."),
    responses(
        (status = 200, description = "The component as it is now; with `dryRun`, as it would be.", body = crate::openapi::ComponentWritten),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    ),
    security(("bearer" = ["components:write"]))
)]
#[patch("/v1/components/{id}", guard = "super::names_a_record")]
pub async fn patch(
    app: web::Data<App>,
    right: Right<ComponentsWrite>,
    id: web::Path<String>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    writes::write::<Component>(&app, right.into(), options, Some(id.into_inner()), Order::Patch(body.0)).await
}

/// Withdraw a component
///
/// The component leaves the lists; its address answers 410 with a tombstone, and its history stays. It can be published
/// again. Each body that uses it, or owns what needs it, is told in the log, unless it was told of the end before.
/// `purge=true` removes it with its history for good, personal data and notices included, and needs the scope `admin`; the
/// log keeps that this happened.
#[utoipa::path(
    tag = "components",
    operation_id = "deleteComponent",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "fit-connect"),
        ("purge" = Option<bool>, Query, description = "Remove the record with its history.", example = false),
    ),
    responses(
        (status = 200, description = "With `dryRun`: what would happen.", body = crate::openapi::WritePreview),
        (status = 204, description = "Done."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    ),
    security(("bearer" = ["components:write"]))
)]
#[delete("/v1/components/{id}", guard = "super::names_a_record")]
pub async fn delete(
    app: web::Data<App>,
    right: Right<ComponentsWrite>,
    id: web::Path<String>,
    options: WriteOptions,
) -> Result<HttpResponse, Problem> {
    writes::write::<Component>(&app, right.into(), options, Some(id.into_inner()), Order::Delete).await
}

/// Search components with a JSON body
///
/// The same query as `GET /v1/components`, for queries too long for a URL: each parameter is a member, with its value
/// or a list of values. `next` and `prev` of the answer are cursors for the member `cursor`.
#[utoipa::path(
    tag = "components",
    operation_id = "searchComponents",
    request_body(content_type = "application/json", description = "The query."),
    responses((status = 200, description = "A page of components.", body = ComponentList))
)]
#[post("/v1/components/search")]
pub async fn search(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    params: Params,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let (given, mut faults) = records::given(body.0);
    if !faults.is_empty() {
        // What could be read may be wrong, too: all of it is named at once.
        if let Err(more) = query::parse::<Component>(&given) {
            faults.extend(records::as_members(more));
        }
        return Err(Problem::document(faults));
    }
    records::list::<Component>(&app, &who.0, &request, &given, AskedBy::Body).await
}

/// Suggest completions
///
/// Titles, other names and words that complete what someone is typing; a typo is forgiven.
#[utoipa::path(
    tag = "components",
    operation_id = "suggestComponents",
    params(
        ("q" = String, Query, description = "The beginning of a word or title.", min_length = 1, max_length = 100, example = "verwaltungscl"),
        ("limit" = Option<i32>, Query, description = "How many suggestions at the most.", minimum = 1, maximum = 20, example = 5),
    ),
    responses((status = 200, description = "Suggestions, the best first.", body = Suggestions))
)]
#[get("/v1/components/suggest")]
pub async fn suggest(app: web::Data<App>, params: Params) -> Result<HttpResponse, Problem> {
    let ([q, limit], mut faults) = params.take(["q", "limit"]);
    let limit = params::number("limit", limit, 10, limits::SUGGESTIONS, &mut faults);
    let q = q.map(str::trim).unwrap_or_default();
    if !(1..=100).contains(&q.chars().count()) {
        faults.add("q", "required", "Give 1 to 100 characters to complete.");
    }
    faults.or_ok(()).map_err(Problem::parameters)?;
    let items = crate::suggest::suggest(&app.view(), q, limit);
    Ok(HttpResponse::Ok().json(json!({ "items": items })))
}

/// Get a component
///
/// One component by id or slug. An earlier slug answers 308 with the current address; a withdrawn component answers 410
/// with what remains of it.
#[utoipa::path(
    tag = "components",
    operation_id = "getComponent",
    params(("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "fit-connect")),
    responses(
        (status = 200, description = "The component.", body = ComponentRecord),
        (status = 304, description = "Not changed since the answer with this `ETag`."),
        (status = 308, description = "The slug was renamed; `Location` is the current address."),
    )
)]
#[get("/v1/components/{id}", guard = "super::names_a_record")]
pub async fn get(
    app: web::Data<App>,
    who: Who,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    records::get::<Component>(&app, &who.0, &request, &id, &params.given()).await
}

/// Find similar components
///
/// Published components that share services, tags, standards, themes or organisations with this one, the most alike
/// first. What is rare counts more than what is common.
#[utoipa::path(
    tag = "components",
    operation_id = "similarComponents",
    params(
        ("id" = String, Path, description = "Id or slug of the component.", min_length = 1, max_length = 100, example = "fit-connect"),
        ("limit" = Option<i32>, Query, description = "How many components at the most.", minimum = 1, maximum = 50, example = 5),
    ),
    responses((status = 200, description = "Similar components.", body = Similar))
)]
#[get("/v1/components/{id}/similar")]
pub async fn similar(
    app: web::Data<App>,
    who: Who,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let ([limit], mut faults) = params.take(["limit"]);
    let limit = params::number("limit", limit, 10, limits::SIMILAR, &mut faults);
    faults.or_ok(()).map_err(Problem::parameters)?;
    records::similar::<Component>(&app, &who.0, &id, limit).await
}
