//! Activities (BPMN 2.0.2, 10.3).

use std::collections::BTreeSet;

use super::{
    Context,
    assignees::read_assignees,
    expressions::read_expression,
    forms::read_step_fields,
    messages::read_message,
    reminders::read_reminders,
    settings::{read_choice, read_flag},
};
use crate::{
    Approval, HumanTask, Known, NodeKind, Rejection, ScriptTask, ServiceTask, SignMode,
    catalogue::{Words, elements, settings as rules},
    xml::Element,
};

/// How often a service task is tried again when the model does not say.
const DEFAULT_RETRIES: u32 = 3;

pub(super) fn read_user_task(task: &Element, context: &mut Context<'_>) -> NodeKind {
    let mut human = HumanTask {
        approval: task
            .setting("approval")
            .map(|setting| read_approval(task, setting, context)),
        ..HumanTask::default()
    };
    if let Some(setting) = task.setting("assignees") {
        human.assignees = read_assignees(task, setting, context);
    }
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

pub(super) fn read_script_task(task: &Element, context: &mut Context<'_>) -> NodeKind {
    // Without scriptFormat it is the product's own language, as for expressions.
    if let Some(format) = task.attribute("scriptFormat").map(str::trim)
        && !matches!(format, "" | "rhai")
    {
        context
            .findings
            .report(&rules::SCRIPT_LANGUAGE, task, &[&task.label(), &format]);
    }
    let script = task.bpmn_child("script");
    let text = script.map(|script| script.text.trim()).unwrap_or_default().to_owned();
    if text.is_empty() {
        context.findings.report(&rules::SCRIPT_MISSING, task, &[&task.label()]);
    } else if matches!(task.attribute("scriptFormat").map(str::trim), None | Some("" | "rhai"))
        && let Err(reason) = context.environment.check_script(&text)
    {
        let line = script.map_or(task.line, |script| script.line);
        context
            .findings
            .report_inside(&rules::SCRIPT_INVALID, task, line, &[&task.label(), &reason]);
    }
    let result_variable = task.setting("result").and_then(|result| name(result, "variable"));
    NodeKind::ScriptTask(ScriptTask {
        script: text,
        result_variable,
    })
}

pub(super) fn read_service_task(task: &Element, context: &mut Context<'_>) -> NodeKind {
    match (task.setting("handler"), task.setting("message")) {
        (Some(handler), None) => NodeKind::ServiceTask(read_handler(task, handler, context)),
        (None, Some(message)) => NodeKind::MessageTask(Box::new(read_message(task, message, context))),
        (Some(handler), Some(_)) => {
            context.findings.report(&rules::SERVICE_BOTH, task, &[&task.label()]);
            NodeKind::ServiceTask(read_handler(task, handler, context))
        }
        (None, None) => {
            context.findings.report(&rules::SERVICE_EMPTY, task, &[&task.label()]);
            NodeKind::ServiceTask(ServiceTask {
                handler: String::new(),
                inputs: Vec::new(),
                result_variable: None,
                retries: DEFAULT_RETRIES,
                backoff: None,
            })
        }
    }
}

fn read_handler(task: &Element, setting: &Element, context: &mut Context<'_>) -> ServiceTask {
    let handler = name(setting, "name").unwrap_or_default();
    if !handler.is_empty() && context.environment.handler(&handler) == Known::No {
        context
            .findings
            .report_inside(&rules::HANDLER_UNKNOWN, task, setting.line, &[&task.label(), &handler]);
    }
    let mut seen = BTreeSet::new();
    let mut inputs = Vec::new();
    for input in setting.kapok_children().filter(|child| child.name == "input") {
        let Some(input_name) = name(input, "name") else {
            continue;
        };
        if !seen.insert(input_name.clone()) {
            context
                .findings
                .report_inside(&rules::INPUT_TWICE, task, input.line, &[&task.label(), &input_name]);
        }
        if input.text.trim().is_empty() {
            let words: &[&dyn Words] = &[&task.label(), &input.name];
            context
                .findings
                .report_inside(&elements::EXTENSION_EMPTY, task, input.line, words);
            continue;
        }
        inputs.push((input_name, read_expression(task, input, context)));
    }
    let retries = setting.attribute("retries").map_or(DEFAULT_RETRIES, |retries| {
        retries.trim().parse().unwrap_or_else(|_| {
            let words: &[&dyn Words] = &[&task.label(), &setting.name, &"retries", &retries];
            context
                .findings
                .report_inside(&elements::EXTENSION_VALUE, task, setting.line, words);
            DEFAULT_RETRIES
        })
    });
    ServiceTask {
        handler,
        inputs,
        result_variable: name(setting, "result"),
        retries,
        backoff: None,
    }
}

fn name(setting: &Element, attribute: &str) -> Option<String> {
    setting
        .attribute(attribute)
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}
