//! Starting the test program anew, with the modules' configurations in its environment.
//!
//! `std::env::set_var` is unsafe because any thread, also one of a C library, may be reading the
//! environment. A new program image in the same process has no such threads, and needs no `unsafe`.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::{self, Command};

use crate::faults;
use crate::folder::Folder;
use crate::make::{Make, environment};

/// Says which process the configurations were made for: not for those that inherit the environment.
const OWNER: &str = "COUNTERSIGN_TOKEN_FIXTURE";

/// What the folder is for that a process makes for itself.
pub const PURPOSE: &str = "in";

/// The folder that this process was started anew with.
pub fn inherited() -> Option<Folder> {
    let owner = env::var(OWNER).ok()?;
    (owner == process::id().to_string()).then(|| Folder::made(PURPOSE))
}

/// Starts the same program, with the same arguments, in place of this one. The process keeps its
/// number.
pub fn with(folder: &Folder, behind: Option<Make>) -> ! {
    let program = env::current_exe().expect("a test program knows where it is");
    let failed = Command::new(program)
        .args(env::args_os().skip(1))
        .envs(environment(folder))
        .envs(faults::environment(folder, behind))
        .env(OWNER, process::id().to_string())
        .exec();
    panic!("the test program cannot be started anew: {failed}");
}
