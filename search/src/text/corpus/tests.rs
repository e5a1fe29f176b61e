use super::*;
use crate::text::Place;
use crate::text::oracle::{Dice, Texts, query, texts};
use proptest::prelude::*;

/// Words that no list knows, so that only the documents say which ones there are.
const UNLISTED: &[&str] = &[
    "Zyprella",
    "Zyprellamodul",
    "Zyprellakern",
    "Modulzyprella",
    "Kernzyprella",
    "Quondex",
    "Quondexe",
    "quondex",
];

/// Who sees a document.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Everybody,
    Caller,
    Others,
}

struct Documents(Vec<(u32, Seen, Texts)>);

impl Documents {
    fn new(dice: &mut Dice) -> Self {
        let count = 10 + u32::try_from(dice.roll(50)).unwrap();
        let one = |doc: u32| {
            let seen = [Seen::Everybody, Seen::Everybody, Seen::Caller, Seen::Others][dice.roll(4)];
            let mut texts = texts(dice);
            if dice.roll(3) == 0 {
                texts.push((Place::Summary, dice.pick(UNLISTED).to_owned()));
            }
            (doc, seen, texts)
        };
        Self((0..count).map(one).collect())
    }

    fn index(&self, wanted: &[Seen]) -> TextIndex {
        let mut index = TextIndex::new();
        for (doc, _, texts) in self.0.iter().filter(|(_, seen, _)| wanted.contains(seen)) {
            let texts: Vec<(Place, &str)> = texts.iter().map(|(place, text)| (*place, text.as_str())).collect();
            index.insert(*doc, id(*doc), TextIndex::analyse(&texts));
        }
        index
    }

    fn of(&self, wanted: Seen) -> RoaringBitmap {
        let docs = self.0.iter().filter(|(_, seen, _)| *seen == wanted);
        docs.map(|(doc, _, _)| *doc).collect()
    }
}

/// Not in the order of the numbers.
fn id(doc: u32) -> u128 {
    u128::from(doc) * 7919 % 65_537
}

fn question(dice: &mut Dice) -> String {
    match dice.roll(4) {
        0 => {
            let mut word = dice.pick(UNLISTED).to_owned();
            word.truncate(4 + dice.roll(word.len()));
            word
        }
        1 => format!("{} {}", query(dice), dice.pick(UNLISTED)),
        _ => query(dice),
    }
}

fn written(plan: &TextPlan) -> String {
    serde_json::to_string(plan).unwrap()
}

/// All hits in order, by pages.
fn walk(corpus: &Corpus<'_>, plan: &TextPlan, limit: usize) -> Vec<(u32, Score)> {
    let matches = corpus.matches(plan);
    let (mut walked, mut after) = (Vec::new(), None);
    loop {
        let page = corpus.top(plan, &matches, after, limit);
        let Some((doc, score)) = page.last() else { break };
        after = Some((*score, id(*doc)));
        walked.extend(page);
    }
    walked
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn hidden_documents_of_others_leave_no_trace(seed in any::<u64>()) {
        let mut dice = Dice(seed | 1);
        let documents = Documents::new(&mut dice);
        let public = documents.index(&[Seen::Everybody]);
        let (hidden, own) = (documents.index(&[Seen::Caller, Seen::Others]), documents.index(&[Seen::Caller]));
        let seen = documents.of(Seen::Caller);
        let corpus = Corpus::with_hidden(&public, &hidden, &seen);
        let expected = Corpus::with_hidden(&public, &own, &seen);
        for _ in 0..8 {
            let text = question(&mut dice);
            let (plan, wanted) = (corpus.plan(&text), expected.plan(&text));
            prop_assert_eq!(written(&plan), written(&wanted), "{}", text);
            prop_assert_eq!(corpus.matches(&plan), expected.matches(&wanted), "{}", text);
            prop_assert_eq!(walk(&corpus, &plan, 3), walk(&expected, &wanted, 1000), "{}", text);
            prop_assert_eq!(Corpus::public(&public).plan(&text).corrections, public.plan(&text).corrections);
        }
    }

    #[test]
    fn what_one_sees_is_searched_as_if_it_stood_in_one_index(seed in any::<u64>()) {
        let mut dice = Dice(seed | 1);
        let documents = Documents::new(&mut dice);
        let public = documents.index(&[Seen::Everybody]);
        let hidden = documents.index(&[Seen::Caller, Seen::Others]);
        let one = documents.index(&[Seen::Everybody, Seen::Caller]);
        let seen = documents.of(Seen::Caller);
        let corpus = Corpus::with_hidden(&public, &hidden, &seen);
        for _ in 0..8 {
            let text = question(&mut dice);
            let (plan, wanted) = (corpus.plan(&text), one.plan(&text));
            // Words of hidden documents correct nothing.
            if plan.corrections != wanted.corrections {
                continue;
            }
            prop_assert_eq!(corpus.matches(&plan), one.matches(&wanted), "{}", text);
            prop_assert_eq!(walk(&corpus, &plan, 4), one.top(&wanted, &one.matches(&wanted), None, 1000), "{}", text);
            let scores: std::collections::BTreeMap<u32, Score> = corpus.scores(&plan, &corpus.matches(&plan)).into_iter().collect();
            prop_assert_eq!(scores, one.scores(&wanted, &one.matches(&wanted)).into_iter().collect());
        }
    }
}
