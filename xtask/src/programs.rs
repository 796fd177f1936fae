//! The house's programs and its loadable module, built by cargo and found where cargo says they are.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use cargo_metadata::camino::Utf8PathBuf;
use cargo_metadata::{Artifact, Message};

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

    /// The page for development and tests.
    pub fn page(&self) -> &Path {
        self.path("countersign-page")
    }

    /// The simulator.
    pub fn simulator(&self) -> &Path {
        self.path("countersign-sim")
    }

    /// The comparison with verifiers of others.
    pub fn differential(&self) -> &Path {
        self.path("countersign-differential")
    }

    /// The front-ends that load the appliance.
    pub fn load(&self) -> &Path {
        self.path("countersign-load")
    }

    /// What counts the path's instructions.
    pub fn constant_work(&self) -> &Path {
        self.path("countersign-ct")
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
    /// As for long simulations: slow to build, and as fast as it gets.
    Sim,
}

impl Profile {
    /// What cargo is told.
    const fn argument(self) -> &'static str {
        match self {
            Self::Dev => "--profile=dev",
            Self::Release => "--profile=release",
            Self::Sim => "--profile=sim",
        }
    }
}

/// Builds these programs, each of the package of its name, if they are not built yet; cargo shows its own
/// progress.
pub fn build(names: &[&str], profile: Profile) -> Result<Programs> {
    let mut command = cargo_build();
    command.arg(profile.argument());
    command.args(names.iter().map(|name| format!("--package={name}")));
    let built = built(&mut command)?;
    let programs = Programs { paths: built.into_iter().filter_map(executable).collect() };
    for name in names {
        ensure!(
            programs.paths.contains_key(*name),
            "cargo built no program {name}; is it a binary?"
        );
    }
    Ok(programs)
}

/// Builds this package, a loadable module, as for tests, and gives the module's path.
pub fn module(package: &str) -> Result<PathBuf> {
    let built = built(cargo_build().arg(format!("--package={package}")))?;
    let module = built.into_iter().find(|artifact| artifact.target.is_cdylib());
    let file = module.and_then(|artifact| artifact.filenames.into_iter().next());
    file.map(Utf8PathBuf::into_std_path_buf)
        .with_context(|| format!("cargo built no module {package}; is it a cdylib?"))
}

fn cargo_build() -> Command {
    let mut command = workspace::cargo();
    command.args(["build", "--message-format=json-render-diagnostics"]);
    command
}

/// What cargo says that it has built, or that was built before.
fn built(command: &mut Command) -> Result<Vec<Artifact>> {
    let mut cargo =
        command.stdout(Stdio::piped()).spawn().with_context(|| command::cannot_start(command))?;
    let output = cargo.stdout.take().context("cargo's output is not a pipe")?;
    let messages = Message::parse_stream(std::io::BufReader::new(output));
    let artifacts = messages.filter_map(|message| match message.ok()? {
        Message::CompilerArtifact(artifact) => Some(artifact),
        _ => None,
    });
    let artifacts = artifacts.collect();
    ensure!(cargo.wait()?.success(), "the programs do not build: read cargo's output above");
    Ok(artifacts)
}

fn executable(artifact: Artifact) -> Option<(String, PathBuf)> {
    artifact.executable.map(|path| (artifact.target.name, path.into_std_path_buf()))
}
