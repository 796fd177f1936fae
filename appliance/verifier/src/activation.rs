//! The activation: what was approved, by whose policy.

use countersign_core::Now;
use countersign_core::policy::{Asked, Rules, allows, allows_items, judge_items};
use countersign_ports::Crypto;
use countersign_protocol::activation::Activation;
use countersign_protocol::item::Item;
use countersign_protocol::record::SignatureContent;
use countersign_protocol::{canonical, tag};

use crate::findings::Held;
use crate::record::Recorded;
use crate::trust::Appliance;

/// A record with its activation.
pub(crate) struct Approved<'e> {
    pub(crate) activation: Activation<'e>,
    pub(crate) items: Vec<Item<'e>>,
    pub(crate) content: SignatureContent<'e>,
    pub(crate) appliance: &'e Appliance,
    pub(crate) derivations: Vec<&'e [u8]>,
}

/// The activation is of the appliance whose ledger it is, and of the record's tenant.
pub(crate) fn read<'e>(recorded: &Recorded<'e>) -> Held<Approved<'e>> {
    let content = recorded.content;
    let activation: Activation<'e> = canonical::decode(content.activation.bytes())
        .map_err(|_| "it cannot be read".to_owned())?;
    if activation.appliance != recorded.appliance.id {
        return Err("it was made by another appliance than recorded it".into());
    }
    if Some(activation.tenant) != recorded.leaf.tenant {
        return Err("it is of another tenant than its record".into());
    }
    let said = format!("transaction {}", activation.transaction);
    let items = activation.items.iter().collect();
    let (appliance, derivations) = (recorded.appliance, recorded.derivations.clone());
    Ok((Approved { activation, items, content, appliance, derivations }, said))
}

/// The policy on record is the one that the activation names, and permits what was asked for.
pub(crate) fn permitted(crypto: &impl Crypto, approved: &Approved<'_>) -> Held<()> {
    let Approved { activation, items, content, .. } = approved;
    let policy = minicbor::to_vec(content.policy).unwrap_or_default();
    if crypto.sha256(&[tag::POLICY, &policy]) != activation.policy.0 {
        return Err("the policy on record is not the one that the activation names".into());
    }
    let SignatureContent { utc_lo_ms, utc_hi_ms, .. } = *content;
    let now = Now { boot_ms: 0, utc_lo_ms, utc_hi_ms };
    let count = u16::try_from(items.len()).unwrap_or(u16::MAX);
    let Activation { suite, front_end, initiator, lifetime, items: documents, .. } = activation;
    let (suite, front_end, initiator) = (*suite, *front_end, *initiator);
    let asked =
        Asked { suite, items: count, lifetime_ms: lifetime.lifetime_ms, front_end, initiator };
    let rules = Rules::from(&content.policy);
    let verdict = allows(&rules, &asked, &now)
        .and(allows_items(&rules, documents))
        .and(judge_items(suite, documents));
    verdict.fold().map_err(|reason| reason.text().to_owned())?;
    Ok(((), format!("permits {count} items with {}", activation.suite)))
}
