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
