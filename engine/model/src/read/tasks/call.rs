//! Call activities (BPMN 2.0.2, 10.3.6).

use crate::{
    CallActivity, CalledVersion, Data, Known, Name, NodeKind,
    catalogue::{Words, settings as rules},
    read::{Context, file::is_callable, local_part, values::read_name},
    xml::Element,
};

/// Reads a call activity. What its data associations carry is carried into and out of the called case.
pub(in crate::read) fn read_call_activity<'a>(
    call: &'a Element,
    data: &mut Data,
    context: &mut Context<'a>,
) -> Option<NodeKind> {
    let Some(called) = call.stated("calledElement") else {
        context.findings.report(&rules::CALL_MISSING, call, &[&call.label()]);
        return None;
    };
    let called = match read_name(call, call.line, called, context) {
        Name::Literal(key) => Name::Literal(local_part(&key).to_owned()),
        computed => computed,
    };
    check_called(call, &called, context);
    let (inputs, outputs) = (std::mem::take(&mut data.inputs), std::mem::take(&mut data.outputs));
    let says_data = !inputs.is_empty() || !outputs.is_empty();
    data.locals.clear();
    Some(NodeKind::CallActivity(Box::new(CallActivity {
        called,
        version: CalledVersion::Latest,
        inputs: says_data.then_some(inputs),
        outputs: says_data.then_some(outputs),
        business_key: None,
    })))
}

fn check_called(call: &Element, called: &Name, context: &mut Context<'_>) {
    let Some(key) = called.literal() else { return };
    let here = context
        .file
        .placed(key)
        .is_some_and(|placed| is_callable(placed.element));
    if !here && context.environment.process(key) == Known::No {
        let words: &[&dyn Words] = &[&call.label(), &key];
        context.findings.report(&rules::PROCESS_UNKNOWN, call, words);
    }
}
