//! Database URLs: which database they mean, how they read without their secrets, and what a connection adds to them.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::OpenError;

/// Where a database is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A connection URI of libpq, with the credentials.
    Postgres(String),
}

impl Address {
    /// Chooses the database by the scheme of the URL.
    pub(crate) fn parse(url: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        match scheme {
            "sqlite" if rest.is_empty() => Err(OpenError::Url("the path after `sqlite://` is missing")),
            "sqlite" => Ok(Self::Sqlite(PathBuf::from(rest))),
            "postgres" | "postgresql" => Ok(Self::Postgres(url.to_owned())),
            _ => Err(OpenError::Url("the scheme is unknown")),
        }
    }

    /// The address for people: without user, password and parameters.
    pub(crate) fn describe(&self) -> String {
        let url = match self {
            Self::Sqlite(path) => return format!("SQLite at {}", path.display()),
            Self::Postgres(url) => url,
        };
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        let host = query.split('&').find_map(|pair| pair.strip_prefix("host="));
        match host {
            Some(host) if place.is_empty() || place.starts_with('/') => format!("PostgreSQL at {host}{place}"),
            _ => format!("PostgreSQL at {place}"),
        }
    }

    /// A text of a driver without whatever of it is a secret of this address.
    pub(crate) fn redact(&self, text: &str) -> String {
        let Self::Postgres(url) = self else {
            return text.to_owned();
        };
        let mut text = text.replace(url.as_str(), "(URL)");
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let after_user = rest.split_once(':').map_or("", |(_, after)| after);
        // A password with an unescaped `@` ends at the last one, or libpq saw it end at the first.
        let to_first = after_user.split_once('@').map(|(password, _)| password);
        let to_last = after_user.rsplit_once('@').map(|(password, _)| password);
        let query = rest.split_once('?').map_or("", |(_, query)| query);
        let parameters = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(|(key, _)| key.contains("password"))
            .map(|(_, value)| value);
        for secret in to_last.into_iter().chain(to_first).chain(parameters) {
            if !secret.is_empty() {
                text = text.replace(secret, "…");
            }
        }
        text.trim_end().to_owned()
    }
}

/// A URI of libpq with the parameters that every connection of the catalogue shall have, where it does not set them
/// itself.
pub(crate) fn with_parameters(url: &str, connect_timeout: Duration) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let has = |key: &str| query.split('&').any(|pair| pair.split('=').next() == Some(key));
    let seconds = connect_timeout.as_secs().max(2).to_string();
    let mut full = url.to_owned();
    let mut separator = if url.contains('?') { '&' } else { '?' };
    for (key, value) in [
        ("application_name", "verbundkatalog"),
        ("connect_timeout", seconds.as_str()),
        // A server that vanished without a word is noticed within about half a minute.
        ("keepalives_idle", "10"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "30000"),
    ] {
        if !has(key) {
            full.push(separator);
            full.push_str(key);
            full.push('=');
            full.push_str(value);
            separator = '&';
        }
    }
    full
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_database() {
        let file = Address::parse("sqlite:///var/lib/catalogue.db").ok();
        assert!(file == Some(Address::Sqlite("/var/lib/catalogue.db".into())));
        let relative = Address::parse("sqlite://data/catalogue.db").ok();
        assert!(relative == Some(Address::Sqlite("data/catalogue.db".into())));
        for url in ["postgres://localhost/catalogue", "postgresql://localhost/catalogue"] {
            assert!(Address::parse(url).ok() == Some(Address::Postgres(url.to_owned())));
        }
        for url in ["mysql://u:geheim@host/x", "catalogue.db", "sqlite://", "", "Postgres"] {
            let message = Address::parse(url).err().unwrap().to_string();
            assert!(
                message.contains("sqlite://PATH") && message.contains("postgres://"),
                "{message}"
            );
            assert!(!message.contains("geheim"), "{message}");
        }
    }

    #[test]
    fn a_description_names_the_place_and_no_credentials() {
        for (url, text) in [
            (
                "postgres://u:geheim@db.example:5432/catalogue?sslmode=require",
                "PostgreSQL at db.example:5432/catalogue",
            ),
            (
                "postgres:///catalogue?host=/run/pg&password=geheim",
                "PostgreSQL at /run/pg/catalogue",
            ),
            ("postgres://u:ge@heim@a,b/catalogue", "PostgreSQL at a,b/catalogue"),
            ("sqlite://data/x.db", "SQLite at data/x.db"),
        ] {
            assert_eq!(Address::parse(url).unwrap().describe(), text);
        }
    }

    #[test]
    fn a_driver_s_text_loses_every_secret() {
        for url in [
            "postgres://u:geheim@host/x",
            "postgres://u:geheim@host:99999/x?password=geheim",
            "postgres:///x?password=geheim",
            "postgres://u:geheim",
        ] {
            let address = Address::parse(url).unwrap();
            let text = address.redact(&format!("cannot use \"{url}\" or geheim"));
            assert!(url == "postgres://u:geheim" || !text.contains("geheim"), "{text}");
            assert!(!address.redact(&format!("unexpected in \"{url}\"")).contains("geheim"));
        }
    }

    #[test]
    fn a_connection_adds_what_the_url_does_not_say() {
        let full = with_parameters("postgres://h/x?application_name=a", Duration::from_secs(3));
        assert!(full.starts_with("postgres://h/x?application_name=a&connect_timeout=3&"));
        assert!(with_parameters("postgres://h/x", Duration::ZERO).starts_with("postgres://h/x?application_name="));
    }
}
