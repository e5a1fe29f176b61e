//! Who asks, as handlers take it: the right that a handler needs stands in its signature.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use domain::access::{Caller, Denial};
use domain::values::Timestamp;

use super::scope::Needs;
use crate::problem::Problem;

/// When the token of a request expires.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expiry(pub(super) Timestamp);

fn caller(request: &HttpRequest) -> Caller {
    request.extensions().get::<Caller>().cloned().unwrap_or_default()
}

/// Whoever asks; also somebody without a token.
#[derive(Debug, Clone)]
pub struct Who(pub Caller);

impl FromRequest for Who {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(caller(request))))
    }
}

/// Somebody with a valid token, whatever it allows.
#[derive(Debug, Clone)]
pub struct Known {
    caller: Caller,
    expires_at: Timestamp,
}

impl Known {
    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// When the token expires.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}

impl FromRequest for Known {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = caller(request);
        let expiry = request.extensions().get::<Expiry>().copied();
        ready(match expiry.filter(|_| !caller.is_anonymous()) {
            Some(Expiry(expires_at)) => Ok(Self { caller, expires_at }),
            None => Err(Problem::from(Denial::Anonymous)),
        })
    }
}

/// Somebody whose token allows what `S` stands for.
#[derive(Debug, Clone)]
pub struct Right<S> {
    caller: Caller,
    scope: PhantomData<S>,
}

impl<S> Right<S> {
    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

impl<S> From<Right<S>> for Caller {
    fn from(right: Right<S>) -> Self {
        right.caller
    }
}

impl<S: Needs> FromRequest for Right<S> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = caller(request);
        ready(if caller.is_anonymous() {
            Err(Problem::from(Denial::Anonymous))
        } else if caller.has(S::SCOPE) {
            Ok(Self {
                caller,
                scope: PhantomData,
            })
        } else {
            Err(Problem::from(Denial::Scope(S::SCOPE)))
        })
    }
}
