//! What a client says of a write besides its body.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::{FromRequest, HttpRequest};
use domain::fault::Faults;
use domain::limits;
use domain::values::{Line, Revision};
use percent_encoding::percent_decode;

use crate::params::Params;
use crate::problem::Problem;
use crate::request_id;

/// The header that carries a client's key.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header that carries the reason of a write.
const CHANGE_COMMENT: HeaderName = HeaderName::from_static("change-comment");
const PREFER: HeaderName = HeaderName::from_static("prefer");

/// What a client expects to find (RFC 9110, section 13.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// `If-Match` with tags: one of these revisions.
    OneOf(Vec<Revision>),
    /// `If-Match: *`: the record in any revision.
    Any,
    /// `If-None-Match: *`: no such record.
    Absent,
}

/// A write's headers and parameters.
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// Say what would happen, and change nothing.
    pub dry_run: bool,
    /// Remove the record with its history.
    pub purge: bool,
    /// What must be there.
    pub precondition: Option<Precondition>,
    /// The client's name for this request, so that it works once.
    pub key: Option<String>,
    /// Whether the client wants no body.
    pub minimal: bool,
    /// Why, for the log.
    pub comment: Option<String>,
    /// Id of the request, for the log.
    pub request_id: String,
    /// Method and address, which tell requests with one key apart.
    pub target: String,
}

impl FromRequest for WriteOptions {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(
            Params::from_request(request, payload)
                .into_inner()
                .and_then(|params| Self::read(request, &params)),
        )
    }
}

impl WriteOptions {
    fn read(request: &HttpRequest, params: &Params) -> Result<Self, Problem> {
        let ([dry_run, purge], mut faults) = if request.method() == Method::DELETE {
            params.take(["dryRun", "purge"])
        } else {
            let ([dry_run], faults) = params.take(["dryRun"]);
            ([dry_run, None], faults)
        };
        let dry_run = flag("dryRun", dry_run, &mut faults);
        let purge = flag("purge", purge, &mut faults);
        let precondition = precondition(request, &mut faults);
        let key = key(request, &mut faults);
        let is_post = request.method() == Method::POST;
        if is_post && precondition.is_some() {
            let detail = "Has no meaning on `POST`: what is made is not there yet.";
            faults.add("If-Match", "not_possible", detail);
        }
        if !is_post && key.is_some() {
            let detail = "Has no meaning here: with `If-Match` a request that is sent twice works once.";
            faults.add("Idempotency-Key", "not_possible", detail);
        }
        let comment = comment(request, &mut faults);
        let minimal = request
            .headers()
            .get_all(PREFER)
            .filter_map(|v| v.to_str().ok())
            .flat_map(|v| v.split(','))
            .any(|preference| preference.trim().eq_ignore_ascii_case("return=minimal"));
        let options = Self {
            dry_run,
            purge,
            precondition,
            key,
            minimal,
            comment,
            request_id: request_id::current(),
            target: format!("{} {}", request.method(), request.uri()),
        };
        faults.or_ok(options).map_err(Problem::parameters)
    }

    /// Of a request that writes nothing.
    pub fn of_read() -> Self {
        Self {
            dry_run: true,
            purge: false,
            precondition: None,
            key: None,
            minimal: false,
            comment: None,
            request_id: request_id::current(),
            target: String::new(),
        }
    }

    /// The same without a precondition and a key, for the parts of a larger request.
    #[must_use]
    pub fn part(&self, precondition: Option<Precondition>) -> Self {
        Self {
            precondition,
            key: None,
            ..self.clone()
        }
    }
}

fn flag(name: &str, text: Option<&str>, faults: &mut Faults) -> bool {
    match text {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            faults.add(name, "invalid_flag", "Give `true` or `false`.");
            false
        }
    }
}

fn precondition(request: &HttpRequest, faults: &mut Faults) -> Option<Precondition> {
    let mut texts = |name: HeaderName| -> Option<String> {
        let mut all: Vec<String> = Vec::new();
        for value in request.headers().get_all(&name) {
            match value.to_str() {
                Ok(text) => all.push(text.to_owned()),
                Err(_) => faults.add(name.as_str(), "invalid_header", "Holds other characters than ASCII."),
            }
        }
        (!all.is_empty()).then(|| all.join(","))
    };
    let (matching, none_matching) = (texts(header::IF_MATCH), texts(header::IF_NONE_MATCH));
    match (matching, none_matching) {
        (Some(_), Some(_)) => {
            let detail = "Contradicts `If-Match`: send one of them.";
            faults.add("If-None-Match", "contradiction", detail);
            None
        }
        (Some(text), None) if text.trim() == "*" => Some(Precondition::Any),
        (Some(text), None) => {
            check_tags(&text, request.method(), faults);
            Some(Precondition::OneOf(text.split(',').filter_map(revision).collect()))
        }
        (None, Some(text)) if text.trim() == "*" => Some(Precondition::Absent),
        (None, Some(_)) => {
            let detail = "Takes only `*` on a write: the record must not be there.";
            faults.add("If-None-Match", "invalid_header", detail);
            None
        }
        (None, None) => None,
    }
}

/// What is wrong with tags, and would be told as a change by somebody else otherwise.
fn check_tags(text: &str, method: &Method, faults: &mut Faults) {
    for tag in text.split(',').map(str::trim) {
        let inner = tag.strip_prefix("W/").unwrap_or(tag);
        let is_quoted = inner.len() >= 2 && inner.starts_with('"') && inner.ends_with('"');
        if !is_quoted {
            let detail = "Is no tag: write it as the `ETag` of the record stands, with its quotes: `\"r3\"`.";
            return faults.add("If-Match", "invalid_header", detail);
        }
        // Of a record that was read in part, or in one language, the rest would be lost.
        if *method == Method::PUT && inner.contains('-') {
            let detail = "Is the tag of an answer with `fields`, `lang` or `include`, which is not the record as it is \
                          written: what was left out would be removed. Read the record by itself, without these, or change \
                          it with PATCH.";
            return faults.add("If-Match", "partial_representation", detail);
        }
    }
}

/// The revision of a strong tag. What follows it tells the language, the members and the coding of the answer that it
/// came with; the revision is the same. Weak tags never match (RFC 9110, section 13.1.1).
fn revision(tag: &str) -> Option<Revision> {
    let inner = tag.trim().strip_prefix("\"r")?.strip_suffix('"')?;
    let digits = inner.split(['-', '+', '.']).next()?;
    digits.parse().ok().map(Revision)
}

fn key(request: &HttpRequest, faults: &mut Faults) -> Option<String> {
    let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
    let first = values.next()?;
    let text = first.to_str().unwrap_or_default();
    let is_fine = (1..=limits::KEY_CHARS).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7F).contains(&b));
    if !is_fine || values.next().is_some() {
        let detail = format!(
            "Give one key of 1 to {} printable ASCII characters, such as a UUID.",
            limits::KEY_CHARS
        );
        faults.add("Idempotency-Key", "invalid_header", detail);
    }
    Some(text.to_owned())
}

/// Not all clients can send other characters than ASCII in a header, so they may come percent-encoded.
fn comment(request: &HttpRequest, faults: &mut Faults) -> Option<String> {
    let value = request.headers().get(CHANGE_COMMENT)?;
    let text = percent_decode(value.as_bytes()).decode_utf8();
    let line = match &text {
        Ok(text) => text.parse::<Line<{ limits::COMMENT_CHARS }>>(),
        Err(_) => Err(domain::fault::Invalid::new("invalid_encoding", "Is no UTF-8.")),
    };
    match line {
        Ok(line) => Some(line.to_string()),
        Err(invalid) => {
            faults.push(invalid.at("Change-Comment"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(headers: &[(&'static str, &'static str)]) -> Result<WriteOptions, Problem> {
        let mut request = TestRequest::patch().uri("/v1/components/x");
        for header in headers {
            request = request.append_header(*header);
        }
        let request = request.to_http_request();
        WriteOptions::from_request(&request, &mut Payload::None).into_inner()
    }

    #[test]
    fn a_tag_names_its_revision_however_the_answer_was_shaped_or_coded() {
        let options = read(&[("if-match", "\"r3\", \"r4+gzip\",\"r5-de\", W/\"r6\", \"x\"")]).unwrap();
        let revisions = [3, 4, 5].map(Revision).to_vec();
        assert_eq!(options.precondition, Some(Precondition::OneOf(revisions)));
    }

    #[test]
    fn every_fault_of_the_headers_is_told_at_once() {
        let problem = read(&[
            ("if-match", "*"),
            ("if-none-match", "*"),
            ("idempotency-key", ""),
            ("change-comment", "%ff"),
        ])
        .unwrap_err();
        let places: Vec<String> = problem.body().errors.into_iter().filter_map(|e| e.parameter).collect();
        let expected = ["If-None-Match", "Idempotency-Key", "Idempotency-Key", "Change-Comment"];
        assert_eq!(places, expected);
    }

    #[test]
    fn a_comment_may_be_percent_encoded() {
        let options = read(&[("change-comment", "K%C3%BCndigung")]).unwrap();
        assert_eq!(options.comment.as_deref(), Some("Kündigung"));
    }
}
