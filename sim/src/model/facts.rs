//! What the people did, as they themselves know it: nothing here was told by the appliance but that an
//! order was carried out.

use std::collections::HashMap;

use super::possible::{Era, Possible};

/// Bytes that name something.
pub type Id = Vec<u8>;

/// A device's approval, as the device made it.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Which device.
    pub device: u32,
    /// Whether a good device and browser make it so: by the owner's finger, at the right page, over
    /// this challenge.
    pub sound: bool,
    /// Its signCount.
    pub sign_count: u32,
    /// When it was made, in milliseconds since the world began: nobody brings it earlier.
    pub made_ms: u64,
    /// authenticatorData, clientDataJSON and signature.
    pub assertion: [Vec<u8>; 3],
}

/// A signing key, as the officer ordered it and was told that it is.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its public part.
    pub public_key: Vec<u8>,
    /// Who must approve.
    pub signers: Vec<u32>,
    /// How many of them.
    pub threshold: u8,
}

/// What a key's policy allows, times in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Items of one activation.
    pub items_max: u64,
    /// Not before.
    pub from_ms: u64,
    /// Not after.
    pub to_ms: u64,
    /// How long an activation lives.
    pub lifetime_ms: u64,
    /// Nothing at all.
    pub held: bool,
}

/// Something that an officer's order changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A device may approve.
    Device(u32),
    /// A key may sign.
    Key(u32),
    /// A front-end may ask.
    Portal(u32),
    /// A front-end may ask for a key.
    Grant(u32, u32),
    /// Any key may sign.
    Appliance,
}

/// The facts.
#[derive(Default)]
pub struct Facts {
    pub(super) owners: HashMap<u32, u32>,
    pub(super) keys: HashMap<Id, (u32, Key)>,
    pub(super) usable: HashMap<Thing, Possible<bool>>,
    pub(super) limits: HashMap<u32, Possible<Limits>>,
    pub(super) approvals: HashMap<[u8; 32], Vec<Approval>>,
    first_approved: HashMap<[u8; 32], Era>,
    era: Era,
}

impl Facts {
    /// A signer has this device.
    pub fn enrolled(&mut self, device: u32, signer: u32) {
        self.owners.insert(device, signer);
        self.usable.insert(Thing::Device(device), Possible::only(true));
    }

    /// A key was made.
    pub fn made(&mut self, number: u32, id: Id, key: Key, limits: Limits) {
        self.keys.insert(id, (number, key));
        self.usable.insert(Thing::Key(number), Possible::only(true));
        self.limits.insert(number, Possible::only(limits));
    }

    /// A front-end, or a grant, is there.
    pub fn allowed(&mut self, thing: Thing) {
        self.usable.insert(thing, Possible::only(true));
    }

    /// An officer has ordered that something may, or may not, be used.
    pub fn ordered(&mut self, thing: Thing, usable: bool) {
        if let Some(possible) = self.usable.get_mut(&thing) {
            possible.ordered(usable);
        }
    }

    /// The same for a key's limits.
    pub fn ordered_limits(&mut self, key: u32, limits: Limits) {
        if let Some(possible) = self.limits.get_mut(&key) {
            possible.ordered(limits);
        }
    }

    /// What was ordered of it last was carried out, or was not.
    pub fn answered(&mut self, thing: Thing, done: bool) {
        self.era += 1;
        if let Some(possible) = self.usable.get_mut(&thing) {
            if done { possible.acknowledged(self.era) } else { possible.declined() }
        }
    }

    /// The same for a key's limits.
    pub fn answered_limits(&mut self, key: u32, done: bool) {
        self.era += 1;
        if let Some(possible) = self.limits.get_mut(&key) {
            if done { possible.acknowledged(self.era) } else { possible.declined() }
        }
    }

    /// A device has made an approval of this challenge.
    pub fn approved(&mut self, challenge: [u8; 32], approval: Approval) {
        self.first_approved.entry(challenge).or_insert(self.era);
        self.approvals.entry(challenge).or_default().push(approval);
    }

    /// The era that it is: each answer to an order begins one.
    #[must_use]
    pub const fn era(&self) -> Era {
        self.era
    }

    /// The era in which this was approved first, if that was earlier.
    pub(super) fn first_approved(&self, challenge: &[u8; 32], or: Era) -> Era {
        self.first_approved.get(challenge).map_or(or, |era| or.min(*era))
    }

    /// Whether it may be in use now, or could after this era.
    pub(super) fn may(&self, thing: Thing, after: Era) -> bool {
        self.usable.get(&thing).is_some_and(|possible| possible.any(after, |usable| *usable))
    }
}
