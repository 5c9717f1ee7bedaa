//! Chance, from a seed (SplitMix64).

pub struct Hasard(u64);

impl Hasard {
    pub fn new(graine: u64) -> Self {
        Self(graine.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1))
    }

    fn suivant(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to `n - 1`.
    pub fn sous(&mut self, n: usize) -> usize {
        usize::try_from(self.suivant() % n as u64).unwrap()
    }

    pub fn pourcent(&mut self, p: usize) -> bool {
        self.sous(100) < p
    }

    pub fn parmi<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        (!list.is_empty()).then(|| &list[self.sous(list.len())])
    }
}
