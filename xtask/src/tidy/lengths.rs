//! How long a file and a function may be.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn};

use super::finding::{Finding, Reason};
use super::tree::{Source, Tree};

const FILE_LINES: usize = 400;
/// Tables of cases are longer than code, and easier to read in one place.
const TEST_FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 50;

const FILE: Reason = Reason {
    why: "because a file holds one idea that can be read at one sitting",
    fix: "split it where the ideas part (100-300 lines is the aim)",
};

const FUNCTION: Reason = Reason {
    why: "because a function fits on a screen",
    fix: "split it into steps with names (about 10 lines is the aim)",
};

/// Finds files and functions that are too long.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.sources
        .iter()
        .flat_map(|source| file(source).into_iter().chain(functions(source)))
        .collect()
}

fn file(source: &Source) -> Option<Finding> {
    let lines = source.text.lines().count();
    let most = if is_test(&source.path) { TEST_FILE_LINES } else { FILE_LINES };
    (lines > most)
        .then(|| FILE.at(&source.path, most + 1, format!("{lines} lines, {most} at most")))
}

fn is_test(path: &str) -> bool {
    path.split('/').any(|part| part == "tests" || part == "fuzz")
}

fn functions(source: &Source) -> Vec<Finding> {
    let mut seen = Functions { path: &source.path, findings: Vec::new() };
    seen.visit_file(&source.syntax);
    seen.findings
}

struct Functions<'a> {
    path: &'a str,
    findings: Vec<Finding>,
}

impl Functions<'_> {
    /// Counts from the signature to the closing brace: documentation and attributes are free.
    fn measure(&mut self, signature: &Signature, block: &Block) {
        let line = |span: Span| span.start().line;
        let first = line(signature.span());
        let lines = line(block.brace_token.span.close()) + 1 - first;
        if lines > FUNCTION_LINES {
            let name = &signature.ident;
            let what = format!("`{name}` has {lines} lines, {FUNCTION_LINES} at most");
            self.findings.push(FUNCTION.at(self.path, first, what));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.measure(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::samples::files;

    fn found(path: &str, text: &str) -> Vec<(usize, String)> {
        check(&files(&[(path, text)])).into_iter().map(|f| (f.line, f.what)).collect()
    }

    fn function(lines: usize) -> String {
        format!("/// It is\n/// long.\nfn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_may_fill_a_screen_and_no_more() {
        assert!(found("a/src/a.rs", &function(50)).is_empty());
        let expected = [(3, "`f` has 51 lines, 50 at most".to_owned())];
        assert_eq!(found("a/src/a.rs", &function(51)), expected);
    }

    #[test]
    fn methods_and_functions_in_traits_and_modules_are_measured() {
        let long = function(51);
        for around in ["impl A {", "trait A {", "mod a {", "fn outer() { struct S; impl S {"] {
            let closing = "}".repeat(around.matches('{').count());
            assert!(!found("a/src/a.rs", &format!("{around}\n{long}{closing}")).is_empty());
        }
    }

    #[test]
    fn a_file_of_tests_may_be_longer() {
        let lines = "// a\n".repeat(401);
        let expected = [(401, "401 lines, 400 at most".to_owned())];
        assert_eq!(found("appliance/core/src/a.rs", &lines), expected);
        assert!(found("appliance/core/tests/a.rs", &lines).is_empty());
        assert!(!found("fuzz/src/a.rs", &"// a\n".repeat(501)).is_empty());
    }
}
