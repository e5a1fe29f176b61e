//! What one client may take from the others: requests, connections, time, memory. Why so: `docs/adr/0009-limits.md`.

mod address;
mod connection;
mod head;
mod held;
mod pace;
mod rates;
mod refusal;
mod seats;
mod timer;
mod transport;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use domain::access::Caller;
use domain::limits;

pub use head::HEAD_BYTES;
pub use pace::Pace;
pub use rates::{POLICY, Quotas, STANDING};
pub(crate) use transport::listen;

use crate::auth::TOKEN_PATH;
use crate::conventions;
use crate::problem::{Problem, ProblemType};
use crate::request_id;
use crate::state::App;
use connection::Watch;
use held::{Busy, Held};
use pace::Incoming;
use rates::{Rates, Standing};

/// How the service keeps its clients from taking too much.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often they may ask.
    pub quotas: Quotas,
    /// The header in which a proxy tells the address of the client; without it, the address of the connection counts.
    pub client_address_header: Option<HeaderName>,
    /// Connections of one address at once; 0 stands for no limit.
    pub connections_per_address: usize,
    /// How long a client may take for the head of a request.
    pub head: Duration,
    /// How long a connection may be without a request.
    pub keep_alive: Duration,
    /// How fast a body must come.
    pub pace: Pace,
    /// How long a client may take nothing of its answer.
    pub stall: Duration,
    /// How long an answer may take to begin, without the time for the body of the request.
    pub answer: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            quotas: Quotas::NONE,
            client_address_header: None,
            connections_per_address: 0,
            head: Duration::from_secs(10),
            keep_alive: Duration::from_secs(15),
            pace: Pace::default(),
            stall: Duration::from_secs(30),
            answer: Duration::from_secs(30),
        }
    }
}

/// What all threads share.
#[derive(Debug)]
pub(crate) struct Shared {
    options: Options,
    rates: Rates,
}

impl Shared {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            rates: Rates::new(&options.quotas),
            options: options.clone(),
        }
    }
}

/// How the client of a request stands, told by the place that knows it to the one that answers.
#[derive(Clone, Default)]
struct Told(Rc<RefCell<Option<Standing>>>);

/// Seconds that the view may be behind the log before answers say so.
const FRESH: i64 = 2;

/// Holds every request to the limits.
///
/// # Errors
/// Those of the service within.
pub(crate) async fn middleware(
    app: web::Data<App>,
    shared: web::Data<Shared>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let incoming = incoming(&mut request, shared.options.pace);
    let busy = Busy::begin(request.conn_data::<Rc<Watch>>().cloned(), incoming.clone());
    let place = address::place(
        request.peer_addr(),
        shared.options.client_address_header.as_ref(),
        request.headers(),
    );
    let is_counted = request.path().starts_with("/v1");
    let has_token = request.headers().contains_key(header::AUTHORIZATION);
    let is_view = is_of_the_view(&request);
    let told = Told::default();
    *told.0.borrow_mut() = match request.path() {
        _ if !is_counted => None,
        TOKEN_PATH => shared.rates.token(place),
        _ if has_token => None,
        _ => shared.rates.anonymous(place),
    };
    let early = told.0.borrow().as_ref().and_then(Standing::problem);
    let refusal = early.or_else(|| refused(&request, incoming.as_ref()).err());
    let mut response = if let Some(problem) = refusal {
        let (request, _) = request.into_parts();
        ServiceResponse::from_err(problem, request).map_into_boxed_body()
    } else {
        request.extensions_mut().insert(told.clone());
        in_time(shared.options.answer, incoming.as_ref(), request, next)
            .await
            .map_err(|error| {
                conventions::with_headers(&error, |headers| {
                    if let Some(standing) = told.0.borrow().as_ref() {
                        standing.tell(headers);
                    }
                })
            })?
    };
    if is_counted && told.0.borrow().is_none() {
        // Nobody was found behind the token, or nobody looked.
        let standing = match response.status() {
            StatusCode::UNAUTHORIZED => shared.rates.invalid(place),
            _ if shared.options.quotas.client > 0 => shared.rates.anonymous(place),
            _ => None,
        };
        if let Some(problem) = standing.as_ref().and_then(Standing::problem) {
            let (request, _) = response.into_parts();
            response = ServiceResponse::from_err(problem, request).map_into_boxed_body();
        }
        *told.0.borrow_mut() = standing;
    }
    if let Some(standing) = told.0.borrow().as_ref() {
        standing.tell(response.headers_mut());
    }
    if is_view && matches!(response.status(), StatusCode::OK | StatusCode::NOT_MODIFIED) {
        let behind = (app.clock.now().micros() - app.level_at().micros()) / 1_000_000;
        if behind > FRESH {
            response.headers_mut().insert(header::AGE, HeaderValue::from(behind));
        }
    }
    Ok(response.map_body(|_, body| Held::new(body, busy)))
}

/// Counts the request of a client whose token is good.
///
/// # Errors
/// Those of the service within.
pub(crate) async fn of_client(
    shared: web::Data<Shared>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let standing = {
        let extensions = request.extensions();
        let actor = extensions.get::<Caller>().and_then(|caller| caller.actor.as_ref());
        let standing = actor.and_then(|actor| shared.rates.client(&actor.issuer, &actor.subject));
        if let (Some(standing), Some(told)) = (&standing, extensions.get::<Told>()) {
            *told.0.borrow_mut() = Some(standing.clone());
        }
        standing
    };
    if let Some(problem) = standing.as_ref().and_then(Standing::problem) {
        let (request, _) = request.into_parts();
        return Ok(ServiceResponse::from_err(problem, request).map_into_boxed_body());
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// The body of a request, if it has one, held to the pace from now on.
fn incoming(request: &mut ServiceRequest, pace: Pace) -> Option<Incoming> {
    let payload = request.take_payload();
    if matches!(payload, Payload::None) {
        return None;
    }
    let incoming = Incoming::new(payload, pace);
    request.set_payload(Payload::Stream {
        payload: Box::pin(incoming.clone()),
    });
    Some(incoming)
}

/// Bodies that nobody takes, before a byte of them is read.
fn refused(request: &ServiceRequest, body: Option<&Incoming>) -> Result<(), Problem> {
    if body.is_none() {
        return Ok(());
    }
    let headers = request.headers();
    // What is never inflated cannot burst.
    let is_coded = headers
        .get_all(header::CONTENT_ENCODING)
        .any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_coded {
        return Err(Problem::new(ProblemType::UnsupportedMediaType)
            .detail("Send the body without compression: no `Content-Encoding` is known here."));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok());
    if length.is_some_and(|text| text.parse::<u64>().map_or(true, |n| n > limits::BATCH_BYTES as u64)) {
        return Err(crate::body::too_large(limits::BATCH_BYTES));
    }
    Ok(())
}

/// Whether an answer comes from the view, which may be behind the log.
fn is_of_the_view(request: &ServiceRequest) -> bool {
    let is_read = request.method() == Method::GET || request.path() == "/v1/components/search";
    let nouns = ["/v1/components", "/v1/organisations", "/v1/changes", "/v1/status"];
    is_read && nouns.iter().any(|noun| request.path().starts_with(noun))
}

/// The answer, or 503 if there is none in time. What was begun then goes on to its end: a write is never torn.
async fn in_time(
    limit: Duration,
    body: Option<&Incoming>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let path = request.path().to_owned();
    let mut answer = Box::pin(next.call(request));
    loop {
        match tokio::time::timeout(limit, &mut answer).await {
            Ok(response) => return Ok(response?.map_into_boxed_body()),
            // The body has a time of its own.
            Err(_) if body.is_some_and(Incoming::is_awaited) => {}
            Err(_) => break,
        }
    }
    tracing::warn!(path, "no answer in time");
    actix_web::rt::spawn(request_id::scope(request_id::current(), async move {
        let _ = answer.await;
    }));
    // The request belongs to what goes on: there is none left to make an answer of the usual kind with.
    Err(Problem::new(ProblemType::Unavailable)
        .detail(
            "There was no answer in time. A write may have been carried out: look before you repeat it, or repeat it \
             with the same `Idempotency-Key`.",
        )
        .header(header::RETRY_AFTER, HeaderValue::from_static("5"))
        .into())
}
