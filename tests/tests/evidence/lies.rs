//! The table of lies: each is the good case with exactly one thing wrong, and the link that it breaks. Whoever
//! lies holds all keys but does every later step right, so that nothing else is wrong.

use countersign_authority::rcgen::{
    BasicConstraints, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    PKCS_ECDSA_P384_SHA384, date_time_ymd,
};
use countersign_authority::{Description, Edit, aaguid_extension, alt_name, int, map, text};
use countersign_device::{Authenticator, SignatureForm};
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::item::Form;
use countersign_protocol::limits::{ATTESTATION_OBJECT_BYTES_MAX, COSE_KEY_BYTES_MAX};
use countersign_protocol::record::Kind;
use countersign_protocol::record::SignatureContent;
use countersign_protocol::{
    ApplianceId, Bounded, Digest, FrontEndId, Name, Origin, Sequence, SignerId, SlotId, TenantId,
    TicketId,
};
use countersign_verifier::Link;

use crate::enrolled::{ENROLLED_MS, RAN_OUT_MS};
use crate::keys::Key;
use crate::story::{ADA, BEN, Lies, Story};
use crate::{attested, certified, cosigned, rules, tickets};

/// A lie.
pub struct Lie {
    pub what: &'static str,
    pub link: Link,
    pub story: fn() -> Story,
    pub lie: Lies,
}

pub const NONE: Lies = Lies {
    items: None,
    policy: None,
    activation: None,
    says: None,
    approvals: None,
    content: None,
    opening: None,
    leaf: None,
    receipt: None,
    places: None,
    ticket: None,
    draft: None,
    enrolment: None,
    enrolment_content: None,
    enrolment_leaf: None,
    enrolled: None,
    certificates: None,
    checkpoint: None,
    cosigned: None,
    own: None,
    evidence: None,
    payload: None,
    file: None,
    documents: None,
    trust: None,
};

macro_rules! lies {
    ($($story:ident $link:ident $what:literal $step:ident: $lie:expr;)*) => {
        &[$(Lie {
            what: $what,
            link: Link::$link,
            story: Story::$story,
            lie: Lies { $step: Some($lie), ..NONE },
        },)*]
    };
}

#[rustfmt::skip]
pub const LIES: &[Lie] = lies! {
    usual Envelope "a bit of the exporter's signature" file: |file| *file.last_mut().unwrap() ^= 1;
    usual Envelope "a byte after the end" file: |file| file.push(0);
    usual Envelope "the tag left out" file: |file| { file.remove(0); };
    usual Envelope "an exporter of no known kind" payload: |payload| payload[6] ^= 1;
    usual Evidence "another version" payload: |payload| payload[2] = 2;
    usual Checkpoint "no receipt" evidence: |e| e.receipt = Bounded::EMPTY;
    usual Checkpoint "another appliance" checkpoint: |c| c.appliance = ApplianceId([1; 16]);
    usual Checkpoint "a bit of the checkpoint's signature" receipt: |r| r.signature[9] ^= 1;
    usual Checkpoint "a checkpoint of another size" receipt: |r| r.checkpoint.size += 1;
    usual Checkpoint "another checkpoint key" trust: |t| *t = t.replace("checkpoint_key = \"8a", "checkpoint_key = \"8b");
    cosigned Cosignature "none" own: |line, _| line.clear();
    cosigned Cosignature "over a checkpoint of another size" own: |line, c| *line = cosigned::line(cosigned::OWN, 0, &Checkpoint { size: c.size + 1, ..*c });
    cosigned Cosignature "over another root" own: |line, c| *line = cosigned::line(cosigned::OWN, 0, &Checkpoint { root: Digest([0; 32]), ..*c });
    cosigned Cosignature "of another log" own: |line, c| *line = cosigned::line(cosigned::OWN, 0, &Checkpoint { appliance: ApplianceId([1; 16]), ..*c });
    cosigned Cosignature "by another key" own: |line, c| *line = cosigned::line(8, 0, c);
    cosigned Cosignature "a bit of it" own: |line, _| cosigned::flipped(line);
    cosigned Cosignature "with its line feed" own: |line, _| line.push('\n');
    cosigned Cosignature "another key asked for" trust: |t| *t = t.replace(&hex::encode(*cosigned::public(cosigned::OWN)), &hex::encode(*cosigned::public(8)));
    usual Witnesses "a witness of another checkpoint" cosigned: |line| line.replace_range(line.len() - 12..line.len() - 8, "AAAA");
    usual Witnesses "no witness" cosigned: |line| line.clear();
    usual Witnesses "another witness" cosigned: |line| *line = line.replace("witness.example/w", "witness.example/v");
    usual Witnesses "two lines in one" cosigned: |line| *line = format!("{line}\n{line}");
    usual Inclusion "another place" receipt: |r| r.index ^= 1;
    usual Inclusion "outside of the tree" receipt: |r| r.index = r.checkpoint.size;
    usual Inclusion "a hash too few" receipt: |r| r.path = Sequence::EMPTY;
    usual Inclusion "another leaf" receipt: |r| r.leaf = Bounded::new(b"another").unwrap();
    usual Record "the record of a refusal" leaf: |leaf| leaf.kind = Kind::Refusal;
    usual Record "another commitment" leaf: |leaf| leaf.commitment = Digest([0; 32]);
    usual Record "another opening" opening: |opening| *opening.last_mut().unwrap() ^= 1;
    usual Record "an opening of another record" receipt: |r| r.opening = Bounded::new(b"\xa0").unwrap();
    usual Activation "made by another appliance" activation: |a| a.appliance = ApplianceId([1; 16]);
    usual Activation "of another tenant" activation: |a| a.tenant = TenantId(8);
    usual Activation "a record of another tenant" leaf: |leaf| leaf.tenant = Some(TenantId(8));
    usual Activation "no activation" content: |c| c.activation = Bounded::new(b"\x00").unwrap();
    usual Documents "another document" documents: |d| d[0] = b"Dear F.".to_vec();
    usual Documents "another order" documents: |d| d.swap(0, 1);
    usual Documents "a document too few" documents: |d| { d.pop(); };
    usual Documents "a document too many" documents: |d| d.push(b"and this".to_vec());
    usual Documents "another content approved" items: |items| items[1].content = Digest([0; 32]);
    usual Derivation "another DTBS/R" items: |items| items[0].dtbsr = items[1].dtbsr;
    usual Derivation "another form" items: |items| items[0].form = Form::CmsAttrs;
    cms Derivation "attributes of another document" evidence: |e| e.derivations = reversed(e.derivations);
    xml Derivation "a SignedInfo of another document" evidence: |e| e.derivations = reversed(e.derivations);
    usual Derivation "a derivation too few" evidence: |e| e.derivations = shortened(e.derivations);
    usual Policy "another policy than was approved" activation: |a| a.policy = Digest([0; 32]);
    usual Policy "too many items for it" policy: |policy| policy.items_max = 1;
    usual Policy "not valid any more" policy: |policy| policy.valid_to_ms = 1;
    usual Policy "everything held back" policy: |policy| policy.held = true;
    usual Policy "an activation that lived too long" policy: |policy| policy.lifetime_ms_max -= 1;
    usual Policy "after the calendar's last hour" policy: |policy| policy.calendar = Some(rules::calendar(1, None));
    usual Policy "on a date on which nothing is signed" policy: |policy| policy.calendar = Some(rules::calendar(u32::MAX, Some(u32::MAX)));
    usual Policy "a front-end that may not ask" policy: |policy| policy.front_ends = Some(rules::front_ends(&[FrontEndId(99)]));
    usual Policy "a form that is not allowed" policy: |policy| policy.forms = Some(rules::forms(&[Form::CmsAttrs]));
    usual Policy "a label that is not allowed" policy: |policy| policy.labels = Some(rules::labels(&["a", "b*"]));
    usual Approvers "nobody says who asked" policy: |policy| policy.initiator_apart = true;
    usual Policy "times that go back" content: |c| c.utc_hi_ms = c.utc_lo_ms - 1;
    usual Approvers "one person twice" approvals: |all| all[1].signer = ADA;
    usual Approvers "too few people" approvals: |all| { all.pop(); };
    usual Approvers "somebody who may not" approvals: |all| all[1].signer = SignerId(99);
    hybrid Approvers "one person without a lattice" approvals: |all| { all.pop(); };
    hybrid Approvers "one person twice with a lattice" approvals: |all| all[3].signer = ADA;
    hybrid DeviceSignature "a lattice's signature by another key" approvals: |all| all[2].assertion.signature = flipped(all[2].assertion.signature);
    usual Approvers "a device's key that is none" approvals: |all| all[0].cose_key = Bounded::new(b"\xa0").unwrap();
    usual Enrolments "one too few" enrolled: |all| { all.pop(); };
    usual Enrolments "those of two devices exchanged" enrolled: |all| all.swap(0, 1);
    usual Enrolments "at another place" enrolled: |all| all[0].index ^= 1;
    usual Enrolments "a hash too few" enrolled: |all| all[0].path = Sequence::EMPTY;
    usual Enrolments "another opening" enrolled: |all| all[0].opening = all[1].opening;
    usual Enrolments "after the signature" places: |places| places[0] = 9;
    usual Enrolments "the record of a vouch" enrolment_leaf: |leaf| leaf.kind = Kind::Vouch;
    usual Enrolments "of another tenant" enrolment_leaf: |leaf| leaf.tenant = Some(TenantId(8));
    usual Enrolments "another commitment" enrolment_leaf: |leaf| leaf.commitment = Digest([0; 32]);
    usual Enrolments "another signer's device" enrolment: |e| e.device.signer = SignerId(99);
    usual Enrolments "another device" enrolment: |e| e.device.slot = SlotId(77);
    usual Enrolments "enrolled with another key" enrolment: |e| e.device.cose_key = other_key();
    usual Enrolments "approved with another key" approvals: |all| all[0].cose_key = other_key();
    usual Enrolments "another credential registered" enrolment: |e| e.device.credential = Bounded::new(b"another credential").unwrap();
    usual Enrolments "not the kind of key that was registered" enrolment: |e| e.device.backup_eligible = true;
    usual Enrolments "registered elsewhere" enrolment: |e| e.attestation_object = elsewhere();
    usual Enrolments "no attestation object" enrolment: |e| e.attestation_object = Bounded::EMPTY;
    usual Enrolments "an approval in place of a registration" draft: |d| d.client_data = changed_text("webauthn.create", "webauthn.get");
    usual Enrolments "registered on another page" draft: |d| d.client_data = changed_text("approve.example", "approve.example.org");
    usual Enrolments "registered on a page within another one" draft: |d| d.client_data = changed_text("false", "true");
    usual Enrolments "registered over nothing" draft: |d| d.client_data = changed_text("challenge", "response");
    usual Enrolments "a ticket of another signer" ticket: |t| t.signer = BEN;
    usual Enrolments "a ticket of another tenant" ticket: |t| t.tenant = TenantId(8);
    usual Enrolments "a ticket of another appliance" ticket: |t| t.appliance = ApplianceId([1; 16]);
    usual Enrolments "a ticket with another nonce" ticket: |t| t.id = TicketId([0x72; 32]);
    usual Enrolments "a ticket for a device of another name" ticket: |t| t.device = Name::new("tablet").unwrap();
    usual Enrolments "a ticket for another rpId" ticket: |t| t.rp_id = Origin::new("example").unwrap();
    usual Enrolments "a ticket that had run out" ticket: |t| t.not_after_ms = ENROLLED_MS - 1;
    usual Enrolments "a ticket for other keys than was registered over" enrolment: |e| e.ticket = tickets::of_other_keys(e.ticket);
    usual Enrolments "an empty ticket" enrolment: |e| e.ticket = Bounded::EMPTY;
    usual Enrolments "a byte after the ticket's end" enrolment: |e| e.ticket = tickets::longer(e.ticket);
    usual Enrolments "no ticket" enrolment_content: tickets::left_out;
    usual Enrolments "a record that names another ticket" enrolment: |e| e.device.ticket = TicketId([0x72; 32]);
    usual Enrolments "a record that names the device otherwise" enrolment: |e| e.device.name = Name::new("tablet").unwrap();
    usual Enrolments "enrolled after the ticket's time" enrolment: |e| e.device.utc_lo_ms = RAN_OUT_MS + 1;
    usual Enrolments "registered over another challenge" draft: |d| d.client_data = Box::new(|json| tickets::challenge_changed(json));
    packed Enrolments "registered over another challenge, and attested so" draft: |d| d.client_data = Box::new(|json| tickets::challenge_changed(json));
    usual Attestation "no statement" trust: |t| t.push_str(&attested::trusted());
    self_made Attestation "by nobody but the device" trust: |t| t.push_str(&attested::trusted());
    packed Attestation "another maker" trust: |t| *t = t.replace(&attested::trusted(), &attested::by_others());
    packed Attestation "another maker's certificate between" draft: attested::others_intermediate;
    packed Attestation "nothing between the device and the root" draft: |d| d.x5c = Box::new(|x5c| x5c.truncate(1));
    packed Attestation "over another registration" draft: |d| d.signed = Box::new(|bytes| bytes[40] ^= 1);
    packed Attestation "expired when it was enrolled" draft: |d| d.leaf.not_after = date_time_ymd(2027, 1, 15);
    packed Attestation "not valid yet when it was enrolled" draft: |d| d.leaf.not_before = date_time_ymd(2027, 1, 16);
    packed Attestation "another model's certificate" draft: |d| d.leaf.custom_extensions = vec![aaguid_extension(b"another model...")];
    packed Attestation "a critical name of the model" draft: |d| d.leaf.custom_extensions[0].set_criticality(true);
    packed Attestation "a certificate of another purpose" draft: |d| d.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    packed Attestation "a unit of another kind" draft: |d| d.leaf.distinguished_name.push(DnType::OrganizationalUnitName, "Other");
    packed Attestation "no country" draft: |d| { d.leaf.distinguished_name.remove(DnType::CountryName); };
    packed Attestation "a certificate that does not say that it is no CA" draft: |d| d.leaf.is_ca = IsCa::NoCa;
    packed Attestation "a certificate that is a CA's" draft: |d| d.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    packed Attestation "a critical extension that nobody knows" draft: |d| d.leaf.custom_extensions.push(unknown());
    packed Attestation "an algorithm of another kind of key" draft: |d| d.alg = Some(-257);
    packed Attestation "an algorithm that is not accepted" draft: |d| d.alg = Some(-65535);
    packed Attestation "a member too many" draft: |d| d.statement = Box::new(|all| all.push(("more", int(1))));
    packed Attestation "a member too few" draft: |d| d.statement = Box::new(|all| all.truncate(1));
    packed Attestation "no certificates in their list" draft: |d| d.x5c = Box::new(Vec::clear);
    packed Attestation "a format that nobody knows" draft: |d| d.fmt = "packet";
    fido_u2f Attestation "by a device of another model" draft: |d| d.aaguid = [1; 16];
    fido_u2f Attestation "with two certificates" draft: |d| d.x5c = Box::new(|x5c| x5c.extend_from_within(..));
    fido_u2f Attestation "over another key" draft: |d| d.signed = Box::new(|bytes| *bytes.last_mut().unwrap() ^= 1);
    fido_u2f Attestation "by a key of another curve" draft: |d| d.leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
    apple Attestation "of another registration" draft: |d| d.extension = Box::new(|nonce| *nonce.as_mut().unwrap().last_mut().unwrap() ^= 1);
    apple Attestation "of no registration" draft: |d| d.extension = Box::new(|nonce| *nonce = None);
    apple Attestation "a certificate that is a CA's" draft: |d| d.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    apple Attestation "of another key" draft: attested::of_another_key;
    android_key Attestation "of another key" draft: attested::of_another_key;
    android_key Attestation "of another registration" draft: |d| d.description = Box::new(|it| it.challenge[0] ^= 1);
    android_key Attestation "a key of every application" draft: |d| d.description = Box::new(|it| it.software.insert(0, Description::all_applications()));
    android_key Attestation "a key that was brought" draft: |d| d.description = Box::new(|it| it.hardware[1] = Description::origin(2));
    android_key Attestation "a key that does not sign alone" draft: |d| d.description = Box::new(|it| it.hardware[0].1 = vec![0x31, 6, 2, 1, 2, 2, 1, 3]);
    android_key Attestation "a word of software about hardware" draft: |d| d.description = Box::new(|it| it.attesting = 0);
    android_key Attestation "an authorisation twice" draft: |d| d.description = Box::new(|it| it.hardware.insert(0, Description::only_sign()));
    android_key Attestation "nothing about the key" draft: |d| d.extension = Box::new(|description| *description = None);
    android_key Attestation "over another registration" draft: |d| d.signed = Box::new(|bytes| bytes[0] ^= 1);
    tpm Attestation "of another version" draft: |d| d.statement = Box::new(|all| all[0].1 = text("2.1"));
    tpm Attestation "of another key" draft: |d| d.pub_area = Box::new(|area| *area.last_mut().unwrap() ^= 1);
    tpm Attestation "a key of another kind" draft: |d| d.pub_area = Box::new(|area| area[1] = 8);
    tpm Attestation "named by SHA-1" draft: |d| d.pub_area = Box::new(|area| area[3] = 4);
    tpm Attestation "an algorithm that TPMs do not have" draft: |d| d.alg = Some(-8);
    tpm Attestation "not made in a TPM" draft: |d| d.cert_info = Box::new(|info| info[0] ^= 1);
    tpm Attestation "of something else than a key" draft: |d| d.cert_info = Box::new(|info| info[5] ^= 1);
    tpm Attestation "of another registration" draft: |d| d.cert_info = Box::new(|info| info[10] ^= 1);
    tpm Attestation "of another name" draft: |d| d.cert_info = Box::new(|info| info[72] ^= 1);
    tpm Attestation "bytes after its end" draft: |d| d.cert_info = Box::new(|info| info.push(0));
    tpm Attestation "no version of the TPM" draft: |d| d.leaf.custom_extensions[0] = alt_name(2);
    tpm Attestation "a subject" draft: |d| d.leaf.distinguished_name.push(DnType::CommonName, "TPM");
    tpm Attestation "a certificate of no purpose" draft: |d| d.leaf.extended_key_usages.clear();
    tpm Attestation "another model's certificate" draft: |d| d.leaf.custom_extensions[1] = aaguid_extension(b"another model...");
    compound Attestation "one statement" draft: |d| d.parts = Box::new(|parts| parts.truncate(1));
    compound Attestation "one part that says nothing" draft: |d| d.parts = Box::new(|parts| parts[1] = saying_nothing("none"));
    compound Attestation "a part of parts" draft: |d| d.parts = Box::new(|parts| parts[1] = saying_nothing("compound"));
    usual ClientData "a registration" says: |says| says.type_ = "webauthn.create".into();
    usual ClientData "a page within another one" says: |says| says.cross_origin = true;
    usual ClientData "an outer page" says: |says| says.top_origin = Some("https://outer.example".into());
    usual Challenge "something else approved" says: |says| says.challenge_override = Some(vec![7; 32]);
    usual Challenge "another label than was approved" content: relabelled;
    usual Origin "another page" says: |says| says.origin = "https://approve.example.org".into();
    usual AuthenticatorData "bytes after its end" says: |says| says.extensions = vec![0];
    usual AuthenticatorData "that of a registration" says: |says| says.flags.at = true;
    usual RpId "another rpId" says: |says| says.rp_id = "example".into();
    usual Flags "nobody was there" says: |says| says.flags.up = false;
    usual Flags "nobody knows who" says: |says| says.flags.uv = false;
    usual Flags "backed up though it cannot be" says: |says| says.flags.bs = true;
    usual Flags "of another kind than enrolled" says: |says| says.flags.be = true;
    usual DeviceSignature "by another key" says: |says| says.signature = SignatureForm::OtherKey;
    usual DeviceSignature "signature and approval of two" approvals: |all| all[0].assertion.signature = all[1].assertion.signature;
    usual Key "another key on record" content: |c| c.public_key = Bounded::new(&[4; 65]).unwrap();
    usual Key "another key approved" activation: |a| a.public_key = Digest([0; 32]);
    usual Certificate "none" certificates: |all| all.clear();
    usual Certificate "nothing between it and the root" certificates: |all| { all.pop(); };
    usual Certificate "of another key" certificates: |all| *all = certified::certificates(&Key::p256(8));
    usual Certificate "by another authority" certificates: |all| *all = certified::of_another_authority(&Key::p256(9));
    usual Certificate "by somebody who may not make any" certificates: |all| *all = certified::of_a_leaf(&Key::p256(9));
    usual Certificate "expired when it signed" certificates: |all| *all = certified::expired(&Key::p256(9));
    usual Certificate "not valid yet when it signed" certificates: |all| *all = certified::too_early(&Key::p256(9));
    usual Certificate "a bit of its signature" certificates: |all| *all[0].last_mut().unwrap() ^= 1;
    usual Signatures "signatures in another order" content: |c| c.signatures = reversed(c.signatures);
    usual Signatures "a bit of the HSM's signature" content: |c| c.signatures = changed(c.signatures);
};

/// Client data with one text in place of another.
fn changed_text(from: &'static str, to: &'static str) -> Edit<Vec<u8>> {
    Box::new(move |json| {
        *json = String::from_utf8(json.clone()).unwrap().replacen(from, to, 1).into()
    })
}

/// An extension of certificates that is of no use to anybody, but must be understood.
fn unknown() -> CustomExtension {
    let mut extension =
        CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
    extension.set_criticality(true);
    extension
}

/// A part of a compound statement with nothing in it.
fn saying_nothing(format: &str) -> Vec<u8> {
    map(&vec![("fmt", text(format)), ("attStmt", map(&Vec::new()))])
}

/// A list of bytes.
type List<'b, const N: usize, const MIN: usize, const MAX: usize> =
    Sequence<'b, Bounded<'b, N>, MIN, MAX>;

/// The same list from its end.
fn reversed<const N: usize, const MIN: usize, const MAX: usize>(
    list: List<'_, N, MIN, MAX>,
) -> List<'static, N, MIN, MAX> {
    let values: Vec<_> = list.iter().collect();
    of(values.iter().rev().map(|value| value.bytes().to_vec()).collect())
}

/// The same list without its last one.
fn shortened<const N: usize, const MIN: usize, const MAX: usize>(
    list: List<'_, N, MIN, MAX>,
) -> List<'static, N, MIN, MAX> {
    let mut values: Vec<_> = list.iter().map(|value| value.bytes().to_vec()).collect();
    values.pop();
    of(values)
}

/// The same bytes with a bit in the middle changed.
fn flipped<const N: usize>(bytes: Bounded<'_, N>) -> Bounded<'static, N> {
    let mut changed = bytes.bytes().to_vec();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    Bounded::new(changed.leak()).unwrap()
}

/// The same list with a bit of the last one's middle changed.
fn changed<const N: usize, const MIN: usize, const MAX: usize>(
    list: List<'_, N, MIN, MAX>,
) -> List<'static, N, MIN, MAX> {
    let mut values: Vec<_> = list.iter().map(|value| value.bytes().to_vec()).collect();
    let last = values.pop().unwrap();
    values.push(flipped(Bounded::<N>::new(&last).unwrap()).bytes().to_vec());
    of(values)
}

/// Kept for as long as the test runs: a lie has no place of its own to keep it.
fn of<const N: usize, const MIN: usize, const MAX: usize>(
    values: Vec<Vec<u8>>,
) -> List<'static, N, MIN, MAX> {
    let room = vec![0; values.iter().map(|value| value.len() + 5).sum()].leak();
    let values: Vec<Bounded<'_, N>> =
        values.iter().map(|value| Bounded::new(value).unwrap()).collect();
    Sequence::from_values(&values, room).unwrap()
}

/// The key of a device that approved nothing.
fn other_key() -> Bounded<'static, COSE_KEY_BYTES_MAX> {
    let device = Authenticator::from_seed(&[99; 32], "approve.example", "https://approve.example");
    Bounded::new(device.credential().public_key_cose.leak()).unwrap()
}

/// What the first device makes for another rpId.
fn elsewhere() -> Bounded<'static, ATTESTATION_OBJECT_BYTES_MAX> {
    let device = Authenticator::from_seed(&[1; 32], "example", "https://approve.example");
    Bounded::new(device.register(&[0x71; 32]).attestation_object.leak()).unwrap()
}

/// An activation with another label than the one that was approved.
fn relabelled(content: &mut SignatureContent<'_>) {
    let bytes = content.activation.bytes();
    let at = bytes.windows(10).position(|bytes| bytes == b"a document").unwrap();
    let mut changed = bytes.to_vec();
    changed[at + 2] = b'D';
    content.activation = Bounded::new(changed.leak()).unwrap();
}
