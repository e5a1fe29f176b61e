//! The command line, and the wiring: the only place that names the database.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks on its streams"
)]

mod credentials;
mod progress;
mod stop;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};
use domain::clock::Clock;
use domain::event::Sequence;
use domain::store::Store;
use domain::values::Slug;
use persistence::Database;
use tracing_subscriber::EnvFilter;
use verbundkatalog::config::{Config, LogFormat, Settings};
use verbundkatalog::import::{self, Format, Importer, Input, Report};
use verbundkatalog::server::{self, ServerOptions};
use verbundkatalog::state::{App, Limits};
use verbundkatalog::system::{SystemClock, SystemIds};
use verbundkatalog::{check, jobs, openapi, sample};

use crate::credentials::{ClientCommand, TokenArguments};
use crate::progress::{Bar, Quiet};
use crate::stop::Signals;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The shared-service catalogue of public administrations.
#[derive(Debug, Parser)]
#[command(name = "verbundkatalog", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// File with settings; `verbundkatalog.toml` in the working directory is read without it.
    #[arg(long, env = "VERBUNDKATALOG_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the catalogue over HTTP.
    Serve,
    /// Import components and organisations from files, folders or standard input (`-`).
    Import {
        /// What to read.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Format; without it the ending of a file tells (.ndjson, .jsonl, .json; .yml, .yaml for publiccode).
        #[arg(long, value_enum)]
        format: Option<Format>,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Write all records or none.
        #[arg(long)]
        atomic: bool,
        /// Organisation that keeps what a publiccode.yml describes; without it, the publisher that the file names.
        #[arg(long, value_name = "SLUG")]
        owner: Option<Slug>,
    },
    /// Print a token of the built-in issuer.
    Token(TokenArguments),
    /// Keep the systems that obtain tokens with a secret of their own.
    #[command(subcommand)]
    Client(ClientCommand),
    /// Bring the database's schema to this version.
    Migrate,
    /// Check the database, the log and the view against each other. Exit status 1 if anything is wrong.
    Check,
    /// Print the OpenAPI document.
    Openapi {
        /// Its form.
        #[arg(long, value_enum, default_value = "yaml")]
        form: DocumentForm,
    },
    /// Ask a running service whether it is ready. Exit status 1 if it is not.
    Health {
        /// Ask only whether it lives: also while the database is away, which a restart does not mend.
        #[arg(long)]
        live: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DocumentForm {
    Yaml,
    Json,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Command::Openapi { form } = cli.command {
        match form {
            // Who reads only the head of it closes the pipe.
            DocumentForm::Yaml => drop(std::io::stdout().write_all(openapi::yaml().as_bytes())),
            DocumentForm::Json => {
                drop(writeln!(
                    std::io::stdout(),
                    "{}",
                    serde_json::to_string_pretty(openapi::document())?
                ));
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load(cli.settings, cli.config.as_deref())?;
    log(&config);
    match cli.command {
        Command::Serve => serve(&config),
        Command::Import {
            paths,
            format,
            dry_run,
            atomic,
            owner,
        } => {
            let inputs = import::inputs(&paths, format).map_err(anyhow::Error::msg)?;
            let options = import::Options { dry_run, atomic, owner };
            let store = open(&config)?;
            let report = import_all(&store, inputs, options)?;
            println!(
                "{report}{}",
                if dry_run { " (dry run: nothing was written)" } else { "" }
            );
            Ok(if report.refused > 0 {
                ExitCode::FAILURE
            } else {
                ExitCode::SUCCESS
            })
        }
        Command::Migrate => {
            let done = persistence::migrate(config.database_url.expose())?;
            println!("{} migrations run", done.len());
            Ok(ExitCode::SUCCESS)
        }
        Command::Check => {
            let findings = check::check(&open(&config)?, SystemClock.now().day())?;
            for finding in &findings {
                println!("{}: {}", finding.place, finding.detail);
            }
            println!("{} findings", findings.len());
            Ok(if findings.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Command::Token(arguments) => {
            credentials::token(&config, &open_existing(&config)?, &arguments)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Client(command) => {
            credentials::client(&open_existing(&config)?, command)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Health { live } => Ok(health(&config, live)),
        Command::Openapi { .. } => Ok(ExitCode::SUCCESS),
    }
}

fn log(config: &Config) {
    // The filter was checked with the settings.
    let mut filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    // The framework calls it an error of the service when a client sends no HTTP.
    if !config.log.contains("actix_http")
        && let Ok(quiet) = "actix_http::h1::dispatcher=off".parse()
    {
        filter = filter.add_directive(quiet);
    }
    // The framework reports what clients send wrongly as errors; whoever likes could fill the log with them.
    let filter = match "actix_http::h1=off".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    let logger = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let as_json = match config.log_format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    if as_json {
        logger.json().flatten_event(true).init();
    } else {
        logger.init();
    }
}

fn open(config: &Config) -> anyhow::Result<Database> {
    let options = persistence::Options {
        connections: config.database_connections,
        ..persistence::Options::default()
    };
    persistence::open(config.database_url.expose(), &options).context("setting `database-url`")
}

/// Opens a database that is there: who mistook the folder must not get an empty one.
fn open_existing(config: &Config) -> anyhow::Result<Database> {
    if let Some(path) = config.database_url.expose().strip_prefix("sqlite://") {
        let path = std::path::absolute(path)?;
        anyhow::ensure!(
            path.exists(),
            "there is no database {}; name the one of the running service with --database-url",
            path.display()
        );
    }
    open(config)
}

fn import_all(store: &dyn Store, inputs: Vec<Input>, options: import::Options) -> anyhow::Result<Report> {
    let (clock, ids) = (SystemClock, SystemIds);
    let mut bar = Bar::new(inputs.iter().map(|i| i.bytes).sum());
    let mut importer = Importer::new(store, &clock, &ids, options, &mut bar)?;
    for input in inputs {
        importer.read(input)?;
    }
    let report = importer.finish()?;
    bar.finish();
    Ok(report)
}

fn load_sample(store: &dyn Store) -> anyhow::Result<()> {
    if store.head()? != Sequence::default() {
        tracing::info!("the sample catalogue is not loaded: the database is not empty");
        return Ok(());
    }
    let (clock, ids) = (SystemClock, SystemIds);
    let mut quiet = Quiet;
    let mut importer = Importer::new(store, &clock, &ids, import::Options::default(), &mut quiet)?;
    for (name, text) in sample::FILES {
        importer.read(Input::text(name, Format::Ndjson, text))?;
    }
    let report = importer.finish()?;
    tracing::info!(
        created = report.created,
        refused = report.refused,
        "the sample catalogue is loaded"
    );
    Ok(())
}

fn serve(config: &Config) -> anyhow::Result<ExitCode> {
    let store: Arc<dyn Store> = Arc::new(open(config)?);
    if config.sample {
        load_sample(&*store)?;
    }
    let limits = Limits {
        body_bytes: config.body_bytes,
        public_url: config.public_url.clone(),
        cost_keys: config.cost_keys.clone(),
    };
    let auth = credentials::authenticator(config)?;
    let app = web::Data::new(App::start(
        store,
        Arc::new(SystemClock),
        Arc::new(SystemIds),
        limits,
        auth,
    )?);
    let listener =
        server::bind(config.listen).map_err(|error| anyhow::anyhow!("cannot listen on {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let mut options = ServerOptions {
        connections: config.max_connections,
        shutdown_timeout: Duration::from_secs(config.shutdown_seconds),
        limits: config.limits.clone(),
        ..ServerOptions::default()
    };
    if let Some(workers) = config.workers {
        options.workers = workers;
    }
    allow_files(options.workers * options.connections);
    // Made beside the start, so that neither the start nor the first reader waits for it.
    std::thread::spawn(openapi::json);
    actix_web::rt::System::new().block_on(async move {
        let server = server::serve(app.clone(), listener, &options)?;
        let signals = Signals::catch().context("cannot catch the signals to stop")?;
        {
            let view = app.view();
            let (components, organisations) = (view.components().len(), view.organisations().len());
            tracing::info!(%address, database = app.store.describe(), components, organisations, "ready");
        }
        println!("Verbundkatalog: http://{address}/   documentation: http://{address}/docs/");
        jobs::start(&app);
        let ending = actix_web::rt::spawn(stop::on_signal(signals, app, server.handle()));
        let ended = server.await;
        ending.abort();
        tracing::info!("stopped");
        ended?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Asks the system for as many open files as there may be connections. A shell's usual 1024 would be used up by a few
/// slow clients.
fn allow_files(connections: usize) {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(1024);
    match rlimit::increase_nofile_limit(wanted) {
        Ok(allowed) if allowed < wanted => {
            tracing::info!(
                allowed,
                wanted,
                "fewer open files are allowed than connections may need"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "the number of open files stays as it is"),
    }
}

/// A bare HTTP request, so that a container needs no other program to be checked.
fn health(config: &Config, live: bool) -> ExitCode {
    use std::io::Read;
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let timeout = Duration::from_secs(3);
    let path = if live { "/health/live" } else { "/health/ready" };
    let answer = std::net::TcpStream::connect_timeout(&address, timeout).and_then(|mut stream| {
        stream.set_read_timeout(Some(timeout))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.take(16 * 1024).read_to_string(&mut answer)?;
        Ok(answer)
    });
    match answer {
        Ok(text) if text.starts_with("HTTP/1.1 200") => ExitCode::SUCCESS,
        Ok(text) => {
            eprintln!("not ready: {}", text.lines().next().unwrap_or_default());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("not ready: {error}");
            ExitCode::FAILURE
        }
    }
}
