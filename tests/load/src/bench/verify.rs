//! One P-256 verification, nothing around it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use countersign_soft::Soft;
use countersignd::{Chosen, Engine};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};

use crate::figures::Figures;
use crate::processor::used_by_this_thread;

/// Verifications between two looks at the clock.
const ROUND: u32 = 20;

/// Each engine, against the host's.
pub fn measure(figures: &mut Figures, seconds: u64) -> Result<()> {
    figures.part("verify alone, P-256");
    let host = us(&Host, seconds)?;
    figures.add("engine host", host, "us");
    for (name, chosen) in [("soft", Chosen::Soft), ("both", Chosen::Both)] {
        let us = us(&Engine::new(chosen, Host, Soft), seconds)?;
        figures.compared(format!("engine {name}"), us, "us", host, "host");
    }
    Ok(())
}

/// Microseconds of the processor's time for one of ES256.
pub fn us(crypto: &impl Crypto, seconds: u64) -> Result<f64> {
    let key = SigningKey::from_slice(&[7; 32])?;
    let (point, digest) = (key.verifying_key().to_sec1_point(false), [9; 32]);
    let signature: Signature = key.sign_prehash(&digest)?;
    let (point, signature) = (point.as_bytes(), signature.to_bytes());
    us_of(seconds, || crypto.verify(Algorithm::EcdsaP256, point, &digest, &signature).into())
}

/// The same of any verification.
pub fn us_of(seconds: u64, mut verify: impl FnMut() -> bool) -> Result<f64> {
    let (begun, before, mut verified) = (Instant::now(), used_by_this_thread(), 0u32);
    while begun.elapsed() < Duration::from_secs(seconds) {
        for _ in 0..ROUND {
            verified += u32::from(verify());
        }
    }
    ensure!(verified > 0, "nothing verifies");
    Ok((used_by_this_thread() - before).as_secs_f64() * 1e6 / f64::from(verified))
}
