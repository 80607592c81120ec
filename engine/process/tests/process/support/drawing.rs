//! Short ways to write BPMN.

use std::sync::Arc;

use kapok_model::{ProcessGraph, Unchecked};

/// A process from its elements and its flows, `a -> b; b -> c`. A flow's id is `a-b`; a condition is written behind a
/// question mark: `x -> y ? n > 3`. Its key is `p`.
pub fn process(elements: &str, flows: &str) -> Arc<ProcessGraph> {
    processes(&[("p", elements, flows)]).remove(0)
}

/// What events refer to: errors `E1` and `E2`, escalations `X1` and `X2`, signals `S1` and `S2`, messages `M1` to `M3`,
/// and `MK`, which has the variable `order` as its key.
const ROOTS: &str = "<error id='E1' errorCode='E1'/><error id='E2' errorCode='E2'/>\
     <escalation id='X1' escalationCode='X1'/><escalation id='X2' escalationCode='X2'/>\
     <signal id='S1' name='S1'/><signal id='S2' name='S2'/>\
     <message id='M1' name='M1'/><message id='M2' name='M2'/><message id='M3' name='M3'/>\
     <message id='MK' name='MK'><extensionElements><kapok:correlation key='order'/></extensionElements></message>";

/// Several processes of one file: key, elements and flows of each.
pub fn processes(drawings: &[(&str, &str, &str)]) -> Vec<Arc<ProcessGraph>> {
    let drawn: String = drawings
        .iter()
        .map(|(key, elements, flows)| {
            let flows = draw(flows);
            format!("<process id='{key}' name='Case' isExecutable='true'>{elements}{flows}</process>")
        })
        .collect();
    let xml = format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:kapok='urn:kapok:bpmn:1' \
         xmlns:camunda='http://camunda.org/schema/1.0/bpmn' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' id='definitions' targetNamespace='t'>{ROOTS}{drawn}</definitions>"
    );
    let reading = kapok_model::read(&xml, &Unchecked);
    assert_eq!(reading.processes.len(), drawings.len(), "{:#?}", reading.diagnostics);
    reading.processes
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
            let condition = condition.map_or(String::new(), |test| expression("conditionExpression", test));
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

/// An element that holds an expression.
pub fn expression(element: &str, text: &str) -> String {
    let text = text.trim().replace('>', "&gt;").replace('<', "&lt;");
    format!("<{element} xsi:type='tFormalExpression' language='rhai'>{text}</{element}>")
}

/// An event of any kind. Its triggers or results are written one after the other, `message M1, signal S1`; `all:` before
/// them makes it a parallel one.
pub fn event(kind: &str, id: &str, attributes: &str, definitions: &str) -> String {
    let (parallel, definitions) = match definitions.strip_prefix("all:") {
        Some(definitions) => ("parallelMultiple='true'", definitions),
        None => ("", definitions),
    };
    let definitions: String = definitions
        .split(',')
        .map(str::trim)
        .filter(|definition| !definition.is_empty())
        .map(definition)
        .collect();
    format!("<{kind} id='{id}' {parallel} {attributes}>{definitions}</{kind}>")
}

fn definition(definition: &str) -> String {
    let (kind, what) = definition.split_once(' ').unwrap_or((definition, ""));
    let reference = match (kind, what) {
        (_, "") => String::new(),
        ("compensate", activity) => format!("activityRef='{activity}'"),
        _ => format!("{kind}Ref='{what}'"),
    };
    match kind {
        "after" => format!("<timerEventDefinition><timeDuration>{what}</timeDuration></timerEventDefinition>"),
        "every" => format!("<timerEventDefinition><timeCycle>{what}</timeCycle></timerEventDefinition>"),
        "when" => {
            let condition = expression("condition", what);
            format!("<conditionalEventDefinition>{condition}</conditionalEventDefinition>")
        }
        "link" => format!("<linkEventDefinition name='{what}'/>"),
        "leave" => "<compensateEventDefinition waitForCompletion='false'/>".to_owned(),
        _ => format!("<{kind}EventDefinition {reference}/>"),
    }
}

/// A start event.
pub fn start_event(id: &str, triggers: &str) -> String {
    event("startEvent", id, "", triggers)
}

/// An intermediate event that waits.
pub fn catch(id: &str, triggers: &str) -> String {
    event("intermediateCatchEvent", id, "", triggers)
}

/// An intermediate event that throws.
pub fn throw(id: &str, results: &str) -> String {
    event("intermediateThrowEvent", id, "", results)
}

/// An end event.
pub fn end(id: &str, results: &str) -> String {
    event("endEvent", id, "", results)
}

/// A boundary event.
pub fn boundary(id: &str, on: &str, interrupting: bool, triggers: &str) -> String {
    let attributes = format!("attachedToRef='{on}' cancelActivity='{interrupting}'");
    event("boundaryEvent", id, &attributes, triggers)
}

/// A sub-process of some kind: `subProcess`, `transaction`, `adHocSubProcess`.
pub fn sub(kind: &str, id: &str, attributes: &str, elements: &str, flows: &str) -> String {
    format!("<{kind} id='{id}' {attributes}>{elements}{}</{kind}>", draw(flows))
}

/// An event sub-process `id` that starts at `<id>s`, does what is drawn, and ends at `<id>e`.
pub fn event_sub(id: &str, interrupting: bool, triggers: &str, between: &str) -> String {
    let (start, done) = (format!("{id}s"), format!("{id}e"));
    let attributes = format!("isInterrupting='{interrupting}'");
    let elements = event("startEvent", &start, &attributes, triggers) + between + &end(&done, "");
    let inner = between.split_once("id='").and_then(|(_, rest)| rest.split_once('\''));
    let flows = match inner {
        Some((inner, _)) => format!("{start} -> {inner}; {inner} -> {done}"),
        None => format!("{start} -> {done}"),
    };
    sub("subProcess", id, "triggeredByEvent='true'", &elements, &flows)
}

/// The element with something more inside, behind what is there.
pub fn with(element: &str, more: &str) -> String {
    let end = element.rfind("</").expect("an element with content");
    format!("{}{more}{}", &element[..end], &element[end..])
}

/// Once for each item of the list `items`; the item is called `item`.
pub fn each(sequential: bool, more: &str) -> String {
    format!(
        "<multiInstanceLoopCharacteristics isSequential='{sequential}'><loopDataInputRef>items</loopDataInputRef>\
         <inputDataItem id='item' name='item'/>{more}</multiInstanceLoopCharacteristics>"
    )
}

/// So many times.
pub fn times(sequential: bool, number: &str, more: &str) -> String {
    let number = expression("loopCardinality", number);
    format!(
        "<multiInstanceLoopCharacteristics isSequential='{sequential}'>{number}{more}\
         </multiInstanceLoopCharacteristics>"
    )
}

/// An association, by which a compensation event finds what undoes.
pub fn undone_by(event: &str, handler: &str) -> String {
    format!(
        "<association id='{event}-{handler}' sourceRef='{event}' targetRef='{handler}' associationDirection='One'/>"
    )
}

/// A script task that only undoes.
pub fn undo(id: &str, text: &str) -> String {
    script(id, text).replacen("<scriptTask ", "<scriptTask isForCompensation='true' ", 1)
}
