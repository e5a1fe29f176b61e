//! Where the files of other projects lie that the tests read; they are not part of this repository.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::path::PathBuf;

use serde_json::Value;

/// The folder of the publiccode.yml files.
pub(crate) fn folder() -> PathBuf {
    let root = std::env::var_os("VERBUNDKATALOG_TESTDATA").expect(
        "this test reads files of other projects: set the environment variable VERBUNDKATALOG_TESTDATA to the folder \
         that holds `publiccode/manifest.json`",
    );
    PathBuf::from(root).join("publiccode")
}

/// The entries of the manifest of one kind, each with its file name and its bytes.
pub(crate) fn entries(kind: &str) -> Vec<(String, Value, Vec<u8>)> {
    let manifest = std::fs::read(folder().join("manifest.json")).expect("manifest.json can be read");
    let manifest: Value = serde_json::from_slice(&manifest).expect("manifest.json is JSON");
    let entries = manifest["entries"].as_array().expect("the manifest has entries");
    entries
        .iter()
        .filter(|entry| entry["kind"] == kind)
        .map(|entry| {
            let file = entry["file"].as_str().expect("an entry names its file").to_owned();
            let bytes = std::fs::read(folder().join(&file)).expect("a file of the manifest can be read");
            (file, entry.clone(), bytes)
        })
        .collect()
}
