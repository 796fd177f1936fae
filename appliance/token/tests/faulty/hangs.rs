//! A library that does not come back, or too late.

use std::thread;
use std::time::{Duration, Instant};

use countersign_core::Reason;
use countersign_core::port::TokenFault;
use countersign_protocol::{KeyId, Suite};
use countersign_token::{Health, KeyError, OpenError};

use super::house::House;

const NO_ANSWER: TokenFault =
    TokenFault { function: "the token, which hangs,", code: TokenFault::NO_CODE };
/// How long a call may take here, in milliseconds.
const CALL_MAX_MS: u64 = 300;
/// How long one hangs.
const HANGS_MS: u64 = 1_500;
/// What the watch needs to see it, and a machine that does other things to go on.
const SLACK: Duration = Duration::from_millis(100 + 400);

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Waits until the token is said to hang, and says how long that took.
fn seen(house: &House, function: &'static str, begun: Instant) -> Duration {
    while house.core.token.health() != Health::Hanging(function) {
        assert!(begun.elapsed() < ms(HANGS_MS), "{:?}", house.core.token.health());
        thread::sleep(ms(2));
    }
    begun.elapsed()
}

/// From the call on: not before it has taken too long, and not much after.
fn in_time(waited: Duration) {
    assert!(waited >= ms(CALL_MAX_MS) && waited < ms(CALL_MAX_MS) + SLACK, "{waited:?}");
}

fn house(sessions: usize) -> House {
    let mut house = House::with(sessions, CALL_MAX_MS);
    house.core.signs();
    house.plan.set(&format!("C_Sign hangs {HANGS_MS} times 1"));
    house
}

#[test]
fn a_signature_that_comes_too_late_is_never_seen_and_whoever_waits_is_told_in_time() {
    let house = house(1);
    let begun = Instant::now();
    thread::scope(|scope| {
        let asked = scope.spawn(|| house.core.sign(2));
        let noticed = seen(&house, "C_Sign", begun);
        let outcome = asked.join().unwrap();
        println!("a hang was seen after {noticed:?}, and answered after {:?}", begun.elapsed());
        in_time(noticed);
        in_time(begun.elapsed());
        assert_eq!(outcome.said, Err(NO_ANSWER));
        assert_eq!(outcome.released, Err(Reason::TokenFailed));
    });
    // The call returns, and with it the signature of the first item.
    thread::sleep(ms(HANGS_MS).saturating_sub(begun.elapsed()) + ms(100));
    assert_eq!(house.core.token.health(), Health::Hanging("C_Sign"), "nothing has gone well since");
    assert_eq!(house.plan.calls("C_Sign"), 1, "not again, and no other item");
    assert_eq!(house.plan.calls("C_CloseSession"), 1);
    house.core.signs();
    assert_eq!(house.plan.calls("C_OpenSession"), 1, "on a new session");
    assert_eq!(house.core.token.health(), Health::Good);
}

#[test]
fn whoever_waits_for_a_worker_that_hangs_waits_no_longer_than_it_may_take() {
    let house = house(1);
    thread::scope(|scope| {
        let first = scope.spawn(|| house.checkpoint());
        thread::sleep(ms(50));
        let asked = [
            scope.spawn(|| timed(|| house.core.sign(1).said.map(drop))),
            scope.spawn(|| timed(|| house.checkpoint().map(drop))),
            scope.spawn(|| timed(|| house.core.token.random_blocking::<32>().map(drop))),
            scope.spawn(|| timed(|| pollster::block_on(house.core.token.random::<32>()).map(drop))),
        ];
        for asked in asked {
            let (answer, waited) = asked.join().unwrap();
            assert_eq!(answer, Err(NO_ANSWER));
            in_time(waited);
        }
        assert_eq!(first.join().unwrap(), Err(NO_ANSWER));
    });
    assert_eq!(house.plan.calls("C_Sign"), 1, "what was not begun never is");
    thread::sleep(ms(HANGS_MS));
    assert_eq!(house.plan.calls("C_Sign"), 1, "also not when the call has returned");
    house.core.signs();
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (work(), begun.elapsed())
}

#[test]
fn the_other_workers_go_on_meanwhile() {
    let house = house(2);
    let begun = Instant::now();
    thread::scope(|scope| {
        let hangs = scope.spawn(|| house.checkpoint());
        thread::sleep(ms(50));
        while begun.elapsed() < ms(HANGS_MS - 300) {
            house.core.signs();
            let hanging = begun.elapsed() > ms(CALL_MAX_MS) + SLACK;
            assert!(!hanging || house.core.token.health() == Health::Hanging("C_Sign"));
        }
        assert_eq!(hangs.join().unwrap(), Err(NO_ANSWER));
    });
    thread::sleep(ms(HANGS_MS + 200).saturating_sub(begun.elapsed()));
    house.core.signs();
    assert_eq!(house.core.token.health(), Health::Good);
}

#[test]
fn whatever_hangs_is_named() {
    let steps = [
        ("C_GetSessionInfo", "C_GetSessionInfo"),
        ("C_FindObjects", "C_FindObjects"),
        ("C_GetAttributeValue", "C_FindObjects"),
        ("C_OpenSession", "C_Login"),
        ("C_Login", "C_Login"),
        ("C_SignInit", "C_Sign"),
    ];
    let mut house = House::with(1, CALL_MAX_MS);
    for (function, named) in steps {
        // A session that is lost takes with it what was found on it.
        let lost = "C_GetSessionInfo fails 0xb3 times 1";
        house.plan.set(&format!("{lost}\n{function} hangs {} times 1", CALL_MAX_MS * 3));
        let (answer, waited) = timed(|| house.checkpoint());
        assert_eq!(answer, Err(NO_ANSWER), "{function}");
        assert!(waited < ms(CALL_MAX_MS) + SLACK, "{function} {waited:?}");
        assert_eq!(house.core.token.health(), Health::Hanging(named), "{function}");
        assert_eq!(house.plan.calls("C_Sign"), 0, "{function}");
        thread::sleep(ms(CALL_MAX_MS * 2));
        house.core.signs();
        assert_eq!(house.core.token.health(), Health::Good, "{function}");
    }
}

#[test]
fn to_make_a_key_may_take_longer_and_one_that_is_made_too_late_is_destroyed() {
    const ID: KeyId = KeyId([9; 16]);
    let mut house = House::with(1, CALL_MAX_MS);
    let token = house.core.token.clone();
    house.plan.set(&format!("C_GenerateKeyPair hangs {} times 1", CALL_MAX_MS * 4));
    assert!(token.create_signer_key(KeyId([8; 16]), Suite::Esp256).is_ok());

    house.plan.set(&format!("C_GenerateKeyPair hangs {} times 1", CALL_MAX_MS * 9));
    let (made, waited) = timed(|| token.create_signer_key(ID, Suite::Esp256));
    assert_eq!(made, Err(KeyError::Fault(NO_ANSWER)));
    assert!(waited >= ms(CALL_MAX_MS * 6) && waited < ms(CALL_MAX_MS * 6) + SLACK, "{waited:?}");
    assert_eq!(token.health(), Health::Hanging("C_GenerateKeyPair"));
    thread::sleep(ms(CALL_MAX_MS * 4));
    assert_eq!(house.plan.calls("C_DestroyObject"), 2, "both halves");
    assert!(token.create_signer_key(ID, Suite::Esp256).is_ok());
}

#[test]
fn whoever_opens_a_token_that_hangs_is_told_what_to_do_and_what_is_opened_late_is_closed() {
    let mut house = House::new();
    house.plan.set("C_Login hangs 2000 times 1");
    let (opened, waited) = timed(|| house.open_again(50));
    let error = opened.err().unwrap();
    assert!(matches!(error, OpenError::Hangs { .. }), "{error:?}");
    assert!(error.to_string().contains("start again"));
    assert!(waited >= ms(600) && waited < ms(600) + SLACK, "{waited:?}");
    thread::sleep(ms(2_000));
    assert_eq!(house.plan.calls("C_CloseSession"), 1);
    assert!(house.open_again(CALL_MAX_MS).is_ok());
}

#[test]
fn the_end_is_not_waited_for_longer_than_a_call_may_take() {
    for sessions in [1, 2] {
        let house = house(sessions);
        thread::scope(|scope| {
            let hangs = scope.spawn(|| house.checkpoint());
            assert_eq!(hangs.join().unwrap(), Err(NO_ANSWER));
        });
        let ((), waited) = timed(|| drop(house.core));
        println!("with {sessions} sessions the end came after {waited:?}");
        assert!(waited < SLACK, "{waited:?}");
        // What its call does when it returns must not be in the log of another test.
        thread::sleep(ms(HANGS_MS));
        drop(house.plan);
    }
}
