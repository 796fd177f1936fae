//! The commands on a published folder, as it was written and changed in one thing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_client::log::LogError;
use countersign_host::{FileStorage, FileView, Host};
use countersign_ledger::{Instruments, Keys, Ledger, NoKey, Salts, Submission};
use countersign_protocol::record::Kind;
use countersign_protocol::{ApplianceId, Digest};
use countersign_publisher::{Publisher, Step, SystemDisk};
use countersign_tlog::key::{self, Key};
use countersign_tlog::proof::Proof;
use countersign_verifier::Appliance;
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::obey;
use crate::arguments::{Format, LogCommand, LogPlace, Server};
use crate::exit::Code;
use crate::scribe::Scribe;
use crate::{ConsoleError, Report};

const APPLIANCE: ApplianceId = ApplianceId([9; 16]);

/// The key of records that are about nobody; there are no others here.
struct OwnKey;

impl Keys for OwnKey {
    fn own(&self) -> &[u8; 32] {
        &[5; 32]
    }

    fn of_signer(&self, _: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        Err(NoKey::Gone)
    }
}

/// A ledger, its published folder, and a trust file that names it.
struct House {
    folder: TempDir,
    ledger: Ledger<FileStorage>,
    scribe: Scribe,
}

impl House {
    fn of(scribe: Scribe, records: u64) -> Self {
        Self::with(scribe, 0, records)
    }

    /// Records of another history have other commitments.
    fn with(scribe: Scribe, history: u8, records: u64) -> Self {
        let folder = TempDir::new().unwrap();
        let storage = FileStorage::open(&folder.path().join("ledger")).unwrap();
        let replayed = countersign_ledger::open(storage, &Host, &OwnKey, |_| Ok(())).unwrap();
        let settled = replayed.settle(&Host, &scribe.key()).unwrap().for_appliance(APPLIANCE);
        let salts = Salts { secret: [3; 32].into(), boot: Digest([history; 32]) };
        let (crypto, keys, notary) = (Arc::new(Host), Arc::new(OwnKey), scribe);
        let ledger = Ledger::start(settled, Instruments { crypto, keys, notary, salts });
        let house = Self { folder, ledger, scribe };
        let trusted = Appliance {
            id: APPLIANCE,
            checkpoint_key: scribe.key(),
            cosigner_key: None,
            rp_id: "a.example".to_owned(),
            origin: "https://a.example".to_owned(),
        };
        std::fs::write(house.path("trust"), trusted.table()).unwrap();
        house.grow(records);
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn grow(&self, records: u64) {
        let submit = |at: u64| {
            let content = at.to_be_bytes().to_vec();
            let (kind, signers) = (Kind::Refusal, Vec::new());
            self.ledger.submit(Submission { kind, tenant: None, signers, content }).unwrap().1
        };
        let tickets: Vec<_> = (0..records).map(submit).collect();
        tickets.into_iter().for_each(|ticket| drop(pollster::block_on(ticket).unwrap()));
        let view = FileView::open(&self.path("ledger")).unwrap();
        let (disk, durable) = (SystemDisk::new(self.path("public")), self.ledger.durable());
        let mut publisher = Publisher::new(disk, view, Arc::new(Host), self.scribe.key(), durable);
        while publisher.step().unwrap() != Step::Idle {}
    }

    fn place(&self) -> LogPlace {
        LogPlace { trust: self.path("trust"), folder: Some(self.path("public")) }
    }

    async fn obey(&self, command: LogCommand) -> Result<Report, ConsoleError> {
        let identity = Some(self.path("reader.pem"));
        let server = Server { server: None, server_cert: None, identity, identity_key: None };
        obey(&server, &command).await
    }

    async fn check(&self, old: Option<&Path>) -> Result<Report, ConsoleError> {
        self.obey(LogCommand::Check { place: self.place(), old: old.map(Path::to_owned) }).await
    }

    /// Flips a bit of a published file.
    fn flip(&self, file: &str, at: usize) {
        let path = self.path("public").join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[at] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
}

fn code(why: &ConsoleError) -> u8 {
    Code::from(why) as u8
}

#[tokio::test]
async fn a_good_folder_is_shown_exported_and_checked() {
    let house = House::of(Scribe(7), 300);
    let shown = house.obey(LogCommand::Show { place: house.place(), last: 2 }).await.unwrap();
    assert_eq!(shown.json["size"], 300);
    let key = Key::parse(shown.json["key"].as_str().unwrap()).unwrap();
    assert_eq!((key.kind(), &key.public()[26..]), (key::Kind::Ecdsa, house.scribe.key().bytes()));
    assert_eq!(shown.json["records"][1]["index"], 299);
    assert_eq!(shown.json["records"][1]["kind"], "refusal");
    let command = LogCommand::Export { place: house.place(), format: Format::Json, from: 299 };
    assert!(house.obey(command).await.unwrap().json.is_null(), "said on the way");
    let checked = house.check(None).await.unwrap();
    assert_eq!((&checked.json["entries"], &checked.json["tiles"]), (&300.into(), &3.into()));
}

#[tokio::test]
async fn what_grew_is_followed_and_an_older_checkpoint_is_of_the_same_log() {
    let house = House::of(Scribe(7), 200);
    let old = house.path("old");
    std::fs::copy(house.path("public/checkpoint"), &old).unwrap();
    let follow = house.obey(LogCommand::Follow { place: house.place(), until: Some(300) });
    let grow = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        house.grow(100);
    };
    let (followed, ()) = tokio::join!(follow, grow);
    assert_eq!(followed.unwrap().json["shown"], 100);
    let checked = house.check(Some(&old)).await.unwrap();
    assert_eq!(checked.json["consistentWith"], 200);
    std::fs::copy(&old, house.path("public/checkpoint")).unwrap();
    let shrank = house.check(None).await.unwrap_err();
    assert!(matches!(shrank, ConsoleError::Log(LogError::Shrank { now: 200, .. })), "{shrank}");
    assert_eq!(code(&shrank), 7);
}

#[tokio::test]
async fn one_bit_of_any_file_is_noticed() {
    for (file, at) in [
        ("tile/0/000", 33),
        ("tile/0/001.p/44", 3),
        ("tile/1/000.p/1", 31),
        ("tile/entries/000", 700),
        ("tile/entries/001.p/44", 5),
        ("checkpoint", 50),
        ("checkpoint", 160),
    ] {
        let house = House::of(Scribe(7), 300);
        house.check(None).await.unwrap();
        std::fs::remove_file(house.path("reader.log-seen.json")).unwrap();
        house.flip(file, at);
        let why = house.check(None).await.unwrap_err();
        assert_eq!(code(&why), 7, "{file}: {why}");
    }
}

#[tokio::test]
async fn a_file_that_is_gone_is_named() {
    let house = House::of(Scribe(7), 300);
    std::fs::remove_file(house.path("public/tile/entries/000")).unwrap();
    let why = house.check(None).await.unwrap_err();
    assert!(why.to_string().contains("tile/entries/000"), "{why}");
    assert_eq!(code(&why), 7);
}

#[tokio::test]
async fn another_history_under_the_same_key_is_refused() {
    let house = House::of(Scribe(7), 300);
    house.check(None).await.unwrap();
    let show = |other: &House| {
        let folder = Some(other.path("public"));
        house.obey(LogCommand::Show {
            place: LogPlace { trust: house.path("trust"), folder },
            last: 1,
        })
    };
    show(&House::of(Scribe(7), 301)).await.unwrap();
    // As long, and longer.
    for records in [301, 302] {
        let why = show(&House::with(Scribe(7), 1, records)).await.unwrap_err();
        assert!(matches!(why, ConsoleError::Log(LogError::Forked { .. })), "{why}");
        assert_eq!(code(&why), 7);
    }
}

#[tokio::test]
async fn a_key_that_is_not_trusted_is_not_believed() {
    let (house, other) = (House::of(Scribe(7), 3), House::of(Scribe(8), 3));
    let place = LogPlace { trust: other.path("trust"), folder: Some(house.path("public")) };
    let why = house.obey(LogCommand::Show { place, last: 1 }).await.unwrap_err();
    assert!(matches!(why, ConsoleError::Checkpoint(_)), "{why}");
    assert_eq!(code(&why), 7);
}

#[tokio::test]
async fn a_proof_is_one_that_others_read_and_only_of_what_is_there() {
    let house = House::of(Scribe(7), 300);
    let prove = |index| {
        let out = Some(house.path(&format!("{index}.tlog-proof")));
        house.obey(LogCommand::Prove { place: house.place(), index, out })
    };
    prove(270).await.unwrap();
    let text = std::fs::read_to_string(house.path("270.tlog-proof")).unwrap();
    let proof = Proof::parse(&text).unwrap();
    assert_eq!((proof.index, proof.extra), (270, None));
    let published = std::fs::read_to_string(house.path("public/checkpoint")).unwrap();
    assert_eq!(proof.checkpoint, published);
    let why = prove(300).await.unwrap_err();
    assert!(matches!(why, ConsoleError::Log(LogError::OutOfLog)), "{why}");
    assert!(!house.path("300.tlog-proof").exists());
}
