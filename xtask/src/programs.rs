//! The house's programs, built by cargo and found where cargo says they are.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use cargo_metadata::Message;

use crate::{command, workspace};

/// Where the programs are.
pub struct Programs {
    paths: BTreeMap<String, PathBuf>,
}

impl Programs {
    /// The officers' and front-ends' command.
    pub fn console(&self) -> &Path {
        self.path("countersign")
    }

    /// The appliance.
    pub fn daemon(&self) -> &Path {
        self.path("countersignd")
    }

    /// The virtual FIDO2 device.
    pub fn device(&self) -> &Path {
        self.path("countersign-device")
    }

    /// A PATH on which the device comes first.
    pub fn search_path(&self) -> Result<OsString> {
        let own = self.device().parent().unwrap_or(Path::new("")).to_owned();
        let others = std::env::var_os("PATH").unwrap_or_default();
        std::env::join_paths(std::iter::once(own).chain(std::env::split_paths(&others)))
            .context("the folder of the programs has a `:` in its path; build in another one")
    }

    /// The front-ends that load the appliance.
    pub fn load(&self) -> &Path {
        self.path("countersign-load")
    }

    /// The bare name when cargo did not say: then the system says that it is missing.
    fn path(&self, name: &str) -> &Path {
        self.paths.get(name).map_or_else(|| Path::new("missing"), PathBuf::as_path)
    }
}

/// How programs are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// As for tests: quick to build.
    Dev,
    /// As it ships.
    Release,
}

/// Builds these programs, each of the package of its name, if they are not built yet; cargo shows its own
/// progress.
pub fn build(names: &[&str], profile: Profile) -> Result<Programs> {
    let mut command = workspace::cargo();
    command.args(["build", "--message-format=json-render-diagnostics"]);
    command.args((profile == Profile::Release).then_some("--release"));
    command.args(names.iter().map(|name| format!("--package={name}")));
    let mut cargo =
        command.stdout(Stdio::piped()).spawn().with_context(|| command::cannot_start(&command))?;
    let output = cargo.stdout.take().context("cargo's output is not a pipe")?;
    let messages = Message::parse_stream(std::io::BufReader::new(output));
    let paths = messages.filter_map(|message| executable(message.ok()?)).collect();
    ensure!(cargo.wait()?.success(), "the programs do not build: read cargo's output above");
    let programs = Programs { paths };
    for name in names {
        ensure!(
            programs.paths.contains_key(*name),
            "cargo built no program {name}; is it a binary?"
        );
    }
    Ok(programs)
}

fn executable(message: Message) -> Option<(String, PathBuf)> {
    let Message::CompilerArtifact(artifact) = message else { return None };
    let name = artifact.target.name.clone();
    artifact.executable.map(|path| (name, path.into_std_path_buf()))
}
