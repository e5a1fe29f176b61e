//! Requests that are sent twice work once.

use domain::event::{Origin, Sequence};
use domain::store::{KeptAnswer, Key, Store, StoreError, Write};
use domain::values::Timestamp;
use testdb::for_each_database;

use crate::support::*;

fn once(store: &dyn Store, writes: &[Write], answer: &KeptAnswer) -> Result<Sequence, StoreError> {
    store.commit_once(writes, &Origin::default(), now(), Some(answer))
}

#[test]
fn an_answer_is_kept_with_its_effect_and_read_back_the_same() {
    for_each_database(|db| {
        let store = open(db);
        let whole = answer("k-1", "{\"grün\":\"🏛\"}");
        let bare = KeptAnswer {
            location: None,
            etag: None,
            status: 204,
            body: "".into(),
            ..answer("k-2", "")
        };
        assert_eq!(once(&store, &[create(1)], &whole).unwrap(), Sequence(1));
        assert_eq!(once(&store, &[create(2)], &bare).unwrap(), Sequence(2));
        assert_eq!(store.kept_answer(&whole.client, "k-1").unwrap(), Some(whole.clone()));
        assert_eq!(store.kept_answer(&bare.client, "k-2").unwrap(), Some(bare));
        assert_eq!(store.kept_answer("somebody else", "k-1").unwrap(), None);
        assert_eq!(store.kept_answer(&whole.client, "k-3").unwrap(), None);
    });
}

#[test]
fn a_repeated_key_is_told_before_anything_else_that_is_wrong() {
    for_each_database(|db| {
        let store = open(db);
        once(&store, &[create(1)], &answer("k", "first")).unwrap();
        for writes in [vec![create(1)], vec![update(&create(9))], vec![create(2)], vec![]] {
            let result = once(&store, &writes, &answer("k", "second"));
            assert!(matches!(result, Err(StoreError::Repeated)), "{result:?}");
        }
        assert_eq!(store.head().unwrap(), Sequence(1));
        assert_eq!(store.records(NOUN, None, 10).unwrap().len(), 1);
        let kept = store.kept_answer(CLIENT, "k").unwrap().unwrap();
        assert_eq!(&*kept.body, "first");
        // The keys of another client are others.
        let other = KeptAnswer {
            client: "another".to_owned(),
            ..answer("k", "third")
        };
        once(&store, &[create(2)], &other).unwrap();
    });
}

#[test]
fn an_answer_without_a_write_is_kept_and_the_head_stays() {
    for_each_database(|db| {
        let store = open(db);
        commit(&store, &[create(1)]).unwrap();
        assert_eq!(once(&store, &[], &answer("k", "nothing changed")).unwrap(), Sequence(1));
        assert_eq!(store.head().unwrap(), Sequence(1));
        let again = once(&store, &[create(2)], &answer("k", ""));
        assert!(matches!(again, Err(StoreError::Repeated)), "{again:?}");
    });
}

#[test]
fn what_could_not_be_written_keeps_no_answer() {
    for_each_database(|db| {
        let store = open(db);
        let failed = once(&store, &[create(1), update(&create(2))], &answer("k", "wrong"));
        assert!(matches!(failed, Err(StoreError::Stale { index: 1, .. })), "{failed:?}");
        assert_eq!(store.kept_answer(CLIENT, "k").unwrap(), None);
        once(&store, &[create(1)], &answer("k", "right")).unwrap();
        assert_eq!(&*store.kept_answer(CLIENT, "k").unwrap().unwrap().body, "right");
    });
}

#[test]
fn a_key_that_twenty_send_at_once_makes_one_effect() {
    for_each_database(|db| {
        // Two stores: also requests that reach different instances.
        let stores = [open(db), open(db)];
        for round in 0..5_u32 {
            let key = format!("k-{round}");
            let winners: Vec<u32> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..20_u32)
                    .map(|n| {
                        let (store, key) = (&stores[n as usize % 2], &key);
                        scope.spawn(move || {
                            let number = round * 100 + n;
                            // Some fail by themselves, and leave the key to the others.
                            let writes = if n % 5 == 4 {
                                [update(&create(9999))]
                            } else {
                                [create(number)]
                            };
                            match once(store, &writes, &answer(key, &number.to_string())) {
                                Ok(_) => Some(number),
                                Err(StoreError::Repeated) => None,
                                Err(StoreError::Stale {
                                    index: 0,
                                    current: None,
                                }) if n % 5 == 4 => None,
                                Err(other) => panic!("{other:?}"),
                            }
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .filter_map(|thread| thread.join().unwrap())
                    .collect()
            });
            assert_eq!(winners.len(), 1, "{winners:?}");
            let kept = stores[0].kept_answer(CLIENT, &key).unwrap().unwrap();
            assert_eq!(*kept.body, winners[0].to_string());
            assert!(stores[1].record(NOUN, &Key::Id(id(winners[0]))).unwrap().is_some());
            assert_eq!(stores[0].head().unwrap(), Sequence(i64::from(round) + 1));
        }
        assert_eq!(stores[0].verify().unwrap(), []);
    });
}

#[test]
fn answers_are_forgotten_from_the_oldest_on() {
    for_each_database(|db| {
        let store = open(db);
        for n in 0..5 {
            store
                .commit_once(
                    &[],
                    &Origin::default(),
                    Timestamp::from_micros(1000 + i64::from(n)),
                    Some(&answer(&format!("k-{n}"), "")),
                )
                .unwrap();
        }
        assert_eq!(store.forget_answers(Timestamp::from_micros(1000)).unwrap(), 0);
        assert_eq!(store.forget_answers(Timestamp::from_micros(1003)).unwrap(), 3);
        assert_eq!(store.kept_answer(CLIENT, "k-2").unwrap(), None);
        assert!(store.kept_answer(CLIENT, "k-3").unwrap().is_some());
        once(&store, &[create(1)], &answer("k-2", "")).unwrap();
    });
}

#[test]
fn an_answer_that_only_one_database_could_keep_is_refused() {
    for_each_database(|db| {
        let store = open(db);
        let mut located = answer("k", "");
        located.location = Some("/\0".to_owned());
        for bad in [answer("k\0", ""), answer("k", "\0"), located] {
            let result = once(&store, &[create(1)], &bad);
            assert!(matches!(result, Err(StoreError::Refused(_))), "{result:?}");
        }
    });
}
