//! What the catalogue itself says to people: sentences in German and English, and the sources that they rest on.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Sentences in German and English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Statement)]
pub struct Text {
    /// German.
    #[schema(value_type = String, max_length = 4000, example = "Die Stelle ist Träger des Anbieters.")]
    pub de: Cow<'static, str>,
    /// English.
    #[schema(value_type = String, max_length = 4000, example = "The body is a carrier of the provider.")]
    pub en: Cow<'static, str>,
}

impl Text {
    /// A text that is always the same.
    pub const fn fixed(de: &'static str, en: &'static str) -> Self {
        Self {
            de: Cow::Borrowed(de),
            en: Cow::Borrowed(en),
        }
    }

    /// A text that was put together.
    pub fn new(de: String, en: String) -> Self {
        Self {
            de: Cow::Owned(de),
            en: Cow::Owned(en),
        }
    }

    /// Several texts one after the other.
    pub fn join<'a>(texts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut joined = Self::default();
        for text in texts {
            for (all, one) in [(&mut joined.de, &text.de), (&mut joined.en, &text.en)] {
                if !all.is_empty() {
                    all.to_mut().push(' ');
                }
                all.to_mut().push_str(one);
            }
        }
        joined
    }
}

/// A source: a law with its paragraph, a decision, terms, a record of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Citation)]
pub struct Citation {
    /// The source as one would cite it.
    #[schema(value_type = String, max_length = 500, example = "§ 108 Abs. 4 und 5 GWB")]
    pub title: Cow<'static, str>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        value_type = Option<String>,
        format = "uri",
        max_length = 2000,
        example = "https://www.gesetze-im-internet.de/gwb/__108.html"
    )]
    pub url: Option<Cow<'static, str>>,
}

impl Citation {
    /// A source with its address.
    pub const fn at(title: &'static str, url: &'static str) -> Self {
        Self {
            title: Cow::Borrowed(title),
            url: Some(Cow::Borrowed(url)),
        }
    }

    /// A source without an address.
    pub const fn untraced(title: &'static str) -> Self {
        Self {
            title: Cow::Borrowed(title),
            url: None,
        }
    }
}

/// A [`Text`] from two format strings with the same names in both.
#[macro_export]
macro_rules! text {
    ($de:literal, $en:literal) => {
        $crate::statement::Text::new(format!($de), format!($en))
    };
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use utoipa::openapi::RefOr;
    use utoipa::openapi::schema::Schema;

    use super::*;

    /// Places of strings, lists and numbers that may be as long or as great as they like.
    fn boundless(at: &str, schema: &Value, found: &mut Vec<String>) {
        let has = |name: &str| schema.get(name).is_some();
        let types = match schema.get("type") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for name in types {
            let is_fine = match name {
                "string" => has("maxLength") || has("enum") || has("const"),
                "array" => has("maxItems"),
                "integer" | "number" => has("minimum") && has("maximum"),
                _ => true,
            };
            if !is_fine {
                found.push(format!("{at}: {name}"));
            }
        }
        match schema {
            Value::Object(members) => {
                for (name, member) in members.iter().filter(|(name, _)| !name.starts_with("example")) {
                    boundless(&format!("{at}/{name}"), member, found);
                }
            }
            Value::Array(members) => members.iter().for_each(|member| boundless(at, member, found)),
            _ => {}
        }
    }

    fn schemas_of<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
        let mut schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut schemas);
        schemas
    }

    #[test]
    fn everything_that_answers_say_has_its_limits() {
        let answers = [
            schemas_of::<crate::eligibility::Eligibility>(),
            schemas_of::<crate::cost_share::CostShare>(),
            schemas_of::<crate::dossier::Dossier>(),
        ];
        let mut found = Vec::new();
        for (name, schema) in answers.iter().flatten() {
            boundless(name, &serde_json::to_value(schema).unwrap(), &mut found);
        }
        assert!(found.is_empty(), "{found:#?}");
        let names: Vec<&str> = answers.iter().flatten().map(|(name, _)| name.as_str()).collect();
        for expected in [
            "EligibilityGround",
            "EligibilityNeed",
            "PayerShare",
            "CostChange",
            "CostKey",
            "DossierItem",
            "Statement",
            "Citation",
        ] {
            assert!(names.contains(&expected), "{expected} in {names:?}");
        }
    }

    #[test]
    fn texts_are_joined_language_by_language() {
        let joined = Text::join(&[Text::fixed("Eins.", "One."), Text::fixed("Zwei.", "Two.")]);
        assert_eq!(joined, Text::fixed("Eins. Zwei.", "One. Two."));
    }
}
