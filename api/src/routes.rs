//! The table of contents: every address of the service.
#![allow(
    unreachable_pub,
    reason = "the macros of routes nest the handlers where nobody reaches them"
)]

pub mod answers;
pub mod changelog;
pub mod changes;
pub mod components;
pub mod docs;
pub mod events;
pub mod health;
pub mod index;
pub mod jwks;
pub mod me;
pub mod organisations;
pub mod problems;
pub mod revisions;
pub mod schemas;
pub mod token;
pub mod vocabularies;

use actix_web::guard::GuardContext;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::offer::Offer;
use domain::relation::Relation;
use domain::values::Slug;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{Problem, ProblemType};
use crate::related;

/// Adds every documented operation. Fixed words come before `{id}`, which would take them for ids.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(index::index)
        .service(docs::openapi_json)
        .service(docs::openapi_yaml)
        .service(health::live)
        .service(health::ready)
        .service(health::status)
        .service(components::list)
        .service(components::search)
        .service(components::suggest)
        .service(answers::find)
        .service(answers::compare)
        .service(answers::relations)
        .service(answers::impact)
        .service(answers::eligibility)
        .service(answers::cost_share)
        .service(answers::dossier)
        .service(answers::coverage)
        .service(answers::statistics)
        .service(components::create)
        .service(components::batch)
        .service(components::get)
        .service(components::put)
        .service(components::patch)
        .service(components::delete)
        .service(components::similar)
        .service(revisions::list_of_component)
        .service(revisions::get_of_component)
        .service(revisions::diff_of_component)
        .service(changes::list)
        .service(changes::create)
        .service(changes::get)
        .service(changes::patch)
        .service(changes::put_state)
        .service(changes::preview)
        .service(changes::comment)
        .service(organisations::list)
        .service(organisations::create)
        .service(organisations::get)
        .service(organisations::put)
        .service(organisations::patch)
        .service(organisations::delete)
        .service(revisions::list_of_organisation)
        .service(revisions::get_of_organisation)
        .service(revisions::diff_of_organisation)
        .service(related::routes::<Adoption>())
        .service(related::routes::<Offer>())
        .service(related::routes::<Attestation>())
        .service(related::routes::<Relation>())
        .service(events::list)
        .service(me::get)
        .service(token::create)
        .service(jwks::get)
        .service(vocabularies::list)
        .service(vocabularies::get)
        .service(schemas::list)
        .service(schemas::get)
        .service(problems::list)
        .service(problems::get)
        .service(changelog::get);
}

/// Words that addresses of their own begin with are no record's name.
fn names_a_record(context: &GuardContext<'_>) -> bool {
    let last = context.head().uri.path().rsplit('/').next().unwrap_or_default();
    !Slug::RESERVED.contains(&last)
}

/// Answers what no operation answers: OPTIONS, and 405 with `Allow`, where the address exists; else 404.
///
/// # Errors
/// To everything but OPTIONS.
pub async fn fallback(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let methods = crate::openapi::methods_at(request.path());
    if methods.is_empty() {
        return Err(Problem::not_found());
    }
    let allowed = methods.join(", ");
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent()
            .insert_header((header::ALLOW, allowed))
            .finish());
    }
    let problem = Problem::new(ProblemType::MethodNotAllowed).detail(format!(
        "`{}` is not known here; use one of: {allowed}.",
        request.method()
    ));
    Err(match HeaderValue::from_str(&allowed) {
        Ok(value) => problem.header(header::ALLOW, value),
        Err(_) => problem,
    })
}
