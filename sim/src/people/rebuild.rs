//! At the end, an officer has the registry made from the ledger again.
//!
//! Guarantee: whatever happened, and wherever a start began, what decides is what the ledger says, or it is found out.

use std::rc::Rc;

use countersign_protocol::admin::{Order, RegistryAnswer, RegistryQuery};

use super::officer::{Ended, give};
use crate::play::Play;
use crate::stage::Stage;

/// How often it is asked what has come of it, and after how long.
const TRIES: u32 = 60;
const AGAIN_US: u64 = 1_000_000;
/// In the appliance's own words, of which nothing else is made.
const DIFFERS: &str = "is not what the ledger says";

/// What came of it.
pub enum Rebuilt {
    /// The same.
    Same,
    /// Something else, and how that was said.
    Other(String),
    /// Nothing: the ledger does not read, or nobody answers. Other rules are about that.
    Nothing,
}

/// Has it made again, and waits for what comes of it.
pub async fn registry_is_rebuilt<S: Stage>(play: &Rc<Play<S>>) -> Rebuilt {
    for turn in 0..TRIES {
        let order = Order::Registry(RegistryQuery { rebuild: turn == 0 });
        match give(play, &order, |_| ()).await {
            Ended::Done => return Rebuilt::Same,
            Ended::Declined(why) if why.contains(DIFFERS) => return Rebuilt::Other(why),
            Ended::Declined(_) => return Rebuilt::Nothing,
            _ => play.stage.sleep_us(AGAIN_US).await,
        }
    }
    Rebuilt::Nothing
}

/// An answer about it: nobody knows what comes of it while it is under way.
pub(super) fn read(registry: &RegistryAnswer<'_>) -> Ended {
    let Some(rebuild) = &registry.rebuild else { return Ended::Lost };
    match (rebuild.root, rebuild.why) {
        (Some(_), _) => Ended::Done,
        (None, Some(why)) => Ended::Declined(why.to_owned()),
        (None, None) => Ended::Lost,
    }
}
