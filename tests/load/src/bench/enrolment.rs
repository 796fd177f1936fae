//! What enrolling a device costs, and reading what is published of models, on the host's engine: each against the
//! bare work in it.

use std::hint::black_box;
use std::path::Path;
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result, bail};
use countersign_authority::publisher::{Publisher, SIGNER, payload};
use countersign_authority::rcgen::{PKCS_ECDSA_P256_SHA256, date_time_ymd};
use countersign_authority::{Authority, Format, NOW_MS, Registration};
use countersign_core::assertion::Expected;
use countersign_core::assertion::registration;
use countersign_core::port::Crypto;
use countersign_enrolment::assurance::{Assured, Claimed, Trust, judge};
use countersign_enrolment::attestation::{self, AttestationObject, Credential};
use countersign_enrolment::metadata::{Blob, Concerns, Identity, Level, MdsRoot, Model, changes};
use countersign_host::Host;
use countersign_protocol::admin::{Answer, MetadataImport, Order, Trust as Trusting};
use countersign_protocol::model::Purpose;
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Bounded, Digest, Origin};

use super::verify;
use crate::appliance::{Appliance, ORIGIN, RP_ID};
use crate::figures::Figures;

/// Signatures that are verified: the statement's, the leaf's and the intermediate's.
const SIGNATURES: f64 = 3.0;
/// Registrations that are verified one after the other.
const REGISTRATIONS: u8 = 100;

/// Both.
pub fn measure(figures: &mut Figures, seconds: u64, published: &Path) -> Result<()> {
    figures.part(
        "an enrolment with a packed attestation, as production asks, against bare verifications",
    );
    let bare_us = verify::us(&Host, seconds)?;
    let us = packed_us(seconds)?;
    figures.add("verify alone, P-256", bare_us, "us");
    figures.compared("an enrolment's checks", us, "us", SIGNATURES * bare_us, "3 verify");
    figures.part("the published metadata of models, against SHA-256 over the file");
    metadata(figures, seconds, published)
}

/// 7.1 whole, with a chain of three and a model that is certified.
fn packed_us(seconds: u64) -> Result<f64> {
    let authority = Authority::new();
    let made: Vec<_> = (0..REGISTRATIONS).map(|n| registered(&authority, n)).collect();
    let model = model(&authority, made.first().context("none")?.aaguid);
    let mut next = made.iter().cycle();
    verify::us_of(seconds, || next.next().is_some_and(|one| assured(one, &model).is_some()))
}

fn registered(authority: &Authority, n: u8) -> Registration {
    authority.register(Format::Packed, &CHALLENGE, ORIGIN, RP_ID, |draft| draft.seed = [n; 32])
}

const CHALLENGE: [u8; 32] = [3; 32];

fn model(authority: &Authority, aaguid: [u8; 16]) -> Model {
    Model {
        identity: Identity::Aaguid(aaguid),
        description: "a model".to_owned(),
        anchors: authority.roots(),
        certification: Some(Level::L1),
        concerns: Concerns::default(),
        compromised: Vec::new(),
        hardware: true,
        listed: true,
    }
}

fn assured(made: &Registration, model: &Model) -> Option<Assured> {
    let object = AttestationObject::read(&made.attestation_object).ok()?;
    let expected = Expected {
        challenge: &Digest(CHALLENGE),
        origin: ORIGIN,
        rp_id_hash: &Digest(Host.sha256(&[RP_ID.as_bytes()])),
    };
    let client_data = Bounded::new(&made.client_data_json)?;
    let data = Bounded::new(object.auth_data())?;
    let credential = registration::verify(&Host, &expected, &client_data, &data).ok()?;
    let about = Credential {
        aaguid: credential.aaguid(),
        credential_id: credential.id(),
        cose_key: credential.cose_key(),
    };
    let hash = Host.sha256(&[&made.client_data_json]);
    let attested = attestation::verify(&Host, &object, &about, &hash).ok()?;
    let claimed =
        Claimed { aaguid: credential.aaguid(), backup_eligible: credential.backup_eligible() };
    let trust = Trust { model: Some(model), anchors: &[] };
    judge(attested, &claimed, Assurance::Certified, &trust, NOW_MS).ok()
}

fn metadata(figures: &mut Figures, seconds: u64, published: &Path) -> Result<()> {
    let (publisher, jws) = signed(published)?;
    let root = MdsRoot { anchors: &[publisher.root.as_slice()], signer: SIGNER };
    let read = || Blob::read(&jws, &root, now_ms());
    let blob = read()?;
    let bare_us = verify::us_of(seconds, || black_box(Host.sha256(&[&jws])) != [0; 32])?;
    let us = verify::us_of(seconds, || read().is_ok())?;
    let entries = blob.models().len();
    figures.add(format!("SHA-256 over {} bytes", jws.len()), bare_us, "us");
    figures.compared(format!("reading {entries} entries"), us, "us", bare_us, "SHA-256");
    let us = verify::us_of(seconds, || changes(blob.models(), blob.models()).is_empty())?;
    figures.compared("comparing them with what is known", us, "us", bare_us, "SHA-256");
    Ok(())
}

/// The published payload, signed anew: its own signature is not kept with it.
fn signed(published: &Path) -> Result<(Publisher, Vec<u8>)> {
    let publisher = Publisher::with(&PKCS_ECDSA_P256_SHA256, |signer| {
        signer.not_after = date_time_ymd(2045, 1, 1);
    });
    let mut blob = publisher.blob(&payload(&[]));
    blob.payload = std::fs::read(published)?;
    let jws = blob.signed();
    Ok((publisher, jws))
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// The same metadata, imported by an officer over loopback: until every model is on record.
pub async fn import(figures: &mut Figures, appliance: &Appliance, published: &Path) -> Result<()> {
    let (publisher, jws) = signed(published)?;
    let officer = appliance.officer().await?;
    let purpose = Purpose::Metadata(Origin::new(SIGNER).context("no host")?);
    let certificate = Bounded::new(&publisher.root).context("too long")?;
    officer.order(&Order::Trust(Trusting { purpose, certificate, trusted: true })).await?;
    let blob = Bounded::new(&jws).context("too long")?;
    for what in ["the first time", "again, with nothing new"] {
        let begun = Instant::now();
        let ordered = officer.order(&Order::MetadataImport(MetadataImport { blob })).await?;
        let took = begun.elapsed();
        let Answer::Imported(imported) = ordered.answer()? else { bail!("it is not imported") };
        let models = imported.changed;
        figures.add(
            format!("import over loopback, {what}: {models} models recorded"),
            took.as_secs_f64() * 1e3,
            "ms",
        );
    }
    Ok(())
}
