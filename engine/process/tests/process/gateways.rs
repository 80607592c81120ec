//! Gateways that choose, wait and look around.

use crate::support::{
    drawing::{ENDS, catch, end, expression, persons, script, user},
    play,
};

fn ann(id: &str) -> String {
    user(id, &persons(&["ann"]))
}

fn drawn(elements: &[String]) -> String {
    ENDS.to_owned() + &elements.concat()
}

fn gateway(kind: &str, id: &str, attributes: &str) -> String {
    format!("<{kind}Gateway id='{id}' {attributes}/>")
}

#[test]
fn inclusive_gateways_take_what_holds_and_wait_for_what_can_come() {
    let fork = gateway("inclusive", "o", "default='o-c'");
    let join = gateway("inclusive", "j", "");
    let body = drawn(&[
        fork.clone(),
        join.clone(),
        script("a", "1"),
        script("b", "1"),
        script("c", "1"),
    ]);
    let flows = "s -> o; o -> a ? n > 1; o -> b ? n > 2; o -> c; a -> j; b -> j; c -> j; j -> e";
    let over = "+j -j +e -e Completed";
    let people = drawn(&[
        fork,
        join,
        ann("u"),
        script("a", "1"),
        script("c", "1"),
        gateway("exclusive", "x", "default='x-e2'"),
        end("e2", ""),
    ]);
    let waiting =
        "s -> o; o -> u ? n > 1; o -> a ? n > 0; o -> c; u -> x; x -> j ? n > 3; x -> e2; a -> j; c -> j; j -> e";
    play::all(&[
        (
            "one holds",
            body.clone(),
            flows,
            &[("start n=2", &format!("+s -s +o -o +a -a {over}"))],
        ),
        (
            "two hold",
            body.clone(),
            flows,
            &[("start n=3", &format!("+s -s +o -o +a -a +b -b {over}"))],
        ),
        (
            "none holds",
            body,
            flows,
            &[("start n=0", &format!("+s -s +o -o +c -c {over}"))],
        ),
        (
            "it waits for a person",
            people.clone(),
            waiting,
            &[
                ("start n=2", "+s -s +o -o +u u>ann +a -a +j"),
                ("do u n=4", "u=done -u +x -x -j +e -e Completed"),
            ],
        ),
        (
            "a token that goes elsewhere is not waited for",
            people,
            waiting,
            &[
                ("start n=2", "+s -s +o -o +u u>ann +a -a +j"),
                ("do u", "u=done -u +x -x +e2 -e2 -j +e -e Completed"),
            ],
        ),
        (
            "nor one that must pass the join itself",
            drawn(&[
                gateway("parallel", "f", ""),
                gateway("inclusive", "j", ""),
                ann("u"),
                script("a", "1"),
                script("b", "1"),
                gateway("exclusive", "x", "default='x-e'"),
            ]),
            "s -> f; f -> a; f -> b; a -> j; b -> j; j -> u; u -> x; x -> j ? n > 3; x -> e",
            &[
                ("start n=4", "+s -s +f -f +a -a +b -b +j -j +u u>ann"),
                ("do u", "u=done -u +x -x +j -j +u u>ann"),
                ("do u n=0", "u=done -u +x -x +e -e Completed"),
            ],
        ),
        (
            "a cancelled branch is not waited for",
            drawn(&[
                gateway("parallel", "f", ""),
                gateway("inclusive", "j", ""),
                ann("u"),
                script("a", "1"),
                crate::support::drawing::boundary("b", "u", true, "message M1"),
                end("e2", ""),
            ]),
            "s -> f; f -> a; f -> u; a -> j; u -> j; j -> e; b -> e2",
            &[
                ("start", "+s -s +f -f +a -a +u u>ann +j"),
                ("message M1", "xu +b -b +e2 -e2 -j +e -e Completed"),
            ],
        ),
    ]);
}

/// A complex gateway behind three people, which opens when two have come.
fn two_of_three(way_out: &str) -> (String, String) {
    let gateway = format!(
        "<complexGateway id='g'>{}</complexGateway>",
        expression("activationCondition", "activationCount == 2")
    );
    let body = drawn(&[
        "<parallelGateway id='f'/>".to_owned(),
        gateway,
        ann("u"),
        ann("v"),
        ann("w"),
    ]);
    (
        body,
        format!("s -> f; f -> u; f -> v; f -> w; u -> g; v -> g; w -> g; {way_out}"),
    )
}

#[test]
fn complex_gateways_open_and_are_reset() {
    let begins = ("start", "+s -s +f -f +u u>ann +v v>ann +w w>ann");
    let (body, once) = two_of_three("g -> e");
    let (_, both) = two_of_three("g -> e ? waitingForStart; g -> e2 ? 2 > 1");
    play::all(&[
        (
            "a way without a condition is taken when it opens",
            body.clone(),
            &once,
            &[
                begins,
                ("do u", "u=done -u +g"),
                ("do w", "w=done -w +e -e"),
                ("do v", "v=done -v -g Completed"),
            ],
        ),
        (
            "conditions are asked when it opens and when it is reset",
            body.clone() + &end("e2", ""),
            &both,
            &[
                begins,
                ("do w", "w=done -w +g"),
                ("do u", "u=done -u +e -e +e2 -e2"),
                ("do v", "v=done -v -g +e2 -e2 Completed"),
            ],
        ),
        (
            "cancelling ends what waits to be reset",
            body,
            &once,
            &[
                begins,
                ("do u", "u=done -u +g"),
                ("do w", "w=done -w +e -e"),
                ("cancel", "xg xv Cancelled"),
            ],
        ),
    ]);
}

#[test]
fn whichever_event_comes_first_decides() {
    let gateway = |attributes| gateway("eventBased", "g", attributes);
    let body = drawn(&[
        gateway(""),
        catch("c", "message M1"),
        catch("t", "after PT1H"),
        end("e2", ""),
    ]);
    let flows = "s -> g; g -> c; g -> t; c -> e; t -> e2";
    let receive = drawn(&[
        gateway(""),
        "<receiveTask id='c' messageRef='M1'/>".to_owned(),
        catch("t", "signal S1"),
        end("e2", ""),
    ]);
    play::all(&[
        (
            "the message",
            body.clone(),
            flows,
            &[
                ("start", "+s -s +g"),
                ("message M1", "-g +c -c +e -e Completed"),
                ("wait 7200", ""),
            ],
        ),
        (
            "the moment",
            body.clone(),
            flows,
            &[("start", "+s -s +g"), ("wait 3600", "-g +t -t +e2 -e2 Completed")],
        ),
        (
            "neither",
            body,
            flows,
            &[("start", "+s -s +g"), ("cancel", "xg Cancelled")],
        ),
        (
            "a receive task",
            receive,
            flows,
            &[("start", "+s -s +g"), ("message M1", "-g +c -c +e -e Completed")],
        ),
    ]);
}

#[test]
fn an_event_based_gateway_may_begin_a_case() {
    let ends = "<endEvent id='e'/><endEvent id='e2'/>";
    let body = |attributes: &str| {
        ends.to_owned()
            + &gateway("eventBased", "g", &format!("instantiate='true' {attributes}"))
            + &catch("c", "message M1")
            + &catch("d", "message M2")
    };
    let flows = "g -> c; g -> d; c -> e; d -> e2";
    play::all(&[
        (
            "one event is enough",
            body(""),
            flows,
            &[("message M2", "+g -g +d -d +e2 -e2 Completed")],
        ),
        (
            "both are needed",
            body("eventGatewayType='Parallel'"),
            flows,
            &[
                ("message M1", "+g -g +c -c +d +e -e"),
                ("message M2", "-d +e2 -e2 Completed"),
            ],
        ),
    ]);
}

#[test]
fn activities_choose_and_gather_as_they_say() {
    let conditional = drawn(&[script("a", "1"), script("b", "1"), script("c", "1")]);
    let flows = "s -> a; a -> b ? n > 1; a -> c ? n > 2; a -> e; b -> e; c -> e";
    let default = conditional.replace("<scriptTask id='a'", "<scriptTask id='a' default='a-e'");
    let several = drawn(&[
        "<parallelGateway id='f'/>".to_owned(),
        script("a", "1").replace("id='a'", "id='a' startQuantity='2'"),
        script("b", "1"),
        script("c", "1"),
    ]);
    play::all(&[
        (
            "conditions on the ways out of an activity",
            conditional,
            flows,
            &[("start n=2", "+s -s +a -a +b -b +e -e +e -e Completed")],
        ),
        (
            "a default way is for when none holds",
            default.clone(),
            flows,
            &[("start n=2", "+s -s +a -a +b -b +e -e Completed")],
        ),
        (
            "none holds",
            default,
            flows,
            &[("start n=0", "+s -s +a -a +e -e Completed")],
        ),
        (
            "two tokens to begin",
            several.clone(),
            "s -> f; f -> b; f -> c; b -> a; c -> a; a -> e",
            &[("start", "+s -s +f -f +b -b +c -c +a -a +e -e Completed")],
        ),
        (
            "a token too few waits",
            several + &ann("u"),
            "s -> f; f -> b; f -> c; f -> u; b -> a; c -> a; u -> a; a -> e",
            &[
                ("start", "+s -s +f -f +b -b +c -c +u u>ann +a -a +e -e"),
                ("do u", "u=done -u +a"),
                ("cancel", "xa Cancelled"),
            ],
        ),
        (
            "two tokens leave",
            drawn(&[script("a", "1").replace("id='a'", "id='a' completionQuantity='2'")]),
            "s -> a; a -> e",
            &[("start", "+s -s +a -a +e -e +e -e Completed")],
        ),
    ]);
}
