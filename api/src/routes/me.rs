//! Who one is.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use domain::access::Scope;
use domain::id::Id;
use domain::values::{Slug, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Known;
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// An organisation that somebody acts for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActingFor {
    /// Its identifier.
    id: Id,
    /// Its slug.
    slug: Slug,
}

/// Who a token speaks of, and what it allows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// Who issued the token.
    #[schema(max_length = 500, example = "verbundkatalog")]
    issuer: String,
    /// The person or system, unique with the issuer.
    #[schema(max_length = 255, example = "command-line")]
    subject: String,
    /// The organisation that it acts for; absent where the token names none, or one that the catalogue does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<ActingFor>,
    /// Organisations that delegated their entries to that one.
    #[schema(max_items = 10_000)]
    delegators: Vec<Slug>,
    /// What the token allows; `admin` allows everything.
    #[schema(max_items = 20)]
    scopes: Vec<Scope>,
    /// When the token expires.
    expires_at: Timestamp,
}

/// Tell who one is
///
/// The person or system that the token speaks of, the organisation that it acts for, and what it allows.
#[utoipa::path(
    tag = "tokens",
    operation_id = "getMe",
    security(("bearer" = [])),
    responses((status = 200, description = "Who one is, and what one may.", body = Me))
)]
#[get("/v1/me")]
pub async fn get(app: web::Data<App>, known: Known, params: Params) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let caller = known.caller();
    let actor = caller.actor.as_ref().ok_or_else(Problem::unauthenticated)?;
    let organisation = caller.organisation.as_ref().and_then(|slug| {
        let id = app.view().organisations().get(slug.as_str())?.id;
        Some(ActingFor { id, slug: slug.clone() })
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Me {
            issuer: actor.issuer.clone(),
            subject: actor.subject.clone(),
            organisation,
            delegators: caller.delegators.clone(),
            scopes: actor.scopes.iter().collect(),
            expires_at: known.expires_at(),
        }))
}
