//! The table of all messages: each has a file in `golden/` and a rule in `countersign.cddl`.

use countersign_protocol::activation::Activation;
use countersign_protocol::admin::{Answer, Order};
use countersign_protocol::anchor::Reanchoring;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::enrolment::{Confirmation, Enrolment, Vouch};
use countersign_protocol::evidence::Evidence;
use countersign_protocol::group::Group;
use countersign_protocol::model::{Metadata, Model, Trust};
use countersign_protocol::policy::Policy;
use countersign_protocol::receipt::{Enrolled, Receipt};
use countersign_protocol::record::{
    AlarmContent, Boot, Leaf, Opening, Record, RefusalContent, RefusalsContent, SignatureContent,
};
use countersign_protocol::recovery::{Recovery, RecoveryKey, Share};
use countersign_protocol::reply::Reply;
use countersign_protocol::request::Request;
use countersign_protocol::ticket::{Addition, Ticket};
use countersign_protocol::{canonical, change};

use super::{
    anchor, devices, encode, enrolment, ledger, model, officer, rebuild, recovery, registry, reply,
    request,
};

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
        request enrolments,
        enrolment enrol,
        enrolment vouch,
    }
    "reply" Reply<'_> {
        reply prepared,
        reply signed,
        reply signed_witnessed,
        enrolment enrolled,
        enrolment enrolled_no_invitation,
        reply enrolments_reply,
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
    "ticket" Ticket<'_> { enrolment ticket, }
    "addition" Addition { enrolment addition, }
    "receipt" Receipt<'_> { ledger receipt, }
    "enrolled-device" Enrolled<'_> { ledger enrolled_device, }
    "evidence" Evidence<'_> { ledger evidence, }
    "checkpoint" Checkpoint { ledger checkpoint, }
    "group" Group<'_> { ledger group, }
    "record" Record<'_> { ledger record, }
    "leaf" Leaf<'_> { ledger leaf, ledger leaf_boot, }
    "opening" Opening<'_> { ledger opening, }
    "boot" Boot { ledger boot, ledger boot_measured, }
    "signature-content" SignatureContent<'_> { ledger signature_content, }
    "refusal-content" RefusalContent<'_> {
        ledger refusal_content,
        ledger refusal_content_spent,
        ledger refusal_content_ticket,
        ledger refusal_content_unknown,
    }
    "refusals-content" RefusalsContent<'_> { ledger refusals_content, ledger refusals_content_unknown, }
    "alarm-content" AlarmContent { ledger alarm_content, }
    "enrolment-content" Enrolment<'_> { enrolment enrolment_content, }
    "vouch-content" Vouch<'_> { enrolment vouch_content, }
    "confirmation-content" Confirmation { enrolment confirmation_content, }
    "appliance" change::Appliance<'_> { registry appliance, registry appliance_cosigner, }
    "tenant" change::Tenant<'_> { registry tenant, }
    "officer" change::Officer<'_> { registry officer, }
    "front-end" change::FrontEnd<'_> { registry front_end, }
    "signer" change::Signer<'_> { registry signer, }
    "device" change::Device<'_> {
        registry device,
        registry device_pending,
        registry device_cloned,
        registry device_of_bad_model,
        registry device_lost,
    }
    "key" change::Key<'_> { registry key, registry key_ed25519, }
    "grant" change::Grant { registry grant, }
    "hold" change::Hold { registry hold, }
    "erasure" change::Erasure { registry erasure, }
    "freeze" change::Freeze { registry freeze, }
    "recovery" Recovery<'_> { recovery recovery, }
    "reanchoring" Reanchoring { anchor reanchoring, anchor reanchoring_missing, }
    "recovery-key" RecoveryKey<'_> { recovery recovery_key, }
    "share" Share<'_> { recovery share, }
    "trust" Trust<'_> { model trust, model trust_metadata, }
    "model" Model<'_> { model model, model model_revoked, }
    "metadata" Metadata { model metadata, }
    "policy" Policy<'_> { registry policy, registry policy_witnessed, registry policy_full, }
    "order" Order<'_> {
        officer order_status,
        officer order_signer_add,
        devices order_ticket_issue,
        devices order_device_standing,
        officer order_key_create,
        officer order_key_standing,
        officer order_key_policy,
        officer order_key_policy_full,
        officer order_front_end_add,
        officer order_grant,
        officer order_front_end_standing,
        devices order_device_confirm,
        devices order_devices_lost,
        devices order_device_list,
        devices order_device_show,
        model order_trust,
        model order_trust_metadata,
        model order_metadata_import,
        officer order_signer_hold,
        officer order_signer_erase,
        recovery order_recovery_set,
        anchor order_reanchor,
        rebuild order_registry,
        rebuild order_registry_rebuild,
        officer order_freeze,
        officer order_thaw,
    }
    "answer" Answer<'_> {
        officer answer_status,
        officer answer_status_no_metadata,
        officer answer_status_witnessed,
        officer answer_status_recoverable,
        officer answer_status_cosigner,
        officer answer_done,
        officer answer_key_created,
        officer answer_declined,
        devices answer_ticket_issued,
        devices answer_devices,
        devices answer_device,
        devices answer_device_pending,
        model answer_imported,
        anchor answer_locked,
        anchor answer_locked_missing,
        rebuild answer_registry,
        rebuild answer_registry_rebuilding,
        rebuild answer_registry_rebuilt,
        rebuild answer_registry_not_rebuilt,
    }
}
