//! What holds for every answer: HEAD, lengths, formats, version, caching and security headers.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use domain::limits;

use crate::etag;
use crate::problem::{Problem, ProblemType};

/// Version of the API, in every answer; `CHANGELOG.md` and `/v1/changelog` tell what each version brought.
pub const API_VERSION: &str = env!("CARGO_PKG_VERSION");

const X_API_VERSION: HeaderName = HeaderName::from_static("api-version");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Nothing may be loaded or framed by an answer that is data.
const DATA_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// Swagger UI loads its own files and calls this service; its styles are partly inline.
const DOCS_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Marks a request that was a HEAD: its answer must end even where that of GET does not.
#[derive(Debug, Clone, Copy)]
pub struct Head;

/// Formats that an address answers in, the preferred one first; set by routes that answer in others than JSON.
#[derive(Debug, Clone, Copy)]
pub struct Formats(pub &'static [&'static str]);

/// Formats of the addresses under `/v1`.
const JSON: Formats = Formats(&["application/json"]);
/// Formats of the log.
pub const EVENTS: Formats = Formats(&["application/json", "application/x-ndjson", "text/event-stream"]);
/// Formats of JSON Schemas, which go by either name.
const SCHEMA: Formats = Formats(&["application/schema+json", "application/json"]);

/// Whether `Accept` admits one of the formats; an absent header admits all (RFC 9110, section 12.5.1).
pub fn admits(accept: Option<&HeaderValue>, formats: &[&str]) -> bool {
    preferred(accept, formats).is_some()
}

/// The format that `Accept` prefers; the first one where it has no preference.
pub fn preferred<'f>(accept: Option<&HeaderValue>, formats: &[&'f str]) -> Option<&'f str> {
    let Some(accept) = accept.and_then(|v| v.to_str().ok()).filter(|a| !a.trim().is_empty()) else {
        return formats.first().copied();
    };
    let quality = |format: &str| {
        let mut best: Option<(u8, f32)> = None;
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let q = parts
                .find_map(|p| p.strip_prefix("q="))
                .map_or(1.0, |q| q.parse().unwrap_or(0.0));
            let kind = format.split('/').next().unwrap_or_default();
            let specific = match name.as_str() {
                "*/*" | "*" => 1,
                n if n.strip_suffix("/*") == Some(kind) => 2,
                n if n == format => 3,
                _ => continue,
            };
            if best.is_none_or(|(s, _)| specific > s) {
                best = Some((specific, q));
            }
        }
        best.map_or(0.0, |(_, q)| q)
    };
    let mut found: Option<(&'f str, f32)> = None;
    for format in formats {
        let q = quality(format);
        if q > 0.0 && found.is_none_or(|(_, best)| q > best) {
            found = Some((format, q));
        }
    }
    found.map(|(format, _)| format)
}

fn refuse(request: &ServiceRequest) -> Result<(), Problem> {
    let uri = request.uri();
    let length = uri.path().len() + uri.query().map_or(0, |q| q.len() + 1);
    if length > limits::URL_BYTES {
        let detail = format!(
            "Path and parameters have {length} bytes; keep them within {}, or use `POST /v1/components/search`.",
            limits::URL_BYTES
        );
        return Err(Problem::new(ProblemType::UriTooLong).detail(detail));
    }
    if request.path().starts_with("/v1") {
        let accept = request.headers().get(header::ACCEPT);
        let formats = match request.path() {
            "/v1/events" => EVENTS,
            path if path.starts_with("/v1/schemas/") => SCHEMA,
            _ => JSON,
        };
        if !admits(accept, formats.0) && !admits(accept, &["application/problem+json"]) {
            return Err(Problem::new(ProblemType::NotAcceptable).with("available", formats.0));
        }
    }
    Ok(())
}

/// Refuses what no handler needs to see, and makes problems of the framework's own refusals.
///
/// # Errors
/// None: errors of the service within are answered here.
pub async fn refusals(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Err(problem) = refuse(&request) {
        let (request, _) = request.into_parts();
        return Ok(ServiceResponse::from_err(problem, request).map_into_boxed_body());
    }
    let response = next.call(request).await?.map_into_boxed_body();
    // The framework refuses with an empty or a plain body; those of handlers have their type.
    let is_ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t == "application/problem+json");
    let problem = match response.status() {
        _ if is_ours => return Ok(response),
        StatusCode::NOT_FOUND => Problem::not_found(),
        StatusCode::NOT_ACCEPTABLE => {
            Problem::new(ProblemType::NotAcceptable).detail("None of the codings in `Accept-Encoding` is available.")
        }
        status if status.is_client_error() => Problem::new(ProblemType::BadRequest),
        _ => return Ok(response),
    };
    let (request, _) = response.into_parts();
    Ok(ServiceResponse::from_err(problem, request).map_into_boxed_body())
}

/// Answers HEAD as GET is, and adds the headers of every answer.
///
/// # Errors
/// Those of the service within.
pub async fn middleware(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    // HEAD is answered as GET is; the connection then leaves the body out (RFC 9110, section 9.3.2).
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(Head);
    }
    let is_page = request.path().starts_with("/docs") || request.path() == "/";
    next.call(request)
        .await
        .map(|response| finish(response, is_page))
        .map_err(|error| with_headers(&error, |headers| common_headers(headers, is_page)))
}

fn finish<B>(mut response: ServiceResponse<B>, is_page: bool) -> ServiceResponse<B> {
    common_headers(response.headers_mut(), is_page);
    response
}

/// The same error, whose answer has further headers.
pub(crate) fn with_headers(error: &Error, add: impl FnOnce(&mut HeaderMap)) -> Error {
    let mut response = error.as_response_error().error_response();
    add(response.headers_mut());
    InternalError::from_response(error.to_string(), response).into()
}

/// Adds the headers of every answer.
pub(crate) fn common_headers(headers: &mut HeaderMap, is_page: bool) {
    headers.insert(X_API_VERSION, HeaderValue::from_static(API_VERSION));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        if is_page { DOCS_POLICY } else { DATA_POLICY },
    );
    headers.insert(CORP, HeaderValue::from_static("cross-origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.append(
        header::VARY,
        HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Authorization"),
    );
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
}

/// Marks the tag of a compressed answer: its bytes are others than those of the plain one.
///
/// # Errors
/// Those of the service within.
pub async fn coded_etags(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let mut response = next.call(request).await?;
    let header = |name: &HeaderName| response.headers().get(name).and_then(|v| v.to_str().ok());
    let coding = header(&header::CONTENT_ENCODING).filter(|c| *c != "identity");
    let tag = coding
        .zip(header(&header::ETAG))
        .and_then(|(coding, tag)| etag::coded(tag, coding));
    if let Some(Ok(tag)) = tag.map(|t| HeaderValue::from_str(&t)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_range_of_accept_decides() {
        let formats = ["application/json", "text/html"];
        let choose = |accept: &'static str| preferred(Some(&HeaderValue::from_static(accept)), &formats);
        assert_eq!(choose("*/*"), Some("application/json"));
        assert_eq!(choose("text/html,application/xhtml+xml,*/*;q=0.8"), Some("text/html"));
        assert_eq!(choose("application/json;q=0, */*"), Some("text/html"));
        assert_eq!(choose("text/turtle"), None);
        assert_eq!(preferred(None, &formats), Some("application/json"));
    }
}
