//! Whether elements stand where they may, as often as they may, and their attributes say what they can.

use std::collections::BTreeMap;

use super::{
    outline::{Outline, Part},
    vocabulary::{Attribute, Value},
    words,
};
use crate::{
    catalogue::{Words, elements, names, standard as rules},
    read::Findings,
    xml::{Element, Namespace},
};

/// Elements of which each child is either read or refused by name when they are read.
const READ: &[&str] = &[
    "definitions",
    "collaboration",
    "participant",
    "process",
    "globalTask",
    "flowNode",
];

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        if part.kind.name == "extensionElements" {
            continue;
        }
        let owner = outline.element(part.owner);
        check_attributes(outline, part, owner, findings);
        check_children(outline, position, owner, findings);
    }
}

fn check_attributes(outline: &Outline<'_>, part: &Part<'_>, owner: &Element, findings: &mut Findings) {
    let (element, label) = (part.element, owner.label());
    for written in element
        .attributes
        .iter()
        .filter(|written| written.namespace == Namespace::None)
    {
        let known = outline
            .vocabulary
            .attributes(part.kind)
            .find(|known| known.name == written.name);
        match known {
            Some(known) => check_value(known, element, owner, &written.value, findings),
            // Text, and what stands outside the hierarchy of the standard, may have what it likes.
            None if outline.vocabulary.is_a(part.kind, "baseElement") => {
                let words: &[&dyn Words] = &[&label, &written.name];
                findings.report_inside(&elements::ATTRIBUTE_UNKNOWN, owner, element.line, words);
            }
            None => {}
        }
    }
    for attribute in outline
        .vocabulary
        .attributes(part.kind)
        .filter(|attribute| attribute.required)
    {
        if element
            .attribute(attribute.name)
            .is_none_or(|value| value.trim().is_empty())
        {
            let words: &[&dyn Words] = &[&label, &attribute.name];
            findings.report_inside(&elements::REFERENCE_MISSING, owner, element.line, words);
        }
    }
}

fn check_value(known: &Attribute, element: &Element, owner: &Element, value: &str, findings: &mut Findings) {
    let value = value.trim();
    let (label, name) = (owner.label(), known.name);
    // Some tools write every attribute, and leave empty what nobody filled in.
    if value.is_empty() {
        return;
    }
    match known.value {
        Value::Boolean if !matches!(value, "true" | "false" | "1" | "0") => {
            let words: &[&dyn Words] = &[&label, &name, &value];
            findings.report_inside(&elements::ATTRIBUTE_VALUE, owner, element.line, words);
        }
        Value::AtLeast(least) if value.parse::<u32>().ok().is_none_or(|number| number < least) => {
            let words: &[&dyn Words] = &[&label, &name, &value];
            findings.report_inside(&elements::ATTRIBUTE_FAULTY, owner, element.line, words);
        }
        Value::OneOf(choices) if !choices.contains(&value) => {
            let words: &[&dyn Words] = &[&label, &name, &value];
            findings.report_inside(&elements::ATTRIBUTE_FAULTY, owner, element.line, words);
        }
        Value::Idle(choices) if !choices.contains(&value) => {
            let words: &[&dyn Words] = &[&label, &name, &value, &words::any_of(choices)];
            findings.report_inside(&rules::CHOICE_IDLE, owner, element.line, words);
        }
        _ => {}
    }
}

fn check_children(outline: &Outline<'_>, position: usize, owner: &Element, findings: &mut Findings) {
    let (part, label) = (&outline.parts[position], owner.label());
    // A process has thousands of children, of a few names.
    let mut lines: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for child in part.element.bpmn_children() {
        lines.entry(&child.name).or_default().push(child.line);
    }
    if !READ.iter().any(|read| outline.is_a(position, read)) {
        for (name, lines) in &lines {
            let mut specs = outline.vocabulary.children(part.kind);
            if specs.any(|spec| outline.vocabulary.is_child(spec, name)) {
                continue;
            }
            let words: &[&dyn Words] = &[&label, &names::element(name), &names::element(part.kind.name)];
            for line in lines {
                findings.report_inside(&rules::MISPLACED, owner, *line, words);
            }
        }
    }
    let specs = outline.vocabulary.children(part.kind);
    for spec in specs.filter(|spec| spec.required || !spec.many) {
        let of_spec = lines.iter().filter(|(name, _)| outline.vocabulary.is_child(spec, name));
        let mut of_spec: Vec<u32> = of_spec.flat_map(|(_, lines)| lines.iter().copied()).collect();
        of_spec.sort_unstable();
        let words: &[&dyn Words] = &[&label, &names::element(spec.name)];
        match of_spec.as_slice() {
            [] if spec.required => findings.report_inside(&rules::CHILD_MISSING, owner, part.element.line, words),
            [_, second, ..] if !spec.many => findings.report_inside(&rules::REPEATED, owner, *second, words),
            _ => {}
        }
    }
}
