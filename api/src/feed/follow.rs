//! The feed as a stream: all events line by line, or whatever comes for as long as the reader stays.
//!
//! A task reads the log and hands over one piece at a time; it reads on when the connection has taken the one before. So a
//! slow reader holds one piece in memory, and one that takes nothing for a minute is left.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{self, ContentEncoding, HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use domain::access::Caller;
use domain::event::{Event, EventFilter, Sequence};
use domain::organisation::Organisation;
use domain::stored::Document;
use domain::values::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio::time::Instant;

use super::ask::Ask;
use super::cloud_event::CloudEvent;
use super::names::Names;
use super::{Viewer, hub, page, read};
use crate::auth;
use crate::conventions::Head;
use crate::etag;
use crate::problem::{Problem, ProblemType};
use crate::records;
use crate::state::App;

/// Events read at once.
const PORTION: usize = 50;
/// How often a stream that has nothing to tell says where it is.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a reader may take for one piece.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a stream lasts; the reader then comes back, with a token that still holds.
const LIFETIME: Duration = Duration::from_hours(1);
/// Milliseconds after which a reader that lost its stream comes back.
const RETRY: u32 = 2000;
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What the task hands over.
enum Piece {
    Bytes(Bytes),
    /// All was said.
    End,
}

/// The body of a streamed answer.
struct Pieces {
    from: mpsc::Receiver<Piece>,
    /// Whether an end without [`Piece::End`] is one: the reader of a stream comes back anyway.
    may_break: bool,
}

impl Pieces {
    /// A body that ends at once, of as unknown a length as all of them.
    fn none() -> Self {
        Self {
            from: mpsc::channel(1).1,
            may_break: true,
        }
    }
}

/// The log could not be read to its end, so the answer must not look whole.
#[derive(Debug, thiserror::Error)]
#[error("the answer could not be read to its end")]
struct Broken;

impl MessageBody for Pieces {
    type Error = Broken;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Broken>>> {
        self.from.poll_recv(context).map(|piece| match piece {
            Some(Piece::Bytes(bytes)) => Some(Ok(bytes)),
            Some(Piece::End) => None,
            None if self.may_break => None,
            None => Some(Err(Broken)),
        })
    }
}

/// Reads the log for one reader.
struct Pump {
    app: web::Data<App>,
    caller: Caller,
    viewer: Arc<Viewer>,
    names: Names,
    ask: Ask,
    to: mpsc::Sender<Piece>,
    closing: watch::Receiver<bool>,
    /// When it ends, whatever is left to say.
    end: Instant,
    /// When the token of the caller expires.
    expires_at: Option<Timestamp>,
    _place: OwnedSemaphorePermit,
}

impl Pump {
    fn start(
        app: &web::Data<App>,
        caller: Caller,
        ask: Ask,
        expires_at: Option<Timestamp>,
    ) -> Result<(Self, mpsc::Receiver<Piece>), Problem> {
        let place = app.feed.enter().ok_or_else(|| {
            Problem::new(ProblemType::Unavailable)
                .detail("All places for streams are taken; come back later, or ask for pages.")
                .header(header::RETRY_AFTER, HeaderValue::from_static("30"))
        })?;
        let (to, from) = mpsc::channel(1);
        let pump = Self {
            closing: app.feed.closing(),
            app: app.clone(),
            viewer: Arc::new(Viewer::from(&caller)),
            names: Names::default(),
            caller,
            ask,
            to,
            end: Instant::now() + LIFETIME,
            expires_at,
            _place: place,
        };
        Ok((pump, from))
    }

    /// The next events that a filter lets through.
    async fn portion(&self, filter: &EventFilter) -> Result<Vec<CloudEvent>, Problem> {
        read::events(&self.app, &self.viewer, filter, self.ask.newest_first, PORTION).await
    }

    /// Whether the time is over for which it may go on.
    fn is_over(&self) -> bool {
        Instant::now() >= self.end || self.expires_at.is_some_and(|at| self.app.clock.now() >= at)
    }

    /// Hands a piece over; false where nobody takes it, or nobody may take it any more.
    async fn hand(&mut self, piece: Piece) -> bool {
        if self.is_over() {
            return false;
        }
        tokio::select! {
            handed = self.to.send(piece) => handed.is_ok(),
            () = hub::closed(&mut self.closing) => false,
            () = tokio::time::sleep(PATIENCE) => false,
            () = tokio::time::sleep_until(self.end) => false,
        }
    }

    /// The rest of the events from a portion on; answers whether they were all taken.
    async fn lines(&mut self, mut filter: EventFilter, mut events: Vec<CloudEvent>) -> Result<bool, Problem> {
        while let Some(last) = events.last().map(CloudEvent::place) {
            let mut text = Vec::new();
            for event in &events {
                // Memory takes everything, and an event is all JSON.
                let _ = serde_json::to_writer(&mut text, event);
                text.push(b'\n');
            }
            if !self.hand(Piece::Bytes(text.into())).await {
                return Ok(false);
            }
            if events.len() < PORTION {
                break;
            }
            if self.ask.newest_first {
                filter.until = Some(Sequence(last.0 - 1));
            } else {
                filter.after = last;
            }
            events = self.portion(&filter).await?;
        }
        Ok(true)
    }

    /// The events after a place as they come, until the reader goes, its token expires or the service stops. `known` is up
    /// to where the caller and the names were looked up.
    async fn stream(&mut self, mut known: Sequence) -> Result<(), Problem> {
        let mut head = self.app.feed.head();
        let mut beat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        let mut place = self.ask.after;
        if !self.hand(Piece::Bytes(format!("retry: {RETRY}\n\n").into())).await {
            return Ok(());
        }
        loop {
            head.mark_unchanged();
            let as_of = self.app.feed.level(self.app.view().as_of());
            self.look_again(known, as_of).await?;
            known = known.max(as_of);
            let mut filter = self.names.filter(&self.ask, as_of);
            while place < as_of {
                let events = match &mut filter {
                    Some(filter) => {
                        filter.after = place;
                        self.portion(filter).await?
                    }
                    None => Vec::new(),
                };
                let last = events.last().map(CloudEvent::place);
                place = last.filter(|_| events.len() == PORTION).unwrap_or(as_of);
                if !events.is_empty() && !self.hand(Piece::Bytes(messages(&events))).await {
                    return Ok(());
                }
            }
            tokio::select! {
                changed = head.changed() => if changed.is_err() { return Ok(()) },
                () = hub::closed(&mut self.closing) => return Ok(()),
                () = self.to.closed() => return Ok(()),
                _ = beat.tick() => if !self.hand(Piece::Bytes(heartbeat(place))).await { return Ok(()) },
            }
            if self.is_over() {
                return Ok(());
            }
        }
    }

    /// Looks up anew for whom the caller acts and what the names stand for, where these events may have changed it.
    async fn look_again(&mut self, after: Sequence, until: Sequence) -> Result<(), Problem> {
        let feed = &self.app.feed;
        let of_organisations = |event: &Event| event.noun == Organisation::NOUN;
        let mut changed = feed.may_have(after, until, |event| self.names.may_change(&self.ask, event));
        if let Some(actor) = &self.caller.actor
            && feed.may_have(after, until, of_organisations)
        {
            let caller = auth::caller(&self.app, actor);
            if caller != self.caller {
                self.viewer = Arc::new(Viewer::from(&caller));
                self.caller = caller;
                changed = true;
            }
        }
        if changed {
            self.names = Names::find(&self.app, &self.ask, &self.viewer, Some(&self.names)).await?;
        }
        Ok(())
    }
}

/// Whoever asks for the head alone would wait for the end of a body that has none.
fn is_head(request: &HttpRequest) -> bool {
    request.extensions().get::<Head>().is_some()
}

/// Events as messages of an event stream.
fn messages(events: &[CloudEvent]) -> Bytes {
    let mut text = Vec::new();
    for event in events {
        text.extend_from_slice(format!("id: {}\nevent: {}\ndata: ", event.id, event.event_type).as_bytes());
        // Memory takes everything, and an event is all JSON, on one line.
        let _ = serde_json::to_writer(&mut text, event);
        text.extend_from_slice(b"\n\n");
    }
    text.into()
}

/// A sign of life. The id without data is no message, but a reader remembers it: whoever sees few of the events does not
/// have to pass over the others again when it comes back.
fn heartbeat(place: Sequence) -> Bytes {
    format!(": as of {0}\nid: {0}\n\n", place.0).into()
}

/// Answers all events that are known now, one on each line. Where the log cannot be read to its end, the connection is
/// broken off, so that the answer does not look whole.
///
/// # Errors
/// If all places for streams are taken, or the database does not answer.
pub async fn lines(
    app: &web::Data<App>,
    caller: Caller,
    request: &HttpRequest,
    ask: Ask,
    expires_at: Option<Timestamp>,
) -> Result<HttpResponse, Problem> {
    let as_of = app.view().as_of();
    let tag = ask.tag(&Viewer::from(&caller), as_of);
    if etag::is_known(request, &tag) {
        return Ok(page::not_modified(&caller, &tag));
    }
    let base = app.limits.public_url.as_deref().unwrap_or_default();
    let mut response = HttpResponse::Ok();
    response
        .content_type("application/x-ndjson")
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, records::cache(&caller)));
    if !ask.newest_first && ask.before.is_none() {
        let next = ask.address(base, ask.after.max(as_of));
        response.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
    }
    let (mut pump, from) = Pump::start(app, caller, ask, expires_at)?;
    if is_head(request) {
        return Ok(response.body(Pieces::none()));
    }
    // What fails at the beginning can still be told.
    pump.names = Names::find(app, &pump.ask, &pump.viewer, None).await?;
    let filter = pump.names.filter(&pump.ask, as_of).unwrap_or_default();
    let first = match filter.until {
        Some(_) => pump.portion(&filter).await?,
        None => Vec::new(),
    };
    actix_web::rt::spawn(async move {
        match pump.lines(filter, first).await {
            Ok(true) => drop(pump.hand(Piece::End).await),
            Ok(false) => {}
            Err(problem) => tracing::warn!(%problem, "an answer was broken off"),
        }
    });
    Ok(response.body(Pieces { from, may_break: false }))
}

/// Answers events as they come.
///
/// # Errors
/// If all places for streams are taken, or the database does not answer.
pub async fn stream(
    app: &web::Data<App>,
    caller: Caller,
    request: &HttpRequest,
    ask: Ask,
    expires_at: Option<Timestamp>,
) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // A proxy that collects would keep the messages from the reader.
        .insert_header((X_ACCEL_BUFFERING, "no"))
        // Compression would wait for more to compress.
        .insert_header(ContentEncoding::Identity);
    let (mut pump, from) = Pump::start(app, caller, ask, expires_at)?;
    if is_head(request) {
        return Ok(response.body(Pieces::none()));
    }
    let known = app.feed.level(app.view().as_of());
    // Whatever the log told up to here is in it; what comes later is looked at event by event.
    if let Some(actor) = &pump.caller.actor {
        pump.caller = auth::caller(app, actor);
        pump.viewer = Arc::new(Viewer::from(&pump.caller));
    }
    pump.names = Names::find(app, &pump.ask, &pump.viewer, None).await?;
    actix_web::rt::spawn(async move {
        if let Err(problem) = pump.stream(known).await {
            tracing::warn!(%problem, "a stream of events ended early");
        }
    });
    Ok(response.body(Pieces { from, may_break: true }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::body::to_bytes;

    #[actix_web::test]
    async fn an_answer_that_was_not_read_to_its_end_does_not_look_whole() {
        for (ends, may_break, is_whole) in [(true, false, true), (false, false, false), (false, true, true)] {
            let (to, from) = mpsc::channel(2);
            assert!(to.send(Piece::Bytes(Bytes::from_static(b"{}\n"))).await.is_ok());
            if ends {
                assert!(to.send(Piece::End).await.is_ok());
            }
            drop(to);
            assert_eq!(to_bytes(Pieces { from, may_break }).await.is_ok(), is_whole);
        }
    }
}
