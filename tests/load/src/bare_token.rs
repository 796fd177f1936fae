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

/// The OID of P-256 in DER (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// Nobody's: the token lasts as long as the measurement.
const PIN: &str = "measured-in-the-open";
/// Signatures between two looks at the clock.
const ROUND: u32 = 50;

/// Signatures a second on so many threads, measured in a process of its own.
pub fn per_second(token: &Fixture, threads: usize, seconds: u64) -> Result<f64> {
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.arg("bare-token").arg("--module").arg(&token.module);
    command.args(["--threads", &threads.to_string(), "--seconds", &seconds.to_string()]);
    command.envs(token.environment.clone());
    let output = command.output().context("cannot start myself again")?;
    let error = || anyhow!("the bare token failed: {}", String::from_utf8_lossy(&output.stderr));
    output.status.success().then_some(()).ok_or_else(error)?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
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
        println!("{}", rate(&pkcs11, slot, key, self.threads, duration)?);
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

/// Signatures a second on so many threads, each with a session.
fn rate(
    pkcs11: &Pkcs11,
    slot: Slot,
    key: ObjectHandle,
    threads: usize,
    duration: Duration,
) -> Result<f64> {
    let together = Arc::new(Barrier::new(threads));
    let mut running = Vec::new();
    for _ in 0..threads {
        let (session, together) = (pkcs11.open_rw_session(slot)?, Arc::clone(&together));
        running.push(thread::spawn(move || {
            together.wait();
            sign_for(&session, key, duration)
        }));
    }
    let rates = running.into_iter().map(|thread| thread.join().map_err(|_| anyhow!("panic"))?);
    rates.sum()
}

fn sign_for(session: &Session, key: ObjectHandle, duration: Duration) -> Result<f64> {
    let (begun, mut signed) = (Instant::now(), 0u32);
    while begun.elapsed() < duration {
        for n in 0..ROUND {
            let digest = [n.to_be_bytes()[3]; 32];
            session.sign(&Mechanism::Ecdsa, key, &digest)?;
        }
        signed += ROUND;
    }
    Ok(f64::from(signed) / begun.elapsed().as_secs_f64())
}
