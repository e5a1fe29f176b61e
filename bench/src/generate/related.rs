//! What is said of components: who uses them, who offers them, what is attested of them, what they are tied to. Days lie
//! around the present one, so that some are past and some are to come.
#![allow(
    clippy::indexing_slicing,
    reason = "what is assigned to a member of an object is added to it"
)]

use domain::adoption::AdoptionStage;
use domain::attestation::AttestationScheme;
use domain::code_list::CodeList;
use domain::component::{LegalBasisType, Level};
use domain::offer::CostModel;
use domain::relation::RelationType;
use domain::values::{Day, State};
use serde_json::{Map, Value, json};

use super::{Generator, compound, text};
use crate::random::Random;

const CRITERIA: [&str; 5] = [
    "Exit-Strategie",
    "Offene Standards",
    "Quelloffenheit",
    "Tests",
    "Betrieb in der EU",
];
const RESULTS: [&str; 5] = ["erfüllt", "teilweise erfüllt", "nicht erfüllt", "Stufe 2", "Stufe 3"];
const ISSUERS: [&str; 4] = ["BSI", "Prüfstelle Nord", "ITZBund", "Föderales Entwicklungsportal"];

/// A day from `from` days after the present one, or one of the `days` that follow.
fn around(random: &mut Random, today: Day, from: i64, days: usize) -> Value {
    let days = i64::try_from(random.below(days)).unwrap_or(0);
    json!(today.plus(from + days).to_string())
}

impl Generator {
    fn organisation_slug(&mut self) -> Value {
        json!(format!("organisation-{}", self.random.zipf(self.organisations)))
    }

    /// The adoption of a component by one of the organisations.
    pub fn adoption(&mut self, component: &str, today: Day) -> Value {
        let (organisation, operator) = (self.organisation_slug(), self.organisation_slug());
        let other = self.organisation_slug();
        let random = &mut self.random;
        let stages = [
            AdoptionStage::Live,
            AdoptionStage::Pilot,
            AdoptionStage::Onboarding,
            AdoptionStage::Interested,
            AdoptionStage::Ended,
            AdoptionStage::Declined,
            AdoptionStage::Contracted,
            AdoptionStage::Aligning,
        ];
        let stage = random.frequent(&stages.each_ref()).code();
        let mut members = Map::new();
        let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
        set("component", json!(component));
        set("organisation", organisation.clone());
        set("stage", json!(stage));
        set("reason", json!({ "de": "Zu teuer." }));
        if random.chance(75) {
            set("operator", operator);
        }
        if random.chance(75) {
            set("since", around(random, today, -900, 900));
        }
        if random.chance(30) {
            set("localName", json!(compound(random)));
        }
        if random.chance(20) {
            set("note", json!({ "de": text(random, 80) }));
        }
        if random.chance(25) {
            let live = random.below(400);
            set("counts", json!({ "live": live, "eligible": live + random.below(300) }));
        }
        if random.chance(80) {
            set(
                "declaredBy",
                if random.chance(70) { organisation } else { other.clone() },
            );
        }
        if random.chance(40) {
            let confirmed = if random.chance(75) { stage } else { "interested" };
            let mut confirmation = json!({ "stage": confirmed });
            if random.chance(60) {
                confirmation["by"] = other;
            }
            set("confirmation", confirmation);
        }
        if random.chance(80) {
            set("verifiedOn", around(random, today, -400, 390));
        }
        if random.chance(80) {
            set("expiresOn", around(random, today, -8, 330));
        }
        Value::Object(members)
    }

    /// An offer of a component, under a key of its own.
    pub fn offer(&mut self, component: &str, number: usize, today: Day) -> Value {
        let (provider, seller) = (self.organisation_slug(), self.organisation_slug());
        let mut members_of = [self.organisation_slug(), self.organisation_slug()].to_vec();
        members_of.dedup();
        let random = &mut self.random;
        let mut document = json!({ "component": component, "key": format!("angebot-{number}"), "provider": provider });
        if random.chance(40) {
            document["plan"] = json!({ "de": compound(random) });
        }
        if random.chance(60) {
            document["contract"] = json!({ "basis": random.frequent(&LegalBasisType::codes()) });
            if random.chance(50) {
                document["contract"]["seller"] = seller;
            }
        }
        if random.chance(80) {
            let mut open =
                json!({ "levels": random.some(&Level::codes(), 3), "states": random.some(&State::codes(), 3) });
            if random.chance(30) {
                open["membersOf"] = json!(members_of);
            }
            document["openTo"] = open;
        }
        if random.chance(60) {
            document["cost"] =
                json!({ "model": random.frequent(&CostModel::codes()), "note": { "de": text(random, 50) } });
        }
        if random.chance(50) {
            document["validFrom"] = around(random, today, -700, 690);
        }
        if random.chance(60) {
            document["validUntil"] = around(random, today, -8, 700);
        }
        document
    }

    /// A dated claim about a component, under a key of its own.
    pub fn attestation(&mut self, component: &str, number: usize, today: Day) -> Value {
        let recorded_by = self.organisation_slug();
        let random = &mut self.random;
        let scheme = random.frequent(&AttestationScheme::codes());
        let mut document = json!({ "component": component, "key": format!("nachweis-{number}"), "scheme": scheme });
        for (name, words) in [("criterion", &CRITERIA[..]), ("value", &RESULTS), ("issuer", &ISSUERS)] {
            if random.chance(60) {
                document[name] = json!(random.frequent(words));
            }
        }
        if random.chance(30) {
            document["summary"] = json!({ "de": text(random, 100) });
        }
        if random.chance(40) {
            document["document"] = json!({ "url": format!("https://www.example.org/nachweise/{number}") });
        }
        if random.chance(60) {
            document["validFrom"] = around(random, today, -700, 690);
        }
        if random.chance(80) {
            document["validUntil"] = around(random, today, -8, 700);
        }
        if random.chance(80) {
            document["recordedBy"] = recorded_by;
        }
        document
    }

    /// An edge from one component to another.
    pub fn relation(&mut self, component: &str, target: &str, today: Day) -> Value {
        let recorded_by = self.organisation_slug();
        let random = &mut self.random;
        let kind = random.frequent(&RelationType::codes());
        let mut document = json!({ "component": component, "type": kind, "target": target });
        if random.chance(40) {
            document["since"] = around(random, today, -700, 690);
        }
        if random.chance(20) {
            document["note"] = json!({ "de": text(random, 60) });
        }
        if random.chance(80) {
            document["recordedBy"] = recorded_by;
        }
        document
    }
}
