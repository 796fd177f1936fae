//! The table of all messages: each has a file in `golden/` and a rule in `countersign.cddl`.

use countersign_protocol::activation::Activation;
use countersign_protocol::admin::{Answer, Order};
use countersign_protocol::group::Group;
use countersign_protocol::policy::Policy;
use countersign_protocol::receipt::{Checkpoint, Receipt};
use countersign_protocol::record::{
    AlarmContent, Boot, Leaf, Opening, Record, RefusalContent, SignatureContent,
};
use countersign_protocol::reply::Reply;
use countersign_protocol::request::Request;
use countersign_protocol::ticket::{Addition, Ticket};
use countersign_protocol::{canonical, change};

use super::{encode, ledger, officer, registry, reply, request};

/// One message of the story.
pub struct Message {
    /// Its file in `golden/`, without the ending.
    pub name: &'static str,
    /// Its rule in `countersign.cddl`.
    pub rule: &'static str,
    /// Its encoding, made from the fixed value.
    pub bytes: fn() -> Vec<u8>,
    /// Whether these bytes decode to the fixed value.
    pub is_meant_by: fn(&[u8]) -> bool,
    /// What a message of this type is encoded as again, if it decodes.
    pub again: fn(&[u8]) -> Option<Vec<u8>>,
}

impl Message {
    /// Whether these bytes decode as a message of this type.
    pub fn accepts(&self, bytes: &[u8]) -> bool {
        (self.again)(bytes).is_some()
    }
}

/// The message of this name.
pub fn message(name: &str) -> &'static Message {
    MESSAGES.iter().find(|message| message.name == name).unwrap()
}

macro_rules! messages {
    ($($rule:literal $type:ty { $($part:ident $name:ident,)* })*) => {
        /// Every message of the story.
        pub const MESSAGES: &[Message] = &[$($(
            Message {
                name: stringify!($name),
                rule: $rule,
                bytes: || encode(&$part::$name()),
                is_meant_by: |bytes| canonical::decode::<$type>(bytes) == Ok($part::$name()),
                again: |bytes| canonical::decode::<$type>(bytes).ok().map(|value| encode(&value)),
            },
        )*)*];
    };
}

messages! {
    "request" Request<'_> {
        request prepare,
        request prepare_two_items,
        request prepare_message,
        request sign,
        request fetch,
    }
    "reply" Reply<'_> {
        reply prepared,
        reply signed,
        reply refused,
        reply stale,
        reply malformed,
        reply busy,
        reply unavailable,
    }
    "activation" Activation<'_> {
        request activation,
        request activation_two_approvers,
    }
    "ticket" Ticket<'_> { request ticket, }
    "addition" Addition { request addition, }
    "receipt" Receipt<'_> { ledger receipt, }
    "checkpoint" Checkpoint { ledger checkpoint, }
    "group" Group<'_> { ledger group, }
    "record" Record<'_> { ledger record, }
    "leaf" Leaf<'_> { ledger leaf, ledger leaf_boot, }
    "opening" Opening<'_> { ledger opening, }
    "boot" Boot { ledger boot, }
    "signature-content" SignatureContent<'_> { ledger signature_content, }
    "refusal-content" RefusalContent<'_> { ledger refusal_content, ledger refusal_content_spent, ledger refusal_content_unknown, }
    "alarm-content" AlarmContent { ledger alarm_content, }
    "appliance" change::Appliance<'_> { registry appliance, }
    "tenant" change::Tenant<'_> { registry tenant, }
    "officer" change::Officer<'_> { registry officer, }
    "front-end" change::FrontEnd<'_> { registry front_end, }
    "signer" change::Signer<'_> { registry signer, }
    "device" change::Device<'_> { registry device, }
    "key" change::Key<'_> { registry key, registry key_ed25519, }
    "grant" change::Grant { registry grant, }
    "policy" Policy<'_> { registry policy, }
    "order" Order<'_> {
        officer order_status,
        officer order_signer_add,
        officer order_device_enrol,
        officer order_device_standing,
        officer order_key_create,
        officer order_key_standing,
        officer order_key_policy,
        officer order_front_end_add,
        officer order_grant,
        officer order_front_end_standing,
    }
    "answer" Answer<'_> {
        officer answer_status,
        officer answer_done,
        officer answer_key_created,
        officer answer_declined,
    }
}
