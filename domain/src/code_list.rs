//! Closed code lists: one table per list gives the enum its wire form, its schema and its labels.

use serde::Serialize;
use utoipa::ToSchema;

use crate::fault::{Invalid, unknown};

/// A label in German and English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Label {
    /// German.
    #[schema(max_length = 200, example = "Cloud-Dienst")]
    pub de: &'static str,
    /// English.
    #[schema(max_length = 200, example = "Cloud service")]
    pub en: &'static str,
}

/// A closed list of codes. Codes are `snake_case`, stable, and never reused for another meaning.
pub trait CodeList: Copy + Eq + 'static {
    /// Name of the list under `/v1/vocabularies`.
    const NAME: &'static str;
    /// What the list is about.
    const TITLE: Label;
    /// Every value, in its natural order.
    const ALL: &'static [Self];
    /// The code on the wire.
    fn code(self) -> &'static str;
    /// The label for people.
    fn label(self) -> Label;

    /// The value of what a client writes: its code, or another form that the list accepts.
    ///
    /// # Errors
    /// If it means no value of the list.
    fn accept(text: &str) -> Result<Self, Invalid>;

    /// The value of a code.
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|v| v.code() == code)
    }

    /// All codes, for messages and schemas.
    fn codes() -> Vec<&'static str> {
        Self::ALL.iter().map(|v| v.code()).collect()
    }
}

/// The value of a code, or what is known instead.
///
/// # Errors
/// If no value has this code.
pub fn parse<T: CodeList>(code: &str) -> Result<T, Invalid> {
    T::from_code(code).ok_or_else(|| Invalid::new("unknown_value", unknown("value", code, &T::codes())))
}

/// Implements [`CodeList`], serde, deserr and the schema of an enum from its table of codes and labels.
#[macro_export]
macro_rules! code_list {
    ($type:ident, $name:literal, $($rest:tt)+) => {
        $crate::code_list!($type via $crate::code_list::parse::<$type>, $name, $($rest)+);
    };
    ($type:ident via $parse:expr, $name:literal, $title_de:literal, $title_en:literal; $($variant:ident = $code:literal, $de:literal, $en:literal;)+) => {
        impl $crate::code_list::CodeList for $type {
            const NAME: &'static str = $name;
            const TITLE: $crate::code_list::Label = $crate::code_list::Label { de: $title_de, en: $title_en };
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
            fn accept(text: &str) -> Result<Self, $crate::fault::Invalid> {
                $parse(text)
            }
            fn label(self) -> $crate::code_list::Label {
                match self { $(Self::$variant => $crate::code_list::Label { de: $de, en: $en }),+ }
            }
        }
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str($crate::code_list::CodeList::code(*self))
            }
        }
        impl ::std::str::FromStr for $type {
            type Err = $crate::fault::Invalid;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                <Self as $crate::code_list::CodeList>::accept(s)
            }
        }
        $crate::wire_string!($type, |value: &str| value.parse());
        impl ::utoipa::PartialSchema for $type {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                let mut text = format!("{}.\n", $title_en);
                $( text.push_str(&format!("\n- `{}`: {} ({})", $code, $en, $de)); )+
                ::utoipa::openapi::ObjectBuilder::new()
                    .schema_type(::utoipa::openapi::schema::Type::String)
                    .description(Some(text))
                    .enum_values(Some([$($code),+]))
                    .into()
            }
        }
        impl ::utoipa::ToSchema for $type {
            fn name() -> ::std::borrow::Cow<'static, str> { stringify!($type).into() }
        }
    };
}
