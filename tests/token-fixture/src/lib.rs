//! Tokens for tests, of two makes, bare or behind the faulty module: each test gets one that nobody else
//! has, uninitialised.
//!
//! Guarantees: two tokens share no key and no PIN, also between tests of one process; what earlier
//! runs left behind is removed.
//!
//! Does not guarantee: that a test runs only once. The modules read where their tokens are from
//! variables of the environment, which a running process cannot change safely. So the first call of
//! [`token`] or [`behind_faults`] starts the whole test program anew, with those variables, in place of itself.

#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "this crate is for tests: what it did not expect must stop them"
)]

mod faults;
mod folder;
mod make;
mod restart;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

pub use faults::{Plan, behind_faults};
use folder::Folder;
pub use make::Make;

/// Tokens of one test program.
const TOKENS: u32 = 128;

/// An uninitialised token, and PINs to give it.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The PKCS#11 module.
    pub module: PathBuf,
    /// The token's slot, where it has one before it is initialised: else its label tells it.
    pub slot: Option<u64>,
    /// A label that no other token has.
    pub label: String,
    /// A file of mode 600 with the user PIN to be.
    pub pin_file: PathBuf,
    /// A file of mode 600 with the security officer PIN to be.
    pub so_pin_file: PathBuf,
    /// What the modules must find in the environment of a process that uses the token.
    pub environment: [(&'static str, PathBuf); 2],
}

impl Fixture {
    /// It as `[token]` of a daemon's configuration, which may go on.
    #[must_use]
    pub fn section(&self) -> String {
        let label = || format!("label = {:?}", self.label);
        let which = self.slot.map_or_else(label, |slot| format!("slot = {slot}"));
        let (module, pin) = (&self.module, &self.pin_file);
        let folder = pin.parent().unwrap_or(pin);
        format!("[token]\nmodule = {module:?}\n{which}\npin_file = {pin:?}\nfiles = [{folder:?}]\n")
    }
}

/// The project's own token, for use in this process: another one at each call.
///
/// # Panics
/// Without the module, or when there are no more tokens.
#[must_use]
pub fn embedded() -> Fixture {
    token(Make::Embedded)
}

/// A token of this make, for use in this process: another one at each call.
///
/// # Panics
/// Without the module, or when there are no more tokens.
#[must_use]
pub fn token(make: Make) -> Fixture {
    fixture(make, folder(None), next_number())
}

/// The folder of this process, which is started anew for it once: with the faulty module in front of tokens
/// of this make, if that is asked for first; else of the embedded ones, whichever test comes first.
fn folder(behind: Option<Make>) -> &'static Folder {
    static FOLDER: OnceLock<Folder> = OnceLock::new();
    FOLDER.get_or_init(|| {
        restart::inherited().unwrap_or_else(|| {
            let folder = Folder::make(restart::PURPOSE);
            make::configure(&folder, TOKENS);
            restart::with(&folder, behind.or_else(Make::if_embedded))
        })
    })
}

fn next_number() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number < TOKENS, "a test program has {TOKENS} tokens: raise TOKENS in the fixture");
    number
}

/// A token of this make for one process that the test starts, with [`Fixture::environment`] in its
/// environment. This process must not use it.
///
/// # Panics
/// Without the module.
#[must_use]
pub fn apart(make: Make) -> Fixture {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let folder = Folder::make(&format!("apart-{}", NEXT.fetch_add(1, Ordering::Relaxed)));
    make::configure(&folder, 1);
    fixture(make, &folder, 0)
}

fn fixture(make: Make, folder: &Folder, number: u32) -> Fixture {
    let label = format!("{}-{number}", folder.name());
    let (pin, so_pin) = (format!("user of {label}"), format!("officer of {label}"));
    Fixture {
        module: make.module(),
        slot: make.slot(number),
        pin_file: folder.write_secret(&format!("pin-{number}"), &pin),
        so_pin_file: folder.write_secret(&format!("so-pin-{number}"), &so_pin),
        environment: make::environment(folder),
        label,
    }
}
