//! Call activities (BPMN 2.0.2, 10.3.6).

use crate::{
    CallActivity, CalledVersion, Data, Known, Name, NodeKind,
    catalogue::{Words, settings as rules},
    read::{Context, dialects, file::is_callable, local_part, values::read_name},
    xml::Element,
};

/// Reads a call activity. What its data associations carry is carried into and out of the called case.
pub(in crate::read) fn read_call_activity<'a>(
    call: &'a Element,
    data: &mut Data,
    context: &mut Context<'a>,
) -> Option<NodeKind> {
    // What associations carry goes into and out of the called case; what the dialects add is first of the step's own.
    let inputs = std::mem::take(&mut data.inputs);
    let outputs = std::mem::take(&mut data.outputs);
    dialects::read_data(call, data, context);
    if call.stated("calledElement").is_none() && call.zeebe_setting("calledElement").is_some() {
        data.inputs.splice(0..0, inputs);
        data.outputs.splice(0..0, outputs);
        let Some(read) = dialects::read_zeebe_call(call, data, context) else {
            context.findings.report(&rules::CALL_MISSING, call, &[&call.label()]);
            return None;
        };
        check_called(call, &read.called, context);
        return Some(NodeKind::CallActivity(Box::new(read)));
    }
    let Some(called) = call.stated("calledElement") else {
        context.findings.report(&rules::CALL_MISSING, call, &[&call.label()]);
        return None;
    };
    let called = match read_name(call, call.line, called, context) {
        Name::Literal(key) => Name::Literal(local_part(&key).to_owned()),
        computed => computed,
    };
    check_called(call, &called, context);
    let mut read = CallActivity {
        called,
        version: CalledVersion::Latest,
        inputs: None,
        outputs: None,
        business_key: None,
    };
    if !inputs.is_empty() || !outputs.is_empty() {
        read.inputs = Some(inputs);
        read.outputs = Some(outputs);
        data.locals.clear();
    }
    dialects::read_camunda_call(call, &mut read, data, context);
    Some(NodeKind::CallActivity(Box::new(read)))
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
