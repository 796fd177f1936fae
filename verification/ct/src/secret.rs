//! What is secret, made undefined to memcheck: a registry before the real one that hides it on its way out, and
//! the transaction that the core will find.
//!
//! Secret is what a front-end is not told before the verdict is folded: standings, owners, counts, lock-outs,
//! grants, the key's rules and records; and of the devices that its transaction lists, all that it has not named.
//! Not secret are what the frame says, the device that it names and that one's key: it can be seen from outside
//! which those are.

use countersign_core::State;
use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::entry::{Appliance, Device, FrontEnd, Key};
use countersign_core::policy::Rules;
use countersign_core::port;
use countersign_core::transactions::Transaction;
use countersign_protocol::{Digest, FrontEndId, KeyId, SignerId, SlotId, TenantId};
use countersign_registry::Registry;

use crate::house::{Behind, NONCE, NOTHING, NOW};
use crate::stub::Stub;
use crate::valgrind::hide;

/// All bits of a value.
const ALL: u8 = 0xff;
/// The bit of a `bool`.
const BOOL: u8 = 1;
/// The bits of a standing: there are four.
const STANDING: u8 = 0b11;

/// The registry whose answers are undefined where they are secret.
pub struct Hiding(Registry<Stub>);

/// A state with nothing in it but the one transaction, and its secrets hidden. The frame names the device in
/// place `named`.
pub fn hidden(state: Behind<Registry<Stub>>, named: usize) -> Behind<Hiding> {
    let inside = state.into_inside();
    let mut transaction = inside.transactions.find(&NONCE).unwrap();
    hide_in_transaction(&mut transaction, named);
    let mut inside = State::new(Hiding(inside.registry), NOTHING);
    inside.transactions.insert(transaction, NOW.boot_ms).unwrap();
    Behind::new(inside)
}

fn hide_in_transaction(transaction: &mut Transaction, named: usize) {
    for (place, listed) in transaction.devices.iter_mut().enumerate() {
        hide(&mut listed.sign_count, ALL);
        if place != named {
            hide(&mut listed.slot, ALL);
        }
    }
    hide(&mut transaction.key_generation, ALL);
    hide(&mut transaction.policy, ALL);
    hide(&mut transaction.items, ALL);
}

fn hide_in_device(device: &mut Device) {
    hide(&mut device.signer, ALL);
    hide(&mut device.backup_eligible, BOOL);
    hide(&mut device.counts, ALL);
    hide(&mut device.lockout, ALL);
    hide(&mut device.standing, STANDING);
    hide(&mut device.generation, ALL);
}

fn hide_in_key(key: &mut Key) {
    hide(&mut key.policy_digest, ALL);
    key.approvers.ids.iter_mut().for_each(|id| hide(id, ALL));
    hide(&mut key.approvers.threshold, ALL);
    hide(&mut key.standing, STANDING);
    hide(&mut key.generation, ALL);
}

/// What it says, but not of how much: how many dates or front-ends it names.
fn hide_in_policy(rules: &mut Rules) {
    hide(&mut rules.suites, ALL);
    hide(&mut rules.items_max, ALL);
    hide(&mut rules.valid_from_ms, ALL);
    hide(&mut rules.valid_to_ms, ALL);
    hide(&mut rules.hybrid, BOOL);
    hide(&mut rules.witnesses, ALL);
    hide(&mut rules.initiator_apart, BOOL);
    hide(&mut rules.held, BOOL);
    hide(&mut rules.lifetime_ms_max, ALL);
    hide(&mut rules.forms, ALL);
    rules.front_ends.iter_mut().flatten().for_each(|id| hide(id, ALL));
    if let Some(calendar) = &mut rules.calendar {
        calendar.periods.iter_mut().for_each(|period| hide(period, ALL));
        for exception in &mut calendar.exceptions {
            hide(&mut exception.from_hour, ALL);
            hide(&mut exception.to_hour, ALL);
            hide(&mut exception.open, BOOL);
        }
    }
}

impl port::Registry for Hiding {
    type KeyBytes = <Registry<Stub> as port::Registry>::KeyBytes;

    fn appliance(&self) -> &Appliance {
        self.0.appliance()
    }

    fn front_end(&self, channel: &Digest) -> Option<FrontEnd> {
        let mut front_end = self.0.front_end(channel)?;
        hide(&mut front_end.standing, STANDING);
        hide(&mut front_end.generation, ALL);
        Some(front_end)
    }

    fn key(&self, id: &KeyId) -> Option<Key> {
        let mut key = self.0.key(id)?;
        hide_in_key(&mut key);
        Some(key)
    }

    fn policy(&self, id: &KeyId) -> Option<Rules> {
        let mut rules = self.0.policy(id)?;
        hide_in_policy(&mut rules);
        Some(rules)
    }

    fn is_granted(&self, front_end: FrontEndId, key: &KeyId) -> bool {
        let mut granted = self.0.is_granted(front_end, key);
        hide(&mut granted, BOOL);
        granted
    }

    fn has_signer(&self, tenant: TenantId, signer: SignerId) -> bool {
        self.0.has_signer(tenant, signer)
    }

    fn device(&self, slot: SlotId) -> Option<Device> {
        let mut device = self.0.device(slot)?;
        hide_in_device(&mut device);
        Some(device)
    }

    fn device_key(&self, slot: SlotId) -> Option<DeviceKey<Self::KeyBytes>> {
        self.0.device_key(slot)
    }

    fn devices_of(&self, signer: SignerId) -> impl Iterator<Item = Device> {
        self.0.devices_of(signer)
    }

    fn credential(&self, slot: SlotId) -> Option<&[u8]> {
        self.0.credential(slot)
    }

    fn accept_sign_count(&mut self, slot: SlotId, count: u32) {
        self.0.accept_sign_count(slot, count);
    }

    fn count_refused(&mut self, slot: SlotId, front_end: FrontEndId, boot_ms: u64) {
        self.0.count_refused(slot, front_end, boot_ms);
    }
}
