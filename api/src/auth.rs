//! Who asks: tokens of issuers that the settings name (RFC 6750, RFC 7519, RFC 8725). Why so: `docs/adr/0008-tokens.md`.

mod authenticator;
mod builtin;
mod cache;
mod claims;
mod extract;
mod fetch;
mod issuer;
mod jws;
mod keyfile;
mod keys;
pub mod scope;
mod secrets;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use domain::access::{Actor, Caller};
use domain::stored::Publication;
use domain::values::Slug;

pub use authenticator::Authenticator;
pub use builtin::{BuiltIn, Grant};
pub use claims::{ClaimMap, LEEWAY, Verified};
pub use extract::{Known, Right, Who};
pub use fetch::permitted;
pub use issuer::{KeysAt, Outside};
pub use jws::{ALGORITHMS, MAX_BYTES};
pub use secrets::{NewSecret, Secrets};

use crate::problem::Problem;
use crate::state::App;
use extract::Expiry;

/// The one address where `Authorization` carries the secret of a client instead of a token.
pub const TOKEN_PATH: &str = "/v1/token";

/// Why a token is not accepted; says nothing of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub &'static str);

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::invalid_token(refused.0)
    }
}

/// Finds out who asks, for every request. Who shows a token that is no good learns it everywhere, also where none is
/// needed: an answer for somebody else than one thinks to be is worse than none.
///
/// # Errors
/// Those of the service within.
pub async fn middleware(
    app: web::Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let has_header = request.headers().contains_key(header::AUTHORIZATION);
    if has_header && request.path() != TOKEN_PATH {
        match identify(&app, &request).await {
            Ok((caller, expiry)) => {
                let mut extensions = request.extensions_mut();
                extensions.insert(caller);
                extensions.insert(expiry);
            }
            Err(problem) => {
                let (request, _) = request.into_parts();
                return Ok(ServiceResponse::from_err(problem, request).map_into_boxed_body());
            }
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

async fn identify(app: &App, request: &ServiceRequest) -> Result<(Caller, Expiry), Problem> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let (Some(value), None) = (headers.next(), headers.next()) else {
        return Err(Problem::invalid_token(
            "the header `Authorization` is there more than once",
        ));
    };
    let token = value.to_str().ok().and_then(bearer);
    let token = token.ok_or_else(|| Problem::invalid_token("give it as `Authorization: Bearer …`"))?;
    let verified = app.auth.verify(token, &*app.clock).await?;
    Ok((caller(app, &verified.actor), Expiry(verified.expires_at)))
}

/// The token of a header; the scheme's name is read in any case (RFC 9110, section 11.1).
fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let is_token = !token.is_empty()
        && token
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (scheme.eq_ignore_ascii_case("bearer") && is_token).then_some(token)
}

/// The actor of a token with the organisations that it acts for. Looked up for each request: slugs and delegations
/// change while a token lives.
pub(crate) fn caller(app: &App, actor: &Actor) -> Caller {
    let view = app.view();
    // Nobody acts for an organisation that was withdrawn.
    let stands = |slug: &Slug| {
        let entry = view.organisations().get(slug.as_str());
        entry.is_some_and(|entry| entry.publication != Publication::Withdrawn)
    };
    let organisation = actor
        .organisation
        .as_deref()
        .and_then(|key| view.organisation_key(key))
        .filter(stands);
    let delegators = organisation
        .as_ref()
        .map(|slug| view.delegators(slug).to_vec())
        .unwrap_or_default();
    Caller {
        actor: Some(actor.clone()),
        organisation,
        delegators,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_read() {
        assert_eq!(bearer("Bearer a.b-c.d_e"), Some("a.b-c.d_e"));
        assert_eq!(bearer("bEARER x"), Some("x"));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer  x",
            "Bearer x y",
            "Basic x",
            "Bearerx",
            "Bearer x=",
            "Bearer x,y",
        ] {
            assert_eq!(bearer(wrong), None, "{wrong}");
        }
    }
}
