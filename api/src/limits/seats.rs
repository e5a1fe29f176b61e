//! How many connections one address may have.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;

use super::address::Place;

/// Counts the connections of each address.
#[derive(Debug, Clone)]
pub(super) struct Seats {
    /// 0 stands for no limit.
    most: usize,
    taken: Arc<Mutex<HashMap<Place, usize>>>,
}

/// A connection that counts until it is dropped.
#[derive(Debug)]
pub(super) struct Seat(Option<(Seats, Place)>);

impl Seats {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            taken: Arc::default(),
        }
    }

    /// A seat, unless the address has too many.
    pub(super) fn take(&self, address: IpAddr) -> Option<Seat> {
        if self.most == 0 {
            return Some(Seat(None));
        }
        let place = Place::of(address);
        let mut taken = self.taken.lock();
        let count = taken.entry(place).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat(Some((self.clone(), place))))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some((seats, place)) = &self.0 else { return };
        if let Entry::Occupied(mut entry) = seats.taken.lock().entry(*place) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_free_again_when_connections_end() {
        let seats = Seats::new(2);
        let address = "192.0.2.1".parse().unwrap();
        let one = seats.take(address);
        let two = seats.take(address);
        assert!(one.is_some() && two.is_some() && seats.take(address).is_none());
        assert!(seats.take("192.0.2.2".parse().unwrap()).is_some());
        drop(one);
        assert!(seats.take(address).is_some());
        drop(two);
        assert!(seats.taken.lock().is_empty());
    }
}
