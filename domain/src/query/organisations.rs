//! What queries can speak of in organisations.

use std::sync::LazyLock;

use super::field::{self, Datum, FieldKind, FieldSpec, Queryable, TextPlace};
use crate::code_list::CodeList;
use crate::organisation::{Organisation, OrganisationKind, ReviewPolicy};
use crate::stored::Stored;
use crate::values::{RegionKey, State};

type Spec = FieldSpec<Organisation>;

const REGION_KEY: FieldKind = FieldKind::Keyword {
    parse: |s| s.parse::<RegionKey>().map(|k| k.to_string()),
    example: "13073",
};

static FIELDS: LazyLock<Vec<FieldSpec<Organisation>>> = LazyLock::new(|| {
    let [created_at, updated_at] = field::times();
    vec![
        field::id(),
        field::slug(),
        field::title("Name", "Name"),
        created_at,
        updated_at,
        Spec::code::<OrganisationKind>("kind", |s, out| out(Datum::Key(s.record.value.kind.code()))).sort(),
        Spec::code::<State>("states", |s, out| {
            for state in &s.record.value.states {
                out(Datum::Key(state.code()));
            }
        })
        .many(),
        Spec::new(
            "regionKey",
            "Regionalschlüssel",
            "Regional key",
            REGION_KEY,
            |s, out| {
                if let Some(key) = &s.record.value.region_key {
                    out(Datum::Key(key.as_str()));
                }
            },
        ),
        Spec::new(
            "parent",
            "Übergeordnete Organisation",
            "Parent organisation",
            FieldKind::Organisation,
            |s, out| {
                if let Some(parent) = &s.record.value.parent {
                    out(Datum::Key(parent.as_str()));
                }
            },
        )
        .facet(),
        Spec::new(
            "delegates",
            "Mitpflegende Organisation",
            "Organisation that may keep its entries",
            FieldKind::Organisation,
            |s, out| {
                for slug in &s.record.value.delegates {
                    out(Datum::Key(slug.as_str()));
                }
            },
        )
        .many(),
        Spec::new(
            "carriers",
            "Träger oder Mitglied",
            "Carrier or member",
            FieldKind::Organisation,
            |s, out| {
                for slug in &s.record.value.carriers {
                    out(Datum::Key(slug.as_str()));
                }
            },
        )
        .many()
        .facet(),
        Spec::code::<ReviewPolicy>("review", |s, out| {
            if let Some(review) = s.record.value.review {
                out(Datum::Key(review.code()));
            }
        }),
        field::publication(),
    ]
});

impl Queryable for Organisation {
    fn fields() -> &'static [FieldSpec<Self>] {
        &FIELDS
    }

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(field::members::<Organisation>);
        &MEMBERS
    }

    fn localized() -> &'static [&'static str] {
        static LOCALIZED: LazyLock<Vec<&'static str>> = LazyLock::new(field::localized::<Organisation>);
        &LOCALIZED
    }

    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)> {
        let value = &record.value;
        let mut texts: Vec<(TextPlace, &str)> = Vec::with_capacity(8);
        texts.extend(value.title.iter().map(|(_, t)| (TextPlace::Title, t.as_str())));
        texts.extend(value.aliases.iter().map(|t| (TextPlace::Alias, t.as_str())));
        texts.extend(
            value
                .description
                .iter()
                .flat_map(crate::values::Localized::iter)
                .map(|(_, t)| (TextPlace::Description, t.as_str())),
        );
        texts
    }
}
