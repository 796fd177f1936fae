//! The officer has the vault wrapped for a recovery key, whose shares nobody in the simulation ever uses.

use std::rc::Rc;

use countersign_protocol::admin::{Order, RecoverySet};
use countersign_protocol::recovery::{Hpke, Quorum, RecoveryKey};
use countersign_protocol::{Digest, Sequence};

use super::officer::{done, give, named};
use crate::play::Play;
use crate::sometimes;
use crate::stage::Stage;

/// Sets the recovery key of this number. Any 32 bytes but a few are somebody's public key (RFC 7748, 5).
pub(super) async fn set<S: Stage>(play: &Rc<Play<S>>, key: u8) {
    let (name, mut room) = (format!("recovery {key}"), [0; 80]);
    let commitments = Sequence::from_values(&[Digest([1; 32]), Digest([2; 32])], &mut room);
    let quorum = commitments.ok().and_then(|commitments| Quorum::new(2, commitments));
    let Some(quorum) = quorum else { return };
    let (suite, public) = (Hpke::X25519Aes256, [key.saturating_add(9); 32]);
    let key = RecoveryKey { suite, name: named(&name), public, quorum };
    let ended = give(play, &Order::RecoverySet(RecoverySet { key }), |_| ()).await;
    sometimes!(play.stage.marks(), RecoverySet, done(&ended));
}
