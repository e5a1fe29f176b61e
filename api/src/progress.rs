//! What an import shows while it runs: a bar on a terminal, a line for each commit elsewhere.

use std::io::IsTerminal;

use domain::event::Sequence;
use indicatif::{ProgressBar, ProgressStyle};
use verbundkatalog::import::{Line, Observer, Report};

/// The progress of an import.
pub(crate) struct Bar {
    bar: ProgressBar,
    is_terminal: bool,
}

impl Bar {
    /// A bar over so many bytes, where that is known.
    pub(crate) fn new(bytes: Option<u64>) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = match (is_terminal, bytes) {
            (false, _) => ProgressBar::hidden(),
            (true, Some(bytes)) => {
                let style = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} {msg}";
                let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
                ProgressBar::new(bytes).with_style(style)
            }
            (true, None) => ProgressBar::new_spinner(),
        };
        Self { bar, is_terminal }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Bar {
    fn problem(&mut self, line: &Line) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    fn committed(&mut self, report: &Report, sequence: Sequence) {
        if self.is_terminal {
            self.bar.set_message(format!("{} read", report.read));
        } else {
            // Whoever reads this knows what is safe, whatever happens next.
            let written = report.created + report.updated + report.implied;
            eprintln!("committed: {written} records written, log at {}", sequence.0);
        }
    }

    fn read(&mut self, bytes: u64) {
        self.bar.inc(bytes);
    }
}

/// Says nothing but what goes wrong.
pub(crate) struct Quiet;

impl Observer for Quiet {
    fn problem(&mut self, line: &Line) {
        tracing::warn!("{line}");
    }

    fn committed(&mut self, _: &Report, _: Sequence) {}

    fn read(&mut self, _: u64) {}
}
