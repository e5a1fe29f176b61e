//! One connection, between the socket and the HTTP of the framework: no peer can keep it for nothing.
//!
//! The framework times the head of the first request only, and neither later ones nor the writing of answers; and it
//! refuses what it cannot read with an empty answer. Both are mended here, where the bytes pass.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::http::StatusCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::head::Head;
use super::timer::Timer;

/// How long a refused client may go on sending before the connection is closed: closed at once, it might lose the answer.
const LINGER: Duration = Duration::from_secs(1);
/// Longer answers than this are never the framework's own.
const BARE: usize = 256;

/// How long a connection waits for its peer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the whole head of the next request, since the last answer.
    pub(super) idle: Duration,
    /// For the peer to take any part of an answer.
    pub(super) stall: Duration,
}

/// What requests and their connection tell each other.
#[derive(Debug)]
pub(super) struct Watch {
    is_busy: Cell<bool>,
    /// Since when there is no request.
    idle_since: Cell<Instant>,
    /// How many requests there were.
    requests: Cell<u64>,
    /// Whether what comes in now is the rest of a body that nobody reads.
    is_rest: Cell<bool>,
}

impl Watch {
    fn new() -> Self {
        Self {
            is_busy: Cell::new(false),
            idle_since: Cell::new(Instant::now()),
            requests: Cell::new(0),
            is_rest: Cell::new(false),
        }
    }

    /// A request was read and is being answered.
    pub(super) fn begin(&self) {
        self.is_busy.set(true);
        self.is_rest.set(false);
        self.requests.set(self.requests.get().wrapping_add(1));
    }

    /// Its answer was handed over.
    pub(super) fn end(&self, is_rest: bool) {
        self.is_busy.set(false);
        self.is_rest.set(is_rest);
        self.idle_since.set(Instant::now());
    }
}

/// Makes the whole answer, with its head, to what cannot be read as a request.
pub(super) type Refuse = Rc<dyn Fn(StatusCode) -> Vec<u8>>;

/// A socket that loses patience. `seat` is what goes with the connection when it ends.
pub(super) struct Guarded<T, P> {
    io: T,
    patience: Patience,
    watch: Rc<Watch>,
    refuse: Refuse,
    head: Head,
    heads_of: u64,
    reading: Timer,
    writing: Timer,
    /// Since when the peer takes nothing.
    stalled: Option<Instant>,
    /// An answer of our own, and how much of it is written.
    own: Option<(Vec<u8>, usize)>,
    /// Until when a refused peer is listened to, without heed.
    lingering: Option<Instant>,
    _seat: P,
}

impl<T, P> Guarded<T, P> {
    pub(super) fn new(io: T, patience: Patience, refuse: Refuse, seat: P) -> Self {
        Self {
            io,
            patience,
            watch: Rc::new(Watch::new()),
            refuse,
            head: Head::default(),
            heads_of: 0,
            reading: Timer::default(),
            writing: Timer::default(),
            stalled: None,
            own: None,
            lingering: None,
            _seat: seat,
        }
    }

    pub(super) fn watch(&self) -> Rc<Watch> {
        self.watch.clone()
    }

    /// Whether the head of a request grew too large with these bytes.
    fn is_too_large(&mut self, bytes: &[u8]) -> bool {
        if self.watch.is_busy.get() || self.watch.is_rest.get() {
            return false;
        }
        let requests = self.watch.requests.get();
        if requests != self.heads_of {
            self.heads_of = requests;
            self.head = Head::default();
        }
        self.head.add(bytes)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin, P> Guarded<T, P> {
    fn refuse_with(&mut self, status: StatusCode) {
        self.own = Some(((self.refuse)(status), 0));
        self.lingering = Some(Instant::now() + LINGER);
    }

    /// Writes, with an end to patience.
    fn write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.io).poll_write(context, bytes) {
            Poll::Pending => {
                let since = *self.stalled.get_or_insert_with(Instant::now);
                if self.writing.reached(since + self.patience.stall, context) {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
                Poll::Pending
            }
            written @ Poll::Ready(_) => {
                self.stalled = None;
                written
            }
        }
    }

    /// Writes what is left of an answer of our own.
    fn write_own(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((answer, mut done)) = self.own.take() {
            let Some(rest) = answer.get(done..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            match self.write(context, rest) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(written)) => {
                    done += written;
                    self.own = Some((answer, done));
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.own = Some((answer, done));
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Takes no heed of what a refused peer still sends, until it ends or the time is over.
    fn linger(&mut self, until: Instant, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Where it cannot be written, the end is near as well.
        let _ = self.write_own(context)?;
        let mut waste = [0; 8192];
        loop {
            let mut buffer = ReadBuf::new(&mut waste);
            match Pin::new(&mut self.io).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(())) if Instant::now() < until => {}
                Poll::Ready(result) => return Poll::Ready(result),
                Poll::Pending if self.reading.reached(until, context) => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// The status of an answer of the framework itself: a head without anything of ours in it, and no body.
fn bare_refusal(bytes: &[u8]) -> Option<StatusCode> {
    if bytes.len() > BARE || !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    match bytes.strip_prefix(b"HTTP/1.1 ")?.get(..3)? {
        b"400" => Some(StatusCode::BAD_REQUEST),
        b"408" => Some(StatusCode::REQUEST_TIMEOUT),
        b"431" => Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE),
        _ => None,
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin, P: Unpin> AsyncRead for Guarded<T, P> {
    /// A peer out of patience with is told and then, to the framework, one that has nothing more to say.
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(until) = this.lingering {
            return this.linger(until, context);
        }
        let before = buffer.filled().len();
        match Pin::new(&mut this.io).poll_read(context, buffer) {
            Poll::Ready(Ok(())) => {
                if this.is_too_large(buffer.filled().get(before..).unwrap_or_default()) {
                    buffer.set_filled(before);
                    this.refuse_with(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
                    return this.linger(Instant::now() + LINGER, context);
                }
                Poll::Ready(Ok(()))
            }
            Poll::Pending if !this.watch.is_busy.get() => {
                let end = this.watch.idle_since.get() + this.patience.idle;
                if !this.reading.reached(end, context) {
                    return Poll::Pending;
                }
                let has_begun = this.watch.requests.get() == this.heads_of && this.head.has_begun();
                if has_begun && !this.watch.is_rest.get() {
                    this.refuse_with(StatusCode::REQUEST_TIMEOUT);
                    return this.linger(Instant::now() + LINGER, context);
                }
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin, P: Unpin> AsyncWrite for Guarded<T, P> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.write_own(context))?;
        if let Some(status) = bare_refusal(bytes) {
            this.own = Some(((this.refuse)(status), 0));
            // What is not written now is written by the flush that follows.
            let _ = this.write_own(context)?;
            return Poll::Ready(Ok(bytes.len()));
        }
        this.write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.write_own(context))?;
        Pin::new(&mut this.io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.write_own(context))?;
        Pin::new(&mut this.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_frameworks_own_refusals_are_replaced() {
        let bare = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(bare_refusal(bare), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        assert_eq!(bare_refusal(b"HTTP/1.1 200 OK\r\n\r\n"), None);
        assert_eq!(bare_refusal(b"HTTP/1.1 400 Bad Request\r\n\r\n{}"), None);
        let ours = format!("HTTP/1.1 400 Bad Request\r\napi-version: {}\r\n\r\n", "x".repeat(BARE));
        assert_eq!(bare_refusal(ours.as_bytes()), None);
    }
}
