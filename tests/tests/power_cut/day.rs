//! A day's work: signings alone and many at once, batches, refusals and orders, on a disk that remembers
//! everything; and what front-ends and officers were told, with the moment at which they knew it.

use std::sync::Arc;

use countersign_core::Reason;
use countersign_device::Authenticator;
use countersign_disk::{Disk, History};
use countersign_host::Host;
use countersign_ports::{Crypto as _, Storage};
use countersign_protocol::admin::{Answer, Order, SetStanding, Status};
use countersign_protocol::change::Standing;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Leaf, Opening, SignatureContent};
use countersign_protocol::{Name, canonical, tag};
use countersign_tests::draft::{AssertionDraft, ItemDraft, PrepareDraft, SignDraft};
use countersign_tests::engine::in_process;
use countersign_tests::house::{House, OwnKey, RelyingParty};
use countersign_tests::outcome::{Outcome, Prepared};
use countersign_tests::people::People;
use countersign_tests::remembered::Remembered;
use countersign_tlog::{Hash, Head, leaf_hash};
use countersign_token::{PrfUse, Token};
use countersign_token_fixture::Make;
use countersign_vault::Media;
use countersignd::boot::{Disks, Extent, Files, boot_on, open_token};
use countersignd::{Appliance, Linux, Service};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

/// Signings at the same time, so that one group has many.
const AT_ONCE: usize = 16;

/// Something that somebody was told.
pub struct Told {
    /// Operations that the disk had ended by then.
    pub operations: usize,
    /// What.
    pub what: Knowledge,
}

/// What somebody knows.
pub enum Knowledge {
    /// A front-end has a signature, with a receipt.
    Signed(Box<Signed>),
    /// An officer has this head of the ledger.
    Head(Head),
    /// A front-end has heard so many refusals for this reason.
    Refused(Reason, usize),
    /// An officer's order has the record at this place.
    Done(u64),
}

/// A signature, as its front-end knows it.
pub struct Signed {
    /// The `Sign` frame.
    pub frame: Vec<u8>,
    /// The reply to it.
    pub reply: Outcome,
    /// Where the receipt says that the record is.
    pub index: u64,
    /// The hash of its leaf, which commits to the signatures.
    pub leaf: Hash,
    /// The receipt's checkpoint.
    pub head: Head,
}

impl Told {
    /// The head that came with it.
    pub fn head(&self) -> Option<Head> {
        match &self.what {
            Knowledge::Signed(signed) => Some(signed.head),
            Knowledge::Head(head) => Some(*head),
            _ => None,
        }
    }
}

/// The day, when it is over.
pub struct Day {
    /// Where it happened.
    pub house: House,
    /// Its token, open for all restarts.
    pub token: Token,
    /// The key that its checkpoints verify with.
    pub checkpoint_key: CheckpointKey,
    /// The people.
    pub people: People,
    /// What happened to the disk.
    pub history: History,
    /// The key of the ledger's records that are about no signer.
    pub own_key: OwnKey,
    /// What the vault's media hold in the end: all its keys are made before the first request.
    pub vault: Media<Vec<u8>>,
    /// What was told.
    pub told: Vec<Told>,
    /// What the token knew, after so many operations.
    pub remembered: Vec<(usize, Remembered)>,
    /// Whoever starts an appliance has the token for itself.
    pub turn: Mutex<()>,
}

impl Day {
    /// A day of so many requests, on what `wrap` makes of a disk.
    pub fn of<S: Storage + Send + 'static>(requests: usize, wrap: impl Fn(Disk) -> S) -> Self {
        Runtime::new().unwrap().block_on(work(requests, wrap))
    }
}

struct Working<'d, S: Storage + Send + 'static> {
    appliance: Arc<Appliance<Linux<S>>>,
    house: &'d House,
    people: &'d mut People,
    disk: Disk,
    told: Vec<Told>,
    remembered: Vec<(usize, Remembered)>,
    token: Token,
    refusals: usize,
}

async fn work<S: Storage + Send + 'static>(requests: usize, wrap: impl Fn(Disk) -> S) -> Day {
    let house = House::build("host", Make::Embedded, RelyingParty::example()).await;
    let token = open_token(&house.config()).unwrap();
    let first = Remembered::of(&token);
    let disk = Disk::holding(std::fs::read(house.ledger()).unwrap());
    let media = Files::within(&house.data()).vault;
    let vault = [media.even, media.odd].map(|path| Disk::holding(std::fs::read(path).unwrap()));
    let media = Media { even: wrap(vault[0].clone()), odd: wrap(vault[1].clone()) };
    // Snapshots are looked at elsewhere: here none is taken.
    let snapshot = [(), ()].map(|()| wrap(Disk::holding(Vec::new())));
    let [even, odd] = snapshot;
    let snapshot = Media { even, odd };
    let disks = Disks { ledger: wrap(disk.clone()), vault: media, snapshot };
    let booted =
        boot_on(&house.config(), token.clone(), disks, Extent::SinceSnapshot).await.unwrap();
    let mut people = People::register(&house, &booted).await;
    let appliance = Arc::new(booted);
    let remembered = vec![(0, first), (disk.operations(), Remembered::of(&token).left())];
    let (told, refusals) = (Vec::new(), 0);
    let mut working = Working {
        appliance,
        house: &house,
        people: &mut people,
        disk,
        told,
        remembered,
        token: token.clone(),
        refusals,
    };
    for n in 0..requests {
        match n % 10 {
            2 => working.refused().await,
            4 => working.order(n).await,
            6 => working.sign(3).await,
            8 => working.sign_at_once().await,
            _ => working.sign(1).await,
        }
    }
    let Working { appliance, disk, told, remembered, .. } = working;
    let (_, checkpoint_key) = status(&house, &*appliance).await;
    appliance.close();
    let [even, odd] = vault.map(|disk| bytes(&disk));
    let vault = Media { even, odd };
    let own_key = OwnKey(*token.prf(PrfUse::OwnRecords).unwrap());
    let history = disk.history();
    let turn = Mutex::new(());
    Day { history, vault, house, token, own_key, checkpoint_key, people, told, remembered, turn }
}

fn bytes(disk: &Disk) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}

impl<S: Storage + Send + 'static> Working<'_, S> {
    fn tell(&mut self, what: Knowledge) {
        let operations = self.disk.operations();
        self.remembered.push((operations, Remembered::of(&self.token).left()));
        self.told.push(Told { operations, what });
    }

    async fn prepared(&self, items: u8) -> Prepared {
        let prepare = PrepareDraft {
            key: self.people.key.id,
            suite: self.people.key.suite,
            lifetime_ms: 60_000,
            initiator: None,
            items: (1..=items).map(ItemDraft::document).collect(),
        };
        let reply = in_process(&*self.appliance, &self.people.front_end, &prepare.frame()).await;
        match Outcome::read(&reply) {
            Outcome::Prepared(prepared) => prepared,
            other => panic!("not prepared: {other:?}"),
        }
    }

    async fn ask(&self, frame: &[u8]) -> Outcome {
        Outcome::read(&in_process(&*self.appliance, &self.people.front_end, frame).await)
    }

    async fn sign(&mut self, items: u8) {
        let prepared = self.prepared(items).await;
        let draft = approved(&mut self.people.alice, &prepared);
        let front_end = &self.people.front_end;
        let reply = in_process(&*self.appliance, front_end, &draft.frame()).await;
        self.tell(signed(&draft, &reply));
    }

    async fn sign_at_once(&mut self) {
        let mut drafts = Vec::new();
        for _ in 0..AT_ONCE {
            let prepared = self.prepared(1).await;
            drafts.push(approved(&mut self.people.alice, &prepared));
        }
        let mut signing = tokio::task::JoinSet::new();
        for draft in drafts {
            let appliance = Arc::clone(&self.appliance);
            let (front_end, disk) = (self.people.front_end.clone(), self.disk.clone());
            signing.spawn(async move {
                let reply = in_process(&*appliance, &front_end, &draft.frame()).await;
                (disk.operations(), signed(&draft, &reply))
            });
        }
        let told = signing.join_all().await.into_iter();
        self.told.extend(told.map(|(operations, what)| Told { operations, what }));
        self.told.sort_by_key(|told| told.operations);
    }

    /// A device's that was not listed: of one that was, so many refusals would lock it out.
    async fn refused(&mut self) {
        let prepared = self.prepared(1).await;
        let mut draft = approved(&mut self.people.bob, &prepared);
        draft.assertions.iter_mut().for_each(|assertion| assertion.device = 9);
        let outcome = self.ask(&draft.frame()).await;
        assert!(matches!(outcome, Outcome::Failed(_)), "{outcome:?}");
        self.refusals += 1;
        self.tell(Knowledge::Refused(Reason::DeviceNotListed, self.refusals));
    }

    /// Suspends Bob's device, or takes it back.
    async fn order(&mut self, n: usize) {
        let name = self.people.name("bob's phone");
        let standing = if n % 20 == 4 { Standing::Suspended } else { Standing::Active };
        let name = Name::new(&name).unwrap();
        let order = Order::DeviceStanding(SetStanding { name, standing });
        let place = |answer: &Answer<'_>| match answer {
            Answer::Done(done) => Some(done.index),
            _ => None,
        };
        let index = self.house.order(&*self.appliance, &order, place).await;
        self.tell(Knowledge::Done(index));
        let (head, _) = status(self.house, &*self.appliance).await;
        self.tell(Knowledge::Head(head));
    }
}

/// The head of the ledger that an officer is told, and the key that checkpoints verify with.
async fn status(house: &House, appliance: &impl Service) -> (Head, CheckpointKey) {
    let read = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => {
            let head = Head { size: status.ledger_size, root: status.ledger_root.0 };
            Some((head, status.checkpoint_key))
        }
        _ => None,
    };
    house.order(appliance, &Order::Status(Status {}), read).await
}

/// What a front-end knows by this reply: the record that its receipt opens has these very signatures.
fn signed(draft: &SignDraft, reply: &[u8]) -> Knowledge {
    let reply = Outcome::read(reply);
    let Outcome::Signed { signatures, receipt, .. } = &reply else { panic!("{reply:?}") };
    let Receipt { index, leaf, opening, checkpoint, .. } = canonical::decode(receipt).unwrap();
    let commitment = canonical::decode::<Leaf<'_>>(leaf.bytes()).unwrap().commitment;
    assert_eq!(commitment.0, Host.sha256(&[tag::COMMITMENT, opening.bytes()]));
    let opening: Opening<'_> = canonical::decode(opening.bytes()).unwrap();
    let content: SignatureContent<'_> = canonical::decode(opening.content.bytes()).unwrap();
    assert!(content.signatures.iter().map(|s| s.bytes()).eq(signatures));
    let (leaf, head) = (leaf_hash(leaf.bytes()), checkpoint.head());
    Knowledge::Signed(Box::new(Signed { frame: draft.frame(), reply, index, leaf, head }))
}

/// This device's approval, with a counter that stays at zero: many may be under way.
fn approved(device: &mut Authenticator, prepared: &Prepared) -> SignDraft {
    let approval = countersign_device::Approval { sign_count: 0, ..device.honest() };
    let made = device.approve(&prepared.challenge, &approval);
    SignDraft::of(prepared, vec![AssertionDraft { device: 0, made }])
}
