//! An appliance in a folder of its own: made by `init`, started by `boot`, with one officer.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use countersign_client::{Identity, NewIdentity, ServerPin, channel_of, new_identity};
use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ledger::{Keys, NoKey};
use countersign_protocol::admin::{Answer, Order};
use countersign_protocol::change::Profile;
use countersign_protocol::record::{AlarmContent, Kind, RefusalContent, RefusalsContent, Refused};
use countersign_protocol::{Digest, canonical};
use countersign_token::{Pin, PrfUse};
use countersign_token_fixture::{Fixture, Make};
use countersignd::Service;
use countersignd::boot::{self, Extent, Files, open_token};
use countersignd::config::Config;
use countersignd::init::{First, init};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::draft::encode;
use crate::meddled::Meddled;

/// The rpId of a house where nothing else is said.
pub const RP_ID: &str = "sign.example";
/// The approval page's origin there.
pub const ORIGIN: &str = "https://sign.example";

/// Where a house's signers approve.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// The rpId of their devices.
    pub rp_id: String,
    /// The approval page's origin.
    pub origin: String,
}

impl RelyingParty {
    /// A page that nobody serves.
    pub fn example() -> Self {
        Self { rp_id: RP_ID.to_owned(), origin: ORIGIN.to_owned() }
    }
}

/// A house: its folder, its officer, its signers' page.
pub struct House {
    folder: TempDir,
    officer: Holder,
    relying_party: RelyingParty,
    /// Which its token makes, and which never changes.
    own_key: OnceLock<[u8; 32]>,
}

/// Somebody with a certificate.
#[derive(Clone)]
pub struct Holder {
    /// The certificate, PEM.
    pub certificate: String,
    /// Its private key, PEM.
    pub key: String,
    /// What the registry knows it by.
    pub channel: Digest,
}

impl Holder {
    /// A new certificate.
    pub fn new(name: &str) -> Self {
        let NewIdentity { certificate_pem, key_pem } = new_identity(name).unwrap();
        let der = CertificateDer::from_pem_slice(certificate_pem.as_bytes()).unwrap();
        let channel = channel_of(&der).unwrap();
        Self { certificate: certificate_pem, key: key_pem.to_string(), channel }
    }
}

impl House {
    /// Makes an appliance on a token of its own.
    pub async fn build(engine: &str, token: Make, relying_party: RelyingParty) -> Self {
        Self::build_on(engine, &countersign_token_fixture::token(token), relying_party).await
    }

    /// The same on this token.
    pub async fn build_on(engine: &str, fixture: &Fixture, relying_party: RelyingParty) -> Self {
        let folder = TempDir::new().unwrap();
        let officer = Holder::new("officer");
        let certificate = folder.path().join("officer.pem");
        std::fs::write(&certificate, &officer.certificate).unwrap();
        std::fs::write(folder.path().join("countersignd.toml"), config(fixture, engine)).unwrap();
        let house = Self { folder, officer, relying_party, own_key: OnceLock::new() };
        let first = First {
            profile: Profile::Development,
            officer_certificate: &certificate,
            rp_id: &house.relying_party.rp_id,
            origin: &house.relying_party.origin,
            so_pin: Some(Pin::from_file(&fixture.so_pin_file).unwrap()),
        };
        init(&house.config(), first).await.unwrap();
        house
    }

    /// Its configuration, read from its file.
    pub fn config(&self) -> Config {
        Config::read(&self.config_file()).unwrap()
    }

    /// The file of its configuration.
    pub fn config_file(&self) -> PathBuf {
        self.folder.path().join("countersignd.toml")
    }

    /// Copies it, as somebody does who has its disk, and gives the file of the copy's configuration.
    pub fn copy_to(&self, folder: &Path) -> PathBuf {
        let data = folder.join("data");
        std::fs::create_dir_all(&data).unwrap();
        for file in std::fs::read_dir(self.data()).unwrap().map(Result::unwrap) {
            std::fs::copy(file.path(), data.join(file.file_name())).unwrap();
        }
        let config = folder.join("countersignd.toml");
        std::fs::copy(self.config_file(), &config).unwrap();
        config
    }

    /// The certificate that its clients pin.
    pub fn server_certificate(&self) -> PathBuf {
        Files::within(&self.data()).certificate
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Its ledger.
    pub fn ledger(&self) -> PathBuf {
        Files::within(&self.data()).ledger
    }

    /// Where its ledger is published, from the next start after [`House::publish`] on.
    pub fn public(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    /// Has its ledger published.
    pub fn publish(&self) {
        let path = self.folder.path().join("countersignd.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("publish = \"public\"\n{text}")).unwrap();
    }

    /// Has a TPM count beside its token, from the next start on.
    pub fn count_with(&self, tpm: SocketAddr) {
        let path = self.config_file();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{text}\n[tpm]\nsocket = \"{tpm}\"\n")).unwrap();
    }

    /// Starts it.
    pub async fn boot(&self) -> Arc<Meddled> {
        Arc::new(Meddled::new(boot::boot(&self.config(), Extent::SinceSnapshot).await.unwrap()))
    }

    /// Has the officer order something, which must be done.
    pub async fn order<T>(
        &self,
        appliance: &impl Service,
        order: &Order<'_>,
        read: impl FnOnce(&Answer<'_>) -> Option<T>,
    ) -> T {
        let answer = appliance.order(&self.officer.channel, &encode(order)).await.unwrap();
        let answer: Answer<'_> = canonical::decode(&answer).unwrap();
        read(&answer).unwrap_or_else(|| panic!("{order:?} was answered with {answer:?}"))
    }

    /// Has the officer order something that has no answer but that it is done.
    pub async fn order_done(&self, appliance: &impl Service, order: &Order<'_>) {
        self.order(appliance, order, |answer| match answer {
            Answer::Done(_) => Some(()),
            _ => None,
        })
        .await;
    }

    /// Where its signers approve.
    pub fn relying_party(&self) -> &RelyingParty {
        &self.relying_party
    }

    /// The officer's channel.
    pub fn officer(&self) -> Digest {
        self.officer.channel
    }

    /// The officer.
    pub fn officer_holder(&self) -> &Holder {
        &self.officer
    }

    /// Connects the officer to where it is served.
    pub async fn connect_officer(&self, address: SocketAddr) -> countersign_client::Officer {
        let pin = ServerPin::from_pem_file(&self.server_certificate()).unwrap();
        let identity = Identity::from_pem(&self.officer.certificate, &self.officer.key).unwrap();
        countersign_client::Officer::connect(address, &pin, &identity).await.unwrap()
    }

    /// The reasons of the refusals that its ledger has about this channel, in order.
    pub fn refusals(&self, channel: &Digest) -> Vec<u16> {
        let records = self.records();
        let refusals = records.iter().filter(|(kind, _)| *kind == Kind::Refusal);
        let contents = refusals.filter_map(|(_, content)| content.as_deref());
        let contents = contents.map(|content| canonical::decode(content).unwrap());
        let own = contents.filter(|refusal: &RefusalContent<'_>| refusal.channel == *channel);
        own.map(|refusal| refusal.reason).collect()
    }

    /// The refusals that share records in its ledger, and the number of those records.
    pub fn shared_refusals(&self) -> (usize, Vec<Refused>) {
        let records = self.records();
        let shared = records.iter().filter(|(kind, _)| *kind == Kind::Refusals);
        let contents: Vec<RefusalsContent<'_>> = shared
            .filter_map(|(_, content)| content.as_deref())
            .map(|content| canonical::decode(content).unwrap())
            .collect();
        let refused = contents.iter().flat_map(|content| content.refused.iter()).collect();
        (contents.len(), refused)
    }

    /// The alarms that its ledger has.
    pub fn alarms(&self) -> Vec<AlarmContent> {
        let records = self.records();
        let alarms = records.iter().filter(|(kind, _)| *kind == Kind::Alarm);
        let contents = alarms.filter_map(|(_, content)| content.as_deref());
        contents.map(|content| canonical::decode(content).unwrap()).collect()
    }

    /// Kind and content of every record on its disk, as far as they are about nobody in particular.
    pub fn records(&self) -> Vec<(Kind, Option<Vec<u8>>)> {
        self.records_with(&self.own_key())
    }

    /// The same of every record that these keys open.
    pub fn records_with(&self, keys: &impl Keys) -> Vec<(Kind, Option<Vec<u8>>)> {
        let mut records = Vec::new();
        let copy = Disk::holding(std::fs::read(self.ledger()).unwrap());
        let seen = countersign_ledger::open(copy, &Host, keys, |seen| {
            records.push((seen.leaf.kind, seen.content.open().map(<[u8]>::to_vec)));
            Ok(())
        });
        assert!(seen.is_ok(), "the ledger on disk is whole");
        records
    }

    fn own_key(&self) -> OwnKey {
        let ask = || *open_token(&self.config()).unwrap().prf(PrfUse::OwnRecords).unwrap();
        OwnKey(*self.own_key.get_or_init(ask))
    }
}

/// The key of an appliance's own records, and no signer's.
pub struct OwnKey(pub [u8; 32]);

impl Keys for OwnKey {
    fn own(&self) -> &[u8; 32] {
        &self.0
    }

    fn of_signer(&self, _: &Digest) -> Result<Zeroizing<[u8; 32]>, NoKey> {
        Err(NoKey::Gone)
    }
}

fn config(fixture: &Fixture, engine: &str) -> String {
    let token = fixture.section();
    format!("data = \"data\"\nlisten = \"127.0.0.1:0\"\nengine = \"{engine}\"\n{token}")
}
