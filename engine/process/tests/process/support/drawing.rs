//! Short ways to write BPMN.

use std::sync::Arc;

use kapok_model::{ProcessGraph, Unchecked};

/// A process from its elements and its flows, `a -> b; b -> c`. A flow's id is `a-b`; a condition is written behind a
/// question mark: `x -> y ? n > 3`.
pub fn process(elements: &str, flows: &str) -> Arc<ProcessGraph> {
    let xml = format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:kapok='urn:kapok:bpmn:1' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' id='d' targetNamespace='t'>\
         <process id='p' name='Case' isExecutable='true'>{elements}{}</process>\
         <error id='E1' errorCode='E1'/><error id='E2' errorCode='E2'/></definitions>",
        draw(flows)
    );
    let reading = kapok_model::read(&xml, &Unchecked);
    let mut processes = reading.processes;
    assert_eq!(processes.len(), 1, "{:#?}", reading.diagnostics);
    processes.remove(0)
}

/// Sequence flows, in the notation of [`process`].
pub fn draw(flows: &str) -> String {
    flows
        .split(';')
        .filter(|flow| !flow.trim().is_empty())
        .map(|flow| {
            let (ends, condition) = flow
                .split_once('?')
                .map_or((flow, None), |(ends, test)| (ends, Some(test)));
            let (from, to) = ends.split_once("->").expect("a flow is written a -> b");
            let (from, to) = (from.trim(), to.trim());
            let condition = condition.map_or(String::new(), |test| {
                let test = test.trim().replace('>', "&gt;").replace('<', "&lt;");
                format!(
                    "<conditionExpression xsi:type='tFormalExpression' language='rhai'>{test}</conditionExpression>"
                )
            });
            format!("<sequenceFlow id='{from}-{to}' sourceRef='{from}' targetRef='{to}'>{condition}</sequenceFlow>")
        })
        .collect()
}

/// A start event `s` and an end event `e`, which nearly every process has.
pub const ENDS: &str = "<startEvent id='s'/><endEvent id='e'/>";

/// A user task with Kapok's settings in it.
pub fn user(id: &str, settings: &str) -> String {
    format!("<userTask id='{id}' name='{id}'><extensionElements>{settings}</extensionElements></userTask>")
}

/// The assignee rules for named persons.
pub fn persons(logins: &[&str]) -> String {
    let rules: String = logins
        .iter()
        .map(|login| format!("<kapok:person login='{login}'/>"))
        .collect();
    format!("<kapok:assignees>{rules}</kapok:assignees>")
}

/// A script task.
pub fn script(id: &str, text: &str) -> String {
    format!("<scriptTask id='{id}' scriptFormat='rhai'><script>{text}</script></scriptTask>")
}

/// A service task with the settings of its handler.
pub fn service(id: &str, attributes: &str, inputs: &str) -> String {
    format!(
        "<serviceTask id='{id}'><extensionElements><kapok:handler name='demo.{id}' {attributes}>{inputs}</kapok:handler>\
         </extensionElements></serviceTask>"
    )
}

/// A timer boundary event.
pub fn boundary_timer(id: &str, on: &str, interrupting: bool, timer: &str) -> String {
    format!(
        "<boundaryEvent id='{id}' attachedToRef='{on}' cancelActivity='{interrupting}'><timerEventDefinition>{timer}\
         </timerEventDefinition></boundaryEvent>"
    )
}

/// An error boundary event; an empty code catches all.
pub fn boundary_error(id: &str, on: &str, code: &str) -> String {
    let reference = if code.is_empty() {
        String::new()
    } else {
        format!("errorRef='{code}'")
    };
    format!("<boundaryEvent id='{id}' attachedToRef='{on}'><errorEventDefinition {reference}/></boundaryEvent>")
}

/// An approval's settings, and who signs.
pub fn approval(attributes: &str, who: &str) -> String {
    format!("<kapok:approval {attributes}/>{who}")
}

/// The assignee rules for the role that Ann and Bob have.
pub const FINANCE: &str = "<kapok:assignees><kapok:role code='finance'/></kapok:assignees>";

/// A reminder ladder: reminded by page from 8 hours on, by SMS and mail at 11, escalated at 12, reminded at 13.
pub const LADDER: &str = "<kapok:reminders due='PT8H'><kapok:remind after='PT8H' channels='page' repeat='R2/PT1H'/>\
                      <kapok:remind after='PT11H' channels='sms mail'/><kapok:escalate after='PT12H' to='superior'/>\
                      <kapok:remind after='PT13H' channels='page'/></kapok:reminders>";
