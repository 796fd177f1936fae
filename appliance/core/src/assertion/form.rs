//! What an algorithm wants of a signature and of a message.
//!
//! Guarantees: every form is made whatever the algorithm, and the algorithm only says which one is
//! taken: as much work for each of them. The algorithm is the enrolled key's.

use countersign_ports::{Algorithm, Crypto};
use countersign_protocol::assertion::Assertion;
use countersign_protocol::limits::{ASSERTION_SIGNATURE_BYTES_MAX, AUTHENTICATOR_DATA_BYTES_MAX};
use subtle::{Choice, ConstantTimeEq};

use super::der::Pair;

const HASH_BYTES: usize = 32;

/// A signature in every form. What cannot be read is replaced by something of the right length, noted,
/// and verified all the same.
pub(super) struct Signature<'a> {
    p256: [u8; 64],
    p384: [u8; 96],
    plain: &'a [u8],
    encodings: [Encoding; 3],
}

/// What an encoding was worth.
#[derive(Clone, Copy)]
pub(super) struct Encoding {
    /// It is the one that the algorithm has (WebAuthn L3, 6.5.5).
    pub(super) strict: Choice,
    /// r and s are not zero, where there are such. One reason for one fault: what is not strict is not
    /// called zero too.
    pub(super) nonzero: Choice,
}

impl<'a> Signature<'a> {
    pub(super) fn read(bytes: &'a [u8], algorithm: Algorithm) -> Self {
        let (p256, p384) = (Pair::<32>::read(bytes), Pair::<48>::read(bytes));
        let (plain, of_its_length) = of_length(bytes, algorithm.signature_bytes());
        Self {
            p256: joined(&p256),
            p384: joined(&p384),
            plain,
            encodings: [
                encoding(&p256),
                encoding(&p384),
                Encoding { strict: of_its_length, nonzero: Choice::from(1) },
            ],
        }
    }

    /// The form that the algorithm has.
    pub(super) fn of(&self, algorithm: Algorithm) -> (&[u8], Encoding) {
        let Self { p256, p384, plain, encodings } = self;
        (taken([p256, p384, plain], algorithm), taken(*encodings, algorithm))
    }
}

/// The bytes if they are so many, else so many zeros.
fn of_length(bytes: &[u8], length: usize) -> (&[u8], Choice) {
    static ZEROS: [u8; ASSERTION_SIGNATURE_BYTES_MAX] = [0; ASSERTION_SIGNATURE_BYTES_MAX];
    let right = bytes.len().ct_eq(&length);
    let zeros = ZEROS.get(..length).unwrap_or_default();
    let either = [zeros, bytes];
    (either.get(usize::from(right.unwrap_u8())).copied().unwrap_or(zeros), right)
}

fn encoding<const N: usize>(pair: &Pair<N>) -> Encoding {
    Encoding { strict: pair.strict, nonzero: pair.is_nonzero() | !pair.strict }
}

/// `r || s`.
fn joined<const N: usize, const TWICE: usize>(pair: &Pair<N>) -> [u8; TWICE] {
    const { assert!(2 * N == TWICE) };
    let mut both = [0; TWICE];
    for (to, from) in both.iter_mut().zip(pair.r.iter().chain(&pair.s)) {
        *to = *from;
    }
    both
}

/// What a device signs (6.3.3, step 11): `authenticatorData || SHA-256(clientDataJSON)`, in every form.
pub(super) struct Message {
    sha256: [u8; 32],
    sha384: [u8; 48],
    whole: heapless::Vec<u8, { AUTHENTICATOR_DATA_BYTES_MAX + HASH_BYTES }>,
}

impl Message {
    pub(super) fn of(assertion: &Assertion<'_>, crypto: &impl Crypto) -> Self {
        // 7.2, step 20: the hash is over the bytes as the client made them.
        let client_hash = crypto.sha256(&[assertion.client_data.bytes()]);
        let parts = [assertion.authenticator_data.bytes(), &client_hash];
        let whole = parts.iter().flat_map(|part| part.iter().copied()).collect();
        Self { sha256: crypto.sha256(&parts), sha384: crypto.sha384(&parts), whole }
    }

    /// The form that the algorithm signs.
    pub(super) fn of_algorithm(&self, algorithm: Algorithm) -> &[u8] {
        let forms = [&self.sha256[..], &self.sha384, &self.whole];
        looked_up(forms, &MESSAGE_FORMS, algorithm)
    }
}

/// The signature's form: `[P-256, P-384, plain]`.
fn taken<T: Copy>(forms: [T; 3], algorithm: Algorithm) -> T {
    looked_up(forms, &SIGNATURE_FORMS, algorithm)
}

/// The form that an algorithm has. No `match`: its arms would be work of their own.
fn looked_up<T: Copy>(forms: [T; 3], table: &Table, algorithm: Algorithm) -> T {
    let [.., plain] = forms;
    let form = table.get(algorithm as usize).copied().unwrap_or_default();
    forms.get(form).copied().unwrap_or(plain)
}

/// The place of each algorithm's form.
type Table = [usize; Algorithm::ALL.len()];

#[allow(clippy::indexing_slicing, reason = "at compile time, where a wrong index does not compile")]
static SIGNATURE_FORMS: Table = {
    let mut forms = [2; Algorithm::ALL.len()];
    forms[Algorithm::EcdsaP256 as usize] = 0;
    forms[Algorithm::EcdsaP384 as usize] = 1;
    forms
};

#[allow(clippy::indexing_slicing, reason = "at compile time, where a wrong index does not compile")]
static MESSAGE_FORMS: Table = {
    let mut forms = [2; Algorithm::ALL.len()];
    let mut left: &[Algorithm] = &Algorithm::ALL;
    while let [algorithm, rest @ ..] = left {
        forms[*algorithm as usize] = match algorithm.digest_bytes() {
            Some(32) => 0,
            Some(_) => 1,
            None => 2,
        };
        left = rest;
    }
    forms
};
