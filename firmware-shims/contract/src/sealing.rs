//! The contract of [`Sealing`]: known answers, and that nothing opens but what was sealed.

use countersign_ports::Sealing;
use hex_literal::hex;

/// The cases that `engine` breaks, by name; none when it keeps the contract.
#[must_use]
pub fn sealing(engine: &impl Sealing) -> Vec<&'static str> {
    let mut broken = broken_answers(engine);
    broken.extend(broken_lengths(engine));
    broken.extend(broken_refusals(engine));
    broken
}

/// A known answer.
struct Answer {
    name: &'static str,
    key: [u8; 32],
    nonce: [u8; 12],
    associated: &'static [u8],
    plain: &'static [u8],
    sealed: &'static [u8],
    tag: [u8; 16],
}

/// The cases of AES-256 with 96-bit nonces in McGrew and Viega, *The Galois/Counter Mode of Operation*,
/// appendix B.
const ANSWERS: [Answer; 4] = [
    Answer {
        name: "GCM, case 13: nothing",
        key: [0; 32],
        nonce: [0; 12],
        associated: &[],
        plain: &[],
        sealed: &[],
        tag: hex!("530f8afbc74536b9a963b4f1c4cb738b"),
    },
    Answer {
        name: "GCM, case 14: a block",
        key: [0; 32],
        nonce: [0; 12],
        associated: &[],
        plain: &[0; 16],
        sealed: &hex!("cea7403d4d606b6e074ec5d3baf39d18"),
        tag: hex!("d0d1c8a799996bf0265b98b5d48ab919"),
    },
    Answer {
        name: "GCM, case 15: four blocks",
        key: KEY,
        nonce: NONCE,
        associated: &[],
        plain: &hex!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
        ),
        sealed: &hex!(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
        ),
        tag: hex!("b094dac5d93471bdec1a502270e3cc6c"),
    },
    Answer {
        name: "GCM, case 16: a part of a block, and associated data",
        key: KEY,
        nonce: NONCE,
        associated: &hex!("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        plain: &hex!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        ),
        sealed: &hex!(
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        ),
        tag: hex!("76fc6ece0f4e1768cddf8853bb2d551b"),
    },
];

const KEY: [u8; 32] = hex!("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
const NONCE: [u8; 12] = hex!("cafebabefacedbaddecaf888");

fn broken_answers(engine: &impl Sealing) -> Vec<&'static str> {
    let right = |answer: &&Answer| {
        let Answer { key, nonce, associated, plain, sealed, tag, .. } = answer;
        let mut bytes = plain.to_vec();
        let made = engine.seal_in_place(key, nonce, associated, &mut bytes);
        let is_sealed = made == Ok(*tag) && bytes == *sealed;
        bytes = sealed.to_vec();
        let opened = engine.open_in_place(key, nonce, associated, &mut bytes, tag);
        is_sealed && opened.is_ok() && bytes == *plain
    };
    ANSWERS.iter().filter(|answer| !right(answer)).map(|answer| answer.name).collect()
}

/// The longest that is tried, of plaintext and of associated data: eight blocks and one byte.
const LONGEST: usize = 129;

/// Every length, around all edges of blocks.
fn broken_lengths(engine: &impl Sealing) -> Option<&'static str> {
    let opens = |length: usize| {
        let (plain, associated) = (vec![0x5a; length], vec![0xa5; LONGEST - length]);
        let mut bytes = plain.clone();
        let tag = engine.seal_in_place(&KEY, &NONCE, &associated, &mut bytes);
        let changed = length < 16 || bytes != plain;
        let opened =
            tag.is_ok_and(|tag| is_open(engine, &KEY, &NONCE, &associated, &mut bytes, &tag));
        changed && opened && bytes == plain
    };
    (!(0..=LONGEST).all(opens)).then_some("what was sealed opens, of every length")
}

fn is_open(
    engine: &impl Sealing,
    key: &[u8; 32],
    nonce: &[u8; 12],
    associated: &[u8],
    bytes: &mut [u8],
    tag: &[u8; 16],
) -> bool {
    engine.open_in_place(key, nonce, associated, bytes, tag).is_ok()
}

/// What an engine is asked to open.
#[derive(Clone)]
struct Sealed {
    key: [u8; 32],
    nonce: [u8; 12],
    associated: Vec<u8>,
    bytes: Vec<u8>,
    tag: [u8; 16],
}

impl Sealed {
    /// Whether it opens to nothing, and leaves nothing.
    fn refuses(mut self, engine: &impl Sealing) -> bool {
        let Self { key, nonce, associated, bytes, tag } = &mut self;
        let opened = is_open(engine, key, nonce, associated, bytes, tag);
        !opened && bytes.iter().all(|byte| *byte == 0)
    }
}

/// Of what the engine sealed itself, each bit is flipped, and each length is another one: nothing opens.
fn broken_refusals(engine: &impl Sealing) -> Vec<&'static str> {
    let (associated, mut bytes) =
        (b"associated data".to_vec(), b"more than one block of bytes".to_vec());
    match engine.seal_in_place(&KEY, &NONCE, &associated, &mut bytes) {
        Ok(tag) => accepted(engine, &Sealed { key: KEY, nonce: NONCE, associated, bytes, tag }),
        Err(_) => vec!["a sample is sealed"],
    }
}

fn accepted(engine: &impl Sealing, good: &Sealed) -> Vec<&'static str> {
    let one = || good.clone();
    let flipped = |name, count: usize, flip: fn(&mut Sealed) -> &mut [u8]| {
        let refused = |bit: &usize| {
            let mut sealed = one();
            if let Some(byte) = flip(&mut sealed).get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            sealed.refuses(engine)
        };
        (!(0..count * 8).all(|bit| refused(&bit))).then_some(name)
    };
    let longer = |bytes: &[u8]| [bytes, &[0]].concat();
    let shorter = |bytes: &[u8]| bytes.split_last().map_or(&[][..], |(_, rest)| rest).to_vec();
    let lengths = [
        Sealed { bytes: longer(&good.bytes), ..one() },
        Sealed { bytes: shorter(&good.bytes), ..one() },
        Sealed { bytes: vec![], ..one() },
        Sealed { associated: longer(&good.associated), ..one() },
        Sealed { associated: shorter(&good.associated), ..one() },
        Sealed { associated: vec![], ..one() },
    ];
    let lengths = !lengths.into_iter().all(|sealed| sealed.refuses(engine));
    let broken = [
        flipped("a flipped bit in the sealing key", good.key.len(), |s| &mut s.key),
        flipped("a flipped bit in the nonce", good.nonce.len(), |s| &mut s.nonce),
        flipped("a flipped bit in the associated data", good.associated.len(), |s| {
            &mut s.associated
        }),
        flipped("a flipped bit in the ciphertext", good.bytes.len(), |s| &mut s.bytes),
        flipped("a flipped bit in the tag", good.tag.len(), |s| &mut s.tag),
        lengths.then_some("ciphertext or associated data of another length"),
    ];
    broken.into_iter().flatten().collect()
}
