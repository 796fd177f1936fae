//! ML-DSA verification with an empty context (FIPS 204, algorithms 3 and 8), of any parameter set.
//!
//! Guarantees to [`crate::Soft`]: a signature that cannot be decoded costs a whole verification all the
//! same: a harmless one takes its place, and the answer is false at the end. It does not guarantee equal
//! work: the standard's rejection sampling takes as many steps as the key's seed and the challenge in the
//! signature demand, and the decoder of hints stops at the first mistake. All of that is public. Nor does it
//! guarantee to fit a small chip: optimised, ML-DSA-44 takes up to 128 kB of stack, and ML-DSA-87 up to 320 kB.

use ml_dsa::common::array::typenum::Unsigned;
use ml_dsa::{EncodedSignature, EncodedVerifyingKey, MlDsaParams, Signature, VerifyingKey};
use subtle::Choice;

/// Bytes that decode, in each parameter set, to integers within their bound.
const HARMLESS: u8 = 0x55;

/// Whether `signature` over `message` verifies under `public_key`.
pub(crate) fn verify<P: MlDsaParams>(
    public_key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Choice {
    // Borrowed: how much work a copy is depends on where the bytes are.
    let key = <&EncodedVerifyingKey<P>>::try_from(public_key);
    let signature = <&EncodedSignature<P>>::try_from(signature);
    let (Ok(key), Ok(signature)) = (key, signature) else { return Choice::from(0) };
    let read = Signature::<P>::decode(signature);
    let good = Choice::from(u8::from(read.is_some()));
    let Some(signature) = read.or_else(harmless) else { return Choice::from(0) };
    let verified = VerifyingKey::<P>::decode(key).verify_with_context(message, &[], &signature);
    good & Choice::from(u8::from(verified))
}

/// A signature of nothing, with integers of one size and no hints.
fn harmless<P: MlDsaParams>() -> Option<Signature<P>> {
    let mut bytes = EncodedSignature::<P>::default();
    let hints = <P::HintSize as Unsigned>::USIZE;
    bytes.iter_mut().rev().skip(hints).for_each(|byte| *byte = HARMLESS);
    Signature::decode(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_harmless_signature_of_each_parameter_set() {
        assert!(harmless::<ml_dsa::MlDsa44>().is_some());
        assert!(harmless::<ml_dsa::MlDsa65>().is_some());
        assert!(harmless::<ml_dsa::MlDsa87>().is_some());
    }
}
