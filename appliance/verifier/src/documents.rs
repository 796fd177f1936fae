//! The documents: that they are what the activation names, and that what was signed follows from them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_ports::Crypto;
use countersign_protocol::item::{Form, Item};
use x509_cert::attr::Attribute;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::{ObjectIdentifier, OctetString, SetOfVec};

use crate::activation::Approved;
use crate::findings::Held;

/// The attribute messageDigest of CMS (RFC 5652, 11.2).
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");

/// A document: its content, byte for byte.
#[derive(Clone, Copy, Debug)]
pub struct Document<'d>(pub &'d [u8]);

/// Which of the approved documents are at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// All of them, in their order.
    All,
    /// The one at this place, from 1.
    One(usize),
}

impl Choice {
    /// The items that are looked at.
    fn of<T>(self, items: &[T]) -> Option<&[T]> {
        match self {
            Self::All => Some(items),
            Self::One(place) => items.get(place.checked_sub(1)?..place),
        }
    }
}

/// Each document's content is the one that was approved, in its order.
pub(crate) fn named(
    crypto: &impl Crypto,
    approved: &Approved<'_>,
    documents: &[Document<'_>],
    choice: Choice,
) -> Held<()> {
    let items = choice.of(&approved.items).ok_or("the activation has no item at this place")?;
    if items.len() != documents.len() {
        let (given, named) = (documents.len(), items.len());
        return Err(format!("{given} documents are given where the activation names {named}"));
    }
    for (place, (Document(content), item)) in (1..).zip(documents.iter().zip(items)) {
        if crypto.sha256(&[content]) != item.content.0 {
            return Err(format!("document {place} is not the one that was approved there"));
        }
    }
    let labels: Vec<_> = items.iter().map(|item| item.label.as_str()).collect();
    Ok(((), format!("approved as {labels:?}")))
}

/// What was signed is made of the documents, in the form that was approved.
pub(crate) fn derived(
    crypto: &impl Crypto,
    approved: &Approved<'_>,
    documents: &[Document<'_>],
    choice: Choice,
) -> Held<()> {
    if approved.derivations.len() != approved.items.len() {
        return Err("the evidence does not say of each item how it was derived".into());
    }
    let suite = approved.activation.suite;
    let items = choice.of(&approved.items).unwrap_or_default();
    let derivations = choice.of(&approved.derivations).unwrap_or_default();
    for (place, ((item, derivation), document)) in
        (1..).zip(items.iter().zip(derivations).zip(documents))
    {
        let why = |what: &str| format!("document {place}: {what}");
        let source = source(crypto, item, derivation, document).map_err(&why)?;
        let made = match suite.digest_bytes() {
            None => source.to_vec(),
            Some(48) => crypto.sha384(&[source]).to_vec(),
            Some(_) => crypto.sha256(&[source]).to_vec(),
        };
        if made != item.dtbsr.bytes() {
            return Err(why("what was signed is not made of it"));
        }
    }
    let forms: Vec<_> = items.iter().map(|item| name(item.form)).collect();
    Ok(((), format!("as {}", forms.join(", "))))
}

/// The bytes that a DTBS/R is made of: the content, or what has its digest in it.
fn source<'d>(
    crypto: &impl Crypto,
    item: &Item<'_>,
    derivation: &'d [u8],
    Document(content): &Document<'d>,
) -> Result<&'d [u8], &'static str> {
    let has_digest = match item.form {
        Form::Raw if derivation.is_empty() => return Ok(content),
        Form::Raw => return Err("something was derived where the document itself is signed"),
        Form::CmsAttrs => has_message_digest,
        Form::SignedInfo => has_digest_value,
    };
    let digests = [crypto.sha256(&[content]).to_vec(), crypto.sha384(&[content]).to_vec()];
    let found = digests.iter().any(|digest| has_digest(derivation, digest));
    found.then_some(derivation).ok_or("what was signed has no digest of it")
}

/// The messageDigest of a CMS SignedAttributes is this (RFC 5652, 5.4 and 11.2).
fn has_message_digest(attributes: &[u8], digest: &[u8]) -> bool {
    let Ok(attributes) = SetOfVec::<Attribute>::from_der(attributes) else { return false };
    let mut found = attributes.iter().filter(|attribute| attribute.oid == MESSAGE_DIGEST);
    let (Some(one), None) = (found.next(), found.next()) else { return false };
    let [value] = one.values.as_slice() else { return false };
    value.decode_as::<OctetString>().is_ok_and(|value| value.as_bytes() == digest)
}

/// An XML SignedInfo has this DigestValue (XML Signature, 4.4.3.6).
fn has_digest_value(signed_info: &[u8], digest: &[u8]) -> bool {
    let element = format!("DigestValue>{}</", BASE64_STANDARD.encode(digest));
    signed_info.windows(element.len()).any(|bytes| bytes == element.as_bytes())
}

const fn name(form: Form) -> &'static str {
    match form {
        Form::Raw => "raw",
        Form::CmsAttrs => "cms-attrs",
        Form::SignedInfo => "signed-info",
    }
}
