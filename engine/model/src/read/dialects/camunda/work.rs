//! Work that is bound by the name of a class, a bean or a topic, or is an expression; decisions.

use kapok_protocol::IsoDuration;

use super::{juel, values};
use crate::{
    DecisionTask, NodeKind, ServiceTask,
    read::{
        Context,
        dialects::result_variable,
        tasks::{check_decision, check_handler, new_external, new_handler},
        values::{is_computed, read_name, variable},
    },
    xml::Element,
};

/// Reads what a task is bound to; `holder` is the task itself, or the message event definition of an event.
pub(in crate::read::dialects) fn read_work<'a>(
    task: &'a Element,
    holder: &'a Element,
    context: &mut Context<'a>,
) -> Option<NodeKind> {
    let result_variable = result_variable(holder).map(str::to_owned);
    if let Some(decision) = holder.dialect_attribute("decisionRef") {
        let decision = read_name(task, task.line, decision, context);
        check_decision(task, task.line, &decision, context);
        return Some(NodeKind::DecisionTask(DecisionTask {
            decision,
            result_variable,
        }));
    }
    if let Some(expression) = holder.dialect_attribute("expression") {
        return Some(NodeKind::ExpressionTask {
            expression: juel(task, task.line, expression, context),
            result_variable,
        });
    }
    let work = match handler_name(holder) {
        Some(name) => {
            if is_computed(name) {
                context.foreign_value(task, task.line, "delegateExpression", name);
            } else {
                check_handler(task, task.line, name, context);
            }
            new_handler(name)
        }
        None => {
            let topic = holder.dialect_attribute("topic")?;
            if is_computed(topic) {
                context.foreign_value(task, task.line, "topic", topic);
            }
            new_external(topic)
        }
    };
    let mut service = ServiceTask {
        result_variable,
        ..work
    };
    read_inputs(task, holder, &mut service, context);
    read_retries(task, &mut service, context);
    Some(NodeKind::ServiceTask(service))
}

/// The name of a class, or of the bean in `${bean}`.
fn handler_name(holder: &Element) -> Option<&str> {
    if let Some(class) = holder.dialect_attribute("class") {
        return Some(class);
    }
    if let Some(text) = holder.dialect_attribute("delegateExpression") {
        let bean = text
            .strip_prefix("${")
            .or(text.strip_prefix("#{"))
            .and_then(|inside| inside.strip_suffix('}'))
            .map(str::trim);
        let is_name = |bean: &&str| !bean.is_empty() && bean.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c));
        return Some(bean.filter(is_name).unwrap_or(text));
    }
    None
}

/// The inputs of the step, and what is injected into the class.
fn read_inputs<'a>(task: &'a Element, holder: &'a Element, service: &mut ServiceTask, context: &mut Context<'a>) {
    for field in holder.dialect_settings("field") {
        if let Some(name) = field.stated("name") {
            let value = values::read_field(task, field, context);
            service.inputs.push((name.to_owned(), value));
        }
    }
    for parameter in values::parameters(task, "inputParameter") {
        if let Some(name) = parameter.stated("name") {
            service.inputs.push((name.to_owned(), variable(name)));
        }
    }
}

/// `R3/PT10M`: three times, ten minutes apart.
fn read_retries<'a>(task: &'a Element, service: &mut ServiceTask, context: &mut Context<'a>) {
    let Some(setting) = task.dialect_settings("failedJobRetryTimeCycle").next() else {
        return;
    };
    let text = setting.text.trim();
    let read = |text: &str| -> Option<(u32, Option<IsoDuration>)> {
        match text.strip_prefix('R') {
            Some(rest) => {
                let (times, interval) = rest.split_once('/')?;
                Some((times.parse().ok()?, Some(interval.trim().parse().ok()?)))
            }
            // A list of intervals; ours grow too.
            None => {
                let intervals = text.split(',').map(|interval| interval.trim().parse::<IsoDuration>());
                let intervals = intervals.collect::<Result<Vec<_>, _>>().ok()?;
                let even = intervals.windows(2).all(|pair| pair[0] == pair[1]);
                Some((intervals.len() as u32, intervals.first().copied().filter(|_| even)))
            }
        }
    };
    match read(text) {
        Some((retries, backoff)) => {
            service.retries = retries;
            service.backoff = backoff;
        }
        None => context.foreign_value(task, setting.line, "failedJobRetryTimeCycle", text),
    }
}
