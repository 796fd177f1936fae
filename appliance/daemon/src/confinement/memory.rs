//! Memory that stays in the process: not in a core file, not before a debugger, not on a disk.

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};

use super::Unconfined;

/// No core file, no debugger (prctl(2), PR_SET_DUMPABLE), and locked pages where the limit allows it; whether it
/// did.
pub(super) fn keep() -> Result<bool, Unconfined> {
    let refused = Unconfined::refused("keep its memory out of core files");
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).map_err(|why| refused(&why))?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|why| refused(&why))?;
    Ok(lock())
}

/// Locks every page as it is first used (mlockall(2)), also those of threads and libraries to come. Only without a
/// limit: one that is reached later would be memory that the process does not get.
fn lock() -> bool {
    let unlimited = Rlimit { current: None, maximum: None };
    if getrlimit(Resource::Memlock).current.is_some()
        && setrlimit(Resource::Memlock, unlimited).is_err()
    {
        return false;
    }
    mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT).is_ok()
}
