//! URLs and URNs, split as RFC 3986 does and no more forgiving than that.
//!
//! Browsers repair what they can (`https:/example.org` works in an address bar); a file that others read must be right
//! by itself, so this module repairs nothing.

/// The parts of a URI that rules ask for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Uri {
    /// In lower case; empty if there is none.
    pub(super) scheme: String,
    /// Host and port, without user information.
    pub(super) host: String,
    /// What follows the scheme if that is not a slash: `x:y` of `urn:x:y`.
    pub(super) opaque: String,
    /// The path, not decoded.
    pub(super) path: String,
    /// What follows `#`.
    pub(super) fragment: String,
}

impl Uri {
    /// Splits a URI reference; `None` if it is malformed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        if !escapes_are_whole(fragment) {
            return None;
        }
        let mut uri = Self::parse_whole(text, false)?;
        fragment.clone_into(&mut uri.fragment);
        Some(uri)
    }

    /// Splits a URI that must be absolute (or an absolute path) and has no fragment.
    pub(super) fn parse_absolute(text: &str) -> Option<Self> {
        if text.is_empty() {
            None
        } else {
            Self::parse_whole(text, true)
        }
    }

    fn parse_whole(text: &str, absolute: bool) -> Option<Self> {
        if text.chars().any(|c| c.is_ascii_control()) {
            return None;
        }
        let (scheme, rest) = split_scheme(text)?;
        let scheme = scheme.to_ascii_lowercase();
        let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                return Some(Self {
                    scheme,
                    opaque: rest.to_owned(),
                    ..Self::default()
                });
            }
            let first_segment = rest.split('/').next().unwrap_or_default();
            if absolute || first_segment.contains(':') {
                return None;
            }
        }
        let has_authority = rest.starts_with("//") && (!scheme.is_empty() || (!absolute && !rest.starts_with("///")));
        let (host, path) = match rest.strip_prefix("//").filter(|_| has_authority) {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                let (authority, path) = rest.split_at(end);
                (host_of(authority)?, path)
            }
            None => (String::new(), rest),
        };
        escapes_are_whole(path).then(|| Self {
            scheme,
            host,
            path: path.to_owned(),
            ..Self::default()
        })
    }
}

/// Splits `scheme:rest`. No scheme is fine; an empty one is not.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    for (at, character) in text.char_indices() {
        match character {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return None,
            ':' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => return Some(("", text)),
        }
    }
    Some(("", text))
}

fn host_of(authority: &str) -> Option<String> {
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
            if !user.chars().all(allowed) || !escapes_are_whole(user) {
                return None;
            }
            host
        }
        None => authority,
    };
    let port_is_valid = |port: &str| port.chars().all(|c| c.is_ascii_digit());
    if let Some(rest) = host.strip_prefix('[') {
        let (_, after) = rest.rsplit_once(']')?;
        let port = after
            .strip_prefix(':')
            .unwrap_or(if after.is_empty() { "" } else { "x" });
        return port_is_valid(port).then(|| host.to_owned());
    }
    if let Some((_, port)) = host.rsplit_once(':')
        && !port_is_valid(port)
    {
        return None;
    }
    let allowed = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:[]<>\"%".contains(c);
    (host.chars().all(allowed) && escapes_are_whole(host)).then(|| host.to_owned())
}

/// Whether each `%` is followed by two hexadecimal digits.
fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let mut digits = after.chars();
        (0..2).all(|_| digits.next().is_some_and(|c| c.is_ascii_hexdigit()))
    })
}

/// A URL of any scheme that names something.
pub(super) fn is_url(text: &str) -> bool {
    let Some(uri) = Uri::parse(text) else { return false };
    match uri.scheme.as_str() {
        "" => false,
        "file" => !matches!(uri.path.as_str(), "" | "/"),
        _ => !(uri.host.is_empty() && uri.fragment.is_empty() && uri.opaque.is_empty()),
    }
}

/// A URL of the web.
pub(super) fn is_http_url(text: &str) -> bool {
    Uri::parse(text).is_some_and(|uri| matches!(uri.scheme.as_str(), "http" | "https") && !uri.host.is_empty())
}

/// A name by RFC 2141: `urn:`, a namespace, `:` and a specific string.
pub(super) fn is_urn(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (Some(urn), Some(namespace), Some(specific)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let namespace_is_valid = (2..=32).contains(&namespace.len())
        && !namespace.starts_with('-')
        && !namespace.eq_ignore_ascii_case("urn")
        && namespace.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let allowed = |c: char| c.is_ascii_alphanumeric() || "()+,-.:=@;$_!*'%".contains(c);
    urn.eq_ignore_ascii_case("urn")
        && namespace_is_valid
        && !specific.is_empty()
        && specific.chars().all(allowed)
        && escapes_are_whole(specific)
}

/// A URL with a host, or a URN.
pub(super) fn is_url_or_urn(text: &str) -> bool {
    let Some(uri) = Uri::parse_absolute(text) else {
        return false;
    };
    if uri.scheme == "urn" {
        is_urn(text)
    } else {
        !uri.scheme.is_empty() && !uri.host.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_repositories_are_urls() {
        for text in [
            "https://github.com/a/b.git",
            "HTTPS://github.com/a/b",
            "git://example.org/a",
            "ssh://git@example.org:22/a.git",
            "git+https://example.org/a",
            "https://example.org/a b",
            "https://müller.example/ä",
            "https://[::1]:8080/x",
            "mailto:a@example.org",
            "file:///srv/a",
        ] {
            assert!(is_url(text), "{text}");
        }
    }

    #[test]
    fn broken_addresses_are_not() {
        for text in [
            "",
            "foobar",
            "github.com/a/b",
            "//example.org/a",
            "/a/b",
            "git@github.com:a/b.git",
            " https://example.org/",
            "https://example.org/\n",
            "https://exa mple.org/",
            "https:///a",
            "https:/example.org",
            "://example.org",
            "https://example.org/%zz",
            "https://example.org:port/",
            "https://",
            "http://[::1/",
            "file:///",
        ] {
            assert!(!is_url(text), "{text:?}");
        }
    }

    #[test]
    fn only_http_is_of_the_web() {
        assert!(is_http_url("http://example.org"));
        for text in [
            "ftp://example.org",
            "git://example.org/a",
            "https:a",
            "mailto:a@example.org",
        ] {
            assert!(!is_http_url(text), "{text}");
        }
    }

    #[test]
    fn a_urn_has_a_namespace_and_a_name() {
        assert!(is_urn("urn:x-italian-pa:c_h501") && is_urn("URN:isbn:0451450523") && is_urn("urn:foo:bar"));
        for text in [
            "urn:foo",
            "urn:foo:",
            "urn:f:x",
            "urn:urn:x",
            "urn:foo:[x]",
            "urn:foo:a b",
            "urn:-a:b",
            "foo",
        ] {
            assert!(!is_urn(text), "{text}");
        }
    }

    #[test]
    fn an_identifier_is_a_url_with_a_host_or_a_urn() {
        assert!(is_url_or_urn("https://example.org/x") && is_url_or_urn("urn:foo:bar"));
        for text in ["foo", "/foo", "mailto:a@example.org", "urn:foo:[bar]", ""] {
            assert!(!is_url_or_urn(text), "{text}");
        }
    }
}
