//! Work that is bound by name, and work that is an expression.

use crate::{
    Known, NodeKind, ServiceTask,
    catalogue::{Words, elements, settings as rules},
    read::{
        Context, dialects,
        inputs::read_inputs,
        settings::read_flag,
        tasks::{request::read_request, tell::read_message},
    },
    xml::Element,
};

/// How often a service task is tried again when the model does not say.
const DEFAULT_RETRIES: u32 = 3;

/// Reads a service task; one that says nothing is reported.
pub(in crate::read) fn read_service_task<'a>(task: &'a Element, context: &mut Context<'a>) -> NodeKind {
    read_binding(task, context).unwrap_or_else(|| {
        context.findings.report(&rules::SERVICE_EMPTY, task, &[&task.label()]);
        NodeKind::ServiceTask(new_handler(""))
    })
}

/// What a service, send or business rule task is bound to, if it is.
pub(super) fn read_binding<'a>(task: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    if let Some(request) = task.setting("request") {
        if task.setting("handler").is_some() || task.setting("message").is_some() {
            context.findings.report(&rules::SERVICE_BOTH, task, &[&task.label()]);
        }
        let retries = read_retries(task, request, context);
        let result = name(request, "result");
        return Some(NodeKind::ServiceTask(read_request(
            task, request, retries, result, context,
        )));
    }
    match (task.setting("handler"), task.setting("message")) {
        (Some(handler), None) => Some(NodeKind::ServiceTask(read_handler(task, handler, context))),
        (None, Some(message)) => Some(NodeKind::MessageTask(Box::new(read_message(task, message, context)))),
        (Some(handler), Some(_)) => {
            context.findings.report(&rules::SERVICE_BOTH, task, &[&task.label()]);
            Some(NodeKind::ServiceTask(read_handler(task, handler, context)))
        }
        (None, None) => {
            dialects::read_work(task, task, context).or_else(|| read_standard(task, context).map(NodeKind::ServiceTask))
        }
    }
}

/// What the standard has: an operation, or a technology by name. `##…` names none in particular.
fn read_standard<'a>(task: &'a Element, context: &mut Context<'a>) -> Option<ServiceTask> {
    // A send task's operation says which message it sends.
    let operation = task
        .stated("operationRef")
        .filter(|_| task.name != "sendTask")
        .and_then(|reference| {
            let found = context.file.find(reference, "operation");
            if found.is_none() {
                let words: &[&dyn Words] = &[&task.label(), &"operationRef", &reference];
                context.findings.report(&elements::DANGLING, task, words);
            }
            found
        });
    let name = match operation {
        Some(operation) => operation
            .stated("implementationRef")
            .or(operation.drawn_name())
            .or(operation.id())?,
        None => task
            .stated("implementation")
            .filter(|implementation| !implementation.starts_with("##"))?,
    };
    check_handler(task, task.line, name, context);
    Some(new_handler(name))
}

/// Work of this handler that says nothing more.
pub(in crate::read) fn new_handler(handler: impl Into<String>) -> ServiceTask {
    ServiceTask {
        handler: handler.into(),
        inputs: Vec::new(),
        result_variable: None,
        retries: DEFAULT_RETRIES,
        backoff: None,
        external: false,
        request: None,
    }
}

/// Work that outside workers fetch by this topic.
pub(in crate::read) fn new_external(topic: impl Into<String>) -> ServiceTask {
    ServiceTask {
        external: true,
        ..new_handler(topic)
    }
}

/// Reports a handler that is not there.
pub(in crate::read) fn check_handler(task: &Element, line: u32, handler: &str, context: &mut Context<'_>) {
    if !handler.is_empty() && context.environment.handler(handler) == Known::No {
        context
            .findings
            .report_inside(&rules::HANDLER_UNKNOWN, task, line, &[&task.label(), &handler]);
    }
}

fn read_handler(task: &Element, setting: &Element, context: &mut Context<'_>) -> ServiceTask {
    let handler = name(setting, "name").unwrap_or_default();
    let external = read_flag(task, setting, "external", context);
    if !external {
        check_handler(task, setting.line, &handler, context);
    }
    let inputs = read_inputs(task, setting, context);
    let retries = read_retries(task, setting, context);
    ServiceTask {
        handler,
        inputs,
        result_variable: name(setting, "result"),
        retries,
        backoff: None,
        external,
        request: None,
    }
}

fn read_retries(task: &Element, setting: &Element, context: &mut Context<'_>) -> u32 {
    setting.attribute("retries").map_or(DEFAULT_RETRIES, |retries| {
        retries.trim().parse().unwrap_or_else(|_| {
            let words: &[&dyn Words] = &[&task.label(), &setting.name, &"retries", &retries];
            context
                .findings
                .report_inside(&elements::EXTENSION_VALUE, task, setting.line, words);
            DEFAULT_RETRIES
        })
    })
}

fn name(setting: &Element, attribute: &str) -> Option<String> {
    setting.stated(attribute).map(str::to_owned)
}
