//! `recovery check` and `recovery open`: a ledger and its vault, opened by officers alone.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use countersign_host::{FileView, Host, OpenError};
use countersign_recovery::{Checked, Exporter, Media, Opened};
use countersign_verifier::Trust;
use serde_json::{Value, json};

use super::found::{Found, Out};
use super::join;
use crate::arguments::{OpenArguments, QuorumArguments};
use crate::{ConsoleError, Report};

/// Opens it, and says no more than that.
pub(super) fn check(quorum: &QuorumArguments) -> Result<Report, ConsoleError> {
    let (opened, lines) = opened(quorum)?;
    let checked = opened.checked();
    let said =
        format!("the shares open it: nothing of what is in it was shown\n{}", lines.text(checked));
    Ok(Report::new(said, lines.json(checked, &Value::Null)))
}

/// Opens it, and writes down what is in it.
pub(super) fn open(arguments: &OpenArguments) -> Result<Report, ConsoleError> {
    let is_stream = arguments.out.as_os_str() == "-";
    let (opened, lines) = opened(&arguments.quorum)?;
    let out = if is_stream { Out::Stream } else { Out::Folder(new_folder(&arguments.out)?) };
    let no_key = || ConsoleError::usage("this machine has no random bytes");
    let mut found = Found::new(out, Exporter::generate().ok_or_else(no_key)?)?;
    opened.show(|seen| found.take(seen))?;
    let counts = found.finish()?;
    let checked = opened.checked();
    let json = lines.json(checked, &counts.json());
    let report = Report::new(format!("{}\n{}", lines.text(checked), counts.text()), json);
    if is_stream {
        // The records have standard output for themselves.
        eprintln!("{}", report.text);
        return Ok(Report::silent());
    }
    Ok(report)
}

pub(super) type View = Opened<FileView, FileView, Host>;

/// The vault in a folder.
pub(super) fn vault(folder: &Path) -> Result<Media<FileView>, ConsoleError> {
    let view = |name| view(&folder.join(name));
    Ok(Media { even: view("vault.even")?, odd: view("vault.odd")? })
}

fn view(path: &Path) -> Result<FileView, ConsoleError> {
    FileView::open(path).map_err(not_read)
}

/// A ledger that officers have opened, and what is said of it.
pub(super) fn opened(arguments: &QuorumArguments) -> Result<(View, Lines), ConsoleError> {
    let quorum = join(&arguments.shares)?;
    let opened = Opened::open(Host, view(&arguments.ledger)?, vault(&arguments.vault)?, &quorum)?;
    let is_trusted = arguments.trust.is_some();
    arguments.trust.as_deref().map_or(Ok(()), |path| compare(path, opened.checked()))?;
    let key = format!("{} ({})", quorum.name(), quorum.fingerprint());
    Ok((opened, Lines { key, is_trusted }))
}

fn not_read(why: OpenError) -> ConsoleError {
    match why {
        OpenError::Io { path, source } => ConsoleError::file("read", &path)(source),
        in_use @ OpenError::InUse(_) => ConsoleError::usage(in_use.to_string()),
    }
}

/// Whether the ledger is that of an appliance that is trusted.
fn compare(path: &Path, checked: &Checked) -> Result<(), ConsoleError> {
    let text = fs::read_to_string(path).map_err(ConsoleError::file("read", path))?;
    let trust = Trust::parse(&text)
        .map_err(|why| ConsoleError::usage(format!("{}: {why}", path.display())))?;
    let appliance = &checked.appliance;
    let known = trust.appliance(appliance).ok_or_else(|| {
        ConsoleError::OtherLog(format!("{} names no appliance {appliance}", path.display()))
    })?;
    if known.checkpoint_key == checked.checkpoint_key {
        return Ok(());
    }
    Err(ConsoleError::OtherLog(
        "its checkpoints are signed with another key than is trusted".into(),
    ))
}

/// A folder that was not there, for its owner alone.
pub(super) fn new_folder(path: &Path) -> Result<std::path::PathBuf, ConsoleError> {
    let made = DirBuilder::new().mode(0o700).create(path);
    made.map_err(|why| match why.kind() {
        std::io::ErrorKind::AlreadyExists => {
            ConsoleError::Exists { path: path.to_owned(), hint: ", or give another folder" }
        }
        _ => ConsoleError::file("make", path)(why),
    })?;
    Ok(path.to_owned())
}

/// What is said of a ledger that has opened.
pub(super) struct Lines {
    key: String,
    is_trusted: bool,
}

impl Lines {
    pub(super) fn text(&self, checked: &Checked) -> String {
        let Checked { appliance, records, root, torn_bytes, epoch, signers, checkpoint_key } =
            checked;
        let compared = if self.is_trusted {
            "that of the trust file"
        } else {
            "as the ledger says itself: compare it, or give --trust"
        };
        let torn = if *torn_bytes == 0 {
            String::new()
        } else {
            format!("; {torn_bytes} bytes after them were never acknowledged")
        };
        [
            format!("appliance     {appliance}"),
            format!("recovery key  {}", self.key),
            format!("vault         epoch {epoch}, keys of {signers} signers"),
            format!("ledger        {records} records, whole and signed{torn}"),
            format!("root          {root}"),
            format!("log key       {} ({compared})", hex::encode(checkpoint_key.bytes())),
        ]
        .join("\n")
    }

    pub(super) fn json(&self, checked: &Checked, found: &Value) -> Value {
        json!({
            "appliance": checked.appliance.to_string(),
            "recoveryKey": self.key,
            "epoch": checked.epoch,
            "signers": checked.signers,
            "records": checked.records,
            "root": checked.root.to_string(),
            "tornBytes": checked.torn_bytes,
            "checkpointKey": hex::encode(checked.checkpoint_key.bytes()),
            "trusted": self.is_trusted,
            "found": found,
        })
    }
}
