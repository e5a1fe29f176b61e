//! Short ways to write records.

use domain::event::{EventType, Origin, Sequence};
use domain::id::Id;
use domain::related::Visibility;
use domain::store::{Expected, KeptAnswer, Record, Store, StoreError, Write};
use domain::stored::Publication;
use domain::values::{Revision, Slug, Timestamp};
use persistence::{Database, Options};
use testdb::TestDb;

pub(crate) const NOUN: &str = "component";

/// 2026-07-01, with a microsecond that must not get lost.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_micros(1_782_898_200_123_457)
}

pub(crate) fn open(db: &TestDb) -> Database {
    persistence::open(db.url(), &Options::default()).unwrap()
}

pub(crate) fn id(n: u32) -> Id {
    Id::from_u128(0x0198_0c2e_7a00_7000_8000_0000_0000_0000 + u128::from(n))
}

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

pub(crate) const CLIENT: &str = "https://issuer.example redaktion";

/// An answer to keep under a key of [`CLIENT`].
pub(crate) fn answer(key: &str, body: &str) -> KeptAnswer {
    KeptAnswer {
        client: CLIENT.to_owned(),
        key: key.to_owned(),
        fingerprint: "f-1".to_owned(),
        status: 201,
        location: Some("/v1/components/eintrag-1".to_owned()),
        etag: Some("\"1\"".to_owned()),
        body: body.into(),
    }
}

/// Creates the record `n` with the slug `eintrag-n`.
pub(crate) fn create(n: u32) -> Write {
    Write {
        noun: NOUN,
        expected: Expected::Absent,
        record: Record {
            id: id(n),
            slug: slug(&format!("eintrag-{n}")),
            revision: Revision::FIRST,
            publication: Publication::Published,
            owner: Some(slug("stadt-beispielhausen")),
            party: None,
            visibility: Visibility::Public,
            published_at: Some(now()),
            created_at: now(),
            updated_at: now(),
            document: format!("{{\"title\":\"Eintrag {n}\"}}").into(),
        },
        event_type: EventType::Created,
        public: true,
        members: true,
    }
}

pub(crate) fn create_as(n: u32, text: &str) -> Write {
    let mut write = create(n);
    write.record.slug = slug(text);
    write
}

/// Updates the record as `write` left it.
pub(crate) fn update(write: &Write) -> Write {
    let mut next = write.clone();
    next.expected = Expected::Revision(write.record.revision);
    next.record.revision = write.record.revision.next();
    next.record.updated_at = Timestamp::from_micros(write.record.updated_at.micros() + 1);
    next.record.document = format!("{{\"title\":\"Revision {}\"}}", next.record.revision.0).into();
    next.event_type = EventType::Updated;
    next
}

/// Gives the record another slug.
pub(crate) fn rename(write: &Write, text: &str) -> Write {
    let mut next = update(write);
    next.record.slug = slug(text);
    next
}

/// Removes the record as `write` left it.
pub(crate) fn purge(write: &Write) -> Write {
    let mut next = update(write);
    next.event_type = EventType::Purged;
    next
}

pub(crate) fn commit(store: &dyn Store, writes: &[Write]) -> Result<Sequence, StoreError> {
    store.commit(writes, &Origin::default(), now())
}

/// All events, read in small pages.
pub(crate) fn all_events(store: &dyn Store) -> Vec<domain::event::Event> {
    let mut events = Vec::new();
    loop {
        let after = events
            .last()
            .map_or(Sequence(0), |event: &domain::event::Event| event.sequence);
        let page = store.events(after, 7).unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}
