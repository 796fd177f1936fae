//! Officers' orders, one function each: from names to the whole new value of one thing.
//!
//! Pre-quorum: one officer's certificate is enough, until officers' orders exist. The registry checks
//! each change against what is there; officers are told why one is declined.

mod devices;
mod freeze;
mod keys;
mod metadata;
mod recovery;
mod registry;
mod signers;

use countersign_anchor::AnchorError;
use countersign_core::Now;
use countersign_core::port::{Crypto, TokenFault};
use countersign_enrolment::metadata::BlobFault;
use countersign_protocol::admin::{Answer, Declined, Done, FrontEndAdd, Grant, Order, SetStanding};
use countersign_protocol::change::{self, Standing};
use countersign_protocol::record::Kind;
use countersign_protocol::{Name, OfficerId, SignerId, Suite, TenantId};
use countersign_registry::{Change, Conflict, Registry, Table};
use countersign_token::KeyError;

use crate::appliance::Appliance;
use crate::books::ChangeError;
use crate::contents::encode;
use crate::ground::Ground;
use crate::platform::Surroundings;
use crate::ring::RingError;

/// The tenant of everything that officers add, until tenants are administered.
pub(crate) const DEFAULT_TENANT: TenantId = TenantId(1);

/// Pauses before what is not anchored is tried again.
const ANCHOR_AGAIN_MS: [u64; 2] = [100, 1_000];

/// What was begun and given up by whoever ran it.
const INTERRUPTED: RingError =
    RingError::Token(TokenFault { function: "C_GenerateRandom", code: TokenFault::NO_CODE });

/// How an answer ends to an order whose appliance has lost its token to another copy, which may have been made before or
/// after the order was on record.
pub const MAY_BE_ELSEWHERE: &str = "Nobody knows here whether the copy that goes on has this order: look there, and give \
                                    it there if it does not hold";

/// Why an order is declined.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OrderError {
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error("the token does not answer: {0}; see the appliance's log")]
    Token(#[from] TokenFault),
    #[error("the token did not make the key: {0}")]
    Key(#[from] KeyError),
    #[error("a ticket is good for a second at least and a week at most")]
    Lifetime,
    #[error("production enrols certified models only; ask for that (--assurance certified)")]
    Assurance,
    #[error("in production, officers confirm devices together, which this version cannot do yet")]
    Quorum,
    #[error(
        "the signer may approve for more keys than a ticket can name; let a key's other approvers go first"
    )]
    TooManyKeys,
    #[error(
        "the keys are revoked, and the token did not destroy one of them: {0}; give the order again"
    )]
    Destroy(KeyError),
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(
        "the erasure is on record, and the key is not destroyed yet: {0}; the appliance stops: when it starts \
         again, it destroys the key before anything else"
    )]
    NotDestroyedYet(RingError),
    #[error("nothing can be wrapped for this recovery key; make another one")]
    RecoveryKey,
    #[error(
        "the recovery key is on record, and the vault is not wrapped for it yet: {0}; the appliance stops: when it \
         starts again, it wraps the vault before anything else"
    )]
    NotWrappedYet(RingError),
    #[error("the signer's evidence must be kept for {0} more days; order it then")]
    Retained(u64),
    #[error("no root is trusted for metadata; trust one first (countersign trust metadata)")]
    NoRoot,
    #[error(transparent)]
    Blob(#[from] BlobFault),
    #[error(
        "the model {0:?} has more certificates than a record holds; nothing more of the BLOB is taken"
    )]
    ModelTooLarge(String),
    #[error("the certificate is not readable as one in DER; give the file of a certificate")]
    Certificate,
    #[error("the {0} is so already; nothing is to be done")]
    Already(Table),
    #[error("the appliance {} already; nothing is to be done", if *.0 { "is frozen" } else { "signs" })]
    FrozenAlready(bool),
    #[error("whether the clock is right is said with a thaw, not with a freeze")]
    ClockOfFreeze,
    #[error(
        "the machine's clock is behind what is known of UTC by {0} ms, and this order depends on the date: set the clock right; \
         if it was wrong before, say so (countersign thaw --clock-is-right)"
    )]
    ClockBehind(u64),
    #[error("a revoked {0} stays revoked; add another one")]
    Revoked(Table),
    #[error("only a device is pending, and only until it is confirmed; suspend it instead")]
    Pending,
    #[error("the key signs with {0} alone; let its policy allow exactly that (--suite {0})")]
    Suite(Suite),
    #[error("the threshold must be between 1 and the number of different signers")]
    Approvers,
    #[error(
        "the order is on record and holds, and it is not anchored yet: {0}. Until it is, whoever puts back an older disk \
         undoes it; see the appliance's log"
    )]
    NotAnchored(AnchorError),
    #[error(
        "the order is on record, and it cannot be anchored: {0}; the appliance stops: when it starts again, it finishes the \
         order before anything else"
    )]
    Unfinished(AnchorError),
    #[error(
        "the appliance is not locked: its ledger is the one that is anchored; nothing is to be done"
    )]
    NotLocked,
    #[error("{0}; and whatever of the order is on record is not anchored yet: {1}")]
    Neither(Box<OrderError>, AnchorError),
    #[error("{0}. {elsewhere}", elsewhere = MAY_BE_ELSEWHERE)]
    Lost(AnchorError),
    /// More witnesses than there are.
    #[error(
        "the policy asks for {needed} witnesses, and {configured} are configured: add [[witness]] to the configuration, or ask \
         for fewer"
    )]
    Witnesses {
        /// What the policy asks for.
        needed: usize,
        /// What there is.
        configured: usize,
    },
}

impl From<Conflict> for OrderError {
    fn from(conflict: Conflict) -> Self {
        ChangeError::from(conflict).into()
    }
}

type Proposed = Result<(Kind, Vec<u8>), OrderError>;

/// Carries out an officer's order and encodes the answer.
pub(crate) async fn carry_out<G: Ground>(
    appliance: &Appliance<G>,
    officer: OfficerId,
    order: &Order<'_>,
) -> Option<Vec<u8>> {
    let (books, now) = (&appliance.books, appliance.now());
    let answer = match order {
        Order::Status(_) => return appliance.status(),
        Order::DeviceList(order) => return Some(answered(devices::list(appliance, order))),
        Order::DeviceShow(order) => return Some(answered(devices::show(appliance, order))),
        Order::KeyCreate(order) => keys::create(appliance, order).await,
        Order::TicketIssue(order) => devices::issue(appliance, order).await,
        Order::DevicesLost(order) => devices::lost(appliance, officer, order).await,
        Order::MetadataImport(order) => metadata::import(appliance, order).await,
        Order::SignerAdd(order) => signers::add(appliance, order).await,
        Order::SignerHold(order) => {
            done(books.change(|r| signers::hold(r, officer, order, now)).await)
        }
        Order::SignerErase(order) => signers::erase(appliance, officer, order).await,
        Order::RecoverySet(order) => recovery::set(appliance, officer, order).await,
        Order::DeviceStanding(order) => {
            done(books.change(|r| devices::standing(r, officer, order, now)).await)
        }
        Order::DeviceConfirm(order) => {
            done(books.change(|r| devices::confirm(r, officer, order, now)).await)
        }
        Order::KeyStanding(order) => done(books.change(|r| keys::standing(r, order)).await),
        Order::KeyPolicy(order) => {
            let witnesses = appliance.witnesses_configured();
            done(books.change(|r| keys::policy(r, order, witnesses)).await)
        }
        Order::FrontEndAdd(order) => done(books.change(|r| front_end_add(r, order)).await),
        Order::FrontEndStanding(order) => {
            done(books.change(|r| front_end_standing(r, order)).await)
        }
        Order::Grant(order) => done(books.change(|r| grant(r, order)).await),
        Order::Registry(order) => return Some(answered(registry::answer(appliance, order))),
        Order::Freeze(order) => freeze::set(appliance, officer, order).await,
        Order::Reanchor(_) => return Some(declined(&OrderError::NotLocked)),
        Order::Trust(trust) => done(books.change(|_| metadata::trust(trust)).await),
    };
    Some(answered(match (answer, anchored(appliance).await) {
        (answer, Ok(())) => answer,
        (_, Err(why)) if why.is_final() => Err(OrderError::Lost(why)),
        (Ok(_), Err(why)) => Err(OrderError::NotAnchored(why)),
        // Some of it may be on record.
        (Err(order), Err(why)) => Err(OrderError::Neither(Box::new(order), why)),
    }))
}

/// The time, for an order that depends on the date.
fn dated(now: Now) -> Result<Now, OrderError> {
    match now.behind_ms() {
        0 => Ok(now),
        behind_ms => Err(OrderError::ClockBehind(behind_ms)),
    }
}

fn answered(answer: Result<Vec<u8>, OrderError>) -> Vec<u8> {
    answer.unwrap_or_else(|why| declined(&why))
}

/// Returns when whatever was ordered is out of reach of whoever has the disk.
async fn anchored<G: Ground>(appliance: &Appliance<G>) -> Result<(), AnchorError> {
    for ms in ANCHOR_AGAIN_MS {
        match appliance.books.anchored().await {
            Err(why) if !why.is_final() => appliance.pause(ms).await,
            settled => return settled,
        }
    }
    appliance.books.anchored().await
}

/// The same, before something is changed in the token that nobody brings back: another copy that has taken it needs what
/// is there. The next start finishes what is on record.
async fn anchored_first<G: Ground>(appliance: &Appliance<G>) -> Result<(), OrderError> {
    let settled = anchored(appliance).await;
    settled.inspect_err(|_| appliance.books.fail()).map_err(OrderError::Unfinished)
}

/// The answer to the change of one thing.
fn done(changed: Result<u64, OrderError>) -> Result<Vec<u8>, OrderError> {
    changed.map(|index| encode(&Answer::Done(Done { index })))
}

fn declined(why: &OrderError) -> Vec<u8> {
    encode(&Answer::Declined(Declined { why: &why.to_string() }))
}

fn proposed(change: &Change<'_>) -> Proposed {
    Ok((change.kind(), change.content()))
}

/// Only a new device is pending.
fn not_pending(standing: Standing) -> Result<(), OrderError> {
    (standing != Standing::Pending).then_some(()).ok_or(OrderError::Pending)
}

fn front_end_add<C: Crypto>(registry: &Registry<C>, order: &FrontEndAdd<'_>) -> Proposed {
    proposed(&Change::FrontEnd(change::FrontEnd {
        id: registry.next_front_end(),
        tenant: DEFAULT_TENANT,
        name: order.name,
        channel: order.channel,
        standing: Standing::Active,
    }))
}

fn front_end_standing<C: Crypto>(registry: &Registry<C>, order: &SetStanding<'_>) -> Proposed {
    let front_end = registry.front_end_named(order.name.as_str());
    let (front_end, channel) = front_end.ok_or(Conflict::Unknown(Table::FrontEnds))?;
    if front_end.standing == Standing::Revoked {
        return Err(OrderError::Revoked(Table::FrontEnds));
    }
    not_pending(order.standing)?;
    proposed(&Change::FrontEnd(change::FrontEnd {
        id: front_end.id,
        tenant: front_end.tenant,
        name: order.name,
        channel,
        standing: order.standing,
    }))
}

fn grant<C: Crypto>(registry: &Registry<C>, order: &Grant<'_>) -> Proposed {
    let front_end = registry.front_end_named(order.front_end.as_str());
    let key = registry.key_named(order.key.as_str());
    proposed(&Change::Grant(change::Grant {
        front_end: front_end.ok_or(Conflict::Unknown(Table::FrontEnds))?.0.id,
        key: key.ok_or(Conflict::Unknown(Table::Keys))?.id,
        granted: order.granted,
    }))
}

fn signer<C: Crypto>(registry: &Registry<C>, name: Name<'_>) -> Result<SignerId, OrderError> {
    registry.signer_named(name.as_str()).ok_or(Conflict::Unknown(Table::Signers).into())
}
