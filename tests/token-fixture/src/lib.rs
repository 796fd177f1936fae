//! Embedded tokens for tests: each test gets one that nobody else has, uninitialised.
//!
//! Guarantees: two tokens share no key and no PIN, also between tests of one process; what earlier
//! runs left behind is removed.
//!
//! Does not guarantee: that a test runs only once. The module reads where its tokens are from a
//! variable of the environment, which a running process cannot change safely. So the first call of
//! [`embedded`] starts the whole test program anew, with that variable, in place of itself.

#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "this crate is for tests: what it did not expect must stop them"
)]

mod folder;
mod restart;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use folder::Folder;

/// Set by `cargo xtask test`: the path of the embedded token's module.
const MODULE: &str = "COUNTERSIGN_TOKEN_MODULE";
/// Where the module reads which tokens there are.
pub const CONFIGURATION: &str = "KRYOPTIC_CONF";
/// Tokens of one test program.
const SLOTS: u32 = 128;

/// An uninitialised token, and PINs to give it.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The PKCS#11 module.
    pub module: PathBuf,
    /// The token's slot.
    pub slot: u64,
    /// A label that no other token has.
    pub label: String,
    /// A file of mode 600 with the user PIN to be.
    pub pin_file: PathBuf,
    /// A file of mode 600 with the security officer PIN to be.
    pub so_pin_file: PathBuf,
    /// The module's configuration: what [`CONFIGURATION`] must be in a process that uses the token.
    pub configuration: PathBuf,
}

/// A token for use in this process: another one at each call.
///
/// # Panics
/// Without the module, or when there are no more tokens.
#[must_use]
pub fn embedded() -> Fixture {
    static FOLDER: OnceLock<Folder> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let module = module();
    let folder = FOLDER.get_or_init(|| {
        restart::inherited().unwrap_or_else(|| {
            let folder = Folder::make("in");
            folder.write_configuration(0..SLOTS);
            restart::with(&folder)
        })
    });
    let slot = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(slot < SLOTS, "a test program has {SLOTS} tokens: raise SLOTS in the token fixture");
    fixture(module, folder, slot)
}

/// A token for one process that the test starts, with [`CONFIGURATION`] in its environment. This
/// process must not use it.
///
/// # Panics
/// Without the module.
#[must_use]
pub fn apart() -> Fixture {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let folder = Folder::make(&format!("apart-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    folder.write_configuration(0..1);
    fixture(module(), &folder, 0)
}

fn fixture(module: PathBuf, folder: &Folder, slot: u32) -> Fixture {
    let label = format!("{}-{slot}", folder.name());
    let (pin, so_pin) = (format!("user of {label}"), format!("officer of {label}"));
    Fixture {
        module,
        slot: slot.into(),
        pin_file: folder.write_secret(&format!("pin-{slot}"), &pin),
        so_pin_file: folder.write_secret(&format!("so-pin-{slot}"), &so_pin),
        configuration: folder.configuration(),
        label,
    }
}

fn module() -> PathBuf {
    let path = std::env::var_os(MODULE);
    path.map(PathBuf::from).unwrap_or_else(|| {
        panic!("{MODULE} is not set: run `cargo xtask test`, which builds the embedded token")
    })
}
