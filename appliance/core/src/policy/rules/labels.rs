//! `labels`: each document's label is one of these texts, or begins with one that ends in `*`.

use countersign_protocol::item::Items;
use subtle::{Choice, ConstantTimeEq};

use crate::policy::Rules;
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, items: &Items<'_>) -> Choice {
    let any = choice(rules.labels.is_none());
    let is_like = |label: &str| {
        let patterns = rules.labels.iter().flatten();
        patterns.fold(any, |found, pattern| found | fits(pattern, label))
    };
    items.iter().fold(choice(true), |all, item| all & is_like(item.label.as_str()))
}

/// Lengths are no secret: the front-end knows the label, and a policy is no secret to it for long.
fn fits(pattern: &str, label: &str) -> Choice {
    let beginning = |text: &str| {
        let begins = label.as_bytes().get(..text.len());
        begins.map_or(choice(false), |begins| begins.ct_eq(text.as_bytes()))
    };
    match pattern.strip_suffix('*') {
        Some(text) => beginning(text),
        None => beginning(pattern) & choice(pattern.len() == label.len()),
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::item::Form;

    use super::*;
    use crate::policy::Text;
    use crate::policy::rules::{any, of_documents};

    fn allowed(patterns: &[&str], labels: &[&str]) -> bool {
        let text = |pattern: &&str| Text::try_from(*pattern).expect("a pattern");
        let rules = Rules { labels: Some(patterns.iter().map(text).collect()), ..any() };
        let items: heapless::Vec<_, 4> = labels.iter().map(|label| (*label, Form::Raw)).collect();
        of_documents(&items, |items| holds(&rules, items))
    }

    #[test]
    fn a_text_is_the_label_itself() {
        assert!(allowed(&["Prescription"], &["Prescription"]));
        assert!(!allowed(&["Prescription"], &["Prescriptions"]));
        assert!(!allowed(&["Prescription"], &["Prescriptio"]));
        assert!(!allowed(&["Prescription"], &["prescription"]));
    }

    #[test]
    fn a_star_stands_for_what_comes_after() {
        assert!(allowed(&["Prescription *"], &["Prescription 4711"]));
        assert!(allowed(&["Prescription *"], &["Prescription "]));
        assert!(!allowed(&["Prescription *"], &["Prescription"]));
        assert!(!allowed(&["Prescription *"], &["A Prescription 4711"]));
        assert!(allowed(&["*"], &["x"]));
    }

    #[test]
    fn each_document_is_like_one_of_them() {
        assert!(allowed(&["A*", "B"], &["B", "A1"]));
        assert!(!allowed(&["A*", "B"], &["A1", "B1"]));
        assert!(of_documents(&[("anything", Form::Raw)], |items| holds(&any(), items)));
    }
}
