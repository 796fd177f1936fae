//! Whose the certificates are: of the authority that the relying party trusts, or of an attacker whose names are
//! the same; and whether they lead there.

use countersign_authority::{Draft, Format};

use super::Change::{ByLeaf, Chain, Forgery};
use super::{CERTIFIED, Mutation, PACKED, Trust};

const fn trust(
    name: &'static str,
    formats: &'static [Format],
    change: fn(&mut Draft, &mut Trust<'_>),
) -> Mutation {
    Mutation { name, change: Chain(formats, change) }
}

const fn forgery(
    name: &'static str,
    formats: &'static [Format],
    change: fn(&mut Draft, &mut Trust<'_>),
) -> Mutation {
    Mutation { name, change: Forgery(formats, change) }
}

/// The formats whose devices send what leads to the root, without it.
const CHAINED: &[Format] = &[Format::Packed, Format::Tpm, Format::Apple];

pub(super) const TABLE: &[Mutation] = &[
    trust("anchor-foreign", CERTIFIED, |_, trust| {
        trust.anchors = trust.anchors_of(trust.attacker);
    }),
    trust("anchor-second", PACKED, |_, trust| {
        trust.anchors.splice(..0, trust.attacker.roots());
    }),
    trust("anchor-not-asked", CERTIFIED, |_, trust| trust.anchors.clear()),
    trust("anchor-asked", &[Format::SelfMade, Format::None], |_, trust| {
        trust.anchors = trust.trusted.roots();
    }),
    trust("anchor-intermediate", PACKED, |draft, trust| {
        trust.anchors = vec![trust.trusted.intermediate()];
        draft.x5c = Box::new(|x5c| x5c.truncate(1));
    }),
    forgery("forged", CERTIFIED, |_, _| ()),
    forgery("forged-not-asked", CHAINED, |_, trust| trust.anchors.clear()),
    forgery("forged-with-own-root", CHAINED, |draft, trust| send(draft, trust.attacker.roots())),
    forgery("forged-with-trusted-root", CHAINED, |draft, trust| {
        send(draft, trust.trusted.roots());
    }),
    forgery("forged-with-trusted-intermediate", CHAINED, |draft, trust| {
        let intermediate = trust.trusted.intermediate();
        draft.x5c = Box::new(move |x5c| {
            x5c.truncate(1);
            x5c.push(intermediate);
        });
    }),
    Mutation {
        name: "forged-by-leaf",
        change: ByLeaf(CHAINED, |draft, trust| send(draft, vec![trust.trusted.intermediate()])),
    },
    trust("chain-with-root", CHAINED, |draft, trust| send(draft, trust.trusted.roots())),
    trust("chain-without-intermediate", CHAINED, |draft, _| {
        draft.x5c = Box::new(|x5c| x5c.truncate(1));
    }),
    trust("chain-with-foreign-root", CHAINED, |draft, trust| {
        send(draft, trust.attacker.roots());
    }),
    trust("chain-with-foreign-intermediate", CHAINED, |draft, trust| {
        send(draft, vec![trust.attacker.intermediate()]);
    }),
    trust("chain-with-no-certificate", CHAINED, |draft, _| send(draft, vec![vec![0x30, 0]])),
    trust("chain-leaf-twice", CHAINED, |draft, _| {
        draft.x5c = Box::new(|x5c| x5c.extend(x5c.first().cloned()));
    }),
    trust("chain-intermediate-twice", CHAINED, |draft, _| {
        draft.x5c = Box::new(|x5c| x5c.extend(x5c.last().cloned()));
    }),
    trust("chain-intermediate-first", CHAINED, |draft, _| {
        draft.x5c = Box::new(|x5c| x5c.reverse());
    }),
    trust("chain-long", CHAINED, |draft, trust| {
        let intermediate = trust.attacker.intermediate();
        draft.x5c = Box::new(move |x5c| x5c.resize(9, intermediate));
    }),
];

/// With these after what leads to the root.
fn send(draft: &mut Draft, more: Vec<Vec<u8>>) {
    draft.x5c = Box::new(|x5c| x5c.extend(more));
}
