//! What BPMN 2.0.2 itself demands of a model, looked at in the XML: whether each element stands where it may, says what
//! it must and leads to what it should, and the rules that the standard states in words.
//!
//! Other tools write XML that is a little wrong and quite clear. A finding here is an error only where nobody could know
//! what is meant; anything else is a warning.

mod activities;
mod collaborations;
mod compensation;
mod event_gateways;
mod event_sub_processes;
mod links;
mod outline;
mod references;
mod transactions;
mod values;
mod vocabulary;
mod words;

use crate::{read::Findings, xml::Element};
use outline::Outline;

/// Checks a whole file; `runs` says which of its processes are meant to run.
pub(crate) fn check(root: &Element, runs: &dyn Fn(&Element) -> bool, findings: &mut Findings) {
    let outline = Outline::of(root, runs);
    for check in [
        values::check,
        references::check,
        links::check,
        compensation::check,
        transactions::check,
        event_sub_processes::check,
        event_gateways::check,
        activities::check,
        collaborations::check,
    ] {
        check(&outline, findings);
    }
}
