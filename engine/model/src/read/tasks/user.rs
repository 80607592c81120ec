//! User tasks: 审批 and 办理.

use crate::{
    Approval, HumanTask, NodeKind, Rejection, SignMode,
    catalogue::settings as rules,
    read::{
        Context,
        assignees::read_assignees,
        dialects,
        drawing::Drawing,
        forms::read_step_fields,
        people,
        reminders::read_reminders,
        settings::{read_choice, read_flag},
    },
    xml::Element,
};

pub(in crate::read) fn read_user_task<'a>(
    task: &'a Element,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> NodeKind {
    let mut human = HumanTask {
        approval: task
            .setting("approval")
            .map(|setting| read_approval(task, setting, context)),
        ..HumanTask::default()
    };
    human.assignees = match task.setting("assignees") {
        Some(setting) => read_assignees(task, setting, context),
        None => people::read_people(task, drawing, context),
    };
    if human.assignees.is_empty() {
        context
            .findings
            .report(&rules::ASSIGNEES_MISSING, task, &[&task.label()]);
    }
    if let Some(setting) = task.setting("fields") {
        human.fields = read_step_fields(task, setting, context);
    }
    if let Some(setting) = task.setting("reminders") {
        read_reminders(task, setting, &mut human, context);
    }
    if human.due.is_none() {
        dialects::read_due(task, &mut human, context);
    }
    NodeKind::UserTask(Box::new(human))
}

fn read_approval(task: &Element, setting: &Element, context: &mut Context<'_>) -> Approval {
    let modes = [("any", SignMode::Any), ("all", SignMode::All)];
    let follows_flow = read_choice(
        task,
        setting,
        "onRejection",
        &[("end", false), ("flow", true)],
        false,
        context,
    );
    let flow = setting.attribute("flow").map(str::trim).filter(|flow| !flow.is_empty());
    let on_rejection = match (follows_flow, flow) {
        (true, Some(flow)) => Rejection::Flow(flow.to_owned()),
        (true, None) => {
            context
                .findings
                .report_inside(&rules::REJECTION_FLOW_MISSING, task, setting.line, &[&task.label()]);
            Rejection::End
        }
        (false, Some(_)) => {
            context
                .findings
                .report_inside(&rules::REJECTION_FLOW_UNUSED, task, setting.line, &[&task.label()]);
            Rejection::End
        }
        (false, None) => Rejection::End,
    };
    Approval {
        mode: read_choice(task, setting, "mode", &modes, SignMode::Any, context),
        on_rejection,
        reason_required: read_flag(task, setting, "reasonRequired", context),
    }
}
