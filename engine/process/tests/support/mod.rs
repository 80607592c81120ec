//! What the tests of the state machine share.
#![allow(dead_code)] // Each test file uses its part of it.

pub mod company;
pub mod drawing;
pub mod engine;
pub mod evaluator;
pub mod invariants;
pub mod state;
