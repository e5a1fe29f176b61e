//! What one client may take from the others: requests, connections, time and memory.

mod bodies;
mod connections;
mod json;
mod outage;
mod rates;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::TestApp;

/// A connection that is played by hand.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    begin: Instant,
}

/// What came back, until the service closed the connection.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) text: String,
    pub(crate) after: Duration,
    /// Whether the service ended the connection, before the test lost patience.
    pub(crate) closed: bool,
}

impl Heard {
    pub(crate) fn status(&self) -> u16 {
        let status = self.text.split(' ').nth(1).and_then(|s| s.parse().ok());
        status.unwrap_or_else(|| panic!("no answer: {self:?}"))
    }

    pub(crate) fn json(&self) -> Value {
        let (_, body) = self.text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{self:?}"));
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Fails unless it is a problem with all that belongs to one.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) {
        assert_eq!(self.status(), status, "{self:?}");
        let lower = self.text.to_ascii_lowercase();
        for header in [
            "content-type: application/problem+json",
            "api-version: ",
            "x-request-id: ",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "date: ",
        ] {
            assert!(lower.contains(header), "no {header}: {self:?}");
        }
        let json = self.json();
        assert_eq!(
            (&json["code"], &json["status"]),
            (&code.into(), &status.into()),
            "{json}"
        );
    }
}

impl Peer {
    pub(crate) fn of(app: &TestApp) -> Self {
        Self {
            stream: TcpStream::connect(app.address()).unwrap(),
            begin: Instant::now(),
        }
    }

    /// Sends; that the service may have closed already is no fault.
    pub(crate) fn say(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let _ = self.stream.write_all(bytes.as_ref());
        self
    }

    /// Listens until the service closes, for 20 seconds at the most.
    pub(crate) fn hear(&mut self) -> Heard {
        self.stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut answer = Vec::new();
        let end = self.stream.read_to_end(&mut answer);
        let closed = end.is_ok() || end.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset);
        Heard {
            text: String::from_utf8_lossy(&answer).into_owned(),
            after: self.begin.elapsed(),
            closed,
        }
    }

    /// Listens until an answer is whole that has a length.
    pub(crate) fn hear_one(&mut self) -> Heard {
        self.stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut answer = Vec::new();
        let mut part = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&answer).to_ascii_lowercase();
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                let length: usize = head
                    .split("content-length: ")
                    .nth(1)
                    .and_then(|rest| rest.split("\r\n").next()?.parse().ok())
                    .unwrap_or_else(|| panic!("no length: {head}"));
                if answer.len() >= head.len() + 4 + length {
                    break;
                }
            }
            let read = self.stream.read(&mut part).unwrap();
            assert!(read > 0, "it closed: {text}");
            answer.extend_from_slice(&part[..read]);
        }
        Heard {
            text: String::from_utf8_lossy(&answer).into_owned(),
            after: self.begin.elapsed(),
            closed: false,
        }
    }
}

/// The head of a search, but for the empty line.
pub(crate) fn search_head(more: &str) -> String {
    format!("POST /v1/components/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{more}")
}

/// Limits with short times, for tests of what is too slow.
pub(crate) fn hasty() -> verbundkatalog::limits::Options {
    let mut options = verbundkatalog::limits::Options {
        head: Duration::from_secs(1),
        keep_alive: Duration::from_secs(1),
        stall: Duration::from_secs(1),
        ..verbundkatalog::limits::Options::default()
    };
    options.pace.within = Duration::from_secs(3);
    options.pace.grace = Duration::from_secs(1);
    options
}

/// Memory of this process in MiB.
pub(crate) fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = text.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096 / (1 << 20)
}
