//! What must hold on a token of any make: each program that has this names the make.

mod anchors;
mod cosigner;
mod doors;
pub mod house;
mod keys;
pub mod opening;
mod suites;
mod vault;
mod witness;
