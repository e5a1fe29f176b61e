//! The walk over a file along the keys of the standard.

use crate::problem::{Path, Place, Problems, quoted};
use crate::yaml::{Meaning, Node, Value};

use super::Knowledge;
use super::text;
use crate::publiccode::schema::{Field, Presence, ROOT, Rule, Section, Shape};
use crate::publiccode::values::is_language;

pub(super) struct Walk<'a, 'k> {
    pub(super) problems: &'a mut Problems,
    pub(super) knowledge: Knowledge<'k>,
}

impl Walk<'_, '_> {
    /// Checks a whole file.
    pub(super) fn root(&mut self, root: &Node) {
        self.section(Some(root), ROOT, &Path::default(), root.place);
    }

    /// Checks a map with known keys; `None` if it is missing.
    fn section(&mut self, node: Option<&Node>, section: Section, path: &Path, place: Place) {
        let entries = match node.map(|node| (&node.value, node)) {
            None => &[][..],
            Some((Value::Map(entries), _)) => entries,
            Some((_, node)) if node.is_null() => &[][..],
            Some((_, node)) => {
                self.wrong_type(node, path, place, "a map");
                return;
            }
        };
        for entry in entries {
            if !section.iter().any(|field| field.key == entry.key) {
                let path = path.key(&entry.key);
                self.problems
                    .error("unknown_key", &path, entry.place, unknown(&entry.key, section));
            }
        }
        for field in section {
            let entry = entries.iter().find(|entry| entry.key == field.key);
            let value = entry.map(|entry| &entry.node).filter(|node| !node.is_null());
            let inner = node.map_or(place, |node| node.place);
            self.field(
                value,
                field,
                &path.key(field.key),
                entry.map_or(inner, |entry| entry.place),
            );
        }
    }

    fn field(&mut self, value: Option<&Node>, field: &Field, path: &Path, place: Place) {
        match value {
            None if field.presence == Presence::Optional => {}
            None if field.presence == Presence::Section => {
                if let Shape::Section(section) = field.shape {
                    self.section(None, section, path, place);
                }
            }
            None => self
                .problems
                .error("missing", path, place, format!("{} must be given.", field.key)),
            Some(node) => {
                if field.presence == Presence::Required && is_empty(node, field.shape) {
                    let detail = format!("{} must not be empty.", field.key);
                    self.problems.error("missing", path, place, detail);
                    return;
                }
                let usable = self.value(node, field.shape, path, place);
                if let Some(instead) = field.deprecated.filter(|_| usable && !says_nothing(node, field.shape)) {
                    let detail = format!("{} is deprecated and will be removed. {instead}", field.key);
                    self.problems.warning("deprecated_key", path, place, detail);
                }
            }
        }
    }

    /// Checks a value; tells whether it has the right shape.
    fn value(&mut self, node: &Node, shape: Shape, path: &Path, place: Place) -> bool {
        match shape {
            Shape::Text(rule) => match &node.value {
                Value::Scalar(scalar) => self.text(&scalar.text, rule, node, path, place),
                _ => self.wrong_type(node, path, place, "a text"),
            },
            Shape::Bool => match &node.value {
                Value::Scalar(scalar) if matches!(scalar.meaning(), Meaning::Bool(_)) => true,
                _ => self.wrong_type(node, path, place, "true or false, without quotes"),
            },
            Shape::List(shape) => match &node.value {
                Value::List(items) => self.items(items, *shape, path),
                _ => self.wrong_type(node, path, place, "a list"),
            },
            Shape::OneOrMany(rule) => match &node.value {
                Value::List(items) => self.items(items, Shape::Text(rule), path),
                Value::Scalar(scalar) => self.text(&scalar.text, rule, node, path, place),
                Value::Map(_) => self.wrong_type(node, path, place, "a text or a list"),
            },
            Shape::Section(section) => {
                self.section(Some(node), section, path, place);
                node.entries().is_some()
            }
            Shape::ByLanguage(section) => match &node.value {
                Value::Map(entries) => {
                    for entry in entries {
                        let path = path.key(&entry.key);
                        if !is_language(&entry.key) {
                            let detail = format!("{} is not a language by BCP 47, such as ‘de’.", quoted(&entry.key));
                            self.problems.error("invalid_language", &path, entry.place, detail);
                        }
                        self.section(Some(&entry.node), section, &path, entry.place);
                    }
                    true
                }
                _ => self.wrong_type(node, path, place, "a map of languages"),
            },
        }
    }

    fn items(&mut self, items: &[Node], shape: Shape, path: &Path) -> bool {
        for (index, item) in items.iter().enumerate() {
            self.value(item, shape, &path.index(index), item.place);
        }
        true
    }

    fn text(&mut self, text: &str, rule: Rule, node: &Node, path: &Path, place: Place) -> bool {
        // An item of a list that is empty counts as an empty text.
        let text = if node.is_null() { "" } else { text };
        if matches!(rule, Rule::Video) && node.is_null() {
            return true;
        }
        if let Err(fault) = text::check(text, rule, node, self.knowledge) {
            self.problems.error(fault.code, path, place, fault.detail);
            // Where to move an unknown code is no useful advice.
            return !matches!(rule, Rule::ItalianOffice);
        }
        if let Some(advice) = text::advice(text, rule) {
            self.problems.warning(advice.code, path, place, advice.detail);
        }
        true
    }

    fn wrong_type(&mut self, node: &Node, path: &Path, place: Place, expected: &str) -> bool {
        // The place of a value inside a list or map is more telling than that of its key.
        let place = if node.text().is_some() { place } else { node.place };
        let mut detail = format!("must be {expected}, but is {}.", node.kind());
        if expected.starts_with("true")
            && let Some(text) = node.text()
        {
            detail = format!(
                "must be {expected}, but is {}; YAML 1.2 knows no other words.",
                quoted(text)
            );
        }
        self.problems.error("wrong_type", path, place, detail);
        false
    }
}

/// Whether a required value says nothing.
fn is_empty(node: &Node, shape: Shape) -> bool {
    match (&node.value, shape) {
        (Value::Scalar(scalar), Shape::Text(_)) => scalar.text.is_empty(),
        (Value::List(items), Shape::List(_)) => items.is_empty(),
        (Value::Map(entries), Shape::ByLanguage(_)) => entries.is_empty(),
        _ => false,
    }
}

/// Whether a deprecated key is there only because a form wrote it down empty.
fn says_nothing(node: &Node, shape: Shape) -> bool {
    let names_something = matches!(shape, Shape::Text(Rule::Any | Rule::RelativePath));
    !names_something && matches!(&node.value, Value::Scalar(scalar) if scalar.text.is_empty())
}

/// A sentence about a key that the standard does not know, with the key that was probably meant.
fn unknown(key: &str, section: Section) -> String {
    let plain = |text: &str| {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase()
    };
    let meant = section.iter().find(|field| plain(field.key) == plain(key));
    match meant {
        Some(field) => format!(
            "the key {} is not known here; did you mean ‘{}’?",
            quoted(key),
            field.key
        ),
        None => format!("the key {} is not known here; remove it.", quoted(key)),
    }
}
