//! The documents of all organisations, for paths that lead to them, and who keeps whose entries.

use domain::access::Sight;
use domain::organisation::Organisation;
use domain::query::Directory;
use domain::store::Record;
use domain::stored::Publication;
use domain::values::{Day, Slug};
use rustc_hash::FxHashMap;

/// Organisations by slug.
#[derive(Debug)]
pub(crate) struct Organisations {
    known: FxHashMap<Slug, Known>,
    /// The present day.
    today: Day,
    /// Of each organisation, those that delegated their entries to it, in order.
    delegators: FxHashMap<Slug, Vec<Slug>>,
}

#[derive(Debug)]
struct Known {
    document: Organisation,
    is_public: bool,
    owner: Option<Slug>,
    party: Option<Slug>,
}

impl Organisations {
    pub(crate) fn new(today: Day) -> Self {
        Self {
            known: FxHashMap::default(),
            today,
            delegators: FxHashMap::default(),
        }
    }

    /// Puts the organisation of a record in, in place of what was there under its slug.
    pub(crate) fn put(&mut self, record: &Record, document: Organisation) {
        self.remove(&record.slug);
        for delegate in &document.delegates {
            let delegators = self.delegators.entry(delegate.clone()).or_default();
            if let Err(at) = delegators.binary_search(&record.slug) {
                delegators.insert(at, record.slug.clone());
            }
        }
        let known = Known {
            document,
            is_public: record.publication == Publication::Published,
            owner: record.owner.clone(),
            party: record.party.clone(),
        };
        self.known.insert(record.slug.clone(), known);
    }

    pub(crate) fn remove(&mut self, slug: &Slug) {
        let Some(known) = self.known.remove(slug) else { return };
        for delegate in &known.document.delegates {
            let Some(delegators) = self.delegators.get_mut(delegate) else {
                continue;
            };
            delegators.retain(|delegator| delegator != slug);
            if delegators.is_empty() {
                self.delegators.remove(delegate);
            }
        }
    }

    /// Organisations that delegated their entries to this one.
    pub(crate) fn delegators(&self, organisation: &Slug) -> &[Slug] {
        self.delegators.get(organisation).map_or(&[], Vec::as_slice)
    }
}

impl Organisations {
    /// Sets the present day.
    pub(crate) fn set_today(&mut self, today: Day) {
        self.today = today;
    }
}

impl Directory for Organisations {
    fn today(&self) -> Day {
        self.today
    }

    fn organisation(&self, slug: &Slug) -> Option<&Organisation> {
        self.known.get(slug).map(|known| &known.document)
    }

    fn seen_organisation(&self, slug: &Slug, sight: &Sight) -> Option<&Organisation> {
        self.known
            .get(slug)
            .filter(|known| known.is_public || sight.includes(known.owner.as_ref(), known.party.as_ref()))
            .map(|known| &known.document)
    }
}
