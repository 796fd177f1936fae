//! No privilege, and no way to one.

use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities, set_no_new_privs};

use super::Unconfined;

/// Drops every capability (capabilities(7)), so that a port below 1024 cannot be bound any more; no program that
/// is executed gives one back (prctl(2), PR_SET_NO_NEW_PRIVS).
pub(super) fn drop() -> Result<(), Unconfined> {
    let refused = Unconfined::refused("drop its privileges");
    set_no_new_privs(true).map_err(|why| refused(&why))?;
    let none = CapabilitySet::empty();
    let none = CapabilitySets { effective: none, permitted: none, inheritable: none };
    set_capabilities(None, none).map_err(|why| refused(&why))
}
