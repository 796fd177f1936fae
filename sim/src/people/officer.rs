//! The officer: furnishes the house, and gives one order after the other.

use std::rc::Rc;

use countersign_protocol::admin::{
    Answer, FrontEndAdd, Grant, KeyCreate, KeyPolicy, Order as Wire, SetFreeze, SetStanding,
    SignerAdd, SignerErase, Status,
};
use countersign_protocol::change::{Retention, Standing};
use countersign_protocol::limits::LIFETIME_MS_MAX;
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::reply::Failure;
use countersign_protocol::{KeyId, Name, Sequence, Suite, canonical};

use countersignd::{ChangeError, MAY_BE_ELSEWHERE};

use super::enrolment::{add_device, further_device};
use super::frames::encode;
use super::{KnownKey, Who, rebuild, recovery};
use crate::model::{Key, Limits, Thing};
use crate::play::Play;
use crate::scenario::{DeviceMode, Errand, Of, Order};
use crate::sometimes;
use crate::stage::Stage;
use crate::trace::What;

use super::errand::{Came, errand};

/// Where orders wait for the one before them.
pub type Desk = tokio::sync::Mutex<()>;

/// Items of one activation that a new key's policy allows.
const ITEMS_MAX: u16 = 8;
/// What a new key's policy allows.
const LIMITS: Limits = Limits {
    items_max: ITEMS_MAX as u64,
    from_ms: 0,
    to_ms: u64::MAX,
    lifetime_ms: LIFETIME_MS_MAX as u64,
    held: false,
};

/// How often, and after how many microseconds, somebody who finds no room tries again: longer than any
/// activation lives.
const CALM_TRIES: u32 = 70;
const CALM_US: u64 = 10_000_000;

/// How an order ended.
#[derive(Clone, Debug)]
pub(super) enum Ended {
    Done,
    KeyCreated(KeyId, Vec<u8>),
    TicketIssued(Vec<u8>),
    Declined(String),
    Lost,
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::KeyCreated(id, _) => write!(f, "key {id} made"),
            Self::TicketIssued(_) => f.write_str("a ticket"),
            Self::Declined(why) => write!(f, "declined: {why}"),
            Self::Lost => f.write_str("nothing"),
        }
    }
}

/// Registers everybody of the scenario's house; false if the appliance did not do it.
pub async fn furnish<S: Stage>(play: &Rc<Play<S>>) -> bool {
    play.model.borrow_mut().facts.allowed(Thing::Appliance);
    let house = play.scenario.house.clone();
    for portal in 0..house.portals {
        let name = format!("portal {portal}");
        let channel = play.stage.channel(Who::Portal(portal));
        let order = Wire::FrontEndAdd(FrontEndAdd { name: named(&name), channel });
        if !done(&give(play, &order, |_| ()).await) {
            return false;
        }
        play.model.borrow_mut().facts.allowed(Thing::Portal(portal));
    }
    for signer in 0..house.signers.saturating_add(house.crowd) {
        if !add_signer(play, signer, 0).await {
            return false;
        }
    }
    let all: Vec<u32> = (0..house.signers).collect();
    let own = all.iter().map(|signer| (vec![*signer], 1));
    let joint = (house.joint > 0).then(|| (all.clone(), house.joint.min(house.signers as u8)));
    for (signers, threshold) in own.chain(joint) {
        if !add_key(play, play.next_key(), signers, threshold).await {
            return false;
        }
    }
    true
}

/// A new signer, whose device is registered through this front-end.
async fn add_signer<S: Stage>(play: &Rc<Play<S>>, signer: u32, portal: u32) -> bool {
    let name = format!("signer {signer}");
    let order = Wire::SignerAdd(SignerAdd { name: named(&name), retention: Retention::None });
    done(&give(play, &order, |_| ()).await) && add_device(play, signer, &[portal]).await
}

async fn add_key<S: Stage>(
    play: &Rc<Play<S>>,
    number: u32,
    signers: Vec<u32>,
    threshold: u8,
) -> bool {
    let suite = play.suite(number);
    let name = format!("key {number}");
    let owners: Vec<String> = signers.iter().map(|signer| format!("signer {signer}")).collect();
    let owners: Vec<Name<'_>> = owners.iter().map(|owner| named(owner)).collect();
    let (mut names, mut suites) = (vec![0; 80 * owners.len()], [0; 16]);
    let policy = policy(suite, LIMITS, &mut suites);
    let Some((signers_list, policy)) = Sequence::from_values(&owners, &mut names).ok().zip(policy)
    else {
        return false;
    };
    let order = Wire::KeyCreate(KeyCreate {
        name: named(&name),
        suite,
        signers: signers_list,
        threshold,
        policy,
    });
    let Ended::KeyCreated(id, public_key) = give(play, &order, |_| ()).await else { return false };
    let key = Key { public_key, signers: signers.clone(), threshold };
    play.model.borrow_mut().facts.made(number, id.0.to_vec(), key, LIMITS);
    play.cast.borrow_mut().keys.push(KnownKey { id, suite, number, signers, threshold });
    for portal in 0..play.scenario.house.portals {
        play.model.borrow_mut().facts.allowed(Thing::Grant(portal, number));
        let (portal, key) = (format!("portal {portal}"), format!("key {number}"));
        let grant = Grant { front_end: named(&portal), key: named(&key), granted: true };
        if !done(&give(play, &Wire::Grant(grant), |_| ()).await) {
            return false;
        }
    }
    true
}

/// Gives an order of the scenario.
pub async fn order<S: Stage>(play: &Rc<Play<S>>, order: &Order) {
    match order {
        Order::Use { of, which, usable } => {
            let standing = if *usable { Standing::Active } else { Standing::Suspended };
            stand(play, *of, *which, standing).await;
        }
        Order::Revoke { of, which } => stand(play, *of, *which, Standing::Revoked).await,
        Order::Grant { portal, key, granted } => {
            let thing = Thing::Grant(*portal, *key);
            let (portal, key) = (format!("portal {portal}"), format!("key {key}"));
            let wire = Grant { front_end: named(&portal), key: named(&key), granted: *granted };
            change(play, &Wire::Grant(wire), thing, *granted).await;
        }
        Order::Policy { key, items_max, from_ms, to_ms, lifetime_ms, held } => {
            let limits = Limits {
                lifetime_ms: u64::from(*lifetime_ms),
                held: *held,
                items_max: u64::from(*items_max),
                from_ms: play.began_utc_ms().saturating_add(*from_ms),
                to_ms: play.began_utc_ms().saturating_add(*to_ms),
            };
            change_policy(play, *key, limits).await;
        }
        Order::AddDevice { signer, how } => {
            let known = play.cast.borrow().handsets.len() > *signer as usize;
            if known {
                let portals: Vec<u32> = (0..play.scenario.house.portals).collect();
                further_device(play, *signer, &portals, *how).await;
            }
        }
        Order::AddKey { signer } => {
            let known = play.cast.borrow().handsets.len() > *signer as usize;
            if known {
                let number = play.next_key();
                add_key(play, number, vec![*signer], 1).await;
            }
        }
        Order::Erase { signer } => erase(play, *signer).await,
        Order::Recovery { key } => recovery::set(play, *key).await,
        Order::Freeze { frozen } => freeze(play, *frozen).await,
        Order::Status => {
            give(play, &Wire::Status(Status {}), |_| ()).await;
        }
    }
}

async fn freeze<S: Stage>(play: &Rc<Play<S>>, frozen: bool) {
    // Whoever lets keys sign again has looked at the clock.
    let order = SetFreeze { frozen, clock_is_right: !frozen };
    change(play, &Wire::Freeze(order), Thing::Appliance, !frozen).await;
}

async fn erase<S: Stage>(play: &Rc<Play<S>>, signer: u32) {
    let of = |key: &&KnownKey| key.signers.contains(&signer);
    let keys: Vec<_> = play.cast.borrow().keys.iter().filter(of).map(|key| key.number).collect();
    for key in keys {
        stand(play, Of::Key, key, Standing::Revoked).await;
    }
    let name = format!("signer {signer}");
    let ended = give(play, &Wire::SignerErase(SignerErase { name: named(&name) }), |_| ()).await;
    sometimes!(play.stage.marks(), SignerErased, done(&ended));
}

async fn stand<S: Stage>(play: &Rc<Play<S>>, of: Of, which: u32, standing: Standing) {
    let (thing, name) = match of {
        Of::Device => (Thing::Device(which), format!("device {which}")),
        Of::Key => (Thing::Key(which), format!("key {which}")),
        Of::Portal => (Thing::Portal(which), format!("portal {which}")),
    };
    let set = SetStanding { name: named(&name), standing };
    let wire = match of {
        Of::Device => Wire::DeviceStanding(set),
        Of::Key => Wire::KeyStanding(set),
        Of::Portal => Wire::FrontEndStanding(set),
    };
    change(play, &wire, thing, standing == Standing::Active).await;
}

/// Gives an order about something that the model follows.
async fn change<S: Stage>(play: &Rc<Play<S>>, wire: &Wire<'_>, thing: Thing, usable: bool) {
    let _turn = play.desk.lock().await;
    play.model.borrow_mut().facts.ordered(thing, usable);
    let model = Rc::clone(&play.model);
    let told = move |ended: &Ended| match ended {
        Ended::Done => model.borrow_mut().facts.answered(thing, true),
        Ended::Declined(_) => model.borrow_mut().facts.answered(thing, false),
        Ended::KeyCreated(..) | Ended::TicketIssued(_) | Ended::Lost => {}
    };
    give_now(play, wire, told).await;
}

async fn change_policy<S: Stage>(play: &Rc<Play<S>>, key: u32, limits: Limits) {
    let suite = play.suite(key);
    let (name, mut suites) = (format!("key {key}"), [0; 16]);
    let Some(policy) = policy(suite, limits, &mut suites) else { return };
    let wire = Wire::KeyPolicy(KeyPolicy { name: named(&name), policy });
    let _turn = play.desk.lock().await;
    play.model.borrow_mut().facts.ordered_limits(key, limits);
    let model = Rc::clone(&play.model);
    let told = move |ended: &Ended| match ended {
        Ended::Done => model.borrow_mut().facts.answered_limits(key, true),
        Ended::Declined(_) => model.borrow_mut().facts.answered_limits(key, false),
        Ended::KeyCreated(..) | Ended::TicketIssued(_) | Ended::Lost => {}
    };
    give_now(play, &wire, told).await;
}

fn policy(suite: Suite, limits: Limits, suites: &mut [u8]) -> Option<Policy<'_>> {
    Some(Policy {
        items_max: u16::try_from(limits.items_max).unwrap_or(u16::MAX),
        valid_from_ms: limits.from_ms,
        valid_to_ms: limits.to_ms,
        lifetime_ms_max: u32::try_from(limits.lifetime_ms).unwrap_or(u32::MAX),
        held: limits.held,
        ..Policy::of(Suites::from_values(&[suite], suites).ok()?)
    })
}

pub(super) fn named(text: &str) -> Name<'_> {
    Name::new(text).expect("names here are short and plain")
}

pub(super) const fn done(ended: &Ended) -> bool {
    matches!(ended, Ended::Done)
}

/// Gives an order when the one before it has ended.
pub(super) async fn give<S: Stage>(
    play: &Rc<Play<S>>,
    wire: &Wire<'_>,
    told: impl FnOnce(&Ended) + 'static,
) -> Ended {
    let _turn = play.desk.lock().await;
    give_now(play, wire, told).await
}

async fn give_now<S: Stage>(
    play: &Rc<Play<S>>,
    wire: &Wire<'_>,
    told: impl FnOnce(&Ended) + 'static,
) -> Ended {
    play.note(What::Deed, || ("officer".to_owned(), format!("{wire:?}")));
    let told = move |reply: &[u8]| told(&read(reply));
    let reply = play.told(Who::Officer, encode(wire), 0, told).await;
    let ended = reply.map_or(Ended::Lost, |reply| read(&reply));
    play.note(What::Reply, || ("officer".to_owned(), format!("heard: {ended}")));
    sometimes!(play.stage.marks(), OrderDeclined, matches!(ended, Ended::Declined(_)));
    ended
}

fn read(reply: &[u8]) -> Ended {
    match canonical::decode::<Answer<'_>>(reply) {
        Ok(Answer::Done(_)) => Ended::Done,
        Ok(Answer::KeyCreated(made)) => {
            Ended::KeyCreated(made.key, made.public_key.bytes().to_vec())
        }
        // Whether such an order holds is seen when the appliance is back.
        Ok(Answer::Declined(declined)) if declined.why == ChangeError::Ledger.to_string() => {
            Ended::Lost
        }
        Ok(Answer::Declined(declined)) if declined.why.ends_with(MAY_BE_ELSEWHERE) => Ended::Lost,
        Ok(Answer::Declined(declined)) => Ended::Declined(declined.why.to_owned()),
        // Nothing was done, and nothing is before somebody helps.
        Ok(Answer::Locked(_)) => Ended::Lost,
        Ok(Answer::TicketIssued(issued)) => Ended::TicketIssued(issued.ticket.bytes().to_vec()),
        Ok(Answer::Registry(registry)) => rebuild::read(&registry),
        Ok(Answer::Status(_) | Answer::Devices(_) | Answer::Device(_) | Answer::Imported(_)) => {
            Ended::Done
        }
        Err(_) => Ended::Lost,
    }
}

/// After everything, somebody who was never there before comes, is registered and signs.
pub async fn stranger_signs<S: Stage>(play: &Rc<Play<S>>) -> Result<(), String> {
    let signer = play.scenario.house.signers.saturating_add(play.scenario.house.crowd);
    let number = play.next_key();
    let portal = play.scenario.house.portals;
    let name = format!("portal {portal}");
    let channel = play.stage.channel(Who::Portal(portal));
    let order = Wire::FrontEndAdd(FrontEndAdd { name: named(&name), channel });
    freeze(play, false).await;
    let added = done(&give(play, &order, |_| ()).await)
        && add_signer(play, signer, portal).await
        && add_key(play, number, vec![signer], 1).await;
    if !added {
        return Err("a new signer cannot be registered".to_owned());
    }
    play.model.borrow_mut().facts.allowed(Thing::Portal(portal));
    play.model.borrow_mut().facts.allowed(Thing::Grant(portal, number));
    let key = format!("key {number}");
    let grant = Grant { front_end: named(&name), key: named(&key), granted: true };
    if !done(&give(play, &Wire::Grant(grant), |_| ()).await) {
        return Err("a grant cannot be given".to_owned());
    }
    let place = play.cast.borrow().keys.iter().position(|key| key.number == number);
    let place = place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX);
    let wish = Errand { portal, key: place, device: DeviceMode::Honest, ..Errand::default() };
    // What was hoarded before may take its whole lifetime to go away.
    for _ in 0..CALM_TRIES {
        match errand(play, u64::MAX / 512, &wish).await {
            Came::Signed => return Ok(()),
            // Random bytes that the token had given before are still at hand, some of them.
            Came::Failed(Failure::Busy | Failure::Unavailable, _) => {
                play.stage.sleep_us(CALM_US).await;
            }
            other => return Err(format!("a new signer's document came to: {other}")),
        }
    }
    Err("a new signer's document finds no room".to_owned())
}
