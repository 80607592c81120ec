//! What a step gives to work that is bound by name: `kapok:input`.

use std::collections::BTreeSet;

use kapok_protocol::Expression;

use super::{Context, expressions::read_expression};
use crate::{
    catalogue::{Words, elements, settings as rules},
    xml::Element,
};

/// Reads the inputs in an element, in their order.
pub(super) fn read_inputs(owner: &Element, holder: &Element, context: &mut Context<'_>) -> Vec<(String, Expression)> {
    let mut seen = BTreeSet::new();
    let mut inputs = Vec::new();
    for input in holder.kapok_children().filter(|child| child.name == "input") {
        let Some(name) = input.stated("name") else {
            continue;
        };
        if !seen.insert(name) {
            context
                .findings
                .report_inside(&rules::INPUT_TWICE, owner, input.line, &[&owner.label(), &name]);
        }
        if input.text.trim().is_empty() {
            let words: &[&dyn Words] = &[&owner.label(), &input.name];
            context
                .findings
                .report_inside(&elements::EXTENSION_EMPTY, owner, input.line, words);
            continue;
        }
        inputs.push((name.to_owned(), read_expression(owner, input, context)));
    }
    inputs
}
