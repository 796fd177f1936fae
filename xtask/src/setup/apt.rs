//! Installing with apt, or saying the command that would.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// Who may run apt here.
#[derive(Clone, Copy)]
enum Right {
    Root,
    Sudo,
}

/// Installs packages. Their names are asked for last: a new container has no lists to find them in.
pub fn install(missing: &str, packages: impl Fn() -> Result<Vec<String>>) -> Result<()> {
    if !command::succeeds(Command::new("apt-get").arg("--version")) {
        bail!("missing here: {missing}; there is no apt-get: install it with your package manager");
    }
    let Some(right) = right() else {
        let wanted = packages()?.join(" ");
        bail!("missing here: {missing}; run: sudo apt-get update && sudo apt-get install {wanted}");
    };
    eprintln!("setup: installing what is missing: {missing}");
    let why = "apt cannot install what is missing; install it by hand, then run this again";
    command::run(apt(right).args(["-qq", "update"])).context(why)?;
    let install = ["-qq", "install", "-y", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"];
    command::run(apt(right).args(install).args(packages()?)).context(why)
}

fn right() -> Option<Right> {
    let is_root = || rustix::process::geteuid().is_root();
    let may_sudo = || command::succeeds(Command::new("sudo").args(["-n", "true"]));
    if is_root() { Some(Right::Root) } else { may_sudo().then_some(Right::Sudo) }
}

/// apt-get that asks nothing and keeps its output off ours, which may be read by a program.
fn apt(right: Right) -> Command {
    let mut command = match right {
        Right::Root => Command::new("env"),
        Right::Sudo => Command::new("sudo"),
    };
    if matches!(right, Right::Sudo) {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).stdout(std::io::stderr());
    command
}
