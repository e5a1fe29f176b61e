use super::*;
use domain::event::Origin;
use domain::id::Id;
use domain::stored::Publication;
use domain::values::Timestamp;

fn event(sequence: i64, record: u128, revision: i64) -> Event {
    Event {
        sequence: Sequence(sequence),
        time: Timestamp::from_micros(sequence),
        event_type: EventType::Updated,
        noun: "component".to_owned(),
        subject: Id::from_u128(record),
        slug: "eintrag".parse().unwrap(),
        revision: Revision(revision),
        publication: Publication::Published,
        public: true,
        members: true,
        visibility: domain::related::Visibility::Public,
        owner: None,
        party: None,
        origin: Origin {
            actor: Some("jemand".to_owned()),
            ..Origin::default()
        },
        document: Some("{}".into()),
    }
}

fn places(ring: &Ring, after: i64, until: i64) -> Option<Vec<i64>> {
    let found = ring.between(Sequence(after), Sequence(until))?;
    Some(found.map(|entry| entry.event.sequence.0).collect())
}

#[test]
fn who_is_behind_or_ahead_of_it_is_told_so_and_misses_nothing() {
    let mut ring = Ring::default();
    assert_eq!((ring.head(), places(&ring, 0, 0)), (None, Some(vec![])));
    assert_eq!(places(&ring, 0, 5), None);
    for n in 101..=105 {
        ring.push(event(n, 1, n));
    }
    assert_eq!(ring.head(), Some(Sequence(105)));
    assert_eq!(places(&ring, 100, 105), Some((101..=105).collect()));
    assert_eq!(places(&ring, 102, 104), Some(vec![103, 104]));
    assert_eq!(places(&ring, 105, 105), Some(vec![]));
    assert_eq!(places(&ring, 99, 105), None);
    assert_eq!(places(&ring, 104, 106), None);
    // It cannot answer for what lies in a gap.
    ring.push(event(107, 1, 107));
    assert_eq!(
        (places(&ring, 105, 107), places(&ring, 106, 107)),
        (None, Some(vec![107]))
    );
}

#[test]
fn it_holds_so_many_events_and_so_many_bytes() {
    let mut ring = Ring::default();
    let many = i64::try_from(EVENTS).unwrap();
    for n in 1..=many + 10 {
        ring.push(event(n, 1, n));
    }
    assert_eq!(places(&ring, 9, many + 10), None);
    assert_eq!(places(&ring, 10, many + 10).unwrap().len(), EVENTS);
    let large = |n| Event {
        document: Some("x".repeat(BYTES / 2).into()),
        ..event(n, u128::try_from(n).unwrap(), 1)
    };
    ring.push(large(many + 11));
    ring.push(large(many + 12));
    assert_eq!(places(&ring, many + 10, many + 12).unwrap().len(), 2);
    ring.push(large(many + 13));
    assert_eq!(places(&ring, many + 10, many + 13), None);
    assert_eq!(places(&ring, many + 11, many + 13).unwrap().len(), 2);
}

#[test]
fn a_purge_leaves_nothing_of_the_record_here_nor_lets_it_come_back() {
    let mut ring = Ring::default();
    ring.push(event(1, 7, 4));
    ring.push(event(2, 7, 5));
    ring.push(event(3, 8, 1));
    assert!(matches!(ring.previous(Sequence(1)), Some(Previous::Unread)));
    assert!(matches!(ring.previous(Sequence(2)), Some(Previous::Known(Some(e))) if e.sequence == Sequence(1)));
    ring.push(Event {
        event_type: EventType::Purged,
        document: None,
        ..event(4, 7, 6)
    });
    // Read before the purge, and told after it.
    ring.keep(Sequence(1), &Previous::Known(Some(Arc::new(event(0, 7, 3)))));
    for entry in ring.between(Sequence(0), Sequence(2)).unwrap() {
        assert_eq!((&entry.event.document, &entry.event.origin.actor), (&None, &None));
        assert!(matches!(entry.previous, Previous::Known(None)));
    }
    let other = ring.between(Sequence(2), Sequence(3)).unwrap().next().unwrap();
    assert!(other.event.document.is_some());
    assert_eq!(ring.bytes, 2);
}
