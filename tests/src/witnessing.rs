//! One house that witnesses the log of another one, over HTTP on loopback.

use std::time::Duration;

use countersign_protocol::admin::{Answer, Order, Status};
use countersignd::config::{WitnessSection, WitnessingSection};
use countersignd::witnesses::{self, Asking};
use countersignd::witnessing::{self, Witnessing};

use crate::engine::Engine;

/// The name of the house that witnesses.
pub const NAME: &str = "witness.example/w1";
/// How long anybody waits for a witness.
const WITHIN: Duration = Duration::from_secs(20);

/// How a house's witness stands: records, and since when.
pub type Stands = (Option<u64>, Option<u64>);

/// The verifier key of a house's log.
pub async fn log_key(log: &Engine) -> String {
    // It is written by who asks witnesses, be there none.
    let appliance = log.appliance().await;
    let asking = witnesses::begin(appliance.inner(), &log.house.data(), &[]).unwrap();
    drop(asking);
    let key = std::fs::read_to_string(log.house.data().join("log.vkey")).unwrap();
    key.trim_end().to_owned()
}

/// Has a house witness these logs.
pub async fn witness(by: &Engine, logs: Vec<String>) -> Witnessing {
    let listen = "127.0.0.1:0".parse().unwrap();
    let section = WitnessingSection { listen, name: NAME.to_owned(), logs };
    let appliance = by.appliance().await;
    witnessing::begin(appliance.inner(), &by.house.data(), &section).await.unwrap()
}

/// Has a house ask a witness.
pub async fn ask(log: &Engine, witness: &Witnessing) -> Asking {
    let url = format!("http://{}", witness.address());
    let section = WitnessSection { url, key: witness.key().to_owned() };
    let appliance = log.appliance().await;
    witnesses::begin(appliance.inner(), &log.house.data(), &[section]).unwrap()
}

/// What a house's status says of its size, and of its one witness.
pub async fn stands(log: &Engine) -> (u64, Stands) {
    let read = |answer: &Answer<'_>| match answer {
        Answer::Status(status) => {
            let witness = status.witnesses.and_then(|all| all.iter().next());
            let stands = witness.map_or((None, None), |one| (one.size, one.time_s));
            Some((status.ledger_size, stands))
        }
        _ => None,
    };
    log.house.order(&*log.appliance().await, &Order::Status(Status {}), read).await
}

/// Waits until a house stands so with its witness.
///
/// # Panics
/// When it does not come to that.
pub async fn until(log: &Engine, holds: impl Fn(u64, Stands) -> bool) -> (u64, Stands) {
    let wait = async {
        loop {
            let (size, stands) = stands(log).await;
            if holds(size, stands) {
                return (size, stands);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    match tokio::time::timeout(WITHIN, wait).await {
        Ok(stands) => stands,
        Err(_) => panic!("the witness stands otherwise: {:?}", stands(log).await),
    }
}

/// The witness has cosigned all that there is.
pub fn all(size: u64, (seen, time_s): Stands) -> bool {
    seen == Some(size) && time_s.is_some()
}
