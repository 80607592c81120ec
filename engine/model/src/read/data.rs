//! Data that go in and out of steps (BPMN 2.0.2, 10.4).

use std::collections::BTreeSet;

use kapok_protocol::Expression;

use super::{
    Context,
    expressions::read_expression,
    file::File,
    values::{variable, variable_at, variable_of},
};
use crate::{
    Data, Mapping,
    catalogue::{Words, elements as rules},
    xml::Element,
};

/// The name under which a drawing program stores that an association has no end of its own: it is drawn, and no more.
const PLACEHOLDER: &str = "__targetRef_placeholder";

/// Reads the data of an activity or event.
pub(super) fn read_data<'a>(element: &'a Element, context: &mut Context<'a>) -> Data {
    let mut data = Data {
        locals: read_locals(element, context.file),
        ..Data::default()
    };
    // What a step is given and what it gives are its own; only associations carry them.
    let own = match element.name.ends_with("Event") {
        true => BTreeSet::new(),
        false => own_names(element, context.file),
    };
    let mut locals: BTreeSet<String> = data.locals.iter().cloned().collect();
    for child in element.bpmn_children() {
        let is_input = match child.name.as_str() {
            "dataInputAssociation" => true,
            "dataOutputAssociation" => false,
            _ => continue,
        };
        for Association { mapping, source } in read_association(element, child, context) {
            let local = if is_input {
                Some(&mapping.target)
            } else {
                source.as_ref()
            };
            if let Some(local) = local.filter(|local| own.contains(*local))
                && locals.insert(local.clone())
            {
                data.locals.push(local.clone());
            }
            match is_input {
                true => data.inputs.push(mapping),
                false => data.outputs.push(mapping),
            }
        }
    }
    data
}

/// The variables that properties and data objects of a process, sub-process or activity declare.
pub(super) fn read_locals(element: &Element, file: &File<'_>) -> Vec<String> {
    let referred: BTreeSet<&str> = element
        .bpmn_children()
        .filter(|child| child.name == "dataObjectReference")
        .filter_map(|reference| reference.stated("dataObjectRef"))
        .collect();
    let mut seen = BTreeSet::new();
    let mut locals = Vec::new();
    for child in element.bpmn_children() {
        let declares = match child.name.as_str() {
            "property" => child.drawn_name() != Some(PLACEHOLDER),
            "dataObjectReference" => true,
            // One without a name is known by the names of its references.
            "dataObject" => child.drawn_name().is_some() || child.id().is_none_or(|id| !referred.contains(id)),
            _ => false,
        };
        if declares {
            let name = variable_of(child, file);
            if seen.insert(name.clone()) {
                locals.push(name);
            }
        }
    }
    locals
}

/// The names of the inputs, outputs and properties that a step declares.
fn own_names(element: &Element, file: &File<'_>) -> BTreeSet<String> {
    let specification = element.bpmn_child("ioSpecification");
    let declared = specification.into_iter().flat_map(Element::bpmn_children);
    declared
        .chain(element.bpmn_children())
        .filter(|child| matches!(child.name.as_str(), "dataInput" | "dataOutput" | "property"))
        .map(|child| variable_of(child, file))
        .collect()
}

struct Association {
    mapping: Mapping,
    /// The variable it comes from, when it comes from one.
    source: Option<String>,
}

fn read_association<'a>(owner: &'a Element, association: &'a Element, context: &mut Context<'a>) -> Vec<Association> {
    let reference = |name: &str| {
        association
            .bpmn_child(name)
            .map(|reference| reference.text.trim())
            .filter(|reference| !reference.is_empty())
    };
    let (source, target) = (reference("sourceRef"), reference("targetRef"));
    for (name, reference) in [("sourceRef", source), ("targetRef", target)] {
        let Some(reference) = reference else { continue };
        match context.file.placed(reference).map(|placed| placed.element) {
            None => {
                let words: &[&dyn Words] = &[&owner.label(), &name, &reference];
                context
                    .findings
                    .report_inside(&rules::DANGLING, owner, association.line, words);
                return Vec::new();
            }
            // What outlives the case is no variable of it.
            Some(store) if matches!(store.name.as_str(), "dataStoreReference" | "dataStore") => {
                context.not_carried_out(owner, association.line, &store.name);
                return Vec::new();
            }
            Some(_) => {}
        }
    }
    let assignments: Vec<&Element> = association
        .bpmn_children()
        .filter(|child| child.name == "assignment")
        .collect();
    if !assignments.is_empty() {
        return assignments
            .into_iter()
            .filter_map(|assignment| read_assignment(owner, assignment, context))
            .collect();
    }
    let Some(target) = target.filter(|target| !is_placeholder(target, context)) else {
        return Vec::new();
    };
    let target = variable_at(target, context);
    let transformation = association
        .bpmn_child("transformation")
        .filter(|expression| !expression.text.trim().is_empty());
    let source = source.map(|source| variable_at(source, context));
    let mapped = match (transformation, &source) {
        (Some(expression), _) => read_expression(owner, expression, context),
        (None, Some(source)) => variable(source),
        // Drawn from the step itself: whatever it gives goes where variables go.
        (None, None) => return Vec::new(),
    };
    vec![Association {
        mapping: Mapping { source: mapped, target },
        source,
    }]
}

fn is_placeholder(reference: &str, context: &Context<'_>) -> bool {
    context
        .file
        .placed(reference)
        .is_some_and(|placed| placed.element.drawn_name() == Some(PLACEHOLDER))
}

fn read_assignment<'a>(owner: &'a Element, assignment: &'a Element, context: &mut Context<'a>) -> Option<Association> {
    let text = |name: &str| {
        assignment
            .bpmn_child(name)
            .filter(|expression| !expression.text.trim().is_empty())
    };
    let (Some(from), Some(to)) = (text("from"), text("to")) else {
        let words: &[&dyn Words] = &[&owner.label(), &"from / to"];
        context
            .findings
            .report_inside(&rules::REFERENCE_MISSING, owner, assignment.line, words);
        return None;
    };
    let target = variable_at(path_of(&to.text), context);
    let source: Expression = match context.file.placed(from.text.trim()) {
        Some(_) => variable(&variable_at(&from.text, context)),
        None => read_expression(owner, from, context),
    };
    Some(Association {
        mapping: Mapping { source, target },
        source: None,
    })
}

/// The path in `${order.total}`, `= order.total` or `order.total`.
fn path_of(text: &str) -> &str {
    let text = text.trim();
    let inside = text
        .strip_prefix("${")
        .or(text.strip_prefix("#{"))
        .and_then(|inside| inside.strip_suffix('}'));
    inside.or(text.strip_prefix('=')).unwrap_or(text).trim()
}
