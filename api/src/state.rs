//! What every request can reach: the store, the view, the clock, the settings.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use actix_web::web;
use domain::clock::Clock;
use domain::cost_share::Key;
use domain::event::{Event, Sequence};
use domain::id::{Id, Ids};
use domain::store::{Record, Store, StoreError};
use domain::values::{Day, Timestamp};
use parking_lot::{RwLock, RwLockReadGuard};
use search::View;

use crate::auth::Authenticator;
use crate::feed::Hub;
use crate::problem::Problem;

/// Records read from the store at once while the view is built.
const PORTION: usize = 2000;
/// Events read from the store at once while the view follows the log.
const EVENTS: usize = 500;

/// What the service may be told to do.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of record bodies that the view keeps.
    pub body_bytes: usize,
    /// Base of absolute links, without a slash at the end; links are relative to the host without it.
    pub public_url: Option<String>,
    /// Keys by which costs are shared.
    pub cost_keys: Vec<Key>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 8 << 30,
            public_url: None,
            cost_keys: Vec::new(),
        }
    }
}

/// The running catalogue.
pub struct App {
    /// The database.
    pub store: Arc<dyn Store>,
    view: RwLock<View>,
    /// Serialises those who bring the view up to date.
    following: parking_lot::Mutex<()>,
    /// When the view was last known to be level with the log, in microseconds.
    level_at: AtomicI64,
    /// The one source of time.
    pub clock: Arc<dyn Clock>,
    /// The one maker of ids.
    pub ids: Arc<dyn Ids>,
    /// What it was told.
    pub limits: Limits,
    /// Who may show which tokens.
    pub auth: Authenticator,
    /// Idempotency keys that are worked on, with their clients.
    pub running_keys: parking_lot::Mutex<HashSet<(String, String)>>,
    /// Where readers of the log wait for news.
    pub feed: Hub,
}

impl App {
    /// Builds the view from the store.
    ///
    /// # Errors
    /// If the store does not answer.
    pub fn start(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        limits: Limits,
        auth: Authenticator,
    ) -> Result<Self, StoreError> {
        let view = build(&*store, limits.body_bytes, clock.now().day())?;
        let level_at = AtomicI64::new(clock.now().micros());
        let view = RwLock::new(view);
        Ok(Self {
            store,
            view,
            following: parking_lot::Mutex::new(()),
            level_at,
            clock,
            ids,
            limits,
            auth,
            running_keys: parking_lot::Mutex::default(),
            feed: Hub::default(),
        })
    }

    /// The view, to answer one request from.
    pub fn view(&self) -> RwLockReadGuard<'_, View> {
        self.view.read()
    }

    /// When the view was last known to be level with the log.
    pub fn level_at(&self) -> Timestamp {
        Timestamp::from_micros(self.level_at.load(Ordering::Relaxed))
    }

    /// Brings the view to an event at least; whoever waited while another one did it has nothing left to do.
    ///
    /// # Errors
    /// If the store does not answer; the view then stays as it was.
    pub fn follow_to(&self, sequence: Sequence) -> Result<(), StoreError> {
        let one_at_a_time = self.following.lock();
        if self.view.read().as_of() < sequence {
            self.advance(&one_at_a_time)?;
        }
        Ok(())
    }

    /// Brings the view level with the log.
    ///
    /// # Errors
    /// If the store does not answer; the view then stays as it was.
    pub fn follow(&self) -> Result<Sequence, StoreError> {
        self.advance(&self.following.lock())
    }

    fn advance(&self, _one_at_a_time: &parking_lot::MutexGuard<'_, ()>) -> Result<Sequence, StoreError> {
        let now = self.clock.now();
        if self.view.read().today() != now.day() {
            turn(&*self.store, &self.view, now.day())?;
        }
        let is_level = catch_up(&*self.store, &self.view, |events| self.feed.advance(events))?;
        if is_level {
            self.level_at.store(now.micros(), Ordering::Relaxed);
        }
        Ok(self.view.read().as_of())
    }
}

/// Brings a view level with the log, and hands on the events that it lacked. Answers whether it is: a log that was put back
/// to an earlier state may name a head that it does not have.
///
/// # Errors
/// If the store does not answer; the view then stays where it was.
pub fn catch_up(store: &dyn Store, view: &RwLock<View>, mut seen: impl FnMut(Vec<Event>)) -> Result<bool, StoreError> {
    loop {
        refresh(store, view)?;
        let known = view.read().as_of();
        // A look at the counter is cheaper than a query for events that are mostly not there.
        if store.head()? == known {
            return Ok(true);
        }
        let events = store.events(known, EVENTS)?;
        let Some(last) = events.last().map(|e| e.sequence) else {
            return Ok(false);
        };
        for event in &events {
            if let Err(damaged) = view.write().apply(event) {
                tracing::error!(%damaged, "a record is left out of the view");
            }
        }
        seen(events);
        tracing::debug!(sequence = last.0, "the view follows the log");
    }
}

/// Reads records again that the view finds by something outside them. What is left if the store does not answer, the view
/// still knows the next time.
fn refresh(store: &dyn Store, view: &RwLock<View>) -> Result<(), StoreError> {
    loop {
        let Some((noun, ids)) = view.read().due(EVENTS) else {
            return Ok(());
        };
        let records = readable(store, noun, &ids)?;
        take_in(&mut view.write(), noun, &ids, &records);
    }
}

/// Goes on to a day and marks what it leaves behind, at once for all readers: the records are read before.
fn turn(store: &dyn Store, view: &RwLock<View>, today: Day) -> Result<(), StoreError> {
    let lapsing: Vec<(&'static str, Id)> = view.read().lapsing(today).into_iter().collect();
    let mut read = Vec::new();
    for of_noun in lapsing.chunk_by(|a, b| a.0 == b.0) {
        for portion in of_noun.chunks(EVENTS) {
            let Some((noun, _)) = portion.first() else { continue };
            let ids: Vec<Id> = portion.iter().map(|(_, id)| *id).collect();
            let records = readable(store, noun, &ids)?;
            read.push((*noun, ids, records));
        }
    }
    let mut view = view.write();
    view.turn(today);
    for (noun, ids, records) in read {
        take_in(&mut view, noun, &ids, &records);
    }
    Ok(())
}

fn take_in(view: &mut View, noun: &'static str, ids: &[Id], records: &[Record]) {
    for damaged in view.refresh(noun, ids, records) {
        tracing::error!(%damaged, "a record is left out of the view");
    }
}

/// The records with these ids that can be read: a damaged row keeps the view from none of the others.
fn readable(store: &dyn Store, noun: &str, ids: &[Id]) -> Result<Vec<Record>, StoreError> {
    match store.records_by_id(noun, ids) {
        Err(StoreError::Corrupt(_)) => {}
        other => return other,
    }
    let mut records = Vec::new();
    for id in ids {
        match store.records_by_id(noun, &[*id]) {
            Err(StoreError::Corrupt(reason)) => tracing::error!(noun, %id, reason, "a row is damaged"),
            other => records.extend(other?),
        }
    }
    Ok(records)
}

/// All records of a noun by ascending id.
///
/// # Errors
/// If the store does not answer.
pub fn all_records(store: &dyn Store, noun: &str) -> Result<Vec<Record>, StoreError> {
    records_where(store, noun, |_| true)
}

/// The records of a noun that are `wanted`, by ascending id.
///
/// # Errors
/// If the store does not answer.
pub fn records_where(
    store: &dyn Store,
    noun: &str,
    wanted: impl Fn(&Record) -> bool,
) -> Result<Vec<Record>, StoreError> {
    let (mut all, mut last): (Vec<Record>, Option<Id>) = (Vec::new(), None);
    loop {
        let portion = store.records(noun, last, PORTION)?;
        let done = portion.len() < PORTION;
        last = portion.last().map(|record| record.id);
        all.extend(portion.into_iter().filter(&wanted));
        if done {
            return Ok(all);
        }
    }
}

/// A view, on a day, of all that is in the store.
///
/// # Errors
/// If the store does not answer.
pub fn build(store: &dyn Store, body_bytes: usize, today: Day) -> Result<View, StoreError> {
    let as_of = store.head()?;
    let (view, damaged) = View::build(as_of, body_bytes, today, |noun| all_records(store, noun))?;
    for damaged in damaged {
        tracing::error!(%damaged, "a record is left out of the view");
    }
    Ok(view)
}

/// Runs a blocking call on the store off the threads that answer requests.
///
/// # Errors
/// What the store answers, as a problem.
pub async fn db<T: Send + 'static>(
    app: &web::Data<App>,
    call: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, Problem> {
    let store = app.store.clone();
    blocking(move || call(&*store).map_err(Problem::from)).await
}

/// Asks the view what may take a while, off the threads that answer requests.
///
/// # Errors
/// Those of `question`.
pub async fn ask<T: Send + 'static>(
    app: &web::Data<App>,
    question: impl FnOnce(&View) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let app = app.clone();
    blocking(move || question(&app.view())).await
}

/// Runs what may block off the threads that answer requests.
///
/// # Errors
/// Those of `work`.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match web::block(work).await {
        Ok(result) => result,
        Err(_) => Err(Problem::from(StoreError::Unavailable(
            "the thread pool is shutting down".to_owned(),
        ))),
    }
}
