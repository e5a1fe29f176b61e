//! What a body needs, as it is sent.

use domain::component::Component;
use domain::fault::{Faults, push_token};
use domain::limits;
use domain::query::{self, Given, Query};
use search::answers::{Need, NeedLevel};
use serde_json::Value;

use crate::records::as_members;

/// A body of needs, read.
#[derive(Debug)]
pub struct MatchBody {
    /// Free text as a query of its own.
    pub text: Option<Query>,
    /// The needs, in the order of `must`, `should`, `may`.
    pub needs: Vec<Need>,
    /// Slug or id of the asking body.
    pub organisation: Option<String>,
    /// Candidates at the most.
    pub limit: usize,
}

/// Needs of one question at the most.
const NEEDS: usize = 60;
const LIMIT: usize = 10;
/// Candidates of one answer at the most.
pub(crate) const CANDIDATES: usize = 50;
/// Parameters of lists that are no need.
const NO_NEEDS: [&str; 8] = ["q", "sort", "facets", "limit", "cursor", "fields", "lang", "include"];

/// Reads a body of needs.
///
/// # Errors
/// Everything that is wrong with it.
pub fn needs(body: Value) -> Result<MatchBody, Faults> {
    let mut faults = Faults::new();
    let Value::Object(members) = body else {
        faults.add(
            "",
            "wrong_type",
            "Give an object with `text`, `must`, `should`, `may`, `organisation` or `limit`.",
        );
        return Err(faults);
    };
    let mut read = MatchBody {
        text: None,
        needs: Vec::new(),
        organisation: None,
        limit: LIMIT,
    };
    let known = ["text", "must", "should", "may", "organisation", "limit"];
    for (name, value) in &members {
        let mut at = String::new();
        push_token(&mut at, name);
        match (name.as_str(), value) {
            ("text", Value::String(text)) => match query::parse::<Component>(&[Given::from_url("q", text)]) {
                Ok(query) => read.text = Some(query),
                Err(wrong) => faults.extend(moved(wrong, &at)),
            },
            ("organisation", Value::String(key)) => read.organisation = Some(key.clone()),
            ("limit", Value::Number(number)) => match number.as_u64().and_then(|n| usize::try_from(n).ok()) {
                Some(limit) if (1..=CANDIDATES).contains(&limit) => read.limit = limit,
                _ => faults.add(
                    at,
                    "out_of_range",
                    format!("Give a whole number from 1 to {CANDIDATES}."),
                ),
            },
            ("must" | "should" | "may", Value::Object(_)) => {}
            ("must" | "should" | "may", _) => {
                let detail = "Give an object whose members are filters of `GET /v1/components`.";
                faults.add(at, "wrong_type", detail);
            }
            ("text" | "organisation", _) => faults.add(at, "wrong_type", "Give a string."),
            ("limit", _) => faults.add(at, "wrong_type", "Give a whole number."),
            _ => faults.add(at, "unknown_field", domain::fault::unknown("field", name, &known)),
        }
    }
    for (name, level) in [
        ("must", NeedLevel::Must),
        ("should", NeedLevel::Should),
        ("may", NeedLevel::May),
    ] {
        if let Some(value @ Value::Object(_)) = members.get(name) {
            match needs_of(level, value.clone()) {
                Ok(needs) => read.needs.extend(needs),
                Err(wrong) => faults.extend(below(wrong, name)),
            }
        }
    }
    if read.needs.len() > NEEDS {
        faults.add(
            "",
            "too_many",
            format!("Names {} needs; at most {NEEDS} are weighed at once.", read.needs.len()),
        );
    }
    if read.text.is_none() && read.needs.is_empty() && faults.is_empty() {
        faults.add(
            "",
            "required",
            "Say what is needed: a `text`, or filters under `must`, `should` or `may`.",
        );
    }
    faults.or_ok(read)
}

fn needs_of(level: NeedLevel, value: Value) -> Result<Vec<Need>, Faults> {
    let (given, mut faults) = crate::records::given(value);
    let mut needs = Vec::new();
    let mut asked = Vec::new();
    for one in given {
        if NO_NEEDS.contains(&one.name.as_str()) {
            let mut at = String::new();
            push_token(&mut at, &one.name);
            faults.add(at, "not_possible", "Is no filter; only filters are needs.");
        } else {
            asked.push(one);
        }
    }
    // What contradicts itself is found in all of them together; which parameter a filter comes from, in each alone.
    if let Err(wrong) = query::parse::<Component>(&asked) {
        faults.extend(as_members(wrong));
    }
    for one in &asked {
        let filters = query::parse::<Component>(std::slice::from_ref(one)).map(|query| query.filters);
        needs.extend(filters.into_iter().flatten().map(|filter| Need {
            level,
            parameter: one.name.as_str().into(),
            filter,
        }));
    }
    faults.or_ok(needs)
}

/// Faults at one place.
fn moved(faults: Faults, at: &str) -> Faults {
    let mut all = Faults::new();
    for mut fault in faults {
        at.clone_into(&mut fault.pointer);
        all.push(fault);
    }
    all
}

/// Faults below a member.
fn below(faults: Faults, name: &str) -> Faults {
    let mut all = Faults::new();
    for mut fault in faults {
        fault.pointer = format!("/{name}{}", fault.pointer);
        all.push(fault);
    }
    all
}

const _: () = assert!(NEEDS <= limits::FILTERS);
