//! What a request asks of the log.

use std::time::Duration;

use domain::code_list::CodeList;
use domain::event::{EventFilter, EventType, Sequence};
use domain::fault::{Faults, unknown};
use domain::id::Id;
use domain::values::{Day, Slug, Timestamp};
use url::form_urlencoded;

use super::{NOUNS, Viewer};
use crate::params::Params;
use crate::problem::Problem;

/// Events of one page at the most.
const PAGE: usize = 1000;
const PAGE_DEFAULT: usize = 100;
/// Seconds that an answer waits for news at the most.
const WAIT: usize = 30;
/// Organisations of one question at the most: each may have had several names.
const ORGANISATIONS: usize = 20;
const DAY: i64 = 86_400_000_000;
const NAMES: [&str; 11] = [
    "after",
    "before",
    "limit",
    "order",
    "type",
    "noun",
    "subject",
    "organisation",
    "from",
    "to",
    "wait",
];

/// In which form the log is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One page as JSON.
    Page,
    /// All of it, one event on each line.
    Lines,
    /// For as long as the reader stays.
    Stream,
}

/// A question to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    form: Form,
    /// Events after this one.
    pub after: Sequence,
    /// Events before this one.
    pub before: Option<Sequence>,
    /// So many at the most.
    pub limit: usize,
    /// Whether the newest come first.
    pub newest_first: bool,
    /// How long to wait where there are none yet.
    pub wait: Duration,
    types: Vec<EventType>,
    pub(super) nouns: Vec<&'static str>,
    pub(super) subject: Option<String>,
    pub(super) organisations: Vec<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    /// The parameters that filter, as they were given.
    filters: Vec<(&'static str, String)>,
}

impl Ask {
    /// Reads the parameters; `last_seen` is the `Last-Event-ID` of a reader that comes back.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn parse(params: &Params, form: Form, last_seen: Option<&str>) -> Result<Self, Problem> {
        let (values, mut faults) = params.take(NAMES);
        let [
            after,
            before,
            limit,
            order,
            types,
            nouns,
            subject,
            organisations,
            from,
            to,
            wait,
        ] = values;
        let mut refuse = |names: &[(&str, Option<&str>)], detail: &str| {
            for (name, _) in names.iter().filter(|(_, value)| value.is_some()) {
                faults.add(*name, "contradiction", detail);
            }
        };
        match form {
            Form::Page => {}
            Form::Lines => refuse(
                &[("limit", limit), ("wait", wait)],
                "Is for pages; all events are answered here. Leave it out.",
            ),
            Form::Stream => refuse(
                &[
                    ("before", before),
                    ("limit", limit),
                    ("order", order),
                    ("to", to),
                    ("wait", wait),
                ],
                "Is for pages; a stream goes on with whatever comes. Leave it out.",
            ),
        }
        let newest_first = match order {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(other) => {
                faults.add("order", "unknown_value", unknown("value", other, &["asc", "desc"]));
                false
            }
        };
        let ask = Self {
            form,
            // Whoever comes back does so with the address of the first time; what was seen since then counts.
            after: match last_seen.filter(|_| form == Form::Stream) {
                Some(text) => sequence("Last-Event-ID", Some(text), &mut faults),
                None => sequence("after", after, &mut faults),
            }
            .unwrap_or_default(),
            before: sequence("before", before, &mut faults),
            limit: whole("limit", limit, PAGE_DEFAULT, PAGE, &mut faults),
            newest_first,
            wait: Duration::from_secs(whole("wait", wait, 0, WAIT, &mut faults) as u64),
            types: codes("type", types, EventType::ALL, EventType::code, &mut faults),
            nouns: codes("noun", nouns, &NOUNS, |noun| noun, &mut faults),
            subject: keys("subject", subject, 1, &mut faults).pop(),
            organisations: keys("organisation", organisations, ORGANISATIONS, &mut faults),
            from: moment("from", from, false, &mut faults),
            to: moment("to", to, true, &mut faults),
            filters: [
                ("type", types),
                ("noun", nouns),
                ("subject", subject),
                ("organisation", organisations),
                ("from", from),
                ("to", to),
            ]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?.to_owned())))
            .collect(),
        };
        if ask.newest_first && !ask.wait.is_zero() {
            faults.add(
                "wait",
                "contradiction",
                "Waits for what comes last; leave out `order=desc`.",
            );
        }
        if let (Some(from), Some(to)) = (ask.from, ask.to)
            && from > to
        {
            faults.add("to", "contradiction", "Lies before `from`; no event can satisfy both.");
        }
        faults.or_ok(ask).map_err(Problem::parameters)
    }

    /// The address of the same question from another place on: with `after`, or with `before` where the newest come first.
    pub(super) fn address(&self, base: &str, bound: Sequence) -> String {
        let mut parameters = form_urlencoded::Serializer::new(String::new());
        parameters.extend_pairs(self.filters.iter().map(|(name, value)| (*name, value.as_str())));
        let (after, before) = if self.newest_first {
            (self.after, Some(bound))
        } else {
            (bound, self.before)
        };
        parameters.append_pair("after", &after.0.to_string());
        if let Some(before) = before {
            parameters.append_pair("before", &before.0.to_string());
        }
        if self.newest_first {
            parameters.append_pair("order", "desc");
        }
        if self.limit != PAGE_DEFAULT {
            parameters.append_pair("limit", &self.limit.to_string());
        }
        format!("{base}/v1/events?{}", parameters.finish())
    }

    /// Tag of the answer as of an event.
    pub(super) fn tag(&self, viewer: &Viewer, as_of: Sequence) -> String {
        let address = self.address("", self.after);
        viewer.tag(as_of, &format!("{:?}|{address}|{:?}", self.form, self.before))
    }

    /// The filter of these parameters for events up to `as_of`, but for what their names stand for.
    pub(super) fn plain(&self, as_of: Sequence) -> EventFilter {
        EventFilter {
            after: self.after,
            until: Some(match self.before {
                Some(before) => as_of.min(Sequence(before.0 - 1)),
                None => as_of,
            }),
            types: self.types.clone(),
            nouns: self.nouns.clone(),
            from: self.from,
            to: self.to,
            ..EventFilter::default()
        }
    }
}

/// A place in the log.
pub(super) fn sequence(name: &str, text: Option<&str>, faults: &mut Faults) -> Option<Sequence> {
    const LAST: i64 = 9_007_199_254_740_991;
    let text = text?;
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits && (0..=LAST).contains(&number) => Some(Sequence(number)),
        _ => {
            faults.add(name, "out_of_range", format!("Give a whole number from 0 to {LAST}."));
            None
        }
    }
}

/// A whole number from 0 on.
fn whole(name: &str, text: Option<&str>, default: usize, max: usize, faults: &mut Faults) -> usize {
    let Some(text) = text else { return default };
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(number) if digits && number <= max => number,
        _ => {
            faults.add(name, "out_of_range", format!("Give a whole number from 0 to {max}."));
            default
        }
    }
}

/// Values of a closed list, between commas.
fn codes<T: Copy + PartialEq>(
    name: &str,
    text: Option<&str>,
    all: &[T],
    code: impl Fn(T) -> &'static str,
    faults: &mut Faults,
) -> Vec<T> {
    let mut found = Vec::new();
    for given in text.into_iter().flat_map(|text| text.split(',')) {
        match all.iter().copied().find(|one| code(*one) == given) {
            Some(one) if !found.contains(&one) => found.push(one),
            Some(_) => {}
            None => {
                let known: Vec<&str> = all.iter().map(|one| code(*one)).collect();
                faults.add(name, "unknown_value", unknown("value", given, &known));
            }
        }
    }
    found
}

/// Ids or slugs, between commas.
fn keys(name: &str, text: Option<&str>, max: usize, faults: &mut Faults) -> Vec<String> {
    let given: Vec<String> = text
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(str::to_owned)
        .collect();
    if given.len() > max {
        faults.add(name, "too_many", format!("Names {}; name at most {max}.", given.len()));
    }
    if given
        .iter()
        .any(|key| key.parse::<Id>().is_err() && key.parse::<Slug>().is_err())
    {
        faults.add(name, "invalid_value", "Is neither an id nor a slug.");
    }
    given
}

/// A moment, or a day for its first or last microsecond.
fn moment(name: &str, text: Option<&str>, upper: bool, faults: &mut Faults) -> Option<Timestamp> {
    let text = text?;
    if let Ok(day) = text.parse::<Day>() {
        let first = day.number() * DAY;
        return Some(Timestamp::from_micros(if upper { first + DAY - 1 } else { first }));
    }
    let parsed = text.parse().ok();
    if parsed.is_none() {
        let detail = "Is neither a day nor a moment; write `2026-07-01`, or after RFC 3339 `2026-07-01T09:30:00Z`.";
        faults.add(name, "invalid_timestamp", detail);
    }
    parsed
}

#[cfg(test)]
mod tests;
