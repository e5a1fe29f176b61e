//! The HTTP server: what wraps every request, from the outside in.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{Error, web};
use utoipa_actix_web::AppExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::problem::Problem;
use crate::state::App;
use crate::{auth, body, conventions, limits, request_id, routes};

/// How the server behaves towards its clients.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Threads that answer requests.
    pub workers: usize,
    /// How long requests in flight may take after the signal to stop.
    pub shutdown_timeout: Duration,
    /// Connections at once, of each worker.
    pub connections: usize,
    /// What one client may take from the others.
    pub limits: limits::Options,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            shutdown_timeout: Duration::from_secs(10),
            connections: 10_000,
            limits: limits::Options::default(),
        }
    }
}

/// Browsers of any origin may read; nothing here depends on cookies.
fn cors() -> Cors {
    Cors::default()
        .allow_any_origin()
        .send_wildcard()
        .allow_any_method()
        .allow_any_header()
        .expose_headers([
            "ETag",
            "Link",
            "API-Version",
            "X-Request-Id",
            "Location",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "Age",
            "Content-Language",
            "Idempotency-Replayed",
            "Preference-Applied",
            "WWW-Authenticate",
        ])
        .max_age(3600)
}

async fn access_log(
    app: web::Data<App>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let begin = app.clock.now();
    // Paths hold slugs and ids; parameters may hold what people search for, and stay out of the log.
    let (method, path) = (request.method().clone(), request.path().to_owned());
    let response = next.call(request).await?;
    let micros = app.clock.now().micros() - begin.micros();
    let status = response.status().as_u16();
    tracing::debug!(%method, path, status, micros, request = request_id::current(), "answered");
    Ok(response)
}

/// Starts to serve on a listener that is bound already.
///
/// # Errors
/// If the listener cannot be used.
pub fn serve(app: web::Data<App>, listener: TcpListener, options: &ServerOptions) -> std::io::Result<Server> {
    let state = app.clone();
    let shared = web::Data::new(limits::Shared::new(&options.limits));
    limits::listen(&state, listener, options, move || {
        let docs = SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json").try_it_out_enabled(true));
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(shared.clone())
            .app_data(web::PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
            .configure(body::configure)
            .wrap(from_fn(limits::of_client))
            .wrap(from_fn(auth::middleware))
            .wrap(Compress::default())
            .wrap(from_fn(conventions::coded_etags))
            .wrap(from_fn(conventions::refusals))
            .wrap(cors())
            .wrap(from_fn(limits::middleware))
            .wrap(from_fn(conventions::middleware))
            .wrap(from_fn(access_log))
            .wrap(from_fn(request_id::middleware))
            .service(web::redirect("/docs", "/docs/"))
            .service(docs)
            .into_utoipa_app()
            .configure(routes::configure)
            .into_app()
            .default_service(web::to(routes::fallback))
    })
}

/// Binds an address.
///
/// # Errors
/// If it is taken or not this machine's.
pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}
