//! Answers by looking at every document: as simple as can be.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::access::Sight;
use domain::code_list::Label;
use domain::component::Component;
use domain::id::Id;
use domain::limits::FACET_VALUES;
use domain::organisation::Organisation;
use domain::query::{
    Condition, Datum, Directory, FieldKind, Filter, Query, Queryable, SortBy, SortKey, Subject, TextPlace,
};
use domain::store::Record;
use domain::stored::{Document, Publication, Stored};
use domain::values::{Day, Slug};
use roaring::RoaringBitmap;
use search::text::{Corpus, Correction, Place, Score, TextIndex, fold};
use search::{Facet, FacetLabel, FacetValue};
use serde_json::Value;

use crate::catalogue::Catalogue;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Datums {
    Number(i64),
    Key(String),
}

/// One document with the values of every field.
pub(crate) struct Row {
    pub(crate) id: Id,
    slug: Slug,
    publication: Publication,
    owner: Option<Slug>,
    party: Option<Slug>,
    pub(crate) values: Vec<Vec<Datums>>,
}

/// All documents of one noun.
pub(crate) struct Scan<T> {
    pub(crate) rows: Vec<Row>,
    slugs: HashMap<Id, Slug>,
    directory: Organisations,
    text: TextIndex,
    /// The texts of what each sight sees of what is not public.
    hidden: HashMap<Sight, (TextIndex, RoaringBitmap)>,
    noun: std::marker::PhantomData<T>,
}

struct Organisations(HashMap<Slug, (Record, Organisation)>);

/// Whether a record is seen.
pub(crate) fn sees(record: &Record, sight: &Sight) -> bool {
    record.publication == Publication::Published || is_insider(record.owner.as_ref(), record.party.as_ref(), sight)
}

fn is_insider(owner: Option<&Slug>, party: Option<&Slug>, sight: &Sight) -> bool {
    let is_own = |slug: Option<&Slug>, own: &[Slug]| slug.is_some_and(|slug| own.contains(slug));
    match sight {
        Sight::Public => false,
        Sight::All => true,
        Sight::Of(own) => is_own(owner, own) || is_own(party, own),
    }
}

impl Row {
    fn is_public(&self) -> bool {
        self.publication == Publication::Published
    }

    fn is_seen(&self, sight: &Sight) -> bool {
        self.is_public() || is_insider(self.owner.as_ref(), self.party.as_ref(), sight)
    }
}

impl Directory for Organisations {
    fn today(&self) -> Day {
        crate::catalogue::today()
    }

    fn organisation(&self, slug: &Slug) -> Option<&Organisation> {
        self.0.get(slug).map(|(_, o)| o)
    }

    fn seen_organisation(&self, slug: &Slug, sight: &Sight) -> Option<&Organisation> {
        self.0.get(slug).filter(|(r, _)| sees(r, sight)).map(|(_, o)| o)
    }
}

/// What a query should be answered with.
pub(crate) struct Expected {
    pub(crate) ids: Vec<Id>,
    pub(crate) facets: Vec<Facet>,
    pub(crate) corrections: Vec<Correction>,
}

impl<T: Queryable> Scan<T> {
    pub(crate) fn new(catalogue: &Catalogue, sights: &[Sight]) -> Self {
        let of = |r: &Record| (r.slug.clone(), (r.clone(), serde_json::from_str(&r.document).unwrap()));
        let directory = Organisations(catalogue.organisations.values().map(of).collect());
        let records = if T::NOUN == Component::NOUN {
            &catalogue.components
        } else {
            &catalogue.organisations
        };
        let mut rows = Vec::new();
        let mut terms = Vec::new();
        for (doc, record) in (0..).zip(records.values()) {
            let stored = Stored {
                id: record.id,
                slug: record.slug.clone(),
                revision: record.revision,
                publication: record.publication,
                published_at: record.published_at,
                created_at: record.created_at,
                updated_at: record.updated_at,
                value: serde_json::from_str::<T>(&record.document).unwrap(),
            };
            let values = values(Subject {
                record: &stored,
                directory: &directory,
            });
            if T::NOUN == Component::NOUN {
                check_paths::<T>(&serde_json::from_str(&record.document).unwrap(), &values);
            }
            let texts: Vec<(Place, &str)> = T::texts(&stored).into_iter().map(|(p, t)| (place(p), t)).collect();
            terms.push((doc, record.id.as_u128(), TextIndex::analyse(&texts)));
            rows.push(Row {
                id: record.id,
                slug: record.slug.clone(),
                publication: record.publication,
                owner: record.owner.clone(),
                party: record.party.clone(),
                values,
            });
        }
        // What is not seen must not be felt in scores and corrections either: each sight has an index of its own.
        let index = |wanted: &dyn Fn(&Row) -> bool| {
            let terms = terms.iter().filter(|(doc, _, _)| wanted(&rows[*doc as usize]));
            let mut text = TextIndex::new();
            text.build_bulk(terms.cloned().collect());
            text
        };
        let hidden = |sight: &Sight| {
            let is_hidden = |row: &Row| row.is_seen(sight) && !row.is_public();
            let docs = (0..).zip(&rows).filter(|(_, row)| is_hidden(row));
            (sight.clone(), (index(&is_hidden), docs.map(|(doc, _)| doc).collect()))
        };
        let text = index(&Row::is_public);
        let hidden = sights.iter().filter(|s| **s != Sight::Public).map(hidden).collect();
        let slugs = catalogue.components.values().chain(catalogue.organisations.values());
        Self {
            rows,
            slugs: slugs.map(|r| (r.id, r.slug.clone())).collect(),
            directory,
            text,
            hidden,
            noun: std::marker::PhantomData,
        }
    }

    pub(crate) fn answer(&self, query: &Query, sight: &Sight) -> Expected {
        let corpus = match self.hidden.get(sight) {
            Some((hidden, docs)) => Corpus::with_hidden(&self.text, hidden, docs),
            None => Corpus::public(&self.text),
        };
        let plan = query.text.as_deref().map(|q| corpus.plan(q));
        let hits = plan.as_ref().map(|p| corpus.matches(p));
        let scores: Option<HashMap<u32, Score>> = plan
            .as_ref()
            .zip(hits.as_ref())
            .map(|(plan, hits)| corpus.scores(plan, hits).into_iter().collect());
        let found = |except: Option<usize>| -> Vec<u32> {
            (0..u32::try_from(self.rows.len()).unwrap())
                .filter(|doc| hits.as_ref().is_none_or(|h| h.contains(*doc)))
                .filter(|doc| self.satisfies(&self.rows[*doc as usize], query, sight, except))
                .collect()
        };
        let score = |doc: u32| scores.as_ref().map(|scores| scores[&doc]);
        let mut matches: Vec<(u32, Option<Score>)> = found(None).into_iter().map(|doc| (doc, score(doc))).collect();
        let facets = query
            .facets
            .iter()
            .map(|f| self.facet(*f, query, sight, &found(Some(*f))))
            .collect();
        matches.sort_by(|a, b| {
            let keys = query.sort.iter();
            keys.fold(Ordering::Equal, |order, key| {
                order.then_with(|| self.compare(*key, *a, *b))
            })
        });
        Expected {
            ids: matches.into_iter().map(|(doc, _)| self.rows[doc as usize].id).collect(),
            facets,
            corrections: plan.map(|p| p.corrections).unwrap_or_default(),
        }
    }

    fn satisfies(&self, row: &Row, query: &Query, sight: &Sight, except: Option<usize>) -> bool {
        let filters = query.filters.iter().filter(|f| Some(f.field) != except);
        row.is_seen(sight) && filters.into_iter().all(|f| self.holds(row, f))
    }

    fn holds(&self, row: &Row, filter: &Filter) -> bool {
        let kind = T::fields()[filter.field].field.kind;
        let values = &row.values[filter.field];
        let has = |key: &str| {
            let by_id = key.parse::<Id>().ok();
            if matches!(kind, FieldKind::Identity) {
                return row.slug.as_str() == key || by_id == Some(row.id);
            }
            let slug = by_id.and_then(|id| self.slugs.get(&id)).map_or(key, Slug::as_str);
            values.contains(&Datums::Key(slug.to_owned()))
        };
        match &filter.condition {
            Condition::AnyOf(keys) => keys.iter().any(|k| has(k)),
            Condition::NoneOf(keys) => !keys.iter().any(|k| has(k)),
            Condition::AllOf(keys) => keys.iter().all(|k| has(k)),
            Condition::Exists(wanted) => *wanted != values.is_empty(),
            Condition::Between(from, to) => values
                .iter()
                .any(|v| matches!(v, Datums::Number(n) if (from..=to).contains(&n))),
        }
    }

    fn compare(&self, key: SortKey, a: (u32, Option<Score>), b: (u32, Option<Score>)) -> Ordering {
        let (left, right) = (&self.rows[a.0 as usize], &self.rows[b.0 as usize]);
        let order = match key.by {
            SortBy::Id => left.id.cmp(&right.id),
            SortBy::Score => a.1.cmp(&b.1),
            SortBy::Field(field) => {
                let value = |row: &Row| sort_value(T::fields()[field].field.kind, row.values[field].first()?);
                match (value(left), value(right)) {
                    (None, None) => Ordering::Equal,
                    (None, _) => return Ordering::Greater,
                    (_, None) => return Ordering::Less,
                    (Some(a), Some(b)) => a.cmp(&b),
                }
            }
        };
        if key.descending { order.reverse() } else { order }
    }

    fn facet(&self, index: usize, query: &Query, sight: &Sight, docs: &[u32]) -> Facet {
        let field = &T::fields()[index].field;
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for doc in docs {
            let values: BTreeSet<&Datums> = self.rows[*doc as usize].values[index].iter().collect();
            for value in values {
                if let Datums::Key(key) = value {
                    *counts.entry(key).or_default() += 1;
                }
            }
        }
        let mut selected: BTreeSet<&str> = BTreeSet::new();
        for filter in query.filters.iter().filter(|f| f.field == index) {
            if let Condition::AnyOf(keys) | Condition::AllOf(keys) = &filter.condition {
                selected.extend(keys.iter().map(|k| match (field.kind, k.parse::<Id>()) {
                    (FieldKind::Organisation, Ok(id)) => self.slugs.get(&id).map_or(&**k, Slug::as_str),
                    _ => k,
                }));
            }
        }
        let mut listed: Vec<(&str, u64)> = counts.iter().map(|(k, n)| (*k, *n)).collect();
        listed.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        let mut place = 0;
        listed.retain(|(value, _)| {
            place += 1;
            place <= FACET_VALUES || selected.contains(value)
        });
        listed.extend(selected.iter().filter(|s| !counts.contains_key(**s)).map(|s| (*s, 0)));
        let label = |value: &str| match field.kind {
            FieldKind::Code { codes, .. } => codes()
                .into_iter()
                .find(|(code, _): &(&str, Label)| *code == value)
                .map_or(FacetLabel::Plain, |(_, label)| FacetLabel::Code(label)),
            FieldKind::Organisation => value
                .parse()
                .ok()
                .and_then(|slug| self.directory.seen_organisation(&slug, sight))
                .map_or(FacetLabel::Plain, |o| FacetLabel::Title(o.title.clone())),
            _ => FacetLabel::Plain,
        };
        let values = listed.into_iter().map(|(value, count)| FacetValue {
            value: value.into(),
            label: label(value),
            count,
            selected: selected.contains(value),
        });
        Facet {
            field: field.name,
            values: values.collect(),
        }
    }
}

fn values<T: Queryable>(subject: Subject<'_, T>) -> Vec<Vec<Datums>> {
    let read = |spec: &domain::query::FieldSpec<T>| {
        let mut values = Vec::new();
        (spec.extract)(subject, &mut |datum| {
            values.push(match datum {
                Datum::Key(key) => Datums::Key(key.to_owned()),
                Datum::Number(number) => Datums::Number(number),
            });
        });
        values
    };
    T::fields().iter().map(read).collect()
}

fn sort_value(kind: FieldKind, value: &Datums) -> Option<Datums> {
    Some(match (kind, value) {
        (FieldKind::Code { codes, .. }, Datums::Key(key)) => {
            Datums::Number(i64::try_from(codes().iter().position(|(code, _)| code == key)?).ok()?)
        }
        (_, Datums::Key(key)) => Datums::Key(fold(key)),
        (_, number) => number.clone(),
    })
}

fn place(place: TextPlace) -> Place {
    match place {
        TextPlace::Title => Place::Title,
        TextPlace::Alias => Place::Alias,
        TextPlace::Tag => Place::Tag,
        TextPlace::Summary => Place::Summary,
        TextPlace::Description => Place::Description,
        TextPlace::Other => Place::Other,
    }
}

/// Some fields once more, straight from the JSON text.
fn check_paths<T: Queryable>(document: &Value, values: &[Vec<Datums>]) {
    let all = |path: &str| -> Vec<Value> {
        path.split('/').fold(vec![document.clone()], |found, step| {
            let deeper = found.into_iter().flat_map(|value| match (step, value) {
                ("*", Value::Array(items)) => items,
                (step, value) => value.get(step).cloned().into_iter().collect(),
            });
            deeper.collect()
        })
    };
    for (field, path) in [
        ("kind", "kind"),
        ("owner", "owner"),
        ("lifecycle", "lifecycle"),
        ("productiveSince", "productiveSince"),
        ("levels", "levels/*"),
        ("states", "states/*/state"),
        ("tags", "tags/*"),
        ("services", "services/*"),
        ("supplier", "roles/supplier/*"),
        ("repository", "repository"),
        ("interfaces.standard", "interfaces/*/standard"),
        ("protection.integrity", "protection/integrity"),
        ("dataProtection.personalData", "dataProtection/personalData"),
        ("details.rtoMinutes", "details/rtoMinutes"),
        ("details.runtimes", "details/runtimes/*"),
        ("details.efa", "details/efa"),
    ] {
        let index = T::field(field).unwrap();
        let expected = all(path)
            .into_iter()
            .map(|value| match (T::fields()[index].field.kind, value) {
                (FieldKind::Day, Value::String(day)) => Datums::Number(day.parse::<Day>().unwrap().number()),
                (_, Value::String(key)) => Datums::Key(key),
                (_, Value::Number(number)) => Datums::Number(number.as_i64().unwrap()),
                (_, other) => Datums::Key(other.to_string()),
            });
        assert_eq!(values[index], expected.collect::<Vec<_>>(), "{field}");
    }
}
