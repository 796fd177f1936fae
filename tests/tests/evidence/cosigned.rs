//! The appliance's own cosigner: a key that signs the same way each time, and what it says of a checkpoint.

use countersign_protocol::checkpoint::{Checkpoint, log_name};
use countersign_tlog::cosignature;
use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::Line;
use ml_dsa::signature::{Keypair as _, Signer as _};
use ml_dsa::{MlDsa44, SigningKey};

use crate::story::Story;
use crate::verifiers::{Second, first};

/// The one that the trust file names.
pub const OWN: u8 = 5;

fn key(seed: u8) -> SigningKey<MlDsa44> {
    SigningKey::from_seed(&[seed; 32].into())
}

/// Its public key.
pub fn public(seed: u8) -> Box<[u8; 1312]> {
    Box::new(key(seed).verifying_key().encode().into())
}

/// Its line over a checkpoint, at a time, under the name of the checkpoint's ledger.
pub fn line(seed: u8, time_s: u64, checkpoint: &Checkpoint) -> String {
    let name = log_name(&checkpoint.appliance);
    let cosigner = Key::new(&name, Kind::MlDsa44Cosignature, &*public(seed)).unwrap();
    let message = cosignature::ml_dsa_44(&name, time_s, &checkpoint.text()).unwrap();
    let signature = key(seed).sign(&message).encode();
    Line::new(&cosigner, time_s, &signature).unwrap().to_string().trim_end().to_owned()
}

/// The same with one character of the signature changed.
pub fn flipped(line: &mut String) {
    let middle = line.len() / 2;
    let other = if line[middle..].starts_with('A') { "B" } else { "A" };
    line.replace_range(middle..=middle, other);
}

/// Whoever does not ask for it is not bound by it.
#[test]
fn a_line_that_the_trust_file_does_not_ask_for_may_be_anything() {
    let lies = crate::story::Lies { own: Some(|line, _| flipped(line)), ..Default::default() };
    let mut files = crate::story::Files::of(&Story::cosigned(), lies);
    let mut second = Second::start();
    assert_eq!(first(&files).as_deref(), Some("cosignature"));
    assert_eq!(second.verify(&files).as_deref(), Some("cosignature"));
    let (before, key) = files.trust.split_once("cosigner_key").unwrap();
    files.trust = [before, key.split_once('\n').unwrap().1].concat();
    assert_eq!(first(&files), None);
    assert_eq!(second.verify(&files), None);
}
