//! Events (BPMN 2.0.2, 10.5).

use std::collections::BTreeMap;

use super::{
    Context, draft::node_index, expressions::read_filter, local_part, process::resolve, settings::check_entity, timers,
};
use crate::{
    CatchEvent, EventDefinition, NodeKind, RecordTrigger, StartEvent,
    catalogue::{Words, elements as element_rules, flow as rules},
    xml::Element,
};
use kapok_protocol::RecordEvent;

/// Whether this child of an event says what the event waits for or does.
pub(super) fn is_definition(child: &Element) -> bool {
    child.name.ends_with("EventDefinition") || child.name == "eventDefinitionRef"
}

/// The event's one definition among those it may have.
enum Definition<'a> {
    None,
    One(&'a Element),
    /// It has one that cannot be run, which was reported.
    Refused,
}

fn definition<'a>(event: &'a Element, allowed: &[&str], context: &mut Context<'_>) -> Definition<'a> {
    let definitions: Vec<&Element> = event.bpmn_children().filter(|child| is_definition(child)).collect();
    let mut refused = false;
    for definition in &definitions {
        if !allowed.contains(&definition.name.as_str()) {
            context
                .findings
                .refuse_element(event, definition.line, &definition.name);
            refused = true;
        }
    }
    match definitions.as_slice() {
        _ if refused => Definition::Refused,
        [] => Definition::None,
        [one] => Definition::One(one),
        _ => {
            context
                .findings
                .report(&rules::EVENT_TWO_DEFINITIONS, event, &[&event.label()]);
            Definition::Refused
        }
    }
}

pub(super) fn read_start<'a>(event: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    let record = event
        .setting("recordTrigger")
        .map(|setting| read_record_trigger(event, setting, context));
    let triggers = match (definition(event, &["timerEventDefinition"], context), record) {
        (Definition::Refused, _) => return None,
        (Definition::None, None) => Vec::new(),
        (Definition::None, Some(record)) => vec![EventDefinition::Record(record)],
        (Definition::One(timer), None) => vec![EventDefinition::Timer(timers::read_timer(event, timer, true, context))],
        (Definition::One(_), Some(record)) => {
            context
                .findings
                .report(&rules::START_TWO_TRIGGERS, event, &[&event.label()]);
            vec![EventDefinition::Record(record)]
        }
    };
    Some(NodeKind::StartEvent(StartEvent {
        triggers,
        parallel: false,
        interrupting: true,
    }))
}

fn read_record_trigger(event: &Element, setting: &Element, context: &mut Context<'_>) -> RecordTrigger {
    let entity = setting.attribute("entity").unwrap_or_default().trim().to_owned();
    check_entity(event, setting.line, &entity, context);
    let mut on = Vec::new();
    for word in setting.attribute("on").unwrap_or_default().split_whitespace() {
        match word {
            "created" => on.push(RecordEvent::Created),
            "updated" => on.push(RecordEvent::Updated),
            other => {
                let words: &[&dyn Words] = &[&event.label(), &setting.name, &"on", &other];
                context
                    .findings
                    .report_inside(&element_rules::EXTENSION_VALUE, event, setting.line, words);
            }
        }
    }
    on.dedup();
    let when = setting
        .kapok_children()
        .find(|child| child.name == "when")
        .and_then(|when| read_filter(event, when.line, &when.text, context));
    RecordTrigger { entity, on, when }
}

pub(super) fn read_end<'a>(event: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    let result = match definition(event, &["errorEventDefinition", "terminateEventDefinition"], context) {
        Definition::Refused => return None,
        Definition::None => Vec::new(),
        Definition::One(definition) if definition.name == "terminateEventDefinition" => {
            vec![EventDefinition::Terminate]
        }
        Definition::One(definition) => match error_code(event, definition, context) {
            Ok(Some(code)) => vec![EventDefinition::Error(Some(code))],
            Ok(None) => {
                context
                    .findings
                    .report(&rules::ERROR_CODE_MISSING, event, &[&event.label()]);
                return None;
            }
            Err(Reported) => return None,
        },
    };
    Some(NodeKind::EndEvent(result))
}

pub(super) fn read_intermediate<'a>(event: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    match definition(event, &["timerEventDefinition"], context) {
        Definition::Refused => None,
        Definition::None => {
            context
                .findings
                .report(&rules::EVENT_NO_DEFINITION, event, &[&event.label(), &""]);
            None
        }
        Definition::One(timer) => Some(NodeKind::IntermediateCatch(CatchEvent {
            triggers: vec![EventDefinition::Timer(timers::read_timer(event, timer, false, context))],
            parallel: false,
        })),
    }
}

pub(super) fn read_boundary<'a>(
    event: &'a Element,
    by_id: &BTreeMap<&str, usize>,
    context: &mut Context<'a>,
) -> Option<NodeKind> {
    let attached_to = resolve(event, "attachedToRef", by_id, context).map(node_index);
    let interrupting = match event.attribute("cancelActivity").map(str::trim) {
        None | Some("true" | "1") => true,
        Some("false" | "0") => false,
        Some(other) => {
            let words: &[&dyn Words] = &[&event.label(), &"cancelActivity", &other];
            context.findings.report(&element_rules::ATTRIBUTE_VALUE, event, words);
            true
        }
    };
    let trigger = match definition(event, &["timerEventDefinition", "errorEventDefinition"], context) {
        Definition::Refused => return None,
        Definition::None => {
            let or_error = kapok_protocol::Text::new("或错误", " or an error");
            context
                .findings
                .report(&rules::EVENT_NO_DEFINITION, event, &[&event.label(), &or_error]);
            return None;
        }
        Definition::One(timer) if timer.name == "timerEventDefinition" => {
            EventDefinition::Timer(timers::read_timer(event, timer, !interrupting, context))
        }
        Definition::One(error) => {
            if !interrupting {
                context
                    .findings
                    .report(&rules::ERROR_NONINTERRUPTING, event, &[&event.label()]);
            }
            EventDefinition::Error(error_code(event, error, context).ok()?)
        }
    };
    Some(NodeKind::BoundaryEvent {
        attached_to: attached_to?,
        interrupting,
        catch: CatchEvent {
            triggers: vec![trigger],
            parallel: false,
        },
        handler: None,
    })
}

/// The fault was reported.
struct Reported;

/// The code of the error an event names; `None` when it names no error.
fn error_code(event: &Element, definition: &Element, context: &mut Context<'_>) -> Result<Option<String>, Reported> {
    let Some(reference) = definition.attribute("errorRef") else {
        return Ok(None);
    };
    match context.errors.get(local_part(reference)) {
        Some(Some(code)) => Ok(Some((*code).to_owned())),
        Some(None) => {
            context
                .findings
                .report(&rules::ERROR_CODE_MISSING, event, &[&event.label()]);
            Err(Reported)
        }
        None => {
            let words: &[&dyn Words] = &[&event.label(), &"errorRef", &reference];
            context
                .findings
                .report_inside(&element_rules::DANGLING, event, definition.line, words);
            Err(Reported)
        }
    }
}
