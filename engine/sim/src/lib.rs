//! What tries the engine in ways that life seldom does; for development only.
//!
//! [`disk`] is a disk that loses power, tears what was being written, and fails; the store's and the engine's tests run
//! on it. `reference` says what a process does, slowly and plainly, from the text of BPMN 2.0.2 chapter 13. `generate`
//! draws processes at random, and what happens to them. The tests run both through the process engine and compare.

mod chance;
pub mod disk;
#[cfg(feature = "processes")]
pub mod generate;
#[cfg(feature = "processes")]
pub mod reference;

pub use chance::Chance;
