//! `countersign-admin/1`: one order of an officer on one stream.

use countersign_protocol::Digest;

use crate::service::Service;

/// Carries out one frame; none if the channel is no officer's or the frame is not canonical.
/// Must run to its end: nobody may drop it.
pub(crate) async fn answer<S: Service>(
    service: &S,
    channel: Digest,
    frame: &[u8],
) -> Option<Vec<u8>> {
    let answer = service.order(&channel, frame).await;
    if answer.is_none() {
        service.count_malformed();
    }
    tracing::info!(request = "order", answered = answer.is_some(), "answered");
    answer
}
