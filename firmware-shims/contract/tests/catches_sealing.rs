//! The contract catches what it is there to catch: engines for sealing with one fault each.

use countersign_contract::sealing;
use countersign_host::Host;
use countersign_ports::{NotAuthentic, NotSealed, Sealing};

/// What is wrong with an engine.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    IgnoresAssociatedData,
    LeavesWhatItRefuses,
    ComparesTwelveBytesOfTheTag,
    IgnoresTheLastByteOfTheKey,
    IgnoresTheLastByteOfTheNonce,
    OpensEverything,
    SealsNothing,
}

impl Wrong {
    /// The good question in place of one that it does not see as another.
    fn seen(self, key: &[u8; 32], nonce: &[u8; 12]) -> ([u8; 32], [u8; 12]) {
        let (mut key, mut nonce) = (*key, *nonce);
        match self {
            Self::IgnoresTheLastByteOfTheKey if key != [0; 32] => key[31] = 8,
            Self::IgnoresTheLastByteOfTheNonce if nonce != [0; 12] => nonce[11] = 0x88,
            _ => {}
        }
        (key, nonce)
    }
}

impl Sealing for Wrong {
    fn seal_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; 16], NotSealed> {
        match self {
            Self::SealsNothing => return Ok([0; 16]),
            Self::IgnoresAssociatedData => return Host.seal_in_place(key, nonce, &[], bytes),
            _ => {}
        }
        let (key, nonce) = self.seen(key, nonce);
        Host.seal_in_place(&key, &nonce, associated, bytes)
    }

    fn open_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; 16],
    ) -> Result<(), NotAuthentic> {
        let before = bytes.to_vec();
        let (key, nonce) = self.seen(key, nonce);
        let associated = if *self == Self::IgnoresAssociatedData { &[] } else { associated };
        match self {
            Self::OpensEverything | Self::SealsNothing => Ok(()),
            Self::ComparesTwelveBytesOfTheTag => {
                // The right tag, where what is given begins as it does.
                let mut plain = before;
                let right = sealed_back(&key, &nonce, associated, &mut plain);
                let tag = if right[..12] == tag[..12] { right } else { *tag };
                Host.open_in_place(&key, &nonce, associated, bytes, &tag)
            }
            _ => {
                let opened = Host.open_in_place(&key, &nonce, associated, bytes, tag);
                if opened.is_err() && *self == Self::LeavesWhatItRefuses {
                    bytes.copy_from_slice(&before);
                }
                opened
            }
        }
    }
}

/// The tag of this ciphertext: GCM's keystream is its own inverse, and sealing twice gives both.
fn sealed_back(key: &[u8; 32], nonce: &[u8; 12], associated: &[u8], bytes: &mut [u8]) -> [u8; 16] {
    let plain = Host.seal_in_place(key, nonce, associated, bytes);
    let again = Host.seal_in_place(key, nonce, associated, bytes);
    plain.and(again).unwrap_or_default()
}

#[test]
fn the_twin_without_a_fault_passes() {
    assert_eq!(sealing(&Wrong::Nothing), [] as [&str; 0]);
}

#[test]
fn each_fault_is_caught_by_its_case() {
    for (wrong, case) in [
        (Wrong::IgnoresAssociatedData, "a flipped bit in the associated data"),
        (Wrong::IgnoresAssociatedData, "ciphertext or associated data of another length"),
        (Wrong::LeavesWhatItRefuses, "a flipped bit in the ciphertext"),
        (Wrong::ComparesTwelveBytesOfTheTag, "a flipped bit in the tag"),
        (Wrong::IgnoresTheLastByteOfTheKey, "a flipped bit in the sealing key"),
        (Wrong::IgnoresTheLastByteOfTheNonce, "a flipped bit in the nonce"),
        (Wrong::OpensEverything, "a flipped bit in the tag"),
        (Wrong::SealsNothing, "what was sealed opens, of every length"),
    ] {
        assert!(sealing(&wrong).contains(&case), "{case} passed");
    }
}

#[test]
fn a_fault_breaks_no_other_case() {
    let twelve = sealing(&Wrong::ComparesTwelveBytesOfTheTag);
    assert_eq!(twelve, ["a flipped bit in the tag"]);
    let key = sealing(&Wrong::IgnoresTheLastByteOfTheKey);
    assert_eq!(key, ["a flipped bit in the sealing key"]);
}
