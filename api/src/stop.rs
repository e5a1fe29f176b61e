//! The system's wish that the service stops.

use actix_web::dev::ServerHandle;
use actix_web::web;
use verbundkatalog::state::App;

/// Signals to stop, caught from its making on: a service that said it is ready must not be killed by them.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Catches them.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn catch() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// The next one: whether requests in flight may be finished.
    async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => true,
            _ = self.quit.recv() => false,
        }
    }
}

/// Ctrl-C.
#[cfg(windows)]
#[derive(Debug)]
pub(crate) struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    /// Catches it.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) fn catch() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> bool {
        self.0.recv().await;
        true
    }
}

/// Waits for the signal, ends the streams of the feed, which would be waited for otherwise, and stops the server.
pub(crate) async fn on_signal(mut signals: Signals, app: web::Data<App>, server: ServerHandle) {
    let graceful = signals.next().await;
    tracing::info!(graceful, "told to stop");
    app.feed.close();
    let stopped = server.stop(graceful);
    tokio::select! {
        () = stopped => {}
        // Whoever is told a second time waits for nobody.
        _ = signals.next() => server.stop(false).await,
    }
}
