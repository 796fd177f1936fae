//! KeyDescription as Android's key store writes it (WebAuthn Level 3, 8.4.1), byte by byte.

/// What is in it.
#[derive(Clone, Debug)]
pub struct Description {
    /// attestationChallenge.
    pub challenge: Vec<u8>,
    /// attestationSecurityLevel: like the next one.
    pub attesting: u8,
    /// keymasterSecurityLevel: 0 software, 1 TEE, 2 StrongBox.
    pub level: u8,
    /// softwareEnforced: tags in order, each with the DER in it.
    pub software: Vec<(u32, Vec<u8>)>,
    /// teeEnforced, likewise.
    pub hardware: Vec<(u32, Vec<u8>)>,
}

impl Description {
    /// The purpose to sign, and no other one.
    #[must_use]
    pub fn only_sign() -> (u32, Vec<u8>) {
        (1, vec![0x31, 3, 2, 1, 2])
    }

    /// Of this origin; 0 is generated.
    #[must_use]
    pub fn origin(origin: u8) -> (u32, Vec<u8>) {
        (702, vec![2, 1, origin])
    }

    /// allApplications.
    #[must_use]
    pub fn all_applications() -> (u32, Vec<u8>) {
        (600, vec![5, 0])
    }

    pub(crate) fn good(challenge: &[u8]) -> Self {
        Self {
            challenge: challenge.to_vec(),
            attesting: 1,
            level: 1,
            // creationDateTime
            software: vec![(701, vec![2, 1, 1])],
            hardware: vec![Self::only_sign(), Self::origin(0)],
        }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let fields = [
            element(&[0x02], &[4]),
            element(&[0x0a], &[self.attesting]),
            element(&[0x02], &[4]),
            element(&[0x0a], &[self.level]),
            element(&[0x04], &self.challenge),
            element(&[0x04], &[]),
            list(&self.software),
            list(&self.hardware),
        ];
        element(&[0x30], &fields.concat())
    }
}

fn list(authorisations: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let all: Vec<_> =
        authorisations.iter().map(|(tag, der)| element(&context(*tag), der)).collect();
    element(&[0x30], &all.concat())
}

/// A constructed tag of the context (X.690, 8.1.2).
fn context(number: u32) -> Vec<u8> {
    match u8::try_from(number) {
        Ok(small @ 0..31) => vec![0xa0 | small],
        _ => vec![0xbf, 0x80 | low_bits(number >> 7), low_bits(number)],
    }
}

fn low_bits(number: u32) -> u8 {
    u8::try_from(number & 0x7f).expect("seven bits")
}

/// An element of less than 65536 bytes.
pub(crate) fn element(tag: &[u8], content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).expect("short").to_be_bytes();
    let length = match (high, low) {
        (0, 0..0x80) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [tag, &length, content].concat()
}
