//! Who does a step by the standard's own words (BPMN 2.0.2, 10.3.1) or by the lane it stands in.

use super::{Context, dialects, drawing::Drawing, expressions::expression_of};
use crate::{
    AssigneeRule, Known,
    catalogue::{Words, elements as element_rules, settings as rules},
    xml::Element,
};

/// The elements that say who.
pub(super) const ROLES: &[&str] = &["humanPerformer", "performer", "potentialOwner", "resourceRole"];

/// Reads who does a task that has no assignees of our own.
pub(super) fn read_people<'a>(
    task: &'a Element,
    drawing: &Drawing<'a>,
    context: &mut Context<'a>,
) -> Vec<AssigneeRule> {
    let mut found = dialects::read_people(task, drawing, context);
    for role in task
        .bpmn_children()
        .filter(|child| ROLES.contains(&child.name.as_str()))
    {
        read_role(task, role, &mut found, context);
    }
    if found.is_empty()
        && let Some(lane) = task.id().and_then(|id| drawing.lanes.of(id))
        && let Some(name) = lane.drawn_name().or(lane.id())
    {
        found.push(group(task, lane.line, name, context));
    }
    found
}

fn read_role<'a>(task: &'a Element, role: &'a Element, found: &mut Vec<AssigneeRule>, context: &mut Context<'a>) {
    if let Some(reference) = role.bpmn_child("resourceRef").map(|reference| reference.text.trim()) {
        match context.file.find(reference, "resource") {
            Some(resource) => {
                let name = resource.drawn_name().or(resource.id()).unwrap_or_default();
                found.push(group(task, role.line, name, context));
            }
            None => {
                let words: &[&dyn Words] = &[&task.label(), &"resourceRef", &reference];
                context
                    .findings
                    .report_inside(&element_rules::DANGLING, task, role.line, words);
            }
        }
    }
    let Some(assignment) = role.bpmn_child("resourceAssignmentExpression") else {
        return;
    };
    // Some tools write the formal expression, some the expression it is a kind of.
    for expression in assignment
        .bpmn_children()
        .filter(|child| child.name.ends_with("xpression"))
    {
        let text = expression.text.trim();
        if text.is_empty() {
            continue;
        }
        if text.starts_with("${")
            || text.starts_with("#{")
            || text.starts_with('=')
            || expression.stated("language").is_some()
        {
            let rule = expression_of(task, expression.line, text, expression.stated("language"), context);
            found.push(AssigneeRule::Expression(rule));
            continue;
        }
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let inside = |word: &str| {
                Some(
                    name.strip_prefix(word)?
                        .trim()
                        .strip_prefix('(')?
                        .strip_suffix(')')?
                        .trim(),
                )
            };
            found.push(if let Some(login) = inside("user") {
                person(task, expression.line, login, context)
            } else if let Some(code) = inside("group") {
                group(task, expression.line, code, context)
            } else if role.name == "humanPerformer" || role.name == "performer" {
                person(task, expression.line, name, context)
            } else {
                group(task, expression.line, name, context)
            });
        }
    }
}

/// The rule for a named person.
pub(super) fn person(task: &Element, line: u32, login: &str, context: &mut Context<'_>) -> AssigneeRule {
    if context.environment.person(login) == Known::No {
        let words: &[&dyn Words] = &[&task.label(), &login];
        context
            .findings
            .report_inside(&rules::PERSON_UNKNOWN, task, line, words);
    }
    AssigneeRule::Person(login.to_owned())
}

/// The rule for a group: a role or department.
pub(super) fn group(task: &Element, line: u32, name: &str, context: &mut Context<'_>) -> AssigneeRule {
    if context.environment.group(name) == Known::No {
        let words: &[&dyn Words] = &[&task.label(), &name];
        context.findings.report_inside(&rules::GROUP_UNKNOWN, task, line, words);
    }
    AssigneeRule::Group(name.to_owned())
}
