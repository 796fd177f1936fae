//! The core alone: a real registry and table, no ledger, and a token that takes orders and signs
//! nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::port::{
    Algorithm, Crypto, Guarded, Ledger, LedgerFailed, Platform, Recalled, Token, TokenFault, Tray,
};
use countersign_core::reserve::{Reservation, Reserved, Unreserved};
use countersign_core::transactions::{Place as TablePlace, Transactions};
use countersign_core::{Evidence, Reason, Refusal, SignOrder, State};
use countersign_device::Credential;
use countersign_enrolled::Enrolled;
use countersign_protocol::approvers::Approvers;
use countersign_protocol::change::{
    Appliance, FrontEnd, Grant, Key, Place, Profile, Retention, Signer as Person, Standing, Tenant,
};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::{
    ApplianceId, Bounded, Digest, FrontEndId, Name, Origin, Sequence, SignerId, SlotId, Suite,
    TenantId, TransactionId,
};
use countersign_registry::{Change, Registry, RootKey};

use crate::appliance::{ORIGIN, RP_ID};
use crate::registered::Signer;

/// The one front-end's channel.
pub const CHANNEL: Digest = Digest([3; 32]);

/// Places in the table, as the daemon has them.
const PLACES: usize = 16_384;
const TENANT: TenantId = TenantId(1);
const FRONT_END: FrontEndId = FrontEndId(1);
const PERSON: SignerId = SignerId(1);

/// A platform with one signer and one front-end.
pub struct Alone<C> {
    crypto: Arc<C>,
    state: Mutex<State<Registry<C>, Vec<TablePlace>>>,
    ordered: AtomicBool,
}

impl<C: Crypto + Send + Sync> Alone<C> {
    /// With this signer registered.
    pub fn new(crypto: C, signer: &Signer) -> Result<Self> {
        let crypto = Arc::new(crypto);
        let mut registry = Registry::new(Arc::clone(&crypto), RootKey::nobodys());
        register(&mut registry, signer)?;
        let state = Mutex::new(State::new(registry, vec![None; PLACES]));
        Ok(Self { crypto, state, ordered: AtomicBool::new(false) })
    }

    /// No transaction is there any more.
    pub fn forget_transactions(&self) {
        self.with(|state| state.transactions = Transactions::new(vec![None; PLACES]));
    }

    /// Whether the token has taken an order since this was last asked.
    pub fn took_an_order(&self) -> bool {
        self.ordered.swap(false, Ordering::Relaxed)
    }
}

fn register<C: Crypto>(registry: &mut Registry<C>, signer: &Signer) -> Result<()> {
    let credential = signer.device().credential();
    let Credential { credential_id, public_key_cose, .. } = credential;
    // The public part of every key here: nothing is signed.
    let point = DeviceKey::nobodys(Algorithm::EcdsaP256).bytes().try_into()?;
    let (mut ids, mut suites) = ([0; 8], [0; 8]);
    let changes = [
        Change::Appliance(appliance(CheckpointKey::Esp256(point))?),
        Change::Tenant(Tenant { id: TENANT, name: name("tenant")? }),
        Change::FrontEnd(front_end()?),
        Change::Signer(Person {
            id: PERSON,
            tenant: TENANT,
            name: name("signer")?,
            evidence_key: Digest([7; 32]),
            retention: Retention::None,
        }),
        Change::Key(key(signer, &point, &mut ids, &mut suites)?),
        Change::Grant(Grant { front_end: FRONT_END, key: signer.key, granted: true }),
    ];
    for (index, change) in (0..).zip(&changes) {
        registry.apply(index, change)?;
    }
    let phone = Enrolled {
        slot: SlotId(1),
        signer: PERSON,
        name: "phone",
        credential: &credential_id,
        cose_key: &public_key_cose,
        sign_count: 0,
    };
    phone.enter(registry, changes.len() as u64);
    Ok(())
}

fn name(text: &str) -> Result<Name<'_>> {
    Name::new(text).context("no name")
}

fn appliance(checkpoint_key: CheckpointKey) -> Result<Appliance<'static>> {
    Ok(Appliance {
        id: ApplianceId([1; 16]),
        profile: Profile::Development,
        rp_id: Origin::new(RP_ID).context("no rpId")?,
        origin: Origin::new(ORIGIN).context("no origin")?,
        checkpoint_key,
        cosigner_key: None,
    })
}

fn front_end() -> Result<FrontEnd<'static>> {
    Ok(FrontEnd {
        id: FRONT_END,
        tenant: TENANT,
        name: name("portal")?,
        channel: CHANNEL,
        standing: Standing::Active,
    })
}

/// The key, with any public part: nothing is signed.
fn key<'b>(
    signer: &Signer,
    public_key: &'b [u8],
    ids: &'b mut [u8],
    suites: &'b mut [u8],
) -> Result<Key<'b>> {
    let approvers = Approvers::new(Sequence::from_values(&[PERSON], ids)?, 1);
    Ok(Key {
        id: signer.key,
        tenant: TENANT,
        name: name("key")?,
        suite: Suite::Esp256,
        place: Place::Resident(signer.key),
        public_key: Bounded::new(public_key).context("too long")?,
        approvers: approvers.context("no approvers")?,
        policy: Policy::of(Suites::from_values(&[Suite::Esp256], suites)?),
        standing: Standing::Active,
    })
}

impl<C: Crypto + Send + Sync> Platform for Alone<C> {
    type Crypto = C;
    type State = Self;
    type Ledger = Self;
    type Token = Self;

    fn crypto(&self) -> &C {
        &self.crypto
    }
    fn state(&self) -> &Self {
        self
    }
    fn ledger(&self) -> &Self {
        self
    }
    fn token(&self) -> &Self {
        self
    }
}

impl<C: Crypto + Send + Sync> Guarded for Alone<C> {
    type Registry = Registry<C>;
    type Memory = Vec<TablePlace>;

    fn with<T>(&self, section: impl FnOnce(&mut State<Registry<C>, Vec<TablePlace>>) -> T) -> T {
        section(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<C: Crypto + Send + Sync> Ledger for Alone<C> {
    type Receipt = ();
    type Content = Vec<u8>;

    async fn reserve(&self, reservation: Reservation) -> Result<Reserved, Unreserved> {
        self.with(|state| state.reserve(reservation))
    }
    async fn record<T: Tray>(&self, _: &Evidence<'_>, _: &T) -> Result<(), Reason> {
        Err(Reason::LedgerFailed)
    }
    fn is_on_record(&self, _: &TransactionId) -> bool {
        false
    }
    async fn refuse(&self, refusal: &Refusal) -> Result<(), LedgerFailed> {
        // What was spent is not kept: the table would fill in a measurement.
        let spent: Option<TransactionId> = refusal.about.transaction;
        self.with(|state| spent.iter().for_each(|id| state.transactions.forget(id)));
        Ok(())
    }
    async fn recall(&self, _: FrontEndId, _: &TransactionId) -> Option<Recalled<Self>> {
        None
    }
}

impl<C: Crypto + Send + Sync> Token for Alone<C> {
    async fn sign<T: Tray>(&self, _: SignOrder<'_>, _: &mut T) -> Result<(), TokenFault> {
        self.ordered.store(true, Ordering::Relaxed);
        Err(TokenFault { function: "none", code: TokenFault::NO_CODE })
    }
}
