//! Identifiers of records.

use crate::fault::Invalid;

/// A UUID (RFC 9562); new ones are of version 7, so that they sort by the time of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(uuid::Uuid);

impl Id {
    /// From its 128 bits.
    pub fn from_u128(bits: u128) -> Self {
        Self(uuid::Uuid::from_u128(bits))
    }

    /// Its 128 bits; smaller is older.
    pub fn as_u128(self) -> u128 {
        self.0.as_u128()
    }

    /// Its 32 hexadecimal digits without hyphens.
    pub fn hex(self) -> String {
        self.0.as_simple().to_string()
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        // Only the hyphenated form: an id in a path has one spelling.
        if text.len() == 36
            && let Ok(uuid) = uuid::Uuid::try_parse(text)
        {
            return Ok(Self(uuid));
        }
        Err(Invalid::new(
            "invalid_id",
            "Is no id; give a UUID with hyphens, such as `01980c2e-7a00-7000-8000-000000000001`.",
        ))
    }
}

impl From<uuid::Uuid> for Id {
    fn from(uuid: uuid::Uuid) -> Self {
        Self(uuid)
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl std::str::FromStr for Id {
    type Err = Invalid;
    fn from_str(s: &str) -> Result<Self, Invalid> {
        Self::parse(s)
    }
}

crate::wire_string!(Id, Id::parse);

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl utoipa::PartialSchema for Id {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::Custom("uuid".to_owned())))
            .min_length(Some(36))
            .max_length(Some(36))
            .description(Some("UUID (RFC 9562), version 7 where this catalogue made it."))
            .examples(["01980c2e-7a00-7000-8000-000000000001"])
            .into()
    }
}

impl utoipa::ToSchema for Id {}

/// Makes identifiers. There is one in the running service, and one that counts in the tests.
pub trait Ids: Send + Sync {
    /// A new identifier, greater than all earlier ones of this maker.
    fn next(&self) -> Id;
}
