//! Those who ask for much.

use std::rc::Rc;

use countersign_protocol::TransactionId;
use countersign_protocol::reply::Failure;

use super::Who;
use super::frames::{Answer, Wanted, fetch};
use crate::play::Play;
use crate::random;
use crate::scenario::{Flood, Hoard};
use crate::sometimes;
use crate::stage::Stage;

/// Requests that one sender has under way at the same time.
const AT_ONCE: u32 = 32;

/// Prepares again and again, and never signs.
pub async fn hoard<S: Stage>(play: &Rc<Play<S>>, number: u64, hoard: &Hoard) {
    let key = play.cast.borrow().keys.get(hoard.key as usize).cloned();
    let Some(key) = key else { return };
    let length = key.suite.digest_bytes().unwrap_or(100);
    for nth in 0..u64::from(hoard.count) {
        let mut item = vec![0; length];
        random::stream(play.seed(), "hoard", number * 65_536 + nth).fill(&mut item);
        let wanted = Wanted {
            key: key.id,
            suite: key.suite,
            lifetime_ms: 600_000,
            initiator: None,
            items: vec![item],
        };
        let Some(frame) = wanted.frame() else { return };
        if play.ask(Who::Portal(hoard.portal), frame, 0).await.is_none() {
            return;
        }
    }
}

/// Sends many frames, some at once.
pub async fn flood<S: Stage>(play: &Rc<Play<S>>, number: u64, flood: &Flood) {
    let who = flood.portal.map_or(Who::Stranger, Who::Portal);
    for first in (0..flood.count).step_by(AT_ONCE as usize) {
        for nth in first..flood.count.min(first + AT_ONCE) {
            let frame = frame(play.seed(), number, nth, flood.garbage);
            let sender = Rc::clone(play);
            play.stage.spawn(async move {
                let reply = sender.ask(who, frame, 0).await;
                let answer = reply.map(|reply| Answer::read(&reply));
                let busy = matches!(answer, Some(Answer::Failed(Failure::Busy)));
                sometimes!(sender.stage.marks(), StrangersHeldOff, busy && who == Who::Stranger);
            });
        }
        play.stage.sleep_us(1_000).await;
    }
}

fn frame(seed: u64, number: u64, nth: u32, garbage: bool) -> Vec<u8> {
    let number = number * 65_536 + u64::from(nth);
    if garbage {
        let mut bytes = vec![0; 200];
        random::stream(seed, "flood", number).fill(&mut bytes);
        return bytes;
    }
    fetch(TransactionId(random::bytes(seed, "flood", number)))
}
