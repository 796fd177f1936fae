//! What the build needs beside Rust, looked for and, if missing, installed.
//!
//! Guarantees: a tool counts as there only after it has been used; nothing is installed that is
//! there; where this cannot install, the error is the exact command that a person can run.
//!
//! Does not guarantee: other systems than Debian and Ubuntu: elsewhere it names what is missing.

mod apt;
mod browser;
mod libclang;
mod softhsm;

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

pub use browser::program as browser;
pub use libclang::bindgen_arguments;
pub use softhsm::module as softhsm_module;

use crate::command;

/// One tool that something here cannot do without.
pub struct Tool {
    name: &'static str,
    is_there: fn() -> bool,
    /// Debian's packages that bring it; asked for only after the package lists are fresh.
    packages: fn() -> Result<Vec<String>>,
}

/// Compiles the C of the embedded token and of the TLS library.
pub const C_COMPILER: Tool = Tool {
    name: "a C compiler with its headers",
    is_there: compiles_c,
    packages: || Ok(named(&["gcc", "libc6-dev"])),
};

/// Drives the build of the embedded token's OpenSSL.
pub const MAKE: Tool = Tool {
    name: "make",
    is_there: || command::succeeds(Command::new("make").arg("--version")),
    packages: || Ok(named(&["make"])),
};

/// Configures the embedded token's OpenSSL; Debian's `perl-base` alone lacks these modules.
pub const PERL: Tool = Tool {
    name: "perl with its standard modules",
    is_there: || {
        let modules = ["-MFindBin", "-MIPC::Cmd", "-MFile::Compare", "-MTime::Piece"];
        command::succeeds(Command::new("perl").args(modules).args(["-e", "1"]))
    },
    packages: || Ok(named(&["perl"])),
};

/// Reads C headers for the embedded token's bindings.
pub const LIBCLANG: Tool = Tool {
    name: "libclang (bindgen reads C headers with it)",
    is_there: libclang::is_there,
    packages: || Ok(libclang::packages()),
};

/// The verifier that nobody here wrote.
pub const OPENSSL: Tool = Tool {
    name: "the openssl command",
    is_there: || command::succeeds(Command::new("openssl").arg("version")),
    packages: || Ok(named(&["openssl"])),
};

/// The second token of the tests.
pub const SOFTHSM: Tool =
    Tool { name: "SoftHSM2", is_there: softhsm::is_there, packages: || Ok(named(&["softhsm2"])) };

/// A TPM of the tests.
pub const SWTPM: Tool = Tool {
    name: "swtpm",
    is_there: || command::succeeds(Command::new("swtpm").arg("--version")),
    packages: || Ok(named(&["swtpm"])),
};

/// A browser and a FIDO2 device that nobody here wrote.
pub const BROWSER: Tool = Tool {
    name: "Chromium",
    is_there: || browser::program().is_some(),
    packages: browser::packages,
};

/// Runs a front-end that shares no code with us.
pub const PYTHON: Tool = Tool {
    name: "Python 3 with its venv module",
    is_there: || command::succeeds(Command::new("python3").args(["-c", "import venv, ensurepip"])),
    packages: || Ok(named(&["python3", "python3-venv"])),
};

/// Counts instructions, and traces secrets.
pub const VALGRIND: Tool = Tool {
    name: "valgrind",
    is_there: || command::succeeds(Command::new("valgrind").args(["-q", "--tool=none", "true"])),
    packages: || Ok(named(&["valgrind"])),
};

/// Rates the service's unit.
pub const SYSTEMD: Tool = Tool {
    name: "systemd-analyze",
    is_there: || command::succeeds(Command::new("systemd-analyze").arg("--version")),
    packages: || Ok(named(&["systemd"])),
};

/// What building the embedded token takes.
pub const FOR_THE_TOKEN: &[Tool] = &[C_COMPILER, MAKE, PERL, LIBCLANG];

/// What the tests of the workspace take, beside the embedded token.
pub const FOR_UNIT_TESTS: &[Tool] = &[SOFTHSM, SWTPM, BROWSER, PYTHON];

/// Everything that `cargo xtask test` needs.
pub const FOR_TESTS: &[Tool] = &[
    C_COMPILER, MAKE, PERL, LIBCLANG, OPENSSL, SOFTHSM, SWTPM, BROWSER, PYTHON, VALGRIND, SYSTEMD,
];

/// Installs those of the tools that are missing, or says which command would.
pub fn ensure(tools: &[Tool]) -> Result<()> {
    let missing = missing(tools);
    if missing.is_empty() {
        return Ok(());
    }
    let names = names(&missing);
    apt::install(&names, || packages(&missing))?;
    match self::missing(tools) {
        still if still.is_empty() => Ok(()),
        still => bail!(
            "still missing after installing packages for it: {}; install it by hand",
            self::names(&still)
        ),
    }
}

fn missing(tools: &[Tool]) -> Vec<&Tool> {
    tools.iter().filter(|tool| !(tool.is_there)()).collect()
}

fn packages(tools: &[&Tool]) -> Result<Vec<String>> {
    let each = tools.iter().map(|tool| (tool.packages)()).collect::<Result<Vec<_>>>()?;
    Ok(each.concat())
}

fn names(tools: &[&Tool]) -> String {
    tools.iter().map(|tool| tool.name).collect::<Vec<_>>().join(", ")
}

fn named(packages: &[&str]) -> Vec<String> {
    packages.iter().map(ToString::to_string).collect()
}

/// Compiles a program that uses a system header: a compiler without `libc6-dev` is not enough.
fn compiles_c() -> bool {
    let compile = || {
        let mut compiler = Command::new("cc")
            .args(["-fsyntax-only", "-x", "c", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut source) = compiler.stdin.take() {
            source.write_all(b"#include <stdlib.h>\nint main(void) { return 0; }\n")?;
        }
        compiler.wait()
    };
    compile().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    const THERE: Tool = Tool { name: "there", is_there: || true, packages: || Ok(Vec::new()) };
    const ABSENT: Tool = Tool { name: "absent", is_there: || false, packages: || Ok(Vec::new()) };

    #[test]
    fn only_what_is_missing_is_named() {
        assert_eq!(names(&missing(&[THERE, ABSENT])), "absent");
    }

    #[test]
    fn nothing_is_done_when_all_is_there() {
        ensure(&[THERE]).unwrap();
    }

    #[test]
    fn the_compiler_that_built_this_test_is_found() {
        assert!(compiles_c());
    }
}
