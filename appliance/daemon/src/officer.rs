//! `countersign-admin/1`: one order of an officer on one stream.

use std::sync::Arc;

use countersign_protocol::Digest;

use crate::platform::Surroundings;

/// Carries out one frame; none if the channel is no officer's or the frame is not canonical.
pub(crate) async fn answer<P: Surroundings>(
    platform: Arc<P>,
    channel: Digest,
    frame: Vec<u8>,
) -> Option<Vec<u8>> {
    let answer = platform.order(&channel, &frame).await;
    if answer.is_none() {
        platform.count_malformed();
    }
    tracing::info!(request = "order", answered = answer.is_some(), "answered");
    answer
}
