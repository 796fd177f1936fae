//! Two engines that share no code agree on every verdict, right or wrong, about every algorithm that
//! both have.

#![allow(clippy::indexing_slicing, reason = "what a test did not expect has failed the test")]

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use countersign_soft::Soft;
use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Seed, Signer as _};
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use proptest::prelude::*;
use proptest::sample::select;

/// The order of each group, big-endian.
const N_P256: [u8; 32] =
    hex_literal::hex!("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const N_P384: [u8; 48] = hex_literal::hex!(
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973"
);
const L: [u8; 32] =
    hex_literal::hex!("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");

/// What both engines are asked.
#[derive(Clone, Debug)]
struct Question {
    algorithm: Algorithm,
    public_key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Question {
    /// An honest signature; nothing where the seed is no key.
    fn honest(algorithm: Algorithm, seed: &[u8; 48], message: &[u8; 48]) -> Option<Self> {
        let message = message.get(..algorithm.digest_bytes().unwrap_or(40))?.to_vec();
        let (public_key, signature) = match algorithm {
            Algorithm::EcdsaP256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&seed[..32]).ok()?;
                let signature: p256::ecdsa::Signature = key.sign_prehash(&message).ok()?;
                let point = key.verifying_key().to_sec1_point(false);
                (point.as_bytes().to_vec(), signature.to_bytes().to_vec())
            }
            Algorithm::EcdsaP384 => {
                let key = p384::ecdsa::SigningKey::from_slice(seed).ok()?;
                let signature: p384::ecdsa::Signature = key.sign_prehash(&message).ok()?;
                let point = key.verifying_key().to_sec1_point(false);
                (point.as_bytes().to_vec(), signature.to_bytes().to_vec())
            }
            Algorithm::MlDsa44 => on_lattice::<MlDsa44>(&seed[..32], &message)?,
            Algorithm::MlDsa65 => on_lattice::<MlDsa65>(&seed[..32], &message)?,
            Algorithm::MlDsa87 => on_lattice::<MlDsa87>(&seed[..32], &message)?,
            _ => {
                let key = Ed25519KeyPair::from_seed_unchecked(&seed[..32]).ok()?;
                (key.public_key().as_ref().to_vec(), key.sign(&message).as_ref().to_vec())
            }
        };
        Some(Self { algorithm, public_key, message, signature })
    }

    fn put_in_question(&mut self, change: &Change) {
        let half = self.signature.len() / 2;
        match change {
            Change::Nothing => {}
            Change::Key { at, bits } => flip(&mut self.public_key, *at, *bits),
            Change::Message { at, bits } => flip(&mut self.message, *at, *bits),
            Change::Signature { at, bits } => flip(&mut self.signature, *at, *bits),
            Change::First(value) => value.write(self.algorithm, &mut self.signature[..half]),
            Change::Second(value) => value.write(self.algorithm, &mut self.signature[half..]),
            Change::OtherKey(bytes) => {
                let prefix = self.public_key.len() % 2;
                self.public_key[prefix..].iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            }
            Change::Shorter(part) => drop(self.part(*part).pop()),
            Change::Longer(part) => self.part(*part).push(0),
        }
    }

    fn part(&mut self, part: u8) -> &mut Vec<u8> {
        match part {
            0 => &mut self.public_key,
            1 => &mut self.message,
            _ => &mut self.signature,
        }
    }

    fn verdicts(&self, engine: &impl Crypto) -> [bool; 2] {
        let Self { algorithm, public_key, message, signature } = self;
        let verified = engine.verify(*algorithm, public_key, message, signature);
        [verified.into(), engine.is_public_key(*algorithm, public_key).into()]
    }
}

/// A public key of ML-DSA and its signature.
fn on_lattice<P: MlDsaParams>(seed: &[u8], message: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let key = ExpandedSigningKey::<P>::from_seed(&Seed::try_from(seed).ok()?);
    Some((key.verifying_key().encode().to_vec(), key.sign(message).encode().to_vec()))
}

fn flip(bytes: &mut [u8], at: usize, bits: u8) {
    let length = bytes.len().max(1);
    if let Some(byte) = bytes.get_mut(at % length) {
        *byte ^= bits;
    }
}

/// How an honest question is changed.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Key { at: usize, bits: u8 },
    Message { at: usize, bits: u8 },
    Signature { at: usize, bits: u8 },
    First(Integer),
    Second(Integer),
    OtherKey([u8; 96]),
    Shorter(u8),
    Longer(u8),
}

/// Integers at the edge of a group's order, and any others.
#[derive(Clone, Debug)]
enum Integer {
    NearOrder(u8),
    Small(u8),
    Ones,
    Any([u8; 48]),
}

impl Integer {
    fn write(&self, algorithm: Algorithm, place: &mut [u8]) {
        let order: &[u8] = match algorithm {
            Algorithm::EcdsaP256 => &N_P256,
            Algorithm::EcdsaP384 => &N_P384,
            _ => &L,
        };
        let mut value = match self {
            Self::NearOrder(_) => order.to_vec(),
            Self::Small(_) => vec![0; order.len()],
            Self::Ones => vec![0xff; order.len()],
            Self::Any(bytes) => bytes[..order.len()].to_vec(),
        };
        if let (Self::NearOrder(low) | Self::Small(low), Some(last)) = (self, value.last_mut()) {
            *last = last.wrapping_add(*low);
        }
        if algorithm == Algorithm::Ed25519 {
            value.reverse();
        }
        place.iter_mut().zip(value).for_each(|(to, from)| *to = from);
    }
}

fn integer() -> impl Strategy<Value = Integer> {
    prop_oneof![
        select(&[0_u8, 1, 2, 254, 255][..]).prop_map(Integer::NearOrder),
        any::<u8>().prop_map(Integer::Small),
        Just(Integer::Ones),
        proptest::array::uniform(any::<u8>()).prop_map(Integer::Any),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => Just(Change::Nothing),
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, bits)| Change::Key { at, bits }),
        2 => (any::<usize>(), any::<u8>()).prop_map(|(at, bits)| Change::Message { at, bits }),
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, bits)| Change::Signature { at, bits }),
        2 => integer().prop_map(Change::First),
        2 => integer().prop_map(Change::Second),
        2 => proptest::array::uniform(any::<u8>()).prop_map(Change::OtherKey),
        1 => (0_u8..3).prop_map(Change::Shorter),
        1 => (0_u8..3).prop_map(Change::Longer),
    ]
}

/// What both engines have.
fn algorithm() -> impl Strategy<Value = Algorithm> {
    select(&Algorithm::ALL[..]).prop_filter("both have it", |a| Host.has(*a) && Soft.has(*a))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn both_engines_agree(
        algorithm in algorithm(),
        seed in proptest::array::uniform(any::<u8>()),
        message in prop_oneof![
            4 => proptest::array::uniform(any::<u8>()),
            1 => Just([0; 48]),
            1 => Just([0xff; 48]),
            1 => Just(N_P384),
        ],
        changes in proptest::collection::vec(change(), 0..3),
    ) {
        let question = Question::honest(algorithm, &seed, &message);
        prop_assume!(question.is_some());
        let mut question = question.unwrap();
        prop_assert_eq!(question.verdicts(&Host), [true, true], "an honest one is good");
        for change in &changes {
            question.put_in_question(change);
        }
        prop_assert_eq!(question.verdicts(&Host), question.verdicts(&Soft));
        let parts = [&question.message[..], &question.signature[..]];
        prop_assert_eq!(Host.sha256(&parts), Soft.sha256(&parts));
        prop_assert_eq!(Host.sha384(&parts), Soft.sha384(&parts));
    }

    #[test]
    fn both_engines_agree_on_edwards_points(key in any::<[u8; 32]>(), low in any::<u8>()) {
        let mut high = [0xff; 32];
        high[0] = low;
        for key in [key, high] {
            let host = Host.is_public_key(Algorithm::Ed25519, &key);
            let soft = Soft.is_public_key(Algorithm::Ed25519, &key);
            let (host, soft) = (bool::from(host), bool::from(soft));
            prop_assert_eq!(host, soft);
        }
    }
}
