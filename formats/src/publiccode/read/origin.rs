//! Licence, release, version and origin: what the file states about itself.

use domain::component::{ExternalId, Provenance, Source};
use domain::values::{Day, Licence, WebUrl};

use super::lookup::{Reader, peek};
use super::{Options, cut};
use crate::problem::quoted;
use crate::publiccode::{licence as expressions, values, vocabulary};
use crate::yaml::{Meaning, Node, Value};

/// The version as written, with a warning if it is not one of the standard.
pub(super) fn version<'a>(reader: &mut Reader<'a>) -> Option<&'a str> {
    let root = reader.root.clone();
    let Some(found) = peek(
        &root,
        &[
            "publiccodeYmlVersion",
            "publiccode-yaml-version",
            "publiccodeYamlVersion",
        ],
    ) else {
        let path = root.path.key("publiccodeYmlVersion");
        let detail = format!("is missing; the file was read as {}.", vocabulary::CURRENT_VERSION);
        reader.warn_missing(&path, detail);
        return None;
    };
    let text = reader.text(&found)?;
    if found.path.dotted() != "publiccodeYmlVersion" || !vocabulary::VERSIONS.contains(&text) {
        let detail = format!(
            "{} is no version of the standard; the file was read as {}.",
            quoted(text),
            vocabulary::CURRENT_VERSION
        );
        reader.warn("unknown_version", &found, detail);
    } else if !matches!(&found.node.value, Value::Scalar(scalar) if scalar.meaning() == Meaning::Text) {
        reader.warn("wrong_type", &found, "should be in quotes; it was read as a text.");
    }
    Some(text)
}

/// The licence; where it cannot be understood, the source states what the file says.
pub(super) fn licence(reader: &mut Reader<'_>) -> (Option<Licence>, Option<Source>) {
    let found = match reader.top(&["legal"]) {
        Some(legal) if legal.node.text().is_some() => Some(legal),
        Some(legal) => reader.get(&legal, &["license", "licence"]),
        None => reader.top(&["license", "licence"]),
    };
    // Whether all licences of a list hold or one may be chosen is not said, so a list of several stays open.
    let several = found
        .as_ref()
        .and_then(|found| found.node.items())
        .filter(|items| items.len() > 1);
    let several = several.map(|items| items.iter().filter_map(Node::text).collect::<Vec<_>>().join(", "));
    let text = several.or_else(|| found.as_ref().and_then(|found| reader.text(found)).map(str::to_owned));
    let (Some(text), Some(found)) = (text, found) else {
        let path = reader.root.path.key("legal").key("license");
        reader.warn_missing(&path, "no licence is stated; it is left open.");
        return (None, None);
    };
    if let Some(licence) = expressions::meant(&text).and_then(|meant| meant.parse::<Licence>().ok()) {
        if licence.as_str() != text {
            reader.warn(
                "licence_repaired",
                &found,
                format!("{} was read as {licence}.", quoted(&text)),
            );
        }
        return (Some(licence), None);
    }
    let detail = format!(
        "{} is no licence of the SPDX list; the licence is left open, the text is kept as a source.",
        quoted(&text)
    );
    reader.warn("invalid_licence", &found, detail);
    let title = format!("Licence as stated in publiccode.yml: {}", cut::one_line(&text));
    let title = cut::shortened(&title, 500).unwrap_or(title);
    (
        None,
        title.parse().ok().map(|title| Source {
            title,
            url: None,
            published_on: None,
        }),
    )
}

/// The newest release, if the file dates it.
pub(super) fn release(reader: &mut Reader<'_>, repository: Option<&WebUrl>) -> Option<Source> {
    let found = reader.top(&["releaseDate", "latestReleaseDate"])?;
    let text = reader.text(&found)?;
    let date = values::date(text).or_else(|| {
        let date = values::loose_date(text);
        let detail = date.map_or_else(
            || "it was left out".to_owned(),
            |date| format!("it was read as {}", Day::new(date)),
        );
        reader.warn(
            "date_repaired",
            &found,
            format!("{} is no date of the form YYYY-MM-DD; {detail}.", quoted(text)),
        );
        date
    })?;
    let version = reader
        .top(&["softwareVersion", "version"])
        .and_then(|found| reader.text(&found));
    let title = version.map_or_else(
        || "Newest release".to_owned(),
        |version| format!("Release {}", cut::one_line(version)),
    );
    let title = cut::shortened(&title, 500).unwrap_or(title).parse().ok()?;
    Some(Source {
        title,
        url: repository.cloned(),
        published_on: Some(Day::new(date)),
    })
}

pub(super) fn external_id(reader: &mut Reader<'_>, repository: Option<&WebUrl>) -> Option<ExternalId> {
    let text = peek(&reader.root, &["url"])?.node.text()?.trim();
    Some(ExternalId {
        catalogue: "publiccode".parse().ok()?,
        id: text.parse().ok()?,
        url: repository.cloned(),
    })
}

pub(super) fn provenance(
    reader: &Reader<'_>,
    options: &Options,
    repository: Option<&WebUrl>,
    version: Option<&str>,
) -> Option<Provenance> {
    let stated = peek(&reader.root, &["name"]).and_then(|found| found.node.text());
    let source = options
        .source
        .as_deref()
        .or(repository.map(WebUrl::as_str))
        .or(stated)
        .unwrap_or("publiccode.yml");
    let source = cut::one_line(source);
    Some(Provenance {
        source: cut::shortened(&source, 500).unwrap_or(source).parse().ok()?,
        harvested_at: options.harvested_at,
        format: "publiccode.yml".parse().ok(),
        format_version: version.and_then(|version| version.parse().ok()),
    })
}
