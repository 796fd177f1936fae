//! What is asked for: the items, the key, the front-end.

use countersign_core::Reason;
use countersign_protocol::admin::{Order, SetStanding};
use countersign_protocol::change::Standing;
use countersign_protocol::{KeyId, Name, SignerId};
use countersign_tests::case::Case;
use countersign_tests::draft::{ItemDraft, SignDraft};
use countersign_tests::house::Holder;
use countersign_tests::outcome::Outcome;

use crate::table::scenarios;

/// The front-end sends an activation with other items than Alice approved.
async fn spliced(case: &mut Case<'_>, change: impl FnOnce(&mut Vec<ItemDraft>)) {
    let prepared = case.prepared().await;
    let mut draft = case.approved(&prepared, |_| ());
    draft.change_items(change);
    refused(case, &draft, Reason::ActivationDiffers).await;
}

async fn refused(case: &Case<'_>, draft: &SignDraft, reason: Reason) {
    let outcome = case.ask(&draft.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, reason).await;
}

/// The front-end asks for something that is refused before anybody approves.
async fn unprepared(case: &Case<'_>, who: &Holder, reason: Reason) {
    let outcome = case.ask_as(who, &case.prepare.frame()).await;
    case.expect_refused(who, &outcome, reason).await;
}

scenarios! {
    valid(case) {
        case.signed().await;
        assert!(case.engine.house.refusals(&case.channel()).is_empty());
    }

    other_content(case) {
        spliced(&mut case, |items| items[0].content = [9; 32]).await;
    }

    other_dtbsr(case) {
        spliced(&mut case, |items| items[0].dtbsr = vec![9; 32]).await;
    }

    other_order_of_items(case) {
        spliced(&mut case, |items| items.swap(0, 1)).await;
    }

    one_item_more(case) {
        spliced(&mut case, |items| items.push(ItemDraft::document(3))).await;
    }

    other_label(case) {
        spliced(&mut case, |items| items[0].label = "harmless".to_owned()).await;
    }

    other_key(case) {
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.change_key(case.people.other_key.id);
        refused(&case, &draft, Reason::ActivationDiffers).await;
    }

    digest_of_the_wrong_length(case) {
        case.prepare.items[1].dtbsr.pop();
        unprepared(&case, &case.people.front_end, Reason::DtbsrLength).await;
    }

    unknown_key(case) {
        case.prepare.key = KeyId([7; 16]);
        unprepared(&case, &case.people.front_end, Reason::KeyUnknown).await;
    }

    key_not_granted_to_the_front_end(case) {
        case.prepare.key = case.people.ungranted_key.id;
        unprepared(&case, &case.people.front_end, Reason::KeyNotGranted).await;
    }

    key_suspended(case) {
        let name = case.people.name("key");
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Suspended);
        case.order(&Order::KeyStanding(SetStanding { name, standing })).await;
        unprepared(&case, &case.people.front_end, Reason::KeyInactive).await;
    }

    unknown_initiator(case) {
        case.prepare.initiator = Some(SignerId(u32::MAX));
        unprepared(&case, &case.people.front_end, Reason::InitiatorUnknown).await;
    }

    lifetime_too_long(case) {
        case.prepare.lifetime_ms = 600_001;
        unprepared(&case, &case.people.front_end, Reason::LifetimeOutOfRange).await;
    }

    lifetime_too_short(case) {
        case.prepare.lifetime_ms = 999;
        unprepared(&case, &case.people.front_end, Reason::LifetimeOutOfRange).await;
    }

    certificate_that_the_registry_does_not_know_prepares(case) {
        unprepared(&case, &case.people.stranger, Reason::FrontEndUnknown).await;
    }

    certificate_that_the_registry_does_not_know_signs(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        let stranger = &case.people.stranger;
        let outcome = case.ask_as(stranger, &draft.frame()).await;
        case.expect_refused(stranger, &outcome, Reason::FrontEndUnknown).await;
    }

    other_front_ends_transaction(case) {
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |_| ());
        let other = &case.people.other_front_end;
        let outcome = case.ask_as(other, &draft.frame()).await;
        case.expect_refused(other, &outcome, Reason::TransactionForeign).await;
        let owner = case.ask(&draft.frame()).await;
        case.expect_signatures(&owner);
    }

    frame_that_is_not_canonical(case) {
        let prepared = case.prepared().await;
        let mut frame = case.approved(&prepared, |_| ()).frame();
        frame.push(0);
        let outcome = case.ask(&frame).await;
        assert_eq!(outcome, Outcome::Failed(Reason::FrameMalformed.class()));
        assert!(case.engine.house.refusals(&case.channel()).is_empty(), "counted, not recorded");
    }
}
