//! What an assertion of each algorithm costs on the host's engine: the core's path up to the order, against the
//! bare verification of the same signature.

use anyhow::{Context, Result};
use countersign_core::assertion::cose;
use countersign_core::assertion::der::Pair;
use countersign_core::port::{Algorithm, Crypto};
use countersign_device::{Algorithm as Made, Authenticator};
use countersign_host::Host;

use super::{core_path, verify};
use crate::figures::Figures;
use crate::registered::Signer;

/// Messages that are verified one after the other.
const MESSAGES: u8 = 200;

/// Each algorithm.
pub fn measure(figures: &mut Figures, seconds: u64) -> Result<()> {
    figures.part("an assertion, one item, on the host's engine: Sign up to the order, against the bare verification");
    for made in Made::ALL {
        let signer = Signer::numbered(0)?.with(made);
        let bare_us = bare_us(&signer, seconds)?;
        let (_, sign_us) = core_path::path_us(Host, &signer, seconds)?;
        figures.add(format!("{}: verify alone", made.name()), bare_us, "us");
        figures.compared(format!("{}: Sign", made.name()), sign_us, "us", bare_us, "verify alone");
    }
    Ok(())
}

/// Verifications of what the device has signed: of many different messages, as in the path, because a
/// processor learns the way through one that comes again and again.
fn bare_us(signer: &Signer, seconds: u64) -> Result<f64> {
    let mut device = signer.device();
    let key = cose::read(&Host, &device.credential().public_key_cose).context("no key")?;
    let algorithm = key.algorithm();
    let signed: Vec<_> = (0..MESSAGES).map(|n| signed(&mut device, algorithm, n)).collect();
    let (key, mut next) = (key.borrowed(), signed.iter().cycle());
    verify::us_of(seconds, || {
        let good = |(message, signature): &(Vec<u8>, Vec<u8>)| {
            Host.verify(algorithm, key.bytes(), message, signature).into()
        };
        next.next().is_some_and(good)
    })
}

/// A message and its signature, as the crypto port wants them.
fn signed(device: &mut Authenticator, algorithm: Algorithm, n: u8) -> (Vec<u8>, Vec<u8>) {
    let approval = device.honest();
    let made = device.approve(&[n; 32], &approval);
    let client_hash = Host.sha256(&[&made.client_data_json]);
    let message = [&made.authenticator_data[..], &client_hash].concat();
    let message = match algorithm.digest_bytes() {
        Some(32) => Host.sha256(&[&message]).to_vec(),
        Some(_) => Host.sha384(&[&message]).to_vec(),
        None => message,
    };
    (message, plain(algorithm, &made.signature))
}

/// The signature as the port has it.
fn plain(algorithm: Algorithm, signature: &[u8]) -> Vec<u8> {
    match algorithm {
        Algorithm::EcdsaP256 => joined(Pair::<32>::read(signature)),
        Algorithm::EcdsaP384 => joined(Pair::<48>::read(signature)),
        _ => signature.to_vec(),
    }
}

fn joined<const N: usize>(pair: Pair<N>) -> Vec<u8> {
    [pair.r, pair.s].concat()
}
