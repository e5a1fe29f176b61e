//! Where the files of other projects lie that the tests read; they are not part of this repository.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::io::Write;
use std::path::PathBuf;
use std::sync::Once;

use serde_json::Value;

/// One file: its name, its entry in the manifest and its bytes.
pub(crate) type Entry = (String, Value, Vec<u8>);

/// The folder of the publiccode.yml files; nothing, and a word about it, where nobody names one.
fn folder() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let Some(root) = std::env::var_os("VERBUNDKATALOG_TESTDATA") else {
        // Past the capture of the test runner: whoever runs the tests must know what did not run.
        SAID.call_once(|| {
            let _ = writeln!(
                std::io::stderr(),
                "Tests on files of other projects not run: VERBUNDKATALOG_TESTDATA does not name the folder that holds \
                 `publiccode/manifest.json`"
            );
        });
        return None;
    };
    Some(PathBuf::from(root).join("publiccode"))
}

/// The entries of the manifest of one kind. A folder that is named must hold them.
pub(crate) fn entries(kind: &str) -> Option<Vec<Entry>> {
    let folder = folder()?;
    let manifest = std::fs::read(folder.join("manifest.json")).expect("manifest.json can be read");
    let manifest: Value = serde_json::from_slice(&manifest).expect("manifest.json is JSON");
    let entries = manifest["entries"].as_array().expect("the manifest has entries");
    let read = |entry: &Value| {
        let file = entry["file"].as_str().expect("an entry names its file").to_owned();
        let bytes = std::fs::read(folder.join(&file)).expect("a file of the manifest can be read");
        (file, entry.clone(), bytes)
    };
    Some(entries.iter().filter(|entry| entry["kind"] == kind).map(read).collect())
}
