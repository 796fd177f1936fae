//! What holds for every message that can be sent, and for every byte string that can come in.

mod generated;
mod story;

use std::sync::LazyLock;

use countersign_protocol::minicbor::{Decode, Encode};
use countersign_protocol::reply::{Cosignatures, Reply, Signed, head, signature, tail};
use countersign_protocol::{Bounded, canonical};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use story::messages::MESSAGES;
use story::{encode, list};

static ENCODED: LazyLock<Vec<Vec<u8>>> =
    LazyLock::new(|| MESSAGES.iter().map(|message| (message.bytes)()).collect());

/// A change of a few bytes.
#[derive(Clone, Debug)]
enum Edit {
    Overwrite(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    CutOff(Index),
    GoOnWith(Index, Vec<u8>),
}

fn edit() -> impl Strategy<Value = Edit> {
    let at = any::<Index>;
    prop_oneof![
        8 => (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Overwrite(at, byte)),
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        4 => at().prop_map(Edit::Remove),
        1 => at().prop_map(Edit::CutOff),
        1 => (at(), select(&ENCODED[..])).prop_map(|(at, other)| Edit::GoOnWith(at, other)),
    ]
}

fn edited(mut bytes: Vec<u8>, edit: Edit) -> Vec<u8> {
    // One more place than there are bytes, so that there is one always.
    let place = |at: Index| at.index(bytes.len() + 1);
    match edit {
        Edit::Overwrite(at, byte) => {
            let place = place(at);
            bytes.splice(place..(place + 1).min(bytes.len()), [byte]);
        }
        Edit::Insert(at, byte) => bytes.insert(place(at), byte),
        Edit::Remove(at) => {
            let place = place(at);
            bytes.splice(place..(place + 1).min(bytes.len()), []);
        }
        Edit::CutOff(at) => bytes.truncate(place(at)),
        Edit::GoOnWith(at, other) => {
            let place = place(at);
            let rest = other.get(place..).unwrap_or_default();
            bytes.splice(place.., rest.iter().copied());
        }
    }
    bytes
}

/// `decode(encode(x)) == x`.
fn comes_back<T>(value: T) -> Result<(), TestCaseError>
where
    T: Encode<()> + Decode<'static, ()> + PartialEq + std::fmt::Debug,
{
    let bytes = Vec::leak(encode(&value));
    prop_assert_eq!(canonical::decode::<T>(bytes), Ok(value));
    Ok(())
}

/// Whatever decodes as one of the messages is encoded again as the same bytes.
fn has_one_encoding(bytes: &[u8]) -> Result<(), TestCaseError> {
    for message in MESSAGES {
        if let Some(again) = (message.again)(bytes) {
            prop_assert_eq!(hex::encode(again), hex::encode(bytes), "{}", message.name);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_request_comes_back(request in generated::request()) {
        comes_back(request)?;
    }

    #[test]
    fn a_reply_comes_back(reply in generated::reply()) {
        comes_back(reply)?;
    }

    #[test]
    fn an_activation_comes_back(activation in generated::activation()) {
        comes_back(activation)?;
    }

    #[test]
    fn a_receipt_comes_back(receipt in generated::receipt()) {
        comes_back(receipt)?;
    }

    #[test]
    fn an_order_comes_back(order in generated::order()) {
        comes_back(order)?;
    }

    #[test]
    fn an_answer_comes_back(answer in generated::answer()) {
        comes_back(answer)?;
    }

    #[test]
    fn a_ticket_comes_back(ticket in generated::ticket()) {
        comes_back(ticket)?;
    }

    #[test]
    fn an_addition_comes_back(addition in generated::addition()) {
        comes_back(addition)?;
    }

    #[test]
    fn a_device_comes_back(device in generated::device()) {
        comes_back(device)?;
    }

    #[test]
    fn the_records_of_an_enrolment_come_back(
        enrolment in generated::enrolment_content(),
        vouch in generated::vouch_content(),
        confirmation in generated::confirmation_content(),
    ) {
        comes_back(enrolment)?;
        comes_back(vouch)?;
        comes_back(confirmation)?;
    }

    #[test]
    fn what_is_known_of_models_comes_back(
        trust in generated::trust(),
        model in generated::model(),
        metadata in generated::metadata(),
    ) {
        comes_back(trust)?;
        comes_back(model)?;
        comes_back(metadata)?;
    }

    #[test]
    fn a_reply_in_pieces_is_the_reply(
        signatures in generated::signatures(),
        receipt in proptest::collection::vec(any::<u8>(), 0..300),
        line in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..300)),
    ) {
        let line: Option<Bounded<'_, 4096>> = line.as_deref().and_then(Bounded::new);
        let cosignatures: Option<Cosignatures<'_>> = line.map(|line| list(&[line]));
        let mut room = vec![0; 32 * 1024];
        let mut free = &mut room[..];
        head(&mut free, u16::try_from(signatures.len())?, cosignatures.is_some())?;
        for each in &signatures {
            signature(&mut free, each.bytes())?;
        }
        tail(&mut free, &receipt, cosignatures)?;
        let left = free.len();
        let pieces = &room[..room.len() - left];
        let receipt = Bounded::new(&receipt).ok_or(canonical::NotCanonical)?;
        let whole = Reply::Signed(Signed { signatures: list(&signatures), receipt, cosignatures });
        prop_assert_eq!(pieces, encode(&whole));
    }

    #[test]
    fn bytes_at_random_have_one_encoding_or_none(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        has_one_encoding(&bytes)?;
    }

    #[test]
    fn changed_messages_have_one_encoding_or_none(
        start in select(&ENCODED[..]),
        edits in proptest::collection::vec(edit(), 1..4),
    ) {
        has_one_encoding(&edits.into_iter().fold(start, edited))?;
    }
}
