//! What a token knew of its ledger, to be put back with an older disk: whoever has the token too can do that, and a test
//! that is not about the anchor must.

use countersign_protocol::anchor::Anchor;
use countersign_token::Token;

/// The anchors of a token.
#[derive(Clone, Debug, Default)]
pub struct Remembered(Vec<Anchor>);

impl Remembered {
    /// Those that it has now.
    pub fn of(token: &Token) -> Self {
        Self(token.anchors().unwrap())
    }

    /// Puts the token back.
    pub fn put_back(&self, token: &Token) {
        let Self(anchors) = self;
        for newer in token.anchors().unwrap().iter().filter(|found| !anchors.contains(found)) {
            token.destroy_anchor(newer).unwrap();
        }
        let there = token.anchors().unwrap();
        for gone in anchors.iter().filter(|anchor| !there.contains(anchor)) {
            token.create_anchor(gone).unwrap();
        }
    }

    /// The same, as if whoever had it had ended in order: the next one need not wait.
    #[must_use]
    pub fn left(&self) -> Self {
        let newest = self.0.iter().max();
        Self(newest.map(|newest| Anchor { nonce: Anchor::NOBODY, ..*newest }).into_iter().collect())
    }
}
