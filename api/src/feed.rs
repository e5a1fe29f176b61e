//! The log as readers see it: the feed of events, and the revisions of one record.
//!
//! Every answer is bounded by an event that is known before the log is asked: what is committed meanwhile belongs to the
//! next answer. Since sequences have no gaps and are in commit order, a reader that goes on from there misses nothing and
//! meets nothing twice, even where it may see only some of the events.

mod ask;
mod cloud_event;
mod follow;
mod history;
mod hub;
mod names;
mod page;
mod read;
mod ring;

pub use ask::{Ask, Form};
pub use cloud_event::{CloudEvent, EventData, Facts, Tombstone};
pub use follow::{lines, stream};
pub use history::{RevisionDiff, RevisionItem, RevisionList, diff, revision, revisions};
pub use hub::Hub;
pub use page::{EventList, list};

use actix_web::http::header::HeaderValue;
use domain::access::{Caller, Scope, Sight};
use sha2::{Digest, Sha256};

pub use crate::nouns::NAMES as NOUNS;

/// What someone sees of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Of which records besides the public ones.
    pub sight: Sight,
    /// Whether also who wrote, with which token, in which request and why.
    pub audits: bool,
}

impl From<&Caller> for Viewer {
    fn from(caller: &Caller) -> Self {
        Self {
            sight: caller.sight(),
            audits: caller.has(Scope::AuditRead),
        }
    }
}

impl Viewer {
    /// Tag of an answer: as of which event, to which question, and for whose eyes.
    fn tag(&self, as_of: domain::event::Sequence, question: &str) -> String {
        let digest = Sha256::digest(format!("{question}|{self:?}"));
        let hash = digest
            .iter()
            .take(8)
            .fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
        format!("{}-{hash:016x}", as_of.0)
    }
}

/// How long what never changes may be taken from a cache. It can still be withdrawn or purged, hence not for ever.
fn lasting(caller: &Caller) -> HeaderValue {
    HeaderValue::from_static(if caller.is_anonymous() {
        "public, max-age=3600"
    } else {
        "private, max-age=3600"
    })
}
