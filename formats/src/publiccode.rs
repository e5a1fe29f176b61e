//! publiccode.yml: the description of public software that lies in its repository.
//!
//! [`check`] tells whether a file follows the standard (0.7, as its reference parser applies it to files of every
//! version); [`docs/publiccode.md`](https://yml.publiccode.tools) of this repository explains the rules and the
//! differences. Checks that need a network or the files of the repository are not made.

mod check;
mod licence;
mod schema;
mod uri;
mod values;
mod video;
mod vocabulary;

pub use check::{Knowledge, Verdict, check, check_knowing};
