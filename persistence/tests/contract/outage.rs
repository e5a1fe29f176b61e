//! Databases that are away, busy, or not what the URL says.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use domain::event::Sequence;
use domain::store::{Key, Store, StoreError};
use persistence::{OpenError, Options};
use testdb::{TestDb, for_each_database};

use crate::support::*;

fn hasty() -> Options {
    Options {
        connections: 2,
        wait: Duration::from_millis(300),
        statement_timeout: Duration::from_millis(500),
        ..Options::default()
    }
}

/// Keeps a lock that stops every other writer, until it is dropped.
fn other_writer(db: &TestDb) -> Box<dyn SimpleConnection> {
    if db.is_postgres() {
        let mut other = PgConnection::establish(db.url()).unwrap();
        other.batch_execute("BEGIN; UPDATE feed_head SET seq = seq").unwrap();
        Box::new(other)
    } else {
        let mut other = SqliteConnection::establish(db.url().trim_start_matches("sqlite://")).unwrap();
        other
            .batch_execute("BEGIN IMMEDIATE; UPDATE feed_head SET seq = seq")
            .unwrap();
        Box::new(other)
    }
}

#[test]
fn readers_read_while_another_process_writes_and_writers_do_not_wait_for_ever() {
    for_each_database(|db| {
        let store = persistence::open(db.url(), &hasty()).unwrap();
        commit(&store, &[create(1)]).unwrap();
        let other = other_writer(db);
        let start = Instant::now();
        assert_eq!(store.head().unwrap(), Sequence(1));
        assert!(store.record(NOUN, &Key::Id(id(1))).unwrap().is_some());
        assert!(start.elapsed() < Duration::from_millis(250), "{:?}", start.elapsed());
        let result = commit(&store, &[create(2)]);
        assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
        assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
        drop(other);
        assert_eq!(commit(&store, &[create(2)]).unwrap(), Sequence(2));
    });
}

#[test]
fn a_full_pool_is_unavailable_after_a_short_wait() {
    let Some(db) = TestDb::postgres() else { return };
    let options = Options {
        connections: 1,
        statement_timeout: Duration::from_secs(20),
        ..hasty()
    };
    let store = persistence::open(db.url(), &options).unwrap();
    let mut other = PgConnection::establish(db.url()).unwrap();
    other.batch_execute("BEGIN; LOCK TABLE records").unwrap();
    std::thread::scope(|scope| {
        let stuck = scope.spawn(|| store.record(NOUN, &Key::Id(id(1))));
        std::thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        let result = store.head();
        assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        drop(other);
        assert_eq!(stuck.join().unwrap().unwrap(), None);
    });
    assert_eq!(store.head().unwrap(), Sequence(0));
}

#[test]
fn a_server_that_was_away_is_unavailable_and_used_again_when_it_is_back() {
    let Some(db) = TestDb::postgres() else { return };
    let store = persistence::open(db.url(), &hasty()).unwrap();
    commit(&store, &[create(1)]).unwrap();
    for round in 2..4 {
        assert!(db.stop());
        for result in [store.head(), commit(&store, &[create(round)])] {
            assert!(matches!(&result, Err(StoreError::Unavailable(_))), "{result:?}");
        }
        db.start();
        let start = Instant::now();
        while store.head().is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "the pool does not heal");
        }
        assert_eq!(commit(&store, &[create(round)]).unwrap(), Sequence(i64::from(round)));
    }
}

#[test]
fn a_restart_of_the_server_between_two_calls_is_not_noticed() {
    let Some(db) = TestDb::postgres() else { return };
    let store = open(&db);
    commit(&store, &[create(1)]).unwrap();
    db.stop();
    db.start();
    assert_eq!(commit(&store, &[create(2)]).unwrap(), Sequence(2));
}

#[test]
fn a_url_that_leads_nowhere_is_told_without_its_password() {
    for url in [
        "postgres://user:geheim@127.0.0.1:1/catalogue",
        "postgres://user:geheim@127.0.0.1:port/catalogue",
        "postgres://user:ge%zzheim@127.0.0.1:1/catalogue",
        "postgresql:///catalogue?host=/nowhere&password=geheim",
        "mysql://user:geheim@127.0.0.1/catalogue",
        "sqlite:///proc/nowhere/catalogue.db",
    ] {
        let error = persistence::open(url, &hasty()).unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(!told.contains("heim"), "{told}");
        match url.split_once(':').unwrap().0 {
            "mysql" => assert!(matches!(error, OpenError::Url(_)), "{told}"),
            _ => assert!(matches!(error, OpenError::Unavailable { .. }), "{told}"),
        }
        assert!(persistence::pending(url).is_err() || url.starts_with("sqlite"));
    }
}

#[test]
fn a_store_describes_itself_without_credentials() {
    for_each_database(|db| {
        let store = open(db);
        let expected = if db.is_postgres() {
            "PostgreSQL at "
        } else {
            "SQLite at "
        };
        assert!(store.describe().starts_with(expected), "{}", store.describe());
        assert!(!store.describe().contains("postgres@"), "{}", store.describe());
        assert_eq!(format!("{store:?}"), format!("Database({})", store.describe()));
    });
}

#[test]
fn the_directory_of_a_file_is_made() {
    let db = TestDb::sqlite();
    let url = db.url().replace("catalogue.db", "a/b/catalogue.db");
    let store = persistence::open(&url, &Options::default()).unwrap();
    assert_eq!(commit(&store, &[create(1)]).unwrap(), Sequence(1));
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let db = TestDb::sqlite();
    let path = db.url().trim_start_matches("sqlite://");
    for name in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{path}{name}"));
    }
    std::fs::write(path, "title;licence\n".repeat(500)).unwrap();
    let error = persistence::open(db.url(), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("not a database"), "{error}");
}
