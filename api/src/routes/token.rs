//! Tokens for registered clients (OAuth 2.0, RFC 6749, section 4.4).

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, post, web};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::access::Scopes;
use domain::client::Client;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::store::Key;
use domain::stored::{Document, Publication};
use domain::values::{Slug, Timestamp};
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use crate::auth::Grant;
use crate::body::RawBody;
use crate::config::read_scopes;
use crate::params::Params;
use crate::problem::{Problem, ProblemType};
use crate::state::{App, db};

/// Seconds that a token is good for.
const LIFE: i64 = 3600;
const MICROS: i64 = 1_000_000;
/// Largest body, in bytes.
const MAX_BODY: usize = 16 * 1024;

/// What a client asks for, as a form.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "only its schema is used")]
pub struct TokenRequest {
    /// What the request rests on: always `client_credentials`.
    #[schema(max_length = 40, pattern = "^client_credentials$", example = "client_credentials")]
    grant_type: String,
    /// Scopes with spaces between them; all that the client may have, where it is absent.
    #[serde(default)]
    #[schema(max_length = 1000, example = "components:write")]
    scope: String,
    /// Name of the client, where it does not stand in `Authorization: Basic …`.
    #[serde(default)]
    #[schema(max_length = 100, example = "melder-dataport")]
    client_id: String,
    /// Secret of the client, where it does not stand in `Authorization: Basic …`.
    #[serde(default)]
    #[schema(max_length = 200, format = Password, example = "vks_…")]
    client_secret: String,
}

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    /// The token, for `Authorization: Bearer …`.
    #[schema(max_length = 16384, example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFUzI1NiJ9.e30.c2ln")]
    access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10, pattern = "^Bearer$", example = "Bearer")]
    token_type: &'static str,
    /// Seconds that it is good for.
    #[schema(minimum = 0, maximum = 3600, example = 3600)]
    expires_in: i64,
    /// What it allows.
    #[schema(max_length = 1000, example = "components:write")]
    scope: String,
}

/// Why there is no token, by its name in RFC 6749.
#[derive(Debug, Clone, Copy)]
enum Error {
    InvalidRequest,
    InvalidClient,
    UnauthorizedClient,
    UnsupportedGrantType,
    InvalidScope,
}

fn refuse(error: Error, description: &str) -> Problem {
    let (problem, code) = match error {
        Error::InvalidClient => (
            Problem::new(ProblemType::Unauthenticated).header(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"verbundkatalog\", charset=\"UTF-8\""),
            ),
            "invalid_client",
        ),
        Error::InvalidRequest => (Problem::new(ProblemType::InvalidGrant), "invalid_request"),
        Error::UnauthorizedClient => (Problem::new(ProblemType::InvalidGrant), "unauthorized_client"),
        Error::UnsupportedGrantType => (Problem::new(ProblemType::InvalidGrant), "unsupported_grant_type"),
        Error::InvalidScope => (Problem::new(ProblemType::InvalidGrant), "invalid_scope"),
    };
    problem
        .detail(description)
        .with("error", code)
        .with("error_description", description)
        .header(header::PRAGMA, HeaderValue::from_static("no-cache"))
}

/// Get a token
///
/// For registered systems: OAuth 2.0 client credentials (RFC 6749, section 4.4). The client names itself with
/// `Authorization: Basic …` or in the form, not in both. `scope` narrows what the token allows. The token is good for an
/// hour; another one can be had at any time.
#[utoipa::path(
    tag = "tokens",
    operation_id = "createToken",
    security(("client" = []), ()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded", description = "What the client asks for."),
    responses((status = 200, description = "The token.", body = TokenAnswer))
)]
#[post("/v1/token")]
pub async fn create(
    app: web::Data<App>,
    request: HttpRequest,
    params: Params,
    body: Result<RawBody<MAX_BODY>, Problem>,
) -> Result<HttpResponse, Problem> {
    let [] = params.only([])?;
    let own = app.auth.built_in().ok_or_else(|| {
        refuse(
            Error::UnauthorizedClient,
            "This service issues no tokens; get one from the issuer of your organisation.",
        )
    })?;
    let form = Form::read(&request, body)?;
    let (id, secret) = credentials(&request, &form)?;
    match form.grant_type.as_deref() {
        Some("client_credentials") => {}
        Some(_) => {
            return Err(refuse(
                Error::UnsupportedGrantType,
                "Only `client_credentials` is known here.",
            ));
        }
        None => {
            return Err(refuse(
                Error::InvalidRequest,
                "`grant_type` is missing; give `client_credentials`.",
            ));
        }
    }
    let now = app.clock.now();
    let (client, organisation) = authenticate(&app, id, secret, now).await?;
    let scopes = narrowed(client.scopes, form.scope.as_deref())?;
    let latest = now.micros().saturating_add(LIFE * MICROS);
    let expires_at = client.expires_at.map_or(latest, |end| end.micros().min(latest));
    let grant = Grant {
        subject: client.id.to_string(),
        client: Some(client.id.to_string()),
        organisation: Some(organisation.to_string()),
        scopes,
        issued_at: now,
        expires_at: Timestamp::from_micros(expires_at),
        token_id: app.ids.next(),
    };
    let access_token = own.sign(&grant).map_err(|why| {
        tracing::error!(why, "a token could not be signed");
        Problem::new(ProblemType::Internal)
    })?;
    tracing::info!(client = %client.id, %scopes, token = %grant.token_id, "a token was issued");
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .json(TokenAnswer {
            access_token,
            token_type: "Bearer",
            expires_in: (expires_at - now.micros()) / MICROS,
            scope: scopes.to_string(),
        }))
}

#[derive(Default)]
struct Form {
    grant_type: Option<String>,
    scope: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

impl Form {
    fn read(request: &HttpRequest, body: Result<RawBody<MAX_BODY>, Problem>) -> Result<Self, Problem> {
        let media_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
            || request.headers().contains_key(header::CONTENT_ENCODING)
        {
            return Err(Problem::new(ProblemType::UnsupportedMediaType)
                .detail("The body must be `application/x-www-form-urlencoded` and sent without compression."));
        }
        let RawBody(body) = body?;
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(&body) {
            let slot = match &*name {
                "grant_type" => &mut form.grant_type,
                "scope" => &mut form.scope,
                "client_id" => &mut form.client_id,
                "client_secret" => &mut form.client_secret,
                // Others are to be ignored (RFC 6749, section 3.2).
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(refuse(
                    Error::InvalidRequest,
                    "A parameter is given more than once; give it once.",
                ));
            }
        }
        Ok(form)
    }
}

/// Name and secret of the client, from one place only (RFC 6749, section 2.3).
fn credentials(request: &HttpRequest, form: &Form) -> Result<(String, String), Problem> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let in_header = match (headers.next(), headers.next()) {
        (None, _) => None,
        (Some(value), None) => Some(basic(value).ok_or_else(|| {
            refuse(
                Error::InvalidClient,
                "`Authorization` is no `Basic` with the name and the secret of a client.",
            )
        })?),
        (Some(_), Some(_)) => {
            return Err(refuse(
                Error::InvalidRequest,
                "`Authorization` is given more than once.",
            ));
        }
    };
    match (in_header, &form.client_id, &form.client_secret) {
        (Some(found), None, None) => Ok(found),
        // The name may be told twice, if it is the same.
        (Some(found), Some(id), None) if found.0 == *id => Ok(found),
        (Some(_), ..) => Err(refuse(
            Error::InvalidRequest,
            "The client names itself in the header and in the form; choose one.",
        )),
        (None, Some(id), Some(secret)) => Ok((id.clone(), secret.clone())),
        (None, ..) => Err(refuse(
            Error::InvalidClient,
            "Name and secret of the client are missing: give them as `Authorization: Basic …`, or as `client_id` and `client_secret`.",
        )),
    }
}

fn basic(value: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    // Both are encoded as in a form before they are joined (RFC 6749, section 2.3.1).
    let decode = |part: &str| {
        let pair = format!("x={}", part.replace('&', "%26"));
        form_urlencoded::parse(pair.as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    Some((decode(id)?, decode(secret)?))
}

/// The client, and the id of its organisation. Who is unknown, has the wrong secret or has expired learns no more than
/// that, and takes as long.
async fn authenticate(
    app: &web::Data<App>,
    id: String,
    secret: String,
    now: Timestamp,
) -> Result<(Client, Id), Problem> {
    let slug: Option<Slug> = id.parse().ok();
    let found = db(app, move |store| {
        let client = slug.map_or(Ok(None), |slug| store.client(&slug))?;
        let organisation = match &client {
            Some(client) => store.record(Organisation::NOUN, &Key::Slug(client.organisation.clone()))?,
            None => None,
        };
        Ok((client, organisation))
    })
    .await?;
    let (client, organisation) = found;
    let hash = client.as_ref().map(|client| client.secret_hash.clone());
    let is_right = app.auth.secrets.check(secret, hash).await.map_err(|_| {
        Problem::new(ProblemType::TooManyRequests)
            .detail("Too many clients ask for a token at the moment; try again in a second.")
            .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    })?;
    let client = client
        .filter(|client| is_right && client.expires_at.is_none_or(|end| now < end))
        .ok_or_else(|| {
            tracing::warn!("a client with a wrong name or secret, or an expired one, asked for a token");
            refuse(
                Error::InvalidClient,
                "The client is not known, its secret is another one, or its registration has ended.",
            )
        })?;
    let organisation = organisation
        .filter(|record| record.publication != Publication::Withdrawn)
        .ok_or_else(|| {
            refuse(
                Error::UnauthorizedClient,
                "The organisation of the client is no longer in the catalogue.",
            )
        })?;
    Ok((client, organisation.id))
}

/// What the token shall allow: all that the client may, or the part that it asks for.
fn narrowed(most: Scopes, wanted: Option<&str>) -> Result<Scopes, Problem> {
    let Some(wanted) = wanted.filter(|text| !text.is_empty()) else {
        return Ok(most);
    };
    let wanted = read_scopes(wanted).map_err(|why| refuse(Error::InvalidScope, &why))?;
    if wanted.both(most) == wanted {
        Ok(wanted)
    } else {
        Err(refuse(
            Error::InvalidScope,
            "The client may not have all of these scopes.",
        ))
    }
}
