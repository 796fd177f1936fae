//! What must hold on a token of any make: the roots are there, and gone, as the vault was told.

use std::sync::Arc;

use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ports::{Entropy, NoEntropy, Storage as _};
use countersign_protocol::{ApplianceId, Digest};
use countersign_token::{
    CALL_MAX_MS, KeyError, Pin, RANDOM_BYTES_MAX, Token, TokenConfig, Which, initialise,
};
use countersign_token_fixture::Fixture;
use countersign_vault::{Entry, Kind, Media, Platform, RootFault, Roots, Vault, VaultError};
use zeroize::Zeroizing;

use crate::MAKE;

/// The roots in a token, as the daemon has them.
#[derive(Clone)]
struct InToken(Token);

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

impl Roots for InToken {
    fn make(&self, epoch: u64) -> Result<(), RootFault> {
        self.0.create_vault_root(epoch).map_err(fault)
    }

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

/// Random bytes of the token's, some at a time.
struct FromToken {
    token: Token,
    left: Vec<u8>,
}

impl Entropy for FromToken {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for byte in bytes {
            if self.left.is_empty() {
                let more = self.token.random_blocking::<RANDOM_BYTES_MAX>();
                self.left = more.map_err(|_| NoEntropy)?.to_vec();
            }
            *byte = self.left.pop().ok_or(NoEntropy)?;
        }
        Ok(())
    }
}

fn config(fixture: &Fixture) -> TokenConfig {
    TokenConfig {
        module: fixture.module.clone(),
        token: fixture.slot.map_or(Which::Label(fixture.label.clone()), Which::Slot),
        pin: Pin::from_file(&fixture.pin_file).unwrap(),
        sessions: 2,
        call_max_ms: CALL_MAX_MS,
    }
}

fn open_token(fixture: &Fixture) -> Token {
    Token::open(config(fixture), Arc::new(|| 0)).unwrap()
}

fn entry(number: u8) -> Entry {
    Entry { id: Digest([number; 32]), kind: Kind::Evidence, key: Zeroizing::new([number; 32]) }
}

/// One test, for SoftHSM2 counts its slots: a vault's life over new logins, and a copy from before.
#[test]
fn what_is_destroyed_is_gone_from_token_and_copies() {
    let fixture = countersign_token_fixture::token(MAKE);
    initialise(&config(&fixture), &Pin::from_file(&fixture.so_pin_file).unwrap()).unwrap();
    let (even, odd) = (Disk::holding(vec![]), Disk::holding(vec![]));
    let platform = |token: &Token| Platform {
        media: Media { even: even.clone(), odd: odd.clone() },
        roots: InToken(token.clone()),
        engine: Host,
        appliance: ApplianceId([1; 16]),
    };
    let token = open_token(&fixture);
    let mut chance = FromToken { token: token.clone(), left: vec![] };
    let mut vault = Vault::init(platform(&token), &mut chance).unwrap();
    vault.create_many(&mut chance, (0..200).map(entry).collect()).unwrap();
    let copy = bytes(&odd);
    assert_eq!(vault.destroy(&mut chance, &[Digest([7; 32])]), Ok(1));
    drop((vault, chance, token));

    let token = open_token(&fixture);
    assert_eq!(token.vault_epochs(), Ok(vec![2]));
    let mut chance = FromToken { token: token.clone(), left: vec![] };
    let (vault, _) = Vault::open(platform(&token), &mut chance).unwrap();
    assert_eq!((vault.len(), vault.epoch()), (199, 2));
    assert_eq!(*vault.key(&Digest([8; 32])).unwrap(), [8; 32]);
    drop(vault);

    let media = Media { even: Disk::holding(vec![]), odd: Disk::holding(copy) };
    let copy = Platform { media, ..platform(&token) };
    let refused = Vault::open(copy, &mut chance).err();
    assert_eq!(refused, Some(VaultError::OlderCopy { root: 2, found: Some(1) }));
}

fn bytes(disk: &Disk) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}
