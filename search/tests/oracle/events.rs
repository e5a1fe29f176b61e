//! What clients do to a catalogue.

use bench::random::Random;
use domain::code_list::CodeList;
use domain::component::Component;
use domain::event::EventType;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::related::Visibility;
use domain::stored::Document;
use domain::values::{Day, Slug};
use serde_json::Value;

use crate::catalogue::{Catalogue, furnish, publication};
use crate::nouns::{SAID, id_of, record_of, references};
use crate::paths::LAST_DAYS;

impl Catalogue {
    /// Does to a random record what clients do; sometimes a day passes meanwhile.
    pub(crate) fn change(&mut self) {
        if self.random.chance(3) {
            let days = 1 + self.random.below(3);
            self.today = self.today.plus(i64::try_from(days).unwrap());
        }
        match self.random.below(50) {
            0..=20 => self.change_component(),
            21..=24 => self.change_organisation(),
            _ => {
                let noun = SAID[self.random.zipf(SAID.len())];
                self.change_statement(noun);
            }
        }
    }

    fn change_component(&mut self) {
        let Some(id) = self.pick(Component::NOUN) else {
            return self.create();
        };
        match self.random.below(21) {
            0..=3 => self.create(),
            4..=9 => self.rewrite(id),
            10 => self.rename(id),
            11..=15 => {
                let publication = publication(&mut self.random);
                self.set(Component::NOUN, id, |r| r.publication = publication);
            }
            16 => {
                let party = self.pick(Organisation::NOUN).filter(|_| self.random.chance(70));
                let party = party.map(|id| self.of(Organisation::NOUN)[&id].slug.clone());
                self.set(Component::NOUN, id, |r| r.party = party);
            }
            17..=18 => self.purge_component(id),
            _ => self.set(Component::NOUN, id, |_| ()),
        }
    }

    fn change_organisation(&mut self) {
        let Some(id) = self.pick(Organisation::NOUN) else {
            return;
        };
        match self.random.below(4) {
            0 => {
                let slug: Slug = format!("umbenannt-{}", self.next).parse().unwrap();
                self.next += 1;
                self.set(Organisation::NOUN, id, |r| {
                    (r.slug, r.owner) = (slug.clone(), Some(slug));
                });
            }
            1 => {
                let publication = publication(&mut self.random);
                self.set(Organisation::NOUN, id, |r| r.publication = publication);
            }
            _ => {
                let mut document = self.generator.organisation(self.next);
                furnish(&mut document, self.of(Organisation::NOUN).len(), &mut self.random);
                let document = record_of(Organisation::NOUN, 0, document).document;
                self.set(Organisation::NOUN, id, |r| r.document = document);
            }
        }
    }

    fn create(&mut self) {
        self.next += 1;
        let number = self.random.below(self.next) * 2 + 1;
        if self.of(Component::NOUN).contains_key(&id_of(Component::NOUN, number)) {
            return self.create();
        }
        let mut document = self.generator.component(self.next);
        bring_near(&mut document, self.today, &mut self.random);
        let mut record = record_of(Component::NOUN, number, document);
        record.created_at = self.now();
        record.updated_at = record.created_at;
        record.published_at = None;
        record.publication = publication(&mut self.random);
        // A slug that somebody gave up may be taken again.
        let mut purged = self.log.iter().rev().filter(|e| e.noun == Component::NOUN);
        let given_up = purged
            .find(|e| e.event_type == EventType::Purged)
            .map(|e| e.slug.clone());
        if let Some(slug) = given_up.filter(|s| self.of(Component::NOUN).values().all(|r| r.slug != *s)) {
            record.slug = slug;
        }
        let slug = record.slug.clone();
        self.write(Component::NOUN, EventType::Created, record);
        // Somebody soon says something of it.
        for noun in SAID.into_iter().filter(|_| slug.as_str().len().is_multiple_of(2)) {
            self.say(noun, Some(&slug));
        }
    }

    fn rewrite(&mut self, id: Id) {
        let mut document = self.generator.component(self.next);
        bring_near(&mut document, self.today, &mut self.random);
        // Some change only what nobody sorts by.
        if self.random.chance(50) {
            let before: Value = serde_json::from_str(&self.of(Component::NOUN)[&id].document).unwrap();
            document["title"] = before["title"].clone();
            document["kind"] = before["kind"].clone();
            document["provenance"] = before["provenance"].clone();
            document["summary"] = before["summary"].clone();
            document.as_object_mut().unwrap().remove("details");
        }
        let new = record_of(Component::NOUN, 0, document);
        self.set(Component::NOUN, id, |r| {
            (r.document, r.owner) = (new.document, new.owner);
        });
    }

    /// With all records that name it, in one transaction; some of them may be written before it.
    fn rename(&mut self, id: Id) {
        self.next += 1;
        let from = self.of(Component::NOUN)[&id].slug.clone();
        let to: Slug = format!("neuer-name-{}", self.next).parse().unwrap();
        let naming = self.saying_of(&from);
        let (before, after) = naming.split_at(self.random.below(naming.len() + 1));
        for (noun, id) in before {
            self.replace(noun, *id, &from, &to);
        }
        self.set(Component::NOUN, id, |r| r.slug = to.clone());
        for (noun, id) in after {
            self.replace(noun, *id, &from, &to);
        }
    }

    fn replace(&mut self, noun: &'static str, id: Id, from: &Slug, to: &Slug) {
        self.set(noun, id, |r| {
            let mut document: Value = serde_json::from_str(&r.document).unwrap();
            for member in ["component", "target"] {
                if document.get(member).is_some_and(|slug| *slug == *from.as_str()) {
                    document[member] = to.as_str().into();
                }
            }
            r.document = document.to_string().into();
        });
    }

    /// With all records that name it.
    fn purge_component(&mut self, id: Id) {
        for (noun, id) in self.saying_of(&self.of(Component::NOUN)[&id].slug.clone()) {
            self.purge(noun, id);
        }
        self.purge(Component::NOUN, id);
    }

    /// The records that name a component.
    fn saying_of(&self, slug: &Slug) -> Vec<(&'static str, Id)> {
        let all = SAID
            .iter()
            .flat_map(|noun| self.of(noun).values().map(move |r| (*noun, r)));
        let names = |(noun, r): &(&str, &domain::store::Record)| {
            references(noun, r)
                .iter()
                .any(|(noun, named)| *noun == Component::NOUN && named == slug)
        };
        all.filter(names).map(|(noun, r)| (noun, r.id)).collect()
    }

    fn change_statement(&mut self, noun: &'static str) {
        let Some(id) = self.pick(noun).filter(|_| !self.random.chance(25)) else {
            return self.say(noun, None);
        };
        match self.random.below(20) {
            // Another stage, other days, another body …
            0..=7 => {
                let component = self.component_of(noun, id);
                let Some(mut document) = self.statement(noun) else {
                    return;
                };
                document["component"] = component;
                if document.get("target") == Some(&document["component"]) {
                    return;
                }
                document["slug"] = self.of(noun)[&id].slug.as_str().into();
                let new = record_of(noun, 0, document);
                self.set(noun, id, |r| {
                    (r.document, r.owner, r.party, r.visibility) = (new.document, new.owner, new.party, new.visibility);
                });
            }
            8..=12 => {
                let publication = publication(&mut self.random);
                self.set(noun, id, |r| r.publication = publication);
            }
            13..=15 => self.show_to_others(noun, id),
            16..=18 => self.purge(noun, id),
            _ => self.set(noun, id, |_| ()),
        }
    }

    fn show_to_others(&mut self, noun: &'static str, id: Id) {
        // Relations have no such member.
        if let Some(visibility) = visibility(noun, &mut self.random) {
            self.set(noun, id, |r| {
                let mut document: Value = serde_json::from_str(&r.document).unwrap();
                document["visibility"] = visibility.into();
                r.document = document.to_string().into();
                r.visibility = Visibility::from_code(visibility).unwrap();
            });
        }
    }

    fn say(&mut self, noun: &'static str, component: Option<&Slug>) {
        self.next += 1;
        let number = self.random.below(self.next) * 2 + 1;
        if self.of(noun).contains_key(&id_of(noun, number)) {
            return;
        }
        let Some(mut record) = self.saying(noun, number) else {
            return;
        };
        if let Some(slug) = component {
            let mut document: Value = serde_json::from_str(&record.document).unwrap();
            if document.get("target").is_some_and(|target| *target == *slug.as_str()) {
                return;
            }
            document["component"] = slug.as_str().into();
            record.document = document.to_string().into();
        }
        record.created_at = self.now();
        record.updated_at = record.created_at;
        record.published_at = None;
        record.publication = publication(&mut self.random);
        self.write(noun, EventType::Created, record);
    }

    fn component_of(&self, noun: &str, id: Id) -> Value {
        let document: Value = serde_json::from_str(&self.of(noun)[&id].document).unwrap();
        document["component"].clone()
    }

    /// What somebody says of some component.
    pub(super) fn statement(&mut self, noun: &'static str) -> Option<Value> {
        let components = [self.pick(Component::NOUN)?, self.pick(Component::NOUN)?];
        let [component, target] = components.map(|id| self.of(Component::NOUN)[&id].slug.clone());
        let (component, target, today) = (component.as_str(), target.as_str(), self.today);
        self.next += 1;
        let mut document = match SAID.iter().position(|said| *said == noun)? {
            0 => self.generator.adoption(component, today),
            1 => self.generator.offer(component, self.next, today),
            2 => self.generator.attestation(component, self.next, today),
            _ if component == target => return None,
            _ => self.generator.relation(component, target, today),
        };
        if let Some(visibility) = visibility(noun, &mut self.random) {
            document["visibility"] = visibility.into();
        }
        bring_near(&mut document, today, &mut self.random);
        Some(document)
    }
}

/// Brings most last days so near that days which pass here leave them behind.
pub(super) fn bring_near(document: &mut Value, today: Day, random: &mut Random) {
    for member in LAST_DAYS {
        if document.get(member).is_some() && random.chance(70) {
            let days = i64::try_from(random.below(9)).unwrap() - 4;
            document[member] = today.plus(days).to_string().into();
        }
    }
}

fn visibility(noun: &str, random: &mut Random) -> Option<&'static str> {
    (noun != <domain::relation::Relation as Document>::NOUN)
        .then(|| random.one(&["public", "public", "public", "public", "members", "members", "parties"]))
}
