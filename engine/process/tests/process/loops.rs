//! Activities that are done again and again, and once for each of several.

use crate::support::{
    drawing::{ENDS, approval, boundary, each, end, expression, persons, process, script, sub, times, user, with},
    engine::{Engine, list},
    play,
};
use kapok_protocol::{Decision, Value};

fn ann(id: &str) -> String {
    user(id, &persons(&["ann"]))
}

fn drawn(elements: &[String]) -> String {
    ENDS.to_owned() + &elements.concat()
}

fn looped(element: &str, attributes: &str, condition: &str) -> String {
    let condition = if condition.is_empty() {
        String::new()
    } else {
        expression("loopCondition", condition)
    };
    with(
        element,
        &format!("<standardLoopCharacteristics {attributes}>{condition}</standardLoopCharacteristics>"),
    )
}

#[test]
fn a_loop_goes_on_while_its_condition_holds() {
    let count = script("a", "n = n + 1");
    let flows = "s -> a; a -> e";
    let loops: &[(&str, String, i64, i64)] = &[
        ("asked afterwards", looped(&count, "", "n < 3"), 0, 3),
        ("done once in any case", looped(&count, "", "n < 3"), 7, 8),
        ("asked before", looped(&count, "testBefore='true'", "n < 3"), 7, 7),
        (
            "asked before, and holds",
            looped(&count, "testBefore='true'", "n < 3"),
            1,
            3,
        ),
        ("so many times", looped(&count, "loopMaximum='2'", ""), 0, 2),
        (
            "at most so many times",
            looped(&count, "loopMaximum='2'", "n < 9"),
            0,
            2,
        ),
        ("by its counter", looped(&count, "", "loopCounter < 4"), 0, 4),
    ];
    for (name, element, before, after) in loops {
        let mut engine = Engine::new(process(&drawn(std::slice::from_ref(element)), flows));
        let case = engine.start(&[("n", Value::from(*before))]);
        assert_eq!(engine.variable(case, "n"), Some(&Value::from(*after)), "{name}");
        let mut expected = "+s -s +a".to_owned();
        for _ in *before..*after {
            expected += " +a -a";
        }
        assert_eq!(engine.trace(), expected + " -a +e -e Completed", "{name}");
    }
}

const RESULTS: &str = "<loopDataOutputRef>results</loopDataOutputRef><outputDataItem id='r' name='r'/>";

#[test]
fn each_item_is_done_once_and_gives_its_result() {
    for sequential in [false, true] {
        let body = drawn(&[with(
            &script("a", "vars.r = item; vars.k = loopCounter"),
            &each(sequential, RESULTS),
        )]);
        for items in [&["x", "y", "z"][..], &["x"], &[]] {
            let mut engine = Engine::new(process(&body, "s -> a; a -> e"));
            let case = engine.start(&[("items", list(items))]);
            assert_eq!(engine.variable(case, "results"), Some(&list(items)), "{sequential}");
            assert_eq!(engine.variable(case, "r"), None, "it is each instance's own");
            let rounds = if sequential {
                "+a -a ".repeat(items.len())
            } else {
                "+a ".repeat(items.len()) + &"-a ".repeat(items.len())
            };
            assert_eq!(
                engine.trace(),
                format!("+s -s +a {rounds}-a +e -e Completed"),
                "{sequential}"
            );
        }
    }
}

#[test]
fn results_keep_the_order_of_the_items_whoever_is_first() {
    let answer = with(&ann("u"), &each(false, RESULTS));
    let mut engine = Engine::new(process(&drawn(&[answer]), "s -> u; u -> e"));
    let case = engine.start(&[("items", list(&["x", "y"]))]);
    let mut tasks: Vec<_> = engine.open_tasks().map(|task| task.id).collect();
    tasks.reverse();
    for (task, answer) in tasks.into_iter().zip(["second", "first"]) {
        let variables = [("r".to_owned(), Value::from(answer))].into();
        engine.does(
            "ann",
            kapok_protocol::Command::Complete {
                task,
                decision: None,
                comment: None,
                variables,
            },
        );
    }
    assert_eq!(engine.variable(case, "results"), Some(&list(&["first", "second"])));
}

#[test]
fn what_suffices_ends_the_rest() {
    let enough = expression("completionCondition", "numberOfCompletedInstances == 2");
    let flows = "s -> u; u -> e";
    play::all(&[
        (
            "side by side: the others are cancelled",
            drawn(&[with(&ann("u"), &times(false, "3", &enough))]),
            flows,
            &[
                ("start", "+s -s +u +u +u +u u>ann u>ann u>ann"),
                ("do u", "u=done -u"),
                ("do u", "u=done -u xu -u +e -e Completed"),
            ],
        ),
        (
            "one after the other: the others never begin",
            drawn(&[with(&ann("u"), &each(true, &enough))]),
            flows,
            &[
                ("start items=[1,2,3,4]", "+s -s +u +u u>ann"),
                ("do u", "u=done -u +u u>ann"),
                ("do u", "u=done -u -u +e -e Completed"),
            ],
        ),
        (
            "what they know of each other",
            drawn(&[with(
                &script("u", "vars.known = numberOfInstances + nrOfInstances + loopCounter"),
                &times(
                    true,
                    "2",
                    &expression("completionCondition", "numberOfTerminatedInstances > 0"),
                ),
            )]),
            flows,
            &[("start", "+s -s +u +u -u +u -u -u +e -e Completed")],
        ),
    ]);
}

#[test]
fn what_watches_a_repeated_activity_watches_all_of_it() {
    let twice = with(&ann("u"), &times(false, "2", ""));
    let begins = "+s -s +u +u +u u>ann u>ann";
    let flows = "s -> u; u -> e; b -> x";
    let watched = |interrupting| {
        drawn(&[
            twice.clone(),
            boundary("b", "u", interrupting, "message M1"),
            end("x", ""),
        ])
    };
    let signed = with(
        &user("u", &approval("onRejection='flow' flow='u-r'", &persons(&["ann"]))),
        &times(false, "2", ""),
    );
    play::all(&[
        (
            "interrupting",
            watched(true),
            flows,
            &[("start", begins), ("message M1", "xu xu xu +b -b +x -x Completed")],
        ),
        (
            "beside",
            watched(false),
            flows,
            &[
                ("start", begins),
                ("message M1", "+b -b +x -x"),
                ("do u", "u=done -u"),
                ("do u", "u=done -u -u +e -e Completed"),
            ],
        ),
        (
            "the last items are forgotten with it",
            drawn(&[
                with(&ann("u"), &each(true, RESULTS)),
                boundary("b", "u", true, "message M1"),
                end("x", ""),
            ]),
            flows,
            &[
                ("start items=[1,2,3]", "+s -s +u +u u>ann"),
                ("do u r=1", "u=done -u +u u>ann"),
                ("message M1", "xu xu +b -b +x -x Completed"),
            ],
        ),
        (
            "an error of one ends all",
            drawn(&[
                with(
                    &sub(
                        "subProcess",
                        "p1",
                        "",
                        &("<startEvent id='s1'/>".to_owned() + &ann("v") + &end("bad", "error E1")),
                        "s1 -> v; v -> bad",
                    ),
                    &times(false, "2", ""),
                ),
                boundary("b", "p1", true, "error E1"),
                end("x", ""),
            ]),
            "s -> p1; p1 -> e; b -> x",
            &[
                ("start", "+s -s +p1 +p1 +p1 +s1 -s1 +s1 -s1 +v v>ann +v v>ann"),
                (
                    "do v",
                    "v=done -v +bad !bad:E1 xv xbad xp1 xp1 xp1 +b -b +x -x Completed",
                ),
            ],
        ),
    ]);
    // One who rejects leaves by the flow of rejections, and the others need not sign any more.
    let (approval, who) = (approval("onRejection='flow' flow='u-no'", ""), persons(&["ann"]));
    let listed = with(&user("u", &(approval + &who)), &each(true, RESULTS));
    let mut engine = Engine::new(process(&drawn(&[listed, end("no", "")]), "s -> u; u -> e; u -> no"));
    engine.start(&[("items", list(&["x", "y", "z"])), ("r", Value::Null)]);
    engine.complete("ann", "u", Some(Decision::Approve));
    engine.complete("ann", "u", Some(Decision::Reject));
    assert!(engine.trace().ends_with("u=Reject -u -u +no -no Completed"));
    let mut engine = Engine::new(process(&drawn(&[signed, end("r", "")]), "s -> u; u -> e; u -> r"));
    engine.start(&[]);
    assert_eq!(engine.trace(), begins);
    engine.complete("ann", "u", Some(Decision::Reject));
    assert_eq!(engine.trace(), "u=Reject -u xu -u +r -r Completed");
}

#[test]
fn every_instance_has_variables_of_its_own() {
    let inner = "<startEvent id='s1'/><endEvent id='e1'/>".to_owned()
        + &script("a", "vars.mine = item")
        + &ann("u")
        + &script("b", "total = total + mine");
    let repeated = with(
        &sub("subProcess", "p1", "", &inner, "s1 -> a; a -> u; u -> b; b -> e1"),
        &each(false, ""),
    );
    let mut engine = Engine::new(process(&drawn(&[repeated]), "s -> p1; p1 -> e"));
    let case = engine.start(&[
        ("items", vec![Value::from(1), Value::from(10)].into()),
        ("total", Value::from(0)),
    ]);
    play::take(&mut engine, "do u");
    play::take(&mut engine, "do u");
    assert_eq!(engine.variable(case, "total"), Some(&Value::from(11)));
    assert_eq!(engine.variable(case, "mine"), None);
}

#[test]
fn what_is_no_list_or_no_number_is_an_incident() {
    let flows = "s -> a; a -> e";
    let over_list = drawn(&[with(&script("a", "1"), &each(false, ""))]);
    let mut engine = Engine::new(process(&over_list, flows));
    let case = engine.start(&[("items", Value::from("x"))]);
    assert_eq!(engine.trace(), "+s -s +a ?a");
    assert!(engine.incident().1.contains("no list"));
    engine
        .state
        .variables
        .insert((case, None, "items".to_owned()), list(&["x"]));
    play::steps_of(
        "repaired",
        &mut engine,
        &[("retry", "retry:a +a -a -a +e -e Completed")],
    );
    for (number, told) in [
        ("0 - 1", "unknown name"),
        ("n", "no whole number"),
        ("1000000", "more than the limit"),
    ] {
        let mut engine = Engine::new(process(
            &drawn(&[with(&script("a", "1"), &times(false, number, ""))]),
            flows,
        ));
        engine.start(&[("n", Value::from("few"))]);
        let (_, text) = engine.incident();
        assert!(text.contains(told), "{number}: {text}");
    }
}

#[test]
fn a_result_or_condition_that_fails_is_asked_again() {
    let flows = "s -> u; u -> e";
    let enough = expression("completionCondition", "done == 1");
    let mut engine = Engine::new(process(&drawn(&[with(&ann("u"), &times(false, "2", &enough))]), flows));
    let case = engine.start(&[]);
    play::steps_of(
        "it cannot be asked",
        &mut engine,
        &[
            ("start", "+s -s +u +u +u u>ann u>ann +s -s +u +u +u u>ann u>ann"),
            ("cancel", "xu xu xu Cancelled"),
            ("do u", "u=done ?u"),
        ],
    );
    let running = engine.running()[0];
    assert_ne!(running, case);
    engine
        .state
        .variables
        .insert((running, None, "done".to_owned()), Value::from(1));
    play::steps_of(
        "it can be asked",
        &mut engine,
        &[("retry", "retry:u -u xu -u +e -e Completed")],
    );
}

/// More than one command may begin: the rest follows by a timer.
#[test]
fn very_many_instances_begin_in_portions() {
    let body = drawn(&[with(&script("a", "n = n + 1"), &times(false, "2500", ""))]);
    let mut engine = Engine::new(process(&body, "s -> a; a -> e"));
    let case = engine.start(&[("n", Value::from(0))]);
    let done: Vec<_> = (0..3)
        .map(|_| {
            let now = engine.variable(case, "n").cloned();
            engine.advance(0);
            now
        })
        .collect();
    assert_eq!(done[0], Some(Value::from(1_000)));
    assert_eq!(engine.variable(case, "n"), Some(&Value::from(2_500)));
    assert_eq!(engine.live(), [0; 5]);
}

fn behaving(behavior: &str) -> String {
    let repeat = times(true, "2", behavior.split_once('|').map_or("", |(_, inside)| inside));
    let attributes = behavior.split_once('|').map_or(behavior, |(attributes, _)| attributes);
    with(
        &ann("u"),
        &repeat.replacen("isSequential", &format!("{attributes} isSequential"), 1),
    )
}

#[test]
fn completing_instances_throw_what_they_are_drawn_to() {
    let complex = |condition: &str| {
        format!(
            "behavior='Complex'|<complexBehaviorDefinition id='cb'>{}<event id='ev'><signalEventDefinition \
             signalRef='S1'/></event></complexBehaviorDefinition>",
            expression("condition", condition)
        )
    };
    let watched = |behavior: &str| drawn(&[behaving(behavior), boundary("b", "u", false, "signal S1"), end("x", "")]);
    let flows = "s -> u; u -> e; b -> x";
    let begins = "+s -s +u +u u>ann";
    let (next, last) = ("u=done -u +u u>ann", "u=done -u -u +e -e Completed");
    play::all(&[
        (
            "when a condition holds, once the first is done",
            watched(&complex("numberOfCompletedInstances == 1")),
            flows,
            &[
                ("start", begins),
                ("do u", "u=done -u u!S1 +u u>ann +b -b +x -x"),
                ("do u", last),
            ],
        ),
        (
            "when none holds",
            watched(&complex("numberOfCompletedInstances == 9")),
            flows,
            &[("start", begins), ("do u", next), ("do u", last)],
        ),
        (
            "a condition that cannot be asked is asked again",
            watched(&complex("enough == 1")),
            flows,
            &[
                ("start", begins),
                ("do u", "u=done ?u"),
                ("retry", "retry:u ?u"),
                ("cancel", "xu xu Cancelled"),
            ],
        ),
    ]);
}
