//! The roots of the vault's epochs in the token, and the keys of records as the checkers have them.

use std::sync::Arc;

use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ports::{Entropy, NoEntropy};
use countersign_protocol::{ApplianceId, Digest, tag};
use countersign_token::PrfUse;
use countersign_vault::{Media, Platform, RootFault, Roots, Vault};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::token::secret_of;
use super::{Bug, Effect, Machine, Medium, SimToken, lock};
use crate::model::Keys;

/// The roots. Making and destroying one is a moment at which the power can fail.
pub struct SimRoots(pub(super) SimToken);

impl Roots for SimRoots {
    fn make(&self, epoch: u64) -> Result<(), RootFault> {
        self.0.heeds(Effect::KeyMade, "C_GenerateKey")?;
        let mut inside = self.0.inside();
        let mut root = [0; 32];
        inside.random.fill(&mut root);
        match inside.roots.entry(epoch) {
            std::collections::btree_map::Entry::Occupied(_) => Err(RootFault::Exists),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(root);
                Ok(())
            }
        }
    }

    fn derive(
        &self,
        epoch: u64,
        appliance: &ApplianceId,
    ) -> Result<Zeroizing<[u8; 32]>, RootFault> {
        self.0.heeds(Effect::Random, "C_Sign")?;
        let inside = self.0.inside();
        let root = inside.roots.get(&epoch).ok_or(RootFault::NotAsMade { attribute: "CKA_ID" })?;
        let hash = Sha256::new().chain_update(tag::VAULT).chain_update(root);
        Ok(Zeroizing::new(hash.chain_update(appliance.0).finalize().into()))
    }

    fn destroy(&self, epoch: u64) -> Result<(), RootFault> {
        self.0.heeds(Effect::KeyMade, "C_DestroyObject")?;
        if self.0.bug() == Bug::KeepsKeys {
            return Ok(());
        }
        self.0.inside().roots.remove(&epoch);
        Ok(())
    }

    fn epochs(&self) -> Result<Vec<u64>, RootFault> {
        self.0.heeds(Effect::Random, "C_FindObjects")?;
        Ok(self.0.inside().roots.keys().copied().collect())
    }
}

impl Machine {
    /// The keys of its records, erased signers' too: nobody keeps those but who checks.
    pub fn record_keys(&self) -> Keys {
        let given = lock(&self.token).given.clone();
        Keys::new(secret_of(self.seed, PrfUse::OwnRecords), given)
    }

    /// Whether somebody who has disks and token, and nothing else, gets at none of these keys.
    pub fn has_destroyed(self: &Arc<Self>, keys: &[Digest]) -> bool {
        let alone = lock(&self.token).roots.len() == 1;
        alone && self.vault().is_some_and(|vault| keys.iter().all(|key| vault.key(key).is_err()))
    }

    /// For which recovery key the vault is wrapped.
    pub fn wrapped_for(self: &Arc<Self>) -> Option<Digest> {
        self.vault()?.wrapped_for()
    }

    /// A copy of the vault, open.
    fn vault(self: &Arc<Self>) -> Option<Vault<Disk, SimRoots, Host>> {
        let copy = |medium| Disk::holding(self.medium(medium).bytes().to_vec());
        let ledger = countersign_ledger::claimed_appliance(&copy(Medium::Ledger), &Host);
        let appliance = ledger.ok()??;
        let platform = Platform {
            media: Media { even: copy(Medium::VaultEven), odd: copy(Medium::VaultOdd) },
            roots: SimRoots(SimToken::of(Arc::clone(self))),
            engine: Host,
            appliance,
        };
        Vault::open(platform, &mut NoChance).ok().map(|(vault, _)| vault)
    }
}

/// What is opened to be looked at needs no chance.
struct NoChance;

impl Entropy for NoChance {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), NoEntropy> {
        Err(NoEntropy)
    }
}
