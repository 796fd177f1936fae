//! An appliance on disks that a test can copy, and give back as they were.

use std::sync::Arc;

use countersign_core::Now;
use countersign_core::port::{Guarded as _, Platform as _};
use countersign_disk::Disk;
use countersign_ports::Storage;
use countersign_token::Token;
use countersign_token_fixture::Make;
use countersign_vault::Media;
use countersignd::boot::{
    BootError, Disks, Extent, Files, Row, Started, Verdict, open_token, start_on,
};
use countersignd::{Appliance, Linux};

use crate::engine::in_process;
use crate::house::{House, RelyingParty};
use crate::outcome::Outcome;
use crate::people::People;
use crate::remembered::Remembered;

/// An appliance that runs on disks in memory.
pub type Running = Arc<Appliance<Linux<Disk>>>;

/// What disks hold, and what the token knew then.
#[derive(Clone)]
pub struct Kept {
    /// The ledger.
    pub ledger: Vec<u8>,
    /// The vault's media.
    pub vault: [Vec<u8>; 2],
    /// The snapshots' media.
    pub snapshot: [Vec<u8>; 2],
    /// What the token knew.
    pub remembered: Remembered,
    /// The token.
    pub token: Token,
}

/// Disks that are in use.
pub struct InUse {
    /// The ledger's.
    pub ledger: Disk,
    /// The vault's.
    pub vault: [Disk; 2],
    /// The snapshots'.
    pub snapshot: [Disk; 2],
    token: Token,
}

impl Kept {
    /// Puts the token back too.
    pub fn in_use(&self) -> InUse {
        self.remembered.put_back(&self.token);
        self.in_use_beside()
    }

    /// With the token as it is: somebody may use it.
    pub fn in_use_beside(&self) -> InUse {
        let disks = |bytes: &[Vec<u8>; 2]| bytes.clone().map(Disk::holding);
        let (vault, snapshot) = (disks(&self.vault), disks(&self.snapshot));
        let (ledger, token) = (Disk::holding(self.ledger.clone()), self.token.clone());
        InUse { ledger, vault, snapshot, token }
    }

    /// The same without a snapshot.
    pub fn bare(&self) -> Self {
        Self { snapshot: Default::default(), ..self.clone() }
    }
}

impl InUse {
    /// What they hold now, and what the token knows: as if its owner had ended in order.
    pub fn kept(&self) -> Kept {
        let all = |disks: &[Disk; 2]| [bytes(&disks[0]), bytes(&disks[1])];
        let (vault, snapshot) = (all(&self.vault), all(&self.snapshot));
        let (remembered, token) = (Remembered::of(&self.token).left(), self.token.clone());
        Kept { ledger: bytes(&self.ledger), vault, snapshot, remembered, token }
    }

    fn disks(&self) -> Disks<Disk> {
        let media = |disks: &[Disk; 2]| Media { even: disks[0].clone(), odd: disks[1].clone() };
        let (vault, snapshot) = (media(&self.vault), media(&self.snapshot));
        Disks { ledger: self.ledger.clone(), vault, snapshot }
    }
}

/// What a disk holds.
pub fn bytes(disk: &Disk) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}

/// An appliance's house and token.
pub struct Shop {
    /// The house, whose own files are those of the first day.
    pub house: House,
    /// Its token, open for all starts.
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
        let remembered = Remembered::of(&token);
        let (ledger, snapshot) = (read(files.ledger), Default::default());
        let kept = Kept { ledger, vault, snapshot, remembered, token: token.clone() };
        (Self { house, token }, kept)
    }

    /// Starts it as the daemon does.
    ///
    /// # Errors
    /// [`BootError`].
    pub async fn boot(&self, disks: &InUse) -> Result<Running, BootError> {
        self.boot_reading(disks, Extent::SinceSnapshot).await
    }

    /// Starts it, and has so much of the ledger read.
    ///
    /// # Errors
    /// [`BootError`].
    pub async fn boot_reading(&self, disks: &InUse, extent: Extent) -> Result<Running, BootError> {
        Ok(Arc::new(self.start_reading(disks, extent).await?.open()?))
    }

    /// Starts it as the daemon does, locked or not.
    ///
    /// # Errors
    /// [`BootError`].
    pub async fn start(&self, disks: &InUse) -> Result<Started<Linux<Disk>>, BootError> {
        self.start_reading(disks, Extent::SinceSnapshot).await
    }

    /// It is locked, or does not start, for this reason; and nothing of the ledger is changed.
    pub async fn refuses(&self, disks: &InUse, row: Row) -> BootError {
        let before = bytes(&disks.ledger);
        let (verdict, why) = match self.start(disks).await {
            Ok(Started::Open(_)) => panic!("{row:?}: it goes on"),
            Ok(Started::Locked(locked)) => (Verdict::Locked, locked.why().into()),
            Err(why) => (Verdict::Stops, why),
        };
        assert_eq!((verdict, why.row()), (row.verdict(), Some(row)), "{why}");
        assert_eq!(bytes(&disks.ledger), before, "{row:?}");
        why
    }

    async fn start_reading(
        &self,
        disks: &InUse,
        extent: Extent,
    ) -> Result<Started<Linux<Disk>>, BootError> {
        let config = self.house.config();
        start_on(&config, disks.token.clone(), disks.disks(), extent).await
    }
}

/// Everything that decides, as it is written down, and the root over it; at one time, so that it can be compared.
pub fn state<S: Storage + Send + 'static>(appliance: &Appliance<Linux<S>>) -> Vec<Vec<u8>> {
    const WHEN: Now = Now { boot_ms: 1, utc_lo_ms: 1, utc_hi_ms: 1 };
    appliance.state().with(|state| {
        let root = state.registry.root().0.to_vec();
        let row = |name| state.registry.written(&name, WHEN).unwrap().unwrap().bytes;
        state.registry.names().map(row).chain([root]).collect()
    })
}

/// A signature that a front-end has.
pub struct Signed {
    /// The request.
    pub frame: Vec<u8>,
    /// The reply.
    pub reply: Outcome,
}

/// Alice signs a document.
pub async fn sign(appliance: &Running, people: &mut People) -> Signed {
    let (draft, reply) = people.sign(&**appliance).await.unwrap();
    let (frame, reply) = (draft.frame(), Outcome::read(&reply));
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
