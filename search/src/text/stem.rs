//! Stemming of folded words: Snowball German, with a lexicon of verb forms and of words that Snowball joins wrongly.

use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;

use super::data;
use super::fold::fold_word;

/// A verb of the lexicon.
pub(super) struct Verb {
    /// The folded infinitive.
    pub(super) infinitive: String,
    /// The infinitive without its ending: "prüfen" → "pruf".
    pub(super) root: String,
    /// The verb behind a separable prefix: "rufen" of "abrufen".
    pub(super) base: Option<String>,
}

struct Lexicon {
    stemmer: Stemmer,
    /// Folded form → its stem, where the rules alone would miss it.
    forms: FxHashMap<String, String>,
    verbs: Vec<Verb>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

/// The stem of a folded word.
pub(super) fn stem(word: &str) -> String {
    LEXICON.stem(word)
}

/// All verbs of the lexicon.
pub(super) fn verbs() -> &'static [Verb] {
    &LEXICON.verbs
}

impl Lexicon {
    fn load() -> Self {
        let mut lexicon = Self {
            stemmer: Stemmer::create(Algorithm::German),
            forms: FxHashMap::default(),
            verbs: Vec::new(),
        };
        for line in data::lines(data::STEMS) {
            let (head, forms) = line.split_once(':').unwrap_or((line, ""));
            let head = fold_word(head);
            for form in forms.split_whitespace() {
                lexicon.forms.insert(fold_word(form), head.clone());
            }
            lexicon.forms.insert(head.clone(), head);
        }
        let mut bases: Vec<&str> = Vec::new();
        for line in data::lines(data::VERBS) {
            let (heads, irregular) = line.split_once(':').unwrap_or((line, ""));
            for head in heads.split_whitespace() {
                lexicon.add_verb(head, irregular);
                bases.extend(head.split_once('|').map(|(_, base)| base));
            }
        }
        // What stands behind a separable prefix is a verb of its own: "fasst … zusammen".
        for base in bases {
            if !lexicon.verbs.iter().any(|v| v.infinitive == fold_word(base)) {
                lexicon.add_verb(base, "");
            }
        }
        lexicon
    }

    fn add_verb(&mut self, head: &str, irregular: &str) {
        let (prefix, base) = head.split_once('|').unwrap_or(("", head));
        let (prefix, base) = (fold_word(prefix), fold_word(base));
        let infinitive = format!("{prefix}{base}");
        let stem = self.stem(&infinitive);
        let Some(root) = base.strip_suffix("en").or_else(|| base.strip_suffix('n')) else {
            return;
        };
        let link = if root.ends_with('t') || root.ends_with('d') {
            "e"
        } else {
            ""
        };
        let mut forms: Vec<String> = irregular.split_whitespace().map(fold_word).collect();
        for ending in ["t", "te", "ten", "tet"] {
            forms.push(format!("{prefix}{root}{link}{ending}"));
        }
        forms.push(format!("{prefix}{base}d"));
        forms.push(format!("{prefix}ge{root}{link}t"));
        if !prefix.is_empty() {
            forms.push(format!("{prefix}zu{base}"));
        }
        for form in forms {
            self.forms.entry(form).or_insert_with(|| stem.clone());
        }
        self.verbs.push(Verb {
            root: format!("{prefix}{root}"),
            base: (!prefix.is_empty()).then(|| base.clone()),
            infinitive,
        });
    }

    fn stem(&self, word: &str) -> String {
        if let Some(stem) = self.forms.get(word) {
            return stem.clone();
        }
        if word.len() <= 3 || word.bytes().any(|b| !b.is_ascii_lowercase()) {
            return word.to_owned();
        }
        if let Some(masculine) = masculine(word) {
            return self.stem(&masculine);
        }
        let stem = tidy(&self.stemmer.stem(word));
        match self.forms.get(&stem) {
            Some(known) => known.clone(),
            None => stem,
        }
    }
}

/// "Bürgerinnen" and "Bürgerin" are looked for as "Bürger".
fn masculine(word: &str) -> Option<String> {
    if let Some(base) = word.strip_suffix("innen") {
        return (base.len() >= 4).then(|| base.to_owned());
    }
    let base = word.strip_suffix("in")?;
    (base.len() >= 5 && base.ends_with("er")).then(|| base.to_owned())
}

/// What Snowball leaves: the infinitive ending -eln/-ern, and the plural -s of English and short words ("Workflows", "Videos").
fn tidy(stem: &str) -> String {
    // Snowball leaves -ung after one syllable ("Prüfung", "Planung").
    if let Some(root) = stem
        .strip_suffix("ung")
        .filter(|r| r.len() >= 3 && r.bytes().any(|b| b"aeiouy".contains(&b)))
    {
        return root.to_owned();
    }
    let cut = match stem.as_bytes() {
        [.., b'l' | b'r', b'n'] if stem.len() >= 7 => 1,
        [.., b'a' | b'o' | b'w' | b'p' | b'y' | b'c', b's'] if stem.len() >= 5 => 1,
        [.., b'p' | b'k', b'i', b's'] if stem.len() >= 4 => 1,
        _ => 0,
    };
    stem.get(..stem.len() - cut).unwrap_or(stem).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold_word;

    fn stem(word: &str) -> String {
        super::stem(&fold_word(word))
    }

    #[test]
    fn inflected_forms_share_their_stem() {
        for (a, b) in [
            ("Antrag", "Anträge"),
            ("Wasserstand", "Wasserstände"),
            ("prüft", "Prüfung"),
            ("genutzt", "nutzen"),
            ("abgerufen", "abrufen"),
            ("abzurufen", "abrufen"),
            ("Bürgerinnen", "Bürgern"),
            ("verschlüsseln", "Verschlüsselung"),
            ("verschlüsselten", "Verschlüsselung"),
            ("Workflows", "Workflow"),
            ("Clouds", "Cloud"),
            ("Schöffinnen", "Schöffen"),
        ] {
            assert_eq!(stem(a), stem(b), "{a} and {b}");
        }
    }

    #[test]
    fn different_words_keep_different_stems() {
        for (a, b) in [
            ("Bürger", "Burg"),
            ("Zählung", "Zahlung"),
            ("Wetter", "Wette"),
            ("Daten", "Datei"),
        ] {
            assert_ne!(stem(a), stem(b), "{a} and {b}");
        }
    }
}
