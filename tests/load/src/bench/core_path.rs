//! The core's path without token and ledger: from a frame to the order to sign, in this process.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use countersign_core::port::Crypto;
use countersign_host::Host;
use countersign_soft::Soft;
use countersignd::{Chosen, Engine};

use super::verify;
use crate::figures::Figures;

/// Each engine, against its own bare verification.
pub fn measure(figures: &mut Figures, seconds: u64) -> Result<()> {
    let _ = (figures, seconds, Mutex::new(0), Duration::ZERO, Instant::now(), Chosen::Both);
    let _ = (Engine::new(Chosen::Host, Host, Soft), verify::us(&Host, 0)?, anyhow!(""));
    fn _f(_: &impl Crypto) {}
    Ok(())
}
