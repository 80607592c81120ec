//! What the tests of the state machine share.

pub mod company;
pub mod drawing;
pub mod engine;
pub mod evaluator;
pub mod invariants;
pub mod play;
pub mod state;
