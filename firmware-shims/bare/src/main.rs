//! The core, linked and run on a bare machine: no std, no allocator, no C library.
//!
//! Guarantees to a firmware's maker: whatever this program links needs nothing but `core` and the few
//! functions in `machine`. Its exit code is 0 when the core decides here as it does elsewhere. It does
//! not guarantee that the core cannot panic, nor that it fits a certain chip.

#![no_std]
#![no_main]
// LLVM would turn the loops of `memcpy` into a call of `memcpy`.
#![no_builtins]

mod approval;
mod machine;
mod nobody;
mod suites;

use core::hint::black_box;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use countersign_core::pipeline;
use countersign_core::prepare::{CREDENTIALS_BYTES, Room, prepare};
use countersign_core::{Class, Now};
use countersign_protocol::{Digest, TransactionId};
use countersign_soft::Soft;

use crate::nobody::{NoTray, Nobody};

/// What `machine` runs: each bit of the answer is a question that was decided wrongly.
pub(crate) fn run() -> u8 {
    let right = [
        approval::is_accepted(),
        approval::is_refused_when_one_bit_differs(),
        approval::key_is_read(),
        garbage_is_malformed(),
        engine_passes_its_self_test(),
        suites::on_curves_are_accepted(),
        suites::on_lattices_are_accepted(),
    ];
    right.iter().enumerate().fold(0, |wrong, (bit, right)| wrong | (u8::from(!right) << bit))
}

/// The very one that a boot runs: digests, sealing, and a signature of each algorithm that the engine has.
fn engine_passes_its_self_test() -> bool {
    countersign_selftest::known_answers("soft", black_box(&Soft)).is_ok()
}

/// Both paths of the core in full, from a frame that the compiler cannot foresee.
fn garbage_is_malformed() -> bool {
    let (channel, now) = (Digest([1; 32]), Now { boot_ms: 1, utc_lo_ms: 2, utc_hi_ms: 3 });
    let frame: &[u8] = black_box(b"\xff");
    let signed = poll_once(pipeline::sign(&Nobody, &channel, frame, now, || NoTray));
    let mut credentials = [0; CREDENTIALS_BYTES];
    let room = Room { activation: &mut [0; 1024], credentials: &mut credentials };
    let nonce = TransactionId([4; 32]);
    let prepared = poll_once(prepare(&Nobody, &channel, frame, now, nonce, room));
    matches!(signed, Some(Err(Class::Malformed))) && matches!(prepared, Some(Err(Class::Malformed)))
}

/// Firmware needs no executor: its effects are ready when they return.
fn poll_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
