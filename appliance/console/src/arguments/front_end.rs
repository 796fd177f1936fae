//! What a front-end can ask.

use std::path::PathBuf;

use clap::Args;
use countersign_protocol::limits::{ITEMS_MAX, LIFETIME_MS_MAX, LIFETIME_MS_MIN};
use countersign_protocol::{KeyId, Suite, TransactionId};

use super::suite;

/// `sign`.
#[derive(Args)]
pub(crate) struct SignArguments {
    /// The key's id: 32 hexadecimal digits, as `key create` prints them.
    #[arg(long, value_name = "KEYID", value_parser = key)]
    pub(crate) key: KeyId,
    /// The suite that the key was made for: ESP256, ESP384, Ed25519, PS256 or RS256.
    #[arg(long, value_name = "SUITE", default_value_t = Suite::Esp256, value_parser = suite)]
    pub(crate) suite: Suite,
    /// The command that has a device approve; give it again for each further approver.
    ///
    /// It is run without a shell, its words split at white space; it reads
    /// PublicKeyCredentialRequestOptionsJSON and prints AuthenticationResponseJSON.
    #[arg(long, value_name = "CMD ARGS", required = true)]
    pub(crate) approve_with: Vec<String>,
    /// The rpId of the signers' devices: the approval page's host.
    #[arg(long, value_name = "HOST")]
    pub(crate) rp_id: String,
    /// What the signer reads beside each file; its name when left out.
    #[arg(long)]
    pub(crate) label: Option<String>,
    /// How long the approval may take.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 120,
        value_parser = clap::value_parser!(u32)
            .range((LIFETIME_MS_MIN / 1000) as i64..=(LIFETIME_MS_MAX / 1000) as i64)
    )]
    pub(crate) lifetime_seconds: u32,
    /// The key's certificate and those that lead to its root, in PEM, for the evidence.
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Overwrites FILE.sig and FILE.evidence where they exist.
    #[arg(long)]
    pub(crate) force: bool,
    /// The files to sign, all with one approval.
    #[arg(required = true, value_name = "FILE", num_args = 1..=ITEMS_MAX)]
    pub(crate) files: Vec<PathBuf>,
}

/// `fetch`.
#[derive(Args)]
pub(crate) struct FetchArguments {
    /// The transaction: 64 hexadecimal digits, as `sign` prints them.
    #[arg(long, value_name = "HEX", value_parser = transaction)]
    pub(crate) transaction: TransactionId,
    /// The key's certificate and those that lead to its root, in PEM, for the evidence.
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// The folder to write item-1.sig, item-2.sig, ... and transaction.evidence to.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

fn key(text: &str) -> Result<KeyId, String> {
    bytes(text).map(KeyId)
}

fn transaction(text: &str) -> Result<TransactionId, String> {
    bytes(text).map(TransactionId)
}

fn bytes<const LEN: usize>(text: &str) -> Result<[u8; LEN], String> {
    let mut bytes = [0; LEN];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| format!("not {} hexadecimal digits", 2 * LEN))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_all_its_digits_and_nothing_else() {
        let good = "00112233445566778899aabbccddeeff";
        assert_eq!(key(good).unwrap().to_string(), good);
        for bad in ["", &good[1..], &format!("{good}00"), &good.replace('a', "g")] {
            assert!(key(bad).is_err(), "{bad}");
        }
    }
}
