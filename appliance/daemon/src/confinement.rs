//! What the program gives up before it opens anything, so that a fault in it is worth less to an attacker.
//!
//! Guarantees, on Linux, from [`enter`] to the process's end, for all its threads: no core file and no debugger
//! shows its memory, and no page of it is swapped; it has no capability and gets none; it runs no other program
//! and makes no process; it calls nothing of the kernel that it has no use for; it opens no file but those that
//! the configuration names, the system's libraries and what belongs to them.
//!
//! Does not guarantee: anything against the kernel, or against the token's module, which runs in this process
//! with all that the process has. It has to be entered while there is one thread: threads inherit it.

mod calls;
mod files;
mod memory;
mod privileges;

use std::path::PathBuf;

use crate::config::Config;

/// What holds from here on. What a kernel or the service's limits do not allow is told, and goes without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confined {
    /// Whether pages are locked: the limit LimitMEMLOCK allows it, or not.
    pub memory_locked: bool,
    /// Whether files are confined as meant: the kernel has Landlock, or not.
    pub files: bool,
}

/// Why the program does not go on.
#[derive(Debug, thiserror::Error)]
pub enum Unconfined {
    /// The kernel refused what every kernel has.
    #[error("cannot {what}: {why}; run it on Linux 5.13 or newer, as a service of its own")]
    Refused {
        /// What was to be given up.
        what: &'static str,
        /// Why not.
        why: String,
    },
    /// A file or folder is not there, or cannot be opened.
    #[error("cannot open {path}, which the configuration names: {why}")]
    Path {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl Unconfined {
    fn refused(what: &'static str) -> impl Fn(&dyn std::fmt::Display) -> Self {
        move |why| Self::Refused { what, why: why.to_string() }
    }
}

/// Keeps memory to this process: for every command.
///
/// # Errors
/// [`Unconfined::Refused`].
pub fn keep_memory() -> Result<bool, Unconfined> {
    memory::keep()
}

/// Gives all of it up: for the appliance that runs. Nothing of it can be taken back.
///
/// # Errors
/// [`Unconfined`]: the program must not go on.
pub fn enter(config: &Config) -> Result<Confined, Unconfined> {
    let memory_locked = keep_memory()?;
    privileges::drop()?;
    let files = files::confine(config)?;
    // The last, for what is above it needs calls that it refuses.
    calls::confine()?;
    Ok(Confined { memory_locked, files })
}
