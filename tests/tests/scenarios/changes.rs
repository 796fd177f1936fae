//! What changes under way: between `Prepare` and `Sign`, and between a check and what follows it.

use countersign_core::Reason;
use countersign_protocol::Name;
use countersign_protocol::admin::{Grant, KeyPolicy, Order, SetStanding};
use countersign_protocol::change::Standing;
use countersign_protocol::policy::Policy;
use countersign_tests::case::Case;
use countersign_tests::meddled::Moment;
use countersign_tests::people::policy;

use crate::table::scenarios;

/// When something changes.
#[derive(Clone, Copy)]
enum When {
    /// Alice has approved, the front-end has not sent it yet.
    BeforeSign,
    /// The appliance is at this moment.
    At(Moment),
}

const CHECKED: When = When::At(Moment::BeforeReserve);
const RESERVED: When = When::At(Moment::AfterReserve);

/// Alice approves; `order` is carried out at some time; the front-end's `Sign` is refused.
async fn changed(case: &mut Case<'_>, when: When, order: &Order<'_>, reason: Reason) {
    let prepared = case.prepared().await;
    let draft = case.approved(&prepared, |_| ());
    match when {
        When::BeforeSign => case.order(order).await,
        When::At(moment) => case.order_at(moment, draft.transaction, order).await,
    }
    let outcome = case.ask(&draft.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, reason).await;
}

async fn device_revoked(case: &mut Case<'_>, when: When, reason: Reason) {
    let name = case.people.name("alice's phone");
    let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
    changed(case, when, &Order::DeviceStanding(SetStanding { name, standing }), reason).await;
}

async fn policy_changed(case: &mut Case<'_>, when: When, reason: Reason) {
    let (name, mut room) = (case.people.name("key"), [0; 8]);
    let policy = Policy { items_max: 2, ..policy(&mut room) };
    let order = Order::KeyPolicy(KeyPolicy { name: Name::new(&name).unwrap(), policy });
    changed(case, when, &order, reason).await;
}

async fn key_standing(case: &mut Case<'_>, when: When, standing: Standing, reason: Reason) {
    let name = case.people.name("key");
    let name = Name::new(&name).unwrap();
    changed(case, when, &Order::KeyStanding(SetStanding { name, standing }), reason).await;
}

async fn grant_withdrawn(case: &mut Case<'_>, when: When, reason: Reason) {
    let (front_end, key) = (case.people.name("front-end"), case.people.name("key"));
    let (front_end, key) = (Name::new(&front_end).unwrap(), Name::new(&key).unwrap());
    let order = Order::Grant(Grant { front_end, key, granted: false });
    changed(case, when, &order, reason).await;
}

async fn front_end_suspended(case: &mut Case<'_>, when: When, reason: Reason) {
    let name = case.people.name("front-end");
    let (name, standing) = (Name::new(&name).unwrap(), Standing::Suspended);
    changed(case, when, &Order::FrontEndStanding(SetStanding { name, standing }), reason).await;
}

scenarios! {
    device_revoked_before_sign(case) {
        device_revoked(&mut case, When::BeforeSign, Reason::DeviceInactive).await;
    }

    device_revoked_between_check_and_reserve(case) {
        device_revoked(&mut case, CHECKED, Reason::DeviceChanged).await;
    }

    device_revoked_between_reserve_and_record(case) {
        device_revoked(&mut case, RESERVED, Reason::OrderVoided).await;
    }

    policy_changed_before_sign(case) {
        policy_changed(&mut case, When::BeforeSign, Reason::PolicyChanged).await;
    }

    policy_changed_between_check_and_reserve(case) {
        policy_changed(&mut case, CHECKED, Reason::PolicyChanged).await;
    }

    key_revoked_before_sign(case) {
        let revoked = Standing::Revoked;
        key_standing(&mut case, When::BeforeSign, revoked, Reason::KeyInactive).await;
    }

    /// The record is new although it says the same: what was prepared stood on the old one.
    key_confirmed_before_sign(case) {
        let active = Standing::Active;
        key_standing(&mut case, When::BeforeSign, active, Reason::KeyChanged).await;
    }

    key_revoked_between_check_and_reserve(case) {
        key_standing(&mut case, CHECKED, Standing::Revoked, Reason::KeyChanged).await;
    }

    key_revoked_between_reserve_and_record(case) {
        key_standing(&mut case, RESERVED, Standing::Revoked, Reason::OrderVoided).await;
    }

    grant_withdrawn_before_sign(case) {
        grant_withdrawn(&mut case, When::BeforeSign, Reason::KeyNotGranted).await;
    }

    grant_withdrawn_between_check_and_reserve(case) {
        grant_withdrawn(&mut case, CHECKED, Reason::FrontEndChanged).await;
    }

    front_end_suspended_before_sign(case) {
        front_end_suspended(&mut case, When::BeforeSign, Reason::FrontEndInactive).await;
    }

    front_end_suspended_between_check_and_reserve(case) {
        front_end_suspended(&mut case, CHECKED, Reason::FrontEndChanged).await;
    }

    front_end_suspended_between_reserve_and_record(case) {
        front_end_suspended(&mut case, RESERVED, Reason::OrderVoided).await;
    }

    approvers_without_active_device(case) {
        let name = case.people.name("alice's phone");
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Suspended);
        case.order(&Order::DeviceStanding(SetStanding { name, standing })).await;
        let outcome = case.ask(&case.prepare.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TooFewDevices).await;
    }
}
