//! What a key's policy says: each rule, at its borders.

use countersign_core::Reason;
use countersign_core::port::{Guarded as _, Platform as _, Registry as _};
use countersign_protocol::activation::Activation;
use countersign_protocol::admin::{KeyPolicy, Order};
use countersign_protocol::item::Form;
use countersign_protocol::policy::{
    Calendar, Exception, Exceptions, Forms, FrontEnds, Pattern, Patterns, Period, Periods, Policy,
};
use countersign_protocol::{FrontEndId, Name, SignerId, canonical};
use countersign_tests::case::Case;
use countersign_tests::draft::ItemDraft;
use countersign_tests::people::policy;

use crate::table::scenarios;

/// Room for what a policy lists.
fn room() -> &'static mut [u8] {
    Vec::leak(vec![0; 512])
}

async fn with_policy(case: &Case<'_>, change: impl FnOnce(Policy<'static>) -> Policy<'static>) {
    let (name, policy) = (case.people.name("key"), change(policy(room())));
    case.order(&Order::KeyPolicy(KeyPolicy { name: Name::new(&name).unwrap(), policy })).await;
}

async fn refused(case: &Case<'_>, reason: Reason) {
    let outcome = case.ask(&case.prepare.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, reason).await;
}

async fn front_end(case: &Case<'_>) -> FrontEndId {
    let (appliance, channel) = (case.engine.appliance().await, case.channel());
    appliance.inner().state().with(|state| state.registry.front_end(&channel).unwrap().id)
}

/// Whose key it is.
async fn alice(case: &Case<'_>) -> SignerId {
    let prepared = case.prepared().await;
    let activation: Activation<'_> = canonical::decode(&prepared.activation).unwrap();
    activation.approvers.ids().next().unwrap()
}

/// Every hour until this one (since 1970), but for these.
async fn until(case: &Case<'_>, to_hour: u32, closed: Option<(u32, u32)>) {
    let always = Period { from_hour: 0, to_hour, hours: [0xff; 21].into() };
    let shut = |(from_hour, to_hour)| Exception { from_hour, to_hour, open: false };
    let exceptions = closed.map(|closed| Exceptions::from_values(&[shut(closed)], room()).unwrap());
    let periods = Periods::from_values(&[always], room()).unwrap();
    let calendar = Some(Calendar { periods, exceptions });
    with_policy(case, |policy| Policy { calendar, ..policy }).await;
}

async fn labels(case: &Case<'_>, texts: &[&'static str]) {
    let patterns: Vec<_> = texts.iter().map(|text| Pattern::new(text).unwrap()).collect();
    let labels = Some(Patterns::from_values(&patterns, room()).unwrap());
    with_policy(case, |policy| Policy { labels, ..policy }).await;
}

async fn forms(case: &Case<'_>, forms: &[Form]) {
    let forms = Some(Forms::from_values(forms, room()).unwrap());
    with_policy(case, |policy| Policy { forms, ..policy }).await;
}

async fn front_ends(case: &Case<'_>, ids: &[FrontEndId]) {
    let front_ends = Some(FrontEnds::from_values(ids, room()).unwrap());
    with_policy(case, |policy| Policy { front_ends, ..policy }).await;
}

scenarios! {
    key_not_valid_any_more(case) {
        with_policy(&case, |policy| Policy { valid_to_ms: 1, ..policy }).await;
        refused(&case, Reason::OutsideValidity).await;
    }

    key_not_valid_yet(case) {
        with_policy(&case, |policy| Policy { valid_from_ms: u64::MAX, ..policy }).await;
        refused(&case, Reason::OutsideValidity).await;
    }

    more_items_than_the_policy_allows(case) {
        case.prepare.items.extend([ItemDraft::document(3), ItemDraft::document(4)]);
        refused(&case, Reason::TooManyItems).await;
    }

    everything_is_held_back(case) {
        with_policy(&case, |policy| Policy { held: true, ..policy }).await;
        refused(&case, Reason::PolicyHolds).await;
        with_policy(&case, |policy| policy).await;
        case.signed().await;
    }

    at_an_hour_of_the_calendar(case) {
        until(&case, u32::MAX, None).await;
        case.signed().await;
    }

    after_the_last_hour_of_the_calendar(case) {
        until(&case, 400_000, None).await;
        refused(&case, Reason::OutsideCalendar).await;
    }

    on_a_date_on_which_nothing_is_signed(case) {
        until(&case, u32::MAX, Some((400_000, u32::MAX))).await;
        refused(&case, Reason::OutsideCalendar).await;
    }

    front_end_that_the_policy_names(case) {
        front_ends(&case, &[front_end(&case).await, FrontEndId(u32::MAX)]).await;
        case.signed().await;
    }

    front_end_that_the_policy_does_not_name(case) {
        front_ends(&case, &[FrontEndId(u32::MAX)]).await;
        refused(&case, Reason::FrontEndNotAllowed).await;
    }

    form_that_the_policy_allows(case) {
        forms(&case, &[Form::Raw, Form::SignedInfo]).await;
        case.signed().await;
    }

    form_that_the_policy_does_not_allow(case) {
        forms(&case, &[Form::CmsAttrs, Form::SignedInfo]).await;
        refused(&case, Reason::FormNotAllowed).await;
    }

    labels_that_the_policy_allows(case) {
        case.prepare.items[0].label = "Prescription 4711".to_owned();
        case.prepare.items[1].label = "Letter".to_owned();
        labels(&case, &["Letter", "Prescription *"]).await;
        case.signed().await;
    }

    label_that_the_policy_does_not_allow(case) {
        case.prepare.items[0].label = "Prescription 4711".to_owned();
        case.prepare.items[1].label = "Letters".to_owned();
        labels(&case, &["Letter", "Prescription *"]).await;
        refused(&case, Reason::LabelNotAllowed).await;
    }

    activation_that_lives_as_long_as_it_may(case) {
        let lifetime_ms_max = case.prepare.lifetime_ms;
        with_policy(&case, |policy| Policy { lifetime_ms_max, ..policy }).await;
        case.signed().await;
    }

    activation_that_would_live_too_long(case) {
        let lifetime_ms_max = case.prepare.lifetime_ms - 1;
        with_policy(&case, |policy| Policy { lifetime_ms_max, ..policy }).await;
        refused(&case, Reason::LifetimeTooLong).await;
    }

    nobody_says_who_asked(case) {
        with_policy(&case, |policy| Policy { initiator_apart: true, ..policy }).await;
        case.prepare.initiator = None;
        refused(&case, Reason::InitiatorNotApart).await;
    }

    /// Her device is not among those that may approve: nobody is asked.
    only_approver_asked_for_it(case) {
        let alice = alice(&case).await;
        with_policy(&case, |policy| Policy { initiator_apart: true, ..policy }).await;
        case.prepare.initiator = Some(alice);
        refused(&case, Reason::TooFewDevices).await;
    }

    /// Bob asks, Alice approves.
    somebody_else_asked_for_it(case) {
        let alice = alice(&case).await;
        with_policy(&case, |policy| Policy { initiator_apart: true, ..policy }).await;
        case.prepare.initiator = Some(SignerId(alice.0 + 1));
        case.signed().await;
    }
}
