//! The bytes of authenticatorData, of assertions and registrations alike: reserved flags, lengths, attested data
//! that an assertion does not have and a registration not twice.

use super::Change::AuthenticatorData;
use super::Mutation;

/// Where the flags are (WebAuthn Level 3, 6.1).
const FLAGS: usize = 32;
const AT: u8 = 1 << 6;

const fn mutation(name: &'static str, change: fn(Vec<u8>) -> Vec<u8>) -> Mutation {
    Mutation { name, change: AuthenticatorData(change) }
}

pub(super) const TABLE: &[Mutation] = &[
    mutation("flag-reserved-1", |data| flagged(data, 1 << 1)),
    mutation("flag-reserved-5", |data| flagged(data, 1 << 5)),
    mutation("data-trailing", |data| [data, vec![0]].concat()),
    mutation("data-cut", |mut data| {
        data.pop();
        data
    }),
    mutation("data-empty", |_| Vec::new()),
    mutation("data-attested", |data| [flagged(data, AT), attested()].concat()),
    mutation("data-twice", |data| data.repeat(2)),
];

fn flagged(mut data: Vec<u8>, flag: u8) -> Vec<u8> {
    if let Some(flags) = data.get_mut(FLAGS) {
        *flags |= flag;
    }
    data
}

/// Attested credential data, well-formed: AAGUID, an id of one byte, a key of Ed25519.
fn attested() -> Vec<u8> {
    let key = [&[0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20], &[0x66; 32][..]];
    [&[0; 16][..], &[0, 1, 9], &key.concat()].concat()
}
