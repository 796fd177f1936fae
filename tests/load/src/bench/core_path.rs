//! The core's path without token and ledger: from a frame to the order to sign, in this process.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use countersign_core::port::Crypto;
use countersign_core::prepare::{CREDENTIALS_BYTES, Room, activation_bytes, prepare};
use countersign_core::{Now, pipeline};
use countersign_device::{Approval, Authenticator};
use countersign_host::Host;
use countersign_protocol::TransactionId;
use countersign_protocol::reply::Failure;
use countersign_protocol::request::Request;
use countersign_soft::Soft;
use countersignd::{Chosen, Engine, Signatures};
use pollster::FutureExt as _;

use super::alone::{Alone, CHANNEL};
use super::verify;
use crate::figures::Figures;
use crate::processor::used_by_this_thread;
use crate::registered::Signer;
use crate::signing::{Signatory, sign_frame};

/// Transactions that live at the same time.
const LIVE: u32 = 64;
/// Approvals that are made before they are brought, all at once.
const ROUND: u32 = 200;

/// Each engine, against its own bare verification.
pub fn measure(figures: &mut Figures, seconds: u64) -> Result<()> {
    figures.part("the core's path without token and ledger, one item");
    for (name, chosen) in [("host", Chosen::Host), ("soft", Chosen::Soft), ("both", Chosen::Both)] {
        let engine = || Engine::new(chosen, Host, Soft);
        let verify_us = verify::us(&engine(), seconds)?;
        let (prepare_us, sign_us) = path_us(engine(), &Signer::numbered(0)?, seconds)?;
        let of = format!("verify, {name}");
        figures.compared(format!("{name}: Prepare"), prepare_us, "us", verify_us, &of);
        figures.compared(format!("{name}: Sign, up to the order"), sign_us, "us", verify_us, &of);
    }
    Ok(())
}

/// Microseconds of the processor's time for a `Prepare`, and for a `Sign` up to its order.
pub fn path_us(
    crypto: impl Crypto + Send + Sync,
    signer: &Signer,
    seconds: u64,
) -> Result<(f64, f64)> {
    let alone = Alone::new(crypto, signer)?;
    let mut signatory = Signatory::new(signer, 1, 0);
    let mut device = signer.device();
    let (mut preparing, mut signing, mut count) = (Duration::ZERO, Duration::ZERO, 0u32);
    let (enough, begun) = (Duration::from_secs(seconds), Instant::now());
    // Some devices take longer to approve than the path takes: enough of that is enough too.
    while count == 0 || (preparing + signing < enough && begun.elapsed() < 3 * enough) {
        let asked: Result<Vec<_>> = (0..ROUND).map(|_| prepare_frame(&mut signatory)).collect();
        let (asked, begun) = (asked?, used_by_this_thread());
        let numbered = (count..).zip(&asked);
        let prepared: Result<Vec<_>> = numbered.map(|(n, f)| prepared(&alone, f, n)).collect();
        preparing += used_by_this_thread() - begun;
        let approved: Result<Vec<_>> = prepared?.iter().map(|p| approved(&mut device, p)).collect();
        let (approved, begun) = (approved?, used_by_this_thread());
        approved.iter().try_for_each(|frame| ordered(&alone, frame))?;
        signing += used_by_this_thread() - begun;
        count += ROUND;
    }
    let us = |all: Duration| all.as_secs_f64() * 1e6 / f64::from(count);
    Ok((us(preparing), us(signing)))
}

/// Microseconds that a `Prepare` takes: at the median, and in 99 of 100.
pub fn prepare_us<C: Crypto + Send + Sync>(
    alone: &Alone<C>,
    signer: &Signer,
    seconds: u64,
) -> Result<[f64; 2]> {
    let mut signatory = Signatory::new(signer, 1, 0);
    let (mut took, begun) = (Vec::new(), Instant::now());
    while begun.elapsed() < Duration::from_secs(seconds) {
        let number = u32::try_from(took.len())?;
        let (frame, asked) = (prepare_frame(&mut signatory)?, Instant::now());
        prepared(alone, &frame, number)?;
        took.push(asked.elapsed());
        if number % LIVE == LIVE - 1 {
            alone.forget_transactions();
        }
    }
    took.sort_unstable();
    let of = |percent: usize| {
        let took = took.get(took.len() * percent / 100).context("nothing was measured")?;
        anyhow::Ok(took.as_secs_f64() * 1e6)
    };
    Ok([of(50)?, of(99)?])
}

fn prepare_frame(signatory: &mut Signatory) -> Result<Vec<u8>> {
    let mut room = [0; 1024];
    Ok(minicbor::to_vec(Request::Prepare(signatory.request(&mut room)?))?)
}

/// The frame with the device's approval.
fn approved(
    device: &mut Authenticator,
    (activation, challenge): &(Vec<u8>, [u8; 32]),
) -> Result<Vec<u8>> {
    let approval = Approval { sign_count: 0, ..device.honest() };
    sign_frame(activation, &device.approve(challenge, &approval))
}

/// A nonce that only a measurement can have.
fn nonce(n: u32) -> TransactionId {
    let spread = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    let mut id = [0; 32];
    id[..8].copy_from_slice(&spread);
    TransactionId(id)
}

const NOW: Now = Now { boot_ms: 1, utc_lo_ms: 2, utc_hi_ms: 3 };

fn prepared<C: Crypto + Send + Sync>(
    alone: &Alone<C>,
    frame: &[u8],
    n: u32,
) -> Result<(Vec<u8>, [u8; 32])> {
    let mut activation = vec![0; activation_bytes(frame.len())];
    let mut credentials = vec![0; CREDENTIALS_BYTES];
    let room = Room { activation: &mut activation, credentials: &mut credentials };
    let prepared = prepare(alone, &CHANNEL, frame, NOW, nonce(n), room).block_on();
    let prepared = prepared.ok().context("not prepared")?;
    Ok((prepared.activation.bytes().to_vec(), prepared.challenge.0))
}

/// The token takes the order and does nothing: whatever comes before it has passed.
fn ordered<C: Crypto + Send + Sync>(alone: &Alone<C>, frame: &[u8]) -> Result<()> {
    match pipeline::sign(alone, &CHANNEL, frame, NOW, Signatures::default).block_on() {
        Err(Failure::Unavailable) if alone.took_an_order() => Ok(()),
        Err(failure) => bail!("no order: {failure}"),
        Ok(_) => bail!("signed without a token"),
    }
}
