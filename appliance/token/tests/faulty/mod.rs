//! What the house does when a token's library goes wrong: a real token behind the faulty module. Each program
//! that has this names the make.
//!
//! Signers' doors open to orders only, so each signature here comes by the core's whole path: a request, a
//! device's approval, an order. What the token said and what the core made of it are both seen.

mod codes;
mod hangs;
mod house;
mod lies;
mod people;
