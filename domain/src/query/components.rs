//! What queries can speak of in components.

mod details;
mod general;
mod related;
mod reuse;

pub use related::LIVE_STATES;

use std::sync::LazyLock;

use super::field::{Datum, FieldKind, FieldSpec, Queryable, Subject, TextPlace, thousandths};
use crate::code_list::CodeList;
use crate::component::{
    AiActClass, AiRole, Component, DataProtectionRole, Deployment, Details, Kind, LegalBasisType, Level, Lifecycle,
    OzgMaturity, ProtectionNeed, ServiceModel, StateStage, Tenancy, Theme,
};
use crate::fault::Invalid;
use crate::organisation::OrganisationKind;
use crate::stored::Stored;
use crate::values::{Day, Language, LeikaKey, Slug, State};

type Out<'o> = &'o mut dyn FnMut(Datum<'_>);
type Spec = FieldSpec<Component>;

fn keys<'v, I: IntoIterator<Item = &'v V>, V: AsKey + 'v + ?Sized>(values: I, out: Out<'_>) {
    for value in values {
        out(Datum::Key(value.as_key()));
    }
}

/// Values that are their own key in the index.
trait AsKey {
    fn as_key(&self) -> &str;
}

impl AsKey for Slug {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

impl AsKey for LeikaKey {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

impl AsKey for Language {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

impl<const MAX: usize> AsKey for crate::values::Line<MAX> {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

impl AsKey for crate::values::WebUrl {
    fn as_key(&self) -> &str {
        self.as_str()
    }
}

fn codes<'v, I: IntoIterator<Item = &'v C>, C: CodeList>(values: I, out: Out<'_>) {
    for value in values {
        out(Datum::Key(value.code()));
    }
}

fn flag(value: Option<bool>, out: Out<'_>) {
    if let Some(value) = value {
        out(Datum::Key(if value { "true" } else { "false" }));
    }
}

fn day(value: Option<Day>, out: Out<'_>) {
    if let Some(value) = value {
        out(Datum::Number(value.number()));
    }
}

/// Any word of 1 to 200 characters; compared as it stands.
fn word(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(Invalid::new(
            "invalid_value",
            "Give 1 to 200 characters without control characters.",
        ));
    }
    Ok(text.to_owned())
}

pub(super) const fn words(example: &'static str) -> FieldKind {
    FieldKind::Keyword { parse: word, example }
}

const LEIKA: FieldKind = FieldKind::Keyword {
    parse: |s| s.parse::<LeikaKey>().map(|k| k.to_string()),
    example: "99094003140000",
};
const LANGUAGE: FieldKind = FieldKind::Keyword {
    parse: |s| s.parse::<Language>().map(|l| l.to_string()),
    example: "de",
};
/// A name among others of its kind.
pub(super) const CATALOGUE_KEY: FieldKind = FieldKind::Keyword {
    parse: |s| s.parse::<Slug>().map(|l| l.to_string()),
    example: "c5-2025",
};
const CATALOGUE: FieldKind = FieldKind::Keyword {
    parse: |s| s.parse::<Slug>().map(|l| l.to_string()),
    example: "dvc",
};

static FIELDS: LazyLock<Vec<FieldSpec<Component>>> = LazyLock::new(|| {
    [
        general::identity(),
        general::life(),
        general::organisations(),
        general::place(),
        reuse::reuse(),
        reuse::safety(),
        details::operation(),
        details::intelligence(),
        details::online(),
        details::assembly(),
        related::related(),
    ]
    .into_iter()
    .flatten()
    .collect()
});

impl Queryable for Component {
    fn fields() -> &'static [FieldSpec<Self>] {
        &FIELDS
    }

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(super::field::members::<Component>);
        &MEMBERS
    }

    fn localized() -> &'static [&'static str] {
        static LOCALIZED: LazyLock<Vec<&'static str>> = LazyLock::new(super::field::localized::<Component>);
        &LOCALIZED
    }

    fn includes() -> &'static [&'static str] {
        &["relations", "offers", "attestations", "adoptions"]
    }

    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)> {
        let value = &record.value;
        let mut texts: Vec<(TextPlace, &str)> = Vec::with_capacity(16);
        texts.extend(value.title.iter().map(|(_, t)| (TextPlace::Title, t.as_str())));
        texts.extend(value.aliases.iter().map(|t| (TextPlace::Alias, t.as_str())));
        texts.extend(value.tags.iter().map(|t| (TextPlace::Tag, t.as_str())));
        texts.extend(value.summary.iter().map(|(_, t)| (TextPlace::Summary, t.as_str())));
        texts.extend(
            value
                .description
                .iter()
                .flat_map(crate::values::Localized::iter)
                .map(|(_, t)| (TextPlace::Description, t.as_str())),
        );
        texts.extend(value.interfaces.iter().map(|i| (TextPlace::Other, i.name.as_str())));
        texts.extend(
            value
                .interfaces
                .iter()
                .filter_map(|i| i.standard.as_ref())
                .map(|t| (TextPlace::Other, t.as_str())),
        );
        texts
    }
}
