//! Undoing what was done.

use crate::support::{
    drawing::{
        ENDS, boundary, end, event_sub, expression, persons, process, script, sub, throw, times, undo, undone_by, user,
        with,
    },
    engine::Engine,
    play,
};
use kapok_protocol::Value;

fn drawn(elements: &[String]) -> String {
    ENDS.to_owned() + &elements.concat()
}

/// A script and what undoes it: `a` is undone by `ua`.
fn undoable(id: &str) -> String {
    let (event, handler) = (format!("b{id}"), format!("u{id}"));
    let watch = boundary(&event, id, true, "compensate").replace(" cancelActivity='true'", "");
    script(id, "1")
        + &watch
        + &undo(&handler, &format!("undone = undone + {}", id.len()))
        + &undone_by(&event, &handler)
}

fn inside(elements: &str, flows: &str) -> String {
    let elements = "<startEvent id='s1'/><endEvent id='e1'/>".to_owned() + elements;
    sub("subProcess", "p1", "", &elements, flows)
}

#[test]
fn what_was_done_is_undone_the_latest_first() {
    let ab = undoable("a") + &undoable("b");
    let ann = user("v", &persons(&["ann"]));
    let choice = "<exclusiveGateway id='x' default='x-b'/>".to_owned();
    let start = "start undone=0";
    play::all(&[
        (
            "everything",
            drawn(&[ab.clone(), throw("t", "compensate")]),
            "s -> a; a -> b; b -> t; t -> e",
            &[(start, "+s -s +a -a +b -b +t +ub -ub +ua -ua -t +e -e Completed")],
        ),
        (
            "one activity",
            drawn(&[ab.clone(), throw("t", "compensate a")]),
            "s -> a; a -> b; b -> t; t -> e",
            &[(start, "+s -s +a -a +b -b +t +ua -ua -t +e -e Completed")],
        ),
        (
            "only what was done",
            drawn(&[ab.clone(), choice, throw("t", "compensate")]),
            "s -> x; x -> a ? 1 > 2; x -> b; a -> t; b -> t; t -> e",
            &[(start, "+s -s +x -x +b -b +t +ub -ub -t +e -e Completed")],
        ),
        (
            "nothing",
            drawn(&[ab.clone(), throw("t", "compensate")]),
            "s -> t; t -> a; a -> b; b -> e",
            &[(start, "+s -s +t -t +a -a +b -b +e -e Completed")],
        ),
        (
            "nothing twice",
            drawn(&[undoable("a"), throw("t", "compensate"), throw("k", "compensate")]),
            "s -> a; a -> t; t -> k; k -> e",
            &[(start, "+s -s +a -a +t +ua -ua -t +k -k +e -e Completed")],
        ),
        (
            "at the end of a path",
            "<startEvent id='s'/>".to_owned() + &ab + &end("t", "compensate"),
            "s -> a; a -> b; b -> t",
            &[(start, "+s -s +a -a +b -b +t +ub -ub +ua -ua -t Completed")],
        ),
        (
            "without waiting for it",
            drawn(&[ab.clone(), throw("t", "leave")]),
            "s -> a; a -> b; b -> t; t -> e",
            &[(start, "+s -s +a -a +b -b +t +ub +e -e -ub +ua -ua -t Completed")],
        ),
        (
            "what a completed sub-process did",
            drawn(&[inside(&ab, "s1 -> a; a -> b; b -> e1"), throw("t", "compensate p1")]),
            "s -> p1; p1 -> t; t -> e",
            &[(
                start,
                "+s -s +p1 +s1 -s1 +a -a +b -b +e1 -e1 -p1 +t +ub -ub +ua -ua -t +e -e Completed",
            )],
        ),
        (
            "not what a cancelled sub-process did",
            drawn(&[
                inside(&(undoable("a") + &ann), "s1 -> a; a -> v; v -> e1"),
                boundary("b", "p1", true, "message M1"),
                throw("t", "compensate"),
            ]),
            "s -> p1; p1 -> e; b -> t; t -> e",
            &[
                (start, "+s -s +p1 +s1 -s1 +a -a +v v>ann"),
                ("message M1", "xv xp1 +b -b +t -t +e -e Completed"),
            ],
        ),
        (
            "in the order of completion across branches",
            drawn(&[
                "<parallelGateway id='f'/><parallelGateway id='j'/>".to_owned(),
                ab.clone(),
                ann.clone(),
                throw("t", "compensate"),
            ]),
            "s -> f; f -> v; f -> b; v -> a; a -> j; b -> j; j -> t; t -> e",
            &[
                (start, "+s -s +f -f +v v>ann +b -b +j"),
                ("do v", "v=done -v +a -a -j +t +ua -ua +ub -ub -t +e -e Completed"),
            ],
        ),
        (
            "each repetition",
            drawn(&[with_times(&undoable("a")), throw("t", "compensate")]),
            "s -> a; a -> t; t -> e",
            &[(start, "+s -s +a +a +a -a -a -a +t +ua -ua +ua -ua -t +e -e Completed")],
        ),
    ]);
}

/// The drawing with its script done twice.
fn with_times(drawing: &str) -> String {
    let end = drawing.find("</scriptTask>").expect("a script") + "</scriptTask>".len();
    with(&drawing[..end], &times(false, "2", "")) + &drawing[end..]
}

#[test]
fn a_sub_process_may_say_itself_how_it_is_undone() {
    let handler = event_sub("h", true, "compensate", &script("k", "undone = undone + mine"))
        .replace(" isInterrupting='true'", "")
        .replace("isInterrupting='true'", "");
    let elements = undoable("a") + &script("m", "mine = 5") + &handler + "<property id='mine' name='mine'/>";
    let body = drawn(&[inside(&elements, "s1 -> a; a -> m; m -> e1"), throw("t", "compensate")]);
    let mut engine = Engine::new(process(&body, "s -> p1; p1 -> t; t -> e"));
    let case = engine.start(&[("undone", Value::from(0))]);
    assert_eq!(
        engine.trace(),
        "+s -s +p1 +s1 -s1 +a -a +m -m +e1 -e1 -p1 +t +h +hs -hs +k -k +he -he -h -t +e -e Completed"
    );
    assert_eq!(
        engine.variable(case, "undone"),
        Some(&Value::from(5)),
        "it sees what was there when it was done"
    );
}

#[test]
fn a_cancelled_transaction_is_undone_and_left_by_its_event() {
    let transaction = |elements: &str, flows: &str| {
        let elements = "<startEvent id='s1'/><endEvent id='e1'/>".to_owned() + elements;
        sub("transaction", "p1", "", &elements, flows)
    };
    let watched = |transaction: String| drawn(&[transaction, boundary("k", "p1", true, "cancel"), end("x", "")]);
    let person = user("v", &persons(&["ann"]));
    let choice = "<exclusiveGateway id='y' default='y-c'/>".to_owned() + &end("c", "cancel");
    let flows = "s -> p1; p1 -> e; k -> x";
    play::all(&[
        (
            "cancelled",
            watched(transaction(
                &(undoable("a") + &undoable("b") + &choice),
                "s1 -> a; a -> b; b -> y; y -> e1 ? n > 3; y -> c",
            )),
            flows,
            &[(
                "start undone=0 n=0",
                "+s -s +p1 +s1 -s1 +a -a +b -b +y -y +c +ub -ub +ua -ua -c xp1 +k -k +x -x Completed",
            )],
        ),
        (
            "not cancelled",
            watched(transaction(
                &(undoable("a") + &choice),
                "s1 -> a; a -> y; y -> e1 ? n > 3; y -> c",
            )),
            flows,
            &[(
                "start undone=0 n=4",
                "+s -s +p1 +s1 -s1 +a -a +y -y +e1 -e1 -p1 +e -e Completed",
            )],
        ),
        (
            "what still runs in it ends first",
            watched(transaction(
                &("<parallelGateway id='f'/>".to_owned() + &undoable("a") + &person + &end("c", "cancel")),
                "s1 -> f; f -> v; f -> a; a -> c; v -> e1",
            )),
            flows,
            &[(
                "start undone=0",
                "+s -s +p1 +s1 -s1 +f -f +v v>ann +a -a +c xv +ua -ua -c xp1 +k -k +x -x Completed",
            )],
        ),
    ]);
}

#[test]
fn undoing_takes_its_time_and_ends_with_its_scope() {
    let watch = boundary("ba", "a", true, "compensate").replace(" cancelActivity='true'", "");
    let handler = user("ua", &persons(&["ann"])).replacen("<userTask ", "<userTask isForCompensation='true' ", 1);
    let done = script("a", "1") + &watch + &handler + &undone_by("ba", "ua");
    let body = drawn(&[done, throw("t", "compensate")]);
    let flows = "s -> a; a -> t; t -> e";
    let begins = ("start", "+s -s +a -a +t +ua ua>ann");
    play::all(&[
        (
            "it waits",
            body.clone(),
            flows,
            &[begins, ("do ua", "ua=done -ua -t +e -e Completed")],
        ),
        (
            "it is cancelled",
            body,
            flows,
            &[begins, ("cancel", "xua xt Cancelled")],
        ),
    ]);
    // What cannot be undone waits for a repair, and the others after it.
    let body = drawn(&[undoable("a"), undoable("b"), throw("t", "compensate")]);
    let mut engine = Engine::new(process(&body, "s -> a; a -> b; b -> t; t -> e"));
    let case = engine.start(&[]);
    assert_eq!(engine.trace(), "+s -s +a -a +b -b +t +ub ?ub");
    engine
        .state
        .variables
        .insert((case, None, "undone".to_owned()), Value::from(0));
    play::steps_of(
        "repaired",
        &mut engine,
        &[("retry", "retry:ub -ub +ua -ua -t +e -e Completed")],
    );
}

#[test]
fn a_condition_may_stand_around_it_all() {
    let condition = expression("completionCondition", "numberOfCompletedInstances == 1");
    let body = drawn(&[
        with(
            &inside(&undoable("a"), "s1 -> a; a -> e1"),
            &times(true, "3", &condition),
        ),
        throw("t", "compensate p1"),
    ]);
    play::all(&[(
        "only what ran is undone",
        body,
        "s -> p1; p1 -> t; t -> e",
        &[(
            "start undone=0",
            "+s -s +p1 +p1 +s1 -s1 +a -a +e1 -e1 -p1 -p1 +t +ua -ua -t +e -e Completed",
        )],
    )]);
}
