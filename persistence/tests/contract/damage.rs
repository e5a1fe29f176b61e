//! Damage: told by whoever meets it, and found by the check.

use domain::event::Sequence;
use domain::store::{Key, Store, StoreError};
use testdb::{TestDb, for_each_database};

use crate::support::*;

/// Three records: one created, one renamed, one purged; six events.
fn filled(db: &TestDb) -> persistence::Database {
    let store = open(db);
    let second = create(2);
    let third = create(3);
    commit(
        &store,
        &[create(1), second.clone(), rename(&second, "umbenannt"), third.clone()],
    )
    .unwrap();
    commit(&store, &[purge(&third), update(&create(1))]).unwrap();
    assert_eq!(store.verify().unwrap(), []);
    store
}

#[test]
fn a_damaged_row_is_an_error_of_its_own_and_names_the_place() {
    for_each_database(|db| {
        let store = filled(db);
        for (damage, detail) in [
            ("UPDATE records SET slug = 'Kein Slug' WHERE slug = 'umbenannt'", "slug"),
            (
                "UPDATE records SET slug = 'umbenannt', publication = 'secret' WHERE slug = 'Kein Slug'",
                "publication",
            ),
            (
                "UPDATE records SET publication = 'draft', owner = '?' WHERE slug = 'umbenannt'",
                "owner",
            ),
        ] {
            db.execute(damage);
            let result = store.record(NOUN, &Key::Id(id(2)));
            let place = format!("records, component {}: ", id(2));
            assert!(
                matches!(&result, Err(StoreError::Corrupt(text)) if text.starts_with(&place) && text.contains(detail)),
                "{result:?}"
            );
            assert!(matches!(store.records(NOUN, None, 10), Err(StoreError::Corrupt(_))));
            assert!(
                store.record(NOUN, &Key::Id(id(1))).unwrap().is_some(),
                "the others can be read"
            );
        }
        db.execute("UPDATE events SET type = 'painted' WHERE sequence = 3");
        assert_eq!(store.events(Sequence(0), 2).unwrap().len(), 2);
        let result = store.events(Sequence(0), 3);
        assert!(
            matches!(&result, Err(StoreError::Corrupt(text)) if text.starts_with("events, sequence 3: ")),
            "{result:?}"
        );
    });
}

/// What a statement damages, and what the check says of it.
const DAMAGES: &[(&str, &str, &str)] = &[
    ("DELETE FROM events WHERE sequence = 2", "events, sequence 2", "missing"),
    (
        "DELETE FROM events WHERE sequence IN (1, 2, 3)",
        "events, sequences 1 to 3",
        "missing",
    ),
    (
        "DELETE FROM events WHERE sequence = 6",
        "feed_head",
        "says 6, but the last event is 5",
    ),
    (
        "UPDATE feed_head SET seq = 9",
        "feed_head",
        "says 9, but the last event is 6",
    ),
    ("DELETE FROM feed_head", "feed_head", "its row is missing"),
    (
        "UPDATE records SET document = '{}' WHERE slug = 'umbenannt'",
        "records, component",
        "in: document",
    ),
    (
        "UPDATE records SET revision = 7 WHERE slug = 'umbenannt'",
        "records, component",
        "in: revision",
    ),
    (
        "UPDATE records SET slug = 'heimlich' WHERE slug = 'umbenannt'",
        "records, component",
        "in: slug",
    ),
    (
        "UPDATE records SET owner = NULL WHERE slug = 'umbenannt'",
        "records, component",
        "in: owner",
    ),
    (
        "UPDATE records SET publication = 'draft' WHERE slug = 'umbenannt'",
        "records, component",
        "in: publication",
    ),
    (
        "UPDATE records SET party = 'jemand' WHERE slug = 'umbenannt'",
        "records, component",
        "in: party",
    ),
    (
        "UPDATE records SET visibility = 'members' WHERE slug = 'umbenannt'",
        "records, component",
        "in: visibility",
    ),
    (
        "UPDATE records SET visibility = 'friends' WHERE slug = 'umbenannt'",
        "records, component",
        "the visibility is unknown",
    ),
    (
        "UPDATE events SET visibility = '' WHERE sequence = 3",
        "events, sequence 3",
        "the visibility is unknown",
    ),
    (
        "UPDATE records SET published_at = NULL WHERE slug = 'umbenannt'",
        "records, component",
        "is published, and it is not known since when",
    ),
    (
        "UPDATE events SET party = '?' WHERE sequence = 3",
        "events, sequence 3",
        "the party is no slug",
    ),
    (
        "UPDATE records SET publication = 'x' WHERE slug = 'umbenannt'",
        "records, component",
        "publication is unknown",
    ),
    (
        "UPDATE records SET document = '{' WHERE slug = 'umbenannt'",
        "records, component",
        "the document is no JSON",
    ),
    (
        "UPDATE events SET document = '{' WHERE sequence = 3",
        "events, sequence 3",
        "the document is no JSON",
    ),
    (
        "UPDATE events SET slug = '' WHERE sequence = 3",
        "events, sequence 3",
        "the slug is none",
    ),
    (
        "DELETE FROM records WHERE slug = 'umbenannt'",
        "events, sequence 3",
        "is not there and was not purged",
    ),
    (
        "INSERT INTO records (noun, id, slug, revision, publication, owner, published_at, created_at, updated_at, document) \
         SELECT noun, '01980c2e-7a00-7000-8000-000000000003', 'untot', revision, publication, owner, \
         published_at, created_at, updated_at, document FROM records WHERE slug = 'umbenannt'",
        "records, component 01980c2e-7a00-7000-8000-000000000003",
        "was purged by event 5, and is still there",
    ),
    (
        "INSERT INTO records (noun, id, slug, revision, publication, owner, published_at, created_at, updated_at, document) \
         SELECT noun, '01980c2e-7a00-7000-8000-000000000009', 'neu', revision, publication, owner, \
         published_at, created_at, updated_at, document FROM records WHERE slug = 'umbenannt'",
        "records, component 01980c2e-7a00-7000-8000-000000000009",
        "no event tells of it",
    ),
    (
        "UPDATE slugs SET slug = 'eintrag-1'",
        "slugs, component eintrag-1",
        "has the slug now",
    ),
];

#[test]
fn the_check_finds_each_kind_of_damage_and_names_its_place() {
    for (damage, place, detail) in DAMAGES {
        for_each_database(|db| {
            let store = filled(db);
            db.execute(damage);
            let findings = store.verify().unwrap();
            assert!(
                findings
                    .iter()
                    .any(|f| f.place.starts_with(place) && f.detail.contains(detail)),
                "{damage}: {findings:?}"
            );
        });
    }
}

#[test]
fn the_check_of_a_file_finds_a_slug_that_points_nowhere() {
    let db = TestDb::sqlite();
    let store = filled(&db);
    db.execute("PRAGMA foreign_keys = OFF; UPDATE slugs SET id = 'x'");
    let findings = store.verify().unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].place, "slugs, component eintrag-2");
    assert_eq!(findings[0].detail, "points to x, which is not there");
}

#[test]
fn the_check_of_a_file_finds_overwritten_pages() {
    use std::io::{Seek, SeekFrom, Write};
    let db = TestDb::sqlite();
    let store = filled(&db);
    let writes: Vec<_> = (100..900).map(create).collect();
    commit(&store, &writes).unwrap();
    drop(store);
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    let path = db.url().trim_start_matches("sqlite://");
    let mut file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    let end = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(end - 4096 * 3)).unwrap();
    file.write_all(&[0xa5; 4096 * 2]).unwrap();
    drop(file);
    let findings = open(&db).verify().unwrap();
    assert!(
        findings.iter().any(|finding| finding.place == "database"),
        "{findings:?}"
    );
}

#[test]
fn the_check_reads_one_moment_while_others_write() {
    for_each_database(|db| {
        let store = open(db);
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..300 {
                    let first = create(n);
                    commit(&store, &[first.clone(), update(&first)]).unwrap();
                }
                done.store(true, std::sync::atomic::Ordering::Relaxed);
            });
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                assert_eq!(store.verify().unwrap(), []);
            }
        });
    });
}
