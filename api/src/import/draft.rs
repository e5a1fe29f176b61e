//! A record on its way into the store.

use std::hash::{DefaultHasher, Hash, Hasher};

use domain::code_list::CodeList;
use domain::component::Component;
use domain::fault::Faults;
use domain::id::Id;
use domain::json::parse_json;
use domain::organisation::{Organisation, OrganisationKind};
use domain::related::Visibility;
use domain::store::Record;
use domain::stored::{Document, Incoming, Publication};
use domain::values::Slug;
use formats::problem::Severity;
use formats::publiccode;
use serde_json::Value;

use super::about::{self, About};
use super::report::{Line, Outcome, Place};
use crate::nouns::Named;

/// A parsed document with what the import must know of it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its noun.
    pub noun: &'static str,
    /// Where it was read.
    pub place: Place,
    /// Its id, where it names one.
    pub id: Option<Id>,
    /// Its slug: the given one, or the one that the title suggests.
    pub slug: Slug,
    /// Its state of publication, where it names one.
    pub publication: Option<Publication>,
    /// Whether it can be published: everybody may know of what it is about.
    pub may_be_public: bool,
    /// Its owner.
    pub owner: Option<Slug>,
    /// Another organisation that it concerns.
    pub party: Option<Slug>,
    /// Who sees it while it is published.
    pub visibility: Visibility,
    /// The document as JSON text.
    pub document: Box<str>,
    /// Other records that must exist.
    pub names: Vec<Named>,
    /// The component that takes its place.
    pub successor: Option<Slug>,
    /// An organisation that another record names, made where it does not exist.
    pub implied: bool,
    /// Address that tells the component from others of the same name, where its format has one.
    pub address: Option<String>,
}

/// What was found in an input.
pub enum Found {
    /// A good record.
    Draft(Box<Draft>),
    /// A good record about a component.
    About(Box<About>),
    /// Something to tell.
    Problem(Line),
}

impl Draft {
    pub(super) fn new<T: Document>(place: Place, incoming: Incoming<T>, implied: bool) -> Result<Self, Faults> {
        let fault = |code, detail: String| {
            let mut faults = Faults::new();
            faults.add("/slug", code, detail);
            faults
        };
        let Some(slug) = incoming.slug.or_else(|| Slug::from_title(incoming.value.title())) else {
            return Err(fault(
                "required",
                "The title suggests no slug; add the field `slug`.".to_owned(),
            ));
        };
        let document = serde_json::to_string(&incoming.value)
            .map_err(|error| fault("invalid", format!("Cannot be written as JSON: {error}.")))?;
        Ok(Self {
            noun: T::NOUN,
            place,
            id: incoming.id,
            slug,
            publication: incoming.publication,
            may_be_public: true,
            owner: None,
            party: incoming.value.party().cloned(),
            visibility: incoming.value.visibility(),
            document: document.into(),
            names: Vec::new(),
            successor: None,
            implied,
            address: None,
        })
    }

    fn component(place: Place, incoming: Incoming<Component>) -> Result<Self, Faults> {
        let organisations = incoming.value.organisations();
        let names = organisations
            .map(|(pointer, slug)| Named {
                pointer,
                noun: Organisation::NOUN,
                slug: slug.clone(),
            })
            .collect();
        let owner = Some(incoming.value.owner.clone());
        let successor = incoming.value.successor.clone();
        Ok(Self {
            owner,
            names,
            successor,
            ..Self::new(place, incoming, false)?
        })
    }

    fn organisation(place: Place, incoming: Incoming<Organisation>, implied: bool) -> Result<Self, Faults> {
        let names = named(&incoming.value);
        let draft = Self::new(place, incoming, implied)?;
        if let Some(named) = names.iter().find(|named| named.slug == draft.slug) {
            let mut faults = Faults::new();
            faults.add(
                named.pointer.clone(),
                "self_reference",
                "An organisation cannot name itself here.",
            );
            return Err(faults);
        }
        // An organisation is its own tenant.
        Ok(Self {
            owner: Some(draft.slug.clone()),
            names,
            ..draft
        })
    }

    /// The organisations that must exist.
    pub(super) fn organisations(&self) -> impl Iterator<Item = &Named> {
        self.names.iter().filter(|named| named.noun == Organisation::NOUN)
    }

    /// The state of publication that it is to have, beside what the store has.
    pub(super) fn wanted(&self, known: Option<&Record>) -> Publication {
        let publication = self.publication.or(known.map(|known| known.publication));
        publication.unwrap_or_default()
    }

    /// Whether it is to be published, and cannot be.
    pub(super) fn is_held_back(&self, known: Option<&Record>) -> bool {
        !self.may_be_public && self.wanted(known) == Publication::Published
    }

    /// Tells documents apart without keeping them.
    pub fn fingerprint(&self) -> u64 {
        fingerprint(&self.document, self.id, self.publication)
    }
}

/// All records that a document names.
pub(super) fn named<T: Document>(value: &T) -> Vec<Named> {
    let references = value.references().into_iter();
    references
        .map(|reference| Named {
            pointer: reference.pointer,
            noun: reference.noun,
            slug: reference.slug.clone(),
        })
        .collect()
}

/// Tells documents apart without keeping them.
pub(super) fn fingerprint(document: &str, id: Option<Id>, publication: Option<Publication>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (document, id, publication).hash(&mut hasher);
    hasher.finish()
}

/// Reads one line of NDJSON: a component or an organisation, told apart by their `kind`, or a record about a component.
pub(super) fn from_json(text: &[u8], place: &Place) -> Vec<Found> {
    let found = parse_json(text).and_then(|json| match about::read(json, place) {
        Ok(about) => about.map(|about| Found::About(Box::new(about))),
        Err(json) => whole(json, place).map(|draft| Found::Draft(Box::new(draft))),
    });
    match found {
        Ok(found) => vec![found],
        Err(faults) => refusal(faults, place),
    }
}

fn whole(json: Value, place: &Place) -> Result<Draft, Faults> {
    let kind = json.get("kind").and_then(Value::as_str).unwrap_or_default();
    if OrganisationKind::from_code(kind).is_some() {
        Incoming::parse(json).and_then(|o| Draft::organisation(place.clone(), o, false))
    } else {
        Incoming::parse(json).and_then(|c| Draft::component(place.clone(), c))
    }
}

/// All that is wrong with one record; the record counts once.
fn refusal(faults: Faults, place: &Place) -> Vec<Found> {
    faults
        .into_iter()
        .enumerate()
        .map(|(i, fault)| {
            Found::Problem(Line {
                place: place.clone(),
                pointer: fault.pointer,
                code: fault.code,
                detail: fault.detail,
                outcome: if i == 0 { Outcome::Refused } else { Outcome::Reason },
            })
        })
        .collect()
}

/// The address by which publiccode.yml tells software apart.
pub(super) fn address(component: &Component) -> Option<String> {
    component
        .external_ids
        .iter()
        .find(|e| e.catalogue.as_str() == "publiccode")
        .map(|e| e.id.to_string())
}

/// Reads a publiccode.yml: a component, and the organisations that it names.
pub(super) fn from_publiccode(text: &[u8], place: &Place, owner: Option<&Slug>) -> Vec<Found> {
    let options = publiccode::Options {
        source: None,
        harvested_at: None,
        owner: owner.cloned(),
    };
    let outcome = publiccode::read(text, &options);
    let mut found = Vec::new();
    let mut refused = false;
    for problem in outcome.problems {
        let is_refused = outcome.component.is_none();
        let told = match problem.severity {
            Severity::Error if is_refused && !std::mem::replace(&mut refused, true) => Outcome::Refused,
            Severity::Error if is_refused => Outcome::Reason,
            Severity::Error | Severity::Warning => Outcome::Warning,
            Severity::Notice => Outcome::Notice,
        };
        found.push(Found::Problem(Line {
            place: Place {
                file: place.file.clone(),
                line: problem.place.line,
            },
            pointer: problem.pointer,
            code: problem.code,
            detail: problem.detail,
            outcome: told,
        }));
    }
    for (slug, organisation) in outcome.organisations {
        let incoming = Incoming {
            id: None,
            slug: Some(slug),
            publication: None,
            value: organisation,
        };
        match Draft::organisation(place.clone(), incoming, true) {
            Ok(draft) => found.push(Found::Draft(Box::new(draft))),
            Err(faults) => found.extend(refusal(faults, place)),
        }
    }
    if let Some(imported) = outcome.component {
        let incoming = Incoming {
            id: None,
            slug: Some(imported.slug),
            publication: None,
            value: imported.component,
        };
        let address = address(&incoming.value);
        match Draft::component(place.clone(), incoming) {
            Ok(draft) => found.push(Found::Draft(Box::new(Draft { address, ..draft }))),
            Err(faults) => found.extend(refusal(faults, place)),
        }
    }
    found
}
