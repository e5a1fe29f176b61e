//! Human keys and revisions.

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fault::{Faults, Invalid, pointer};

/// The stable human key of an entry: lower-case ASCII letters, digits and single hyphens, e.g. `digitale-baugenehmigung`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Box<str>);

impl Slug {
    /// Longest slug, in characters.
    pub const MAX: usize = 100;
    /// Words that paths use for themselves.
    pub const RESERVED: [&'static str; 5] = ["search", "match", "compare", "suggest", "batch"];

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let fine = !text.is_empty()
            && text.len() <= Self::MAX
            && text
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        if !fine {
            return Err(Invalid::new(
                "invalid_slug",
                "Is no slug; use 1 to 100 lower-case letters a-z, digits and single hyphens, such as `digitale-baugenehmigung`.",
            ));
        }
        if Self::RESERVED.contains(&text) {
            return Err(Invalid::new(
                "reserved_slug",
                format!("`{text}` is a reserved word; choose another slug."),
            ));
        }
        // A slug that reads as an id could never be told from one in a path.
        if uuid::Uuid::try_parse(text).is_ok() {
            return Err(Invalid::new(
                "invalid_slug",
                "Looks like an id; choose a slug that people can read.",
            ));
        }
        Ok(Self(text.into()))
    }

    /// The slug that a title suggests: umlauts written out, everything else that is no letter or digit a hyphen.
    pub fn from_title(title: &str) -> Option<Self> {
        let mut slug = String::new();
        for c in title.chars().flat_map(char::to_lowercase) {
            let letters: &str = match c {
                'ä' => "ae",
                'ö' => "oe",
                'ü' => "ue",
                'ß' => "ss",
                'à' | 'á' | 'â' | 'ã' | 'å' => "a",
                'ç' => "c",
                'è' | 'é' | 'ê' | 'ë' => "e",
                'ì' | 'í' | 'î' | 'ï' => "i",
                'ñ' => "n",
                'ò' | 'ó' | 'ô' | 'õ' | 'ø' => "o",
                'ù' | 'ú' | 'û' => "u",
                c if c.is_ascii_alphanumeric() => {
                    slug.push(c);
                    continue;
                }
                _ => "-",
            };
            if letters != "-" {
                slug.push_str(letters);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(Self::MAX);
        let slug = slug.trim_matches('-');
        Self::parse(slug).or_else(|_| Self::parse(&format!("{slug}-1"))).ok()
    }
}

crate::text_value!(Slug, Slug::parse, |o| o
    .min_length(Some(1))
    .max_length(Some(Slug::MAX))
    .pattern(Some("^[a-z0-9]+(-[a-z0-9]+)*$"))
    .description(Some("Stable human key: lower-case letters, digits and single hyphens."))
    .examples(["digitale-baugenehmigung"]));

/// How often an entry was changed, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64, minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 3)]
pub struct Revision(pub i64);

impl Revision {
    /// Of an entry that was just created.
    pub const FIRST: Self = Self(1);

    /// Of the entry after one more change.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Deserr<Faults> for Revision {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, Faults> {
        let number = <u64 as Deserr<Faults>>::deserialize_from_value(value, at)?;
        match i64::try_from(number) {
            Ok(number) if (1..=9_007_199_254_740_991).contains(&number) => Ok(Self(number)),
            _ => Err(Invalid::new("out_of_range", "Is no revision; revisions count from 1.")
                .at(pointer(at))
                .into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_suggests_a_readable_slug() {
        for (title, slug) in [
            ("Digitale Baugenehmigung", "digitale-baugenehmigung"),
            ("Straßenverkehr & Ämter (Bund)", "strassenverkehr-aemter-bund"),
            ("data[port]ai", "data-port-ai"),
            ("Search", "search-1"),
        ] {
            assert_eq!(Slug::from_title(title).unwrap().as_str(), slug);
        }
        assert_eq!(Slug::from_title("東京"), None);
    }

    #[test]
    fn reserved_words_and_ids_are_no_slugs() {
        assert_eq!("suggest".parse::<Slug>().unwrap_err().code, "reserved_slug");
        assert!("018f4e3a-0000-7000-8000-000000000000".parse::<Slug>().is_err());
    }

    proptest! {
        #[test]
        fn a_suggested_slug_is_always_a_slug(title in ".{0,200}") {
            if let Some(slug) = Slug::from_title(&title) {
                prop_assert!(slug.as_str().parse::<Slug>().is_ok());
            }
        }
    }
}
