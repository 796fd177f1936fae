//! Reads a folder as a stranger would: with another implementation of the tree, and another one of the signature.

use std::collections::BTreeMap;

use countersign_tlog::bundle::Bundle;
use countersign_tlog::note::Note;
use countersign_tlog::tile::{Tile, grown};
use countersign_tlog::{checkpoint, leaf_hash};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{DerSignature, VerifyingKey};
use sha2::Sha256;

use crate::ledger::Scribe;

/// Paths and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The size that is published, once everything is as it says; none if there is no checkpoint.
pub fn read(files: &Files, scribe: Scribe) -> Option<u64> {
    let note = std::str::from_utf8(files.get("checkpoint")?).unwrap();
    let (text, signature) = parts(note);
    let key = VerifyingKey::from_sec1_bytes(scribe.key().bytes()).unwrap();
    key.verify(text.as_bytes(), &DerSignature::try_from(&signature[..]).unwrap()).unwrap();
    let head = checkpoint::parse(text).unwrap().head;

    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for tile in grown(0, head.size) {
        let hashes = &files[&tile.to_string()];
        assert_eq!(hashes.len(), 32 * usize::from(tile.width()), "{tile}");
        if let Some(entries) = tile.entries() {
            let bundle = Bundle::parse(&files[&entries.to_string()], tile.width()).unwrap();
            let entries: Vec<_> = bundle.collect();
            assert_eq!(entries.iter().map(|e| leaf_hash(e)).collect::<Vec<_>>().concat(), *hashes);
            entries.into_iter().for_each(|entry| tree.push(entry.to_vec()));
        }
    }
    assert_eq!(tree.root().as_bytes()[..], head.root[..], "the root over the entries");
    above(files, head.size);
    Some(head.size)
}

/// The text, and the signature without the key's id.
fn parts(note: &str) -> (&str, Vec<u8>) {
    let (text, line) = note.split_once("\n\n").unwrap();
    assert_eq!(Note::parse(note).unwrap().signatures().len(), 1);
    let base64 = line.trim_end().rsplit(' ').next().unwrap();
    (&note[..=text.len()], decode(base64)[4..].to_vec())
}

fn decode(base64: &str) -> Vec<u8> {
    use base64ct::{Base64, Encoding as _};
    Base64::decode_vec(base64).unwrap()
}

/// Each hash above the lowest level is the root of a full tile below.
fn above(files: &Files, size: u64) {
    for tile in grown(0, size).filter(|tile| tile.level() > 0) {
        for (at, hash) in files[&tile.to_string()].chunks(32).enumerate() {
            let index = tile.index() * 256 + at as u64;
            let below = Tile::of(tile.level() - 1, index, size).unwrap();
            let mut hashes: Vec<[u8; 32]> =
                files[&below.to_string()].chunks(32).map(|h| h.try_into().unwrap()).collect();
            while hashes.len() > 1 {
                hashes =
                    hashes.chunks(2).map(|c| countersign_tlog::node_hash(&c[0], &c[1])).collect();
            }
            assert_eq!(hashes[0], hash, "{tile} {at}");
        }
    }
}
