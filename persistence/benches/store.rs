//! How fast the store writes and reads: `cargo bench -p persistence -- [URL…]`, each an empty database; without one, a
//! SQLite file under the directory for temporary files. With `--create-only` it only creates, with `--writers` it only
//! measures durable single writes.
//!
//! Durable writes are as fast as the disk flushes. So the first line is a bare file on the disk of the temporary files,
//! flushed after each 4 KiB: writes one by one are compared with that, and 32 writers with writes one by one.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a measurement, not the service"
)]

use std::io::Write as _;
use std::time::{Duration, Instant};

use domain::event::{EventType, Origin, Sequence};
use domain::id::Id;
use domain::related::Visibility;
use domain::store::{Expected, KeptAnswer, Key, Record, Store, Write};
use domain::stored::Publication;
use domain::values::{Revision, Timestamp};

const RECORDS: u32 = 20_000;
const BATCH: usize = 1000;
const NOUN: &str = "component";

fn main() {
    let mut urls: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument.contains("://"))
        .collect();
    let directory = std::env::temp_dir().join(format!("verbundkatalog-bench-{}", std::process::id()));
    if urls.is_empty() {
        urls.push(format!("sqlite://{}/catalogue.db", directory.display()));
    }
    std::fs::create_dir_all(&directory).unwrap();
    flushes(&directory.join("flushes"));
    for url in urls {
        measure(&url);
    }
    let _ = std::fs::remove_dir_all(directory);
}

fn has(option: &str) -> bool {
    std::env::args().any(|argument| argument == option)
}

fn flushes(path: &std::path::Path) {
    let mut file = std::fs::File::create(path).unwrap();
    rate("4 KiB and a flush", 300, || {
        for _ in 0..300 {
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
        }
    });
}

/// 32 writers, each write a commit of its own; with an answer to keep, as a request over HTTP has it.
fn writers(store: &dyn Store, writes: &[Write]) {
    const EACH: usize = 100;
    for (what, keeps) in [("update, 32 writers", false), ("the same, keeping answers", true)] {
        let mut waits: Vec<Duration> = Vec::new();
        rate(what, 32 * 100, || {
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..32)
                    .map(|writer| {
                        let writes = writes.iter().skip(writer * EACH).take(EACH);
                        scope.spawn(move || {
                            let mut waits = Vec::with_capacity(EACH);
                            for write in writes {
                                let write = if keeps { updated(write) } else { write.clone() };
                                let answer = keeps.then(|| answer(&write));
                                let start = Instant::now();
                                store
                                    .commit_once(
                                        &[write],
                                        &Origin::default(),
                                        Timestamp::from_micros(4),
                                        answer.as_ref(),
                                    )
                                    .unwrap();
                                waits.push(start.elapsed());
                            }
                            waits
                        })
                    })
                    .collect();
                waits = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
            });
        });
        waits.sort_unstable();
        let at = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap_or_default();
        println!("    half of them within {:.1?}, 99 % within {:.1?}", at(50), at(99));
    }
}

fn answer(write: &Write) -> KeptAnswer {
    KeptAnswer {
        client: "https://issuer.example redaktion".to_owned(),
        key: write.record.id.to_string(),
        fingerprint: "0123456789abcdef0123456789abcdef".to_owned(),
        status: 200,
        location: None,
        etag: Some("\"7\"".to_owned()),
        body: write.record.document.clone(),
    }
}

fn measure(url: &str) {
    let store = persistence::open(url, &persistence::Options::default()).unwrap();
    println!("{}", store.describe());
    let writes: Vec<Write> = (0..RECORDS).map(created).collect();
    rate("create, 1,000 a commit", RECORDS, || {
        for batch in writes.chunks(BATCH) {
            store
                .commit(batch, &Origin::default(), Timestamp::from_micros(1))
                .unwrap();
        }
    });
    if has("--create-only") {
        return;
    }
    let updates: Vec<Write> = writes.iter().map(updated).collect();
    rate("update, 1,000 a commit", RECORDS, || {
        for batch in updates.chunks(BATCH) {
            store
                .commit(batch, &Origin::default(), Timestamp::from_micros(2))
                .unwrap();
        }
    });
    let again: Vec<Write> = updates.iter().map(updated).collect();
    rate("update, 1 a commit", 1000, || {
        for write in again.iter().take(1000) {
            store
                .commit(
                    std::slice::from_ref(write),
                    &Origin::default(),
                    Timestamp::from_micros(3),
                )
                .unwrap();
        }
    });
    writers(&store, again.get(1000..4200).unwrap());
    if has("--writers") {
        return;
    }
    rate("read by id", 20_000, || {
        for write in &writes {
            assert!(store.record(NOUN, &Key::Id(write.record.id)).unwrap().is_some());
        }
    });
    rate("walk all records", RECORDS, || {
        let mut after = None;
        loop {
            let page = store.records(NOUN, after, BATCH).unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.id);
        }
    });
    rate("walk all events", 2 * RECORDS + 7400, || {
        let mut after = Sequence(0);
        loop {
            let page = store.events(after, BATCH).unwrap();
            let Some(last) = page.last() else { break };
            after = last.sequence;
        }
    });
    rate("verify", RECORDS, || assert_eq!(store.verify().unwrap(), []));
}

fn rate(what: &str, count: u32, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    println!(
        "  {what:<28}{:>10.0}/s",
        f64::from(count) / start.elapsed().as_secs_f64()
    );
}

fn created(n: u32) -> Write {
    let text = text(n);
    Write {
        noun: NOUN,
        expected: Expected::Absent,
        record: Record {
            id: Id::from_u128(0x0198_0c2e_7a00_7000_8000_0000_0000_0000 + u128::from(n)),
            slug: format!("komponente-{n}").parse().unwrap(),
            revision: Revision::FIRST,
            publication: Publication::Published,
            owner: "stadt-beispielhausen".parse().ok(),
            party: None,
            visibility: Visibility::Public,
            published_at: Some(Timestamp::from_micros(1)),
            created_at: Timestamp::from_micros(1),
            updated_at: Timestamp::from_micros(1),
            document: format!("{{\"title\":\"Komponente {n}\",\"description\":\"{text}\"}}").into(),
        },
        event_type: EventType::Created,
        public: true,
        members: true,
    }
}

/// About 4,000 characters that compress as texts of people do.
fn text(seed: u32) -> String {
    const WORDS: [&str; 32] = [
        "Nachnutzung",
        "Verbund",
        "Kommune",
        "Schnittstelle",
        "Betrieb",
        "Kosten",
        "und",
        "der",
        "die",
        "für",
        "mit",
        "Antrag",
        "Baugenehmigung",
        "digital",
        "Verwaltung",
        "Online-Dienst",
        "Register",
        "Datenschutz",
        "Support",
        "Land",
        "Bund",
        "Leistung",
        "einer",
        "nach",
        "Lizenz",
        "offen",
        "Quelle",
        "Entwicklung",
        "Vertrag",
        "im",
        "wird",
        "angeboten",
    ];
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut text = String::with_capacity(4100);
    while text.len() < 3900 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.push_str(WORDS.get((state >> 27) as usize).unwrap_or(&""));
        text.push_str(if state & 0x7000 == 0 { ". " } else { " " });
        if state & 0xf00 == 0 {
            text.push_str(&state.to_string());
        }
    }
    text
}

fn updated(write: &Write) -> Write {
    let mut next = write.clone();
    next.expected = Expected::Revision(write.record.revision);
    next.record.revision = write.record.revision.next();
    next.event_type = EventType::Updated;
    next
}
