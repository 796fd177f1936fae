//! What the key may do: written down, tried out on its own examples, and then ordered.

use std::fs;

use anyhow::{Context, Result};

use super::{Cast, KEY};

/// One document in one approval, at any hour, through the first front-end, within ten minutes.
fn source(suite: &str) -> String {
    format!(
        r#"
suites = ["{suite}"]
validity = {{ from = "2026-01-01", to = "2035-12-31" }}
items = 1
lifetime = 600
front-ends = [1]

[[example]]
name = "a document"
at = "2026-12-24T12:00:00"
front-end = 1

[[example]]
name = "two at once, through another front-end"
at = "2026-12-24T12:00:00"
items = 2
front-end = 2
refused-by = ["items", "front-ends"]
"#
    )
}

impl Cast<'_> {
    pub(super) fn order_policy(&self) -> Result<()> {
        let file = self.place.path("key.policy.toml");
        fs::write(&file, source(self.suite.name())).context("cannot write the policy")?;
        let mut test = self.console("officer");
        self.log.run(test.args(["policy", "test"]).arg(&file))?;
        let mut order = self.console("officer");
        self.log.run(order.args(["key", "policy", KEY, "--policy"]).arg(&file))
    }
}
