//! Title, summary, description and languages.

use std::collections::BTreeMap;

use domain::component::{Description, Languages, Names, Summary, Title};
use domain::values::{Language, Line, List, Localized, Prose};

use super::cut::{one_line, prose, shortened};
use super::language;
use super::lookup::{Found, Reader, inside, peek};
use crate::problem::quoted;

/// What the file says in words.
pub(super) struct Texts {
    pub(super) title: Title,
    pub(super) summary: Summary,
    pub(super) description: Option<Description>,
    pub(super) aliases: Names,
    pub(super) languages: Languages,
}

/// The description in one language.
struct Section<'a> {
    language: Language,
    found: Found<'a>,
}

const TITLE: usize = 200;
const SUMMARY: usize = 350;
const DESCRIPTION: usize = 20_000;

const SHORT: &[&str] = &["shortDescription", "shortDesc", "summary"];
const LONG: &[&str] = &["longDescription", "longDesc"];
const FEATURES: &[&str] = &["features", "featureList"];
const LOCALISED_NAME: &[&str] = &["localisedName", "localizedName"];

/// Reads everything that is written in words.
pub(super) fn read(reader: &mut Reader<'_>, name: &str) -> Option<Texts> {
    let languages = available_languages(reader);
    let sections = sections(reader, &languages);
    let (mut titles, mut summaries, mut descriptions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for section in &sections {
        let title = reader
            .text_of(&section.found, LOCALISED_NAME)
            .map_or(name, |(title, _)| title);
        if let Some(line) = line::<TITLE>(reader, &section.found, title) {
            titles.insert(section.language.clone(), line);
        }
        if let Some(line) = summary(reader, &section.found) {
            summaries.insert(section.language.clone(), line);
        }
        if let Some(text) = description(reader, section) {
            descriptions.insert(section.language.clone(), text);
        }
    }
    let fallback = sections
        .first()
        .map_or_else(|| own_language(&languages), |section| section.language.clone());
    let root = reader.root.clone();
    let line = line::<TITLE>(reader, &root, name)?;
    let title = Localized::new(titles).unwrap_or_else(|| Localized::single(fallback.clone(), line.clone()));
    let summary = if let Some(summary) = Localized::new(summaries) {
        summary
    } else {
        let path = reader.root.path.key("description");
        reader.warn_missing(
            &path,
            "nothing says in a sentence what the software is; its name stands in.",
        );
        let stand_in = title
            .iter()
            .filter_map(|(language, title)| Some((language.clone(), title.as_str().parse().ok()?)));
        Localized::new(stand_in.collect())?
    };
    let aliases = if title.iter().any(|(_, title)| *title == line) {
        List::default()
    } else {
        List::collect([line])
    };
    Some(Texts {
        title,
        summary,
        description: Localized::new(descriptions),
        aliases,
        languages,
    })
}

/// The languages that the software can be used in.
fn available_languages(reader: &mut Reader<'_>) -> Languages {
    let localisation = reader.top(&["localisation", "localization"]);
    let found = localisation.and_then(|found| {
        // Old files write `yes`; the value itself has no counterpart in the catalogue.
        reader.bool_of(&found, &["localisationReady", "localizationReady"]);
        reader.get(&found, &["availableLanguages"])
    });
    let mut languages = Vec::new();
    for (text, item) in found.map(|found| reader.texts(&found)).unwrap_or_default() {
        match language::meant(text) {
            Some(language) => {
                if !language.as_str().eq_ignore_ascii_case(text) {
                    reader.warn(
                        "language_repaired",
                        &item,
                        format!("{} was read as ‘{language}’.", quoted(text)),
                    );
                }
                languages.push(language);
            }
            None => reader.warn(
                "invalid_language",
                &item,
                format!("{} is no language; it was left out.", quoted(text)),
            ),
        }
    }
    List::collect(languages)
}

/// The only language that the software has, or undetermined.
fn own_language(languages: &Languages) -> Language {
    match &**languages {
        [only] => only.clone(),
        _ => UNDETERMINED.parse().unwrap_or_else(|_| Language::german()),
    }
}

/// The tag of BCP 47 for a text whose language nobody stated.
const UNDETERMINED: &str = "und";

/// The descriptions by language.
fn sections<'a>(reader: &mut Reader<'a>, languages: &Languages) -> Vec<Section<'a>> {
    let root = reader.root.clone();
    let Some(found) = reader.top(&["description", "descriptions"]) else {
        // Texts that stand at the top of the file, without a language.
        return if peek(&root, SHORT).or_else(|| peek(&root, LONG)).is_some() {
            reader.warn(
                "language_missing",
                &root,
                "texts must stand in ‘description’ under a language, such as ‘de’.",
            );
            vec![Section {
                language: own_language(languages),
                found: root,
            }]
        } else {
            Vec::new()
        };
    };
    let Some(entries) = found.node.entries() else {
        reader.warn(
            "wrong_type",
            &found,
            "must be a map of languages; a text alone was read without its language.",
        );
        return vec![Section {
            language: own_language(languages),
            found,
        }];
    };
    let own_texts = [SHORT, LONG, FEATURES, LOCALISED_NAME]
        .iter()
        .any(|names| peek(&found, names).is_some());
    if own_texts {
        reader.warn(
            "language_missing",
            &found,
            "the texts must stand under a language, such as ‘de’.",
        );
        return vec![Section {
            language: own_language(languages),
            found,
        }];
    }
    let mut sections: Vec<Section<'a>> = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.node.is_null()) {
        let inner = inside(&found, entry);
        let Some(meant) = language::meant(&entry.key) else {
            reader.warn(
                "invalid_language",
                &inner,
                format!("{} is no language; it was left out.", quoted(&entry.key)),
            );
            continue;
        };
        let plain =
            language::without_home(&meant).filter(|plain| entries.iter().all(|other| other.key != plain.as_str()));
        let language = plain.unwrap_or(meant);
        if language.as_str() != entry.key {
            reader.warn(
                "language_repaired",
                &inner,
                format!("{} was read as ‘{language}’.", quoted(&entry.key)),
            );
        }
        if sections.iter().any(|section| section.language == language) {
            reader.warn(
                "duplicate_language",
                &inner,
                format!("‘{language}’ is there already; this one was left out."),
            );
        } else {
            sections.push(Section { language, found: inner });
        }
    }
    sections
}

/// One sentence on what the software is.
fn summary<'a>(reader: &mut Reader<'a>, section: &Found<'a>) -> Option<Line<SUMMARY>> {
    // A description that is a text alone.
    if let Some(text) = section.node.text() {
        let text = one_line(text);
        return shortened(&text, SUMMARY).unwrap_or(text).parse().ok();
    }
    if let Some((text, found)) = reader.text_of(section, SHORT) {
        return line(reader, &found, text);
    }
    let (text, found) = reader
        .text_of(section, LONG)
        .or_else(|| reader.text_of(section, &["genericName"]))
        .or_else(|| {
            let found = reader.get(section, FEATURES)?;
            reader.texts(&found).into_iter().next()
        })?;
    reader.warn(
        "summary_repaired",
        &found,
        "shortDescription is missing; the summary was taken from here.",
    );
    let text = one_line(&text.replace(['*', '#', '`'], ""));
    shortened(&text, SUMMARY).unwrap_or(text).parse().ok()
}

/// What the software is at length: the long description and the features as a Markdown list.
fn description<'a>(reader: &mut Reader<'a>, section: &Section<'a>) -> Option<Prose<DESCRIPTION>> {
    let long = reader.text_of(&section.found, LONG);
    let mut text = long.as_ref().map(|(text, _)| prose(text)).unwrap_or_default();
    let features = reader
        .get(&section.found, FEATURES)
        .map(|found| reader.texts(&found))
        .unwrap_or_default();
    if !features.is_empty() {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        if let Some(heading) = heading(section.language.primary()) {
            text.push_str("## ");
            text.push_str(heading);
            text.push_str("\n\n");
        }
        let items: Vec<String> = features
            .iter()
            .map(|(feature, _)| format!("- {}", one_line(feature)))
            .collect();
        text.push_str(&items.join("\n"));
    }
    if let Some(short) = shortened(&text, DESCRIPTION) {
        let found = long.map_or_else(|| section.found.clone(), |(_, found)| found);
        reader.warn(
            "text_cut",
            &found,
            format!("is longer than {DESCRIPTION} characters with the features and was cut."),
        );
        text = short;
    }
    text.parse().ok()
}

/// The heading of the list of features.
fn heading(language: &str) -> Option<&'static str> {
    Some(match language {
        "da" | "nb" | "no" | "sv" => "Funktioner",
        "de" => "Funktionen",
        "en" => "Features",
        "es" => "Funcionalidades",
        "fr" => "Fonctionnalités",
        "it" => "Funzionalità",
        "nl" => "Functies",
        _ => return None,
    })
}

/// One line, cut with a warning if it is too long.
pub(super) fn line<'a, const MAX: usize>(reader: &mut Reader<'a>, found: &Found<'a>, text: &str) -> Option<Line<MAX>> {
    let text = one_line(text);
    let short = shortened(&text, MAX);
    if short.is_some() {
        reader.warn(
            "text_cut",
            found,
            format!("is longer than {MAX} characters and was cut."),
        );
    }
    short.unwrap_or(text).parse().ok()
}
