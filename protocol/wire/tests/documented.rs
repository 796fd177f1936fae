//! `docs/protocol.md` tells the truth: its example, tables and tags are those of the code, and who
//! checks a receipt as it says finds the story's receipt good and a changed one bad.

mod story;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use countersign_protocol::activation::Activation;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Leaf, Opening, SignatureContent};
use countersign_protocol::reply::{Failure, Reply};
use countersign_protocol::{Digest, Suite, admin, canonical, limits, log, request, tag};
use story::keys::Point;
use story::messages::message;
use story::{encode, keys, sha256};

const PAGE: &str = include_str!("../../../docs/protocol.md");
const CDDL: &str = include_str!("../../countersign.cddl");
const EXAMPLE: &str = include_str!("golden/activation.hex");

fn says(text: &str) {
    assert!(PAGE.contains(text), "the page should say: {text}");
}

#[test]
fn the_worked_example_is_the_golden_activation_and_its_challenge() {
    let lines = EXAMPLE.lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<_> = lines.collect();
    says(&format!("```\n{}\n```", lines.join("\n")));
    let activation = hex::decode(lines.concat()).unwrap();
    says(&format!("{} bytes", activation.len()));
    let challenge = sha256(&[b"countersign/activation/1\0", &activation]);
    says(&format!("```\n{challenge}\n```"));
    says(&format!("```\n{}\n```", BASE64_URL_SAFE_NO_PAD.encode(challenge.0)));
}

#[test]
fn its_statuses_have_their_numbers() {
    use Failure::{Busy, Malformed, Refused, Stale, Unavailable};
    for failure in [Refused, Stale, Malformed, Busy, Unavailable] {
        let bytes = encode(&Reply::Failed(failure));
        says(&format!("| {failure} | {} |", bytes.last().unwrap()));
    }
    for name in ["prepared", "signed", "enrolled"] {
        let status = (message(name).bytes)()[1];
        says(&format!("| {name} | {status} |"));
    }
}

#[test]
fn its_tags_and_protocols_have_their_names() {
    let tags = [
        tag::ACTIVATION,
        tag::ENROLMENT,
        tag::ADDITION,
        tag::FINGERPRINT,
        tag::COMMITMENT,
        tag::POLICY,
    ];
    for tag in tags {
        let name = std::str::from_utf8(tag).unwrap().strip_suffix('\0').unwrap();
        assert!(CDDL.contains(&format!("\"{name}\" 00 ")), "the CDDL should name {name}");
        if tag != tag::POLICY {
            says(&format!("SHA-256(\"{name}\" || 0x00 || "));
        }
    }
    for alpn in [request::ALPN, admin::ALPN, log::ALPN] {
        says(&format!("`{}`", std::str::from_utf8(alpn).unwrap()));
    }
    for suite in Suite::ALL {
        let digest = suite.digest_bytes().map(|bytes| format!("{bytes} bytes, SHA-"));
        let dtbsr = digest.unwrap_or_else(|| format!("1 to {} bytes,", limits::DTBSR_BYTES_MAX));
        says(&format!("| {suite} | {} | {dtbsr}", suite.cose()));
    }
}

#[test]
fn its_limits_have_their_values() {
    macro_rules! rows {
        ($($limit:ident)*) => {
            [$(format!("| `{}` | {} |", stringify!($limit), limits::$limit),)*]
        };
    }
    let rows = rows! {
        ITEMS_MAX LABEL_BYTES_MAX DTBSR_BYTES_MAX ACTIVATION_BYTES_MAX LIFETIME_MS_MIN
        LIFETIME_MS_MAX APPROVERS_MAX ASSERTIONS_MAX DEVICES_MAX CREDENTIAL_ID_BYTES_MAX
        AUTHENTICATOR_DATA_BYTES_MAX CLIENT_DATA_BYTES_MAX ASSERTION_SIGNATURE_BYTES_MAX
        SIGNING_KEY_BYTES_MAX SIGNATURE_BYTES_MAX PREPARE_FRAME_BYTES_MAX SIGN_FRAME_BYTES_MAX
        PREPARED_REPLY_BYTES_MAX SIGNED_REPLY_BYTES_MAX ADMIN_FRAME_BYTES_MAX
        IMPORT_FRAME_BYTES_MAX ATTESTATION_OBJECT_BYTES_MAX TICKET_BYTES_MAX ADDITION_BYTES_MAX
        NAME_BYTES_MAX LOG_FRAME_BYTES_MAX LOG_FILE_BYTES_MAX
    };
    rows.iter().for_each(|row| says(row));
    assert_eq!(PAGE.lines().filter(|line| line.starts_with("| `")).count(), rows.len());
}

/// Steps 1 to 3: the ledger of `checkpoint_key` holds this leaf and what it commits to.
fn is_recorded(receipt: &Receipt<'_>, checkpoint_key: &Point) -> bool {
    let (leaf, opening) = (receipt.leaf.bytes(), receipt.opening.bytes());
    let Ok(public) = canonical::decode::<Leaf<'_>>(leaf) else { return false };
    let Checkpoint { appliance, size, root } = receipt.checkpoint;
    let reached = root_of(receipt.index, size, sha256(&[&[0], leaf]), receipt.path.iter());
    let text = format!("countersign/{appliance}\n{size}\n{}\n", BASE64_STANDARD.encode(root.0));
    public.commitment == sha256(&[b"countersign/commitment/1\0", opening])
        && reached == Some(root)
        && keys::verifies(checkpoint_key, &sha256(&[text.as_bytes()]), &receipt.signature)
}

/// Step 2, as the page tells it.
fn root_of(
    index: u64,
    size: u64,
    leaf: Digest,
    mut path: impl Iterator<Item = Digest>,
) -> Option<Digest> {
    let (mut place, mut last) = (index, size.checked_sub(1).filter(|last| index <= *last)?);
    let mut hash = leaf;
    while last > 0 {
        if place % 2 == 1 {
            hash = sha256(&[&[1], &path.next()?.0, &hash.0]);
        } else if place < last {
            hash = sha256(&[&[1], &hash.0, &path.next()?.0]);
        }
        (place, last) = (place / 2, last / 2);
    }
    path.next().is_none().then_some(hash)
}

/// Step 4: the signatures are the key's, over the items.
fn is_signed(content: &SignatureContent<'_>, activation: &Activation<'_>) -> bool {
    let Ok(point) = content.public_key.bytes().try_into().map(Point) else { return false };
    let pairs = activation.items.iter().zip(content.signatures.iter());
    let mut verdicts = pairs.map(|(item, signature)| {
        let digest = item.dtbsr.bytes().try_into().map(Digest);
        digest.is_ok_and(|digest| keys::verifies(&point, &digest, signature.bytes()))
    });
    let same_key = activation.public_key == sha256(&[content.public_key.bytes()]);
    same_key && activation.items.len() == content.signatures.len() && verdicts.all(|good| good)
}

/// Step 5: the approvals are over the activation.
fn is_approved(content: &SignatureContent<'_>) -> bool {
    let challenge = sha256(&[b"countersign/activation/1\0", content.activation.bytes()]);
    let member = format!(r#""challenge":"{}""#, BASE64_URL_SAFE_NO_PAD.encode(challenge.0));
    content.approvals.iter().all(|approval| {
        let client_data = approval.assertion.client_data.bytes();
        let authenticator_data = approval.assertion.authenticator_data.bytes();
        let digest = sha256(&[authenticator_data, &sha256(&[client_data]).0]);
        let signature = approval.assertion.signature.bytes();
        std::str::from_utf8(client_data).is_ok_and(|json| json.contains(&member))
            && point(approval.cose_key.bytes())
                .is_some_and(|point| keys::verifies_der(&point, &digest, signature))
    })
}

/// The point in the COSE_Key of an ES256 device: 32 bytes each after `-2: bstr` and `-3: bstr`.
fn point(cose_key: &[u8]) -> Option<Point> {
    let (x, y) = (cose_key.get(10..42)?, cose_key.get(45..)?);
    [&[4], x, y].concat().try_into().ok().map(Point)
}

#[test]
fn a_receipt_that_is_checked_as_it_says_is_good() {
    let bytes = (message("signed").bytes)();
    let Ok(Reply::Signed(signed)) = canonical::decode(&bytes) else { panic!("no signed reply") };
    let receipt: Receipt<'_> = canonical::decode(signed.receipt.bytes()).unwrap();
    assert!(is_recorded(&receipt, &keys::checkpoint().point()));
    let opening: Opening<'_> = canonical::decode(receipt.opening.bytes()).unwrap();
    let content: SignatureContent<'_> = canonical::decode(opening.content.bytes()).unwrap();
    assert_eq!(content.signatures, signed.signatures);
    let activation: Activation<'_> = canonical::decode(content.activation.bytes()).unwrap();
    assert!(is_signed(&content, &activation));
    assert!(is_approved(&content));
}

#[test]
fn a_receipt_with_one_bit_changed_is_bad() {
    let bytes = (message("receipt").bytes)();
    let key = keys::checkpoint().point();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let good = canonical::decode(&changed).is_ok_and(|receipt| is_recorded(&receipt, &key));
        assert!(!good, "bit {bit} of {}", hex::encode(&bytes));
    }
}
