//! Review: who may put a change in which state, and what a record lacks before it can be published.

use crate::access::{Caller, Scope};
use crate::change::{Change, ChangeState};
use crate::code_list;
use crate::component::{Component, Details, Kind};
use crate::organisation::ReviewPolicy;
use crate::values::Slug;

/// What someone is to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Acts for the organisation that proposes it.
    Author,
    /// Reviews it.
    Reviewer,
}

/// Every step of the review: from, to, and who may take it. What is not here is not possible.
pub const STEPS: [(ChangeState, ChangeState, Role); 12] = {
    use ChangeState as S;
    use Role::{Author, Reviewer};
    [
        (S::Draft, S::Submitted, Author),
        (S::Draft, S::Withdrawn, Author),
        (S::Submitted, S::Approved, Reviewer),
        (S::Submitted, S::Returned, Reviewer),
        (S::Submitted, S::Rejected, Reviewer),
        (S::Submitted, S::Withdrawn, Author),
        (S::Returned, S::Submitted, Author),
        (S::Returned, S::Withdrawn, Author),
        (S::Approved, S::Published, Reviewer),
        (S::Approved, S::Returned, Reviewer),
        (S::Approved, S::Rejected, Reviewer),
        (S::Approved, S::Withdrawn, Author),
    ]
};

/// Name of an actor: issuer and subject of the token.
pub fn actor_name(caller: &Caller) -> Option<String> {
    caller
        .actor
        .as_ref()
        .map(|actor| format!("{}|{}", actor.issuer, actor.subject))
}

/// What decides on who may decide on a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stake {
    /// Who owns the record, before and after the change, each with the way it wants changes to come about. None, where
    /// nobody but a reviewer of all may decide.
    pub owners: Vec<(Slug, ReviewPolicy)>,
    /// The scope that writing such a record needs.
    pub write: Scope,
    /// Whether the change is about what only an organisation itself decides.
    pub governs: bool,
    /// Whether the caller is one of those who wrote the change.
    pub is_writer: bool,
}

/// Whether someone has a role in a change.
pub fn has_role(caller: &Caller, role: Role, change: &Change, stake: &Stake) -> bool {
    match role {
        Role::Author => {
            let acts = match &change.organisation {
                Some(organisation) => caller.acts_for(organisation),
                None => false,
            };
            caller.has(Scope::ChangesWrite) && (acts || stake.is_writer || caller.has(Scope::Admin))
        }
        Role::Reviewer => {
            // Where the owners ask for no review, their editors decide on what others propose.
            let keeps = |owner: &Slug| {
                if stake.governs {
                    caller.organisation.as_ref() == Some(owner)
                } else {
                    caller.acts_for(owner)
                }
            };
            let keeps_all = !stake.owners.is_empty()
                && stake
                    .owners
                    .iter()
                    .all(|(owner, review)| *review == ReviewPolicy::Direct && keeps(owner))
                && caller.has(stake.write)
                && caller.has(Scope::ChangesWrite);
            // Nobody approves what they wrote, where an owner says so; not even who may do everything else.
            let four_eyes = stake.owners.iter().any(|(_, review)| *review == ReviewPolicy::FourEyes);
            (caller.has(Scope::ChangesApprove) || keeps_all) && !(four_eyes && stake.is_writer)
        }
    }
}

/// The states that someone may put a change in now.
pub fn allowed_states(caller: &Caller, change: &Change, stake: &Stake) -> Vec<ChangeState> {
    STEPS
        .iter()
        .filter(|(from, _, role)| *from == change.state && has_role(caller, *role, change, stake))
        .map(|(_, to, _)| *to)
        .collect()
}

/// Whether a change in this state can still go on.
pub fn is_open(state: ChangeState) -> bool {
    STEPS.iter().any(|(from, ..)| *from == state)
}

/// Whether a change can be amended in its state.
pub fn is_amendable(state: ChangeState) -> bool {
    matches!(state, ChangeState::Draft | ChangeState::Returned)
}

/// How much a gap matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum GapLevel {
    Must,
    Should,
}
code_list!(GapLevel, "gap-level", "Gewicht einer Lücke", "Weight of a gap";
    Must = "must", "Verhindert die Veröffentlichung", "Prevents publication";
    Should = "should", "Sollte ergänzt werden", "Should be filled";
);

/// Something that a record lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// JSON pointer to what is missing.
    pub pointer: &'static str,
    /// How much it matters.
    pub level: GapLevel,
    /// Why it matters to readers.
    pub why: &'static str,
}

/// What a component lacks that readers of its kind look for, the gravest first.
pub fn gaps(component: &Component) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut check = |is_there: bool, level, pointer, why| {
        if !is_there {
            gaps.push(Gap { pointer, level, why });
        }
    };
    let c = component;
    let must = GapLevel::Must;
    let should = GapLevel::Should;
    let is_code = c.repository.is_some() || c.licence.is_some();
    check(
        c.lifecycle.is_some(),
        must,
        "/lifecycle",
        "Readers must know whether it is in use, planned or ending.",
    );
    check(
        !c.contacts.is_empty() || c.homepage.is_some() || c.repository.is_some(),
        must,
        "/contacts",
        "Readers must know whom to ask: name an office, a homepage or a repository.",
    );
    match c.kind {
        Kind::OnlineService => check(
            !c.services.is_empty() || !c.ozg_ids.is_empty(),
            must,
            "/services",
            "An online service is found by the administrative services that it covers.",
        ),
        Kind::BuildingBlock => check(
            is_code || !c.interfaces.is_empty(),
            must,
            "/repository",
            "A building block is reused by its code or its interfaces: name one of them.",
        ),
        Kind::AiTool => check(
            matches!(&c.details, Some(Details::AiTool(d)) if d.purpose.is_some()),
            must,
            "/details/purpose",
            "The intended purpose decides the class of an AI system (AI Act, Article 3(12)).",
        ),
        _ => {}
    }
    check(
        c.description.is_some(),
        should,
        "/description",
        "A description tells what a summary cannot.",
    );
    check(
        !c.levels.is_empty(),
        should,
        "/levels",
        "Readers filter by the level of government that it is meant for.",
    );
    check(
        !c.deployment.is_empty(),
        should,
        "/deployment",
        "Code alone is not usable by most: say how it can be had.",
    );
    check(
        !c.legal_basis.is_empty(),
        should,
        "/legalBasis",
        "Readers ask on what legal grounds they may use it.",
    );
    check(
        c.roles.as_ref().is_some_and(|r| !r.operator.is_empty()) || c.kind == Kind::BuildingBlock,
        should,
        "/roles/operator",
        "Readers ask who runs it.",
    );
    check(
        !is_code || c.licence.is_some(),
        should,
        "/licence",
        "Code without a licence may not be used.",
    );
    check(
        c.data_protection.is_some(),
        should,
        "/dataProtection",
        "Readers ask whether it processes personal data; unknown is not no.",
    );
    check(
        c.verified_on.is_some(),
        should,
        "/verifiedOn",
        "An entry is worth more when its age is known.",
    );
    check(
        c.details.is_some(),
        should,
        "/details",
        "Readers of this kind look for its details.",
    );
    gaps.sort_by_key(|gap| gap.level);
    gaps
}
