//! From the names that people give to licences to SPDX expressions.
//!
//! Only what is unambiguous is repaired: `EUPL 1.2` names one licence, `GPL` or `BSD` name several and stay unknown.

use spdx::identifiers::LICENSES;

use super::{current, expression, is_identifier};

/// Names that are neither identifiers nor full names of the list, in the form of [`plain`].
const OTHER_NAMES: &[(&str, &str)] = &[
    ("bsd 2", "BSD-2-Clause"),
    ("bsd 3", "BSD-3-Clause"),
    ("cc zero", "CC0-1.0"),
    ("cc0", "CC0-1.0"),
    ("expat", "MIT"),
    ("mozilla public 2 0", "MPL-2.0"),
    ("modified bsd", "BSD-3-Clause"),
    ("new bsd", "BSD-3-Clause"),
    ("revised bsd", "BSD-3-Clause"),
    ("simplified bsd", "BSD-2-Clause"),
];

/// The spelled-out names of the GNU licences, in the form of [`plain`], and how their identifiers begin.
const GNU: &[(&str, &str)] = &[
    ("affero general public", "agpl"),
    ("gnu affero general public", "agpl"),
    ("gnu agpl", "agpl"),
    ("general public", "gpl"),
    ("gnu general public", "gpl"),
    ("gnu gpl", "gpl"),
    ("lesser general public", "lgpl"),
    ("gnu lesser general public", "lgpl"),
    ("gnu lgpl", "lgpl"),
];

/// The SPDX expression, without deprecated identifiers, that a text means; `None` if that is not certain.
pub(in crate::publiccode) fn meant(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > super::LONGEST {
        return None;
    }
    if let Some(expression) = expression(text) {
        return modern(&expression);
    }
    if let Some(single) = single(text) {
        return Some(single);
    }
    for (separator, operator) in [
        (" or ", " OR "),
        (" oder ", " OR "),
        ("/", " OR "),
        (" and ", " AND "),
        (" und ", " AND "),
    ] {
        let parts: Vec<&str> = split(text, separator);
        if parts.len() > 1 && !text.contains("://") {
            let parts: Option<Vec<String>> = parts.into_iter().map(single).collect();
            return parts
                .map(|parts| parts.join(operator))
                .and_then(|joined| expression(&joined));
        }
    }
    None
}

/// Splits without regard to upper and lower case.
fn split<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let lower = text.to_ascii_lowercase();
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in lower.match_indices(separator) {
        parts.extend(text.get(from..at));
        from = at + separator.len();
    }
    parts.extend(text.get(from..));
    parts
}

/// Replaces deprecated identifiers by those that the list names instead.
fn modern(expression: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let length = if is_identifier(first) {
            rest.find(|c| !is_identifier(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at_checked(length)?;
        match spdx::license_id(word) {
            Some(id) if id.is_deprecated() => {
                out.push_str(spdx::gnu_license_id(word, after.starts_with('+'))?.name);
                rest = after.strip_prefix('+').unwrap_or(after);
            }
            _ => {
                out.push_str(word);
                rest = after;
            }
        }
    }
    spdx::Expression::parse(&out).is_ok().then_some(out)
}

/// One licence by its identifier, its name or its address.
fn single(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ',', ';']);
    if let Some(expression) = expression(text) {
        return modern(&expression);
    }
    if text.contains("://") {
        let name = text.trim_end_matches('/').rsplit('/').next()?;
        let name = [".html", ".txt", ".json", ".php", "-license"]
            .iter()
            .fold(name, |name, end| name.trim_end_matches(end));
        return expression(name).and_then(|expression| modern(&expression));
    }
    by_name(&plain(text)).or_else(|| by_name(&plain(&without_parentheses(text))))
}

fn by_name(name: &str) -> Option<String> {
    let or_later = [" or later", " or any later", " oder spaeter", " only"]
        .iter()
        .find_map(|end| Some((name.strip_suffix(end)?, *end)));
    if let Some((base, end)) = or_later {
        let base = gnu(base).or_else(|| by_name(base))?;
        let base = base.trim_end_matches("-only");
        let wanted = if end == " only" {
            format!("{base}-only")
        } else {
            format!("{base}-or-later")
        };
        return current(&wanted).map(str::to_owned).or_else(|| expression(&wanted));
    }
    if let Some((_, id)) = OTHER_NAMES.iter().find(|(other, _)| *other == name) {
        return Some((*id).to_owned());
    }
    if let Some(id) = gnu(name) {
        return Some(id);
    }
    let candidates = [name.to_owned(), format!("{name} 0")];
    let known = LICENSES
        .iter()
        .find(|known| candidates.contains(&plain(known.name)))
        .or_else(|| {
            LICENSES
                .iter()
                .find(|known| candidates.contains(&plain(known.full_name)))
        })?;
    modern(known.name)
}

/// A GNU licence of one version: `gpl 3`, `gnu general public 3 0`.
fn gnu(name: &str) -> Option<String> {
    let split = name.find(|c: char| c.is_ascii_digit())?;
    let (words, version) = name.split_at_checked(split)?;
    let words = words.trim();
    let short = GNU
        .iter()
        .find(|(long, _)| *long == words)
        .map_or(words, |(_, short)| short);
    let version = version.replace(' ', ".");
    let version = if version.contains('.') {
        version
    } else {
        format!("{version}.0")
    };
    let wanted = format!("{short}-{version}");
    ["agpl", "gpl", "lgpl"]
        .contains(&short)
        .then(|| current(&format!("{wanted}-only")).map(str::to_owned))
        .flatten()
}

/// A name in lower case, without punctuation and words that do not distinguish.
fn plain(text: &str) -> String {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in text.to_lowercase().chars() {
        // `GPLv3` and `EUPL1.2` are two words each, `CC0` is one.
        if c.is_ascii_digit() && before == 'v' {
            spaced.pop();
            spaced.push(' ');
        } else if c.is_ascii_digit() && before.is_ascii_alphabetic() && before != 'c' {
            spaced.push(' ');
        }
        match c {
            '+' => spaced.push_str(" or later"),
            c if c.is_alphanumeric() => spaced.push(c),
            _ => spaced.push(' '),
        }
        before = c;
    }
    let idle = [
        "the", "license", "licence", "lizenz", "licenza", "licensed", "under", "version", "v", "software",
    ];
    spaced
        .split_whitespace()
        .filter(|word| !idle.contains(word))
        .collect::<Vec<_>>()
        .join(" ")
}

fn without_parentheses(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|c| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn what_is_certain_is_repaired() {
        for (text, expected) in [
            ("EUPL-1.2", "EUPL-1.2"),
            ("eupl-1.2", "EUPL-1.2"),
            ("EUPL-1.2-or-later", "EUPL-1.2+"),
            ("EUPL 1.2", "EUPL-1.2"),
            ("EUPL v1.2", "EUPL-1.2"),
            ("EUPLv1.2", "EUPL-1.2"),
            ("European Union Public Licence 1.2", "EUPL-1.2"),
            ("European Union Public Licence (EUPL) v1.2", "EUPL-1.2"),
            ("GPL-3.0", "GPL-3.0-only"),
            ("GPL-3.0+", "GPL-3.0-or-later"),
            ("AGPL-3.0", "AGPL-3.0-only"),
            ("LGPL-2.1", "LGPL-2.1-only"),
            ("GPLv3", "GPL-3.0-only"),
            ("GPL v2 or later", "GPL-2.0-or-later"),
            ("GNU General Public License v3.0", "GPL-3.0-only"),
            ("GNU Affero General Public License v3.0 or later", "AGPL-3.0-or-later"),
            ("AGPLv3+", "AGPL-3.0-or-later"),
            ("Apache 2.0", "Apache-2.0"),
            ("apache-2", "Apache-2.0"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("MIT License", "MIT"),
            ("The MIT License", "MIT"),
            ("mit", "MIT"),
            ("BSD 3-Clause", "BSD-3-Clause"),
            ("Mozilla Public License 2.0", "MPL-2.0"),
            ("MPL 2.0", "MPL-2.0"),
            ("CC0", "CC0-1.0"),
            ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
            ("MIT or Apache 2.0", "MIT OR Apache-2.0"),
            ("https://spdx.org/licenses/EUPL-1.2.html", "EUPL-1.2"),
            ("https://opensource.org/licenses/MIT", "MIT"),
            ("LGPL-3.0-or-later AND MPL-2.0+", "LGPL-3.0-or-later AND MPL-2.0+"),
            (
                "GPL-2.0 WITH Classpath-exception-2.0",
                "GPL-2.0-only WITH Classpath-exception-2.0",
            ),
        ] {
            assert_eq!(meant(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_certain_stays_unknown() {
        for text in [
            "",
            "other",
            "GPL",
            "BSD",
            "EUPL",
            "Apache",
            "proprietary",
            "Open Source",
            "see LICENSE.md",
            "MIT or other",
            "ä/ö",
            "none",
        ] {
            assert_eq!(meant(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_repaired_is_a_licence_of_the_domain() {
        for known in spdx::identifiers::LICENSES {
            if let Some(expression) = meant(known.name) {
                assert!(expression.parse::<domain::values::Licence>().is_ok(), "{}", known.name);
            }
        }
    }
}
