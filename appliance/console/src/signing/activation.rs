//! Before anybody approves: is the activation what was asked for?
//!
//! Guarantees to the signer: the challenge covers exactly these activation bytes, and they name the
//! items, key, suite and lifetime that this command asked for. Not checked, because a front-end does not
//! know better: appliance, tenant, policy, approvers.

use aws_lc_rs::digest::{Context, SHA256};
use countersign_protocol::activation::Activation;
use countersign_protocol::reply::Prepared;
use countersign_protocol::request::Prepare;
use countersign_protocol::{canonical, tag};

use crate::ConsoleError;

/// The activation, if it is what was asked for.
pub(super) fn check<'a>(
    prepared: &Prepared<'a>,
    asked: &Prepare<'_>,
) -> Result<Activation<'a>, ConsoleError> {
    let bytes = prepared.activation.bytes();
    require(challenge(bytes).as_ref() == prepared.challenge.as_ref(), "challenge")?;
    let activation: Activation<'a> =
        canonical::decode(bytes).map_err(|_| ConsoleError::NotAsked("form"))?;
    require(activation.key == asked.key, "key")?;
    require(activation.suite == asked.suite, "suite")?;
    require(activation.lifetime.lifetime_ms == asked.lifetime_ms, "lifetime")?;
    require(activation.initiator == asked.initiator, "initiator")?;
    require(activation.items.iter().eq(asked.items.iter()), "list of items")?;
    Ok(activation)
}

fn require(holds: bool, what: &'static str) -> Result<(), ConsoleError> {
    if holds { Ok(()) } else { Err(ConsoleError::NotAsked(what)) }
}

fn challenge(activation: &[u8]) -> aws_lc_rs::digest::Digest {
    let mut context = Context::new(&SHA256);
    context.update(tag::ACTIVATION);
    context.update(activation);
    context.finish()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::activation::{Lifetime, Version};
    use countersign_protocol::approvers::Approvers;
    use countersign_protocol::item::{Form, Item};
    use countersign_protocol::{
        ApplianceId, Bounded, Digest, FrontEndId, KeyId, Label, Sequence, SignerId, Suite,
        TenantId, TransactionId,
    };

    use super::*;

    fn item(content: u8) -> Item<'static> {
        Item {
            dtbsr: Bounded::new(&[1; 32]).unwrap(),
            content: Digest([content; 32]),
            shown: Digest([1; 32]),
            label: Label::new("a").unwrap(),
            form: Form::Raw,
        }
    }

    /// What `check` says of an activation with one thing changed.
    fn verdict(
        change: impl FnOnce(&mut Activation<'_>, &mut Prepare<'_>),
        flip: u8,
    ) -> Option<String> {
        let (mut items_room, mut ids_room, mut credential_room) = ([0; 512], [0; 8], [0; 8]);
        let items = Sequence::from_values(&[item(1), item(2)], &mut items_room).unwrap();
        let ids = Sequence::from_values([&SignerId(1)], &mut ids_room).unwrap();
        let credential: Bounded<'_, 1023> = Bounded::new(&[9]).unwrap();
        let lifetime = Lifetime { utc_lo_ms: 1, utc_hi_ms: 2, lifetime_ms: 5_000 };
        let (key, suite) = (KeyId([3; 16]), Suite::Esp256);
        let mut asked = Prepare { key, suite, lifetime_ms: 5_000, initiator: None, items };
        let mut activation = Activation {
            version: Version::V1,
            appliance: ApplianceId([1; 16]),
            tenant: TenantId(1),
            transaction: TransactionId([2; 32]),
            key,
            public_key: Digest([4; 32]),
            suite,
            policy: Digest([5; 32]),
            approvers: Approvers::new(ids, 1).unwrap(),
            initiator: None,
            front_end: FrontEndId(1),
            lifetime,
            items,
        };
        change(&mut activation, &mut asked);
        let bytes = minicbor::to_vec(activation).unwrap();
        let mut hash: [u8; 32] = challenge(&bytes).as_ref().try_into().unwrap();
        hash[0] ^= flip;
        let prepared = Prepared {
            activation: Bounded::new(&bytes).unwrap(),
            challenge: Digest(hash),
            credentials: Sequence::from_values([&credential], &mut credential_room).unwrap(),
        };
        check(&prepared, &asked).err().map(|why| why.to_string())
    }

    #[test]
    fn what_was_asked_for_passes() {
        assert_eq!(verdict(|_, _| {}, 0), None);
    }

    #[test]
    fn each_difference_is_named() {
        let says = |verdict: Option<String>, what: &str| {
            let verdict = verdict.unwrap();
            assert!(verdict.contains(&format!("another {what} than")), "{verdict}");
        };
        says(verdict(|_, _| {}, 1), "challenge");
        says(verdict(|activation, _| activation.key = KeyId([0; 16]), 0), "key");
        says(verdict(|activation, _| activation.lifetime.lifetime_ms += 1, 0), "lifetime");
        says(verdict(|activation, _| activation.initiator = Some(SignerId(1)), 0), "initiator");
    }

    #[test]
    fn other_items_or_another_order_are_named() {
        for others in [&[item(1)][..], &[item(2), item(1)], &[item(1), item(3)]] {
            let verdict = verdict(
                |_, asked| {
                    let room = Box::leak(Box::new([0; 512]));
                    asked.items = Sequence::from_values(others, room).unwrap();
                },
                0,
            );
            assert!(verdict.unwrap().contains("list of items"));
        }
    }
}
