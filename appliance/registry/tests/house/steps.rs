//! Things that happen to a registry, by chance, and what it is then.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_core::Now;
use countersign_core::port::Registry as _;
use countersign_enrolled::Enrolled;
use countersign_ports::InTurn;
use countersign_protocol::change::{
    Erasure, Freeze, FrontEnd, Grant, Hold, Key, Retention, Signer, Standing,
};
use countersign_protocol::model::{Metadata, Purpose, Trust};
use countersign_protocol::{
    Bounded, Digest, FrontEndId, KeyId, OfficerId, Origin, SignerId, SlotId, TenantId, canonical,
};
use countersign_registry::{Change, Conflict, Name, Registry, RootKey, Taking, Written};
use countersign_soft::Soft;

use super::{changed, cose, evidence_key, front_end, name, with_key};

/// Steps before the copy is made, and after it.
pub const STEPS: usize = 60;
pub const SEEDS: u64 = 300;
pub const NOW: Now = Now { boot_ms: 5_000_000, utc_lo_ms: 5_000_000, utc_hi_ms: 5_000_000 };

/// xorshift64.
#[derive(Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from((self.0 >> 20) % u64::from(n)).unwrap()
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).unwrap()) as usize]
    }
}

/// A registry as it is written down.
pub type Plain = BTreeMap<Name, Written>;

pub fn rows_at(registry: &Registry<Soft>, now: Now) -> Plain {
    let row = |name| (name, registry.written(&name, now).unwrap().unwrap());
    registry.names().map(row).collect()
}

pub fn rows(registry: &Registry<Soft>) -> Plain {
    rows_at(registry, NOW)
}

/// Of these rows, in this order.
pub fn taken<'r>(rows: impl IntoIterator<Item = &'r Written>) -> Result<Registry<Soft>, Conflict> {
    taken_with(RootKey::nobodys(), rows)
}

pub fn taken_with<'r>(
    key: RootKey,
    rows: impl IntoIterator<Item = &'r Written>,
) -> Result<Registry<Soft>, Conflict> {
    let (mut summing, mut taking) = Taking::new(Arc::new(Soft), key);
    for row in rows {
        summing.add(&row.bytes).ok_or(Conflict::NotCanonical)?;
        taking.take(&row.bytes)?;
    }
    taking.finish(summing, &InTurn)
}

pub fn copy(registry: &Registry<Soft>) -> Registry<Soft> {
    taken(rows(registry).values()).unwrap()
}

/// Something happens, or is refused; which, is said.
pub fn step(registry: &mut Registry<Soft>, chance: &mut Chance, at: u64) -> String {
    let (signer, slot) = (SignerId(1 + chance.below(5)), SlotId(chance.below(6)));
    let (portal, key) = (FrontEndId(1 + chance.below(3)), KeyId([chance.one(&[5, 6, 7]); 16]));
    let standing = chance.one(&[Standing::Active, Standing::Suspended, Standing::Revoked]);
    let officer = OfficerId(1);
    let outcome = match chance.below(14) {
        0 => registry.apply(at, &Change::Signer(new_signer(registry, chance))),
        1 => return enrol(registry, chance, at, signer),
        2 => restand(registry, at, slot, standing),
        3 => {
            let granted = chance.below(2) == 0;
            registry.apply(at, &Change::Grant(Grant { front_end: portal, key, granted }))
        }
        4 => with_key(key, chance.one(&["key", "other", "third"]), &[signer], |key| {
            registry.apply(at, &Change::Key(Key { standing, ..key }))
        }),
        5 => {
            let text = chance.one(&["portal", "desk", "kiosk"]);
            let channel = u8::try_from(portal.0).unwrap();
            let new = FrontEnd { standing, ..front_end(portal.0, name(text), channel) };
            registry.apply(at, &Change::FrontEnd(new))
        }
        6 => {
            let held = chance.below(3) == 0;
            registry.apply(at, &Change::Hold(Hold { signer, held, officer, utc_lo_ms: at }))
        }
        7 | 8 => {
            let evidence_key = evidence_key(signer);
            let erasure = Erasure { signer, evidence_key, officer, utc_lo_ms: at };
            registry.apply(at, &Change::Erasure(erasure))
        }
        9 => trust(registry, chance, at),
        10 => {
            let (no, digest) = (chance.below(20), Digest([8; 32]));
            let metadata = Metadata { no, digest, next_update_day: 7 };
            registry.apply(at, &Change::Metadata(metadata))
        }
        11 => freeze(registry, chance.below(2) == 0, at),
        _ => {
            registry.accept_sign_count(slot, chance.below(200));
            registry.count_refused(slot, portal, NOW.boot_ms - u64::from(chance.below(400_000)));
            registry.note_signature([signer].into_iter(), at * 1_000);
            registry.count_alarm();
            Ok(())
        }
    };
    format!("{outcome:?}")
}

fn new_signer(registry: &Registry<Soft>, chance: &mut Chance) -> Signer<'static> {
    let id = registry.next_signer();
    let name = name(chance.one(&["alice", "bob", "carol", "dave"]));
    let evidence_key = Digest([u8::try_from(id.0).unwrap_or(0); 32]);
    let retention = chance.one(&[Retention::None, Retention::TenYears]);
    Signer { id, tenant: TenantId(1), name, evidence_key, retention }
}

fn enrol(registry: &mut Registry<Soft>, chance: &mut Chance, at: u64, signer: SignerId) -> String {
    let (slot, cose) = (registry.next_slot(), cose(chance.below(3) as usize));
    let name = chance.one(&["phone", "tablet", "token", "card"]);
    let credential = name.as_bytes();
    let device = Enrolled { slot, signer, name, credential, cose_key: &cose, sign_count: 3 };
    let ticket = registry.apply(at, &Change::Ticket(device.ticket()));
    let bytes = device.ticket_bytes();
    let enrolled = registry.apply(at, &Change::Enrolment(device.enrolment(&bytes)));
    if enrolled.is_err() || chance.below(4) == 0 {
        return format!("{ticket:?} {enrolled:?}");
    }
    if registry.awaits_vouch(signer)
        && countersign_core::vouch::vouchers(registry, signer).next().is_some()
    {
        let addition = device.addition(registry);
        let vouch = Change::Vouch(device.vouch(registry, &addition));
        registry.apply(at, &vouch).unwrap();
    }
    let confirmed = registry.apply(at, &Change::Confirmation(device.confirmation(registry)));
    format!("{ticket:?} {enrolled:?} {confirmed:?}")
}

fn restand(
    registry: &mut Registry<Soft>,
    at: u64,
    slot: SlotId,
    standing: Standing,
) -> Result<(), Conflict> {
    if registry.listed_device(slot).is_none() {
        return Ok(());
    }
    let content = changed(registry, slot, standing);
    registry.apply(at, &Change::Device(canonical::decode(&content)?))
}

fn freeze(registry: &mut Registry<Soft>, frozen: bool, at: u64) -> Result<(), Conflict> {
    let officer = OfficerId(1);
    registry.apply(at, &Change::Freeze(Freeze { frozen, officer, utc_lo_ms: at }))
}

fn trust(registry: &mut Registry<Soft>, chance: &mut Chance, at: u64) -> Result<(), Conflict> {
    let der = [u8::try_from(chance.below(4)).unwrap(); 5];
    let purpose = match chance.below(2) {
        0 => Purpose::Attestation,
        _ => Purpose::Metadata(Origin::new("mds.example").unwrap()),
    };
    let (certificate, trusted) = (Bounded::new(&der).unwrap(), chance.below(3) > 0);
    registry.apply(at, &Change::Trust(Trust { purpose, certificate, trusted }))
}

/// What is not in a row of its own, but follows from rows.
pub fn told(registry: &Registry<Soft>) -> String {
    let devices =
        (1..6).map(|id| registry.devices_of(SignerId(id)).map(|d| d.slot).collect::<Vec<_>>());
    let keys =
        (1..6).map(|id| registry.keys_of(SignerId(id)).map(|key| key.id).collect::<Vec<_>>());
    let names =
        ["phone", "tablet", "token", "card"].map(|n| registry.device_named(n).map(|d| d.slot));
    let signers = ["alice", "bob", "carol", "dave"].map(|n| registry.signer_named(n));
    let listed = registry.devices_after(SlotId(0)).map(|listed| format!("{listed:?}"));
    let channels =
        [1, 2, 3].map(|c| registry.front_end(&Digest([c; 32])).map(|f| (f.id, f.generation)));
    format!(
        "{:?} {:?} {names:?} {signers:?} {:?} {channels:?} {:?} {:?}",
        devices.collect::<Vec<_>>(),
        keys.collect::<Vec<_>>(),
        listed.collect::<Vec<_>>(),
        registry.registered(),
        (
            registry.next_signer(),
            registry.next_slot(),
            registry.next_front_end(),
            registry.alarms(),
            registry.is_frozen()
        ),
    )
}
