//! A Python for the tests: an environment of its own with the packages that their programs import.
//!
//! Guarantees: it is made once for each list of packages, and whole or not at all; the system's Python is
//! left as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cache::Place;
use crate::{command, workspace};

/// The packages, with their versions.
const REQUIREMENTS: &str = "tests/clients/python/requirements.txt";
/// Says that the environment is whole.
const WHOLE: &str = "whole";

/// The interpreter of the environment, which is made if it is not there.
pub fn interpreter() -> Result<PathBuf> {
    let requirements = workspace::root().join(REQUIREMENTS);
    let packages = fs::read(&requirements)
        .with_context(|| format!("cannot read {}; is it there?", requirements.display()))?;
    let version = command::output(Command::new("python3").arg("--version"))?;
    let place = Place::of("python", &[version.into_bytes(), packages])?;
    let _held = place.lock()?;
    let environment = place.folder().join("environment");
    if !place.folder().join(WHOLE).exists() {
        make(&environment, &requirements)?;
        fs::write(place.folder().join(WHOLE), "")?;
    }
    Ok(environment.join("bin/python"))
}

fn make(environment: &Path, requirements: &Path) -> Result<()> {
    eprintln!("python: making an environment with what the tests import");
    let mut venv = Command::new("python3");
    command::run(venv.args(["-m", "venv", "--clear"]).arg(environment))?;
    let mut pip = Command::new(environment.join("bin/python"));
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--requirement"]);
    command::run(pip.arg(requirements)).context("pip cannot install what the tests import")
}
