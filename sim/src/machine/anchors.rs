//! The anchors in the token, and the TPM beside it. Making and destroying one is a moment at which the power can fail, and so is
//! counting; to look is none.

use countersign_anchor::{AnchorFault, Anchors, Counted};
use countersign_core::port::TokenFault;
use countersign_protocol::anchor::{ANCHOR_NONCE_BYTES, Anchor};

use super::{Bug, Effect, SimToken, lock};

/// The anchors.
pub struct SimAnchors(pub(super) SimToken);

impl Anchors for SimAnchors {
    fn all(&self) -> Result<Vec<Anchor>, AnchorFault> {
        self.there()?;
        let mut all: Vec<_> = self.0.inside().anchors.iter().copied().collect();
        let own = *lock(&self.0.0.anchored);
        if let Some(own) = own.filter(|_| self.0.bug() == Bug::OverlooksTheOther) {
            all.retain(|anchor| *anchor < own);
            all.push(own);
        }
        Ok(all)
    }

    fn make(&self, anchor: &Anchor) -> Result<(), AnchorFault> {
        self.0.heeds(Effect::Anchor, "C_GenerateKey")?;
        if !self.0.inside().anchors.insert(*anchor) {
            return Err(AnchorFault::Exists);
        }
        *lock(&self.0.0.anchored) = Some(*anchor);
        Ok(())
    }

    fn destroy(&self, anchor: &Anchor) -> Result<(), AnchorFault> {
        self.0.heeds(Effect::Anchor, "C_DestroyObject")?;
        self.0.inside().anchors.remove(anchor);
        Ok(())
    }

    /// Of a stream of its own: how often somebody looks changes nothing else.
    fn nonce(&self) -> Result<[u8; ANCHOR_NONCE_BYTES], AnchorFault> {
        self.there()?;
        let mut nonce = [1; ANCHOR_NONCE_BYTES];
        self.0.inside().nonces.fill(&mut nonce[1..]);
        Ok(nonce)
    }

    fn counted(&self) -> Result<Counted, AnchorFault> {
        Ok(self.0.inside().counted.unwrap_or(Counted::Nothing))
    }

    fn count(&self) -> Result<u64, AnchorFault> {
        if !self.0.has_power(Effect::Count) {
            return Err(AnchorFault::Counter);
        }
        let mut inside = self.0.inside();
        let counted = match inside.counted.ok_or(AnchorFault::Counter)? {
            Counted::To(counted) => counted + 1,
            Counted::Nothing | Counted::Never => 1,
        };
        inside.counted = Some(Counted::To(counted));
        Ok(counted)
    }
}

impl SimAnchors {
    fn there(&self) -> Result<(), TokenFault> {
        self.0.is_there("C_FindObjects")
    }
}
