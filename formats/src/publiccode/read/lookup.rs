//! Looking up keys and values that may be written in another way than the standard demands.

use crate::problem::{Path, Place, Problems, quoted};
use crate::yaml::{Entry, Meaning, Node, Value};

/// A value with the way to it.
#[derive(Clone)]
pub(super) struct Found<'a> {
    pub(super) node: &'a Node,
    pub(super) path: Path,
    pub(super) place: Place,
}

/// The file, and what there is to say about it.
pub(super) struct Reader<'a> {
    pub(super) root: Found<'a>,
    pub(super) problems: Problems,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Node) -> Self {
        let root = Found {
            node: root,
            path: Path::default(),
            place: root.place,
        };
        Self {
            root,
            problems: Problems::default(),
        }
    }

    /// A value of the whole file.
    pub(super) fn top(&mut self, names: &[&str]) -> Option<Found<'a>> {
        let root = self.root.clone();
        self.get(&root, names)
    }

    /// The value of a map under the first of these keys; other spellings of them are found, too, with a warning.
    pub(super) fn get(&mut self, within: &Found<'a>, names: &[&str]) -> Option<Found<'a>> {
        let found = peek(within, names)?;
        if names.first().is_some_and(|name| found.path != within.path.key(name)) {
            let detail = format!("was read as ‘{}’; write it so.", names.first().unwrap_or(&""));
            self.warn("key_spelling", &found, detail);
        }
        Some(found)
    }

    /// A text; numbers are taken as written, and the first of a list with a warning.
    pub(super) fn text(&mut self, found: &Found<'a>) -> Option<&'a str> {
        let text = match &found.node.value {
            Value::Scalar(_) => found.node.text(),
            Value::List(items) => {
                let first = items.iter().find_map(Node::text);
                if first.is_some() {
                    self.warn(
                        "list_for_text",
                        found,
                        "is a list, but one text is meant; the first was taken.",
                    );
                }
                first
            }
            Value::Map(_) => {
                self.warn("wrong_type", found, "is a map, but a text is meant; it was left out.");
                None
            }
        };
        text.map(str::trim).filter(|text| !text.is_empty())
    }

    /// The text under one of these keys.
    pub(super) fn text_of(&mut self, within: &Found<'a>, names: &[&str]) -> Option<(&'a str, Found<'a>)> {
        let found = self.get(within, names)?;
        self.text(&found).map(|text| (text, found))
    }

    /// The texts of a list; a single text counts as a list of one, with a warning.
    pub(super) fn texts(&mut self, found: &Found<'a>) -> Vec<(&'a str, Found<'a>)> {
        let mut texts = Vec::new();
        for item in self.items(found) {
            let text = match &item.node.value {
                // Lists of names are sometimes written as lists of objects with a name.
                Value::Map(_) => peek(&item, &["name", "id"]).and_then(|inner| inner.node.text()),
                _ => item.node.text(),
            };
            match text.map(str::trim).filter(|text| !text.is_empty()) {
                Some(text) => texts.push((text, item)),
                None if item.node.is_null() => {}
                None => self.warn("wrong_type", &item, "is no text; it was left out."),
            }
        }
        texts
    }

    /// The items of a list; anything else counts as a list of one, with a warning.
    pub(super) fn items(&mut self, found: &Found<'a>) -> Vec<Found<'a>> {
        match &found.node.value {
            Value::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, node)| Found {
                    node,
                    path: found.path.index(index),
                    place: node.place,
                })
                .collect(),
            Value::Scalar(scalar) if scalar.meaning() == Meaning::Null || scalar.text.trim().is_empty() => Vec::new(),
            _ => {
                self.warn("text_for_list", found, "must be a list; it was read as a list of one.");
                vec![found.clone()]
            }
        }
    }

    /// A truth value; the words of YAML 1.1 are understood, with a warning.
    pub(super) fn bool_of(&mut self, within: &Found<'a>, names: &[&str]) -> Option<bool> {
        let found = self.get(within, names)?;
        let Value::Scalar(scalar) = &found.node.value else {
            return None;
        };
        if let Meaning::Bool(value) = scalar.meaning() {
            return Some(value);
        }
        let value = match scalar.text.to_lowercase().as_str() {
            "yes" | "y" | "on" | "true" | "1" | "ja" => Some(true),
            "no" | "n" | "off" | "false" | "0" | "nein" => Some(false),
            _ => None,
        };
        let read = value.map_or("left out", |value| if value { "read as true" } else { "read as false" });
        self.warn(
            "yaml_1_1_boolean",
            &found,
            format!("{} is not true or false; it was {read}.", quoted(&scalar.text)),
        );
        value
    }

    pub(super) fn warn(&mut self, code: &'static str, found: &Found<'a>, detail: impl Into<String>) {
        self.problems.warning(code, &found.path, found.place, detail);
    }

    /// Says that a key of the standard is missing or empty.
    pub(super) fn warn_missing(&mut self, path: &Path, detail: impl Into<String>) {
        let place = self.root.place;
        self.problems.warning("missing", path, place, detail);
    }
}

/// The value of a map under the first of these keys that has one, whatever their case and punctuation.
pub(super) fn peek<'a>(within: &Found<'a>, names: &[&str]) -> Option<Found<'a>> {
    let entries = within.node.entries()?;
    let says_something = |node: &Node| !node.is_null() && node.text().is_none_or(|text| !text.trim().is_empty());
    let entries = || entries.iter().filter(|entry| says_something(&entry.node));
    let exact = |name: &&str| entries().find(|entry| entry.key == **name);
    let loose = |name: &&str| entries().find(|entry| plain(&entry.key) == plain(name));
    let entry = names.iter().find_map(|name| exact(name).or_else(|| loose(name)))?;
    Some(inside(within, entry))
}

/// The value of an entry, with the way to it.
pub(super) fn inside<'a>(within: &Found<'a>, entry: &'a Entry) -> Found<'a> {
    Found {
        node: &entry.node,
        path: within.path.key(&entry.key),
        place: entry.place,
    }
}

/// A key without case and punctuation.
pub(super) fn plain(key: &str) -> String {
    key.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}
