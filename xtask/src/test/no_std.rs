//! That the core links without std, without an allocator, without even a C library.
//!
//! Guarantees: `firmware-shims/bare` links to a program of nothing but the core and the few symbols
//! that it defines itself, and its own answer is right; a twin that allocates is refused for that.
//!
//! Does not guarantee: any firmware of a vendor. Only that the core asks nothing of it but memory.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};

use super::Outcome;
use crate::{command, workspace};

/// What the compiler says to the twin, and to nothing else.
const REFUSAL: &str = "no global memory allocator found";

/// Links and runs the bare program, and sees its twin refused.
pub fn run() -> Result<Outcome> {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        println!("the bare program is for x86-64 Linux: not run here");
        return Ok(Outcome::default());
    }
    let linked = build("bare")?;
    ensure!(linked.status.success(), "the core does not link bare:\n{}", complaint(&linked));
    command::run(&mut Command::new(target_folder().join("release/bare")))?;
    let refused = build("bare-with-alloc")?;
    ensure!(
        !refused.status.success() && complaint(&refused).contains(REFUSAL),
        "the twin that allocates was not refused for that: this proof proves nothing; mend it"
    );
    println!("the core links bare and answers right; its twin that allocates is refused");
    Ok(Outcome::all(1))
}

fn build(program: &str) -> Result<Output> {
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--locked", "--bin", program]);
    command.args(["--manifest-path", workspace::BARE, "--target-dir"]).arg(target_folder());
    command.output().with_context(|| command::cannot_start(&command))
}

/// Beside the others' results, since it is a workspace of its own.
pub fn target_folder() -> PathBuf {
    workspace::target_folder().join("bare")
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}
