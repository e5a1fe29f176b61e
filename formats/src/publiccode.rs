//! publiccode.yml: the description of public software that lies in its repository.
//!
//! [`check`] tells whether a file follows the standard (0.7, as its reference parser applies it to files of every
//! version). [`read()`] makes a component of a file, and repairs what can be repaired. `docs/publiccode.md` in the
//! repository explains rules, repairs, mapping and the differences from the reference parser. Checks that need a
//! network or the files of the repository are not made.

mod check;
mod licence;
mod read;
mod schema;
mod uri;
mod values;
mod video;
mod vocabulary;

pub use check::{Knowledge, Verdict, check, check_knowing};
pub use read::{Imported, Options, Outcome, read};
