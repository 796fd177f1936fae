//! The suites that the demo shows, and how OpenSSL verifies a signature of each: what a recipient does
//! who has no program of ours.

use std::path::Path;
use std::process::Command;

use clap::ValueEnum;

/// A suite by its name in the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Suite {
    /// ECDSA on P-256 with SHA-256
    #[default]
    #[value(name = "ESP256")]
    Esp256,
    /// ECDSA on P-384 with SHA-384
    #[value(name = "ESP384")]
    Esp384,
    /// Ed25519 over the document itself
    #[value(name = "Ed25519")]
    Ed25519,
    /// RSASSA-PSS with SHA-256
    #[value(name = "PS256")]
    Ps256,
    /// RSASSA-PKCS1-v1_5 with SHA-256
    #[value(name = "RS256")]
    Rs256,
}

/// What makes RSA keys of 3072 bits verify as PS256 wants it.
const PSS: [&str; 4] = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"];

impl Suite {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Esp256, Self::Esp384, Self::Ed25519, Self::Ps256, Self::Rs256];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Esp256 => "ESP256",
            Self::Esp384 => "ESP384",
            Self::Ed25519 => "Ed25519",
            Self::Ps256 => "PS256",
            Self::Rs256 => "RS256",
        }
    }

    /// The command that verifies, and what it says of a good signature.
    pub fn verification(
        self,
        public_key: &Path,
        signature: &Path,
        document: &Path,
    ) -> (Command, &'static str) {
        let mut openssl = Command::new("openssl");
        if self == Self::Ed25519 {
            openssl.args(["pkeyutl", "-verify", "-pubin", "-inkey"]).arg(public_key);
            openssl.args(["-rawin", "-in"]).arg(document).arg("-sigfile").arg(signature);
            return (openssl, "Signature Verified Successfully");
        }
        let digest = if self == Self::Esp384 { "-sha384" } else { "-sha256" };
        openssl.args(["dgst", digest, "-verify"]).arg(public_key);
        if self == Self::Ps256 {
            openssl.args(PSS);
        }
        openssl.arg("-signature").arg(signature).arg(document);
        (openssl, "Verified OK")
    }
}
