//! Cases whose rows the first version wrote go on.

use kapok_process::state::{Timer, TimerKind, Waiting};
use kapok_protocol::Value;

use crate::support::{
    drawing::{ENDS, boundary, catch, end, persons, process, script, sub, user},
    engine::Engine,
    play,
};

/// Writes the timers of events as the first version did.
fn with_old_timers(engine: &mut Engine) {
    let graph = engine.graphs[0].clone();
    for timer in engine.state.timers.values_mut() {
        let TimerKind::Event(waiting) = timer.kind else {
            continue;
        };
        let Waiting {
            instance, owner, node, ..
        } = waiting;
        let element = owner.expect("an activation");
        let is_boundary = graph.node(node).is_some_and(|node| node.bpmn_name == "boundaryEvent");
        *timer = Timer {
            kind: if is_boundary {
                TimerKind::Boundary {
                    instance,
                    element,
                    node,
                }
            } else {
                TimerKind::Intermediate { instance, element }
            },
            ..timer.clone()
        };
    }
}

#[test]
fn its_timers_fire() {
    let ann = user("u", &persons(&["ann"]));
    let watched =
        |interrupting, timer| ENDS.to_owned() + &ann + &boundary("b", "u", interrupting, timer) + &end("x", "");
    let plays: &[(&str, String, &str, &[(&str, &str)])] = &[
        (
            "an intermediate event",
            ENDS.to_owned() + &catch("c", "after PT1H"),
            "s -> c; c -> e",
            &[("wait 3600", "+s -s +c -c +e -e Completed")],
        ),
        (
            "an interrupting boundary event",
            watched(true, "after PT1H"),
            "s -> u; u -> e; b -> x",
            &[("wait 3600", "+s -s +u u>ann xu +b -b +x -x Completed")],
        ),
        (
            "one that fires again and again",
            watched(false, "every R2/PT1H"),
            "s -> u; u -> e; b -> x",
            &[
                ("wait 9000", "+s -s +u u>ann +b -b +x -x +b -b +x -x"),
                ("do u", "u=done -u +e -e Completed"),
            ],
        ),
        (
            "one that is no longer needed",
            watched(true, "after PT1H"),
            "s -> u; u -> e; b -> x",
            &[("do u", "+s -s +u u>ann u=done -u +e -e Completed"), ("wait 3600", "")],
        ),
    ];
    for (name, elements, flows, steps) in plays {
        let mut engine = Engine::new(process(elements, flows));
        engine.start(&[]);
        with_old_timers(&mut engine);
        play::steps_of(name, &mut engine, steps);
        assert_eq!(engine.live(), [0; 5], "{name}");
    }
}

/// New variables were made in the sub-process, whose row did not say so.
#[test]
fn its_variables_are_seen() {
    let inside = "<startEvent id='s1'/><endEvent id='e1'/>".to_owned()
        + &user("u", &persons(&["ann"]))
        + &script("a", "n = inside + 1; inside = 9");
    let body = ENDS.to_owned() + &sub("subProcess", "p1", "", &inside, "s1 -> u; u -> a; a -> e1");
    let mut engine = Engine::new(process(&body, "s -> p1; p1 -> e"));
    let case = engine.start(&[("n", Value::from(0))]);
    let rows = engine.state.elements.values();
    let row = rows
        .filter(|row| engine.node_id(row.node) == "p1")
        .map(|row| row.id)
        .next();
    engine
        .state
        .variables
        .insert((case, row, "inside".to_owned()), Value::from(4));
    play::take(&mut engine, "do u");
    assert_eq!(engine.variable(case, "n"), Some(&Value::from(5)));
    assert_eq!(
        engine.variable(case, "inside"),
        None,
        "it is written where it was found"
    );
}
