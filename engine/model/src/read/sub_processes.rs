//! Sub-processes (BPMN 2.0.2, 10.3.5), whose steps are drawn inside.

use super::{
    Context,
    expressions::{expression_of, read_expression},
    nodes::is_event_sub_process,
};
use crate::{AdHoc, NodeKind, SubProcess, xml::Element};

/// The elements in which steps are drawn.
pub(super) const SUB_PROCESSES: &[&str] = &["subProcess", "transaction", "adHocSubProcess"];

pub(super) fn read_sub_process(element: &Element, context: &mut Context<'_>) -> NodeKind {
    NodeKind::SubProcess(match element.name.as_str() {
        "transaction" => {
            // How other parties are brought to agree; there are none here.
            SubProcess::Transaction
        }
        "adHocSubProcess" => SubProcess::AdHoc(Box::new(read_ad_hoc(element, context))),
        _ if is_event_sub_process(element) => SubProcess::Event,
        _ => SubProcess::Embedded,
    })
}

fn read_ad_hoc(element: &Element, context: &mut Context<'_>) -> AdHoc {
    let sequential = match element.stated("ordering") {
        None | Some("Parallel") => false,
        Some("Sequential") => true,
        Some(other) => {
            context.faulty_attribute(element, element.line, "ordering", other);
            false
        }
    };
    let completion = element
        .bpmn_child("completionCondition")
        .filter(|condition| !condition.text.trim().is_empty())
        .map(|condition| read_expression(element, condition, context));
    let offered = element.zeebe_setting("adHoc").and_then(|setting| {
        let elements = setting.stated("activeElementsCollection")?;
        Some(expression_of(element, setting.line, elements, None, context))
    });
    AdHoc {
        sequential,
        completion,
        cancel_remaining: context.flag(element, element, "cancelRemainingInstances", true),
        offered,
    }
}
