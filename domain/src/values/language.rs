//! Language tags.

use crate::fault::Invalid;

/// A language tag after BCP 47 (RFC 5646): language, optional script and region, e.g. `de`, `en-GB`, `sr-Latn`.
/// Kept in the recommended case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(Box<str>);

impl Language {
    /// Longest tag accepted, in characters.
    pub const MAX: usize = 16;

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// German.
    pub fn german() -> Self {
        Self("de".into())
    }

    /// The primary language, e.g. `en` of `en-GB`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let refuse = || {
            Invalid::new(
                "invalid_language",
                format!("`{text}` is no language tag; write it after BCP 47, such as `de` or `en-GB`."),
            )
        };
        if text.len() > Self::MAX || !text.is_ascii() {
            return Err(refuse());
        }
        let mut parts = text.split('-');
        let primary = parts.next().unwrap_or_default();
        if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Err(refuse());
        }
        let mut tag = primary.to_ascii_lowercase();
        let (mut script, mut region) = (false, false);
        for part in parts {
            let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
            let digits = part.bytes().all(|b| b.is_ascii_digit());
            tag.push('-');
            match part.len() {
                4 if letters && !script && !region => {
                    script = true;
                    for (i, c) in part.chars().enumerate() {
                        tag.push(if i == 0 {
                            c.to_ascii_uppercase()
                        } else {
                            c.to_ascii_lowercase()
                        });
                    }
                }
                2 if letters && !region => {
                    region = true;
                    tag.push_str(&part.to_ascii_uppercase());
                }
                3 if digits && !region => {
                    region = true;
                    tag.push_str(part);
                }
                _ => return Err(refuse()),
            }
        }
        Ok(Self(tag.into()))
    }
}

crate::text_value!(Language, Language::parse, |o| o
    .max_length(Some(Language::MAX))
    .pattern(Some("^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"))
    .description(Some("Language tag after BCP 47 (RFC 5646)."))
    .examples(["de"]));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_kept_in_their_recommended_case() {
        for (given, kept) in [
            ("DE", "de"),
            ("en-gb", "en-GB"),
            ("sr-latn", "sr-Latn"),
            ("es-419", "es-419"),
        ] {
            assert_eq!(given.parse::<Language>().unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for given in ["", "d", "it_IT", "german", "de-", "de-DE-DE", "de-x", "1a", "ü"] {
            assert!(given.parse::<Language>().is_err(), "{given}");
        }
    }
}
