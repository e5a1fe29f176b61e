//! Random numbers that are the same in every run.

/// A `SplitMix64` generator.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n - 1`; 0 for `n` of 0.
    pub fn below(&mut self, n: usize) -> usize {
        let n = n.max(1) as u64;
        usize::try_from(self.bits() % n).unwrap_or_default()
    }

    /// True so many times out of a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A number from 0 to `n - 1`, each about half as frequent as the one of half its size (Zipf).
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index; its distribution need not be exact"
    )]
    pub fn zipf(&mut self, n: usize) -> usize {
        let unit = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        ((n as f64 + 1.0).powf(unit) as usize)
            .saturating_sub(1)
            .min(n.saturating_sub(1))
    }

    /// One of several, all alike.
    ///
    /// # Panics
    /// If there is none.
    #[allow(clippy::indexing_slicing, reason = "within bounds by construction")]
    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// One of several, the first ones more often.
    ///
    /// # Panics
    /// If there is none.
    #[allow(clippy::indexing_slicing, reason = "within bounds by construction")]
    pub fn frequent<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.zipf(of.len())]
    }

    /// Up to `most` different ones of several, the first ones more often.
    pub fn some<'a>(&mut self, of: &[&'a str], most: usize) -> Vec<&'a str> {
        let mut chosen: Vec<&str> = Vec::new();
        for _ in 0..=self.below(most) {
            let one = self.frequent(of);
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        chosen
    }
}
