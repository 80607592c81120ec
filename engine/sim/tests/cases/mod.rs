//! Small models where it is easy to get it wrong, with what must happen: worked out by hand from the standard.

mod ad_hoc;
mod compensation;
mod events;
mod gateways;
mod repetition;
mod scopes;

use crate::support::file;

/// A model, what is done, and what must happen: `|` after each command, then how each case is.
pub struct Case {
    pub name: &'static str,
    pub xml: String,
    pub commands: &'static str,
    #[allow(dead_code)] // The comparison asks the reference.
    pub told: &'static str,
}

pub fn all() -> Vec<Case> {
    [
        gateways::cases(),
        scopes::cases(),
        events::cases(),
        repetition::cases(),
        compensation::cases(),
        ad_hoc::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub const ENDS: &str = "<startEvent id='s'/><endEvent id='e'/>";

/// One process with a start event `s`, an end event `e`, these elements and these flows.
pub fn p(elements: &str, drawn: &str) -> String {
    file(&format!("{ENDS}{elements}"), drawn, "")
}
