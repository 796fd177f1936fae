//! What the model says to a reply.

use super::facts::{Key, Thing};
use super::possible::Era;
use super::reading::{self, Receipt, Reply, activation, challenge};
use super::{Id, Model, Rule};

/// Who asked, and when.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Which front-end; none: nobody that was ever registered.
    pub portal: Option<u32>,
    /// Which start of the appliance answers, counted from 1.
    pub start: u64,
    /// Milliseconds of true time at which the request was sent.
    pub sent_ms: u64,
    /// The same at which the reply left, in UTC since 1970.
    pub left_utc_ms: u64,
    /// The same since the world began.
    pub left_ms: u64,
    /// Whether the clocks were right all the time.
    pub right_clock: bool,
    /// What could hold after this era could when it was decided; none: only what may hold now, for the
    /// reply leaves now.
    pub since: Option<Era>,
    /// Whether it was asked for before, or is fetched: what is on record comes as it was decided.
    pub again: bool,
}

impl Asked {
    fn after(&self) -> Era {
        self.since.unwrap_or(Era::MAX)
    }
}

/// An activation that was given to a front-end.
pub(super) struct Prepared {
    portal: u32,
    start: u64,
    prepared_ms: u64,
}

/// An approval that was accepted: of which challenge, and by which start.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    challenge: [u8; 32],
    start: u64,
}

/// What was released for a transaction.
pub(super) struct Released {
    pub(super) portal: u32,
    pub(super) signatures: Vec<Vec<u8>>,
}

impl Model {
    /// A reply leaves the appliance.
    pub fn replied(&mut self, asked: &Asked, bytes: &[u8]) {
        self.judge_bytes(bytes);
        match reading::reply(bytes) {
            Some(Reply::Failed) => {
                let plain = matches!(bytes, [0x81, 16..=20]);
                self.require(plain, Rule::Uniform, || format!("a failure tells {bytes:02x?}"));
            }
            Some(Reply::Prepared { activation }) => self.prepared(asked, activation),
            Some(Reply::Signed { signatures, receipt }) => {
                self.judge_copy(asked.start);
                if let Err((rule, how)) = self.released_now(asked, signatures, &receipt) {
                    self.broken(rule, how);
                }
            }
            Some(Reply::Enrolled) => {
                let known = asked.portal.is_some();
                self.require(known, Rule::Approved, || "a stranger has enrolled a device".into());
            }
            None => self.broken(Rule::Uniform, "a reply that nobody can read"),
        }
    }

    /// Where two copies are alive, the one that was started first gives no signature away once the other one did.
    fn judge_copy(&mut self, start: u64) {
        let newest = start >= self.gave;
        self.gave = self.gave.max(start);
        let how = || "a copy gives a signature away after a newer one did".into();
        self.require(newest, Rule::OneCopy, how);
    }

    fn prepared(&mut self, asked: &Asked, bytes: &[u8]) {
        let known = activation(bytes).zip(asked.portal);
        let Some((activation, portal)) = known else {
            return self.broken(Rule::Approved, "an activation for nobody");
        };
        let number = self.facts.keys.get(&activation.key).map(|(number, _)| *number);
        let granted =
            number.is_some_and(|key| self.facts.may(Thing::Grant(portal, key), asked.after()));
        self.require(granted, Rule::Revoked, || "prepared without a grant".into());
        let prepared = Prepared { portal, start: asked.start, prepared_ms: asked.left_ms };
        let before = self.prepared.insert(challenge(bytes), prepared);
        self.require(before.is_none(), Rule::Once, || "one activation was given twice".into());
    }

    fn released_now(
        &mut self,
        asked: &Asked,
        signatures: Vec<Vec<u8>>,
        receipt: &Receipt<'_>,
    ) -> Result<(), (Rule, String)> {
        let fail = |rule, how: &str| Err((rule, how.to_owned()));
        self.log.follows(receipt).map_err(|how| (Rule::OnRecord, how))?;
        let content = reading::content(receipt.opening).and_then(reading::signature);
        let Some(content) = content else {
            return fail(Rule::OnRecord, "no record in the receipt");
        };
        let Some(approved) = activation(content.activation) else {
            return fail(Rule::Approved, "no activation on record");
        };
        let same = content.signatures.iter().eq(signatures.iter());
        if !same {
            return fail(Rule::OnRecord, "other signatures than those on record");
        }
        let Some((number, key)) = self.facts.keys.get(&approved.key).cloned() else {
            return fail(Rule::Approved, "a key that nobody ordered");
        };
        self.judge_signatures(&key, &approved.items, &signatures)?;
        let challenge = challenge(content.activation);
        self.judge_approvals(asked, &key, &challenge, &content)?;
        let (Some(prepared), Some(portal)) = (self.prepared.get(&challenge), asked.portal) else {
            return fail(Rule::Approved, "an activation that nobody was given");
        };
        if prepared.portal != portal {
            return fail(Rule::Approved, "another front-end's activation");
        }
        let (start, prepared_ms) = (prepared.start, prepared.prepared_ms);
        self.judge_standing(asked, number, portal)?;
        if let Some(before) = self.released.get(&approved.transaction) {
            let again = before.signatures == signatures && before.portal == portal;
            return if again { Ok(()) } else { fail(Rule::Once, "one approval, two results") };
        }
        // A boot from a snapshot does not look at what rots before it, and the model sees nothing behind that.
        let unseen = self.log.is_cut_short() && self.is_waived(Rule::OnRecord);
        if start != asked.start && !self.log.has(&approved.transaction) && !unseen {
            return fail(Rule::Once, "an activation of an earlier boot");
        }
        if start == asked.start {
            let what = (&challenge, &approved);
            self.judge_limits(asked, number, what, prepared_ms)?;
        }
        self.released.insert(approved.transaction, Released { portal, signatures });
        Ok(())
    }

    fn judge_signatures(
        &self,
        key: &Key,
        items: &[Vec<u8>],
        signatures: &[Vec<u8>],
    ) -> Result<(), (Rule, String)> {
        let good = |(item, signature): (&Vec<u8>, &Vec<u8>)| {
            (self.verify)(&key.public_key, item, signature)
        };
        let all = items.len() == signatures.len() && items.iter().zip(signatures).all(good);
        if all { Ok(()) } else { Err((Rule::Approved, "a signature over something else".into())) }
    }

    /// Each assertion on record is one that a device made, soundly, of this challenge; and enough
    /// different approvers of the key have made one.
    fn judge_approvals(
        &mut self,
        asked: &Asked,
        key: &Key,
        challenge: &[u8; 32],
        content: &reading::Signature<'_>,
    ) -> Result<(), (Rule, String)> {
        let made = self.facts.approvals.get(challenge).map_or(&[][..], Vec::as_slice);
        let mut approvers: Vec<u32> = Vec::new();
        let mut counted = Vec::new();
        for assertion in &content.assertions {
            let own = made.iter().find(|a| a.sound && a.assertion.iter().eq(assertion.iter()));
            let Some(own) = own else {
                return Err((Rule::Approved, "an approval that no device gave".into()));
            };
            let owner = self.facts.owners.get(&own.device);
            let Some(owner) = owner.filter(|owner| key.signers.contains(owner)) else {
                return Err((Rule::Approved, "approved by somebody who may not".into()));
            };
            if !self.facts.may(Thing::Device(own.device), asked.after()) {
                return Err((Rule::Revoked, "approved by a device that is out of use".into()));
            }
            if !approvers.contains(owner) {
                approvers.push(*owner);
            }
            counted.push((own.device, own.sign_count));
        }
        if approvers.len() < usize::from(key.threshold) {
            return Err((Rule::Approved, "too few approvers".into()));
        }
        self.count(&counted, Accepted { challenge: *challenge, start: asked.start })
    }

    /// No two approvals of a device that counts have the same signCount.
    fn count(&mut self, counted: &[(u32, u32)], now: Accepted) -> Result<(), (Rule, String)> {
        for counted in counted.iter().filter(|(_, sign_count)| *sign_count > 0) {
            let first = self.counts.get(counted).copied();
            let first = first.filter(|first| !self.is_lost(first, now.start)).unwrap_or(now);
            self.counts.insert(*counted, first);
            if first.challenge != now.challenge {
                return Err((Rule::Once, "one signCount of a device was accepted twice".into()));
            }
        }
        Ok(())
    }

    /// Whether another start has accepted it, and its record was lost with a disk.
    fn is_lost(&self, accepted: &Accepted, start: u64) -> bool {
        let may_be = self.is_waived(Rule::OnRecord) && accepted.start != start;
        may_be && !self.log.has_approved(&accepted.challenge)
    }

    fn judge_standing(&self, asked: &Asked, key: u32, portal: u32) -> Result<(), (Rule, String)> {
        for thing in [Thing::Key(key), Thing::Portal(portal), Thing::Appliance] {
            if !self.facts.may(thing, asked.after()) {
                return Err((Rule::Revoked, format!("{thing:?} is out of use")));
            }
        }
        Ok(())
    }

    fn judge_limits(
        &self,
        asked: &Asked,
        key: u32,
        (challenge, approved): (&[u8; 32], &reading::Activation),
        prepared_ms: u64,
    ) -> Result<(), (Rule, String)> {
        let possible = self.facts.limits.get(&key);
        // What is on record comes again as it was.
        let since = asked.since.or(asked.again.then_some(Era::MAX));
        let after = since.map_or(Era::MAX, |since| self.facts.first_approved(challenge, since));
        let items = approved.items.len() as u64;
        let lifetime_ms = approved.lifetime_ms;
        let within = possible.is_some_and(|p| {
            p.any(after, |limits| {
                items <= limits.items_max && lifetime_ms <= limits.lifetime_ms && !limits.held
            })
        });
        if !within {
            let text = format!("{items} items at once for {lifetime_ms} ms, or nothing is allowed");
            return Err((Rule::Limits, text));
        }
        // It was brought for the first time when it was approved, whenever its reply came.
        let made = self.facts.approvals.get(challenge).into_iter().flatten();
        let made_ms = made.map(|approval| approval.made_ms).min().unwrap_or(asked.sent_ms);
        let age_ms = made_ms.saturating_sub(prepared_ms);
        if age_ms > approved.lifetime_ms {
            return Err((Rule::Limits, format!("approved {age_ms} ms after it was prepared")));
        }
        let took_ms = asked.left_ms.saturating_sub(made_ms);
        let made_utc_ms = asked.left_utc_ms.saturating_sub(took_ms);
        let dated = possible.is_some_and(|p| {
            p.any(after, |limits| {
                limits.from_ms <= asked.left_utc_ms && made_utc_ms <= limits.to_ms
            })
        });
        if asked.right_clock && !dated {
            return Err((Rule::Limits, "outside the key's validity".into()));
        }
        Ok(())
    }

    /// The uses of signers' keys, as the token knows them: transaction and item of each.
    pub fn used(&mut self, uses: &[(Id, u16)]) {
        let mut seen = std::collections::HashSet::new();
        for (transaction, item) in uses {
            let first = seen.insert((transaction, *item));
            let how = || format!("item {item} of one approval was signed twice");
            self.require(first, Rule::Once, how);
        }
    }
}
