//! The PostgreSQL server of the tests.
//!
//! Test processes come and go (one for each test with some runners), and starting a server takes seconds: so all test
//! processes of a user share one. The first starts it, under a lock, together with a supervisor in `sh` that stops it
//! when no process gave a sign of life for more than a minute. Nothing is left behind, even when tests are killed.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use diesel::Connection;
use diesel::pg::PgConnection;

use crate::heartbeat;

/// A server that answers.
pub(crate) struct Server {
    before_name: String,
    after_name: String,
}

impl Server {
    /// The URL of one of its databases.
    pub(crate) fn url_of(&self, database: &str) -> String {
        format!("{}{database}{}", self.before_name, self.after_name)
    }

    /// A server by the URL of one of its databases.
    fn at(url: &str) -> Self {
        let (place, query) = url
            .split_once('?')
            .map_or((url, String::new()), |(p, q)| (p, format!("?{q}")));
        let authority = place.find("://").map_or(0, |at| at + 3);
        let end = place
            .get(authority..)
            .and_then(|rest| rest.find('/'))
            .map_or(place.len(), |at| authority + at);
        Self {
            before_name: format!("{}/", place.get(..end).unwrap_or(place)),
            after_name: query,
        }
    }

    /// The server in a directory.
    fn in_directory(directory: &Path) -> Self {
        Self::at(&format!("postgres://postgres@/postgres?host={}", directory.display()))
    }

    fn answers(&self) -> bool {
        PgConnection::establish(&self.url_of("postgres")).is_ok()
    }
}

/// The server, if there is one or one can be started.
pub(crate) fn get() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| find().map_err(|why| leave_out(&why)).ok())
        .as_ref()
}

fn leave_out(why: &str) {
    let required = std::env::var("VERBUNDKATALOG_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
    assert!(
        !required,
        "VERBUNDKATALOG_REQUIRE_POSTGRES is set, but there is no PostgreSQL for the tests: {why}"
    );
    // Not by a macro: the test runner would keep that to itself, and whoever runs the tests must know.
    let _ = writeln!(std::io::stderr(), "PostgreSQL tests not run: {why}");
}

fn find() -> Result<Server, String> {
    if let Ok(url) = std::env::var("VERBUNDKATALOG_TEST_POSTGRES_URL") {
        let server = Server::at(&url);
        return PgConnection::establish(&url)
            .map(|_| server)
            .map_err(|error| format!("the server of VERBUNDKATALOG_TEST_POSTGRES_URL does not answer: {error}"));
    }
    let programs = programs().ok_or("no server programs (initdb, postgres) were found; install PostgreSQL")?;
    shared(&programs).map_err(|why| format!("the server of {} does not start: {why}", programs.display()))
}

/// The directory of the server's programs.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        directories.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin")).collect();
        versions.sort();
        directories.extend(versions.into_iter().rev());
    }
    directories
        .into_iter()
        .find(|d| d.join("initdb").is_file() && d.join("postgres").is_file())
}

/// The server that the test processes of this user share; started if it does not run.
fn shared(programs: &Path) -> Result<Server, String> {
    let text = |error: std::io::Error| error.to_string();
    let temporary = std::env::temp_dir();
    // A file that is made tells who we are.
    let probe = tempfile::NamedTempFile::new().map_err(text)?;
    let user = probe.as_file().metadata().map_err(text)?.uid();
    // The path of a Unix socket is at most about 100 bytes long, so the name is short.
    let name = format!("vk-testdb-{user}-{:08x}", hash(&programs) & 0xffff_ffff);
    let directory = temporary.join(&name);
    let lock = File::create(temporary.join(format!("{name}.lock"))).map_err(text)?;
    lock.lock().map_err(text)?;
    let server = Server::in_directory(&directory);
    let in_use = directory.join("in-use");
    // First the sign of life, then the question whether it is being stopped: one of the two sees the other.
    let _ = heartbeat::beat(&in_use);
    wait(Duration::from_secs(30), || !directory.join("stopping").exists())
        .ok_or("an earlier server does not stop; remove its directory")?;
    // A busy server may need a moment.
    let patience = if directory.join("data").exists() {
        Duration::from_secs(5)
    } else {
        Duration::ZERO
    };
    if wait(patience, || server.answers()).is_none() {
        // A server without its supervisor, or half of one.
        let _ = fs::remove_dir_all(&directory);
        start(programs, &directory, user)?;
        let failed = directory.join("failed");
        wait(Duration::from_mins(1), || failed.exists() || server.answers()).ok_or("it does not answer")?;
        if let Ok(why) = fs::read_to_string(failed) {
            let _ = fs::remove_dir_all(&directory);
            return Err(why.trim().to_owned());
        }
    }
    heartbeat::keep_beating(in_use);
    Ok(server)
}

/// Starts the supervisor, apart from this process and its terminal.
fn start(programs: &Path, directory: &Path, user: u32) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    fs::DirBuilder::new().mode(0o700).create(directory).map_err(text)?;
    heartbeat::beat(&directory.join("in-use")).map_err(text)?;
    let mut command = if user == 0 {
        // The server refuses to run as root.
        let (name, uid, gid) =
            server_user().ok_or("it cannot run as root, and there is no user `postgres` or `nobody`")?;
        chown(directory, Some(uid), Some(gid)).map_err(text)?;
        let mut command = Command::new("setpriv");
        command.args(["--reuid", &name, "--regid", &gid.to_string(), "--clear-groups", "sh"]);
        command
    } else {
        Command::new("sh")
    };
    command
        .arg("-c")
        .arg(include_str!("supervise.sh"))
        .arg("testdb")
        .args([directory, programs])
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .map(drop)
        .map_err(text)
}

/// Another user than root: name, user and group.
fn server_user() -> Option<(String, u32, u32)> {
    let number = |option, name| {
        let output = Command::new("id").args([option, name]).output().ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse::<u32>().ok()
    };
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some((name.to_owned(), number("-u", name)?, number("-g", name)?)))
}

/// Waits until `done`, or gives up.
fn wait(at_most: Duration, done: impl Fn() -> bool) -> Option<()> {
    let start = Instant::now();
    while !done() {
        if start.elapsed() > at_most {
            return None;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Some(())
}

/// A number for a value, the same in every process of one build.
pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_s_url_names_any_of_its_databases() {
        for (url, other) in [
            (
                "postgres://u:p@host:5432/postgres?sslmode=disable",
                "postgres://u:p@host:5432/x?sslmode=disable",
            ),
            ("postgres://u@host", "postgres://u@host/x"),
            ("postgres:///postgres?host=/tmp/pg", "postgres:///x?host=/tmp/pg"),
        ] {
            assert_eq!(Server::at(url).url_of("x"), other);
        }
    }
}
