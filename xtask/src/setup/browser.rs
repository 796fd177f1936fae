//! Chromium: a browser with a virtual FIDO2 device, for tests.

use std::process::Command;

use anyhow::{Result, bail};

use crate::command;

/// What it is called on Debian, where Google packs it, and on older systems.
const NAMES: [&str; 4] = ["chromium", "google-chrome", "google-chrome-stable", "chromium-browser"];

/// The one on PATH that starts. On Ubuntu there may be one that only says how to get it.
pub fn program() -> Option<&'static str> {
    NAMES.into_iter().find(|name| command::succeeds(Command::new(name).arg("--version")))
}

/// Debian's package.
pub fn packages() -> Result<Vec<String>> {
    let mut search = Command::new("apt-cache");
    search.args(["search", "--names-only", "^chromium$"]);
    if command::output(&mut search)?.is_empty() {
        bail!(
            "there is no package of Chromium here (Ubuntu has a snap only); install Google Chrome, \
             or a Chromium, so that one of {} is on PATH",
            NAMES.join(", ")
        );
    }
    Ok(super::named(&["chromium"]))
}
