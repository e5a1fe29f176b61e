//! Numbers in bounds.

use std::borrow::Cow;

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Faults, pointer};

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Number<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Number<MIN, MAX> {
    /// The number, if it is within the bounds.
    pub fn new(number: u32) -> Option<Self> {
        (MIN..=MAX).contains(&number).then_some(Self(number))
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl<'de, const MIN: u32, const MAX: u32> Deserialize<'de> for Number<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(u32::deserialize(d)?).ok_or_else(|| serde::de::Error::custom("number out of bounds"))
    }
}

impl<const MIN: u32, const MAX: u32> Deserr<Faults> for Number<MIN, MAX> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, Faults> {
        let number = <u64 as Deserr<Faults>>::deserialize_from_value(value, at)?;
        u32::try_from(number).ok().and_then(Self::new).ok_or_else(|| {
            let mut faults = Faults::new();
            faults.add(
                pointer(at),
                "out_of_range",
                format!("Is {number}; give a number from {MIN} to {MAX}."),
            );
            faults
        })
    }
}

impl<const MIN: u32, const MAX: u32> PartialSchema for Number<MIN, MAX> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Int32,
            )))
            .minimum(Some(MIN))
            .maximum(Some(MAX))
            .into()
    }
}

impl<const MIN: u32, const MAX: u32> ToSchema for Number<MIN, MAX> {
    fn name() -> Cow<'static, str> {
        format!("Number{MIN}To{MAX}").into()
    }
}

/// A share of a hundred from 0 to 100, e.g. an availability of 99.5 %.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Percent(f64);

impl Percent {
    /// The share, if it is within 0 to 100.
    pub fn new(share: f64) -> Option<Self> {
        (0.0..=100.0).contains(&share).then_some(Self(share))
    }

    /// The share of a hundred.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(d)?).ok_or_else(|| serde::de::Error::custom("share out of bounds"))
    }
}

impl Deserr<Faults> for Percent {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, Faults> {
        Self::new(<f64 as Deserr<Faults>>::deserialize_from_value(value, at)?).ok_or_else(|| {
            let mut faults = Faults::new();
            faults.add(pointer(at), "out_of_range", "Give a share of a hundred, from 0 to 100.");
            faults
        })
    }
}

impl PartialSchema for Percent {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Double,
            )))
            .minimum(Some(0))
            .maximum(Some(100))
            .description(Some("Share of a hundred."))
            .examples([99.5])
            .into()
    }
}

impl ToSchema for Percent {}
