//! Amounts of money.

use deserr::{Deserr, IntoValue, Value, ValuePointerRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{Schema, Type};
use utoipa::openapi::{ObjectBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Faults, pointer};

/// An amount in euros with at most two decimals, from 0 to 100 billion; kept in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Euros(u64);

impl Euros {
    /// The greatest amount in cents.
    pub const MAX: u64 = 10_000_000_000_000;

    /// From cents, if it is no more than [`Self::MAX`].
    pub fn from_cents(cents: u64) -> Option<Self> {
        (cents <= Self::MAX).then_some(Self(cents))
    }

    /// The amount in cents.
    pub fn cents(self) -> u64 {
        self.0
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "amounts up to the greatest are exact in both"
    )]
    fn new(euros: f64) -> Option<Self> {
        let cents = (euros * 100.0).round();
        let is_exact = (cents / 100.0 - euros).abs() < 1e-6;
        (is_exact && (0.0..=Self::MAX as f64).contains(&cents)).then_some(Self(cents as u64))
    }
}

impl Serialize for Euros {
    #[allow(clippy::cast_precision_loss, reason = "amounts up to the greatest are exact")]
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(100) {
            s.serialize_u64(self.0 / 100)
        } else {
            s.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

impl<'de> Deserialize<'de> for Euros {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(d)?).ok_or_else(|| serde::de::Error::custom("amount out of bounds"))
    }
}

impl Deserr<Faults> for Euros {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, Faults> {
        Self::new(<f64 as Deserr<Faults>>::deserialize_from_value(value, at)?).ok_or_else(|| {
            let mut faults = Faults::new();
            let detail = "Give an amount in euros from 0 to 100000000000 with at most two decimals.";
            faults.add(pointer(at), "out_of_range", detail);
            faults
        })
    }
}

impl PartialSchema for Euros {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Double,
            )))
            .minimum(Some(0))
            .maximum(Some(100_000_000_000_u64))
            .description(Some("Amount in euros, with at most two decimals."))
            .examples([12_500.5])
            .into()
    }
}

impl ToSchema for Euros {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_to_the_cent() {
        for (text, cents, again) in [
            ("0", 0, "0"),
            ("0.35", 35, "0.35"),
            ("1250.50", 125_050, "1250.5"),
            ("100000000000", Euros::MAX, "100000000000"),
        ] {
            let amount: Euros = serde_json::from_str(text).unwrap();
            assert_eq!(amount.cents(), cents);
            assert_eq!(serde_json::to_string(&amount).unwrap(), again);
        }
        for bad in ["-1", "0.001", "100000000000.01", "1e300"] {
            assert!(serde_json::from_str::<Euros>(bad).is_err(), "{bad}");
        }
    }
}
