//! `recovery create`: a key that nobody has alone.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use countersign_host::Host;
use countersign_recovery::Created;
use serde_json::json;

use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report};

/// All places are made sure of before there is anything to write.
pub(super) fn create(
    name: &str,
    threshold: u8,
    shares: u8,
    folder: &Path,
) -> Result<Report, ConsoleError> {
    let made = DirBuilder::new().mode(0o700).recursive(true).create(folder);
    made.map_err(ConsoleError::file("make", folder))?;
    let public = folder.join("recovery.public");
    let public = OutFile::reserve(&public, Readers::Everybody, Old::Kept)?;
    let place = |number| {
        let path = folder.join(format!("officer-{number}.share"));
        OutFile::reserve(&path, Readers::Owner, Old::Kept)
    };
    let places = (1..=shares).map(place).collect::<Result<Vec<_>, _>>()?;
    let Created { fingerprint, key, shares: files } =
        countersign_recovery::create(&Host, name, threshold, shares)?;
    let mut written = vec![public.path().display().to_string()];
    public.write(&key)?;
    for (place, file) in places.into_iter().zip(&files) {
        written.push(place.path().display().to_string());
        place.write(file)?;
    }
    let text = format!(
        "recovery key {name}: {threshold} of {shares} shares\nfingerprint  {fingerprint}\nwritten      {}\n\
         Give each officer one share, keep no copy here, and set it: countersign recovery set {}",
        written.join(", "),
        written.first().map_or("", String::as_str)
    );
    let json = json!({
        "name": name,
        "fingerprint": fingerprint.to_string(),
        "threshold": threshold,
        "shares": shares,
        "files": written,
    });
    Ok(Report::new(text, json))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::recovery::join;

    #[test]
    fn each_share_is_for_one_pair_of_eyes_and_nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("ceremony");
        create("vault 2026", 2, 3, &there).unwrap();
        let path = |name: &str| there.join(name);
        let mode = |name: &str| path(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("officer-2.share"), mode("recovery.public")), (0o600, 0o644));
        assert_eq!(there.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        let joined = |names: &[&str]| {
            join(&names.iter().map(|name| path(name)).collect::<Vec<_>>()).map(|q| q.fingerprint())
        };
        let two = joined(&["officer-3.share", "officer-1.share"]).unwrap();
        assert_eq!(joined(&["officer-2.share", "officer-1.share"]).unwrap(), two);
        let why = joined(&["officer-2.share"]).unwrap_err().to_string();
        assert!(why.starts_with("shares here: 1, needed: 2"), "{why}");

        let before = std::fs::read(path("officer-1.share")).unwrap();
        let kept = create("vault 2026", 2, 3, &there).unwrap_err();
        assert!(matches!(kept, ConsoleError::Exists { .. }), "{kept}");
        std::fs::remove_file(path("recovery.public")).unwrap();
        assert!(create("vault 2026", 2, 3, &there).is_err());
        assert_eq!(std::fs::read(path("officer-1.share")).unwrap(), before);
        assert!(!path("recovery.public").exists(), "all of it or nothing");
    }
}
