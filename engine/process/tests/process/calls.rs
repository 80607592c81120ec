//! Processes as steps of others.

use std::sync::Arc;

use crate::support::{
    drawing::{ENDS, approval, boundary, end, event_sub, persons, processes, script, throw, times, user, with},
    engine::{Engine, start},
    play,
};
use kapok_model::ProcessGraph;
use kapok_process::state::InstanceState;
use kapok_protocol::{Command, Decision, Value};

const CALL: &str = "<callActivity id='c' calledElement='q'></callActivity>";

fn ann(id: &str) -> String {
    user(id, &persons(&["ann"]))
}

/// A caller that is more than its call, and what it calls.
fn calling(call: &str, more: &str, flows: &str, called: &str, inner: &str) -> Vec<Arc<ProcessGraph>> {
    let caller = format!("{ENDS}{call}{more}");
    let called = format!("<startEvent id='qs'/>{called}");
    processes(&[
        ("p", caller.as_str(), &format!("s -> c; c -> e; {flows}")),
        ("q", called.as_str(), inner),
    ])
}

/// A process that calls one of one person's step.
fn waiting() -> Engine {
    let called = ann("u") + &end("qe", "");
    let more = boundary("b", "c", true, "message M1") + &end("x", "");
    Engine::with(calling(CALL, &more, "b -> x", &called, "qs -> u; u -> qe"))
}

#[test]
fn values_go_in_and_come_back() {
    let called = script("a", "n = n + 1; vars.fresh = 3") + &end("qe", "");
    let mapped = "<callActivity id='c' calledElement='q'><extensionElements>\
                  <camunda:in source='k' target='n'/><camunda:out source='n' target='result'/>\
                  </extensionElements></callActivity>";
    let cases: &[(&str, &str, [Option<i64>; 3])] = &[
        ("all of them", CALL, [Some(2), Some(3), None]),
        ("those that are named", mapped, [Some(1), None, Some(11)]),
    ];
    for (name, call, [n, fresh, result]) in cases {
        let mut engine = Engine::with(calling(call, "", "", &called, "qs -> a; a -> qe"));
        let case = engine.start(&[("n", Value::from(1)), ("k", Value::from(10))]);
        let after = "+s -s +c +qs -qs +a -a +qe -qe Completed -c +e -e Completed";
        assert_eq!(engine.trace(), after, "{name}");
        for (variable, expected) in [("n", n), ("fresh", fresh), ("result", result)] {
            let expected = expected.map(Value::from);
            assert_eq!(engine.variable(case, variable), expected.as_ref(), "{name}: {variable}");
        }
    }
}

#[test]
fn caller_and_called_end_with_each_other() {
    let begins = "+s -s +c +qs -qs +u u>ann";
    let plays: &[(&str, &[(&str, &str)])] = &[
        ("done", &[("do u", "u=done -u +qe -qe Completed -c +e -e Completed")]),
        ("the caller is cancelled", &[("cancel", "xu Cancelled xc Cancelled")]),
        (
            "the call is interrupted",
            &[("message M1", "xu Cancelled xc +b -b +x -x Completed")],
        ),
    ];
    for (name, steps) in plays {
        let mut engine = waiting();
        play::steps_of(name, &mut engine, &[("start", begins)]);
        play::steps_of(name, &mut engine, steps);
        assert_eq!(engine.live(), [0; 5], "{name}");
    }
    // The called case alone is cancelled: somebody must look, and may call again.
    let mut engine = waiting();
    play::steps_of("start", &mut engine, &[("start", begins)]);
    let called = engine.running()[1];
    engine.does(
        "admin",
        Command::Cancel {
            instance: called,
            reason: "wrong".to_owned(),
        },
    );
    play::steps_of(
        "once more",
        &mut engine,
        &[
            ("retry", "xu Cancelled ?c retry:c +qs -qs +u u>ann"),
            ("do u", "u=done -u +qe -qe Completed -c +e -e Completed"),
        ],
    );
}

#[test]
fn a_refusal_in_the_called_case_refuses_the_caller() {
    let called = user("u", &approval("", &persons(&["ann"]))) + &end("qe", "");
    let mut engine = Engine::with(calling(CALL, "", "", &called, "qs -> u; u -> qe"));
    let case = engine.start(&[]);
    engine.complete("ann", "u", Some(Decision::Reject));
    assert_eq!(
        engine.trace(),
        "+s -s +c +qs -qs +u u>ann u=Reject -u Rejected xc Rejected"
    );
    assert_eq!(engine.state_of(case), InstanceState::Rejected);
}

#[test]
fn errors_and_escalations_reach_the_caller() {
    let begins = "+s -s +c +qs -qs";
    let caught = boundary("b", "c", true, "error E1") + &end("x", "");
    let heard = boundary("b", "c", false, "escalation X1") + &end("x", "");
    let error = end("bad", "error E1");
    let calls_up = throw("t", "escalation X1") + &ann("u") + &end("qe", "");
    let plays: &[(&str, Vec<Arc<ProcessGraph>>, &[(&str, &str)])] = &[
        (
            "an error at a boundary",
            calling(CALL, &caught, "b -> x", &error, "qs -> bad"),
            &[(
                "start",
                &format!("{begins} +bad !bad:E1 xbad Cancelled xc +b -b +x -x Completed"),
            )],
        ),
        (
            "an error in an event sub-process",
            calling(CALL, &event_sub("h", true, "error E1", ""), "", &error, "qs -> bad"),
            &[(
                "start",
                &format!("{begins} +bad !bad:E1 xbad Cancelled xc +h +hs -hs +he -he -h Completed"),
            )],
        ),
        (
            "an error that nobody catches",
            calling(CALL, "", "", &error, "qs -> bad"),
            &[
                ("start", &format!("{begins} +bad !bad:E1 ?bad")),
                ("cancel", "xbad Cancelled xc Cancelled"),
            ],
        ),
        (
            "an escalation beside",
            calling(CALL, &heard, "b -> x", &calls_up, "qs -> t; t -> u; u -> qe"),
            &[
                ("start", &format!("{begins} +t t!X1 -t +u u>ann +b -b +x -x")),
                ("do u", "u=done -u +qe -qe Completed -c +e -e Completed"),
            ],
        ),
        (
            "an escalation that interrupts",
            calling(
                CALL,
                &heard.replace("'false'", "'true'"),
                "b -> x",
                &calls_up,
                "qs -> t; t -> u; u -> qe",
            ),
            &[(
                "start",
                &format!("{begins} +t t!X1 xt Cancelled xc +b -b +x -x Completed"),
            )],
        ),
    ];
    for (name, graphs, steps) in plays {
        let mut engine = Engine::with(graphs.clone());
        play::steps_of(name, &mut engine, steps);
        assert_eq!(engine.live(), [0; 5], "{name}");
    }
}

#[test]
fn calls_that_cannot_be_made_are_incidents() {
    let missing = CALL.replace("'q'", "'gone'");
    let called = end("qe", "");
    let mut engine = Engine::with(calling(&missing, "", "", &called, "qs -> qe"));
    engine.start(&[]);
    assert!(engine.incident().1.contains("no published process `gone`"));
    play::steps_of("the caller", &mut engine, &[("cancel", "+s -s +c ?c xc Cancelled")]);

    let told = "<startEvent id='qm'><messageEventDefinition messageRef='M1'/></startEvent>".to_owned() + &end("qe", "");
    let mut engine = Engine::with(processes(&[
        ("p", &format!("{ENDS}{CALL}"), "s -> c; c -> e"),
        ("q", &told, "qm -> qe"),
    ]));
    engine.start(&[]);
    assert!(engine.incident().1.contains("cannot be called"));

    // What cannot begin is over at once, and says why; who asks for it directly is told.
    let timer = "<timerEventDefinition><timeDuration language='rhai'>wait</timeDuration></timerEventDefinition>";
    let late = event_sub("h", false, "", "").replacen("></startEvent>", &format!(">{timer}</startEvent>"), 1);
    let told = late + &end("qe", "");
    let mut engine = Engine::with(calling(CALL, "", "", &told, "qs -> qe"));
    let case = engine.start(&[]);
    assert!(engine.incident().1.contains("was cancelled"));
    let variables = [("wait", Value::from("PT1H"))];
    engine
        .state
        .variables
        .insert((case, None, "wait".to_owned()), variables[0].1.clone());
    play::steps_of(
        "called again",
        &mut engine,
        &[(
            "retry",
            "+s -s +c Cancelled ?c retry:c +qs -qs +qe -qe Completed -c +e -e Completed",
        )],
    );
    engine.graphs.reverse();
    assert_eq!(engine.refuses("", start(&[])).code, "process.cannot-begin");

    let circle = CALL.replace("'q'", "'p'");
    let mut engine = Engine::with(calling(&circle, "", "", &called, "qs -> qe"));
    engine.limits.trigger_depth = 3;
    engine.start(&[]);
    assert!(engine.incident().1.contains("3 levels"));
    assert_eq!(engine.running().len(), 4);
    play::take(&mut engine, "cancel");
    assert_eq!(engine.live(), [0; 5], "all of them end with the first");
}

#[test]
fn a_call_is_made_for_each() {
    let called = ann("u") + &end("qe", "");
    let call = with(CALL, &times(false, "2", ""));
    let mut engine = Engine::with(calling(&call, "", "", &called, "qs -> u; u -> qe"));
    let (one, done) = ("+qs -qs +u u>ann", "u=done -u +qe -qe Completed -c");
    play::steps_of(
        "two calls",
        &mut engine,
        &[
            ("start", &format!("+s -s +c +c +c {one} {one}")),
            ("do u", done),
            ("do u", &format!("{done} -c +e -e Completed")),
        ],
    );
}
