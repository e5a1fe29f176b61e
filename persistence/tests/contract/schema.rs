//! Migrations.

use domain::access::Sight;
use domain::event::{Event, EventFilter};
use domain::related::Visibility;
use domain::store::Store;
use persistence::{OpenError, Options};
use testdb::{TestDb, for_each_database};

use crate::support::*;

/// Everything that migrations make, as text.
fn schema(db: &TestDb) -> Vec<String> {
    if !db.is_postgres() {
        return db.texts(
            "sql",
            "FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY name",
        );
    }
    let mut all = db.texts(
        "table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(collation_name, '')",
        "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
    );
    all.extend(db.texts(
        "indexdef",
        "FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
    ));
    all.extend(db.texts(
        "conrelid::regclass || ' ' || pg_get_constraintdef(oid)",
        "FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text, conname",
    ));
    all.extend(db.texts("relname || reloptions::text", "FROM pg_class WHERE reloptions IS NOT NULL AND relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"));
    all
}

#[test]
fn migrations_up_down_and_up_leave_the_same_schema() {
    for_each_database(|db| {
        let before = schema(db);
        assert!(before.len() > 5, "{before:?}");
        assert_eq!(persistence::pending(db.url()).unwrap(), [""; 0]);
        let mut reverted = Vec::new();
        while let Some(name) = persistence::revert(db.url()).unwrap() {
            reverted.push(name);
        }
        reverted.reverse();
        assert!(!schema(db).iter().any(|line| line.contains("records")));
        assert_eq!(persistence::pending(db.url()).unwrap(), reverted);
        assert_eq!(persistence::migrate(db.url()).unwrap(), reverted);
        assert_eq!(persistence::migrate(db.url()).unwrap(), [""; 0]);
        assert_eq!(schema(db), before);
        assert_eq!(commit(&open(db), &[create(1)]).unwrap().0, 1);
    });
}

/// Types of events, and the states of publication after them.
type Before = &'static [(&'static str, &'static str)];

/// Rows as the version before wrote them: a record, its state of publication or nothing where it is gone, its events.
const BEFORE: &[(u32, &str, Before)] = &[
    (
        1,
        "withdrawn",
        &[
            ("created", "published"),
            ("updated", "published"),
            ("withdrawn", "withdrawn"),
        ],
    ),
    (2, "draft", &[("created", "draft"), ("updated", "draft")]),
    (
        3,
        "draft",
        &[("created", "published"), ("updated", "draft"), ("updated", "draft")],
    ),
    (4, "", &[("created", "published"), ("purged", "published")]),
    (5, "withdrawn", &[("created", "draft"), ("withdrawn", "withdrawn")]),
    (6, "published", &[("created", "draft"), ("updated", "published")]),
];

#[test]
fn rows_from_before_the_write_protocol_learn_whom_they_may_be_told() {
    for_each_database(|db| {
        while persistence::revert(db.url()).unwrap().unwrap() != "20261124_write_protocol" {}
        let mut sequence = 0;
        for (n, publication, events) in BEFORE {
            let id = id(*n);
            for (revision, (event_type, publication)) in (1..).zip(*events) {
                sequence += 1;
                let document = if *event_type == "purged" { "NULL" } else { "'{}'" };
                db.execute(&format!(
                    "INSERT INTO events (sequence, time, type, noun, subject, slug, revision, publication, owner, actor, \
                     document) VALUES ({sequence}, {sequence}, '{event_type}', 'component', '{id}', 'eintrag-{n}', \
                     {revision}, '{publication}', 'amt', 'jemand', {document})"
                ));
            }
            if !publication.is_empty() {
                let revision = events.len();
                db.execute(&format!(
                    "INSERT INTO records (noun, id, slug, revision, publication, owner, created_at, updated_at, document) \
                     VALUES ('component', '{id}', 'eintrag-{n}', {revision}, '{publication}', 'amt', {n}, 99, '{{}}')"
                ));
            }
        }
        db.execute(&format!("UPDATE feed_head SET seq = {sequence}"));
        persistence::migrate(db.url()).unwrap();

        let store = open(db);
        assert_eq!(store.verify().unwrap(), []);
        let public: Vec<(u32, bool)> = all_events(&store)
            .iter()
            .map(|event| ((1..9).find(|n| id(*n) == event.subject).unwrap(), event.public))
            .collect();
        let expected = [
            (1, true),
            (1, true),
            (1, true),
            (2, false),
            (2, false),
            (3, true),
            (3, true),
            (3, false),
            (4, true),
            (4, true),
            (5, false),
            (5, false),
            (6, false),
            (6, true),
        ];
        assert_eq!(public, expected);
        let published: Vec<Option<i64>> = store
            .records(NOUN, None, 10)
            .unwrap()
            .iter()
            .map(|record| record.published_at.map(domain::values::Timestamp::micros))
            .collect();
        assert_eq!(published, [Some(1), None, None, Some(5), Some(6)]);
        assert!(all_events(&store).iter().all(|event| event.party.is_none()));
        let nameless: Vec<i64> = all_events(&store)
            .iter()
            .filter(|event| event.origin.actor.is_none())
            .map(|event| event.sequence.0)
            .collect();
        assert_eq!(nameless, [9], "what came before a purge tells no longer who wrote");

        // And back: what the version before knew is still there.
        commit(&store, &[create(7)]).unwrap();
        drop(store);
        while persistence::revert(db.url()).unwrap().unwrap() != "20261124_write_protocol" {}
        assert_eq!(db.texts("count(*)", "FROM events WHERE owner IS NOT NULL"), ["15"]);
        assert_eq!(db.texts("count(*)", "FROM records"), ["6"]);
        persistence::migrate(db.url()).unwrap();
        assert_eq!(open(db).verify().unwrap(), []);
    });
}

#[test]
fn rows_from_before_visibility_stay_for_those_who_saw_them() {
    for_each_database(|db| {
        let seen = |sight: Sight| -> Vec<i64> {
            let filter = EventFilter {
                sight,
                ..EventFilter::default()
            };
            let events = open(db).events_where(&filter, false, 10).unwrap();
            events.iter().map(|event| event.sequence.0).collect()
        };
        let member = || Sight::Of(vec![slug("jemand-anders")]);
        let document = "x".repeat(10_000);
        while persistence::revert(db.url()).unwrap().unwrap() != "20261125_visibility" {}
        for (n, publication, public) in [(1, "published", true), (2, "draft", false)] {
            let id = id(n);
            db.execute(&format!(
                "INSERT INTO events (sequence, time, type, noun, subject, slug, revision, publication, public, owner, \
                 party, actor, token_id, request_id, comment, document) VALUES ({n}, {n}, 'created', 'component', \
                 '{id}', 'eintrag-{n}', 1, '{publication}', {public}, 'amt', 'kreis', 'jemand', 't-1', 'r-1', 'Text', \
                 '\"{document}\"'); \
                 INSERT INTO records (noun, id, slug, revision, publication, owner, party, published_at, created_at, \
                 updated_at, document) VALUES ('component', '{id}', 'eintrag-{n}', 1, '{publication}', 'amt', 'kreis', \
                 {n}, {n}, {n}, '\"{document}\"')"
            ));
        }
        db.execute("UPDATE feed_head SET seq = 2");
        assert_eq!(persistence::migrate(db.url()).unwrap(), ["20261125_visibility"]);

        let store = open(db);
        assert_eq!(store.verify().unwrap(), []);
        let events = all_events(&store);
        let everybody = |event: &Event| !event.members && event.visibility == Visibility::Public;
        assert!(events.iter().all(everybody), "{events:?}");
        assert_eq!(events[0].origin.comment.as_deref(), Some("Text"));
        assert_eq!(events[1].party, Some(slug("kreis")));
        let records = store.records(NOUN, None, 10).unwrap();
        assert!(records.iter().all(|record| record.visibility == Visibility::Public));
        assert_eq!(seen(Sight::Public), [1]);
        assert_eq!(seen(member()), [1]);
        if !db.is_postgres() {
            let columns = db.texts("name", "FROM pragma_table_info('events') ORDER BY cid");
            assert_eq!(columns.last().unwrap(), "document", "{columns:?}");
        }

        // And back: what members alone saw, only the parties see, also after the next way up.
        let mut write = create(3);
        write.record.visibility = Visibility::Members;
        write.public = false;
        commit(&store, &[write]).unwrap();
        drop(store);
        assert_eq!(seen(member()), [1, 3]);
        assert_eq!(persistence::revert(db.url()).unwrap().unwrap(), "20261125_visibility");
        let rest = "FROM events WHERE party = 'kreis' AND comment = 'Text' AND length(document) = 10002";
        assert_eq!(db.texts("count(*)", rest), ["2"]);
        assert_eq!(db.texts("count(*)", "FROM events WHERE public"), ["1"]);
        assert_eq!(
            db.texts("publication", "FROM records ORDER BY slug"),
            ["published", "draft", "draft"]
        );
        persistence::migrate(db.url()).unwrap();
        assert_eq!(seen(member()), [1]);
        assert_eq!(open(db).verify().unwrap(), []);
    });
}

#[test]
fn both_databases_have_the_same_migrations() {
    let folder = |database: &str| {
        let path = format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<String> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                for file in ["up.sql", "down.sql"] {
                    assert!(entry.path().join(file).is_file(), "{:?} lacks {file}", entry.path());
                }
                entry.file_name().into_string().unwrap()
            })
            .collect();
        names.sort();
        names
    };
    assert_eq!(folder("sqlite"), folder("postgres"));
}

#[test]
fn a_database_that_lacks_migrations_is_refused_where_they_shall_not_run() {
    for_each_database(|db| {
        let options = Options {
            migrate: false,
            ..Options::default()
        };
        persistence::open(db.url(), &options).unwrap();
        let name = persistence::revert(db.url()).unwrap().unwrap();
        let error = persistence::open(db.url(), &options).unwrap_err();
        assert!(
            matches!(&error, OpenError::Behind { names, .. } if *names == [name.clone()]),
            "{error:?}"
        );
        assert!(error.to_string().contains(&name), "{error}");
    });
}

#[test]
fn a_database_of_a_later_version_is_refused() {
    for_each_database(|db| {
        db.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101')");
        let error = persistence::open(db.url(), &Options::default()).unwrap_err();
        assert!(
            matches!(&error, OpenError::Ahead { versions, .. } if versions == &["29990101"]),
            "{error:?}"
        );
        assert!(matches!(persistence::migrate(db.url()), Err(OpenError::Ahead { .. })));
    });
}

#[test]
fn processes_that_start_together_migrate_once() {
    for_each_database(|db| {
        while persistence::revert(db.url()).unwrap().is_some() {}
        std::thread::scope(|scope| {
            let stores: Vec<_> = (0..6).map(|_| scope.spawn(|| open(db))).collect();
            for (n, store) in (1..).zip(stores) {
                commit(&store.join().unwrap(), &[create(n)]).unwrap();
            }
        });
        assert_eq!(open(db).head().unwrap().0, 6);
    });
}

#[test]
fn a_file_that_is_not_there_lacks_every_migration_and_is_not_made() {
    let db = TestDb::sqlite();
    let url = db.url().replace("catalogue.db", "other.db");
    assert!(!persistence::pending(&url).unwrap().is_empty());
    assert!(!std::path::Path::new(url.trim_start_matches("sqlite://")).exists());
}
