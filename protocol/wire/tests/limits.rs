//! Every value just within its limit is accepted, and just past it refused: nothing else changed.

mod limit;
mod story;
mod tree;

use limit::Limit;

fn holds(limit: &Limit) {
    for value in &limit.within {
        assert!(limit.message.accepts(&limit.with(value)), "within: {}", limit.told(value));
    }
    for value in &limit.past {
        assert!(!limit.message.accepts(&limit.with(value)), "past: {}", limit.told(value));
    }
}

#[test]
fn limits_of_length_and_number_hold() {
    limit::in_cddl().iter().for_each(holds);
}

#[test]
fn limits_of_order_and_of_characters_hold() {
    limit::beyond_cddl().iter().for_each(holds);
}
