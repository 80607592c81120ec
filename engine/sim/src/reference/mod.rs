//! A slow, simple model of how BPMN processes run: BPMN 2.0.2, chapter 13, one file for each of its parts.
//!
//! It is written to be read beside the standard. The whole state is one value, a [`World`], that can be cloned. What can
//! happen next is never remembered but found by looking at everything there is ([`World::enabled`]); a step is then
//! taken ([`World::step`]). Activations are never removed, only ended, so what was completed, in which order, and with
//! which variables, can always be looked up.
//!
//! # Where the standard leaves freedom
//!
//! - **The order of concurrent tokens** is free in the standard, and it is free here: every enabled step may be the next.
//!   [`World::run`] takes the oldest first; a comparison may try others. What one step does is one whole: an activity
//!   that begins (with its inputs), or ends (with its outputs and the tokens that leave), a gateway that opens, an event
//!   that occurs with all that it interrupts, a message or signal that is thrown together with those who receive it.
//! - **Of two timers that are due in the same moment** either may be first; [`World::run`] takes the one that was armed
//!   first. Time only passes while nothing else can be done, and stops at each moment when a timer is due.
//! - **A scope is over** when nothing is live in it and no token waits in it (13.3.4); this too is a step, and so are the
//!   opening of an inclusive gateway and the reset of a complex one.
//! - **Conditional events** occur when their condition becomes true: when they are armed and it holds, or when it holds
//!   after it did not. It is looked at between steps, not within one.
//! - **Messages and signals** that a model throws are under way for a while: arriving is a step of its own. A signal
//!   reaches whoever waits for it then.
//! - **A message** goes to the one who waits for its name and key, else to the one who waits for the name without a key,
//!   else it starts a case. It is refused, or the thrower is stuck, when several could have it. Thrown while nobody
//!   waits, it is kept and goes to the first who does. Published from outside it is refused then.
//! - **An error** goes to the nearest scope outwards that catches it: an event sub-process in the scope, then a boundary
//!   event on it, a code before a catch-all; through call activities too. Nobody: an incident on the thrower.
//! - **An escalation** goes the same way; nobody: nothing happens. What it interrupts is ended with the event that threw
//!   it; otherwise that event then completes. On its way out of a called case it is under way, as a message is.
//! - **A terminate end event** (13.5.6) ends its own scope only: one instance of a multi-instance sub-process, the called
//!   case and not the caller. The scope is then over.
//! - **An event sub-process** starts while something else is live in its scope, not when only other event sub-processes
//!   are left (13.5.4). When an interrupting one is over, its scope is over and goes on as usual.
//! - **Compensation** without an activity undoes everything completed in the thrower's scope, or for a thrower in an
//!   event sub-process in the scope around that, the last completed first, one after the other; repeated activities
//!   instance by instance. The throwing event is active until all is undone, also when its tokens do not wait for it.
//! - **Complex gateways**: what `complex_gateway` says.

mod activities;
mod ad_hoc;
mod boundary_events;
mod calls;
mod compensation;
mod complex_gateway;
mod end_events;
mod escaping;
mod event_sub_processes;
mod events;
mod exclusive_gateway;
mod expressions;
mod gateways;
mod inclusive_gateway;
mod loops;
mod messages;
mod multi_instance;
mod observe;
mod parallel_gateway;
mod process;
mod run;
mod state;
mod sub_processes;
mod tasks;
mod timers;
mod tokens;
mod variables;

pub use expressions::{Names, script, value};
pub use observe::{Picture, gathers, is_compared};
pub use run::{Command, Refused, Step};
pub use state::{Activation, Event, Id, Life, Outcome, What, World};
