//! Records as rows.

use diesel::prelude::*;
use diesel::result::QueryResult;
use domain::code_list::CodeList;
use domain::id::Id;
use domain::related::Visibility;
use domain::store::{Key, Record, StoreError, Write};
use domain::stored::Publication;
use domain::values::{Revision, Slug, Timestamp};

use crate::db::Conn;
use crate::schema::{records, slugs};

/// Rows of one statement that names each of them: far below what either database can bind (32,766 values).
pub(crate) const CHUNK: usize = 500;

/// A row as it is read.
#[derive(Queryable)]
pub(crate) struct RecordRow {
    pub(crate) noun: String,
    pub(crate) id: String,
    slug: String,
    revision: i64,
    publication: String,
    owner: Option<String>,
    party: Option<String>,
    visibility: String,
    published_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    pub(crate) document: String,
}

impl TryFrom<RecordRow> for Record {
    type Error = StoreError;

    fn try_from(row: RecordRow) -> Result<Self, StoreError> {
        let place = format!("records, {} {}", row.noun, row.id);
        let corrupt = |what: &str| StoreError::Corrupt(format!("{place}: {what}"));
        Ok(Self {
            id: row.id.parse().map_err(|_| corrupt("the id is none"))?,
            slug: row.slug.parse().map_err(|_| corrupt("the slug is none"))?,
            revision: Revision(row.revision),
            publication: Publication::from_code(&row.publication)
                .ok_or_else(|| corrupt("the state of publication is unknown"))?,
            owner: row
                .owner
                .map(|slug| slug.parse())
                .transpose()
                .map_err(|_| corrupt("the owner is no slug"))?,
            party: row
                .party
                .map(|slug| slug.parse())
                .transpose()
                .map_err(|_| corrupt("the party is no slug"))?,
            visibility: Visibility::from_code(&row.visibility).ok_or_else(|| corrupt("the visibility is unknown"))?,
            published_at: row.published_at.map(Timestamp::from_micros),
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
            document: row.document.into_boxed_str(),
        })
    }
}

/// A row as it is written.
#[derive(Insertable)]
#[diesel(table_name = records, treat_none_as_default_value = false)]
pub(crate) struct NewRecord<'a> {
    noun: &'a str,
    id: String,
    slug: &'a str,
    revision: i64,
    publication: &'a str,
    owner: Option<&'a str>,
    party: Option<&'a str>,
    visibility: &'a str,
    published_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    document: &'a str,
}

impl<'a> From<&'a Write> for NewRecord<'a> {
    fn from(write: &'a Write) -> Self {
        let record = &write.record;
        Self {
            noun: write.noun,
            id: record.id.to_string(),
            slug: record.slug.as_str(),
            revision: record.revision.0,
            publication: record.publication.code(),
            owner: record.owner.as_ref().map(Slug::as_str),
            party: record.party.as_ref().map(Slug::as_str),
            visibility: record.visibility.code(),
            published_at: record.published_at.map(Timestamp::micros),
            created_at: record.created_at.micros(),
            updated_at: record.updated_at.micros(),
            document: &record.document,
        }
    }
}

/// Records of a noun by ascending id, those after `after`.
/// The empty text stands before every id.
pub(crate) fn page(c: &mut Conn, noun: &str, after: &str, limit: i64) -> QueryResult<Vec<RecordRow>> {
    records::table
        .filter(records::noun.eq(noun).and(records::id.gt(after)))
        .order(records::id)
        .limit(limit)
        .load(c)
}

/// Every noun of which there is a record.
pub(crate) fn nouns(c: &mut Conn) -> QueryResult<Vec<String>> {
    records::table
        .select(records::noun)
        .distinct()
        .order(records::noun)
        .load(c)
}

/// One record, by an earlier slug too.
pub(crate) fn one(c: &mut Conn, noun: &str, key: &Key) -> QueryResult<Option<RecordRow>> {
    let of_noun = records::table.filter(records::noun.eq(noun));
    let slug = match key {
        Key::Id(id) => return of_noun.filter(records::id.eq(id.to_string())).first(c).optional(),
        Key::Slug(slug) => slug.as_str(),
    };
    let current = of_noun.filter(records::slug.eq(slug)).first(c).optional()?;
    if current.is_some() {
        return Ok(current);
    }
    let earlier = slugs::table
        .filter(slugs::noun.eq(noun).and(slugs::slug.eq(slug)))
        .select(slugs::id)
        .first::<String>(c)
        .optional()?;
    match earlier {
        Some(id) => of_noun.filter(records::id.eq(id)).first(c).optional(),
        None => Ok(None),
    }
}

/// The slugs that a record had before.
pub(crate) fn earlier_slugs(c: &mut Conn, noun: &str, id: Id) -> QueryResult<Vec<String>> {
    slugs::table
        .filter(slugs::noun.eq(noun).and(slugs::id.eq(id.to_string())))
        .select(slugs::slug)
        .load(c)
}

/// The records with these ids.
pub(crate) fn by_id(c: &mut Conn, noun: &str, ids: &[Id]) -> QueryResult<Vec<RecordRow>> {
    let mut rows = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let ids: Vec<String> = chunk.iter().map(Id::to_string).collect();
        let of_noun = records::table.filter(records::noun.eq(noun));
        rows.append(&mut of_noun.filter(records::id.eq_any(ids)).load(c)?);
    }
    Ok(rows)
}

/// The records with these current slugs.
pub(crate) fn by_slug(c: &mut Conn, noun: &str, slugs: &[Slug]) -> QueryResult<Vec<RecordRow>> {
    let mut rows = Vec::with_capacity(slugs.len());
    for chunk in slugs.chunks(CHUNK) {
        let slugs: Vec<&str> = chunk.iter().map(Slug::as_str).collect();
        let of_noun = records::table.filter(records::noun.eq(noun));
        rows.append(&mut of_noun.filter(records::slug.eq_any(slugs)).load(c)?);
    }
    Ok(rows)
}
