//! Asking an outside issuer for its keys: only where the operator said, and never more than a little.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;
use url::Url;

/// Largest answer that is read.
const MAX_BYTES: usize = 1024 * 1024;
/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Where the keys of an issuer are published.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In the discovery document of this issuer (`OpenID Connect Discovery 1.0`).
    Discovered(String),
    /// Here.
    Keys(Url),
}

/// Asks over HTTPS.
#[derive(Debug, Clone)]
pub(super) struct Fetcher {
    client: Client,
    allow_loopback: bool,
}

impl Fetcher {
    /// One that also takes plain HTTP from this machine, if that is allowed.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub(super) fn new(allow_loopback: bool) -> Result<Self, String> {
        let mut builder = Client::builder()
            // Whoever is asked answers: an address that is led elsewhere was not configured.
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            // Asked twice a minute; an open connection would outlive the thread that made it.
            .pool_max_idle_per_host(0)
            .user_agent(concat!("verbundkatalog/", env!("CARGO_PKG_VERSION")));
        if allow_loopback {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| chain(&error))?;
        Ok(Self { client, allow_loopback })
    }

    /// The published keys as text.
    ///
    /// # Errors
    /// Why there are none.
    pub(super) async fn keys(&self, place: &Place) -> Result<Vec<u8>, String> {
        match place {
            Place::Keys(url) => self.get(url).await,
            Place::Discovered(issuer) => self.get(&self.discover(issuer).await?).await,
        }
    }

    async fn discover(&self, issuer: &str) -> Result<Url, String> {
        #[derive(Deserialize)]
        struct Document {
            issuer: String,
            jwks_uri: String,
        }
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let text = self
            .get(&address.parse().map_err(|_| "its address is none".to_owned())?)
            .await?;
        let document: Document =
            serde_json::from_slice(&text).map_err(|error| format!("{address} is no discovery document: {error}"))?;
        if document.issuer != issuer {
            return Err(format!("{address} is the document of another issuer"));
        }
        document
            .jwks_uri
            .parse()
            .map_err(|_| format!("{address}: `jwks_uri` is no address"))
    }

    async fn get(&self, url: &Url) -> Result<Vec<u8>, String> {
        permitted(url, self.allow_loopback)?;
        let fail = |error: reqwest::Error| format!("{url}: {}", chain(&error.without_url()));
        let mut response = self.client.get(url.clone()).send().await.map_err(fail)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(format!("{url} answered {}", response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(fail)? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(format!("{url} answered with more than {MAX_BYTES} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// Whether an address may be asked: HTTPS, or, where that is allowed, HTTP on this machine.
///
/// # Errors
/// Why not.
pub fn permitted(url: &Url, allow_loopback: bool) -> Result<(), String> {
    let is_local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address with a user or a password is not asked".to_owned());
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_local && allow_loopback => Ok(()),
        "http" if is_local => Err(format!("{url} is asked only with `allow-http-loopback = true`")),
        _ => Err(format!("{url} is no https address")),
    }
}

/// An error with its causes: that a connection failed says less than why.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_asked_and_http_on_this_machine_where_that_is_allowed() {
        let ask = |text: &str, allowed| permitted(&text.parse().unwrap(), allowed).is_ok();
        assert!(ask("https://sso.example.org/realms/x", false));
        for local in ["http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/"] {
            assert!(ask(local, true), "{local}");
            assert!(!ask(local, false), "{local}");
        }
        for never in [
            "http://sso.example.org/",
            "http://10.0.0.1/",
            "http://169.254.169.254/",
            "http://localhost.example.org/",
            "http://127.0.0.1.nip.io/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "https://user:secret@sso.example.org/",
        ] {
            assert!(!ask(never, true), "{never}");
        }
    }
}
