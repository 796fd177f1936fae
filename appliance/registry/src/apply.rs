//! Taking a change: checked against what is there, then taken whole.

use std::sync::Arc;

use countersign_core::entry::{self, Generation, PublicPart};
use countersign_core::port::Crypto;
use countersign_core::suite;
use countersign_protocol::change::{Appliance, FrontEnd, Grant, Key, Officer, Signer, Tenant};
use countersign_protocol::{Digest, KeyId, Suite, TenantId, canonical, minicbor, tag};

use crate::names::Table;
use crate::policies::Stated;
use crate::{ApplianceRow, Change, FrontEndRow, KeyRow, Registry, SignerRow};

/// Why a change is not taken. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Names are unique.
    #[error("there is a {0} of this name already; choose another name")]
    NameTaken(Table),
    /// What is referred to must be there.
    #[error("there is no such {0}; add it first")]
    Unknown(Table),
    /// The tenant must be there, and the same for all that belong together.
    #[error("the tenant is unknown or another one's")]
    Tenant,
    /// The appliance is made once.
    #[error("the appliance has its identity already")]
    ApplianceFixed,
    /// A key in a certificate means one front-end or officer.
    #[error("this certificate's key is known already; make another one")]
    ChannelTaken,
    /// A credential, and a key, is enrolled once in the whole registry.
    #[error("this credential or its key is enrolled already; make a new one on the device")]
    CredentialTaken,
    /// Only keys that can be checked are enrolled.
    #[error(
        "the device's key is no canonical key of ES256, ES384, EdDSA (Ed25519), RS256 (2048, 3072 or 4096 \
         bits) or ML-DSA; use another device"
    )]
    DeviceKey,
    /// The same, of a key that another engine can check.
    #[error(
        "the crypto engine in use cannot check this device's algorithm; set `engine` to \"host\" or \
         \"both\", or use another device"
    )]
    DeviceAlgorithm,
    /// A row is read once.
    #[error("the row is there already")]
    RowTwice,
    /// Places are given one after the other.
    #[error("the device's place is not the next free one")]
    Place,
    /// A ticket is made once.
    #[error("there is a ticket of this id already")]
    TicketTaken,
    /// A device comes with an unspent ticket of its own.
    #[error("the device has no ticket that is its own and unspent; issue a ticket")]
    Ticket,
    /// A new device is pending until its own fingerprint is confirmed.
    #[error(
        "the device is pending: confirm it with the ten words that its signer reads, or revoke it"
    )]
    Unconfirmed,
    /// What is confirmed or vouched for is pending.
    #[error(
        "the device is not pending: there is nothing to confirm; see `countersign devices show`"
    )]
    NotPending,
    /// The words are another key's.
    #[error(
        "these are not the words of this device's key; do not confirm it: if the signer reads them again \
         and they stay so, somebody has put another device in its place: revoke it"
    )]
    Fingerprint,
    /// A further device needs one that vouches for it.
    #[error(
        "another device of the signer must vouch for this one first, with its own fingerprint; if the signer \
         has none any more, say so with `countersign devices lost`, and make new keys"
    )]
    Unvouched,
    /// It was vouched for otherwise.
    #[error("it is not this device, its key and its signer that were vouched for")]
    Vouch,
    /// The metadata say so.
    #[error(
        "the metadata speak against the device's model; see `countersign devices show`, and revoke it"
    )]
    ModelBarred,
    /// A BLOB's number never goes down.
    #[error("a BLOB with this number, or a higher one, is imported already")]
    MetadataOlder,
    /// Without its algorithm, nobody could tell whether a key's signatures are good.
    #[error("the crypto engine in use has no {0}; set `engine` to \"host\" or \"both\"")]
    Algorithm(Suite),
    /// What is about a signer is kept while somebody may need it.
    #[error("the signer's evidence is under a legal hold; take it off first")]
    Held,
    /// A signer who could still sign is not erased.
    #[error("the signer approves for a key that is not revoked; revoke it first")]
    KeysLeft,
    /// A signing key's public part is one of its suite.
    #[error("the public key is none of {0}; do not use this token")]
    SigningKey(Suite),
    /// A device's key, credential and owner, and a key's suite, place, approvers and public key, never change; nor
    /// does a name.
    #[error("what identifies this {0} cannot change; add another one")]
    Identity(Table),
    /// A recovery key is set once.
    #[error("this recovery key is set already; nothing is to be done")]
    RecoverySet,
    /// The content of a record.
    #[error("the record's content is not canonical")]
    NotCanonical,
}

impl From<canonical::NotCanonical> for Conflict {
    fn from(_: canonical::NotCanonical) -> Self {
        Self::NotCanonical
    }
}

impl<C: Crypto> Registry<C> {
    /// Takes a change that has, or will have, the record at `index`.
    ///
    /// # Errors
    /// [`Conflict`]; then nothing is taken.
    pub fn apply(&mut self, index: u64, change: &Change<'_>) -> Result<(), Conflict> {
        let generation = Generation(index);
        match change {
            Change::Appliance(appliance) => self.apply_appliance(appliance),
            Change::Tenant(tenant) => self.apply_tenant(tenant),
            Change::Officer(officer) => self.apply_officer(officer),
            Change::FrontEnd(front_end) => self.apply_front_end(generation, front_end),
            Change::Signer(signer) => self.apply_signer(signer),
            Change::Ticket(ticket) => self.apply_ticket(ticket),
            Change::Enrolment(enrolment) => self.apply_enrolment(index, enrolment),
            Change::Vouch(vouch) => self.apply_vouch(vouch),
            Change::Confirmation(confirmation) => self.apply_confirmation(index, confirmation),
            Change::Device(device) => self.apply_device(index, device),
            Change::Key(key) => self.apply_key(generation, key),
            Change::Grant(grant) => self.apply_grant(generation, grant),
            Change::Trust(trust) => {
                self.apply_trust(trust);
                Ok(())
            }
            Change::Model(model) => {
                self.apply_model(model);
                Ok(())
            }
            Change::Metadata(metadata) => self.apply_metadata(metadata),
            Change::Hold(hold) => self.apply_hold(hold),
            Change::Erasure(erasure) => self.apply_erasure(erasure),
            Change::Recovery(recovery) => self.apply_recovery(recovery),
            // What was on record after an older ledger is not known any more, revocations too.
            Change::Reanchoring(_) => {
                self.apply_freeze(generation, true);
                Ok(())
            }
            Change::Freeze(freeze) => {
                self.apply_freeze(generation, freeze.frozen);
                Ok(())
            }
        }
    }

    /// One more alarm is on record.
    pub fn count_alarm(&mut self) {
        self.alarms.put((), self.alarms().saturating_add(1));
    }

    pub(crate) fn apply_appliance(&mut self, appliance: &Appliance<'_>) -> Result<(), Conflict> {
        if self.appliance.only().is_some() {
            return Err(Conflict::ApplianceFixed);
        }
        let text = |t: &str| t.try_into().map_err(|_| Conflict::NotCanonical);
        let entry = entry::Appliance {
            id: appliance.id,
            profile: appliance.profile,
            rp_id: text(appliance.rp_id.as_str())?,
            rp_id_hash: Digest(self.crypto.sha256(&[appliance.rp_id.as_str().as_bytes()])),
            origin: text(appliance.origin.as_str())?,
        };
        let checkpoint_key = appliance.checkpoint_key;
        let cosigner_key = appliance.cosigner_key.map(|key| Box::new(*key.0));
        self.appliance.put((), ApplianceRow { entry, checkpoint_key, cosigner_key });
        Ok(())
    }

    pub(crate) fn apply_tenant(&mut self, tenant: &Tenant<'_>) -> Result<(), Conflict> {
        self.tenants.put(tenant.id, tenant.name.as_str().to_owned());
        Ok(())
    }

    fn apply_officer(&mut self, officer: &Officer<'_>) -> Result<(), Conflict> {
        self.check_channel(&officer.channel)?;
        self.officers.put(officer.channel, officer.id);
        Ok(())
    }

    fn apply_front_end(&mut self, at: Generation, new: &FrontEnd<'_>) -> Result<(), Conflict> {
        self.check_tenant(new.tenant)?;
        if let Some(old) = self.front_ends.get(&new.id) {
            let named = old.name == new.name.as_str();
            let same_peer = old.channel == new.channel && old.entry.tenant == new.tenant;
            same(named && same_peer, Table::FrontEnds)?;
        } else {
            self.check_channel(&new.channel)?;
            let mark = self.marks().name(Table::FrontEnds, new.name.as_str());
            self.names.front_ends.is_free(&mark, Table::FrontEnds)?;
        }
        self.enter_front_end(at, new);
        Ok(())
    }

    pub(crate) fn enter_front_end(&mut self, at: Generation, new: &FrontEnd<'_>) {
        let (id, tenant, standing, channel) = (new.id, new.tenant, new.standing, new.channel);
        let entry = entry::FrontEnd { id, tenant, standing, generation: at };
        let name = new.name.as_str().to_owned();
        let mark = self.marks().name(Table::FrontEnds, &name);
        self.names.front_ends.enter(mark, id);
        self.channels.insert(channel, id);
        self.front_ends.put(id, FrontEndRow { name, entry, channel });
    }

    fn apply_signer(&mut self, new: &Signer<'_>) -> Result<(), Conflict> {
        self.check_tenant(new.tenant)?;
        let mark = self.marks().name(Table::Signers, new.name.as_str());
        self.names.signers.is_free(&mark, Table::Signers)?;
        same(!self.signers.contains_key(&new.id), Table::Signers)?;
        self.names.signers.enter(mark, new.id);
        self.signers.put(new.id, SignerRow::new(new));
        Ok(())
    }

    fn apply_key(&mut self, at: Generation, new: &Key<'_>) -> Result<(), Conflict> {
        self.check_tenant(new.tenant)?;
        let of_tenant = |id| self.signers.get(&id).is_some_and(|s| s.tenant == new.tenant);
        if !new.approvers.ids().all(of_tenant) {
            return Err(Conflict::Unknown(Table::Signers));
        }
        let public_key = self.public_part(new.suite, new.public_key.bytes())?;
        if let Some(KeyRow { entry: old, name, .. }) = self.keys.get(&new.id) {
            let same_key = old.place == new.place && old.public_key == public_key;
            // All records about a key are about the same people, so that none outlives the others.
            let same_people = old.approvers == (&new.approvers).into();
            let same_key = same_key && old.suite == new.suite && same_people;
            let named = name == new.name.as_str();
            same(named && same_key && old.tenant == new.tenant, Table::Keys)?;
        } else {
            let mark = self.marks().name(Table::Keys, new.name.as_str());
            self.names.keys.is_free(&mark, Table::Keys)?;
        }
        let policy = minicbor::to_vec(new.policy).unwrap_or_default();
        let entry = entry::Key {
            id: new.id,
            tenant: new.tenant,
            suite: new.suite,
            place: new.place,
            public_key_digest: Digest(self.crypto.sha256(&[&public_key])),
            public_key,
            approvers: (&new.approvers).into(),
            policy_digest: Digest(self.crypto.sha256(&[tag::POLICY, &policy])),
            standing: new.standing,
            generation: at,
        };
        let policy = self.policies.share(entry.policy_digest, &new.policy);
        self.enter_key(new.name.as_str().to_owned(), entry, policy);
        self.link_key(new.id)
    }

    pub(crate) fn enter_key(&mut self, name: String, entry: entry::Key, policy: Arc<Stated>) {
        let (id, mark) = (entry.id, self.marks().name(Table::Keys, &name));
        self.names.keys.enter(mark, id);
        self.keys.put(id, KeyRow { name, entry, policy });
    }

    /// What is derived from the key.
    pub(crate) fn link_key(&mut self, id: KeyId) -> Result<(), Conflict> {
        let approvers = self.keys.get(&id).map(|row| row.entry.approvers.ids.clone());
        for signer in approvers.into_iter().flatten() {
            let row = self.signers.derive(signer).ok_or(Conflict::Unknown(Table::Signers))?;
            if let Err(place) = row.keys.binary_search(&id) {
                row.keys.insert(place, id);
            }
        }
        Ok(())
    }

    /// The key's public part, which the engine can check signatures with.
    pub(crate) fn public_part(&self, suite: Suite, bytes: &[u8]) -> Result<PublicPart, Conflict> {
        let algorithm = suite::algorithm(suite);
        if !self.crypto.has(algorithm) {
            return Err(Conflict::Algorithm(suite));
        }
        let is_key = bool::from(self.crypto.is_public_key(algorithm, bytes));
        let part = PublicPart::from_slice(bytes).ok().filter(|_| is_key);
        part.ok_or(Conflict::SigningKey(suite))
    }

    /// Bumps the front-end: a grant taken away voids what was decided on it.
    fn apply_grant(&mut self, at: Generation, grant: &Grant) -> Result<(), Conflict> {
        let key = self.keys.get(&grant.key).ok_or(Conflict::Unknown(Table::Keys))?;
        let tenant = key.entry.tenant;
        // It is for what is under way: whoever makes the registry again has nothing under way.
        let front_end = self.front_ends.count(grant.front_end);
        let front_end = front_end.ok_or(Conflict::Unknown(Table::FrontEnds))?;
        if tenant != front_end.entry.tenant {
            return Err(Conflict::Tenant);
        }
        front_end.entry.generation = at;
        let pair = (grant.front_end, grant.key);
        self.grants.put(pair, grant.granted);
        Ok(())
    }

    pub(crate) fn check_tenant(&self, tenant: TenantId) -> Result<(), Conflict> {
        self.tenants.contains_key(&tenant).then_some(()).ok_or(Conflict::Tenant)
    }

    pub(crate) fn check_channel(&self, channel: &Digest) -> Result<(), Conflict> {
        (!self.knows(channel)).then_some(()).ok_or(Conflict::ChannelTaken)
    }
}

pub(crate) fn same(unchanged: bool, table: Table) -> Result<(), Conflict> {
    unchanged.then_some(()).ok_or(Conflict::Identity(table))
}
