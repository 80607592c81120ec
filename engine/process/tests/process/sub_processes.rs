//! Steps inside steps: ad-hoc ones, those without a start, those with data of their own.

use crate::support::{
    drawing::{ENDS, draw, end, expression, persons, process, script, sub, user},
    engine::Engine,
    play,
};
use kapok_protocol::Value;

fn ann(id: &str) -> String {
    user(id, &persons(&["ann"]))
}

fn drawn(elements: &[String]) -> String {
    ENDS.to_owned() + &elements.concat()
}

fn ad_hoc(attributes: &str, completion: &str, elements: &[String], flows: &str) -> String {
    let completion = if completion.is_empty() {
        String::new()
    } else {
        expression("completionCondition", completion)
    };
    let inside = elements.concat() + &draw(flows) + &completion;
    drawn(&[format!(
        "<adHocSubProcess id='p1' {attributes}>{inside}</adHocSubProcess>"
    )])
}

#[test]
fn steps_without_an_order_are_done_as_people_like() {
    let flows = "s -> p1; p1 -> e";
    let two = [ann("u"), ann("v")];
    let both = "+s -s +p1 +u u>ann +v v>ann";
    let over = "-p1 +e -e Completed";
    play::all(&[
        (
            "all at once, each once",
            ad_hoc("", "", &two, ""),
            flows,
            &[
                ("start", both),
                ("do v", "v=done -v"),
                ("do u", &format!("u=done -u {over}")),
            ],
        ),
        (
            "until it is enough",
            ad_hoc("", "n > 3", &two, ""),
            flows,
            &[("start n=0", both), ("do v n=5", &format!("v=done -v xu {over}"))],
        ),
        (
            "until it is enough, and what has begun is finished",
            ad_hoc("cancelRemainingInstances='false'", "n > 3", &two, ""),
            flows,
            &[
                ("start n=0", both),
                ("do v n=5", "v=done -v"),
                ("do u", &format!("u=done -u {over}")),
            ],
        ),
        (
            "again when it was not enough",
            ad_hoc("", "n > 3", &two, ""),
            flows,
            &[
                ("start n=0", both),
                ("do u", "u=done -u"),
                ("do v", "v=done -v +u u>ann +v v>ann"),
                ("do u n=4", &format!("u=done -u xv {over}")),
            ],
        ),
        (
            "one at a time",
            ad_hoc("ordering='Sequential'", "", &two, ""),
            flows,
            &[
                ("start", "+s -s +p1 +u u>ann"),
                ("do u", "u=done -u +v v>ann"),
                ("do v", &format!("v=done -v {over}")),
            ],
        ),
        (
            "one at a time, until it is enough",
            ad_hoc("ordering='Sequential'", "n > 3", &two, ""),
            flows,
            &[
                ("start n=0", "+s -s +p1 +u u>ann"),
                ("do u n=4", &format!("u=done -u {over}")),
            ],
        ),
        (
            "what is drawn behind a step follows it",
            ad_hoc("", "", &[ann("u"), ann("v"), script("a", "1")], "u -> a"),
            flows,
            &[
                ("start", both),
                ("do u", "u=done -u +a -a"),
                ("do v", &format!("v=done -v {over}")),
            ],
        ),
        (
            "a condition that cannot be asked",
            ad_hoc("", "n > 3", &two, ""),
            flows,
            &[
                ("start n=\"many\"", both),
                ("do u", "u=done -u ?p1"),
                ("do v n=4", &format!("v=done -v {over}")),
            ],
        ),
    ]);
}

#[test]
fn a_condition_that_could_not_be_asked_is_asked_again() {
    let two = [ann("u"), ann("v")];
    let mut engine = Engine::new(process(&ad_hoc("", "n > 3", &two, ""), "s -> p1; p1 -> e"));
    let case = engine.start(&[("n", Value::from("many"))]);
    engine.trace();
    play::steps_of(
        "stuck",
        &mut engine,
        &[("do u", "u=done -u ?p1"), ("retry", "retry:p1 ?p1")],
    );
    engine
        .state
        .variables
        .insert((case, None, "n".to_owned()), Value::from(5));
    play::steps_of("repaired", &mut engine, &[("retry", "retry:p1 xv -p1 +e -e Completed")]);
}

#[test]
fn without_a_start_event_everything_begins_that_nothing_leads_to() {
    let inside = |elements: &[String], flows: &str| drawn(&[sub("subProcess", "p1", "", &elements.concat(), flows)]);
    play::all(&[
        (
            "in a sub-process",
            inside(&[script("a", "1"), script("b", "1"), script("c", "1")], "a -> b"),
            "s -> p1; p1 -> e",
            &[("start", "+s -s +p1 +a -a +c -c +b -b -p1 +e -e Completed")],
        ),
        (
            "in a process",
            script("a", "1") + &ann("u"),
            "",
            &[("start", "+a -a +u u>ann"), ("do u", "u=done -u Completed")],
        ),
    ]);
}

#[test]
fn a_sub_process_has_variables_of_its_own() {
    let inside = "<property id='n' name='n'/><startEvent id='s1'/><endEvent id='e1'/>".to_owned()
        + &script("a", "n = 7; outer = 8; vars.fresh = 9");
    let body = drawn(&[sub("subProcess", "p1", "", &inside, "s1 -> a; a -> e1")]);
    let mut engine = Engine::new(process(&body, "s -> p1; p1 -> e"));
    let case = engine.start(&[("n", Value::from(1)), ("outer", Value::from(2))]);
    for (name, expected) in [("n", 1), ("outer", 8), ("fresh", 9)] {
        assert_eq!(engine.variable(case, name), Some(&Value::from(expected)), "{name}");
    }
}

#[test]
fn an_end_of_everything_reaches_as_far_as_its_scope() {
    let inner = "<startEvent id='s1'/><parallelGateway id='f'/>".to_owned()
        + &ann("u")
        + &end("t", "terminate")
        + &end("e1", "");
    let body = drawn(&[sub("subProcess", "p1", "", &inner, "s1 -> f; f -> u; f -> t; u -> e1")]);
    play::all(&[(
        "a person waits beside it",
        body,
        "s -> p1; p1 -> e",
        &[("start", "+s -s +p1 +s1 -s1 +f -f +u u>ann +t -t xu -p1 +e -e Completed")],
    )]);
}
