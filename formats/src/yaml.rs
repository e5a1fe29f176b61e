//! A small YAML 1.2 reader that remembers where each value stands.
//!
//! It builds a plain tree of texts, lists and maps from the events of the parser. It keeps the text of a scalar as
//! written (`0.10` stays `0.10`) and decides about its type only when asked. Aliases and merge keys are expanded
//! within a budget, so the tree is never larger than [`MAX_NODES`] nodes and [`MAX_TEXT`] bytes of text, whatever the
//! file says.

mod build;

pub use crate::problem::Place;

/// The longest document that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// How deep lists and maps may be nested.
pub const MAX_DEPTH: usize = 32;
/// How many nodes a document may have after expansion of its aliases.
pub const MAX_NODES: usize = 50_000;
/// How many bytes of text a document may have after expansion of its aliases.
pub const MAX_TEXT: usize = 4 * MAX_BYTES;

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where the value begins.
    pub place: Place,
    /// The value.
    pub value: Value,
}

/// The three shapes of YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A single value.
    Scalar(Scalar),
    /// Items in order.
    List(Vec<Node>),
    /// Keys and values in the order of the file; no key twice.
    Map(Vec<Entry>),
}

/// One key of a map with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key, always as text.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub node: Node,
}

/// A single value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text after unescaping and folding.
    pub text: String,
    /// Whether it stands without quotes and so may mean a number, a truth value or nothing.
    pub plain: bool,
}

/// What a scalar means by the core schema of YAML 1.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number,
    /// Everything else.
    Text,
}

impl Scalar {
    /// What the scalar means.
    pub fn meaning(&self) -> Meaning {
        if !self.plain {
            return Meaning::Text;
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => Meaning::Null,
            "true" | "True" | "TRUE" => Meaning::Bool(true),
            "false" | "False" | "FALSE" => Meaning::Bool(false),
            text if is_number(text) => Meaning::Number,
            _ => Meaning::Text,
        }
    }
}

fn is_number(text: &str) -> bool {
    let digits = |text: &str, radix| !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    if let Some(hex) = text.strip_prefix("0x") {
        return digits(hex, 16);
    }
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, 8);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
        || (unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && unsigned
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'))
            && unsigned.parse::<f64>().is_ok())
}

impl Node {
    /// Whether the value is null.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.meaning() == Meaning::Null)
    }

    /// The text of a scalar that is not null.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if scalar.meaning() != Meaning::Null => Some(&scalar.text),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry of a map with this key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    /// The value of a map under this key, unless it is null.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node).filter(|node| !node.is_null())
    }

    /// What the value is, for a sentence.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Null => "empty",
                Meaning::Bool(_) => "a truth value",
                Meaning::Number => "a number",
                Meaning::Text => "a text",
            },
        }
    }
}

/// A document that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The root; `None` for an empty file.
    pub root: Option<Node>,
    /// Keys that stand twice in the same map; the first value was kept.
    pub duplicates: Vec<Duplicate>,
}

/// A key that stands twice in the same map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// Where it stands the second time.
    pub place: Place,
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A stable name of the reason.
    pub code: &'static str,
    /// Where in the file.
    pub place: Place,
    /// What is wrong and how to mend it.
    pub detail: String,
}

/// Reads one document.
///
/// # Errors
/// A [`Refusal`] if the bytes are too many, not UTF-8, not YAML, more than one document, nested too deeply, too large
/// after expansion of aliases, or if they use tags or keys that no description of software needs.
pub fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    build::document(text(bytes)?)
}

/// The bytes as text, without a byte order mark.
fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    let refuse = |code, place, detail: String| Err(Refusal { code, place, detail });
    if bytes.len() > MAX_BYTES {
        let detail = format!("the file has {} bytes; at most {MAX_BYTES} are read.", bytes.len());
        return refuse("file_too_large", Place::START, detail);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let place = place_after(&String::from_utf8_lossy(before));
            let detail = "the file is not UTF-8; save it in the encoding UTF-8.".to_owned();
            return refuse("encoding", place, detail);
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) {
        let place = place_after(text.get(..at).unwrap_or_default());
        let detail = "the file contains a control character; remove it.".to_owned();
        return refuse("control_character", place, detail);
    }
    Ok(text)
}

fn place_after(before: &str) -> Place {
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place { line, column }
}

#[cfg(test)]
mod tests;
