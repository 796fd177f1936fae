//! What is written when all is signed: each signature as other programs read it, and the evidence.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use countersign_protocol::reply::{Signature, Signed};
use countersign_protocol::{Suite, TransactionId};
use serde_json::{Value, json};

use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report, der};

/// Where the results of some files go: FILE.sig and FILE.evidence.
#[derive(Debug)]
pub(super) struct Places {
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    file: PathBuf,
    signature: OutFile,
    evidence: OutFile,
}

impl Places {
    /// Beside the files, before anything is asked: what cannot be written shall not be signed.
    pub(super) fn beside(files: &[PathBuf], force: bool) -> Result<Self, ConsoleError> {
        let old = if force { Old::Replaced } else { Old::KeptUnlessForced };
        let reserve = |file: &PathBuf| -> Result<Place, ConsoleError> {
            let place = |suffix| OutFile::reserve(&with(file, suffix), Readers::Everybody, old);
            let (signature, evidence) = (place(".sig")?, place(".evidence")?);
            Ok(Place { file: file.clone(), signature, evidence })
        };
        Ok(Self { places: files.iter().map(reserve).collect::<Result<_, _>>()? })
    }

    /// Writes what came, if there is one signature for each file.
    pub(super) fn write(
        self,
        transaction: TransactionId,
        suite: Suite,
        signed: &Signed<'_>,
        evidence: &[u8],
    ) -> Result<Report, ConsoleError> {
        let signatures = signatures(suite, signed)?;
        if signatures.len() != self.places.len() {
            return Err(ConsoleError::Unexpected);
        }
        let mut written = Vec::new();
        for (place, signature) in self.places.into_iter().zip(signatures) {
            written.push(place.write(&signature, evidence)?);
        }
        let text = format!("signed {} (transaction {transaction})", count(written.len()));
        let json = json!({ "transaction": transaction.to_string(), "signatures": written });
        Ok(Report::new(text, json))
    }
}

impl Place {
    fn write(self, signature: &[u8], evidence: &[u8]) -> Result<Value, ConsoleError> {
        let shown = |path: &Path| path.display().to_string();
        let said = json!({
            "file": shown(&self.file),
            "signature": shown(self.signature.path()),
            "evidence": shown(self.evidence.path()),
        });
        self.evidence.write(evidence)?;
        self.signature.write(signature)?;
        Ok(said)
    }
}

/// The signatures as other programs read them, in the items' order: ECDSA in DER, others as they are.
pub(super) fn signatures(suite: Suite, signed: &Signed<'_>) -> Result<Vec<Vec<u8>>, ConsoleError> {
    let written = |one: Signature<'_>| {
        let bytes = one.bytes();
        let right = bytes.len() == suite.signature_bytes();
        right.then(|| match suite {
            Suite::Esp256 | Suite::Esp384 => der::signature(bytes),
            Suite::Ed25519 | Suite::Rs256 | Suite::Ps256 => bytes.to_vec(),
        })
    };
    let all: Option<_> = signed.signatures.iter().map(written).collect();
    all.ok_or(ConsoleError::Unexpected)
}

fn with(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    name.into()
}

/// "1 file", "2 files".
fn count(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::{Bounded, Sequence};

    use super::*;

    fn write(
        files: &[PathBuf],
        suite: Suite,
        signature_bytes: usize,
    ) -> Result<Report, ConsoleError> {
        let bytes = vec![1; signature_bytes];
        let one: Signature<'_> = Bounded::new(&bytes).unwrap();
        let mut room = [0; 512];
        let signatures = Sequence::from_values([&one], &mut room).unwrap();
        let signed =
            Signed { signatures, receipt: Bounded::new(b"evidence").unwrap(), cosignatures: None };
        let places = Places::beside(files, false)?;
        places.write(TransactionId([0; 32]), suite, &signed, b"evidence")
    }

    #[test]
    fn a_signature_and_its_evidence_go_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.b.txt");
        write(std::slice::from_ref(&file), Suite::Esp256, 64).unwrap();
        let read = |suffix| std::fs::read(with(&file, suffix)).unwrap();
        assert_eq!(read(".sig"), der::signature(&[1; 64]));
        assert_eq!(read(".evidence"), b"evidence");
        let again = write(&[file], Suite::Esp256, 64);
        assert!(matches!(again, Err(ConsoleError::Exists { .. })));
    }

    #[test]
    fn ecdsa_is_written_in_der_and_the_rest_as_it_is() {
        for suite in Suite::ALL {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("a.txt");
            write(std::slice::from_ref(&file), suite, suite.signature_bytes()).unwrap();
            let raw = vec![1; suite.signature_bytes()];
            let ecdsa = matches!(suite, Suite::Esp256 | Suite::Esp384);
            let expected = if ecdsa { der::signature(&raw) } else { raw };
            assert_eq!(std::fs::read(with(&file, ".sig")).unwrap(), expected, "{suite}");
        }
    }

    #[test]
    fn what_does_not_fit_the_files_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("a"), folder.path().join("b")];
        assert!(
            matches!(write(&files, Suite::Esp256, 64), Err(ConsoleError::Unexpected)),
            "one for two"
        );
        assert!(
            matches!(write(&files[..1], Suite::Esp256, 63), Err(ConsoleError::Unexpected)),
            "no signature"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
