//! Migrations.

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
