//! Business rule tasks.

use super::service::{new_handler, read_binding};
use crate::{
    Known, Name, NodeKind,
    catalogue::{Words, settings as rules},
    read::Context,
    xml::Element,
};

pub(in crate::read) fn read_business_rule_task<'a>(task: &'a Element, context: &mut Context<'a>) -> NodeKind {
    read_binding(task, context).unwrap_or_else(|| {
        context
            .findings
            .report(&rules::DECISION_MISSING, task, &[&task.label()]);
        NodeKind::ServiceTask(new_handler(""))
    })
}

/// Warns about a decision that is not there.
pub(in crate::read) fn check_decision(task: &Element, line: u32, decision: &Name, context: &mut Context<'_>) {
    if let Some(name) = decision.literal()
        && context.environment.decision(name) == Known::No
    {
        let words: &[&dyn Words] = &[&task.label(), &name];
        context
            .findings
            .report_inside(&rules::DECISION_UNKNOWN, task, line, words);
    }
}
