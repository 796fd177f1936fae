//! The format fido-u2f (WebAuthn Level 3, 8.6): what a device from before CTAP2 can say, and signs.

use countersign_authority::{Algorithm, Draft, Format};

use super::Change::Registration;
use super::{Mutation, flip};

const fn mutation(name: &'static str, change: fn(&mut Draft)) -> Mutation {
    Mutation { name, change: Registration(&[Format::FidoU2f], change) }
}

pub(super) const TABLE: &[Mutation] = &[
    mutation("u2f-model", |draft| draft.aaguid = [1; 16]),
    mutation("u2f-leaf-twice", |draft| {
        draft.x5c = Box::new(|x5c| x5c.extend(x5c.first().cloned()));
    }),
    mutation("u2f-credential-es384", |draft| draft.algorithm = Algorithm::Es384),
    // `0x00 || rpIdHash || clientDataHash || credentialId || publicKeyU2F`.
    mutation("u2f-signed-other-rp-id", |draft| signed(draft, |bytes| flip(bytes, 1))),
    mutation("u2f-signed-other-client-data", |draft| signed(draft, |bytes| flip(bytes, 33))),
    mutation("u2f-signed-other-id", |draft| signed(draft, |bytes| flip(bytes, 65))),
    mutation("u2f-signed-other-key", |draft| signed(draft, |bytes| flip(bytes, 98))),
];

fn signed(draft: &mut Draft, change: fn(&mut Vec<u8>)) {
    draft.signed = Box::new(change);
}
