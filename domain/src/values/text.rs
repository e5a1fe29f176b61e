//! Plain text of bounded length.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Faults, Invalid};

/// One line of 1 to `MAX` characters (Unicode scalar values), without control characters and outer white space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Line<const MAX: usize>(Box<str>);

/// Text of 1 to `MAX` characters that may have several lines (Markdown); no control characters but line feed and tab.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Prose<const MAX: usize>(Box<str>);

fn check_length(text: &str, max: usize) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new("empty", "Is empty; give a text, or leave the field out."));
    }
    let count = text.chars().count();
    if count > max {
        return Err(Invalid::new(
            "too_long",
            format!("Has {count} characters; shorten it to at most {max}."),
        ));
    }
    Ok(())
}

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        check_length(text, MAX)?;
        if let Some(c) = text.chars().find(|c| c.is_control()) {
            return Err(Invalid::new(
                "control_character",
                format!("Contains the control character U+{:04X}; remove it.", u32::from(c)),
            ));
        }
        Ok(Self(text.into()))
    }
}

impl<const MAX: usize> FromStr for Prose<MAX> {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        // CRLF is how some systems write a line end, not a fault.
        let text = if text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            text.into()
        };
        check_length(&text, MAX)?;
        if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(Invalid::new(
                "control_character",
                format!("Contains the control character U+{:04X}; remove it.", u32::from(c)),
            ));
        }
        Ok(Self(text.into()))
    }
}

macro_rules! bounded_text {
    ($type:ident) => {
        impl<const MAX: usize> $type<MAX> {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> Deref for $type<MAX> {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> AsRef<str> for $type<MAX> {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl<const MAX: usize> fmt::Display for $type<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl<'de, const MAX: usize> Deserialize<'de> for $type<MAX> {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                Cow::<str>::deserialize(d)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
        impl<const MAX: usize> Deserr<Faults> for $type<MAX> {
            fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, Faults> {
                super::parse_string(value, at, |s| s.parse())
            }
        }
        impl<const MAX: usize> PartialSchema for $type<MAX> {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(MAX))
                    .into()
            }
        }
        impl<const MAX: usize> ToSchema for $type<MAX> {
            fn name() -> Cow<'static, str> {
                format!("{}{MAX}", stringify!($type)).into()
            }
        }
    };
}

bounded_text!(Line);
bounded_text!(Prose);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_counts_characters_not_bytes() {
        assert!("äöü".parse::<Line<3>>().is_ok());
        assert_eq!(
            "äöüß".parse::<Line<3>>().unwrap_err().detail,
            "Has 4 characters; shorten it to at most 3."
        );
    }

    #[test]
    fn a_line_refuses_line_ends_that_prose_accepts() {
        assert_eq!("a\nb".parse::<Line<9>>().unwrap_err().code, "control_character");
        assert_eq!("a\r\nb".parse::<Prose<9>>().unwrap().as_str(), "a\nb");
        assert_eq!("a\0b".parse::<Prose<9>>().unwrap_err().code, "control_character");
    }
}
