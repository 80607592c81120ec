//! Camunda 8: settings in elements of the namespace `zeebe`. What begins with `=` is FEEL, all else stands as it is.

mod work;

use kapok_protocol::Expression;

pub(in crate::read) use work::read_call;
pub(super) use work::{read_script, read_work};

use crate::{
    AssigneeRule, Data, Mapping, MultiInstance,
    catalogue::{Words, elements as rules},
    read::{
        Context,
        expressions::expression_of,
        people::{group, person},
        process::ReadSettings,
        values::{is_computed, read_value, variable},
    },
    xml::Element,
};

pub(super) fn read_people<'a>(task: &'a Element, context: &mut Context<'a>) -> Vec<AssigneeRule> {
    let mut people = Vec::new();
    let Some(setting) = task.zeebe_setting("assignmentDefinition") else {
        return people;
    };
    for (attribute, is_group) in [
        ("assignee", false),
        ("candidateUsers", false),
        ("candidateGroups", true),
    ] {
        let Some(text) = setting.stated(attribute) else {
            continue;
        };
        if is_computed(text) {
            let who = expression_of(task, setting.line, text, None, context);
            people.push(match is_group {
                true => AssigneeRule::Groups(who),
                false => AssigneeRule::Expression(who),
            });
            continue;
        }
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            people.push(match is_group {
                true => group(task, setting.line, name, context),
                false => person(task, setting.line, name, context),
            });
        }
    }
    people
}

/// Inputs become variables of the step's own; when there are outputs, only they leave it.
pub(super) fn read_data<'a>(element: &'a Element, data: &mut Data, context: &mut Context<'a>) {
    let mappings = element.zeebe_settings("ioMapping").flat_map(|io| &io.children);
    for mapping in mappings.filter(|mapping| mapping.is_zeebe()) {
        let Some(target) = mapping.stated("target") else {
            let words: &[&dyn Words] = &[&element.label(), &"target"];
            context
                .findings
                .report_inside(&rules::REFERENCE_MISSING, element, mapping.line, words);
            continue;
        };
        let source = read_value(
            element,
            mapping.line,
            mapping.attribute("source").unwrap_or_default(),
            context,
        );
        let target = target.trim_start_matches('=').trim().to_owned();
        match mapping.name.as_str() {
            "input" => data.inputs.push(Mapping { source, target }),
            "output" => {
                data.outputs.push(Mapping { source, target });
                data.keeps_results = true;
            }
            _ => {}
        }
    }
}

pub(super) fn read_each<'a>(
    activity: &'a Element,
    characteristics: &'a Element,
    each: &mut MultiInstance,
    context: &mut Context<'a>,
) {
    let Some(setting) = characteristics.zeebe_setting("loopCharacteristics") else {
        return;
    };
    if let Some(collection) = setting.stated("inputCollection") {
        each.collection = Some(read_list(activity, setting.line, collection, context));
    }
    if let Some(item) = setting.stated("inputElement") {
        each.item = Some(item.trim_start_matches('=').trim().to_owned());
    }
    if let Some(target) = setting.stated("outputCollection") {
        let gives = setting.stated("outputElement").unwrap_or("= null");
        each.output = Some((target.to_owned(), read_list(activity, setting.line, gives, context)));
    }
}

/// An expression, or the name of a variable.
fn read_list(owner: &Element, line: u32, text: &str, context: &mut Context<'_>) -> Expression {
    if is_computed(text) {
        expression_of(owner, line, text, None, context)
    } else {
        variable(text)
    }
}

pub(super) fn read_process(process: &Element, read: &mut ReadSettings) {
    let tag = process
        .zeebe_setting("versionTag")
        .and_then(|setting| setting.stated("value"));
    if let Some(tag) = tag {
        read.version_tag = Some(tag.to_owned());
    }
}
