//! The roots of the vault's epochs and the anchors, in a token behind PKCS#11.

use countersign_anchor::{AnchorFault, Anchors};
use countersign_protocol::ApplianceId;
use countersign_protocol::anchor::{ANCHOR_NONCE_BYTES, Anchor};
use countersign_token::{KeyError, Token};
use countersign_vault::{RootFault, Roots};
use zeroize::Zeroizing;

/// What is in this token.
pub struct InToken(pub(crate) Token);

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

impl Anchors for InToken {
    fn all(&self) -> Result<Vec<Anchor>, AnchorFault> {
        self.0.anchors().map_err(anchor_fault)
    }

    fn make(&self, anchor: &Anchor) -> Result<(), AnchorFault> {
        self.0.create_anchor(anchor).map_err(anchor_fault)
    }

    fn destroy(&self, anchor: &Anchor) -> Result<(), AnchorFault> {
        self.0.destroy_anchor(anchor).map_err(anchor_fault)
    }

    fn nonce(&self) -> Result<[u8; ANCHOR_NONCE_BYTES], AnchorFault> {
        let nonce = self.0.random_blocking()?;
        // As rare as any other, and it would mean nobody.
        Ok(if nonce == Anchor::NOBODY { [1; ANCHOR_NONCE_BYTES] } else { nonce })
    }
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
