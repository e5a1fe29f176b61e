//! Records about components on their way into the store: what they are called follows from records that may come later.

use domain::adoption::{self, Adoption};
use domain::attestation::{self, Attestation};
use domain::code_list::CodeList;
use domain::component::Component;
use domain::id::Id;
use domain::offer::{self, Offer};
use domain::organisation::Organisation;
use domain::related::Related;
use domain::relation::{self, Relation};
use domain::stored::{Document, Incoming, Written};
use domain::values::Slug;
use serde_json::Value;

use super::draft::{Draft, fingerprint, named};
use super::known::{Base, Known};
use super::report::Place;
use crate::nouns::Named;

/// Why a record was not taken: pointer, code and detail.
pub(super) type Refusal = (String, &'static str, String);

/// A record about a component that may not be known yet.
pub struct About {
    /// Where it was read.
    pub place: Place,
    /// Tells it apart from all others of its noun within an import.
    pub key: String,
    /// Where it says what tells it apart.
    pub pointer: &'static str,
    /// Tells its content apart.
    pub fingerprint: u64,
    record: Box<dyn Unresolved>,
}

impl About {
    fn new<T: AboutComponent>(place: &Place, incoming: Incoming<T>) -> Self {
        let document = serde_json::to_string(&incoming.value).unwrap_or_default();
        let (key, pointer) = incoming.value.told_apart();
        Self {
            place: place.clone(),
            key: format!("{} {key}", incoming.value.component()),
            pointer,
            fingerprint: fingerprint(&document, incoming.id, incoming.publication),
            record: Box::new(incoming),
        }
    }

    /// Its noun.
    pub fn noun(&self) -> &'static str {
        self.record.noun()
    }

    /// The components that it names.
    pub fn components(&self) -> Vec<Slug> {
        self.record.components()
    }

    /// The record as it is written.
    ///
    /// # Errors
    /// A record that it names and nobody knows, or a slug that is not its own.
    pub(super) fn draft(&self, known: &Known) -> Result<Draft, Refusal> {
        self.record.draft(&self.place, known)
    }
}

/// Reads a document about a component, told apart by its members; none where it is none.
pub(super) fn read(json: Value, place: &Place) -> Result<Result<About, domain::fault::Faults>, Value> {
    let has = |name: &str| json.get(name).is_some();
    if has("kind") || !has("component") {
        return Err(json);
    }
    let parsed = if has("target") || has("type") {
        Incoming::<Relation>::parse(json).map(|one| About::new(place, one))
    } else if has("scheme") {
        Incoming::<Attestation>::parse(json).map(|one| About::new(place, one))
    } else if has("provider") {
        Incoming::<Offer>::parse(json).map(|one| About::new(place, one))
    } else if has("organisation") || has("stage") {
        let adoption = Incoming::<Adoption>::parse(json);
        let adoption = adoption.and_then(|one| one.value.day_faults().or_ok(one));
        adoption.map(|one| About::new(place, one))
    } else {
        let mut faults = domain::fault::Faults::new();
        let detail = "Says nothing of the component: an adoption has `organisation` and `stage`, a relation `type` and \
                      `target`, an attestation `scheme` and `key`, an offer `provider` and `key`.";
        faults.add("", "wrong_type", detail);
        Err(faults)
    };
    Ok(parsed)
}

/// Why a record is refused that names another one.
pub(super) fn unknown(named: Named) -> Refusal {
    let (noun, slug) = (named.noun, named.slug);
    let code = match noun {
        Organisation::NOUN => "unknown_organisation",
        _ => "unknown_component",
    };
    let detail = format!("No {noun} has the slug `{slug}`; import it first, or correct the slug.");
    (named.pointer, code, detail)
}

/// One whose noun does not matter.
trait Unresolved {
    fn noun(&self) -> &'static str;
    fn components(&self) -> Vec<Slug>;
    fn draft(&self, place: &Place, known: &Known) -> Result<Draft, Refusal>;
}

/// A noun of records about components, as an import sees it.
trait AboutComponent: Written + Related {
    /// What tells it apart from others about its component, and where it says so.
    fn told_apart(&self) -> (String, &'static str);

    /// Its slug; none where something that it names has no id.
    fn slug(&self, component: Id, known: &Known) -> Option<Slug>;

    /// Names the bodies whose record it is, where it leaves them out. Everything else stands as the source says it.
    fn settle_parties(&mut self, component: &Base);
}

impl<T: AboutComponent> Unresolved for Incoming<T> {
    fn noun(&self) -> &'static str {
        T::NOUN
    }

    fn components(&self) -> Vec<Slug> {
        let references = self.value.references().into_iter();
        let components = references.filter(|reference| reference.noun == Component::NOUN);
        components.map(|reference| reference.slug.clone()).collect()
    }

    fn draft(&self, place: &Place, known: &Known) -> Result<Draft, Refusal> {
        let mut may_be_public = true;
        for named in named(&self.value) {
            let is_known = match (named.noun, known.component(&named.slug)) {
                (Organisation::NOUN, _) => known.organisation(&named.slug).is_some(),
                (_, component) => {
                    may_be_public &= component.is_some_and(|component| component.is_public);
                    component.is_some()
                }
            };
            if !is_known {
                return Err(unknown(named));
            }
        }
        let slug = self.value.component();
        let base = known.component(slug);
        let own = base.and_then(|base| Some((base, self.value.slug(base.id, known)?)));
        let Some((base, slug)) = own else {
            let detail = "The names that tell it apart are too long together; choose shorter ones.".to_owned();
            return Err((self.value.told_apart().1.to_owned(), "too_long", detail));
        };
        if self.slug.as_ref().is_some_and(|given| *given != slug) {
            let detail = "Follows from what the record is about; leave it out.".to_owned();
            return Err(("/slug".to_owned(), "mismatch", detail));
        }
        let mut value = self.value.clone();
        value.settle_parties(base);
        let (owner, names) = (value.owner(&slug).cloned(), named(&value));
        let incoming = Incoming {
            id: self.id,
            slug: Some(slug),
            publication: self.publication,
            value,
        };
        let draft = Draft::new(place.clone(), incoming, false).map_err(|faults| {
            let fault = faults.into_iter().next();
            fault.map_or((String::new(), "invalid", String::new()), |f| {
                (f.pointer, f.code, f.detail)
            })
        })?;
        Ok(Draft {
            may_be_public,
            owner,
            names,
            ..draft
        })
    }
}

impl AboutComponent for Adoption {
    fn told_apart(&self) -> (String, &'static str) {
        (self.organisation.to_string(), "/organisation")
    }

    fn slug(&self, component: Id, known: &Known) -> Option<Slug> {
        adoption::slug_of(component, known.organisation(&self.organisation)?)
    }

    fn settle_parties(&mut self, component: &Base) {
        self.operator.get_or_insert_with(|| component.operator.clone());
        self.next_actor = self.stage.next_actor(self.is_confirmed());
    }
}

impl AboutComponent for Offer {
    fn told_apart(&self) -> (String, &'static str) {
        (self.key.to_string(), "/key")
    }

    fn slug(&self, component: Id, _: &Known) -> Option<Slug> {
        offer::slug_of(component, &self.key)
    }

    fn settle_parties(&mut self, _: &Base) {}
}

impl AboutComponent for Attestation {
    fn told_apart(&self) -> (String, &'static str) {
        (self.key.to_string(), "/key")
    }

    fn slug(&self, component: Id, _: &Known) -> Option<Slug> {
        attestation::slug_of(component, &self.key)
    }

    fn settle_parties(&mut self, component: &Base) {
        self.recorded_by.get_or_insert_with(|| component.owner.clone());
    }
}

impl AboutComponent for Relation {
    fn told_apart(&self) -> (String, &'static str) {
        (format!("{} {}", self.relation.code(), self.target), "/target")
    }

    fn slug(&self, component: Id, known: &Known) -> Option<Slug> {
        relation::slug_of(component, self.relation, known.component(&self.target)?.id)
    }

    fn settle_parties(&mut self, component: &Base) {
        self.recorded_by.get_or_insert_with(|| component.owner.clone());
    }
}
