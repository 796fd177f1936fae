//! The valid case, step by step, with a place for one mutation at each step.

use std::pin::Pin;

use countersign_core::Reason;
use countersign_core::port::Crypto;
use countersign_core::suite::algorithm;
use countersign_device::{Algorithm, Approval, Authenticator};
use countersign_host::Host;
use countersign_protocol::admin::{Answer, Order};
use countersign_protocol::reply::Failure;
use countersign_protocol::request::{Fetch, Request};
use countersign_protocol::ticket::Assurance;
use countersign_protocol::{Digest, Suite, TransactionId};

use crate::draft::{AssertionDraft, ItemDraft, PrepareDraft, SignDraft, encode};
use crate::engine::Engine;
use crate::enrolment::{self, Handed, LIFETIME_MS, confirmation, fingerprint};
use crate::house::Holder;
use crate::meddled::{Act, Moment};
use crate::outcome::{Outcome, Prepared};
use crate::people::{People, SigningKey};

/// A case under way.
pub struct Case<'e> {
    /// Where.
    pub engine: &'e Engine,
    /// Who.
    pub people: People,
    /// The key that is asked for, with which signatures must verify.
    pub asked: SigningKey,
    /// What is asked for.
    pub prepare: PrepareDraft,
}

impl<'e> Case<'e> {
    /// Alice signs two documents with her key, through her front-end.
    pub async fn begin(engine: &'e Engine) -> Self {
        let people = People::register(&engine.house, &*engine.appliance().await).await;
        let prepare = PrepareDraft {
            key: people.key.id,
            suite: people.key.suite,
            lifetime_ms: 60_000,
            initiator: None,
            items: vec![ItemDraft::document(1), ItemDraft::document(2)],
        };
        Self { engine, asked: people.key.clone(), people, prepare }
    }

    /// The same with another key of Alice's, made for this suite, and documents as it signs them.
    pub async fn with_suite(mut self, suite: Suite) -> Self {
        let appliance = self.engine.appliance().await;
        self.asked = self.people.another_key(&self.engine.house, &*appliance, suite).await;
        (self.prepare.key, self.prepare.suite) = (self.asked.id, suite);
        self.prepare.items = vec![ItemDraft::of(suite, 1), ItemDraft::of(suite, 2)];
        self
    }

    /// Enrols a further device, which is active.
    pub async fn device(&mut self, signer: &str, algorithm: Algorithm) -> Authenticator {
        let (device, name) = self.pending_device(signer, algorithm).await;
        let words = fingerprint(&device.credential().public_key_cose);
        self.order(&confirmation(&self.people.name(&name), words)).await;
        device
    }

    /// Registers a further device, for which the first one vouches; to be confirmed by its name.
    pub async fn pending_device(
        &mut self,
        signer: &str,
        algorithm: Algorithm,
    ) -> (Authenticator, String) {
        let appliance = self.engine.appliance().await;
        let name = format!("{signer}'s {}", algorithm.name());
        let house = &self.engine.house;
        let people = &mut self.people;
        let device = people.pending_device(house, &*appliance, signer, &name, algorithm).await;
        (device, name)
    }

    /// A ticket for a new device of a signer of this case.
    pub async fn ticket(&self, signer: &str, device: &str, assurance: Assurance) -> Handed {
        self.ticket_for(signer, device, assurance, LIFETIME_MS).await
    }

    /// The same, good for as long.
    pub async fn ticket_for(
        &self,
        signer: &str,
        device: &str,
        assurance: Assurance,
        lifetime_ms: u64,
    ) -> Handed {
        let appliance = self.engine.appliance().await;
        let (signer, device) = (self.people.name(signer), self.people.name(device));
        let house = &self.engine.house;
        enrolment::ticket(house, &*appliance, &signer, &device, assurance, lifetime_ms).await
    }

    /// Has the officer order something, and gives why it is declined; none if it is not.
    pub async fn declined(&self, order: &Order<'_>) -> Option<String> {
        let appliance = self.engine.appliance().await;
        let why = |answer: &Answer<'_>| match answer {
            Answer::Declined(declined) => Some(Some(declined.why.to_owned())),
            _ => Some(None),
        };
        self.engine.house.order(&*appliance, order, why).await
    }

    /// Asks as the front-end.
    pub async fn ask(&self, frame: &[u8]) -> Outcome {
        self.ask_as(&self.people.front_end, frame).await
    }

    /// Asks as somebody else.
    pub async fn ask_as(&self, who: &Holder, frame: &[u8]) -> Outcome {
        Outcome::read(&self.engine.ask(who, frame).await)
    }

    /// Prepares, which must succeed.
    pub async fn prepared(&self) -> Prepared {
        match self.ask(&self.prepare.frame()).await {
            Outcome::Prepared(prepared) => prepared,
            other => panic!("not prepared: {other:?}"),
        }
    }

    /// Alice's approval, after one change.
    pub fn approved(
        &mut self,
        prepared: &Prepared,
        change: impl FnOnce(&mut Approval),
    ) -> SignDraft {
        let assertion = approve(&mut self.people.alice, prepared, change);
        SignDraft::of(prepared, vec![assertion])
    }

    /// Bob's assertion over the same activation.
    pub fn bobs(&mut self, prepared: &Prepared) -> AssertionDraft {
        approve(&mut self.people.bob, prepared, |_| ())
    }

    /// Alice approves as she should, and the signatures must come, and be good.
    pub async fn signed(&mut self) -> SignDraft {
        let prepared = self.prepared().await;
        let draft = self.approved(&prepared, |_| ());
        let outcome = self.ask(&draft.frame()).await;
        self.expect_signatures(&outcome);
        draft
    }

    /// The outcome is a good signature for each item, in order.
    pub fn expect_signatures(&self, outcome: &Outcome) {
        let Outcome::Signed { signatures, .. } = outcome else { panic!("not signed: {outcome:?}") };
        assert_eq!(signatures.len(), self.prepare.items.len());
        for (signature, item) in signatures.iter().zip(&self.prepare.items) {
            let SigningKey { suite, public_key, .. } = &self.asked;
            let verified = Host.verify(algorithm(*suite), public_key, &item.dtbsr, signature);
            assert!(bool::from(verified), "{suite}");
        }
    }

    /// The front-end heard this failure, and the ledger's last word about it is this reason.
    pub async fn expect_refused(&self, who: &Holder, outcome: &Outcome, reason: Reason) {
        let recorded = self.engine.house.refusals(&who.channel);
        let last = recorded.last().map(|reason| Reason::from_number(*reason));
        assert_eq!(last, Some(Some(reason)), "the ledger's reason");
        assert_eq!(*outcome, Outcome::Failed(reason.class()), "the front-end's status");
    }

    /// This `Sign` is refused, for this reason.
    pub async fn refused(&self, draft: &SignDraft, reason: Reason) {
        let outcome = self.ask(&draft.frame()).await;
        self.expect_refused(&self.people.front_end, &outcome, reason).await;
    }

    /// Alice's device approves with one thing wrong, and that is refused for this reason.
    pub async fn wrong(&mut self, change: impl FnOnce(&mut Approval), reason: Reason) {
        let prepared = self.prepared().await;
        let draft = self.approved(&prepared, change);
        self.refused(&draft, reason).await;
    }

    /// The reply to an earlier `Sign`, fetched.
    pub async fn fetched(&self, transaction: TransactionId) -> Outcome {
        self.ask(&encode(&Request::Fetch(Fetch { transaction }))).await
    }

    /// Has the officer order something now.
    pub async fn order(&self, order: &Order<'_>) {
        let appliance = self.engine.appliance().await;
        self.engine.house.order_done(&*appliance, order).await;
    }

    /// Has the officer order something at this moment of this transaction.
    pub async fn order_at(&self, moment: Moment, transaction: TransactionId, order: &Order<'_>) {
        let appliance = self.engine.appliance().await;
        let (officer, frame) = (self.engine.house.officer(), encode(order));
        let again = std::sync::Arc::clone(&appliance);
        appliance.at(
            moment,
            transaction,
            act(async move {
                let answer = countersignd::Service::order(&*again, &officer, &frame).await;
                assert!(answer.is_some());
            }),
        );
    }

    /// The channel of the front-end.
    pub fn channel(&self) -> Digest {
        self.people.front_end.channel
    }
}

/// Something to happen at a moment.
pub fn act(what: impl Future<Output = ()> + Send + 'static) -> Act {
    Box::new(move || Box::pin(what) as Pin<Box<dyn Future<Output = ()> + Send>>)
}

/// The status that means nothing but "no".
pub const REFUSED: Outcome = Outcome::Failed(Failure::Refused);

/// This device's assertion, after one change.
pub fn approve(
    device: &mut Authenticator,
    prepared: &Prepared,
    change: impl FnOnce(&mut Approval),
) -> AssertionDraft {
    let mut approval = device.honest();
    change(&mut approval);
    AssertionDraft::of(prepared, device.approve(&prepared.challenge, &approval))
}
