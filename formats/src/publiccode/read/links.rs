//! Addresses, interfaces, requirements and administrative services.

use domain::component::{Interface, Interfaces, LeikaKeys, OzgIds, Requirement, RequirementLevel, Requirements};
use domain::values::{LeikaKey, Line, List, Localized, Prose, WebUrl};

use super::address;
use super::cut::{one_line, shortened};
use super::lookup::{Found, Reader, inside, peek};
use crate::problem::quoted;

/// A web address, repaired with a warning; one that cannot be repaired is left out with another.
pub(super) fn web<'a>(reader: &mut Reader<'a>, text: &str, found: &Found<'a>) -> Option<WebUrl> {
    let Some(meant) = address::meant(text) else {
        reader.warn(
            "invalid_url",
            found,
            format!("{} is no web address; it was left out.", quoted(text)),
        );
        return None;
    };
    if let Some(repair) = meant.repair {
        reader.warn("url_repaired", found, format!("was read as {}: {repair}.", meant.url));
    }
    Some(meant.url)
}

/// A web address at the top of the file.
pub(super) fn top(reader: &mut Reader<'_>, names: &[&str]) -> Option<WebUrl> {
    let found = reader.top(names)?;
    let text = reader.text(&found)?;
    web(reader, text, &found)
}

/// The values of one key in all languages, German first, then English.
fn in_all_languages<'a>(reader: &mut Reader<'a>, names: &[&str]) -> Vec<(&'a str, Found<'a>)> {
    let Some(description) = reader.top(&["description"]) else {
        return Vec::new();
    };
    let mut entries: Vec<_> = description.node.entries().unwrap_or_default().iter().collect();
    entries.sort_by_key(|entry| match entry.key.get(..2) {
        Some("de") => 0,
        Some("en") => 1,
        _ => 2,
    });
    let sections: Vec<Found<'a>> = entries.into_iter().map(|entry| inside(&description, entry)).collect();
    // Texts without a language stand in the description itself.
    std::iter::once(description)
        .chain(sections)
        .filter_map(|section| reader.text_of(&section, names))
        .collect()
}

/// The documentation for users.
pub(super) fn documentation(reader: &mut Reader<'_>) -> Option<WebUrl> {
    for (text, found) in in_all_languages(reader, &["documentation"]) {
        if let Some(url) = web(reader, text, &found) {
            return Some(url);
        }
    }
    let root = reader.root.clone();
    peek(&root, &["documentationURL", "documentation"]).and_then(|found| {
        let text = found.node.text()?;
        reader.warn(
            "misplaced_key",
            &found,
            "belongs to ‘description’ under a language as ‘documentation’; it was read.",
        );
        web(reader, text, &found)
    })
}

/// The interfaces whose documentation is named.
pub(super) fn interfaces(reader: &mut Reader<'_>) -> Interfaces {
    let mut interfaces: Vec<Interface> = Vec::new();
    for (text, found) in in_all_languages(reader, &["apiDocumentation"]) {
        let Some(url) = web(reader, text, &found) else { continue };
        let known = interfaces
            .iter()
            .any(|interface| interface.specification.as_ref() == Some(&url));
        if let (false, Ok(name)) = (known, "API".parse()) {
            interfaces.push(Interface {
                name,
                standard: None,
                version: None,
                specification: Some(url),
            });
        }
    }
    List::collect(interfaces)
}

/// What one must have to run the software.
pub(super) fn requirements(reader: &mut Reader<'_>) -> Requirements {
    let Some(depends_on) = reader.top(&["dependsOn"]) else {
        return List::default();
    };
    let mut requirements = Vec::new();
    for (key, german, english) in [
        ("open", "", ""),
        ("proprietary", " (proprietär)", " (proprietary)"),
        ("hardware", " (Hardware)", " (hardware)"),
    ] {
        let Some(found) = reader.get(&depends_on, &[key]) else {
            continue;
        };
        for item in reader.items(&found) {
            requirements.extend(requirement(reader, &item, german, english));
        }
    }
    List::collect(requirements)
}

fn requirement<'a>(reader: &mut Reader<'a>, item: &Found<'a>, german: &str, english: &str) -> Option<Requirement> {
    let name = match item.node.text() {
        Some(text) => text,
        None => reader.text_of(item, &["name"])?.0,
    };
    let mut version = |key: &str| reader.text_of(item, &[key]).map(|(text, _)| text);
    let (only, min, max) = (version("version"), version("versionMin"), version("versionMax"));
    let (of_german, of_english) = match (min, max, only) {
        (Some(min), Some(max), _) => (
            format!(", Version {min} bis {max}"),
            format!(", version {min} to {max}"),
        ),
        (Some(min), None, _) => (format!(" ab Version {min}"), format!(", version {min} or newer")),
        (None, Some(max), _) => (format!(" bis Version {max}"), format!(", version {max} or older")),
        (None, None, Some(only)) => (format!(", Version {only}"), format!(", version {only}")),
        (None, None, None) => (String::new(), String::new()),
    };
    let optional = reader.bool_of(item, &["optional"]) == Some(true);
    let text = |suffix: &str, versions: &str| -> Option<Prose<2000>> {
        let text = one_line(&format!("{name}{suffix}{versions}"));
        shortened(&text, 2000).unwrap_or(text).parse().ok()
    };
    let texts = [("de", text(german, &of_german)?), ("en", text(english, &of_english)?)];
    let texts = texts
        .into_iter()
        .filter_map(|(language, text)| Some((language.parse().ok()?, text)))
        .collect();
    let level = if optional {
        RequirementLevel::May
    } else {
        RequirementLevel::Must
    };
    Some(Requirement {
        text: Localized::new(texts)?,
        level,
        group: None,
    })
}

/// The administrative services that the German section names.
pub(super) struct Services {
    pub(super) leika: LeikaKeys,
    pub(super) ozg: OzgIds,
}

/// Reads the German section.
pub(super) fn services(reader: &mut Reader<'_>) -> Services {
    let (mut leika, mut ozg) = (Vec::new(), Vec::new());
    let section = reader.root.clone();
    // `de` is the key of the section; `DE` is how the standard writes countries since 0.5.
    let list = peek(&section, &["de"]).and_then(|germany| reader.get(&germany, &["leika"]));
    for item in list.map(|found| reader.items(&found)).unwrap_or_default() {
        let key = match item.node.text() {
            Some(text) => Some((text, item.clone())),
            None => reader.text_of(&item, &["leika-id", "leikaId", "id"]),
        };
        if let Some((text, found)) = key {
            leika.extend(leika_key(reader, text, &found));
        }
        if let Some((text, found)) = reader.text_of(&item, &["ozg-id", "ozgId"]) {
            // The examples of the standard show LeiKa keys here, too.
            if let Ok(key) = text.parse::<LeikaKey>() {
                reader.warn(
                    "value_repaired",
                    &found,
                    "is a LeiKa key, not the number of an OZG service; it was read as such.",
                );
                leika.push(key);
            } else if let Ok(id) = text.parse::<Line<20>>() {
                ozg.push(id);
            } else {
                reader.warn(
                    "invalid_ozg_id",
                    &found,
                    format!("{} is no number of an OZG service; it was left out.", quoted(text)),
                );
            }
        }
    }
    Services {
        leika: List::collect(leika),
        ozg: List::collect(ozg),
    }
}

fn leika_key<'a>(reader: &mut Reader<'a>, text: &str, found: &Found<'a>) -> Option<LeikaKey> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let others_separate = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '\u{a0}'));
    match digits.parse::<LeikaKey>() {
        Ok(key) if others_separate => Some(key),
        _ => {
            reader.warn(
                "invalid_leika_key",
                found,
                format!("{} is no LeiKa key of 14 digits; it was left out.", quoted(text)),
            );
            None
        }
    }
}
