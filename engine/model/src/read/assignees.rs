//! Rules that say who.

use super::{Context, expressions::read_expression, inputs::read_inputs};
use crate::{
    AssigneeRule, Known, PluginRule,
    catalogue::{Words, elements, settings as rules},
    xml::Element,
};

/// Reads the rules in an element: `kapok:assignees`, `kapok:starters` or `kapok:to`.
pub(super) fn read_assignees(owner: &Element, container: &Element, context: &mut Context<'_>) -> Vec<AssigneeRule> {
    container
        .kapok_children()
        .filter_map(|rule| read_rule(owner, rule, context))
        .collect()
}

fn read_rule(owner: &Element, rule: &Element, context: &mut Context<'_>) -> Option<AssigneeRule> {
    let named = |attribute: &str| Some(rule.attribute(attribute)?.trim().to_owned()).filter(|name| !name.is_empty());
    Some(match rule.name.as_str() {
        "person" => {
            let login = named("login")?;
            let known = context.environment.person(&login);
            warn_unknown(known, &rules::PERSON_UNKNOWN, owner, rule, &login, context);
            AssigneeRule::Person(login)
        }
        "role" => {
            let code = named("code")?;
            let known = context.environment.role(&code);
            warn_unknown(known, &rules::ROLE_UNKNOWN, owner, rule, &code, context);
            AssigneeRule::Role(code)
        }
        "department" => {
            let code = named("code")?;
            let known = context.environment.department(&code);
            warn_unknown(known, &rules::DEPARTMENT_UNKNOWN, owner, rule, &code, context);
            AssigneeRule::Department(code)
        }
        "departmentHead" => AssigneeRule::DepartmentHead,
        "superior" => AssigneeRule::Superior(read_level(owner, rule, context)),
        "initiator" => AssigneeRule::Initiator,
        "fieldPerson" => AssigneeRule::Field(named("field")?),
        "plugin" => {
            let name = named("rule")?;
            if context.environment.assignee_rule(&name) == Known::No {
                let words: &[&dyn Words] = &[&owner.label(), &name];
                context
                    .findings
                    .report_inside(&rules::HANDLER_UNKNOWN, owner, rule.line, words);
            }
            AssigneeRule::Plugin(PluginRule {
                inputs: read_inputs(owner, rule, context),
                rule: name,
            })
        }
        "expression" if rule.text.trim().is_empty() => {
            let words: &[&dyn Words] = &[&owner.label(), &rule.name];
            context
                .findings
                .report_inside(&elements::EXTENSION_EMPTY, owner, rule.line, words);
            return None;
        }
        "expression" => AssigneeRule::Expression(read_expression(owner, rule, context)),
        _ => return None,
    })
}

fn read_level(owner: &Element, rule: &Element, context: &mut Context<'_>) -> u32 {
    let Some(level) = rule.attribute("level") else { return 1 };
    level.trim().parse().ok().filter(|level| *level > 0).unwrap_or_else(|| {
        let words: &[&dyn Words] = &[&owner.label(), &rule.name, &"level", &level];
        context
            .findings
            .report_inside(&elements::EXTENSION_VALUE, owner, rule.line, words);
        1
    })
}

fn warn_unknown(
    known: Known,
    rule: &crate::catalogue::Rule,
    owner: &Element,
    at: &Element,
    name: &str,
    context: &mut Context<'_>,
) {
    if known == Known::No {
        context
            .findings
            .report_inside(rule, owner, at.line, &[&owner.label(), &name]);
    }
}
