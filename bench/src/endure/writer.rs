//! One writer: makes entries under keys, and raises a number in an entry of its own under `If-Match`.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use super::Shared;
use super::ledger::Entry;
use crate::load::client::{Answer, Connection};

/// How long to wait where the service does not answer or cannot write.
const WAIT: Duration = Duration::from_millis(20);

pub(super) struct Writer<'a> {
    shared: &'a Shared,
    number: u16,
    connection: Option<Connection>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(shared: &'a Shared, number: u16) -> Self {
        Self {
            shared,
            number,
            connection: None,
        }
    }

    pub(super) fn run(mut self) {
        let mut made = 0_u64;
        while !self.over() {
            let slug = format!("dauer-{}-{made}", self.number);
            let Some(mut entry) = self.make(&slug) else { return };
            made += 1;
            // More changes than entries, as in real life.
            for _ in 0..3 {
                if !self.raise(&mut entry) {
                    return;
                }
            }
        }
    }

    /// Makes an entry, trying the same request until it is answered; none when the trial is over.
    fn make(&mut self, slug: &str) -> Option<Entry> {
        let body = json!({
            "slug": slug, "kind": "building_block", "title": { "de": slug }, "owner": "dataport",
            "summary": { "de": "Ein Eintrag der Dauerprobe." }, "tags": ["0"], "publication": "published",
        });
        loop {
            let key = format!("Idempotency-Key: {slug}\r\n");
            let answer = self.ask("POST", "/v1/components", &key, &body);
            match answer {
                Some(answer) if answer.status == 201 => {
                    let made: Value = serde_json::from_slice(&answer.body).ok()?;
                    let entry = Entry {
                        slug: slug.to_owned(),
                        id: made.get("id")?.as_str()?.to_owned(),
                        revision: 1,
                        count: 0,
                    };
                    self.shared.ledger.acknowledge(&entry);
                    return Some(entry);
                }
                _ if self.over() => return None,
                _ => std::thread::sleep(WAIT),
            }
        }
    }

    /// Raises the number in an entry by one; false when the trial is over.
    fn raise(&mut self, entry: &mut Entry) -> bool {
        let path = format!("/v1/components/{}", entry.slug);
        loop {
            let header = format!("If-Match: \"r{}\"\r\n", entry.revision);
            let body = json!({ "tags": [(entry.count + 1).to_string()] });
            match self.ask("PATCH", &path, &header, &body) {
                Some(answer) if answer.status == 200 => {
                    entry.revision += 1;
                    entry.count += 1;
                    self.shared.ledger.acknowledge(entry);
                    return true;
                }
                // An unanswered try may have been written all the same.
                Some(answer) if answer.status == 412 => {
                    entry.revision += 1;
                    entry.count += 1;
                    self.shared.ledger.acknowledge(entry);
                    return true;
                }
                _ if self.over() => return false,
                _ => std::thread::sleep(WAIT),
            }
        }
    }

    fn over(&self) -> bool {
        self.shared.done.load(Ordering::SeqCst)
    }

    fn ask(&mut self, method: &str, path: &str, header: &str, body: &Value) -> Option<Answer> {
        let head = format!(
            "Authorization: Bearer {}\r\nContent-Type: application/json\r\n{header}",
            self.shared.token
        );
        if self.connection.is_none() {
            let address = *self.shared.address.read();
            self.connection = Connection::open(address).ok();
        }
        let connection = self.connection.as_mut()?;
        if let Ok(answer) = connection.send(method, path, &head, body.to_string().as_bytes()) {
            self.shared.ledger.answered(answer.status);
            Some(answer)
        } else {
            self.connection = None;
            self.shared.ledger.not_answered();
            None
        }
    }
}
