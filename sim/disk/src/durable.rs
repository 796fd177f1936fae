//! What a power cut leaves for certain.

/// The durable bytes of a disk. As long as it is good they are what its owner sees, up to some place: a
/// copy is made only when that ends.
pub(crate) struct Durable {
    /// As the owner sees it, up to here.
    seen: usize,
    /// Something else.
    own: Option<Vec<u8>>,
}

impl Durable {
    /// What the owner sees, up to here.
    pub(crate) const fn seen(len: usize) -> Self {
        Self { seen: len, own: None }
    }

    /// These bytes, whatever the owner sees.
    pub(crate) const fn apart(bytes: Vec<u8>) -> Self {
        Self { seen: 0, own: Some(bytes) }
    }

    /// Its bytes, on a disk whose owner sees `latest`.
    pub(crate) fn bytes<'a>(&'a self, latest: &'a [u8]) -> &'a [u8] {
        self.own.as_deref().or_else(|| latest.get(..self.seen)).unwrap_or_default()
    }

    /// To change them, apart from what the owner sees.
    pub(crate) fn own(&mut self, latest: &[u8]) -> &mut Vec<u8> {
        let seen = self.seen;
        self.own.get_or_insert_with(|| latest.get(..seen).unwrap_or_default().to_vec())
    }

    /// What the owner sees from `clean` on becomes durable; before it nothing changes.
    pub(crate) fn settle(&mut self, latest: &[u8], clean: usize) {
        if self.own.is_none() && clean <= self.seen {
            self.seen = latest.len();
            return;
        }
        let bytes = self.own(latest);
        bytes.resize(clean, 0);
        bytes.extend_from_slice(latest.get(clean..).unwrap_or_default());
    }
}
