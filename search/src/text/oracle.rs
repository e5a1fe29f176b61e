//! The oracle: a plain scan over the texts with the simplest possible code. The index must agree with it on every query.

use std::collections::BTreeMap;

use proptest::prelude::*;
use roaring::RoaringBitmap;

use super::evaluate::{Score, value};
use super::expand::{Leaf, Tie};
use super::impact::{HEAD, Occurrences};
use super::plan::TextPlan;
use super::thesaurus::concepts_from;
use super::tokens::{Analysis, Kind, each_token};
use super::{Place, TextIndex};

pub(super) type Texts = Vec<(Place, String)>;

/// Documents as they were given.
#[derive(Default)]
struct Oracle {
    docs: BTreeMap<u32, (u128, Texts)>,
}

/// What a scan finds in one document.
struct Scan {
    levels: BTreeMap<String, u8>,
    /// The stems of each text.
    stems: Vec<Vec<String>>,
}

impl Scan {
    fn of(texts: &Texts) -> Self {
        let mut occurrences: BTreeMap<String, Occurrences> = BTreeMap::new();
        let mut title_words = 0;
        let mut stems = Vec::new();
        for (place, text) in texts {
            let name = matches!(place, Place::Title | Place::Alias | Place::Tag);
            let mut words: Vec<String> = Vec::new();
            each_token(text, |token, _| {
                title_words += usize::from(*place == Place::Title);
                let analysis = Analysis::of(token);
                for (term, kind) in analysis.terms {
                    if kind != Kind::Stop || name {
                        occurrences.entry(term).or_default().count(*place, kind == Kind::Part);
                    }
                }
                words.extend(analysis.words.into_iter().map(|w| w.stem));
            });
            for at in 0..words.len() {
                for concept in concepts_from(&words[at]) {
                    if words[at..].starts_with(&concept.stems) {
                        occurrences
                            .entry(concept.term.clone())
                            .or_default()
                            .count(*place, false);
                    }
                }
            }
            stems.push(words);
        }
        let levels = occurrences
            .into_iter()
            .map(|(term, o)| (term, o.level(title_words)))
            .collect();
        Self { levels, stems }
    }

    fn term(&self, tie: &Tie, least: u8) -> Option<u32> {
        self.levels
            .get(&tie.term)
            .filter(|level| **level >= least)
            .map(|level| value(tie.factor, *level))
    }

    fn leaf(&self, leaf: &Leaf, anywhere: bool) -> Option<u32> {
        match leaf {
            Leaf::Term(tie) => self.term(tie, 0),
            Leaf::All { parts, factor } => {
                let least = if anywhere { 0 } else { HEAD };
                let best = |part: &Vec<Tie>| part.iter().filter_map(|tie| self.term(tie, least)).max();
                let values: Option<Vec<u32>> = parts.iter().map(best).collect();
                values?.into_iter().min().map(|least| least * u32::from(*factor) / 100)
            }
        }
    }

    /// The score, if the document matches.
    fn score(&self, plan: &TextPlan) -> Option<Score> {
        let (mut score, mut weight) = (0, 0);
        for group in &plan.groups {
            if let Some(best) = group
                .leaves
                .iter()
                .filter_map(|leaf| self.leaf(leaf, group.anywhere))
                .max()
            {
                score += best * u32::from(group.weight);
                weight += u32::from(group.weight);
            }
        }
        // A phrase of nothing but stop words is looked for where they count: in documents that are named so.
        let phrases = plan.phrases.iter().all(|phrase| {
            phrase
                .iter()
                .all(|word| !plan.asks_for(word) || self.levels.contains_key(word))
                && self
                    .stems
                    .iter()
                    .any(|stems| stems.windows(phrase.len()).any(|w| w == phrase))
        });
        (plan.required > 0 && weight >= plan.required && phrases).then_some(Score(score))
    }
}

impl Oracle {
    fn ranked(&self, plan: &TextPlan) -> Vec<(u32, Score)> {
        let score = |(doc, (id, texts)): (&u32, &(u128, Texts))| Scan::of(texts).score(plan).map(|s| (*doc, *id, s));
        let mut ranked: Vec<(u32, u128, Score)> = self.docs.iter().filter_map(score).collect();
        ranked.sort_by_key(|(_, id, score)| (std::cmp::Reverse(*score), *id));
        ranked.into_iter().map(|(doc, _, score)| (doc, score)).collect()
    }

    fn index(&self, order: impl Iterator<Item = u32>) -> TextIndex {
        let mut index = TextIndex::new();
        for doc in order {
            if let Some((id, texts)) = self.docs.get(&doc) {
                insert(&mut index, doc, *id, texts);
            }
        }
        index
    }
}

fn insert(index: &mut TextIndex, doc: u32, id: u128, texts: &Texts) {
    let texts: Vec<(Place, &str)> = texts.iter().map(|(place, text)| (*place, text.as_str())).collect();
    index.insert(doc, id, TextIndex::analyse(&texts));
}

/// A small generator: the same sequence in every run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % sides.max(1)
    }

    pub(super) fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }
}

const WORDS: &[&str] = &[
    "Verwaltung",
    "Cloud",
    "Verwaltungscloud",
    "OZG-Cloud",
    "BundID",
    "Bund",
    "Bürger",
    "Beteiligung",
    "Bürgerbeteiligung",
    "Mängel",
    "melden",
    "Mängelmelder",
    "künstliche",
    "Intelligenz",
    "KI",
    "Antrag",
    "Anträge",
    "stellen",
    "zustellen",
    "Straße",
    "Strassen",
    "Baustelle",
    "Open",
    "Data",
    "offene",
    "Daten",
    "Portal",
    "Geoportal",
    "Karte",
    "Kartenportal",
    "Termin",
    "buchen",
    "Terminbuchung",
    "der",
    "die",
    "für",
    "alle",
    "Einer",
    "Einer-für-alle-Dienst",
    "Xoodo",
    "Xoodoplugin",
    "Plugin",
    "E-Akte",
    "elektronische",
    "Akte",
    "Akten",
    "Server",
    "Rechner",
    "Haushalt",
    "Haushaltsdaten",
    "openDesk",
    "Zahlung",
    "bezahlen",
];

fn text(dice: &mut Dice, most: usize) -> String {
    (0..=dice.roll(most))
        .map(|_| dice.pick(WORDS))
        .collect::<Vec<_>>()
        .join(" ")
}

pub(super) fn texts(dice: &mut Dice) -> Texts {
    let mut texts = vec![(Place::Title, text(dice, 3))];
    for (place, most) in [
        (Place::Alias, 1),
        (Place::Tag, 2),
        (Place::Summary, 8),
        (Place::Description, 20),
        (Place::Other, 2),
    ] {
        if dice.roll(3) > 0 {
            texts.push((place, text(dice, most)));
        }
    }
    texts
}

pub(super) fn query(dice: &mut Dice) -> String {
    let mut query = text(dice, 3);
    match dice.roll(8) {
        0 => query = format!("\"{query}\""),
        1 => query = format!("\"{} {}\" {query}", dice.pick(WORDS), dice.pick(WORDS)),
        2 | 3 => {
            let at = dice.roll(query.len());
            if query.is_char_boundary(at) && query.is_char_boundary(at + 1) {
                query.remove(at);
            }
        }
        4 => {
            query.pop();
        }
        _ => {}
    }
    query
}

fn agree(index: &TextIndex, oracle: &Oracle, query: &str, dice: &mut Dice) {
    let plan = index.plan(query);
    let expected = oracle.ranked(&plan);
    let matches = index.matches(&plan);
    let all: RoaringBitmap = expected.iter().map(|(doc, _)| *doc).collect();
    assert_eq!(matches, all, "{query}");
    assert_eq!(index.top(&plan, &matches, None, usize::MAX / 4), expected, "{query}");
    let travelled: TextPlan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(index.matches(&travelled), matches, "{query}");
    let limit = 1 + dice.roll(7);
    let mut walked = Vec::new();
    let mut after = None;
    loop {
        let page = index.top(&travelled, &matches, after, limit);
        let Some((doc, score)) = page.last() else { break };
        after = Some((*score, oracle.docs[doc].0));
        walked.extend(page);
    }
    assert_eq!(walked, expected, "{query}: pages of {limit}");
    if let Some((doc, score)) = expected.first() {
        assert_eq!(index.score(&plan, *doc), *score);
    }
}

#[test]
fn the_index_agrees_with_a_plain_scan_through_inserts_updates_and_removals() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for ascending in [true, false] {
        let (mut index, mut oracle) = (TextIndex::new(), Oracle::default());
        for round in 0..400_u32 {
            let doc = if ascending && round < 250 {
                round
            } else {
                u32::try_from(dice.roll(250)).unwrap()
            };
            let id = if ascending {
                u128::from(doc)
            } else {
                u128::from(doc) * 7919 % 251
            };
            if dice.roll(5) == 0 {
                index.remove(doc);
                oracle.docs.remove(&doc);
            } else {
                let texts = texts(&mut dice);
                insert(&mut index, doc, id, &texts);
                oracle.docs.insert(doc, (id, texts));
            }
            for _ in 0..4 {
                let query = query(&mut dice);
                agree(&index, &oracle, &query, &mut dice);
            }
        }
    }
}

#[test]
fn many_documents_are_ranked_like_few() {
    let mut dice = Dice(42);
    let mut oracle = Oracle::default();
    for doc in 0..3_000 {
        oracle.docs.insert(doc, (u128::from(doc), texts(&mut dice)));
    }
    let mut index = TextIndex::new();
    let read = |(doc, (id, texts)): (&u32, &(u128, Texts))| {
        let texts: Vec<(Place, &str)> = texts.iter().map(|(place, text)| (*place, text.as_str())).collect();
        (*doc, *id, TextIndex::analyse(&texts))
    };
    index.build_bulk(oracle.docs.iter().take(2_000).map(read).collect());
    index.build_bulk(oracle.docs.iter().skip(2_000).map(read).collect());
    for _ in 0..12 {
        let query = query(&mut dice);
        let plan = index.plan(&query);
        let expected = oracle.ranked(&plan);
        let matches = index.matches(&plan);
        assert_eq!(matches.len(), expected.len() as u64, "{query}");
        for (start, limit) in [(0_usize, 20), (20, 20), (500, 7)] {
            let after = start
                .checked_sub(1)
                .and_then(|at| expected.get(at))
                .map(|(doc, s)| (*s, u128::from(*doc)));
            let page: Vec<_> = expected.iter().skip(start).take(limit).copied().collect();
            if after.is_some() || start == 0 {
                assert_eq!(index.top(&plan, &matches, after, limit), page, "{query} from {start}");
            }
        }
    }
}

/// All that can be seen of an index.
fn answers(index: &TextIndex, queries: &[String]) -> Vec<String> {
    let mut seen = Vec::new();
    for query in queries {
        let plan = index.plan(query);
        let matches = index.matches(&plan);
        let ids: Vec<(u128, Score)> = index
            .top(&plan, &matches, None, 50)
            .into_iter()
            .map(|(doc, score)| (index.id(doc), score))
            .collect();
        seen.push(format!(
            "{query}: {} {} {ids:?}",
            serde_json::to_string(&plan).unwrap(),
            matches.len()
        ));
        seen.push(format!("{:?}", index.suggest(query, 10)));
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_order_of_arrival_and_any_removed_document_gives_the_answers_of_a_fresh_build(
        seed in any::<u64>(),
        order in Just((0..40_u32).collect::<Vec<_>>()).prop_shuffle(),
        gone in proptest::collection::btree_set(0..40_u32, 0..20),
    ) {
        let mut dice = Dice(seed | 1);
        let mut oracle = Oracle::default();
        for doc in 0..40 {
            oracle.docs.insert(doc, (u128::from(doc), texts(&mut dice)));
        }
        let mut lived = oracle.index(order.into_iter());
        for doc in &gone {
            lived.remove(*doc);
            oracle.docs.remove(doc);
        }
        let fresh = oracle.index(0..40);
        let queries: Vec<String> = (0..12).map(|_| query(&mut dice)).collect();
        prop_assert_eq!(answers(&lived, &queries), answers(&fresh, &queries));
    }

    #[test]
    fn an_unchanged_document_keeps_its_score_under_a_frozen_plan(seed in any::<u64>()) {
        let mut dice = Dice(seed | 1);
        let mut oracle = Oracle::default();
        for doc in 0..20 {
            oracle.docs.insert(doc, (u128::from(doc), texts(&mut dice)));
        }
        let mut index = oracle.index(0..20);
        let plan = index.plan(&query(&mut dice));
        let before = oracle.ranked(&plan);
        for doc in 20..60 {
            insert(&mut index, doc, u128::from(doc), &texts(&mut dice));
        }
        for doc in 0..5 {
            index.remove(doc);
        }
        let matches = index.matches(&plan);
        for (doc, score) in before.into_iter().filter(|(doc, _)| *doc >= 5) {
            prop_assert!(matches.contains(doc));
            prop_assert_eq!(index.score(&plan, doc), score);
        }
    }

    #[test]
    fn any_text_is_a_query_and_a_document(query in "\\PC{0,300}|[\\x00-\\x7f„“ÄöüẞßÀﬀ①\u{ad}\u{308}-]{0,500}", document in "\\PC{0,200}") {
        let mut index = TextIndex::new();
        index.insert(0, 1, TextIndex::analyse(&[(Place::Title, &document), (Place::Summary, &query)]));
        index.insert(1, 2, TextIndex::analyse(&[(Place::Title, "Verwaltungscloud"), (Place::Description, "Anträge zustellen")]));
        for text in [&query, &document] {
            let plan = index.plan(text);
            let matches = index.matches(&plan);
            prop_assert_eq!(index.top(&plan, &matches, None, 9).len() as u64, matches.len());
            index.suggest(text, 5);
            super::fold(text);
        }
        index.remove(0);
        let plan = index.plan(&query);
        index.matches(&plan);
    }
}

#[test]
fn a_hundred_words_stop_words_only_and_punctuation_only_are_answered() {
    let mut index = TextIndex::new();
    index.insert(
        0,
        0,
        TextIndex::analyse(&[
            (Place::Title, "Mein Unternehmenskonto"),
            (Place::Summary, "der die das"),
        ]),
    );
    let long = "Wort Verwaltungscloud x y z ".repeat(20);
    for query in [
        long.as_str(),
        "der die das",
        "!?-()",
        "",
        "\"\"",
        "\"der\"",
        "a b c d e f g h i j k l m n o p",
    ] {
        let plan = index.plan(query);
        let matches = index.matches(&plan);
        assert_eq!(
            index.top(&plan, &matches, None, 5).len() as u64,
            matches.len(),
            "{query}"
        );
    }
    let plan = index.plan("mein");
    assert_eq!(index.matches(&plan).len(), 1, "stop words count in names");
}
