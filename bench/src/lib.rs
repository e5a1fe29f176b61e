//! Benchmarks: a generator of catalogues of any size, the same in every run. The load tool is the binary of this crate.

pub mod generate;
pub mod random;
