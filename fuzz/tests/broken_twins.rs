//! The detector is tested: readers that are wrong in one thing, which the same loop must catch.
//!
//! Each is the real reader with one rule less or one habit more, under a property as the harnesses have
//! it; one is the real core on an engine that believes everything. The number beside a twin is how many
//! mutants of the session's frames it may live through: one that lives longer says that the loop, the
//! mutator or the seeds have become blind. One test, because a twin's memory would count for the others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "twins are wrong on purpose"
)]

use countersign_fuzz::{Believing, Mutator, Session, Why, hunt};
use countersign_host::Host;
use countersign_protocol::canonical;
use countersign_protocol::request::Request;

/// As in `million.rs`.
const BOUND: u64 = 16 << 20;
const SEED: u64 = 7;

/// A twin: what it does, how it must be caught, and within how many mutants.
type Twin = (&'static str, fn(&[u8]), fn(Why) -> bool, u32);

const TWINS: [Twin; 5] = [
    ("takes any encoding", takes_any_encoding, by_panic, 500),
    ("takes trailing bytes", takes_trailing_bytes, by_panic, 1_000),
    ("takes longer integers", takes_longer_integers, by_panic, 5_000),
    ("slices by a length", slices_by_a_length, by_panic, 500),
    ("reserves what a length says", reserves_by_a_length, by_memory, 5_000),
];

#[test]
fn every_twin_is_caught() {
    let session = Session::new(Host);
    for (name, twin, expected, within) in TWINS {
        let mut mutator = Mutator::new(SEED, session.seeds());
        let caught = hunt(&mut mutator, within, BOUND, twin).expect_err(name);
        println!("{name}: caught at {}, {:?}", caught.number, caught.why);
        assert!(expected(caught.why), "{name} is caught for another reason");
    }
    // A core that does not verify gives orders that nobody approved.
    let session = Session::new(Believing);
    let mut mutator = Mutator::new(SEED, session.seeds());
    let caught = hunt(&mut mutator, 500, BOUND, |frame| session.fate(frame)).unwrap_err();
    println!("believes every signature: caught at {}, {:?}", caught.number, caught.why);
    assert_eq!(caught.why, Why::Panic);
}

fn by_panic(why: Why) -> bool {
    why == Why::Panic
}

fn by_memory(why: Why) -> bool {
    matches!(why, Why::Memory(_))
}

/// Takes what decodes without comparing it with its encoding.
fn takes_any_encoding(data: &[u8]) {
    if let Ok(request) = minicbor::decode::<Request<'_>>(data) {
        assert_eq!(minicbor::to_vec(request).unwrap(), data);
    }
}

/// Compares the encoding, and forgets what follows it.
fn takes_trailing_bytes(data: &[u8]) {
    if let Ok(request) = minicbor::decode::<Request<'_>>(data) {
        let encoded = minicbor::to_vec(request).unwrap();
        assert!(!data.starts_with(&encoded) || encoded == data);
    }
}

/// Reads the number in front in any length, as most readers of CBOR do.
fn takes_longer_integers(data: &[u8]) {
    let mut reader = minicbor::Decoder::new(data);
    let (Ok(Some(2)), Ok(kind)) = (reader.array(), reader.u8()) else { return };
    let rest = &data[reader.position()..];
    let shortest = [&[0x82, kind], rest].concat();
    if let Ok(request) = canonical::decode::<Request<'_>>(&shortest) {
        assert_eq!(minicbor::to_vec(request).unwrap(), data);
    }
}

/// Believes that a string is as long as it says.
fn slices_by_a_length(data: &[u8]) {
    for at in 0..data.len().saturating_sub(1) {
        if data[at] == 0x58 {
            let length = usize::from(data[at + 1]);
            assert!(data[at + 2..at + 2 + length].len() == length);
        }
    }
}

/// Reserves room for as many bytes as a string says that it has, before it looks whether it has them.
fn reserves_by_a_length(data: &[u8]) {
    let lengths = data.windows(5).filter(|head| matches!(head[0], 0x5a | 0x7a));
    for head in lengths {
        let claimed = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        // What cannot be had at all is no memory used.
        let mut room: Vec<u8> = Vec::new();
        let _ = room.try_reserve_exact(claimed as usize);
        assert!(canonical::decode::<Request<'_>>(data).is_err() || room.is_empty());
    }
}
