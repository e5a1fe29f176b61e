//! What a query can speak of: fields with their names, types and the way to read them from a record.

use crate::access::Sight;
use crate::code_list::{CodeList, Label};
use crate::fault::Invalid;
use crate::organisation::Organisation;
use crate::related::{Related, Visibility};
use crate::stored::{Document, Publication, Stored};
use crate::values::{Day, Slug, Timestamp};

/// Looks up organisations by slug, for paths that lead to them.
pub trait Directory {
    /// The organisation with this slug.
    fn organisation(&self, slug: &Slug) -> Option<&Organisation>;

    /// The same, where someone sees it.
    fn seen_organisation(&self, slug: &Slug, sight: &Sight) -> Option<&Organisation>;

    /// The present day: records with a day in the past are marked.
    fn today(&self) -> Day;
}

/// A record that fields are read from.
pub struct Subject<'a, T> {
    /// The record.
    pub record: &'a Stored<T>,
    /// The organisations it may name.
    pub directory: &'a dyn Directory,
}

// Derived, these would ask `T` to be `Copy`.
impl<T> Clone for Subject<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Subject<'_, T> {}

/// One value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datum<'a> {
    /// Of a keyword, code, reference or flag.
    Key(&'a str),
    /// Of a day (days since 1970), a moment (microseconds), a number, or a share (thousandths of a hundredth).
    Number(i64),
}

/// Reads the values of a field.
pub type Extract<T> = fn(Subject<'_, T>, &mut dyn FnMut(Datum<'_>));

/// Type of a field.
#[derive(Debug, Clone, Copy)]
pub enum FieldKind {
    /// A value of a closed code list.
    Code {
        /// Name of the list under `/v1/vocabularies`.
        vocabulary: &'static str,
        /// Its codes with labels, in order.
        codes: fn() -> Vec<(&'static str, Label)>,
        /// The canonical code of what a client writes.
        parse: fn(&str) -> Result<&'static str, Invalid>,
    },
    /// A word with a form of its own.
    Keyword {
        /// Its canonical form.
        parse: fn(&str) -> Result<String, Invalid>,
        /// An example for the documentation.
        example: &'static str,
    },
    /// An organisation by slug or id.
    Organisation,
    /// A component by slug or id.
    Component,
    /// The record itself, by slug or id.
    Identity,
    /// True or false.
    Flag,
    /// A calendar day.
    Day,
    /// A moment.
    Moment,
    /// A whole number.
    Integer,
    /// A share of a hundred, kept in thousandths.
    Percent,
    /// Text to sort by; not to filter by (`q` does that).
    Text,
}

/// What a suffix of a parameter asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// No suffix: one of the values.
    Any,
    /// `.not`: none of the values.
    Not,
    /// `.all`: all of the values.
    All,
    /// `.gte`: at least.
    Gte,
    /// `.lte`: at most.
    Lte,
    /// `.exists`: present or absent.
    Exists,
}

impl Operator {
    /// All operators.
    pub const ALL: [Self; 6] = [Self::Any, Self::Not, Self::All, Self::Gte, Self::Lte, Self::Exists];

    /// The suffix with its dot; empty for [`Operator::Any`].
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Not => ".not",
            Self::All => ".all",
            Self::Gte => ".gte",
            Self::Lte => ".lte",
            Self::Exists => ".exists",
        }
    }
}

/// A field that queries can speak of.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in the query language.
    pub name: &'static str,
    /// What it is, for people.
    pub label: Label,
    /// Its type.
    pub kind: FieldKind,
    /// Whether a record can have several values.
    pub many: bool,
    /// Whether lists can count by it.
    pub facet: bool,
    /// Whether lists can be sorted by it.
    pub sort: bool,
}

impl Field {
    /// The operators that make sense for it.
    pub fn operators(&self) -> Vec<Operator> {
        use Operator::{All, Any, Exists, Gte, Lte, Not};
        match self.kind {
            FieldKind::Text => vec![],
            FieldKind::Identity => vec![Any, Not],
            FieldKind::Day | FieldKind::Moment | FieldKind::Integer | FieldKind::Percent => {
                vec![Any, Gte, Lte, Exists]
            }
            FieldKind::Flag => vec![Any, Exists],
            _ if self.many => vec![Any, Not, All, Exists],
            _ => vec![Any, Not, Exists],
        }
    }

    /// Whether its values are numbers, and so can be compared.
    pub fn is_number(&self) -> bool {
        matches!(
            self.kind,
            FieldKind::Day | FieldKind::Moment | FieldKind::Integer | FieldKind::Percent
        )
    }

    /// The canonical form of a keyword-like value that a client wrote.
    ///
    /// # Errors
    /// What is wrong with it and how to mend it.
    pub fn key(&self, text: &str) -> Result<Box<str>, Invalid> {
        match self.kind {
            FieldKind::Code { parse, .. } => parse(text).map(Into::into),
            FieldKind::Keyword { parse, .. } => parse(text).map(Into::into),
            FieldKind::Organisation | FieldKind::Component | FieldKind::Identity => {
                if let Ok(id) = text.parse::<crate::id::Id>() {
                    return Ok(id.to_string().into());
                }
                text.parse::<Slug>().map(|s| s.as_str().into()).map_err(|_| {
                    Invalid::new(
                        "invalid_reference",
                        format!("`{}` is neither a slug nor an id.", clip(text)),
                    )
                })
            }
            FieldKind::Flag => match text {
                "true" | "false" => Ok(text.into()),
                _ => Err(Invalid::new(
                    "invalid_flag",
                    format!("`{}` is neither `true` nor `false`.", clip(text)),
                )),
            },
            _ => Err(Invalid::new("invalid_value", "Cannot be compared with words.")),
        }
    }

    /// The number of a value that a client wrote; a day given for a moment stands for its first or last microsecond.
    ///
    /// # Errors
    /// What is wrong with it and how to mend it.
    pub fn number(&self, text: &str, upper: bool) -> Result<i64, Invalid> {
        const DAY: i64 = 86_400_000_000;
        match self.kind {
            FieldKind::Day => text.parse::<Day>().map(Day::number),
            FieldKind::Moment => match text.parse::<Day>() {
                Ok(day) => Ok(day.number() * DAY + if upper { DAY - 1 } else { 0 }),
                Err(_) => text.parse::<Timestamp>().map(Timestamp::micros),
            },
            FieldKind::Integer => text
                .parse::<i64>()
                .map_err(|_| Invalid::new("invalid_number", format!("`{}` is no whole number.", clip(text)))),
            FieldKind::Percent => match text.parse::<f64>() {
                Ok(share) if (0.0..=100.0).contains(&share) => Ok(thousandths(share)),
                _ => Err(Invalid::new(
                    "invalid_number",
                    format!("`{}` is no share from 0 to 100.", clip(text)),
                )),
            },
            _ => Err(Invalid::new("invalid_value", "Cannot be compared with numbers.")),
        }
    }
}

/// A share of a hundred in thousandths.
#[allow(clippy::cast_possible_truncation, reason = "a share is between 0 and 100")]
pub(super) fn thousandths(share: f64) -> i64 {
    (share * 1000.0).round() as i64
}

fn clip(text: &str) -> String {
    text.chars().take(60).collect()
}

/// A field with the way to read it.
#[derive(Debug, Clone)]
pub struct FieldSpec<T> {
    /// The field.
    pub field: Field,
    /// Reads its values.
    pub extract: Extract<T>,
    /// Where its values stand, if that is in records about this one.
    pub across: Option<Across>,
}

/// A field of the records about a record. Filters on several such fields of one noun ask for one record that satisfies them
/// all; `.not` and `.exists=false` ask for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Across {
    /// Noun of those records.
    pub noun: &'static str,
    /// Index of the field there.
    pub field: usize,
}

impl<T> FieldSpec<T> {
    pub(super) fn new(
        name: &'static str,
        de: &'static str,
        en: &'static str,
        kind: FieldKind,
        extract: Extract<T>,
    ) -> Self {
        let field = Field {
            name,
            label: Label { de, en },
            kind,
            many: false,
            facet: false,
            sort: false,
        };
        Self {
            field,
            extract,
            across: None,
        }
    }

    /// A field of the records about this one, under the plural of their noun. Panics in no case: a name that is no field
    /// gives a field that nothing is found by, and a test tells.
    pub(super) fn across<R: Queryable>(name: &'static str, of: &str) -> Self {
        let index = R::field(of);
        let known = index.and_then(|index| R::fields().get(index));
        let mut spec = Self::new(
            name,
            "",
            "",
            known.map_or(FieldKind::Text, |spec| spec.field.kind),
            |_, _| {},
        );
        if let (Some(field), Some(known)) = (index, known) {
            spec.field.label = known.field.label;
            spec.field.facet = known.field.facet;
            spec.across = Some(Across { noun: R::NOUN, field });
        }
        spec.many()
    }

    /// A field with the values of a code list; every such field can be counted by.
    pub(super) fn code<C: CodeList>(name: &'static str, extract: Extract<T>) -> Self {
        let kind = FieldKind::Code {
            vocabulary: C::NAME,
            codes: || C::ALL.iter().map(|c| (c.code(), c.label())).collect(),
            parse: |text| C::accept(text).map(CodeList::code),
        };
        Self::new(name, C::TITLE.de, C::TITLE.en, kind, extract).facet()
    }

    pub(super) fn named(mut self, de: &'static str, en: &'static str) -> Self {
        self.field.label = Label { de, en };
        self
    }

    pub(super) fn many(mut self) -> Self {
        self.field.many = true;
        self
    }

    pub(super) fn facet(mut self) -> Self {
        self.field.facet = true;
        self
    }

    pub(super) fn sort(mut self) -> Self {
        self.field.sort = true;
        self
    }
}

/// A kind of document that can be queried.
pub trait Queryable: Document {
    /// All fields that queries can speak of. A field's index is its place in the list.
    fn fields() -> &'static [FieldSpec<Self>];

    /// The names of the top-level members of a record, for `fields`.
    fn members() -> &'static [&'static str];

    /// The names of members, at any depth, whose value is a text per language.
    fn localized() -> &'static [&'static str];

    /// The fields that lists are sorted by where the client names none and there is no text: those of the title, else.
    fn order() -> &'static [&'static str] {
        &["title"]
    }

    /// Plurals of the nouns whose records can be answered with a record.
    fn includes() -> &'static [&'static str] {
        &[]
    }

    /// Pairs of fields with few values that are often asked of one record together, so that the view keeps what has both.
    fn together() -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The texts to search in, each with the weight of its place.
    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)>;

    /// The index of a field.
    fn field(name: &str) -> Option<usize> {
        Self::fields().iter().position(|f| f.field.name == name)
    }
}

/// The record itself.
pub(super) fn id<T: Document>() -> FieldSpec<T> {
    FieldSpec::new("id", "Kennung", "Identifier", FieldKind::Identity, |_, _| {})
}

/// The record itself, by its slug.
pub(super) fn slug<T: Document>() -> FieldSpec<T> {
    FieldSpec::new("slug", "Kurzname", "Slug", FieldKind::Identity, |s, out| {
        out(Datum::Key(s.record.slug.as_str()));
    })
    .sort()
}

/// The title that lists sort by.
pub(super) fn title<T: Document>(de: &'static str, en: &'static str) -> FieldSpec<T> {
    FieldSpec::new("title", de, en, FieldKind::Text, |s: Subject<'_, T>, out| {
        out(Datum::Key(s.record.value.title()));
    })
    .sort()
}

/// Whether the day until which a record counts is past. What names no such day is not past it.
pub(super) fn lapsed<T: Document>(de: &'static str, en: &'static str) -> FieldSpec<T> {
    FieldSpec::new(T::LAPSED, de, en, FieldKind::Flag, |s: Subject<'_, T>, out| {
        let is_past = s.record.value.lapses_on().is_some_and(|day| day < s.directory.today());
        out(Datum::Key(if is_past { "true" } else { "false" }));
    })
    .facet()
    .sort()
}

/// The usual order of a noun's lists: one text to sort by, so that a page costs what it holds.
pub(super) fn usual<T: Document>(extract: Extract<T>) -> FieldSpec<T> {
    FieldSpec::new("usual", "Übliche Reihenfolge", "Usual order", FieldKind::Text, extract).sort()
}

/// A field that names an organisation; lists can be counted and sorted by it.
pub(super) fn organisation<T: Document>(
    name: &'static str,
    de: &'static str,
    en: &'static str,
    extract: Extract<T>,
) -> FieldSpec<T> {
    FieldSpec::new(name, de, en, FieldKind::Organisation, extract)
        .facet()
        .sort()
}

/// The component that a record is about.
pub(super) fn component<T: Related>() -> FieldSpec<T> {
    FieldSpec::new(
        "component",
        "Komponente",
        "Component",
        FieldKind::Component,
        |s: Subject<'_, T>, out| {
            out(Datum::Key(s.record.value.component().as_str()));
        },
    )
    .facet()
    .sort()
}

/// Who sees the record.
pub(super) fn visibility<T: Document>() -> FieldSpec<T> {
    FieldSpec::code::<Visibility>("visibility", |s, out| {
        out(Datum::Key(s.record.value.visibility().code()));
    })
}

/// A day.
pub(super) fn day<T: Document>(
    name: &'static str,
    de: &'static str,
    en: &'static str,
    extract: Extract<T>,
) -> FieldSpec<T> {
    FieldSpec::new(name, de, en, FieldKind::Day, extract).sort()
}

/// When the record was created, and when it was last changed.
pub(super) fn times<T: Document>() -> [FieldSpec<T>; 2] {
    [
        FieldSpec::new("createdAt", "Angelegt am", "Created at", FieldKind::Moment, |s, out| {
            out(Datum::Number(s.record.created_at.micros()));
        })
        .sort(),
        FieldSpec::new(
            "updatedAt",
            "Geändert am",
            "Updated at",
            FieldKind::Moment,
            |s, out| {
                out(Datum::Number(s.record.updated_at.micros()));
            },
        )
        .sort(),
    ]
}

/// The state of publication; without a token everything is `published`.
pub(super) fn publication<T: Document>() -> FieldSpec<T> {
    FieldSpec::code::<Publication>("publication", |s, out| out(Datum::Key(s.record.publication.code())))
}

/// Where a text stands in a record; decides how much a hit weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "named after the members of a component")]
pub enum TextPlace {
    Title,
    Alias,
    Tag,
    Summary,
    Description,
    Other,
}

/// Top-level members of a record of `T`, as its schema names them.
pub(super) fn members<T: Document + utoipa::ToSchema>() -> Vec<&'static str> {
    let mut members = vec![
        "id",
        "slug",
        "revision",
        "publication",
        "publishedAt",
        "createdAt",
        "updatedAt",
    ];
    members.extend((!T::LAPSED.is_empty()).then_some(T::LAPSED));
    members.extend(properties(&T::schema()).into_iter().map(|(name, _)| name));
    members
}

/// Members at any depth whose schema is that of a [`crate::values::Localized`].
pub(super) fn localized<T: Document + utoipa::ToSchema>() -> Vec<&'static str> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    let all = schemas.iter().flat_map(|(_, schema)| properties(schema));
    let mut names: Vec<&str> = all
        .filter(|(_, schema)| schema.contains("schemas/Localized"))
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Names and schemas of an object's properties.
fn properties(schema: &utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>) -> Vec<(&'static str, String)> {
    let json = serde_json::to_value(schema).unwrap_or_default();
    let properties = json
        .get("properties")
        .and_then(|p| p.as_object())
        .cloned()
        .unwrap_or_default();
    // Called once per resource; the names live as long as the program.
    properties
        .into_iter()
        .map(|(name, schema)| (&*name.leak(), schema.to_string()))
        .collect()
}
