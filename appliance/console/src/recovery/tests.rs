//! `recovery check` and `recovery open` on a ledger and a vault in files, right or wrong in one thing.

mod backups;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use countersign_host::{FileStorage, Host};
use countersign_ledger::{Instruments, Keys, Ledger, NoKey, Salts, Submission};
use countersign_ports::{Crypto as _, Entropy, NoEntropy};
use countersign_protocol::change::{self, Erasure, Profile};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::record::{Kind, SignatureContent};
use countersign_protocol::recovery::RecoveryKey;
use countersign_protocol::{ApplianceId, Digest, OfficerId, Origin, SignerId, canonical};
use countersign_recovery::{Media, Recipient, fingerprint};
use countersign_vault::{Entry, Kind as KeyKind, Platform, RootFault, Roots, Vault};
use countersign_verifier::Appliance;
use serde_json::Value;
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::{creating, opening};
use crate::arguments::{OpenArguments, QuorumArguments};
use crate::exit::Code;
use crate::scribe::Scribe;
use crate::{ConsoleError, Report};

const US: ApplianceId = ApplianceId([9; 16]);
const SIGNATURE: &str =
    include_str!("../../../../protocol/wire/tests/golden/signature_content.hex");

const ENROLMENT: &str =
    include_str!("../../../../protocol/wire/tests/golden/enrolment_content.hex");

fn golden() -> Vec<u8> {
    bytes(SIGNATURE)
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.lines().filter(|line| !line.starts_with('#')).collect::<String>();
    hex::decode(digits).unwrap()
}

/// How the device of the signature was enrolled.
fn enrolment() -> Vec<u8> {
    let (signature, enrolment) = (golden(), bytes(ENROLMENT));
    let signature: SignatureContent<'_> = canonical::decode(&signature).unwrap();
    let mut enrolment: Enrolment<'_> = canonical::decode(&enrolment).unwrap();
    enrolment.device.slot = signature.approvals.iter().next().unwrap().slot;
    minicbor::to_vec(enrolment).unwrap()
}

/// What records are sealed under: a key of the appliance's, and those of two signers, all of one byte each.
struct Sealed;

const OWN: [u8; 32] = [5; 32];
const ADA: u8 = 6;
const BEN: u8 = 7;

fn id(signer: u8) -> Digest {
    Digest(Host.sha256(&[b"a signer's key", &[signer]]))
}

impl Keys for Sealed {
    fn own(&self) -> &[u8; 32] {
        &OWN
    }

    fn of_signer(&self, wanted: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        let signer = [ADA, BEN].into_iter().find(|signer| id(*signer) == *wanted);
        signer.map(|signer| Zeroizing::new([signer; 32])).ok_or(NoKey::Gone)
    }
}

/// Roots that are gone with the test, as those of an HSM that is lost.
#[derive(Default)]
struct Lost(Mutex<BTreeMap<u64, [u8; 32]>>);

impl Roots for Lost {
    fn make(&self, epoch: u64) -> Result<(), RootFault> {
        self.0.lock().unwrap().insert(epoch, Host.sha256(&[b"root", &epoch.to_be_bytes()]));
        Ok(())
    }

    fn derive(&self, epoch: u64, _: &ApplianceId) -> Result<Zeroizing<[u8; 32]>, RootFault> {
        Ok(Zeroizing::new(self.0.lock().unwrap()[&epoch]))
    }

    fn destroy(&self, epoch: u64) -> Result<(), RootFault> {
        self.0.lock().unwrap().remove(&epoch);
        Ok(())
    }

    fn epochs(&self) -> Result<Vec<u64>, RootFault> {
        Ok(self.0.lock().unwrap().keys().copied().collect())
    }
}

struct Chance(u8);

impl Entropy for Chance {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.0 = self.0.wrapping_add(1);
        bytes.fill(self.0);
        Ok(())
    }
}

/// A folder with a ledger, a vault, officers' files and a trust file.
struct House(TempDir);

impl House {
    /// Both have signed; Ben's key is in no vault, and he is erased, or not.
    fn new(erased: bool) -> Self {
        let house = Self(TempDir::new().unwrap());
        creating::create("vault 2026", 2, 3, &house.path("ceremony")).unwrap();
        house.make_vault();
        house.make_ledger(erased);
        house.trust(Scribe(1).key());
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn make_vault(&self) {
        let file = |name| FileStorage::open(&self.path(name)).unwrap();
        let media = Media { even: file("vault.even"), odd: file("vault.odd") };
        let platform = Platform { media, roots: Lost::default(), engine: Host, appliance: US };
        let mut chance = Chance(0);
        let mut vault = Vault::init(platform, &mut chance).unwrap();
        let entry = |id, kind, byte| Entry { id, kind, key: Zeroizing::new([byte; 32]) };
        let own = entry(Digest([0; 32]), KeyKind::OwnRecords, 5);
        vault.create_many(&mut chance, vec![entry(id(ADA), KeyKind::Evidence, ADA), own]).unwrap();
        let bytes = std::fs::read(self.path("ceremony/recovery.public")).unwrap();
        let key: RecoveryKey<'_> = canonical::decode(&bytes).unwrap();
        let recipient = Recipient::of(fingerprint(&Host, &bytes), &key).unwrap();
        assert!(vault.wrap_for(&mut chance, Box::new(recipient)).unwrap());
    }

    fn make_ledger(&self, erased: bool) {
        let scribe = Scribe(1);
        let storage = FileStorage::open(&self.path("ledger")).unwrap();
        let replayed = countersign_ledger::open(storage, &Host, &Sealed, |_| Ok(())).unwrap();
        let settled = replayed.settle(&Host, &scribe.key()).unwrap().for_appliance(US);
        let salts = Salts { secret: [3; 32].into(), boot: Digest([4; 32]) };
        let (crypto, keys) = (Arc::new(Host), Arc::new(Sealed));
        let ledger = Ledger::start(settled, Instruments { crypto, keys, notary: scribe, salts });
        let submit = |kind, signers: &[u8], content: Vec<u8>| {
            let signers = signers.iter().map(|signer| id(*signer)).collect();
            let submission = Submission { kind, tenant: None, signers, content };
            drop(pollster::block_on(ledger.submit(submission).unwrap().1).unwrap());
        };
        let identity = change::Appliance {
            id: US,
            profile: Profile::Development,
            rp_id: Origin::new("a.example").unwrap(),
            origin: Origin::new("https://a.example").unwrap(),
            checkpoint_key: scribe.key(),
            cosigner_key: None,
        };
        submit(Kind::Appliance, &[], minicbor::to_vec(identity).unwrap());
        submit(Kind::Enrolment, &[ADA], enrolment());
        submit(Kind::Signature, &[ADA], golden());
        submit(Kind::Signature, &[BEN], golden());
        if erased {
            let (signer, officer) = (SignerId(2), OfficerId(1));
            let erasure = Erasure { signer, evidence_key: id(BEN), officer, utc_lo_ms: 0 };
            submit(Kind::Erasure, &[], minicbor::to_vec(erasure).unwrap());
        }
        ledger.close();
    }

    fn trust(&self, checkpoint_key: CheckpointKey) {
        let (rp_id, origin) = ("a.example".to_owned(), "https://a.example".to_owned());
        let table = Appliance { id: US, checkpoint_key, cosigner_key: None, rp_id, origin }.table();
        std::fs::write(self.path("trust"), table).unwrap();
    }

    fn quorum(&self, officers: &[u8], trusted: bool) -> QuorumArguments {
        let share = |officer| self.path(&format!("ceremony/officer-{officer}.share"));
        QuorumArguments {
            ledger: self.path("ledger"),
            vault: self.0.path().to_owned(),
            shares: officers.iter().map(share).collect(),
            trust: trusted.then(|| self.path("trust")),
        }
    }

    fn open(&self, officers: &[u8], out: &str) -> Result<Report, ConsoleError> {
        opening::open(&OpenArguments { quorum: self.quorum(officers, true), out: self.path(out) })
    }

    fn records(&self, out: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path(out).join("records.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[test]
fn what_is_open_is_written_down_for_its_owner_alone() {
    let house = House::new(true);
    let report = house.open(&[1, 3], "found").unwrap();
    assert!(
        report.text.contains("4 open records, 1 of them signatures; 1 erased"),
        "{}",
        report.text
    );
    assert!(!report.text.contains("LOST"));
    assert!(report.text.contains("that of the trust file"));
    let records = house.records("found");
    let kinds: Vec<_> = records.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["appliance", "enrolment", "signature", "signature", "erasure"]);
    assert_eq!(records[2]["content"], hex::encode(golden()));
    assert_eq!(records[2]["evidence"], "2.evidence");
    assert!(records[2]["items"][0]["label"].is_string() && records[2]["receipt"].is_string());
    assert_eq!(records[3]["erased"], id(BEN).to_string());
    assert!(records[3].get("content").is_none());
    for (name, expected) in
        [("found", 0o700), ("found/records.jsonl", 0o600), ("found/2.evidence", 0o600)]
    {
        let mode = house.path(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, expected, "{name}");
    }
}

#[test]
fn what_the_vault_is_too_old_for_is_told_as_lost() {
    let house = House::new(false);
    let report = house.open(&[2, 3], "found").unwrap();
    assert!(report.text.contains("LOST          1 records"), "{}", report.text);
    assert_eq!(report.json["found"]["lost"], 1);
    assert_eq!(house.records("found")[3]["lost"], id(BEN).to_string());
}

#[test]
fn a_check_shows_nothing_of_what_is_in_it() {
    let house = House::new(true);
    let report = opening::check(&house.quorum(&[1, 2], true)).unwrap();
    assert!(report.text.starts_with("the shares open it"));
    assert_eq!((&report.json["records"], &report.json["signers"]), (&5.into(), &1.into()));
    let untold = opening::check(&house.quorum(&[1, 2], false)).unwrap();
    assert!(untold.text.contains("as the ledger says itself"), "{}", untold.text);
}

fn refused(done: Result<Report, ConsoleError>) -> (String, u8) {
    let why = done.unwrap_err();
    (why.to_string(), Code::from(&why) as u8)
}

#[test]
fn what_is_wrong_is_said_in_one_line_and_leaves_nothing() {
    let house = House::new(true);
    let says = |done, what: &str, code| {
        let (why, exit) = refused(done);
        assert!(why.contains(what) && !why.contains('\n'), "{why}");
        assert_eq!(exit, code, "{why}");
        assert!(!house.path("found").exists());
    };
    says(house.open(&[1], "found"), "shares here: 1, needed: 2", 1);
    says(house.open(&[1, 1], "found"), "are the same share, number 1", 1);
    says(house.open(&[1, 4], "found"), "officer-4.share: No such file", 1);
    house.trust(Scribe(2).key());
    says(house.open(&[1, 2], "found"), "signed with another key than is trusted", 7);
    house.trust(Scribe(1).key());

    creating::create("another", 2, 3, &house.path("theirs")).unwrap();
    let theirs = house.path("theirs/officer-2.share");
    std::fs::copy(&theirs, house.path("ceremony/officer-4.share")).unwrap();
    says(house.open(&[1, 4], "found"), "officer-4.share is a share of the recovery key", 1);

    let even = std::fs::read(house.path("vault.even")).unwrap();
    std::fs::write(house.path("vault.even"), [&even[..150], &[0], &even[151..]].concat()).unwrap();
    says(house.open(&[1, 2], "found"), "the vault is damaged: the wrapped copy of the key", 1);
    std::fs::write(house.path("vault.even"), b"").unwrap();
    says(house.open(&[1, 2], "found"), "there is no vault in these files", 1);
    std::fs::write(house.path("vault.even"), &even).unwrap();
    assert!(house.open(&[1, 2], "found").is_ok());
    let (why, _) = refused(house.open(&[1, 2], "found"));
    assert!(why.contains("exists and is left as it is"), "{why}");
}
