//! Earlier slugs.

use domain::store::{Key, Store, StoreError};
use testdb::for_each_database;

use crate::support::*;

fn id_of(store: &dyn Store, text: &str) -> Option<domain::id::Id> {
    store
        .record(NOUN, &Key::Slug(slug(text)))
        .unwrap()
        .map(|record| record.id)
}

#[test]
fn earlier_slugs_keep_pointing_to_the_record() {
    for_each_database(|db| {
        let store = open(db);
        let first = create_as(1, "alt");
        let second = rename(&first, "mittel");
        let third = rename(&second, "neu");
        commit(&store, &[first]).unwrap();
        commit(&store, &[second]).unwrap();
        commit(&store, &[third.clone()]).unwrap();
        for text in ["alt", "mittel", "neu"] {
            let found = store.record(NOUN, &Key::Slug(slug(text))).unwrap();
            assert_eq!(found.as_ref(), Some(&third.record), "{text}");
        }
        assert_eq!(store.records_by_slug(NOUN, &[slug("alt")]).unwrap(), []);
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn a_record_knows_the_slugs_that_it_had() {
    for_each_database(|db| {
        let store = open(db);
        let first = create_as(1, "alt");
        let second = rename(&first, "mittel");
        let third = rename(&second, "neu");
        let gone = purge(&third);
        commit(&store, &[first, create(2), second, third]).unwrap();
        let mut found = store.earlier_slugs(NOUN, id(1)).unwrap();
        found.sort_unstable();
        assert_eq!(found, [slug("alt"), slug("mittel")]);
        for (noun, id) in [(NOUN, id(2)), (NOUN, id(3)), ("organisation", id(1))] {
            assert_eq!(store.earlier_slugs(noun, id).unwrap(), []);
        }
        commit(&store, &[gone]).unwrap();
        assert_eq!(store.earlier_slugs(NOUN, id(1)).unwrap(), []);
    });
}

#[test]
fn nobody_else_takes_an_earlier_slug() {
    for_each_database(|db| {
        let store = open(db);
        let first = create_as(1, "alt");
        commit(&store, &[first.clone(), create(2)]).unwrap();
        commit(&store, &[rename(&first, "neu")]).unwrap();
        for write in [
            create_as(3, "alt"),
            rename(&create(2), "alt"),
            rename(&create(2), "neu"),
        ] {
            let result = commit(&store, &[create(8), write]);
            assert!(matches!(result, Err(StoreError::Taken { index: 1 })), "{result:?}");
        }
        let together = commit(&store, &[rename(&create(2), "zwei"), create_as(3, "eintrag-2")]);
        assert!(matches!(together, Err(StoreError::Taken { index: 1 })), "{together:?}");
        // The names of another noun are others.
        let mut other = create_as(3, "alt");
        other.noun = "organisation";
        commit(&store, &[other]).unwrap();
    });
}

#[test]
fn a_record_takes_its_own_earlier_slug_back() {
    for_each_database(|db| {
        let store = open(db);
        let first = create_as(1, "alt");
        let second = rename(&first, "neu");
        let third = rename(&second, "alt");
        commit(&store, &[first, second, third.clone()]).unwrap();
        assert_eq!(id_of(&store, "alt"), Some(id(1)));
        assert_eq!(id_of(&store, "neu"), Some(id(1)));
        commit(&store, &[rename(&third, "neu")]).unwrap();
        assert_eq!(db.texts("slug", "FROM slugs"), ["alt"]);
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn two_records_of_one_commit_cannot_be_renamed_to_the_same_slug() {
    for_each_database(|db| {
        let store = open(db);
        commit(&store, &[create(1), create(2), create(3)]).unwrap();
        let result = commit(
            &store,
            &[rename(&create(1), "neu"), update(&create(2)), rename(&create(3), "neu")],
        );
        assert!(matches!(result, Err(StoreError::Taken { index: 2 })), "{result:?}");
    });
}

#[test]
fn what_was_purged_frees_its_slugs() {
    for_each_database(|db| {
        let store = open(db);
        let first = create_as(1, "alt");
        let second = rename(&first, "neu");
        let gone = purge(&second);
        commit(&store, &[first, second]).unwrap();
        commit(&store, &[gone]).unwrap();
        assert_eq!((id_of(&store, "alt"), id_of(&store, "neu")), (None, None));
        commit(&store, &[create_as(2, "alt"), create_as(3, "neu")]).unwrap();
        assert_eq!((id_of(&store, "alt"), id_of(&store, "neu")), (Some(id(2)), Some(id(3))));
        assert_eq!(store.verify().unwrap(), []);
    });
}
