//! What may hold while orders are under way.
//!
//! Officers give one order after the other. From the moment at which an order is given its value may
//! hold; from its acknowledgement on only it does; when its answer is lost, nobody knows.

/// How many orders have been acknowledged or declined.
pub type Era = u64;

/// The values that may hold, and those that could, each with the era that it ended with.
#[derive(Clone, Debug)]
pub(super) struct Possible<T>(Vec<T>, Vec<(T, Era)>);

impl<T: PartialEq> Possible<T> {
    /// This one does.
    pub(super) fn only(value: T) -> Self {
        Self(vec![value], Vec::new())
    }

    /// This one may, from now on.
    pub(super) fn ordered(&mut self, value: T) {
        self.0.push(value);
    }

    /// The one that was ordered last does.
    pub(super) fn acknowledged(&mut self, era: Era) {
        if let Some(value) = self.0.pop() {
            let ended = std::mem::replace(&mut self.0, vec![value]);
            self.1.extend(ended.into_iter().map(|value| (value, era)));
        }
    }

    /// The one that was ordered last was declined.
    pub(super) fn declined(&mut self) {
        self.0.pop();
    }

    /// Whether one that is so may hold, or could after this era.
    pub(super) fn any(&self, after: Era, is_so: impl Fn(&T) -> bool) -> bool {
        let past = self.1.iter().any(|(value, ended)| *ended > after && is_so(value));
        past || self.0.iter().any(is_so)
    }
}
