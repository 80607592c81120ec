//! Business rule tasks.

use super::service::{bound_to, read_binding};
use crate::{NodeKind, catalogue::settings as rules, read::Context, xml::Element};

pub(in crate::read) fn read_business_rule_task<'a>(task: &'a Element, context: &mut Context<'a>) -> NodeKind {
    read_binding(task, context).unwrap_or_else(|| {
        context
            .findings
            .report(&rules::DECISION_MISSING, task, &[&task.label()]);
        NodeKind::ServiceTask(bound_to(String::new()))
    })
}
