//! Short ways to write models, and what happens to them, in one line.

#![allow(dead_code)] // Each test file uses its own part.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{ProcessGraph, Severity, Unchecked};
use kapok_protocol::Value;
use kapok_sim::reference::{Command, Event, Outcome, Refused, What, World};

pub const HOUR: i64 = 3_600_000;

/// The processes of a file. A model that is refused is a failure, with what was wrong.
pub fn read(xml: &str) -> Vec<Arc<ProcessGraph>> {
    let reading = kapok_model::read(xml, &Unchecked);
    let errors: Vec<_> = reading
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| format!("{diagnostic:?}"))
        .collect();
    assert!(errors.is_empty(), "{}\n{xml}", errors.join("\n"));
    reading.processes
}

/// A file with these elements, and these flows in the notation of [`flows`], as the process `P`; then more processes.
pub fn file(elements: &str, drawn: &str, more: &str) -> String {
    format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' xmlns:kapok='urn:kapok:bpmn:1' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:zeebe='http://camunda.org/schema/zeebe/1.0' \
         id='file' targetNamespace='t'>\
         <process id='P' isExecutable='true'>{elements}{}</process>{more}\
         <error id='E1' errorCode='E1'/><error id='E2' errorCode='E2'/>\
         <escalation id='C1' escalationCode='C1'/><signal id='S1' name='S1'/>\
         <message id='M1' name='M1'/><message id='M2' name='M2'/>\
         <message id='K1' name='K1'><extensionElements><zeebe:subscription correlationKey='=key'/></extensionElements>\
         </message></definitions>",
        flows(drawn)
    )
}

/// Sequence flows, `a -> b; b -> c`. A flow's id is `a-b`; a condition stands behind a question mark.
pub fn flows(drawn: &str) -> String {
    drawn
        .split(';')
        .filter(|flow| !flow.trim().is_empty())
        .map(|flow| {
            let (ends, condition) = match flow.split_once('?') {
                Some((ends, condition)) => (ends, formal("conditionExpression", condition.trim())),
                None => (flow, String::new()),
            };
            let (from, to) = ends.split_once("->").expect("a flow is written a -> b");
            let (from, to) = (from.trim(), to.trim());
            format!("<sequenceFlow id='{from}-{to}' sourceRef='{from}' targetRef='{to}'>{condition}</sequenceFlow>")
        })
        .collect()
}

pub fn formal(element: &str, text: &str) -> String {
    let text = text
        .replace('>', "&gt;")
        .replace('<', "&lt;")
        .replace("&&", "&amp;&amp;");
    format!("<{element} xsi:type='tFormalExpression' language='rhai'>{text}</{element}>")
}

pub fn script(id: &str, text: &str) -> String {
    format!("<scriptTask id='{id}' scriptFormat='rhai'><script>{text}</script></scriptTask>")
}

pub fn service(id: &str) -> String {
    format!(
        "<serviceTask id='{id}'><extensionElements><kapok:handler name='demo.work'/></extensionElements></serviceTask>"
    )
}

pub fn sub(id: &str, inside: &str, drawn: &str) -> String {
    format!("<subProcess id='{id}'>{inside}{}</subProcess>", flows(drawn))
}

pub fn boundary(id: &str, on: &str, interrupting: bool, definition: &str) -> String {
    format!(
        "<boundaryEvent id='{id}' attachedToRef='{on}' cancelActivity='{interrupting}'>{definition}</boundaryEvent>"
    )
}

pub fn timer(duration: &str) -> String {
    format!("<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>")
}

pub fn cycle(cycle: &str) -> String {
    format!("<timerEventDefinition><timeCycle>{cycle}</timeCycle></timerEventDefinition>")
}

/// An activity that undoes, bound to a compensation event on another.
pub fn undoes(handler: &str, activity: &str) -> String {
    format!(
        "<boundaryEvent id='b{activity}' attachedToRef='{activity}'><compensateEventDefinition/></boundaryEvent>\
         <task id='{handler}' isForCompensation='true'/>\
         <association id='o{activity}' associationDirection='One' sourceRef='b{activity}' targetRef='{handler}'/>"
    )
}

/// A command in short: `done u`, `done u/1 n=3`, `throw j E1`, `message M1`, `message K1 two`, `signal S1`, `wait 1h`.
pub fn command(text: &str) -> Command {
    let words: Vec<&str> = text.split_whitespace().collect();
    let place = |word: &str| match word.split_once('/') {
        Some((element, nth)) => (element.to_owned(), nth.parse().expect("a number")),
        None => (word.to_owned(), 0),
    };
    let variables = |words: &[&str]| variables(&words.join(" "));
    match words[..] {
        ["start", ref rest @ ..] => Command::Start {
            process: "P".to_owned(),
            variables: variables(rest),
        },
        ["done", element, ref rest @ ..] => {
            let (element, nth) = place(element);
            Command::Complete {
                element,
                nth,
                variables: variables(rest),
            }
        }
        ["throw", element, code] => {
            let (element, nth) = place(element);
            Command::Throw {
                element,
                nth,
                code: code.to_owned(),
            }
        }
        ["message", name, ref rest @ ..] => Command::Publish {
            name: name.to_owned(),
            key: rest.first().map(|key| (*key).to_owned()),
            variables: BTreeMap::new(),
        },
        ["signal", name] => Command::Signal { name: name.to_owned() },
        ["wait", hours] => Command::Advance {
            millis: hours.trim_end_matches('h').parse::<i64>().expect("hours") * HOUR,
        },
        _ => panic!("{text} is no command"),
    }
}

/// `a=1 b=text c=[1,2]`: what is no JSON is text.
pub fn variables(text: &str) -> BTreeMap<String, Value> {
    text.split_whitespace()
        .map(|word| {
            let (name, value) = word.split_once('=').expect("name=value");
            let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
            (name.to_owned(), value)
        })
        .collect()
}

/// Events in one line: `+a` activated, `-a` completed, `xa` cancelled, `!a:code` failed, `?a` stuck; `a*` is about one
/// instance of a repeated activity.
pub fn in_short(events: &[Event]) -> String {
    let short = |event: &Event| {
        let star = if event.instance { "*" } else { "" };
        let element = format!("{}{star}", event.element);
        match &event.what {
            What::Activated => format!("+{element}"),
            What::Completed => format!("-{element}"),
            What::Cancelled => format!("x{element}"),
            What::Failed(code) => format!("!{element}:{code}"),
            What::Incident => format!("?{element}"),
        }
    };
    events.iter().map(short).collect::<Vec<_>>().join(" ")
}

/// Carries commands out and answers with what happened after each, then with how the cases are.
pub fn story(xml: &str, commands: &str) -> String {
    let mut world = World::new(read(xml));
    let mut told = Vec::new();
    for text in commands.split(';') {
        let answer = world.run(&command(text));
        told.push(match answer {
            Ok(()) => in_short(world.trace()),
            Err(Refused::NothingWaits) => "nobody".to_owned(),
            Err(Refused::Ambiguous) => "several".to_owned(),
            Err(refused) => format!("{refused:?}"),
        });
        world.clear_trace();
    }
    for case in world.cases() {
        told.push(match world.outcome(case) {
            Outcome::Active => format!("at {}", world.active_in(case).join(" ")),
            outcome => format!("{outcome:?}"),
        });
    }
    told.join(" | ")
}
