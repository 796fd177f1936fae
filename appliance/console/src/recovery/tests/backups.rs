//! `recovery backup` and `recovery restore`.

use std::fs;

use super::*;
use crate::arguments::{BackupArguments, RestoreArguments};
use crate::recovery::{backing_up, restoring};

impl House {
    /// One whose vault was wrapped, with a certificate.
    fn whole() -> Self {
        let house = Self::new(true);
        fs::write(house.path("server.pem"), "certificate").unwrap();
        fs::write(house.path("server.key.pem"), "key").unwrap();
        house
    }

    async fn back_up(&self, key: &str) -> Result<Report, ConsoleError> {
        let (data, key, out) = (self.0.path().to_owned(), self.path(key), self.path("backup"));
        backing_up::back_up(&BackupArguments { data, key, out }).await
    }

    async fn restore(&self, officers: &[u8]) -> Result<Report, ConsoleError> {
        let QuorumArguments { shares, trust, .. } = self.quorum(officers, true);
        let (backup, data) = (self.path("backup"), self.path("restored"));
        restoring::restore(&RestoreArguments { backup, shares, trust, data }).await
    }

    fn is_restored(&self) -> bool {
        self.path("restored").exists() || self.path("restored.restoring").exists()
    }
}

const PUBLIC: &str = "ceremony/recovery.public";
const FILES: [&str; 5] = ["ledger", "vault.even", "vault.odd", "server.pem", "server.key.pem"];

#[tokio::test]
async fn what_a_quorum_restores_is_what_was_there() {
    let house = House::whole();
    house.back_up(PUBLIC).await.unwrap();
    let report = house.restore(&[3, 1]).await.unwrap();
    assert!(report.text.contains("5 records, whole and signed"), "{}", report.text);
    for name in FILES {
        let restored = house.path("restored").join(name);
        assert_eq!(fs::read(&restored).unwrap(), fs::read(house.path(name)).unwrap(), "{name}");
        assert_eq!(restored.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let again = house.restore(&[3, 1]).await.unwrap_err().to_string();
    assert!(again.contains("exists and is left as it is"), "{again}");
}

/// Nobody reads it in the file: not even what is in clear in a data folder.
#[tokio::test]
async fn a_backup_tells_nothing() {
    let house = House::whole();
    house.back_up(PUBLIC).await.unwrap();
    let backup = fs::read(house.path("backup")).unwrap();
    let has = |what: &[u8]| backup.windows(what.len()).any(|window| window == what);
    assert!(!has(b"certificate") && !has(&US.0));
    assert_eq!(house.path("backup").metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_backup_that_its_officers_could_not_open_is_not_made() {
    let house = House::whole();
    creating::create("another", 2, 3, &house.path("theirs")).unwrap();
    let (why, code) = refused(house.back_up("theirs/recovery.public").await);
    assert!(why.contains("does not open with the recovery key"), "{why}");
    assert_eq!((code, house.path("backup").exists()), (2, false));
    fs::remove_file(house.path("server.pem")).unwrap();
    let (why, _) = refused(house.back_up(PUBLIC).await);
    assert!(why.contains("server.pem: No such file") && !house.path("backup").exists(), "{why}");
}

#[tokio::test]
async fn too_few_or_a_damaged_backup_or_one_of_damaged_files_restores_nothing() {
    let house = House::whole();
    house.back_up(PUBLIC).await.unwrap();
    let (why, _) = refused(house.restore(&[2]).await);
    assert!(why.contains("shares here: 1, needed: 2") && !house.is_restored(), "{why}");
    let good = fs::read(house.path("backup")).unwrap();
    for at in [0, 9, 50, 80, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(house.path("backup"), bad).unwrap();
        let (why, code) = refused(house.restore(&[1, 2]).await);
        assert!(why.starts_with("cannot read") && code == 1 && !house.is_restored(), "{at}: {why}");
    }
    fs::remove_file(house.path("backup")).unwrap();
    // In the middle of a file that is longer than a piece of the stream.
    fs::write(house.path("server.pem"), vec![7; 3 << 20]).unwrap();
    house.back_up(PUBLIC).await.unwrap();
    let mut bad = fs::read(house.path("backup")).unwrap();
    let at = bad.len() / 2;
    bad[at] ^= 1;
    fs::write(house.path("backup"), bad).unwrap();
    let (why, _) = refused(house.restore(&[1, 2]).await);
    assert!(why.contains("backup: it is damaged") && !house.is_restored(), "{why}");
    fs::remove_file(house.path("backup")).unwrap();
    let mut ledger = fs::read(house.path("ledger")).unwrap();
    ledger[200] ^= 1;
    fs::write(house.path("ledger"), ledger).unwrap();
    house.back_up(PUBLIC).await.unwrap();
    let (why, _) = refused(house.restore(&[1, 2]).await);
    assert!(!why.starts_with("cannot read") && !house.is_restored(), "{why}");
}
