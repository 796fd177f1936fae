//! That the core links without std, without an allocator, without even a C library.
//!
//! Guarantees: `firmware-shims/bare` is a static program of nothing but the core and the few
//! symbols that it defines itself, and it runs; a twin that allocates is refused by the compiler.
//!
//! Does not guarantee: any firmware of a vendor. Only that the core asks nothing of it but memory.

use std::process::{Command, Output};

use anyhow::{Context, Result, ensure};

use super::{Count, ONE};
use crate::{command, workspace};

const PACKAGE: &str = "firmware-shims/bare/Cargo.toml";
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// As a variable of the target's own: a plain `RUSTFLAGS` would also change the build scripts.
const FLAGS: (&str, &str) = (
    "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
    "-Clink-arg=-nostdlib -Clink-arg=-nostartfiles -Clink-arg=-static \
     -Crelocation-model=static -Clink-arg=-Wl,--defsym=rust_eh_personality=0",
);

/// Links and runs the bare program, and sees its twin refused.
pub fn run() -> Result<Count> {
    if !workspace::root().join(PACKAGE).exists() {
        println!("there is no {PACKAGE} yet: nothing to link");
        return Ok(Count::default());
    }
    let linked = build("bare")?;
    ensure!(linked.status.success(), "the core does not link bare:\n{}", complaint(&linked));
    command::run(&mut Command::new(target_folder().join(TARGET).join("release/bare")))?;
    let refused = build("bare-with-alloc")?;
    ensure!(
        complaint(&refused).contains("no global memory allocator found"),
        "the twin that allocates was not refused for that: this proof proves nothing; mend it"
    );
    println!("the core links bare and runs; its twin that allocates is refused");
    Ok(ONE)
}

fn build(program: &str) -> Result<Output> {
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--manifest-path", PACKAGE, "--bin", program]);
    command.args(["--target", TARGET, "--target-dir"]).arg(target_folder());
    command.env(FLAGS.0, FLAGS.1);
    command.output().with_context(|| command::cannot_start(&command))
}

/// A folder of its own, so that these flags and the usual ones do not undo each other's builds.
fn target_folder() -> std::path::PathBuf {
    workspace::root().join("target/bare")
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}
