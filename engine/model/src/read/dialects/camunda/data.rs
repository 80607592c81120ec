//! Parameters of steps, and the items of multi-instance activities.

use kapok_protocol::Expression;

use super::{juel, values};
use crate::{
    Data, Mapping, MultiInstance,
    read::{
        Context,
        values::{is_computed, variable},
    },
    xml::Element,
};

/// Input parameters become variables of the step's own, output parameters of those around it.
pub(in crate::read::dialects) fn read_data<'a>(element: &'a Element, data: &mut Data, context: &mut Context<'a>) {
    for (name, is_input) in [("inputParameter", true), ("outputParameter", false)] {
        for parameter in values::parameters(element, name) {
            let Some(target) = parameter.stated("name") else {
                continue;
            };
            let mapping = Mapping {
                source: values::read_parameter(element, parameter, context),
                target: target.to_owned(),
            };
            match is_input {
                true => data.inputs.push(mapping),
                false => data.outputs.push(mapping),
            }
        }
    }
    let characteristics = element.bpmn_child("multiInstanceLoopCharacteristics");
    if let Some(index) =
        characteristics.and_then(|characteristics| characteristics.dialect_attribute("elementIndexVariable"))
    {
        // Theirs counts from 0.
        data.inputs.push(Mapping {
            source: Expression::rhai("loopCounter - 1"),
            target: index.to_owned(),
        });
    }
}

pub(in crate::read::dialects) fn read_each<'a>(
    activity: &'a Element,
    characteristics: &'a Element,
    each: &mut MultiInstance,
    context: &mut Context<'a>,
) {
    if let Some(collection) = characteristics.dialect_attribute("collection") {
        each.collection = Some(match is_computed(collection) {
            true => juel(activity, characteristics.line, collection, context),
            false => variable(collection),
        });
    }
    if let Some(item) = characteristics.dialect_attribute("elementVariable") {
        each.item = Some(item.to_owned());
    }
}
