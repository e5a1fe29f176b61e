//! How an item of a list is looked up in a component and its attestations.

use serde::Serialize;
use serde_json::Value;
use serde_with::skip_serializing_none;

use super::{DossierItem, DossierSection, DossierStatus};
use crate::attestation::{Attestation, AttestationScheme};
use crate::code_list::Label;
use crate::component::Component;
use crate::statement::Citation;
use crate::values::Day;

/// Values of one item at the most.
const MAX_VALUES: usize = 600;

/// The value of an attestation that says that an item need not be filled.
const NOT_APPLICABLE: &str = "not_applicable";

/// Pointer to what only an attestation can fill.
const ATTESTATIONS: &str = "/attestations";

/// One line of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    reference: &'static str,
    label: Label,
    /// Pointers to values that all have to be there.
    required: &'static [&'static str],
    /// Pointers to values that are told where they are there.
    also: &'static [&'static str],
    /// Attestations of these schemes fill it.
    schemes: &'static [AttestationScheme],
    /// Where the values are no plain fields.
    take: Option<fn(&Component) -> Vec<Value>>,
    /// Where the values of an assessment say when it was made.
    dated: Option<&'static str>,
    /// Where it is filled, if no field is required.
    at: &'static str,
    applies: Option<fn(&Component) -> bool>,
    source: Option<(&'static str, Option<&'static str>)>,
    is_optional: bool,
}

/// A row by the fields of the component that fill it; all of them are needed.
pub(super) const fn row(
    reference: &'static str,
    de: &'static str,
    en: &'static str,
    required: &'static [&'static str],
) -> Row {
    Row {
        reference,
        label: Label { de, en },
        required,
        also: &[],
        schemes: &[],
        take: None,
        dated: None,
        at: ATTESTATIONS,
        applies: None,
        source: None,
        is_optional: false,
    }
}

impl Row {
    pub(super) const fn also(mut self, also: &'static [&'static str]) -> Self {
        self.also = also;
        self
    }

    pub(super) const fn attested(mut self, schemes: &'static [AttestationScheme]) -> Self {
        self.schemes = schemes;
        self
    }

    pub(super) const fn taking(mut self, take: fn(&Component) -> Vec<Value>) -> Self {
        self.take = Some(take);
        self
    }

    pub(super) const fn at(mut self, pointer: &'static str) -> Self {
        self.at = pointer;
        self
    }

    pub(super) const fn dated(mut self, pointer: &'static str) -> Self {
        self.dated = Some(pointer);
        self
    }

    pub(super) const fn when(mut self, applies: fn(&Component) -> bool) -> Self {
        self.applies = Some(applies);
        self
    }

    pub(super) const fn source(mut self, title: &'static str, url: Option<&'static str>) -> Self {
        self.source = Some((title, url));
        self
    }

    pub(super) const fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }
}

/// Rows under a heading.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) title: Label,
    pub(super) source: Citation,
    pub(super) rows: &'static [Row],
}

/// A section.
pub(super) const fn section(de: &'static str, en: &'static str, source: Citation, rows: &'static [Row]) -> Section {
    Section {
        title: Label { de, en },
        source,
        rows,
    }
}

/// A component with what was attested of it.
pub(super) struct File<'a> {
    pub(super) component: &'a Component,
    /// The component as readers see it.
    pub(super) json: Value,
    pub(super) attestations: Vec<&'a Attestation>,
    pub(super) list: &'a [Section],
    pub(super) today: Day,
}

/// An attestation as the value of an item.
#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attested<'a> {
    attestation: &'a str,
    scheme: AttestationScheme,
    scheme_version: Option<&'a str>,
    criterion: Option<&'a str>,
    value: Option<&'a str>,
    summary: Option<&'a crate::component::Note>,
    issuer: Option<&'a str>,
    document: Option<&'a str>,
    valid_from: Option<Day>,
    valid_until: Option<Day>,
    expired: bool,
}

impl File<'_> {
    pub(super) fn section(&self, section: &Section) -> DossierSection {
        DossierSection {
            title: section.title,
            source: section.source.clone(),
            items: section.rows.iter().map(|row| self.item(row)).collect(),
        }
    }

    fn item(&self, row: &Row) -> DossierItem {
        let gap = row
            .required
            .iter()
            .find(|pointer| self.values(pointer).is_empty())
            .copied();
        let fields = row
            .required
            .iter()
            .chain(row.also)
            .flat_map(|pointer| self.values(pointer));
        let mut values: Vec<Value> = fields.collect();
        let taken = row.take.map(|take| take(self.component)).unwrap_or_default();
        let attested: Vec<&Attestation> = self
            .attestations
            .iter()
            .copied()
            .filter(|a| self.fills(row, a))
            .collect();
        let current: Vec<&&Attestation> = attested.iter().filter(|a| self.holds(a)).collect();
        let is_waived = current.iter().any(|a| is_waiver(row, a));
        let is_there = !taken.is_empty()
            || gap.is_none() && !row.required.is_empty()
            || current.iter().any(|a| !is_waiver(row, a));
        values.extend(taken);
        values.extend(attested.iter().map(|a| self.attested(a)));
        values.truncate(MAX_VALUES);
        let is_due = row.applies.is_none_or(|applies| applies(self.component));
        let status = if is_there {
            DossierStatus::Present
        } else if is_waived || !is_due || row.is_optional && values.is_empty() {
            DossierStatus::NotApplicable
        } else {
            DossierStatus::Missing
        };
        let attested_on = current.iter().filter_map(|a| a.valid_from).max();
        let made_on = row
            .dated
            .and_then(|pointer| self.json.pointer(pointer)?.as_str()?.parse().ok());
        DossierItem {
            reference: row.reference,
            label: row.label,
            status,
            pointer: gap.or(row.required.first().copied()).unwrap_or(row.at),
            source: row.source.map(|(title, url)| Citation {
                title: title.into(),
                url: url.map(Into::into),
            }),
            as_of: attested_on
                .or(made_on)
                .or(self.component.verified_on)
                .filter(|_| is_there),
            expired: attested.iter().any(|a| self.has_expired(a)),
            values,
        }
    }

    /// What stands at a place of the component; the members of a list one by one.
    fn values(&self, pointer: &str) -> Vec<Value> {
        match self.json.pointer(pointer) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(all)) => all.clone(),
            Some(one) => vec![one.clone()],
        }
    }

    /// By its criterion, where that names an item; else by its scheme.
    fn fills(&self, row: &Row, attestation: &Attestation) -> bool {
        let mut rows = self.list.iter().flat_map(|section| section.rows);
        match attestation.criterion.as_deref() {
            Some(criterion) if rows.any(|row| row.reference == criterion) => criterion == row.reference,
            _ => row.schemes.contains(&attestation.scheme),
        }
    }

    fn has_expired(&self, attestation: &Attestation) -> bool {
        attestation.valid_until.is_some_and(|day| day < self.today)
    }

    fn holds(&self, attestation: &Attestation) -> bool {
        !self.has_expired(attestation) && attestation.valid_from.is_none_or(|day| day <= self.today)
    }

    fn attested(&self, a: &Attestation) -> Value {
        let attested = Attested {
            attestation: a.key.as_str(),
            scheme: a.scheme,
            scheme_version: a.scheme_version.as_deref(),
            criterion: a.criterion.as_deref(),
            value: a.value.as_deref(),
            summary: a.summary.as_ref(),
            issuer: a.issuer.as_deref(),
            document: a.document.as_ref().map(|d| d.url.as_str()),
            valid_from: a.valid_from,
            valid_until: a.valid_until,
            expired: self.has_expired(a),
        };
        serde_json::to_value(attested).unwrap_or_default()
    }
}

/// Only who names the item can say that it need not be filled.
fn is_waiver(row: &Row, attestation: &Attestation) -> bool {
    attestation.criterion.as_deref() == Some(row.reference) && attestation.value.as_deref() == Some(NOT_APPLICABLE)
}
