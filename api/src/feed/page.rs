//! The feed page by page, for readers that ask again and again.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::access::Caller;
use domain::event::{Event, Sequence};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::ask::Ask;
use super::cloud_event::CloudEvent;
use super::names::Names;
use super::{Viewer, hub, read};
use crate::etag;
use crate::problem::Problem;
use crate::records;
use crate::state::App;

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventList {
    /// The events, in commit order; with `order=desc` the newest first.
    #[schema(max_items = 1000)]
    pub items: Vec<CloudEvent>,
    /// What to give as `after` next time: up to here everything that the caller may see and asked for was answered. It
    /// moves on over events that are hidden or filtered out.
    pub after: Sequence,
    /// Address of the next page; null where there is nothing more to read now.
    #[schema(max_length = 20000, format = "uri-reference")]
    pub next: Option<String>,
    /// The last event that was known when the log was read.
    pub as_of: Sequence,
}

/// Answers a page; where it would be empty and the caller waits, as soon as there is something in it.
///
/// # Errors
/// If the database does not answer.
pub async fn list(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    ask: Ask,
) -> Result<HttpResponse, Problem> {
    let viewer = Arc::new(Viewer::from(caller));
    let deadline = Instant::now() + ask.wait;
    let (mut head, mut closing) = (app.feed.head(), app.feed.closing());
    head.mark_unchanged();
    let mut as_of = app.view().as_of();
    // Who knows this answer and does not wait for another one is spared the rest.
    let tag = ask.tag(&viewer, as_of);
    if ask.wait.is_zero() && etag::is_known(request, &tag) {
        return Ok(not_modified(caller, &tag));
    }
    let mut names = Names::default();
    let mut rest = ask.clone();
    let mut is_first = true;
    let items = loop {
        // Without an event that changes what the names stand for they are not looked up again.
        let is_news = ask.limit > 0 && rest.after < as_of;
        let may_change = |event: &Event| names.may_change(&ask, event);
        if is_news && (is_first || app.feed.may_have(rest.after, as_of, may_change)) {
            names = Names::find(app, &ask, &viewer, (!is_first).then_some(&names)).await?;
            is_first = false;
        }
        let items = page(app, &viewer, &names, &rest, as_of).await?;
        if !items.is_empty() || ask.limit == 0 {
            break items;
        }
        // Whatever there was up to here is not for this reader.
        rest.after = rest.after.max(as_of);
        tokio::select! {
            changed = head.changed() => if changed.is_err() { break items },
            () = hub::closed(&mut closing) => break items,
            () = tokio::time::sleep_until(deadline) => break items,
        }
        head.mark_unchanged();
        as_of = as_of.max(app.feed.level(as_of));
    };
    let tag = ask.tag(&viewer, as_of);
    if items.is_empty() && etag::is_known(request, &tag) {
        return Ok(not_modified(caller, &tag));
    }
    let list = answer(app, &ask, items, as_of);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, records::cache(caller)));
    if let Some(next) = &list.next {
        response.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
    }
    Ok(response.json(list))
}

async fn page(
    app: &web::Data<App>,
    viewer: &Arc<Viewer>,
    names: &Names,
    ask: &Ask,
    as_of: Sequence,
) -> Result<Vec<CloudEvent>, Problem> {
    if ask.limit == 0 || ask.after >= as_of {
        return Ok(Vec::new());
    }
    match names.filter(ask, as_of) {
        Some(filter) => read::events(app, viewer, &filter, ask.newest_first, ask.limit).await,
        None => Ok(Vec::new()),
    }
}

fn answer(app: &App, ask: &Ask, items: Vec<CloudEvent>, as_of: Sequence) -> EventList {
    let base = app.limits.public_url.as_deref().unwrap_or_default();
    let last = items.last().filter(|_| items.len() == ask.limit).map(CloudEvent::place);
    let level = ask.after.max(as_of);
    let after = match last {
        _ if ask.limit == 0 => ask.after,
        Some(last) if !ask.newest_first => last,
        // Events from `before` on were not asked for, and not answered.
        _ if !ask.newest_first && ask.before.is_some_and(|before| before <= level) => {
            ask.before.map_or(level, |before| ask.after.max(Sequence(before.0 - 1)))
        }
        _ => level,
    };
    // After the last event that is known there is nothing to read yet, and before the first one never will be.
    let more = last.filter(|last| {
        if ask.newest_first {
            last.0 > ask.after.0 + 1
        } else {
            *last < as_of
        }
    });
    EventList {
        after,
        next: more.map(|last| ask.address(base, last)),
        items,
        as_of,
    }
}

pub(super) fn not_modified(caller: &Caller, tag: &str) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header((header::ETAG, format!("\"{tag}\"")))
        .insert_header((header::CACHE_CONTROL, records::cache(caller)))
        .finish()
}
