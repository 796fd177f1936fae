//! Two engines that share no code agree on every verdict, right or wrong.

use countersign_host::Host;
use countersign_ports::Crypto;
use countersign_soft::Soft;
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use proptest::prelude::*;

/// The order of P-256.
const N: [u8; 32] =
    hex_literal::hex!("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/// What both engines are asked.
#[derive(Clone, Debug)]
struct Question {
    public_key: [u8; 65],
    digest: [u8; 32],
    signature: [u8; 64],
}

impl Question {
    /// An honest signature.
    fn honest(seed: [u8; 32], digest: [u8; 32]) -> Option<Self> {
        let key = SigningKey::from_bytes(&seed.into()).ok()?;
        let signature: p256::ecdsa::Signature = key.sign_prehash(&digest).ok()?;
        Some(Self {
            public_key: key.verifying_key().to_sec1_point(false).as_bytes().try_into().ok()?,
            digest,
            signature: signature.to_bytes().into(),
        })
    }

    fn put_in_question(&mut self, change: &Change) {
        match change {
            Change::Nothing => {}
            Change::Key { at, bits } => flip(&mut self.public_key, *at, *bits),
            Change::Digest { at, bits } => flip(&mut self.digest, *at, *bits),
            Change::Signature { at, bits } => flip(&mut self.signature, *at, *bits),
            Change::R(value) => self.signature[..32].copy_from_slice(value),
            Change::S(value) => self.signature[32..].copy_from_slice(value),
            Change::OtherPoint(bytes) => self.public_key[1..].copy_from_slice(bytes),
        }
    }
}

fn flip(bytes: &mut [u8], at: usize, bits: u8) {
    let length = bytes.len();
    if let Some(byte) = bytes.get_mut(at % length) {
        *byte ^= bits;
    }
}

/// How an honest question is changed.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Key { at: usize, bits: u8 },
    Digest { at: usize, bits: u8 },
    Signature { at: usize, bits: u8 },
    R([u8; 32]),
    S([u8; 32]),
    OtherPoint([u8; 64]),
}

/// Integers at the edge of `1..n`, and any others.
fn integer() -> impl Strategy<Value = [u8; 32]> {
    let near_n = (0u8..5).prop_map(|off| {
        let mut value = N;
        value[31] = value[31] - 2 + off;
        value
    });
    let small = any::<u8>().prop_map(|low| {
        let mut value = [0; 32];
        value[31] = low;
        value
    });
    prop_oneof![near_n, small, Just([0xff; 32]), any::<[u8; 32]>()]
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        2 => Just(Change::Nothing),
        2 => (any::<usize>(), any::<u8>()).prop_map(|(at, bits)| Change::Key { at, bits }),
        1 => (any::<usize>(), any::<u8>()).prop_map(|(at, bits)| Change::Digest { at, bits }),
        2 => (any::<usize>(), any::<u8>()).prop_map(|(at, bits)| Change::Signature { at, bits }),
        1 => integer().prop_map(Change::R),
        1 => integer().prop_map(Change::S),
        1 => proptest::array::uniform(any::<u8>()).prop_map(Change::OtherPoint),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn both_engines_agree(
        seed in any::<[u8; 32]>(),
        digest in prop_oneof![3 => any::<[u8; 32]>(), 1 => integer()],
        changes in proptest::collection::vec(change(), 0..3),
    ) {
        let question = Question::honest(seed, digest);
        prop_assume!(question.is_some());
        let mut question = question.unwrap();
        for change in &changes {
            question.put_in_question(change);
        }
        let Question { public_key, digest, signature } = &question;
        let host = bool::from(Host.verify_p256(public_key, digest, signature));
        let soft = bool::from(Soft.verify_p256(public_key, digest, signature));
        prop_assert_eq!(host, soft);
        let (host, soft) = (Host.is_p256_point(public_key), Soft.is_p256_point(public_key));
        prop_assert_eq!(bool::from(host), bool::from(soft));
        prop_assert_eq!(Host.sha256(&[digest, signature]), Soft.sha256(&[digest, signature]));
    }
}
