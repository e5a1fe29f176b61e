//! What a reader has to say about a file: where, how bad, and how to mend it.

use std::fmt;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something was left out on purpose; nothing is wrong with the file.
    Notice,
    /// The file can be used; something is deprecated or was repaired.
    Warning,
    /// The file, or this part of it, cannot be used as it is.
    Error,
}

impl Severity {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A line and a column in a file, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

impl Place {
    /// The beginning of a file: where something is missing altogether.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// One thing a reader found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of the kind of problem, for programs.
    pub code: &'static str,
    /// The key as people write it: `description.en.features[0]`; empty for the file as a whole.
    pub key: String,
    /// The same key as a JSON pointer: `/description/en/features/0`.
    pub pointer: String,
    /// Where in the file.
    pub place: Place,
    /// What is wrong and how to mend it, in a sentence.
    pub detail: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        write!(f, "{line}:{column}: {}: ", self.severity.as_str())?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{} [{}]", self.detail, self.code)
    }
}

/// The way from the root of a document to a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Path {
    /// The path of a key inside the value at this path.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        Self(steps)
    }

    /// The path of an item of the list at this path, counted from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Index(index));
        Self(steps)
    }

    /// `a.b[0].c`
    pub fn dotted(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            match step {
                Step::Key(key) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(key);
                }
                Step::Index(index) => {
                    out.push('[');
                    out.push_str(&index.to_string());
                    out.push(']');
                }
            }
        }
        out
    }

    /// `/a/b/0/c`, as RFC 6901 writes it.
    pub fn pointer(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            out.push('/');
            match step {
                Step::Key(key) => out.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Step::Index(index) => out.push_str(&index.to_string()),
            }
        }
        out
    }
}

/// Collects problems, up to a limit that a hostile file cannot exceed.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

/// How many problems of one file are kept.
pub const MAX_PROBLEMS: usize = 500;

impl Problems {
    /// Notes a problem; beyond [`MAX_PROBLEMS`] it is dropped.
    pub fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        path: &Path,
        place: Place,
        detail: impl Into<String>,
    ) {
        if self.0.len() < MAX_PROBLEMS {
            let (key, pointer) = (path.dotted(), path.pointer());
            self.0.push(Problem {
                severity,
                code,
                key,
                pointer,
                place,
                detail: detail.into(),
            });
        }
    }

    /// Notes an error.
    pub fn error(&mut self, code: &'static str, path: &Path, place: Place, detail: impl Into<String>) {
        self.push(Severity::Error, code, path, place, detail);
    }

    /// Notes a warning.
    pub fn warning(&mut self, code: &'static str, path: &Path, place: Place, detail: impl Into<String>) {
        self.push(Severity::Warning, code, path, place, detail);
    }

    /// Notes something that was left out on purpose.
    pub fn notice(&mut self, code: &'static str, path: &Path, place: Place, detail: impl Into<String>) {
        self.push(Severity::Notice, code, path, place, detail);
    }

    /// Drops what was noted about values inside the one at this path.
    pub fn forget_inside(&mut self, path: &Path) {
        let inside = path.pointer() + "/";
        self.0.retain(|problem| !problem.pointer.starts_with(&inside));
    }

    /// All problems in the order of the file.
    pub fn into_sorted(mut self) -> Vec<Problem> {
        self.0.sort_by_key(|problem| problem.place);
        self.0
    }
}

/// A text shortened for a sentence, without line breaks.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out = String::from("‘");
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST {
            out.push('…');
            break;
        }
        out.push(if character.is_control() { ' ' } else { character });
    }
    out.push('’');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_for_people_and_for_programs() {
        let path = Path::default().key("description").key("en/GB").key("features").index(2);
        assert_eq!(path.dotted(), "description.en/GB.features[2]");
        assert_eq!(path.pointer(), "/description/en~1GB/features/2");
    }

    #[test]
    fn the_number_of_problems_is_bounded() {
        let mut problems = Problems::default();
        for _ in 0..MAX_PROBLEMS + 10 {
            problems.error("x", &Path::default(), Place::START, "x");
        }
        assert_eq!(problems.into_sorted().len(), MAX_PROBLEMS);
    }
}
