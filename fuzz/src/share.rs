//! A share or the public part of a recovery key, as an officer may bring a file.
//!
//! The property: no panic; what decodes has one encoding; and a file makes a quorum with a good share only if it is another
//! good share of the same key, byte for byte.

use std::sync::LazyLock;

use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::limits::{RECOVERY_KEY_BYTES_MAX, SHARE_FILE_BYTES_MAX};
use countersign_protocol::recovery::{RecoveryKey, Share};
use countersign_protocol::{Bounded, Digest, canonical, tag};
use countersign_recovery::{Quorum, Recipient, ShareFile};

use crate::seeds::read_golden;

/// The shares of the golden key: 7 + 9 x, in each byte.
static SHARES: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let golden = read_golden("share");
    let key = canonical::decode::<Share<'_>>(&golden).unwrap().key.bytes();
    [(1, 7 ^ 9), (2, 7 ^ 18), (3, 7 ^ 18 ^ 9)].map(|(number, byte)| file(key, number, [byte; 32]))
});

fn file(key: &[u8], number: u8, value: [u8; 32]) -> Vec<u8> {
    let check = Digest(Host.sha256(&[tag::SHARE_FILE, key, &[number], &value]));
    let (key, value) = (Bounded::new(key).unwrap(), Bounded::new(&value).unwrap());
    minicbor::to_vec(Share { key, number, value, check }).unwrap()
}

/// The file of an officer, or the public one.
pub fn share(data: &[u8]) {
    if data.len() > SHARE_FILE_BYTES_MAX {
        return;
    }
    if let Ok(key) = canonical::decode::<RecoveryKey<'_>>(data) {
        assert_eq!(minicbor::to_vec(key).unwrap(), data, "another encoding was accepted");
        assert!(data.len() <= RECOVERY_KEY_BYTES_MAX);
        let _ = Recipient::of(Digest([0; 32]), &key);
    }
    let [first, rest @ ..] = &*SHARES;
    let files =
        [("good", &first[..]), ("theirs", data)].map(|(name, bytes)| ShareFile { name, bytes });
    let joined = Quorum::join(&Host, &files).is_ok();
    assert_eq!(
        joined,
        rest.iter().any(|good| good == data),
        "what is no share of the key makes it"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_golden_share_is_one() {
        assert_eq!(read_golden("share"), SHARES[1]);
        SHARES.iter().for_each(|file| share(file));
    }
}
