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
use domain::related::Visibility;
use domain::store::Record;
use domain::stored::{Document, Publication, Stored};
use domain::values::{Day, Slug};
use roaring::RoaringBitmap;
use search::text::{Corpus, Correction, DocTerms, Place, Score, TextIndex, fold};
use search::{Facet, FacetLabel, FacetValue};

use crate::catalogue::Catalogue;
use crate::paths::check_paths;
use crate::said::Said;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Datums {
    Number(i64),
    Key(String),
}

/// One document with the values of every field.
pub(crate) struct Row {
    pub(crate) record: Record,
    pub(crate) values: Vec<Vec<Datums>>,
}

/// All documents of one noun.
pub(crate) struct Scan<T> {
    pub(crate) rows: Vec<Row>,
    /// What others say of them.
    pub(crate) said: Said,
    /// Every record of every noun.
    all: HashMap<Id, Record>,
    directory: Organisations,
    text: TextIndex,
    /// The texts of what each sight sees of what is not public.
    hidden: HashMap<Sight, (TextIndex, RoaringBitmap)>,
    noun: std::marker::PhantomData<T>,
}

/// The organisations of a day.
struct Organisations {
    known: HashMap<Slug, (Record, Organisation)>,
    today: Day,
}

/// Whether a record is seen.
pub(crate) fn sees(record: &Record, sight: &Sight) -> bool {
    let is_member = *sight != Sight::Public;
    let is_meant = match record.visibility {
        Visibility::Public => true,
        Visibility::Members => is_member,
        Visibility::Parties => false,
    };
    record.publication == Publication::Published && is_meant
        || is_insider(record.owner.as_ref(), record.party.as_ref(), sight)
}

/// Whether it may be known that a record is there, or was.
fn is_known(record: &Record, sight: &Sight) -> bool {
    let was_there = record.publication == Publication::Withdrawn && record.published_at.is_some();
    let published = Record {
        publication: Publication::Published,
        ..record.clone()
    };
    sees(record, sight) || was_there && sees(&published, sight)
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
    pub(crate) fn is_public(&self) -> bool {
        self.record.publication == Publication::Published && self.record.visibility == Visibility::Public
    }

    pub(crate) fn is_seen(&self, sight: &Sight) -> bool {
        sees(&self.record, sight)
    }
}

impl Organisations {
    fn new(catalogue: &Catalogue) -> Self {
        let of = |r: &Record| (r.slug.clone(), (r.clone(), serde_json::from_str(&r.document).unwrap()));
        Self {
            known: catalogue.of(Organisation::NOUN).values().map(of).collect(),
            today: catalogue.today,
        }
    }
}

impl Directory for Organisations {
    fn today(&self) -> Day {
        self.today
    }

    fn organisation(&self, slug: &Slug) -> Option<&Organisation> {
        self.known.get(slug).map(|(_, o)| o)
    }

    fn seen_organisation(&self, slug: &Slug, sight: &Sight) -> Option<&Organisation> {
        self.known.get(slug).filter(|(r, _)| sees(r, sight)).map(|(_, o)| o)
    }
}

/// All records of a noun, by ascending id, with their words.
fn read<T: Queryable>(catalogue: &Catalogue, directory: &Organisations) -> (Vec<Row>, Vec<DocTerms>) {
    let records = catalogue.of(T::NOUN).values();
    let read = records.map(|record| {
        let stored: Stored<T> = record.read().unwrap();
        let subject = Subject {
            record: &stored,
            directory,
        };
        let values = values(subject);
        check_paths::<T>(record, catalogue.today, &values);
        let texts: Vec<(Place, &str)> = T::texts(&stored).into_iter().map(|(p, t)| (place(p), t)).collect();
        let row = Row {
            record: record.clone(),
            values,
        };
        (row, TextIndex::analyse(&texts))
    });
    read.unzip()
}

/// All records of a noun, by ascending id.
pub(crate) fn rows<T: Queryable>(catalogue: &Catalogue) -> Vec<Row> {
    read::<T>(catalogue, &Organisations::new(catalogue)).0
}

/// What a query should be answered with.
pub(crate) struct Expected {
    pub(crate) ids: Vec<Id>,
    pub(crate) facets: Vec<Facet>,
    pub(crate) corrections: Vec<Correction>,
}

impl<T: Queryable> Scan<T> {
    pub(crate) fn new(catalogue: &Catalogue, sights: &[Sight]) -> Self {
        let directory = Organisations::new(catalogue);
        let (mut rows, terms) = read::<T>(catalogue, &directory);
        let said = if T::NOUN == Component::NOUN {
            Said::new(catalogue)
        } else {
            Said::default()
        };
        if let Some(field) = T::field("adoptions.liveStates") {
            for row in &mut rows {
                row.values[field] = vec![Datums::Number(said.live_states(&row.record.slug))];
            }
        }
        // What is not seen must not be felt in scores and corrections either: each sight has an index of its own.
        let index = |wanted: &dyn Fn(&Row) -> bool| {
            let terms = (0..).zip(&rows).zip(&terms).filter(|((_, row), _)| wanted(row));
            let terms = terms.map(|((doc, row), terms)| (doc, row.record.id.as_u128(), terms.clone()));
            let mut text = TextIndex::new();
            text.build_bulk(terms.collect());
            text
        };
        let hidden = |sight: &Sight| {
            let is_hidden = |row: &Row| row.is_seen(sight) && !row.is_public();
            let docs = (0..).zip(&rows).filter(|(_, row)| is_hidden(row));
            (sight.clone(), (index(&is_hidden), docs.map(|(doc, _)| doc).collect()))
        };
        let text = index(&Row::is_public);
        let hidden = sights.iter().filter(|s| **s != Sight::Public).map(hidden).collect();
        let all = catalogue.records.values().flat_map(BTreeMap::values);
        Self {
            all: all.map(|r| (r.id, r.clone())).collect(),
            rows,
            said,
            directory,
            text,
            hidden,
            noun: std::marker::PhantomData,
        }
    }

    /// What a client names by id stands in documents by its slug; of what it may not know of there is no name.
    fn by_slug(&self, query: &Query, sight: &Sight) -> Query {
        let mut query = query.clone();
        for filter in &mut query.filters {
            let kind = T::fields()[filter.field].field.kind;
            if !matches!(kind, FieldKind::Organisation | FieldKind::Component) {
                continue;
            }
            let (Condition::AnyOf(keys) | Condition::NoneOf(keys) | Condition::AllOf(keys)) = &mut filter.condition
            else {
                continue;
            };
            for key in keys {
                let named = key.parse::<Id>().ok().and_then(|id| self.all.get(&id));
                if let Some(record) = named.filter(|record| is_known(record, sight)) {
                    *key = record.slug.as_str().into();
                }
            }
        }
        query
    }

    pub(crate) fn answer(&self, query: &Query, sight: &Sight) -> Expected {
        let query = &self.by_slug(query, sight);
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
            ids: matches
                .into_iter()
                .map(|(doc, _)| self.rows[doc as usize].record.id)
                .collect(),
            facets,
            corrections: plan.map(|p| p.corrections).unwrap_or_default(),
        }
    }

    fn satisfies(&self, row: &Row, query: &Query, sight: &Sight, except: Option<usize>) -> bool {
        let filters: Vec<&Filter> = query.filters.iter().filter(|f| Some(f.field) != except).collect();
        let path = |filter: &Filter| T::fields()[filter.field].across;
        let mut own = filters.iter().filter(|f| path(f).is_none());
        row.is_seen(sight) && own.all(|f| Self::holds(row, f)) && self.is_said(row, &filters, sight)
    }

    fn holds(row: &Row, filter: &Filter) -> bool {
        let kind = T::fields()[filter.field].field.kind;
        let values = &row.values[filter.field];
        let has = |key: &str| {
            if matches!(kind, FieldKind::Identity) {
                return row.record.slug.as_str() == key || key.parse::<Id>() == Ok(row.record.id);
            }
            Self::has(values, key)
        };
        match &filter.condition {
            Condition::AnyOf(keys) => keys.iter().any(|k| has(k)),
            Condition::NoneOf(keys) => !keys.iter().any(|k| has(k)),
            Condition::AllOf(keys) => keys.iter().all(|k| has(k)),
            Condition::Exists(wanted) => *wanted != values.is_empty(),
            Condition::Between(from, to) => lies_between(values, *from, *to),
        }
    }

    /// Whether a value is among others.
    pub(crate) fn has(values: &[Datums], key: &str) -> bool {
        values.contains(&Datums::Key(key.to_owned()))
    }

    fn compare(&self, key: SortKey, a: (u32, Option<Score>), b: (u32, Option<Score>)) -> Ordering {
        let (left, right) = (&self.rows[a.0 as usize], &self.rows[b.0 as usize]);
        let order = match key.by {
            SortBy::Id => left.record.id.cmp(&right.record.id),
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
            let row = &self.rows[*doc as usize];
            let values: BTreeSet<&Datums> = match T::fields()[index].across {
                Some(path) => self.said_values(row, index, path, query, sight),
                None => row.values[index].iter().collect(),
            };
            for value in values {
                if let Datums::Key(key) = value {
                    *counts.entry(key).or_default() += 1;
                }
            }
        }
        let mut selected: BTreeSet<&str> = BTreeSet::new();
        for filter in query.filters.iter().filter(|f| f.field == index) {
            if let Condition::AnyOf(keys) | Condition::AllOf(keys) = &filter.condition {
                selected.extend(keys.iter().map(|k| &**k));
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

pub(crate) fn lies_between(values: &[Datums], from: i64, to: i64) -> bool {
    let mut numbers = values.iter();
    numbers.any(|v| matches!(v, Datums::Number(n) if (from..=to).contains(n)))
}
