//! A sign of life in a file: its time of change. It stops with the process, however that ends.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Gives one sign of life.
pub(crate) fn beat(file: &Path) -> std::io::Result<()> {
    OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .open(file)?
        .write_all(b"in use\n")
}

/// Gives one every ten seconds, as long as the process lives.
pub(crate) fn keep_beating(file: PathBuf) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(10));
            // The directory is gone where somebody stopped the server: tests tell that soon enough.
            let _ = beat(&file);
        }
    });
}
