//! Two copies of one appliance with one token: one alone goes on.

use std::time::{Duration, Instant};

use countersign_protocol::reply::Failure;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::outcome::Outcome;
use countersign_tests::people::People;
use countersign_tests::program::Program;
use countersign_tests::shop::{Running, Shop};
use countersign_token_fixture::Make;
use countersignd::Surroundings as _;

/// How long whoever took a token from somebody gives nothing away.
const ALONE: Duration = Duration::from_secs(2);

/// Looks who owns the token, as the daemon does.
fn keep(appliance: &Running) {
    let owner = appliance.clone();
    tokio::spawn(async move { owner.keep_anchored().await });
}

/// What Alice gets for a document.
async fn asked(appliance: &Running, people: &mut People) -> Outcome {
    let asked = people.sign(&**appliance).await;
    asked.map_or_else(|refused| refused, |(_, reply)| Outcome::read(&reply))
}

fn is_signed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Signed { .. })
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_starts_last_goes_on_and_nothing_is_released_by_both() {
    let (shop, first) = Shop::new().await;
    let disks = first.in_use();
    let one = shop.boot(&disks).await.unwrap();
    let mut people = People::register(&shop.house, &*one).await;
    keep(&one);
    assert!(is_signed(&asked(&one, &mut people).await));
    // The disk as it is, and the token as it is: somebody has it.
    let copy = disks.kept().in_use_beside();
    let begun = Instant::now();
    let other = shop.boot(&copy).await.unwrap();
    let taken = Instant::now();
    keep(&other);
    one.failed().await;
    println!("the first one stops {:?} after the second one was started", begun.elapsed());
    assert!(one.why_failed().contains("another copy of this appliance"), "{}", one.why_failed());
    // A signature takes as long as the other one could still have given something away.
    let signed = asked(&other, &mut people).await;
    assert!(is_signed(&signed), "{signed:?}");
    assert!(begun.elapsed() >= ALONE, "{:?} after {:?}", begun.elapsed(), taken - begun);
    assert_eq!(asked(&one, &mut people).await, Outcome::Failed(Failure::Unavailable));
    other.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_looked_for_long_makes_an_anchor_first_and_waits() {
    let (shop, first) = Shop::new().await;
    let appliance = shop.boot(&first.in_use()).await.unwrap();
    let mut people = People::register(&shop.house, &*appliance).await;
    let before = shop.token.anchors().unwrap();
    // Nobody looks: as after a machine that stood still.
    tokio::time::sleep(ALONE).await;
    let begun = Instant::now();
    let signed = asked(&appliance, &mut people).await;
    assert!(is_signed(&signed), "{signed:?}");
    assert!(begun.elapsed() >= ALONE);
    let after = shop.token.anchors().unwrap();
    assert_eq!(after[0].epoch, before[0].epoch, "it is the same owner");
    assert!(after[0].number > before[0].number);
    appliance.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_starts_after_one_that_ended_in_order_need_not_wait() {
    let (shop, first) = Shop::new().await;
    let disks = first.in_use();
    let appliance = shop.boot(&disks).await.unwrap();
    let mut people = People::register(&shop.house, &*appliance).await;
    appliance.close();
    let begun = Instant::now();
    let again = shop.boot(&disks).await.unwrap();
    assert!(is_signed(&asked(&again, &mut people).await));
    println!("{:?} from the start to the first signature", begun.elapsed());
    assert!(shop.token.anchors().unwrap()[0].epoch > 2);
    again.close();
}

/// The program itself, twice: the second one on a copy of the first one's disk. The first one is stopped meanwhile, as
/// a machine is whose state is kept, and goes on later as if nothing had happened.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stood_still_while_another_took_over_ends() {
    let house = House::build("host", Make::SoftHsm, RelyingParty::example()).await;
    let mut one = Program::start(&house.config_file(), "run");
    one.served();
    one.signal("STOP");
    let folder = tempfile::TempDir::new().unwrap();
    let mut other = Program::start(&house.copy_to(folder.path()), "run");
    other.served();
    let begun = Instant::now();
    one.signal("CONT");
    let (code, last) = one.ended();
    println!("it ends {:?} after it goes on", begun.elapsed());
    assert_eq!(code, Some(1), "{last}");
    assert!(last.contains("another copy of this appliance has taken the token"), "{last}");
    other.signal("TERM");
    let (code, last) = other.ended();
    assert_eq!(code, Some(0), "{last}");
}
