//! Sub-processes that an event in them starts (BPMN 2.0.2, 10.3.5).

use super::outline::Outline;
use crate::{
    catalogue::{Words, standard as rules},
    read::Findings,
};

pub(super) fn check(outline: &Outline<'_>, findings: &mut Findings) {
    for (position, part) in outline.running() {
        if !outline.is_event_sub_process(position) {
            continue;
        }
        let (element, label) = (part.element, part.element.label());
        let starts = outline
            .inside(position)
            .filter(|inside| outline.name(*inside) == "startEvent");
        // That there must be one at all holds for every sub-process.
        match starts.collect::<Vec<usize>>().as_slice() {
            [start] => {
                let start_element = outline.element(*start);
                let has_trigger = start_element
                    .bpmn_children()
                    .any(|child| child.name == "eventDefinitionRef")
                    || !outline.definition_names(*start).is_empty()
                    || start_element.setting("recordTrigger").is_some();
                if !has_trigger {
                    let words: &[&dyn Words] = &[&start_element.label(), &label];
                    findings.report(&rules::EVENT_SUB_PROCESS_TRIGGER, start_element, words);
                }
                let interrupts = outline.says(*start, "isInterrupting", true);
                if !interrupts && outline.has_definition(*start, "errorEventDefinition") {
                    let words: &[&dyn Words] = &[&start_element.label(), &label];
                    findings.report(&rules::ERROR_INTERRUPTS, start_element, words);
                }
            }
            [_, _, ..] => findings.report(&rules::EVENT_SUB_PROCESS_STARTS, element, &[&label]),
            [] => {}
        }
        if let Some(flow) = outline.incoming[position]
            .iter()
            .chain(&outline.outgoing[position])
            .next()
        {
            let words: &[&dyn Words] = &[&label, &outline.label(*flow)];
            findings.report(&rules::EVENT_SUB_PROCESS_FLOW, element, words);
        }
    }
}
