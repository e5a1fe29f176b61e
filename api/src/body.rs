//! Bodies of requests: read within their limits, whatever the client says of their length.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpRequest};
use bytes::BytesMut;
use domain::json::{parse_json, parse_json_within};
use domain::limits;
use futures_core::Stream;
use serde_json::Value;

use crate::problem::{Problem, ProblemType};

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// Bytes of all bodies that are being read, at the most. Beyond, further ones are refused: many clients with bodies that
/// are allowed must not take more memory than one with a body that is not.
const ALL_BYTES: usize = 256 * 1024 * 1024;

/// A JSON body of at most [`limits::BODY_BYTES`] bytes.
#[derive(Debug)]
pub struct JsonBody(pub Value);

impl FromRequest for JsonBody {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check(request).and_then(|()| declared(request, limits::BODY_BYTES));
        let payload = payload.take();
        Box::pin(async move {
            checked?;
            let body = read(payload, limits::BODY_BYTES).await?;
            parse_json(&body.bytes).map(Self).map_err(Problem::document)
        })
    }
}

/// A JSON body about many records, of at most [`limits::BATCH_BYTES`] bytes.
#[derive(Debug)]
pub struct LargeJsonBody(pub Value);

impl FromRequest for LargeJsonBody {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let checked = check(request).and_then(|()| declared(request, limits::BATCH_BYTES));
        let payload = payload.take();
        Box::pin(async move {
            checked?;
            let body = read(payload, limits::BATCH_BYTES).await?;
            // So much is parsed where nobody else waits for it.
            let parsed = web::block(move || parse_json_within(&body.bytes, limits::BATCH_BYTES)).await;
            let parsed = parsed.map_err(|_| busy())?;
            parsed.map(Self).map_err(Problem::document)
        })
    }
}

/// A body of any other kind, of at most `LIMIT` bytes.
#[derive(Debug)]
pub struct RawBody<const LIMIT: usize>(pub Bytes);

impl<const LIMIT: usize> FromRequest for RawBody<LIMIT> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let declared = declared(request, LIMIT);
        let payload = payload.take();
        Box::pin(async move {
            declared?;
            let mut body = read(payload, LIMIT).await?;
            Ok(Self(body.bytes.split().freeze()))
        })
    }
}

/// The problem of a body beyond a limit.
pub(crate) fn too_large(limit: usize) -> Problem {
    Problem::new(ProblemType::PayloadTooLarge).detail(format!("Send at most {limit} bytes."))
}

fn busy() -> Problem {
    Problem::new(ProblemType::Unavailable)
        .detail("Too many bodies are being read at the moment; try again in a second.")
        .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
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
    if is_json {
        Ok(())
    } else {
        Err(Problem::new(ProblemType::UnsupportedMediaType))
    }
}

/// A length that is known to be too much is refused before a byte is read.
fn declared(request: &HttpRequest, limit: usize) -> Result<(), Problem> {
    let length = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    match length {
        Some(length) if length > limit => Err(too_large(limit)),
        _ => Ok(()),
    }
}

/// A body that counts among [`ALL_BYTES`] until it is dropped.
#[derive(Default)]
struct Body {
    bytes: BytesMut,
    counted: usize,
}

static COUNTED: AtomicUsize = AtomicUsize::new(0);

impl Body {
    fn add(&mut self, part: &[u8]) -> Result<(), Problem> {
        self.counted += part.len();
        if COUNTED.fetch_add(part.len(), Ordering::Relaxed) + part.len() > ALL_BYTES {
            return Err(busy());
        }
        self.bytes.extend_from_slice(part);
        Ok(())
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        COUNTED.fetch_sub(self.counted, Ordering::Relaxed);
    }
}

async fn read(mut payload: Payload, limit: usize) -> Result<Body, Problem> {
    let mut body = Body::default();
    while let Some(part) = poll_fn(|context| Pin::new(&mut payload).poll_next(context)).await {
        let part = part.map_err(|error| broken(&error))?;
        if body.bytes.len() + part.len() > limit {
            return Err(too_large(limit));
        }
        body.add(&part)?;
    }
    Ok(body)
}

fn broken(error: &PayloadError) -> Problem {
    match error {
        PayloadError::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            Problem::new(ProblemType::RequestTimeout).detail("The body came too slowly.")
        }
        _ => Problem::new(ProblemType::BadRequest).detail("The body did not arrive whole."),
    }
}

/// Limits that the framework needs to know.
pub fn configure(config: &mut web::ServiceConfig) {
    config.app_data(web::PayloadConfig::new(limits::BODY_BYTES));
}
