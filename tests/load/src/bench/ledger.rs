//! The ledger by itself: durable records, how long each waits, and what its proofs cost.

use anyhow::{Context, Result, bail};
use countersign_client::FrontEnd;
use countersign_protocol::canonical;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::Opening;
use countersign_protocol::reply::Reply;

use super::{Arguments, Token};
use crate::appliance::{Appliance, Made};
use crate::bare_ledger::{self, Came, Loaded};
use crate::figures::Figures;
use crate::registered::{Portal, Registered};
use crate::signing::Signatory;

/// Measures, with records like one that a real appliance wrote.
pub async fn measure(figures: &mut Figures, arguments: &Arguments, token: Token) -> Result<()> {
    let content = record(arguments, token).await?;
    let bytes = content.len();
    figures.part(&format!("the ledger alone, records of {bytes} bytes, token {}", token.name));
    let came = bare_ledger::measure(&(token.make)(), &content, arguments.seconds)?;
    let Came { loads, records, receipt_bytes, proof_bytes, verify_us } = came;
    for load in loads {
        let Loaded {
            in_flight, per_second, p50_ms, p99_ms, group_records, bare_per_second, ..
        } = load;
        let what = |figure: &str| format!("{in_flight} in flight: {figure}");
        let of = "write + fdatasync of the same groups";
        figures.compared(what("durable records"), per_second, "/s", bare_per_second, of);
        figures.add(what("records of a group"), group_records, "");
        figures.add(what("p50"), p50_ms, "ms");
        figures.add(what("p99"), p99_ms, "ms");
    }
    figures.add(format!("receipt, of {records} records"), receipt_bytes as f64, "bytes");
    figures.add("of it leaf, path and checkpoint", proof_bytes as f64, "bytes");
    figures.add("receipt verified", verify_us, "us");
    Ok(())
}

/// What a real appliance records of one document's signature.
async fn record(arguments: &Arguments, token: Token) -> Result<Vec<u8>> {
    let made = Made { daemon: arguments.daemon.clone(), engine: "host", sessions: 1 };
    record_of(&Appliance::make(&made, (token.make)()).await?).await
}

/// The same, of this one.
pub async fn record_of(appliance: &Appliance) -> Result<Vec<u8>> {
    let people = Registered::with(appliance).await?;
    let identity = people.front_ends.first().context("no front-end")?;
    let connection = FrontEnd::connect(appliance.address(), &appliance.pin()?, identity).await?;
    let portal = Portal { front_end: 0, connection };
    let signer = people.signers.first().context("nobody signs")?;
    let given = Signatory::new(signer, 1, 0).sign(&portal).await?.context("busy")?;
    let Reply::Signed(signed) = canonical::decode(&given.reply)? else { bail!("not signed") };
    let receipt: Receipt<'_> = canonical::decode(signed.receipt.bytes())?;
    let opening: Opening<'_> = canonical::decode(receipt.opening.bytes())?;
    Ok(opening.content.bytes().to_vec())
}
