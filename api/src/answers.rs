//! Answers that no single record gives: their conventions, and what they need to know.

mod eligible;
mod needs;

pub use eligible::{eligibility, judge_candidates};
pub(crate) use needs::CANDIDATES;
pub use needs::{MatchBody, needs};

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use domain::access::{Caller, Sight};
use domain::component::Component;
use domain::event::Sequence;
use domain::id::Id;
use domain::stored::Stored;
use domain::values::Slug;
use search::{Hit, View};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::etag;
use crate::problem::{Problem, ProblemType};
use crate::records::{self, Current, Resource, cache};
use crate::state::{self, App};

/// An answer with the last event that it includes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered<'a, T> {
    #[serde(flatten)]
    answer: &'a T,
    as_of: Sequence,
}

/// Answers a question off the view, or that nothing changed since the client asked.
///
/// # Errors
/// Those of `answer`.
pub async fn answer<T: Serialize + Send + 'static>(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
    answer: impl FnOnce(&View, &Sight) -> Result<T, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let sight = caller.sight();
    let question = Question::new(request, &sight);
    // Whoever asks again gets to know at once that nothing changed.
    let tag = question.tag(&app.view());
    if let Some(unchanged) = unchanged(request, &tag, caller) {
        return Ok(unchanged);
    }
    let (answer, tag) = state::ask(app, move |view| {
        answer(view, &sight).map(|answer| (answer, question.tag(view)))
    })
    .await?;
    Ok(respond(&answer, &tag, caller))
}

/// That nothing changed since the client asked, where it did not.
pub(crate) fn unchanged(request: &HttpRequest, tag: &Tag, caller: &Caller) -> Option<HttpResponse> {
    etag::is_known(request, &tag.text).then(|| records::not_modified(&tag.text, caller))
}

/// The answer as HTTP.
pub(crate) fn respond<T: Serialize>(answer: &T, tag: &Tag, caller: &Caller) -> HttpResponse {
    let as_of = tag.as_of;
    HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{}\"", tag.text)))
        .insert_header((header::CACHE_CONTROL, cache(caller)))
        .json(Answered { answer, as_of })
}

/// What is asked, and for whose eyes.
pub(crate) struct Question(String);

impl Question {
    /// A request of someone who sees so much.
    pub(crate) fn new(request: &HttpRequest, sight: &Sight) -> Self {
        // Rules and formulas come with the program.
        Self(format!("{}{}|{sight:?}", request.uri(), env!("CARGO_PKG_VERSION")))
    }

    /// Tag of its answer: as of which event and day.
    pub(crate) fn tag(&self, view: &View) -> Tag {
        let as_of = view.as_of();
        let text = etag::of_answer(as_of, &format!("{}|{:?}", self.0, view.moment()));
        Tag { as_of, text }
    }
}

/// What tells one answer from another: the last event that it includes, and its entity tag.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    as_of: Sequence,
    text: String,
}

impl Tag {
    /// The same of an answer that depends on settings, too.
    pub(crate) fn with(mut self, settings: &impl std::fmt::Debug) -> Self {
        let digest = Sha256::digest(format!("{settings:?}"));
        self.text.push('-');
        self.text
            .push_str(&crate::hex::hex(digest.get(..4).unwrap_or_default()));
        self
    }
}

/// A component that the caller sees.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Identifier.
    pub id: Id,
    /// Human key.
    pub slug: Slug,
}

/// The component of a path, or the answer that leads to where it is now.
///
/// # Errors
/// Not found; withdrawn; the database, where an earlier slug must be looked up.
pub async fn component(
    app: &web::Data<App>,
    caller: &Caller,
    request: &HttpRequest,
) -> Result<Result<Seen, HttpResponse>, Problem> {
    let key = request.match_info().get("id").unwrap_or_default().to_owned();
    let found: Current = records::current::<Component>(app, caller, key.clone()).await?;
    if found.moved {
        return Ok(Err(records::elsewhere::<Component>(app, request, &key, &found.slug)));
    }
    let view = app.view();
    let entry = view.components().by_id(found.id).ok_or_else(Problem::not_found)?;
    if !entry.is_seen(&caller.sight()) {
        let tombstone = json!({ "id": entry.id, "slug": entry.slug, "revision": entry.revision });
        return Err(Problem::new(ProblemType::Withdrawn).with("tombstone", tombstone));
    }
    Ok(Ok(Seen {
        id: found.id,
        slug: found.slug,
    }))
}

/// The records of hits, read.
///
/// # Errors
/// If the store is needed and does not answer.
pub async fn read<T: Resource + DeserializeOwned>(
    app: &web::Data<App>,
    hits: &[Hit],
) -> Result<Vec<Stored<T>>, Problem> {
    let bodies = records::bodies::<T>(app, hits).await?;
    let read = bodies.iter().map(|body| serde_json::from_slice(body));
    read.collect::<Result<_, _>>().map_err(|error| {
        tracing::error!(%error, "a record of the view cannot be read");
        Problem::new(ProblemType::Internal)
    })
}

/// What must be read of a record.
pub(crate) fn hit(entry: &search::Entry) -> Hit {
    Hit {
        id: entry.id,
        body: entry.body.clone(),
        has_lapsed: entry.has_lapsed,
    }
}
