//! `verbundkatalog token` and `verbundkatalog client`: credentials for people at a shell and for systems.

use std::str::FromStr;

use anyhow::Context;
use clap::{Args, Subcommand};
use domain::access::Scopes;
use domain::client::Client;
use domain::clock::Clock;
use domain::id::Ids;
use domain::organisation::Organisation;
use domain::store::{Key, Record, Store};
use domain::stored::{Document, Publication};
use domain::values::{Slug, Timestamp};
use verbundkatalog::auth::{Authenticator, BuiltIn, Grant, NewSecret};
use verbundkatalog::config::{Config, read_scopes};
use verbundkatalog::system::{SystemClock, SystemIds};

/// Longest life of a token: nobody can take it back before.
const TOKEN_DAYS: i64 = 366;
/// Longest life of a client.
const CLIENT_DAYS: i64 = 10 * 366;

/// What `token` takes.
#[derive(Debug, Args)]
pub(crate) struct TokenArguments {
    /// Organisation that the token acts for: slug or id.
    #[arg(long, value_name = "SLUG|ID")]
    organisation: String,
    /// What it allows, with spaces between; may be given more than once.
    #[arg(long = "scope", value_name = "SCOPES")]
    scopes: Vec<String>,
    /// How long it is good for: a number and s, m, h or d; 366d at the most.
    #[arg(long, value_name = "TIME", default_value = "8h")]
    expires: Span,
    /// Who it is for: stands in the log beside what is written with it.
    #[arg(long, value_name = "NAME", default_value = "command-line")]
    subject: String,
}

/// What `client` takes.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Register a system, and print its secret: once, and never again.
    Add {
        /// Its name towards `POST /v1/token` (`client_id`).
        id: Slug,
        /// Organisation that it acts for: slug or id.
        #[arg(long, value_name = "SLUG|ID")]
        organisation: String,
        /// What its tokens may allow, with spaces between; may be given more than once.
        #[arg(long = "scope", value_name = "SCOPES")]
        scopes: Vec<String>,
        /// How long it may obtain tokens: a number and s, m, h or d; without it, until it is removed.
        #[arg(long, value_name = "TIME")]
        expires: Option<Span>,
    },
    /// List the registered systems.
    List,
    /// Remove a system; tokens that it has are good until they expire.
    Remove {
        /// Its name.
        id: Slug,
    },
    /// Give a system another secret, and print it; the old one is refused from then on.
    Rotate {
        /// Its name.
        id: Slug,
    },
}

/// A length of time in seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span(i64);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = match text.chars().last() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            _ => 0,
        };
        let number = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
        let is_number = number.bytes().all(|b| b.is_ascii_digit());
        match number.parse::<i64>().ok().and_then(|n| n.checked_mul(seconds)) {
            Some(all) if is_number && all > 0 => Ok(Self(all)),
            _ => Err("give a number and its unit, such as 30m, 8h or 365d".to_owned()),
        }
    }
}

impl Span {
    fn after(self, now: Timestamp, most_days: i64) -> anyhow::Result<Timestamp> {
        anyhow::ensure!(self.0 <= most_days * 86_400, "--expires: {most_days}d at the most");
        Ok(Timestamp::from_micros(now.micros().saturating_add(self.0 * 1_000_000)))
    }
}

/// The issuers that the settings name.
pub(crate) fn authenticator(config: &Config) -> anyhow::Result<Authenticator> {
    let tokens = &config.tokens;
    let own = tokens.built_in.then(|| built_in(config)).transpose()?;
    Authenticator::new(own, tokens.outside.clone()).map_err(anyhow::Error::msg)
}

fn built_in(config: &Config) -> anyhow::Result<BuiltIn> {
    let tokens = &config.tokens;
    anyhow::ensure!(
        tokens.built_in,
        "the built-in issuer is switched off (setting `built-in-issuer`)"
    );
    BuiltIn::from_file(&tokens.key, &tokens.issuer, &tokens.audience)
}

fn scopes(given: &[String]) -> anyhow::Result<Scopes> {
    read_scopes(&given.join(" ")).map_err(|why| anyhow::anyhow!("--scope: {why}"))
}

fn organisation(store: &dyn Store, name: &str) -> anyhow::Result<Record> {
    let key = match name.parse() {
        Ok(id) => Key::Id(id),
        Err(_) => Key::Slug(
            name.parse()
                .map_err(|_| anyhow::anyhow!("--organisation: `{name}` is no slug and no id"))?,
        ),
    };
    let found = store.record(Organisation::NOUN, &key)?;
    found
        .filter(|record| record.publication != Publication::Withdrawn)
        .with_context(|| format!("--organisation: there is no organisation `{name}` in this catalogue"))
}

/// Prints a token, and nothing else.
pub(crate) fn token(config: &Config, store: &dyn Store, arguments: &TokenArguments) -> anyhow::Result<()> {
    let issued_at = SystemClock.now();
    let grant = Grant {
        subject: arguments.subject.clone(),
        client: None,
        organisation: Some(organisation(store, &arguments.organisation)?.id.to_string()),
        scopes: scopes(&arguments.scopes)?,
        issued_at,
        expires_at: arguments.expires.after(issued_at, TOKEN_DAYS)?,
        token_id: SystemIds.next(),
    };
    let is_plain = !grant.subject.is_empty()
        && grant.subject.chars().count() <= 255
        && !grant.subject.chars().any(char::is_control);
    anyhow::ensure!(is_plain, "--subject: give 1 to 255 characters");
    println!("{}", built_in(config)?.sign(&grant).map_err(anyhow::Error::msg)?);
    Ok(())
}

/// Keeps the registered clients.
pub(crate) fn client(store: &dyn Store, command: ClientCommand) -> anyhow::Result<()> {
    let now = SystemClock.now();
    match command {
        ClientCommand::Add {
            id,
            organisation: owner,
            scopes: given,
            expires,
        } => {
            anyhow::ensure!(
                store.client(&id)?.is_none(),
                "there is a client `{id}` already; `client rotate {id}` gives it another secret"
            );
            let new = NewSecret::make().map_err(anyhow::Error::msg)?;
            store.put_client(&Client {
                organisation: organisation(store, &owner)?.slug,
                scopes: scopes(&given)?,
                secret_hash: new.hash,
                created_at: now,
                expires_at: expires.map(|span| span.after(now, CLIENT_DAYS)).transpose()?,
                id,
            })?;
            hand_over(&new.secret);
        }
        ClientCommand::List => {
            for client in store.clients()? {
                let end = client.expires_at.map_or_else(|| "-".to_owned(), |end| end.to_string());
                println!("{}\t{}\t{end}\t{}", client.id, client.organisation, client.scopes);
            }
        }
        ClientCommand::Remove { id } => {
            anyhow::ensure!(store.remove_client(&id)?, "there is no client `{id}`");
            eprintln!("removed; tokens that it has are good until they expire, for an hour at the most");
        }
        ClientCommand::Rotate { id } => {
            let client = store
                .client(&id)?
                .with_context(|| format!("there is no client `{id}`"))?;
            let new = NewSecret::make().map_err(anyhow::Error::msg)?;
            store.put_client(&Client {
                secret_hash: new.hash,
                ..client
            })?;
            hand_over(&new.secret);
        }
    }
    Ok(())
}

/// The secret on standard output, alone, so that it can be put where it belongs without being seen.
fn hand_over(secret: &str) {
    println!("{secret}");
    eprintln!("This is the only time that the secret is shown.");
}
