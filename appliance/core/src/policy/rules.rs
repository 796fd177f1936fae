//! The rules, one a file: each says whether it is satisfied, and looks at all that it is asked about, whatever comes of it.

#![deny(dead_code, reason = "a rule that nobody judges does not compile")]

pub(super) mod calendar;
pub(super) mod families;
pub(super) mod forms;
pub(super) mod front_ends;
pub(super) mod hold;
pub(super) mod initiator;
pub(super) mod items;
pub(super) mod labels;
pub(super) mod lifetime;
pub(super) mod suites;
pub(super) mod validity;

/// A policy that asks for nothing but the suite ESP256.
#[cfg(test)]
pub(super) fn any() -> super::Rules {
    use countersign_protocol::Suite;
    use countersign_protocol::policy::{Policy, Suites};

    let mut room = [0; 8];
    let suites = Suites::from_values(&[Suite::Esp256], &mut room).expect("a suite");
    super::Rules::from(&Policy::of(suites))
}

/// What comes of judging documents with these labels and forms.
#[cfg(test)]
fn of_documents(
    of: &[(&str, countersign_protocol::item::Form)],
    judge: impl FnOnce(&countersign_protocol::item::Items<'_>) -> subtle::Choice,
) -> bool {
    use countersign_protocol::item::Item;
    use countersign_protocol::{Bounded, Digest, Label, Sequence};

    let items: heapless::Vec<Item<'_>, 4> = of
        .iter()
        .map(|(label, form)| Item {
            dtbsr: Bounded::new(&[7; 32]).expect("a digest"),
            content: Digest([1; 32]),
            shown: Digest([2; 32]),
            label: Label::new(label).expect("a label"),
            form: *form,
        })
        .collect();
    let mut room = [0; 1024];
    judge(&Sequence::from_values(&items, &mut room).expect("items")).into()
}
