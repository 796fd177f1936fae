//! The token is lost: two of three officers read the evidence out of the files, and it verifies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Cast;

impl Cast<'_> {
    /// The officers make a key that nobody has alone, and the vault is wrapped for it.
    pub(super) fn hold_ceremony(&self) -> Result<()> {
        let mut create = Command::new(self.programs.console());
        create.args(["recovery", "create", "--name", "demo", "--threshold", "2", "--shares", "3"]);
        self.log.run(create.arg("--folder").arg(self.ceremony()))?;
        let mut set = self.console("officer");
        self.log.run(set.args(["recovery", "set"]).arg(self.ceremony().join("recovery.public")))
    }

    /// Without token and appliance.
    pub(super) fn recover(&self) -> Result<()> {
        let token = self.place.path("token");
        fs::rename(&token, self.place.path("lost-token")).context("the token cannot be lost")?;
        let mut open = Command::new(self.programs.console());
        open.args(["recovery", "open", "--ledger"]).arg(self.place.path("data/ledger"));
        open.arg("--vault").arg(self.place.path("data"));
        for officer in [1, 3] {
            open.arg("--share").arg(self.ceremony().join(format!("officer-{officer}.share")));
        }
        open.arg("--trust").arg(self.trust()).arg("--out").arg(self.place.path("recovered"));
        self.log.run(&mut open)
    }

    /// What was recovered of the one signature: it proves as much as the front-end's own file, but that the appliance's
    /// own cosignature is on record nowhere and so is not asked for.
    pub(super) fn prove_recovered(&self, document: &Path) -> Result<()> {
        let trust = fs::read_to_string(self.trust())?;
        let asked = trust.lines().filter(|line| !line.starts_with("cosigner_key"));
        let without = self.place.path("trust-recovered.toml");
        fs::write(&without, asked.collect::<Vec<_>>().join("\n"))?;
        let mut verify = Command::new(self.programs.console());
        verify.arg("verify").arg("--trust").arg(without);
        verify.arg("--evidence").arg(self.recovered()?).arg(document);
        self.log.run(&mut verify)
    }

    fn recovered(&self) -> Result<PathBuf> {
        let files = fs::read_dir(self.place.path("recovered"))?;
        let paths = files.filter_map(|file| Some(file.ok()?.path()));
        let mut evidence = paths.filter(|path| path.extension().is_some_and(|e| e == "evidence"));
        evidence.next().context("no evidence was recovered")
    }

    pub(super) fn ceremony(&self) -> PathBuf {
        self.place.path("ceremony")
    }
}
