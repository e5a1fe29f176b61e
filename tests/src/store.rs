//! A store that fails when a test says so: an outage, or a damaged row.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use domain::client::Client;
use domain::event::{Event, EventFilter, Origin, Sequence};
use domain::id::Id;
use domain::store::{Finding, KeptAnswer, Key, Record, Store, StoreError, Write};
use domain::values::{Revision, Slug, Timestamp};

/// How a store fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Not at all.
    None,
    /// It does not answer.
    Outage,
    /// It finds a damaged row.
    Damage,
    /// It does not answer who asks for records by their ids.
    OutageById,
    /// Every row that is asked for by its id is damaged.
    DamageById,
}

/// The real store behind a switch.
pub struct FailingStore {
    within: Arc<dyn Store>,
    failure: AtomicU8,
    /// Milliseconds that every call takes longer.
    delay: AtomicU64,
    /// Calls so far.
    calls: AtomicU64,
}

impl FailingStore {
    /// A store that works until it is told otherwise.
    pub fn new(within: Arc<dyn Store>) -> Self {
        Self {
            within,
            failure: AtomicU8::new(0),
            delay: AtomicU64::new(0),
            calls: AtomicU64::new(0),
        }
    }

    /// Says how every call fails from now on.
    pub fn fail(&self, failure: Failure) {
        self.failure.store(failure as u8, Ordering::SeqCst);
    }

    /// Lets every call take longer from now on.
    pub fn delay(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.delay.store(millis, Ordering::SeqCst);
    }

    /// Calls that were made so far, all kinds together.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    fn by_id(&self) -> Result<&dyn Store, StoreError> {
        match self.failure.load(Ordering::SeqCst) {
            3 => Err(StoreError::Unavailable("the test took it away".to_owned())),
            4 => Err(StoreError::Corrupt("the test damaged it".to_owned())),
            _ => self.well(),
        }
    }

    fn well(&self) -> Result<&dyn Store, StoreError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(self.delay.load(Ordering::SeqCst)));
        match self.failure.load(Ordering::SeqCst) {
            1 => Err(StoreError::Unavailable("the test took it away".to_owned())),
            2 => Err(StoreError::Corrupt("the test damaged it".to_owned())),
            _ => Ok(&*self.within),
        }
    }
}

impl Store for FailingStore {
    fn commit_once(
        &self,
        writes: &[Write],
        origin: &Origin,
        now: Timestamp,
        answer: Option<&KeptAnswer>,
    ) -> Result<Sequence, StoreError> {
        self.well()?.commit_once(writes, origin, now, answer)
    }
    fn kept_answer(&self, client: &str, key: &str) -> Result<Option<KeptAnswer>, StoreError> {
        self.well()?.kept_answer(client, key)
    }
    fn forget_answers(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.well()?.forget_answers(before)
    }
    fn head(&self) -> Result<Sequence, StoreError> {
        self.well()?.head()
    }
    fn records(&self, noun: &str, after: Option<Id>, limit: usize) -> Result<Vec<Record>, StoreError> {
        self.well()?.records(noun, after, limit)
    }
    fn record(&self, noun: &str, key: &Key) -> Result<Option<Record>, StoreError> {
        self.well()?.record(noun, key)
    }
    fn records_by_id(&self, noun: &str, ids: &[Id]) -> Result<Vec<Record>, StoreError> {
        self.by_id()?.records_by_id(noun, ids)
    }
    fn records_by_slug(&self, noun: &str, slugs: &[Slug]) -> Result<Vec<Record>, StoreError> {
        self.well()?.records_by_slug(noun, slugs)
    }
    fn earlier_slugs(&self, noun: &str, id: Id) -> Result<Vec<Slug>, StoreError> {
        self.well()?.earlier_slugs(noun, id)
    }
    fn events(&self, after: Sequence, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.well()?.events(after, limit)
    }
    fn events_where(&self, filter: &EventFilter, newest_first: bool, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.well()?.events_where(filter, newest_first, limit)
    }
    fn revisions(&self, noun: &str, wanted: &[(Id, Revision)]) -> Result<Vec<Event>, StoreError> {
        self.well()?.revisions(noun, wanted)
    }
    fn client(&self, id: &Slug) -> Result<Option<Client>, StoreError> {
        self.well()?.client(id)
    }
    fn clients(&self) -> Result<Vec<Client>, StoreError> {
        self.well()?.clients()
    }
    fn put_client(&self, client: &Client) -> Result<(), StoreError> {
        self.well()?.put_client(client)
    }
    fn remove_client(&self, id: &Slug) -> Result<bool, StoreError> {
        self.well()?.remove_client(id)
    }
    fn verify(&self) -> Result<Vec<Finding>, StoreError> {
        self.well()?.verify()
    }
    fn describe(&self) -> String {
        self.within.describe()
    }
}
