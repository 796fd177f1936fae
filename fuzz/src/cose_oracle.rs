//! A second opinion on a device's COSE_Key: the `coset` library reads it, and says it once more.
//!
//! It shares nothing with the core's reader but the registry of COSE (RFC 9053): the library parses any key, and
//! a table says which parameters a key of each algorithm has, and no other.

use coset::cbor::Value;
use coset::{CborSerializable, CoseKey, KeyType, Label, RegisteredLabelWithPrivate, iana};
use countersign_ports::Algorithm;

/// The key and its algorithm as the crypto port has them; none if the library reads something else, or would
/// write it otherwise.
pub(crate) fn read(data: &[u8]) -> Option<(Algorithm, Vec<u8>)> {
    let mut key = CoseKey::from_slice(data).ok()?;
    key.canonicalize(coset::CborOrdering::LengthFirstLexicographic);
    (key.clone().to_vec().ok()? == data).then_some(())?;
    let bare = key.key_id.is_empty() && key.key_ops.is_empty() && key.base_iv.is_empty();
    bare.then_some(())?;
    let KeyType::Assigned(kty) = key.kty else { return None };
    let Some(RegisteredLabelWithPrivate::Assigned(alg)) = key.alg else { return None };
    match (kty, alg) {
        (iana::KeyType::EC2, iana::Algorithm::ES256) => ec2(&key, 1, Algorithm::EcdsaP256),
        (iana::KeyType::EC2, iana::Algorithm::ES384) => ec2(&key, 2, Algorithm::EcdsaP384),
        (iana::KeyType::OKP, iana::Algorithm::EdDSA) => okp(&key),
        (iana::KeyType::RSA, iana::Algorithm::RS256) => rsa(&key),
        (iana::KeyType::AKP, iana::Algorithm::ML_DSA_44) => akp(&key, Algorithm::MlDsa44),
        (iana::KeyType::AKP, iana::Algorithm::ML_DSA_65) => akp(&key, Algorithm::MlDsa65),
        (iana::KeyType::AKP, iana::Algorithm::ML_DSA_87) => akp(&key, Algorithm::MlDsa87),
        _ => None,
    }
}

/// The values of the parameters -1, -2, ..., if these are all there are.
fn parameters<const N: usize>(key: &CoseKey) -> Option<[&Value; N]> {
    let at = |n: usize| {
        let label = Label::Int(-i64::try_from(n + 1).ok()?);
        key.params.iter().find(|(known, _)| *known == label).map(|(_, value)| value)
    };
    let values: Vec<&Value> = (0..N).map(at).collect::<Option<_>>()?;
    (key.params.len() == N).then(|| values.try_into().ok()).flatten()
}

fn is_number(value: &Value, number: i64) -> bool {
    value.as_integer() == Some(number.into())
}

fn ec2(key: &CoseKey, curve: i64, algorithm: Algorithm) -> Option<(Algorithm, Vec<u8>)> {
    let [crv, x, y] = parameters(key)?;
    let point = [&[4], x.as_bytes()?.as_slice(), y.as_bytes()?.as_slice()].concat();
    let halves = x.as_bytes()?.len() == y.as_bytes()?.len();
    (is_number(crv, curve) && halves).then_some((algorithm, point))
}

fn okp(key: &CoseKey) -> Option<(Algorithm, Vec<u8>)> {
    let [crv, x] = parameters(key)?;
    is_number(crv, 6).then_some((Algorithm::Ed25519, x.as_bytes()?.clone()))
}

fn akp(key: &CoseKey, algorithm: Algorithm) -> Option<(Algorithm, Vec<u8>)> {
    let [public] = parameters(key)?;
    Some((algorithm, public.as_bytes()?.clone()))
}

/// The DER of an RSAPublicKey, for a modulus that has its highest bit.
fn rsa(key: &CoseKey) -> Option<(Algorithm, Vec<u8>)> {
    let [n, e] = parameters(key)?;
    let algorithm = match n.as_bytes()?.len() {
        256 => Algorithm::Rsa2048Pkcs1Sha256,
        384 => Algorithm::Rsa3072Pkcs1Sha256,
        512 => Algorithm::Rsa4096Pkcs1Sha256,
        _ => return None,
    };
    let length = |bytes: usize| u16::try_from(bytes).map(u16::to_be_bytes);
    let modulus =
        [&[2, 0x82][..], &length(n.as_bytes()?.len() + 1).ok()?, &[0], n.as_bytes()?].concat();
    let exponent =
        [&[2, u8::try_from(e.as_bytes()?.len()).ok()?], e.as_bytes()?.as_slice()].concat();
    let body = [modulus, exponent].concat();
    Some((algorithm, [&[0x30, 0x82], &length(body.len()).ok()?[..], &body].concat()))
}
