//! `forms`: all documents are of these forms.

use countersign_protocol::item::Items;
use subtle::Choice;

use crate::policy::stated::{Rules, form_bit};
use crate::verdict::choice;

pub(in crate::policy) fn holds(rules: &Rules, items: &Items<'_>) -> Choice {
    let allowed = items.iter().map(|item| choice(rules.forms & form_bit(item.form) != 0));
    allowed.fold(choice(true), |all, one| all & one)
}

#[cfg(test)]
mod tests {
    use countersign_protocol::item::Form;

    use super::*;
    use crate::policy::rules::{any, of_documents};

    #[test]
    fn each_document_is_of_a_form_that_is_allowed() {
        let signed = |forms: &[Form], rules: &Rules| {
            let items: heapless::Vec<_, 4> = forms.iter().map(|form| ("a", *form)).collect();
            of_documents(&items, |items| holds(rules, items))
        };
        let raw = Rules { forms: form_bit(Form::Raw), ..any() };
        assert!(signed(&[Form::Raw, Form::Raw], &raw));
        for other in [Form::CmsAttrs, Form::SignedInfo] {
            assert!(!signed(&[Form::Raw, other], &raw));
            assert!(signed(&[Form::Raw, other], &any()));
        }
    }
}
