//! Values that are what they say: parsed once, at the edge, and never checked again.

mod language;
mod leika;
mod licence;
mod list;
mod localized;
mod moment;
mod money;
mod number;
mod region;
mod slug;
mod text;
mod web_url;

pub use language::Language;
pub use leika::LeikaKey;
pub use licence::Licence;
pub use list::List;
pub use localized::Localized;
pub use moment::{Day, Timestamp};
pub use money::Euros;
pub use number::{Number, Percent};
pub use region::{RegionKey, State};
pub use slug::{Revision, Slug};
pub use text::{Line, Prose};
pub use web_url::WebUrl;

/// Implements reading (serde and deserr) for a type that is parsed from a string.
#[macro_export]
macro_rules! wire_string {
    ($type:ty, $parse:expr) => {
        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(d)?;
                let parse: fn(&str) -> Result<$type, $crate::fault::Invalid> = $parse;
                parse(&text).map_err(::serde::de::Error::custom)
            }
        }
        impl ::deserr::Deserr<$crate::fault::Faults> for $type {
            fn deserialize_from_value<V: ::deserr::IntoValue>(
                value: ::deserr::Value<V>,
                location: ::deserr::ValuePointerRef<'_>,
            ) -> Result<Self, $crate::fault::Faults> {
                let parse: fn(&str) -> Result<$type, $crate::fault::Invalid> = $parse;
                $crate::values::parse_string(value, location, parse)
            }
        }
    };
}

/// Implements writing and the schema for a type that holds its text; reading is [`wire_string!`]'s.
#[macro_export]
macro_rules! text_value {
    ($type:ident, $parse:expr, $schema:expr) => {
        $crate::wire_string!($type, $parse);
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl ::std::str::FromStr for $type {
            type Err = $crate::fault::Invalid;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                let parse: fn(&str) -> Result<$type, $crate::fault::Invalid> = $parse;
                parse(s)
            }
        }
        impl ::utoipa::PartialSchema for $type {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                let build: fn(::utoipa::openapi::ObjectBuilder) -> ::utoipa::openapi::ObjectBuilder = $schema;
                build(::utoipa::openapi::ObjectBuilder::new().schema_type(::utoipa::openapi::schema::Type::String))
                    .into()
            }
        }
        impl ::utoipa::ToSchema for $type {
            fn name() -> ::std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
        }
    };
}

/// Reads a string and parses it, with the place added to whatever is wrong.
///
/// # Errors
/// What is wrong with the value, at `location`.
pub fn parse_string<T, V: deserr::IntoValue>(
    value: deserr::Value<V>,
    location: deserr::ValuePointerRef<'_>,
    parse: fn(&str) -> Result<T, crate::fault::Invalid>,
) -> Result<T, crate::fault::Faults> {
    let text = <String as deserr::Deserr<crate::fault::Faults>>::deserialize_from_value(value, location)?;
    parse(&text).map_err(|e| e.at(crate::fault::pointer(location)).into())
}
