//! One document, read: its spellings and their sequence, independent of any index.

use std::cell::RefCell;
use std::hash::{BuildHasher, BuildHasherDefault};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::impact::Place;
use super::tokens::each_token;

/// Numbers below this are marks of places in a sequence, not spellings.
pub(super) const FIRST: u32 = 8;
/// The most tokens of one document that are looked at: a bound for hostile input, far above any real entry.
const MAX_TOKENS: usize = 200_000;

/// The analysed terms of one document.
#[derive(Clone, Debug, Default)]
pub struct DocTerms {
    /// Titles and aliases as they are written.
    pub(super) names: Vec<Box<str>>,
    /// All distinct spellings, one after the other.
    spellings: String,
    /// The length of each.
    lengths: Vec<u8>,
    /// Numbers of spellings in the order of the text, as [`push_number`] writes them, each place led by its mark.
    sequence: Vec<u8>,
    /// Number of words of the title.
    pub(super) title_words: u16,
}

#[derive(Default)]
struct Scratch {
    table: HashTable<(u32, u32, u8)>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// Hashes a spelling.
#[inline]
pub(super) fn hash(spelling: &str) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one(spelling.as_bytes())
}

impl DocTerms {
    /// Reads the texts of a document.
    pub(super) fn read(texts: &[(Place, &str)]) -> Self {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.table.clear();
            let mut terms = Self::default();
            terms.sequence.reserve(texts.iter().map(|(_, t)| t.len() / 6).sum());
            let mut count = 0;
            for (place, text) in texts {
                if matches!(place, Place::Title | Place::Alias) && !text.trim().is_empty() {
                    terms.names.push(text.trim().into());
                }
                push_number(&mut terms.sequence, u32::try_from(place.index()).unwrap_or(0));
                each_token(text, |token, _| {
                    if count < MAX_TOKENS {
                        count += 1;
                        let number = terms.number(token, &mut scratch.table);
                        push_number(&mut terms.sequence, FIRST + number);
                        if *place == Place::Title {
                            terms.title_words = terms.title_words.saturating_add(1);
                        }
                    }
                });
            }
            terms.spellings.shrink_to_fit();
            terms.sequence.shrink_to_fit();
            terms.lengths.shrink_to_fit();
            terms
        })
    }

    fn number(&mut self, token: &str, table: &mut HashTable<(u32, u32, u8)>) -> u32 {
        let hash = hash(token);
        let spellings = &self.spellings;
        let same = |(_, start, len): &(u32, u32, u8)| {
            usize::from(*len) == token.len()
                && spellings.as_bytes().get(*start as usize..*start as usize + token.len()) == Some(token.as_bytes())
        };
        if let Some((number, _, _)) = table.find(hash, same) {
            return *number;
        }
        let number = u32::try_from(self.lengths.len()).unwrap_or(u32::MAX);
        let start = u32::try_from(self.spellings.len()).unwrap_or(u32::MAX);
        // Tokens are cut to far below 255 bytes.
        let len = u8::try_from(token.len()).unwrap_or(u8::MAX);
        self.spellings.push_str(token);
        self.lengths.push(len);
        let spellings = &self.spellings;
        table.insert_unique(hash, (number, start, len), |(_, start, len)| {
            let start = *start as usize;
            self::hash(spellings.get(start..start + usize::from(*len)).unwrap_or_default())
        });
        number
    }

    /// The distinct spellings by number.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.lengths.iter().map(move |len| {
            let spelling = self.spellings.get(start..start + usize::from(*len)).unwrap_or_default();
            start += usize::from(*len);
            spelling
        })
    }

    /// The sequence of numbers: below [`FIRST`] a mark, else [`FIRST`] + the number of a spelling.
    pub(super) fn sequence(&self) -> Numbers<'_> {
        Numbers(&self.sequence)
    }
}

/// Appends a number, seven bits a byte.
#[inline]
pub(super) fn push_number(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    #[allow(clippy::cast_possible_truncation, reason = "below 0x80")]
    out.push(number as u8);
}

/// Reads what [`push_number`] wrote.
#[derive(Clone)]
pub(super) struct Numbers<'a>(pub(super) &'a [u8]);

impl Iterator for Numbers<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
            shift += 7;
            if shift > 28 {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_keeps_its_words_in_their_order() {
        let terms = DocTerms::read(&[(Place::Title, "Die Cloud"), (Place::Summary, "die Cloud, die trägt")]);
        let spellings: Vec<&str> = terms.spellings().collect();
        assert_eq!(spellings, ["Die", "Cloud", "die", "trägt"]);
        let sequence: Vec<u32> = terms.sequence().collect();
        assert_eq!(sequence, [0, 8, 9, 3, 10, 9, 10, 11]);
        assert_eq!(terms.title_words, 2);
    }

    #[test]
    fn numbers_survive_their_encoding() {
        let numbers = [0, 1, 127, 128, 16_383, 16_384, 2_097_152, 268_435_455];
        let mut bytes = Vec::new();
        for number in numbers {
            push_number(&mut bytes, number);
        }
        assert_eq!(Numbers(&bytes).collect::<Vec<_>>(), numbers);
    }
}
