//! The store on SQLite or PostgreSQL, chosen by the URL when the program starts.
//!
//! One table holds every record of every noun: the written document as JSON text, and beside it the columns that are
//! guarded, sorted or looked up by. One table is the log. [`open`] gives a [`Database`], which is the domain's
//! [`Store`]; all writes go through [`Store::commit`].

#![allow(clippy::ref_option_ref, reason = "written by diesel::Insertable")]

mod address;
mod answer;
mod client;
mod commit;
mod db;
mod error;
mod event;
mod filter;
mod migrate;
mod record;
mod schema;
mod verify;
mod writer;

use std::time::Duration;

use domain::client::Client;
use domain::event::{Event, EventFilter, Origin, Sequence};
use domain::id::Id;
use domain::store::{Finding, KeptAnswer, Key, Record, Store, StoreError, Write};
use domain::values::{Revision, Slug, Timestamp};

use crate::address::Address;
use crate::db::Connections;

pub use crate::error::OpenError;
pub use crate::migrate::{migrate, pending, revert};

/// How a database is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Connections that read, at the most; one more writes.
    pub connections: u32,
    /// How long a call waits for a connection or for other writers, until the database counts as too busy.
    pub wait: Duration,
    /// How long opening one connection to PostgreSQL may take; at least two seconds.
    pub connect_timeout: Duration,
    /// How long one statement may take on PostgreSQL.
    pub statement_timeout: Duration,
    /// Whether missing migrations are run; otherwise the database is refused while it lacks one.
    pub migrate: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 8,
            wait: Duration::from_secs(3),
            connect_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(30),
            migrate: true,
        }
    }
}

/// An opened database.
pub struct Database {
    connections: Connections,
}

/// Opens the database of a URL: `sqlite://PATH`, `postgres://…` or `postgresql://…`.
///
/// # Errors
/// If the URL names no database, the database does not answer, or its schema is not that of this version.
pub fn open(url: &str, options: &Options) -> Result<Database, OpenError> {
    let address = Address::parse(url)?;
    let mut first = migrate::open_writer(&address, options)?;
    if options.migrate {
        migrate::run(&address, &mut first)?;
    } else {
        let names = migrate::check(&address, &mut first)?;
        if !names.is_empty() {
            let place = address.describe();
            return Err(OpenError::Behind { place, names });
        }
    }
    Ok(Database {
        connections: Connections::new(address, options.clone(), first),
    })
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({})", self.describe())
    }
}

impl Store for Database {
    fn commit_once(
        &self,
        writes: &[Write],
        origin: &Origin,
        now: Timestamp,
        answer: Option<&KeptAnswer>,
    ) -> Result<Sequence, StoreError> {
        if writes.is_empty() && answer.is_none() {
            return self.head();
        }
        commit::check(writes, origin, answer)?;
        self.connections
            .write(|c| commit::apply(c, writes, origin, now, answer))
    }

    fn kept_answer(&self, client: &str, key: &str) -> Result<Option<KeptAnswer>, StoreError> {
        self.connections
            .read(|c| answer::one(c, client, key))?
            .map(KeptAnswer::try_from)
            .transpose()
    }

    fn forget_answers(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.connections.write(|c| Ok(answer::forget(c, before)?))
    }

    fn head(&self) -> Result<Sequence, StoreError> {
        self.connections.read(event::head).map(Sequence)
    }

    fn records(&self, noun: &str, after: Option<Id>, limit: usize) -> Result<Vec<Record>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        whole(self.connections.read(|c| record::page(c, noun, &after, rows(limit)))?)
    }

    fn record(&self, noun: &str, key: &Key) -> Result<Option<Record>, StoreError> {
        self.connections
            .read(|c| record::one(c, noun, key))?
            .map(Record::try_from)
            .transpose()
    }

    fn records_by_id(&self, noun: &str, ids: &[Id]) -> Result<Vec<Record>, StoreError> {
        whole(self.connections.read(|c| record::by_id(c, noun, ids))?)
    }

    fn records_by_slug(&self, noun: &str, slugs: &[Slug]) -> Result<Vec<Record>, StoreError> {
        whole(self.connections.read(|c| record::by_slug(c, noun, slugs))?)
    }

    fn earlier_slugs(&self, noun: &str, id: Id) -> Result<Vec<Slug>, StoreError> {
        let texts = self.connections.read(|c| record::earlier_slugs(c, noun, id))?;
        let corrupt = |_| StoreError::Corrupt(format!("slugs, {noun} {id}: a slug is none"));
        texts.iter().map(|text| text.parse().map_err(corrupt)).collect()
    }

    fn events(&self, after: Sequence, limit: usize) -> Result<Vec<Event>, StoreError> {
        whole(self.connections.read(|c| event::page(c, after, rows(limit)))?)
    }

    fn events_where(&self, filter: &EventFilter, newest_first: bool, limit: usize) -> Result<Vec<Event>, StoreError> {
        whole(
            self.connections
                .read(|c| filter::page(c, filter, newest_first, limit))?,
        )
    }

    fn revisions(&self, noun: &str, wanted: &[(Id, Revision)]) -> Result<Vec<Event>, StoreError> {
        whole(self.connections.read(|c| filter::revisions(c, noun, wanted))?)
    }

    fn client(&self, id: &Slug) -> Result<Option<Client>, StoreError> {
        self.connections
            .read(|c| client::one(c, id.as_str()))?
            .map(Client::try_from)
            .transpose()
    }

    fn clients(&self) -> Result<Vec<Client>, StoreError> {
        whole(self.connections.read(client::all)?)
    }

    fn put_client(&self, client: &Client) -> Result<(), StoreError> {
        self.connections.write(|c| client::put(c, client))
    }

    fn remove_client(&self, id: &Slug) -> Result<bool, StoreError> {
        self.connections.write(|c| Ok(client::remove(c, id.as_str())?))
    }

    fn verify(&self) -> Result<Vec<Finding>, StoreError> {
        verify::run(&self.connections)
    }

    fn describe(&self) -> String {
        self.connections.address().describe()
    }
}

/// Every row as what it should be, or the first that is not.
fn whole<T: TryFrom<R, Error = StoreError>, R>(rows: Vec<R>) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(T::try_from).collect()
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
