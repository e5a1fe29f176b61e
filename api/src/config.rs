//! Settings: a flag, an environment variable, or a key of one file; the first that is given counts.

mod limits;
mod tokens;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use domain::cost_share::Key;
use serde::Deserialize;

pub use tokens::{IssuerSettings, Tokens, read_scopes};

/// The commented file that is the manual of all settings.
pub const MANUAL: &str = include_str!("../../verbundkatalog.example.toml");

/// Every setting, as given by flags and environment, or by the file.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Address and port to listen on.
    #[arg(long, env = "VERBUNDKATALOG_LISTEN", value_name = "ADDRESS:PORT", global = true)]
    pub listen: Option<String>,
    /// Database: `sqlite://PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.
    #[arg(
        long,
        env = "VERBUNDKATALOG_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        global = true
    )]
    pub database_url: Option<String>,
    /// Connections to the database at the most.
    #[arg(long, env = "VERBUNDKATALOG_DATABASE_CONNECTIONS", value_name = "N", global = true)]
    pub database_connections: Option<u32>,
    /// Load the sample catalogue where the database is empty.
    #[arg(long, env = "VERBUNDKATALOG_SAMPLE", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", global = true)]
    pub sample: Option<bool>,
    /// Base of absolute links in answers, such as `https://katalog.example.org`; without it links begin with `/`.
    #[arg(long, env = "VERBUNDKATALOG_PUBLIC_URL", value_name = "URL", global = true)]
    pub public_url: Option<String>,
    /// Threads that answer requests; one for each core without it.
    #[arg(long, env = "VERBUNDKATALOG_WORKERS", value_name = "N", global = true)]
    pub workers: Option<usize>,
    /// Connections at once.
    #[arg(long, env = "VERBUNDKATALOG_MAX_CONNECTIONS", value_name = "N", global = true)]
    pub max_connections: Option<usize>,
    /// Connections of one address at once; 0 is no limit. Without it 2000, or no limit behind a proxy.
    #[arg(
        long,
        env = "VERBUNDKATALOG_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "N",
        global = true
    )]
    pub max_connections_per_address: Option<usize>,
    /// Header in which the proxy tells the address of the client, such as `X-Forwarded-For`.
    #[arg(
        long,
        env = "VERBUNDKATALOG_CLIENT_ADDRESS_HEADER",
        value_name = "NAME",
        global = true
    )]
    pub client_address_header: Option<String>,
    /// Requests a minute of one address without a token; 0 is no limit.
    #[arg(long, env = "VERBUNDKATALOG_ANONYMOUS_RATE", value_name = "N", global = true)]
    pub anonymous_rate: Option<u32>,
    /// Requests a minute of one client with a token; 0 is no limit.
    #[arg(long, env = "VERBUNDKATALOG_CLIENT_RATE", value_name = "N", global = true)]
    pub client_rate: Option<u32>,
    /// Requests a minute of one address for tokens; 0 is no limit.
    #[arg(long, env = "VERBUNDKATALOG_TOKEN_RATE", value_name = "N", global = true)]
    pub token_rate: Option<u32>,
    /// Requests a minute of one address with tokens that are no good; 0 is no limit.
    #[arg(long, env = "VERBUNDKATALOG_INVALID_TOKEN_RATE", value_name = "N", global = true)]
    pub invalid_token_rate: Option<u32>,
    /// For how many seconds' worth of these rates requests may come all at once.
    #[arg(long, env = "VERBUNDKATALOG_BURST_SECONDS", value_name = "S", global = true)]
    pub burst_seconds: Option<u32>,
    /// Seconds that a connection may be without a request.
    #[arg(long, env = "VERBUNDKATALOG_KEEP_ALIVE_SECONDS", value_name = "S", global = true)]
    pub keep_alive_seconds: Option<u64>,
    /// Seconds that a client may take for the head of a request.
    #[arg(long, env = "VERBUNDKATALOG_HEAD_SECONDS", value_name = "S", global = true)]
    pub head_seconds: Option<u64>,
    /// Seconds that a client may take for the body of a request.
    #[arg(long, env = "VERBUNDKATALOG_BODY_SECONDS", value_name = "S", global = true)]
    pub body_seconds: Option<u64>,
    /// Seconds that a client may take nothing of its answer.
    #[arg(long, env = "VERBUNDKATALOG_STALL_SECONDS", value_name = "S", global = true)]
    pub stall_seconds: Option<u64>,
    /// Seconds until an answer must begin, without the time for the body of the request.
    #[arg(long, env = "VERBUNDKATALOG_ANSWER_SECONDS", value_name = "S", global = true)]
    pub answer_seconds: Option<u64>,
    /// Seconds that requests in flight may take after the signal to stop.
    #[arg(long, env = "VERBUNDKATALOG_SHUTDOWN_SECONDS", value_name = "S", global = true)]
    pub shutdown_seconds: Option<u64>,
    /// Memory for ready-made records, in MiB; further records are read from the database.
    #[arg(long, env = "VERBUNDKATALOG_BODY_CACHE_MIB", value_name = "MIB", global = true)]
    pub body_cache_mib: Option<usize>,
    /// What to log: `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,verbundkatalog=debug`.
    #[arg(long, env = "VERBUNDKATALOG_LOG", value_name = "FILTER", global = true)]
    pub log: Option<String>,
    /// Form of the log: `auto` (text on a terminal, else JSON), `text` or `json`.
    #[arg(long, env = "VERBUNDKATALOG_LOG_FORMAT", value_name = "FORM", global = true)]
    pub log_format: Option<String>,
    /// Whether this service issues tokens itself, with a key of its own.
    #[arg(long, env = "VERBUNDKATALOG_BUILT_IN_ISSUER", num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", global = true)]
    pub built_in_issuer: Option<bool>,
    /// File with the key of the built-in issuer; made where there is none.
    #[arg(long, env = "VERBUNDKATALOG_TOKEN_KEY", value_name = "FILE", global = true)]
    pub token_key: Option<PathBuf>,
    /// Name of the built-in issuer in tokens; the public address without it.
    #[arg(long, env = "VERBUNDKATALOG_TOKEN_ISSUER", value_name = "NAME", global = true)]
    pub token_issuer: Option<String>,
    /// Whom tokens must be for; the public address without it.
    #[arg(long, env = "VERBUNDKATALOG_AUDIENCE", value_name = "NAME", global = true)]
    pub audience: Option<String>,
    /// Issuers from outside; only the file has room for them.
    #[arg(skip)]
    #[serde(default)]
    pub issuer: Vec<IssuerSettings>,
    /// Keys by which costs are shared; only the file has room for them.
    #[arg(skip)]
    #[serde(default)]
    pub cost_key: Vec<Key>,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, else JSON.
    Auto,
    /// Text.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The database. Carries a password: never log it.
    pub database_url: Secret,
    /// Connections to it at the most.
    pub database_connections: u32,
    /// Whether to load the sample where the database is empty.
    pub sample: bool,
    /// Base of absolute links.
    pub public_url: Option<String>,
    /// Threads that answer requests.
    pub workers: Option<usize>,
    /// Connections at once.
    pub max_connections: usize,
    /// What one client may take from the others.
    pub limits: crate::limits::Options,
    /// Seconds for requests in flight at the end.
    pub shutdown_seconds: u64,
    /// Bytes for ready-made records.
    pub body_bytes: usize,
    /// What to log.
    pub log: String,
    /// In which form.
    pub log_format: LogFormat,
    /// Which tokens are accepted and issued.
    pub tokens: Tokens,
    /// Keys by which costs are shared.
    pub cost_keys: Vec<Key>,
}

/// A text that no log and no error may show.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A setting that cannot be used: which, where it was given, and why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting `{name}` ({place}): {why}")]
pub struct WrongSetting {
    name: &'static str,
    place: String,
    why: String,
}

/// The settings file that is read where none is named.
const DEFAULT_FILE: &str = "verbundkatalog.toml";

impl Config {
    /// Puts flags and environment (`given`) over the file.
    ///
    /// # Errors
    /// If the file cannot be read, names a setting that does not exist, or a setting is unusable.
    pub fn load(given: Settings, file: Option<&Path>) -> anyhow::Result<Self> {
        let path = file.map_or_else(|| PathBuf::from(DEFAULT_FILE), Path::to_owned);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => anyhow::bail!("settings file {}: {error}", path.display()),
        };
        let from_file: Settings =
            toml::from_str(&text).map_err(|error| anyhow::anyhow!("settings file {}: {error}", path.display()))?;
        Ok(Self::merge(given, from_file, &path.display().to_string())?)
    }

    fn merge(mut given: Settings, mut file: Settings, path: &str) -> Result<Self, WrongSetting> {
        let layers = Layers { path };
        let (listen, place) = layers.pick(given.listen.take(), file.listen.take(), "127.0.0.1:8080".to_owned());
        let listen = listen.parse().map_err(|_| {
            wrong(
                "listen",
                &place,
                format!("`{listen}` is no address with a port, such as `127.0.0.1:8080` or `[::1]:8080`"),
            )
        })?;
        let (database_url, _) = layers.pick(
            given.database_url.take(),
            file.database_url.take(),
            "sqlite://data/verbundkatalog.sqlite".to_owned(),
        );
        let (connections, place) = layers.pick(given.database_connections, file.database_connections, 8);
        let database_connections = within("database-connections", &place, connections, 1, 1000)?;
        let (public_url, place) = layers.pick(
            given.public_url.take().map(Some),
            file.public_url.take().map(Some),
            None,
        );
        let public_url = public_url.map(|text| web_base(&text, &place)).transpose()?;
        let (workers, place) = layers.pick(given.workers.map(Some), file.workers.map(Some), None);
        let workers = workers.map(|n| within("workers", &place, n, 1, 1024)).transpose()?;
        let (most, place) = layers.pick(given.max_connections, file.max_connections, 10_000);
        let max_connections = within("max-connections", &place, most, 1, 1_000_000)?;
        let (seconds, place) = layers.pick(given.shutdown_seconds, file.shutdown_seconds, 10);
        let shutdown_seconds = within("shutdown-seconds", &place, seconds, 0, 3600)?;
        let (mib, place) = layers.pick(given.body_cache_mib, file.body_cache_mib, 4096);
        let body_bytes = within("body-cache-mib", &place, mib, 0, 1 << 20)? << 20;
        let (log, place) = layers.pick(given.log.take(), file.log.take(), "info".to_owned());
        if let Err(error) = log.parse::<tracing_subscriber::EnvFilter>() {
            return Err(wrong("log", &place, format!("`{log}` is no filter: {error}")));
        }
        let (format, place) = layers.pick(given.log_format.take(), file.log_format.take(), "auto".to_owned());
        let log_format = match format.as_str() {
            "auto" => LogFormat::Auto,
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            other => {
                return Err(wrong(
                    "log-format",
                    &place,
                    format!("`{other}` is none of auto, text, json"),
                ));
            }
        };
        let cost_keys = std::mem::take(&mut file.cost_key);
        check_keys(&cost_keys, &format!("file {}", layers.path))?;
        let limits = limits::merge(&layers, &mut given, &mut file)?;
        let tokens = Tokens::merge(&layers, &mut given, &mut file, public_url.as_deref(), &database_url)?;
        Ok(Self {
            listen,
            database_url: Secret(database_url),
            database_connections,
            sample: given.sample.or(file.sample).unwrap_or(false),
            public_url,
            workers,
            max_connections,
            limits,
            shutdown_seconds,
            body_bytes,
            log,
            log_format,
            tokens,
            cost_keys,
        })
    }
}

/// Each key is whole, and has a name of its own.
fn check_keys(keys: &[Key], place: &str) -> Result<(), WrongSetting> {
    for (i, key) in keys.iter().enumerate() {
        if let Some(fault) = key.faults().into_iter().next() {
            let why = format!("{}, {}: {}", key.name, fault.pointer, fault.detail);
            return Err(wrong("cost-key", place, why));
        }
        if key.name.as_str() == "equal" || keys.iter().take(i).any(|other| other.name == key.name) {
            return Err(wrong("cost-key", place, format!("the name `{}` is taken", key.name)));
        }
    }
    Ok(())
}

struct Layers<'a> {
    path: &'a str,
}

impl Layers<'_> {
    /// The value in force, and where it was given.
    fn pick<T>(&self, given: Option<T>, file: Option<T>, default: T) -> (T, String) {
        match (given, file) {
            (Some(value), _) => (value, "flag or environment".to_owned()),
            (None, Some(value)) => (value, format!("file {}", self.path)),
            (None, None) => (default, "default".to_owned()),
        }
    }
}

fn wrong(name: &'static str, place: &str, why: String) -> WrongSetting {
    WrongSetting {
        name,
        place: place.to_owned(),
        why,
    }
}

fn within<T: PartialOrd + fmt::Display + Copy>(
    name: &'static str,
    place: &str,
    value: T,
    min: T,
    max: T,
) -> Result<T, WrongSetting> {
    if value < min || value > max {
        return Err(wrong(name, place, format!("{value} is not within {min} and {max}")));
    }
    Ok(value)
}

fn web_base(text: &str, place: &str) -> Result<String, WrongSetting> {
    let fine = url::Url::parse(text).is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.query().is_none());
    if !fine {
        return Err(wrong(
            "public-url",
            place,
            format!("`{text}` is no http or https address without parameters"),
        ));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Settings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let given = Settings {
            listen: Some("127.0.0.1:1".into()),
            ..Settings::default()
        };
        let config = Config::merge(given, file("listen = '127.0.0.1:2'\nworkers = 3"), "x.toml").unwrap();
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.workers, Some(3));
        assert_eq!(config.max_connections, 10_000);
    }

    #[test]
    fn a_wrong_setting_is_refused_with_what_where_and_why() {
        let error = Config::merge(Settings::default(), file("listen = 'nowhere'"), "x.toml")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("listen") && error.contains("x.toml") && error.contains("nowhere"),
            "{error}"
        );
        assert!(
            toml::from_str::<Settings>("lisen = 'x'")
                .unwrap_err()
                .to_string()
                .contains("lisen")
        );
    }

    #[test]
    fn the_manual_names_every_setting_with_its_default() {
        let uncommented: String = MANUAL
            .lines()
            .filter_map(|line| {
                line.strip_prefix('#')
                    .filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase() || c == '['))
            })
            .collect::<Vec<_>>()
            .join("\n");
        let mut settings = file(&uncommented);
        Config::merge(Settings::default(), settings.clone(), "manual").unwrap();
        // Issuers are lists of settings of their own; two of those exclude each other, so each is in one at least.
        settings.issuer.clear();
        let debug = format!("{settings:?}");
        assert!(!debug.contains("None"), "not in the manual: {debug}");
        let of_issuers = toml::from_str::<Settings>("[[issuer]]\nnothing = 1")
            .unwrap_err()
            .to_string();
        let (_, known) = of_issuers.split_once("expected one of ").unwrap();
        let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
        assert!(known.len() > 10, "{known:?}");
        let manual: toml::Table = uncommented.parse().unwrap();
        let issuers = manual["issuer"].as_array().unwrap();
        for name in known {
            assert!(
                issuers.iter().any(|one| one.get(name).is_some()),
                "not in the manual: issuer.{name}"
            );
        }
    }

    #[test]
    fn the_database_url_is_never_shown() {
        let given = Settings {
            database_url: Some("postgres://u:geheim@h/d".into()),
            ..Settings::default()
        };
        let config = Config::merge(given, Settings::default(), "x").unwrap();
        assert!(!format!("{config:?}").contains("geheim"));
    }
}
