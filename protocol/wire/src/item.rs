//! An item: one document to sign, as the signer approves it.

use minicbor::{Decode, Encode};

use crate::limits::{DTBSR_BYTES_MAX, ITEMS_MAX};
use crate::{Bounded, Digest, Label, Sequence};

/// One document to sign. Its order among the items is part of what is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Item<'b> {
    /// DTBS/R: a digest of the suite's length, or the message where the suite signs messages.
    #[b(0)]
    pub dtbsr: Bounded<'b, DTBSR_BYTES_MAX>,
    /// SHA-256 of the document's content.
    #[n(1)]
    pub content: Digest,
    /// SHA-256 of what the signer is shown.
    #[n(2)]
    pub shown: Digest,
    /// What the signer reads beside it.
    #[b(3)]
    pub label: Label<'b>,
    /// How the DTBS/R came from the content.
    #[n(4)]
    pub form: Form,
}

/// How a DTBS/R came from the content: the front-end's claim, except where the form shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Form {
    /// The content, or its digest where the suite signs digests.
    #[n(0)]
    Raw,
    /// The same of the DER of a CMS `SignedAttributes` (RFC 5652, 5.4).
    #[n(1)]
    CmsAttrs,
    /// The same of a canonical XML `SignedInfo` (XML Signature, 3.1.2).
    #[n(2)]
    SignedInfo,
}

/// The items of one activation, in their order, read in place.
pub type Items<'b> = Sequence<'b, Item<'b>, 1, ITEMS_MAX>;
