//! The one connection that writes. Whoever waits for it takes part in the transaction that is open, so that all of them
//! share one flush of the disk. SQLite allows one writer only; on PostgreSQL the counter of the log would let writers
//! commit one after the other, each with a flush of its own.
//!
//! The connection goes from hand to hand with its transaction. Each thread does its own work, in a savepoint: what fails
//! is undone alone. The thread after which nobody waits commits for all, and only then is anybody answered. As no thread
//! ever works for another one, who stops waiting has certainly written nothing.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use domain::store::StoreError;
use parking_lot::{Condvar, Mutex};

use crate::db::{self, Begin, Conn, is_broken, is_gone, on_each};
use crate::error::{Failure, store_error};

/// Works that one transaction takes in at the most. PostgreSQL keeps so many savepoints of each transaction at hand.
const WORKS: usize = 64;
/// How long a transaction takes in others: the first shall not wait long for the last.
const OPEN: Duration = Duration::from_millis(20);

/// The writer, in nobody's hand or in one.
pub(crate) struct Writer {
    state: Mutex<State>,
    /// See [`OPEN`].
    open: Duration,
}

struct State {
    is_taken: bool,
    /// Where it lies between two hands.
    baton: Baton,
    queue: VecDeque<Arc<Turn>>,
}

/// What goes from hand to hand: a connection, unless it has to be opened, and its transaction, where one is open.
#[derive(Default)]
struct Baton {
    connection: Option<Conn>,
    group: Option<Group>,
}

/// Somebody who waits.
#[derive(Default)]
struct Turn {
    has_come: AtomicBool,
    wake: Condvar,
}

/// The works of one transaction.
struct Group {
    begun: Instant,
    works: usize,
    end: Arc<End>,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            works: 0,
            end: Arc::default(),
        }
    }
}

/// How a transaction ended, once it has.
#[derive(Default)]
struct End {
    result: Mutex<Option<Result<(), StoreError>>>,
    known: Condvar,
}

impl End {
    fn tell(&self, result: Result<(), StoreError>) {
        *self.result.lock() = Some(result);
        self.known.notify_all();
    }

    fn wait(&self) -> Result<(), StoreError> {
        let mut result = self.result.lock();
        loop {
            match &*result {
                Some(Ok(())) => return Ok(()),
                Some(Err(error)) => return Err(told(error)),
                None => self.known.wait(&mut result),
            }
        }
    }
}

/// How one work ended within its transaction.
enum Done<T> {
    Made(T),
    /// It was undone alone.
    Failed(Failure),
    Panicked(Box<dyn std::any::Any + Send>),
    /// The whole transaction is gone with it.
    Lost(Failure),
}

impl Writer {
    pub(crate) fn new(connection: Conn) -> Self {
        Self {
            state: Mutex::new(State {
                is_taken: false,
                baton: Baton {
                    connection: Some(connection),
                    group: None,
                },
                queue: VecDeque::new(),
            }),
            open: OPEN,
        }
    }

    /// Works in a transaction, perhaps with others, and answers when it is committed.
    pub(crate) fn write<T>(
        &self,
        wait: Duration,
        connect: impl FnOnce() -> Result<Conn, StoreError>,
        work: impl Fn(&mut Conn) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let baton = self.take(wait)?;
        let (mut connection, mut group) = match baton {
            Baton {
                connection: Some(connection),
                group: Some(group),
            } => (connection, group),
            Baton { connection, .. } => {
                let connection = self.begin(connection, wait, connect)?;
                (connection, Group::default())
            }
        };
        group.works += 1;
        let end = Arc::clone(&group.end);
        let result = match within(&mut connection, work) {
            Done::Lost(failure) => {
                drop(connection);
                let error = told(&StoreError::from(failure));
                end.tell(Err(told(&error)));
                self.pass_on(Baton::default());
                return Err(error);
            }
            Done::Made(value) => Ok(Ok(value)),
            Done::Failed(failure) => Ok(Err(failure)),
            Done::Panicked(panic) => Err(panic),
        };
        self.go_on(connection, group);
        match result {
            Ok(result) => end.wait().and_then(|()| result.map_err(StoreError::from)),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Begins a transaction; passes the baton on where that fails.
    fn begin(
        &self,
        connection: Option<Conn>,
        wait: Duration,
        connect: impl FnOnce() -> Result<Conn, StoreError>,
    ) -> Result<Conn, StoreError> {
        if let Some(mut connection) = connection {
            match begin(&mut connection, wait) {
                Ok(()) => return Ok(connection),
                // The server may have been restarted since the last write.
                Err(_) if is_gone(&mut connection) => {}
                Err(error) => {
                    self.pass_on(unbroken(connection));
                    return Err(error);
                }
            }
        }
        let result = connect().and_then(|mut connection| {
            begin(&mut connection, wait)?;
            Ok(connection)
        });
        result.inspect_err(|_| self.pass_on(Baton::default()))
    }

    /// Waits for the baton; who came first has it first.
    fn take(&self, wait: Duration) -> Result<Baton, StoreError> {
        let deadline = Instant::now() + wait;
        let mut state = self.state.lock();
        if state.is_taken {
            let turn = Arc::new(Turn::default());
            state.queue.push_back(Arc::clone(&turn));
            while !turn.has_come.load(Ordering::Relaxed) {
                if turn.wake.wait_until(&mut state, deadline).timed_out() && !turn.has_come.load(Ordering::Relaxed) {
                    state.queue.retain(|other| !Arc::ptr_eq(other, &turn));
                    return Err(StoreError::Unavailable("other writes take too long".to_owned()));
                }
            }
        }
        state.is_taken = true;
        Ok(std::mem::take(&mut state.baton))
    }

    /// Gives the open transaction to whoever waits, or ends it.
    fn go_on(&self, mut connection: Conn, group: Group) {
        if group.works < WORKS && group.begun.elapsed() < self.open {
            let mut state = self.state.lock();
            if !state.queue.is_empty() {
                state.baton = Baton {
                    connection: Some(connection),
                    group: Some(group),
                };
                return state.next();
            }
        }
        let result = on_each!(&mut connection, c => AnsiTransactionManager::commit_transaction(c));
        let is_committed = result.is_ok();
        group.end.tell(result.map_err(store_error));
        self.pass_on(if is_committed {
            unbroken(connection)
        } else {
            Baton::default()
        });
    }

    fn pass_on(&self, baton: Baton) {
        let mut state = self.state.lock();
        state.baton = baton;
        state.next();
    }
}

impl State {
    /// Whose turn it is now; the baton stays taken where somebody waits, or a newcomer would be before them.
    fn next(&mut self) {
        match self.queue.pop_front() {
            Some(turn) => {
                turn.has_come.store(true, Ordering::Relaxed);
                turn.wake.notify_one();
            }
            None => self.is_taken = false,
        }
    }
}

/// Begins a transaction that nobody else comes between.
fn begin(connection: &mut Conn, wait: Duration) -> Result<(), StoreError> {
    db::begin(connection, Begin::Write).map_err(store_error)?;
    if let Conn::Postgres(c) = connection {
        // The counter is locked before anything else: two transactions of many works each, of two instances, would
        // else wait for each other's records.
        let wait = wait.as_millis().max(1);
        let lock = format!("SET LOCAL lock_timeout = {wait}; SELECT seq FROM feed_head FOR UPDATE");
        if let Err(error) = c.batch_execute(&lock) {
            let error = store_error(error);
            if AnsiTransactionManager::rollback_transaction(c).is_err() {
                tracing::debug!("a transaction that could not begin could not be rolled back either");
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Runs a work in a savepoint; once more where it was overtaken.
fn within<T>(connection: &mut Conn, work: impl Fn(&mut Conn) -> Result<T, Failure>) -> Done<T> {
    let mut left = 3;
    loop {
        left -= 1;
        if let Err(error) = on_each!(connection, c => AnsiTransactionManager::begin_transaction(c)) {
            return Done::Lost(error.into());
        }
        // Whoever panics shall not take the others along.
        let result = catch_unwind(AssertUnwindSafe(|| work(connection)));
        if let Ok(Ok(value)) = result {
            return match on_each!(connection, c => AnsiTransactionManager::commit_transaction(c)) {
                Ok(()) => Done::Made(value),
                Err(error) => Done::Lost(error.into()),
            };
        }
        // After some errors, such as a full disk, SQLite has rolled back everything by itself.
        let is_undone = on_each!(connection, c => AnsiTransactionManager::rollback_transaction(c)).is_ok();
        match result {
            Ok(Err(failure)) if !is_undone => return Done::Lost(failure),
            Ok(Err(failure)) if left > 0 && failure.was_overtaken() => {}
            Ok(Err(failure)) => return Done::Failed(failure),
            Err(panic) if is_undone => return Done::Panicked(panic),
            Ok(Ok(_)) | Err(_) => {
                let lost = StoreError::Unavailable("a write failed and could not be undone".to_owned());
                return Done::Lost(lost.into());
            }
        }
    }
}

/// A connection between two transactions, unless it must not be used again.
fn unbroken(mut connection: Conn) -> Baton {
    Baton {
        connection: (!is_broken(&mut connection)).then_some(connection),
        group: None,
    }
}

/// What everybody is told of an error that ended the transaction of all: it was the database's, not of their writes.
fn told(error: &StoreError) -> StoreError {
    match error {
        StoreError::Corrupt(text) => StoreError::Corrupt(text.clone()),
        StoreError::Unavailable(text) | StoreError::Refused(text) => StoreError::Unavailable(text.clone()),
        other => StoreError::Unavailable(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
