//! Rejections and forms: settings that name other parts of the process.

use std::collections::BTreeSet;

use crate::{
    HumanTask, NodeKind, Rejection,
    catalogue::{Words, settings as rules},
    read::{Context, Draft},
};

pub(super) fn check(draft: &Draft<'_>, context: &mut Context<'_>) {
    let form = form_fields(draft);
    for (position, node) in draft.nodes.iter().enumerate() {
        if let Some(NodeKind::UserTask(task)) = &node.kind {
            check_rejection(draft, position, task, context);
            if let Some(form) = &form {
                for field in task.fields.iter().filter(|field| !form.contains(&field.field)) {
                    let words: &[&dyn Words] = &[&node.element.label(), &field.field];
                    context.findings.report(&rules::FIELD_UNKNOWN, node.element, words);
                }
            }
        }
    }
}

fn check_rejection(draft: &Draft<'_>, position: usize, task: &HumanTask, context: &mut Context<'_>) {
    let Some(Rejection::Flow(id)) = task.approval.as_ref().map(|approval| &approval.on_rejection) else {
        return;
    };
    let (element, leaving) = (draft.nodes[position].element, &draft.outgoing[position]);
    if !leaving.iter().any(|flow| draft.flows[*flow].element.id() == Some(id)) {
        context
            .findings
            .report(&rules::REJECTION_FLOW_ELSEWHERE, element, &[&element.label(), id]);
    } else if leaving.len() == 1 {
        context
            .findings
            .report(&rules::APPROVAL_FLOW_MISSING, element, &[&element.label()]);
    }
}

/// The paths of the process's own form. A record's fields are not known here.
fn form_fields(draft: &Draft<'_>) -> Option<BTreeSet<String>> {
    if draft.settings.subject.is_some() {
        return None;
    }
    let fields = draft.settings.form.iter().flat_map(|field| {
        let columns = field.columns.iter().map(|column| format!("{}.{}", field.id, column.id));
        std::iter::once(field.id.clone()).chain(columns)
    });
    Some(fields.collect())
}
