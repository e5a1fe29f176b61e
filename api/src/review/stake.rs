//! Whose word counts in a change: looked up when it is asked for, because records change hands while changes wait.

use domain::access::Scope;
use domain::change::{Change, ChangeNoun, ChangeOperation, Mark};
use domain::component::Component;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::publishing::{Stake, actor_name};
use domain::stored::Document;
use domain::values::Slug;
use sha2::{Digest, Sha256};

use super::conflict;
use crate::hex::hex;
use crate::problem::{Problem, ProblemType};
use crate::writes::{Desk, Writable};

/// What only an organisation itself decides.
const GOVERNED: [&str; 4] = ["delegates", "review", "parent", "slug"];

impl Desk<'_> {
    /// Whose word counts in a change, and the organisation that owns the record now.
    pub(super) fn stake(&self, change: &mut Change, id: Id) -> Result<Stake, Problem> {
        match change.noun {
            ChangeNoun::Component => self.stake_of::<Component>(change, id),
            ChangeNoun::Organisation => self.stake_of::<Organisation>(change, id),
        }
    }

    fn stake_of<T: Writable>(&self, change: &mut Change, id: Id) -> Result<Stake, Problem> {
        let current = conflict::current::<T>(self, change.subject)?;
        if let Some(owner) = current.and_then(|record| record.owner) {
            change.owner = owner;
        }
        let is_organisation = T::NOUN == Organisation::NOUN;
        let named = |member: &str| -> Option<Slug> { change.patch.get(member)?.as_str()?.parse().ok() };
        let mut owners: Vec<Slug> = Vec::new();
        match (change.operation, is_organisation) {
            // Whoever keeps an organisation has the say on those below it; on all others only who reviews for all.
            (ChangeOperation::Create, true) => owners.extend(named("parent")),
            (ChangeOperation::Create, false) => owners.extend(named("owner")),
            (_, true) => owners.push(change.owner.clone()),
            (_, false) => {
                owners.push(change.owner.clone());
                owners.extend(named("owner").filter(|owner| *owner != change.owner));
            }
        }
        let governs = is_organisation
            && change.operation != ChangeOperation::Create
            && (change.operation == ChangeOperation::Withdraw
                || change
                    .patch
                    .get("publication")
                    .is_some_and(|publication| publication == "withdrawn")
                || GOVERNED.iter().any(|member| change.patch.get(member).is_some()));
        let mut weighed = Vec::with_capacity(owners.len());
        for owner in owners {
            let policy = self.policy_of(&owner)?;
            weighed.push((owner, policy));
        }
        let mark = self.mark(id);
        Ok(Stake {
            owners: weighed,
            write: if is_organisation {
                Scope::OrganisationsWrite
            } else {
                Scope::ComponentsWrite
            },
            governs,
            is_writer: mark.is_some_and(|mark| change.authors.contains(&mark)),
        })
    }

    /// The caller's mark in a change: the same for all that one person does there, and of no use anywhere else. Names stand
    /// in the log alone, for those who audit, and a purge takes them away.
    pub(super) fn mark(&self, change: Id) -> Option<Mark> {
        let name = actor_name(self.caller)?;
        let digest = Sha256::new()
            .chain_update(change.to_string())
            .chain_update([0])
            .chain_update(name)
            .finalize();
        hex(digest.get(..8)?).parse().ok()
    }

    /// The same of somebody who must have one.
    pub(super) fn own_mark(&self, change: Id) -> Result<Mark, Problem> {
        self.mark(change).ok_or_else(Problem::unauthenticated)
    }

    /// Adds the caller to the authors of a change.
    pub(super) fn sign(&self, change: &mut Change, id: Id) -> Result<(), Problem> {
        let mark = self.own_mark(id)?;
        if change.authors.contains(&mark) {
            return Ok(());
        }
        let before = change.authors.len();
        change.authors = domain::values::List::collect(change.authors.iter().cloned().chain([mark]));
        // Whoever is not known as an author could approve what they wrote.
        if change.authors.len() == before {
            let detail = "The change has as many authors as it can have; propose another one.";
            return Err(Problem::new(ProblemType::Conflict).detail(detail));
        }
        Ok(())
    }
}
