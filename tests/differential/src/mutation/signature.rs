//! Signatures of assertions: wrong ones, and one that is good in another way.

use countersign_device::SignatureForm;

use super::Change::{NoSignature, Signature};
use super::Mutation;

const fn mutation(name: &'static str, form: SignatureForm) -> Mutation {
    Mutation { name, change: Signature(form) }
}

pub(super) const TABLE: &[Mutation] = &[
    mutation("signature-other-key", SignatureForm::OtherKey),
    mutation("signature-bit", SignatureForm::BitFlipped),
    mutation("signature-leading-zero", SignatureForm::LeadingZero),
    mutation("signature-long-length", SignatureForm::LongLength),
    mutation("signature-trailing", SignatureForm::TrailingByte),
    mutation("signature-zero-r", SignatureForm::ZeroR),
    mutation("signature-zero-s", SignatureForm::ZeroS),
    mutation("signature-high-s", SignatureForm::HighS),
    Mutation { name: "signature-empty", change: NoSignature },
];
