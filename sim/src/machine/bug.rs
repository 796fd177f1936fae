//! Mistakes that can be planted, one for each rule: a checker that never finds anything proves nothing.

use crate::model::Rule;

macro_rules! bugs {
    ($($(#[$doc:meta])* $name:ident breaks $rule:ident,)*) => {
        /// A mistake of the appliance's.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
        pub enum Bug {
            /// None.
            #[default]
            None,
            $($(#[$doc])* $name,)*
        }

        impl Bug {
            /// Each of them, with the rule that it breaks.
            pub const ALL: &'static [(Self, Rule)] = &[$((Self::$name, Rule::$rule),)*];
        }
    };
}

bugs! {
    /// Replies leave before their records are durable.
    ReplyBeforeSync breaks OnRecord,
    /// Whatever signs an approval, it is taken for the device's.
    AnySignature breaks Approved,
    /// The token is asked twice for each signature.
    SignsTwice breaks Once,
    /// The appliance's time stands still.
    NoTime breaks Limits,
    /// An order is acknowledged and not carried out.
    AcknowledgesNothing breaks Revoked,
    /// The key of an erased signer is not destroyed.
    KeepsKeys breaks Erased,
    /// A reply holds the token's secret.
    LeaksSecret breaks Secret,
    /// A refusal says more than that it is one.
    TellsMore breaks Uniform,
    /// Where a signature cannot be good, it is not checked.
    ChecksLess breaks Uniform,
    /// After a while nothing is committed any more.
    StopsCommitting breaks Bounded,
    /// Some requests are never answered.
    NeverAnswers breaks Progress,
    /// Whoever runs sees the anchors that it made, and none that another copy has made since.
    OverlooksTheOther breaks OneCopy,
    /// After an order, somebody is under a legal hold that nobody has recorded.
    DecidesOtherwise breaks Derived,
}
