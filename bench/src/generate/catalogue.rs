//! A whole catalogue: components, the bodies that use them, and what is said of components by and to each other.
//!
//! Of every hundred components the first one is a hub that others of all hundreds need, the next 19 are blocks that
//! others of their hundred need, and the rest are needed by nobody: so it is with basic services, building blocks and
//! online services. The first three blocks of each hundred need each other in a circle. Every two-hundredth component is
//! used by hundreds of bodies, the others by a few.
#![allow(
    clippy::indexing_slicing,
    reason = "numbers are below the number of components by construction; what is assigned to a member is added"
)]

use std::collections::HashSet;

use domain::adoption;
use domain::attestation;
use domain::code_list::CodeList;
use domain::component::{Component, LegalBasisType};
use domain::offer;
use domain::organisation::{Organisation, OrganisationKind};
use domain::relation::{self, RelationType};
use domain::values::{Day, Slug, State};
use serde_json::{Value, json};

use super::words::PLACES;
use super::{BEGIN, Generator, id};
use crate::random::Random;

/// Municipalities and municipal associations.
const MUNICIPALITIES: usize = 2000;
/// Components that stand together.
const GROUP: usize = 100;
/// Blocks of a group, after its hub.
const BLOCKS: std::ops::Range<usize> = 1..20;
/// Every so many components one is used by hundreds.
const POPULAR: usize = 200;
/// Adoptions and relations for each component.
const ADOPTIONS: usize = 5;
const RELATIONS: usize = 3;

/// Writes all documents of a catalogue.
#[derive(Debug)]
pub struct Catalogue {
    generator: Generator,
    random: Random,
    today: Day,
    components: Vec<Slug>,
    /// Number among the organisations, and slug.
    bodies: Vec<(usize, String)>,
    adopted: HashSet<(usize, usize)>,
}

impl Catalogue {
    /// Gives all documents of a catalogue with so many components to `give`, as a client would send them: each after those
    /// that it names. The same seed gives the same documents.
    pub fn write(seed: u64, components: usize, give: &mut dyn FnMut(Value)) {
        let mut catalogue = Self {
            generator: Generator::new(seed, components),
            random: Random::new(seed ^ 0x5eed),
            today: domain::values::Timestamp::from_micros(BEGIN).day().plus(300),
            components: Vec::with_capacity(components),
            bodies: Vec::new(),
            adopted: HashSet::new(),
        };
        catalogue.entries(components, give);
        for _ in 0..components * ADOPTIONS {
            give(catalogue.adoption());
        }
        for number in 0..components / 2 {
            give(catalogue.attestation(number));
            give(catalogue.offer(number));
        }
        catalogue.relations(give);
    }

    fn entries(&mut self, components: usize, give: &mut dyn FnMut(Value)) {
        let organisations = self.generator.organisation_count();
        for number in 0..organisations {
            let mut document = self.generator.organisation(number);
            document["id"] = json!(id::<Organisation>(number).to_string());
            give(document);
        }
        for number in 0..State::ALL.len() + MUNICIPALITIES {
            let mut document = self.body(number);
            document["id"] = json!(id::<Organisation>(organisations + number).to_string());
            let slug = document["slug"].as_str().unwrap_or_default().to_owned();
            self.bodies.push((organisations + number, slug));
            give(document);
        }
        for number in 0..components {
            let mut document = self.generator.component(number);
            document["id"] = json!(id::<Component>(number).to_string());
            self.components
                .extend(document["slug"].as_str().and_then(|slug| slug.parse().ok()));
            give(document);
        }
    }

    /// A state, or a municipality or municipal association of one.
    fn body(&mut self, number: usize) -> Value {
        if let Some(state) = State::ALL.get(number).copied() {
            let code = state.code();
            return json!({
                "slug": format!("land-{}", code.to_lowercase()),
                "kind": OrganisationKind::State.code(),
                "title": { "de": format!("Land {code}") },
                "states": [code],
                "regionKey": state.key_digits(),
            });
        }
        let random = &mut self.random;
        let state = State::from_code(random.frequent(&State::codes())).unwrap_or(State::Saxony);
        let (digits, district, place) = (state.key_digits(), 1 + number % 70, random.one(&PLACES));
        let (name, kind, key) = if random.chance(70) {
            let key = format!("{digits}0{district:02}{:03}", number % 1000);
            ("Gemeinde", OrganisationKind::Municipality, key)
        } else {
            let key = format!("{digits}0{district:02}{number:04}");
            ("Amt", OrganisationKind::MunicipalAssociation, key)
        };
        json!({
            "slug": format!("{}-{number}", name.to_lowercase()),
            "kind": kind.code(),
            "title": { "de": format!("{name} {place} {number}") },
            "states": [state.code()],
            "regionKey": key,
        })
    }

    /// The number of a component: one of those that are used by hundreds, or any.
    fn used(&mut self) -> usize {
        let (count, random) = (self.components.len(), &mut self.random);
        if random.chance(40) {
            return POPULAR * random.below(count.div_ceil(POPULAR));
        }
        random.below(count)
    }

    fn adoption(&mut self) -> Value {
        let (component, body) = loop {
            let component = self.used();
            let body = if self.random.chance(35) {
                self.random.below(State::ALL.len())
            } else {
                self.random.zipf(self.bodies.len())
            };
            if self.adopted.insert((component, body)) {
                break (component, body);
            }
        };
        let (number, organisation) = &self.bodies[body];
        let mut document = self.generator.adoption(self.components[component].as_str(), self.today);
        document["organisation"] = json!(organisation);
        let slug = adoption::slug_of(id::<Component>(component), id::<Organisation>(*number));
        document["slug"] = json!(slug.as_ref().map(Slug::as_str));
        if document["declaredBy"].is_string() {
            document["declaredBy"] = json!(organisation);
        }
        let random = &mut self.random;
        if document["stage"] == "live" && random.chance(30) {
            let on = |random: &mut Random, from: i64| {
                let days = i64::try_from(random.below(300)).unwrap_or(0);
                json!(self.today.plus(from + days).to_string())
            };
            document["milestones"] = json!([
                { "stage": "interested", "on": on(random, -1200) },
                { "stage": "live", "on": on(random, -800) },
            ]);
        }
        if random.chance(15) {
            document["contract"] = json!({ "basis": random.frequent(&LegalBasisType::codes()) });
        }
        self.hide(document)
    }

    fn attestation(&mut self, number: usize) -> Value {
        let component = self.used();
        let slug = self.components[component].as_str();
        let mut document = self.generator.attestation(slug, number, self.today);
        let key = document["key"].as_str().and_then(|key| key.parse().ok());
        let slug = key.and_then(|key| attestation::slug_of(id::<Component>(component), &key));
        document["slug"] = json!(slug.as_ref().map(Slug::as_str));
        self.hide(document)
    }

    fn offer(&mut self, number: usize) -> Value {
        let component = self.used();
        let slug = self.components[component].as_str();
        let mut document = self.generator.offer(slug, number, self.today);
        let key = document["key"].as_str().and_then(|key| key.parse().ok());
        let slug = key.and_then(|key| offer::slug_of(id::<Component>(component), &key));
        document["slug"] = json!(slug.as_ref().map(Slug::as_str));
        self.hide(document)
    }

    /// Most is public; some is for members, or for those whom it concerns.
    fn hide(&mut self, mut document: Value) -> Value {
        match self.random.below(40) {
            0 => document["visibility"] = json!("parties"),
            1 | 2 => document["visibility"] = json!("members"),
            _ => {}
        }
        document
    }

    fn relations(&mut self, give: &mut dyn FnMut(Value)) {
        for from in 0..self.components.len() {
            let mut edges: Vec<(RelationType, usize)> = Vec::new();
            let (place, base) = (from % GROUP, from - from % GROUP);
            if (1..=3).contains(&place) {
                edges.push((RelationType::DependsOn, base + place % 3 + 1));
            }
            // A small catalogue has not always as many different ones to lead to.
            for _ in 0..20 {
                let edge = self.edge(from);
                if edges.len() < RELATIONS && edge.1 != from && !edges.contains(&edge) {
                    edges.push(edge);
                }
            }
            let count = self.components.len();
            for (kind, to) in edges.into_iter().filter(|(_, to)| *to < count) {
                give(self.relation(from, kind, to));
            }
        }
    }

    fn relation(&mut self, from: usize, kind: RelationType, to: usize) -> Value {
        let (component, target) = (self.components[from].as_str(), self.components[to].as_str());
        let mut document = self.generator.relation(component, target, self.today);
        document["type"] = json!(kind.code());
        let slug = relation::slug_of(id::<Component>(from), kind, id::<Component>(to));
        document["slug"] = json!(slug.as_ref().map(Slug::as_str));
        document
    }

    /// What a component may be to another one.
    fn edge(&mut self, from: usize) -> (RelationType, usize) {
        let (count, base, random) = (self.components.len(), from - from % GROUP, &mut self.random);
        let near = |random: &mut Random, range: std::ops::Range<usize>| {
            (base + range.start + random.below(range.len())).min(count - 1)
        };
        // Of a hundred edges, those to hubs, and those to blocks.
        let (to_hubs, to_blocks) = match from % GROUP {
            0 => (0, 0),
            place if BLOCKS.contains(&place) => (70, 15),
            _ => (35, 58),
        };
        let needs = |random: &mut Random| {
            if random.chance(70) {
                RelationType::DependsOn
            } else {
                RelationType::IntegratesWith
            }
        };
        let roll = random.below(100);
        if roll < to_hubs {
            return (needs(random), GROUP * random.zipf(count.div_ceil(GROUP)));
        }
        if roll < to_hubs + to_blocks {
            let kind = match random.below(6) {
                0 => RelationType::PartOf,
                1 => RelationType::BasedOn,
                _ => needs(random),
            };
            return (kind, near(random, BLOCKS));
        }
        let kind = if random.chance(80) {
            RelationType::AlternativeTo
        } else {
            RelationType::Replaces
        };
        (kind, near(random, BLOCKS.end..GROUP))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use domain::adoption::Adoption;
    use domain::attestation::Attestation;
    use domain::offer::Offer;
    use domain::related::Visibility;
    use domain::relation::Relation;
    use domain::store::Record;

    use super::*;
    use crate::generate::record;

    fn documents(components: usize) -> Vec<Value> {
        let mut all = Vec::new();
        Catalogue::write(3, components, &mut |document| all.push(document));
        all
    }

    #[test]
    fn a_catalogue_is_valid_tied_together_and_the_same_in_every_run() {
        let all = documents(400);
        assert!(all == documents(400));
        let slugs: HashSet<&str> = all.iter().filter_map(|d| d["slug"].as_str()).collect();
        assert_eq!(slugs.len(), all.len(), "a slug comes twice");
        let mut said: HashMap<&str, usize> = HashMap::new();
        let mut hidden = 0;
        for (number, document) in all.iter().enumerate() {
            for name in ["component", "target", "organisation", "provider", "declaredBy"] {
                assert!(
                    document[name].as_str().is_none_or(|slug| slugs.contains(slug)),
                    "{name}"
                );
            }
            let is = |name: &str| document.get(name).is_some();
            let (noun, record): (&str, Record) = match () {
                () if is("target") => ("relation", record::<Relation>(number, document.clone())),
                () if is("scheme") => ("attestation", record::<Attestation>(number, document.clone())),
                () if is("provider") => ("offer", record::<Offer>(number, document.clone())),
                () if is("stage") => ("adoption", record::<Adoption>(number, document.clone())),
                () if is("owner") => ("component", record::<Component>(number, document.clone())),
                () => ("organisation", record::<Organisation>(number, document.clone())),
            };
            *said.entry(noun).or_default() += 1;
            hidden += usize::from(record.visibility != Visibility::Public);
        }
        assert_eq!(said["adoption"], 2000);
        assert_eq!((said["offer"], said["attestation"]), (200, 200));
        assert!((1180..=1200).contains(&said["relation"]), "{}", said["relation"]);
        assert!((60..300).contains(&hidden), "{hidden}");
    }

    #[test]
    fn some_components_are_used_by_hundreds_and_some_are_needed_by_very_many() {
        let all = documents(2000);
        let most = |name: &str| {
            let mut counts: HashMap<&str, usize> = HashMap::new();
            let ours = all.iter().filter(|d| name != "component" || d.get("stage").is_some());
            for slug in ours.filter_map(|d| d[name].as_str()) {
                *counts.entry(slug).or_default() += 1;
            }
            counts.into_values().max().unwrap()
        };
        assert!(most("component") > 200, "{}", most("component"));
        assert!(most("target") > 200, "{}", most("target"));
    }
}
