//! What was seen, in memory.

use std::collections::HashMap;
use std::sync::Mutex;

use countersign_client::log::{LogError, Memory, Seen};
use countersign_tlog::Head;

#[derive(Default)]
pub struct Remembered(Mutex<HashMap<String, Seen>>);

impl Remembered {
    pub fn seen(&self, log: &str) -> Option<Seen> {
        self.0.lock().unwrap().get(log).copied()
    }

    /// Another tree was the largest one.
    pub fn largest(&self, log: &str, largest: Head) {
        self.0.lock().unwrap().get_mut(log).unwrap().largest = largest;
    }
}

impl Memory for Remembered {
    fn recall(&self, log: &str) -> Result<Option<Seen>, LogError> {
        Ok(self.seen(log))
    }

    fn remember(&self, log: &str, seen: &Seen) -> Result<(), LogError> {
        self.0.lock().unwrap().insert(log.to_owned(), *seen);
        Ok(())
    }
}
