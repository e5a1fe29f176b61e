//! Licence expressions: what the standard accepts, and the SPDX expression that is meant.

mod repair;

pub(super) use repair::meant;

use spdx::identifiers::{EXCEPTIONS, LICENSES};
use spdx::{Expression, ParseMode};

/// Longer texts are no expressions but licences themselves.
const LONGEST: usize = 500;

/// The expression in the spelling of the SPDX list, if the text is one by the rules of the standard.
///
/// Upper and lower case of identifiers do not matter, deprecated identifiers are accepted, `X+` and `X-or-later` mean
/// the same, and `X-only` means `X` where the list has no such identifier. Operators are upper case.
pub(super) fn expression(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let mut words: Vec<String> = Vec::new();
    let mut rest = text.trim_matches(' ');
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' | ')' => 1,
            c if is_identifier(c) => rest.find(|c| !is_identifier(c)).unwrap_or(rest.len()),
            _ => return None,
        };
        let (word, mut after) = rest.split_at_checked(length)?;
        match word {
            "(" | ")" | "AND" | "OR" | "WITH" => words.push(word.to_owned()),
            _ => {
                let plus = after.starts_with('+');
                after = after.strip_prefix('+').unwrap_or(after);
                words.push(identifier(word, plus)?);
            }
        }
        rest = after.trim_start_matches(' ');
    }
    let joined = words.join(" ").replace("( ", "(").replace(" )", ")");
    let mode = ParseMode {
        allow_deprecated: true,
        allow_postfix_plus_on_gpl: true,
        ..ParseMode::STRICT
    };
    Expression::parse_mode(&joined, mode).is_ok().then_some(joined)
}

fn is_identifier(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':')
}

/// One identifier in the spelling of the list, or `None` if it is on none.
fn identifier(word: &str, plus: bool) -> Option<String> {
    let or_later = if plus { "+" } else { "" };
    if let Some((_, name)) = word.split_once("LicenseRef-") {
        return (!name.is_empty() && !plus).then(|| word.to_owned());
    }
    if plus && let Some(name) = current(&format!("{word}-or-later")) {
        return Some(name.to_owned());
    }
    if let Some(name) = current(word) {
        return Some(format!("{name}{or_later}"));
    }
    if let Some(exception) = EXCEPTIONS.iter().find(|known| known.name.eq_ignore_ascii_case(word)) {
        return (!plus).then(|| exception.name.to_owned());
    }
    if let Some(name) = without_suffix(word, "-only").and_then(current) {
        return Some(format!("{name}{or_later}"));
    }
    if let Some(name) = without_suffix(word, "-or-later").and_then(current) {
        return Some(format!("{name}+"));
    }
    let deprecated = LICENSES.iter().find(|known| known.name.eq_ignore_ascii_case(word))?;
    Some(format!("{}{or_later}", deprecated.name))
}

/// The identifier of a licence on the list that is not deprecated.
fn current(word: &str) -> Option<&'static str> {
    let found = LICENSES.iter().find(|known| known.name.eq_ignore_ascii_case(word))?;
    let id = spdx::license_id(found.name)?;
    (!id.is_deprecated()).then_some(found.name)
}

fn without_suffix<'a>(word: &'a str, suffix: &str) -> Option<&'a str> {
    let (base, end) = word.split_at_checked(word.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(base)
}

#[cfg(test)]
mod tests {
    use super::expression;

    #[test]
    fn expressions_are_accepted_in_any_case_and_written_as_the_list_does() {
        for (text, expected) in [
            ("EUPL-1.2", "EUPL-1.2"),
            ("eupl-1.2", "EUPL-1.2"),
            ("EUPL-1.2 OR AGPL-3.0-or-later", "EUPL-1.2 OR AGPL-3.0-or-later"),
            ("(MIT OR apache-2.0) AND CC0-1.0", "(MIT OR Apache-2.0) AND CC0-1.0"),
            (
                "GPL-2.0-or-later WITH Classpath-exception-2.0",
                "GPL-2.0-or-later WITH Classpath-exception-2.0",
            ),
            ("GPL-3.0+", "GPL-3.0-or-later"),
            ("GPL-3.0", "GPL-3.0"),
            ("MPL-2.0+", "MPL-2.0+"),
            ("EUPL-1.2-or-later", "EUPL-1.2+"),
            ("LGPL-3.0-or-later AND MPL-2.0+", "LGPL-3.0-or-later AND MPL-2.0+"),
            ("LicenseRef-own-1", "LicenseRef-own-1"),
            ("DocumentRef-spdx:LicenseRef-own", "DocumentRef-spdx:LicenseRef-own"),
        ] {
            assert_eq!(expression(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not() {
        for text in [
            "",
            " ",
            "other",
            "Apache License, Version 2.0",
            "EUPL 1.2",
            "MIT/Apache-2.0",
            "MIT OR",
            "(MIT",
            "MIT MIT",
            "MIT and Apache-2.0",
            "MIT WITH MIT",
            "GPL-3.0 +",
            "Classpath-exception-2.0",
            "LicenseRef-",
            "ä",
            "MIT\n",
        ] {
            assert_eq!(expression(text), None, "{text:?}");
        }
        assert_eq!(expression(&"(".repeat(499)), None);
    }
}
