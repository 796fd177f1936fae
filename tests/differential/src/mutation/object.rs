//! The attestation object (WebAuthn Level 3, 6.5.4) and the members of its statement.

use countersign_authority::{Algorithm, Draft, Format, Members, bytes, int, map, text};

use super::Change::{Object, Registration};
use super::{CERTIFIED, Mutation, PACKED, flip};

const fn object(name: &'static str, change: fn(Vec<u8>) -> Vec<u8>) -> Mutation {
    Mutation { name, change: Object(change) }
}

const fn packed(name: &'static str, change: fn(&mut Draft)) -> Mutation {
    of(name, PACKED, change)
}

const fn of(name: &'static str, formats: &'static [Format], change: fn(&mut Draft)) -> Mutation {
    Mutation { name, change: Registration(formats, change) }
}

/// alg, sig, x5c.
fn members(draft: &mut Draft, change: fn(&mut Members)) {
    draft.statement = Box::new(change);
}

const SIGNED_BY_LEAF: &[Format] = &[Format::Packed, Format::Tpm, Format::AndroidKey];
const SIGNED: &[Format] =
    &[Format::Packed, Format::SelfMade, Format::FidoU2f, Format::Tpm, Format::AndroidKey];

pub(super) const TABLE: &[Mutation] = &[
    // The object.
    object("object-trailing", |object| [object, vec![0]].concat()),
    object("object-cut", |mut object| {
        object.pop();
        object
    }),
    object("object-empty", |_| Vec::new()),
    object("object-list", |object| [vec![0x81], object].concat()),
    object("object-indefinite", |object| {
        let members = object.get(1..).unwrap_or_default();
        [&[0xbf], members, &[0xff]].concat()
    }),
    object("object-long-length", |object| {
        let members = object.get(1..).unwrap_or_default();
        [&[0xb8, 3], members].concat()
    }),
    packed("object-order", |draft| draft.object = Box::new(|all| all.reverse())),
    packed("object-member-more", |draft| draft.object = Box::new(|all| all.push(("x", int(1))))),
    packed("object-fmt-twice", |draft| {
        draft.object = Box::new(|all| all.insert(0, ("fmt", text("none"))));
    }),
    packed("object-data-twice", |draft| {
        draft.object = Box::new(|all| all.extend(all.last().cloned()));
    }),
    packed("object-without-fmt", |draft| without_of_object(draft, "fmt")),
    packed("object-without-statement", |draft| without_of_object(draft, "attStmt")),
    packed("object-without-data", |draft| without_of_object(draft, "authData")),
    packed("fmt-upper-case", |draft| draft.fmt = "Packed"),
    packed("fmt-unknown", |draft| draft.fmt = "unknown"),
    packed("fmt-empty", |draft| draft.fmt = ""),
    packed("fmt-none", |draft| draft.fmt = "none"),
    packed("fmt-fido-u2f", |draft| draft.fmt = "fido-u2f"),
    // The statement.
    packed("statement-order", |draft| members(draft, |all| all.reverse())),
    of("statement-member-more", &[Format::Packed, Format::None], |draft| {
        members(draft, |all| all.push(("x", int(1))));
    }),
    packed("statement-sig-twice", |draft| {
        members(draft, |all| all.extend(all.get(1).cloned()));
    }),
    of("statement-empty", SIGNED, |draft| members(draft, Vec::clear)),
    packed("statement-list", |draft| {
        draft.object = Box::new(|all| replace(all, "attStmt", vec![0x80]));
    }),
    packed("statement-without-alg", |draft| members(draft, |all| without(all, "alg"))),
    packed("statement-without-sig", |draft| members(draft, |all| without(all, "sig"))),
    packed("statement-without-x5c", |draft| members(draft, |all| without(all, "x5c"))),
    packed("alg-text", |draft| members(draft, |all| replace(all, "alg", text("ES256")))),
    packed("sig-text", |draft| members(draft, |all| replace(all, "sig", text("sig")))),
    packed("sig-empty", |draft| members(draft, |all| replace(all, "sig", bytes(&[])))),
    packed("sig-trailing", |draft| {
        members(draft, |all| edit_sig(all, |sig| [sig, &[0]].concat()));
    }),
    packed("sig-long-length", |draft| members(draft, |all| edit_sig(all, with_long_length))),
    packed("x5c-empty", |draft| draft.x5c = Box::new(Vec::clear)),
    packed("x5c-map", |draft| members(draft, |all| replace(all, "x5c", map(&Vec::new())))),
    // What is signed, and how.
    of("signed-other-start", SIGNED, |draft| {
        draft.signed = Box::new(|message| flip(message, 0));
    }),
    of("signed-other-end", SIGNED, |draft| {
        draft.signed =
            Box::new(|message| message.iter_mut().last().into_iter().for_each(|b| *b ^= 1));
    }),
    of("alg-es384", SIGNED_BY_LEAF, |draft| draft.alg = Some(-35)),
    of("alg-eddsa", SIGNED_BY_LEAF, |draft| draft.alg = Some(-8)),
    of("alg-rs256", SIGNED_BY_LEAF, |draft| draft.alg = Some(-257)),
    of("alg-rs1", SIGNED_BY_LEAF, |draft| draft.alg = Some(-65535)),
    of("alg-zero", SIGNED_BY_LEAF, |draft| draft.alg = Some(0)),
    of("alg-in-u2f", &[Format::FidoU2f], |draft| members(draft, |all| all.push(("alg", int(-7))))),
    of("self-alg-es512", &[Format::SelfMade], |draft| {
        (draft.algorithm, draft.alg) = (Algorithm::Es256, Some(-36));
    }),
    of("self-alg-of-another-kind", &[Format::SelfMade], |draft| {
        (draft.algorithm, draft.alg) = (Algorithm::EdDsa, Some(-7));
    }),
    of("leaf-trailing", CERTIFIED, |draft| {
        draft.x5c = Box::new(|x5c| x5c.iter_mut().take(1).for_each(|leaf| leaf.push(0)));
    }),
];

fn without_of_object(draft: &mut Draft, name: &'static str) {
    draft.object = Box::new(move |all| without(all, name));
}

fn without(all: &mut Members, name: &str) {
    all.retain(|(one, _)| *one != name);
}

fn replace(all: &mut Members, name: &str, value: Vec<u8>) {
    all.iter_mut().filter(|(one, _)| *one == name).for_each(|(_, old)| old.clone_from(&value));
}

/// An ECDSA signature is a byte string with a length of one byte.
fn edit_sig(all: &mut Members, edit: fn(&[u8]) -> Vec<u8>) {
    let sig = all.iter().find(|(name, _)| *name == "sig").map(|(_, sig)| sig.clone());
    let sig = sig.unwrap_or_default();
    replace(all, "sig", bytes(&edit(sig.get(2..).unwrap_or_default())));
}

/// The SEQUENCE's length in two bytes, where one is enough (X.690, 10.1).
fn with_long_length(sig: &[u8]) -> Vec<u8> {
    let (tag, rest) = sig.split_at_checked(1).unwrap_or_default();
    [tag, &[0x81], rest].concat()
}
