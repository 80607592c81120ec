//! Called processes: which version, and what is carried in and out.

use kapok_protocol::Expression;

use super::juel;
use crate::{
    CallActivity, CalledVersion, Data, Mapping,
    catalogue::{Words, elements as rules},
    read::{
        Context,
        values::{is_computed, variable},
    },
    xml::Element,
};

/// Reads what these engines say of a call activity into what the standard says of it.
pub(in crate::read) fn read_call<'a>(
    element: &'a Element,
    call: &mut CallActivity,
    data: &mut Data,
    context: &mut Context<'a>,
) {
    read_version(element, call, context);
    let mut carries = false;
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    let inherits = element.dialect_attribute("inheritVariables") == Some("true");
    let (mut all_in, mut all_out) = (inherits, false);
    let carried = element.extensions().filter(|setting| setting.is_of_dialect());
    for setting in carried.filter(|setting| matches!(setting.name.as_str(), "in" | "out")) {
        if let Some(key) = setting.stated("businessKey") {
            call.business_key = Some(value(element, setting, key, context));
            continue;
        }
        carries = true;
        let is_in = setting.name == "in";
        if setting.stated("variables") == Some("all") {
            *(if is_in { &mut all_in } else { &mut all_out }) = true;
            continue;
        }
        if let Some(mapping) = read_mapping(element, setting, context) {
            if is_in { &mut inputs } else { &mut outputs }.push(mapping);
        }
    }
    if let Some(key) = element.dialect_attribute("businessKey") {
        call.business_key = Some(juel(element, element.line, key, context));
    } else if element.dialect_attribute("inheritBusinessKey") == Some("true") {
        call.business_key = Some(Expression::juel("${execution.processBusinessKey}"));
    }
    if !carries && !inherits {
        return;
    }
    // What associations of the standard carry goes first.
    inputs.splice(0..0, call.inputs.take().unwrap_or_default());
    outputs.splice(0..0, call.outputs.take().unwrap_or_default());
    // With everything carried, a mapping only makes one more variable, of the step's own or around it.
    call.inputs = match all_in {
        true => {
            data.inputs.append(&mut inputs);
            None
        }
        false => Some(inputs),
    };
    call.outputs = match all_out {
        true => {
            data.outputs.append(&mut outputs);
            None
        }
        false => Some(outputs),
    };
}

fn read_mapping<'a>(element: &'a Element, setting: &'a Element, context: &mut Context<'a>) -> Option<Mapping> {
    let source = setting.stated("source");
    let target = setting.stated("target").or(source);
    let expression = match (setting.stated("sourceExpression"), source) {
        (Some(expression), _) => Some(juel(element, setting.line, expression, context)),
        (None, Some(source)) => Some(value(element, setting, source, context)),
        (None, None) => None,
    };
    match (expression, target) {
        (Some(source), Some(target)) => Some(Mapping {
            source,
            target: target.to_owned(),
        }),
        _ => {
            let words: &[&dyn Words] = &[&element.label(), &"source / target"];
            context
                .findings
                .report_inside(&rules::REFERENCE_MISSING, element, setting.line, words);
            None
        }
    }
}

/// An expression, or the name of a variable.
fn value(element: &Element, setting: &Element, text: &str, context: &mut Context<'_>) -> Expression {
    match is_computed(text) {
        true => juel(element, setting.line, text, context),
        false => variable(text),
    }
}

fn read_version(element: &Element, call: &mut CallActivity, context: &mut Context<'_>) {
    let binding = element.dialect_attribute("calledElementBinding").unwrap_or("latest");
    let number = element.dialect_attribute("calledElementVersion");
    let tag = element.dialect_attribute("calledElementVersionTag");
    if element.dialect_attribute("sameDeployment") == Some("true") {
        call.version = CalledVersion::Deployment;
    }
    let faulty = match (binding, number.map(str::parse), tag) {
        ("latest", ..) => return,
        ("deployment", ..) => {
            call.version = CalledVersion::Deployment;
            return;
        }
        ("version", Some(Ok(number)), _) => {
            call.version = CalledVersion::Number(number);
            return;
        }
        ("versionTag", _, Some(tag)) if !is_computed(tag) => {
            call.version = CalledVersion::Tag(tag.to_owned());
            return;
        }
        ("version", ..) => ("calledElementVersion", number.unwrap_or_default()),
        ("versionTag", ..) => ("calledElementVersionTag", tag.unwrap_or_default()),
        (other, ..) => ("calledElementBinding", other),
    };
    context.foreign_value(element, element.line, faulty.0, faulty.1);
}
