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
        catalogue.run(&["import", SAMPLE]).expect(0, "792 created");
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
        .expect(0, "0 created, 0 updated, 792 unchanged, 0 refused");
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
        run(&["import", SAMPLE]).expect(0, "792 created");
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
        .expect(0, "179 created");
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

/// The claims of a token.
fn claims(token: &str) -> Value {
    use base64::Engine;
    let payload = token.trim().split('.').nth(1).unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(payload)
        .unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_token_is_printed_alone_and_says_what_was_asked_for() {
    let catalogue = Catalogue::with_sample();
    let outcome = catalogue.run(&[
        "token",
        "--organisation",
        "dataport",
        "--scope",
        "components:write ops",
        "--scope",
        "changes:read",
        "--expires",
        "30m",
        "--subject",
        "anna",
    ]);
    assert_eq!(outcome.status, Some(0), "{outcome:?}");
    assert_eq!(outcome.out.lines().count(), 1);
    let said = claims(&outcome.out);
    assert_eq!(said["scope"], "components:write changes:read ops");
    assert_eq!(said["sub"], "anna");
    assert_eq!(said["iss"], "verbundkatalog");
    assert_eq!(said["aud"], "verbundkatalog");
    assert_eq!(said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap(), 1800);
    // The organisation's id, so that the token survives a new slug; and it can be named by it.
    let id = said["organisation"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    let by_id = catalogue.run(&["token", "--organisation", id]);
    assert_eq!(claims(&by_id.out)["organisation"], id);
    assert_ne!(claims(&by_id.out)["jti"], said["jti"]);
}

#[test]
fn a_token_that_cannot_be_meant_is_refused_and_nothing_is_printed() {
    let catalogue = Catalogue::with_sample();
    let token = |arguments: &[&str]| {
        let outcome = catalogue.run(&[&["token"], arguments].concat());
        assert_eq!(outcome.out, "", "{outcome:?}");
        outcome
    };
    token(&["--organisation", "nie-gesehen"]).expect(2, "there is no organisation `nie-gesehen`");
    token(&["--organisation", "Kein Slug"]).expect(2, "is no slug and no id");
    token(&["--organisation", "dataport", "--scope", "component:write"]).expect(2, "these are: components:write");
    token(&["--organisation", "dataport", "--expires", "367d"]).expect(2, "366d at the most");
    token(&["--organisation", "dataport", "--subject", ""]).expect(2, "--subject");
    for expires in ["0h", "-1h", "8", "h", "8 h", "1w", "99999999999999999999d", "+8h", ""] {
        token(&["--organisation", "dataport", &format!("--expires={expires}")]).expect(2, "such as 30m, 8h or 365d");
    }
    token(&[]).expect(2, "--organisation");
    token(&["--organisation", "dataport", "--built-in-issuer=false"]).expect(2, "switched off");
}

#[cfg(unix)]
#[test]
fn the_key_of_tokens_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let catalogue = Catalogue::with_sample();
    let token = || catalogue.run(&["token", "--organisation", "dataport"]);
    token().expect(0, "");
    let key = catalogue.path("token-key.pem");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = token();
    refused
        .expect(2, "setting `token-key`")
        .expect(2, "mode 0644")
        .expect(2, "chmod 600");
    assert_eq!(refused.out, "");
    catalogue
        .run(&["serve", "--listen", "127.0.0.1:0"])
        .expect(2, "mode 0644");
    std::fs::write(&key, "no key").unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    token().expect(2, "token-key.pem holds no block");
}

#[test]
fn clients_are_registered_listed_rotated_and_removed() {
    let catalogue = Catalogue::with_sample();
    let add = |id: &str, more: &[&str]| {
        let own = [
            "client",
            "add",
            id,
            "--organisation",
            "dataport",
            "--scope",
            "components:write",
        ];
        catalogue.run(&[&own, more].concat())
    };
    let first = add("melder", &["--expires", "365d"]);
    first.expect(0, "the only time");
    assert!(
        first.out.starts_with("vks_") && first.out.lines().count() == 1,
        "{first:?}"
    );
    add("melder", &[]).expect(2, "there is a client `melder` already");
    add("zweiter", &["--scope", "adoptions:write"]).expect(0, "vks_");
    add("Falsch", &[]).expect(2, "slug");
    add("dritter", &["--scope", "alles"]).expect(2, "`alles` is no scope");
    let list = catalogue.run(&["client", "list"]);
    let lines: Vec<Vec<&str>> = list.out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines.len(), 2, "{list:?}");
    assert_eq!(
        (lines[0][0], lines[0][1], lines[0][3]),
        ("melder", "dataport", "components:write")
    );
    assert!(lines[0][2].starts_with("202"), "{list:?}");
    assert_eq!((lines[1][2], lines[1][3]), ("-", "components:write adoptions:write"));
    assert!(!list.out.contains("argon2") && !list.out.contains("vks_"), "{list:?}");
    let second = catalogue.run(&["client", "rotate", "melder"]);
    second.expect(0, "vks_");
    assert_ne!(first.out, second.out);
    assert_eq!(catalogue.run(&["client", "list"]).out, list.out);
    catalogue.run(&["client", "remove", "melder"]).expect(0, "removed");
    catalogue
        .run(&["client", "remove", "melder"])
        .expect(2, "there is no client");
    catalogue
        .run(&["client", "rotate", "melder"])
        .expect(2, "there is no client");
}

/// A request over a plain connection, and the whole answer.
fn request(address: &str, head: &str, body: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_running_service_knows_the_tokens_of_the_shell_and_logs_neither_tokens_nor_secrets() {
    let catalogue = Catalogue::with_sample();
    let run = |arguments: &[&str]| catalogue.run(arguments).out.trim().to_owned();
    let token = run(&["token", "--organisation", "dataport", "--subject", "anna"]);
    let add = [
        "client",
        "add",
        "melder",
        "--organisation",
        "dataport",
        "--scope",
        "components:write",
    ];
    let secret = run(&add);
    let mut child = catalogue
        .command(&["serve", "--listen", "127.0.0.1:0", "--log", "trace"])
        .spawn()
        .unwrap();
    let mut err = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = err.read_to_string(&mut text);
        text
    });
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
    let me = |token: &str| {
        request(
            &address,
            &format!("GET /v1/me HTTP/1.1\r\nAuthorization: Bearer {token}"),
            "",
        )
    };
    assert!(me(&token).contains("\"subject\":\"anna\""), "{}", me(&token));
    assert!(me("falsch").starts_with("HTTP/1.1 401"));
    let form = "POST /v1/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let body = format!("grant_type=client_credentials&client_id=melder&client_secret={secret}");
    let answer = request(&address, form, &body);
    let issued: Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let issued = issued["access_token"].as_str().unwrap();
    assert!(me(issued).contains("\"subject\":\"melder\""), "{}", me(issued));
    let wrong = request(&address, form, &body.replace("vks_", "vks_falsch"));
    assert!(wrong.starts_with("HTTP/1.1 401"), "{wrong}");
    let stopped = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    child.wait().unwrap();
    let log = log.join().unwrap();
    assert!(log.contains("a token was issued"), "{log}");
    let key = std::fs::read_to_string(catalogue.path("token-key.pem")).unwrap();
    for hidden in [
        token.as_str(),
        issued,
        &secret,
        "falsch",
        key.lines().nth(1).unwrap(),
        "argon2",
    ] {
        assert!(!log.contains(hidden), "the log shows {hidden}");
    }
}
