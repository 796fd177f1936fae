//! An appliance on disks that a test can copy, and give back as they were.

use std::sync::Arc;

use countersign_core::Now;
use countersign_core::port::{Guarded as _, Platform as _};
use countersign_disk::Disk;
use countersign_ports::Storage as _;
use countersign_tests::draft::{AssertionDraft, ItemDraft, PrepareDraft, SignDraft};
use countersign_tests::engine::in_process;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::outcome::Outcome;
use countersign_tests::people::People;
use countersign_token::Token;
use countersign_token_fixture::Make;
use countersign_vault::Media;
use countersignd::boot::{BootError, Disks, Extent, Files, boot_on, open_token};
use countersignd::{Appliance, Linux};

pub type Running = Arc<Appliance<Linux<Disk>>>;

/// What disks hold.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub ledger: Vec<u8>,
    pub vault: [Vec<u8>; 2],
    pub snapshot: [Vec<u8>; 2],
}

/// Disks that are in use.
pub struct InUse {
    pub ledger: Disk,
    pub vault: [Disk; 2],
    pub snapshot: [Disk; 2],
}

impl Kept {
    pub fn in_use(&self) -> InUse {
        let disks = |bytes: &[Vec<u8>; 2]| bytes.clone().map(Disk::holding);
        let (vault, snapshot) = (disks(&self.vault), disks(&self.snapshot));
        InUse { ledger: Disk::holding(self.ledger.clone()), vault, snapshot }
    }

    /// The same without a snapshot.
    pub fn bare(&self) -> Self {
        Self { snapshot: Default::default(), ..self.clone() }
    }
}

impl InUse {
    pub fn kept(&self) -> Kept {
        let all = |disks: &[Disk; 2]| [bytes(&disks[0]), bytes(&disks[1])];
        let (vault, snapshot) = (all(&self.vault), all(&self.snapshot));
        Kept { ledger: bytes(&self.ledger), vault, snapshot }
    }

    fn disks(&self) -> Disks<Disk> {
        let media = |disks: &[Disk; 2]| Media { even: disks[0].clone(), odd: disks[1].clone() };
        let (vault, snapshot) = (media(&self.vault), media(&self.snapshot));
        Disks { ledger: self.ledger.clone(), vault, snapshot }
    }
}

pub fn bytes(disk: &Disk) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}

/// An appliance's house and token.
pub struct Shop {
    pub house: House,
    pub token: Token,
}

impl Shop {
    /// On its first day, with nobody registered.
    pub async fn new() -> (Self, Kept) {
        let house = House::build("host", Make::Embedded, RelyingParty::example()).await;
        let token = open_token(&house.config()).unwrap();
        let files = Files::within(&house.data());
        let read = |path| std::fs::read(path).unwrap();
        let vault = [read(files.vault.even), read(files.vault.odd)];
        let kept = Kept { ledger: read(files.ledger), vault, ..Kept::default() };
        (Self { house, token }, kept)
    }

    pub async fn boot(&self, disks: &InUse) -> Result<Running, BootError> {
        self.boot_reading(disks, Extent::SinceSnapshot).await
    }

    pub async fn boot_reading(&self, disks: &InUse, extent: Extent) -> Result<Running, BootError> {
        let config = self.house.config();
        boot_on(&config, self.token.clone(), disks.disks(), extent).await.map(Arc::new)
    }
}

/// Everything that decides, as it is written down; at one time, so that it can be compared.
pub fn state(appliance: &Running) -> Vec<Vec<u8>> {
    const WHEN: Now = Now { boot_ms: 1, utc_lo_ms: 1, utc_hi_ms: 1 };
    let mut rows = Vec::new();
    let put = |row: &[u8]| rows.push(row.to_vec());
    appliance.state().with(|state| state.registry.rows(WHEN, put).unwrap());
    rows
}

/// A signature that a front-end has.
pub struct Signed {
    pub frame: Vec<u8>,
    pub reply: Outcome,
}

/// Alice signs a document.
pub async fn sign(appliance: &Running, people: &mut People) -> Signed {
    let prepare = PrepareDraft {
        key: people.key.id,
        suite: people.key.suite,
        lifetime_ms: 60_000,
        initiator: None,
        items: vec![ItemDraft::document(1)],
    };
    let prepared = in_process(&**appliance, &people.front_end, &prepare.frame()).await;
    let Outcome::Prepared(prepared) = Outcome::read(&prepared) else { panic!("not prepared") };
    let made = people.alice.approve(&prepared.challenge, &people.alice.honest());
    let frame = SignDraft::of(&prepared, vec![AssertionDraft { device: 0, made }]).frame();
    let reply = Outcome::read(&in_process(&**appliance, &people.front_end, &frame).await);
    assert!(matches!(reply, Outcome::Signed { .. }), "{reply:?}");
    Signed { frame, reply }
}

/// Each has the same reply again.
pub async fn all_are_answered(appliance: &Running, people: &People, signed: &[Signed]) {
    for Signed { frame, reply } in signed {
        let again = in_process(&**appliance, &people.front_end, frame).await;
        assert_eq!(Outcome::read(&again), *reply);
    }
}
