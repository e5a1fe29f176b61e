//! The same text in several languages.

use std::borrow::Cow;
use std::collections::BTreeMap;

use deserr::{Deserr, IntoValue, Map, Value, ValuePointerRef};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::Language;
use crate::fault::{Faults, pointer};

/// Languages of one text at the most.
const LANGUAGES: usize = 30;

/// One text per language, at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Localized<T>(BTreeMap<Language, T>);

impl<T> Localized<T> {
    /// A text in one language.
    pub fn single(language: Language, text: T) -> Self {
        Self(BTreeMap::from([(language, text)]))
    }

    /// The texts by language; none if there is none.
    pub fn new(texts: BTreeMap<Language, T>) -> Option<Self> {
        (!texts.is_empty() && texts.len() <= LANGUAGES).then_some(Self(texts))
    }

    /// The text in exactly this language.
    pub fn get(&self, language: &str) -> Option<&T> {
        self.0.iter().find(|(l, _)| l.as_str() == language).map(|(_, t)| t)
    }

    /// The best text for a reader of `language`: that language, its relatives, then German, English, any.
    pub fn best(&self, language: &str) -> Option<&T> {
        let primary = language.split('-').next().unwrap_or(language);
        let relative = |tag: &str| self.0.iter().find(|(l, _)| l.primary() == tag).map(|(_, t)| t);
        self.get(language)
            .or_else(|| relative(primary))
            .or_else(|| relative("de"))
            .or_else(|| relative("en"))
            .or_else(|| self.0.values().next())
    }

    /// Language and text, by language.
    pub fn iter(&self) -> impl Iterator<Item = (&Language, &T)> {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Localized<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let texts = BTreeMap::deserialize(d)?;
        Self::new(texts).ok_or_else(|| serde::de::Error::custom("a text needs 1 to 30 languages"))
    }
}

impl<T: Deserr<Faults>> Deserr<Faults> for Localized<T> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, Faults> {
        let Value::Map(map) = value else {
            let mut faults = BTreeMap::<String, T>::deserialize_from_value::<V>(value, at)
                .err()
                .unwrap_or_default();
            if let Some(first) = faults.iter().next().cloned() {
                faults = Faults::new();
                faults.add(
                    first.pointer,
                    "wrong_type",
                    "Give an object with a text per language, such as {\"de\": \"…\"}.",
                );
            }
            return Err(faults);
        };
        let mut faults = Faults::new();
        if map.is_empty() {
            faults.add(
                pointer(at),
                "empty",
                "Give the text in at least one language, or leave the field out.",
            );
        } else if map.len() > LANGUAGES {
            faults.add(
                pointer(at),
                "too_many",
                format!("Has {} languages; keep at most {LANGUAGES}.", map.len()),
            );
            return Err(faults);
        }
        let mut texts = BTreeMap::new();
        for (key, value) in map.into_iter() {
            let place = at.push_key(&key);
            let language = key.parse::<Language>().map_err(|e| faults.push(e.at(pointer(place))));
            let text = T::deserialize_from_value(value.into_value(), place).map_err(|e| faults.extend(e));
            if let (Ok(language), Ok(text)) = (language, text)
                && texts.insert(language, text).is_some()
            {
                faults.add(
                    pointer(place),
                    "duplicate",
                    "This language stands here twice; keep one.",
                );
            }
        }
        faults.or_ok(Self(texts))
    }
}

impl<T: ToSchema> PartialSchema for Localized<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .description(Some("The same text per language (BCP 47 tag); at least one language."))
            .property_names(Some(Language::schema()))
            .additional_properties(Some(Ref::from_schema_name(T::name())))
            .max_properties(Some(LANGUAGES))
            .into()
    }
}

impl<T: ToSchema> ToSchema for Localized<T> {
    fn name() -> Cow<'static, str> {
        format!("Localized{}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
    }
}
