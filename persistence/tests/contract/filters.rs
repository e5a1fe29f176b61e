//! The filtered log, compared with a plain look at every event.

use domain::access::Sight;
use domain::event::{Event, EventFilter, EventType, Origin, Sequence};
use domain::related::Visibility;
use domain::store::{Record, Store, Write};
use domain::stored::Publication;
use domain::values::{Revision, Slug, Timestamp};
use testdb::for_each_database;

use crate::support::*;

const NOUNS: [&str; 4] = ["adoption", "change", "component", "organisation"];
const TYPES: [EventType; 5] = [
    EventType::Created,
    EventType::Updated,
    EventType::Published,
    EventType::Withdrawn,
    EventType::Purged,
];

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
    fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
    fn some_of<T: Copy>(&mut self, all: &[T], percent: usize) -> Vec<T> {
        all.iter().copied().filter(|_| self.often(percent)).collect()
    }
    fn organisations(&mut self) -> Vec<Slug> {
        let some: Vec<usize> = self.some_of(&[0, 1, 2, 3], 40);
        some.into_iter().map(organisation).collect()
    }
}

fn organisation(n: usize) -> Slug {
    slug(&format!("amt-{n}"))
}

/// A log of a thousand events of every sort, at times that do not quite follow their order.
fn fill(store: &dyn Store, dice: &mut Dice) {
    let mut alive: Vec<Write> = Vec::new();
    for n in 0..1000 {
        let write = if alive.len() < 20 || dice.often(10) {
            let mut write = create(n);
            write.noun = dice.one_of(&NOUNS);
            write.record.owner = dice.often(80).then(|| organisation(dice.below(4)));
            write.record.party = dice.often(30).then(|| organisation(dice.below(4)));
            write
        } else {
            let place = dice.below(alive.len());
            let mut write = update(&alive.swap_remove(place));
            write.event_type = dice.one_of(&TYPES[1..]);
            write
        };
        let write = Write {
            public: dice.often(60),
            members: dice.often(40),
            record: Record {
                publication: Publication::Draft,
                visibility: dice.one_of(&[Visibility::Public, Visibility::Members, Visibility::Parties]),
                ..write.record
            },
            ..write
        };
        let origin = Origin {
            actor: Some(format!("a-{n}")),
            ..Origin::default()
        };
        let time = Timestamp::from_micros(i64::from(n) * 10 + i64::try_from(dice.below(300)).unwrap());
        store.commit(std::slice::from_ref(&write), &origin, time).unwrap();
        if write.event_type != EventType::Purged {
            alive.push(write);
        }
    }
}

fn wanted(filter: &EventFilter, event: &Event) -> bool {
    let parties = || event.owner.iter().chain(&event.party);
    event.sequence > filter.after
        && filter.until.is_none_or(|until| event.sequence <= until)
        && (filter.types.is_empty() || filter.types.contains(&event.event_type))
        && (filter.nouns.is_empty() || filter.nouns.contains(&event.noun.as_str()))
        && filter.subject.is_none_or(|subject| event.subject == subject)
        && (filter.organisations.is_empty() || parties().any(|slug| filter.organisations.contains(slug)))
        && filter.from.is_none_or(|from| event.time >= from)
        && filter.to.is_none_or(|to| event.time <= to)
        && (event.public
            || event.members && filter.sight.is_member()
            || filter.sight.includes(event.owner.as_ref(), event.party.as_ref()))
}

fn any_filter(dice: &mut Dice, events: &[Event]) -> EventFilter {
    let mut filter = EventFilter {
        sight: match dice.below(3) {
            0 => Sight::Public,
            1 => Sight::Of(dice.organisations()),
            _ => Sight::All,
        },
        ..EventFilter::default()
    };
    if dice.often(40) {
        filter.types = dice.some_of(&TYPES, 40);
    }
    if dice.often(40) {
        filter.nouns = dice.some_of(&NOUNS, 40);
    }
    if dice.often(30) {
        filter.organisations = dice.organisations();
    }
    if dice.often(15) {
        filter.subject = Some(events[dice.below(events.len())].subject);
    }
    if dice.often(40) {
        filter.after = Sequence(i64::try_from(dice.below(1100)).unwrap());
    }
    if dice.often(40) {
        filter.until = Some(Sequence(i64::try_from(dice.below(1100)).unwrap()));
    }
    if dice.often(30) {
        filter.from = Some(events[dice.below(events.len())].time);
    }
    if dice.often(30) {
        filter.to = Some(events[dice.below(events.len())].time);
    }
    filter
}

#[test]
fn a_filter_finds_what_a_look_at_every_event_finds() {
    for_each_database(|db| {
        let store = open(db);
        let mut dice = Dice(1);
        fill(&store, &mut dice);
        let all = all_events(&store);
        let mut found = 0;
        for _ in 0..600 {
            let filter = any_filter(&mut dice, &all);
            let newest_first = dice.often(50);
            let limit = dice.one_of(&[0, 1, 3, 20, 600, usize::MAX]);
            let mut expected: Vec<&Event> = all.iter().filter(|event| wanted(&filter, event)).collect();
            if newest_first {
                expected.reverse();
            }
            expected.truncate(limit);
            let answered = store.events_where(&filter, newest_first, limit).unwrap();
            let sequences = |events: Vec<&Event>| events.iter().map(|event| event.sequence.0).collect::<Vec<_>>();
            assert_eq!(
                sequences(answered.iter().collect()),
                sequences(expected.clone()),
                "{filter:?}, newest first: {newest_first}, limit {limit}"
            );
            assert!(answered.iter().eq(expected));
            found += answered.len();
        }
        assert!(found > 3000, "the filters found only {found}");
    });
}

#[test]
fn a_thousand_organisations_find_what_a_look_at_every_event_finds() {
    for_each_database(|db| {
        let store = open(db);
        let mut dice = Dice(3);
        // Longer than the portions that are looked at event by event, with a stretch in which nothing is found.
        let writes: Vec<Write> = (0..30_000)
            .map(|n| {
                let mut write = create(n);
                let far = if (3000..26_000).contains(&n) { 2000 } else { 0 };
                write.record.owner = dice.often(90).then(|| organisation(far + dice.below(1500)));
                write.record.party = dice.often(20).then(|| organisation(far + dice.below(1500)));
                write.public = dice.often(3);
                write.members = dice.often(3);
                write.event_type = dice.one_of(&TYPES[..2]);
                write
            })
            .collect();
        for some in writes.chunks(1000) {
            commit(&store, some).unwrap();
        }
        let all = store.events(Sequence(0), usize::MAX).unwrap();
        let thousand: Vec<Slug> = (0..1000).map(organisation).collect();
        let twelve: Vec<Slug> = (0..12).map(|n| organisation(n * 290)).collect();
        let nobody: Vec<Slug> = (9000..10_000).map(organisation).collect();
        let mut found = 0;
        for round in 0..60 {
            let many = dice.one_of(&[&thousand, &thousand, &twelve, &nobody]).clone();
            let by_name = dice.often(30);
            let filter = EventFilter {
                after: Sequence(dice.one_of(&[0, 10, 2900, 20_000, 29_500])),
                until: dice.often(30).then(|| Sequence(dice.one_of(&[2000, 26_100, 29_990]))),
                types: dice.some_of(&TYPES, 20),
                nouns: dice.some_of(&["component", "change"], 20),
                organisations: if by_name { many.clone() } else { Vec::new() },
                sight: match dice.below(4) {
                    0 if by_name => Sight::Public,
                    1 if by_name => Sight::All,
                    2 if by_name => Sight::Of(twelve.clone()),
                    _ => Sight::Of(many),
                },
                ..EventFilter::default()
            };
            let newest_first = dice.often(50);
            let limit = dice.one_of(&[1, 20, 100, 1000]);
            let mut expected: Vec<i64> = all
                .iter()
                .filter(|event| wanted(&filter, event))
                .map(|event| event.sequence.0)
                .collect();
            if newest_first {
                expected.reverse();
            }
            expected.truncate(limit);
            let answered = store.events_where(&filter, newest_first, limit).unwrap();
            let answered: Vec<i64> = answered.iter().map(|event| event.sequence.0).collect();
            assert_eq!(
                answered, expected,
                "round {round}, newest first: {newest_first}, limit {limit}"
            );
            found += answered.len();
        }
        assert!(found > 1000, "the filters found only {found}");
    });
}

#[test]
fn who_reads_on_page_by_page_meets_each_wanted_event_once() {
    for_each_database(|db| {
        let store = open(db);
        let mut dice = Dice(2);
        fill(&store, &mut dice);
        let all = all_events(&store);
        for _ in 0..20 {
            let filter = EventFilter {
                after: Sequence(0),
                until: None,
                ..any_filter(&mut dice, &all)
            };
            let expected: Vec<i64> = all
                .iter()
                .filter(|e| wanted(&filter, e))
                .map(|e| e.sequence.0)
                .collect();
            for newest_first in [false, true] {
                let mut page = filter.clone();
                let mut walked: Vec<i64> = Vec::new();
                loop {
                    let events = store.events_where(&page, newest_first, 17).unwrap();
                    walked.extend(events.iter().map(|event| event.sequence.0));
                    match events.last() {
                        Some(last) if newest_first => page.until = Some(Sequence(last.sequence.0 - 1)),
                        Some(last) => page.after = last.sequence,
                        None => break,
                    }
                }
                walked.sort_unstable();
                assert_eq!(walked, expected, "{filter:?}, newest first: {newest_first}");
            }
        }
    });
}

#[test]
fn a_reader_of_several_organisations_passes_nothing_over_while_others_write() {
    for_each_database(|db| {
        let store = open(db);
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..300 {
                    let mut write = create(n);
                    write.record.owner = Some(organisation(n as usize % 3));
                    write.record.party = Some(organisation(3 - n as usize % 4));
                    commit(&store, &[write]).unwrap();
                }
                done.store(true, std::sync::atomic::Ordering::SeqCst);
            });
            let mut filter = EventFilter {
                organisations: (0..4).map(organisation).collect(),
                ..EventFilter::default()
            };
            let mut seen = 0;
            loop {
                let was_done = done.load(std::sync::atomic::Ordering::SeqCst);
                let events = store.events_where(&filter, false, 5).unwrap();
                for event in &events {
                    seen += 1;
                    assert_eq!(event.sequence.0, seen);
                }
                if was_done && events.is_empty() {
                    break;
                }
                filter.after = Sequence(seen);
            }
            assert_eq!(seen, 300);
        });
    });
}

#[test]
fn revisions_are_found_by_record_and_number_and_missing_ones_left_out() {
    for_each_database(|db| {
        let store = open(db);
        let mut writes: Vec<Write> = (0..600).map(create).collect();
        commit(&store, &writes).unwrap();
        for _ in 0..3 {
            writes = writes.iter().map(update).collect();
            commit(&store, &writes).unwrap();
        }
        let asked: Vec<_> = (0..900).map(|n| (id(n), Revision(i64::from(n % 5) + 1))).collect();
        let mut found: Vec<_> = store
            .revisions(NOUN, &asked)
            .unwrap()
            .into_iter()
            .map(|event| (event.subject, event.revision))
            .collect();
        found.sort_unstable();
        let there: Vec<_> = asked
            .iter()
            .copied()
            .filter(|(n, r)| *n < id(600) && r.0 <= 4)
            .collect();
        assert_eq!(found, there);
        assert_eq!(store.revisions("organisation", &asked).unwrap(), []);
        assert_eq!(store.revisions(NOUN, &[]).unwrap(), []);
        let twice = [asked[0], asked[0]];
        assert_eq!(store.revisions(NOUN, &twice).unwrap().len(), 1);
    });
}

#[test]
fn of_a_record_that_was_made_again_the_later_revision_counts() {
    for_each_database(|db| {
        let store = open(db);
        commit(&store, &[create(1)]).unwrap();
        commit(&store, &[purge(&create(1))]).unwrap();
        commit(&store, &[create(1)]).unwrap();
        let found = store
            .revisions(NOUN, &[(id(1), Revision(1)), (id(1), Revision(2))])
            .unwrap();
        let mut sequences: Vec<i64> = found.iter().map(|event| event.sequence.0).collect();
        sequences.sort_unstable();
        assert_eq!(sequences, [2, 3]);
    });
}
