//! Text that people read: bounded, never empty, and reading the same wherever it is shown: without
//! control characters, line separators, and characters that reorder or hide what is around them.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::limits::{LABEL_BYTES_MAX, NAME_BYTES_MAX, ORIGIN_BYTES_MAX, POLICY_PATTERN_BYTES_MAX};

/// Control characters, and Unicode's marks, embeddings, overrides and isolates of direction, its line
/// and paragraph separators, and what is there without being seen (UAX 9, 2; Unicode 5.8, 23.2, 23.8,
/// 23.9). Joiners stay: scripts need them.
fn misleads(character: char) -> bool {
    let reorders = matches!(character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}');
    let hides = matches!(character,
        '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}');
    character.is_control() || reorders || breaks || hides
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<'b>(&'b str);

        impl<'b> $name<'b> {
            /// The text, if it is within its limit, not empty, and free of what misleads a reader.
            #[must_use]
            pub fn new(text: &'b str) -> Option<Self> {
                let fits = !text.is_empty() && text.len() <= $max;
                // Most text is plain: nothing in ASCII misleads but its control characters.
                let plain = || text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
                (fits && (plain() || !text.chars().any(misleads))).then_some(Self(text))
            }

            /// The text.
            #[must_use]
            pub const fn as_str(&self) -> &'b str {
                self.0
            }
        }

        impl<'b, C> Decode<'b, C> for $name<'b> {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
                Self::new(d.str()?).ok_or_else(|| Error::message("text past its limit"))
            }
        }

        impl<C> Encode<C> for $name<'_> {
            fn encode<W: Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(self.0)?.ok()
            }
        }

        impl core::fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.0)
            }
        }
    };
}

text!(
    /// What a signer reads on the device about one item.
    Label, LABEL_BYTES_MAX
);
text!(
    /// A text that a label must be; or, if its last character is `*`, that it must begin with (without the `*`).
    Pattern, POLICY_PATTERN_BYTES_MAX
);
text!(
    /// What officers call a tenant, signer, key, device, front-end or officer.
    Name, NAME_BYTES_MAX
);
text!(
    /// A web origin (`https://host[:port]`) or an rpId (`host`).
    Origin, ORIGIN_BYTES_MAX
);
