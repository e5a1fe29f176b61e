//! Settings of what one client may take from the others.

use std::time::Duration;

use actix_web::http::header::HeaderName;

use super::{Layers, Settings, WrongSetting, within, wrong};
use crate::limits::{Options, Pace, Quotas};

/// Connections of one address where no proxy stands before the service.
const PER_ADDRESS: usize = 2000;

pub(super) fn merge(layers: &Layers, given: &mut Settings, file: &mut Settings) -> Result<Options, WrongSetting> {
    let rate = |name, given, file, default| {
        let (rate, place) = layers.pick(given, file, default);
        within(name, &place, rate, 0, 100_000_000)
    };
    let quotas = Quotas {
        anonymous: rate("anonymous-rate", given.anonymous_rate, file.anonymous_rate, 1200)?,
        client: rate("client-rate", given.client_rate, file.client_rate, 12_000)?,
        token: rate("token-rate", given.token_rate, file.token_rate, 60)?,
        invalid: rate(
            "invalid-token-rate",
            given.invalid_token_rate,
            file.invalid_token_rate,
            60,
        )?,
        burst_seconds: {
            let (seconds, place) = layers.pick(given.burst_seconds, file.burst_seconds, 60);
            within("burst-seconds", &place, seconds, 1, 86_400)?
        },
    };
    let seconds = |name, given, file, default| {
        let (seconds, place) = layers.pick(given, file, default);
        within(name, &place, seconds, 1, 3600).map(Duration::from_secs)
    };
    let (header, place) = layers.pick(
        given.client_address_header.take(),
        file.client_address_header.take(),
        String::new(),
    );
    let client_address_header = match header.as_str() {
        "" => None,
        name => Some(HeaderName::from_bytes(name.as_bytes()).map_err(|_| {
            wrong(
                "client-address-header",
                &place,
                format!("`{name}` is no name of a header"),
            )
        })?),
    };
    // Behind a proxy all connections have one address.
    let default = if client_address_header.is_some() {
        0
    } else {
        PER_ADDRESS
    };
    let (most, place) = layers.pick(
        given.max_connections_per_address,
        file.max_connections_per_address,
        default,
    );
    Ok(Options {
        quotas,
        client_address_header,
        connections_per_address: within("max-connections-per-address", &place, most, 0, 1_000_000)?,
        keep_alive: seconds(
            "keep-alive-seconds",
            given.keep_alive_seconds,
            file.keep_alive_seconds,
            15,
        )?,
        head: seconds("head-seconds", given.head_seconds, file.head_seconds, 10)?,
        pace: Pace {
            within: seconds("body-seconds", given.body_seconds, file.body_seconds, 60)?,
            ..Pace::default()
        },
        stall: seconds("stall-seconds", given.stall_seconds, file.stall_seconds, 30)?,
        answer: seconds("answer-seconds", given.answer_seconds, file.answer_seconds, 30)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(text: &str) -> Result<Options, WrongSetting> {
        let mut file = toml::from_str(text).unwrap();
        merge(&Layers { path: "x" }, &mut Settings::default(), &mut file)
    }

    #[test]
    fn behind_a_proxy_connections_of_one_address_are_not_counted() {
        assert_eq!(merged("").unwrap().connections_per_address, PER_ADDRESS);
        let behind = merged("client-address-header = 'X-Forwarded-For'").unwrap();
        assert_eq!(behind.connections_per_address, 0);
        assert_eq!(behind.client_address_header.unwrap(), "x-forwarded-for");
        let both = merged("client-address-header = 'Forwarded'\nmax-connections-per-address = 5").unwrap();
        assert_eq!(both.connections_per_address, 5);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for text in [
            "client-address-header = 'a b'",
            "head-seconds = 0",
            "body-seconds = 4000",
            "burst-seconds = 0",
        ] {
            assert!(merged(text).is_err(), "{text}");
        }
        assert_eq!(merged("anonymous-rate = 0").unwrap().quotas.anonymous, 0);
    }
}
