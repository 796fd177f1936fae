//! The people of one case: nobody else's case touches their devices and keys.

use std::sync::atomic::{AtomicU32, Ordering};

use countersign_device::{Algorithm, Authenticator};
use countersign_protocol::admin::{
    Answer, FrontEndAdd, Grant, KeyCreate, Order, SetStanding, SignerAdd, SignerErase,
};
use countersign_protocol::change::{Retention, Standing};
use countersign_protocol::limits::ITEMS_MAX;
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{KeyId, Name, Sequence, Suite};

use countersignd::Service;

use crate::draft::{AssertionDraft, ItemDraft, PrepareDraft, SignDraft};
use crate::engine::in_process;
use crate::enrolment::{self, LIFETIME_MS, confirmation, fingerprint};
use crate::house::{Holder, House, RelyingParty};
use crate::outcome::Outcome;

/// A key and its public part.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// Its id.
    pub id: KeyId,
    /// Its suite.
    pub suite: Suite,
    /// Its public part.
    pub public_key: Vec<u8>,
}

/// A front-end, and who signs through it.
pub struct People {
    /// What all names of this case end with.
    pub tag: u32,
    /// The front-end.
    pub front_end: Holder,
    /// Another front-end of the tenant, with leave for the same key.
    pub other_front_end: Holder,
    /// Nobody whom the registry knows.
    pub stranger: Holder,
    /// Alice's device: hers is the key.
    pub alice: Authenticator,
    /// Bob's device.
    pub bob: Authenticator,
    /// Alice's key.
    pub key: SigningKey,
    /// Another key of Alice, granted too.
    pub other_key: SigningKey,
    /// A key of Alice that is not granted.
    pub ungranted_key: SigningKey,
    /// A key that needs Alice and Bob.
    pub joint_key: SigningKey,
}

static NEXT: AtomicU32 = AtomicU32::new(1);

impl People {
    /// Registers everybody.
    pub async fn register(house: &House, appliance: &impl Service) -> Self {
        let tag = NEXT.fetch_add(1, Ordering::SeqCst);
        let registrar = Registrar { house, appliance, tag };
        registrar.signer("alice").await;
        registrar.signer("bob").await;
        let front_end = registrar.front_end("front-end").await;
        let other_front_end = registrar.front_end("other front-end").await;
        let alice = registrar.device(&front_end, "alice").await;
        let bob = registrar.device(&front_end, "bob").await;
        let key = registrar.key("key", &["alice"]).await;
        let other_key = registrar.key("other key", &["alice"]).await;
        let ungranted_key = registrar.key("ungranted key", &["alice"]).await;
        let joint_key = registrar.key("joint key", &["alice", "bob"]).await;
        for granted in ["key", "other key", "joint key"] {
            registrar.grant("front-end", granted).await;
        }
        registrar.grant("other front-end", "key").await;
        let stranger = Holder::new("stranger");
        Self {
            tag,
            front_end,
            other_front_end,
            stranger,
            alice,
            bob,
            key,
            other_key,
            ungranted_key,
            joint_key,
        }
    }

    /// Makes a key of Alice's for this suite and as many items as there may be, and grants it to the
    /// front-end.
    pub async fn another_key(
        &self,
        house: &House,
        appliance: &impl Service,
        suite: Suite,
    ) -> SigningKey {
        let registrar = Registrar { house, appliance, tag: self.tag };
        let name = format!("{suite} key");
        let made = registrar.key_of(&name, &["alice"], suite, ITEMS_MAX as u16).await;
        registrar.grant("front-end", &name).await;
        made
    }

    /// Registers a further signer, who has no device yet, and makes a key of theirs for this suite, which the
    /// front-end may ask for.
    pub async fn another_signer(
        &self,
        house: &House,
        appliance: &impl Service,
        signer: &str,
        suite: Suite,
    ) -> SigningKey {
        let registrar = Registrar { house, appliance, tag: self.tag };
        registrar.signer(signer).await;
        let name = format!("{signer}'s key");
        let made = registrar.key_of(&name, &[signer], suite, 1).await;
        registrar.grant("front-end", &name).await;
        made
    }

    /// Registers a further device of Alice's or Bob's, for whom their first one vouches: it is pending.
    pub async fn pending_device(
        &mut self,
        house: &House,
        appliance: &impl Service,
        signer: &str,
        name: &str,
        algorithm: Algorithm,
    ) -> Authenticator {
        let registrar = Registrar { house, appliance, tag: self.tag };
        let voucher = if signer == "alice" { &mut self.alice } else { &mut self.bob };
        registrar.pending(&self.front_end, signer, name, algorithm, Some(voucher)).await
    }

    /// Has the officer say how one of their devices stands.
    pub async fn stand_device(
        &self,
        house: &House,
        appliance: &impl Service,
        device: &str,
        standing: Standing,
    ) {
        let name = self.name(device);
        let order = SetStanding { name: Name::new(&name).unwrap(), standing };
        house.order_done(appliance, &Order::DeviceStanding(order)).await;
    }

    /// The same of one of their keys.
    pub async fn stand_key(
        &self,
        house: &House,
        appliance: &impl Service,
        key: &str,
        standing: Standing,
    ) {
        let name = self.name(key);
        let order = SetStanding { name: Name::new(&name).unwrap(), standing };
        house.order_done(appliance, &Order::KeyStanding(order)).await;
    }

    /// Has all keys of Alice's revoked, without which nobody erases her.
    pub async fn revoke_keys(&self, house: &House, appliance: &impl Service) {
        for key in ["key", "other key", "ungranted key", "joint key"] {
            self.stand_key(house, appliance, key, Standing::Revoked).await;
        }
    }

    /// Has her erased.
    pub async fn erase_alice(&self, house: &House, appliance: &impl Service) {
        let name = self.name("alice");
        let order = SignerErase { name: Name::new(&name).unwrap() };
        house.order_done(appliance, &Order::SignerErase(order)).await;
    }

    /// Has Alice approve a document: what she sent, and the reply.
    ///
    /// # Errors
    /// What `Prepare` came to, if it was not prepared.
    pub async fn sign(
        &mut self,
        appliance: &impl Service,
    ) -> Result<(SignDraft, Vec<u8>), Outcome> {
        let prepare = PrepareDraft {
            key: self.key.id,
            suite: self.key.suite,
            lifetime_ms: 60_000,
            initiator: None,
            items: vec![ItemDraft::document(1)],
        };
        let prepared = in_process(appliance, &self.front_end, &prepare.frame()).await;
        let prepared = match Outcome::read(&prepared) {
            Outcome::Prepared(prepared) => prepared,
            other => return Err(other),
        };
        let made = self.alice.approve(&prepared.challenge, &self.alice.honest());
        let draft = SignDraft::of(&prepared, vec![AssertionDraft { device: 0, made }]);
        let reply = in_process(appliance, &self.front_end, &draft.frame()).await;
        Ok((draft, reply))
    }

    /// The registry's name of something of this case.
    pub fn name(&self, what: &str) -> String {
        format!("{what} {}", self.tag)
    }
}

/// The policy of every new key: one suite, three items, always.
pub fn policy(room: &mut [u8]) -> Policy<'_> {
    policy_of(Suite::Esp256, room)
}

/// The same for another suite.
pub fn policy_of(suite: Suite, room: &mut [u8]) -> Policy<'_> {
    Policy { items_max: 3, ..Policy::of(Suites::from_values(&[suite], room).unwrap()) }
}

struct Registrar<'h, P> {
    house: &'h House,
    appliance: &'h P,
    tag: u32,
}

impl<P: Service> Registrar<'_, P> {
    fn name(&self, what: &str) -> String {
        format!("{what} {}", self.tag)
    }

    async fn done(&self, order: &Order<'_>) {
        self.house.order_done(self.appliance, order).await;
    }

    async fn signer(&self, name: &str) {
        let name = self.name(name);
        self.done(&Order::SignerAdd(SignerAdd {
            name: Name::new(&name).unwrap(),
            retention: Retention::None,
        }))
        .await;
    }

    async fn device(&self, front_end: &Holder, signer: &str) -> Authenticator {
        let name = format!("{signer}'s phone");
        let device = self.pending(front_end, signer, &name, Algorithm::Es256, None).await;
        let words = fingerprint(&device.credential().public_key_cose);
        self.done(&confirmation(&self.name(&name), words)).await;
        device
    }

    async fn pending(
        &self,
        front_end: &Holder,
        signer: &str,
        name: &str,
        algorithm: Algorithm,
        voucher: Option<&mut Authenticator>,
    ) -> Authenticator {
        let RelyingParty { rp_id, origin } = self.house.relying_party();
        let device = Authenticator::new_of(algorithm, rp_id, origin).unwrap();
        let (signer, name) = (self.name(signer), self.name(name));
        let Self { house, appliance, .. } = self;
        let asked = Assurance::Any;
        let ticket = enrolment::ticket(house, *appliance, &signer, &name, asked, LIFETIME_MS).await;
        let registration = device.register(&ticket.challenge());
        enrolment::register(*appliance, front_end, &ticket, &registration, voucher).await;
        device
    }

    async fn key(&self, name: &str, signers: &[&str]) -> SigningKey {
        self.key_of(name, signers, Suite::Esp256, 3).await
    }

    async fn key_of(
        &self,
        name: &str,
        signers: &[&str],
        suite: Suite,
        items_max: u16,
    ) -> SigningKey {
        let (name, signers) = (self.name(name), signers.iter().map(|s| self.name(s)));
        let signers: Vec<_> = signers.collect();
        let signers: Vec<_> = signers.iter().map(|s| Name::new(s).unwrap()).collect();
        let (mut names, mut suites) = (vec![0; 1024], [0; 8]);
        let order = Order::KeyCreate(KeyCreate {
            name: Name::new(&name).unwrap(),
            suite,
            signers: Sequence::from_values(&signers, &mut names).unwrap(),
            threshold: u8::try_from(signers.len()).unwrap(),
            policy: Policy { items_max, ..policy_of(suite, &mut suites) },
        });
        let created = |answer: &Answer<'_>| match answer {
            Answer::KeyCreated(c) => {
                let public_key = c.public_key.bytes().to_vec();
                Some(SigningKey { id: c.key, suite, public_key })
            }
            _ => None,
        };
        self.house.order(self.appliance, &order, created).await
    }

    async fn front_end(&self, name: &str) -> Holder {
        let holder = Holder::new(name);
        let (name, channel) = (self.name(name), holder.channel);
        let name = Name::new(&name).unwrap();
        self.done(&Order::FrontEndAdd(FrontEndAdd { name, channel })).await;
        holder
    }

    async fn grant(&self, front_end: &str, key: &str) {
        let (front_end, key) = (self.name(front_end), self.name(key));
        let (front_end, key) = (Name::new(&front_end).unwrap(), Name::new(&key).unwrap());
        self.done(&Order::Grant(Grant { front_end, key, granted: true })).await;
    }
}
