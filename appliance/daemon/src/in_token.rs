//! The roots of the vault's epochs, in a token behind PKCS#11.

use countersign_protocol::ApplianceId;
use countersign_token::{KeyError, Token};
use countersign_vault::{RootFault, Roots};
use zeroize::Zeroizing;

/// The roots in this token.
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
