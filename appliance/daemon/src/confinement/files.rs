//! The files that the process may open (Landlock): what the configuration names, and what libraries need.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, NetPort, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, path_beneath_rules,
};

use super::Unconfined;
use crate::config::Config;
use crate::ran::PROGRAM;

/// What is asked for; of an older kernel, what it has.
const NEWEST: ABI = ABI::V5;

/// What libraries read: code, their configuration, the process's own state, random bytes.
const SYSTEM: [&str; 9] = [
    "/usr",
    "/lib",
    "/lib64",
    "/etc",
    "/proc/self",
    "/sys/fs/cgroup",
    "/sys/devices/system/cpu",
    "/dev/random",
    "/dev/urandom",
];

/// Confines this thread and those that it makes; whether the kernel did what was meant.
pub(super) fn confine(config: &Config) -> Result<bool, Unconfined> {
    let (reads, writes) = (reads(config), writes(config)?);
    for path in reads.iter().chain(&writes) {
        // A rule about what is not there would say nothing, and nobody would hear of it.
        PathFd::new(path)
            .map_err(|why| Unconfined::Path { path: path.clone(), why: why.to_string() })?;
    }
    let ports = config.witnessing.iter().map(|section| section.listen.port());
    let enforced = rules(&reads, &writes, ports)
        .map_err(|why| Unconfined::refused("confine its files")(&why))?;
    Ok(enforced == RulesetStatus::FullyEnforced)
}

/// Files and folders that are read, and not written: the program too, whose digest goes on record.
fn reads(config: &Config) -> Vec<PathBuf> {
    let token = &config.token;
    let module = token.module.parent().map(Path::to_owned);
    let credentials = token.pin_credential.as_ref().and(std::env::var_os("CREDENTIALS_DIRECTORY"));
    let program = Some(PathBuf::from(PROGRAM));
    let paths = [module, token.pin_file.clone(), credentials.map(PathBuf::from), program];
    paths.into_iter().flatten().collect()
}

/// Files and folders that are written; the folder of the public copy is made, for none is confined to what is not
/// there.
fn writes(config: &Config) -> Result<Vec<PathBuf>, Unconfined> {
    if let Some(publish) = &config.publish {
        std::fs::create_dir_all(publish)
            .map_err(|why| Unconfined::Path { path: publish.clone(), why: why.to_string() })?;
    }
    let tpm = config.tpm.as_ref().and_then(|tpm| tpm.device.as_ref());
    let own = [Some(&config.data), config.publish.as_ref(), tpm].into_iter().flatten();
    Ok(own.chain(&config.token.files).cloned().collect())
}

fn rules(
    reads: &[PathBuf],
    writes: &[PathBuf],
    ports: impl Iterator<Item = u16>,
) -> Result<RulesetStatus, RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    // Nothing that is executed, no device, and no file that belongs to two folders.
    let write = read
        | AccessFs::from_write(NEWEST)
            & !(AccessFs::MakeChar | AccessFs::MakeBlock | AccessFs::MakeSym | AccessFs::IoctlDev);
    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::BindTcp)?
        .create()?
        .add_rules(path_beneath_rules(SYSTEM, read))?
        .add_rules(path_beneath_rules(["/dev/null"], read | AccessFs::WriteFile))?
        .add_rules(path_beneath_rules(reads, read))?
        .add_rules(path_beneath_rules(writes, write))?
        .add_rules(
            ports.map(|port| Ok::<_, RulesetError>(NetPort::new(port, AccessNet::BindTcp))),
        )?;
    Ok(ruleset.restrict_self()?.ruleset)
}
