//! A token behind the faulty module, and the plan of what goes wrong.
//!
//! Guarantees: one test at a time has the plan, and begins with nothing planned and nothing in the log.
//! The module is in front of tokens of one make for all of a process, because it is told in the environment.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs};

use crate::folder::Folder;
use crate::make::{Make, module_in};
use crate::{Fixture, fixture, folder, next_number};

/// Set by `cargo xtask test`: the path of the faulty module.
const FAULTY: &str = "COUNTERSIGN_FAULTY_MODULE";
/// What the faulty module reads: the module behind it, the plan, the log.
const BEHIND: &str = "COUNTERSIGN_FAULTY_BEHIND";
const PLAN: &str = "COUNTERSIGN_FAULTY_PLAN";
const LOG: &str = "COUNTERSIGN_FAULTY_LOG";

/// What goes wrong, and what was called.
pub struct Plan {
    path: PathBuf,
    log: PathBuf,
    /// Which plan it is: the module counts from anew when the text is another one.
    number: u32,
    _alone: MutexGuard<'static, ()>,
}

/// A token of this make behind the faulty module, for use in this process: another one at each call, and
/// the plan, for which this waits while another test has it.
///
/// # Panics
/// Without the modules, when there are no more tokens, or when this process has begun with another make.
#[must_use]
pub fn behind_faults(make: Make) -> (Fixture, Plan) {
    static ALONE: Mutex<()> = Mutex::new(());
    let folder = folder(Some(make));
    let behind = env::var_os(BEHIND).map(PathBuf::from);
    assert_eq!(behind, Some(make.module()), "a test program has one make behind the faulty module");
    let fixture =
        Fixture { module: module_in(FAULTY, None), ..fixture(make, folder, next_number()) };
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    (fixture, Plan::new(folder, alone))
}

/// What the faulty module must find in the environment.
pub fn environment(folder: &Folder, behind: Option<Make>) -> Vec<(&'static str, PathBuf)> {
    let told = |make: Make| [(BEHIND, make.module()), (PLAN, plan(folder)), (LOG, log(folder))];
    behind.into_iter().flat_map(told).collect()
}

fn plan(folder: &Folder) -> PathBuf {
    folder.path("faulty.plan")
}

fn log(folder: &Folder) -> PathBuf {
    folder.path("faulty.log")
}

impl Plan {
    fn new(folder: &Folder, alone: MutexGuard<'static, ()>) -> Self {
        let mut new = Self { path: plan(folder), log: log(folder), number: 0, _alone: alone };
        new.nothing();
        new
    }

    /// From now on this goes wrong, as the faulty module's README says, and the log begins anew.
    pub fn set(&mut self, lines: &str) {
        self.number += 1;
        fs::write(&self.log, "").expect("the folder of tokens can be written to");
        // Whole or not at all, for a module that is reading.
        let unfinished = self.path.with_extension("unfinished");
        fs::write(&unfinished, format!("# {} of {:p}\n{lines}\n", self.number, &raw const *self))
            .and_then(|()| fs::rename(&unfinished, &self.path))
            .expect("the folder of tokens can be written to");
    }

    /// From now on nothing goes wrong.
    pub fn nothing(&mut self) {
        self.set("");
    }

    /// How often this function was called since the plan was set.
    #[must_use]
    pub fn calls(&self, function: &str) -> usize {
        let called = |line: &&str| line.split(' ').next() == Some(function);
        self.log().lines().filter(called).count()
    }

    /// What was called since the plan was set: a line for each call.
    #[must_use]
    pub fn log(&self) -> String {
        read(&self.log)
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        self.nothing();
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the log is there as long as the plan")
}
