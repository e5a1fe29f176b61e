//! Who may do what: one pure decision for every operation.

use serde::{Deserialize, Serialize};

use crate::code_list;
use crate::code_list::CodeList;
use crate::organisation::ReviewPolicy;
use crate::related::Visibility;
use crate::stored::Publication;
use crate::values::Slug;

/// What a token allows. Reading what is published needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Scope {
    ComponentsWrite,
    OrganisationsWrite,
    AdoptionsWrite,
    AttestationsWrite,
    ChangesRead,
    ChangesWrite,
    ChangesApprove,
    SubscriptionsWrite,
    SourcesWrite,
    AuditRead,
    Ops,
    Admin,
}
code_list!(Scope, "scope", "Recht eines Tokens", "Scope of a token";
    ComponentsWrite = "components:write", "Einträge der eigenen Organisation schreiben", "Write the entries of one's organisation";
    OrganisationsWrite = "organisations:write", "Die eigene Organisation und die ihr unterstellten pflegen", "Keep one's organisation and those below it";
    AdoptionsWrite = "adoptions:write", "Nutzungen der eigenen Organisation melden", "Declare what one's organisation uses";
    AttestationsWrite = "attestations:write", "Nachweise eintragen", "Record attestations";
    ChangesRead = "changes:read", "Änderungsvorschläge sehen", "See proposed changes";
    ChangesWrite = "changes:write", "Änderungen vorschlagen", "Propose changes";
    ChangesApprove = "changes:approve", "Änderungen prüfen, aller Organisationen", "Review changes, of all organisations";
    SubscriptionsWrite = "subscriptions:write", "Abonnements verwalten", "Keep subscriptions";
    SourcesWrite = "sources:write", "Quellen verwalten", "Keep sources";
    AuditRead = "audit:read", "Sehen, wer was geschrieben hat", "See who wrote what";
    Ops = "ops", "Betriebsdaten sehen", "See data of operation";
    Admin = "admin", "Alles, für alle Organisationen", "Everything, for all organisations";
);

/// A set of scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u16);

impl Scopes {
    fn bit(scope: Scope) -> u16 {
        1 << (scope as u16)
    }

    /// The same set with one more.
    #[must_use]
    pub fn with(self, scope: Scope) -> Self {
        Self(self.0 | Self::bit(scope))
    }

    /// Whether the set itself names a scope. Rights are asked of [`Caller::has`], where `admin` stands for all.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    /// Those that both sets name.
    #[must_use]
    pub fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether it names none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its scopes, in their natural order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }

    /// The scopes of a text that separates them with spaces (RFC 6749, section 3.3); words that name none are left out.
    pub fn read(text: &str) -> Self {
        text.split_ascii_whitespace().filter_map(Scope::from_code).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::default(), Self::with)
    }
}

/// As a token carries them: codes with spaces between.
impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, scope) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.code())?;
        }
        Ok(())
    }
}

/// Who a token was given to, as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who issued the token.
    pub issuer: String,
    /// The person or system, unique with the issuer. Personal data: for the log's audit view alone.
    pub subject: String,
    /// Identifier of the token, where it has one.
    pub token_id: Option<String>,
    /// The organisation that it acts for: slug or id, as the token says.
    pub organisation: Option<String>,
    /// What it allows.
    pub scopes: Scopes,
}

/// Who asks: nobody known, or an actor with the organisations that it acts for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// Who a valid token speaks of; none without a token.
    pub actor: Option<Actor>,
    /// The actor's organisation, where the catalogue knows it.
    pub organisation: Option<Slug>,
    /// Organisations that delegated their entries to it.
    pub delegators: Vec<Slug>,
}

impl Caller {
    /// Whether a token allows this; `admin` allows everything.
    pub fn has(&self, scope: Scope) -> bool {
        self.actor
            .as_ref()
            .is_some_and(|actor| actor.scopes.contains(scope) || actor.scopes.contains(Scope::Admin))
    }

    /// Whether there is no token.
    pub fn is_anonymous(&self) -> bool {
        self.actor.is_none()
    }

    /// Whether the caller acts for an organisation: its own, or one that delegated its entries to it.
    pub fn acts_for(&self, organisation: &Slug) -> bool {
        self.organisation.as_ref() == Some(organisation) || self.delegators.contains(organisation)
    }

    /// Which records the caller sees besides the public ones.
    pub fn sight(&self) -> Sight {
        if self.has(Scope::ChangesApprove) {
            return Sight::All;
        }
        let own: Vec<Slug> = self.organisation.iter().chain(&self.delegators).cloned().collect();
        if own.is_empty() { Sight::Public } else { Sight::Of(own) }
    }
}

/// Which records someone sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Sight {
    /// What is published.
    #[default]
    Public,
    /// That, and everything of these organisations.
    Of(Vec<Slug>),
    /// Everything.
    All,
}

impl Sight {
    /// Whether someone is a member: they act for an organisation of the catalogue.
    pub fn is_member(&self) -> bool {
        match self {
            Self::Public => false,
            Self::Of(own) => !own.is_empty(),
            Self::All => true,
        }
    }

    /// Whether someone belongs to those whom a visibility means.
    pub fn reaches(&self, visibility: Visibility) -> bool {
        match visibility {
            Visibility::Public => true,
            Visibility::Members => self.is_member(),
            Visibility::Parties => *self == Self::All,
        }
    }

    /// Whether a record that is not public is seen by those whom it concerns.
    pub fn includes(&self, owner: Option<&Slug>, party: Option<&Slug>) -> bool {
        match self {
            Self::Public => false,
            Self::Of(own) => owner.into_iter().chain(party).any(|slug| own.contains(slug)),
            Self::All => true,
        }
    }
}

/// Whether those whom its visibility means may know that a record is there, or was. `was_public` says whether it was ever
/// published.
pub fn is_known(publication: Publication, was_public: bool) -> bool {
    match publication {
        Publication::Published => true,
        Publication::Withdrawn => was_public,
        Publication::Draft | Publication::InReview => false,
    }
}

/// What decides on who sees a record.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Its state of publication.
    pub publication: Publication,
    /// Whether it was ever published.
    pub was_published: bool,
    /// Who sees it while it is published.
    pub visibility: Visibility,
    /// The organisation that owns it.
    pub owner: Option<&'a Slug>,
    /// Another organisation that it concerns.
    pub party: Option<&'a Slug>,
}

impl Standing<'_> {
    /// Whether someone sees the record.
    pub fn is_seen(&self, sight: &Sight) -> bool {
        self.publication == Publication::Published && sight.reaches(self.visibility)
            || sight.includes(self.owner, self.party)
    }

    /// Whether someone may know that it is there, or was.
    pub fn is_known(&self, sight: &Sight) -> bool {
        is_known(self.publication, self.was_published) && sight.reaches(self.visibility)
            || sight.includes(self.owner, self.party)
    }
}

/// What someone wants to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// See it.
    See,
    /// Make it.
    Create,
    /// Change it.
    Change,
    /// Change what only an organisation itself decides: who else may keep it, how it is reviewed, what it is a part of,
    /// its name.
    Govern,
    /// Withdraw it; a tombstone stays.
    Withdraw,
    /// Remove it with its history.
    Purge,
    /// Propose a change of it.
    Propose,
}

/// The record that a decision is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The scope that writing this noun needs.
    pub write: Scope,
    /// The organisation that owns it.
    pub owner: Option<&'a Slug>,
    /// Another organisation that it concerns.
    pub party: Option<&'a Slug>,
    /// Its state of publication; of a record that is to be made, the intended one.
    pub publication: Publication,
    /// Whether it was ever public.
    pub was_public: bool,
    /// Who sees it while it is published.
    pub visibility: Visibility,
    /// How the owner wants changes of public records reviewed.
    pub review: ReviewPolicy,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// There is nothing that the caller may see.
    Hidden,
    /// A token is needed.
    Anonymous,
    /// The token lacks this scope.
    Scope(Scope),
    /// The record belongs to another organisation.
    Foreign,
    /// The owner wants such a change proposed and approved.
    Review,
}

/// Whether a caller may do something with a record.
///
/// # Errors
/// Why not. What may not be seen is [`Denial::Hidden`], whatever else is missing.
pub fn may(caller: &Caller, action: Action, subject: &Subject<'_>) -> Result<(), Denial> {
    let standing = Standing {
        publication: subject.publication,
        was_published: subject.was_public,
        visibility: subject.visibility,
        owner: subject.owner,
        party: subject.party,
    };
    if action != Action::Create && !standing.is_known(&caller.sight()) {
        return Err(Denial::Hidden);
    }
    let needs = |scope| match () {
        () if caller.is_anonymous() => Err(Denial::Anonymous),
        () if !caller.has(scope) => Err(Denial::Scope(scope)),
        () => Ok(()),
    };
    let is_admin = caller.has(Scope::Admin);
    // An organisation is kept by the one that it is a part of, too; its entries are not.
    let is_below =
        subject.write == Scope::OrganisationsWrite && subject.party.is_some_and(|slug| caller.acts_for(slug));
    // The operator has its own part in an adoption: it answers, and confirms.
    let is_operator = subject.write == Scope::AdoptionsWrite
        && action == Action::Change
        && subject.party.is_some_and(|slug| caller.acts_for(slug));
    let is_own = is_admin || is_below || is_operator || subject.owner.is_some_and(|slug| caller.acts_for(slug));
    let is_itself = is_admin || subject.owner.is_some() && subject.owner == caller.organisation.as_ref();
    match action {
        Action::See => Ok(()),
        Action::Propose => needs(Scope::ChangesWrite),
        Action::Purge => needs(Scope::Admin),
        Action::Govern => {
            needs(subject.write)?;
            // Who acts for another by delegation cannot hand that on.
            if is_itself { Ok(()) } else { Err(Denial::Foreign) }
        }
        Action::Create | Action::Change | Action::Withdraw => {
            needs(subject.write)?;
            // Nor is it asked whether the other one ends.
            let ends = action == Action::Withdraw && subject.write == Scope::OrganisationsWrite;
            if !is_own || ends && !(is_itself || is_below) {
                return Err(Denial::Foreign);
            }
            let touches_public = subject.publication == Publication::Published;
            if touches_public && subject.review != ReviewPolicy::Direct && !is_admin {
                return Err(Denial::Review);
            }
            Ok(())
        }
    }
}

/// Whether a caller sees records of a noun that nobody sees without a token, such as proposed changes.
///
/// # Errors
/// Why not.
pub fn may_read(caller: &Caller, scopes: &[Scope]) -> Result<(), Denial> {
    if caller.is_anonymous() {
        return Err(Denial::Anonymous);
    }
    match scopes.first() {
        Some(first) if scopes.iter().all(|scope| !caller.has(*scope)) => Err(Denial::Scope(*first)),
        _ => Ok(()),
    }
}
