//! Every code of the table, on the way of a signer's order and on that of a checkpoint.

use countersign_core::Reason;
use countersign_core::port::TokenFault;
use countersign_token::Health;

use super::house::House;

/// The table itself: a code that gets a row there is tried here.
const TABLE: &str = include_str!("../../src/faults.rs");
/// Codes that cryptoki has no name for, and what the table says of them after its rows.
const UNNAMED: [(u64, Met); 7] = [
    (0x042, Met::GivenUp),
    (0x203, Met::GivenUp),
    (0x207, Met::GivenUp),
    (0x209, Met::GivenUp),
    (0x208, Met::Stopped),
    (0x20b, Met::Unhealthy),
    (0x8000_0001, Met::Unhealthy),
];

/// How a code must be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Relogin,
    GivenUp,
    Unhealthy,
    Stopped,
}

/// The rows of the table, `0x030 DeviceError Unhealthy`, and the codes without a row.
fn codes() -> Vec<(u64, Met)> {
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let code = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
        let met = match (words.next(), words.next()?, words.next()) {
            (Some(_), "Relogin", None) => Met::Relogin,
            (Some(_), "GiveUp", None) => Met::GivenUp,
            (Some(_), "Unhealthy", None) => Met::Unhealthy,
            (Some(_), "Stop", None) => Met::Stopped,
            _ => return None,
        };
        Some((code, met))
    };
    let rows: Vec<_> = TABLE.lines().filter_map(row).collect();
    assert_eq!(rows.len(), 93, "rows of the table: a row that is not read is not tried");
    [rows, UNNAMED.to_vec()].concat()
}

/// Health after a fault, and sessions that the next message opens.
fn afterwards(met: Met, fault: TokenFault) -> (Health, usize) {
    match met {
        Met::GivenUp => (Health::Good, 0),
        Met::Relogin | Met::Unhealthy => (Health::Troubled(fault), 1),
        Met::Stopped => (Health::Stopped(fault), 0),
    }
}

fn fails_once(house: &mut House, function: &str, code: u64) {
    house.plan.set(&format!("{function} fails {code:#x} times 1"));
}

/// The next message is signed on a new session or the old one, or nothing is tried any more.
fn goes_on(house: &mut House, met: Met, fault: TokenFault) {
    let (health, opened) = afterwards(met, fault);
    assert_eq!(house.core.token.health(), health, "{fault}");
    house.plan.nothing();
    if met == Met::Stopped {
        let refused = house.core.sign(2);
        assert_eq!((refused.said, refused.released), (Err(fault), Err(Reason::TokenFailed)));
        assert_eq!(house.checkpoint(), Err(fault));
        assert_eq!(house.plan.log().lines().count(), 0, "{fault}: nothing more is tried");
        assert_eq!(house.core.token.health(), health, "{fault}");
        house.restart();
    }
    house.core.signs();
    assert_eq!(house.checkpoint(), Ok(true), "{fault}");
    assert_eq!(house.core.token.health(), Health::Good, "{fault}");
    if met != Met::Stopped {
        assert_eq!(house.plan.calls("C_OpenSession"), opened, "{fault}");
    }
}

#[test]
fn an_order_that_meets_any_code_releases_nothing_and_is_not_repeated() {
    let mut house = House::new();
    for (code, met) in codes() {
        for (function, signed) in [("C_SignInit", 0), ("C_Sign", 1)] {
            fails_once(&mut house, function, code);
            let fault = TokenFault { function, code };
            let refused = house.core.sign(2);
            assert_eq!(refused.said, Err(fault));
            assert_eq!(refused.released, Err(Reason::TokenFailed), "{fault}");
            assert_eq!(house.plan.calls(function), 1, "{fault}");
            assert_eq!(house.plan.calls("C_Sign"), signed, "{fault}: not again, and no other item");
            goes_on(&mut house, met, fault);
        }
    }
}

#[test]
fn a_checkpoint_that_meets_any_code_is_made_once_more_only_if_its_session_was_lost() {
    let mut house = House::new();
    for (code, met) in codes() {
        fails_once(&mut house, "C_Sign", code);
        let fault = TokenFault { function: "C_Sign", code };
        let again = matches!(met, Met::Relogin | Met::Unhealthy);
        let expected = if again { Ok(true) } else { Err(fault) };
        assert_eq!(house.checkpoint(), expected, "{fault}");
        assert_eq!(house.plan.calls("C_Sign"), if again { 2 } else { 1 }, "{fault}");
        if again {
            assert_eq!(house.core.token.health(), Health::Good, "{fault}");
        } else {
            goes_on(&mut house, met, fault);
        }
    }
}

#[test]
fn a_session_that_is_found_lost_before_the_signature_costs_no_order() {
    let mut house = House::new();
    for (code, met) in codes() {
        fails_once(&mut house, "C_GetSessionInfo", code);
        let outcome = house.core.sign(1);
        if met == Met::Relogin {
            assert_eq!(outcome.released.map(|given| given.len()), Ok(1), "{code:#x}");
            assert_eq!(house.plan.calls("C_Sign"), 1, "{code:#x}");
            assert_eq!(house.plan.calls("C_OpenSession"), 1, "{code:#x}");
        } else {
            let fault = TokenFault { function: "C_GetSessionInfo", code };
            assert_eq!(outcome.said, Err(fault));
            assert_eq!(house.plan.calls("C_Sign"), 0, "{fault}");
            goes_on(&mut house, met, fault);
        }
    }
}

#[test]
fn a_pin_is_not_tried_again_once_it_was_refused_also_not_by_another_worker() {
    let mut house = House::with(2, countersign_token::CALL_MAX_MS);
    house.plan.set("C_GetSessionInfo fails 0xb3 times 1\nC_Login fails 0xa0 times 1");
    let refused = TokenFault { function: "C_Login", code: 0xa0 };
    assert_eq!(house.core.sign(1).said, Err(refused));
    // More orders than workers: the other one has a session that is as good as before.
    for _ in 0..4 {
        assert_eq!(house.core.sign(1).said, Err(refused));
    }
    assert_eq!(house.plan.calls("C_Login"), 1);
    assert_eq!(house.plan.calls("C_Sign"), 0);
    assert_eq!(house.core.token.health(), Health::Stopped(refused));
}
