//! What is asked, and what the answers must be by a plain look at the documents.

use std::collections::{BTreeMap, HashMap, HashSet};

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

use super::across::Said;
use super::case::{Case, Expected};
use super::client::Request;

/// Items of a page.
pub(super) const LIMIT: usize = 20;
/// Requests of one kind in one round, where they are quick.
pub(super) const REQUESTS: usize = 2000;
/// Requests of each kind whose answers are checked byte for byte.
pub(super) const CHECKED: usize = 200;
/// Fields that are counted.
const FACETS: [&str; 5] = ["kind", "lifecycle", "levels", "licence", "owner.kind"];

/// Everything that requests can be made of.
pub(super) struct Material {
    pub(super) rows: Vec<Row>,
    pub(super) view: View,
}

/// A component.
pub(super) struct Row {
    pub(super) slug: Slug,
    title: String,
    id: domain::id::Id,
    body: Vec<u8>,
    tag: String,
    pub(super) values: HashSet<(&'static str, String)>,
    /// What everybody may know of it from others.
    pub(super) said: Vec<Said>,
}

pub(super) struct Filter {
    pub(super) query: String,
    fields: Vec<(&'static str, Vec<String>)>,
}

impl Filter {
    pub(super) fn matches(&self, row: &Row) -> bool {
        let has = |name, values: &[String]| values.iter().any(|v| row.values.contains(&(name, v.clone())));
        self.fields.iter().all(|(name, values)| has(*name, values))
    }
}

impl Row {
    /// Slugs of the components that it depends on.
    pub(super) fn needed(&self) -> impl Iterator<Item = &str> {
        self.said.iter().flat_map(|said| said.keys_of("dependsOn"))
    }
}

impl Material {
    /// `said` is what everybody may know of components from others, by their slugs.
    pub(super) fn new(view: View, records: &[Record], mut said: HashMap<Slug, Vec<Said>>) -> anyhow::Result<Self> {
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
            let has_lapsed = view.components().by_id(record.id).is_some_and(|entry| entry.has_lapsed);
            rows.push(Row {
                slug: record.slug.clone(),
                title: search::text::fold(stored.value.title.best("de").map_or("", |t| t.as_str())),
                id: record.id,
                body: search::marked_body::<Component>(record, has_lapsed).to_vec(),
                tag: format!("\"r{}{}\"", record.revision.0, if has_lapsed { ".past" } else { "" }),
                values,
                said: said.remove(&record.slug).unwrap_or_default(),
            });
        }
        rows.sort_by(|a, b| (&a.title, a.id).cmp(&(&b.title, b.id)));
        Ok(Self { rows, view })
    }

    /// All cases for so many rounds; the first requests of each with what they must be answered.
    pub(super) fn cases(&self, rounds: usize) -> Vec<Case> {
        let mut random = Random::new(11);
        let (count, checked) = (REQUESTS * rounds, CHECKED);
        let mut cases = vec![
            self.get(&mut random, count, checked),
            self.not_modified(&mut random, count),
            self.filtered(&mut random, count, checked),
            self.text(&mut random, count, checked),
            self.facets(&mut random, count, checked),
        ];
        cases.extend(self.across(&mut random, rounds));
        cases.extend(self.questions(&mut random, rounds));
        cases
    }

    #[allow(clippy::indexing_slicing, reason = "within bounds by construction")]
    pub(super) fn row(&self, random: &mut Random) -> &Row {
        &self.rows[random.below(self.rows.len())]
    }

    fn get(&self, random: &mut Random, count: usize, checked: usize) -> Case {
        let rows: Vec<&Row> = (0..count).map(|_| self.row(random)).collect();
        Case {
            name: "get by slug",
            budget: 0.045,
            growth: 1.1,
            ratio: Some(1.5),
            each: REQUESTS,
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
            body: None,
        });
        Case {
            name: "304",
            budget: 0.032,
            growth: 1.1,
            ratio: Some(1.2),
            each: REQUESTS,
            requests: requests.collect(),
            status: 304,
            expected: vec![Expected::Body(Vec::new())],
        }
    }

    /// Different filters, each with at least `least` hits where the catalogue is large enough.
    pub(super) fn filters(&self, random: &mut Random, count: usize, least: usize, free: &[&str]) -> Vec<Filter> {
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
            growth: 1.5,
            ratio: Some(1.6),
            each: REQUESTS,
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
            growth: 5.0,
            ratio: Some(2.5),
            each: REQUESTS,
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
            growth: 15.0,
            ratio: Some(2.0),
            each: REQUESTS,
            expected: expected.collect(),
            requests: filters.iter().map(|f| Request::get(path(f))).collect(),
            status: 200,
        }
    }
}

pub(super) fn items<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<u8> {
    rows.map(|r| r.body.as_slice()).collect::<Vec<_>>().join(&b',')
}
