//! The program as people and scripts run it: exit status, what it prints, and what is left when it is killed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests"
)]

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sample");

struct Catalogue {
    folder: TempDir,
}

impl Catalogue {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.path("catalogue.db").display())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_verbundkatalog"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VERBUNDKATALOG_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("VERBUNDKATALOG_DATABASE_URL", self.url())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(&self.command(arguments).output().unwrap())
    }

    fn run_with(&self, arguments: &[&str], input: &[u8]) -> Outcome {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Outcome::of(&output)
    }

    fn with_sample() -> Self {
        let catalogue = Self::new();
        catalogue.run(&["import", SAMPLE]).expect(0, "315 created");
        catalogue
    }

    fn checks_clean(&self) {
        self.run(&["check"]).expect(0, "0 findings");
    }
}

#[derive(Debug)]
struct Outcome {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Outcome {
    fn of(output: &Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    fn expect(&self, status: i32, text: &str) -> &Self {
        assert_eq!(self.status, Some(status), "{self:?}");
        assert!(
            self.out.contains(text) || self.err.contains(text),
            "no {text:?} in {self:#?}"
        );
        self
    }
}

fn component(slug: &str) -> Value {
    json!({
        "slug": slug, "kind": "building_block", "owner": "dataport",
        "title": { "de": format!("Baustein {slug}") }, "summary": { "de": "Ein Baustein." },
    })
}

#[test]
fn an_import_done_twice_changes_nothing_the_second_time() {
    let catalogue = Catalogue::with_sample();
    catalogue
        .run(&["import", SAMPLE])
        .expect(0, "0 created, 0 updated, 315 unchanged, 0 refused");
    catalogue.checks_clean();
}

#[test]
fn refused_records_end_with_status_1_and_the_others_are_written() {
    let catalogue = Catalogue::with_sample();
    let text = format!("{}\n{{\"kind\":\"nix\"}}\n{}\n", component("eins"), component("zwei"));
    let file = catalogue.file("x.ndjson", text);
    let outcome = catalogue.run(&["import", &file]);
    outcome.expect(1, "2 created, 0 updated, 0 unchanged, 1 refused");
    assert!(outcome.err.contains("x.ndjson:2: refused: /kind"), "{}", outcome.err);
    catalogue
        .run(&["import", &file])
        .expect(1, "0 created, 0 updated, 2 unchanged, 1 refused");
    catalogue.checks_clean();
}

#[test]
fn an_atomic_import_writes_nothing_on_a_fault_and_everything_without() {
    let catalogue = Catalogue::with_sample();
    let good = format!("{}\n{}\n", component("eins"), component("zwei"));
    let bad = catalogue.file("bad.ndjson", format!("{good}kein json\n"));
    catalogue
        .run(&["import", "--atomic", &bad])
        .expect(1, "0 created, 0 updated, 0 unchanged, 1 refused, 2 given up");
    let good = catalogue.file("good.ndjson", good);
    catalogue.run(&["import", "--atomic", &good]).expect(0, "2 created");
    catalogue.checks_clean();
}

#[test]
fn a_dry_run_writes_nothing() {
    let catalogue = Catalogue::with_sample();
    let file = catalogue.file("x.ndjson", component("eins").to_string());
    for _ in 0..2 {
        catalogue
            .run(&["import", "--dry-run", &file])
            .expect(0, "1 created")
            .expect(0, "nothing was written");
    }
}

#[test]
fn standard_input_line_ends_of_other_systems_and_byte_order_marks_are_read() {
    let catalogue = Catalogue::with_sample();
    let text = format!(
        "\u{feff}{}\r\n\r\n  {}\r\n{}",
        component("eins"),
        component("zwei"),
        component("drei")
    );
    catalogue
        .run_with(&["import", "-"], text.as_bytes())
        .expect(0, "3 read: 3 created");
    let file = catalogue.file("x.jsonl", &text);
    catalogue
        .run(&["import", &file])
        .expect(0, "3 read: 0 created, 0 updated, 3 unchanged");
    catalogue.run_with(&["import", "-"], b"").expect(0, "0 read");
}

#[test]
fn damaged_lines_are_refused_one_by_one() {
    let catalogue = Catalogue::with_sample();
    let mut text = format!("{}\n", component("eins")).into_bytes();
    text.extend_from_slice(b"{\"slug\":\"kaputt\",\"title\":{\"de\":\"\xff\xfe\"}}\n");
    text.extend_from_slice(b"\0\0\0\n");
    text.extend_from_slice(
        component("nul")
            .to_string()
            .replace("Ein Baustein", "Ein\\u0000Baustein")
            .as_bytes(),
    );
    text.push(b'\n');
    text.extend_from_slice(format!("{}1{}\n", "[".repeat(100_000), "]".repeat(100_000)).as_bytes());
    text.extend_from_slice(format!("{}\n", "{\"a\":".repeat(200)).as_bytes());
    text.extend_from_slice(b"{\"slug\":\"halb\"\n");
    text.extend_from_slice(format!("{}\n", component("zwei")).as_bytes());
    let outcome = catalogue.run_with(&["import", "-"], &text);
    outcome.expect(1, "2 created, 0 updated, 0 unchanged, 6 refused");
    for line in 2..=7 {
        assert!(
            outcome.err.contains(&format!("-:{line}: refused")),
            "{line}: {}",
            outcome.err
        );
    }
    assert!(outcome.err.contains("[too_deep]"), "{}", outcome.err);
    catalogue.checks_clean();
}

#[test]
fn one_line_of_100_megabytes_takes_no_memory_of_that_size() {
    let catalogue = Catalogue::with_sample();
    let mut child = catalogue
        .command(&["import", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let part = vec![b'x'; 1024 * 1024];
    for _ in 0..100 {
        stdin.write_all(&part).unwrap();
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    stdin.write_all(b"\n").unwrap();
    drop(stdin);
    Outcome::of(&child.wait_with_output().unwrap()).expect(1, "[too_large]");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(peak) = peak {
        let kib: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(kib < 64 * 1024, "{kib} KiB");
    }
}

#[test]
fn paths_that_cannot_be_read_are_named() {
    let catalogue = Catalogue::new();
    catalogue
        .run(&["import", "gibt-es-nicht.ndjson"])
        .expect(2, "gibt-es-nicht.ndjson");
    let file = catalogue.file("x.csv", "a,b");
    catalogue.run(&["import", &file]).expect(2, "--format");
    catalogue.run(&["import"]).expect(2, "PATH");
}

#[test]
fn a_folder_of_real_publiccode_files_is_imported_and_imported_again() {
    let Ok(data) = std::env::var("VERBUNDKATALOG_TESTDATA") else {
        eprintln!("left out: VERBUNDKATALOG_TESTDATA names no folder");
        return;
    };
    let folder = Path::new(&data).join("publiccode/real").display().to_string();
    let catalogue = Catalogue::new();
    let first = catalogue.run(&["import", &folder]);
    let count = |outcome: &Outcome, what: &str| -> u64 {
        let before = outcome.out.split(&format!(" {what}")).next().unwrap();
        before
            .rsplit([' ', ':'])
            .next()
            .unwrap()
            .parse()
            .unwrap_or_else(|_| panic!("{what}: {outcome:?}"))
    };
    assert!(count(&first, "created") > 50, "{}", first.out);
    let second = catalogue.run(&["import", &folder]);
    assert_eq!(
        (count(&second, "created"), count(&second, "updated")),
        (0, 0),
        "{}",
        second.out
    );
    assert_eq!(count(&second, "refused"), count(&first, "refused"));
    catalogue.checks_clean();
}

#[test]
fn wrong_settings_are_refused_with_what_where_and_why() {
    let catalogue = Catalogue::new();
    let with = |name: &str, value: &str| {
        let mut command = catalogue.command(&["check"]);
        command.env(name, value);
        Outcome::of(&command.output().unwrap())
    };
    with("VERBUNDKATALOG_LISTEN", "nirgends").expect(2, "setting `listen` (flag or environment): `nirgends`");
    with("VERBUNDKATALOG_PUBLIC_URL", "ftp://x").expect(2, "public-url");
    with("VERBUNDKATALOG_LOG", "a=b=c").expect(2, "setting `log`");
    with("VERBUNDKATALOG_LOG_FORMAT", "xml").expect(2, "log-format");
    with("VERBUNDKATALOG_WORKERS", "0").expect(2, "workers");
    with("VERBUNDKATALOG_SAMPLE", "vielleicht").expect(2, "sample");
    let secret = with("VERBUNDKATALOG_DATABASE_URL", "mysql://nutzer:geheim@host/db");
    secret.expect(2, "setting `database-url`: the scheme is unknown");
    assert!(!secret.err.contains("geheim"), "{}", secret.err);
    let away = with("VERBUNDKATALOG_DATABASE_URL", "postgres://nutzer:geheim@127.0.0.1:1/db");
    assert_eq!(away.status, Some(2), "{away:?}");
    assert!(!away.err.contains("geheim"), "{}", away.err);
    let file = catalogue.file("falsch.toml", "listn = '127.0.0.1:1'\n");
    catalogue
        .run(&["check", "--config", &file])
        .expect(2, "falsch.toml")
        .expect(2, "listn");
    catalogue
        .run(&["check", "--config", "fehlt.toml"])
        .expect(2, "fehlt.toml");
}

#[test]
fn a_check_finds_planted_damage() {
    for (damage, found) in [
        (
            "UPDATE records SET document = '{}' WHERE slug = 'fit-connect'",
            "component",
        ),
        ("DELETE FROM events WHERE sequence = 7", "7"),
        (
            "UPDATE records SET revision = 9 WHERE slug = 'dataport'",
            "organisation",
        ),
        ("DELETE FROM records WHERE slug = 'akdb'", "akdb"),
    ] {
        let db = testdb::TestDb::sqlite();
        let catalogue = Catalogue::new();
        let run = |arguments: &[&str]| {
            let mut command = catalogue.command(arguments);
            command.env("VERBUNDKATALOG_DATABASE_URL", db.url());
            Outcome::of(&command.output().unwrap())
        };
        run(&["import", SAMPLE]).expect(0, "315 created");
        run(&["check"]).expect(0, "0 findings");
        db.execute(damage);
        let outcome = run(&["check"]);
        assert_eq!(outcome.status, Some(1), "{damage}: {outcome:?}");
        assert!(
            !found.is_empty() && !outcome.out.starts_with("0 findings"),
            "{damage}: {}",
            outcome.out
        );
    }
}

#[test]
fn the_document_is_printed_in_both_forms() {
    let catalogue = Catalogue::new();
    let json = catalogue.run(&["openapi", "--form", "json"]);
    let document: Value = serde_json::from_str(&json.out).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    catalogue.run(&["openapi"]).expect(0, "openapi: ");
}

#[test]
fn the_service_answers_and_ends_in_good_order_when_it_is_told_to() {
    let catalogue = Catalogue::new();
    let mut child = catalogue
        .command(&["serve", "--sample", "--listen", "127.0.0.1:0"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .split("http://")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    catalogue.run(&["health", "--listen", &address]).expect(0, "");
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    stream
        .write_all(b"GET /v1/components/fit-connect HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let stopped = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    catalogue.run(&["health", "--listen", &address]).expect(1, "not ready");
    catalogue.checks_clean();
}

/// What an import said was safe, last: records written and the sequence of the log.
fn acknowledged(err: &str) -> Option<(i64, i64)> {
    let line = err
        .lines()
        .rfind(|line| line.starts_with("committed: ") && line.contains("log at"))?;
    let numbers: Vec<i64> = line
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|n| n.parse().ok())
        .collect();
    Some((numbers[0], numbers[1]))
}

fn kill(mut child: Child) -> String {
    // SIGKILL: nothing of the program runs any more.
    let _ = child.kill();
    let output = child.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_an_import_acknowledged_is_there_after_it_was_killed() {
    let begin = Instant::now();
    let catalogue = Catalogue::new();
    catalogue
        .run(&["import", &format!("{SAMPLE}/organisations.ndjson")])
        .expect(0, "130 created");
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut kills = 0;
    let mut acknowledgements = 0;
    for round in 0..20 {
        if begin.elapsed() > Duration::from_secs(45) {
            break;
        }
        let mut text = String::new();
        for i in 0..3000 {
            writeln!(text, "{}", component(&format!("k{round}-{i}"))).unwrap();
        }
        let file = catalogue.file("kill.ndjson", text);
        let child = catalogue.command(&["import", &file]).spawn().unwrap();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(Duration::from_millis(random % 700));
        let err = kill(child);
        kills += 1;
        let db = rows(&catalogue);
        if let Some((written, head)) = acknowledged(&err) {
            acknowledgements += 1;
            assert!(
                db.head >= head,
                "round {round}: the log is at {}, {head} was acknowledged",
                db.head
            );
            let found = db
                .slugs
                .iter()
                .filter(|slug| slug.starts_with(&format!("k{round}-")))
                .count();
            assert!(
                i64::try_from(found).unwrap() >= written,
                "round {round}: {found} of {written}"
            );
        }
        if round % 5 == 4 {
            catalogue.checks_clean();
        }
    }
    catalogue.checks_clean();
    assert!(kills >= 10, "{kills} kills in time");
    assert!(acknowledgements > 0, "no kill came after a commit");
}

struct Rows {
    head: i64,
    slugs: Vec<String>,
}

/// What another process finds in the database.
fn rows(catalogue: &Catalogue) -> Rows {
    use domain::store::Store;
    let store = persistence::open(&catalogue.url(), &persistence::Options::default()).unwrap();
    let slugs = verbundkatalog::state::all_records(&store, "component").unwrap();
    Rows {
        head: store.head().unwrap().0,
        slugs: slugs.into_iter().map(|r| r.slug.to_string()).collect(),
    }
}
