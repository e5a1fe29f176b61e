//! Lists of bounded length without doubles.

use std::borrow::Cow;
use std::ops::Deref;

use deserr::{Deserr, IntoValue, Sequence, Value, ValuePointerRef};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::fault::{Faults, pointer};

/// Up to `MAX` values, each once, in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct List<T, const MAX: usize>(Vec<T>);

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: usize> Deref for List<T, MAX> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'a, T, const MAX: usize> IntoIterator for &'a List<T, MAX> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T, const MAX: usize> List<T, MAX> {
    /// Whether there is nothing in it; such lists are left out of documents.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: PartialEq, const MAX: usize> List<T, MAX> {
    /// The first `MAX` different values.
    pub fn collect(values: impl IntoIterator<Item = T>) -> Self {
        let mut list = Vec::new();
        for value in values {
            if list.len() < MAX && !list.contains(&value) {
                list.push(value);
            }
        }
        Self(list)
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let values = Vec::deserialize(d)?;
        if values.len() > MAX {
            return Err(serde::de::Error::custom(too_many(values.len(), MAX)));
        }
        Ok(Self(values))
    }
}

fn too_many(count: usize, max: usize) -> String {
    format!("Has {count} items; keep at most {max}.")
}

impl<T: Deserr<Faults> + PartialEq, const MAX: usize> Deserr<Faults> for List<T, MAX> {
    fn deserialize_from_value<V: IntoValue>(value: Value<V>, at: ValuePointerRef<'_>) -> Result<Self, Faults> {
        if let Value::Sequence(items) = value {
            // Refused before the items are read: a million of them would be a million faults.
            if items.len() > MAX {
                let mut faults = Faults::new();
                faults.add(pointer(at), "too_many", too_many(items.len(), MAX));
                return Err(faults);
            }
            let values = Vec::<T>::deserialize_from_value::<V>(Value::Sequence(items), at)?;
            let mut faults = Faults::new();
            for (i, value) in values.iter().enumerate() {
                if values.iter().take(i).any(|earlier| earlier == value) {
                    faults.add(
                        pointer(at.push_index(i)),
                        "duplicate",
                        "Stands in this list before; remove it.",
                    );
                }
            }
            faults.or_ok(Self(values))
        } else {
            Vec::<T>::deserialize_from_value::<V>(value, at).map(Self)
        }
    }
}

impl<T: ToSchema, const MAX: usize> PartialSchema for List<T, MAX> {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .max_items(Some(MAX))
            .unique_items(true)
            .into()
    }
}

impl<T: ToSchema, const MAX: usize> ToSchema for List<T, MAX> {
    fn name() -> Cow<'static, str> {
        format!("{}List{MAX}", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}
