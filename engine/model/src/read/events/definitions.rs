//! What an event waits for or does (BPMN 2.0.2, 10.5.5).

use super::{Position, code};
use crate::{
    EventDefinition, Name,
    catalogue::{Words, elements as element_rules, flow as rules, names},
    read::{
        Context, Reported,
        drawing::Drawing,
        expressions::read_expression,
        file::File,
        messages::{Way, read_message},
        timers,
        values::read_name,
    },
    xml::Element,
};

/// Whether this child of an event says what the event waits for or does.
pub(in crate::read) fn is_definition(child: &Element) -> bool {
    child.name.ends_with("EventDefinition") || child.name == "eventDefinitionRef"
}

/// The definitions of an event, its own and those it refers to.
pub(in crate::read) fn definition_elements<'a>(
    event: &'a Element,
    file: &File<'a>,
) -> impl Iterator<Item = &'a Element> {
    event
        .bpmn_children()
        .filter(|child| is_definition(child))
        .filter_map(move |child| match child.name.as_str() {
            "eventDefinitionRef" => file.placed(&child.text).map(|placed| placed.element),
            _ => Some(child),
        })
}

/// Reads all definitions of an event, or reports those that cannot stand there.
pub(in crate::read) fn read_all<'a>(
    event: &'a Element,
    holder: &'a Element,
    position: Position,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Result<Vec<EventDefinition>, Reported> {
    let mut read = Vec::new();
    let mut fault = None;
    for child in holder.bpmn_children().filter(|child| is_definition(child)) {
        match referred(event, child, context)
            .and_then(|definition| read_one(event, definition, child.line, position, drawing, context))
        {
            Ok(definition) => read.push(definition),
            Err(reported) => fault = Some(reported),
        }
    }
    match fault {
        Some(reported) => Err(reported),
        None => Ok(read),
    }
}

/// The definition itself, when it is only referred to.
fn referred<'a>(event: &'a Element, child: &'a Element, context: &mut Context<'a>) -> Result<&'a Element, Reported> {
    if child.name != "eventDefinitionRef" {
        return Ok(child);
    }
    resolve(event, child.line, "eventDefinitionRef", child.text.trim(), context)
}

/// The event definition that a reference names.
pub(in crate::read) fn resolve<'a>(
    event: &Element,
    line: u32,
    reference: &'static str,
    id: &str,
    context: &mut Context<'a>,
) -> Result<&'a Element, Reported> {
    match context.file.placed(id) {
        Some(placed) if is_definition(placed.element) => Ok(placed.element),
        _ => {
            let words: &[&dyn Words] = &[&event.label(), &reference, &id];
            context
                .findings
                .report_inside(&element_rules::DANGLING, event, line, words);
            Err(Reported)
        }
    }
}

/// Reads a definition; `line` is where the event says that it has it.
pub(in crate::read) fn read_one<'a>(
    event: &'a Element,
    definition: &'a Element,
    line: u32,
    position: Position,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Result<EventDefinition, Reported> {
    let name = definition.name.as_str();
    if !position.allows(name) {
        let words: &[&dyn Words] = &[&event.label(), &position.words(), &names::element(name)];
        context
            .findings
            .report_inside(&rules::EVENT_MISPLACED, event, line, words);
        return Err(Reported);
    }
    Ok(match name {
        "messageEventDefinition" => message(event, definition, line, position, context)?,
        "timerEventDefinition" => EventDefinition::Timer(timers::read_timer(event, definition, context)),
        "signalEventDefinition" => EventDefinition::Signal(signal(event, definition, line, context)?),
        "conditionalEventDefinition" => condition(event, definition, line, context)?,
        "errorEventDefinition" => {
            let code = code(event, definition, "error", context)?;
            if code.is_none() && position.throws() {
                return missing(&rules::ERROR_CODE_MISSING, event, line, context);
            }
            EventDefinition::Error(code)
        }
        "escalationEventDefinition" => {
            let code = code(event, definition, "escalation", context)?;
            if code.is_none() && position.throws() {
                return missing(&rules::ESCALATION_CODE_MISSING, event, line, context);
            }
            EventDefinition::Escalation(code)
        }
        "compensateEventDefinition" => EventDefinition::Compensation {
            activity: drawing.optional(event, definition, "activityRef", context),
            wait: context.flag(event, definition, "waitForCompletion", true),
        },
        "linkEventDefinition" => match definition.drawn_name().or(event.drawn_name()) {
            Some(name) => EventDefinition::Link(name.to_owned()),
            None => return missing(&rules::LINK_NAME_MISSING, event, line, context),
        },
        "cancelEventDefinition" => EventDefinition::Cancel,
        _ => EventDefinition::Terminate,
    })
}

fn missing(
    rule: &crate::catalogue::Rule,
    event: &Element,
    line: u32,
    context: &mut Context<'_>,
) -> Result<EventDefinition, Reported> {
    context.findings.report_inside(rule, event, line, &[&event.label()]);
    Err(Reported)
}

fn message<'a>(
    event: &'a Element,
    definition: &'a Element,
    line: u32,
    position: Position,
    context: &mut Context<'a>,
) -> Result<EventDefinition, Reported> {
    let way = if position.throws() { Way::Sends } else { Way::Receives };
    if let Some(message) = read_message(event, Some(definition), way, context)? {
        return Ok(EventDefinition::Message(message));
    }
    if way == Way::Sends {
        return missing(&rules::MESSAGE_NOTHING_SENT, event, line, context);
    }
    let words: &[&dyn Words] = &[&event.label(), &event.id().unwrap_or_default()];
    context
        .findings
        .report_inside(&rules::MESSAGE_UNNAMED, event, line, words);
    Ok(EventDefinition::Message(crate::Message {
        name: Name::Literal(event.id().unwrap_or_default().to_owned()),
        key: None,
        to: None,
    }))
}

fn signal(event: &Element, definition: &Element, line: u32, context: &mut Context<'_>) -> Result<Name, Reported> {
    let Some(reference) = definition.stated("signalRef") else {
        context
            .findings
            .report_inside(&rules::SIGNAL_MISSING, event, line, &[&event.label()]);
        return Err(Reported);
    };
    match context.file.find(reference, "signal") {
        Some(signal) => Ok(match signal.drawn_name() {
            Some(name) => read_name(event, signal.line, name, context),
            None => Name::Literal(signal.id().unwrap_or_default().to_owned()),
        }),
        None => {
            let words: &[&dyn Words] = &[&event.label(), &"signalRef", &reference];
            context
                .findings
                .report_inside(&element_rules::DANGLING, event, line, words);
            Err(Reported)
        }
    }
}

fn condition(
    event: &Element,
    definition: &Element,
    line: u32,
    context: &mut Context<'_>,
) -> Result<EventDefinition, Reported> {
    match definition
        .bpmn_child("condition")
        .filter(|condition| !condition.text.trim().is_empty())
    {
        Some(condition) => Ok(EventDefinition::Condition(read_expression(event, condition, context))),
        None => missing(&rules::CONDITION_EMPTY, event, line, context),
    }
}
