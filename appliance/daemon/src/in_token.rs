//! The roots of the vault's epochs and the anchors, in a token behind PKCS#11; and what counts in a TPM.

use std::sync::Arc;

use countersign_anchor::{AnchorFault, Anchors, Counted};
use countersign_protocol::ApplianceId;
use countersign_protocol::anchor::{ANCHOR_NONCE_BYTES, Anchor};
use countersign_token::{KeyError, Token};
use countersign_tpm::{Counter, TpmFault};
use countersign_vault::{RootFault, Roots};
use zeroize::Zeroizing;

/// The roots in this token.
pub struct InToken(pub(crate) Token);

/// The anchors in this token, and a counter in a TPM, if there is one.
pub struct Beyond {
    pub(crate) token: Token,
    pub(crate) counter: Option<Arc<Counter>>,
}

impl Roots for InToken {
    fn make(&self, epoch: u64) -> Result<(), RootFault> {
        self.0.create_vault_root(epoch).map_err(fault)
    }

    /// Looks at the root's attributes first: one that could have left the token keeps no secret.
    fn derive(
        &self,
        epoch: u64,
        appliance: &ApplianceId,
    ) -> Result<Zeroizing<[u8; 32]>, RootFault> {
        self.0.check_vault_root(epoch).map_err(fault)?;
        Ok(self.0.vault_key(epoch, appliance)?)
    }

    fn destroy(&self, epoch: u64) -> Result<(), RootFault> {
        self.0.destroy_vault_root(epoch).map_err(fault)
    }

    fn epochs(&self) -> Result<Vec<u64>, RootFault> {
        self.0.vault_epochs().map_err(fault)
    }
}

impl Anchors for Beyond {
    fn all(&self) -> Result<Vec<Anchor>, AnchorFault> {
        self.token.anchors().map_err(anchor_fault)
    }

    fn make(&self, anchor: &Anchor) -> Result<(), AnchorFault> {
        self.token.create_anchor(anchor).map_err(anchor_fault)
    }

    fn destroy(&self, anchor: &Anchor) -> Result<(), AnchorFault> {
        self.token.destroy_anchor(anchor).map_err(anchor_fault)
    }

    fn nonce(&self) -> Result<[u8; ANCHOR_NONCE_BYTES], AnchorFault> {
        let nonce = self.token.random_blocking()?;
        // As rare as any other, and it would mean nobody.
        Ok(if nonce == Anchor::NOBODY { [1; ANCHOR_NONCE_BYTES] } else { nonce })
    }

    fn counted(&self) -> Result<Counted, AnchorFault> {
        let Some(counter) = &self.counter else { return Ok(Counted::Nothing) };
        let counted = counter.read().map_err(counter_fault)?;
        Ok(counted.map_or(Counted::Never, Counted::To))
    }

    fn count(&self) -> Result<u64, AnchorFault> {
        let counter = self.counter.as_ref().ok_or(AnchorFault::Counter)?;
        counter.increment().map_err(counter_fault)
    }
}

fn counter_fault(why: TpmFault) -> AnchorFault {
    tracing::warn!(%why, "the TPM does not count");
    AnchorFault::Counter
}

fn anchor_fault(error: KeyError) -> AnchorFault {
    match fault(error) {
        RootFault::Exists => AnchorFault::Exists,
        RootFault::NotDestroyed => AnchorFault::NotDestroyed,
        RootFault::NotAsMade { attribute } => AnchorFault::NotAsMade { attribute },
        RootFault::Token(fault) => AnchorFault::Token(fault),
    }
}

fn fault(error: KeyError) -> RootFault {
    match error {
        KeyError::Exists => RootFault::Exists,
        KeyError::NotDestroyed => RootFault::NotDestroyed,
        KeyError::Fault(fault) => RootFault::Token(fault),
        KeyError::AttributeDrift { attribute } => RootFault::NotAsMade { attribute },
        KeyError::OtherPublicPart | KeyError::Unsupported { .. } => {
            RootFault::NotAsMade { attribute: "CKA_CLASS" }
        }
    }
}
