//! The bare things that the daemon is compared with: one verification, one C_Sign.
//!
//! In the processor's time, as the daemon's is, and measured twice: each with the machine to itself, and
//! both at the same time, on a core each. Under load the daemon never has the machine to itself, and
//! processors that share caches, memory or a core's units are slower then: the second figure is the price
//! of the same work under the same circumstances.

use std::thread;

use anyhow::{Result, anyhow};
use countersign_host::Host;

use super::{Token, verify};
use crate::bare_token;

/// Microseconds of the processor's time for one of each.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// A P-256 verification on the host's engine.
    pub verify_us: f64,
    /// A C_Sign, P-256.
    pub c_sign_us: f64,
}

/// What the bare things cost.
pub struct Bare {
    /// With the machine to itself.
    pub alone: Work,
    /// Both at the same time.
    pub busy: Work,
}

impl Bare {
    /// Measures them.
    pub fn measured(token: Token, seconds: u64) -> Result<Self> {
        let verify = || verify::us(&Host, seconds);
        let c_sign = || anyhow::Ok(bare_token::measure(&(token.make)(), 1, seconds)?.us);
        let alone = Work { verify_us: verify()?, c_sign_us: c_sign()? };
        let busy = thread::scope(|scope| {
            let verifying = scope.spawn(verify);
            let c_sign_us = c_sign()?;
            let verify_us =
                verifying.join().map_err(|_| anyhow!("the verification panicked"))??;
            anyhow::Ok(Work { verify_us, c_sign_us })
        })?;
        Ok(Self { alone, busy })
    }
}
