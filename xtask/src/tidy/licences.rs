//! That everything the house is built from may be given on under the house's own licence.

use spdx::{Expression, ParseMode};

use super::finding::{Finding, Reason};
use super::tree::{Package, Tree};

/// Licences that ask for no more than their own text and notice.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "NCSA",
    "OpenSSL",
    "Unicode-3.0",
    "Zlib",
];

/// An exception that only widens Apache-2.0.
const ALLOWED_EXCEPTION: &str = "LLVM-exception";

const LICENCE: Reason = Reason {
    why: "because all that is linked must be free to give on (xtask/src/tidy/licences.rs)",
    fix: "take another crate, or add the licence to the list with the reason why it may be",
};

/// Finds packages whose licence is not allowed, not understood or not there.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.packages.iter().filter_map(check_package).collect()
}

fn check_package(package: &Package) -> Option<Finding> {
    let expression = package.licence.as_deref();
    let allowed = expression.is_some_and(is_allowed);
    let licence = expression.unwrap_or("no licence");
    let Package { name, version, lock, .. } = package;
    (!allowed).then(|| LICENCE.at(lock, 1, format!("{name} {version} has {licence}")))
}

fn is_allowed(expression: &str) -> bool {
    // Lax also reads the older `MIT/Apache-2.0`.
    let Ok(expression) = Expression::parse_mode(expression, ParseMode::LAX) else { return false };
    expression.evaluate(|requirement| {
        let id = requirement.license.id().map(|id| id.name);
        let addition = requirement.addition.as_ref().map(ToString::to_string);
        id.is_some_and(|id| ALLOWED.contains(&id))
            && addition.is_none_or(|exception| exception == ALLOWED_EXCEPTION)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(licence: Option<&str>) -> usize {
        let package = Package {
            name: "some".to_owned(),
            version: "1.0.0".to_owned(),
            licence: licence.map(str::to_owned),
            lock: "Cargo.lock",
        };
        check(&Tree { packages: vec![package], ..Tree::default() }).len()
    }

    #[test]
    fn what_may_not_be_given_on_is_refused() {
        let refused = ["GPL-3.0-or-later", "MIT AND AGPL-3.0-only", "BUSL-1.1", "Own licence"];
        for licence in refused {
            assert_eq!(found(Some(licence)), 1, "{licence}");
        }
        assert_eq!(found(Some("Apache-2.0 WITH Classpath-exception-2.0")), 1);
        assert_eq!(found(None), 1);
    }

    #[test]
    fn a_free_choice_among_several_is_enough() {
        let allowed = [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-2.0-only OR BSD-3-Clause",
            "ISC AND (Apache-2.0 OR ISC) AND OpenSSL",
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0-only",
        ];
        for licence in allowed {
            assert_eq!(found(Some(licence)), 0, "{licence}");
        }
    }
}
