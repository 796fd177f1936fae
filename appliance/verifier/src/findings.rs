//! What was found of each link: held, with what it says; or broken, and why. After a broken link nothing is
//! looked at.

use crate::Link;

/// A link does not hold, and has been noted.
#[derive(Debug)]
pub(crate) struct Broken;

/// What a check gives: what it has checked and a line about it, or why it does not hold.
pub(crate) type Held<T> = Result<(T, String), String>;

/// A link and what was found of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which link.
    pub link: Link,
    /// What it says, or why it does not hold.
    pub said: Result<String, String>,
}

/// All that was found, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Notes what came of a link, and goes on only if it holds.
    pub(crate) fn hold<T>(&mut self, link: Link, held: Held<T>) -> Result<T, Broken> {
        let (value, said) = match held {
            Ok((value, said)) => (Ok(value), Ok(said)),
            Err(why) => (Err(Broken), Err(why)),
        };
        self.0.push(Finding { link, said });
        value
    }

    /// The links that were looked at.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }

    /// The link that does not hold, and why.
    #[must_use]
    pub fn broken(&self) -> Option<(Link, &str)> {
        let last = self.0.last()?;
        last.said.as_ref().err().map(|why| (last.link, why.as_str()))
    }

    /// Whether all links hold.
    #[must_use]
    pub fn hold_all(&self) -> bool {
        self.broken().is_none() && !self.0.is_empty()
    }
}
