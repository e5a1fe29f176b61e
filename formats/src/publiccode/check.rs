//! Whether a file follows the standard.
//!
//! The walk over the file follows [`super::schema`]; this module adds the rules that look at several keys.

mod text;
mod walk;

use crate::problem::{Path, Place, Problem, Problems, Severity, quoted};
use crate::yaml::{self, Meaning, Node, Value};

use super::vocabulary::{CURRENT_VERSION, VERSIONS};

/// What the standard says about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Breaches of the standard, in the order of the file; if there is one, the file is invalid.
    pub errors: Vec<Problem>,
    /// Deprecated and outdated things, in the order of the file.
    pub warnings: Vec<Problem>,
}

impl Verdict {
    /// Whether the file follows the standard.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Facts that the standard refers to but does not contain.
#[derive(Clone, Copy, Default)]
pub struct Knowledge<'a> {
    /// Tells whether a code is in the register of Italian public offices (iPA). Without it only the form is checked.
    pub italian_offices: Option<&'a dyn Fn(&str) -> bool>,
}

/// Checks a file by the rules of publiccode.yml 0.7, without network and without the files of its repository.
pub fn check(bytes: &[u8]) -> Verdict {
    check_knowing(bytes, Knowledge::default())
}

/// Checks a file as [`check`] does, with registers at hand that this crate does not carry.
pub fn check_knowing(bytes: &[u8], knowledge: Knowledge<'_>) -> Verdict {
    let mut problems = Problems::default();
    match yaml::read(bytes) {
        Err(refusal) => problems.error(refusal.code, &Path::default(), refusal.place, refusal.detail),
        Ok(document) => {
            for duplicate in &document.duplicates {
                let detail = format!(
                    "the key {} stands twice in the same map; keep one.",
                    quoted(&duplicate.key)
                );
                problems.error(
                    "duplicate_key",
                    &Path::default().key(&duplicate.key),
                    duplicate.place,
                    detail,
                );
            }
            match &document.root {
                Some(root) if root.entries().is_some() => {
                    if version(root, &mut problems) {
                        walk::Walk {
                            problems: &mut problems,
                            knowledge,
                        }
                        .root(root);
                        maintenance(root, &mut problems);
                        country_sections(root, &mut problems);
                    }
                }
                Some(root) => {
                    let detail = format!("the file must be a map of keys, but is {}.", root.kind());
                    problems.error("not_a_map", &Path::default(), root.place, detail);
                }
                None => missing_version(&mut problems, Place::START),
            }
        }
    }
    let (errors, others): (Vec<_>, Vec<_>) = problems
        .into_sorted()
        .into_iter()
        .partition(|problem| problem.severity == Severity::Error);
    Verdict {
        errors,
        warnings: others
            .into_iter()
            .filter(|problem| problem.severity == Severity::Warning)
            .collect(),
    }
}

fn missing_version(problems: &mut Problems, place: Place) {
    let detail = format!("the version is missing; add publiccodeYmlVersion: \"{CURRENT_VERSION}\".");
    problems.error("missing", &Path::default().key("publiccodeYmlVersion"), place, detail);
}

/// Whether the version allows to go on: a file of an unknown version is not judged by rules that it does not claim.
fn version(root: &Node, problems: &mut Problems) -> bool {
    let path = Path::default().key("publiccodeYmlVersion");
    let Some(entry) = root.entry("publiccodeYmlVersion") else {
        missing_version(problems, root.place);
        return false;
    };
    let text = match &entry.node.value {
        Value::Scalar(scalar) if scalar.meaning() == Meaning::Text => scalar.text.as_str(),
        _ => {
            let detail = format!(
                "the version must be a text, but is {}; put it in quotes.",
                entry.node.kind()
            );
            problems.error("wrong_type", &path, entry.place, detail);
            return false;
        }
    };
    if !VERSIONS.contains(&text) {
        let detail = format!(
            "the version {} is not known; known are {}.",
            quoted(text),
            VERSIONS.join(", ")
        );
        problems.error("unknown_version", &path, entry.place, detail);
        return false;
    }
    if text != "0" && !text.starts_with(CURRENT_VERSION) {
        let detail =
            format!("{text} is not the newest version; the file is checked by {CURRENT_VERSION}. Write \"0\".");
        problems.warning("old_version", &path, entry.place, detail);
    }
    true
}

/// Who must be named depends on how the software is maintained.
fn maintenance(root: &Node, problems: &mut Problems) {
    let Some(section) = root.get("maintenance") else { return };
    let path = Path::default().key("maintenance");
    let kind = section.get("type").and_then(Node::text).unwrap_or_default();
    let given = |key: &str| section.entry(key).filter(|entry| !entry.node.is_null());
    let mut demand = |key: &str| {
        if given(key).is_none() {
            let place = section.entry(key).map_or(section.place, |entry| entry.place);
            let detail = format!("{key} must be given if the type is {}.", quoted(kind));
            problems.error("missing", &path.key(key), place, detail);
        }
    };
    match kind {
        "contract" => demand("contractors"),
        "community" | "internal" => demand("contacts"),
        _ => {}
    }
    if kind != "contract"
        && let Some(entry) = given("contractors")
    {
        // What is wrong inside does not matter if the whole must go.
        problems.forget_inside(&path.key("contractors"));
        let detail = "contractors may only be given if the type is ‘contract’; remove them or change the type.";
        problems.error("forbidden", &path.key("contractors"), entry.place, detail);
    }
}

fn country_sections(root: &Node, problems: &mut Problems) {
    if root.get("IT").is_some()
        && let Some(lower) = root.entry("it").filter(|entry| !entry.node.is_null())
    {
        let detail = "the section ‘IT’ is there already; remove ‘it’.";
        problems.error("duplicate_section", &Path::default().key("it"), lower.place, detail);
    }
}
