//! Web addresses as people write them.

use domain::values::WebUrl;

use crate::publiccode::uri::Uri;

/// The address that is meant, and what had to be done to it, if anything.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) url: WebUrl,
    pub(super) repair: Option<&'static str>,
}

/// The web address that a text means; `None` if that is not certain.
pub(super) fn meant(text: &str) -> Option<Address> {
    let trimmed = text.trim().trim_start_matches('<').trim_end_matches('>').trim();
    if let Ok(url) = text.parse::<WebUrl>() {
        return Some(Address {
            url,
            repair: (trimmed != text).then_some("white space around it was removed"),
        });
    }
    let lower = trimmed.to_ascii_lowercase();
    let (candidate, repair) = if let Some(rest) = after(trimmed, &lower, "git+http") {
        (format!("http{rest}"), "the prefix git+ was removed")
    } else if let Some(rest) = after(trimmed, &lower, "git+ssh://").or_else(|| after(trimmed, &lower, "ssh://")) {
        (
            format!("https://{}", without_user_and_port(rest)),
            "the address for ssh was turned into one for the web",
        )
    } else if let Some(rest) = after(trimmed, &lower, "git://") {
        (
            format!("https://{}", without_user_and_port(rest)),
            "the address for git was turned into one for the web",
        )
    } else if lower.starts_with("http://") || lower.starts_with("https://") {
        (without_credentials(trimmed), "user name and spaces were removed")
    } else if let Some((host, path)) = of_scp(trimmed) {
        (
            format!("https://{host}/{path}"),
            "the address for ssh was turned into one for the web",
        )
    } else if let Some(rest) = trimmed.strip_prefix("//") {
        (format!("https://{rest}"), "https: was added")
    } else if looks_like_a_host(trimmed) {
        (format!("https://{trimmed}"), "https:// was added")
    } else {
        return None;
    };
    let url = candidate.replace(' ', "%20").parse::<WebUrl>().ok()?;
    Some(Address {
        url,
        repair: Some(repair),
    })
}

/// The rest of a text behind a prefix, whatever its case.
fn after<'a>(text: &'a str, lower: &str, prefix: &str) -> Option<&'a str> {
    lower.starts_with(prefix).then(|| text.get(prefix.len()..)).flatten()
}

fn without_user_and_port(rest: &str) -> String {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    format!("{host}/{path}")
}

fn without_credentials(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// `git@host:path`, as git understands it.
fn of_scp(text: &str) -> Option<(&str, &str)> {
    let (user, rest) = text.split_once('@')?;
    let (host, path) = rest.split_once(':')?;
    let fine = user.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    (fine && looks_like_a_host(host) && !path.is_empty()).then(|| (host, path.trim_start_matches('/')))
}

fn looks_like_a_host(text: &str) -> bool {
    let host = text.split('/').next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    labels.len() > 1
        && labels.iter().all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'))
        && labels.last().is_some_and(|top| top.len() > 1 && top.chars().all(char::is_alphabetic))
        // A file name is no host.
        && (text.contains('/') || labels.len() > 2 || !["md", "txt", "html", "pdf", "rst", "yml", "yaml"].contains(labels.last().unwrap_or(&"")))
}

/// Host and path of an address, for names.
pub(super) fn parts(url: &WebUrl) -> (String, Vec<String>) {
    let uri = Uri::parse(url.as_str()).unwrap_or_default();
    let host = uri.host.split(':').next().unwrap_or_default().to_lowercase();
    let segments = uri
        .path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect();
    (host, segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_repaired_where_the_meaning_is_certain() {
        for (given, expected, repaired) in [
            ("https://github.com/a/b.git", "https://github.com/a/b.git", false),
            (" https://github.com/a/b ", "https://github.com/a/b", true),
            ("git@github.com:a/b.git", "https://github.com/a/b.git", true),
            ("ssh://git@gitlab.com:2222/a/b.git", "https://gitlab.com/a/b.git", true),
            ("git+ssh://git@gitlab.com/a/b.git", "https://gitlab.com/a/b.git", true),
            ("git://example.org/a", "https://example.org/a", true),
            ("git+https://example.org/a", "https://example.org/a", true),
            ("github.com/a/b", "https://github.com/a/b", true),
            ("www.example.org", "https://www.example.org", true),
            ("//example.org/a", "https://example.org/a", true),
            ("https://user:secret@example.org/a", "https://example.org/a", true),
            ("https://example.org/a b", "https://example.org/a%20b", true),
        ] {
            let address = meant(given).unwrap();
            assert_eq!(
                (address.url.as_str(), address.repair.is_some()),
                (expected, repaired),
                "{given}"
            );
        }
    }

    #[test]
    fn what_is_no_address_stays_none() {
        for given in [
            "",
            "foobar",
            "legal/authorsFile",
            "README.md",
            "docs/index.html",
            "ftp://example.org",
            "svn://x.org/a",
            "javascript:alert(1)",
            "file:///a",
            "a@b",
            "http://",
        ] {
            assert_eq!(meant(given), None, "{given}");
        }
    }
}
