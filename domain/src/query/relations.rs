//! What queries can speak of in relations.

use std::sync::LazyLock;

use super::field::{self, Datum, Extract, FieldKind, FieldSpec, Queryable, Subject, TextPlace};
use crate::code_list::CodeList;
use crate::relation::{Relation, RelationType};
use crate::stored::Stored;

type Spec = FieldSpec<Relation>;

/// The target, where the relation is of this type.
fn target(s: Subject<'_, Relation>, wanted: RelationType, out: &mut dyn FnMut(Datum<'_>)) {
    let relation = &s.record.value;
    if relation.relation == wanted {
        out(Datum::Key(relation.target.as_str()));
    }
}

fn of_type(name: &'static str, wanted: RelationType, extract: Extract<Relation>) -> Spec {
    let label = wanted.label();
    Spec::new(name, label.de, label.en, FieldKind::Component, extract).facet()
}

static FIELDS: LazyLock<Vec<Spec>> = LazyLock::new(|| {
    let [created_at, updated_at] = field::times();
    vec![
        field::id(),
        field::component(),
        field::usual(|s, out| {
            let value = &s.record.value;
            out(Datum::Key(&format!(
                "{} {} {}",
                value.component,
                value.relation.code(),
                value.target
            )));
        }),
        Spec::code::<RelationType>("type", |s, out| out(Datum::Key(s.record.value.relation.code()))).sort(),
        Spec::new("target", "Ziel", "Target", FieldKind::Component, |s, out| {
            out(Datum::Key(s.record.value.target.as_str()));
        })
        .facet()
        .sort(),
        of_type("dependsOn", RelationType::DependsOn, |s, out| {
            target(s, RelationType::DependsOn, out);
        }),
        of_type("partOf", RelationType::PartOf, |s, out| {
            target(s, RelationType::PartOf, out);
        }),
        of_type("basedOn", RelationType::BasedOn, |s, out| {
            target(s, RelationType::BasedOn, out);
        }),
        of_type("integratesWith", RelationType::IntegratesWith, |s, out| {
            target(s, RelationType::IntegratesWith, out);
        }),
        of_type("alternativeTo", RelationType::AlternativeTo, |s, out| {
            target(s, RelationType::AlternativeTo, out);
        }),
        of_type("replaces", RelationType::Replaces, |s, out| {
            target(s, RelationType::Replaces, out);
        }),
        field::day("since", "Gilt seit", "Holds since", |s, out| {
            if let Some(day) = s.record.value.since {
                out(Datum::Number(day.number()));
            }
        }),
        field::organisation("recordedBy", "Eingetragen von", "Recorded by", |s, out| {
            if let Some(slug) = &s.record.value.recorded_by {
                out(Datum::Key(slug.as_str()));
            }
        }),
        field::publication(),
        created_at,
        updated_at,
    ]
});

impl Queryable for Relation {
    fn fields() -> &'static [FieldSpec<Self>] {
        &FIELDS
    }

    fn members() -> &'static [&'static str] {
        static MEMBERS: LazyLock<Vec<&'static str>> = LazyLock::new(field::members::<Relation>);
        &MEMBERS
    }

    fn localized() -> &'static [&'static str] {
        static LOCALIZED: LazyLock<Vec<&'static str>> = LazyLock::new(field::localized::<Relation>);
        &LOCALIZED
    }

    fn order() -> &'static [&'static str] {
        &["usual"]
    }

    fn texts(record: &Stored<Self>) -> Vec<(TextPlace, &str)> {
        let notes = record.value.note.iter().flat_map(crate::values::Localized::iter);
        notes.map(|(_, t)| (TextPlace::Description, t.as_str())).collect()
    }
}
