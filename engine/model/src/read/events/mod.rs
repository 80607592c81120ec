//! Events (BPMN 2.0.2, 10.5).

mod definitions;
mod positions;
mod records;

pub(super) use definitions::{definition_elements, is_definition, read_all, read_one, resolve};
pub(super) use positions::Position;

use super::{
    Context, Reported, dialects, draft::node_index, drawing::Drawing, nodes::is_event_sub_process, values::is_computed,
};
use crate::{
    CatchEvent, EventDefinition, NodeIndex, NodeKind, StartEvent,
    catalogue::{Words, elements as element_rules, flow as rules},
    xml::Element,
};

pub(super) fn read_start<'a>(event: &'a Element, drawing: &Drawing<'a>, context: &mut Context<'a>) -> Option<NodeKind> {
    let in_event_sub_process = drawing.parent(event).is_some_and(is_event_sub_process);
    let position = if in_event_sub_process {
        Position::EventSubProcessStart
    } else {
        Position::Start
    };
    let mut triggers = read_all(event, event, position, drawing, context).ok()?;
    if let Some(setting) = event.setting("recordTrigger") {
        let record = records::read_record_trigger(event, setting, context);
        if !triggers.is_empty() {
            context
                .findings
                .report(&rules::START_TWO_TRIGGERS, event, &[&event.label()]);
        }
        triggers = vec![EventDefinition::Record(record)];
    }
    Some(NodeKind::StartEvent(StartEvent {
        triggers,
        parallel: context.flag(event, event, "parallelMultiple", false),
        interrupting: context.flag(event, event, "isInterrupting", true),
    }))
}

pub(super) fn read_end<'a>(event: &'a Element, drawing: &Drawing<'a>, context: &mut Context<'a>) -> Option<NodeKind> {
    if let Some(work) = read_work(event, context) {
        return Some(work);
    }
    let results = read_all(event, event, Position::End, drawing, context).ok()?;
    Some(NodeKind::EndEvent(results))
}

pub(super) fn read_throw<'a>(event: &'a Element, drawing: &Drawing<'a>, context: &mut Context<'a>) -> Option<NodeKind> {
    if let Some(work) = read_work(event, context) {
        return Some(work);
    }
    let results = read_all(event, event, Position::Throw, drawing, context).ok()?;
    Some(NodeKind::IntermediateThrow(results))
}

pub(super) fn read_catch<'a>(event: &'a Element, drawing: &Drawing<'a>, context: &mut Context<'a>) -> Option<NodeKind> {
    read_triggers(event, Position::Catch, drawing, context).map(NodeKind::IntermediateCatch)
}

pub(super) fn read_boundary<'a>(
    event: &'a Element,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Option<NodeKind> {
    let attached_to = drawing.resolve(event, "attachedToRef", context).map(node_index);
    let interrupting = context.flag(event, event, "cancelActivity", true);
    let catch = read_triggers(event, Position::Boundary, drawing, context)?;
    for trigger in &catch.triggers {
        let rule = match trigger {
            EventDefinition::Error(_) => &rules::ERROR_NONINTERRUPTING,
            EventDefinition::Cancel => &rules::CANCEL_NONINTERRUPTING,
            _ => continue,
        };
        if !interrupting {
            context.findings.report(rule, event, &[&event.label()]);
        }
    }
    let compensates = matches!(catch.triggers.as_slice(), [EventDefinition::Compensation { .. }]);
    Some(NodeKind::BoundaryEvent {
        attached_to: attached_to?,
        interrupting,
        handler: compensates.then(|| handler(event, drawing, context)).flatten(),
        catch,
    })
}

/// The work that sends the message of an event, where another engine binds it by name: then the event runs like a
/// service task that does it.
fn read_work<'a>(event: &'a Element, context: &mut Context<'a>) -> Option<NodeKind> {
    let mut definitions = event.bpmn_children().filter(|child| is_definition(child));
    let (definition, None) = (definitions.next()?, definitions.next()) else {
        return None;
    };
    if definition.name != "messageEventDefinition" {
        return None;
    }
    dialects::read_work(event, definition, context).or_else(|| dialects::read_work(event, event, context))
}

fn read_triggers<'a>(
    event: &'a Element,
    position: Position,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Option<CatchEvent> {
    let triggers = read_all(event, event, position, drawing, context).ok()?;
    if triggers.is_empty() {
        context
            .findings
            .report(&rules::EVENT_NO_DEFINITION, event, &[&event.label()]);
        return None;
    }
    Some(CatchEvent {
        triggers,
        parallel: context.flag(event, event, "parallelMultiple", false),
    })
}

/// The activity that an association connects to a compensation event: the one that undoes (10.7.1).
fn handler<'a>(event: &'a Element, drawing: &Drawing<'a>, context: &Context<'a>) -> Option<NodeIndex> {
    // Drawn the wrong way round it still connects the two.
    let mut associated = context.file.associated(event.id()?);
    associated
        .find_map(|id| drawing.by_id.get(id))
        .map(|position| node_index(*position))
}

/// The code of the error or escalation that a definition names; `None` when it names none.
fn code(
    event: &Element,
    definition: &Element,
    kind: &'static str,
    context: &mut Context<'_>,
) -> Result<Option<String>, Reported> {
    let (reference_name, code_name) = match kind {
        "error" => ("errorRef", "errorCode"),
        _ => ("escalationRef", "escalationCode"),
    };
    let Some(reference) = definition.stated(reference_name) else {
        return Ok(None);
    };
    let Some(root) = context.file.find(reference, kind) else {
        // For Flowable and Activiti what is declared nowhere is the code itself.
        if kind == "error" && context.file.runs_by_default {
            return Ok(Some(reference.to_owned()));
        }
        let words: &[&dyn Words] = &[&event.label(), &reference_name, &reference];
        context
            .findings
            .report_inside(&element_rules::DANGLING, event, definition.line, words);
        return Err(Reported);
    };
    let code = root.stated(code_name).or(root.drawn_name()).or(root.id());
    if let Some(code) = code.filter(|code| is_computed(code)) {
        context
            .findings
            .report_inside(&rules::CODE_COMPUTED, event, definition.line, &[&event.label(), &code]);
        return Err(Reported);
    }
    Ok(code.map(str::to_owned))
}
