//! A ledger that a quorum reads: without HSM and without appliance.
//!
//! Guarantees: nothing is written; what is shown is what the ledger's tree and its last signed checkpoint commit to; a record
//! that is closed is told as erased only if the ledger says that its signer is, else as lost. It does not guarantee that
//! the checkpoint's key is the appliance's: whoever has it from elsewhere compares it.

use std::collections::{BTreeMap, BTreeSet};

use countersign_ledger::{
    Content, Damage, Entry, Keys, NoKey, Recalled, Replayed, claimed_appliance,
};
use countersign_ports::{Crypto, Sealing, Storage};
use countersign_protocol::change::{Appliance, Erasure};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Approval, Kind, SignatureContent};
use countersign_protocol::{ApplianceId, Digest, SlotId, canonical};
use countersign_vault::Recovered;
use countersign_vault::{Kind as KeyKind, Media, RecoverError, VaultError};
use zeroize::Zeroizing;

use crate::Quorum;

/// A ledger and its vault, open. It has no `Debug`.
pub struct Opened<L, S, C> {
    crypto: C,
    keys: Vaulted<S, C>,
    ledger: Replayed<L>,
    checked: Checked,
    erased: BTreeSet<Digest>,
    /// The place of each device's enrolment, as far as it is open.
    enrolled: BTreeMap<SlotId, u64>,
}

/// What is known of a ledger that was opened and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Whose it is.
    pub appliance: ApplianceId,
    /// What its checkpoints verify with, as it says itself.
    pub checkpoint_key: CheckpointKey,
    /// Records that it has.
    pub records: u64,
    /// The root of the tree over them.
    pub root: Digest,
    /// Bytes of a last group that was never acknowledged.
    pub torn_bytes: u64,
    /// The vault's epoch.
    pub epoch: u64,
    /// Keys of signers in the vault.
    pub signers: usize,
}

/// A record, as far as it opens.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'r> {
    /// Its place in the ledger.
    pub index: u64,
    /// Its kind.
    pub kind: Kind,
    /// Its content, or why it is closed.
    pub content: Result<&'r [u8], Closed>,
    /// Of a signature, what its evidence is made of.
    pub proof: Option<&'r Proof>,
}

/// What the evidence of a signature is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Its receipt.
    pub receipt: Vec<u8>,
    /// How its devices were enrolled, under the receipt's checkpoint.
    pub enrolments: Vec<Entry>,
}

/// Why a record is closed, and which key it lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The ledger says that the key's owner is erased.
    Erased(Digest),
    /// It does not: the vault is an older copy than the ledger.
    Lost(Digest),
}

/// Why a ledger is not read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is empty.
    #[error("the ledger is empty: give the file `ledger` of the appliance's data folder")]
    Empty,
    /// It does not begin with whose it is.
    #[error("the ledger does not say whose it is: it is none, or only its beginning")]
    NoIdentity,
    /// The vault.
    #[error(transparent)]
    Vault(#[from] RecoverError),
    /// The vault lacks what it must have.
    #[error(
        "the vault has no key of the appliance's own records: it is damaged, or none of this version"
    )]
    NoOwnKey,
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] Damage),
    /// Whoever is shown records has stopped.
    #[error("{0}")]
    Stopped(String),
}

impl<L: Storage, S: Storage, C: Crypto + Sealing + Clone> Opened<L, S, C> {
    /// Opens vault and ledger with a quorum, and checks both.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(crypto: C, ledger: L, vault: Media<S>, quorum: &Quorum) -> Result<Self, OpenError> {
        let appliance = claimed_appliance(&ledger, &crypto)?.ok_or(OpenError::Empty)?;
        let vault = Recovered::open(vault, crypto.clone(), appliance, quorum)?;
        let keys = Vaulted::of(vault)?;
        let (mut identity, mut erased) = (None, BTreeSet::new());
        let mut enrolled = BTreeMap::new();
        let ledger = countersign_ledger::open(ledger, &crypto, &keys, |seen| {
            let Content::Open(content) = seen.content else { return Ok(()) };
            match seen.leaf.kind {
                Kind::Appliance => identity = Some(identity_in(content)?),
                Kind::Erasure => drop(erased.insert(erased_in(content)?)),
                Kind::Enrolment => drop(enrolled.insert(slot_in(content)?, seen.index)),
                _ => {}
            }
            Ok(())
        })?;
        let checkpoint_key = identity.ok_or(OpenError::NoIdentity)?;
        ledger.check(&crypto, &checkpoint_key)?;
        let torn_bytes = ledger.torn_bytes();
        let (records, epoch) = (ledger.size(), keys.vault.epoch());
        let signers = keys.vault.entries().filter(|(_, kind)| *kind == KeyKind::Evidence).count();
        let root = Digest(ledger.head().root);
        let checked =
            Checked { appliance, checkpoint_key, records, root, torn_bytes, epoch, signers };
        Ok(Self { crypto, keys, ledger, checked, erased, enrolled })
    }

    /// What is known of it.
    #[must_use]
    pub const fn checked(&self) -> &Checked {
        &self.checked
    }

    /// Shows every record in order.
    ///
    /// # Errors
    /// [`OpenError::Stopped`] if `view` stops; [`OpenError::Ledger`] if the medium has changed meanwhile.
    pub fn show(
        &self,
        mut view: impl FnMut(&Seen<'_>) -> Result<(), String>,
    ) -> Result<(), OpenError> {
        let mut stopped = None;
        let shown = self.ledger.show_again(&self.crypto, &self.keys, |seen| {
            let (index, kind) = (seen.index, seen.leaf.kind);
            let content = match seen.content {
                Content::Open(content) => Ok(content),
                Content::Gone(key) if self.erased.contains(&key) => Err(Closed::Erased(key)),
                Content::Gone(key) => Err(Closed::Lost(key)),
            };
            let is_signature = kind == Kind::Signature && content.is_ok();
            let proof = is_signature.then(|| self.proof(seen)).transpose()?;
            view(&Seen { index, kind, content, proof: proof.as_ref() }).map_err(|why| {
                stopped = Some(why);
                String::new()
            })
        });
        stopped.map_or_else(|| Ok(shown?), |why| Err(OpenError::Stopped(why)))
    }

    fn proof(&self, seen: &countersign_ledger::Seen<'_>) -> Result<Proof, String> {
        let key = &self.checked.checkpoint_key;
        let recalled = self.ledger.recall(&self.crypto, &self.keys, key, &seen.location);
        let recalled = recalled.map_err(|why| why.to_string())?.ok_or("it is not signed")?;
        let enrolments = self.enrolments(&recalled).ok_or("its devices have no enrolment")?;
        Ok(Proof { receipt: recalled.receipt, enrolments })
    }

    fn enrolments(&self, recalled: &Recalled) -> Option<Vec<Entry>> {
        let content: SignatureContent<'_> = canonical::decode(&recalled.content).ok()?;
        let receipt: Receipt<'_> = canonical::decode(&recalled.receipt).ok()?;
        let with = (&self.crypto, &self.keys, &self.checked.checkpoint_key);
        let entry = |approval: Approval<'_>| {
            let index = self.enrolled.get(&approval.slot)?;
            self.ledger.entry(with, *index, receipt.checkpoint.size)
        };
        content.approvals.iter().map(entry).collect()
    }
}

fn identity_in(content: &[u8]) -> Result<CheckpointKey, String> {
    let appliance = canonical::decode::<Appliance<'_>>(content);
    appliance.map(|appliance| appliance.checkpoint_key).map_err(|_| not_canonical())
}

fn erased_in(content: &[u8]) -> Result<Digest, String> {
    let erasure = canonical::decode::<Erasure>(content);
    erasure.map(|erasure| erasure.evidence_key).map_err(|_| not_canonical())
}

fn slot_in(content: &[u8]) -> Result<SlotId, String> {
    let enrolment = canonical::decode::<Enrolment<'_>>(content);
    enrolment.map(|enrolment| enrolment.device.slot).map_err(|_| not_canonical())
}

fn not_canonical() -> String {
    "its content is not canonical".to_owned()
}

/// The keys that are in a vault.
struct Vaulted<S, C> {
    own: Zeroizing<[u8; 32]>,
    vault: Recovered<S, C>,
}

impl<S: Storage, C: Sealing> Vaulted<S, C> {
    fn of(vault: Recovered<S, C>) -> Result<Self, OpenError> {
        let own = { vault.entries() }.find(|(_, kind)| *kind == KeyKind::OwnRecords);
        let (id, _) = own.ok_or(OpenError::NoOwnKey)?;
        let own = vault.key(&id).map_err(RecoverError::from)?;
        Ok(Self { own, vault })
    }
}

impl<S: Storage, C: Sealing> Keys for Vaulted<S, C> {
    fn own(&self) -> &[u8; 32] {
        &self.own
    }

    fn of_signer(&self, id: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        self.vault.key(id).map_err(|why| match why {
            VaultError::Unknown { .. } => NoKey::Gone,
            _ => NoKey::Failed,
        })
    }
}
