//! JSON from outside: within limits, and without doubles.

use std::fmt;

use deserr::Deserr;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::fault::Faults;
use crate::limits;

/// Parses JSON within the limits of size and depth.
///
/// # Errors
/// One fault that names what is wrong with the text as JSON.
pub fn parse_json(text: &[u8]) -> Result<Value, Faults> {
    parse_json_within(text, limits::BODY_BYTES)
}

/// The same of at most `bytes` bytes.
///
/// # Errors
/// One fault that names what is wrong with the text as JSON.
pub fn parse_json_within(text: &[u8], bytes: usize) -> Result<Value, Faults> {
    let fault = |code, detail: String| {
        let mut faults = Faults::new();
        faults.add("", code, detail);
        faults
    };
    if text.len() > bytes {
        return Err(fault("too_large", format!("Is larger than {bytes} bytes; send less.")));
    }
    let (depth, values) = extent(text);
    if depth > limits::JSON_DEPTH {
        return Err(fault(
            "too_deep",
            format!("Is nested deeper than {} levels; flatten it.", limits::JSON_DEPTH),
        ));
    }
    let most = if bytes > limits::BODY_BYTES {
        limits::BATCH_VALUES
    } else {
        limits::JSON_VALUES
    };
    if values > most {
        return Err(fault("too_many", format!("Has more than {most} values; send less.")));
    }
    serde_json::from_slice::<Strict>(text)
        .map(|Strict(value)| value)
        .map_err(|error| {
            fault(
                "invalid_json",
                format!(
                    "Is no JSON: {} at line {}, column {}.",
                    reason(&error),
                    error.line(),
                    error.column()
                ),
            )
        })
}

/// Reads a value as what it should be.
///
/// # Errors
/// All faults with their places.
pub fn read<T: Deserr<Faults>>(value: Value) -> Result<T, Faults> {
    deserr::deserialize(value)
}

fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// Deepest nesting of brackets outside strings, and how many values there are at the most. Found before anything is
/// built: a value takes a hundred times the memory of its text.
fn extent(text: &[u8]) -> (usize, usize) {
    let (mut depth, mut deepest, mut values, mut in_string, mut escaped) = (0_usize, 0, 1, false, false);
    for byte in text {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
                values += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
    }
    (deepest, values)
}

/// A JSON value whose objects name each member once: of two, no reader could tell which one was meant (RFC 8259,
/// section 4).
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if object.contains_key(&name) {
                let name: String = name.chars().take(60).collect();
                return Err(A::Error::custom(format!(
                    "the member `{name}` stands twice in one object; keep one"
                )));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_member_that_stands_twice_is_refused_with_its_place() {
        let fault = parse_json(br#"{"a":{"b":1,"b":2}}"#)
            .unwrap_err()
            .into_iter()
            .next()
            .unwrap();
        assert_eq!(fault.code, "invalid_json");
        assert!(
            fault.detail.contains("`b` stands twice") && fault.detail.contains("line 1"),
            "{}",
            fault.detail
        );
    }

    #[test]
    fn depth_is_counted_outside_strings_only() {
        assert_eq!(extent(br#"{"a":["[[[[",1,2]}"#), (2, 5));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(
            parse_json(deep.as_bytes())
                .unwrap_err()
                .into_iter()
                .next()
                .unwrap()
                .code,
            "too_deep"
        );
    }

    #[test]
    fn a_million_items_are_refused_before_they_are_built() {
        let code = |text: String, bytes| {
            parse_json_within(text.as_bytes(), bytes)
                .unwrap_err()
                .into_iter()
                .next()
        };
        let many = format!("[{}1]", "1,".repeat(limits::JSON_VALUES));
        assert_eq!(code(many.clone(), limits::BODY_BYTES).unwrap().code, "too_many");
        assert!(parse_json_within(many.as_bytes(), limits::BATCH_BYTES).is_ok());
        let more = format!("[{}{{}}]", "{},".repeat(1_000_000));
        assert_eq!(code(more, limits::BATCH_BYTES).unwrap().code, "too_many");
    }

    proptest! {
        #[test]
        fn any_bytes_are_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse_json(&bytes);
        }

        #[test]
        fn what_serde_writes_is_read_as_it_was(text in ".{0,80}", number in any::<i64>(), eighths in any::<i32>()) {
            let float = f64::from(eighths) / 8.0;
            let value = serde_json::json!({ "text": text, "list": [number, float, null, true], "object": {} });
            prop_assert_eq!(parse_json(value.to_string().as_bytes()).unwrap(), value);
        }
    }
}
