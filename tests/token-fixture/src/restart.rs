//! Starting the test program anew, with the module's configuration in its environment.
//!
//! `std::env::set_var` is unsafe because any thread, also one of a C library, may be reading the
//! environment. A new program image in the same process has no such threads, and needs no `unsafe`.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{self, Command};

use crate::CONFIGURATION;
use crate::folder::Folder;

/// Says which process the configuration was made for: not for those that inherit the environment.
const OWNER: &str = "COUNTERSIGN_TOKEN_FIXTURE";

/// The folder that this process was started anew with.
pub fn inherited() -> Option<Folder> {
    let owner = env::var(OWNER).ok()?;
    let mine = owner == process::id().to_string();
    if mine { Folder::of(Path::new(&env::var_os(CONFIGURATION)?)) } else { None }
}

/// Starts the same program, with the same arguments, in place of this one. The process keeps its
/// number.
pub fn with(folder: &Folder) -> ! {
    let program = env::current_exe().expect("a test program knows where it is");
    let failed = Command::new(program)
        .args(env::args_os().skip(1))
        .env(CONFIGURATION, folder.configuration())
        .env(OWNER, process::id().to_string())
        .exec();
    panic!("the test program cannot be started anew: {failed}");
}
