//! The documents: that they are what the activation names, and that what was signed follows from them.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_core::suite::algorithm;
use countersign_ports::{Crypto, SHA384_BYTES};
use countersign_protocol::Suite;
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

/// Documents with the items that approved them.
pub(crate) struct Named<'e> {
    suite: Suite,
    documents: Vec<Subject<'e>>,
}

/// A document, its item, and what the exporter says that it derived.
struct Subject<'e> {
    document: Document<'e>,
    item: Item<'e>,
    derivation: Option<&'e [u8]>,
}

/// Each document's content is the one that was approved, in its order.
pub(crate) fn named<'e>(
    crypto: &impl Crypto,
    approved: &Approved<'e>,
    documents: &[Document<'e>],
    choice: Choice,
) -> Held<Named<'e>> {
    let derivations = &approved.derivations;
    let said = derivations.len() == approved.items.len();
    let of_items = approved.items.iter().enumerate();
    let of_items =
        of_items.map(|(at, item)| (*item, derivations.get(at).filter(|_| said).copied()));
    let of_items: Vec<_> = of_items.collect();
    let items = choice.of(&of_items).ok_or("the activation has no item at this place")?;
    if items.len() != documents.len() {
        let (given, named) = (documents.len(), items.len());
        return Err(format!("{given} documents are given where the activation names {named}"));
    }
    let pairs = documents.iter().zip(items);
    let subjects = pairs.map(|(document, (item, derivation))| Subject {
        document: *document,
        item: *item,
        derivation: *derivation,
    });
    let documents: Vec<_> = subjects.collect();
    for (place, Subject { document, item, .. }) in (1..).zip(&documents) {
        if crypto.sha256(&[document.0]) != item.content.0 {
            return Err(format!("document {place} is not the one that was approved there"));
        }
    }
    let labels: Vec<_> = documents.iter().map(|one| one.item.label.as_str()).collect();
    let said = format!("approved as {labels:?}");
    Ok((Named { suite: approved.activation.suite, documents }, said))
}

/// What was signed is made of the documents, in the form that was approved.
pub(crate) fn derived(crypto: &impl Crypto, named: &Named<'_>) -> Held<()> {
    for (place, subject) in (1..).zip(&named.documents) {
        let why = |what: &str| format!("document {place}: {what}");
        let source = subject.source(crypto).map_err(&why)?;
        let made = match algorithm(named.suite).digest_bytes() {
            None => source.to_vec(),
            Some(SHA384_BYTES) => crypto.sha384(&[source]).to_vec(),
            Some(_) => crypto.sha256(&[source]).to_vec(),
        };
        if made != subject.item.dtbsr.bytes() {
            return Err(why("what was signed is not made of it"));
        }
    }
    let forms: Vec<_> = named.documents.iter().map(|one| name(one.item.form)).collect();
    Ok(((), format!("as {}", forms.join(", "))))
}

impl<'e> Subject<'e> {
    /// The bytes that the DTBS/R is made of: the content, or what has its digest in it.
    fn source(&self, crypto: &impl Crypto) -> Result<&'e [u8], &'static str> {
        let derivation = self.derivation.ok_or("the evidence does not say how it was derived")?;
        let has_digest = match self.item.form {
            Form::Raw if derivation.is_empty() => return Ok(self.document.0),
            Form::Raw => return Err("something was derived where the document itself is signed"),
            Form::CmsAttrs => has_message_digest,
            Form::SignedInfo => has_digest_value,
        };
        let content = self.document.0;
        let digests = [crypto.sha256(&[content]).to_vec(), crypto.sha384(&[content]).to_vec()];
        let found = digests.iter().any(|digest| has_digest(derivation, digest));
        found.then_some(derivation).ok_or("what was signed has no digest of it")
    }
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
