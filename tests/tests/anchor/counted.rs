//! Whoever puts back disk and token together: the TPM has counted since.

use std::path::{Path, PathBuf};

use countersign_protocol::admin::{Answer, FrontEndAdd, Locked, Order, SetStanding, Status};
use countersign_protocol::change::Standing;
use countersign_protocol::{Digest, Name, canonical};
use countersign_tests::draft::encode;
use countersign_tests::house::{House, RelyingParty};
use countersign_tests::people::People;
use countersign_tests::program::Program;
use countersign_tests::shop::{Kept, Shop, sign};
use countersign_token_fixture::{Fixture, Make, token};
use countersign_tpm_fixture::Swtpm;
use countersignd::Service as _;
use countersignd::boot::{BootError, Row, Started};

/// A device.
const BOBS: &str = "bob's phone";
/// What the program says when it is locked.
const LOCKED: &str = "serving officers alone: locked";

/// An appliance with a TPM beside its token; nobody is registered.
async fn counting() -> (Swtpm, Shop, Kept) {
    let (tpm, (shop, first)) = (Swtpm::start(), Shop::new().await);
    shop.house.count_with(tpm.address());
    (tpm, shop, first)
}

/// It is locked, or does not start, for this reason; and nothing is changed.
async fn does_not(shop: &Shop, kept: &Kept, row: Row) -> BootError {
    shop.refuses(&kept.in_use(), row).await
}

/// Disk and token as they were at each moment before an order, a start or an end: all of them consistent.
#[tokio::test(flavor = "multi_thread")]
async fn disk_and_token_put_back_together_are_not_used() {
    let (_tpm, shop, first) = counting().await;
    let disks = first.in_use();
    let appliance = shop.boot(&disks).await.unwrap();
    let mut moments = vec![disks.kept()];
    let mut people = People::register(&shop.house, &*appliance).await;
    for standing in [Standing::Suspended, Standing::Active, Standing::Revoked] {
        sign(&appliance, &mut people).await;
        moments.push(disks.kept());
        people.stand_device(&shop.house, &*appliance, BOBS, standing).await;
    }
    moments.push(disks.kept());
    appliance.close();
    let now = disks.kept();
    for old in &moments {
        let why = does_not(&shop, old, Row::T7).await;
        assert!(why.to_string().contains("the token was put back to an older state"), "{why}");
    }
    // The first day had no counter yet.
    does_not(&shop, &first, Row::T7).await;
    shop.boot(&now.in_use()).await.unwrap().close();
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_can_have_it_go_on_and_the_counter_follows() {
    let (_tpm, shop, first) = counting().await;
    let disks = first.in_use();
    shop.boot(&disks).await.unwrap().close();
    let old = disks.kept();
    shop.boot(&disks).await.unwrap().close();
    let again = old.in_use();
    let Ok(Started::Locked(locked)) = shop.start(&again).await else { panic!("it is not locked") };
    let known = |answer: &Answer<'_>| match answer {
        Answer::Locked(Locked { ledger_size, ledger_root, anchor, .. }) => {
            let (ledger_size, ledger_root, anchor) = (*ledger_size, *ledger_root, *anchor);
            Some(countersign_protocol::admin::Reanchor { ledger_size, ledger_root, anchor })
        }
        _ => None,
    };
    let order = shop.house.order(&*locked, &Order::Status(Status {}), known).await;
    shop.house.order_done(&*locked, &Order::Reanchor(order)).await;
    locked.unlocked().await.unwrap().close();
    shop.boot(&again.kept().in_use()).await.unwrap().close();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tpm_is_locked_and_none_stops() {
    let (tpm, shop, first) = counting().await;
    let disks = first.in_use();
    shop.boot(&disks).await.unwrap().close();
    let now = disks.kept();
    let text = std::fs::read_to_string(shop.house.config_file()).unwrap();
    let other = Swtpm::start();
    let edited = text.replace(&tpm.address().to_string(), &other.address().to_string());
    std::fs::write(shop.house.config_file(), edited).unwrap();
    does_not(&shop, &now, Row::T8).await;
    let (without, _) = text.split_once("[tpm]").unwrap();
    std::fs::write(shop.house.config_file(), without).unwrap();
    does_not(&shop, &now, Row::T9).await;
    std::fs::write(shop.house.config_file(), &text).unwrap();
    shop.boot(&now.in_use()).await.unwrap().close();
    drop(tpm);
    does_not(&shop, &now, Row::T10).await;
}

/// Signatures are anchored in the token within the bound as before; orders are not acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn without_its_tpm_an_appliance_that_runs_signs_and_acknowledges_no_order() {
    let (tpm, shop, first) = counting().await;
    let appliance = shop.boot(&first.in_use()).await.unwrap();
    let mut people = People::register(&shop.house, &*appliance).await;
    drop(tpm);
    sign(&appliance, &mut people).await;
    let name = people.name(BOBS);
    let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
    let order = encode(&Order::DeviceStanding(SetStanding { name, standing }));
    let answer = appliance.order(&shop.house.officer(), &order).await.unwrap();
    let Answer::Declined(declined) = canonical::decode(&answer).unwrap() else {
        panic!("it is acknowledged")
    };
    let holds = "the order is on record and holds, and it is not anchored yet: ";
    assert!(declined.why.starts_with(holds), "{}", declined.why);
    appliance.look().await;
    sign(&appliance, &mut people).await;
    assert!(!appliance.why_failed().contains("another copy"));
    appliance.close();
}

/// A signature costs no write in the TPM, nor does what is anchored by time.
#[tokio::test(flavor = "multi_thread")]
async fn starts_ends_and_orders_are_counted_and_signatures_are_not() {
    let (_tpm, shop, first) = counting().await;
    let appliance = shop.boot(&first.in_use()).await.unwrap();
    let mut people = People::register(&shop.house, &*appliance).await;
    let counted = || shop.token.anchors().unwrap().last().unwrap().counted;
    let before = counted();
    sign(&appliance, &mut people).await;
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    // It has not looked for too long, and makes an anchor first.
    sign(&appliance, &mut people).await;
    assert_eq!(counted(), before);
    people.stand_device(&shop.house, &*appliance, BOBS, Standing::Suspended).await;
    assert_eq!(counted(), before + 1);
    appliance.close();
    assert_eq!(counted(), before + 2);
}

/// The files of an embedded token, and everything that the appliance keeps.
fn image(house: &House, fixture: &Fixture) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fixture.pin_file.parent().unwrap();
    let token = format!("token-{}.sql", fixture.slot.unwrap());
    let of = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let own = of(folder).filter(|path| path.to_str().unwrap().contains(&token));
    let files = own.chain(of(&house.data()));
    files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// The program itself, and the files of its token: all of them are put back.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_is_locked_on_the_files_of_disk_and_token_put_back() {
    let (tpm, fixture) = (Swtpm::start(), token(Make::Embedded));
    let house = House::build_on("host", &fixture, RelyingParty::example()).await;
    house.count_with(tpm.address());
    let ends = |program: Program| {
        program.signal("TERM");
        let (code, last) = program.ended();
        assert_eq!(code, Some(0), "{last}");
    };
    let mut program = Program::start(&house.config_file(), "run");
    program.served();
    ends(program);
    let old = image(&house, &fixture);
    let mut program = Program::start(&house.config_file(), "run");
    let desk = house.connect_officer(Program::address(&program.served())).await;
    let (name, channel) = (Name::new("portal").unwrap(), Digest([3; 32]));
    let ordered = desk.order(&Order::FrontEndAdd(FrontEndAdd { name, channel })).await.unwrap();
    assert!(matches!(ordered.answer().unwrap(), Answer::Done(_)));
    desk.close().await;
    ends(program);
    old.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).unwrap());
    let mut program = Program::start(&house.config_file(), "run");
    let desk = house.connect_officer(Program::address(&program.until(LOCKED))).await;
    let ordered = desk.order(&Order::Status(Status {})).await.unwrap();
    let Answer::Locked(Locked { ledger_size, anchor, why, .. }) = ordered.answer().unwrap() else {
        panic!("it is not locked")
    };
    // They fit each other.
    assert_eq!(anchor.unwrap().size, ledger_size);
    assert!(why.contains("the token was put back to an older state"), "{why}");
    desk.close().await;
    ends(program);
}
