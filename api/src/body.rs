//! JSON bodies: read within their limit, whatever the client says of their length.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use domain::json::{parse_json, parse_json_within};
use domain::limits;
use serde_json::Value;

use crate::problem::{Problem, ProblemType};

/// A JSON body of at most [`limits::BODY_BYTES`] bytes.
#[derive(Debug)]
pub struct JsonBody(pub Value);

impl FromRequest for JsonBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check(request);
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            checked?;
            let bytes = bytes.await.map_err(|error| refused(&error))?;
            parse_json(&bytes).map(Self).map_err(Problem::document)
        })
    }
}

/// A JSON body about many records, of at most [`limits::BATCH_BYTES`] bytes.
#[derive(Debug)]
pub struct LargeJsonBody(pub Value);

impl FromRequest for LargeJsonBody {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check(request);
        let payload = payload.take();
        Box::pin(async move {
            checked?;
            let bytes =
                actix_web::body::to_bytes_limited(actix_web::body::BodyStream::new(payload), limits::BATCH_BYTES).await;
            match bytes {
                Ok(Ok(bytes)) => parse_json_within(&bytes, limits::BATCH_BYTES)
                    .map(Self)
                    .map_err(Problem::document),
                Ok(Err(_)) => Err(not_whole()),
                Err(_) => Err(too_large(limits::BATCH_BYTES)),
            }
        })
    }
}

fn too_large(limit: usize) -> Problem {
    Problem::new(ProblemType::PayloadTooLarge).detail(format!("Send at most {limit} bytes."))
}

fn not_whole() -> Problem {
    Problem::new(ProblemType::BadRequest).detail("The body did not arrive whole.")
}

fn check(request: &HttpRequest) -> Result<(), Problem> {
    let essence = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let essence = essence
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_json = essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    if !is_json || request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::new(ProblemType::UnsupportedMediaType));
    }
    Ok(())
}

fn refused(error: &actix_web::Error) -> Problem {
    match error.as_response_error().status_code() {
        actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => too_large(limits::BODY_BYTES),
        _ => not_whole(),
    }
}

/// Limits that the framework needs to know.
pub fn configure(config: &mut web::ServiceConfig) {
    config.app_data(web::PayloadConfig::new(limits::BODY_BYTES));
}
