//! The state machine from outside: drawings, commands, and what must come of them.
#![allow(clippy::type_complexity)] // Tables of cases are lists of tuples.

mod calls;
mod compensation;
mod decisions;
mod elements;
mod events;
mod first_version;
mod forms;
mod gateways;
mod human;
mod loops;
mod messages;
mod random;
mod reminders;
mod sub_processes;
mod support;
mod timers;
