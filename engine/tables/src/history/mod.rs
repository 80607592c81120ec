//! How what is over is kept: small, and out of the way of what is not.
//!
//! Most rows of a company are history, so their size is what its disk holds and what every backup copies. The events of
//! one command are one row, and a case that has ended is one row with everything that is left of it.

mod events;
mod finished;
mod steps;

pub(crate) use events::Events;
pub(crate) use finished::{FINISHED_VERSION, Finished};
