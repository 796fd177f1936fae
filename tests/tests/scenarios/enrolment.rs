//! How a device comes to approve, and how it does not: no single person, ticket or order makes one.
//!
//! Each row is the way of a good device with one step missing or wrong.

use countersign_core::Reason;
use countersign_core::assertion::registration;
use countersign_core::port::Platform as _;
use countersign_device::{Algorithm, Approval, Authenticator, Registration, SignatureForm};
use countersign_enrolment::Fault;
use countersign_protocol::Name;
use countersign_protocol::admin::{DevicesLost, Order, SetStanding, TicketIssue};
use countersign_protocol::change::Standing;
use countersign_protocol::limits::LOCKOUT_REFUSED;
use countersign_protocol::reply::Failure;
use countersign_protocol::ticket::Assurance;
use countersign_tests::case::{Case, approve};
use countersign_tests::draft::{AssertionDraft, SignDraft};
use countersign_tests::enrolment::{Handed, LIFETIME_MS, confirmation, fingerprint};
use countersign_tests::house::{ORIGIN, RP_ID};
use countersign_tests::outcome::{Invited, Outcome};
use countersign_tests::people::SigningKey;
use countersignd::EnrolmentFault;

use crate::table::scenarios;

/// What Alice calls her new device.
const TABLET: &str = "alice's tablet";

/// A device that nobody has seen.
fn new_device() -> Authenticator {
    Authenticator::new_of(Algorithm::Es256, RP_ID, ORIGIN).unwrap()
}

/// A ticket for Alice's tablet, which says nothing of its model.
async fn ticket(case: &Case<'_>) -> Handed {
    case.ticket("alice", TABLET, Assurance::Any).await
}

/// A new device is registered with the ticket, and one is asked to vouch for it.
async fn invited(case: &Case<'_>, ticket: &Handed, device: &Authenticator) -> Invited {
    match case.ask(&ticket.frame(&device.register(&ticket.challenge()))).await {
        Outcome::Enrolled(Some(invited)) => invited,
        other => panic!("nobody is asked to vouch: {other:?}"),
    }
}

/// Alice's phone vouches for it: it waits for an officer.
async fn vouched(case: &mut Case<'_>, ticket: &Handed, device: &Authenticator) {
    let invited = invited(case, ticket, device).await;
    let frame = ticket.vouch(&invited, &mut case.people.alice);
    assert_eq!(case.ask(&frame).await, Outcome::Enrolled(None));
}

/// The officer's order with the words of this device.
async fn confirmed(case: &Case<'_>, device: &Authenticator) -> Option<String> {
    let words = fingerprint(&device.credential().public_key_cose);
    case.declined(&confirmation(&case.people.name(TABLET), words)).await
}

/// Alice's tablet approves, alone, and that is enough.
async fn approves(case: &Case<'_>, device: &mut Authenticator) {
    let prepared = case.prepared().await;
    assert!(prepared.credentials.iter().any(|id| *id == device.credential().credential_id));
    let draft = SignDraft::of(&prepared, vec![approve(device, &prepared, |_| ())]);
    case.expect_signatures(&case.ask(&draft.frame()).await);
}

/// No activation lists it.
async fn does_not_approve(case: &Case<'_>, device: &Authenticator) {
    let credentials = case.prepared().await.credentials;
    assert!(credentials.iter().all(|id| *id != device.credential().credential_id));
}

/// Whether Alice's key is in the token.
async fn is_in_the_token(case: &Case<'_>) -> bool {
    let appliance = case.engine.appliance().await;
    let SigningKey { id, suite, public_key } = case.people.key.clone();
    let token = appliance.inner().token().clone();
    let look = move || token.check_signer_key(id, suite, &public_key).is_ok();
    tokio::task::spawn_blocking(look).await.unwrap()
}

/// The front-end heard this, and the ledger's last word about it has this number.
fn expect(case: &Case<'_>, outcome: &Outcome, number: u16, failure: Failure) {
    let recorded = case.engine.house.refusals(&case.channel());
    assert_eq!(recorded.last(), Some(&number), "the ledger's reason");
    assert_eq!(*outcome, Outcome::Failed(failure), "the front-end's status");
}

/// What this fault leads to.
fn expect_fault(case: &Case<'_>, outcome: &Outcome, fault: EnrolmentFault, failure: Failure) {
    expect(case, outcome, fault.number(), failure);
}

/// The tablet's registration over this ticket's challenge is refused for this reason.
async fn refused(case: &Case<'_>, ticket: &Handed, registration: &Registration, number: u16) {
    let outcome = case.ask(&ticket.frame(registration)).await;
    expect(case, &outcome, number, Failure::Refused);
}

async fn standing(case: &Case<'_>, device: &str, standing: Standing) -> Option<String> {
    let name = case.people.name(device);
    let name = Name::new(&name).unwrap();
    case.declined(&Order::DeviceStanding(SetStanding { name, standing })).await
}

scenarios! {
    further_device_approves_when_it_is_vouched_for_and_confirmed(case) {
        let (ticket, mut device) = (ticket(&case).await, new_device());
        vouched(&mut case, &ticket, &device).await;
        does_not_approve(&case, &device).await;
        assert_eq!(confirmed(&case, &device).await, None);
        approves(&case, &mut device).await;
    }

    /// Orders alone: a ticket, whatever is confirmed, whatever is activated.
    registrar_alone_makes_no_device(case) {
        ticket(&case).await;
        let device = new_device();
        assert!(confirmed(&case, &device).await.is_some_and(|why| why.contains("no such device")));
        let why = standing(&case, TABLET, Standing::Active).await;
        assert!(why.is_some_and(|why| why.contains("no such device")));
        does_not_approve(&case, &device).await;
    }

    /// With a front-end and a device of their own too: Alice's phone has not vouched for it.
    registrar_with_a_front_end_makes_no_device_of_somebody_elses(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        invited(&case, &ticket, &device).await;
        let why = confirmed(&case, &device).await.unwrap();
        assert!(why.contains("must vouch for this one first"), "{why}");
        let why = standing(&case, TABLET, Standing::Active).await.unwrap();
        assert!(why.contains("the device is pending"), "{why}");
        does_not_approve(&case, &device).await;
    }

    /// The thief's device waits, and the words that Alice reads from hers are not its.
    stolen_ticket_makes_no_device(case) {
        let (ticket, thiefs, hers) = (ticket(&case).await, new_device(), new_device());
        vouched(&mut case, &ticket, &thiefs).await;
        let frame = ticket.frame(&hers.register(&ticket.challenge()));
        let outcome = case.ask(&frame).await;
        expect_fault(&case, &outcome, EnrolmentFault::TicketSpent, Failure::Stale);
        let why = confirmed(&case, &hers).await.unwrap();
        assert!(why.contains("not the words of this device's key"), "{why}");
        does_not_approve(&case, &thiefs).await;
    }

    /// CVE-2026-37982: an enrolment token that was used added another authenticator.
    cve_2026_37982_ticket_used_twice(case) {
        let (ticket, first, second) = (ticket(&case).await, new_device(), new_device());
        vouched(&mut case, &ticket, &first).await;
        for _ in 0..2 {
            let outcome = case.ask(&ticket.frame(&second.register(&ticket.challenge()))).await;
            expect_fault(&case, &outcome, EnrolmentFault::TicketSpent, Failure::Stale);
        }
        assert_eq!(confirmed(&case, &first).await, None);
        let outcome = case.ask(&ticket.frame(&second.register(&ticket.challenge()))).await;
        expect_fault(&case, &outcome, EnrolmentFault::TicketSpent, Failure::Stale);
        does_not_approve(&case, &second).await;
    }

    /// CVE-2022-42731: a challenge that was registered over once was good again.
    cve_2022_42731_registration_with_another_ticket(case) {
        let (first, second) = (ticket(&case).await, case.ticket("alice", "other", Assurance::Any).await);
        let device = new_device();
        let registration = device.register(&first.challenge());
        let challenge = registration::Fault::ChallengeDiffers.number();
        refused(&case, &second, &registration, challenge).await;
        // Nothing is spent by that.
        vouched(&mut case, &first, &device).await;
    }

    /// A lost reply costs nothing: the same frame has the same answer, as long as the device lives.
    the_same_frame_again_has_the_same_answer(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let frame = ticket.frame(&device.register(&ticket.challenge()));
        let first = case.ask(&frame).await;
        assert!(matches!(first, Outcome::Enrolled(Some(_))));
        assert_eq!(case.ask(&frame).await, first);
        let Outcome::Enrolled(Some(invited)) = first else { panic!("not invited") };
        let vouch = ticket.vouch(&invited, &mut case.people.alice);
        assert_eq!(case.ask(&vouch).await, Outcome::Enrolled(None));
        assert_eq!(case.ask(&frame).await, Outcome::Enrolled(None), "nothing is asked any more");
        let again = case.ask(&vouch).await;
        expect_fault(&case, &again, EnrolmentFault::NothingToVouch, Failure::Stale);
        assert_eq!(standing(&case, TABLET, Standing::Revoked).await, None);
        let outcome = case.ask(&frame).await;
        expect_fault(&case, &outcome, EnrolmentFault::TicketSpent, Failure::Stale);
    }

    confirmation_for_another_fingerprint(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        vouched(&mut case, &ticket, &device).await;
        let why = confirmed(&case, &new_device()).await.unwrap();
        assert!(why.contains("not the words of this device's key"), "{why}");
        does_not_approve(&case, &device).await;
        assert_eq!(confirmed(&case, &device).await, None, "it waits still");
    }

    /// What Alice's phone approves is the addition of another key than the one that waits.
    existing_device_approves_another_key(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let mut invited = invited(&case, &ticket, &device).await;
        let last = invited.addition.len() - 1;
        invited.addition[last] ^= 1;
        let frame = ticket.vouch(&invited, &mut case.people.alice);
        let outcome = case.ask(&frame).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::ChallengeDiffers).await;
        assert!(confirmed(&case, &device).await.unwrap().contains("must vouch"));
        does_not_approve(&case, &device).await;
    }

    /// An approval of an activation is none of an addition.
    approval_of_an_activation_vouches_for_nothing(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        invited(&case, &ticket, &device).await;
        let prepared = case.prepared().await;
        let approval = approve(&mut case.people.alice, &prepared, |_| ());
        let outcome = case.ask(&ticket.vouch_frame(&approval)).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::ChallengeDiffers).await;
    }

    somebody_elses_device_vouches_for_nothing(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let mut invited = invited(&case, &ticket, &device).await;
        let bobs = case.people.bob.credential().credential_id.to_vec();
        invited.credentials = vec![bobs];
        let frame = ticket.vouch(&invited, &mut case.people.bob);
        let outcome = case.ask(&frame).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::SignatureInvalid).await;
        // The one that waits does not vouch for itself either.
        let made = AssertionDraft { device: 1, ..own_vouch(&ticket, &invited, device) };
        let outcome = case.ask(&ticket.vouch_frame(&made)).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::DeviceNotListed).await;
    }

    vouching_without_user_verification(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let invited = invited(&case, &ticket, &device).await;
        let made = ticket.vouch_changed(&invited, &mut case.people.alice, |a| a.flags.uv = false);
        let outcome = case.ask(&ticket.vouch_frame(&made)).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::UserNotVerified).await;
    }

    suspended_device_vouches_for_nothing(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let invited = invited(&case, &ticket, &device).await;
        assert_eq!(standing(&case, "alice's phone", Standing::Suspended).await, None);
        let frame = ticket.vouch(&invited, &mut case.people.alice);
        let outcome = case.ask(&frame).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::DeviceNotListed).await;
    }

    /// FIA_AFL.1, as for approvals.
    device_that_is_locked_out_vouches_for_nothing(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let invited = invited(&case, &ticket, &device).await;
        for _ in 0..LOCKOUT_REFUSED {
            let flipped = |a: &mut Approval| a.signature = SignatureForm::BitFlipped;
            let made = ticket.vouch_changed(&invited, &mut case.people.alice, flipped);
            let outcome = case.ask(&ticket.vouch_frame(&made)).await;
            case.expect_refused(&case.people.front_end, &outcome, Reason::SignatureInvalid).await;
        }
        let frame = ticket.vouch(&invited, &mut case.people.alice);
        let outcome = case.ask(&frame).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::DeviceLockedOut).await;
        assert!(confirmed(&case, &device).await.unwrap().contains("must vouch"));
    }

    /// Held back until a later approval came: refused, and nobody is suspended for it.
    vouching_that_is_overtaken(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let invited = invited(&case, &ticket, &device).await;
        let held_back = ticket.vouch(&invited, &mut case.people.alice);
        case.signed().await;
        let outcome = case.ask(&held_back).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::SignCountLate).await;
        case.signed().await;
        let frame = ticket.vouch(&invited, &mut case.people.alice);
        assert_eq!(case.ask(&frame).await, Outcome::Enrolled(None));
    }

    /// A count that was shown for something else is a second device's with the same key.
    vouching_by_a_clone_suspends_the_device(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let invited = invited(&case, &ticket, &device).await;
        case.signed().await;
        let shown = case.people.alice.credential().sign_count;
        let again = |a: &mut Approval| a.sign_count = shown;
        let made = ticket.vouch_changed(&invited, &mut case.people.alice, again);
        let outcome = case.ask(&ticket.vouch_frame(&made)).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::SignCountCloned).await;
        let outcome = case.ask(&case.prepare.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TooFewDevices).await;
    }

    ticket_that_nobody_made(case) {
        let mut ticket = ticket(&case).await;
        let id = ticket.id().0;
        let at = ticket.0.windows(32).position(|window| window == id).unwrap();
        ticket.0[at] ^= 1;
        let outcome = case.ask(&ticket.frame(&new_device().register(&ticket.challenge()))).await;
        expect_fault(&case, &outcome, EnrolmentFault::TicketUnknown, Failure::Stale);
    }

    /// A ticket for a second is over when nobody knows the second.
    ticket_that_is_over(case) {
        let (signer, device) = (case.people.name("alice"), case.people.name(TABLET));
        let order = |lifetime_ms| Order::TicketIssue(TicketIssue {
            signer: Name::new(&signer).unwrap(),
            device: Name::new(&device).unwrap(),
            assurance: Assurance::Any,
            lifetime_ms,
        });
        for lifetime_ms in [999, 7 * 24 * LIFETIME_MS + 1] {
            let why = case.declined(&order(lifetime_ms)).await.unwrap();
            assert!(why.contains("a second at least and a week at most"), "{why}");
        }
        let ticket = case.ticket_for("alice", TABLET, Assurance::Any, 1_000).await;
        let outcome = case.ask(&ticket.frame(&new_device().register(&ticket.challenge()))).await;
        expect_fault(&case, &outcome, EnrolmentFault::TicketExpired, Failure::Stale);
    }

    /// It was made when Alice had fewer keys.
    ticket_for_other_keys(case) {
        let ticket = ticket(&case).await;
        case = case.with_suite(countersign_protocol::Suite::Ed25519).await;
        let outcome = case.ask(&ticket.frame(&new_device().register(&ticket.challenge()))).await;
        expect_fault(&case, &outcome, EnrolmentFault::TicketKeysChanged, Failure::Refused);
    }

    /// WebAuthn L3 7.1 step 26: who knows a credential registers it for somebody else.
    credential_that_is_known(case) {
        let ticket = case.ticket("bob", "bob's tablet", Assurance::Any).await;
        let registration = case.people.alice.register(&ticket.challenge());
        let outcome = case.ask(&ticket.frame(&registration)).await;
        expect_fault(&case, &outcome, EnrolmentFault::Conflict, Failure::Refused);
    }

    registration_that_no_user_verified(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let registration = device.register_changed(&ticket.challenge(), |a| a.flags.uv = false);
        refused(&case, &ticket, &registration, registration::Fault::UserNotVerified.number()).await;
    }

    registration_on_another_page(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let elsewhere = |a: &mut countersign_device::Approval| a.origin.push_str(":8443");
        let registration = device.register_changed(&ticket.challenge(), elsewhere);
        refused(&case, &ticket, &registration, registration::Fault::OriginDiffers.number()).await;
    }

    attestation_object_that_is_none(case) {
        let (ticket, device) = (ticket(&case).await, new_device());
        let mut registration = device.register(&ticket.challenge());
        registration.attestation_object.push(0);
        refused(&case, &ticket, &registration, Fault::ObjectMalformed.number()).await;
    }

    /// CVE-2026-8830: what a policy asked of a device was left to the client.
    cve_2026_8830_device_without_attestation_where_one_is_asked_for(case) {
        for assurance in [Assurance::Certified, Assurance::Attested] {
            let ticket = case.ticket("alice", TABLET, assurance).await;
            let registration = new_device().register(&ticket.challenge());
            refused(&case, &ticket, &registration, Fault::NothingCertified.number()).await;
        }
    }

    front_end_that_is_suspended_registers_nothing(case) {
        let ticket = ticket(&case).await;
        let name = case.people.name("front-end");
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Suspended);
        case.order(&Order::FrontEndStanding(SetStanding { name, standing })).await;
        let outcome = case.ask(&ticket.frame(&new_device().register(&ticket.challenge()))).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::FrontEndInactive).await;
    }

    stranger_registers_nothing(case) {
        let ticket = ticket(&case).await;
        let frame = ticket.frame(&new_device().register(&ticket.challenge()));
        let outcome = case.ask_as(&case.people.stranger, &frame).await;
        case.expect_refused(&case.people.stranger, &outcome, Reason::FrontEndUnknown).await;
    }

    /// All devices lost: the keys are gone with them, and the next device begins anew.
    all_devices_lost(case) {
        let (signer, lost) = (case.people.name("alice"), Name::new);
        let lost = Order::DevicesLost(DevicesLost { signer: lost(&signer).unwrap() });
        assert!(is_in_the_token(&case).await);
        // Given again, it destroys what is left: nothing.
        for _ in 0..2 {
            case.order(&lost).await;
            assert!(!is_in_the_token(&case).await, "the key is destroyed");
        }
        let outcome = case.ask(&case.prepare.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::KeyInactive).await;
        let (ticket, mut device) = (ticket(&case).await, new_device());
        let outcome = case.ask(&ticket.frame(&device.register(&ticket.challenge()))).await;
        assert_eq!(outcome, Outcome::Enrolled(None), "nobody is left to vouch for it");
        assert_eq!(confirmed(&case, &device).await, None);
        case = case.with_suite(countersign_protocol::Suite::Esp256).await;
        approves(&case, &mut device).await;
    }

    /// Otherwise whoever revokes Alice's devices enrols another one for her keys.
    revoking_all_devices_is_not_losing_them(case) {
        assert_eq!(standing(&case, "alice's phone", Standing::Revoked).await, None);
        let (ticket, device) = (ticket(&case).await, new_device());
        let invited = invited(&case, &ticket, &device).await;
        assert!(invited.credentials.is_empty());
        assert!(confirmed(&case, &device).await.unwrap().contains("must vouch"));
    }
}

/// What this device itself would say.
fn own_vouch(ticket: &Handed, invited: &Invited, mut device: Authenticator) -> AssertionDraft {
    let own = device.credential().credential_id.to_vec();
    let invited = Invited { credentials: vec![own], ..invited.clone() };
    ticket.vouch_changed(&invited, &mut device, |_| ())
}
