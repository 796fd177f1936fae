//! The disk is lost: two of three officers put a backup back, and the appliance goes on with it by order alone.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Cast, KEY};
use crate::demo::appliance::listens;

/// What the console ends with where an appliance is locked.
const LOCKED: i32 = 5;

impl Cast<'_> {
    /// Beside the appliance that works; what is ordered afterwards is not in it.
    pub(super) fn back_up(&self) -> Result<()> {
        let mut backup = Command::new(self.programs.console());
        backup.args(["recovery", "backup", "--data"]).arg(self.place.path("data"));
        backup.arg("--key").arg(self.ceremony().join("recovery.public"));
        self.log.run(backup.arg("--out").arg(self.place.path("backup")))?;
        self.officer(&["key", "suspend", KEY])
    }

    pub(super) fn restore(&self) -> Result<()> {
        let (data, lost) = (self.place.path("data"), self.place.path("lost-data"));
        fs::rename(&data, &lost).context("the disk cannot be lost")?;
        let mut restore = Command::new(self.programs.console());
        restore.args(["recovery", "restore"]).arg(self.place.path("backup"));
        for officer in [2, 3] {
            restore.arg("--share").arg(self.ceremony().join(format!("officer-{officer}.share")));
        }
        self.log.run(restore.arg("--trust").arg(self.trust()).arg("--data").arg(data))
    }

    /// It knows from its token that something is missing, and waits for an officer.
    pub(super) fn go_on(&self) -> Result<()> {
        let address = &self.configuration.address;
        let _appliance = self.start_until(|| listens(address) && self.is_locked())?;
        let root = self.restored_root()?;
        self.officer(&["reanchor", &root])?;
        let mut status = self.console("officer");
        self.log.run(status.arg("status"))
    }

    fn is_locked(&self) -> bool {
        let status = self.console("officer").arg("status").output();
        status.is_ok_and(|done| done.status.code() == Some(LOCKED))
    }

    fn restored_root(&self) -> Result<String> {
        let status = self.console("officer").args(["--json", "status"]).output()?;
        let said: serde_json::Value = serde_json::from_slice(&status.stdout)?;
        let root = said.pointer("/ledger/root").and_then(serde_json::Value::as_str);
        ensure!(status.status.code() == Some(LOCKED), "it is not locked");
        Ok(root.context("it says no root")?.to_owned())
    }
}
