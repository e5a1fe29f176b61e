//! Idempotency keys: a request that is sent twice works once.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use domain::publishing::actor_name;
use domain::store::{KeptAnswer, StoreError};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::answer::WrittenAnswer;
use super::{Desk, WriteOptions};
use crate::hex::hex;
use crate::problem::{Problem, ProblemType};

/// Tells requests with one key apart.
pub(crate) fn fingerprint(options: &WriteOptions, body: &Value) -> String {
    if options.key.is_none() {
        return String::new();
    }
    let digest = Sha256::new()
        .chain_update(&options.target)
        .chain_update([0])
        .chain_update(body.to_string())
        .finalize();
    hex(&digest)
}

/// A key whose answer is to be kept.
#[derive(Clone, Copy)]
pub(crate) struct Kept<'a> {
    client: &'a str,
    key: &'a str,
    fingerprint: &'a str,
}

impl Kept<'_> {
    pub(crate) fn answer(self, answer: &WrittenAnswer) -> KeptAnswer {
        KeptAnswer {
            client: self.client.to_owned(),
            key: self.key.to_owned(),
            fingerprint: self.fingerprint.to_owned(),
            status: answer.status.as_u16(),
            location: answer.location.clone(),
            etag: answer.etag.clone(),
            body: answer.body.clone().unwrap_or_default().into(),
        }
    }
}

/// Takes a key off the list of those that are worked on, however the work ends.
struct Running<'a> {
    desk: &'a Desk<'a>,
    name: (String, String),
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.desk.app.running_keys.lock().remove(&self.name);
    }
}

impl Desk<'_> {
    /// Does `work` unless a request with the same key was answered: then that answer is given again.
    pub(crate) fn once(
        &self,
        fingerprint: &str,
        work: impl FnOnce(Option<Kept<'_>>) -> Result<WrittenAnswer, Problem>,
    ) -> Result<WrittenAnswer, Problem> {
        // Without a token there is nothing to write, and nobody that the key would belong to.
        let (Some(key), Some(client)) = (&self.options.key, actor_name(self.caller)) else {
            return work(None);
        };
        if self.options.dry_run {
            return work(None);
        }
        let name = (client.clone(), key.clone());
        if !self.app.running_keys.lock().insert(name.clone()) {
            return Err(StoreError::Repeated.into());
        }
        let _running = Running { desk: self, name };
        if let Some(kept) = self.app.store.kept_answer(&client, key)? {
            return replay(kept, fingerprint);
        }
        let answer = work(Some(Kept {
            client: &client,
            key,
            fingerprint,
        }));
        match answer {
            // Another instance was faster.
            Err(problem) if problem.is(ProblemType::Conflict) => match self.app.store.kept_answer(&client, key)? {
                Some(kept) => replay(kept, fingerprint),
                None => Err(problem),
            },
            answer => answer,
        }
    }
}

fn replay(kept: KeptAnswer, fingerprint: &str) -> Result<WrittenAnswer, Problem> {
    if kept.fingerprint != fingerprint {
        return Err(
            Problem::new(ProblemType::KeyReused).header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
        );
    }
    Ok(WrittenAnswer {
        status: StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK),
        location: kept.location,
        etag: kept.etag,
        body: (!kept.body.is_empty()).then(|| kept.body.into()),
        replayed: true,
    })
}
