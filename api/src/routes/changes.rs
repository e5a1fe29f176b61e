//! Proposed changes and their review.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, get, patch, post, put, web};
use domain::access::{self, Caller, Scope};
use domain::change::{Amendment, Change, Comment, Proposal, Step};

use crate::auth::scope::ChangesWrite;
use crate::auth::{Right, Who};
use crate::body::JsonBody;
use crate::openapi::ChangeList;
use crate::params::Params;
use crate::problem::Problem;
use crate::records::{self, AskedBy, cache};
use crate::review::ChangeDetail;
use crate::state::App;
use crate::writes::{self, WriteOptions};

/// Somebody who may see changes: one of three scopes is enough.
#[derive(Debug)]
pub struct Reader(Caller);

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let scopes = [Scope::ChangesRead, Scope::ChangesWrite, Scope::ChangesApprove];
        ready(with_one_of(request, payload, &scopes).map(Self))
    }
}

/// Somebody who may take part in a review: proposes, or decides.
#[derive(Debug)]
pub struct Party(Caller);

impl FromRequest for Party {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(with_one_of(request, payload, &[Scope::ChangesWrite, Scope::ChangesApprove]).map(Self))
    }
}

fn with_one_of(request: &HttpRequest, payload: &mut Payload, scopes: &[Scope]) -> Result<Caller, Problem> {
    let Who(caller) = Who::from_request(request, payload).into_inner()?;
    access::may_read(&caller, scopes)?;
    Ok(caller)
}

/// List proposed changes
///
/// The changes that concern the caller's organisation, as the one that proposes them or that owns the record; with the
/// scope `changes:approve` all. The same query language as components.
#[utoipa::path(
    tag = "changes",
    operation_id = "listChanges",
    responses(
        (status = 200, description = "A page of changes.", body = ChangeList),
        (status = 304, description = "Nothing changed since the answer with this `ETag`."),
    ),
    security(("bearer" = ["changes:read"]), ("bearer" = ["changes:write"]), ("bearer" = ["changes:approve"]))
)]
#[get("/v1/changes")]
pub async fn list(
    app: web::Data<App>,
    reader: Reader,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    records::list::<Change>(&app, &reader.0, &request, &params.given(), AskedBy::Url).await
}

/// Propose a change
///
/// An edit of any record that the caller sees, or a new one, for others to review. It is held against the record at once:
/// what is wrong with it is told now. `state` may be `submitted` to have it reviewed without further steps.
#[utoipa::path(
    tag = "changes",
    operation_id = "proposeChange",
    request_body(content = Proposal, description = "The proposal."),
    responses(
        (status = 201, description = "The change as it was proposed.", body = ChangeDetail),
        (status = 200, description = "With `dryRun`: what would have been proposed.", body = crate::openapi::WritePreview),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body. `Location` names what was made."),
    ),
    security(("bearer" = ["changes:write"]))
)]
#[post("/v1/changes")]
pub async fn create(
    app: web::Data<App>,
    right: Right<ChangesWrite>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    let minimal = options.minimal;
    let answer = writes::blocking(&app, right.into(), options, move |desk| desk.propose(body.0)).await?;
    Ok(answer.respond(minimal))
}

/// Get a change
///
/// The change with what it would do, what is in its way, where it contradicts what others changed since, and the states
/// that this caller may put it in.
#[utoipa::path(
    tag = "changes",
    operation_id = "getChange",
    params(("id" = String, Path, description = "Id of the change.", min_length = 1, max_length = 100, example = "01980c2e-7a00-7000-8000-000000000001")),
    responses(
        (status = 200, description = "The change.", body = ChangeDetail),
    ),
    security(("bearer" = ["changes:read"]), ("bearer" = ["changes:write"]), ("bearer" = ["changes:approve"]))
)]
#[get("/v1/changes/{id}")]
pub async fn get(
    app: web::Data<App>,
    reader: Reader,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let (tag, detail) = writes::blocking(&app, reader.0, WriteOptions::of_read(), move |desk| {
        desk.show_change(&id)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        // The tag is the change's; what it would do changes with the record, too.
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(detail))
}

/// Amend a change
///
/// A new patch or note, while the change is `draft` or `returned`; or `baseRevision` alone, to base the change on the
/// record as it is now.
#[utoipa::path(
    tag = "changes",
    operation_id = "amendChange",
    params(("id" = String, Path, description = "Id of the change.", min_length = 1, max_length = 100, example = "01980c2e-7a00-7000-8000-000000000001")),
    request_body(content = Amendment, content_type = "application/merge-patch+json", description = "What to amend."),
    responses(
        (status = 200, description = "The change as it is now; with `dryRun`, as it would be.", body = crate::openapi::ChangeWritten),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body."),
    ),
    security(("bearer" = ["changes:write"]), ("bearer" = ["changes:approve"]))
)]
#[patch("/v1/changes/{id}")]
pub async fn patch(
    app: web::Data<App>,
    party: Party,
    id: web::Path<String>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    let minimal = options.minimal;
    let answer = writes::blocking(&app, party.0, options, move |desk| desk.amend(&id, body.0)).await?;
    Ok(answer.respond(minimal))
}

/// Put a change in another state
///
/// `draft → submitted → approved → published`, or `returned`, `rejected`, `withdrawn`; `allowedStates` of the change says
/// what this caller may do. Publishing writes the record in the same step, unless it lacks what readers must know,
/// probably stands in the catalogue already (`despiteDuplicates` says that it does not), or was changed since.
#[utoipa::path(
    tag = "changes",
    operation_id = "putChangeState",
    params(("id" = String, Path, description = "Id of the change.", min_length = 1, max_length = 100, example = "01980c2e-7a00-7000-8000-000000000001")),
    request_body(content = Step, description = "The state to put it in."),
    responses(
        (status = 200, description = "The change as it is now; with `dryRun`, as it would be.", body = crate::openapi::ChangeWritten),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body."),
    ),
    security(("bearer" = ["changes:write"]), ("bearer" = ["changes:approve"]))
)]
#[put("/v1/changes/{id}/state")]
pub async fn put_state(
    app: web::Data<App>,
    party: Party,
    id: web::Path<String>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    let minimal = options.minimal;
    let answer = writes::blocking(&app, party.0, options, move |desk| desk.step(&id, body.0)).await?;
    Ok(answer.respond(minimal))
}

/// Preview a change
///
/// The record as it would be if the change were published now.
#[utoipa::path(
    tag = "changes",
    operation_id = "previewChange",
    params(("id" = String, Path, description = "Id of the change.", min_length = 1, max_length = 100, example = "01980c2e-7a00-7000-8000-000000000001")),
    responses((status = 200, description = "The record.", body = crate::openapi::AnyRecord)),
    security(("bearer" = ["changes:read"]), ("bearer" = ["changes:write"]), ("bearer" = ["changes:approve"]))
)]
#[get("/v1/changes/{id}/preview")]
pub async fn preview(
    app: web::Data<App>,
    reader: Reader,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let private = cache(&reader.0);
    let record = writes::blocking(&app, reader.0, WriteOptions::of_read(), move |desk| {
        desk.preview_change(&id)
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, private))
        .json(record))
}

/// Comment on a change
///
/// What is said stays with the change. No revision is needed: comments do not contradict one another.
#[utoipa::path(
    tag = "changes",
    operation_id = "commentOnChange",
    params(("id" = String, Path, description = "Id of the change.", min_length = 1, max_length = 100, example = "01980c2e-7a00-7000-8000-000000000001")),
    request_body(content = Comment, description = "The comment."),
    responses(
        (status = 201, description = "The change with the comment.", body = ChangeDetail),
        (status = 200, description = "With `dryRun`: what would have been written.", body = crate::openapi::WritePreview),
        (status = 204, description = "Done; `Prefer: return=minimal` asked for no body."),
    ),
    security(("bearer" = ["changes:write"]), ("bearer" = ["changes:approve"]))
)]
#[post("/v1/changes/{id}/comments")]
pub async fn comment(
    app: web::Data<App>,
    party: Party,
    id: web::Path<String>,
    options: WriteOptions,
    body: JsonBody,
) -> Result<HttpResponse, Problem> {
    let minimal = options.minimal;
    let answer = writes::blocking(&app, party.0, options, move |desk| desk.comment(&id, body.0)).await?;
    Ok(answer.respond(minimal))
}
