//! From parameters to a query: everything that is wrong is found at once, and nothing is ignored.

use super::field::{Operator, Queryable};
use super::{Condition, Filter, Query, SortBy, SortKey};
use crate::fault::{Faults, unknown, unknown_among};
use crate::limits;
use crate::values::Language;

/// One parameter as it was given: its name and its values (those between commas, or those of a JSON list).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Name with its suffix.
    pub name: String,
    /// Values in order.
    pub values: Vec<String>,
}

impl Given {
    /// From a parameter of a URL: commas separate values, `\,` is a comma within one.
    pub fn from_url(name: impl Into<String>, value: &str) -> Self {
        let name = name.into();
        // The text of a query is one value, commas and all; so is a cursor.
        if matches!(name.as_str(), "q" | "cursor") {
            return Self {
                name,
                values: vec![value.to_owned()],
            };
        }
        let mut values = vec![String::new()];
        let mut chars = value.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if chars.peek() == Some(&',') => {
                    chars.next();
                    if let Some(last) = values.last_mut() {
                        last.push(',');
                    }
                }
                ',' => values.push(String::new()),
                c => {
                    if let Some(last) = values.last_mut() {
                        last.push(c);
                    }
                }
            }
        }
        Self { name, values }
    }
}

/// The parameters that are not filters.
const GENERAL: [&str; 7] = ["q", "sort", "facets", "limit", "cursor", "fields", "lang"];

/// Those that a query of `T` knows.
fn general<T: Queryable>() -> impl Iterator<Item = &'static str> {
    GENERAL
        .into_iter()
        .chain((!T::includes().is_empty()).then_some("include"))
}

/// All names that a query of `T` knows.
pub fn parameters<T: Queryable>() -> Vec<String> {
    let filters = T::fields().iter().flat_map(|spec| {
        let name = spec.field.name;
        spec.field
            .operators()
            .into_iter()
            .map(move |o| format!("{name}{}", o.suffix()))
    });
    general::<T>().map(ToOwned::to_owned).chain(filters).collect()
}

/// Parses a query of `T`.
///
/// # Errors
/// Everything that is wrong; a fault's pointer is the name of the parameter.
pub fn parse<T: Queryable>(given: &[Given]) -> Result<Query, Faults> {
    let mut parser = Parser {
        query: Query {
            limit: limits::PAGE_DEFAULT,
            ..Query::default()
        },
        faults: Faults::new(),
    };
    if given.len() > limits::FILTERS {
        parser.faults.add(
            "",
            "too_many",
            format!("Has {} parameters; give at most {}.", given.len(), limits::FILTERS),
        );
        return Err(parser.faults);
    }
    for (i, parameter) in given.iter().enumerate() {
        if given.iter().take(i).any(|earlier| earlier.name == parameter.name) {
            parser.faults.add(
                &parameter.name,
                "repeated",
                "Is given more than once; give it once, with its values separated by commas.",
            );
        } else {
            parser.parameter::<T>(parameter);
        }
    }
    parser.finish::<T>()
}

/// What is known instead: with their suffixes the names would fill a page, so the fields stand for them.
fn unknown_parameter<T: Queryable>(name: &str) -> String {
    let all = parameters::<T>();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let fields = T::fields()
        .iter()
        .map(|s| &s.field)
        .filter(|f| !f.operators().is_empty())
        .map(|f| f.name);
    let known: Vec<&str> = general::<T>().chain(fields).collect();
    format!(
        "{} Fields take the suffixes .not, .all, .gte, .lte and .exists where they make sense.",
        unknown_among("parameter", name, &all, &known)
    )
}

struct Parser {
    query: Query,
    faults: Faults,
}

impl Parser {
    fn parameter<T: Queryable>(&mut self, given: &Given) {
        let name = given.name.as_str();
        if given.values.len() > limits::FILTER_VALUES {
            let count = given.values.len();
            self.faults.add(
                name,
                "too_many",
                format!("Has {count} values; give at most {}.", limits::FILTER_VALUES),
            );
            return;
        }
        match name {
            "q" => self.text(given),
            "sort" => self.sort::<T>(given),
            "facets" => self.facets::<T>(given),
            "limit" => self.limit(given),
            "cursor" => self.query.cursor = self.single(given).filter(|c| !c.is_empty()),
            "fields" => self.members::<T>(given),
            "lang" => self.language(given),
            "include" if !T::includes().is_empty() => self.includes::<T>(given),
            _ => self.filter::<T>(given),
        }
    }

    fn single(&mut self, given: &Given) -> Option<String> {
        if let [value] = given.values.as_slice() {
            return Some(value.clone());
        }
        self.faults.add(&given.name, "too_many", "Takes one value.");
        None
    }

    fn text(&mut self, given: &Given) {
        let Some(text) = self.single(given) else { return };
        let count = text.chars().count();
        if count > limits::QUERY_CHARS {
            let detail = format!("Has {count} characters; shorten it to at most {}.", limits::QUERY_CHARS);
            self.faults.add("q", "too_long", detail);
        } else if text.contains('\0') {
            self.faults
                .add("q", "control_character", "Contains the character U+0000; remove it.");
        } else if !text.trim().is_empty() {
            self.query.text = Some(text.trim().to_owned());
        }
    }

    fn sort<T: Queryable>(&mut self, given: &Given) {
        if given.values.len() > limits::SORT_KEYS {
            self.faults.add(
                "sort",
                "too_many",
                format!("Give at most {} sort keys.", limits::SORT_KEYS),
            );
            return;
        }
        for value in &given.values {
            let (name, descending) = value
                .strip_prefix('-')
                .map_or((value.as_str(), false), |name| (name, true));
            let by = match name {
                "score" => Some(SortBy::Score),
                "id" => Some(SortBy::Id),
                _ => T::field(name)
                    .filter(|i| T::fields().get(*i).is_some_and(|s| s.field.sort))
                    .map(SortBy::Field),
            };
            match by {
                Some(by) if self.query.sort.iter().any(|k| k.by == by) => {
                    self.faults
                        .add("sort", "repeated", format!("Names `{name}` twice; keep one."));
                }
                Some(by) => self.query.sort.push(SortKey { by, descending }),
                None => {
                    let sortable = T::fields().iter().filter(|s| s.field.sort).map(|s| s.field.name);
                    let known: Vec<&str> = ["score", "id"].into_iter().chain(sortable).collect();
                    self.faults
                        .add("sort", "unknown_value", unknown("sort key", name, &known));
                }
            }
        }
    }

    fn facets<T: Queryable>(&mut self, given: &Given) {
        if given.values.len() > limits::FACETS {
            self.faults
                .add("facets", "too_many", format!("Give at most {} facets.", limits::FACETS));
            return;
        }
        for name in &given.values {
            let field = T::field(name).filter(|i| T::fields().get(*i).is_some_and(|s| s.field.facet));
            match field {
                Some(field) if self.query.facets.contains(&field) => {
                    self.faults
                        .add("facets", "repeated", format!("Names `{name}` twice; keep one."));
                }
                Some(field) => self.query.facets.push(field),
                None => {
                    let known: Vec<&str> = T::fields()
                        .iter()
                        .filter(|s| s.field.facet)
                        .map(|s| s.field.name)
                        .collect();
                    self.faults
                        .add("facets", "unknown_value", unknown("facet", name, &known));
                }
            }
        }
    }

    fn limit(&mut self, given: &Given) {
        let Some(text) = self.single(given) else { return };
        match text.parse::<usize>() {
            Ok(limit) if limit <= limits::PAGE_ITEMS && text.bytes().all(|b| b.is_ascii_digit()) => {
                self.query.limit = limit;
            }
            _ => {
                let detail = format!("Give a whole number from 0 to {}.", limits::PAGE_ITEMS);
                self.faults.add("limit", "out_of_range", detail);
            }
        }
    }

    fn members<T: Queryable>(&mut self, given: &Given) {
        for name in &given.values {
            match T::members().iter().find(|m| *m == name) {
                Some(member) if self.query.members.contains(member) => {
                    self.faults
                        .add("fields", "repeated", format!("Names `{name}` twice; keep one."));
                }
                Some(member) => self.query.members.push(member),
                None => self
                    .faults
                    .add("fields", "unknown_value", unknown("field", name, T::members())),
            }
        }
    }

    fn includes<T: Queryable>(&mut self, given: &Given) {
        for name in &given.values {
            match T::includes().iter().find(|known| *known == name) {
                Some(known) if self.query.includes.contains(known) => {
                    let detail = format!("Names `{name}` twice; keep one.");
                    self.faults.add("include", "repeated", detail);
                }
                Some(known) => self.query.includes.push(known),
                None => {
                    let detail = unknown("value", name, T::includes());
                    self.faults.add("include", "unknown_value", detail);
                }
            }
        }
    }

    fn language(&mut self, given: &Given) {
        let Some(text) = self.single(given) else { return };
        match text.parse::<Language>() {
            Ok(language) => self.query.language = Some(language.to_string()),
            Err(wrong) => self.faults.push(wrong.at("lang")),
        }
    }

    fn filter<T: Queryable>(&mut self, given: &Given) {
        let name = given.name.as_str();
        // The longest match is the field: `states.pilot` is a field, `states.not` a field with an operator.
        let found = Operator::ALL.iter().find_map(|operator| {
            let field = T::field(name.strip_suffix(operator.suffix())?)?;
            Some((field, *operator))
        });
        let Some((index, operator)) = found else {
            self.faults.add(name, "unknown_parameter", unknown_parameter::<T>(name));
            return;
        };
        let Some(spec) = T::fields().get(index) else { return };
        let field = &spec.field;
        let operators = field.operators();
        if !operators.contains(&operator) {
            let known: Vec<String> = operators
                .iter()
                .map(|o| format!("{}{}", field.name, o.suffix()))
                .collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let detail = if known.is_empty() {
                format!("`{}` cannot be filtered by; use `q`.", field.name)
            } else {
                unknown("parameter", name, &known)
            };
            self.faults.add(name, "unknown_parameter", detail);
            return;
        }
        match operator {
            Operator::Exists => match given.values.as_slice() {
                [value] if matches!(value.as_str(), "true" | "false") => {
                    self.push(index, Condition::Exists(value == "true"));
                }
                _ => self.faults.add(name, "invalid_flag", "Give `true` or `false`."),
            },
            Operator::Gte | Operator::Lte => self.bound(index, field, operator, given),
            Operator::Any if field.is_number() => self.equal(index, field, given),
            Operator::Any | Operator::Not | Operator::All => {
                let mut keys = Vec::with_capacity(given.values.len());
                for value in &given.values {
                    match field.key(value) {
                        Ok(key) if !keys.contains(&key) => keys.push(key),
                        Ok(_) => {}
                        Err(wrong) => self.faults.push(wrong.at(name)),
                    }
                }
                keys.sort();
                let condition = match operator {
                    Operator::Not => Condition::NoneOf(keys),
                    Operator::All => Condition::AllOf(keys),
                    _ => Condition::AnyOf(keys),
                };
                self.push(index, condition);
            }
        }
    }

    fn bound(&mut self, index: usize, field: &super::Field, operator: Operator, given: &Given) {
        let Some(text) = self.single(given) else { return };
        match field.number(&text, operator == Operator::Lte) {
            Ok(number) if operator == Operator::Gte => self.push(index, Condition::Between(number, i64::MAX)),
            Ok(number) => self.push(index, Condition::Between(i64::MIN, number)),
            Err(wrong) => self.faults.push(wrong.at(&given.name)),
        }
    }

    /// A day given for a moment means the whole day.
    fn equal(&mut self, index: usize, field: &super::Field, given: &Given) {
        let Some(text) = self.single(given) else { return };
        match (field.number(&text, false), field.number(&text, true)) {
            (Ok(from), Ok(to)) => self.push(index, Condition::Between(from, to)),
            (Err(wrong), _) | (_, Err(wrong)) => self.faults.push(wrong.at(&given.name)),
        }
    }

    fn push(&mut self, field: usize, condition: Condition) {
        self.query.filters.push(Filter { field, condition });
    }

    fn finish<T: Queryable>(mut self) -> Result<Query, Faults> {
        self.contradictions::<T>();
        if self.query.sort.is_empty() {
            let ascending = |by| SortKey { by, descending: false };
            if self.query.text.is_some() {
                self.query.sort.push(SortKey {
                    by: SortBy::Score,
                    descending: true,
                });
            } else {
                let usual = T::order().iter().filter_map(|name| T::field(name));
                self.query
                    .sort
                    .extend(usual.map(|field| ascending(SortBy::Field(field))));
            }
        }
        if self.query.text.is_none() && self.query.sort.iter().any(|k| k.by == SortBy::Score) {
            self.faults.add(
                "sort",
                "contradiction",
                "Sorting by `score` needs a text to score: add `q`.",
            );
        }
        if !self.query.sort.iter().any(|k| k.by == SortBy::Id) {
            self.query.sort.push(SortKey {
                by: SortBy::Id,
                descending: false,
            });
        }
        self.faults.or_ok(self.query)
    }

    /// Filters that no record can satisfy together are a mistake of the client, and an empty list would hide it.
    fn contradictions<T: Queryable>(&mut self) {
        let mut found = Vec::new();
        for (i, a) in self.query.filters.iter().enumerate() {
            for b in self.query.filters.iter().skip(i + 1).filter(|b| b.field == a.field) {
                let name = T::fields().get(a.field).map_or("", |s| s.field.name);
                let clash = match (&a.condition, &b.condition) {
                    (Condition::Exists(false), _) | (_, Condition::Exists(false)) => {
                        Some("asks for absence and for a value at once")
                    }
                    (Condition::Between(from, to), Condition::Between(from2, to2)) if from.max(from2) > to.min(to2) => {
                        Some("has a lower bound above its upper bound")
                    }
                    (Condition::AnyOf(any) | Condition::AllOf(any), Condition::NoneOf(none))
                    | (Condition::NoneOf(none), Condition::AnyOf(any) | Condition::AllOf(any))
                        if any.iter().any(|v| none.contains(v)) =>
                    {
                        Some("asks for a value and excludes it")
                    }
                    _ => None,
                };
                found.extend(clash.map(|c| (name, c)));
            }
        }
        for (name, clash) in found {
            self.faults.add(
                name,
                "contradiction",
                format!("`{name}` {clash}; remove one of the two."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::Component;
    use crate::organisation::Organisation;

    fn query(text: &str) -> Result<Query, Faults> {
        let given: Vec<Given> = text
            .split('&')
            .filter(|p| !p.is_empty())
            .map(|p| {
                let (name, value) = p.split_once('=').unwrap();
                Given::from_url(name, value)
            })
            .collect();
        parse::<Component>(&given)
    }

    fn faults(text: &str) -> Vec<(String, &'static str)> {
        query(text)
            .unwrap_err()
            .into_iter()
            .map(|f| (f.pointer, f.code))
            .collect()
    }

    #[test]
    fn an_empty_query_lists_fifty_by_title_then_id() {
        let query = query("").unwrap();
        let title = Component::field("title").unwrap();
        assert_eq!(query.limit, 50);
        assert_eq!(
            query.sort,
            [
                SortKey {
                    by: SortBy::Field(title),
                    descending: false
                },
                SortKey {
                    by: SortBy::Id,
                    descending: false
                }
            ]
        );
    }

    #[test]
    fn every_fault_is_found_at_once() {
        assert_eq!(
            faults("kidn=platform&kind=platfrom&limit=201&sort=colour&facets=summary&successor.exists=perhaps"),
            [
                ("kidn".to_owned(), "unknown_parameter"),
                ("kind".to_owned(), "unknown_value"),
                ("limit".to_owned(), "out_of_range"),
                ("sort".to_owned(), "unknown_value"),
                ("facets".to_owned(), "unknown_value"),
                ("successor.exists".to_owned(), "invalid_flag"),
            ]
        );
    }

    #[test]
    fn an_operator_that_makes_no_sense_is_unknown() {
        assert_eq!(
            faults("kind.gte=platform"),
            [("kind.gte".to_owned(), "unknown_parameter")]
        );
        assert_eq!(faults("title=x"), [("title".to_owned(), "unknown_parameter")]);
    }

    #[test]
    fn a_field_whose_name_ends_like_an_operator_is_found() {
        assert!(query("states.pilot=DE-MV&states.not=DE-BY&licence.open=true").is_ok());
    }

    #[test]
    fn a_state_may_be_given_by_its_key_digits() {
        assert_eq!(
            query("states=13").unwrap().filters,
            query("states=DE-MV").unwrap().filters
        );
    }

    #[test]
    fn contradictions_are_faults() {
        for text in [
            "updatedAt.gte=2026-02-01&updatedAt.lte=2026-01-01",
            "successor.exists=false&successor=bundid",
            "kind=platform&kind.not=platform",
            "sort=-score",
        ] {
            assert!(faults(text).iter().all(|(_, code)| *code == "contradiction"), "{text}");
        }
        assert_eq!(faults("kind=platform&kind=ai_tool"), [("kind".to_owned(), "repeated")]);
    }

    #[test]
    fn a_day_for_a_moment_means_the_whole_day() {
        let from = Timestamp::from_str("2026-01-01T00:00:00Z").unwrap().micros();
        let query = query("updatedAt=2026-01-01").unwrap();
        assert_eq!(
            query.filters[0].condition,
            Condition::Between(from, from + 86_400_000_000 - 1)
        );
    }

    #[test]
    fn a_comma_within_a_value_is_escaped() {
        assert_eq!(Given::from_url("tags", r"a\,b,c").values, ["a,b", "c"]);
        assert_eq!(Given::from_url("q", "a,b").values, ["a,b"]);
    }

    #[test]
    fn equal_questions_have_the_same_identity_whatever_their_order() {
        let one = query("kind=platform,ai_tool&levels=state").unwrap();
        let other = query("levels=state&kind=ai_tool,platform").unwrap();
        assert_eq!(one.identity(), other.identity());
        assert_ne!(one.identity(), query("levels=state").unwrap().identity());
    }

    #[test]
    fn names_of_fields_and_members_are_unique_and_do_not_hide_a_parameter() {
        let mut names = parameters::<Component>();
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(Component::members().contains(&"summary"));
        assert!(Organisation::members().contains(&"regionKey"));
        assert!(Component::localized().contains(&"aiActReasoning"));
        assert!(!Component::localized().contains(&"aliases"));
    }

    use crate::values::Timestamp;
    use std::str::FromStr;
}
