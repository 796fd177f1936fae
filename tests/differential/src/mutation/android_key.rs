//! The format android-key (WebAuthn Level 3, 8.4): KeyDescription, and whose the leaf's key is.
//!
//! python-fido2 does not know it.

use countersign_authority::{Description, Draft, Format};

use super::Change::Registration;
use super::{Mutation, flip};

const fn mutation(name: &'static str, change: fn(&mut Draft)) -> Mutation {
    Mutation { name, change: Registration(&[Format::AndroidKey], change) }
}

pub(super) const TABLE: &[Mutation] = &[
    mutation("android-key-other", |draft| draft.credential_of_leaf = false),
    mutation("android-without-description", |draft| {
        draft.extension = Box::new(|content| *content = None);
    }),
    mutation("android-description-trailing", |draft| {
        draft.extension = Box::new(|content| content.iter_mut().for_each(|bytes| bytes.push(0)));
    }),
    mutation("android-challenge", |draft| described(draft, |it| flip(&mut it.challenge, 0))),
    mutation("android-challenge-long", |draft| described(draft, |it| it.challenge.push(0))),
    mutation("android-all-applications-software", |draft| {
        described(draft, |it| it.software.insert(0, Description::all_applications()));
    }),
    mutation("android-all-applications-hardware", |draft| {
        described(draft, |it| it.hardware.insert(1, Description::all_applications()));
    }),
    mutation("android-imported", |draft| described(draft, |it| origin(it, vec![2, 1, 2]))),
    mutation("android-origin-second", |draft| {
        described(draft, |it| origin(it, vec![2, 1, 0, 2, 1, 2]));
    }),
    mutation("android-without-origin", |draft| described(draft, |it| drop(it.hardware.pop()))),
    mutation("android-purpose-second", |draft| {
        described(draft, |it| {
            let [sign, verify] = [[0x31, 3, 2, 1, 2], [0x31, 3, 2, 1, 3]];
            it.hardware.splice(..1, [(1, [sign, verify].concat())]);
        });
    }),
    mutation("android-to-verify", |draft| described(draft, |it| purposes(it, &[3]))),
    mutation("android-to-sign-and-verify", |draft| described(draft, |it| purposes(it, &[2, 3]))),
    mutation("android-for-nothing", |draft| described(draft, |it| purposes(it, &[]))),
    mutation("android-without-purpose", |draft| {
        described(draft, |it| drop(it.hardware.remove(0)));
    }),
    mutation("android-strong-box", |draft| {
        described(draft, |it| (it.attesting, it.level) = (2, 2));
    }),
    mutation("android-level-unknown", |draft| described(draft, |it| it.level = 3)),
    // A key in software, which says so, and that the hardware enforces nothing.
    mutation("android-software", |draft| {
        described(draft, |it| {
            (it.attesting, it.level) = (0, 0);
            it.software = std::mem::take(&mut it.hardware);
        });
    }),
    // It says that it is in hardware, and that the hardware enforces nothing.
    mutation("android-lists-swapped", |draft| {
        described(draft, |it| std::mem::swap(&mut it.software, &mut it.hardware));
    }),
];

fn described(draft: &mut Draft, change: fn(&mut Description)) {
    draft.description = Box::new(change);
}

/// purpose, then origin.
fn origin(description: &mut Description, der: Vec<u8>) {
    description.hardware.truncate(1);
    description.hardware.push((702, der));
}

/// A SET OF INTEGER.
fn purposes(description: &mut Description, values: &[u8]) {
    let integers = values.iter().flat_map(|value| [2, 1, *value]);
    let length = u8::try_from(values.len() * 3).unwrap_or_default();
    let der = [0x31, length].into_iter().chain(integers).collect();
    description.hardware.splice(..1, [(1, der)]);
}
