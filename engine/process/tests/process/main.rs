//! The state machine from outside: drawings, commands, and what must come of them.
#![allow(clippy::type_complexity)] // Tables of cases are lists of tuples.

mod elements;
mod forms;
mod human;
mod random;
mod reminders;
mod support;
