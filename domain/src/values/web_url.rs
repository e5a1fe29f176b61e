//! Addresses on the web.

use crate::fault::Invalid;

/// An absolute `http` or `https` URL (WHATWG URL), without user name and password.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebUrl(Box<str>);

impl WebUrl {
    /// Longest URL, in characters.
    pub const MAX: usize = 2000;

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.len() > Self::MAX {
            return Err(Invalid::new(
                "too_long",
                format!("Is longer than {} characters.", Self::MAX),
            ));
        }
        let refuse = |why: &str| {
            Invalid::new(
                "invalid_url",
                format!("{why}; give an absolute address such as `https://example.org/page`."),
            )
        };
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(refuse("Contains white space or control characters"));
        }
        let url = url::Url::parse(text).map_err(|e| refuse(&format!("Is no URL ({e})")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("Is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("Carries a user name or a password"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(refuse("Has no host"));
        }
        Ok(Self(text.into()))
    }
}

crate::text_value!(WebUrl, WebUrl::parse, |o| o
    .min_length(Some(8))
    .max_length(Some(WebUrl::MAX))
    .pattern(Some("^[Hh][Tt][Tt][Pp][Ss]?://[^\\s]+$"))
    .description(Some("Absolute http or https URL without credentials."))
    .examples(["https://www.digitale-baugenehmigung.de"]));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_without_credentials_are_urls() {
        assert!("https://example.org/ä".parse::<WebUrl>().is_ok());
        for bad in [
            "",
            "example.org",
            "ftp://example.org",
            "javascript:alert(1)",
            "https://u:p@example.org",
            "https://",
        ] {
            assert!(bad.parse::<WebUrl>().is_err(), "{bad}");
        }
    }
}
