//! The rules for single texts.

use crate::problem::quoted;
use crate::publiccode::schema::Rule;
use crate::publiccode::vocabulary::{CATEGORIES, SCOPES, SUPPORTS_ALIASES};
use crate::publiccode::{licence, uri, values, video};
use crate::yaml::{Meaning, Node, Value};

use super::Knowledge;

/// How the URN of an Italian public office begins.
const ITALIAN: &str = "urn:x-italian-pa:";

/// Endings of file names that tell the format of a picture.
const FORMATS: &[&str] = &[
    "jpg", "jpeg", "png", "gif", "webp", "bmp", "ico", "tif", "tiff", "pdf", "eps", "avif", "svg", "svgz",
];

/// What is wrong with a text.
pub(super) struct Fault {
    pub(super) code: &'static str,
    pub(super) detail: String,
}

fn fault(code: &'static str, detail: impl Into<String>) -> Fault {
    Fault {
        code,
        detail: detail.into(),
    }
}

/// Checks one text by one rule.
pub(super) fn check(text: &str, rule: Rule, node: &Node, knowledge: Knowledge<'_>) -> Result<(), Fault> {
    let shown = quoted(text);
    let demand = |holds: bool, code, detail: String| if holds { Ok(()) } else { Err(fault(code, detail)) };
    match rule {
        Rule::Any => Ok(()),
        Rule::OneOf(allowed) => {
            let known = allowed.contains(&as_read(text, node).as_str());
            demand(
                known,
                "unknown_value",
                format!("{shown} is not one of {}.", allowed.join(", ")),
            )
        }
        Rule::Length { min, max } => length(text, min, max),
        Rule::Url => demand(
            uri::is_url(text),
            "invalid_url",
            format!("{shown} is not a URL with a scheme, such as https."),
        ),
        Rule::HttpUrl => http_url(text),
        Rule::Video => {
            http_url(text)?;
            let detail =
                format!("{shown} is not the page of a video on a host that supports oEmbed, such as YouTube or Vimeo.");
            demand(video::can_be_embedded(text), "invalid_video", detail)
        }
        Rule::RelativePath => relative(text),
        Rule::Logo => image(text, &["svg", "svgz", "png"]),
        Rule::Screenshot => image(text, &["png", "jpg", "jpeg"]),
        Rule::Date => {
            let detail = format!("{shown} is not a date; write it as YYYY-MM-DD.");
            demand(values::date(text).is_some(), "invalid_date", detail)
        }
        Rule::Email => demand(
            values::is_email(text),
            "invalid_email",
            format!("{shown} is not an e-mail address."),
        ),
        Rule::MediaType => demand(
            values::is_media_type(text),
            "invalid_media_type",
            format!("{shown} is not a media type, such as text/plain."),
        ),
        Rule::Licence => {
            let detail =
                format!("{shown} is not an SPDX expression, such as EUPL-1.2 (see https://spdx.org/licenses).");
            demand(licence::expression(text).is_some(), "invalid_licence", detail)
        }
        Rule::Language => demand(
            values::is_language(text),
            "invalid_language",
            format!("{shown} is not a language by BCP 47, such as de."),
        ),
        Rule::Country => {
            let detail = format!("{shown} is not a country by ISO 3166-1 alpha-2, such as DE.");
            demand(values::country(text).is_some(), "invalid_country", detail)
        }
        Rule::Category => {
            let detail = format!("{shown} is not on the standard's list of categories; take one from it, or ‘other’.");
            demand(CATEGORIES.contains(&text), "unknown_category", detail)
        }
        Rule::Scope => demand(
            SCOPES.contains(&text),
            "unknown_scope",
            format!("{shown} is not on the standard's list of scopes."),
        ),
        Rule::OrganisationUri => organisation_uri(text, knowledge),
        Rule::ItalianOffice if text.is_empty() => Ok(()),
        Rule::ItalianOffice => italian_office(text, knowledge),
        Rule::Supports => supports(text),
    }
}

/// What is right but deprecated about a text.
pub(super) fn advice(text: &str, rule: Rule) -> Option<Fault> {
    let lower = matches!(rule, Rule::Country) && values::country(text) == Some(values::Country::Lower);
    lower.then(|| {
        let detail = format!(
            "lower-case country codes are deprecated; write ‘{}’.",
            text.to_ascii_uppercase()
        );
        fault("lower_case_country", detail)
    })
}

/// A number without quotes is read as a number first: `1.0` becomes `1`.
fn as_read(text: &str, node: &Node) -> String {
    match &node.value {
        Value::Scalar(scalar) if scalar.meaning() == Meaning::Number => text
            .parse::<f64>()
            .map_or_else(|_| text.to_owned(), |number| number.to_string()),
        _ => text.to_owned(),
    }
}

fn length(text: &str, min: usize, max: usize) -> Result<(), Fault> {
    let length = values::length(text);
    if length > max {
        return Err(fault(
            "too_long",
            format!("has {length} characters; at most {max} are allowed."),
        ));
    }
    if length < min {
        return Err(fault(
            "too_short",
            format!("has {length} characters; at least {min} are demanded."),
        ));
    }
    Ok(())
}

fn http_url(text: &str) -> Result<(), Fault> {
    if uri::is_http_url(text) {
        return Ok(());
    }
    Err(fault(
        "invalid_url",
        format!(
            "{} is not an address of the web, such as https://example.org/.",
            quoted(text)
        ),
    ))
}

/// A path in the repository or an address, but nothing on the author's own machine.
fn relative(text: &str) -> Result<(), Fault> {
    if text.starts_with('/') {
        let detail = "is an absolute path; give a path relative to the root of the repository, or a URL.";
        return Err(fault("absolute_path", detail));
    }
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:")) {
        let detail = "is a file: URL; give a path relative to the root of the repository, or an http(s) URL.";
        return Err(fault("file_url", detail));
    }
    Ok(())
}

/// A picture whose name, if it tells the format, tells one of these.
fn image(text: &str, formats: &[&str]) -> Result<(), Fault> {
    if text.is_empty() {
        return Ok(());
    }
    relative(text)?;
    let path = uri::Uri::parse(text).map_or_else(|| text.to_owned(), |uri| uri.path);
    let name = path.rsplit('/').next().unwrap_or_default();
    let format = name
        .rsplit_once('.')
        .map(|(_, format)| format.to_ascii_lowercase())
        .unwrap_or_default();
    if FORMATS.contains(&format.as_str()) && !formats.contains(&format.as_str()) {
        return Err(fault(
            "image_format",
            format!("has the format {format}; allowed are {}.", formats.join(", ")),
        ));
    }
    Ok(())
}

fn organisation_uri(text: &str, knowledge: Knowledge<'_>) -> Result<(), Fault> {
    if !uri::is_url_or_urn(text) {
        return Err(fault(
            "invalid_uri",
            format!("{} is not a URI: a URL with a host, or a URN.", quoted(text)),
        ));
    }
    match text.split_at_checked(ITALIAN.len()) {
        Some((start, code)) if start.eq_ignore_ascii_case(ITALIAN) => italian_office(code, knowledge),
        _ => Ok(()),
    }
}

fn italian_office(code: &str, knowledge: Knowledge<'_>) -> Result<(), Fault> {
    let well_formed = (2..=40).contains(&code.len())
        && code
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'));
    if well_formed
        && knowledge
            .italian_offices
            .is_none_or(|register| register(&code.to_ascii_lowercase()))
    {
        return Ok(());
    }
    Err(fault(
        "unknown_italian_office",
        format!(
            "{} is not a code of the register of Italian public offices.",
            quoted(code)
        ),
    ))
}

fn supports(text: &str) -> Result<(), Fault> {
    if let Some(alias) = text.strip_prefix("alias:") {
        if SUPPORTS_ALIASES.contains(&alias) {
            return Ok(());
        }
        let detail = format!(
            "the alias {} is not known; known are {}.",
            quoted(alias),
            SUPPORTS_ALIASES.join(", ")
        );
        return Err(fault("unknown_alias", detail));
    }
    if uri::is_url_or_urn(text) {
        return Ok(());
    }
    Err(fault(
        "invalid_uri",
        format!("{} is neither ‘alias:<name>’ nor a URI.", quoted(text)),
    ))
}
