//! The ledger's part: the checkpoint, who has seen it, and that the record is in it.

use countersign_core::port::CheckpointMessage;
use countersign_ports::{Algorithm, Crypto};
use countersign_protocol::canonical;
use countersign_protocol::checkpoint::log_name;
use countersign_protocol::evidence::Evidence;
use countersign_protocol::receipt::Receipt;
use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::Note;
use countersign_tlog::{Claim, Hash, inclusion, leaf_hash};

use crate::findings::Held;
use crate::trust::{Appliance, Trust};

/// A receipt under the checkpoint of an appliance that is trusted.
pub(crate) struct Logged<'e> {
    pub(crate) evidence: Evidence<'e>,
    pub(crate) receipt: Receipt<'e>,
    pub(crate) appliance: &'e Appliance,
}

/// The checkpoint is signed by a trusted appliance.
pub(crate) fn signed<'e>(
    crypto: &impl Crypto,
    trust: &'e Trust,
    evidence: &Evidence<'e>,
) -> Held<Logged<'e>> {
    let receipt: Receipt<'_> =
        canonical::decode(evidence.receipt.bytes()).map_err(|_| "it has no receipt".to_owned())?;
    let checkpoint = &receipt.checkpoint;
    let appliance = trust.appliance(&checkpoint.appliance);
    let appliance = appliance.ok_or_else(|| {
        format!("it is of appliance {}, which the trust file does not name", checkpoint.appliance)
    })?;
    let key = &appliance.checkpoint_key;
    let message = CheckpointMessage::new(crypto, key.suite(), checkpoint);
    if !message.is_signed(crypto, key, &receipt.signature) {
        return Err("its signature does not verify with the appliance's checkpoint key".into());
    }
    let said = format!("{} records, signed by appliance {}", checkpoint.size, appliance.id);
    Ok((Logged { evidence: *evidence, receipt, appliance }, said))
}

/// The appliance itself has cosigned the checkpoint, where the trust file says with which key.
pub(crate) fn cosigned(crypto: &impl Crypto, logged: &Logged<'_>) -> Held<()> {
    let Some(public) = &logged.appliance.cosigner_key else {
        return Ok(((), "none is asked for: the trust file names no key".into()));
    };
    let name = log_name(&logged.appliance.id);
    let key = Key::new(&name, Kind::MlDsa44Cosignature, &**public);
    let key = key.map_err(|why| why.to_string())?.to_string();
    if !notes(logged).iter().any(|note| is_by(crypto, &key, note)) {
        return Err("the appliance has no cosignature of its own under it that verifies".into());
    }
    Ok(((), "the appliance has cosigned it with ML-DSA-44".into()))
}

/// Enough witnesses have seen the checkpoint.
pub(crate) fn witnessed(crypto: &impl Crypto, trust: &Trust, logged: &Logged<'_>) -> Held<()> {
    let notes = notes(logged);
    let has_seen = |witness: &&String| notes.iter().any(|note| is_by(crypto, witness, note));
    let (seen, needed) = (trust.witnesses.iter().filter(has_seen).count(), trust.witnesses_needed);
    if seen < needed {
        return Err(format!("{needed} witnesses must have seen it, and {seen} have"));
    }
    Ok(((), format!("{seen} have seen it, {needed} needed")))
}

/// The checkpoint under each line of the evidence alone.
fn notes(logged: &Logged<'_>) -> Vec<String> {
    let text = logged.receipt.checkpoint.text();
    let lines = logged.evidence.cosignatures.iter().filter_map(|line| {
        let line = std::str::from_utf8(line.bytes()).ok().filter(|line| !line.contains('\n'))?;
        Some(format!("{text}\n{line}\n"))
    });
    lines.collect()
}

/// A note of one line is signed by this cosigner.
fn is_by(crypto: &impl Crypto, cosigner: &str, note: &str) -> bool {
    let (Ok(key), Ok(note)) = (Key::parse(cosigner), Note::parse(note)) else { return false };
    let algorithm = match key.kind() {
        Kind::Ed25519Cosignature => Algorithm::Ed25519,
        Kind::MlDsa44Cosignature => Algorithm::MlDsa44,
        Kind::Ed25519 | Kind::Ecdsa => return false,
    };
    let Ok(Some(Claim { message, signature, .. })) = Claim::of(&key, &note) else { return false };
    crypto.verify(algorithm, key.public(), message.as_bytes(), &signature).into()
}

/// The leaf is in the tree of the checkpoint.
pub(crate) fn included(logged: &Logged<'_>) -> Held<()> {
    let Receipt { index, leaf, path, checkpoint, .. } = &logged.receipt;
    let path: Vec<Hash> = path.iter().map(|hash| hash.0).collect();
    inclusion::verify(&leaf_hash(leaf.bytes()), *index, &path, &checkpoint.head())
        .map_err(|why| why.to_string())?;
    Ok(((), format!("record {index} of {}, {} hashes", checkpoint.size, path.len())))
}
