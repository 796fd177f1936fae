//! The format apple (WebAuthn Level 3, 8.8): the nonce, and whose the leaf's key is.

use countersign_authority::{Draft, Format};

use super::Change::Registration;
use super::{Mutation, flip};

const fn mutation(name: &'static str, change: fn(&mut Draft)) -> Mutation {
    Mutation { name, change: Registration(&[Format::Apple], change) }
}

/// The content is `SEQUENCE { [1] EXPLICIT OCTET STRING }`: six bytes of heads, and the nonce.
pub(super) const TABLE: &[Mutation] = &[
    mutation("apple-without-nonce", |draft| draft.extension = Box::new(|content| *content = None)),
    mutation("apple-nonce-first-byte", |draft| nonce(draft, |content| flip(content, 6))),
    mutation("apple-nonce-last-byte", |draft| nonce(draft, |content| flip(content, 37))),
    mutation("apple-nonce-trailing", |draft| nonce(draft, |content| content.push(0))),
    mutation("apple-nonce-cut", |draft| nonce(draft, |content| content.truncate(37))),
    mutation("apple-nonce-no-sequence", |draft| nonce(draft, |content| flip(content, 0))),
    mutation("apple-nonce-other-tag", |draft| nonce(draft, |content| flip(content, 2))),
    mutation("apple-key-other", |draft| draft.credential_of_leaf = false),
];

fn nonce(draft: &mut Draft, change: fn(&mut Vec<u8>)) {
    draft.extension = Box::new(move |content| content.iter_mut().for_each(change));
}
