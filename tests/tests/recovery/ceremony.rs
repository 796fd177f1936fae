//! Officers, their key, and what they find.

use std::path::Path;

use countersign_disk::Disk;
use countersign_host::Host;
use countersign_protocol::activation::Activation;
use countersign_protocol::admin::{
    Answer, Order, RecoverySet, SetStanding, SignerErase, Status, StatusAnswer,
};
use countersign_protocol::change::Standing;
use countersign_protocol::record::SignatureContent;
use countersign_protocol::{Digest, Name, TransactionId, canonical};
use countersign_recovery::{Closed, Created, Exporter, Media, Opened, Quorum, ShareFile, create};
use countersign_tests::case::Case;
use countersign_tests::engine::Engine;
use countersign_verifier::{Appliance, Trust};

/// The files of an appliance, as they are now.
#[derive(Clone)]
pub struct Copy {
    pub ledger: Vec<u8>,
    pub even: Vec<u8>,
    pub odd: Vec<u8>,
}

pub type Read = Opened<Disk, Disk, Host>;

impl Copy {
    pub fn of(data: &Path) -> Self {
        let [ledger, even, odd] = ["ledger", "vault.even", "vault.odd"]
            .map(|name| std::fs::read(data.join(name)).unwrap());
        Self { ledger, even, odd }
    }

    /// Opens it with these shares; else why not.
    pub fn open(&self, shares: &[Vec<u8>]) -> Result<Read, String> {
        let named: Vec<_> = shares
            .iter()
            .zip(0..)
            .map(|(bytes, n): (_, u8)| (format!("share {n}"), bytes))
            .collect();
        let files: Vec<_> = named.iter().map(|(name, bytes)| ShareFile { name, bytes }).collect();
        let quorum = Quorum::join(&Host, &files).map_err(|why| why.to_string())?;
        let [ledger, even, odd] =
            [&self.ledger, &self.even, &self.odd].map(|b| Disk::holding(b.clone()));
        Opened::open(Host, ledger, Media { even, odd }, &quorum).map_err(|why| why.to_string())
    }
}

pub fn key(name: &str, threshold: u8, shares: u8) -> Created {
    create(&Host, name, threshold, shares).unwrap()
}

/// The files of these officers, the first of whom is 0.
pub fn shares(key: &Created, whose: &[usize]) -> Vec<Vec<u8>> {
    whose.iter().map(|nth| key.shares[*nth].to_vec()).collect()
}

pub async fn set(case: &Case<'_>, key: &Created) {
    let key = canonical::decode(&key.key).unwrap();
    case.order(&Order::RecoverySet(RecoverySet { key })).await;
}

/// Revokes what the case's Alice signs with, and erases her.
pub async fn erase(case: &Case<'_>) {
    for key in ["key", "other key", "ungranted key", "joint key"] {
        let name = case.people.name(key);
        let (name, standing) = (Name::new(&name).unwrap(), Standing::Revoked);
        case.order(&Order::KeyStanding(SetStanding { name, standing })).await;
    }
    let name = case.people.name("alice");
    case.order(&Order::SignerErase(SignerErase { name: Name::new(&name).unwrap() })).await;
}

async fn asked<T>(engine: &Engine, read: impl FnOnce(&StatusAnswer<'_>) -> T) -> T {
    let appliance = engine.appliance().await;
    let told = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => Some(read(status)),
        _ => None,
    };
    engine.house.order(&*appliance, &Order::Status(Status {}), told).await
}

/// The recovery key, its threshold and shares, and whether the vault is wrapped for it.
pub async fn status(engine: &Engine) -> Option<(Digest, u8, u8, bool)> {
    asked(engine, |status| {
        let recovery = status.recovery.as_ref()?;
        Some((recovery.fingerprint, recovery.threshold, recovery.shares, recovery.wrapped))
    })
    .await
}

/// What a verifier believes of the appliance, and whether it asks for the appliance's own cosignature.
pub async fn trust(engine: &Engine, cosigned: bool) -> Trust {
    let table = asked(engine, |status| Appliance {
        id: status.appliance,
        checkpoint_key: status.checkpoint_key,
        cosigner_key: status.cosigner_key.filter(|_| cosigned).map(|key| Box::new(*key.0)),
        rp_id: status.rp_id.as_str().to_owned(),
        origin: status.origin.as_str().to_owned(),
    });
    Trust::parse(&table.await.table()).unwrap()
}

/// What is in a ledger.
#[derive(Default)]
pub struct Found {
    pub signatures: Vec<Signature>,
    pub closed: Vec<Closed>,
    /// All that is open, for whoever looks for a name.
    pub texts: String,
}

pub struct Signature {
    pub transaction: TransactionId,
    pub evidence: Vec<u8>,
}

pub fn found(opened: &Read) -> Found {
    let (mut found, exporter) = (Found::default(), Exporter::generate().unwrap());
    let shown = opened.show(|seen| {
        match seen.content {
            Err(why) => found.closed.push(why),
            Ok(content) => {
                found.texts.push_str(&String::from_utf8_lossy(content));
                let evidence = seen.proof.map(|proof| exporter.evidence(content, proof).unwrap());
                found.signatures.extend(
                    evidence
                        .map(|evidence| Signature { transaction: transaction(content), evidence }),
                );
            }
        }
        Ok(())
    });
    shown.unwrap();
    found
}

fn transaction(content: &[u8]) -> TransactionId {
    let content: SignatureContent<'_> = canonical::decode(content).unwrap();
    canonical::decode::<Activation<'_>>(content.activation.bytes()).unwrap().transaction
}
