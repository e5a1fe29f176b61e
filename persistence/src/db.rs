//! Connections: one type over both databases, how each is set up, and the pools that lend them.

use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::pg::PgConnection;
use diesel::r2d2::R2D2Connection;
use diesel::result::{ConnectionError, ConnectionResult, QueryResult};
use diesel::sqlite::SqliteConnection;
use domain::store::StoreError;

use crate::Options;
use crate::address::{Address, with_parameters};
use crate::error::{Failure, OpenError};
use crate::writer::Writer;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub(crate) enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Runs one body with the connection of either database in its own type, for what [`Conn`] itself cannot do:
/// inserts of several rows, `ON CONFLICT`, `RETURNING` into rows.
macro_rules! on_each {
    ($connection:expr, $inner:ident => $body:expr) => {
        match $connection {
            $crate::db::Conn::Sqlite($inner) => $body,
            $crate::db::Conn::Postgres($inner) => $body,
        }
    };
}
pub(crate) use on_each;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Read,
    Write,
}

/// Opens a connection and sets it up.
pub(crate) fn connect(address: &Address, options: &Options, purpose: Purpose) -> ConnectionResult<Conn> {
    use diesel::Connection as _;
    // The variant is chosen by the scheme: trying one after the other would hide why the right one failed.
    match address {
        Address::Sqlite(path) => {
            let mut connection = SqliteConnection::establish(&file_name(path))?;
            connection
                .batch_execute(&pragmas(options.wait, purpose))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(Conn::Sqlite(connection))
        }
        Address::Postgres(url) => {
            let mut connection = PgConnection::establish(&with_parameters(url, options.connect_timeout))?;
            connection
                .batch_execute(&settings(options.statement_timeout, purpose))
                .map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(Conn::Postgres(connection))
        }
    }
}

/// A relative path that SQLite cannot take for a URI or for its database in memory.
fn file_name(path: &std::path::Path) -> String {
    let name = path.to_string_lossy();
    if path.is_absolute() {
        name.into_owned()
    } else {
        format!("./{name}")
    }
}

/// `busy_timeout` comes first: the change to WAL already needs a lock. Each commit is on disk when it is answered
/// (`synchronous = FULL`). Readers cannot write by mistake.
fn pragmas(wait: Duration, purpose: Purpose) -> String {
    let wait = wait.as_millis();
    let common = format!("PRAGMA busy_timeout = {wait}; PRAGMA foreign_keys = ON; PRAGMA cache_size = -4096;");
    match purpose {
        Purpose::Write => format!(
            "{common} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; \
             PRAGMA journal_size_limit = 67108864;"
        ),
        Purpose::Read => format!("{common} PRAGMA query_only = ON;"),
    }
}

/// Documents are compressed with LZ4 where the server can: its default took half of the time of an import.
fn settings(statement_timeout: Duration, purpose: Purpose) -> String {
    let timeout = statement_timeout.as_millis();
    // A plan that shall suit every value suits no rare one: filters of the log would read all of it.
    let purpose = match purpose {
        Purpose::Read => "SET default_transaction_read_only = on; SET plan_cache_mode = force_custom_plan",
        Purpose::Write => "SET default_transaction_read_only = off",
    };
    format!(
        "SET statement_timeout = {timeout}; {purpose}; SELECT set_config(name, 'lz4', false) FROM pg_settings \
         WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
    )
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// It writes.
    Write,
    /// It reads everything as it was at one moment.
    Snapshot,
}

/// Begins a transaction.
pub(crate) fn begin(connection: &mut Conn, begin: Begin) -> QueryResult<()> {
    // SQLite's lock is taken at once: a transaction that reads first and locks later fails when another one wrote.
    let sql = match (&connection, begin) {
        (Conn::Sqlite(_), Begin::Write) => "BEGIN IMMEDIATE",
        (Conn::Sqlite(_), Begin::Snapshot) => "BEGIN",
        (Conn::Postgres(_), Begin::Write) => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        (Conn::Postgres(_), Begin::Snapshot) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    on_each!(connection, c => AnsiTransactionManager::begin_transaction_sql(c, sql))
}

/// Runs `work` in a transaction: all of it, or nothing.
pub(crate) fn transaction<T>(
    connection: &mut Conn,
    kind: Begin,
    work: impl FnOnce(&mut Conn) -> Result<T, Failure>,
) -> Result<T, Failure> {
    begin(connection, kind)?;
    match work(connection) {
        Ok(value) => {
            on_each!(connection, c => AnsiTransactionManager::commit_transaction(c))?;
            Ok(value)
        }
        Err(failure) => {
            // What went wrong first is what matters; a connection that cannot roll back is broken and not used again.
            if let Err(error) = on_each!(connection, c => AnsiTransactionManager::rollback_transaction(c)) {
                tracing::debug!(%error, "a transaction could not be rolled back");
            }
            Err(failure)
        }
    }
}

/// Whether a connection must not be used again.
pub(crate) fn is_broken(connection: &mut Conn) -> bool {
    std::thread::panicking() || on_each!(connection, c => c.is_broken())
}

/// Whether a connection outside of a transaction lost its server. It is asked, as Diesel hands on no code of the error,
/// and its text may be in any language.
pub(crate) fn is_gone(connection: &mut Conn) -> bool {
    match connection {
        Conn::Sqlite(_) => false,
        Conn::Postgres(c) => c.ping().is_err(),
    }
}

/// Opens the connections of a pool.
struct Manager {
    address: Address,
    options: Options,
}

impl r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        connect(&self.address, &self.options, Purpose::Read).map_err(diesel::r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, connection: &mut Conn) -> Result<(), Self::Error> {
        on_each!(connection, c => c.ping()).map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, connection: &mut Conn) -> bool {
        is_broken(connection)
    }
}

/// Tells the log why a connection of the pool failed, but not for each of the many tries of an outage.
struct Report {
    address: Address,
    said: parking_lot::Mutex<Option<Instant>>,
}

/// How often the log is told the same.
const SAY_AGAIN: Duration = Duration::from_secs(30);

impl std::fmt::Debug for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.address.describe())
    }
}

impl r2d2::HandleError<diesel::r2d2::Error> for Report {
    fn handle_error(&self, error: diesel::r2d2::Error) {
        let mut said = self.said.lock();
        if said.is_some_and(|at| at.elapsed() < SAY_AGAIN) {
            return;
        }
        *said = Some(Instant::now());
        let reason = self.address.redact(&error.to_string());
        tracing::warn!(
            database = self.address.describe(),
            reason,
            "no connection to the database"
        );
    }
}

/// The connections of a store.
pub(crate) struct Connections {
    address: Address,
    options: Options,
    pool: r2d2::Pool<Manager>,
    writer: Writer,
}

impl Connections {
    /// Keeps `first`, a connection that writes, and a pool for those that read.
    pub(crate) fn new(address: Address, options: Options, first: Conn) -> Self {
        let pool = r2d2::Pool::builder()
            .max_size(options.connections.max(1))
            .min_idle(Some(1))
            .connection_timeout(options.wait)
            // A file is always there; a server may have been restarted since the connection was used last.
            .test_on_check_out(matches!(address, Address::Postgres(_)))
            .error_handler(Box::new(Report {
                address: address.clone(),
                said: parking_lot::Mutex::default(),
            }))
            .build_unchecked(Manager {
                address: address.clone(),
                options: options.clone(),
            });
        Self {
            address,
            options,
            pool,
            writer: Writer::new(first),
        }
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Reads with a connection of the pool.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Conn) -> QueryResult<T>) -> Result<T, StoreError> {
        self.lent(|connection| work(connection).map_err(crate::error::store_error))
    }

    /// Works with a connection of the pool.
    pub(crate) fn lent<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self
            .pool
            .get()
            .map_err(|error| StoreError::Unavailable(self.address.redact(&error.to_string())))?;
        work(&mut connection).map_err(|error| match error {
            StoreError::Refused(text) if is_gone(&mut connection) => StoreError::Unavailable(text),
            other => other,
        })
    }

    /// Writes in a transaction, perhaps together with others.
    pub(crate) fn write<T>(&self, work: impl Fn(&mut Conn) -> Result<T, Failure>) -> Result<T, StoreError> {
        let open = || {
            connect(&self.address, &self.options, Purpose::Write)
                .map_err(|error| StoreError::Unavailable(self.address.redact(&error.to_string())))
        };
        self.writer.write(self.options.wait, open, work)
    }
}

/// The error of a connection that could not be opened.
pub(crate) fn unavailable(address: &Address, error: &dyn std::fmt::Display) -> OpenError {
    OpenError::Unavailable {
        place: address.describe(),
        reason: address.redact(&error.to_string()),
    }
}
