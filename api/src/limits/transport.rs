//! The way from a listener to the application: HTTP/1.1 over guarded connections.

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::rc::Rc;

use actix_http::error::DispatchError;
use actix_http::{HttpServiceBuilder, Request, Response};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{AppConfig, Server, ServiceResponse};
use actix_web::rt::net::TcpStream;
use actix_web::{Error, web};

use super::Options;
use super::connection::{Guarded, Patience};
use super::refusal;
use super::seats::{Seat, Seats};
use crate::server::ServerOptions;
use crate::state::App;

/// Connections that wait to be taken in.
const BACKLOG: u32 = 2048;
/// How long a connection that is to be closed is listened to, so that its peer can read the answer first.
const LINGER: std::time::Duration = std::time::Duration::from_secs(1);

/// Serves an application on a listener.
///
/// # Errors
/// If the listener cannot be used.
pub(crate) fn listen<F, I, S, B>(
    state: &web::Data<App>,
    listener: TcpListener,
    options: &ServerOptions,
    application: F,
) -> std::io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::InitError: Debug,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    let builder = Server::build()
        .workers(options.workers)
        // The program catches them, before the server's own first step would.
        .disable_signals()
        .backlog(BACKLOG)
        .max_concurrent_connections(options.connections)
        .shutdown_timeout(options.shutdown_timeout.as_secs());
    let stopping = builder.graceful_shutdown_signal();
    let limits: Options = options.limits.clone();
    let seats = Seats::new(limits.connections_per_address);
    let state = state.clone();
    let server = builder.listen("http", listener, move || {
        let stopping = stopping.clone();
        let http = HttpServiceBuilder::default()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(limits.keep_alive)
            .client_request_timeout(limits.head)
            .client_disconnect_timeout(LINGER)
            .tcp_nodelay(true)
            .on_connect_ext(|io: &Guarded<TcpStream, Seat>, extensions| {
                extensions.insert(io.watch());
            })
            .h1(map_config(
                application().into_factory().map_err(Into::<Response<BoxBody>>::into),
                |()| AppConfig::default(),
            ));
        let patience = Patience {
            idle: limits.keep_alive + limits.head,
            stall: limits.stall,
        };
        let (seats, state) = (seats.clone(), state.clone());
        fn_service(move |io: TcpStream| {
            let peer = io.peer_addr().ok();
            let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
            let admitted = seats.take(address).map(|seat| {
                let state = state.clone();
                let refuse = Rc::new(move |status| refusal::answer(&state, status));
                (Guarded::new(io, patience, refuse, seat), peer)
            });
            // Whoever has too many already gets no answer: to write one would hold the connection as well.
            std::future::ready(admitted.ok_or(DispatchError::DisconnectTimeout))
        })
        .and_then(http)
    })?;
    Ok(server.run())
}
