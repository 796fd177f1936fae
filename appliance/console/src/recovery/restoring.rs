//! `recovery restore`: a backup, put back by a quorum.
//!
//! Guarantees: what is put into its place has been opened with the quorum and checked, ledger and vault; until then nothing is
//! there. It does not guarantee that it is the newest: the appliance that is started with it holds it against its token, and
//! officers alone have it go on with an older one, on record.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use countersign_host::sync_parent;
use countersign_recovery::{Quorum, Unsealed};
use serde_json::json;

use super::backing_up::{FILES, apart};
use super::join;
use super::opening::{new_folder, opened};
use crate::arguments::{QuorumArguments, RestoreArguments};
use crate::{ConsoleError, Report};

/// Puts a backup into a new folder.
pub(super) async fn restore(arguments: &RestoreArguments) -> Result<Report, ConsoleError> {
    let arguments = arguments.clone();
    apart("what is in the backup is checked", move || restored(&arguments)).await
}

fn restored(arguments: &RestoreArguments) -> Result<Report, ConsoleError> {
    let folder = Draft::beside(&arguments.data)?;
    unpack(&arguments.backup, &join(&arguments.shares)?, &folder.path)?;
    let quorum = QuorumArguments {
        ledger: folder.path.join("ledger"),
        vault: folder.path.clone(),
        shares: arguments.shares.clone(),
        trust: arguments.trust.clone(),
    };
    let (opened, lines) = opened(&quorum)?;
    let path = folder.keep()?.display().to_string();
    let checked = opened.checked();
    let text = format!(
        "{}\nrestored      {path}\nStart the appliance with it. If its token knows of anything newer, it is locked, and says so: \
         countersign status. Officers alone have it go on: countersign reanchor.",
        lines.text(checked)
    );
    Ok(Report::new(text, lines.json(checked, &json!({ "folder": path }))))
}

fn unpack(backup: &Path, quorum: &Quorum, folder: &Path) -> Result<(), ConsoleError> {
    let refused = |why| ConsoleError::file("read", backup)(why);
    let input = BufReader::new(File::open(backup).map_err(refused)?);
    let mut stream = Unsealed::begin(quorum, input).map_err(refused)?;
    for name in FILES {
        let mut length = [0; 8];
        stream.read_exact(&mut length).map_err(refused)?;
        let path = folder.join(name);
        let mut rest = (&mut stream).take(u64::from_be_bytes(length));
        take_out(&mut rest, &path).map_err(|why| match why.kind() {
            // Not of the file that is written, but of the stream that is read.
            io::ErrorKind::InvalidData => refused(why),
            _ => ConsoleError::file("write", &path)(why),
        })?;
        if rest.limit() > 0 {
            return Err(refused(io::ErrorKind::UnexpectedEof.into()));
        }
    }
    match stream.read(&mut [0]).map_err(refused)? {
        0 => Ok(()),
        _ => Err(refused(io::Error::other("there is more in it than an appliance keeps"))),
    }
}

fn take_out(from: &mut impl Read, path: &Path) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
    io::copy(from, &mut file)?;
    file.sync_all()
}

/// A folder beside the place where it will be; it is gone unless it is kept.
struct Draft {
    path: PathBuf,
    place: PathBuf,
}

impl Draft {
    fn beside(place: &Path) -> Result<Self, ConsoleError> {
        if place.symlink_metadata().is_ok() {
            return Err(ConsoleError::Exists {
                path: place.to_owned(),
                hint: ", or give another folder",
            });
        }
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(".restoring");
        let path = place.with_file_name(name);
        Ok(Self { path: new_folder(&path)?, place: place.to_owned() })
    }

    fn keep(self) -> Result<PathBuf, ConsoleError> {
        let place = self.place.clone();
        let synced = File::open(&self.path).and_then(|folder| folder.sync_all());
        let placed = synced.and_then(|()| fs::rename(&self.path, &place));
        let placed = placed.and_then(|()| sync_parent(&place));
        placed.map_err(ConsoleError::file("write", &place))?;
        Ok(place)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What is in its place is not here any more.
        let _ = fs::remove_dir_all(&self.path);
    }
}
