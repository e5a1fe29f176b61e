//! The log: complete, in commit order, without gaps.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use domain::event::{Event, EventType, Origin, Sequence};
use domain::related::Visibility;
use domain::store::Store;
use domain::stored::Publication;
use domain::values::Revision;
use testdb::for_each_database;

use crate::support::*;

#[test]
fn an_event_tells_who_wrote_what_and_when() {
    for_each_database(|db| {
        let store = open(db);
        let mut write = create(1);
        write.record.publication = Publication::InReview;
        write.record.published_at = None;
        write.record.party = Some(slug("kreis-beispiel"));
        write.record.visibility = Visibility::Members;
        write.public = false;
        write.members = true;
        let origin = Origin {
            actor: Some("Jörg Müßig <j.muessig@beispielhausen.example>".to_owned()),
            token_id: Some("t-1".to_owned()),
            request_id: Some("r-1".to_owned()),
            comment: Some("Erfasst nach Ortstermin 🏛".to_owned()),
        };
        store.commit(std::slice::from_ref(&write), &origin, now()).unwrap();
        let expected = Event {
            sequence: Sequence(1),
            time: now(),
            event_type: EventType::Created,
            noun: NOUN.to_owned(),
            subject: id(1),
            slug: write.record.slug,
            revision: Revision::FIRST,
            publication: Publication::InReview,
            public: false,
            members: true,
            visibility: Visibility::Members,
            owner: write.record.owner,
            party: write.record.party,
            origin,
            document: Some(write.record.document),
        };
        assert_eq!(store.events(Sequence(0), 10).unwrap(), [expected]);
    });
}

#[test]
fn events_stand_in_the_order_of_the_writes() {
    for_each_database(|db| {
        let store = open(db);
        assert_eq!(store.head().unwrap(), Sequence(0));
        let first = create(1);
        let writes = [
            create(2),
            first.clone(),
            update(&first),
            create(3),
            update(&update(&first)),
        ];
        assert_eq!(commit(&store, &writes).unwrap(), Sequence(5));
        let events: Vec<_> = all_events(&store)
            .into_iter()
            .map(|e| (e.sequence.0, e.subject, e.revision.0))
            .collect();
        let expected = [
            (1, id(2), 1),
            (2, id(1), 1),
            (3, id(1), 2),
            (4, id(3), 1),
            (5, id(1), 3),
        ];
        assert_eq!(events, expected);
        assert_eq!(store.head().unwrap(), Sequence(5));
    });
}

#[test]
fn pages_of_events_end_where_the_log_ends() {
    for_each_database(|db| {
        let store = open(db);
        let writes: Vec<_> = (0..1003).map(create).collect();
        commit(&store, &writes).unwrap();
        let sequences = |after, limit| -> Vec<i64> {
            store
                .events(Sequence(after), limit)
                .unwrap()
                .iter()
                .map(|event| event.sequence.0)
                .collect()
        };
        assert_eq!(sequences(0, 3), [1, 2, 3]);
        assert_eq!(sequences(1000, 3), [1001, 1002, 1003]);
        assert_eq!(sequences(1001, 100), [1002, 1003]);
        assert_eq!(sequences(1003, 100), [0; 0]);
        assert_eq!(sequences(5000, 100), [0; 0]);
        assert_eq!(sequences(0, 0), [0; 0]);
        assert_eq!(sequences(0, usize::MAX).len(), 1003);
    });
}

#[test]
fn a_reader_sees_each_event_once_and_in_order_while_eight_write() {
    const WRITERS: u32 = 8;
    const COMMITS: u32 = 25;
    for_each_database(|db| {
        // Two stores: also writers of other processes keep the order.
        let stores = [open(db), open(db)];
        let reader = open(db);
        let written = AtomicU32::new(0);
        let seen = std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (store, written) = (&stores[writer as usize % 2], &written);
                scope.spawn(move || {
                    for n in 0..COMMITS {
                        let size = 1 + (writer + n) % 3;
                        let writes: Vec<_> = (0..size).map(|k| create(writer * 1000 + n * 10 + k)).collect();
                        commit(store, &writes).unwrap();
                        written.fetch_add(size, Ordering::Relaxed);
                    }
                });
            }
            let expected: u32 = (0..WRITERS)
                .flat_map(|w| (0..COMMITS).map(move |n| 1 + (w + n) % 3))
                .sum();
            let mut seen: Vec<Event> = Vec::new();
            let start = Instant::now();
            while seen.len() < expected as usize {
                assert!(start.elapsed() < Duration::from_mins(1), "{} of {expected}", seen.len());
                let after = seen.last().map_or(Sequence(0), |event| event.sequence);
                let head = reader.head().unwrap();
                let page = reader.events(after, 5).unwrap();
                assert!(page.len() == 5 || page.last().map_or(after, |event| event.sequence) >= head);
                seen.extend(page);
            }
            seen
        });
        let sequences: Vec<i64> = seen.iter().map(|event| event.sequence.0).collect();
        let total = i64::from(written.load(Ordering::Relaxed));
        assert_eq!(sequences, (1..=total).collect::<Vec<_>>());
        assert_eq!(reader.head().unwrap(), Sequence(total));
        assert_eq!(reader.verify().unwrap(), []);
    });
}

#[test]
fn what_was_purged_leaves_its_events_without_documents() {
    for_each_database(|db| {
        let store = open(db);
        let first = create(1);
        let second = update(&first);
        let gone = purge(&second);
        commit(&store, &[create(2), first, second]).unwrap();
        commit(&store, &[gone]).unwrap();
        let events = all_events(&store);
        let documents: Vec<bool> = events.iter().map(|event| event.document.is_some()).collect();
        assert_eq!(documents, [true, false, false, false]);
        assert_eq!(events[3].event_type, EventType::Purged);
        assert_eq!(events[3].revision, Revision(3));
        assert_eq!(store.record(NOUN, &domain::store::Key::Id(id(1))).unwrap(), None);
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn the_head_moves_also_by_the_commits_of_other_processes() {
    for_each_database(|db| {
        let (one, other) = (open(db), open(db));
        for n in 1..=5 {
            let head = commit(if n % 2 == 0 { &one } else { &other }, &[create(n)]).unwrap();
            assert_eq!((one.head().unwrap(), other.head().unwrap()), (head, head));
            assert_eq!(one.events(Sequence(i64::from(n) - 1), 9).unwrap().len(), 1);
        }
    });
}
