//! How the activations, events and variables of a case are kept where they are no rows of their own.
//!
//! Each row costs, while it changes and on the disk, and most rows of a company are history. The events of one command
//! are one row; a small case that goes on is one row, and so is one that has ended, with everything of it.

mod events;
mod steps;
mod whole;

pub(crate) use events::Events;
pub(crate) use whole::{WHOLE_VERSION, Whole};
