//! What others send to a log or a witness, or publish: checkpoints, notes, keys, requests, proofs, paths of tiles.
//!
//! The property of each: no panic, and what is read is written again byte for byte, so that nobody signs or
//! stores a text that somebody else reads otherwise. It is asked of every reader, whatever the text is.

use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::Note;
use countersign_tlog::proof::Proof;
use countersign_tlog::tile::{Entries, Tile};
use countersign_tlog::witness::AddCheckpoint;
use countersign_tlog::{Claim, checkpoint};

/// Of golang.org/x/mod/sumdb/note.
const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const CHECKPOINT: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
/// A log's signature, and a witness's.
const LINES: &str = "\n\
    \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
    \u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
const HASHES: &str = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n\
    jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n\n";

/// One of each kind, as the specifications show them.
pub(crate) fn examples() -> [(&'static str, String); 7] {
    let note = format!("{CHECKPOINT}{LINES}");
    [
        ("checkpoint", CHECKPOINT.to_owned()),
        ("key", KEY.to_owned()),
        ("add-checkpoint", format!("old 20852014\n{HASHES}{note}")),
        ("proof", format!("c2sp.org/tlog-proof@v1\nextra b3BhcXVl\nindex 73894\n{HASHES}{note}")),
        ("tile", "tile/1/x001/234.p/56".to_owned()),
        ("entries", "tile/entries/x001/234".to_owned()),
        ("note", note),
    ]
}

/// A text of a log's.
pub fn log_text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Some(read) = checkpoint::parse(text) {
        let written = checkpoint::text(read.origin, &read.head);
        assert_eq!(written.as_deref(), Some(text), "another checkpoint was accepted");
    }
    same(text, Key::parse(text).ok());
    same(text, Proof::parse(text).ok());
    same(text, Tile::parse(text));
    same(text, Entries::parse(text));
    same(text, AddCheckpoint::parse(text).ok());
    if let Ok(note) = Note::parse(text) {
        assert_eq!(note.to_string(), text, "another note was accepted");
        claimed(&note);
    }
}

fn same(text: &str, read: Option<impl ToString>) {
    assert!(read.is_none_or(|read| read.to_string() == text), "another text was accepted");
}

/// A key claims something only where its own line is, and only a witness's key a time.
fn claimed(note: &Note<'_>) {
    let Some(line) = note.signatures().first() else { return };
    for (kind, bytes) in
        [(Kind::Ed25519, 32), (Kind::Ed25519Cosignature, 32), (Kind::MlDsa44Cosignature, 1312)]
    {
        let Ok(key) = Key::new(line.name(), kind, &vec![7; bytes]) else { continue };
        let claim = Claim::of(&key, note);
        assert!(claim != Ok(None) || note.signature(key.name(), key.id()).is_none());
        if let Ok(Some(Claim { message, time_s, .. })) = claim {
            assert!(!message.as_bytes().is_empty() && (kind.has_time() || time_s == 0));
        }
    }
}
