//! A word to people who wait.

use std::time::{Duration, Instant};

/// Who waits longer than this is told for what.
const PATIENCE: Duration = Duration::from_secs(2);
/// And again after this long.
const AGAIN: Duration = Duration::from_secs(10);

/// Waits for `done`, and says on standard error what for when it takes long.
pub(crate) async fn waiting<T>(what: &str, done: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let mut done = std::pin::pin!(done);
    let mut patience = PATIENCE;
    loop {
        tokio::select! {
            result = &mut done => return result,
            () = tokio::time::sleep(patience) => {
                eprintln!("... {what} ({} s)", begun.elapsed().as_secs());
                patience = AGAIN;
            }
        }
    }
}
