//! Migrations, built into the program: one folder for each database, with the same names.

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::result::QueryResult;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use domain::store::StoreError;

use crate::Options;
use crate::address::Address;
use crate::db::{Begin, Conn, Purpose, connect, unavailable};
use crate::error::OpenError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// The state of a schema.
struct State {
    pending: Vec<String>,
    unknown: Vec<String>,
}

/// Runs the migrations that the database lacks; answers their names.
///
/// # Errors
/// If the database does not answer, was migrated by a later version, or refuses.
pub fn migrate(url: &str) -> Result<Vec<String>, OpenError> {
    let (address, mut connection) = writer(url)?;
    run(&address, &mut connection)
}

/// Names of the migrations that the database lacks.
///
/// # Errors
/// If the database does not answer, or was migrated by a later version.
pub fn pending(url: &str) -> Result<Vec<String>, OpenError> {
    if let Address::Sqlite(path) = Address::parse(url)?
        && !path.exists()
    {
        return Ok(names());
    }
    let (address, mut connection) = writer(url)?;
    check(&address, &mut connection)
}

/// Reverts the last migration; answers its name, or nothing where there is none. What only it kept is lost.
///
/// # Errors
/// If the database does not answer, was migrated by a later version, or refuses.
pub fn revert(url: &str) -> Result<Option<String>, OpenError> {
    let (address, mut connection) = writer(url)?;
    let pending = check(&address, &mut connection)?;
    let Some(last) = names().into_iter().rfind(|name| !pending.contains(name)) else {
        return Ok(None);
    };
    alone(&mut connection, |connection| match connection {
        Conn::Sqlite(c) => c.revert_last_migration(SQLITE).map(drop),
        Conn::Postgres(c) => c.revert_last_migration(POSTGRES).map(drop),
    })
    .map_err(|error| failed(&address, &error))?;
    Ok(Some(last))
}

fn writer(url: &str) -> Result<(Address, Conn), OpenError> {
    let address = Address::parse(url)?;
    let connection = open_writer(&address, &Options::default())?;
    Ok((address, connection))
}

/// Opens a connection that writes; makes the directory of a file.
pub(crate) fn open_writer(address: &Address, options: &Options) -> Result<Conn, OpenError> {
    if let Address::Sqlite(path) = address
        && let Some(directory) = path.parent()
    {
        std::fs::create_dir_all(directory).map_err(|error| unavailable(address, &error))?;
    }
    connect(address, options, Purpose::Write).map_err(|error| unavailable(address, &error))
}

/// Runs what is missing, alone: of several processes that start together one migrates, and the others find it done.
pub(crate) fn run(address: &Address, connection: &mut Conn) -> Result<Vec<String>, OpenError> {
    if check(address, connection)?.is_empty() {
        return Ok(Vec::new());
    }
    alone(connection, |connection| {
        let pending = state(connection)?.pending;
        match connection {
            Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(drop)?,
            Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(drop)?,
        }
        Ok(pending)
    })
    .map_err(|error| failed(address, &error))
}

/// Names of the missing migrations; refuses the schema of a later version.
pub(crate) fn check(address: &Address, connection: &mut Conn) -> Result<Vec<String>, OpenError> {
    let state = state(connection).map_err(|error| failed(address, &error))?;
    if state.unknown.is_empty() {
        Ok(state.pending)
    } else {
        Err(OpenError::Ahead {
            place: address.describe(),
            versions: state.unknown,
        })
    }
}

/// The one transaction about the schema at a time. With a long log it takes as long as it takes.
fn alone<T>(connection: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, AnyError>) -> Result<T, AnyError> {
    // Any number that nobody else locks in this database.
    const LOCK: &str = "SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(7523094288207668530)";
    crate::db::transaction(connection, Begin::Write, |connection| {
        if let Conn::Postgres(c) = connection {
            c.batch_execute(LOCK)?;
        }
        work(connection).map_err(|error| crate::error::Failure::Store(StoreError::Refused(error.to_string())))
    })
    .map_err(|failure| StoreError::from(failure).into())
}

/// Versions of the migrations that were run. Diesel's own question would create its table: reading must do for a role
/// that may not.
fn applied(connection: &mut Conn) -> QueryResult<Vec<String>> {
    let table = match connection {
        Conn::Sqlite(_) => "SELECT name AS text FROM sqlite_master WHERE name = '__diesel_schema_migrations'",
        Conn::Postgres(_) => {
            "SELECT c::text AS text FROM to_regclass('__diesel_schema_migrations') AS t (c) WHERE c IS NOT NULL"
        }
    };
    let versions = "SELECT version AS text FROM __diesel_schema_migrations ORDER BY version";
    let mut texts = Vec::new();
    for question in [table, versions] {
        let rows: Vec<Line> = diesel::sql_query(question).load(connection)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        texts = rows.into_iter().map(|row| row.text).collect();
    }
    Ok(texts)
}

/// A column of text.
#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

fn state(connection: &mut Conn) -> Result<State, AnyError> {
    let mut unknown = applied(connection)?;
    let mut pending = names();
    pending.retain(|name| {
        let known = unknown.iter().position(|version| version_of(name) == version);
        known.map(|place| unknown.remove(place)).is_none()
    });
    Ok(State { pending, unknown })
}

/// Names of all migrations, in their order.
fn names() -> Vec<String> {
    let migrations = MigrationSource::<Sqlite>::migrations(&SQLITE).unwrap_or_default();
    let mut names: Vec<String> = migrations
        .iter()
        .map(|migration| migration.name().to_string())
        .collect();
    names.sort_unstable();
    names
}

fn version_of(name: &str) -> &str {
    name.split('_').next().unwrap_or(name)
}

fn failed(address: &Address, error: &AnyError) -> OpenError {
    OpenError::Migration {
        place: address.describe(),
        reason: address.redact(&error.to_string()),
    }
}
