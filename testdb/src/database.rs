//! One empty database for each test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::{Connection, RunQueryDsl, sql_query};

use crate::server::{self, Server};

/// An empty database with the schema of this version. It is gone when this is dropped.
pub struct TestDb {
    url: String,
    keeps: Keeps,
}

enum Keeps {
    Directory { _directory: tempfile::TempDir },
    Database { name: String },
}

impl TestDb {
    /// A database in a file of its own.
    ///
    /// # Panics
    /// If no file can be made.
    pub fn sqlite() -> Self {
        let directory = tempfile::Builder::new()
            .prefix("verbundkatalog-test-")
            .tempdir()
            .expect("a directory for a test");
        let url = format!("sqlite://{}/catalogue.db", directory.path().display());
        persistence::migrate(&url).expect("the migrations run on SQLite");
        Self {
            url,
            keeps: Keeps::Directory { _directory: directory },
        }
    }

    /// A database of its own on a PostgreSQL server, if there is one.
    ///
    /// # Panics
    /// If there is none and `VERBUNDKATALOG_REQUIRE_POSTGRES` is `1`, or if there is one that does not work.
    pub fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let server = server::get()?;
        let template = template(server);
        let name = format!(
            "vk_test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        // One may be left of an earlier process with the same number.
        admin(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        admin(server, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Some(Self {
            url: server.url_of(&name),
            keeps: Keeps::Database { name },
        })
    }

    /// The URL to open it by.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it is on PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        matches!(self.keeps, Keeps::Database { .. })
    }

    /// Runs SQL on it, past all rules of the store: to make damage.
    ///
    /// # Panics
    /// If the database refuses.
    pub fn execute(&self, sql: &str) {
        match self.keeps {
            Keeps::Directory { .. } => {
                let path = self.url.trim_start_matches("sqlite://");
                let mut connection = diesel::SqliteConnection::establish(path).expect("the test's file opens");
                connection
                    .batch_execute("PRAGMA busy_timeout = 5000")
                    .expect("SQLite waits");
                connection.batch_execute(sql).expect("the statement runs on SQLite");
            }
            Keeps::Database { .. } => {
                let mut connection = PgConnection::establish(&self.url).expect("the test's database opens");
                connection.batch_execute(sql).expect("the statement runs on PostgreSQL");
            }
        }
    }

    /// The first column of the rows of a query, as text.
    ///
    /// # Panics
    /// If the database refuses.
    pub fn texts(&self, column: &str, rest: &str) -> Vec<String> {
        let sql = sql_query(format!("SELECT CAST({column} AS text) AS text {rest}"));
        let rows: Vec<Line> = match self.keeps {
            Keeps::Directory { .. } => {
                let path = self.url.trim_start_matches("sqlite://");
                let mut connection = diesel::SqliteConnection::establish(path).expect("the test's file opens");
                sql.load(&mut connection).expect("the query runs on SQLite")
            }
            Keeps::Database { .. } => {
                let mut connection = PgConnection::establish(&self.url).expect("the test's database opens");
                sql.load(&mut connection).expect("the query runs on PostgreSQL")
            }
        };
        rows.into_iter().map(|row| row.text).collect()
    }

    /// Ends all connections and lets no new ones in, as when the server is stopped. On SQLite there is no server:
    /// nothing is done, and the answer is `false`.
    ///
    /// # Panics
    /// If the server refuses.
    pub fn stop(&self) -> bool {
        let Keeps::Database { name } = &self.keeps else {
            return false;
        };
        let Some(server) = server::get() else { return false };
        admin(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
        admin(
            server,
            &format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"),
        );
        true
    }

    /// Lets connections in again.
    ///
    /// # Panics
    /// If the server refuses.
    pub fn start(&self) {
        if let (Keeps::Database { name }, Some(server)) = (&self.keeps, server::get()) {
            admin(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let (Keeps::Database { name }, Some(server)) = (&self.keeps, server::get())
            && let Ok(mut connection) = PgConnection::establish(&server.url_of("postgres"))
        {
            let _ = connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Runs the same test on an empty database of each kind.
pub fn for_each_database(test: impl Fn(&TestDb)) {
    test(&TestDb::sqlite());
    if let Some(postgres) = TestDb::postgres() {
        test(&postgres);
    }
}

/// Runs an administrative statement.
fn admin(server: &Server, sql: &str) {
    let mut connection = PgConnection::establish(&server.url_of("postgres")).expect("the test server answers");
    connection.batch_execute(sql).expect("the test server obeys");
}

/// The name of the database that the others are copies of. Each build of a test program has its own, so that a changed
/// migration is never met by an old schema.
fn template(server: &Server) -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let program = std::env::current_exe().and_then(|path| {
            let built = std::fs::metadata(&path)?.modified()?;
            Ok(format!("{} {built:?}", path.display()))
        });
        let name = format!(
            "vk_template_{:016x}",
            server::hash(&program.expect("the test program is a file"))
        );
        let mut connection = PgConnection::establish(&server.url_of("postgres")).expect("the test server answers");
        // One process makes it, the others wait and find it.
        connection
            .batch_execute("SELECT pg_advisory_lock(5293817)")
            .expect("the test server locks");
        let found: Vec<Line> = sql_query(format!(
            "SELECT datname::text AS text FROM pg_database WHERE datname = '{name}'"
        ))
        .load(&mut connection)
        .expect("the test server lists its databases");
        if found.is_empty() {
            let draft = format!("{name}_draft");
            for sql in [
                format!("DROP DATABASE IF EXISTS {draft}"),
                format!("CREATE DATABASE {draft} TEMPLATE template0 ENCODING 'UTF8'"),
            ] {
                connection
                    .batch_execute(&sql)
                    .expect("the test server makes a template");
            }
            persistence::migrate(&server.url_of(&draft)).expect("the migrations run on PostgreSQL");
            // Ours was closed, but the server may not have noticed yet.
            let sql = format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{draft}'");
            connection.batch_execute(&sql).expect("the template has no users");
            connection
                .batch_execute(&format!("ALTER DATABASE {draft} RENAME TO {name}"))
                .expect("the template is named");
        }
        name
    })
}
