//! The check: the store in itself, the store against the log, and the view against the store.

use domain::access::Sight;
use domain::adoption::Adoption;
use domain::attestation::Attestation;
use domain::component::Component;
use domain::offer::Offer;
use domain::organisation::Organisation;
use domain::query::{Given, parse};
use domain::relation::Relation;
use domain::store::{Finding, Record, Store, StoreError};
use domain::stored::Document;
use domain::values::Day;
use search::View;

use crate::records::Resource;
use crate::state::{all_records, build};

/// Everything that is wrong with a catalogue; nothing if all is well.
/// On `today`, which decides what is past.
///
/// # Errors
/// If the store does not answer.
pub fn check(store: &dyn Store, today: Day) -> Result<Vec<Finding>, StoreError> {
    let mut findings = store.verify()?;
    let view = build(store, usize::MAX, today)?;
    findings.extend(compare::<Organisation>(&view, &all_records(store, Organisation::NOUN)?));
    findings.extend(compare::<Component>(&view, &all_records(store, Component::NOUN)?));
    findings.extend(compare::<Adoption>(&view, &all_records(store, Adoption::NOUN)?));
    findings.extend(compare::<Offer>(&view, &all_records(store, Offer::NOUN)?));
    findings.extend(compare::<Attestation>(&view, &all_records(store, Attestation::NOUN)?));
    findings.extend(compare::<Relation>(&view, &all_records(store, Relation::NOUN)?));
    Ok(findings)
}

/// Each record as the view answers it, and each count of the view against a plain scan of the records.
fn compare<T: Resource>(view: &View, records: &[Record]) -> Vec<Finding> {
    let table = T::table(view);
    let mut findings = Vec::new();
    for record in records {
        let place = format!("{} {}", T::NOUN, record.id);
        match table.by_id(record.id) {
            None => findings.push(Finding {
                place,
                detail: "The view lacks it: its document cannot be read.".to_owned(),
            }),
            Some(entry) if entry.body.as_ref() != Some(&search::marked_body::<T>(record, entry.has_lapsed)) => {
                findings.push(Finding {
                    place,
                    detail: "The view answers something else than the store keeps.".to_owned(),
                });
            }
            Some(_) => {}
        }
    }
    if table.len() > records.len() {
        let detail = format!("The view has {} records, the store {}.", table.len(), records.len());
        findings.push(Finding {
            place: T::NOUN.to_owned(),
            detail,
        });
    }
    findings.extend(compare_counts::<T>(view, records));
    findings
}

fn compare_counts<T: Resource>(view: &View, records: &[Record]) -> Vec<Finding> {
    use std::collections::BTreeMap;
    let mut expected: BTreeMap<(usize, String), u64> = BTreeMap::new();
    for record in records.iter().filter(|r| r.is_seen(&Sight::Public)) {
        let Ok(stored) = record.read::<T>() else {
            continue;
        };
        let subject = domain::query::Subject {
            record: &stored,
            directory: view.directory(),
        };
        for (index, spec) in T::fields()
            .iter()
            .enumerate()
            .filter(|(_, s)| s.field.facet && s.across.is_none())
        {
            let mut keys = Vec::new();
            (spec.extract)(subject, &mut |datum| {
                if let domain::query::Datum::Key(key) = datum {
                    keys.push(key.to_owned());
                }
            });
            keys.sort();
            keys.dedup();
            for key in keys {
                *expected.entry((index, key)).or_default() += 1;
            }
        }
    }
    let mut findings = Vec::new();
    for (index, spec) in T::fields()
        .iter()
        .enumerate()
        .filter(|(_, s)| s.field.facet && s.across.is_none())
    {
        let name = spec.field.name;
        let given = [Given::from_url("facets", name), Given::from_url("limit", "0")];
        let answer = parse::<T>(&given)
            .ok()
            .and_then(|q| T::table(view).answer(&q, &Sight::Public, view).ok());
        for value in answer.iter().flat_map(|a| &a.facets).flat_map(|f| &f.values) {
            let wanted = expected
                .get(&(index, value.value.to_string()))
                .copied()
                .unwrap_or_default();
            if wanted != value.count {
                let detail = format!("The view counts {} of `{}`, a scan {wanted}.", value.count, value.value);
                findings.push(Finding {
                    place: format!("{} by {name}", T::NOUN),
                    detail,
                });
            }
        }
    }
    findings
}
