//! Answers to what the framework cannot read as a request.

use std::fmt::Write as _;
use std::time::{Duration, UNIX_EPOCH};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue, HttpDate};

use super::head::HEAD_BYTES;
use crate::conventions;
use crate::problem::{Problem, ProblemType};
use crate::request_id::X_REQUEST_ID;
use crate::state::App;

/// The whole answer as it goes over the wire.
pub(super) fn answer(app: &App, status: StatusCode) -> Vec<u8> {
    let problem = match status {
        StatusCode::REQUEST_TIMEOUT => Problem::new(ProblemType::RequestTimeout),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Problem::new(ProblemType::HeadTooLarge).detail(format!(
            "Keep the request line and all headers within {HEAD_BYTES} bytes and 96 headers."
        )),
        _ => Problem::new(ProblemType::BadRequest),
    };
    let id = app.ids.next().to_string();
    let body = serde_json::to_vec(&problem.body_for(&id)).unwrap_or_default();
    let mut headers = HeaderMap::new();
    conventions::common_headers(&mut headers, false);
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(X_REQUEST_ID, id);
    }
    let now = Duration::from_micros(u64::try_from(app.clock.now().micros()).unwrap_or_default());
    if let Ok(date) = HeaderValue::try_from(HttpDate::from(UNIX_EPOCH + now).to_string()) {
        headers.insert(header::DATE, date);
    }
    let mut head = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in &headers {
        // Writing to a string cannot fail; our own values are ASCII.
        let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    head.push_str("\r\n");
    [head.as_bytes(), &body].concat()
}
