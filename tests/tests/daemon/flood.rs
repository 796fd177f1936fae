//! A flood of refusals: whatever a front-end sends, the disk fills slowly, and nothing that decides is lost.

use std::sync::Arc;
use std::time::Instant;

use countersign_core::Reason;
use countersign_device::SignatureForm;
use countersign_protocol::TransactionId;
use countersign_protocol::limits::LOCKOUT_REFUSED;
use countersign_protocol::reply::Failure;
use countersign_protocol::request::{Fetch, Request};
use countersign_tests::case::Case;
use countersign_tests::draft::encode;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::house::Holder;
use countersign_tests::outcome::Outcome;
use tokio::task::JoinSet;

/// What a front-end has on record one by one.
const BURST: usize = 256;
/// Asked for at the same time.
const AT_ONCE: usize = 128;

/// Asks this many times as the front-end, many at once, for a transaction that nobody knows.
async fn flood(engine: &Arc<Engine>, front_end: &Holder, times: usize) {
    let frame = encode(&Request::Fetch(Fetch { transaction: TransactionId([0xaa; 32]) }));
    for _ in 0..times / AT_ONCE {
        let mut asking = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (engine, front_end, frame) = (Arc::clone(engine), front_end.clone(), frame.clone());
            asking.spawn(async move { engine.ask(&front_end, &frame).await });
        }
        for reply in asking.join_all().await {
            assert_eq!(Outcome::read(&reply), Outcome::Failed(Failure::Stale));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_refusals_shares_records_and_none_is_missing() {
    let engine = Arc::new(Engine::start(Kind::Core).await);
    let mut case = Case::begin(&engine).await;
    let begun = Instant::now();
    flood(&engine, &case.people.front_end, 16 * AT_ONCE).await;
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    let alone = engine.house.refusals(&case.channel()).len();
    let (records, refused) = engine.house.shared_refusals();
    assert!((BURST..=BURST + seconds + 1).contains(&alone), "{alone} by themselves");
    assert!(records <= 4 * (seconds + 1), "{records} shared in {seconds} s");
    let unknown = (Reason::TransactionUnknown.number(), None);
    assert!(refused.iter().all(|refused| (refused.reason, refused.device) == unknown));
    let shared: u32 = refused.iter().map(|refused| refused.count).sum();
    assert_eq!(alone + usize::try_from(shared).unwrap(), 16 * AT_ONCE);
    case.signed().await;
}

/// A device whose assertions are refused so often, all past the burst, and a restart.
async fn refused_past_the_burst_and_restarted(engine: &Arc<Engine>, times: u8) -> Case<'_> {
    let mut case = Case::begin(engine).await;
    flood(engine, &case.people.front_end, 3 * AT_ONCE).await;
    for _ in 0..times {
        let prepared = case.prepared().await;
        let draft =
            case.approved(&prepared, |approval| approval.signature = SignatureForm::BitFlipped);
        let outcome = case.ask(&draft.frame()).await;
        assert_eq!(outcome, Outcome::Failed(Failure::Refused));
    }
    engine.restart().await;
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_out_by_refusals_that_share_records_outlives_a_restart() {
    let engine = Arc::new(Engine::start(Kind::Core).await);
    let mut case = refused_past_the_burst_and_restarted(&engine, LOCKOUT_REFUSED).await;
    let prepared = case.prepared().await;
    let draft = case.approved(&prepared, |_| ());
    case.refused(&draft, Reason::DeviceLockedOut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refusal_fewer_locks_nobody_out() {
    let engine = Arc::new(Engine::start(Kind::Core).await);
    let mut case = refused_past_the_burst_and_restarted(&engine, LOCKOUT_REFUSED - 1).await;
    case.signed().await;
}
