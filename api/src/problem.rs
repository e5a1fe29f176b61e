//! Errors as clients see them: RFC 9457, one table of types.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use domain::access::Denial;
use domain::code_list::{CodeList, Label};
use domain::fault::Faults;
use domain::store::StoreError;
use domain::values::{Revision, Slug};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::request_id;

/// Every type of problem that the service answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below describes them")]
pub enum ProblemType {
    InvalidParameters,
    InvalidDocument,
    BadRequest,
    InvalidGrant,
    Unauthenticated,
    Forbidden,
    ReviewRequired,
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    RequestTimeout,
    Conflict,
    Withdrawn,
    PreconditionFailed,
    PayloadTooLarge,
    UriTooLong,
    HeadTooLarge,
    UnsupportedMediaType,
    KeyReused,
    PreconditionRequired,
    TooManyRequests,
    Internal,
    Unavailable,
}

impl ProblemType {
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::InvalidParameters,
        Self::InvalidDocument,
        Self::BadRequest,
        Self::InvalidGrant,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::ReviewRequired,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::RequestTimeout,
        Self::Conflict,
        Self::Withdrawn,
        Self::PreconditionFailed,
        Self::PayloadTooLarge,
        Self::UriTooLong,
        Self::HeadTooLarge,
        Self::UnsupportedMediaType,
        Self::KeyReused,
        Self::PreconditionRequired,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
    ];

    /// Status, slug of its page, title, and what to do about it. The one place where errors get their status.
    #[allow(clippy::too_many_lines, reason = "one table")]
    fn row(self) -> (StatusCode, &'static str, Label, Label) {
        let label = |de, en| Label { de, en };
        match self {
            Self::InvalidParameters => (
                StatusCode::BAD_REQUEST,
                "invalid-parameters",
                label("Ungültige Parameter", "Invalid parameters"),
                label(
                    "Ein oder mehrere Parameter sind unbekannt, falsch oder widersprechen sich; `errors` nennt alle zugleich.",
                    "One or more parameters are unknown, wrong or contradict each other; `errors` names all of them at once.",
                ),
            ),
            Self::InvalidDocument => (
                StatusCode::BAD_REQUEST,
                "invalid-document",
                label("Ungültiges Dokument", "Invalid document"),
                label(
                    "Der Rumpf der Anfrage ist fehlerhaft; `errors` nennt alle Fehler mit ihrem JSON-Pointer.",
                    "The body of the request is faulty; `errors` names every fault with its JSON pointer.",
                ),
            ),
            Self::BadRequest => (
                StatusCode::BAD_REQUEST,
                "bad-request",
                label("Fehlerhafte Anfrage", "Bad request"),
                label("Die Anfrage ist kein gültiges HTTP.", "The request is no valid HTTP."),
            ),
            Self::InvalidGrant => (
                StatusCode::BAD_REQUEST,
                "invalid-grant",
                label("Token nicht erteilt", "Token not granted"),
                label(
                    "Die Anfrage nach einem Token ist fehlerhaft; `error` nennt den Grund nach RFC 6749.",
                    "The request for a token is faulty; `error` names the reason after RFC 6749.",
                ),
            ),
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                label("Nicht angemeldet", "Not authenticated"),
                label(
                    "Hier wird ein gültiges Token gebraucht: `Authorization: Bearer …`. Ein ungültiges wird auch dort abgelehnt, wo keines nötig ist.",
                    "A valid token is needed here: `Authorization: Bearer …`. An invalid one is refused even where none is needed.",
                ),
            ),
            Self::Forbidden => (
                StatusCode::FORBIDDEN,
                "forbidden",
                label("Nicht erlaubt", "Forbidden"),
                label(
                    "Das Token erlaubt dies nicht; `detail` nennt, was fehlt.",
                    "The token does not allow this; `detail` names what is missing.",
                ),
            ),
            Self::ReviewRequired => (
                StatusCode::FORBIDDEN,
                "review-required",
                label("Prüfung nötig", "Review required"),
                label(
                    "Die Organisation lässt öffentliche Einträge nur über geprüfte Änderungen ändern; schlagen Sie die Änderung unter `POST /v1/changes` vor.",
                    "The organisation has public entries changed by approved changes only; propose the change with `POST /v1/changes`.",
                ),
            ),
            Self::Conflict => (
                StatusCode::CONFLICT,
                "conflict",
                label("Konflikt", "Conflict"),
                label(
                    "Der Zustand des Katalogs lässt dies nicht zu; `detail` und `errors` nennen, was im Weg steht.",
                    "The state of the catalogue does not allow this; `detail` and `errors` name what is in the way.",
                ),
            ),
            Self::PreconditionFailed => (
                StatusCode::PRECONDITION_FAILED,
                "precondition-failed",
                label("Inzwischen geändert", "Changed meanwhile"),
                label(
                    "Der Eintrag ist nicht in der erwarteten Fassung; `currentRevision` nennt die jetzige. Lesen Sie ihn neu und wiederholen Sie die Änderung.",
                    "The entry is not in the revision that was expected; `currentRevision` names the present one. Read it again and repeat the change.",
                ),
            ),
            Self::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                label("Schlüssel schon verwendet", "Idempotency key reused"),
                label(
                    "Dieser `Idempotency-Key` gehört zu einer anderen Anfrage; nehmen Sie einen neuen.",
                    "This `Idempotency-Key` belongs to another request; take a new one.",
                ),
            ),
            Self::PreconditionRequired => (
                StatusCode::PRECONDITION_REQUIRED,
                "precondition-required",
                label("Vorbedingung fehlt", "Precondition required"),
                label(
                    "Senden Sie `If-Match` mit dem `ETag` der Fassung, die Sie ändern, oder `If-None-Match: *`, um anzulegen.",
                    "Send `If-Match` with the `ETag` of the revision that you change, or `If-None-Match: *` to create.",
                ),
            ),
            Self::TooManyRequests => (
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-requests",
                label("Zu viele Anfragen", "Too many requests"),
                label(
                    "Das Kontingent ist aufgebraucht; `Retry-After` nennt, wann es weitergeht. Mit einem Token ist es größer.",
                    "The quota is used up; `Retry-After` says when to go on. It is larger with a token.",
                ),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "not-found",
                label("Nicht gefunden", "Not found"),
                label(
                    "Unter dieser Adresse gibt es nichts, oder nichts, was Sie sehen dürfen.",
                    "There is nothing at this address, or nothing that you may see.",
                ),
            ),
            Self::Withdrawn => (
                StatusCode::GONE,
                "withdrawn",
                label("Zurückgezogen", "Withdrawn"),
                label(
                    "Der Eintrag wurde zurückgezogen; `tombstone` nennt, was von ihm bleibt.",
                    "The entry was withdrawn; `tombstone` names what remains of it.",
                ),
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                label("Methode nicht erlaubt", "Method not allowed"),
                label(
                    "Diese Adresse kennt die Methode nicht; `Allow` nennt die bekannten.",
                    "This address does not know the method; `Allow` names those it knows.",
                ),
            ),
            Self::NotAcceptable => (
                StatusCode::NOT_ACCEPTABLE,
                "not-acceptable",
                label("Format nicht verfügbar", "Not acceptable"),
                label(
                    "Keines der unter `Accept` genannten Formate ist verfügbar; `available` nennt die verfügbaren.",
                    "None of the formats named in `Accept` is available; `available` names those that are.",
                ),
            ),
            Self::RequestTimeout => (
                StatusCode::REQUEST_TIMEOUT,
                "request-timeout",
                label("Zeitüberschreitung", "Request timeout"),
                label(
                    "Die Anfrage kam nicht rechtzeitig vollständig an.",
                    "The request did not arrive in time.",
                ),
            ),
            Self::PayloadTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload-too-large",
                label("Rumpf zu groß", "Payload too large"),
                label(
                    "Der Rumpf der Anfrage ist zu groß.",
                    "The body of the request is too large.",
                ),
            ),
            Self::UriTooLong => (
                StatusCode::URI_TOO_LONG,
                "uri-too-long",
                label("Adresse zu lang", "URI too long"),
                label(
                    "Pfad und Parameter sind zusammen zu lang; längere Anfragen nimmt `POST /v1/components/search`.",
                    "Path and parameters together are too long; `POST /v1/components/search` takes longer queries.",
                ),
            ),
            Self::HeadTooLarge => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "head-too-large",
                label("Kopf zu groß", "Request header fields too large"),
                label(
                    "Die Kopfzeilen der Anfrage sind zu viele oder zusammen zu lang.",
                    "The headers of the request are too many, or too long together.",
                ),
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                label("Medientyp nicht unterstützt", "Unsupported media type"),
                label(
                    "Der Rumpf muss `application/json` sein und ohne Kompression gesendet werden.",
                    "The body must be `application/json` and sent without compression.",
                ),
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                label("Interner Fehler", "Internal error"),
                label(
                    "Ein Fehler des Dienstes; die Kennung in `instance` hilft, ihn zu finden.",
                    "A fault of the service; the id in `instance` helps to find it.",
                ),
            ),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                label("Vorübergehend nicht verfügbar", "Temporarily unavailable"),
                label(
                    "Die Datenbank antwortet gerade nicht; `Retry-After` nennt, wann ein neuer Versuch lohnt.",
                    "The database does not answer at the moment; `Retry-After` says when to try again.",
                ),
            ),
        }
    }

    /// HTTP status.
    pub fn status(self) -> StatusCode {
        self.row().0
    }

    /// Slug of its page under `/v1/problems`.
    pub fn slug(self) -> &'static str {
        self.row().1
    }

    /// Stable machine-readable code: the slug with underscores.
    pub fn code(self) -> String {
        self.slug().replace('-', "_")
    }

    /// Its name.
    pub fn title(self) -> Label {
        self.row().2
    }

    /// What it means and what to do about it.
    pub fn meaning(self) -> Label {
        self.row().3
    }
}

/// One of the things that are wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemItem {
    /// JSON pointer (RFC 6901) to the faulty value of the body; empty for the body itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000, example = "/kind/0")]
    pub pointer: Option<String>,
    /// Name of the faulty parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8192, example = "kind")]
    pub parameter: Option<String>,
    /// Stable machine-readable code.
    #[schema(max_length = 60, pattern = "^[a-z][a-z0-9_]*$", example = "unknown_value")]
    pub code: String,
    /// What is wrong, and how to mend it.
    #[schema(max_length = 20000, example = "Unknown value `platfrom`. Did you mean `platform`?")]
    pub detail: String,
}

/// An error, after RFC 9457.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(title = "Problem")]
pub struct ProblemBody {
    /// Address of a page that explains this type of problem.
    #[serde(rename = "type")]
    #[schema(
        max_length = 200,
        format = "uri-reference",
        example = "/v1/problems/invalid-parameters"
    )]
    pub problem_type: String,
    /// What happened, in English.
    #[schema(max_length = 200, example = "Invalid parameters")]
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 400)]
    pub status: u16,
    /// Stable machine-readable code of the type.
    #[schema(max_length = 60, pattern = "^[a-z][a-z0-9_]*$", example = "invalid_parameters")]
    pub code: String,
    /// What happened this time.
    #[schema(
        max_length = 2000,
        example = "One or more parameters are unknown, wrong or contradict each other; `errors` names all of them at once."
    )]
    pub detail: String,
    /// The request that it happened in: `urn:request:` and the id that `X-Request-Id` echoes.
    #[schema(
        max_length = 200,
        format = "uri",
        example = "urn:request:01980c2e-7a00-7000-8000-000000000001"
    )]
    pub instance: String,
    /// All that is wrong with the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub errors: Vec<ProblemItem>,
    /// Further members that the type of problem describes.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: Map<String, Value>,
}

/// An error on its way to the client. Boxed, so that results stay small where all goes well.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    of: ProblemType,
    detail: Option<String>,
    errors: Vec<ProblemItem>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
    more: Map<String, Value>,
}

/// Errors that one problem names at the most.
const MAX_ERRORS: usize = 1000;
/// Characters of a pointer at the most.
const MAX_POINTER: usize = 1000;
/// Characters of what is said of one error, at the most.
const MAX_DETAIL: usize = 20_000;

fn clip(text: &mut String, characters: usize) {
    if text.len() > characters && text.chars().count() > characters {
        let end = text.char_indices().nth(characters - 1).map_or(0, |(end, _)| end);
        text.truncate(end);
        text.push('…');
    }
}

impl Problem {
    /// A problem of a type, with the type's own meaning as detail.
    pub fn new(problem_type: ProblemType) -> Self {
        Self(Box::new(Inner {
            of: problem_type,
            detail: None,
            errors: Vec::new(),
            headers: Vec::new(),
            more: Map::new(),
        }))
    }

    /// Clients choose what stands in places, and how much is wrong: no answer grows with that.
    fn with_errors(problem_type: ProblemType, errors: impl Iterator<Item = ProblemItem>) -> Self {
        let mut problem = Self::new(problem_type);
        problem.0.errors = errors.take(MAX_ERRORS).collect();
        for error in &mut problem.0.errors {
            clip(&mut error.detail, MAX_DETAIL);
            if let Some(pointer) = &mut error.pointer {
                clip(pointer, MAX_POINTER);
            }
        }
        problem
    }

    /// Nothing there, or nothing that the caller may see.
    pub fn not_found() -> Self {
        Self::new(ProblemType::NotFound)
    }

    /// The record is in another revision than was expected, or there is none.
    pub fn stale(current: Option<Revision>) -> Self {
        let problem = Self::new(ProblemType::PreconditionFailed);
        let Some(current) = current else {
            return problem.detail("There is no such record.");
        };
        let problem = problem.with("currentRevision", current.0);
        match HeaderValue::from_str(&format!("\"r{}\"", current.0)) {
            Ok(tag) => problem.header(header::ETAG, tag),
            Err(_) => problem,
        }
    }

    /// The record was to be made, and is there.
    pub fn there_already(current: Revision) -> Self {
        let detail = "The record is there already. To change it, read it and send its `ETag` in `If-Match`.";
        Self::stale(Some(current)).detail(detail)
    }

    /// A slug that is another record's, or once was.
    pub fn taken(slug: &Slug) -> Self {
        let detail = format!("`{slug}` belongs to another record, or once did; give another `slug`.");
        Self::new(ProblemType::Conflict)
            .detail("The slug or the id is taken.")
            .errors(vec![ProblemItem {
                pointer: Some("/slug".to_owned()),
                parameter: None,
                code: "taken".to_owned(),
                detail,
            }])
    }

    /// A token is needed (RFC 6750, section 3).
    pub fn unauthenticated() -> Self {
        Self::new(ProblemType::Unauthenticated).header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"verbundkatalog\""),
        )
    }

    /// A token that is no good; `why` tells nothing of what it holds.
    pub fn invalid_token(why: &str) -> Self {
        Self::new(ProblemType::Unauthenticated)
            .detail(format!("The token is not accepted: {why}."))
            .header(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"verbundkatalog\", error=\"invalid_token\""),
            )
    }

    /// Faults of parameters.
    pub fn parameters(faults: Faults) -> Self {
        let item = |f: domain::fault::Fault| ProblemItem {
            pointer: None,
            parameter: Some(f.pointer),
            code: f.code.to_owned(),
            detail: f.detail,
        };
        Self::with_errors(ProblemType::InvalidParameters, faults.into_iter().map(item))
    }

    /// Faults of a body.
    pub fn document(faults: Faults) -> Self {
        let item = |f: domain::fault::Fault| ProblemItem {
            pointer: Some(f.pointer),
            parameter: None,
            code: f.code.to_owned(),
            detail: f.detail,
        };
        Self::with_errors(ProblemType::InvalidDocument, faults.into_iter().map(item))
    }

    /// What happened this time, instead of the general meaning.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// A header that goes with it.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// A further member of the body.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(member.to_owned(), value.into());
        self
    }

    /// All that is wrong or in the way.
    #[must_use]
    pub fn errors(mut self, errors: Vec<ProblemItem>) -> Self {
        self.0.errors = errors;
        self
    }

    /// The same of a document that stands within another one.
    #[must_use]
    pub fn beneath(mut self, place: &str) -> Self {
        for error in &mut self.0.errors {
            if let Some(pointer) = &mut error.pointer {
                pointer.insert_str(0, place);
            }
        }
        self
    }

    /// Whether it is of a type.
    pub fn is(&self, problem_type: ProblemType) -> bool {
        self.0.of == problem_type
    }

    /// Whether another try may succeed, with nothing changed.
    pub fn is_unavailable(&self) -> bool {
        self.is(ProblemType::Unavailable) || self.is(ProblemType::Internal)
    }

    /// As a client sees it.
    pub fn body(&self) -> ProblemBody {
        self.body_for(&request_id::current())
    }

    /// As a client sees it, of a request that is not the current one of this thread.
    pub fn body_for(&self, request: &str) -> ProblemBody {
        ProblemBody {
            problem_type: format!("/v1/problems/{}", self.0.of.slug()),
            title: self.0.of.title().en.to_owned(),
            status: self.0.of.status().as_u16(),
            code: self.0.of.code(),
            detail: self
                .0
                .detail
                .clone()
                .unwrap_or_else(|| self.0.of.meaning().en.to_owned()),
            instance: format!("urn:request:{request}"),
            errors: self.0.errors.clone(),
            more: self.0.more.clone(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.detail.as_deref().unwrap_or(self.0.of.slug()))
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.of.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response
            .content_type("application/problem+json")
            .insert_header((header::CACHE_CONTROL, "no-store"));
        for (name, value) in &self.0.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        // Serialising strings and maps of strings cannot fail.
        response.body(serde_json::to_vec(&self.body()).unwrap_or_default())
    }
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Hidden => Self::not_found(),
            Denial::Anonymous => Self::unauthenticated(),
            Denial::Scope(scope) => {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", scope.code());
                let problem = Self::new(ProblemType::Forbidden)
                    .detail(format!("The token lacks the scope `{}`.", scope.code()))
                    .with("missingScope", scope.code());
                match HeaderValue::from_str(&challenge) {
                    Ok(value) => problem.header(header::WWW_AUTHENTICATE, value),
                    Err(_) => problem,
                }
            }
            Denial::Foreign => Self::new(ProblemType::Forbidden).detail(
                "The token acts for another organisation than the one whose say this is, and that has delegated nothing to \
                 it. Is `owner` what you mean? What belongs to others is changed by a proposal: `POST /v1/changes`.",
            ),
            Denial::Review => Self::new(ProblemType::ReviewRequired),
        }
    }
}

/// Seconds after which a client may try again when the database is away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(why) => {
                tracing::warn!(why, "the database is not available");
                Self::new(ProblemType::Unavailable).header(header::RETRY_AFTER, RETRY_AFTER)
            }
            StoreError::Stale { current, .. } => Self::stale(current),
            StoreError::Taken { .. } => Self::new(ProblemType::Conflict)
                .detail("A slug or an id belongs to another record, or once did; choose another one."),
            StoreError::Repeated => Self::new(ProblemType::Conflict)
                .detail("A request with this `Idempotency-Key` is being answered; ask again in a moment.")
                .header(header::RETRY_AFTER, HeaderValue::from_static("1")),
            error => {
                tracing::error!(%error, "the database refused");
                Self::new(ProblemType::Internal)
            }
        }
    }
}
