//! Camunda 7, Flowable and Activiti: settings in attributes and elements of their namespaces.

mod calls;
mod data;
mod forms;
mod listeners;
mod values;
mod work;

pub(in crate::read) use calls::read_call;
pub(super) use data::{read_data, read_each};
pub(in crate::read) use forms::read_forms;
pub(super) use listeners::read_listeners;
pub(super) use work::read_work;

use kapok_protocol::Expression;

use crate::{
    AssigneeRule,
    read::{
        Context,
        drawing::Drawing,
        expressions::expression_of,
        people::{group, person},
        process::ReadSettings,
        values::is_computed,
    },
    xml::Element,
};

pub(super) fn read_people<'a>(
    task: &'a Element,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Vec<AssigneeRule> {
    let mut people = Vec::new();
    for (attribute, is_group) in [
        ("assignee", false),
        ("candidateUsers", false),
        ("candidateGroups", true),
    ] {
        let Some(text) = task.dialect_attribute(attribute) else {
            continue;
        };
        for name in split(text) {
            people.push(if is_initiator(name, drawing) {
                AssigneeRule::Initiator
            } else if !is_computed(name) {
                match is_group {
                    true => group(task, task.line, name, context),
                    false => person(task, task.line, name, context),
                }
            } else {
                let who = juel(task, task.line, name, context);
                match is_group {
                    true => AssigneeRule::Groups(who),
                    false => AssigneeRule::Expression(who),
                }
            });
        }
    }
    people
}

/// Whether an assignee is the variable in which the process keeps who started it, or the word of an old editor for it.
fn is_initiator(text: &str, drawing: &Drawing<'_>) -> bool {
    let variable = text
        .strip_prefix("${")
        .or(text.strip_prefix("#{"))
        .and_then(|inside| inside.strip_suffix('}'));
    text == "$INITIATOR" || (variable.is_some() && variable.map(str::trim) == drawing.initiator)
}

/// The variable in which a process keeps who started it.
pub(in crate::read) fn initiator(process: &Element) -> Option<&str> {
    process
        .bpmn_children()
        .filter(|child| child.name == "startEvent")
        .find_map(|start| start.dialect_attribute("initiator"))
}

pub(super) fn read_process<'a>(process: &'a Element, read: &mut ReadSettings, context: &mut Context<'a>) {
    read.version_tag = process.dialect_attribute("versionTag").map(str::to_owned);
    read.settings.initiator_variable = initiator(process).map(str::to_owned);
    if process.setting("starters").is_some() {
        return;
    }
    for (attribute, is_group) in [("candidateStarterUsers", false), ("candidateStarterGroups", true)] {
        let names = process.dialect_attribute(attribute).unwrap_or_default();
        for name in split(names).filter(|name| !name.is_empty()) {
            if is_computed(name) {
                context.foreign_value(process, process.line, attribute, name);
                continue;
            }
            read.settings.starters.push(match is_group {
                true => group(process, process.line, name, context),
                false => person(process, process.line, name, context),
            });
        }
    }
}

/// The parts between commas; those inside of an expression separate nothing.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0u32;
    text.split(move |c: char| {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

/// An expression of theirs, as it stands.
fn juel(owner: &Element, line: u32, text: &str, context: &mut Context<'_>) -> Expression {
    expression_of(owner, line, text, Some("juel"), context)
}
