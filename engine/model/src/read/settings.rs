//! What only Kapok has, on a process; and the small helpers all settings use.

use super::{Context, assignees::read_assignees, expressions::read_text, forms::read_form};
use crate::{
    AssigneeRule, Known, ProcessSettings, Subject,
    catalogue::{Words, elements, settings as rules},
    xml::Element,
};

/// Reads the settings of a process.
pub(super) fn read_settings(process: &Element, context: &mut Context<'_>) -> ProcessSettings {
    let subject = process
        .setting("subject")
        .map(|setting| read_subject(process, setting, context));
    let form = process
        .setting("form")
        .map(|setting| read_form(process, setting, context))
        .unwrap_or_default();
    if let (Some(setting), Some(_)) = (process.setting("form"), &subject) {
        context
            .findings
            .report_inside(&rules::FORM_AND_SUBJECT, process, setting.line, &[&process.label()]);
    }
    let starters = match process.setting("starters") {
        Some(setting) => read_starters(process, setting, context),
        None => Vec::new(),
    };
    let title = process
        .setting("title")
        .map(|setting| read_text(process, setting.line, &setting.text, context))
        .filter(|title| !title.is_empty());
    ProcessSettings {
        subject,
        form,
        starters,
        title,
        initiator_variable: None,
    }
}

fn read_subject(process: &Element, setting: &Element, context: &mut Context<'_>) -> Subject {
    let value = |name: &str| {
        setting
            .attribute(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let subject = Subject {
        entity: value("entity").unwrap_or_default(),
        status_field: value("statusField"),
        running: value("running"),
        rejected: value("rejected"),
        cancelled: value("cancelled"),
    };
    check_entity(process, setting.line, &subject.entity, context);
    if subject.status_field.is_none() && subject.says_a_status() {
        context
            .findings
            .report_inside(&rules::SUBJECT_STATUS, process, setting.line, &[&process.label()]);
    }
    subject
}

fn read_starters(process: &Element, setting: &Element, context: &mut Context<'_>) -> Vec<AssigneeRule> {
    for rule in setting.kapok_children() {
        if !matches!(rule.name.as_str(), "person" | "role" | "department") {
            let words: &[&dyn Words] = &[&process.label(), &rule.name];
            context
                .findings
                .report_inside(&rules::STARTERS_RULE, process, rule.line, words);
        }
    }
    read_assignees(process, setting, context)
}

/// Warns about an entity that is not there.
pub(super) fn check_entity(owner: &Element, line: u32, entity: &str, context: &mut Context<'_>) {
    if !entity.is_empty() && context.environment.entity(entity) == Known::No {
        context
            .findings
            .report_inside(&rules::ENTITY_UNKNOWN, owner, line, &[&owner.label(), &entity]);
    }
}

/// The choice that an attribute names among `choices`, or `default` when it is absent; a fault is reported.
pub(super) fn read_choice<T: Copy>(
    owner: &Element,
    setting: &Element,
    attribute: &str,
    choices: &[(&str, T)],
    default: T,
    context: &mut Context<'_>,
) -> T {
    let Some(value) = setting
        .attribute(attribute)
        .map(str::trim)
        .filter(|value| !value.is_empty())
    else {
        return default;
    };
    choices
        .iter()
        .find(|(name, _)| *name == value)
        .map(|(_, choice)| *choice)
        .unwrap_or_else(|| {
            let words: &[&dyn Words] = &[&owner.label(), &setting.name, &attribute, &value];
            context
                .findings
                .report_inside(&elements::EXTENSION_VALUE, owner, setting.line, words);
            default
        })
}

/// An attribute that is `true` or `false`, and false when absent.
pub(super) fn read_flag(owner: &Element, setting: &Element, attribute: &str, context: &mut Context<'_>) -> bool {
    read_choice(
        owner,
        setting,
        attribute,
        &[("true", true), ("1", true), ("false", false), ("0", false)],
        false,
        context,
    )
}
