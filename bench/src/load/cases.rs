//! What is asked, and what the answers must be by a plain look at the documents.

use std::collections::{BTreeMap, HashSet};

use bench::generate::query_text;
use bench::random::Random;
use domain::access::Sight;
use domain::code_list::CodeList;
use domain::component::{Component, Deployment, Kind, Level, Lifecycle, Theme};
use domain::query::{Datum, Given, Queryable, Subject, parse};
use domain::store::Record;
use domain::stored::{Publication, Stored};
use domain::values::{Slug, State};
use search::View;
use serde_json::Value;

use super::client::Request;

/// Items of a page.
const LIMIT: usize = 20;
/// Fields that are counted.
const FACETS: [&str; 5] = ["kind", "lifecycle", "levels", "licence", "owner.kind"];

/// One kind of request.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// Milliseconds of processor time.
    pub(super) budget: f64,
    /// How many times the bare handler's time.
    pub(super) ratio: f64,
    pub(super) requests: Vec<Request>,
    pub(super) status: u16,
    /// What the answers to the first requests must contain, in this order: all of their items, totals, counts.
    pub(super) expected: Vec<Expected>,
}

pub(super) enum Expected {
    /// These bytes and no others.
    Body(Vec<u8>),
    /// A list with these items and this total.
    Page { items: Vec<u8>, total: u64 },
    /// Counts by facet and value, and this total.
    Facets {
        counts: BTreeMap<String, BTreeMap<String, u64>>,
        total: u64,
    },
}

/// Everything that requests can be made of.
pub(super) struct Material {
    rows: Vec<Row>,
    view: View,
}

struct Row {
    slug: Slug,
    title: String,
    id: domain::id::Id,
    body: Vec<u8>,
    tag: String,
    values: HashSet<(&'static str, String)>,
}

struct Filter {
    query: String,
    fields: Vec<(&'static str, Vec<String>)>,
}

impl Filter {
    fn matches(&self, row: &Row) -> bool {
        let has = |name, values: &[String]| values.iter().any(|v| row.values.contains(&(name, v.clone())));
        self.fields.iter().all(|(name, values)| has(*name, values))
    }
}

impl Material {
    pub(super) fn new(view: View, records: &[Record]) -> anyhow::Result<Self> {
        let mut rows = Vec::with_capacity(records.len());
        for record in records.iter().filter(|r| r.publication == Publication::Published) {
            let stored: Stored<Component> = Stored {
                id: record.id,
                slug: record.slug.clone(),
                revision: record.revision,
                publication: record.publication,
                published_at: record.published_at,
                created_at: record.created_at,
                updated_at: record.updated_at,
                value: serde_json::from_str(&record.document)?,
            };
            let subject = Subject {
                record: &stored,
                directory: view.directory(),
            };
            let mut values = HashSet::new();
            for spec in Component::fields() {
                (spec.extract)(subject, &mut |datum| {
                    if let Datum::Key(key) = datum {
                        values.insert((spec.field.name, key.to_owned()));
                    }
                });
            }
            rows.push(Row {
                slug: record.slug.clone(),
                title: search::text::fold(stored.value.title.best("de").map_or("", |t| t.as_str())),
                id: record.id,
                body: search::body::<Component>(record).to_vec(),
                tag: format!("\"r{}\"", record.revision.0),
                values,
            });
        }
        rows.sort_by(|a, b| (&a.title, a.id).cmp(&(&b.title, b.id)));
        Ok(Self { rows, view })
    }

    /// All cases with `count` different requests each, the first `checked` of them with what they must be answered.
    pub(super) fn cases(&self, count: usize, checked: usize) -> Vec<Case> {
        let mut random = Random::new(11);
        vec![
            self.get(&mut random, count, checked),
            self.not_modified(&mut random, count),
            self.filtered(&mut random, count, checked),
            self.text(&mut random, count, checked),
            self.facets(&mut random, count, checked),
        ]
    }

    #[allow(clippy::indexing_slicing, reason = "within bounds by construction")]
    fn row(&self, random: &mut Random) -> &Row {
        &self.rows[random.below(self.rows.len())]
    }

    fn get(&self, random: &mut Random, count: usize, checked: usize) -> Case {
        let rows: Vec<&Row> = (0..count).map(|_| self.row(random)).collect();
        Case {
            name: "get by slug",
            budget: 0.045,
            ratio: 1.5,
            requests: rows
                .iter()
                .map(|r| Request::get(format!("/v1/components/{}", r.slug)))
                .collect(),
            status: 200,
            expected: rows
                .iter()
                .take(checked)
                .map(|r| Expected::Body(r.body.clone()))
                .collect(),
        }
    }

    fn not_modified(&self, random: &mut Random, count: usize) -> Case {
        let rows = (0..count).map(|_| self.row(random));
        let requests = rows.map(|row| Request {
            path: format!("/v1/components/{}", row.slug),
            tag: Some(row.tag.clone()),
        });
        Case {
            name: "304",
            budget: 0.032,
            ratio: 1.2,
            requests: requests.collect(),
            status: 304,
            expected: vec![Expected::Body(Vec::new())],
        }
    }

    /// Different filters, each with at least `least` hits where the catalogue is large enough.
    fn filters(&self, random: &mut Random, count: usize, least: usize, free: &[&str]) -> Vec<Filter> {
        let known: [(&'static str, Vec<&'static str>); 8] = [
            ("kind", Kind::codes()),
            ("lifecycle", Lifecycle::codes()),
            ("levels", Level::codes()),
            ("themes", Theme::codes()),
            ("deployment", Deployment::codes()),
            ("states", State::codes()),
            ("states.available", State::codes()),
            ("dataProtection.personalData", vec!["true", "false"]),
        ];
        let known: Vec<_> = known.into_iter().filter(|(name, _)| !free.contains(name)).collect();
        let sample: Vec<&Row> = self.rows.iter().step_by((self.rows.len() / 2000).max(1)).collect();
        let (mut seen, mut filters) = (HashSet::new(), Vec::new());
        while filters.len() < count {
            let mut fields: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
            for _ in 0..2 + random.below(2) {
                let Some((name, codes)) = known.get(random.below(known.len())) else {
                    continue;
                };
                let mut values: Vec<String> = (0..=random.below(3))
                    .map(|_| random.frequent(codes).to_owned())
                    .collect();
                values.sort();
                values.dedup();
                fields.insert(name, values);
            }
            let query = fields
                .iter()
                .map(|(name, values)| format!("{name}={}", values.join(",")));
            let query: String = query.collect::<Vec<_>>().join("&");
            let filter = Filter {
                query,
                fields: fields.into_iter().collect(),
            };
            let enough =
                |rows: &[&Row], least: usize| rows.iter().filter(|r| filter.matches(r)).take(least).count() == least;
            if enough(&sample, least.min(self.rows.len() / 20)) && seen.insert(filter.query.clone()) {
                filters.push(filter);
            }
        }
        filters
    }

    fn filtered(&self, random: &mut Random, count: usize, checked: usize) -> Case {
        let filters = self.filters(random, count, LIMIT, &[]);
        let expected = filters.iter().take(checked).map(|filter| {
            let rows: Vec<&Row> = self.rows.iter().filter(|r| filter.matches(r)).collect();
            Expected::Page {
                items: items(rows.iter().take(LIMIT).copied()),
                total: rows.len() as u64,
            }
        });
        Case {
            name: "filtered page of 20",
            budget: 0.10,
            ratio: 1.6,
            expected: expected.collect(),
            requests: filters
                .iter()
                .map(|f| Request::get(format!("/v1/components?limit={LIMIT}&{}", f.query)))
                .collect(),
            status: 200,
        }
    }

    /// Texts are held against the view in this process; the text index has an oracle of its own.
    fn text(&self, random: &mut Random, count: usize, checked: usize) -> Case {
        let (mut requests, mut expected) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        while requests.len() < count {
            let text = query_text(random);
            let given = [
                Given::from_url("q", &text),
                Given::from_url("limit", &LIMIT.to_string()),
            ];
            let Ok(query) = parse::<Component>(&given) else {
                continue;
            };
            // So many different texts of enough hits there are not; those that are there come again.
            let fresh = seen.insert(text.clone());
            if fresh && requests.len() < checked {
                let Ok(answer) = self.view.components().answer(&query, &Sight::Public, &self.view) else {
                    continue;
                };
                if answer.items.len() < LIMIT.min(self.rows.len() / 20) {
                    continue;
                }
                let bodies: Vec<_> = answer.items.iter().filter_map(|hit| hit.body.clone()).collect();
                expected.push(Expected::Page {
                    items: bodies.join(&b','),
                    total: answer.total,
                });
            } else if !fresh && requests.len() < checked {
                continue;
            } else if fresh {
                let plan = self.view.components().text().plan(&text);
                if self.view.components().text().matches(&plan).len() < LIMIT.min(self.rows.len() / 20) as u64 {
                    continue;
                }
            }
            let text = text.bytes().fold(String::new(), |out, b| match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out + &char::from(b).to_string(),
                b => out + &format!("%{b:02X}"),
            });
            requests.push(Request::get(format!("/v1/components?limit={LIMIT}&q={text}")));
        }
        Case {
            name: "German text, 20 hits",
            budget: 0.15,
            ratio: 2.5,
            requests,
            status: 200,
            expected,
        }
    }

    fn facets(&self, random: &mut Random, count: usize, checked: usize) -> Case {
        let filters = self.filters(random, count, 2, &FACETS);
        let expected = filters.iter().take(checked).map(|filter| {
            let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
            let rows: Vec<&Row> = self.rows.iter().filter(|r| filter.matches(r)).collect();
            for (name, value) in rows
                .iter()
                .flat_map(|r| &r.values)
                .filter(|(name, _)| FACETS.contains(name))
            {
                *counts
                    .entry((*name).to_owned())
                    .or_default()
                    .entry(value.clone())
                    .or_default() += 1;
            }
            Expected::Facets {
                counts,
                total: rows.len() as u64,
            }
        });
        let facets = FACETS.join(",");
        let path = |f: &Filter| format!("/v1/components?limit=0&facets={facets}&{}", f.query);
        Case {
            name: "five facets under a filter",
            budget: 0.07,
            ratio: 2.0,
            expected: expected.collect(),
            requests: filters.iter().map(|f| Request::get(path(f))).collect(),
            status: 200,
        }
    }
}

fn items<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<u8> {
    rows.map(|r| r.body.as_slice()).collect::<Vec<_>>().join(&b',')
}

impl Expected {
    /// Whether an answer's body is this.
    pub(super) fn is(&self, body: &[u8]) -> bool {
        let total = |total: u64| format!("],\"total\":{total},").into_bytes();
        match self {
            Self::Body(expected) => body == expected,
            Self::Page { items, total: count } => body
                .strip_prefix(b"{\"items\":[".as_slice())
                .and_then(|rest| rest.strip_prefix(items.as_slice()))
                .is_some_and(|rest| rest.starts_with(&total(*count))),
            Self::Facets { counts, total } => {
                let Ok(answer) = serde_json::from_slice::<Value>(body) else {
                    return false;
                };
                let facets = answer.get("facets").and_then(Value::as_object);
                let mut found: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
                for (name, values) in facets.into_iter().flatten() {
                    for value in values.as_array().into_iter().flatten() {
                        let (text, count) = (
                            value.get("value").and_then(Value::as_str),
                            value.get("count").and_then(Value::as_u64),
                        );
                        let counts = found.entry(name.clone()).or_default();
                        counts.insert(text.unwrap_or_default().to_owned(), count.unwrap_or_default());
                    }
                }
                found.retain(|_, values| !values.is_empty());
                answer.get("total").and_then(Value::as_u64) == Some(*total) && found == *counts
            }
        }
    }
}
