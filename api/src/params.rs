//! Parameters of the URL, taken literally or not at all.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::fault::{Faults, unknown};
use domain::query::Given;
use url::form_urlencoded;

use crate::problem::Problem;

/// All parameters of a request, decoded.
#[derive(Debug)]
pub struct Params(Vec<(String, String)>);

impl FromRequest for Params {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}

impl Params {
    fn parse(text: &str) -> Result<Self, Problem> {
        let mut faults = Faults::new();
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
            .filter(|(name, value)| !name.is_empty() || !value.is_empty())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        for (name, value) in &pairs {
            // The decoder puts this character where bytes are no UTF-8.
            if name.contains('\u{FFFD}') || value.contains('\u{FFFD}') {
                faults.add(name, "invalid_encoding", "Is no UTF-8; percent-encode its UTF-8 bytes.");
            }
        }
        faults.or_ok(Self(pairs)).map_err(Problem::parameters)
    }

    /// As the query language takes them.
    pub fn given(&self) -> Vec<Given> {
        self.0
            .iter()
            .map(|(name, value)| Given::from_url(name, value))
            .collect()
    }

    /// Those with one of these names, and all others.
    pub fn split(self, names: &[&str]) -> (Self, Self) {
        let (own, others) = self.0.into_iter().partition(|(name, _)| names.contains(&name.as_str()));
        (Self(own), Self(others))
    }

    /// The values of `known`, in that order; anything else is refused.
    ///
    /// # Errors
    /// Every parameter that is unknown or repeated.
    pub fn only<const N: usize>(&self, known: [&str; N]) -> Result<[Option<&str>; N], Problem> {
        let (values, faults) = self.take(known);
        faults.or_ok(values).map_err(Problem::parameters)
    }

    /// The values of `known`, in that order, and every parameter that is unknown or repeated.
    pub fn take<const N: usize>(&self, known: [&str; N]) -> ([Option<&str>; N], Faults) {
        let mut values = [None; N];
        let mut faults = Faults::new();
        for (name, value) in &self.0 {
            match known.iter().position(|k| k == name).and_then(|i| values.get_mut(i)) {
                Some(slot @ None) => *slot = Some(value.as_str()),
                Some(Some(_)) => faults.add(name, "repeated", "Is given more than once; give it once."),
                None if N == 0 => faults.add(
                    name,
                    "unknown_parameter",
                    "This address takes no parameters; remove it.",
                ),
                None => faults.add(name, "unknown_parameter", unknown("parameter", name, &known)),
            }
        }
        (values, faults)
    }
}

/// A whole number within bounds, or the default; what is wrong with it is added to the faults.
pub fn number(name: &str, text: Option<&str>, default: usize, max: usize, faults: &mut Faults) -> usize {
    let Some(text) = text else { return default };
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits && (1..=max).contains(&number) => number,
        _ => {
            faults.add(name, "out_of_range", format!("Give a whole number from 1 to {max}."));
            default
        }
    }
}
