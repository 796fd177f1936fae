//! Who loads the appliance: two front-ends, and signers with a key and a device each.

use anyhow::{Context, Result, bail};
use countersign_client::{FrontEnd, Identity, NewIdentity, Officer, channel_of, new_identity};
use countersign_device::{Algorithm, Authenticator};
use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::admin::{
    Answer, DeviceConfirm, FrontEndAdd, Grant, KeyCreate, Order, SignerAdd, TicketIssue,
};
use countersign_protocol::change::Retention;
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::reply::{Enrolled, Reply};
use countersign_protocol::request::Enrol;
use countersign_protocol::ticket::{Assurance, Ticket};
use countersign_protocol::{
    Bounded, Digest, KeyId, Name, Sequence, Suite, TicketId, canonical, tag,
};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::appliance::{Appliance, ORIGIN, RP_ID};

/// Signers: more of them would measure how the token finds keys.
const SIGNERS: usize = 8;
/// Front-ends, so that each stays below its share of requests.
const FRONT_ENDS: usize = 2;
/// What the first signer's device is called.
pub const FIRST_DEVICE: &str = "phone 0";
/// How long a ticket is good.
const TICKET_LIFETIME_MS: u64 = 3_600_000;
/// Items of one activation, as many as the wire takes.
const ITEMS_MAX: u16 = 250;

/// Everybody whom the officer has registered.
pub struct Registered {
    /// The front-ends' identities.
    pub front_ends: Vec<Identity>,
    /// The signers.
    pub signers: Vec<Signer>,
}

/// A connection of a front-end.
#[derive(Clone)]
pub struct Portal {
    /// Which one.
    pub front_end: usize,
    /// The connection.
    pub connection: FrontEnd,
}

/// A signer, as the load sees one: a key to ask for and a device that approves. The device counts
/// nothing, so that its approvals may arrive in any order.
pub struct Signer {
    /// The key.
    pub key: KeyId,
    /// The seed of the device.
    seed: [u8; 32],
    /// Its algorithm.
    algorithm: Algorithm,
}

impl Signer {
    /// The signer of this number, whose key the appliance has not made.
    pub fn numbered(n: u8) -> Result<Self> {
        let seed = [n.checked_add(1).context("too many signers")?; 32];
        Ok(Self { key: KeyId([n; 16]), seed, algorithm: Algorithm::Es256 })
    }

    /// The same signer with a device of this algorithm.
    pub const fn with(self, algorithm: Algorithm) -> Self {
        Self { algorithm, ..self }
    }

    /// The device, again and again the same.
    pub fn device(&self) -> Authenticator {
        Authenticator::from_seed_of(self.algorithm, &self.seed, RP_ID, ORIGIN)
    }
}

impl Registered {
    /// Registers everybody.
    pub async fn with(appliance: &Appliance) -> Result<Self> {
        let officer = &appliance.officer().await?;
        let mut front_ends = Vec::new();
        for n in 0..FRONT_ENDS {
            front_ends.push(front_end(officer, n).await?);
        }
        let first = front_ends.first().context("no front-end")?;
        let portal = FrontEnd::connect(appliance.address(), &appliance.pin()?, first).await?;
        let mut signers = Vec::new();
        for n in 0..SIGNERS {
            signers.push(signer(officer, &portal, n).await?);
        }
        for portal in 0..FRONT_ENDS {
            grants(officer, portal).await?;
        }
        Ok(Self { front_ends, signers })
    }
}

async fn signer(officer: &Officer, portal: &FrontEnd, n: usize) -> Result<Signer> {
    let (person, key) = (format!("signer {n}"), format!("key {n}"));
    done(
        officer,
        &Order::SignerAdd(SignerAdd { name: name(&person)?, retention: Retention::None }),
    )
    .await?;
    let signer = Signer::numbered(u8::try_from(n)?)?;
    enrol(officer, portal, &signer, n).await?;
    let (mut suites, mut signers) = ([0; 8], [0; 128]);
    let order = Order::KeyCreate(KeyCreate {
        name: name(&key)?,
        suite: Suite::Esp256,
        signers: Sequence::from_values(&[name(&person)?], &mut signers)?,
        threshold: 1,
        policy: Policy {
            items_max: ITEMS_MAX,
            ..Policy::of(Suites::from_values(&[Suite::Esp256], &mut suites)?)
        },
    });
    let ordered = officer.order(&order).await?;
    match ordered.answer()? {
        Answer::KeyCreated(created) => Ok(Signer { key: created.key, ..signer }),
        other => bail!("no key was made: {other:?}"),
    }
}

/// What a new device has answered, and with which ticket.
pub struct Registration {
    ticket: TicketId,
    made: countersign_device::Registration,
}

impl Registration {
    /// The frame's content that brings it.
    pub fn enrol(&self) -> Result<Enrol<'_>> {
        Ok(Enrol {
            ticket: self.ticket,
            attestation_object: Bounded::new(&self.made.attestation_object).context("too long")?,
            client_data: Bounded::new(&self.made.client_data_json).context("too long")?,
        })
    }
}

/// A new signer of this number, and the registration of their device.
pub async fn registration(officer: &Officer, n: usize) -> Result<Registration> {
    let (person, phone) = (format!("new signer {n}"), format!("new phone {n}"));
    let add = SignerAdd { name: name(&person)?, retention: Retention::None };
    done(officer, &Order::SignerAdd(add)).await?;
    let seed = Host.sha256(&[phone.as_bytes()]);
    let device = Authenticator::from_seed_of(Algorithm::Es256, &seed, RP_ID, ORIGIN);
    registered(officer, &device, &person, &phone).await
}

/// The registration of a signer's device, with a ticket.
async fn registered(
    officer: &Officer,
    device: &Authenticator,
    person: &str,
    phone: &str,
) -> Result<Registration> {
    let issue = TicketIssue {
        signer: name(person)?,
        device: name(phone)?,
        assurance: Assurance::Any,
        lifetime_ms: TICKET_LIFETIME_MS,
    };
    let ordered = officer.order(&Order::TicketIssue(issue)).await?;
    let Answer::TicketIssued(issued) = ordered.answer()? else { bail!("no ticket was issued") };
    let ticket = issued.ticket.bytes();
    let made = device.register(&Host.sha256(&[tag::ENROLMENT, ticket]));
    Ok(Registration { ticket: canonical::decode::<Ticket<'_>>(ticket)?.id, made })
}

/// The signer's device, with a ticket, through the portal, by its words.
async fn enrol(officer: &Officer, portal: &FrontEnd, signer: &Signer, n: usize) -> Result<()> {
    let (person, phone) = (format!("signer {n}"), format!("phone {n}"));
    let registration = registered(officer, &signer.device(), &person, &phone).await?;
    match portal.enrol(&registration.enrol()?).await?.reply()? {
        Reply::Enrolled(Enrolled { invitation: None }) => (),
        other => bail!("the device is not enrolled: {other:?}"),
    }
    let key = Host.sha256(&[tag::FINGERPRINT, &signer.device().credential().public_key_cose]);
    let fingerprint = Fingerprint::of(&Digest(key));
    let confirm = DeviceConfirm { name: name(&phone)?, fingerprint };
    done(officer, &Order::DeviceConfirm(confirm)).await
}

async fn front_end(officer: &Officer, n: usize) -> Result<Identity> {
    let portal = format!("portal {n}");
    let NewIdentity { certificate_pem, key_pem } = new_identity(&portal)?;
    let certificate = CertificateDer::from_pem_slice(certificate_pem.as_bytes())?;
    let channel = channel_of(&certificate)?;
    done(officer, &Order::FrontEndAdd(FrontEndAdd { name: name(&portal)?, channel })).await?;
    Ok(Identity::from_pem(&certificate_pem, &key_pem)?)
}

/// This front-end may ask for every key.
async fn grants(officer: &Officer, portal: usize) -> Result<()> {
    let portal = format!("portal {portal}");
    for n in 0..SIGNERS {
        let key = format!("key {n}");
        let grant = Grant { front_end: name(&portal)?, key: name(&key)?, granted: true };
        done(officer, &Order::Grant(grant)).await?;
    }
    Ok(())
}

async fn done(officer: &Officer, order: &Order<'_>) -> Result<()> {
    match officer.order(order).await?.answer()? {
        Answer::Done(_) => Ok(()),
        other => bail!("{order:?} was answered with {other:?}"),
    }
}

fn name(text: &str) -> Result<Name<'_>> {
    Name::new(text).with_context(|| format!("{text:?} is no name"))
}
