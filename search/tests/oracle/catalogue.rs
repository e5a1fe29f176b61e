//! A catalogue as the store would have it: records, and the log that led to them.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use bench::generate::Generator;
use bench::random::Random;
use domain::access::Sight;
use domain::component::Component;
use domain::event::{Event, EventType, Origin, Sequence};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::related::Visibility;
use domain::store::Record;
use domain::stored::{Document, Publication};
use domain::values::{Day, Slug, Timestamp};
use search::View;
use serde_json::Value;

use crate::events::bring_near;
use crate::nouns::{SAID, id_of, record_of, references};

/// Records by noun and id.
pub(crate) type Records = BTreeMap<&'static str, BTreeMap<Id, Record>>;

/// All records as of the last event.
pub(crate) struct Catalogue {
    pub(crate) records: Records,
    pub(crate) log: Vec<Event>,
    pub(crate) today: Day,
    /// Components that an answer about components may show otherwise since this was last emptied.
    pub(crate) touched: BTreeSet<Id>,
    pub(crate) random: Random,
    pub(super) generator: Generator,
    pub(super) next: usize,
}

impl Catalogue {
    pub(crate) fn new(seed: u64, size: usize) -> Self {
        let today: Day = "2026-07-01".parse().unwrap();
        let mut generator = Generator::new(seed, size);
        let mut random = Random::new(seed ^ 0xff);
        let organisations: BTreeMap<Id, Record> = (0..generator.organisation_count())
            .map(|n| {
                let mut document = generator.organisation(n);
                furnish(&mut document, generator.organisation_count(), &mut random);
                let mut record = record_of(Organisation::NOUN, n, document);
                publish(&mut record, publication(&mut random));
                (record.id, record)
            })
            .collect();
        let slugs: Vec<&Slug> = organisations.values().map(|r| &r.slug).collect();
        let components = (0..size)
            .map(|n| {
                // Every other number stays free, so that later records come between.
                let mut document = generator.component(n);
                bring_near(&mut document, today, &mut random);
                let mut record = record_of(Component::NOUN, n * 2, document);
                publish(&mut record, publication(&mut random));
                record.party = random.chance(25).then(|| random.one(&slugs).clone());
                (record.id, record)
            })
            .collect();
        let mut catalogue = Self {
            records: Records::from([(Organisation::NOUN, organisations), (Component::NOUN, components)]),
            log: Vec::new(),
            today,
            touched: BTreeSet::new(),
            random,
            generator,
            next: size,
        };
        for (noun, percent) in SAID.into_iter().zip([220, 60, 80, 80]) {
            catalogue.records.insert(noun, BTreeMap::new());
            for number in 0..size * percent / 100 {
                if let Some(mut record) = catalogue.saying(noun, number * 2) {
                    let publication = publication(&mut catalogue.random);
                    publish(&mut record, publication);
                    catalogue.records.get_mut(noun).unwrap().insert(record.id, record);
                }
            }
        }
        catalogue
    }

    /// The records of a noun.
    pub(crate) fn of(&self, noun: &str) -> &BTreeMap<Id, Record> {
        &self.records[noun]
    }

    /// What different people see: everybody, members of one organisation and of two, a member that has nothing of its
    /// own, and who sees all.
    pub(crate) fn sights(&self, random: &mut Random) -> Vec<Sight> {
        let hidden = self.records.values().flat_map(BTreeMap::values);
        let hidden = hidden.filter(|r| r.publication != Publication::Published || r.visibility != Visibility::Public);
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
            Sight::Of(vec!["nirgends".parse().unwrap()]),
            Sight::All,
        ]
    }

    pub(crate) fn head(&self) -> Sequence {
        Sequence(i64::try_from(self.log.len()).unwrap())
    }

    pub(crate) fn view(&self) -> View {
        build(&self.records, self.head(), self.today)
    }

    /// A record of a noun, if there is any.
    pub(super) fn pick(&mut self, noun: &str) -> Option<Id> {
        let records = &self.records[noun];
        records.keys().nth(self.random.below(records.len())).copied()
    }

    pub(super) fn set(&mut self, noun: &'static str, id: Id, change: impl FnOnce(&mut Record)) {
        let mut record = self.records[noun][&id].clone();
        self.touch(noun, &record);
        change(&mut record);
        record.revision = record.revision.next();
        record.updated_at = self.now();
        self.write(noun, EventType::Updated, record);
    }

    pub(super) fn purge(&mut self, noun: &'static str, id: Id) {
        let record = self.records.get_mut(noun).unwrap().remove(&id).unwrap();
        self.touch(noun, &record);
        self.append(noun, EventType::Purged, &record, None);
    }

    pub(super) fn write(&mut self, noun: &'static str, event_type: EventType, mut record: Record) {
        let is_published = record.publication == Publication::Published;
        record.published_at = record.published_at.or(is_published.then(|| self.now()));
        self.touch(noun, &record);
        self.append(noun, event_type, &record, Some(record.document.clone()));
        self.records.get_mut(noun).unwrap().insert(record.id, record);
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_780_000_000_000_000 + i64::try_from(self.log.len() / 2).unwrap() * 1_000_000)
    }

    fn append(&mut self, noun: &str, event_type: EventType, record: &Record, document: Option<Box<str>>) {
        let is_published = record.publication == Publication::Published;
        self.log.push(Event {
            sequence: Sequence(self.head().0 + 1),
            time: self.now(),
            event_type,
            noun: noun.to_owned(),
            subject: record.id,
            slug: record.slug.clone(),
            revision: record.revision,
            publication: record.publication,
            public: is_published && record.visibility == Visibility::Public,
            members: is_published && record.visibility != Visibility::Parties,
            visibility: record.visibility,
            owner: record.owner.clone(),
            party: record.party.clone(),
            origin: Origin::default(),
            document,
        });
    }

    /// Notes the components that a record before or after an event says something of.
    fn touch(&mut self, noun: &str, record: &Record) {
        let about = |noun: &str, record: &Record| {
            let mut named = references(noun, record).into_iter();
            let (_, slug) = named.find(|(noun, _)| *noun == Component::NOUN)?;
            self.of(Component::NOUN).values().find(|r| r.slug == slug).map(|r| r.id)
        };
        let touched: Vec<Id> = match noun {
            Component::NOUN => vec![record.id],
            // The kind and the states of a body stand in what it adopts.
            Organisation::NOUN => {
                let is_of = |(_, r): &(&str, &Record)| r.owner.as_ref() == Some(&record.slug);
                let said = SAID
                    .iter()
                    .flat_map(|noun| self.of(noun).values().map(move |r| (*noun, r)));
                said.filter(is_of).filter_map(|(noun, r)| about(noun, r)).collect()
            }
            noun => about(noun, record).into_iter().collect(),
        };
        self.touched.extend(touched);
    }

    /// Brings a view level with the log and the day, as the service does.
    pub(crate) fn follow(&self, view: &mut View) {
        // A day may turn before the last events of the day before are known, or after.
        let turns_first = self.log.len().is_multiple_of(2);
        if turns_first {
            self.turn(view);
        }
        let first = usize::try_from(view.as_of().0).unwrap();
        for event in &self.log[first..] {
            view.apply(event).unwrap();
        }
        self.read_again(view);
        if !turns_first {
            self.turn(view);
        }
    }

    fn turn(&self, view: &mut View) {
        view.turn(self.today);
        self.read_again(view);
    }

    fn read_again(&self, view: &mut View) {
        while let Some((noun, ids)) = view.due(3) {
            let records: Vec<Record> = ids.iter().filter_map(|id| self.of(noun).get(id).cloned()).collect();
            assert!(view.refresh(noun, &ids, &records).is_empty());
        }
    }

    /// A record that nobody has under this number: what somebody says of some component, with its last day around the
    /// present one.
    pub(super) fn saying(&mut self, noun: &'static str, number: usize) -> Option<Record> {
        let mut document = self.statement(noun)?;
        document["slug"] = format!("{noun}-{number}").into();
        let mut record = record_of(noun, number, document);
        record.id = id_of(noun, number);
        Some(record)
    }
}

/// A view of records as the store has them.
pub(crate) fn build(records: &Records, as_of: Sequence, today: Day) -> View {
    let of_noun = |noun: &'static str| {
        let records = records.get(noun).into_iter().flat_map(BTreeMap::values);
        Ok::<_, Infallible>(records.cloned().collect::<Vec<_>>())
    };
    let (view, damaged) = View::build(as_of, usize::MAX, today, of_noun).unwrap();
    assert!(damaged.is_empty());
    view
}

pub(super) fn publication(random: &mut Random) -> Publication {
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

/// Lets an organisation's document name some that keep its entries, too, and the region that it governs.
pub(super) fn furnish(document: &mut Value, organisations: usize, random: &mut Random) {
    let count = random.below(4).saturating_sub(1);
    let mut delegates: Vec<String> = (0..count)
        .map(|_| format!("organisation-{}", random.below(organisations)))
        .collect();
    delegates.sort();
    delegates.dedup();
    document["delegates"] = delegates.into();
    // A region in another state than those that it names would be a fault.
    if document.get("states").is_none() && random.chance(60) {
        document["regionKey"] = random.one(&["13073", "01", "130735253", "09162000"]).into();
    }
}
