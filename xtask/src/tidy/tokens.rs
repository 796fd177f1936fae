//! A Rust file as one flat row of tokens: simple to search, and it sees what is inside a macro.

use std::str::FromStr;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// One token, or the opening or closing of a group, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its text: an identifier, one character of punctuation, a literal, or one of `([{}])`.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
}

/// All tokens of a text, comments left out.
pub fn flat(text: &str) -> syn::Result<Vec<Token>> {
    let stream = TokenStream::from_str(text).map_err(syn::Error::from)?;
    let mut tokens = Vec::new();
    collect(stream, &mut tokens);
    Ok(tokens)
}

fn collect(stream: TokenStream, tokens: &mut Vec<Token>) {
    let token = |text: String, span: Span| Token { text, line: span.start().line };
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                tokens.push(token(open.to_owned(), group.span_open()));
                collect(group.stream(), tokens);
                tokens.push(token(close.to_owned(), group.span_close()));
            }
            leaf => tokens.push(token(leaf.to_string(), leaf.span())),
        }
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

/// Whether the row begins with these texts.
pub fn begins_with(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// What is inside the group that the row begins with; empty when it begins with none.
pub fn group(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return tokens.get(1..index).unwrap_or_default();
        }
    }
    &[]
}

/// The inside of a group, split at the commas that are not in a group of their own.
pub fn arguments(inside: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    let parts = inside.split(|token| {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.text == ","
    });
    parts.filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_lines_of_the_text_also_inside_a_macro() {
        let tokens = flat("m! {\n  a.b(c)\n}").unwrap();
        let b = tokens.iter().find(|token| token.text == "b").unwrap();
        assert_eq!(b.line, 2);
    }

    #[test]
    fn arguments_are_split_at_their_own_commas_only() {
        let tokens = flat("(&Mechanism::Rsa(x, y), handle, &[1, 2],)").unwrap();
        assert_eq!(arguments(group(&tokens)).len(), 3);
    }

    #[test]
    fn text_that_is_no_rust_is_an_error() {
        assert!(flat("fn (").is_err());
    }
}
