//! `fetch`: the reply to an earlier `sign` again.

use std::fs;
use std::path::Path;

use countersign_protocol::activation::Activation;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Opening, SignatureContent};
use countersign_protocol::reply::{Reply, Signed};
use countersign_protocol::request::Fetch;
use countersign_protocol::{Suite, canonical};
use serde_json::json;

use super::enrolled;
use super::results::signatures;
use crate::arguments::{FetchArguments, Server};
use crate::evidence::Exporter;
use crate::log::meet_receipt;
use crate::outfile::{Old, OutFile, Readers};
use crate::progress::waiting;
use crate::session::Session;
use crate::{ConsoleError, Report};

/// Writes the signatures of a transaction, by their place among its items, and the evidence.
pub(crate) async fn fetch(server: &Server, asked: &FetchArguments) -> Result<Report, ConsoleError> {
    let session = Session::new(server)?;
    let exporter = Exporter::new(session.identity(), asked.certificate.as_deref())?;
    let front_end = session.front_end().await?;
    let request = Fetch { transaction: asked.transaction };
    let answered = waiting("the appliance looks", front_end.fetch(&request)).await;
    front_end.close().await;
    match answered?.reply()? {
        Reply::Signed(signed) => {
            let enrolments = enrolled::ask(&session, asked.transaction, &signed).await?;
            let enrolments = enrolled::read(&enrolments, asked.transaction)?;
            let evidence = exporter.evidence(&signed, &enrolments)?;
            let report = write(&asked.out, &signed, &evidence)?;
            meet_receipt(&session, signed.receipt.bytes()).await?;
            Ok(report)
        }
        Reply::Failed(failure) => Err(failure.into()),
        Reply::Prepared(_) | Reply::Enrolled(_) | Reply::Enrolments(_) => {
            Err(ConsoleError::Unexpected)
        }
    }
}

/// The suite, as the activation in the evidence names it.
fn suite(signed: &Signed<'_>) -> Result<Suite, ConsoleError> {
    let read = || {
        let receipt: Receipt<'_> = canonical::decode(signed.receipt.bytes())?;
        let opening: Opening<'_> = canonical::decode(receipt.opening.bytes())?;
        let content: SignatureContent<'_> = canonical::decode(opening.content.bytes())?;
        canonical::decode(content.activation.bytes())
            .map(|activation: Activation<'_>| activation.suite)
    };
    read().map_err(|_: canonical::NotCanonical| ConsoleError::Unexpected)
}

fn write(folder: &Path, signed: &Signed<'_>, made: &[u8]) -> Result<Report, ConsoleError> {
    let signatures = signatures(suite(signed)?, signed)?;
    fs::create_dir_all(folder).map_err(ConsoleError::file("make", folder))?;
    let place = |name: &str| OutFile::reserve(&folder.join(name), Readers::Everybody, Old::Kept);
    let evidence = place("transaction.evidence")?;
    let names: Vec<_> = (1..=signatures.len()).map(|number| format!("item-{number}.sig")).collect();
    let places: Vec<_> = names.iter().map(|name| place(name)).collect::<Result<_, _>>()?;
    evidence.write(made)?;
    for (place, signature) in places.into_iter().zip(&signatures) {
        place.write(signature)?;
    }
    let text = format!("{} signatures and their evidence are in {}", names.len(), folder.display());
    let json = json!({ "folder": folder.display().to_string(), "signatures": names });
    Ok(Report::new(text, json))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A good reply, with its evidence.
    const SIGNED: &str = include_str!("../../../../protocol/wire/tests/golden/signed.hex");

    fn reply() -> Vec<u8> {
        let digits = SIGNED.lines().filter(|line| !line.starts_with('#'));
        hex::decode(digits.collect::<String>()).unwrap()
    }

    #[test]
    fn the_evidence_says_how_the_signatures_are_written() {
        let bytes = reply();
        let Ok(Reply::Signed(signed)) = canonical::decode(&bytes) else { panic!("not signed") };
        assert!(matches!(suite(&signed), Ok(Suite::Esp256)));
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &signed, b"evidence").unwrap();
        let written = std::fs::read(folder.path().join("item-1.sig")).unwrap();
        assert_eq!(written.first(), Some(&0x30), "DER");
    }

    #[test]
    fn without_evidence_nothing_is_written() {
        let bytes = reply();
        let Ok(Reply::Signed(signed)) = canonical::decode(&bytes) else { panic!("not signed") };
        let bare = Signed { receipt: countersign_protocol::Bounded::EMPTY, ..signed };
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(write(folder.path(), &bare, b"evidence"), Err(ConsoleError::Unexpected)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
