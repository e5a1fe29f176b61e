//! Writing records of any noun: one protocol of rights, preconditions, dry runs, keys and the log.

mod answer;
mod desk;
mod keyed;
mod options;
mod prepare;
mod rename;
mod withdraw;

pub mod batch;
pub mod duplicates;

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use domain::access::{Caller, Scope};
use domain::component::Component;
use domain::fault::Faults;
use domain::id::Id;
use domain::organisation::{Organisation, ReviewPolicy};
use domain::related::Around;
use domain::stored::{Document, Written};
use domain::values::Slug;
use search::View;
use serde_json::Value;

pub use answer::{Affected, Preview, Warning, WrittenAnswer};
pub use desk::Desk;
pub(crate) use desk::{Found, document};
pub(crate) use keyed::{Kept, fingerprint};
pub use options::{Precondition, WriteOptions};
pub(crate) use prepare::Authority;
pub use prepare::{Edit, Prepared};

use crate::problem::Problem;
use crate::records::{Resource, address};
use crate::state::{self, App};

/// A noun whose records clients write.
pub trait Writable: Resource + Written {
    /// The scope that writing it needs.
    const SCOPE: Scope;

    /// Whether its owner can want changes of its public records reviewed.
    const REVIEWED: bool = true;

    /// The address of such a record, below the base.
    fn path(&self, slug: &Slug) -> String {
        format!("{}/{slug}", Self::PATH)
    }

    /// The component that such a record is about, where it is about one.
    fn about(&self) -> Option<&Slug> {
        None
    }

    /// The slug of such a record, where that follows from what it is about.
    ///
    /// # Errors
    /// If the store does not answer.
    fn fixed_slug(&self, _component: Id, _desk: &Desk<'_>) -> Result<Option<Slug>, Problem> {
        Ok(None)
    }

    /// Fills in what the catalogue knows by itself, and finds what does not fit the component or the record as it was.
    fn complete(&mut self, _before: Option<&Self>, _around: &Around<'_>) -> Faults {
        Faults::new()
    }

    /// What is wrong with a document as an edit of another one, or as a new one. Both are JSON, so that it is found also
    /// where the document cannot be read.
    fn edit_faults(_before: Option<&Value>, _after: &Value) -> Faults {
        Faults::new()
    }

    /// Adds what others must be told of an edit.
    ///
    /// # Errors
    /// If the store does not answer; what is in the way.
    fn tell(_desk: &Desk<'_>, _prepared: &mut Prepared) -> Result<(), Problem> {
        Ok(())
    }

    /// Whose words an edit changes, where several bodies have their words in a record: each with what it is to the record.
    fn words_of(_before: Option<&Self>, _after: &Self) -> Vec<(Option<Slug>, &'static str)> {
        Vec::new()
    }

    /// The organisation whose right it is to make such a record.
    fn maker<'a>(&'a self, slug: &'a Slug) -> Option<&'a Slug> {
        self.owner(slug)
    }

    /// How it wants changes of itself to come about, where that is not its owner's to say.
    fn review(&self) -> Option<ReviewPolicy> {
        None
    }

    /// Whether an edit changes what only an organisation itself decides.
    fn governs(&self, _after: &Self) -> bool {
        false
    }

    /// What its readers would miss or find twice.
    fn warnings(&self, _id: Id, _view: &View) -> Vec<Warning> {
        Vec::new()
    }
}

impl Writable for Component {
    const SCOPE: Scope = Scope::ComponentsWrite;

    fn edit_faults(before: Option<&Value>, after: &Value) -> Faults {
        domain::notice::end_faults(before, after)
    }

    fn tell(desk: &Desk<'_>, prepared: &mut Prepared) -> Result<(), Problem> {
        desk.tell_end(prepared)
    }

    fn warnings(&self, id: Id, view: &View) -> Vec<Warning> {
        let gaps = domain::publishing::gaps(self).into_iter().map(Warning::from);
        gaps.chain(duplicates::find(self, id, view).into_iter().map(Warning::from))
            .collect()
    }
}

impl Writable for Organisation {
    const SCOPE: Scope = Scope::OrganisationsWrite;

    /// Whoever keeps an organisation makes those below it.
    fn maker<'a>(&'a self, _: &'a Slug) -> Option<&'a Slug> {
        self.parent.as_ref()
    }

    fn review(&self) -> Option<ReviewPolicy> {
        Some(self.review.unwrap_or_default())
    }

    fn governs(&self, after: &Self) -> bool {
        self.delegates != after.delegates || self.review != after.review || self.parent != after.parent
    }
}

/// What a request wants written.
pub enum Order {
    /// `POST` on the list.
    Create(Value),
    /// `PUT`: make or replace.
    Put(Value),
    /// `PATCH`: merge.
    Patch(Value),
    /// `DELETE`: withdraw, or purge.
    Delete,
}

/// Carries out a write on a thread that may block, and answers it.
///
/// # Errors
/// Everything that is in the way.
pub async fn write<T: Writable>(
    app: &web::Data<App>,
    caller: Caller,
    options: WriteOptions,
    key: Option<String>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let minimal = options.minimal;
    let answer = blocking(app, caller, options, move |desk| {
        let key = key.unwrap_or_default();
        match order {
            Order::Create(document) => desk.create::<T>(document),
            Order::Put(document) => desk.put::<T>(&key, document),
            Order::Patch(patch) => desk.edit::<T>(&key, Edit::Patch(patch)),
            Order::Delete if desk.options.purge => desk.purge::<T>(&key),
            Order::Delete => desk.edit::<T>(&key, Edit::Withdraw),
        }
    })
    .await?;
    Ok(answer.respond(minimal))
}

/// Carries out many writes of a noun, and answers what became of each.
///
/// # Errors
/// What is in the way of all of them.
pub async fn write_batch<T: Writable>(
    app: &web::Data<App>,
    caller: Caller,
    options: WriteOptions,
    body: Value,
) -> Result<HttpResponse, Problem> {
    let answer = blocking(app, caller, options, move |desk| desk.batch::<T>(body)).await?;
    Ok(answer.respond(false))
}

/// Runs `work` at a desk on a thread that may block.
///
/// # Errors
/// Those of `work`.
pub async fn blocking<A: Send + 'static>(
    app: &web::Data<App>,
    caller: Caller,
    options: WriteOptions,
    work: impl FnOnce(&Desk<'_>) -> Result<A, Problem> + Send + 'static,
) -> Result<A, Problem> {
    let app: Arc<App> = app.clone().into_inner();
    state::blocking(move || {
        let desk = Desk {
            app: &app,
            caller: &caller,
            options: &options,
            now: app.clock.now(),
        };
        work(&desk)
    })
    .await
}

/// The document of a record as clients see and write it: with its slug and its state of publication.
pub(crate) fn written<T: Document>(record: &domain::store::Record) -> Value {
    use domain::code_list::CodeList;
    let document: Value = serde_json::from_str(&record.document).unwrap_or_default();
    let mut whole = serde_json::Map::new();
    whole.insert("slug".to_owned(), record.slug.as_str().into());
    if T::HAS_PUBLICATION {
        whole.insert("publication".to_owned(), record.publication.code().into());
    }
    if let Value::Object(members) = document {
        whole.extend(members);
    }
    Value::Object(whole)
}
