//! Whether a token is good, and whom it speaks of.

use std::sync::Arc;

use domain::clock::Clock;

use super::Refused;
use super::builtin::BuiltIn;
use super::cache::{self, Cache};
use super::claims::{self, Verified};
use super::issuer::{Issuer, Outside};
use super::jws::{Jws, MAX_BYTES};
use super::keys::Outcome;
use super::secrets::Secrets;

/// All issuers whose tokens are accepted.
#[derive(Debug, Default)]
pub struct Authenticator {
    issuers: Vec<Arc<Issuer>>,
    built_in: Option<BuiltIn>,
    cache: Cache,
    /// Checks the secrets of registered clients.
    pub secrets: Secrets,
}

impl Authenticator {
    /// No issuer: every token is refused.
    pub fn none() -> Self {
        Self::default()
    }

    /// The built-in issuer, if there is one, and those from outside.
    ///
    /// # Errors
    /// If two issuers have one name, or one cannot be set up.
    pub fn new(built_in: Option<BuiltIn>, outside: Vec<Outside>) -> Result<Self, String> {
        let mut issuers: Vec<Arc<Issuer>> = Vec::with_capacity(outside.len() + 1);
        if let Some(own) = &built_in {
            issuers.push(Arc::new(Issuer::fixed(
                own.issuer(),
                own.audience(),
                own.keys().clone(),
            )));
        }
        for one in outside {
            let name = one.url.clone();
            if issuers.iter().any(|known| known.name == name) {
                return Err(format!("issuer {name}: is named twice"));
            }
            let issuer = Issuer::outside(one).map_err(|why| format!("issuer {name}: {why}"))?;
            issuers.push(Arc::new(issuer));
        }
        Ok(Self {
            issuers,
            built_in,
            ..Self::default()
        })
    }

    /// The built-in issuer.
    pub fn built_in(&self) -> Option<&BuiltIn> {
        self.built_in.as_ref()
    }

    /// Whom a token speaks of.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub async fn verify(&self, token: &str, clock: &dyn Clock) -> Result<Arc<Verified>, Refused> {
        if token.len() > MAX_BYTES {
            return Err(Refused("it is too long"));
        }
        let fingerprint = cache::fingerprint(token);
        let generation_of = |issuer: usize| self.issuers.get(issuer).map_or(0, |known| known.generation());
        if let Some(known) = self.cache.get(&fingerprint, clock.now(), generation_of) {
            return Ok(known);
        }
        let jws = Jws::parse(token)?;
        // The one claim that is read before the signature: it only chooses among the issuers of the settings.
        let name = jws
            .claims
            .get("iss")
            .and_then(|name| name.as_str())
            .ok_or(UNKNOWN_ISSUER)?;
        let (index, issuer) = self
            .issuers
            .iter()
            .enumerate()
            .find(|(_, issuer)| issuer.name == name)
            .ok_or(UNKNOWN_ISSUER)?;
        if issuer.typed && jws.typ.as_deref() != Some("at+jwt") {
            return Err(Refused("it is of another type than access tokens"));
        }
        // Read before the keys: were they changed in between, the token would only be looked at once more.
        let mut generation = issuer.generation();
        let mut outcome = issuer.keys().verify(&jws);
        if outcome == Outcome::Unknown {
            issuer.look_for_new(clock.now()).await;
            generation = issuer.generation();
            outcome = issuer.keys().verify(&jws);
        }
        match outcome {
            Outcome::Signed => {}
            Outcome::NotSigned => return Err(Refused("its signature is wrong, or the key is not for its algorithm")),
            Outcome::Unknown => return Err(Refused("its key is not known")),
        }
        let verified = claims::read(&jws.claims, &issuer.name, &issuer.audience, &issuer.claims, clock)?;
        let verified = Arc::new(verified);
        self.cache
            .put(fingerprint, verified.clone(), index, generation, clock.now());
        Ok(verified)
    }

    /// Brings the keys of all outside issuers up to date, at once.
    pub async fn refresh(&self, clock: &dyn Clock) {
        let now = clock.now();
        let looking: Vec<_> = self
            .issuers
            .iter()
            .map(|issuer| {
                let issuer = issuer.clone();
                tokio::spawn(async move { issuer.refresh(now).await })
            })
            .collect();
        for one in looking {
            let _ = one.await;
        }
    }
}

const UNKNOWN_ISSUER: Refused = Refused("its issuer is not known here");
