//! A record on its way into the store.

use std::hash::{DefaultHasher, Hash, Hasher};

use domain::code_list::CodeList;
use domain::component::Component;
use domain::fault::Faults;
use domain::id::Id;
use domain::json::parse_json;
use domain::organisation::{Organisation, OrganisationKind};
use domain::related::Visibility;
use domain::stored::{Document, Incoming, Publication};
use domain::values::Slug;
use formats::problem::Severity;
use formats::publiccode;
use serde_json::Value;

use super::report::{Line, Outcome, Place};

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
    /// Its owner.
    pub owner: Option<Slug>,
    /// Another organisation that it concerns.
    pub party: Option<Slug>,
    /// Who sees it while it is published.
    pub visibility: Visibility,
    /// The document as JSON text.
    pub document: Box<str>,
    /// Organisations that must exist, with the pointer to each.
    pub organisations: Vec<(String, Slug)>,
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
    /// Something to tell.
    Problem(Line),
}

impl Draft {
    fn new<T: Document>(place: Place, incoming: Incoming<T>, implied: bool) -> Result<Self, Faults> {
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
            owner: None,
            party: incoming.value.party().cloned(),
            visibility: incoming.value.visibility(),
            document: document.into(),
            organisations: Vec::new(),
            successor: None,
            implied,
            address: None,
        })
    }

    fn component(place: Place, incoming: Incoming<Component>) -> Result<Self, Faults> {
        let organisations = incoming
            .value
            .organisations()
            .map(|(pointer, slug)| (pointer, slug.clone()))
            .collect();
        let owner = Some(incoming.value.owner.clone());
        let successor = incoming.value.successor.clone();
        Ok(Self {
            owner,
            organisations,
            successor,
            ..Self::new(place, incoming, false)?
        })
    }

    fn organisation(place: Place, incoming: Incoming<Organisation>, implied: bool) -> Result<Self, Faults> {
        let parent = incoming.value.parent.clone();
        let draft = Self::new(place, incoming, implied)?;
        let organisations = parent.map(|slug| ("/parent".to_owned(), slug)).into_iter().collect();
        // An organisation is its own tenant.
        Ok(Self {
            owner: Some(draft.slug.clone()),
            organisations,
            ..draft
        })
    }

    /// Tells documents apart without keeping them.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.document, self.id, self.publication).hash(&mut hasher);
        hasher.finish()
    }
}

/// Reads one line of NDJSON: a component or an organisation, told apart by their `kind`.
pub(super) fn from_json(text: &[u8], place: &Place) -> Vec<Found> {
    let draft = parse_json(text).and_then(|json| {
        let kind = json.get("kind").and_then(Value::as_str).unwrap_or_default();
        if OrganisationKind::from_code(kind).is_some() {
            Incoming::parse(json).and_then(|o| Draft::organisation(place.clone(), o, false))
        } else {
            Incoming::parse(json).and_then(|c| Draft::component(place.clone(), c))
        }
    });
    match draft {
        Ok(draft) => vec![Found::Draft(Box::new(draft))],
        Err(faults) => refusal(faults, place),
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
