//! What is waited for and what is thrown: every kind of event, alone, several at once, and around others.

use crate::support::{
    drawing::{ENDS, boundary, catch, end, event_sub, persons, process, script, sub, throw, user},
    engine::Engine,
    play,
};
use kapok_protocol::Value;

fn ann(id: &str) -> String {
    user(id, &persons(&["ann"]))
}

/// A start and an end, and these between and beside them.
fn drawn(elements: &[String]) -> String {
    ENDS.to_owned() + &elements.concat()
}

fn fork() -> String {
    "<parallelGateway id='f'/>".to_owned()
}

#[test]
fn an_intermediate_event_waits_for_what_it_says() {
    let waits = "+s -s +c";
    let comes = "-c +e -e Completed";
    let plain = "s -> c; c -> e";
    play::all(&[
        (
            "a message",
            drawn(&[catch("c", "message M1")]),
            plain,
            &[("start", waits), ("message M1 n=5", comes)],
        ),
        (
            "a signal",
            drawn(&[catch("c", "signal S1")]),
            plain,
            &[("start", waits), ("signal S2", ""), ("signal S1", comes)],
        ),
        (
            "one of several",
            drawn(&[catch("c", "message M1, signal S1, after PT1H")]),
            plain,
            &[("start", waits), ("signal S1", comes)],
        ),
        (
            "one of several is a moment",
            drawn(&[catch("c", "message M1, signal S1, after PT1H")]),
            plain,
            &[("start", waits), ("wait 3600", comes)],
        ),
        (
            "all of several",
            drawn(&[catch("c", "all: message M1, signal S1, after PT1H")]),
            plain,
            &[
                ("start", waits),
                ("signal S1", ""),
                ("wait 3600", ""),
                ("message M1", comes),
            ],
        ),
        (
            "a condition that holds already",
            drawn(&[catch("c", "when n > 3")]),
            plain,
            &[("start n=5", "+s -s +c -c +e -e Completed")],
        ),
        (
            "a condition about what nobody knows yet",
            drawn(&[fork(), catch("c", "when n > 3"), ann("u"), end("e2", "")]),
            "s -> f; f -> c; f -> u; c -> e; u -> e2",
            &[
                ("start", "+s -s +f -f +c +u u>ann"),
                ("do u n=5", "u=done -u +e2 -e2 -c +e -e Completed"),
            ],
        ),
        (
            "a link",
            drawn(&[throw("l", "link L"), catch("k", "link L")]),
            "s -> l; k -> e",
            &[("start", "+s -s +l -l +k -k +e -e Completed")],
        ),
        (
            "a signal of the case itself",
            drawn(&[fork(), catch("c", "signal S1"), throw("t", "signal S1"), end("e2", "")]),
            "s -> f; f -> c; f -> t; c -> e; t -> e2",
            &[("start", "+s -s +f -f +c +t t!S1 -t +e2 -e2 -c +e -e Completed")],
        ),
    ]);
}

#[test]
fn what_an_event_brings_becomes_variables() {
    let mut engine = Engine::new(process(&drawn(&[catch("c", "message M1")]), "s -> c; c -> e"));
    let case = engine.start(&[("n", Value::from(1))]);
    play::take(&mut engine, "message M1 n=5 m=6");
    assert_eq!(engine.variable(case, "n"), Some(&Value::from(5)));
    assert_eq!(engine.variable(case, "m"), Some(&Value::from(6)));
}

#[test]
fn boundary_events_interrupt_or_stand_beside() {
    let flows = "s -> u; u -> e; b -> x";
    let watched = |interrupting, triggers| drawn(&[ann("u"), boundary("b", "u", interrupting, triggers), end("x", "")]);
    let begins = "+s -s +u u>ann";
    let beside = "+b -b +x -x";
    let instead = "xu +b -b +x -x Completed";
    let done = "u=done -u +e -e Completed";
    play::all(&[
        (
            "a message, as often as it comes",
            watched(false, "message M1"),
            flows,
            &[
                ("start", begins),
                ("message M1", beside),
                ("message M1", beside),
                ("do u", done),
            ],
        ),
        (
            "an interrupting message",
            watched(true, "message M1"),
            flows,
            &[("start", begins), ("message M1", instead)],
        ),
        (
            "several, each as often as it comes",
            watched(false, "message M1, signal S1"),
            flows,
            &[
                ("start", begins),
                ("message M1", beside),
                ("signal S1", beside),
                ("do u", done),
            ],
        ),
        (
            "all of several, again and again",
            watched(false, "all: message M1, signal S1"),
            flows,
            &[
                ("start", begins),
                ("message M1", ""),
                ("signal S1", beside),
                ("signal S1", ""),
                ("message M1", beside),
                ("do u", done),
            ],
        ),
        (
            "all of several, interrupting",
            watched(true, "all: message M1, signal S1"),
            flows,
            &[("start", begins), ("signal S1", ""), ("message M1", instead)],
        ),
        (
            "a condition of the beginning",
            watched(true, "when n > 3"),
            flows,
            &[("start n=4", "+s -s +u u>ann xu +b -b +x -x Completed")],
        ),
    ]);
}

#[test]
fn a_condition_counts_each_time_it_becomes_true() {
    let body = drawn(&[
        fork(),
        ann("u"),
        boundary("b", "u", false, "when n > 3"),
        end("x", ""),
        ann("v"),
    ]);
    let again = "v=done -v +v v>ann";
    play::all(&[(
        "beside",
        body,
        "s -> f; f -> u; f -> v; u -> e; b -> x; v -> v",
        &[
            ("start n=0", "+s -s +f -f +u u>ann +v v>ann"),
            ("do v n=5", &format!("{again} +b -b +x -x")),
            ("do v n=6", again),
            ("do v n=1", again),
            ("do v n=7", &format!("{again} +b -b +x -x")),
            ("cancel", "xv xu Cancelled"),
        ],
    )]);
}

#[test]
fn an_escalation_is_heard_further_out_and_stops_nobody_who_is_not_interrupted() {
    let inside = |inner: &str, flows: &str| {
        let elements = "<startEvent id='s1'/>".to_owned() + inner;
        sub("subProcess", "p1", "", &elements, flows)
    };
    let thrown = inside(&(throw("t", "escalation X1") + &end("e1", "")), "s1 -> t; t -> e1");
    let flows = "s -> p1; p1 -> e; b -> x";
    let begins = "+s -s +p1 +s1 -s1 +t t!X1";
    let goes_on = "-t +x -x +e1 -e1 -p1 +e -e Completed";
    play::all(&[
        (
            "beside",
            drawn(&[
                thrown.clone(),
                boundary("b", "p1", false, "escalation X1"),
                end("x", ""),
            ]),
            flows,
            &[("start", &format!("{begins} +b -b {goes_on}"))],
        ),
        (
            "beside, by any code",
            drawn(&[thrown.clone(), boundary("b", "p1", false, "escalation"), end("x", "")]),
            flows,
            &[("start", &format!("{begins} +b -b {goes_on}"))],
        ),
        (
            "interrupting",
            drawn(&[thrown.clone(), boundary("b", "p1", true, "escalation X1"), end("x", "")]),
            flows,
            &[("start", &format!("{begins} xt xp1 +b -b +x -x Completed"))],
        ),
        (
            "heard by nobody",
            drawn(&[thrown.clone(), boundary("b", "p1", true, "escalation X2"), end("x", "")]),
            flows,
            &[("start", &format!("{begins} -t +e1 -e1 -p1 +e -e Completed"))],
        ),
        (
            "the very code before any code",
            drawn(&[
                thrown,
                boundary("a", "p1", false, "escalation"),
                boundary("b", "p1", false, "escalation X1"),
                end("x", ""),
                end("y", ""),
            ]),
            "s -> p1; p1 -> e; b -> x; a -> y",
            &[("start", &format!("{begins} +b -b {goes_on}"))],
        ),
        (
            "at the end of a path",
            drawn(&[
                inside(&end("t", "escalation X1"), "s1 -> t"),
                boundary("b", "p1", false, "escalation X1"),
                end("x", ""),
            ]),
            flows,
            &[("start", &format!("{begins} +b -b -t +x -x -p1 +e -e Completed"))],
        ),
        (
            "several results, one after the other",
            "<startEvent id='s'/>".to_owned() + &end("t", "signal S1, escalation X1, message M1"),
            "s -> t",
            &[("start", "+s -s +t t!S1 t!X1 t!M1 -t Completed")],
        ),
    ]);
}

#[test]
fn event_sub_processes_stand_beside_or_take_over() {
    let round = "+q +qs -qs +qe -qe -q";
    let inner = |more: &[String]| {
        let elements = "<startEvent id='s1'/><endEvent id='e1'/>".to_owned() + &ann("u") + &more.concat();
        sub("subProcess", "p1", "", &elements, "s1 -> u; u -> e1")
    };
    play::all(&[
        (
            "beside, as often as it is asked for",
            drawn(&[ann("u"), event_sub("q", false, "message M1", "")]),
            "s -> u; u -> e",
            &[
                ("start", "+s -s +u u>ann"),
                ("message M1", round),
                ("message M1", round),
                ("do u", "u=done -u +e -e Completed"),
            ],
        ),
        (
            "a moment, once",
            drawn(&[ann("u"), event_sub("q", false, "after PT1H", "")]),
            "s -> u; u -> e",
            &[
                ("start", "+s -s +u u>ann"),
                ("wait 36000", round),
                ("do u", "u=done -u +e -e Completed"),
            ],
        ),
        (
            "all of several, again and again",
            drawn(&[ann("u"), event_sub("q", false, "all: message M1, signal S1", "")]),
            "s -> u; u -> e",
            &[
                ("start", "+s -s +u u>ann"),
                ("message M1", ""),
                ("signal S1", round),
                ("signal S1", ""),
                ("message M1", round),
                ("do u", "u=done -u +e -e Completed"),
            ],
        ),
        (
            "an error of the case",
            drawn(&[
                fork(),
                ann("u"),
                end("bad", "error E1"),
                event_sub("q", true, "error E1", ""),
            ]),
            "s -> f; f -> u; f -> bad; u -> e",
            &[(
                "start",
                "+s -s +f -f +u u>ann +bad !bad:E1 xbad xu +q +qs -qs +qe -qe -q Completed",
            )],
        ),
        (
            "an error inside it is not its own",
            drawn(&[
                fork(),
                end("bad", "error E1"),
                ann("u"),
                sub(
                    "subProcess",
                    "q",
                    "triggeredByEvent='true'",
                    &("<startEvent id='qs'><errorEventDefinition errorRef='E1'/></startEvent>".to_owned()
                        + &end("qbad", "error E1")),
                    "qs -> qbad",
                ),
            ]),
            "s -> f; f -> u; f -> bad; u -> e",
            &[(
                "start",
                "+s -s +f -f +u u>ann +bad !bad:E1 xbad xu +q +qs -qs +qbad !qbad:E1 ?qbad",
            )],
        ),
        (
            "taking over in a sub-process, which goes on when it is done",
            drawn(&[inner(&[event_sub("q", true, "message M1", &ann("v"))])]),
            "s -> p1; p1 -> e",
            &[
                ("start", "+s -s +p1 +s1 -s1 +u u>ann"),
                ("message M1", "xu +q +qs -qs +v v>ann"),
                ("do v", "v=done -v +qe -qe -q -p1 +e -e Completed"),
            ],
        ),
        (
            "the scope waits for those that stand beside",
            drawn(&[inner(&[event_sub("q", false, "message M1", &ann("v"))])]),
            "s -> p1; p1 -> e",
            &[
                ("start", "+s -s +p1 +s1 -s1 +u u>ann"),
                ("message M1", "+q +qs -qs +v v>ann"),
                ("do u", "u=done -u +e1 -e1"),
                ("do v", "v=done -v +qe -qe -q -p1 +e -e Completed"),
            ],
        ),
        (
            "an escalation from inside",
            drawn(&[
                fork(),
                throw("t", "escalation X1"),
                ann("u"),
                end("e2", ""),
                event_sub("q", false, "escalation X1", ""),
            ]),
            "s -> f; f -> u; f -> t; t -> e2; u -> e",
            &[
                ("start", "+s -s +f -f +u u>ann +t t!X1 +q +qs -qs -t +qe -qe +e2 -e2 -q"),
                ("do u", "u=done -u +e -e Completed"),
            ],
        ),
        (
            "a condition",
            drawn(&[ann("u"), ann("v"), event_sub("q", true, "when n > 3", "")]),
            "s -> u; u -> v; v -> e",
            &[
                ("start n=0", "+s -s +u u>ann"),
                ("do u n=5", "u=done -u +v v>ann xv +q +qs -qs +qe -qe -q Completed"),
            ],
        ),
    ]);
}

#[test]
fn the_one_that_takes_over_is_the_last_to_begin() {
    let body = drawn(&[
        ann("u"),
        event_sub("q", true, "message M1", &ann("v")),
        event_sub("r", true, "message M2", ""),
        event_sub("t", false, "signal S1", ""),
    ]);
    let mut engine = Engine::new(process(&body, "s -> u; u -> e"));
    play::steps_of(
        "two that take over",
        &mut engine,
        &[
            ("start", "+s -s +u u>ann"),
            ("message M1", "xu +q +qs -qs +v v>ann"),
            ("signal S1", ""),
        ],
    );
    let late = kapok_protocol::Command::Publish(crate::support::engine::message("M2", None));
    assert_eq!(engine.refuses("", late).code, "message.nobody-waits");
    play::steps_of("then", &mut engine, &[("do v", "v=done -v +qe -qe -q Completed")]);
}

#[test]
fn a_condition_that_cannot_be_asked_is_an_incident_of_what_it_watches() {
    let body = drawn(&[ann("v"), ann("u"), boundary("b", "u", true, "when n > 3"), end("x", "")]);
    play::all(&[(
        "a text is no number",
        body,
        "s -> v; v -> u; u -> e; b -> x",
        &[
            ("start n=\"many\"", "+s -s +v v>ann"),
            ("do v", "v=done -v +u u>ann ?u"),
            ("do u n=1", "u=done -u +e -e Completed"),
        ],
    )]);
    // Somebody repairs it while others work inside: nothing is begun twice.
    let inside = sub(
        "subProcess",
        "p1",
        "",
        &("<startEvent id='s1'/><endEvent id='e1'/>".to_owned() + &ann("u")),
        "s1 -> u; u -> e1",
    );
    let body = drawn(&[
        fork(),
        ann("v"),
        end("e2", ""),
        inside,
        boundary("b", "p1", false, "when n > 3"),
        end("x", ""),
    ]);
    let mut engine = Engine::new(process(&body, "s -> f; f -> p1; f -> v; v -> e2; p1 -> e; b -> x"));
    let case = engine.start(&[("n", Value::from("many"))]);
    assert_eq!(engine.trace(), "+s -s +f -f +p1 +v v>ann ?p1 +s1 -s1 +u u>ann");
    engine
        .state
        .variables
        .insert((case, None, "n".to_owned()), Value::from(1));
    play::steps_of(
        "repaired",
        &mut engine,
        &[
            ("retry", "retry:p1"),
            ("do v n=4", "v=done -v +e2 -e2 +b -b +x -x"),
            ("do u", "u=done -u +e1 -e1 -p1 +e -e Completed"),
        ],
    );
}

#[test]
fn scripts_wake_conditions_of_the_same_case_only() {
    let body = drawn(&[ann("u"), catch("c", "when n > 3"), script("a", "n = 9")]);
    let mut engine = Engine::new(process(&body, "s -> c; c -> u; u -> a; a -> e"));
    engine.start(&[("n", Value::from(0))]);
    engine.start(&[("n", Value::from(7))]);
    engine.trace();
    play::steps_of(
        "two cases",
        &mut engine,
        &[("do u", "u=done -u +a -a +e -e Completed"), ("cancel", "xc Cancelled")],
    );
}
