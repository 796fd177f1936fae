//! What the tests share: a token that has roots in memory, seeded chance, and a vault on two disks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use countersign_core::port::TokenFault;
use countersign_disk::{Chance, Disk};
use countersign_host::Host;
use countersign_ports::{Crypto as _, Sealing as _, Storage};
use countersign_protocol::{ApplianceId, Digest};
use countersign_vault::{
    Entry, EpochName, Kind, Media, NotWrapped, Opened, Platform, RecoverError, Recovered,
    RootFault, Roots, Unwrapping, Vault, VaultError, Wrapping,
};
use zeroize::Zeroizing;

pub const US: ApplianceId = ApplianceId([7; 16]);

pub fn chance(seed: u64) -> Chance {
    Chance::of(seed)
}

/// A token's roots. Clones are the same token; [`Token::copy`] is another one that has the same roots.
#[derive(Clone, Default)]
pub struct Token(Arc<Mutex<Inside>>);

#[derive(Clone, Default)]
pub struct Inside {
    roots: BTreeMap<u64, [u8; 32]>,
    made: u64,
    /// The call after so many fails, and whether it has been done then.
    pub fails: Option<(usize, bool)>,
}

impl Token {
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().unwrap().clone())))
    }

    pub fn roots(&self) -> Vec<u64> {
        self.0.lock().unwrap().roots.keys().copied().collect()
    }

    pub fn fail_at(&self, call: usize, done: bool) {
        self.0.lock().unwrap().fails = Some((call, done));
    }

    pub fn mend(&self) {
        self.0.lock().unwrap().fails = None;
    }

    fn call<T>(
        &self,
        work: impl FnOnce(&mut Inside) -> Result<T, RootFault>,
    ) -> Result<T, RootFault> {
        let mut inside = self.0.lock().unwrap();
        let fault = TokenFault { function: "C_Test", code: 5 };
        match inside.fails.take() {
            Some((0, false)) => Err(fault.into()),
            Some((0, true)) => work(&mut inside).and(Err(fault.into())),
            Some((more, done)) => {
                inside.fails = Some((more - 1, done));
                work(&mut inside)
            }
            None => work(&mut inside),
        }
    }
}

impl Roots for Token {
    fn make(&self, epoch: u64) -> Result<(), RootFault> {
        self.call(|inside| {
            if inside.roots.contains_key(&epoch) {
                return Err(RootFault::Exists);
            }
            inside.made += 1;
            let root = Host.sha256(&[b"root", &inside.made.to_be_bytes()]);
            inside.roots.insert(epoch, root);
            Ok(())
        })
    }

    fn derive(
        &self,
        epoch: u64,
        appliance: &ApplianceId,
    ) -> Result<Zeroizing<[u8; 32]>, RootFault> {
        self.call(|inside| {
            let missing = TokenFault { function: "C_FindObjects", code: 0x82 };
            let root = inside.roots.get(&epoch).ok_or(missing)?;
            Ok(Zeroizing::new(Host.sha256(&[root, &appliance.0, &epoch.to_be_bytes()])))
        })
    }

    fn destroy(&self, epoch: u64) -> Result<(), RootFault> {
        self.call(|inside| {
            inside.roots.remove(&epoch);
            Ok(())
        })
    }

    fn epochs(&self) -> Result<Vec<u64>, RootFault> {
        self.call(|inside| Ok(inside.roots.keys().copied().collect()))
    }
}

/// A vault that can be opened again.
pub struct House {
    pub even: Disk,
    pub odd: Disk,
    pub token: Token,
}

pub type Held = Vault<Disk, Token, Host>;

impl House {
    pub fn new() -> Self {
        Self::holding([vec![], vec![]], Token::default())
    }

    /// Disks with these bytes, even and odd.
    pub fn holding([even, odd]: [Vec<u8>; 2], token: Token) -> Self {
        Self { even: Disk::holding(even), odd: Disk::holding(odd), token }
    }

    pub fn platform(&self) -> Platform<Disk, Token, Host> {
        let media = Media { even: self.even.clone(), odd: self.odd.clone() };
        Platform { media, roots: self.token.clone(), engine: Host, appliance: US }
    }

    pub fn init(&self) -> Held {
        Vault::init(self.platform(), &mut chance(1)).unwrap()
    }

    pub fn try_open(&self) -> Result<(Held, Opened), VaultError> {
        Vault::open(self.platform(), &mut chance(2))
    }

    /// Opens what was closed in good order.
    pub fn open(&self) -> Held {
        let (vault, opened) = self.try_open().unwrap();
        assert_eq!(opened, Opened::default());
        vault
    }

    /// What is on the disks, even and odd.
    pub fn bytes(&self) -> [Vec<u8>; 2] {
        [bytes(&self.even), bytes(&self.odd)]
    }

    pub fn refusal(&self) -> VaultError {
        let before = (self.bytes(), self.token.roots());
        let refused = self.try_open().err().unwrap();
        assert_eq!((self.bytes(), self.token.roots()), before, "a refusal changes nothing");
        refused
    }
}

/// Somebody whom a vault can be wrapped for: a key that both sides know does what a pair of them does.
#[derive(Clone, Copy)]
pub struct Friend(pub [u8; 32]);

pub const FRIEND: Friend = Friend([0xf1; 32]);

fn sealed_for(epoch: &EpochName) -> Vec<u8> {
    [&epoch.appliance.0[..], &epoch.epoch.to_be_bytes()].concat()
}

impl Wrapping for Friend {
    fn recipient(&self) -> Digest {
        Digest(Host.sha256(&[b"friend", &self.0]))
    }

    fn wrap(&self, epoch: &EpochName, key: &[u8; 32]) -> Result<Vec<u8>, NotWrapped> {
        let mut sealed = key.to_vec();
        let tag = Host.seal_in_place(&self.0, &[0; 12], &sealed_for(epoch), &mut sealed);
        sealed.extend(tag.map_err(|_| NotWrapped)?);
        Ok(sealed)
    }
}

impl Unwrapping for Friend {
    fn recipient(&self) -> Digest {
        Wrapping::recipient(self)
    }

    fn unwrap(&self, epoch: &EpochName, sealed: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let (sealed, tag) = sealed.split_last_chunk()?;
        let mut key = Zeroizing::new(<[u8; 32]>::try_from(sealed).ok()?);
        let opened = Host.open_in_place(&self.0, &[0; 12], &sealed_for(epoch), &mut *key, tag);
        opened.ok().map(|()| key)
    }
}

pub type Read = Recovered<Disk, Host>;

/// Opens what is on these disks without a token.
pub fn recover([even, odd]: [Vec<u8>; 2], friend: Friend) -> Result<Read, RecoverError> {
    let media = Media { even: Disk::holding(even), odd: Disk::holding(odd) };
    Recovered::open(media, Host, US, &friend)
}

/// Whether it has exactly these entries, with their keys.
pub fn has(read: &Read, numbers: impl IntoIterator<Item = u32>) -> bool {
    let numbers: Vec<u32> = numbers.into_iter().collect();
    let right = |number: &u32| read.key(&id(*number)).is_ok_and(|key| *key == key_of(*number));
    read.entries().count() == numbers.len() && numbers.iter().all(right)
}

pub fn bytes(disk: &impl Storage) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}

pub fn id(number: u32) -> Digest {
    Digest(Host.sha256(&[b"id", &number.to_be_bytes()]))
}

pub fn key_of(number: u32) -> [u8; 32] {
    Host.sha256(&[b"key", &number.to_be_bytes()])
}

pub fn entry(number: u32) -> Entry {
    Entry { id: id(number), kind: Kind::Evidence, key: Zeroizing::new(key_of(number)) }
}

pub fn entries(numbers: impl IntoIterator<Item = u32>) -> Vec<Entry> {
    numbers.into_iter().map(entry).collect()
}

/// Whether the vault has exactly these entries, with their keys.
pub fn holds<S: Storage, R: Roots>(
    vault: &Vault<S, R, Host>,
    numbers: impl IntoIterator<Item = u32>,
) -> bool {
    let numbers: Vec<u32> = numbers.into_iter().collect();
    let right = |number: &u32| vault.key(&id(*number)).is_ok_and(|key| *key == key_of(*number));
    vault.len() == numbers.len() && numbers.iter().all(right)
}
