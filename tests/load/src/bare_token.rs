//! The bare token: C_Sign with nothing around it, the measure of everything else.
//!
//! It runs in a process of its own, because a module reads its configuration once.

use std::path::PathBuf;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use countersign_token_fixture::Fixture;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use serde::{Deserialize, Serialize};

use crate::processor::used_by_this_thread;

/// The OID of P-256 in DER (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// Nobody's: the token lasts as long as the measurement.
const PIN: &str = "measured-in-the-open";
/// Signatures between two looks at the clock.
const ROUND: u32 = 50;

/// What C_Sign came to.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Signatures in a second, on all threads.
    pub per_second: f64,
    /// Microseconds of the processor's time for one.
    pub us: f64,
}

/// C_Sign on so many threads, measured in a process of its own.
pub fn measure(token: &Fixture, threads: usize, seconds: u64) -> Result<Cost> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg("bare-token").arg("--module").arg(&token.module);
    command.args(["--threads", &threads.to_string(), "--seconds", &seconds.to_string()]);
    command.envs(token.environment.clone());
    let output = command.output().context("cannot start myself again")?;
    let error = || anyhow!("the bare token failed: {}", String::from_utf8_lossy(&output.stderr));
    output.status.success().then_some(()).ok_or_else(error)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// What the process of its own does: it writes the figure.
#[derive(clap::Args)]
pub struct Arguments {
    /// The PKCS#11 module
    #[arg(long)]
    module: PathBuf,
    /// How many threads, each with a session
    #[arg(long)]
    threads: usize,
    /// How long
    #[arg(long)]
    seconds: u64,
}

impl Arguments {
    /// Makes a token and a key, and signs.
    pub fn perform(&self) -> Result<()> {
        let pkcs11 = Pkcs11::new(&self.module)?;
        pkcs11.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
        let slot = initialised(&pkcs11)?;
        let session = pkcs11.open_rw_session(slot)?;
        session.login(UserType::User, Some(&AuthPin::new(PIN.into())))?;
        let key = generate(&session)?;
        let duration = Duration::from_secs(self.seconds);
        let cost = cost(&pkcs11, slot, key, self.threads, duration)?;
        println!("{}", serde_json::to_string(&cost)?);
        Ok(())
    }
}

fn initialised(pkcs11: &Pkcs11) -> Result<Slot> {
    let slot = *pkcs11.get_slots_with_token()?.first().context("the module has no token")?;
    let pin = AuthPin::new(PIN.into());
    pkcs11.init_token(slot, &pin, "bare")?;
    // Some modules give a token that is initialised another slot.
    let slot = *pkcs11.get_slots_with_initialized_token()?.first().context("no token")?;
    let officer = pkcs11.open_rw_session(slot)?;
    officer.login(UserType::So, Some(&pin))?;
    officer.init_pin(&pin)?;
    officer.logout()?;
    Ok(slot)
}

fn generate(session: &Session) -> Result<ObjectHandle> {
    let public = [Attribute::EcParams(P256.to_vec()), Attribute::Verify(true)];
    let private = [Attribute::Token(true), Attribute::Sign(true), Attribute::Sensitive(true)];
    let (_, key) = session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?;
    Ok(key)
}

/// C_Sign on so many threads, each with a session.
fn cost(
    pkcs11: &Pkcs11,
    slot: Slot,
    key: ObjectHandle,
    threads: usize,
    duration: Duration,
) -> Result<Cost> {
    let together = Arc::new(Barrier::new(threads));
    let mut running = Vec::new();
    for _ in 0..threads {
        let (session, together) = (pkcs11.open_rw_session(slot)?, Arc::clone(&together));
        running.push(thread::spawn(move || {
            together.wait();
            sign_for(&session, key, duration)
        }));
    }
    let mut all = Cost::default();
    for thread in running {
        let Cost { per_second, us } = thread.join().map_err(|_| anyhow!("panic"))??;
        all.per_second += per_second;
        all.us += us / threads as f64;
    }
    Ok(all)
}

fn sign_for(session: &Session, key: ObjectHandle, duration: Duration) -> Result<Cost> {
    let (begun, before, mut signed) = (Instant::now(), used_by_this_thread(), 0u32);
    while begun.elapsed() < duration {
        for n in 0..ROUND {
            let digest = [n.to_be_bytes()[3]; 32];
            session.sign(&Mechanism::Ecdsa, key, &digest)?;
        }
        signed += ROUND;
    }
    let (signed, used) = (f64::from(signed), used_by_this_thread() - before);
    let per_second = signed / begun.elapsed().as_secs_f64();
    Ok(Cost { per_second, us: used.as_secs_f64() * 1e6 / signed })
}
