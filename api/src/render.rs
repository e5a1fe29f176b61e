//! The shape of an answered record: whole, some members, or texts in one language.

use domain::query::{Query, Queryable};
use domain::values::Language;
use serde_json::{Map, Value};

/// What a client wants to see of a record.
#[derive(Debug, Clone)]
pub struct Shape {
    members: Vec<&'static str>,
    language: Option<String>,
    /// Members whose value is a text per language.
    localized: &'static [&'static str],
}

impl Shape {
    /// As a query says.
    pub fn of<T: Queryable>(query: &Query) -> Self {
        Self {
            members: query.members.clone(),
            language: query.language.clone(),
            localized: T::localized(),
        }
    }

    /// The same language for records of other nouns, whole.
    #[must_use]
    pub fn of_others(&self) -> Self {
        /// Texts per language in the records about components.
        const TEXTS: [&str; 6] = ["note", "reason", "plan", "scope", "summary", "title"];
        Self {
            members: Vec::new(),
            language: self.language.clone(),
            localized: &TEXTS,
        }
    }

    /// Whether a record is answered as it is.
    pub fn is_whole(&self) -> bool {
        self.members.is_empty() && self.language.is_none()
    }

    /// What tells the tag of this shape from that of the whole record.
    pub fn tag(&self) -> String {
        let language = self.language.iter().map(|l| format!("-{l}"));
        let members = (!self.members.is_empty()).then(|| format!("-{}", self.members.join(".")));
        language.chain(members).collect()
    }

    /// A text per language in the language asked for, or as it is.
    pub fn text(&self, text: Value) -> Value {
        match (&self.language, text) {
            (Some(language), Value::Object(texts)) => best(&texts, language).unwrap_or(Value::Object(texts)),
            (_, text) => text,
        }
    }

    fn reduce(&self, value: &mut Value) {
        if !self.members.is_empty()
            && let Value::Object(object) = value
        {
            object.retain(|name, _| self.members.contains(&name.as_str()));
        }
        if self.language.is_some() {
            self.translate(value);
        }
    }

    fn translate(&self, value: &mut Value) {
        match value {
            Value::Object(object) => {
                for (name, member) in object.iter_mut() {
                    if self.localized.contains(&name.as_str()) && member.is_object() {
                        *member = self.text(member.take());
                    } else {
                        self.translate(member);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.translate(item)),
            _ => {}
        }
    }
}

/// The best text for a reader of `language`, as `Localized::best` has it.
fn best(texts: &Map<String, Value>, language: &str) -> Option<Value> {
    let primary = |tag: &str| {
        tag.parse::<Language>()
            .map(|l| l.primary().to_owned())
            .unwrap_or_default()
    };
    let wanted = primary(language);
    let relative = |tag: &str| texts.iter().find(|(l, _)| primary(l) == tag).map(|(_, t)| t);
    texts
        .get(language)
        .or_else(|| relative(&wanted))
        .or_else(|| relative("de"))
        .or_else(|| relative("en"))
        .or_else(|| texts.values().next())
        .cloned()
}

/// Writes a record in its shape.
pub fn write_item(out: &mut Vec<u8>, body: &[u8], shape: &Shape) {
    if shape.is_whole() {
        out.extend_from_slice(body);
        return;
    }
    // Bodies are this service's own JSON; what could not be read would be answered whole.
    let Ok(mut value) = serde_json::from_slice::<Value>(body) else {
        out.extend_from_slice(body);
        return;
    };
    shape.reduce(&mut value);
    out.extend_from_slice(value.to_string().as_bytes());
}
