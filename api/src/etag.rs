//! Entity tags (RFC 9110, section 8.8.3) and conditional reads.

use actix_web::HttpRequest;
use actix_web::http::header;
use domain::event::Sequence;
use sha2::{Digest, Sha256};

use crate::hex::hex;

/// The tag of what is made of many records: the last event that it includes, and a digest of all that tells it from others.
pub fn of_answer(as_of: Sequence, told_by: &str) -> String {
    let digest = Sha256::digest(told_by);
    format!("{}-{}", as_of.0, hex(digest.get(..8).unwrap_or_default()))
}

/// Whether `If-None-Match` names this tag, so that 304 is the answer. `tag` stands without quotes.
pub fn is_known(request: &HttpRequest, tag: &str) -> bool {
    request
        .headers()
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|v| v.to_str().ok())
        .any(|value| value.trim() == "*" || value.split(',').any(|given| opaque(given) == tag))
}

/// The tag within quotes; the weak mark and the mark of the content coding do not matter to a comparison of reads.
fn opaque(given: &str) -> &str {
    let given = given.trim();
    let given = given.strip_prefix("W/").unwrap_or(given);
    let given = given
        .strip_prefix('"')
        .and_then(|g| g.strip_suffix('"'))
        .unwrap_or(given);
    given.split_once('+').map_or(given, |(tag, _)| tag)
}

/// The tag of a representation in a content coding: another one, because its bytes are others.
pub fn coded(tag: &str, coding: &str) -> Option<String> {
    let inner = tag.strip_suffix('"')?;
    (!inner.contains('+')).then(|| format!("{inner}+{coding}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_tag_is_known_in_a_list_weak_or_coded() {
        let known = |value: &str| {
            is_known(
                &TestRequest::default()
                    .insert_header((header::IF_NONE_MATCH, value))
                    .to_http_request(),
                "r5",
            )
        };
        assert!(known("\"r5\""));
        assert!(known("\"r4\", W/\"r5\""));
        assert!(known("\"r5+gzip\""));
        assert!(known("*"));
        assert!(!known("\"r55\""));
    }
}
