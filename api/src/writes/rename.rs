//! A new slug: the old one keeps leading to the record, and every record that names it is rewritten with it.

use domain::change::Change;
use domain::event::EventType;
use domain::notice::Notice;
use domain::organisation::Organisation;
use domain::query::Given;
use domain::related::Visibility;
use domain::store::{Expected, Record, Write};
use domain::stored::Document;
use domain::values::Slug;
use domain::{id::Id, limits};
use serde_json::Value;

use super::answer::Affected;
use super::desk::document;
use super::prepare::{Prepared, told_to};
use super::{Desk, Writable, withdraw};
use crate::ending;
use crate::nouns::{self, Noun};
use crate::problem::{Problem, ProblemType};

impl Desk<'_> {
    /// Adds the rewriting of all records that name `before` by its slug.
    pub(super) fn rename<T: Writable>(&self, before: &Record, prepared: &mut Prepared) -> Result<(), Problem> {
        let (from, to) = (&before.slug, prepared.after.slug.clone());
        // What another instance wrote a moment ago is rewritten, too.
        self.app.follow().map_err(Problem::from)?;
        self.is_free::<T>(&prepared.after, None)?;
        let referring = self.app.view().referring(T::NOUN, from);
        within_limit(referring.len())?;
        let mut notices = 0;
        for noun in nouns::ALL {
            let name = noun.name();
            let of_noun = referring.iter().filter(|(n, id)| *n == name && *id != before.id);
            let ids: Vec<Id> = of_noun.map(|(_, id)| *id).collect();
            let records = if name == Notice::NOUN {
                ending::naming(&*self.app.store, from)?
            } else if ids.is_empty() {
                continue;
            } else {
                self.app.store.records_by_id(name, &ids)?
            };
            for record in records {
                let rewritten = match rewrite(noun, &record, T::NOUN, from, &to) {
                    // What cannot be read was logged. It holds up nothing that others do.
                    Err(_) if name == Notice::NOUN => None,
                    rewritten => rewritten?,
                };
                let Some((pointers, mut after)) = rewritten else {
                    continue;
                };
                notices += usize::from(name == Notice::NOUN);
                within_limit(referring.len() + notices)?;
                after.revision = record.revision.next();
                after.updated_at = self.now;
                if self.sees(&record) {
                    prepared.affected.push(Affected {
                        noun: name,
                        id: after.id,
                        slug: after.slug.clone(),
                        pointers,
                    });
                }
                let is_told = |readers| noun.has_publication() && told_to(&after, readers);
                prepared.writes.push(Write {
                    noun: name,
                    expected: Expected::Revision(record.revision),
                    public: is_told(Visibility::Public),
                    members: is_told(Visibility::Members),
                    record: after,
                    event_type: EventType::Updated,
                });
            }
        }
        Ok(())
    }
}

impl Desk<'_> {
    /// Adds the handing over of the open changes of a record: its new owner sees them, and decides on them.
    pub(super) fn hand_over(&self, before: &Record, prepared: &mut Prepared) -> Result<(), Problem> {
        let about = [Given::from_url("subject", &before.id.to_string())];
        let ids = withdraw::ids::<Change>(self, &about)?;
        for record in self.app.store.records_by_id(Change::NOUN, &ids)? {
            let mut change: Change = document(&record)?;
            let Some(owner) = prepared.after.owner.clone().filter(|owner| *owner != change.owner) else {
                continue;
            };
            change.owner = owner;
            let after = Record {
                revision: record.revision.next(),
                updated_at: self.now,
                owner: change.owner(&change.record_slug).cloned(),
                document: serde_json::to_string(&change).unwrap_or_default().into(),
                ..record.clone()
            };
            prepared.writes.push(Write {
                noun: Change::NOUN,
                expected: Expected::Revision(record.revision),
                public: false,
                members: false,
                record: after,
                event_type: EventType::Updated,
            });
        }
        self.hand_over_records(before, prepared)
    }

    /// What the owner of a component recorded about it is the new owner's to keep.
    fn hand_over_records(&self, before: &Record, prepared: &mut Prepared) -> Result<(), Problem> {
        // What another instance wrote a moment ago counts, too.
        self.app.follow().map_err(Problem::from)?;
        let about = self.app.view().all_about(before.id);
        for noun in nouns::ALL {
            let of_noun = about.iter().filter(|(name, _)| *name == noun.name());
            let ids: Vec<Id> = of_noun.map(|(_, id)| *id).collect();
            for record in self.app.store.records_by_id(noun.name(), &ids)? {
                let mut json: Value = serde_json::from_str(&record.document).unwrap_or_default();
                let Some(recorded_by) = json.get_mut("recordedBy") else {
                    continue;
                };
                let is_owner = before
                    .owner
                    .as_ref()
                    .is_some_and(|owner| *recorded_by == *owner.as_str());
                let (true, Some(owner)) = (is_owner, &prepared.after.owner) else {
                    continue;
                };
                *recorded_by = owner.as_str().into();
                let after = noun.with_parties(Record {
                    revision: record.revision.next(),
                    updated_at: self.now,
                    document: json.to_string().into(),
                    ..record.clone()
                })?;
                prepared.writes.push(Write {
                    noun: noun.name(),
                    expected: Expected::Revision(record.revision),
                    public: told_to(&after, Visibility::Public),
                    members: told_to(&after, Visibility::Members),
                    record: after,
                    event_type: EventType::Updated,
                });
            }
        }
        Ok(())
    }
}

/// Whether a rename may rewrite so many records. How many name it, not everybody may see.
fn within_limit(records: usize) -> Result<(), Problem> {
    if records <= limits::RENAME_RECORDS {
        return Ok(());
    }
    Err(Problem::new(ProblemType::Conflict).detail(format!(
        "Too many other records name this one by its slug: no more than {} are rewritten at once.",
        limits::RENAME_RECORDS
    )))
}

/// Where a record names another one, and the record with the other's new slug; none where it does not name it.
fn rewrite(
    kind: &dyn Noun,
    record: &Record,
    noun: &str,
    from: &Slug,
    to: &Slug,
) -> Result<Option<(Vec<String>, Record)>, Problem> {
    let pointers = pointers(kind, record, noun, from)?;
    let names_party = noun == Organisation::NOUN && record.party.as_ref() == Some(from);
    if pointers.is_empty() && !names_party {
        return Ok(None);
    }
    let mut json: Value = serde_json::from_str(&record.document).unwrap_or_default();
    // A proposed record is not there yet, and names its owner all the same.
    let proposed = (kind.name() == Change::NOUN && noun == Organisation::NOUN).then_some("/patch/owner");
    for pointer in pointers.iter().map(String::as_str).chain(proposed) {
        if let Some(place) = json.pointer_mut(pointer).filter(|place| **place == *from.as_str()) {
            *place = to.as_str().into();
        }
    }
    let after = Record {
        document: json.to_string().into(),
        ..record.clone()
    };
    let mut after = kind.with_parties(after)?;
    if kind.name() == Notice::NOUN {
        // Who ended the component stands in the record alone.
        after.party = if names_party {
            Some(to.clone())
        } else {
            record.party.clone()
        };
    }
    Ok(Some((pointers, after)))
}

/// The records that name one by its slug, as far as the caller sees them, for a dry run.
pub(super) fn referring<T: Writable>(desk: &Desk<'_>, slug: &Slug) -> Result<Vec<Affected>, Problem> {
    let referring = desk.app.view().referring(T::NOUN, slug);
    let mut affected = Vec::new();
    for noun in nouns::ALL.into_iter().filter(|noun| noun.has_publication()) {
        let of_noun = referring.iter().filter(|(name, _)| *name == noun.name());
        let ids: Vec<Id> = of_noun.map(|(_, id)| *id).collect();
        for record in desk.app.store.records_by_id(noun.name(), &ids)? {
            if !desk.sees(&record) {
                continue;
            }
            let pointers = pointers(noun, &record, T::NOUN, slug)?;
            affected.push(Affected {
                noun: noun.name(),
                id: record.id,
                slug: record.slug,
                pointers,
            });
        }
    }
    Ok(affected)
}

fn pointers(kind: &dyn Noun, record: &Record, noun: &str, slug: &Slug) -> Result<Vec<String>, Problem> {
    let named = kind.references(record)?.into_iter();
    let named = named.filter(|r| r.noun == noun && r.slug == *slug);
    Ok(named.map(|r| r.pointer).collect())
}
