//! What was acknowledged, and what of it is there in the end.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;
use parking_lot::Mutex;
use serde_json::Value;

use crate::load::client::Connection;

/// An entry as it was acknowledged last.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) slug: String,
    pub(super) id: String,
    pub(super) revision: u64,
    pub(super) count: u64,
}

#[derive(Default)]
struct Book {
    entries: HashMap<String, Entry>,
    acknowledged: u64,
    statuses: BTreeMap<u16, u64>,
    unanswered: u64,
    last: Option<Instant>,
    pause: Duration,
}

/// What was acknowledged.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Book>);

/// What is wrong in the end.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) lost: u64,
    pub(super) altered: u64,
    pub(super) doubled: u64,
}

impl Found {
    pub(super) fn is_clean(&self) -> bool {
        self.lost == 0 && self.altered == 0 && self.doubled == 0
    }
}

impl Ledger {
    pub(super) fn acknowledge(&self, entry: &Entry) {
        let mut book = self.0.lock();
        book.entries.insert(entry.slug.clone(), entry.clone());
        book.acknowledged += 1;
        let now = Instant::now();
        if let Some(last) = book.last {
            book.pause = book.pause.max(now - last);
        }
        book.last = Some(now);
    }

    pub(super) fn answered(&self, status: u16) {
        *self.0.lock().statuses.entry(status).or_default() += 1;
    }

    pub(super) fn not_answered(&self) {
        self.0.lock().unanswered += 1;
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.0.lock().acknowledged
    }

    pub(super) fn statuses(&self) -> BTreeMap<u16, u64> {
        self.0.lock().statuses.clone()
    }

    pub(super) fn unanswered(&self) -> u64 {
        self.0.lock().unanswered
    }

    pub(super) fn longest_pause(&self) -> Duration {
        self.0.lock().pause
    }

    /// Reads everything and holds it against what was acknowledged. A write that was not acknowledged may be there, too:
    /// one more revision of an entry at the most, or one more entry of each writer.
    pub(super) fn compare(&self, address: SocketAddr, token: &str) -> anyhow::Result<Found> {
        let mut there: HashMap<String, Vec<Value>> = HashMap::new();
        let mut connection = Connection::open(address)?;
        let head = format!("Authorization: Bearer {token}\r\n");
        let mut next = "/v1/components?sort=id&limit=200&fields=id,slug,revision,tags".to_owned();
        loop {
            let answer = connection.send("GET", &next, &head, b"")?;
            ensure!(answer.status == 200, "{next} answered {}", answer.status);
            let page: Value = serde_json::from_slice(&answer.body)?;
            for item in page.get("items").and_then(Value::as_array).into_iter().flatten() {
                let slug = item.get("slug").and_then(Value::as_str).unwrap_or_default();
                there.entry(slug.to_owned()).or_default().push(item.clone());
            }
            match page.get("next").and_then(Value::as_str) {
                Some(url) => url.clone_into(&mut next),
                None => break,
            }
        }
        let mut found = Found::default();
        for entry in self.0.lock().entries.values() {
            let items = there.get(&entry.slug).map(Vec::as_slice).unwrap_or_default();
            let [item] = items else {
                if items.is_empty() {
                    found.lost += 1;
                } else {
                    found.doubled += 1;
                }
                continue;
            };
            let revision = item.get("revision").and_then(Value::as_u64).unwrap_or_default();
            let count = item.pointer("/tags/0").and_then(Value::as_str).unwrap_or_default();
            let count: u64 = count.parse().unwrap_or_default();
            let id = item.get("id").and_then(Value::as_str).unwrap_or_default();
            if revision < entry.revision {
                found.lost += 1;
            } else if id != entry.id || revision > entry.revision + 1 || count + 1 != revision {
                found.altered += 1;
            }
        }
        Ok(found)
    }
}
