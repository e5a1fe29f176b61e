//! Entries as catalogues have them: German compounds, a few frequent values and many rare ones, 3 to 4 KB each.

mod catalogue;
mod details;
mod related;
mod words;

use deserr::Deserr;
use domain::code_list::CodeList;
use domain::component::{
    DataProtectionRole, Deployment, Kind, LegalBasisType, Level, Lifecycle, ProtectionNeed, StateStage, Theme,
};
use domain::fault::Faults;
use domain::id::Id;
use domain::organisation::OrganisationKind;
use domain::store::Record;
use domain::stored::{Document, Incoming, Publication};
use domain::values::{Revision, Slug, State, Timestamp};
use serde_json::{Map, Value, json};

use crate::random::Random;
pub use catalogue::Catalogue;
use words::{FILLERS, FIRST, LAST, LICENCES, PLACES, PLAIN, STANDARDS, TAGS};

/// Moment at which the first record was created: 2026-01-01.
const BEGIN: i64 = 1_767_225_600_000_000;

/// Writes organisations, components, and what is said of them.
#[derive(Debug, Clone)]
pub struct Generator {
    random: Random,
    organisations: usize,
    components: usize,
}

impl Generator {
    /// A generator of a catalogue with about so many components; 200 organisations stand behind 10,000 of them.
    pub fn new(seed: u64, components: usize) -> Self {
        Self {
            random: Random::new(seed),
            organisations: (components / 50).max(5),
            components,
        }
    }

    /// How many organisations there are.
    pub fn organisation_count(&self) -> usize {
        self.organisations
    }

    /// The organisation with this number, as a client would send it.
    pub fn organisation(&mut self, number: usize) -> Value {
        let random = &mut self.random;
        let place = random.one(&PLACES);
        let kind = random.frequent(&OrganisationKind::codes());
        let mut document = json!({
            "slug": format!("organisation-{number}"),
            "kind": kind,
            "title": { "de": format!("{} {place} {number}", compound(random)) },
        });
        if let Some(members) = document.as_object_mut() {
            if random.chance(70) {
                members.insert("states".to_owned(), json!(random.some(&State::codes(), 3)));
            }
            if number > 0 && random.chance(30) {
                members.insert(
                    "parent".to_owned(),
                    json!(format!("organisation-{}", random.zipf(number))),
                );
            }
            members.insert("description".to_owned(), json!({ "de": text(random, 120) }));
        }
        document
    }

    /// The component with this number, as a client would send it.
    pub fn component(&mut self, number: usize) -> Value {
        let random = &mut self.random;
        let kind = Kind::ALL
            .get(random.zipf(Kind::ALL.len()))
            .copied()
            .unwrap_or(Kind::Platform);
        let title = match random.below(3) {
            0 => compound(random),
            1 => format!("{} {}", compound(random), random.one(&PLACES)),
            _ => format!("{} für {}", compound(random), compound(random)),
        };
        let slug = Slug::from_title(&format!("{title} {number}")).map_or_else(String::new, |s| s.to_string());
        let foreign = random.chance(3);
        let mut document = Map::new();
        let mut set = |name: &str, value: Value| document.insert(name.to_owned(), value);
        set("slug", json!(slug));
        set("kind", json!(kind.code()));
        if foreign {
            set("title", json!({ "en": title }));
            set("summary", json!({ "en": text(random, 120) }));
        } else {
            set("title", json!({ "de": title, "en": format!("{title} service") }));
            set(
                "summary",
                json!({ "de": text(random, 180), "en": "A service for public administrations." }),
            );
        }
        if foreign || random.chance(10) {
            set(
                "provenance",
                json!({ "source": format!("https://code.example.org/{}", random.zipf(40)), "format": "publiccode.yml" }),
            );
        }
        for (name, value) in self
            .life()
            .into_iter()
            .chain(self.people())
            .chain(self.place())
            .chain(self.reuse(number))
        {
            document.insert(name.to_owned(), value);
        }
        if self.random.chance(85) {
            document.insert("details".to_owned(), details::of(kind, &mut self.random));
        }
        let missing = (3000 + self.random.below(900)).saturating_sub(Value::Object(document.clone()).to_string().len());
        document.insert(
            "description".to_owned(),
            json!({ "de": text(&mut self.random, missing.max(40)) }),
        );
        Value::Object(document)
    }

    fn life(&mut self) -> Members {
        let random = &mut self.random;
        let mut members = Members::new();
        if random.chance(88) {
            let order = [
                Lifecycle::Productive,
                Lifecycle::Pilot,
                Lifecycle::Development,
                Lifecycle::Deprecated,
                Lifecycle::Idea,
                Lifecycle::Retired,
            ];
            members.push(("lifecycle", json!(random.frequent(&order.each_ref()).code())));
        }
        if random.chance(60) {
            members.push(("productiveSince", json!(day(random, 2012, 13))));
        }
        if random.chance(10) {
            members.push(("deprecatedOn", json!(day(random, 2025, 2))));
            members.push(("endsOn", json!(day(random, 2027, 4))));
        }
        if random.chance(70) {
            members.push(("verifiedOn", json!(day(random, 2024, 2))));
            members.push(("nextReviewOn", json!(day(random, 2026, 2))));
        }
        members
    }

    fn people(&mut self) -> Members {
        let organisations = self.organisations;
        let random = &mut self.random;
        let organisation = |random: &mut Random| format!("organisation-{}", random.zipf(organisations));
        let mut members = vec![("owner", json!(organisation(random)))];
        let mut roles = Map::new();
        for (role, percent) in [
            ("supplier", 60),
            ("operator", 50),
            ("seller", 15),
            ("contactOffice", 15),
        ] {
            if random.chance(percent) {
                roles.insert(role.to_owned(), json!([organisation(random)]));
            }
        }
        if !roles.is_empty() {
            members.push(("roles", Value::Object(roles)));
        }
        if random.chance(50) {
            members.push((
                "contacts",
                json!([{ "role": "reuse", "name": "Servicestelle Nachnutzung", "email": "nachnutzung@example.org" }]),
            ));
        }
        members
    }

    fn place(&mut self) -> Members {
        let random = &mut self.random;
        let mut members = Members::new();
        if random.chance(90) {
            members.push(("levels", json!(random.some(&Level::codes(), 3))));
        }
        if random.chance(75) {
            let states = random.some(&State::codes(), 5);
            let offers = states.into_iter().map(|state| match random.below(4) {
                0 => json!({ "state": state }),
                _ => json!({ "state": state, "stage": random.frequent(&StateStage::codes()) }),
            });
            members.push(("states", offers.collect()));
        }
        if random.chance(60) {
            let keys = (0..=random.below(4)).map(|_| format!("99{:03}{:03}060000", random.zipf(150), random.zipf(200)));
            members.push(("services", unique(keys)));
        }
        if random.chance(40) {
            let ids = (0..=random.below(3)).map(|_| format!("{}", 10_000 + random.zipf(600)));
            members.push(("ozgIds", unique(ids)));
        }
        if random.chance(85) {
            members.push(("themes", json!(random.some(&Theme::codes(), 3))));
        }
        if random.chance(95) {
            members.push(("tags", json!(random.some(&TAGS, 7))));
        }
        if random.chance(60) {
            members.push((
                "languages",
                json!(random.some(&["de", "en", "fr", "tr", "uk", "pl", "ar"], 3)),
            ));
        }
        members
    }

    fn reuse(&mut self, number: usize) -> Members {
        let components = self.components;
        let random = &mut self.random;
        let mut members = Members::new();
        if random.chance(70) {
            let grounds = random.some(&LegalBasisType::codes(), 2);
            let grounds = grounds
                .into_iter()
                .map(|g| json!({ "type": g, "text": { "de": text(random, 60) } }));
            members.push(("legalBasis", grounds.collect()));
        }
        if random.chance(80) {
            members.push(("deployment", json!(random.some(&Deployment::codes(), 2))));
        }
        if random.chance(55) {
            members.push(("licence", json!(random.frequent(&LICENCES))));
            members.push((
                "repository",
                json!(format!("https://code.example.org/{}/{number}", random.zipf(300))),
            ));
        }
        if random.chance(60) {
            members.push(("homepage", json!(format!("https://www.example.org/dienste/{number}"))));
        }
        if random.chance(55) {
            let standards = random.some(&STANDARDS, 3);
            let interfaces = standards
                .into_iter()
                .map(|standard| json!({ "name": format!("{} ({standard})", compound(random)), "standard": standard }));
            members.push(("interfaces", interfaces.collect()));
        }
        if random.chance(50) {
            let mut need = || json!(random.frequent(&ProtectionNeed::codes()));
            members.push((
                "protection",
                json!({ "confidentiality": need(), "integrity": need(), "availability": need() }),
            ));
        }
        if random.chance(60) {
            members.push((
                "dataProtection",
                json!({
                    "personalData": random.chance(70),
                    "thirdCountryTransfer": random.chance(10),
                    "roles": random.some(&DataProtectionRole::codes(), 2),
                }),
            ));
        }
        if random.chance(25) {
            let catalogue = random.frequent(&["dvc", "efa", "opencode", "maki", "pvog"]);
            members.push((
                "externalIds",
                json!([{ "catalogue": catalogue, "id": format!("{catalogue}-{number}") }]),
            ));
        }
        if random.chance(4) && components > 0 {
            members.push(("successor", json!(format!("nachfolger-{}", random.zipf(components)))));
        }
        members
    }
}

type Members = Vec<(&'static str, Value)>;

fn unique(values: impl Iterator<Item = String>) -> Value {
    let mut values: Vec<String> = values.collect();
    values.sort();
    values.dedup();
    json!(values)
}

fn day(random: &mut Random, year: usize, years: usize) -> String {
    let (year, month, day) = (year + random.below(years), 1 + random.below(12), 1 + random.below(28));
    format!("{year:04}-{month:02}-{day:02}")
}

/// A German compound, such as „Verwaltungscloud".
fn compound(random: &mut Random) -> String {
    let first = random.frequent(&FIRST);
    if random.chance(12) {
        let second = random.frequent(&FIRST).to_lowercase();
        return format!("{first}{second}{}", random.frequent(&LAST));
    }
    format!("{first}{}", random.frequent(&LAST))
}

/// Running text of about so many bytes.
fn text(random: &mut Random, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 40);
    let mut first = true;
    while text.len() < bytes {
        let word = match random.below(10) {
            0..=3 => random.frequent(&FILLERS).to_owned(),
            4..=6 => random.frequent(&PLAIN).to_owned(),
            _ => compound(random),
        };
        if first {
            text.extend(word.chars().take(1).flat_map(char::to_uppercase));
            text.extend(word.chars().skip(1));
        } else {
            text.push(' ');
            text.push_str(&word);
        }
        first = random.chance(9);
        if first {
            text.push_str(". ");
        }
    }
    let text = text.trim_end().trim_end_matches('.');
    format!("{text}.")
}

/// A query text that finds something: a word of the generated language, or two.
pub fn query_text(random: &mut Random) -> String {
    match random.below(4) {
        0 => random.frequent(&PLAIN).to_owned(),
        1 => format!("{} {}", compound(random), random.frequent(&PLAIN)),
        _ => compound(random),
    }
}

/// A document as the store keeps it, created in the order of the numbers.
///
/// # Panics
/// If the document is not valid: then the generator is wrong.
#[allow(clippy::expect_used, reason = "what is generated is valid, and a test holds it")]
pub fn record<T: Document + Deserr<Faults>>(number: usize, document: Value) -> Record {
    let incoming = Incoming::<T>::parse(document).expect("a generated document is valid");
    let slug = incoming.slug.expect("a generated document has a slug");
    // Some share a moment, as those of one import do.
    let time = Timestamp::from_micros(BEGIN + i64::try_from(number / 3).unwrap_or(0) * 61_000_000);
    Record {
        id: id::<T>(number),
        revision: Revision::FIRST,
        publication: Publication::Published,
        owner: incoming.value.owner(&slug).cloned(),
        party: incoming.value.party().cloned(),
        visibility: incoming.value.visibility(),
        slug,
        published_at: Some(time),
        created_at: time,
        updated_at: time,
        document: serde_json::to_string(&incoming.value)
            .expect("a document is JSON")
            .into(),
    }
}

/// The id of the record with this number: ascending, and of version 7.
pub fn id<T: Document>(number: usize) -> Id {
    let noun = u128::from(T::NOUN.len() as u64);
    let high = (0x0198_0c2e_7a00_u128 + number as u128) << 80;
    Id::from_u128(high | 0x7000_u128 << 64 | 0x8000_u128 << 48 | noun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::adoption::Adoption;
    use domain::attestation::Attestation;
    use domain::component::Component;
    use domain::offer::Offer;
    use domain::organisation::Organisation;
    use domain::relation::Relation;

    #[test]
    fn what_is_said_of_components_is_valid_whatever_the_day() {
        let mut generator = Generator::new(8, 600);
        for number in 0..600 {
            let today = Timestamp::from_micros(BEGIN).day().plus(i64::try_from(number).unwrap());
            let say = |noun: &str, mut document: Value| {
                document["slug"] = json!(format!("{noun}-{number}"));
                document
            };
            let adoption = record::<Adoption>(number, say("adoption", generator.adoption("fit-connect", today)));
            assert!(adoption.owner.is_some());
            record::<Offer>(number, say("offer", generator.offer("fit-connect", number, today)));
            let document = say("attestation", generator.attestation("fit-connect", number, today));
            record::<Attestation>(number, document);
            record::<Relation>(
                number,
                say("relation", generator.relation("fit-connect", "xoev", today)),
            );
        }
    }

    #[test]
    fn every_entry_is_valid_of_the_right_size_and_the_same_in_every_run() {
        let (mut one, mut other) = (Generator::new(7, 600), Generator::new(7, 600));
        let mut kinds = Vec::new();
        for number in 0..one.organisation_count() {
            let document = one.organisation(number);
            assert_eq!(document, other.organisation(number));
            record::<Organisation>(number, document);
        }
        let mut bytes = 0;
        for number in 0..600 {
            let document = one.component(number);
            assert_eq!(document, other.component(number));
            kinds.push(document["kind"].as_str().unwrap().to_owned());
            let length = record::<Component>(number, document).document.len();
            assert!((2900..4300).contains(&length), "{length}");
            bytes += length;
        }
        assert!((3100..3900).contains(&(bytes / 600)), "{}", bytes / 600);
        kinds.sort();
        kinds.dedup();
        assert_eq!(kinds.len(), Kind::ALL.len());
    }
}
