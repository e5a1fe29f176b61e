//! Keys of the German catalogue of administrative services.

use crate::fault::Invalid;

/// A `LeiKa` key: 14 digits. State and municipal services may start with other digits than the federal 99
/// (FIM-Baustein Leistungen), so no leading digits are demanded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeikaKey(Box<str>);

impl LeikaKey {
    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        // Published lists group the digits with spaces: 99 094 003 140 000.
        let digits: String = text.chars().filter(|c| *c != ' ').collect();
        if digits.len() == 14 && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(digits.into()))
        } else {
            Err(Invalid::new(
                "invalid_leika_key",
                "Is no LeiKa key; give its 14 digits, such as `99094003140000`.",
            ))
        }
    }
}

crate::text_value!(LeikaKey, LeikaKey::parse, |o| o
    .min_length(Some(14))
    .max_length(Some(20))
    .pattern(Some("^[0-9 ]{14,20}$"))
    .description(Some(
        "LeiKa key (FIM-Baustein Leistungen): 14 digits; spaces between groups are accepted."
    ))
    .examples(["99094003140000"]));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_fourteen_digits_whatever_they_start_with() {
        assert_eq!("77000000000316".parse::<LeikaKey>().unwrap().as_str(), "77000000000316");
        assert_eq!(
            "99 094 003 140 000".parse::<LeikaKey>().unwrap().as_str(),
            "99094003140000"
        );
        for bad in ["", "9909400314000", "990940031400001", "9909400314000x"] {
            assert!(bad.parse::<LeikaKey>().is_err(), "{bad}");
        }
    }
}
