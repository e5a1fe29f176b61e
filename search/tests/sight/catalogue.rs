//! A small catalogue with entries that are not public.

use std::collections::BTreeMap;
use std::convert::Infallible;

use bench::generate::{Generator, record};
use domain::access::Sight;
use domain::change::Change;
use domain::component::Component;
use domain::event::{Event, EventType, Origin, Sequence};
use domain::id::Id;
use domain::organisation::Organisation;
use domain::query::{Given, Query, parse};
use domain::store::Record;
use domain::stored::{Document, Publication, Written};
use domain::values::{Day, Slug};
use search::{Answer, View};
use serde_json::{Value, json};

/// A word that no other record has, at the end of which another one would go on.
pub(crate) const WORD: &str = "Zyprellamodul";

/// The day that all views are of.
pub(crate) fn today() -> Day {
    "2026-07-01".parse().unwrap()
}

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

pub(crate) fn of(names: &[&str]) -> Sight {
    Sight::Of(names.iter().map(|name| slug(name)).collect())
}

pub(crate) fn query(text: &str) -> Query {
    let pairs = text.split('&').filter_map(|p| p.split_once('='));
    let given: Vec<Given> = pairs.map(|(name, value)| Given::from_url(name, value)).collect();
    parse::<Component>(&given).unwrap()
}

pub(crate) fn ask(view: &View, text: &str, sight: &Sight) -> Answer {
    view.components().answer(&query(text), sight, view).unwrap()
}

/// Some published components of organisations 0 to 2, and those organisations.
pub(crate) struct Catalogue {
    pub(crate) organisations: Vec<Record>,
    pub(crate) components: Vec<Record>,
    pub(crate) changes: Vec<Record>,
    /// What is said of components, by noun.
    pub(crate) said: BTreeMap<&'static str, Vec<Record>>,
}

impl Catalogue {
    pub(crate) fn new() -> Self {
        let mut generator = Generator::new(5, 60);
        let organisations = (0..3).map(|n| record::<Organisation>(n, generator.organisation(n)));
        let organisations = organisations.collect();
        let components = (0..60).map(|n| {
            let mut document = generator.component(n);
            document["owner"] = json!(format!("organisation-{}", n % 3));
            record::<Component>(n, document)
        });
        Self {
            organisations,
            components: components.collect(),
            changes: Vec::new(),
            said: BTreeMap::new(),
        }
    }

    /// A component that is not public.
    pub(crate) fn add(
        &mut self,
        number: usize,
        publication: Publication,
        owner: &str,
        party: Option<&str>,
        word: &str,
    ) -> Id {
        let document = json!({
            "slug": format!("entwurf-{number}"),
            "kind": "platform",
            "title": { "de": format!("{word} für Verwaltungscloud") },
            "summary": { "de": format!("Ein {word} mit Antrag und Verfahren.") },
            "owner": owner,
            "tags": [word.to_lowercase(), "wahlen"],
            "lifecycle": "idea",
        });
        let mut record = record::<Component>(number, document);
        record.publication = publication;
        record.published_at = record.published_at.filter(|_| publication == Publication::Withdrawn);
        record.party = party.map(slug);
        let id = record.id;
        self.components.push(record);
        self.components.sort_by_key(|r| r.id);
        id
    }

    /// Something that is said of a component.
    pub(crate) fn say<T: Written>(&mut self, publication: Publication, mut document: Value) -> Id {
        let of_noun = self.said.entry(T::NOUN).or_default();
        let number = of_noun.len();
        document["slug"] = json!(format!("{}-{number}", T::NOUN));
        let mut record = record::<T>(number, document);
        record.publication = publication;
        record.published_at = record
            .published_at
            .filter(|_| matches!(publication, Publication::Published | Publication::Withdrawn));
        let id = record.id;
        of_noun.push(record);
        id
    }

    pub(crate) fn view(&self) -> View {
        let records = |noun| {
            Ok::<_, Infallible>(match noun {
                Organisation::NOUN => self.organisations.as_slice(),
                Component::NOUN => self.components.as_slice(),
                Change::NOUN => self.changes.as_slice(),
                noun => self.said.get(noun).map_or(&[][..], Vec::as_slice),
            })
        };
        let (view, damaged) = View::build(Sequence(1), usize::MAX, today(), records).unwrap();
        assert!(damaged.is_empty());
        view
    }
}

/// The next event, about a record that was changed.
pub(crate) fn changed(view: &View, noun: &str, record: &Record) -> Event {
    Event {
        sequence: Sequence(view.as_of().0 + 1),
        time: record.updated_at,
        event_type: EventType::Updated,
        noun: noun.to_owned(),
        subject: record.id,
        slug: record.slug.clone(),
        revision: record.revision.next(),
        publication: record.publication,
        public: record.publication == Publication::Published,
        members: record.publication == Publication::Published,
        visibility: record.visibility,
        owner: record.owner.clone(),
        party: record.party.clone(),
        origin: Origin::default(),
        document: Some(record.document.clone()),
    }
}
