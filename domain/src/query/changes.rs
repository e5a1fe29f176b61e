//! What queries can speak of in proposed changes.

use std::sync::LazyLock;

use super::field::{self, Datum, FieldKind, FieldSpec, Queryable, TextPlace};
use crate::change::{Change, ChangeNoun, ChangeOperation, ChangeState};
use crate::code_list::CodeList;
use crate::id::Id;
use crate::stored::Stored;

type Spec = FieldSpec<Change>;

const RECORD: FieldKind = FieldKind::Keyword {
    parse: |text| text.parse::<Id>().map(|id| id.to_string()),
    example: "01980c2e-7a00-7000-8000-000000000001",
};

static FIELDS: LazyLock<Vec<FieldSpec<Change>>> = LazyLock::new(|| {
    let [created_at, updated_at] = field::times();
    vec![
        field::id(),
        field::title("Titel", "Title"),
        created_at,
        updated_at,
        Spec::code::<ChangeState>("state", |s, out| out(Datum::Key(s.record.value.state.code()))).sort(),
        Spec::code::<ChangeNoun>("noun", |s, out| out(Datum::Key(s.record.value.noun.code()))),
        Spec::code::<ChangeOperation>("operation", |s, out| out(Datum::Key(s.record.value.operation.code()))),
        Spec::new(
            "subject",
            "Eintrag",
            "Record that it is about, by id",
            RECORD,
            |s, out| {
                if let Some(id) = &s.record.value.subject {
                    out(Datum::Key(&id.to_string()));
                }
            },
        ),
        Spec::new(
            "owner",
            "Organisation, der der Eintrag gehört",
            "Organisation that owns the record",
            FieldKind::Organisation,
            |s, out| out(Datum::Key(s.record.value.owner.as_str())),
        )
        .facet(),
        Spec::new(
            "organisation",
            "Vorschlagende Organisation",
            "Organisation that proposes it",
            FieldKind::Organisation,
            |s, out| {
                if let Some(slug) = &s.record.value.organisation {
                    out(Datum::Key(slug.as_str()));
                }
            },
        )
        .facet(),
    ]
});

impl Queryable for Change {
    fn fields() -> &'static [FieldSpec<Self>] {
        &FIELDS
    }

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(field::members::<Change>);
        &MEMBERS
    }

    fn localized() -> &'static [&'static str] {
        static LOCALIZED: LazyLock<Vec<&'static str>> = LazyLock::new(field::localized::<Change>);
        &LOCALIZED
    }

    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)> {
        let value = &record.value;
        let titles = value.title.iter().map(|(_, t)| (TextPlace::Title, t.as_str()));
        let note = value.note.iter().map(|t| (TextPlace::Description, t.as_str()));
        titles.chain(note).collect()
    }
}
