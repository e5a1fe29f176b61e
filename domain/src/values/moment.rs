//! Days and moments.

use std::str::FromStr;

use time::format_description::FormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::fault::Invalid;

const ISO_DAY: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// A calendar day, `YYYY-MM-DD` (RFC 3339 full-date).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// From a date.
    pub fn new(date: Date) -> Self {
        Self(date)
    }

    /// The date.
    pub fn date(self) -> Date {
        self.0
    }

    /// The day with this number, if there is one.
    pub fn from_number(number: i64) -> Option<Self> {
        let julian = i32::try_from(number.checked_add(2_440_588)?).ok()?;
        Date::from_julian_day(julian).ok().map(Self)
    }

    /// The day so many days later; the last or first of all, where there is none.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        let days = time::Duration::days(days);
        Self(self.0.saturating_add(days))
    }

    /// Days since 1970-01-01; negative before.
    pub fn number(self) -> i64 {
        i64::from(self.0.to_julian_day()) - 2_440_588
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        // The parser takes signs and single digits, RFC 3339 does not.
        if text.len() != 10 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Err(Self::refuse());
        }
        Date::parse(text, ISO_DAY).map(Self).map_err(|_| Self::refuse())
    }

    fn refuse() -> Invalid {
        Invalid::new(
            "invalid_date",
            "Is no date; write it as YYYY-MM-DD, such as `2026-07-01`.",
        )
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            u8::from(self.0.month()),
            self.0.day()
        )
    }
}

impl FromStr for Day {
    type Err = Invalid;
    fn from_str(s: &str) -> Result<Self, Invalid> {
        Self::parse(s)
    }
}

/// A moment in UTC, to the microsecond (what both databases keep).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The day in UTC.
    pub fn day(self) -> Day {
        Day(self.utc().date())
    }

    fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| {
            Invalid::new(
                "invalid_timestamp",
                "Is no moment; write it after RFC 3339 with its offset, such as `2026-07-01T09:30:00Z`.",
            )
        })?;
        i64::try_from(moment.unix_timestamp_nanos() / 1000)
            .map(Self)
            .map_err(|_| Invalid::new("invalid_timestamp", "Lies outside the range that can be kept."))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let utc = self.utc();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            utc.year(),
            u8::from(utc.month()),
            utc.day(),
            utc.hour(),
            utc.minute(),
            utc.second(),
            utc.microsecond()
        )
    }
}

impl FromStr for Timestamp {
    type Err = Invalid;
    fn from_str(s: &str) -> Result<Self, Invalid> {
        Self::parse(s)
    }
}

macro_rules! moment_value {
    ($type:ident, $format:literal, $length:literal, $example:literal, $text:literal) => {
        crate::wire_string!($type, $type::parse);
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::Custom($format.to_owned())))
                    .max_length(Some($length))
                    .description(Some($text))
                    .examples([$example])
                    .into()
            }
        }
        impl utoipa::ToSchema for $type {}
    };
}

moment_value!(Day, "date", 10, "2026-07-01", "Calendar day (RFC 3339 full-date).");
moment_value!(
    Timestamp,
    "date-time",
    40,
    "2026-07-01T09:30:00.000000Z",
    "Moment (RFC 3339); answered in UTC to the microsecond, accepted with any offset."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_answered_in_utc_to_the_microsecond() {
        let moment: Timestamp = "2026-07-01T11:30:00.1234567+02:00".parse().unwrap();
        assert_eq!(moment.to_string(), "2026-07-01T09:30:00.123456Z");
    }

    #[test]
    fn days_are_strict() {
        assert_eq!("1970-01-02".parse::<Day>().unwrap().number(), 1);
        for bad in [
            "2026-7-1",
            "01.07.2026",
            "2026-02-30",
            "2026-07-01T00:00:00Z",
            "+026-07-01",
        ] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }
}
