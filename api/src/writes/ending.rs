//! The end of a component: it names what takes its place or why nothing does, and every body that it concerns is told.

use domain::access::Sight;
use domain::component::{Component, Lifecycle};
use domain::event::EventType;
use domain::fault::Faults;
use domain::limits;
use domain::notice::{ComponentSlugs, Notice};
use domain::related::Visibility;
use domain::store::{Expected, Record, Write};
use domain::stored::{Document, Publication};
use domain::values::{Revision, Slug};

use super::Desk;
use super::desk::document;
use super::prepare::Prepared;
use crate::problem::{Problem, ProblemType};

/// Relations that an end is followed along.
pub const IMPACT_DEPTH: usize = 5;

/// What those who use a component must know of its end; none where it goes on.
fn end(component: &Component) -> Option<impl PartialEq + '_> {
    let is_retired = component.lifecycle == Some(Lifecycle::Retired);
    (component.ends_on.is_some() || is_retired).then_some((
        component.ends_on,
        is_retired,
        &component.successor,
        &component.no_successor_reason,
    ))
}

/// Whether an edit sets an end, moves it, takes it back, or names another successor.
pub(super) fn ends(before: &Component, after: &Component) -> bool {
    end(before) != end(after)
}

/// What is wrong with an edit that sets an end.
pub(super) fn faults(before: &Component, after: &Component) -> Faults {
    let mut faults = Faults::new();
    let is_set = end(after).is_some() && ends(before, after);
    if is_set && after.successor.is_none() && after.no_successor_reason.is_none() {
        let detail = "Name the component that takes its place, or say in `noSuccessorReason` why none does: those who use it \
                      are told.";
        faults.add("/successor", "required", detail);
    }
    faults
}

impl Desk<'_> {
    /// Adds a notice for each body that the end of a component concerns, but for its owner, who sets it.
    pub(super) fn tell_end(&self, component: &Component, prepared: &mut Prepared) -> Result<(), Problem> {
        let after = &prepared.after;
        if after.publication != Publication::Published {
            return Ok(());
        }
        // What another instance wrote a moment ago counts, too.
        self.app.follow().map_err(Problem::from)?;
        let owner = Sight::Of(vec![component.owner.clone()]);
        let (mut told, seen) = {
            let view = self.app.view();
            let reach = |sight| view.reach(after.id, IMPACT_DEPTH, sight).organisations;
            (reach(&Sight::All), reach(&owner))
        };
        told.remove(&component.owner);
        if told.len() > limits::NOTICES {
            return Err(Problem::new(ProblemType::Conflict).detail(format!(
                "The end concerns {} bodies; more than {} are not told at once.",
                told.len(),
                limits::NOTICES
            )));
        }
        // The view knows it by the slug that it had until now.
        let before = prepared.before.as_ref().map(|before| before.slug.clone());
        let renamed = |slug: Slug| {
            if Some(&slug) == before.as_ref() {
                after.slug.clone()
            } else {
                slug
            }
        };
        for (organisation, (uses, owns)) in told {
            // Whoever ends it sees whom that was told to, unless that tells what it may not see of them.
            let is_seen = seen.get(&organisation).is_some_and(|(u, o)| *u == uses && *o == owns);
            let party = is_seen.then(|| component.owner.clone());
            let uses = uses.into_iter().map(renamed);
            let notice = Notice {
                component: after.slug.clone(),
                organisation,
                ends_on: component.ends_on,
                successor: component.successor.clone(),
                no_successor_reason: component.no_successor_reason.clone(),
                uses: ComponentSlugs::collect(uses),
                own_components: ComponentSlugs::collect(owns),
            };
            prepared.writes.push(self.notice(&notice, party)?);
        }
        Ok(())
    }

    fn notice(&self, notice: &Notice, party: Option<Slug>) -> Result<Write, Problem> {
        let id = self.app.ids.next();
        let internal = |_| Problem::new(ProblemType::Internal);
        let slug: Slug = format!("notice-{}", id.hex())
            .parse()
            .map_err(|_| Problem::new(ProblemType::Internal))?;
        let record = Record {
            id,
            revision: Revision::FIRST,
            publication: Publication::Published,
            owner: notice.owner(&slug).cloned(),
            party,
            visibility: Visibility::Parties,
            published_at: Some(self.now),
            created_at: self.now,
            updated_at: self.now,
            document: serde_json::to_string(notice).map_err(internal)?.into(),
            slug,
        };
        Ok(Write {
            noun: Notice::NOUN,
            expected: Expected::Absent,
            record,
            event_type: EventType::Created,
            public: false,
            members: false,
        })
    }
}

/// Whether an edit of a record sets the end of a component.
pub(super) fn sets_end(before: Option<&Record>, after: &Record) -> bool {
    let read = |record: &Record| document::<Component>(record).ok();
    match (before.and_then(read), read(after)) {
        (Some(before), Some(after)) => ends(&before, &after),
        _ => false,
    }
}
