//! Which records someone sees.

use std::borrow::Cow;

use domain::access::{Sight, Standing};
use domain::related::Visibility;
use domain::stored::Publication;
use domain::values::Slug;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

use super::Entry;

/// Slots by who sees them.
#[derive(Debug, Default)]
pub(super) struct Visible {
    /// What everybody sees.
    public: RoaringBitmap,
    /// What every member sees besides.
    members: RoaringBitmap,
    /// What is there and not public.
    hidden: RoaringBitmap,
    /// What is hidden, by the organisations that see it: owner and party.
    hidden_of: FxHashMap<Slug, RoaringBitmap>,
}

impl Entry {
    /// Whether everybody sees it.
    pub fn is_public(&self) -> bool {
        self.publication == Publication::Published && self.visibility == Visibility::Public
    }

    /// Whether every member sees it, and not everybody.
    fn is_for_members(&self) -> bool {
        self.publication == Publication::Published && self.visibility == Visibility::Members
    }

    /// Whom it is published for, where that is everybody or every member.
    pub(crate) fn layer(&self) -> Option<Visibility> {
        let is_open = self.publication == Publication::Published && self.visibility != Visibility::Parties;
        is_open.then_some(self.visibility)
    }

    fn standing(&self) -> Standing<'_> {
        Standing {
            publication: self.publication,
            was_published: self.published_at.is_some(),
            visibility: self.visibility,
            owner: self.owner.as_ref(),
            party: self.party.as_ref(),
        }
    }

    /// Whether someone sees it.
    pub fn is_seen(&self, sight: &Sight) -> bool {
        self.standing().is_seen(sight)
    }

    /// Whether someone may know that it is there, or was.
    pub fn is_known(&self, sight: &Sight) -> bool {
        self.standing().is_known(sight)
    }

    /// The organisations that see it while it is not public.
    fn insiders(&self) -> impl Iterator<Item = &Slug> {
        self.owner.iter().chain(&self.party)
    }
}

impl Visible {
    pub(super) fn insert(&mut self, slot: u32, entry: &Entry) {
        if entry.is_public() {
            self.public.insert(slot);
            return;
        }
        self.hidden.insert(slot);
        if entry.is_for_members() {
            self.members.insert(slot);
        }
        for organisation in entry.insiders() {
            match self.hidden_of.get_mut(organisation) {
                Some(slots) => {
                    slots.insert(slot);
                }
                None => {
                    self.hidden_of
                        .insert(organisation.clone(), RoaringBitmap::from_iter([slot]));
                }
            }
        }
    }

    pub(super) fn remove(&mut self, slot: u32, entry: &Entry) {
        self.public.remove(slot);
        if !self.hidden.remove(slot) {
            return;
        }
        self.members.remove(slot);
        for organisation in entry.insiders() {
            if let Some(slots) = self.hidden_of.get_mut(organisation) {
                slots.remove(slot);
                if slots.is_empty() {
                    self.hidden_of.remove(organisation);
                }
            }
        }
    }

    pub(super) fn public(&self) -> &RoaringBitmap {
        &self.public
    }

    /// What someone sees of what is hidden; none where there is nothing.
    pub(super) fn hidden(&self, sight: &Sight) -> Option<Cow<'_, RoaringBitmap>> {
        let seen = match sight {
            Sight::Public => return None,
            Sight::All => Cow::Borrowed(&self.hidden),
            Sight::Of(organisations) => {
                let mut own = organisations.iter().filter_map(|one| self.hidden_of.get(one));
                match (own.next(), sight.is_member() && !self.members.is_empty()) {
                    (None, false) => return None,
                    (None, true) => Cow::Borrowed(&self.members),
                    (Some(first), false) if organisations.len() == 1 => Cow::Borrowed(first),
                    (Some(first), members) => {
                        let mut seen = own.fold(first.clone(), |seen, slots| seen | slots);
                        if members {
                            seen |= &self.members;
                        }
                        Cow::Owned(seen)
                    }
                }
            }
        };
        (!seen.is_empty()).then_some(seen)
    }

    /// What someone sees besides what everybody and every member may see; none where there is nothing. What a member sees
    /// as one of a party may be there, though members see it.
    pub(super) fn beyond_members(&self, sight: &Sight) -> Option<Cow<'_, RoaringBitmap>> {
        let seen = match sight {
            Sight::Public => return None,
            Sight::All => Cow::Owned(&self.hidden - &self.members),
            Sight::Of(organisations) => {
                let mut own = organisations.iter().filter_map(|one| self.hidden_of.get(one));
                let first = own.next()?;
                if organisations.len() == 1 {
                    Cow::Borrowed(first)
                } else {
                    Cow::Owned(own.fold(first.clone(), |seen, slots| seen | slots))
                }
            }
        };
        (!seen.is_empty()).then_some(seen)
    }

    /// All that someone sees, given what they see of what is hidden.
    pub(super) fn with(&self, hidden: Option<&RoaringBitmap>) -> Cow<'_, RoaringBitmap> {
        match hidden {
            None => Cow::Borrowed(&self.public),
            Some(hidden) => Cow::Owned(&self.public | hidden),
        }
    }
}

/// What tells one sight from another in a cursor; nothing for what everybody sees.
pub(super) fn identity(sight: &Sight) -> String {
    match sight {
        Sight::Public => String::new(),
        Sight::All => "*|".to_owned(),
        Sight::Of(organisations) => {
            let mut names: Vec<&str> = organisations.iter().map(Slug::as_str).collect();
            names.sort_unstable();
            names.dedup();
            names.iter().flat_map(|name| [*name, "|"]).collect()
        }
    }
}
