//! Writing: guarded, and all or nothing.

use domain::event::Sequence;
use domain::related::Visibility;
use domain::store::{Expected, Key, Store, StoreError};
use domain::values::Revision;
use testdb::for_each_database;

use crate::support::*;

#[test]
fn what_was_committed_is_read_back_the_same() {
    for_each_database(|db| {
        let store = open(db);
        let mut write = create(1);
        write.record.owner = None;
        assert_eq!(commit(&store, &[create(2), write.clone()]).unwrap(), Sequence(2));
        assert_eq!(store.record(NOUN, &Key::Id(id(1))).unwrap(), Some(write.record));
        assert_eq!(
            store.record(NOUN, &Key::Slug(slug("eintrag-2"))).unwrap(),
            Some(create(2).record)
        );
        assert_eq!(store.record(NOUN, &Key::Id(id(3))).unwrap(), None);
        assert_eq!(store.record("organisation", &Key::Id(id(1))).unwrap(), None);
    });
}

#[test]
fn an_update_changes_who_sees_the_record() {
    for_each_database(|db| {
        let store = open(db);
        let others = create(2);
        let mut write = create(1);
        commit(&store, &[write.clone(), others.clone()]).unwrap();
        for visibility in [Visibility::Members, Visibility::Parties, Visibility::Public] {
            write = update(&write);
            write.record.visibility = visibility;
            commit(&store, &[write.clone()]).unwrap();
            let expected = [write.record.clone(), others.record.clone()];
            assert_eq!(store.records(NOUN, None, 10).unwrap(), expected);
            assert_eq!(all_events(&store).pop().unwrap().visibility, visibility);
        }
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn a_write_in_the_wrong_revision_is_stale_and_says_the_current_one() {
    for_each_database(|db| {
        let store = open(db);
        let first = create(1);
        let second = update(&first);
        commit(&store, &[first.clone(), second.clone()]).unwrap();

        let late = commit(&store, &[create(2), update(&first)]);
        assert!(
            matches!(
                late,
                Err(StoreError::Stale {
                    index: 1,
                    current: Some(Revision(2))
                })
            ),
            "{late:?}"
        );
        let gone = commit(&store, &[update(&create(9))]);
        assert!(
            matches!(
                gone,
                Err(StoreError::Stale {
                    index: 0,
                    current: None
                })
            ),
            "{gone:?}"
        );
        let purged_too_late = commit(&store, &[purge(&first)]);
        assert!(
            matches!(
                purged_too_late,
                Err(StoreError::Stale {
                    index: 0,
                    current: Some(Revision(2))
                })
            ),
            "{purged_too_late:?}"
        );
        assert_eq!(store.record(NOUN, &Key::Id(id(1))).unwrap(), Some(second.record));
        assert_eq!(store.record(NOUN, &Key::Id(id(2))).unwrap(), None);
        assert_eq!(store.head().unwrap(), Sequence(2));
    });
}

#[test]
fn a_taken_id_or_slug_is_named_by_the_position_of_the_write() {
    for_each_database(|db| {
        let store = open(db);
        commit(&store, &[create(1)]).unwrap();
        for taken in [create_as(1, "anders"), create_as(7, "eintrag-1")] {
            let result = commit(&store, &[create(2), create(3), taken, create(4)]);
            assert!(matches!(result, Err(StoreError::Taken { index: 2 })), "{result:?}");
        }
        let twice = commit(&store, &[create(5), create_as(6, "eintrag-5")]);
        assert!(matches!(twice, Err(StoreError::Taken { index: 1 })), "{twice:?}");
        assert_eq!(store.records(NOUN, None, 10).unwrap().len(), 1);
        // The other nouns have names of their own.
        let mut other = create(1);
        other.noun = "organisation";
        commit(&store, &[other]).unwrap();
    });
}

#[test]
fn a_commit_of_thousands_is_made_wholly_or_not_at_all() {
    for_each_database(|db| {
        let store = open(db);
        let writes: Vec<_> = (0..1700).map(create).collect();
        let mut one_bad = writes.clone();
        one_bad[1650].expected = Expected::Revision(Revision(4));
        one_bad[1650].record.revision = Revision(5);
        let result = commit(&store, &one_bad);
        assert!(
            matches!(
                result,
                Err(StoreError::Stale {
                    index: 1650,
                    current: None
                })
            ),
            "{result:?}"
        );
        assert_eq!(store.head().unwrap(), Sequence(0));
        assert_eq!(store.records(NOUN, None, 10).unwrap(), []);
        assert_eq!(store.events(Sequence(0), 10).unwrap(), []);

        assert_eq!(commit(&store, &writes).unwrap(), Sequence(1700));
        let updates: Vec<_> = writes.iter().map(update).collect();
        assert_eq!(commit(&store, &updates).unwrap(), Sequence(3400));
        let changed: Vec<_> = updates.iter().map(|write| write.record.clone()).collect();
        assert_eq!(store.records(NOUN, None, 5000).unwrap(), changed);
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn a_commit_may_write_the_same_record_several_times() {
    for_each_database(|db| {
        let store = open(db);
        let first = create(1);
        let second = rename(&first, "neuer-name");
        let third = update(&second);
        let fourth = purge(&third);
        let other = create_as(2, "zweiter");
        commit(&store, &[first, second, other, third.clone()]).unwrap();
        assert_eq!(store.record(NOUN, &Key::Id(id(1))).unwrap(), Some(third.record));
        commit(&store, &[fourth, create(1)]).unwrap();
        assert_eq!(store.record(NOUN, &Key::Id(id(1))).unwrap(), Some(create(1).record));
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn an_empty_commit_answers_the_head_and_writes_nothing() {
    for_each_database(|db| {
        let store = open(db);
        commit(&store, &[create(1)]).unwrap();
        assert_eq!(commit(&store, &[]).unwrap(), Sequence(1));
        assert_eq!(store.events(Sequence(1), 10).unwrap(), []);
    });
}

#[test]
fn writers_of_the_same_revision_overtake_each_other_and_only_one_wins() {
    for_each_database(|db| {
        let store = open(db);
        let mut current = create(1);
        commit(&store, &[current.clone()]).unwrap();
        for round in 0..15 {
            let wins: usize = std::thread::scope(|scope| {
                let writers: Vec<_> = (0..6)
                    .map(|n| {
                        let (store, current) = (&store, &current);
                        scope.spawn(move || {
                            // Alone, and among others: both ways to write have the guard.
                            let mut writes = vec![update(current)];
                            writes.extend((n % 2 == 0).then(|| create(100 + round * 10 + n)));
                            match commit(store, &writes) {
                                Ok(_) => 1,
                                Err(StoreError::Stale {
                                    index: 0,
                                    current: Some(found),
                                }) => {
                                    assert_eq!(found, current.record.revision.next());
                                    0
                                }
                                Err(other) => panic!("{other:?}"),
                            }
                        })
                    })
                    .collect();
                writers.into_iter().map(|writer| writer.join().unwrap()).sum()
            });
            assert_eq!(wins, 1);
            current = update(&current);
        }
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn writers_of_two_instances_do_not_wait_for_each_other_in_a_circle() {
    for_each_database(|db| {
        let stores = [open(db), open(db)];
        commit(&stores[0], &[create(0), create(1), create(2), create(3)]).unwrap();
        let made: usize = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..12_u32)
                .map(|n| {
                    let store = &stores[n as usize % 2];
                    scope.spawn(move || {
                        let mut made = 0;
                        for round in 0..25 {
                            // Two records, in either order.
                            let writes: Vec<_> = [n + round, n * 3 + round + 1]
                                .map(|k| id(k % 4))
                                .into_iter()
                                .map(|id| {
                                    let mut write = create(0);
                                    write.record = store.record(NOUN, &Key::Id(id)).unwrap().unwrap();
                                    update(&write)
                                })
                                .collect();
                            match commit(store, &writes) {
                                Ok(_) => made += 1,
                                Err(StoreError::Stale { .. }) => {}
                                Err(other) => panic!("{other:?}"),
                            }
                        }
                        made
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).sum()
        });
        assert!(made > 0);
        assert_eq!(stores[0].verify().unwrap(), []);
    });
}

#[test]
fn writers_of_the_same_slug_overtake_each_other_and_only_one_wins() {
    for_each_database(|db| {
        let store = open(db);
        let seeds: Vec<_> = (0..6).map(create).collect();
        commit(&store, &seeds).unwrap();
        for round in 0..15_u32 {
            let wanted = format!("begehrt-{round}");
            let wins: usize = std::thread::scope(|scope| {
                let writers: Vec<_> = (0..6_u32)
                    .map(|n| {
                        let (store, wanted) = (&store, &wanted);
                        scope.spawn(move || {
                            let write = if n % 2 == 0 {
                                create_as(1000 + round * 10 + n, wanted)
                            } else {
                                let record = store.record(NOUN, &Key::Id(id(n))).unwrap().unwrap();
                                let mut seed = create(n);
                                seed.record = record;
                                rename(&seed, wanted)
                            };
                            match commit(store, &[write]) {
                                Ok(_) => 1,
                                Err(StoreError::Taken { index: 0 }) => 0,
                                Err(other) => panic!("{other:?}"),
                            }
                        })
                    })
                    .collect();
                writers.into_iter().map(|writer| writer.join().unwrap()).sum()
            });
            assert_eq!(wins, 1, "{wanted}");
        }
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn faults_of_the_caller_are_refused_before_the_database_is_asked() {
    for_each_database(|db| {
        let store = open(db);
        let mut nul = create(1);
        nul.record.document = "\"\0\"".into();
        let mut backwards = update(&create(1));
        backwards.record.revision = Revision(1);
        let mut absent = purge(&create(1));
        absent.expected = Expected::Absent;
        for write in [nul, backwards, absent] {
            let result = commit(&store, &[create(2), write]);
            assert!(
                matches!(&result, Err(StoreError::Refused(why)) if why.starts_with("write 1: ")),
                "{result:?}"
            );
        }
        let origin = domain::event::Origin {
            comment: Some("\0".to_owned()),
            ..Default::default()
        };
        let result = store.commit(&[create(1)], &origin, now());
        assert!(matches!(result, Err(StoreError::Refused(_))), "{result:?}");
    });
}
