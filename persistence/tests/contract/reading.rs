//! Reading records.

use domain::store::{Key, Record, Store};
use domain::values::Timestamp;
use testdb::for_each_database;

use crate::support::*;

#[test]
fn records_are_walked_by_ascending_id() {
    for_each_database(|db| {
        let store = open(db);
        let mut writes: Vec<_> = (0..25).rev().map(create).collect();
        let mut other = create(3);
        other.noun = "organisation";
        writes.push(other);
        commit(&store, &writes).unwrap();
        let mut walked: Vec<Record> = Vec::new();
        loop {
            let page = store.records(NOUN, walked.last().map(|record| record.id), 10).unwrap();
            assert!(page.len() <= 10);
            if page.is_empty() {
                break;
            }
            walked.extend(page);
        }
        assert_eq!(walked, (0..25).map(|n| create(n).record).collect::<Vec<_>>());
        assert_eq!(store.records("organisation", None, 10).unwrap().len(), 1);
        assert_eq!(store.records("nothing", None, 10).unwrap(), []);
    });
}

#[test]
fn many_records_are_found_by_id_or_slug_and_missing_ones_left_out() {
    for_each_database(|db| {
        let store = open(db);
        let writes: Vec<_> = (0..1200).map(create).collect();
        commit(&store, &writes).unwrap();
        let ids: Vec<_> = (0..2400).step_by(2).map(id).collect();
        let mut found: Vec<_> = store
            .records_by_id(NOUN, &ids)
            .unwrap()
            .into_iter()
            .map(|record| record.id)
            .collect();
        found.sort();
        assert_eq!(found, (0..1200).step_by(2).map(id).collect::<Vec<_>>());
        let slugs: Vec<_> = (600..1800).map(|n| slug(&format!("eintrag-{n}"))).collect();
        assert_eq!(store.records_by_slug(NOUN, &slugs).unwrap().len(), 600);
        assert_eq!(store.records_by_id("organisation", &ids).unwrap(), []);
        assert_eq!(store.records_by_id(NOUN, &[]).unwrap(), []);
        assert_eq!(store.records_by_slug(NOUN, &[]).unwrap(), []);
    });
}

#[test]
fn times_survive_to_the_microsecond() {
    for_each_database(|db| {
        let store = open(db);
        let mut write = create(1);
        write.record.created_at = Timestamp::from_micros(-1);
        write.record.updated_at = Timestamp::from_micros(253_402_300_799_999_999);
        let time = Timestamp::from_micros(1_700_000_000_000_001);
        store
            .commit(std::slice::from_ref(&write), &domain::event::Origin::default(), time)
            .unwrap();
        assert_eq!(store.record(NOUN, &Key::Id(id(1))).unwrap(), Some(write.record));
        assert_eq!(store.events(domain::event::Sequence(0), 1).unwrap()[0].time, time);
    });
}

#[test]
fn a_document_of_a_megabyte_survives() {
    for_each_database(|db| {
        let store = open(db);
        let mut write = create(1);
        // Text that compresses badly, so that no database can make it small.
        let mut state = 1_u32;
        let mut text = String::with_capacity(1024 * 1024);
        while text.len() < 1024 * 1024 - 4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push(char::from(b'!' + u8::try_from(state >> 24).unwrap() % 94).to_ascii_lowercase());
        }
        write.record.document = serde_json::to_string(&text).unwrap().into();
        commit(&store, std::slice::from_ref(&write)).unwrap();
        assert_eq!(
            store.record(NOUN, &Key::Id(id(1))).unwrap().unwrap().document,
            write.record.document
        );
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn text_of_every_script_survives() {
    for_each_database(|db| {
        let store = open(db);
        for (n, text) in [
            "Straße, Öffnungszeiten, Ärzte, ǆ",
            "データ 数据 بيانات עברית",
            "👩🏽‍💻 e\u{301} \u{feff} \u{10ffff} \u{202e}",
            "'; DROP TABLE records; -- $1 ? %s \\ \\u0000",
            "\u{1}\u{7f}\t\r\n",
        ]
        .into_iter()
        .enumerate()
        {
            let mut write = create(u32::try_from(n).unwrap());
            // As it is, and not as JSON: the store keeps every text.
            write.record.document = text.into();
            commit(&store, std::slice::from_ref(&write)).unwrap();
            assert_eq!(
                store.record(NOUN, &Key::Id(write.record.id)).unwrap().unwrap().document,
                write.record.document
            );
        }
    });
}
