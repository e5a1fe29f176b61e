//! The store on SQLite or PostgreSQL, chosen by the URL when the program starts.
//!
//! One table holds every record of every noun: the written document as JSON text, and beside it the columns that are
//! guarded, sorted or looked up by. One table is the log. [`open`] gives a [`Database`], which is the domain's
//! [`Store`]; all writes go through [`Store::commit`].

#![allow(clippy::ref_option_ref, reason = "written by diesel::Insertable")]

mod address;
mod commit;
mod db;
mod error;
mod event;
mod migrate;
mod record;
mod schema;
mod verify;

use std::time::Duration;

use domain::event::{Event, Origin, Sequence};
use domain::id::Id;
use domain::store::{Finding, Key, Record, Store, StoreError, Write};
use domain::values::{Slug, Timestamp};

use crate::address::Address;
use crate::db::Connections;

pub use crate::error::OpenError;
pub use crate::migrate::{migrate, pending, revert};

/// How a database is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Connections at the most: of PostgreSQL all of them, of SQLite those that read (it has one more that writes).
    pub connections: u32,
    /// How long a call waits for a connection, and on SQLite for the other writers, until the database counts as too
    /// busy.
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
    fn commit(&self, writes: &[Write], origin: &Origin, now: Timestamp) -> Result<Sequence, StoreError> {
        if writes.is_empty() {
            return self.head();
        }
        commit::check(writes, origin)?;
        self.connections.write(|c| commit::apply(c, writes, origin, now))
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

    fn events(&self, after: Sequence, limit: usize) -> Result<Vec<Event>, StoreError> {
        whole(self.connections.read(|c| event::page(c, after, rows(limit)))?)
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
