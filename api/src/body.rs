//! JSON bodies: read within their limit, whatever the client says of their length.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use domain::json::parse_json;
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
        actix_web::http::StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(ProblemType::PayloadTooLarge).detail(format!("Send at most {} bytes.", limits::BODY_BYTES))
        }
        _ => Problem::new(ProblemType::BadRequest).detail("The body did not arrive whole."),
    }
}

/// Limits that the framework needs to know.
pub fn configure(config: &mut web::ServiceConfig) {
    config.app_data(web::PayloadConfig::new(limits::BODY_BYTES));
}
