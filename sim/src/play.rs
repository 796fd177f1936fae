//! A scenario under way: the people, the model that watches, and the stage.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use countersign_protocol::Suite;
use countersign_protocol::reply::Failure;
use sha2::{Digest as _, Sha256};

use crate::machine::{Chosen, TokenFault};
use crate::model::{Asked, Model, Rule, Violation};
use crate::people::{self, Came, Cast, Desk, Rebuilt, Who};
use crate::scenario::{Deed, Errand, Event, Expect, Hoard, Image, Scenario, TokenTrouble};
use crate::sometimes;
use crate::stage::{Sent, Stage};
use crate::trace::{Trace, What};

/// How long the last deeds have before all faults end, in microseconds.
const LAST_US: u64 = 20_000_000;
/// How long the world waits then for what is under way, in microseconds.
const PATIENCE_US: u64 = 900_000_000;

/// What the world says when the first event can come.
pub const HOUSE_READY: &str = "the house is ready";

/// A scenario under way.
pub struct Play<S> {
    /// Where.
    pub stage: S,
    /// What.
    pub scenario: Rc<Scenario>,
    /// Who.
    pub cast: RefCell<Cast>,
    /// Who watches.
    pub model: Rc<RefCell<Model>>,
    /// Where officers' orders wait for each other.
    pub desk: Desk,
    trace: Trace,
    chosen: Chosen,
    under_way: Cell<u32>,
    wrong_clock: Cell<bool>,
    older_disk: Cell<bool>,
    older_token: Cell<bool>,
    random_again: Cell<bool>,
    noted: Cell<usize>,
    requests: Cell<u64>,
    /// How often each frame was sent, by its hash: a second `Sign` is answered from the record.
    brought: RefCell<HashMap<[u8; 32], u32>>,
}

impl<S: Stage> Play<S> {
    /// Before it begins.
    pub fn new(
        stage: S,
        scenario: &Scenario,
        model: Model,
        trace: Trace,
        chosen: Chosen,
    ) -> Rc<Self> {
        Rc::new(Self {
            stage,
            scenario: Rc::new(scenario.clone()),
            cast: RefCell::default(),
            model: Rc::new(RefCell::new(model)),
            desk: Desk::default(),
            trace,
            chosen,
            under_way: Cell::new(0),
            wrong_clock: Cell::new(false),
            older_disk: Cell::new(false),
            older_token: Cell::new(false),
            random_again: Cell::new(false),
            noted: Cell::new(0),
            requests: Cell::new(0),
            brought: RefCell::default(),
        })
    }

    /// From the first order to the last signature, on an appliance that was just founded.
    pub async fn perform(self: Rc<Self>) {
        if !people::furnish(&self).await {
            return self.broken(Rule::Progress, "the house could not be furnished");
        }
        self.note(What::Life, || ("world".to_owned(), HOUSE_READY.to_owned()));
        let begun_us = self.stage.now_us();
        let mut events = self.scenario.events.clone();
        events.sort_by_key(|event| event.at);
        for event in events {
            let due_us = begun_us.saturating_add(event.at.saturating_mul(1_000));
            self.stage.sleep_us(due_us.saturating_sub(self.stage.now_us())).await;
            self.begin(event);
        }
        self.settle().await;
    }

    /// Lets an event happen; what takes long goes on by itself.
    fn begin(self: &Rc<Self>, event: Event) {
        let what = if is_of_people(&event.deed) { What::Deed } else { What::Fault };
        self.note(what, || (actor(&event.deed), event.text()));
        match &event.deed {
            deed if is_of_people(deed) => self.people(event),
            Deed::Cut(cut) => self.stage.cut(cut),
            fault if self.stage.fault(fault) => self.waive(fault),
            _ => {
                let skipped = "skipped: nothing here goes wrong like this";
                self.note(What::Fault, || ("machine".to_owned(), skipped.to_owned()));
            }
        }
    }

    /// What people do goes on by itself.
    fn people(self: &Rc<Self>, event: Event) {
        let play = Rc::clone(self);
        self.under_way.set(self.under_way.get() + 1);
        self.stage.spawn(async move {
            let number = event.number;
            match &event.deed {
                Deed::Sign(errand) => {
                    let came = people::errand(&play, number, errand).await;
                    let joint = errand.key >= play.scenario.house.signers;
                    sometimes!(play.stage.marks(), Signed, came == Came::Signed);
                    sometimes!(play.stage.marks(), JointlySigned, came == Came::Signed && joint);
                    play.note(What::Reply, || {
                        (
                            format!("portal {}", errand.portal),
                            format!("its document came to: {came}"),
                        )
                    });
                    play.compare(&event, errand.portal, came);
                }
                Deed::Hoard(hoard) => people::hoard(&play, number, hoard).await,
                Deed::Flood(flood) => people::flood(&play, number, flood).await,
                Deed::Order(order) => people::order(&play, order).await,
                _ => {}
            }
            play.under_way.set(play.under_way.get() - 1);
        });
    }

    /// Rules that cannot hold once this has happened, and why not.
    fn waive(&self, fault: &Deed) {
        let mut model = self.model.borrow_mut();
        match fault {
            // Who holds no second copy cannot have what a lying disk has lost: damage is noticed, and a lost tail if it
            // was anchored, as every revocation is.
            Deed::Disk(fault) if fault.is_a_lie() => {
                [Rule::OnRecord, Rule::Progress].into_iter().for_each(|rule| model.waive(rule));
                self.older_disk.set(true);
            }
            // What was not anchored when an older disk was put back, or when a copy took the token, is lost to whoever did
            // that.
            Deed::Image(Image::PutBack | Image::Twin) => {
                model.waive(Rule::OnRecord);
                self.older_disk.set(true);
            }
            // A key that is not in the backup is lost, and the boot says so. Of two copies the old one may find its anchor there
            // again, and go on.
            Deed::Token(TokenTrouble::Restored) => {
                [Rule::Progress, Rule::OneCopy].into_iter().for_each(|rule| model.waive(rule));
                self.older_token.set(true);
            }
            Deed::Token(TokenTrouble::At { fault: TokenFault::RandomAgain, .. }) => {
                self.random_again.set(true);
            }
            Deed::Clock(_) => self.wrong_clock.set(true),
            _ => {}
        }
        // Both put back together are what nobody but a TPM notices.
        if self.older_disk.get() && self.older_token.get() && !self.scenario.house.tpm {
            model.waive(Rule::Revoked);
        }
        // A nonce that comes again is known by its record: where that is lost, nobody knows.
        if self.older_disk.get() && self.random_again.get() {
            model.waive(Rule::Once);
        }
    }

    /// What is under way may end by itself; when all faults have ended it does, and somebody new signs.
    async fn settle(self: &Rc<Self>) {
        self.wait(LAST_US).await;
        self.note(What::Life, || ("world".to_owned(), "all faults end".to_owned()));
        self.stage.fault(&Deed::Mend);
        self.wait(PATIENCE_US).await;
        let left = self.under_way.get();
        if left > 0 {
            self.broken(Rule::Progress, &format!("{left} requests never ended"));
        }
        if !self.stage.up().await {
            return self.broken(Rule::Progress, "it does not start again by itself");
        }
        match people::stranger_signs(self).await {
            Ok(()) => sometimes!(self.stage.marks(), CalmSigned),
            Err(why) => self.broken(Rule::Progress, &why),
        }
        match people::registry_is_rebuilt(self).await {
            Rebuilt::Same => sometimes!(self.stage.marks(), RegistryRebuilt),
            Rebuilt::Other(why) => self.broken(Rule::Derived, &why),
            Rebuilt::Nothing => {}
        }
    }

    /// Waits until nothing is under way, or so long.
    async fn wait(&self, us: u64) {
        let end_us = self.stage.now_us().saturating_add(us);
        let mut looks_us = looks();
        while self.under_way.get() > 0 && self.stage.now_us() < end_us {
            self.stage.sleep_us(looks_us.next().unwrap_or(us)).await;
        }
    }

    /// What came of an errand is what the scenario expects, if it expects anything.
    fn compare(&self, event: &Event, portal: u32, came: Came) {
        let Some(Expect(expected)) = &event.expect else { return };
        let is = match came {
            Came::Signed => vec!["signed".to_owned()],
            Came::Lost => vec!["lost".to_owned()],
            Came::Nothing => vec!["nothing".to_owned()],
            Came::Failed(failure, transaction) => {
                let channel = self.stage.channel(Who::Portal(portal));
                let reason = self.stage.reason(&channel, transaction);
                let reason = reason.and_then(countersign_core::Reason::from_number);
                vec![failure.to_string(), reason.map_or(String::new(), |r| format!("{r:?}"))]
            }
        };
        if !is.contains(expected) {
            let is = is.join(" ");
            let how = format!("event {}: expected {expected}, came to {is}", event.number);
            self.broken(Rule::Expected, &how);
        }
    }

    /// Sends a frame of a front-end.
    pub async fn ask(
        self: &Rc<Self>,
        who: Who,
        frame: Vec<u8>,
        assertions: u64,
    ) -> Option<Vec<u8>> {
        self.told(who, frame, assertions, |_| ()).await
    }

    /// Sends a frame; the model, and `told`, hear of the reply when it leaves the appliance.
    pub async fn told(
        self: &Rc<Self>,
        who: Who,
        frame: Vec<u8>,
        assertions: u64,
        told: impl FnOnce(&[u8]) + 'static,
    ) -> Option<Vec<u8>> {
        self.requests.set(self.requests.get() + 1);
        let sent_ms = self.stage.now_us() / 1_000;
        let since = (!self.stage.is_exact()).then(|| self.model.borrow().facts.era());
        let portal = if let Who::Portal(number) = who { Some(number) } else { None };
        let hash = Sha256::digest(&frame).into();
        *self.brought.borrow_mut().entry(hash).or_insert(0_u32) += 1;
        let play = Rc::clone(self);
        let leaves = move |reply: &[u8], start: Option<u64>| {
            if who != Who::Officer {
                let asked = Asked {
                    portal,
                    start: start.unwrap_or_else(|| play.model.borrow().boots()),
                    sent_ms,
                    left_ms: play.stage.now_us() / 1_000,
                    left_utc_ms: play.stage.utc_ms(),
                    right_clock: !play.wrong_clock.get(),
                    since,
                    again: assertions == 0 || play.brought.borrow().get(&hash) > Some(&1),
                };
                play.note(What::Reply, || ("appliance".to_owned(), said(who, reply)));
                play.model.borrow_mut().replied(&asked, reply);
                play.note_violations();
            }
            told(reply);
        };
        self.stage.ask(Sent { who, frame, assertions }, Box::new(leaves)).await
    }

    /// Keeps a line of the trace.
    pub fn note(&self, what: What, line: impl FnOnce() -> (String, String)) {
        self.trace.add(self.stage.now_us(), what, line);
    }

    /// A rule is broken.
    pub fn broken(&self, rule: Rule, how: &str) {
        self.model.borrow_mut().broken(rule, how);
        self.note_violations();
    }

    /// Keeps what the model has found since this was last asked.
    pub fn note_violations(&self) {
        let model = self.model.borrow();
        let found = model.violations();
        for Violation { rule, how } in
            found.get(self.noted.replace(found.len())..).unwrap_or_default()
        {
            self.note(What::Violation, || ("model".to_owned(), format!("{rule:?}: {how}")));
        }
    }

    /// Requests that were sent.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.get()
    }

    /// The seed of whatever people do by chance.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.scenario.seed
    }

    /// When the world began, in milliseconds since 1970.
    #[must_use]
    pub fn began_utc_ms(&self) -> u64 {
        self.stage.utc_ms().saturating_sub(self.stage.now_us() / 1_000)
    }

    /// Which signatures there are.
    #[must_use]
    pub fn chosen(&self) -> Chosen {
        self.chosen
    }

    /// The suite of a key. Real signatures are of P-256 alone.
    #[must_use]
    pub fn suite(&self, key: u32) -> Suite {
        let names = &self.scenario.house.suites;
        let name = names.get(key as usize % names.len().max(1));
        let suite = name.and_then(|name| Suite::from_name(name));
        suite.filter(|_| self.chosen == Chosen::Cheap).unwrap_or(Suite::Esp256)
    }

    /// The number of the next key that is ordered: names are never used twice.
    pub(crate) fn next_key(&self) -> u32 {
        let mut cast = self.cast.borrow_mut();
        cast.ordered_keys += 1;
        cast.ordered_keys - 1
    }

    /// Another front-end.
    #[must_use]
    pub fn other_portal(&self, portal: u32) -> u32 {
        portal.wrapping_add(1) % self.scenario.house.portals.max(1)
    }

    /// A signer who is none of these.
    #[must_use]
    pub fn somebody_else(&self, signers: &[u32]) -> Option<u32> {
        (0..self.scenario.house.signers).find(|signer| !signers.contains(signer))
    }
}

/// Whether people do it, and no machine.
const fn is_of_people(deed: &Deed) -> bool {
    matches!(deed, Deed::Sign(_) | Deed::Hoard(_) | Deed::Flood(_) | Deed::Order(_))
}

/// Who does it.
fn actor(deed: &Deed) -> String {
    match deed {
        Deed::Sign(Errand { portal, .. }) | Deed::Hoard(Hoard { portal, .. }) => {
            format!("portal {portal}")
        }
        Deed::Flood(_) => "flood".to_owned(),
        Deed::Order(_) => "officer".to_owned(),
        Deed::Cut(_) => "power".to_owned(),
        _ => "machine".to_owned(),
    }
}

/// How long to wait before each look at something that may take long: longer every time.
pub fn looks() -> impl Iterator<Item = u64> {
    std::iter::successors(Some(20_000_u64), |us| Some((us * 3 / 2).min(2_000_000)))
}

/// A reply in words.
fn said(who: Who, reply: &[u8]) -> String {
    match reply {
        [0x81, status] => {
            let failure = [
                Failure::Refused,
                Failure::Stale,
                Failure::Malformed,
                Failure::Busy,
                Failure::Unavailable,
            ];
            let failure = failure.get(usize::from(status.saturating_sub(16)));
            format!("to {who:?}: {}", failure.map_or_else(String::new, ToString::to_string))
        }
        [0x82, 1, ..] => format!("to {who:?}: an activation ({} bytes)", reply.len()),
        [0x82, 3, ..] => format!("to {who:?}: a pending device ({} bytes)", reply.len()),
        _ => format!("to {who:?}: signatures ({} bytes)", reply.len()),
    }
}
