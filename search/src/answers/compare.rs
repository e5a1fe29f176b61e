//! Components side by side.

use std::collections::BTreeMap;

use domain::access::Sight;
use domain::attestation::{Attestation, AttestationScheme};
use domain::code_list::{CodeList, Label};
use domain::component::Component;
use domain::id::Id;
use domain::query::{FieldKind, Queryable};
use domain::values::{Day, Slug};
use serde::Serialize;
use utoipa::ToSchema;

use crate::View;

/// A component that is compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComparedComponent {
    /// Identifier.
    pub id: Id,
    /// Human key.
    pub slug: Slug,
    /// Title, in German where there is one.
    #[schema(max_length = 200, example = "openDesk")]
    pub title: Box<str>,
}

/// What each of several components says; none where nothing is known.
pub(super) type Values = Vec<Option<Vec<Box<str>>>>;

/// What the components say of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComparisonRow {
    /// Name of the field in the query language; of an attestation, `attestations.` with its scheme, and its criterion.
    #[schema(max_length = 300, example = "licence")]
    pub field: Box<str>,
    /// What it is, for people.
    pub label: Label,
    /// The criterion of an attestation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "Exit-Strategie")]
    pub criterion: Option<Box<str>>,
    /// The values of each component, in the order asked for; null where nothing is known. Unknown is not "no".
    #[schema(schema_with = values_schema)]
    pub values: Values,
    /// Whether all of them say the same.
    pub same: bool,
}

fn values_schema() -> utoipa::openapi::schema::Schema {
    use utoipa::openapi::schema::{ArrayBuilder, OneOfBuilder, Type};
    let value = utoipa::openapi::ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(500));
    let values = ArrayBuilder::new().items(value).max_items(Some(1000));
    let null = utoipa::openapi::ObjectBuilder::new().schema_type(Type::Null);
    let one = OneOfBuilder::new().item(values).item(null);
    ArrayBuilder::new()
        .items(one)
        .min_items(Some(2))
        .max_items(Some(5))
        .description(Some(
            "The values of each component, in the order asked for; null where nothing is known. Unknown is not \"no\".",
        ))
        .into()
}

/// Components side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Comparison {
    /// The components, in the order asked for.
    #[schema(min_items = 2, max_items = 5)]
    pub components: Vec<ComparedComponent>,
    /// Field by field, then attestation by attestation; what none of them says is left out.
    #[schema(max_items = 2000)]
    pub rows: Vec<ComparisonRow>,
}

/// What says nothing about a component beside another one.
const LEFT_OUT: [&str; 7] = [
    "id",
    "slug",
    "title",
    "revision",
    "publication",
    "createdAt",
    "updatedAt",
];

impl View {
    /// Puts components side by side; `collapse` leaves out what all of them say alike. None where one is not there.
    pub fn compare(&self, components: &[Id], collapse: bool, sight: &Sight) -> Option<Comparison> {
        let slots: Vec<u32> = components
            .iter()
            .map(|id| self.components().slot_of(*id))
            .collect::<Option<_>>()?;
        let compared = slots
            .iter()
            .map(|slot| {
                let entry = self.components().entry(*slot)?;
                Some(ComparedComponent {
                    id: entry.id,
                    slug: entry.slug.clone(),
                    title: entry.title.clone(),
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let mut rows = Vec::new();
        for (index, spec) in Component::fields().iter().enumerate() {
            if LEFT_OUT.contains(&spec.field.name) || spec.across.is_some() {
                continue;
            }
            let values: Values = slots.iter().map(|slot| self.component_values(*slot, index)).collect();
            rows.extend(row(spec.field.name.into(), spec.field.label, values));
        }
        rows.extend(self.attested(components, sight));
        rows.retain(|row| !(collapse && row.same));
        Some(Comparison {
            components: compared,
            rows,
        })
    }

    /// What a component says in a field, as filters take it; none where it says nothing.
    pub(super) fn component_values(&self, slot: u32, field: usize) -> Option<Vec<Box<str>>> {
        let table = self.components();
        let kind = Component::fields().get(field)?.field.kind;
        if let Some(number) = table.number(slot, field) {
            return Some(vec![written(kind, number)]);
        }
        let entry = table.entry(slot)?;
        let mut values: Vec<Box<str>> = table.values(entry, field).map(Into::into).collect();
        values.sort_unstable();
        (!values.is_empty()).then_some(values)
    }

    /// What is attested of components that someone sees, by scheme and criterion.
    fn attested(&self, components: &[Id], sight: &Sight) -> Vec<ComparisonRow> {
        let table = self.attestations();
        let field = Attestation::field;
        let mut rows: BTreeMap<(AttestationScheme, Box<str>), Values> = BTreeMap::new();
        for (place, component) in components.iter().enumerate() {
            let attested = self.about::<Attestation>(*component, sight).into_iter();
            for entry in attested.filter(|entry| super::counts_for(entry, sight)) {
                let one = |name: &str| field(name).and_then(|field| table.values(entry, field).next());
                let Some(scheme) = one("scheme").and_then(AttestationScheme::from_code) else {
                    continue;
                };
                let slot = table.slot_of(entry.id);
                let until = slot
                    .and_then(|slot| table.number(slot, field("validUntil")?))
                    .and_then(Day::from_number);
                let mut said = one("value").unwrap_or("attested").to_owned();
                if let Some(day) = until {
                    said.push_str(" (");
                    said.push_str(if entry.has_lapsed { "expired " } else { "until " });
                    said.push_str(&day.to_string());
                    said.push(')');
                }
                let key = (scheme, one("criterion").unwrap_or_default().into());
                let values = rows.entry(key).or_insert_with(|| vec![None; components.len()]);
                if let Some(cell) = values.get_mut(place) {
                    cell.get_or_insert_default().push(said.into());
                }
            }
        }
        rows.into_iter()
            .filter_map(|((scheme, criterion), values)| {
                let mut name = format!("attestations.{}", scheme.code());
                if !criterion.is_empty() {
                    name = format!("{name}: {criterion}");
                }
                let row = row(name.into(), scheme.label(), values)?;
                Some(ComparisonRow {
                    criterion: (!criterion.is_empty()).then_some(criterion),
                    ..row
                })
            })
            .collect()
    }
}

/// A row; none where nobody says anything.
fn row(field: Box<str>, label: Label, values: Values) -> Option<ComparisonRow> {
    let mut known = values.iter();
    let first = known.next()?;
    let same = known.all(|other| other == first);
    if same && first.is_none() {
        return None;
    }
    Some(ComparisonRow {
        field,
        label,
        criterion: None,
        values,
        same,
    })
}

/// A number as filters take it.
pub(crate) fn written(kind: FieldKind, number: i64) -> Box<str> {
    match kind {
        FieldKind::Day => Day::from_number(number)
            .map(|day| day.to_string())
            .unwrap_or_default()
            .into(),
        FieldKind::Moment => domain::values::Timestamp::from_micros(number).to_string().into(),
        FieldKind::Percent => {
            let (whole, part) = (number / 1000, number % 1000);
            let text = format!("{whole}.{part:03}");
            text.trim_end_matches('0').trim_end_matches('.').into()
        }
        _ => number.to_string().into(),
    }
}
