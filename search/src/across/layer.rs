//! What records of one visibility say, by the component that they are about.

use domain::component::Component;
use domain::query::Queryable;
use roaring::RoaringBitmap;
use rustc_hash::FxHashMap;

/// Which fields of a noun components are found by.
#[derive(Debug)]
pub(super) struct Paths {
    /// By field: whether queries about components name it.
    is_path: Vec<bool>,
    /// Fields that are often asked of one record together.
    pub(super) pairs: Vec<(usize, usize)>,
}

impl Paths {
    pub(super) fn of<T: Queryable>() -> Self {
        let mut is_path = vec![false; T::fields().len()];
        let across = Component::fields().iter().filter_map(|spec| spec.across);
        for path in across.filter(|path| path.noun == T::NOUN) {
            if let Some(cell) = is_path.get_mut(path.field) {
                *cell = true;
            }
        }
        let pairs = T::together().iter();
        Self {
            is_path,
            pairs: pairs.filter_map(|(a, b)| Some((T::field(a)?, T::field(b)?))).collect(),
        }
    }

    fn has(&self, field: usize) -> bool {
        self.is_path.get(field).copied().unwrap_or_default()
    }
}

/// Components by what records say of them.
#[derive(Debug, Default)]
pub(super) struct Layer {
    /// By field, and by the number of the value there.
    values: Vec<Vec<RoaringBitmap>>,
    /// Those with any value of a field.
    present: Vec<RoaringBitmap>,
    /// By pair of fields, and by the numbers of two values that one record has.
    pairs: Vec<FxHashMap<(u32, u32), RoaringBitmap>>,
}

/// The pairs of values of one record: index of the pair of fields, and both numbers.
fn pairs_of(paths: &Paths, values: &[(usize, u32)]) -> impl Iterator<Item = (usize, (u32, u32))> {
    let of = |wanted: usize| {
        values
            .iter()
            .filter(move |(field, _)| *field == wanted)
            .map(|(_, n)| *n)
    };
    let pairs = paths.pairs.iter().enumerate();
    pairs.flat_map(move |(index, (a, b))| of(*a).flat_map(move |x| of(*b).map(move |y| (index, (x, y)))))
}

impl Layer {
    pub(super) fn new(paths: &Paths) -> Self {
        Self {
            values: paths.is_path.iter().map(|_| Vec::new()).collect(),
            present: paths.is_path.iter().map(|_| RoaringBitmap::new()).collect(),
            pairs: paths.pairs.iter().map(|_| FxHashMap::default()).collect(),
        }
    }

    /// Adds what a record about a component says.
    pub(super) fn insert(&mut self, component: u32, values: &[(usize, u32)], paths: &Paths) {
        for (field, number) in values.iter().filter(|(field, _)| paths.has(*field)) {
            let (Some(by_number), Some(present)) = (self.values.get_mut(*field), self.present.get_mut(*field)) else {
                continue;
            };
            let number = *number as usize;
            if by_number.len() <= number {
                by_number.resize_with(number + 1, RoaringBitmap::new);
            }
            if let Some(components) = by_number.get_mut(number) {
                components.insert(component);
            }
            present.insert(component);
        }
        for (index, key) in pairs_of(paths, values) {
            if let Some(pairs) = self.pairs.get_mut(index) {
                pairs.entry(key).or_default().insert(component);
            }
        }
    }

    /// Takes out what a record about a component said, as far as no other says it: `others` tells whether one has these
    /// values, `with_field` whether one has any value of this field.
    pub(super) fn remove(
        &mut self,
        component: u32,
        values: &[(usize, u32)],
        paths: &Paths,
        others: impl Fn(&[(usize, u32)]) -> bool,
        with_field: impl Fn(usize) -> bool,
    ) {
        for (field, number) in values.iter().filter(|(field, _)| paths.has(*field)) {
            if others(&[(*field, *number)]) {
                continue;
            }
            let components = self.values.get_mut(*field).and_then(|v| v.get_mut(*number as usize));
            if let Some(components) = components {
                components.remove(component);
            }
            if let Some(present) = self.present.get_mut(*field).filter(|_| !with_field(*field)) {
                present.remove(component);
            }
        }
        for (index, key) in pairs_of(paths, values) {
            let Some((a, b)) = paths.pairs.get(index) else { continue };
            if !others(&[(*a, key.0), (*b, key.1)])
                && let Some(components) = self.pairs.get_mut(index).and_then(|pairs| pairs.get_mut(&key))
            {
                components.remove(component);
            }
        }
    }

    /// Components by the number of a value.
    pub(super) fn values(&self, field: usize) -> &[RoaringBitmap] {
        self.values.get(field).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_value(&self, field: usize, number: u32) -> Option<&RoaringBitmap> {
        self.values(field).get(number as usize)
    }

    pub(super) fn with_any(&self, field: usize) -> Option<&RoaringBitmap> {
        self.present.get(field)
    }

    /// Components with one record that has both values of a pair of fields.
    pub(super) fn with_both(&self, pair: usize, numbers: (u32, u32)) -> Option<&RoaringBitmap> {
        self.pairs.get(pair)?.get(&numbers)
    }
}
