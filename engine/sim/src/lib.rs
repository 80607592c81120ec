//! The model checker of the process engine, for development only.
//!
//! `reference` says what a process does, slowly and plainly, from the text of BPMN 2.0.2 chapter 13. `generate` draws
//! processes at random, and what happens to them. The tests run both through the engine and compare.

pub mod generate;
pub mod reference;
