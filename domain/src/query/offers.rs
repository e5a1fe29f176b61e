//! What queries can speak of in offers.

use std::sync::LazyLock;

use super::field::{self, Datum, FieldKind, FieldSpec, Queryable, TextPlace};
use crate::code_list::CodeList;
use crate::component::{LegalBasisType, Level};
use crate::offer::{CostModel, Offer};
use crate::stored::Stored;
use crate::values::{Localized, State};

type Spec = FieldSpec<Offer>;

static FIELDS: LazyLock<Vec<Spec>> = LazyLock::new(|| {
    let [created_at, updated_at] = field::times();
    vec![
        field::id(),
        field::component(),
        field::usual(|s, out| {
            let value = &s.record.value;
            out(Datum::Key(&format!("{} {}", value.component, value.key)));
        }),
        Spec::new("key", "Kurzname", "Key", super::components::CATALOGUE_KEY, |s, out| {
            out(Datum::Key(s.record.value.key.as_str()));
        })
        .sort(),
        field::title("Titel", "Title"),
        field::organisation("provider", "Anbieter", "Provider", |s, out| {
            out(Datum::Key(s.record.value.provider.as_str()));
        }),
        Spec::code::<LegalBasisType>("contract", |s, out| {
            if let Some(basis) = s.record.value.contract.as_ref().and_then(|contract| contract.basis) {
                out(Datum::Key(basis.code()));
            }
        }),
        Spec::new(
            "seller",
            "Vertragspartner",
            "Seller",
            FieldKind::Organisation,
            |s, out| {
                if let Some(seller) = s
                    .record
                    .value
                    .contract
                    .as_ref()
                    .and_then(|contract| contract.seller.as_ref())
                {
                    out(Datum::Key(seller.as_str()));
                }
            },
        )
        .facet(),
        Spec::code::<Level>("level", |s, out| {
            for level in s.record.value.open_to.iter().flat_map(|open| open.levels.iter()) {
                out(Datum::Key(level.code()));
            }
        })
        .many(),
        Spec::code::<State>("state", |s, out| {
            for state in s.record.value.open_to.iter().flat_map(|open| open.states.iter()) {
                out(Datum::Key(state.code()));
            }
        })
        .named("Offen für Stellen aus", "Open to bodies of")
        .many(),
        Spec::new(
            "membersOf",
            "Offen für Mitglieder von",
            "Open to members of",
            FieldKind::Organisation,
            |s, out| {
                for slug in s.record.value.open_to.iter().flat_map(|open| open.members_of.iter()) {
                    out(Datum::Key(slug.as_str()));
                }
            },
        )
        .many()
        .facet(),
        Spec::code::<CostModel>("cost", |s, out| {
            if let Some(cost) = &s.record.value.cost {
                out(Datum::Key(cost.model.code()));
            }
        }),
        field::day("cost.asOf", "Kosten Stand", "Cost as of", |s, out| {
            if let Some(day) = s.record.value.cost.as_ref().and_then(|cost| cost.as_of) {
                out(Datum::Number(day.number()));
            }
        }),
        field::day("validFrom", "Bestellbar ab", "Can be ordered from", |s, out| {
            if let Some(day) = s.record.value.valid_from {
                out(Datum::Number(day.number()));
            }
        }),
        field::day("validUntil", "Bestellbar bis", "Can be ordered until", |s, out| {
            if let Some(day) = s.record.value.valid_until {
                out(Datum::Number(day.number()));
            }
        }),
        field::lapsed("Abgelaufen", "Expired"),
        field::visibility(),
        field::publication(),
        created_at,
        updated_at,
    ]
});

impl Queryable for Offer {
    fn fields() -> &'static [FieldSpec<Self>] {
        &FIELDS
    }

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(field::members::<Offer>);
        &MEMBERS
    }

    fn localized() -> &'static [&'static str] {
        static LOCALIZED: LazyLock<Vec<&'static str>> = LazyLock::new(field::localized::<Offer>);
        &LOCALIZED
    }

    fn order() -> &'static [&'static str] {
        &["usual"]
    }

    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)> {
        let value = &record.value;
        let plans = value.plan.iter().flat_map(Localized::iter);
        let notes = [
            value.open_to.as_ref().and_then(|open| open.note.as_ref()),
            value.cost.as_ref().and_then(|cost| cost.note.as_ref()),
            value.ordering.as_ref().and_then(|ordering| ordering.note.as_ref()),
        ];
        let notes = notes.into_iter().flatten().flat_map(Localized::iter);
        plans
            .map(|(_, t)| (TextPlace::Title, t.as_str()))
            .chain(notes.map(|(_, t)| (TextPlace::Description, t.as_str())))
            .collect()
    }
}
