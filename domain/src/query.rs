//! The query language: one description of every field, one parser, one result for lists, facets, exports and
//! subscriptions.

mod adoptions;
mod attestations;
mod changes;
mod components;
mod field;
mod offers;
mod organisations;
mod parse;
mod relations;

pub use components::LIVE_STATES;
pub use field::{
    Across, Datum, Directory, Extract, Field, FieldKind, FieldSpec, Operator, Queryable, Subject, TextPlace,
};
pub use parse::{Given, parameters, parse};

use std::fmt::Write;

/// One condition on one field; the conditions of a query combine with AND.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// Has one of these values.
    AnyOf(Vec<Box<str>>),
    /// Has none of these values.
    NoneOf(Vec<Box<str>>),
    /// Has all of these values.
    AllOf(Vec<Box<str>>),
    /// Lies within these bounds, both included.
    Between(i64, i64),
    /// Is present, or is absent.
    Exists(bool),
}

/// A condition on the field with this index in the resource's [`Queryable::fields`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Filter {
    /// Index of the field.
    pub field: usize,
    /// What it must satisfy.
    pub condition: Condition,
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// How well it matches the text of the query.
    Score,
    /// The identifier; always the last key.
    Id,
    /// A field.
    Field(usize),
}

/// One sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// What to sort by.
    pub by: SortBy,
    /// Greatest first. Records without a value come last either way.
    pub descending: bool,
}

/// A parsed query. Two queries that ask the same thing are equal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// All must hold.
    pub filters: Vec<Filter>,
    /// Full text.
    pub text: Option<String>,
    /// Sort keys; never empty after parsing, and completed by the id.
    pub sort: Vec<SortKey>,
    /// Fields to count by.
    pub facets: Vec<usize>,
    /// Items of the page.
    pub limit: usize,
    /// Where the page begins, as an earlier answer said.
    pub cursor: Option<String>,
    /// Plurals of the nouns whose records about an item are answered with it.
    pub includes: Vec<&'static str>,
    /// Top-level members of an item to answer; all if none are named.
    pub members: Vec<&'static str>,
    /// Language of texts to answer as plain strings; all languages if none is named.
    pub language: Option<String>,
}

impl Query {
    /// What a cursor is bound to: everything that decides which items are in the list and in which order.
    pub fn identity(&self) -> String {
        let mut filters: Vec<&Filter> = self.filters.iter().collect();
        filters.sort_unstable();
        let mut text = String::with_capacity(256);
        for filter in filters {
            filter.write(&mut text);
        }
        // Neither values nor texts contain this character.
        text.push('\0');
        text.push_str(self.text.as_deref().unwrap_or_default());
        text.push('\0');
        for key in &self.sort {
            text.push(if key.descending { '-' } else { '+' });
            match key.by {
                SortBy::Score => text.push('s'),
                SortBy::Id => text.push('i'),
                SortBy::Field(field) => write(&mut text, field),
            }
        }
        text
    }
}

/// Writing to a string cannot fail.
fn write(text: &mut String, value: impl std::fmt::Display) {
    let _ = write!(text, "{value}");
}

impl Filter {
    fn write(&self, text: &mut String) {
        write(text, self.field);
        let (sign, keys): (char, &[Box<str>]) = match &self.condition {
            Condition::AnyOf(keys) => ('|', keys),
            Condition::NoneOf(keys) => ('!', keys),
            Condition::AllOf(keys) => ('&', keys),
            Condition::Between(from, to) => return write(text, format_args!("~{from}~{to};")),
            Condition::Exists(wanted) => return write(text, format_args!("?{wanted};")),
        };
        text.push(sign);
        for key in keys {
            text.push_str(key);
            text.push('\u{1f}');
        }
    }
}
