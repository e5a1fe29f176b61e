//! The running program: how it ends, and what it takes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

struct Service {
    folder: TempDir,
    child: Child,
    address: String,
}

fn command(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_verbundkatalog"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("VERBUNDKATALOG_")) {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

impl Service {
    fn start(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut arguments = vec!["serve", "--sample", "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        let mut child = command(&folder, &arguments).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap();
        Self {
            folder,
            child,
            address: address.to_owned(),
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        command(&self.folder, arguments).output().unwrap()
    }

    fn connect(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// Begins a request, and waits until its head was read: the service asks for the body.
    fn begin(&self, request: &str) -> TcpStream {
        const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
        let mut stream = self.connect(request);
        let mut answer = [0; GO_ON.len()];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, GO_ON);
        stream
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// The most memory that it ever had, in MiB.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kib / 1024
    }

    fn token(&self) -> String {
        let output = self.run(&["token", "--organisation", "dataport", "--scope", "components:write"]);
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn told_to_stop_it_finishes_writes_in_flight_ends_streams_and_takes_no_new_clients() {
    let mut service = Service::start(&["--shutdown-seconds", "30"]);
    let body = json!({
        "slug": "zuletzt", "kind": "building_block", "owner": "dataport",
        "title": { "de": "Zuletzt" }, "summary": { "de": "Kam an, als der Dienst schon endete." },
    })
    .to_string();
    let (first, rest) = body.split_at(20);
    let mut writing = service.begin(&format!(
        "POST /v1/components HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        service.token(),
        body.len()
    ));
    writing.write_all(first.as_bytes()).unwrap();
    let mut streaming =
        service.connect("GET /v1/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nLast-Event-ID: 0\r\n\r\n");
    let mut byte = [0];
    streaming.read_exact(&mut byte).unwrap();
    let idle = service.connect("");
    service.signal("-TERM");
    assert!(!text(streaming).is_empty());
    assert_eq!(text(idle), "");
    let deadline = Instant::now() + Duration::from_secs(20);
    while TcpStream::connect(&service.address).is_ok_and(|mut stream| {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
        let _ = stream.write_all(b"GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n");
        stream.read(&mut byte).is_ok_and(|n| n > 0)
    }) {
        assert!(Instant::now() < deadline, "it still takes new clients");
    }
    assert!(
        service.child.try_wait().unwrap().is_none(),
        "it did not wait for the write"
    );
    writing.write_all(rest.as_bytes()).unwrap();
    let answer = text(writing);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(service.child.wait().unwrap().code(), Some(0));
    let checked = service.run(&["check"]);
    assert!(String::from_utf8_lossy(&checked.stdout).contains("0 findings"));
}

#[test]
fn told_to_stop_at_the_moment_it_is_ready_it_ends_in_order() {
    for name in ["-TERM", "-INT", "-QUIT"] {
        let mut service = Service::start(&[]);
        service.signal(name);
        assert_eq!(service.child.wait().unwrap().code(), Some(0), "{name}");
    }
}

#[test]
fn told_to_stop_it_waits_no_longer_than_it_may() {
    let mut service = Service::start(&["--shutdown-seconds", "1"]);
    let _writing = service.begin(
        "POST /v1/components/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\
         Expect: 100-continue\r\n\r\n{",
    );
    let begin = Instant::now();
    service.signal("-TERM");
    assert_eq!(service.child.wait().unwrap().code(), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn whether_it_lives_can_be_asked_apart_from_whether_it_is_ready() {
    let service = Service::start(&[]);
    for arguments in [&["health"][..], &["health", "--live"]] {
        let asked = service.run(&[arguments, &["--listen", &service.address]].concat());
        assert!(asked.status.success(), "{arguments:?}");
    }
    let nobody = service.run(&["health", "--live", "--listen", "127.0.0.1:1"]);
    assert_eq!(nobody.status.code(), Some(1));
}

#[test]
fn floods_of_all_kinds_leave_its_memory_as_it_is() {
    let service = Service::start(&[]);
    // The document is made in the background after the start, and takes its own.
    let document = service.connect("GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(text(document).len() > 100_000);
    let before = service.peak();
    let part = vec![b'['; 1 << 20];
    for framing in ["Content-Length: 104857600", "Transfer-Encoding: chunked"] {
        let mut stream = service.connect(&format!(
            "POST /v1/components/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
        ));
        for _ in 0..100 {
            let size: &[u8] = if framing.starts_with('T') { b"100000\r\n" } else { b"" };
            let end: &[u8] = if framing.starts_with('T') { b"\r\n" } else { b"" };
            if stream.write_all(&[size, &part, end].concat()).is_err() {
                break;
            }
        }
    }
    let mut head = service.connect("GET / HTTP/1.1\r\nX: ");
    for _ in 0..100 {
        if head.write_all(&part).is_err() {
            break;
        }
    }
    let deep = service.connect(&format!(
        "POST /v1/components/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{}",
        1 << 20,
        "[".repeat(1 << 20)
    ));
    assert!(text(deep).starts_with("HTTP/1.1 400"));
    let grown = service.peak().saturating_sub(before);
    assert!(grown < 48, "{grown} MiB more than {before} MiB");
}
