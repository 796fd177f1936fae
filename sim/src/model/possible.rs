//! What may hold while orders are under way.
//!
//! Officers give one order after the other. From the moment at which an order is given its value may
//! hold; from its acknowledgement on only it does; when its answer is lost, nobody knows.

/// The values that may hold.
#[derive(Clone, Debug)]
pub(super) struct Possible<T>(Vec<T>);

impl<T: PartialEq> Possible<T> {
    /// This one does.
    pub(super) fn only(value: T) -> Self {
        Self(vec![value])
    }

    /// This one may, from now on.
    pub(super) fn ordered(&mut self, value: T) {
        self.0.push(value);
    }

    /// The one that was ordered last does.
    pub(super) fn acknowledged(&mut self) {
        if let Some(value) = self.0.pop() {
            self.0 = vec![value];
        }
    }

    /// The one that was ordered last was declined.
    pub(super) fn declined(&mut self) {
        self.0.pop();
    }

    /// Whether one that is so may hold.
    pub(super) fn any(&self, is_so: impl Fn(&T) -> bool) -> bool {
        self.0.iter().any(is_so)
    }
}
