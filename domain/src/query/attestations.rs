//! What queries can speak of in attestations.

use std::sync::LazyLock;

use super::field::{self, Datum, FieldKind, FieldSpec, Queryable, TextPlace};
use crate::attestation::{Attestation, AttestationScheme};
use crate::code_list::CodeList;
use crate::stored::Stored;
use crate::values::{Localized, Slug};

type Spec = FieldSpec<Attestation>;

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
        Spec::code::<AttestationScheme>("scheme", |s, out| out(Datum::Key(s.record.value.scheme.code()))).sort(),
        Spec::new(
            "criterion",
            "Kriterium",
            "Criterion",
            super::components::words("Exit-Strategie"),
            |s, out| {
                if let Some(criterion) = &s.record.value.criterion {
                    out(Datum::Key(criterion.as_str()));
                }
            },
        )
        .facet(),
        Spec::new(
            "value",
            "Ergebnis",
            "Value",
            super::components::words("erfüllt"),
            |s, out| {
                if let Some(value) = &s.record.value.value {
                    out(Datum::Key(value.as_str()));
                }
            },
        )
        .facet(),
        Spec::new(
            "issuer",
            "Aussteller",
            "Issuer",
            super::components::words("BSI"),
            |s, out| {
                if let Some(issuer) = &s.record.value.issuer {
                    out(Datum::Key(issuer.as_str()));
                }
            },
        )
        .facet(),
        field::day("validFrom", "Gültig ab", "Valid from", |s, out| {
            if let Some(day) = s.record.value.valid_from {
                out(Datum::Number(day.number()));
            }
        }),
        field::day("validUntil", "Gültig bis", "Valid until", |s, out| {
            if let Some(day) = s.record.value.valid_until {
                out(Datum::Number(day.number()));
            }
        }),
        field::lapsed("Abgelaufen", "Expired"),
        Spec::new(
            "document",
            "Mit Dokument",
            "With a document",
            FieldKind::Flag,
            |s, out| {
                out(Datum::Key(if s.record.value.document.is_some() {
                    "true"
                } else {
                    "false"
                }));
            },
        )
        .facet(),
        field::organisation("recordedBy", "Eingetragen von", "Recorded by", |s, out| {
            if let Some(slug) = &s.record.value.recorded_by {
                out(Datum::Key(Slug::as_str(slug)));
            }
        }),
        field::visibility(),
        field::publication(),
        created_at,
        updated_at,
    ]
});

impl Queryable for Attestation {
    fn fields() -> &'static [FieldSpec<Self>] {
        &FIELDS
    }

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(field::members::<Attestation>);
        &MEMBERS
    }

    fn localized() -> &'static [&'static str] {
        static LOCALIZED: LazyLock<Vec<&'static str>> = LazyLock::new(field::localized::<Attestation>);
        &LOCALIZED
    }

    fn order() -> &'static [&'static str] {
        &["usual"]
    }

    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)> {
        let value = &record.value;
        let lines = value.criterion.iter().map(|t| (TextPlace::Title, t.as_str()));
        let issuers = value.issuer.iter().map(|t| (TextPlace::Other, t.as_str()));
        let notes = value.scope.iter().chain(&value.summary).flat_map(Localized::iter);
        lines
            .chain(issuers)
            .chain(notes.map(|(_, t)| (TextPlace::Description, t.as_str())))
            .collect()
    }
}
