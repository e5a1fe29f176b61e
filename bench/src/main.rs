//! The load tool: what a request costs the server, beside a bare handler that sends the same bytes.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks on its streams"
)]

mod endure;
mod load;
mod slow;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Debug, Parser)]
#[command(name = "bench", about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Import generated entries, serve them, and measure what requests cost.
    Load(load::Options),
    /// Write without pause while the service is killed or its database disturbed, and look for every acknowledged write.
    Endure(endure::Options),
    /// Hold very many connections with half a request, and measure what the others notice.
    Slow(slow::Options),
    /// Print a generated catalogue as NDJSON, as `import` takes it.
    Generate {
        /// How many components.
        #[arg(long, default_value_t = 10_000)]
        entries: usize,
        /// Another seed gives another catalogue.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// The catalogue as a process of its own, for `load`.
    #[command(hide = true)]
    Catalogue {
        #[arg(long)]
        database: String,
    },
    /// The bare handler as a process of its own, for `load`.
    #[command(hide = true)]
    Bare {
        #[arg(long)]
        bodies: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Load(options) => load::run(&options),
        Command::Endure(options) => endure::run(&options),
        Command::Slow(options) => slow::run(&options),
        Command::Generate { entries, seed } => {
            bench::generate::Catalogue::write(seed, entries, &mut |document| println!("{document}"));
            Ok(true)
        }
        Command::Catalogue { database } => load::server::catalogue(&database),
        Command::Bare { bodies } => load::server::bare(&bodies),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
