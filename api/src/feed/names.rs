//! The records that a question names: looked up once, and again when an event says that they may be others.

use std::sync::Arc;

use actix_web::web;
use domain::change::Change;
use domain::event::{Event, EventFilter, Sequence};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::store::{Key, StoreError};
use domain::stored::Document;
use domain::values::Slug;

use super::ask::Ask;
use super::{NOUNS, Viewer, read};
use crate::problem::Problem;
use crate::records::Resource;
use crate::state::{App, db};

/// What the names of a question stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// The record that is asked for, where it is there.
    subject: Option<Id>,
    /// Records that have its name, and that the viewer may not know of yet.
    hidden: Vec<Id>,
    /// The organisations that are asked for, as far as they are known.
    organisations: Vec<Id>,
    /// Every slug that they have or had: events name them as they were called then.
    slugs: Vec<Slug>,
}

impl Names {
    /// Looks the names of a question up. `before` is what they stood for until now: who was found stays the same when it
    /// is renamed.
    ///
    /// # Errors
    /// If the store is needed and does not answer.
    pub(super) async fn find(
        app: &web::Data<App>,
        ask: &Ask,
        viewer: &Arc<Viewer>,
        before: Option<&Self>,
    ) -> Result<Self, Problem> {
        if ask.subject.is_none() && ask.organisations.is_empty() {
            return Ok(Self::default());
        }
        let (shared, ask, viewer) = (app.clone(), ask.clone(), viewer.clone());
        let known = before.map(|names| names.organisations.clone()).unwrap_or_default();
        let turn = app.feed.read().await;
        db(app, move |_| {
            let _turn = turn;
            let mut names = Self::default();
            if let Some(key) = &ask.subject {
                names.subject = names.subject_of(&shared, &ask, &viewer, key)?;
            }
            for key in &ask.organisations {
                names.add_organisation(&shared, key)?;
            }
            for id in known {
                names.add_slugs(&shared, id)?;
            }
            Ok(names)
        })
        .await
    }

    /// The filter of a question for events up to `as_of`; none where no event can satisfy it. It leaves out who asks.
    pub(super) fn filter(&self, ask: &Ask, as_of: Sequence) -> Option<EventFilter> {
        let lacks_subject = ask.subject.is_some() && self.subject.is_none();
        if lacks_subject || !ask.organisations.is_empty() && self.slugs.is_empty() {
            return None;
        }
        Some(EventFilter {
            subject: self.subject,
            organisations: self.slugs.clone(),
            ..ask.plain(as_of)
        })
    }

    /// Whether the names may stand for something else after an event.
    pub(super) fn may_change(&self, ask: &Ask, event: &Event) -> bool {
        let is_named = |key: &String| *key == event.slug.as_str();
        let found = self.subject == Some(event.subject);
        let subject = ask.subject.as_ref().is_some_and(is_named) && !found || self.hidden.contains(&event.subject);
        let organisation = event.noun == Organisation::NOUN
            && if self.organisations.contains(&event.subject) {
                !self.slugs.contains(&event.slug)
            } else {
                let is_it = |key: &String| is_named(key) || key.parse() == Ok(event.subject);
                ask.organisations.iter().any(is_it)
            };
        subject || organisation
    }

    /// The id of a record that is named by id, by slug or by an earlier slug. What the viewer may not know of is not there:
    /// otherwise its name would hide another record's.
    fn subject_of(&mut self, app: &App, ask: &Ask, viewer: &Viewer, key: &str) -> Result<Option<Id>, StoreError> {
        if let Ok(id) = key.parse() {
            return Ok(Some(id));
        }
        let Ok(slug) = key.parse::<Slug>() else {
            return Ok(None);
        };
        let nouns = || {
            NOUNS
                .into_iter()
                .filter(|noun| ask.nouns.is_empty() || ask.nouns.contains(noun))
        };
        {
            let view = app.view();
            let found = nouns().find_map(|noun| read::id_of(&view, noun, slug.as_str(), viewer));
            if found.is_some() {
                return Ok(found);
            }
        }
        for noun in nouns() {
            if let Some(record) = app.store.record(noun, &Key::Slug(slug.clone()))? {
                let is_insider = viewer.sight.includes(record.owner.as_ref(), record.party.as_ref());
                if is_insider || noun != Change::NOUN && record.is_known(&viewer.sight) {
                    return Ok(Some(record.id));
                }
                self.hidden.push(record.id);
            }
        }
        Ok(None)
    }

    /// Adds an organisation by its id, its slug or an earlier slug.
    fn add_organisation(&mut self, app: &App, key: &str) -> Result<(), StoreError> {
        let slug = key.parse::<Slug>().ok();
        let known = Organisation::table(&app.view()).get(key).map(|entry| entry.id);
        let id = match (known, &slug) {
            (Some(id), _) => Some(id),
            (None, Some(slug)) if key.parse::<Id>().is_err() => {
                let record = app.store.record(Organisation::NOUN, &Key::Slug(slug.clone()))?;
                record.map(|record| record.id)
            }
            (None, _) => None,
        };
        if let Some(id) = id {
            return self.add_slugs(app, id);
        }
        // It may have been purged, or be known to the log alone.
        self.slugs.extend(slug);
        Ok(())
    }

    fn add_slugs(&mut self, app: &App, id: Id) -> Result<(), StoreError> {
        if self.organisations.contains(&id) {
            return Ok(());
        }
        self.organisations.push(id);
        let current = {
            let view = app.view();
            let entry = Organisation::table(&view).by_id(id);
            entry.map(|entry| (entry.slug.clone(), entry.revision.0))
        };
        let renamed = current.as_ref().is_none_or(|(_, revision)| *revision > 1);
        self.slugs.extend(current.map(|(slug, _)| slug));
        if renamed {
            self.slugs.extend(app.store.earlier_slugs(Organisation::NOUN, id)?);
        }
        self.slugs.sort_unstable();
        self.slugs.dedup();
        Ok(())
    }
}
