//! The log of all changes, for those who keep a copy or want to hear of news.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::auth::{Known, Who};
use crate::conventions::{self, EVENTS};
use crate::feed::{self, Ask, EventList, Form};
use crate::params::Params;
use crate::problem::Problem;
use crate::state::App;

/// Read the log
///
/// Everything that happened to records, in commit order and without gaps, as CloudEvents 1.0. Everybody sees the events
/// of public records, without any personal data; a token adds those of its organisation, and the scope `audit:read` who
/// wrote, in which request and why.
///
/// **A copy that stays level.** Read a list and keep its `asOf`; then ask here for the events `after` it, apply them, and
/// go on with the `after` of each answer. Nothing is missed and nothing comes twice. Where `data.after` is absent, remove
/// the record: it was withdrawn or purged, or is not public any more. What is not public today is not shown in its
/// earlier events either.
///
/// **Forms.** `application/json` is a page; `wait` lets it wait for news. `application/x-ndjson` is everything up to now,
/// one event on each line, in portions; where that fails midway the connection is broken off without the end that HTTP
/// prescribes, and `Link` names where to go on afterwards. `text/event-stream` goes on for as long as the reader stays (an
/// hour at the most, and not longer than its token): `id` is the place in the log, `event` the type, `data` the event.
/// Every 15 seconds a message without data tells the place, too, so that `Last-Event-ID` moves on over what is filtered
/// out. An instance keeps 1000 streams at once.
#[utoipa::path(
    tag = "events",
    operation_id = "listEvents",
    params(
        ("after" = Option<i64>, Query, description = "Events after this one: an `asOf`, an `after`, or the `id` of an event.", minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 315),
        ("before" = Option<i64>, Query, description = "Events before this one. Not for streams.", minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 300),
        ("limit" = Option<i32>, Query, description = "Events of a page, 100 without it; 0 answers only `asOf`. Only for pages.", minimum = 0, maximum = 1000, example = 5),
        ("order" = Option<String>, Query, description = "`asc` without it; with `desc` the newest come first. Not for streams.", max_length = 4, pattern = "^(asc|desc)$", example = "desc"),
        ("type" = Option<String>, Query, description = "What happened: `created`, `updated`, `published`, `withdrawn`, `purged`; several with commas between.", max_length = 100, example = "created,published"),
        ("noun" = Option<String>, Query, description = "About what: `component`, `organisation`, `change`; several with commas between.", max_length = 100, example = "component"),
        ("subject" = Option<String>, Query, description = "About this record: its id, its slug or an earlier one. A slug is looked for among components, then organisations, then changes, or among those of `noun`. Nothing is found of a record that is not there.", min_length = 1, max_length = 100, example = "fit-connect"),
        ("organisation" = Option<String>, Query, description = "About records that belong to one of these organisations, or concern it: ids or slugs with commas between, 20 at the most. Earlier slugs count, too.", min_length = 1, max_length = 2100, example = "dataport"),
        ("from" = Option<String>, Query, description = "At this moment or later; a day means its beginning.", max_length = 40, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}", example = "2026-01-01"),
        ("to" = Option<String>, Query, description = "At this moment or before; a day means its end. Not for streams.", max_length = 40, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}", example = "2026-12-31T23:59:59Z"),
        ("wait" = Option<i32>, Query, description = "Seconds to wait where there are no events yet; the answer comes with the first one. Only for pages.", minimum = 0, maximum = 30, example = 1),
        ("Last-Event-ID" = Option<i64>, Header, description = "The last `id` that a stream told before it ended; counts instead of `after`.", minimum = 0, maximum = 9_007_199_254_740_991_i64),
    ),
    responses(
        (status = 200, description = "Events.", content(
            (EventList = "application/json"),
            (String = "application/x-ndjson"),
            (String = "text/event-stream"),
        )),
        (status = 304, description = "Nothing changed since the page with this `ETag`."),
    )
)]
#[get("/v1/events")]
pub async fn list(
    app: web::Data<App>,
    who: Who,
    known: Option<Known>,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Problem> {
    let form = match conventions::preferred(request.headers().get(header::ACCEPT), EVENTS.0) {
        Some("application/x-ndjson") => Form::Lines,
        Some("text/event-stream") => Form::Stream,
        _ => Form::Page,
    };
    let last_seen = request.headers().get("last-event-id");
    let last_seen = last_seen.map(|value| value.to_str().unwrap_or("?"));
    let ask = Ask::parse(&params, form, last_seen)?;
    let expires_at = known.map(|known| known.expires_at());
    match form {
        Form::Page => feed::list(&app, &who.0, &request, ask).await,
        Form::Lines => feed::lines(&app, who.0, &request, ask, expires_at).await,
        Form::Stream => feed::stream(&app, who.0, &request, ask, expires_at).await,
    }
}
