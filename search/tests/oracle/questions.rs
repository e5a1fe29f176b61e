//! Queries as clients write them, over what a catalogue holds.

use bench::generate::query_text;
use bench::random::Random;
use domain::component::Component;
use domain::limits;
use domain::organisation::Organisation;
use domain::query::{Field, FieldKind, Given, Operator, Query, Queryable, parse};
use domain::stored::Document;
use domain::values::{Day, Timestamp};

use crate::nouns::{SAID, id_of};
use crate::scan::{Datums, Scan};

/// A random query that the parser takes.
pub(crate) fn question<T: Queryable>(scan: &Scan<T>, random: &mut Random) -> Query {
    loop {
        let mut given: Vec<Given> = Vec::new();
        let mut add = |name: String, values: Vec<String>| {
            if !given.iter().any(|g| g.name == name) {
                given.push(Given { name, values });
            }
        };
        let count = random.zipf(6);
        for _ in 0..count {
            let (name, values) = filter(scan, random);
            add(name, values);
        }
        if T::NOUN == Component::NOUN && random.chance(40) {
            for (name, values) in together(scan, random) {
                add(name, values);
            }
        }
        let has_text = random.chance(25);
        if has_text {
            let mut text = query_text(random);
            if random.chance(10) {
                // An unknown word, to be corrected.
                let middle = text.chars().count() / 2;
                text = text
                    .chars()
                    .take(middle)
                    .chain(['q'])
                    .chain(text.chars().skip(middle))
                    .collect();
            }
            add("q".to_owned(), vec![text]);
        }
        if random.chance(75) {
            add("sort".to_owned(), sort::<T>(random, has_text));
        }
        if random.chance(50) {
            let fields: Vec<&str> = names::<T>(|f| f.facet);
            let mut facets: Vec<String> = (0..=random.below(5)).map(|_| random.one(&fields).to_owned()).collect();
            facets.sort();
            facets.dedup();
            add("facets".to_owned(), facets);
        }
        let limit = [0, 1, 2, 3, 7, 20, 50, 100, limits::PAGE_ITEMS][random.below(9)];
        add("limit".to_owned(), vec![limit.to_string()]);
        if let Ok(query) = parse::<T>(&given) {
            return query;
        }
    }
}

fn names<T: Queryable>(wanted: impl Fn(&Field) -> bool) -> Vec<&'static str> {
    let fields = T::fields().iter().map(|s| &s.field);
    fields.filter(|f| wanted(f)).map(|f| f.name).collect()
}

/// One to three keys, each once.
fn sort<T: Queryable>(random: &mut Random, has_text: bool) -> Vec<String> {
    let mut fields = names::<T>(|f| f.sort);
    fields.push("id");
    if has_text {
        fields.extend(["score"; 8]);
    }
    let mut keys: Vec<&str> = Vec::new();
    for _ in 0..=random.zipf(3) {
        let name = random.one(&fields);
        if !keys.contains(&name) {
            keys.push(name);
        }
    }
    let direction = |name: &&str| match (*name, random.chance(50)) {
        ("score", _) | (_, true) => format!("-{name}"),
        (name, false) => name.to_owned(),
    };
    keys.iter().map(direction).collect()
}

fn filter<T: Queryable>(scan: &Scan<T>, random: &mut Random) -> (String, Vec<String>) {
    loop {
        let index = random.below(T::fields().len());
        let field = &T::fields()[index].field;
        let operators = field.operators();
        if operators.is_empty() {
            continue;
        }
        let operator = operators[random.below(operators.len())];
        let name = format!("{}{}", field.name, operator.suffix());
        let count = match operator {
            Operator::Exists => return (name, vec![random.chance(70).to_string()]),
            Operator::Any | Operator::Not | Operator::All if !field.is_number() => 1 + random.zipf(4),
            _ => 1,
        };
        return (name, (0..count).map(|_| value(scan, index, field, random)).collect());
    }
}

/// Conditions on what one noun says of components, most of which one record meets.
fn together<T: Queryable>(scan: &Scan<T>, random: &mut Random) -> Vec<(String, Vec<String>)> {
    let noun = SAID[random.zipf(SAID.len())];
    let said = scan.said.all(noun);
    if said.is_empty() {
        return Vec::new();
    }
    let row = &said[random.below(said.len())];
    let paths = T::fields().iter().filter_map(|spec| Some((&spec.field, spec.across?)));
    let paths: Vec<_> = paths.filter(|(_, path)| path.noun == noun).collect();
    let mut conditions = Vec::new();
    for _ in 0..2 + random.zipf(4) {
        let (field, path) = paths[random.below(paths.len())];
        let operators = field.operators();
        let operator = operators[random.zipf(operators.len())];
        let name = format!("{}{}", field.name, operator.suffix());
        let values = &row.values[path.field];
        let count = if operator == Operator::All {
            1 + random.zipf(3)
        } else {
            1
        };
        match (operator, values.is_empty()) {
            (Operator::Exists, is_absent) => {
                conditions.push((name, vec![(is_absent == random.chance(20)).to_string()]));
            }
            (_, true) => {}
            _ => {
                let values = (0..count).map(|_| written(field, &values[random.below(values.len())], random));
                conditions.push((name, values.collect()));
            }
        }
    }
    conditions
}

/// A value that some record has, mostly.
fn value<T: Queryable>(scan: &Scan<T>, index: usize, field: &Field, random: &mut Random) -> String {
    let (rows, index) = match T::fields()[index].across {
        Some(path) => (scan.said.all(path.noun), path.field),
        None => (&*scan.rows, index),
    };
    let row = (!rows.is_empty()).then(|| &rows[random.below(rows.len())]);
    if let (FieldKind::Identity, Some(row), true) = (field.kind, row, random.chance(50)) {
        return row.record.id.to_string();
    }
    if let (FieldKind::Organisation, true) = (field.kind, random.chance(20)) {
        return id_of(Organisation::NOUN, random.below(8)).to_string();
    }
    if let (FieldKind::Component, true) = (field.kind, random.chance(20)) {
        return id_of(Component::NOUN, random.below(100)).to_string();
    }
    for _ in 0..20 {
        let row = (!rows.is_empty()).then(|| &rows[random.below(rows.len())]);
        let Some(values) = row.map(|r| &r.values[index]).filter(|v| !v.is_empty()) else {
            continue;
        };
        return written(field, &values[random.below(values.len())], random);
    }
    match field.kind {
        FieldKind::Code { codes, .. } => codes()[0].0.to_owned(),
        FieldKind::Keyword { example, .. } => example.to_owned(),
        FieldKind::Flag => "true".to_owned(),
        FieldKind::Day | FieldKind::Moment => "2026-01-01".to_owned(),
        FieldKind::Integer | FieldKind::Percent => "5".to_owned(),
        _ => "nirgends".to_owned(),
    }
}

/// A value as clients write it; a number may be one of its neighbours.
fn written(field: &Field, value: &Datums, random: &mut Random) -> String {
    let number = match value {
        Datums::Key(key) => return key.clone(),
        Datums::Number(number) => *number,
    };
    let number = number + i64::try_from(random.below(3)).unwrap() - 1;
    match field.kind {
        FieldKind::Day => day(number).to_string(),
        FieldKind::Moment if random.chance(50) => Timestamp::from_micros(number).day().to_string(),
        FieldKind::Moment => Timestamp::from_micros(number).to_string(),
        FieldKind::Percent => format!("{}.{:03}", number / 1000, number % 1000),
        _ => number.to_string(),
    }
}

fn day(number: i64) -> Day {
    Timestamp::from_micros(number * 86_400_000_000).day()
}
