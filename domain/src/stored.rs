//! Records as they are kept: what a client wrote, and what the catalogue knows of it.

use deserr::Deserr;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::code_list;
use crate::fault::Faults;
use crate::id::Id;
use crate::json::parse_json;
use crate::related::Visibility;
use crate::values::{Day, Revision, Slug, Timestamp};

/// Another record that a document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'a> {
    /// JSON pointer to the slug.
    pub pointer: String,
    /// Noun of the other record.
    pub noun: &'static str,
    /// Its slug.
    pub slug: &'a Slug,
}

impl<'a> Reference<'a> {
    /// To a record of the noun of `T`.
    pub fn to<T: Document>(pointer: impl Into<String>, slug: &'a Slug) -> Self {
        Self {
            pointer: pointer.into(),
            noun: T::NOUN,
            slug,
        }
    }
}

/// A kind of document that the catalogue keeps.
pub trait Document: Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static {
    /// The noun, singular, as it stands in events.
    const NOUN: &'static str;
    /// Whether its records have a state of publication of their own, which readers see.
    const HAS_PUBLICATION: bool = true;
    /// The member that marks a record whose day is past; empty where records have no such day.
    const LAPSED: &'static str = "";
    /// The title that lists sort by.
    fn title(&self) -> &str;
    /// The organisation that owns a record with this document and slug.
    fn owner<'a>(&'a self, slug: &'a Slug) -> Option<&'a Slug>;
    /// Another organisation that the record concerns, and that sees it as its owner does.
    fn party(&self) -> Option<&Slug> {
        None
    }
    /// Who sees it while it is published.
    fn visibility(&self) -> Visibility {
        Visibility::Public
    }
    /// The last day on which it counts; after it, the record is marked with [`Self::LAPSED`].
    fn lapses_on(&self) -> Option<Day> {
        None
    }
    /// All records that it names by slug.
    fn references(&self) -> Vec<Reference<'_>> {
        Vec::new()
    }
    /// What is wrong with it beyond its single values.
    fn faults(&self) -> Faults {
        Faults::new()
    }
}

/// A kind of document that clients write themselves.
pub trait Written: Document + Deserr<Faults> {}

impl<T: Document + Deserr<Faults>> Written for T {}

/// Whether a record is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[allow(missing_docs, reason = "the code list below names them")]
pub enum Publication {
    Draft,
    InReview,
    #[default]
    Published,
    Withdrawn,
}
code_list!(Publication, "publication", "Veröffentlichung", "State of publication";
    Draft = "draft", "Entwurf", "Draft";
    InReview = "in_review", "In Prüfung", "In review";
    Published = "published", "Veröffentlicht", "Published";
    Withdrawn = "withdrawn", "Zurückgezogen", "Withdrawn";
);

/// A record: the written document with what the catalogue knows of it, in one flat object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: DeserializeOwned"))]
pub struct Stored<T> {
    /// Identifier (UUIDv7).
    pub id: Id,
    /// Stable human key.
    pub slug: Slug,
    /// Number of the current revision; the `ETag`.
    pub revision: Revision,
    /// Whether it is public.
    #[serde(default)]
    pub publication: Publication,
    /// When it was published for the first time; absent where it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What a client wrote.
    #[serde(flatten)]
    pub value: T,
}

/// A record on its way in: a document with or without what a reader would have seen of it, so that what was read can be
/// written back.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming<T> {
    /// Identifier, where the sender knows one.
    pub id: Option<Id>,
    /// Human key, where the sender chose one.
    pub slug: Option<Slug>,
    /// State of publication, where the sender names one.
    pub publication: Option<Publication>,
    /// The document.
    pub value: T,
}

impl<T: Written> Incoming<T> {
    /// Parses a JSON document; every fault of it is found.
    ///
    /// # Errors
    /// All faults with their places.
    pub fn parse(json: Value) -> Result<Self, Faults> {
        let Value::Object(mut object) = json else {
            let mut faults = Faults::new();
            faults.add(
                "",
                "wrong_type",
                format!("Give a JSON object with the fields of a {}.", T::NOUN),
            );
            return Err(faults);
        };
        let mut faults = Faults::new();
        let id = take(&mut object, "id", &mut faults);
        let slug = take(&mut object, "slug", &mut faults);
        let publication = take(&mut object, "publication", &mut faults);
        // Readers see these; whoever sends them back means no harm by it.
        let mark = Some(T::LAPSED).filter(|mark| !mark.is_empty());
        for known in ["revision", "publishedAt", "createdAt", "updatedAt"]
            .into_iter()
            .chain(mark)
        {
            object.remove(known);
        }
        match deserr::deserialize::<T, _, Faults>(Value::Object(object)) {
            Ok(value) => {
                faults.extend(value.faults());
                faults.or_ok(Self {
                    id,
                    slug,
                    publication,
                    value,
                })
            }
            Err(more) => {
                faults.extend(more);
                Err(faults)
            }
        }
    }

    /// Parses a JSON text of at most [`crate::limits::BODY_BYTES`] bytes and [`crate::limits::JSON_DEPTH`] levels.
    ///
    /// # Errors
    /// All faults with their places.
    pub fn parse_text(text: &[u8]) -> Result<Self, Faults> {
        parse_json(text).and_then(Self::parse)
    }
}

fn take<V: Deserr<Faults>>(object: &mut Map<String, Value>, key: &str, faults: &mut Faults) -> Option<V> {
    let value = object.remove(key).filter(|v| !v.is_null())?;
    match deserr::deserialize::<V, _, Faults>(value) {
        Ok(value) => Some(value),
        Err(wrong) => {
            for mut fault in wrong {
                fault.pointer = format!("/{key}{}", fault.pointer);
                faults.push(fault);
            }
            None
        }
    }
}
