//! Small values of the standard: dates, e-mail addresses, media types, countries, languages, lengths.

use language_tags::LanguageTag;
use time::Date;
use unicode_segmentation::UnicodeSegmentation;

use super::vocabulary::COUNTRIES;

/// A calendar date, written `YYYY-MM-DD` and no other way.
pub(super) fn date(text: &str) -> Option<Date> {
    let digits_where_due = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    let (year, rest) = text.split_at_checked(4).filter(|_| digits_where_due)?;
    let (month, day) = rest.trim_start_matches('-').split_once('-')?;
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// A date that is written in another way, where that is certain: `2020-1-5`, `2020/01/05`, `20200105`, `5.1.2020`, or
/// with a time behind it.
pub(super) fn loose_date(text: &str) -> Option<Date> {
    let day = text.trim().split(['T', ' ']).next().unwrap_or_default();
    if day.len() == 8 && day.chars().all(|c| c.is_ascii_digit()) {
        return date(&format!("{}-{}-{}", day.get(..4)?, day.get(4..6)?, day.get(6..)?));
    }
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [first, month, last] = parts.as_slice() else {
        return None;
    };
    // With the year last, only points tell the day from the month.
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if !(first.len() == 4 || day.len() <= 2 && text.contains('.')) {
        return None;
    }
    date(&format!("{year}-{month:0>2}-{day:0>2}"))
}

/// How many characters a reader sees: grapheme clusters, not code points.
pub(super) fn length(text: &str) -> usize {
    text.graphemes(true).count()
}

/// A media type: `type/subtype`.
pub(super) fn is_media_type(text: &str) -> bool {
    let part = |part: &str, marks: &str| {
        (1..=127).contains(&part.len())
            && part.starts_with(|c: char| c.is_ascii_alphanumeric())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c))
    };
    text.trim_matches(' ')
        .split_once('/')
        .is_some_and(|(kind, subtype)| part(kind, "!#$&^_-") && part(subtype, "!#$&^_.+-"))
}

/// An e-mail address with a host of at least two labels.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let foreign = |c: char| c >= '\u{a0}';
    let word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || foreign(c) || "!#$%&'*+-/=?^_`{|}~".contains(c))
    };
    let quoted = local.len() > 2
        && local.starts_with('"')
        && local.ends_with('"')
        && local
            .get(1..local.len() - 1)
            .is_some_and(|inner| !inner.contains(['"', '\\', '\r', '\n']));
    let end = |c: char| c.is_ascii_alphanumeric() || foreign(c);
    let label = |label: &str| {
        label.starts_with(end) && label.ends_with(end) && label.chars().all(|c| end(c) || matches!(c, '-' | '_' | '~'))
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    let Some((rest, top)) = host.rsplit_once('.') else {
        return false;
    };
    let letter = |c: char| c.is_ascii_alphabetic() || foreign(c);
    (quoted || local.split('.').all(word))
        && rest.split('.').all(label)
        && label(top)
        && !top.contains('_')
        && top.starts_with(letter)
        && top.ends_with(letter)
}

/// How a country code is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Country {
    /// `DE`
    Upper,
    /// `de`: still read, but deprecated.
    Lower,
}

/// Whether a text is a code of ISO 3166-1 alpha-2, and how it is written.
pub(super) fn country(text: &str) -> Option<Country> {
    if COUNTRIES.binary_search(&text).is_ok() {
        return Some(Country::Upper);
    }
    let upper = text.to_ascii_uppercase();
    let known = COUNTRIES.binary_search(&upper.as_str()).is_ok() && text == text.to_ascii_lowercase();
    known.then_some(Country::Lower)
}

/// Whether a text is a language tag by BCP 47 whose parts are registered and as short as they can be.
pub(super) fn is_language(text: &str) -> bool {
    LanguageTag::parse(text).is_ok_and(|tag| tag.validate().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_one_form_and_exists_in_the_calendar() {
        assert!(date("2017-04-15").is_some() && date("2024-02-29").is_some());
        for text in [
            "2017-4-15",
            "2017-04-15T10:00:00Z",
            "15.04.2017",
            "2017/04/15",
            "2023-02-29",
            "2017-13-01",
            "2017-04-1é",
        ] {
            assert!(date(text).is_none(), "{text}");
        }
    }

    #[test]
    fn dates_of_other_forms_are_understood_where_that_is_certain() {
        for text in [
            "2020-1-5",
            "2020-01-05T12:00:00Z",
            "2020-01-05 12:00",
            "2020/01/05",
            "20200105",
            "5.1.2020",
            "05.01.2020",
        ] {
            assert_eq!(
                loose_date(text).map(|date| date.to_string()).as_deref(),
                Some("2020-01-05"),
                "{text}"
            );
        }
        for text in [
            "",
            "01/05/2020",
            "2020",
            "2020-13-01",
            "January 2020",
            "5.1.20",
            "ä.ö.ü",
        ] {
            assert_eq!(loose_date(text), None, "{text}");
        }
    }

    #[test]
    fn length_counts_what_a_reader_sees() {
        assert_eq!((length("äö"), length("👩‍👩‍👧"), length("e\u{301}")), (2, 1, 1));
    }

    #[test]
    fn media_types_have_two_parts() {
        assert!(is_media_type("text/plain") && is_media_type("application/vnd.oasis.opendocument.text+xml"));
        for text in [
            "text",
            "text/",
            "/plain",
            "text/pl ain",
            "text/plain; charset=utf-8",
            "pdf",
            "",
        ] {
            assert!(!is_media_type(text), "{text}");
        }
    }

    #[test]
    fn e_mail_addresses_have_a_name_and_a_host() {
        for text in [
            "a@example.org",
            "a.b+c@sub.example.org",
            "müller@example.de",
            "\"a b\"@example.org",
        ] {
            assert!(is_email(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@",
            "@example.org",
            "a@localhost",
            "a b@example.org",
            "a@example..org",
            "a@-x.org",
            "a@x.1",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn countries_are_upper_case_or_lower_case_but_not_mixed() {
        assert_eq!(
            (country("DE"), country("de"), country("XK")),
            (Some(Country::Upper), Some(Country::Lower), Some(Country::Upper))
        );
        for text in ["De", "UK", "DEU", "", "EU", "ZZ"] {
            assert_eq!(country(text), None, "{text}");
        }
    }

    #[test]
    fn languages_are_registered_tags_in_their_shortest_form() {
        for text in [
            "de",
            "en-GB",
            "de-ch",
            "sl-IT-nedis",
            "zh-Hant-TW",
            "fur",
            "nds",
            "es-419",
            "no",
        ] {
            assert!(is_language(text), "{text}");
        }
        for text in [
            "", "eng", "it_IT", "xx", "english", "de-XX1", "deutsch", "e", "de_DE", "it-ITA",
        ] {
            assert!(!is_language(text), "{text}");
        }
    }
}
