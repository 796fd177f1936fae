//! `key`: signing keys and what they may do.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use countersign_protocol::admin::{Answer, KeyCreate, KeyCreated, KeyPolicy, Order, SetStanding};
use countersign_protocol::change::Standing;
use countersign_protocol::limits::{HEAD_BYTES_MAX, NAME_BYTES_MAX};
use countersign_protocol::policy::{Policy, Suites, WitnessCount};
use countersign_protocol::{Name, Sequence, canonical};
use serde_json::json;

use super::desk::{Desk, named};
use crate::arguments::{KeyCommand, KeyCreateArguments, PolicyArguments};
use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report, policy, spki};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) async fn order(desk: &Desk, command: &KeyCommand) -> Result<Report, ConsoleError> {
    let (verb, name, standing) = match command {
        KeyCommand::Create(arguments) => return create(desk, arguments).await,
        KeyCommand::Policy { name, policy } => return set_policy(desk, name, policy).await,
        KeyCommand::Suspend { name } => ("suspend", name, Standing::Suspended),
        KeyCommand::Revoke { name } => ("revoke", name, Standing::Revoked),
        KeyCommand::Activate { name } => ("activate", name, Standing::Active),
    };
    let order = Order::KeyStanding(SetStanding { name: named(name)?, standing });
    desk.one(&format!("{verb} key {name}"), &order).await
}

async fn set_policy(
    desk: &Desk,
    name: &str,
    arguments: &PolicyArguments,
) -> Result<Report, ConsoleError> {
    let policy = compiled(arguments)?;
    let order = KeyPolicy { name: named(name)?, policy: decoded(&policy)? };
    desk.one(&format!("give key {name} another policy"), &Order::KeyPolicy(order)).await
}

async fn create(desk: &Desk, arguments: &KeyCreateArguments) -> Result<Report, ConsoleError> {
    let place = OutFile::reserve(&arguments.public_key_out, Readers::Everybody, Old::Kept)?;
    let names: Result<Vec<Name<'_>>, _> = arguments.signer.iter().map(|name| named(name)).collect();
    let mut names_room = vec![0; arguments.signer.len() * (NAME_BYTES_MAX + HEAD_BYTES_MAX)];
    let policy = compiled(&arguments.policy)?;
    let order = Order::KeyCreate(KeyCreate {
        name: named(&arguments.name)?,
        suite: arguments.policy.suite,
        signers: Sequence::from_values(&names?, &mut names_room)
            .map_err(|_| ConsoleError::usage("too many signers"))?,
        threshold: arguments.threshold,
        policy: decoded(&policy)?,
    });
    let what = format!("create key {}", arguments.name);
    match desk.ask(&what, &order).await?.answer()? {
        Answer::KeyCreated(created) => report(arguments, &created, place),
        _ => Err(ConsoleError::Unexpected),
    }
}

fn report(
    arguments: &KeyCreateArguments,
    created: &KeyCreated<'_>,
    place: OutFile,
) -> Result<Report, ConsoleError> {
    let KeyCreateArguments { name, policy: PolicyArguments { suite, .. }, .. } = arguments;
    let KeyCreated { index, key, public_key } = created;
    let file = place.path().display().to_string();
    let text = format!("key {name} has the id {key}; public key in {file} (record {index})");
    let pem = spki::pem(*suite, public_key);
    // The key is made: whatever becomes of the file, its id and public key must not be lost.
    place.write(pem.as_bytes()).inspect_err(|_| eprintln!("key {name} has the id {key}\n{pem}"))?;
    let json = json!({
        "record": index,
        "key": key.to_string(),
        "publicKey": file,
        "suite": suite.name(),
    });
    Ok(Report::new(text, json))
}

/// What is asked of the key, compiled: what the file says, or what the command says, valid from the beginning, for a key does not
/// sign before it is there.
fn compiled(arguments: &PolicyArguments) -> Result<Vec<u8>, ConsoleError> {
    if let Some(file) = &arguments.source {
        return policy::compiled(file);
    }
    let mut room = [0; 8];
    let suites =
        Suites::from_values([&arguments.suite], &mut room).map_err(|_| ConsoleError::Unexpected)?;
    let items_max = arguments.items_max;
    let valid_to_ms = days_from_now_ms(SystemTime::now(), arguments.valid_days)
        .ok_or_else(|| ConsoleError::usage("this machine's clock is wrong; set it first"))?;
    let (hybrid, witnesses) = (arguments.hybrid, arguments.witnesses.and_then(WitnessCount::new));
    let policy = Policy { items_max, valid_to_ms, hybrid, witnesses, ..Policy::of(suites) };
    minicbor::to_vec(policy).map_err(|_| ConsoleError::Unexpected)
}

fn decoded(compiled: &[u8]) -> Result<Policy<'_>, ConsoleError> {
    canonical::decode(compiled).map_err(|_| ConsoleError::Unexpected)
}

fn days_from_now_ms(now: SystemTime, days: u32) -> Option<u64> {
    let then = now.duration_since(UNIX_EPOCH).ok()?.checked_add(DAY.checked_mul(days)?)?;
    u64::try_from(then.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_ends_so_many_days_from_now() {
        let now = UNIX_EPOCH + Duration::from_millis(1_500);
        assert_eq!(days_from_now_ms(now, 2), Some(2 * 86_400_000 + 1_500));
        assert_eq!(days_from_now_ms(UNIX_EPOCH - DAY, 2), None);
    }
}
