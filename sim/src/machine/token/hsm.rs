//! The token as the whole appliance has it: random bytes, the appliance's own keys, signers' keys, roots.

use countersign_core::entry::PublicPart;
use countersign_core::port;
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey, log_name};
use countersign_protocol::limits::COSIGNER_KEY_BYTES;
use countersign_protocol::{KeyId, Suite};
use countersign_tlog::cosignature;
use countersign_token::{KeyError, OWN_COSIGNATURE_BYTES, PrfUse};
use countersignd::Hsm;
use zeroize::Zeroizing;

use super::{CALL_MAX_MS, HANGS, NO_SUCH_KEY, REMOVED, SECRET, SimToken, TokenFault, failed};
use crate::machine::roots::SimRoots;
use crate::machine::{Chosen, Effect, cheap};
use crate::random;

/// How long a cosignature takes, in microseconds.
const COSIGNS_IN_US: u64 = 1_300;

/// What the token makes of its secret.
pub(in crate::machine) fn secret_of(seed: u64, purpose: PrfUse) -> [u8; 32] {
    let number = match purpose {
        PrfUse::LedgerSalt => 0,
        PrfUse::OwnRecords => 1,
        PrfUse::RegistryRoot => 2,
    };
    let mut secret = random::bytes(seed, "secret", number);
    secret.iter_mut().zip(SECRET).for_each(|(to, from)| *to = *from);
    secret
}

/// What the token cosigns checkpoints with: every other one has ML-DSA, where signatures cost a hash. It stands aside of
/// what else is drawn, and has no faults but to be pulled out.
fn cosigner_of(seed: u64, chosen: Chosen) -> Option<Box<[u8; COSIGNER_KEY_BYTES]>> {
    let [has, ..]: [u8; 1] = random::bytes(seed, "has ML-DSA", 0);
    if has % 2 == 0 || !matches!(chosen, Chosen::Cheap) {
        return None;
    }
    let secret = random::bytes(seed, "cosigner", 0);
    Box::try_from(cheap::public_key(&secret, COSIGNER_KEY_BYTES)).ok()
}

impl Hsm for SimToken {
    type Roots = SimRoots;

    fn roots(&self) -> SimRoots {
        SimRoots(self.clone())
    }

    fn random_blocking<const N: usize>(&self) -> Result<[u8; N], port::TokenFault> {
        self.heeds(Effect::Random, "C_GenerateRandom")?;
        let mut inside = self.inside();
        let mut bytes = [0; N];
        inside.random.fill(&mut bytes);
        if let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()) {
            inside.given.push(key);
        }
        Ok(bytes)
    }

    async fn random<const N: usize>(&self) -> Result<[u8; N], port::TokenFault> {
        let fault = self.call(Effect::Random, "C_GenerateRandom")?;
        if let Some(TokenFault::Hangs) = fault {
            self.0.timeline.sleep_us(CALL_MAX_MS * 1_000).await;
            return Err(HANGS);
        }
        if let Some(TokenFault::Fails(code) | TokenFault::DoneButFails(code)) = fault {
            return Err(failed("C_GenerateRandom", code));
        }
        let mut inside = self.inside();
        let mut bytes = [0; N];
        if fault == Some(TokenFault::RandomAgain) && inside.last_random.len() == N {
            bytes.copy_from_slice(&inside.last_random);
        } else {
            inside.random.fill(&mut bytes);
        }
        inside.last_random = bytes.to_vec();
        Ok(bytes)
    }

    fn prf(&self, purpose: PrfUse) -> Result<Zeroizing<[u8; 32]>, port::TokenFault> {
        Ok(Zeroizing::new(secret_of(self.0.seed, purpose)))
    }

    fn create_signer_key(&self, id: KeyId, suite: Suite) -> Result<PublicPart, KeyError> {
        let fault = self.call(Effect::KeyMade, "C_GenerateKeyPair")?;
        if let Some(TokenFault::Fails(code)) = fault {
            return Err(KeyError::Fault(failed("C_GenerateKeyPair", code)));
        }
        let mut inside = self.inside();
        let key = inside.key(suite);
        inside.keys.insert(id, key.clone());
        key.public.as_slice().try_into().map_err(|_| KeyError::OtherPublicPart)
    }

    fn destroy_signer_key(&self, id: KeyId, _: Suite) -> Result<(), KeyError> {
        self.call(Effect::KeyMade, "C_DestroyObject")?;
        self.inside().keys.remove(&id);
        Ok(())
    }

    fn create_appliance_keys(&self) -> Result<CheckpointKey, KeyError> {
        let mut inside = self.inside();
        let own = inside.key(Suite::Esp256);
        let public = CheckpointKey::from_bytes(&inside.own.insert(own).public);
        public.ok_or(KeyError::OtherPublicPart)
    }

    fn cosigner_key(&self) -> Result<Option<Box<[u8; COSIGNER_KEY_BYTES]>>, KeyError> {
        let inside = self.inside();
        Ok(inside.own.as_ref().and_then(|_| cosigner_of(self.0.seed, inside.chosen)))
    }

    async fn cosign_own(
        &self,
        checkpoint: &Checkpoint,
    ) -> Result<Box<[u8; OWN_COSIGNATURE_BYTES]>, port::TokenFault> {
        self.0.timeline.sleep_us(COSIGNS_IN_US).await;
        let inside = self.inside();
        if inside.removed || !self.0.power.is_on() {
            return Err(failed("C_Sign", REMOVED));
        }
        let key = cosigner_of(self.0.seed, inside.chosen).ok_or(NO_SUCH_KEY)?;
        let name = log_name(&checkpoint.appliance);
        let message = cosignature::ml_dsa_44(&name, 0, &checkpoint.text()).map_err(|_| HANGS)?;
        let signature = cheap::signature(&*key, &message, OWN_COSIGNATURE_BYTES);
        Box::try_from(signature).map_err(|_| HANGS)
    }

    fn check_signer_key(&self, id: KeyId, _: Suite, expected: &[u8]) -> Result<(), KeyError> {
        self.call(Effect::Random, "C_GetAttributeValue")?;
        self.checked(id, expected)
    }

    fn check_appliance_keys(&self, key: &CheckpointKey) -> Result<(), KeyError> {
        self.call(Effect::Random, "C_GetAttributeValue")?;
        let inside = self.inside();
        let own = inside.own.as_ref().ok_or(KeyError::Fault(NO_SUCH_KEY))?;
        if own.public == key.bytes() { Ok(()) } else { Err(KeyError::OtherPublicPart) }
    }
}
