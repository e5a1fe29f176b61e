//! A catalogue as the store would have it: records, and the log that led to them.

use std::collections::BTreeMap;
use std::convert::Infallible;

use bench::generate::{Generator, id, record};
use bench::random::Random;
use domain::access::Sight;
use domain::component::Component;
use domain::event::{Event, EventType, Origin, Sequence};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::store::Record;
use domain::stored::{Document, Publication};
use domain::values::{Slug, Timestamp};
use search::View;
use serde_json::Value;

/// All records as of the last event.
pub(crate) struct Catalogue {
    pub(crate) organisations: BTreeMap<Id, Record>,
    pub(crate) components: BTreeMap<Id, Record>,
    pub(crate) log: Vec<Event>,
    pub(crate) random: Random,
    generator: Generator,
    next: usize,
}

impl Catalogue {
    pub(crate) fn new(seed: u64, size: usize) -> Self {
        let mut generator = Generator::new(seed, size);
        let mut random = Random::new(seed ^ 0xff);
        let organisations: BTreeMap<Id, Record> = (0..generator.organisation_count())
            .map(|n| {
                let mut document = generator.organisation(n);
                delegate(&mut document, generator.organisation_count(), &mut random);
                let mut record = record::<Organisation>(n, document);
                publish(&mut record, publication(&mut random));
                (record.id, record)
            })
            .collect();
        let slugs: Vec<&Slug> = organisations.values().map(|r| &r.slug).collect();
        let components = (0..size)
            .map(|n| {
                // Every other number stays free, so that later records come between.
                let mut record = record::<Component>(n * 2, generator.component(n));
                publish(&mut record, publication(&mut random));
                record.party = random.chance(25).then(|| random.one(&slugs).clone());
                (record.id, record)
            })
            .collect();
        Self {
            organisations,
            components,
            log: Vec::new(),
            random,
            generator,
            next: size,
        }
    }

    /// What different people see: everybody, one organisation, two, and who sees all.
    pub(crate) fn sights(&self, random: &mut Random) -> Vec<Sight> {
        let hidden = self.components.values().chain(self.organisations.values());
        let hidden = hidden.filter(|r| r.publication != Publication::Published);
        let owners: Vec<Slug> = hidden.flat_map(|r| r.owner.iter().chain(&r.party)).cloned().collect();
        let mut one = || {
            if owners.is_empty() {
                return "nirgends".parse().unwrap();
            }
            owners[random.below(owners.len())].clone()
        };
        vec![
            Sight::Public,
            Sight::Of(vec![one()]),
            Sight::Of(vec![one(), one()]),
            Sight::All,
        ]
    }

    pub(crate) fn head(&self) -> Sequence {
        Sequence(i64::try_from(self.log.len()).unwrap())
    }

    pub(crate) fn view(&self) -> View {
        build(&self.organisations, &self.components, self.head())
    }

    /// Does to a random record what clients do, and answers the event.
    pub(crate) fn change(&mut self) -> Event {
        let pick = |records: &BTreeMap<Id, Record>, random: &mut Random| {
            records.keys().nth(random.below(records.len())).copied()
        };
        let component = pick(&self.components, &mut self.random);
        let organisation = pick(&self.organisations, &mut self.random);
        match (self.random.below(25), component, organisation) {
            (0..=3, _, _) | (4..=21, None, _) | (_, _, None) => self.create(),
            (4..=9, Some(id), _) => self.rewrite(id),
            (10, Some(id), _) => self.rename(id),
            (11..=16, Some(id), _) => {
                let publication = publication(&mut self.random);
                self.set(Component::NOUN, id, |r| r.publication = publication)
            }
            (17, Some(id), Some(party)) => {
                let party = self.organisations[&party].slug.clone();
                let party = self.random.chance(70).then_some(party);
                self.set(Component::NOUN, id, |r| r.party = party)
            }
            (18..=19, Some(id), _) => self.purge(id),
            (20..=21, Some(id), _) => self.set(Component::NOUN, id, |_| ()),
            (22, _, Some(id)) => {
                let slug: Slug = format!("umbenannt-{}", self.next).parse().unwrap();
                self.next += 1;
                self.set(Organisation::NOUN, id, |r| {
                    (r.slug, r.owner) = (slug.clone(), Some(slug));
                })
            }
            (23, _, Some(id)) => {
                let publication = publication(&mut self.random);
                self.set(Organisation::NOUN, id, |r| r.publication = publication)
            }
            (_, _, Some(id)) => {
                let mut document = self.generator.organisation(self.next);
                delegate(&mut document, self.organisations.len(), &mut self.random);
                let document = record::<Organisation>(0, document).document;
                self.set(Organisation::NOUN, id, |r| r.document = document)
            }
        }
    }

    fn create(&mut self) -> Event {
        self.next += 1;
        let number = self.random.below(self.next) * 2 + 1;
        if self.components.contains_key(&id::<Component>(number)) {
            return self.create();
        }
        let mut record = record::<Component>(number, self.generator.component(self.next));
        record.created_at = self.now();
        record.updated_at = record.created_at;
        record.published_at = None;
        record.publication = publication(&mut self.random);
        // A slug that somebody gave up may be taken again.
        let given_up = self
            .log
            .iter()
            .rev()
            .find(|e| e.event_type == EventType::Purged)
            .map(|e| e.slug.clone());
        if let Some(slug) = given_up.filter(|s| self.components.values().all(|r| r.slug != *s)) {
            record.slug = slug;
        }
        self.write(Component::NOUN, EventType::Created, record)
    }

    fn rewrite(&mut self, id: Id) -> Event {
        let mut document = self.generator.component(self.next);
        // Some change only what nobody sorts by.
        if self.random.chance(50) {
            let before: Value = serde_json::from_str(&self.components[&id].document).unwrap();
            document["title"] = before["title"].clone();
            document["kind"] = before["kind"].clone();
            document["provenance"] = before["provenance"].clone();
            document["summary"] = before["summary"].clone();
            document.as_object_mut().unwrap().remove("details");
        }
        let new = record::<Component>(0, document);
        self.set(Component::NOUN, id, |r| {
            (r.document, r.owner) = (new.document, new.owner);
        })
    }

    fn rename(&mut self, id: Id) -> Event {
        self.next += 1;
        let slug = format!("neuer-name-{}", self.next).parse().unwrap();
        self.set(Component::NOUN, id, |r| r.slug = slug)
    }

    fn set(&mut self, noun: &str, id: Id, change: impl FnOnce(&mut Record)) -> Event {
        let records = if noun == Component::NOUN {
            &self.components
        } else {
            &self.organisations
        };
        let mut record = records[&id].clone();
        change(&mut record);
        record.revision = record.revision.next();
        record.updated_at = self.now();
        self.write(noun, EventType::Updated, record)
    }

    fn purge(&mut self, id: Id) -> Event {
        let record = self.components.remove(&id).unwrap();
        self.append(Component::NOUN, EventType::Purged, &record, None)
    }

    fn write(&mut self, noun: &str, event_type: EventType, mut record: Record) -> Event {
        let is_published = record.publication == Publication::Published;
        record.published_at = record.published_at.or(is_published.then(|| self.now()));
        let event = self.append(noun, event_type, &record, Some(record.document.clone()));
        let records = if noun == Component::NOUN {
            &mut self.components
        } else {
            &mut self.organisations
        };
        records.insert(record.id, record);
        event
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_780_000_000_000_000 + i64::try_from(self.log.len() / 2).unwrap() * 1_000_000)
    }

    fn append(&mut self, noun: &str, event_type: EventType, record: &Record, document: Option<Box<str>>) -> Event {
        let event = Event {
            sequence: Sequence(self.head().0 + 1),
            time: self.now(),
            event_type,
            noun: noun.to_owned(),
            subject: record.id,
            slug: record.slug.clone(),
            revision: record.revision,
            publication: record.publication,
            public: record.publication == Publication::Published,
            members: record.publication == Publication::Published,
            visibility: record.visibility,
            owner: record.owner.clone(),
            party: record.party.clone(),
            origin: Origin::default(),
            document,
        };
        self.log.push(event.clone());
        event
    }

    /// Brings a view level with the log, as the service does.
    pub(crate) fn follow(&self, view: &mut View) {
        let mut again = Vec::new();
        let first = usize::try_from(view.as_of().0).unwrap();
        for event in &self.log[first..] {
            again.extend(view.apply(event).unwrap());
        }
        let records: Vec<Record> = again
            .iter()
            .filter_map(|(_, id)| self.components.get(id).cloned())
            .collect();
        view.refresh(Component::NOUN, &records).unwrap();
    }
}

pub(crate) fn build(organisations: &BTreeMap<Id, Record>, components: &BTreeMap<Id, Record>, as_of: Sequence) -> View {
    let records = |noun| {
        let records = match noun {
            Component::NOUN => components,
            Organisation::NOUN => organisations,
            _ => return Ok::<_, Infallible>(Vec::new()),
        };
        Ok(records.values().cloned().collect::<Vec<_>>())
    };
    let (view, damaged) = View::build(as_of, usize::MAX, today(), records).unwrap();
    assert!(damaged.is_empty());
    view
}

pub(crate) fn today() -> domain::values::Day {
    "2026-07-01".parse().unwrap()
}

fn publication(random: &mut Random) -> Publication {
    match random.below(12) {
        0 => Publication::Draft,
        1 => Publication::InReview,
        2 => Publication::Withdrawn,
        _ => Publication::Published,
    }
}

/// Puts a generated record in a state of publication, with what that says of its past.
fn publish(record: &mut Record, publication: Publication) {
    record.publication = publication;
    if matches!(publication, Publication::Draft | Publication::InReview) {
        record.published_at = None;
    }
}

/// Lets an organisation's document name some that keep its entries, too.
fn delegate(document: &mut Value, organisations: usize, random: &mut Random) {
    let count = random.below(4).saturating_sub(1);
    let mut delegates: Vec<String> = (0..count)
        .map(|_| format!("organisation-{}", random.below(organisations)))
        .collect();
    delegates.sort();
    delegates.dedup();
    document["delegates"] = delegates.into();
}
