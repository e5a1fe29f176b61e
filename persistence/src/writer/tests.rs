use std::sync::atomic::AtomicUsize;

use diesel::prelude::*;
use diesel::sql_query;
use domain::store::StoreError;
use testdb::TestDb;

use super::*;
use crate::Options;
use crate::address::Address;
use crate::db::{Purpose, connect};
use crate::schema::feed_head;

const LONG: Duration = Duration::from_mins(1);

/// The writer of a database, with tables to write to.
struct Fixture {
    writer: Writer,
    db: TestDb,
    opened: AtomicUsize,
}

impl Fixture {
    fn new(db: TestDb) -> Self {
        db.execute(
            "CREATE TABLE marks (mark INTEGER NOT NULL); CREATE TABLE targets (id INTEGER PRIMARY KEY); \
             CREATE TABLE pointers (id INTEGER REFERENCES targets (id) DEFERRABLE INITIALLY DEFERRED)",
        );
        let mut writer = Writer::new(open(&db));
        writer.open = LONG;
        Self {
            writer,
            db,
            opened: AtomicUsize::new(0),
        }
    }

    /// One on each database.
    fn each() -> impl Iterator<Item = Self> {
        std::iter::once(TestDb::sqlite())
            .chain(TestDb::postgres())
            .map(Self::new)
    }

    fn write<T>(&self, wait: Duration, work: impl Fn(&mut Conn) -> Result<T, Failure>) -> Result<T, StoreError> {
        let connect = || {
            self.opened.fetch_add(1, Ordering::SeqCst);
            Ok(open(&self.db))
        };
        self.writer.write(wait, connect, work)
    }

    /// Makes a mark and raises the counter.
    fn mark(&self, mark: i32) -> Result<i64, StoreError> {
        self.write(LONG, |c| raise(c, mark))
    }

    /// Makes no mark until so many others wait.
    fn mark_before(&self, mark: i32, others: usize) -> Result<i64, StoreError> {
        self.write(LONG, |c| {
            while self.writer.state.lock().queue.len() < others {
                std::thread::yield_now();
            }
            raise(c, mark)
        })
    }

    fn marks(&self) -> Vec<String> {
        self.db.texts("mark", "FROM marks ORDER BY mark")
    }
}

fn open(db: &TestDb) -> Conn {
    let address = Address::parse(db.url()).unwrap();
    connect(&address, &Options::default(), Purpose::Write).unwrap()
}

fn run(c: &mut Conn, sql: &str) -> Result<(), Failure> {
    on_each!(c, c => sql_query(sql).execute(c))?;
    Ok(())
}

fn raise(c: &mut Conn, mark: i32) -> Result<i64, Failure> {
    run(c, &format!("INSERT INTO marks VALUES ({mark})"))?;
    run(c, "UPDATE feed_head SET seq = seq + 1")?;
    Ok(feed_head::table.select(feed_head::seq).first(c)?)
}

/// Lets the first of several works wait for all others, so that one transaction has them all; answers what each was told.
fn together<T: Send>(
    fixture: &Fixture,
    works: Vec<Box<dyn FnOnce() -> T + Send + '_>>,
) -> (Result<i64, StoreError>, Vec<T>) {
    std::thread::scope(|scope| {
        let others = works.len();
        let first = scope.spawn(move || fixture.mark_before(0, others));
        while !fixture.writer.state.lock().is_taken {
            std::thread::yield_now();
        }
        let mut threads = Vec::new();
        for (n, work) in works.into_iter().enumerate() {
            threads.push(scope.spawn(work));
            while n + 1 < others && fixture.writer.state.lock().queue.len() <= n {
                std::thread::yield_now();
            }
        }
        let told = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        (first.join().unwrap(), told)
    })
}

#[test]
fn a_work_that_fails_is_undone_alone_and_numbers_have_no_gap() {
    for fixture in Fixture::each() {
        let fixture = &fixture;
        let works: Vec<Box<dyn FnOnce() -> Result<i64, StoreError> + Send>> = (1..10)
            .map(|n| -> Box<dyn FnOnce() -> _ + Send> {
                Box::new(move || {
                    fixture.write(LONG, |c| {
                        let sequence = raise(c, n)?;
                        if n % 3 == 0 {
                            Err(StoreError::Taken { index: 7 }.into())
                        } else {
                            Ok(sequence)
                        }
                    })
                })
            })
            .collect();
        let (first, told) = together(fixture, works);
        assert_eq!(first.unwrap(), 1);
        let mut sequences = Vec::new();
        for (n, told) in (1..).zip(told) {
            match told {
                Ok(sequence) => sequences.push(sequence),
                Err(error) => assert!(
                    n % 3 == 0 && matches!(error, StoreError::Taken { index: 7 }),
                    "{n}: {error:?}"
                ),
            }
        }
        assert_eq!(sequences, [2, 3, 4, 5, 6, 7], "in the order in which they came");
        assert_eq!(fixture.marks(), ["0", "1", "2", "4", "5", "7", "8"]);
        assert_eq!(fixture.mark(99).unwrap(), 8);
    }
}

#[test]
fn a_panic_harms_no_other_work() {
    for fixture in Fixture::each() {
        let fixture = &fixture;
        let works: Vec<Box<dyn FnOnce() -> bool + Send>> = (1..6)
            .map(|n| -> Box<dyn FnOnce() -> bool + Send> {
                Box::new(move || {
                    let work = || {
                        fixture.write(LONG, |c| {
                            raise(c, n)?;
                            assert!(n % 2 == 0, "as the test wants it");
                            Ok(())
                        })
                    };
                    catch_unwind(AssertUnwindSafe(work)).is_ok_and(|result| result.is_ok())
                })
            })
            .collect();
        let (first, told) = together(fixture, works);
        assert_eq!(first.unwrap(), 1);
        assert_eq!(told, [false, true, false, true, false]);
        assert_eq!(fixture.marks(), ["0", "2", "4"]);
        assert_eq!(fixture.mark(99).unwrap(), 4);
    }
}

#[test]
fn nobody_hears_of_success_when_the_commit_fails() {
    for fixture in Fixture::each() {
        let fixture = &fixture;
        fixture.mark(77).unwrap();
        let works: Vec<Box<dyn FnOnce() -> Result<i64, StoreError> + Send>> = (1..6)
            .map(|n| -> Box<dyn FnOnce() -> _ + Send> {
                Box::new(move || {
                    fixture.write(LONG, |c| {
                        if n == 3 {
                            // A key that points nowhere, at which the database looks when it commits.
                            run(c, "INSERT INTO pointers VALUES (1)")?;
                        }
                        if n == 4 {
                            Err(StoreError::Taken { index: 0 }.into())
                        } else {
                            raise(c, n)
                        }
                    })
                })
            })
            .collect();
        let (first, told) = together(fixture, works);
        for result in told.into_iter().chain([first]) {
            assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
        }
        assert_eq!(fixture.marks(), ["77"]);
        assert_eq!(fixture.mark(99).unwrap(), 2);
        assert_eq!(
            fixture.opened.load(Ordering::SeqCst),
            1,
            "the connection was not used again"
        );
    }
}

#[test]
fn a_transaction_that_is_lost_midway_is_told_to_all_who_worked_in_it() {
    for fixture in Fixture::each() {
        let fixture = &fixture;
        let works: Vec<Box<dyn FnOnce() -> Result<i64, StoreError> + Send>> = (1..6)
            .map(|n| -> Box<dyn FnOnce() -> _ + Send> {
                Box::new(move || {
                    fixture.write(LONG, |c| {
                        let sequence = raise(c, n)?;
                        if n == 3 {
                            // As SQLite does by itself when the disk is full.
                            run(c, "ROLLBACK")?;
                            return Err(StoreError::Unavailable("the disk is full".to_owned()).into());
                        }
                        Ok(sequence)
                    })
                })
            })
            .collect();
        let (first, told) = together(fixture, works);
        assert!(
            matches!(&first, Err(StoreError::Unavailable(text)) if text.contains("disk is full")),
            "{first:?}"
        );
        let well: Vec<bool> = told.iter().map(Result::is_ok).collect();
        assert_eq!(
            well,
            [false, false, false, true, true],
            "the later ones had a transaction of their own"
        );
        assert_eq!(fixture.marks(), ["4", "5"]);
        assert_eq!(fixture.mark(99).unwrap(), 3);
    }
}

#[test]
fn who_stops_waiting_has_written_nothing_and_will_not() {
    for fixture in Fixture::each() {
        let fixture = &fixture;
        let is_free = &AtomicBool::new(false);
        std::thread::scope(|scope| {
            let slow = scope.spawn(move || {
                fixture.write(LONG, |c| {
                    while !is_free.load(Ordering::SeqCst) {
                        std::thread::yield_now();
                    }
                    raise(c, 1)
                })
            });
            while !fixture.writer.state.lock().is_taken {
                std::thread::yield_now();
            }
            let start = Instant::now();
            let hasty = fixture.write(Duration::from_millis(50), |c| raise(c, 2));
            assert!(matches!(hasty, Err(StoreError::Unavailable(_))), "{hasty:?}");
            assert!(start.elapsed() < Duration::from_secs(5));
            assert!(fixture.writer.state.lock().queue.is_empty());
            is_free.store(true, Ordering::SeqCst);
            slow.join().unwrap().unwrap();
        });
        assert_eq!(fixture.mark(3).unwrap(), 2);
        assert_eq!(fixture.marks(), ["1", "3"]);
    }
}

#[test]
fn a_connection_that_cannot_be_opened_is_told_and_tried_again() {
    for fixture in Fixture::each() {
        let fixture = &fixture;
        fixture.writer.state.lock().baton = Baton::default();
        let result = fixture.writer.write(
            Duration::from_secs(1),
            || Err(StoreError::Unavailable("no file".to_owned())),
            |c| raise(c, 1),
        );
        assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
        assert_eq!(fixture.mark(2).unwrap(), 1);
    }
}

#[test]
fn many_who_come_and_go_lose_no_mark_and_make_none_twice() {
    for fixture in Fixture::each() {
        let fixture = &fixture;
        let told = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..24)
                .map(|thread| {
                    scope.spawn(move || {
                        let mut told = Vec::new();
                        for n in 0..40 {
                            let mark = thread * 1000 + n;
                            // Some do not wait long enough.
                            let wait = if mark % 3 == 0 {
                                Duration::from_micros(200)
                            } else {
                                LONG
                            };
                            match fixture.write(wait, |c| raise(c, mark)) {
                                Ok(_) => told.push(mark),
                                Err(StoreError::Unavailable(_)) if mark % 3 == 0 => {}
                                Err(other) => panic!("{other:?}"),
                            }
                        }
                        told
                    })
                })
                .collect();
            let mut told: Vec<i32> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
            told.sort_unstable();
            told
        });
        let marks: Vec<i32> = fixture.marks().iter().map(|mark| mark.parse().unwrap()).collect();
        assert_eq!(marks, told);
        assert_eq!(fixture.mark(-1).unwrap(), i64::try_from(marks.len()).unwrap() + 1);
    }
}
