//! What is written when all is signed: each signature as DER, and the evidence.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use countersign_protocol::TransactionId;
use countersign_protocol::reply::Signed;
use serde_json::{Value, json};

use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report, der};

/// Where the results of some files go: FILE.sig and FILE.receipt.
#[derive(Debug)]
pub(super) struct Places {
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    file: PathBuf,
    signature: OutFile,
    receipt: OutFile,
}

impl Places {
    /// Beside the files, before anything is asked: what cannot be written shall not be signed.
    pub(super) fn beside(files: &[PathBuf], force: bool) -> Result<Self, ConsoleError> {
        let old = if force { Old::Replaced } else { Old::KeptUnlessForced };
        let reserve = |file: &PathBuf| -> Result<Place, ConsoleError> {
            let place = |suffix| OutFile::reserve(&with(file, suffix), Readers::Everybody, old);
            let (signature, receipt) = (place(".sig")?, place(".receipt")?);
            Ok(Place { file: file.clone(), signature, receipt })
        };
        Ok(Self { places: files.iter().map(reserve).collect::<Result<_, _>>()? })
    }

    /// Writes what came, if there is one signature for each file.
    pub(super) fn write(
        self,
        transaction: TransactionId,
        signed: &Signed<'_>,
    ) -> Result<Report, ConsoleError> {
        let signatures = signatures(signed)?;
        if signatures.len() != self.places.len() {
            return Err(ConsoleError::Unexpected);
        }
        let mut written = Vec::new();
        for (place, signature) in self.places.into_iter().zip(signatures) {
            written.push(place.write(&signature, signed.receipt.bytes())?);
        }
        let text = format!("signed {} (transaction {transaction})", count(written.len()));
        let json = json!({ "transaction": transaction.to_string(), "signatures": written });
        Ok(Report::new(text, json))
    }
}

impl Place {
    fn write(self, signature: &[u8], receipt: &[u8]) -> Result<Value, ConsoleError> {
        let shown = |path: &Path| path.display().to_string();
        let said = json!({
            "file": shown(&self.file),
            "signature": shown(self.signature.path()),
            "receipt": shown(self.receipt.path()),
        });
        self.receipt.write(receipt)?;
        self.signature.write(signature)?;
        Ok(said)
    }
}

/// The signatures in DER, in the items' order.
pub(super) fn signatures(signed: &Signed<'_>) -> Result<Vec<Vec<u8>>, ConsoleError> {
    let der = |bytes: &[u8]| bytes.try_into().map(der::signature);
    let all: Result<_, _> = signed.signatures.iter().map(|one| der(one.bytes())).collect();
    all.map_err(|_| ConsoleError::Unexpected)
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
    use countersign_protocol::reply::Signature;
    use countersign_protocol::{Bounded, Sequence};

    use super::*;

    fn write(files: &[PathBuf], signature_bytes: usize) -> Result<Report, ConsoleError> {
        let bytes = vec![1; signature_bytes];
        let one: Signature<'_> = Bounded::new(&bytes).unwrap();
        let mut room = [0; 256];
        let signatures = Sequence::from_values([&one], &mut room).unwrap();
        let signed = Signed { signatures, receipt: Bounded::new(b"evidence").unwrap() };
        Places::beside(files, false)?.write(TransactionId([0; 32]), &signed)
    }

    #[test]
    fn a_signature_and_its_evidence_go_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.b.txt");
        write(std::slice::from_ref(&file), 64).unwrap();
        let read = |suffix| std::fs::read(with(&file, suffix)).unwrap();
        assert_eq!(read(".sig"), der::signature(&[1; 64]));
        assert_eq!(read(".receipt"), b"evidence");
        assert!(matches!(write(&[file], 64), Err(ConsoleError::Exists { .. })));
    }

    #[test]
    fn what_does_not_fit_the_files_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("a"), folder.path().join("b")];
        assert!(matches!(write(&files, 64), Err(ConsoleError::Unexpected)), "one for two");
        assert!(matches!(write(&files[..1], 63), Err(ConsoleError::Unexpected)), "no signature");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
