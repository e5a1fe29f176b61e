//! One record on its way into a table.

use bytes::Bytes;
use domain::component::Component;
use domain::id::Id;
use domain::organisation::Organisation;
use domain::query::{Datum, Directory, FieldKind, FieldSpec, Queryable, Subject, TextPlace};
use domain::related::Visibility;
use domain::store::Record;
use domain::stored::{Document, Publication, Reference};
use domain::values::{Day, Revision, Slug, Timestamp};

use super::{Column, SortColumn};
use crate::columns::{Keys, Numbers, Texts};
use crate::text::{self, DocTerms, Place, TextIndex};

/// A record as the view keeps it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Identifier.
    pub id: Id,
    /// Human key.
    pub slug: Slug,
    /// Its title, as lists sort by it.
    pub title: Box<str>,
    /// Current revision.
    pub revision: Revision,
    /// Whether it is public.
    pub publication: Publication,
    /// The organisation that owns it.
    pub owner: Option<Slug>,
    /// Another organisation that sees it as its owner does.
    pub party: Option<Slug>,
    /// Who sees it while it is published.
    pub visibility: Visibility,
    /// The last day on which it counts.
    pub lapses_on: Option<Day>,
    /// Whether that day is past.
    pub has_lapsed: bool,
    /// When it was first published.
    pub published_at: Option<Timestamp>,
    /// The whole record as JSON; absent where the view keeps no more bodies.
    pub body: Option<Bytes>,
    /// Its values: field, and the value's number there.
    pub(super) keys: Box<[(u16, u32)]>,
}

/// A document of the store that is no document of its noun.
#[derive(Debug, thiserror::Error)]
#[error("record {id} ({slug}) cannot be read: {reason}")]
pub struct Damaged {
    /// The record.
    pub id: Id,
    /// Its slug.
    pub slug: Slug,
    /// What is wrong with its document.
    pub reason: String,
}

/// A value to sort by that is not the field's own number.
#[derive(Debug)]
pub(super) enum SortText {
    Rank(i64),
    Text(Box<str>),
}

/// A record with all its values read out, which needs no table and so can be done for many at once.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Without its keys, which are numbered by the table.
    pub(super) entry: Entry,
    pub(super) keys: Vec<(u16, Box<str>)>,
    pub(super) numbers: Vec<(u16, i64)>,
    pub(super) sorts: Vec<(u16, SortText)>,
    pub(super) terms: DocTerms,
}

/// The columns that a field needs.
pub(super) fn columns<T>(spec: &FieldSpec<T>) -> (Column, SortColumn) {
    let field = &spec.field;
    let column = match field.kind {
        _ if spec.across.is_some() => Column::Across,
        FieldKind::Identity => Column::Identity,
        FieldKind::Text => Column::Unfiltered,
        _ if field.is_number() => Column::Numbers(Numbers::default()),
        _ => Column::Keys(Keys::default()),
    };
    let sort = match field.kind {
        _ if !field.sort => SortColumn::None,
        _ if field.is_number() => SortColumn::Column,
        FieldKind::Code { .. } => SortColumn::Rank(Numbers::default()),
        _ => SortColumn::Text(Texts::default()),
    };
    (column, sort)
}

impl Entry {
    /// Its values: field, and the value's number there.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (usize, u32)> {
        self.keys.iter().map(|(field, number)| (usize::from(*field), *number))
    }
}

impl Prepared {
    /// Identifier.
    pub(crate) fn id(&self) -> Id {
        self.entry.id
    }

    /// Its first value of a field.
    pub(crate) fn key(&self, field: usize) -> Option<&str> {
        let mut keys = self.keys.iter();
        keys.find(|(f, _)| usize::from(*f) == field).map(|(_, key)| &**key)
    }

    pub(crate) fn new<T: Queryable>(record: &Record, directory: &dyn Directory) -> Result<Self, Damaged> {
        let stored = record.read::<T>().map_err(|error| Damaged {
            id: record.id,
            slug: record.slug.clone(),
            reason: error.to_string(),
        })?;
        let subject = Subject {
            record: &stored,
            directory,
        };
        let (mut keys, mut numbers, mut sorts) = (Vec::with_capacity(24), Vec::with_capacity(8), Vec::with_capacity(4));
        for (index, spec) in (0_u16..).zip(T::fields()) {
            let mut first = true;
            (spec.extract)(subject, &mut |datum| match datum {
                Datum::Number(number) => numbers.push((index, number)),
                Datum::Key(key) => {
                    if std::mem::take(&mut first) && spec.field.sort {
                        sorts.push((index, sort_text(spec.field.kind, key)));
                    }
                    if spec.across.is_none() && !matches!(spec.field.kind, FieldKind::Text | FieldKind::Identity) {
                        keys.push((index, key.into()));
                    }
                }
            });
        }
        name_others::<T>(&stored.value, &mut keys);
        keys.sort_unstable();
        keys.dedup();
        let texts: Vec<(Place, &str)> = T::texts(&stored).into_iter().map(|(p, t)| (place(p), t)).collect();
        let lapses_on = stored.value.lapses_on();
        let has_lapsed = has_lapsed(lapses_on, directory.today());
        let entry = Entry {
            id: record.id,
            slug: record.slug.clone(),
            title: stored.value.title().into(),
            revision: record.revision,
            publication: record.publication,
            owner: record.owner.clone(),
            party: record.party.clone(),
            visibility: record.visibility,
            lapses_on,
            has_lapsed,
            published_at: record.published_at,
            body: Some(marked_body::<T>(record, has_lapsed)),
            keys: Box::default(),
        };
        Ok(Self {
            entry,
            keys,
            numbers,
            sorts,
            terms: TextIndex::analyse(&texts),
        })
    }
}

/// A record that another one names, as the column behind those of the fields has it.
pub(super) fn reference(noun: &str, slug: &Slug) -> String {
    format!("{noun} {slug}")
}

/// Adds what a document names in no field, so that it is found when that gets another name.
fn name_others<T: Queryable>(document: &T, keys: &mut Vec<(u16, Box<str>)>) {
    let Ok(behind) = u16::try_from(T::fields().len()) else {
        return;
    };
    let is_in_field = |keys: &[(u16, Box<str>)], named: &Reference<'_>| {
        keys.iter().any(|(field, key)| {
            let kind = T::fields().get(usize::from(*field)).map(|spec| spec.field.kind);
            let noun = match kind {
                Some(FieldKind::Component) => Component::NOUN,
                Some(FieldKind::Organisation) => Organisation::NOUN,
                _ => return false,
            };
            noun == named.noun && **key == *named.slug.as_str()
        })
    };
    for named in document.references() {
        if !is_in_field(keys, &named) {
            keys.push((behind, reference(named.noun, named.slug).into()));
        }
    }
}

fn sort_text(kind: FieldKind, key: &str) -> SortText {
    match kind {
        FieldKind::Code { codes, .. } => {
            let rank = codes().iter().position(|(code, _)| *code == key).unwrap_or_default();
            SortText::Rank(i64::try_from(rank).unwrap_or(i64::MAX))
        }
        _ => SortText::Text(text::fold(key).into()),
    }
}

fn place(place: TextPlace) -> Place {
    match place {
        TextPlace::Title => Place::Title,
        TextPlace::Alias => Place::Alias,
        TextPlace::Tag => Place::Tag,
        TextPlace::Summary => Place::Summary,
        TextPlace::Description => Place::Description,
        TextPlace::Other => Place::Other,
    }
}

/// Whether the last day on which a record counts is past.
pub(super) fn has_lapsed(lapses_on: Option<Day>, today: Day) -> bool {
    lapses_on.is_some_and(|day| day < today)
}

/// The whole record as JSON: what the catalogue knows of it, then what was written.
pub fn body<T: Document>(record: &Record) -> Bytes {
    marked_body::<T>(record, false)
}

/// The same, marked where the last day on which it counts is past.
pub fn marked_body<T: Document>(record: &Record, has_lapsed: bool) -> Bytes {
    use domain::code_list::CodeList;
    let rest = record.document.strip_prefix('{').unwrap_or("}");
    let comma = if rest.starts_with('}') { "" } else { "," };
    let publication = match record.published_at {
        _ if !T::HAS_PUBLICATION => String::new(),
        None => format!(r#","publication":"{}""#, record.publication.code()),
        Some(at) => format!(r#","publication":"{}","publishedAt":"{at}""#, record.publication.code()),
    };
    let mark = if has_lapsed {
        format!(r#","{}":true"#, T::LAPSED)
    } else {
        String::new()
    };
    format!(
        r#"{{"id":"{}","slug":"{}","revision":{}{publication},"createdAt":"{}","updatedAt":"{}"{mark}{comma}{rest}"#,
        record.id, record.slug, record.revision.0, record.created_at, record.updated_at,
    )
    .into()
}
