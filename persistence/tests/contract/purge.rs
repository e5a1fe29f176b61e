//! What was purged is nowhere any more.

use domain::event::{EventType, Origin, Sequence};
use domain::store::{Store, Write};
use testdb::{TestDb, for_each_database};

use crate::support::*;

const MARK: &str = "Jörg-Müßig-0815";

fn marked(text: &str) -> Origin {
    Origin {
        actor: Some(format!("{MARK}@beispielhausen.example")),
        token_id: Some(format!("{text}-{MARK}")),
        request_id: Some(format!("r-{MARK}")),
        comment: Some(format!("Auf Wunsch von {MARK}")),
    }
}

fn with_mark(mut write: Write) -> Write {
    write.record.document = format!("{{\"contact\":\"{MARK}\"}}").into();
    write
}

/// Every column of every table in which the mark stands.
fn places(db: &TestDb) -> Vec<String> {
    let columns = if db.is_postgres() {
        db.texts(
            "table_name || '.' || column_name",
            "FROM information_schema.columns WHERE table_schema = 'public'",
        )
    } else {
        db.texts(
            "m.name || '.' || c.name",
            "FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'",
        )
    };
    assert!(columns.len() > 30, "{columns:?}");
    columns
        .into_iter()
        .filter(|place| {
            let (table, column) = place.split_once('.').unwrap();
            let rest = format!("FROM \"{table}\" WHERE CAST(\"{column}\" AS text) LIKE '%{MARK}%'");
            !db.texts(&format!("\"{column}\""), &rest).is_empty()
        })
        .collect()
}

#[test]
fn a_purge_leaves_nothing_of_its_record_in_any_table() {
    for_each_database(|db| {
        let store = open(db);
        let first = with_mark(create(1));
        let second = with_mark(rename(&first, "neuer-name"));
        let third = with_mark(update(&second));
        let body = format!("{{\"contact\":\"{MARK}\"}}");
        let keep = |writes: &[Write], key: &str, origin: &Origin, body: &str| {
            let mut kept = answer(key, body);
            kept.client = format!("{MARK} {key}");
            kept.location = Some(format!("/v1/components/x?{MARK}"));
            kept.etag = Some(MARK.to_owned());
            store.commit_once(writes, origin, now(), Some(&kept)).unwrap();
        };
        keep(&[first], "created", &marked("created"), &body);
        // Who wrote several records stays known of the others.
        keep(&[create(100), second, create(101)], "batch", &Origin::default(), &body);
        keep(&[third.clone()], "updated", &marked("updated"), &body);
        let unchanged = format!("{{\"id\":\"{}\",\"contact\":\"{MARK}\"}}", id(1));
        keep(&[], "nothing", &Origin::default(), &unchanged);
        let mut bystander = answer("other", "{}");
        bystander.client = "somebody".to_owned();
        store
            .commit_once(&[create(2)], &Origin::default(), now(), Some(&bystander))
            .unwrap();
        assert!(places(db).len() >= 8, "{:?}", places(db));

        let origin = Origin {
            actor: Some("aufsicht".to_owned()),
            token_id: Some("t-9".to_owned()),
            request_id: Some("r-9".to_owned()),
            comment: Some("Löschung nach Artikel 17".to_owned()),
        };
        let kept = answer("purge", "");
        store
            .commit_once(&[purge(&third)], &origin, now(), Some(&kept))
            .unwrap();

        assert_eq!(places(db), [""; 0]);
        let last = all_events(&store).pop().unwrap();
        assert_eq!(
            (last.event_type, last.origin, last.document),
            (EventType::Purged, origin, None)
        );
        assert_eq!(
            store.kept_answer(CLIENT, "purge").unwrap(),
            Some(kept),
            "its own answer stays"
        );
        assert_eq!(store.kept_answer("somebody", "other").unwrap(), Some(bystander));
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn a_batch_that_wrote_the_record_among_others_loses_its_answer() {
    for_each_database(|db| {
        let store = open(db);
        let writes: Vec<Write> = (0..700).map(create).collect();
        let kept = answer("batch", MARK);
        store
            .commit_once(&writes, &Origin::default(), now(), Some(&kept))
            .unwrap();
        commit(&store, &[purge(&writes[650])]).unwrap();
        assert_eq!(store.kept_answer(CLIENT, "batch").unwrap(), None);
        assert_eq!(places(db), [""; 0]);
    });
}

#[test]
fn what_is_written_and_purged_in_one_commit_does_not_get_into_the_log() {
    for_each_database(|db| {
        let store = open(db);
        let first = with_mark(create(1));
        let second = with_mark(update(&first));
        let gone = with_mark(purge(&second));
        let again = create(1);
        let origin = marked("all");
        store
            .commit(&[first, create(2), second, gone, again], &origin, now())
            .unwrap();
        let events = all_events(&store);
        let told: Vec<(bool, bool)> = events
            .iter()
            .map(|event| (event.document.is_some(), event.origin == origin))
            .collect();
        assert_eq!(
            told,
            [
                (false, false),
                (true, true),
                (false, false),
                (false, true),
                (true, true)
            ]
        );
        assert_eq!(store.head().unwrap(), Sequence(5));
        assert_eq!(store.verify().unwrap(), []);
    });
}

#[test]
fn the_check_finds_what_a_purge_should_have_removed() {
    for_each_database(|db| {
        let store = open(db);
        commit(&store, &[create(1)]).unwrap();
        commit(&store, &[purge(&create(1))]).unwrap();
        db.execute("UPDATE events SET comment = 'noch da' WHERE sequence = 1");
        let findings = store.verify().unwrap();
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].place.ends_with("sequence 1") && findings[0].detail.contains("event 2 purged it"));
    });
}
