//! Language tags as people write them.

use domain::values::Language;
use language_tags::LanguageTag;

/// Three-letter codes and names of languages that have a two-letter code, which BCP 47 demands.
const OTHER_NAMES: &[(&str, &[&str])] = &[
    ("ar", &["ara", "arabic"]),
    ("bg", &["bul", "bulgarian"]),
    ("ca", &["cat", "catalan"]),
    ("cs", &["ces", "cze", "czech"]),
    ("da", &["dan", "danish", "dansk"]),
    ("de", &["deu", "ger", "german", "deutsch"]),
    ("el", &["ell", "gre", "greek"]),
    ("en", &["eng", "english", "englisch"]),
    ("es", &["spa", "spanish", "español"]),
    ("et", &["est", "estonian"]),
    ("eu", &["eus", "baq", "basque"]),
    ("fi", &["fin", "finnish", "suomi"]),
    ("fr", &["fra", "fre", "french", "français"]),
    ("ga", &["gle", "irish"]),
    ("gl", &["glg", "galician"]),
    ("hr", &["hrv", "croatian"]),
    ("hu", &["hun", "hungarian"]),
    ("is", &["isl", "ice", "icelandic"]),
    ("it", &["ita", "italian", "italiano"]),
    ("lb", &["ltz", "luxembourgish"]),
    ("lt", &["lit", "lithuanian"]),
    ("lv", &["lav", "latvian"]),
    ("mt", &["mlt", "maltese"]),
    ("nb", &["nob"]),
    ("nl", &["nld", "dut", "dutch", "nederlands"]),
    ("no", &["nor", "norwegian"]),
    ("pl", &["pol", "polish", "polski"]),
    ("pt", &["por", "portuguese"]),
    ("rm", &["roh", "romansh"]),
    ("ro", &["ron", "rum", "romanian"]),
    ("ru", &["rus", "russian"]),
    ("sk", &["slk", "slo", "slovak"]),
    ("sl", &["slv", "slovenian"]),
    ("sq", &["sqi", "alb", "albanian"]),
    ("sr", &["srp", "serbian"]),
    ("sv", &["swe", "swedish", "svenska"]),
    ("tr", &["tur", "turkish"]),
    ("uk", &["ukr", "ukrainian"]),
    ("zh", &["zho", "chi", "chinese"]),
];

/// Countries whose main language has another code than the country.
const HOMES: &[(&str, &str)] = &[
    ("cs", "CZ"),
    ("da", "DK"),
    ("el", "GR"),
    ("et", "EE"),
    ("sl", "SI"),
    ("sv", "SE"),
];

/// The language that a tag means: separators, case and three-letter codes are put right, variants are dropped.
pub(super) fn meant(text: &str) -> Option<Language> {
    let text = text.trim().replace('_', "-");
    let (primary, rest) = text
        .split_once('-')
        .map_or((text.as_str(), ""), |(primary, rest)| (primary, rest));
    let lower = primary.to_lowercase();
    let short = OTHER_NAMES
        .iter()
        .find(|(_, names)| names.contains(&lower.as_str()))
        .map_or(lower.as_str(), |(code, _)| code);
    let tag = if rest.is_empty() {
        short.to_owned()
    } else {
        format!("{short}-{rest}")
    };
    // A region with three letters is a country by ISO 3166-1 alpha-3: the language is certain, the country is not needed.
    let tag = LanguageTag::parse(&tag)
        .ok()
        .filter(|tag| tag.extended_language().is_none() && tag.validate().is_ok())
        .or_else(|| {
            LanguageTag::parse(short)
                .ok()
                .filter(|tag| !rest.is_empty() && tag.validate().is_ok())
        })?;
    let parts = [Some(tag.primary_language()), tag.script(), tag.region()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("-").parse().ok()
}

/// The language without its country, if it is spoken there first of all: `de` of `de-DE`, but nothing of `de-CH`.
pub(super) fn without_home(language: &Language) -> Option<Language> {
    let (primary, region) = language.as_str().split_once('-')?;
    let at_home = region.eq_ignore_ascii_case(primary) || HOMES.contains(&(primary, region));
    at_home.then(|| primary.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_put_right() {
        for (given, tag) in [
            ("de", "de"),
            ("DE", "de"),
            ("eng", "en"),
            ("it_IT", "it-IT"),
            ("de-ch", "de-CH"),
            ("ita", "it"),
            ("Deutsch", "de"),
            ("sl-IT-nedis", "sl-IT"),
            ("ca-valencia", "ca"),
            ("zh-hant", "zh-Hant"),
            ("it-ITA", "it"),
            ("fur", "fur"),
        ] {
            assert_eq!(meant(given).as_ref().map(Language::as_str), Some(tag), "{given}");
        }
        for given in ["", "x", "xx", "shortDescription", "name", "ä", "1"] {
            assert_eq!(meant(given), None, "{given}");
        }
    }

    #[test]
    fn only_the_home_country_can_be_left_out() {
        let home = |tag: &str| without_home(&tag.parse().unwrap()).map(|language| language.as_str().to_owned());
        assert_eq!(home("de-DE").as_deref(), Some("de"));
        assert_eq!(home("sv-SE").as_deref(), Some("sv"));
        for tag in ["de", "de-CH", "en-GB", "zh-Hant"] {
            assert_eq!(home(tag), None, "{tag}");
        }
    }
}
