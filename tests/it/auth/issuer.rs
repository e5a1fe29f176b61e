//! An outside issuer on this machine: it answers what a test says, and counts how often it was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::clock::Clock;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tests::SetClock;
use verbundkatalog::auth::{ALGORITHMS, ClaimMap, KeysAt, Outside};

use super::forge::{Forged, Key};

pub(super) const AUDIENCE: &str = "verbundkatalog";
const DISCOVERY: &str = "/.well-known/openid-configuration";

#[derive(Default)]
struct State {
    answers: Mutex<Vec<(String, Reply)>>,
    asked: AtomicUsize,
}

/// What the issuer answers at an address.
#[derive(Clone)]
pub(super) enum Reply {
    Json(Value),
    Text(String),
    Redirect(String),
    Status(u16),
    /// It hangs up in the middle.
    HangUp,
}

pub(super) struct LocalIssuer {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

impl LocalIssuer {
    /// One that publishes these keys.
    pub(super) fn new(keys: &[(&str, &Key)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let thread = std::thread::spawn({
            let state = state.clone();
            move || {
                for stream in listener.incoming() {
                    if !serve(stream.unwrap(), &state) {
                        return;
                    }
                }
            }
        });
        let issuer = Self {
            address,
            state,
            thread: Some(thread),
        };
        let jwks = format!("{}/keys", issuer.url());
        issuer.answer(
            DISCOVERY,
            Reply::Json(json!({ "issuer": issuer.url(), "jwks_uri": jwks })),
        );
        issuer.publish(keys);
        issuer
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn publish(&self, keys: &[(&str, &Key)]) {
        self.answer("/keys", Reply::Json(jwks(keys)));
    }

    pub(super) fn answer(&self, path: &str, reply: Reply) {
        let mut answers = self.state.answers.lock();
        answers.retain(|(known, _)| known != path);
        answers.push((path.to_owned(), reply));
    }

    pub(super) fn discovery(&self, reply: Reply) {
        self.answer(DISCOVERY, reply);
    }

    /// How many requests there were.
    pub(super) fn asked(&self) -> usize {
        self.state.asked.load(Ordering::SeqCst)
    }

    /// As the settings would describe it.
    pub(super) fn outside(&self) -> Outside {
        outside(&self.url(), KeysAt::Discovery)
    }

    /// A good token of it.
    pub(super) fn token<'k>(&self, kid: &str, key: &'k Key) -> Forged<'k> {
        token(&self.url(), kid, key)
    }
}

impl Drop for LocalIssuer {
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(self.address) {
            let _ = stream.write_all(b"STOP / HTTP/1.1\r\n\r\n");
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub(super) fn outside(url: &str, keys: KeysAt) -> Outside {
    Outside {
        url: url.to_owned(),
        audience: AUDIENCE.to_owned(),
        keys,
        algorithms: ALGORITHMS.iter().map(|(_, algorithm)| *algorithm).collect(),
        claims: ClaimMap::default(),
        allow_http_loopback: true,
    }
}

pub(super) fn jwks(keys: &[(&str, &Key)]) -> Value {
    json!({ "keys": keys.iter().map(|(kid, key)| key.jwk(kid)).collect::<Vec<_>>() })
}

/// A good token at the beginning of a test's clock.
pub(super) fn token<'k>(issuer: &str, kid: &str, key: &'k Key) -> Forged<'k> {
    let now = SetClock::default().now().micros() / 1_000_000;
    Forged::new(
        key,
        &json!({ "typ": "JWT", "alg": key.algorithm(), "kid": kid }),
        &json!({
            "iss": issuer, "aud": AUDIENCE, "sub": "anna", "iat": now, "nbf": now, "exp": now + 3600, "jti": "1",
            "scope": "openid components:write", "organisation": "dataport",
        }),
    )
}

/// Answers one request; false when it is time to stop.
fn serve(mut stream: TcpStream, state: &State) -> bool {
    stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return true,
            Ok(n) => request.extend_from_slice(&part[..n]),
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let mut words = text.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method == "STOP" {
        return false;
    }
    state.asked.fetch_add(1, Ordering::SeqCst);
    let known = state
        .answers
        .lock()
        .iter()
        .find(|(known, _)| known == path)
        .map(|(_, r)| r.clone());
    let (status, more, body) = match known {
        None => (404, String::new(), String::new()),
        Some(Reply::Status(status)) => (status, String::new(), String::new()),
        Some(Reply::Redirect(to)) => (302, format!("Location: {to}\r\n"), String::new()),
        Some(Reply::Json(value)) => (200, "Content-Type: application/json\r\n".to_owned(), value.to_string()),
        Some(Reply::Text(text)) => (200, String::new(), text),
        Some(Reply::HangUp) => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"keys\":");
            return true;
        }
    };
    let head = format!(
        "HTTP/1.1 {status} X\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
    true
}
