//! The id of a request: taken from the client or made, echoed, and named in every problem and log line.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::conventions;
use crate::state::App;

/// The header that carries it.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Longest id that is taken from a client, in characters.
const MAX: usize = 128;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being answered.
pub fn current() -> String {
    CURRENT.try_with(String::clone).unwrap_or_else(|_| "unknown".to_owned())
}

/// Carries on the work of a request under its id.
pub(crate) fn scope<F: Future>(id: String, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(id, work)
}

/// Ids that clients send are echoed, so only harmless characters are taken.
fn is_harmless(id: &str) -> bool {
    (1..=MAX).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'))
}

/// Gives each request its id.
///
/// # Errors
/// Those of the service within.
pub async fn middleware(
    app: web::Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let header = |name: &HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let given = header(&X_REQUEST_ID)
        .filter(|id| is_harmless(id))
        .map(ToOwned::to_owned);
    let trace = header(&TRACEPARENT)
        .filter(|t| t.len() == 55 && is_harmless(t))
        .map(ToOwned::to_owned);
    let id = given.unwrap_or_else(|| app.ids.next().to_string());
    let echoed = HeaderValue::from_str(&id);
    let echo = |headers: &mut HeaderMap| {
        if let Ok(value) = echoed {
            headers.insert(X_REQUEST_ID, value);
        }
        if let Some(Ok(trace)) = trace.map(|t| HeaderValue::from_str(&t)) {
            headers.insert(TRACEPARENT, trace);
        }
    };
    match CURRENT.scope(id, next.call(request)).await {
        Ok(mut response) => {
            echo(response.headers_mut());
            Ok(response)
        }
        Err(error) => Err(conventions::with_headers(&error, echo)),
    }
}
