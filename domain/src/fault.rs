//! What is wrong with a document: every fault at once, each with its place, a stable code and the way to mend it.

use std::fmt;
use std::ops::ControlFlow;

use deserr::{DeserializeError, ErrorKind, IntoValue, MergeWithError, ValueKind, ValuePointerRef};
use serde::Serialize;
use utoipa::ToSchema;

/// One fault of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// JSON pointer (RFC 6901) to the faulty value; empty for the document itself.
    #[schema(max_length = 1000, example = "/summary/de")]
    pub pointer: String,
    /// Stable machine-readable code, e.g. `too_long`.
    #[schema(max_length = 60, pattern = "^[a-z][a-z0-9_]*$", example = "too_long")]
    pub code: &'static str,
    /// One sentence: what is wrong and how to mend it.
    #[schema(max_length = 2000, example = "Has 412 characters; shorten it to at most 350.")]
    pub detail: String,
}

/// Why a single value could not be parsed; its place is added by whoever knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Stable machine-readable code.
    pub code: &'static str,
    /// What is wrong and how to mend it.
    pub detail: String,
}

impl Invalid {
    /// A fault without a place.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// The same fault at `pointer`.
    pub fn at(self, pointer: impl Into<String>) -> Fault {
        Fault {
            pointer: pointer.into(),
            code: self.code,
            detail: self.detail,
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Invalid {}

/// All faults of one document, in the order in which they were met. Never empty as an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// No fault yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Adds a fault at `pointer`.
    pub fn add(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.push(Invalid::new(code, detail).at(pointer));
    }

    /// Adds all of another document's faults.
    pub fn extend(&mut self, other: Faults) {
        self.0.extend(other.0);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// `value` if nothing is wrong, else all faults.
    ///
    /// # Errors
    /// The faults, if there are any.
    pub fn or_ok<T>(self, value: T) -> Result<T, Faults> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("; ")?;
            }
            let place = if fault.pointer.is_empty() {
                "document"
            } else {
                &fault.pointer
            };
            write!(f, "{place}: {}", fault.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// JSON pointer of a place that `deserr` names.
pub fn pointer(location: ValuePointerRef<'_>) -> String {
    fn write(location: ValuePointerRef<'_>, out: &mut String) {
        match location {
            ValuePointerRef::Origin => {}
            ValuePointerRef::Key { key, prev } => {
                write(*prev, out);
                push_token(out, key);
            }
            ValuePointerRef::Index { index, prev } => {
                write(*prev, out);
                push_token(out, &index.to_string());
            }
        }
    }
    let mut out = String::new();
    write(location, &mut out);
    out
}

/// Appends one reference token, escaped after RFC 6901.
pub fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

impl MergeWithError<Faults> for Faults {
    fn merge(self_: Option<Self>, other: Faults, _: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        let mut all = self_.unwrap_or_default();
        all.extend(other);
        ControlFlow::Continue(all)
    }
}

impl MergeWithError<Invalid> for Faults {
    fn merge(self_: Option<Self>, other: Invalid, location: ValuePointerRef<'_>) -> ControlFlow<Self, Self> {
        let mut all = self_.unwrap_or_default();
        all.push(other.at(pointer(location)));
        ControlFlow::Continue(all)
    }
}

impl DeserializeError for Faults {
    fn error<V: IntoValue>(
        self_: Option<Self>,
        error: ErrorKind<'_, V>,
        location: ValuePointerRef<'_>,
    ) -> ControlFlow<Self, Self> {
        let mut all = self_.unwrap_or_default();
        let mut place = pointer(location);
        let (code, detail) = match error {
            ErrorKind::IncorrectValueKind { actual, accepted } => (
                "wrong_type",
                format!(
                    "Expected {}, found {}.",
                    join(&accepted.iter().map(|k| kind_name(*k)).collect::<Vec<_>>(), "or"),
                    kind_name(actual.kind())
                ),
            ),
            ErrorKind::MissingField { field } => {
                push_token(&mut place, field);
                ("required", format!("Add the field `{field}`: it is required."))
            }
            ErrorKind::UnknownKey { key, accepted } => {
                push_token(&mut place, key);
                ("unknown_field", unknown("field", key, accepted))
            }
            ErrorKind::UnknownValue { value, accepted } => ("unknown_value", unknown("value", value, accepted)),
            ErrorKind::BadSequenceLen { expected, .. } => ("wrong_length", format!("Give exactly {expected} items.")),
            ErrorKind::Unexpected { msg } => ("invalid", msg),
        };
        all.add(place, code, detail);
        ControlFlow::Continue(all)
    }
}

/// "Unknown field `x`. Did you mean `y`? Known: …"
pub fn unknown(noun: &str, given: &str, known: &[&str]) -> String {
    unknown_among(noun, given, known, known)
}

/// The same, with a hint from `all` and only `listed` listed.
pub fn unknown_among(noun: &str, given: &str, all: &[&str], listed: &[&str]) -> String {
    let given: String = given.chars().take(80).collect();
    let nearest = all
        .iter()
        .map(|k| (edit_distance(&given.to_lowercase(), &k.to_lowercase()), k))
        .filter(|(d, k)| *d <= 1.max(k.chars().count() / 3))
        .min_by_key(|(d, _)| *d);
    let hint = nearest
        .map(|(_, k)| format!(" Did you mean `{k}`?"))
        .unwrap_or_default();
    format!("Unknown {noun} `{given}`.{hint} Known: {}.", listed.join(", "))
}

/// Edit distance in which two letters that changed places count as one; only for short names that a fault speaks of.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let at = |row: &[usize], i: usize| row.get(i).copied().unwrap_or(usize::MAX / 2);
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let substituted = at(&above, j) + usize::from(ca != cb);
            let mut least = substituted.min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(cb) && b.get(j - 1) == Some(ca);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    at(&above, b.len())
}

fn join(words: &[&str], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [init @ .., end] => format!("{} {last} {end}", init.join(", ")),
    }
}

fn kind_name(kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Boolean => "true or false",
        ValueKind::Integer | ValueKind::NegativeInteger => "a whole number",
        ValueKind::Float => "a number",
        ValueKind::String => "a string",
        ValueKind::Sequence => "a list",
        ValueKind::Map => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_known_one() {
        assert_eq!(
            unknown("field", "lifecicle", &["kind", "lifecycle"]),
            "Unknown field `lifecicle`. Did you mean `lifecycle`? Known: kind, lifecycle."
        );
        assert_eq!(unknown("field", "xyz", &["kind"]), "Unknown field `xyz`. Known: kind.");
        assert_eq!(
            unknown("field", "kidn", &["id", "kind"]),
            "Unknown field `kidn`. Did you mean `kind`? Known: id, kind."
        );
    }

    #[test]
    fn pointers_escape_slash_and_tilde() {
        let mut p = String::new();
        push_token(&mut p, "a/b~c");
        assert_eq!(p, "/a~1b~0c");
    }
}
