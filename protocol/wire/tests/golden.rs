//! The format, frozen: each message's bytes are in a file, so a change of format is a changed file.
//!
//! A version decodes for ever. When a test fails here, the format has changed: if that is meant, it
//! is a new version of the protocol, and the old files stay. Before the first release, the files are
//! written anew, deliberately, by
//!
//! ```text
//! COUNTERSIGN_GOLDEN=write cargo test -p countersign-protocol --test golden
//! ```
//!
//! and the difference is reviewed like code. In a file, lines that begin with `#` are comments; the
//! first one names the rule in `countersign.cddl`.

mod story;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use story::messages::{MESSAGES, Message};

#[test]
fn a_fixed_value_has_the_bytes_of_its_file() {
    for message in MESSAGES {
        let bytes = (message.bytes)();
        if std::env::var("COUNTERSIGN_GOLDEN").as_deref() == Ok("write") {
            fs::write(file(message.name), written(message, &bytes)).unwrap();
        }
        assert_eq!(hex::encode(read(message)), hex::encode(bytes), "{}", message.name);
    }
}

#[test]
fn the_bytes_of_a_file_mean_its_fixed_value() {
    for message in MESSAGES {
        assert!((message.is_meant_by)(&read(message)), "{}", message.name);
    }
}

#[test]
fn every_file_is_that_of_a_message() {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<PathBuf> = entries.collect();
    assert_eq!(files, MESSAGES.iter().map(|message| file(message.name)).collect());
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn file(name: &str) -> PathBuf {
    folder().join(name).with_extension("hex")
}

fn read(message: &Message) -> Vec<u8> {
    let text = fs::read_to_string(file(message.name)).unwrap_or_default();
    let digits = text.lines().filter(|line| !line.starts_with('#'));
    hex::decode(digits.collect::<String>()).unwrap_or_default()
}

/// 32 bytes a line.
fn written(message: &Message, bytes: &[u8]) -> String {
    let lines = bytes.chunks(32).map(|line| format!("{}\n", hex::encode(line)));
    format!("# {}\n{}", message.rule, lines.collect::<String>())
}
