//! The body of an answer, with what lasts as long as it does.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::Bytes;

use super::connection::Watch;
use super::pace::Incoming;

/// Keeps a connection from losing patience while a request is worked on.
pub(super) struct Busy {
    watch: Option<Rc<Watch>>,
    incoming: Option<Incoming>,
}

impl Busy {
    pub(super) fn begin(watch: Option<Rc<Watch>>, incoming: Option<Incoming>) -> Self {
        if let Some(watch) = &watch {
            watch.begin();
        }
        Self { watch, incoming }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            watch.end(self.incoming.as_ref().is_some_and(|body| !body.has_ended()));
        }
    }
}

/// An answer that is being sent.
pub(super) struct Held {
    body: BoxBody,
    _busy: Busy,
}

impl Held {
    pub(super) fn new(body: BoxBody, busy: Busy) -> Self {
        Self { body, _busy: busy }
    }
}

impl MessageBody for Held {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
