//! That the daemon's unit leaves the service as little as it says.
//!
//! Guarantees: systemd reads the unit, knows each of its options, and rates its exposure at no more than the threshold; a twin
//! that gives one thing back is rated higher, so that the rating can fail.
//!
//! Does not guarantee: that the daemon runs under it; what it may call and open of that is the daemon's own confinement,
//! which is tested by itself.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Outcome;
use crate::{command, setup, workspace};

const UNIT: &str = "appliance/daemon/systemd/countersignd.service";
/// On systemd's scale of 0 to 10, in tenths. What is left over is what it is there for: the network, sockets, a credential that
/// the TPM opens, and the call with which it gives up capabilities.
const EXPOSURE_TENTHS_MAX: u32 = 15;
/// What the twin lacks.
const TAKEN_OUT: &str = "RestrictNamespaces=yes\n";

/// Rates it, and its twin.
pub fn run() -> Result<Outcome> {
    setup::ensure(&[setup::SYSTEMD])?;
    let unit = workspace::root().join(UNIT);
    let exposure = rated(&unit)?;
    println!("{UNIT}: exposure {} of 10", shown(exposure));
    ensure!(
        exposure <= EXPOSURE_TENTHS_MAX,
        "{UNIT} leaves more to the service than {}: run `systemd-analyze security --offline=true {UNIT}`, and close what is open",
        shown(EXPOSURE_TENTHS_MAX)
    );
    let more = rated(&twin(&unit)?)?;
    ensure!(
        more > exposure,
        "the twin without {} is rated the same: this rating proves nothing",
        TAKEN_OUT.trim()
    );
    Ok(Outcome::all(1))
}

/// The same unit without one of its options.
fn twin(unit: &Path) -> Result<std::path::PathBuf> {
    let text =
        std::fs::read_to_string(unit).with_context(|| format!("cannot read {}", unit.display()))?;
    ensure!(
        text.contains(TAKEN_OUT),
        "{UNIT} has no {}: choose another option for the twin",
        TAKEN_OUT.trim()
    );
    let folder = workspace::target_folder().join("service");
    std::fs::create_dir_all(&folder)?;
    let twin = folder.join("countersignd-twin.service");
    std::fs::write(&twin, text.replace(TAKEN_OUT, ""))?;
    Ok(twin)
}

/// What systemd says, in tenths; an option that it does not know is an error.
fn rated(unit: &Path) -> Result<u32> {
    let mut rate = Command::new("systemd-analyze");
    rate.args(["security", "--offline=true", "--no-pager"]).arg(unit);
    let output = rate.output().with_context(|| command::cannot_start(&rate))?;
    let complaints = String::from_utf8_lossy(&output.stderr);
    ensure!(complaints.trim().is_empty(), "systemd complains of {}: {complaints}", unit.display());
    let said = String::from_utf8_lossy(&output.stdout);
    exposure_of(&said).with_context(|| format!("systemd-analyze rates nothing: {said}"))
}

/// The tenths in `Overall exposure level for NAME: 1.4 OK`.
fn exposure_of(said: &str) -> Option<u32> {
    let (_, level) = said.split_once("Overall exposure level")?;
    let (_, level) = level.split_once(": ")?;
    let (whole, tenth) = level.split_whitespace().next()?.split_once('.')?;
    Some(whole.parse::<u32>().ok()? * 10 + tenth.parse::<u32>().ok()?)
}

fn shown(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_read_from_what_systemd_says() {
        let said = "✓ X= \n\n→ Overall exposure level for countersignd.service: 1.4 OK 🙂\n";
        assert_eq!(exposure_of(said), Some(14));
        assert_eq!(exposure_of("→ Overall exposure level for a: 10.0 DANGEROUS"), Some(100));
        assert_eq!(exposure_of("no such unit"), None);
        assert_eq!(shown(14), "1.4");
    }
}
