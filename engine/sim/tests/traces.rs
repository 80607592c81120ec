//! The reference model on small models, where it is easy to get wrong: what must happen was worked out by hand from the
//! standard.

mod support;

use support::*;

/// A model, what is done, and what must happen: `|` after each command, then how each case is.
struct Case {
    name: &'static str,
    xml: String,
    commands: &'static str,
    told: &'static str,
}

fn check(cases: Vec<Case>) {
    let mut wrong = Vec::new();
    for Case {
        name,
        xml,
        commands,
        told,
    } in cases
    {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (found, told) = (one_line(&story(&xml, commands)), one_line(told));
        if found != told {
            wrong.push(format!("{name}:\n  expected {told}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const ENDS: &str = "<startEvent id='s'/><endEvent id='e'/>";

fn p(elements: &str, drawn: &str) -> String {
    file(&format!("{ENDS}{elements}"), drawn, "")
}

#[test]
fn tokens_and_gateways() {
    let user = |id: &str| format!("<userTask id='{id}'/>");
    let three = "<parallelGateway id='f'/><userTask id='a'/><userTask id='b'/><userTask id='c'/>";
    let into = |join: &str| {
        format!("s -> f; f -> a; f -> b; f -> c; a -> {join}; b -> {join}; c -> {join}; ")
    };
    check(vec![
        Case {
            name: "a parallel join takes one token of each way in, and the others wait",
            xml: p(
                "<parallelGateway id='f'/><exclusiveGateway id='m'/><userTask id='a'/><parallelGateway id='j'/>",
                "s -> f; f -> m; f -> m2; f -> a; m2 -> m; m -> j; a -> j; j -> e",
            )
            .replace("<userTask id='a'/>", "<userTask id='a'/><exclusiveGateway id='m2'/>"),
            commands: "start; done a",
            told: "+s -s +f -f +m -m +m2 -m2 +a +m -m | -a +j -j +e -e | at",
        },
        Case {
            name: "an inclusive join waits for what can still come, and only for that",
            xml: p(
                "<inclusiveGateway id='f' default='f-c'/><userTask id='a'/><userTask id='b'/><userTask id='c'/>\
                 <inclusiveGateway id='j'/>",
                "s -> f; f -> a ? n > 0; f -> b ? n > 1; f -> c; a -> j; b -> j; c -> j; j -> e",
            ),
            commands: "start n=2; done a; done b",
            told: "+s -s +f -f +a +b | -a | -b +j -j +e -e | Completed",
        },
        Case {
            name: "an inclusive join in a loop does not wait for the token that can only come round through itself",
            xml: p(
                &format!(
                    "<inclusiveGateway id='j'/><userTask id='a'/><exclusiveGateway id='x' default='x-e'/>{}",
                    script("n", "k = k + 1")
                ),
                "s -> j; n -> j; j -> a; a -> x; x -> n ? k < 1; x -> e",
            ),
            commands: "start k=0; done a; done a",
            told: "+s -s +j -j +a | -a +x -x +n -n +j -j +a | -a +x -x +e -e | Completed",
        },
        Case {
            name: "an inclusive join in a loop waits for a token beside it, but not for one that can also come to a filled way",
            xml: p(
                &format!(
                    "<parallelGateway id='f'/>{}{}<exclusiveGateway id='m'/><inclusiveGateway id='j'/>{}\
                     <exclusiveGateway id='x' default='x-e'/>{}",
                    user("a"),
                    user("b"),
                    user("c"),
                    script("n", "k = k + 1")
                ),
                "s -> f; f -> a; f -> b; a -> m; n -> m; m -> j; b -> j; j -> c; c -> x; x -> n ? k < 1; x -> e",
            ),
            commands: "start k=0; done b; done a; done c; done c",
            told: "+s -s +f -f +a +b | -b | -a +m -m +j -j +c | -c +x -x +n -n +m -m +j -j +c \
                   | -c +x -x +e -e | Completed",
        },
        Case {
            name: "a boundary event is a way into an inclusive join",
            xml: p(
                &format!(
                    "<parallelGateway id='f'/>{}{}{}<inclusiveGateway id='j'/><endEvent id='e2'/>",
                    user("a"),
                    user("b"),
                    boundary("t", "b", true, &timer("PT1H"))
                ),
                "s -> f; f -> a; f -> b; a -> j; b -> e2; t -> j; j -> e",
            ),
            commands: "start; done a; done b",
            told: "+s -s +f -f +a +b | -a | -b +e2 -e2 +j -j +e -e | Completed",
        },
        Case {
            name: "a complex gateway opens with two of three, is reset by the third, and goes another way then",
            xml: p(
                &format!(
                    "{three}<complexGateway id='g' default='g-e2'>{}</complexGateway><endEvent id='e2'/>",
                    formal("activationCondition", "activationCount >= 2")
                ),
                &(into("g") + "g -> e ? waitingForStart; g -> e2"),
            ),
            commands: "start; done a; done c; done b",
            told: "+s -s +f -f +a +b +c | -a | -c +g +e -e | -b -g +e2 -e2 | Completed",
        },
        Case {
            name: "a complex gateway is reset at once when nothing more is expected",
            xml: p(
                &format!(
                    "<parallelGateway id='f'/><userTask id='a'/><userTask id='b'/><endEvent id='e2'/>\
                     <complexGateway id='g'>{}</complexGateway>{}",
                    formal("activationCondition", "activationCount >= 1"),
                    boundary("t", "b", true, &timer("PT1H"))
                ),
                "s -> f; f -> a; f -> b; a -> g; b -> g; t -> e2; g -> e ? waitingForStart",
            ),
            commands: "start; done a; wait 1h",
            told: "+s -s +f -f +a +b | -a +g +e -e | xb +t -t +e2 -e2 -g | Completed",
        },
        Case {
            name: "of the events after a gateway the first one counts",
            xml: p(
                &format!(
                    "<eventBasedGateway id='g'/><intermediateCatchEvent id='t'>{}</intermediateCatchEvent>\
                     <intermediateCatchEvent id='m'><messageEventDefinition messageRef='M1'/></intermediateCatchEvent>\
                     <exclusiveGateway id='j'/>",
                    timer("PT1H")
                ),
                "s -> g; g -> t; g -> m; t -> j; m -> j; j -> e",
            ),
            commands: "start; message M1; message M1; wait 2h; start; wait 1h",
            told: "+s -s +g | -g +m -m +j -j +e -e | nobody | | +s -s +g | -g +t -t +j -j +e -e | Completed | Completed",
        },
        Case {
            name: "no condition holds",
            xml: p("<exclusiveGateway id='x'/><endEvent id='e2'/>", "s -> x; x -> e ? n > 1; x -> e2 ? n > 2"),
            commands: "start n=0",
            told: "+s -s +x ?x | Incident",
        },
        Case {
            name: "conditional flows leave an activity together, the default only without them",
            xml: p(
                "<task id='a' default='a-d'/><task id='b'/><task id='c'/><task id='d'/>",
                "s -> a; a -> b ? n > 0; a -> c ? n > 1; a -> d; b -> e; c -> e; d -> e",
            ),
            commands: "start n=2; start n=0",
            told: "+s -s +a -a +b -b +c -c +e -e +e -e | +s -s +a -a +d -d +e -e | Completed | Completed",
        },
        Case {
            name: "two tokens leave, and two are needed",
            xml: p(
                "<userTask id='a' completionQuantity='2'/><userTask id='b' startQuantity='2'/>",
                "s -> a; a -> b; b -> e",
            ),
            commands: "start; done a; done b",
            told: "+s -s +a | -a +b | -b +e -e | Completed",
        },
        Case {
            name: "a link goes on where it comes out",
            xml: p(
                "<intermediateThrowEvent id='l'><linkEventDefinition name='L'/></intermediateThrowEvent>\
                 <intermediateCatchEvent id='k'><linkEventDefinition name='L'/></intermediateCatchEvent>",
                "s -> l; k -> e",
            ),
            commands: "start",
            told: "+s -s +l -l +k -k +e -e | Completed",
        },
    ]);
}

#[test]
fn scopes_and_what_ends_them() {
    let inner = |id: &str, inside: &str, drawn: &str| {
        sub(id, &format!("<startEvent id='{id}s'/><endEvent id='{id}e'/>{inside}"), drawn)
    };
    let called = format!(
        "<process id='Q' isExecutable='true'><startEvent id='qs'/><parallelGateway id='qf'/><userTask id='qa'/>\
         <userTask id='qb'/><endEvent id='qe'/><endEvent id='qt'><terminateEventDefinition/></endEvent>{}</process>",
        flows("qs -> qf; qf -> qa; qf -> qb; qa -> qe; qb -> qt")
    );
    check(vec![
        Case {
            name: "terminate inside a call ends the called case only",
            xml: file(
                &format!("{ENDS}<callActivity id='k' calledElement='Q'/><userTask id='u'/>"),
                "s -> k; k -> u; u -> e",
                &called,
            ),
            commands: "start; done qb; done u",
            told: "+s -s +k +qs -qs +qf -qf +qa +qb | -qb +qt -qt xqa -k +u | -u +e -e | Completed",
        },
        Case {
            name: "an error goes through three scopes to the one who catches it",
            xml: p(
                &format!(
                    "{}{}{}",
                    inner(
                        "q",
                        &format!(
                            "{}{}",
                            inner(
                                "r",
                                &inner("t", &service("j"), "ts -> j; j -> te"),
                                "rs -> t; t -> re"
                            ),
                            boundary("no", "r", true, "<errorEventDefinition errorRef='E2'/>")
                        ),
                        "qs -> r; r -> qe; no -> qe",
                    ),
                    boundary("all", "q", true, "<errorEventDefinition/>"),
                    boundary("b", "q", true, "<errorEventDefinition errorRef='E1'/>"),
                ),
                "s -> q; q -> e; b -> e; all -> e",
            ),
            commands: "start; throw j E1",
            told: "+s -s +q +qs -qs +r +rs -rs +t +ts -ts +j | !j:E1 xj xt xr xq +b -b +e -e | Completed",
        },
        Case {
            name: "an error nobody catches",
            xml: file(
                "<startEvent id='s'/><endEvent id='x'><errorEventDefinition errorRef='E1'/></endEvent>",
                "s -> x",
                "",
            ),
            commands: "start",
            told: "+s -s +x !x:E1 ?x | Incident",
        },
        Case {
            name: "an interrupting event sub-process ends what runs, its timers too",
            xml: p(
                &inner(
                    "q",
                    &format!(
                        "<userTask id='a'/>{}{}<subProcess id='v' triggeredByEvent='true'>\
                         <startEvent id='vs'><messageEventDefinition messageRef='M1'/></startEvent><userTask id='h'/>\
                         <endEvent id='ve'/>{}</subProcess>\
                         <subProcess id='w' triggeredByEvent='true'><startEvent id='ws' isInterrupting='false'>{}\
                         </startEvent><endEvent id='we'/>{}</subProcess><endEvent id='qe2'/>",
                        boundary("t", "a", true, &timer("PT2H")),
                        "<intermediateThrowEvent id='n'/>",
                        flows("vs -> h; h -> ve"),
                        cycle("R3/PT1H"),
                        flows("ws -> we"),
                    ),
                    "qs -> a; a -> qe; t -> n; n -> qe2",
                ),
                "s -> q; q -> e",
            ),
            commands: "start; wait 1h; message M1; wait 5h; done h",
            told: "+s -s +q +qs -qs +a | +w +ws -ws +we -we -w | xa +v +vs -vs +h | | -h +ve -ve -v -q +e -e | Completed",
        },
        Case {
            name: "a non-interrupting escalation: both go on",
            xml: p(
                &format!(
                    "{}{}<userTask id='h'/>",
                    inner(
                        "q",
                        "<intermediateThrowEvent id='c'><escalationEventDefinition escalationRef='C1'/>\
                         </intermediateThrowEvent><userTask id='a'/>",
                        "qs -> c; c -> a; a -> qe",
                    ),
                    boundary("b", "q", false, "<escalationEventDefinition escalationRef='C1'/>"),
                ),
                "s -> q; q -> e; b -> h; h -> e",
            ),
            commands: "start; done a; done h",
            told: "+s -s +q +qs -qs +c +b -b -c +h +a | -a +qe -qe -q +e -e | -h +e -e | Completed",
        },
        Case {
            name: "when only event sub-processes are left in a scope, no further one starts",
            xml: p(
                &inner(
                    "q",
                    &format!(
                        "<userTask id='a'/><subProcess id='v' triggeredByEvent='true'><startEvent id='vs' \
                         isInterrupting='false'>{}</startEvent><userTask id='h'/><endEvent id='ve'/>{}</subProcess>",
                        cycle("R/PT1H"),
                        flows("vs -> h; h -> ve"),
                    ),
                    "qs -> a; a -> qe",
                ),
                "s -> q; q -> e",
            ),
            commands: "start; wait 1h; done a; wait 5h; done h",
            told: "+s -s +q +qs -qs +a | +v +vs -vs +h | -a +qe -qe | | -h +ve -ve -v -q +e -e | Completed",
        },
        Case {
            name: "terminate ends one scope, and an escalation nobody hears is nothing",
            xml: p(
                &inner(
                    "q",
                    "<parallelGateway id='f'/><userTask id='a'/><endEvent id='x'><escalationEventDefinition \
                     escalationRef='C1'/><terminateEventDefinition/></endEvent><userTask id='b'/>",
                    "qs -> f; f -> a; f -> b; a -> qe; b -> x",
                ),
                "s -> q; q -> e",
            ),
            commands: "start; done b",
            told: "+s -s +q +qs -qs +f -f +a +b | -b +x -x xa -q +e -e | Completed",
        },
    ]);
}

#[test]
fn events() {
    check(vec![
        Case {
            name: "a message goes to the instance with its key, and is refused when several could get it",
            xml: file(
                &format!("{ENDS}<receiveTask id='r' messageRef='K1'/><receiveTask id='w' messageRef='M1'/>"),
                "s -> r; r -> w; w -> e",
                "",
            ),
            commands: "start key=one; start key=two; message K1 two; message K1 two; message K1 one; message M1",
            told: "+s -s +r | +s -s +r | -r +w | nobody | -r +w | several | at w | at w",
        },
        Case {
            name: "a message that a model throws before anybody waits is kept",
            xml: p(
                "<intermediateThrowEvent id='t'><messageEventDefinition messageRef='M1'/></intermediateThrowEvent>\
                 <userTask id='u'/><receiveTask id='r' messageRef='M1'/>",
                "s -> t; t -> u; u -> r; r -> e",
            ),
            commands: "start; done u",
            told: "+s -s +t -t +u | -u +r -r +e -e | Completed",
        },
        Case {
            name: "a cycle fires as often as it says; an interrupting one fires once",
            xml: p(
                &format!(
                    "<userTask id='a'/>{}{}<endEvent id='e2'/>",
                    boundary("t", "a", false, &cycle("R2/PT1H")),
                    boundary("i", "a", true, &cycle("R/PT4H")),
                ),
                "s -> a; a -> e; t -> e2; i -> e",
            ),
            commands: "start; wait 3h; wait 9h",
            told: "+s -s +a | +t -t +e2 -e2 +t -t +e2 -e2 | xa +i -i +e -e | Completed",
        },
        Case {
            name: "a parallel multiple boundary event needs both, in any order",
            xml: p(
                "<userTask id='a'/><boundaryEvent id='b' attachedToRef='a' parallelMultiple='true'>\
                 <messageEventDefinition messageRef='M1'/><signalEventDefinition signalRef='S1'/></boundaryEvent>",
                "s -> a; a -> e; b -> e",
            ),
            commands: "start; signal S1; signal S1; message M1",
            told: "+s -s +a | | | xa +b -b +e -e | Completed",
        },
        Case {
            name: "a multiple catch event needs one",
            xml: p(
                "<intermediateCatchEvent id='c'><messageEventDefinition messageRef='M1'/>\
                 <signalEventDefinition signalRef='S1'/></intermediateCatchEvent>",
                "s -> c; c -> e",
            ),
            commands: "start; signal S1; message M1",
            told: "+s -s +c | -c +e -e | nobody | Completed",
        },
        Case {
            name: "a conditional boundary event occurs each time its condition becomes true",
            xml: p(
                &format!(
                    "<userTask id='a'/><parallelGateway id='f'/><userTask id='u'/><exclusiveGateway id='m'/>{}\
                     <endEvent id='e2'/>",
                    boundary(
                        "b",
                        "a",
                        false,
                        &format!(
                            "<conditionalEventDefinition>{}</conditionalEventDefinition>",
                            formal("condition", "n > 1")
                        )
                    )
                ),
                "s -> f; f -> a; f -> m; m -> u; u -> m; a -> e; b -> e2",
            ),
            commands: "start n=0; done u n=2; done u n=3; done u n=0; done u n=2",
            told: "+s -s +f -f +a +m -m +u | -u +m -m +u +b -b +e2 -e2 | -u +m -m +u | -u +m -m +u \
                   | -u +m -m +u +b -b +e2 -e2 | at a u",
        },
        Case {
            name: "a signal reaches everybody",
            xml: p(
                "<intermediateCatchEvent id='c'><signalEventDefinition signalRef='S1'/></intermediateCatchEvent>",
                "s -> c; c -> e",
            ),
            commands: "start; start; signal S1",
            told: "+s -s +c | +s -s +c | -c -c +e -e +e -e | Completed | Completed",
        },
    ]);
}

#[test]
fn repetition() {
    let each = |attributes: &str, inside: &str| {
        format!("<multiInstanceLoopCharacteristics {attributes}>{inside}</multiInstanceLoopCharacteristics>")
    };
    let three = formal("loopCardinality", "3");
    check(vec![
        Case {
            name: "a boundary event on a multi-instance sub-process ends all its instances",
            xml: p(
                &format!(
                    "<subProcess id='q'><startEvent id='qs'/><userTask id='a'/><endEvent id='qe'/>{}{}</subProcess>{}",
                    flows("qs -> a; a -> qe"),
                    each("", &three),
                    boundary("t", "q", true, &timer("PT1H")),
                ),
                "s -> q; q -> e; t -> e",
            ),
            commands: "start; done a/1; wait 1h",
            told: "+s -s +q +q* +q* +q* +qs -qs +a +qs -qs +a +qs -qs +a | -a +qe -qe -q* \
                   | xa xq* xa xq* xq +t -t +e -e | Completed",
        },
        Case {
            name: "in sequence, one after the other, until it is enough",
            xml: p(
                &format!(
                    "<userTask id='a'>{}</userTask>",
                    each(
                        "isSequential='true'",
                        &(three.clone() + &formal("completionCondition", "numberOfCompletedInstances >= 2"))
                    )
                ),
                "s -> a; a -> e",
            ),
            commands: "start; done a; done a",
            told: "+s -s +a +a* | -a* +a* | -a* -a +e -e | Completed",
        },
        Case {
            name: "none at all",
            xml: p(
                &format!("<userTask id='a'>{}</userTask>", each("", &formal("loopCardinality", "0"))),
                "s -> a; a -> e",
            ),
            commands: "start",
            told: "+s -s +a -a +e -e | Completed",
        },
        Case {
            name: "a loop is tested before, or not",
            xml: p(
                &format!(
                    "<scriptTask id='a' scriptFormat='rhai'><script>n = n + 1</script><standardLoopCharacteristics \
                     testBefore='true'>{0}</standardLoopCharacteristics></scriptTask>\
                     <scriptTask id='b' scriptFormat='rhai'><script>n = n + 1</script><standardLoopCharacteristics \
                     testBefore='false'>{0}</standardLoopCharacteristics></scriptTask>",
                    formal("loopCondition", "n < 2")
                ),
                "s -> a; a -> b; b -> e",
            ),
            commands: "start n=1; start n=5",
            told: "+s -s +a +a* -a* -a +b +b* -b* -b +e -e | +s -s +a -a +b +b* -b* -b +e -e | Completed | Completed",
        },
    ]);
}

#[test]
fn compensation() {
    let transaction = |inside: &str, drawn: &str| format!("<transaction id='q'>{inside}{}</transaction>", flows(drawn));
    check(vec![
        Case {
            name: "what was completed is undone, the last first, and only that",
            xml: p(
                &format!(
                    "<task id='a'/><task id='b'/><task id='c'/>{}{}{}<intermediateThrowEvent id='x'>\
                     <compensateEventDefinition/></intermediateThrowEvent>",
                    undoes("ha", "a"),
                    undoes("hb", "b"),
                    undoes("hc", "c"),
                ),
                "s -> a; a -> b; b -> x; x -> c; c -> e",
            ),
            commands: "start",
            told: "+s -s +a -a +b -b +x +hb -hb +ha -ha -x +c -c +e -e | Completed",
        },
        Case {
            name: "one activity is undone, and once",
            xml: p(
                &format!(
                    "<task id='a'/><task id='b'/>{}{}<intermediateThrowEvent id='x'>\
                     <compensateEventDefinition activityRef='a'/></intermediateThrowEvent>\
                     <intermediateThrowEvent id='y'><compensateEventDefinition/></intermediateThrowEvent>",
                    undoes("ha", "a"),
                    undoes("hb", "b"),
                ),
                "s -> a; a -> b; b -> x; x -> y; y -> e",
            ),
            commands: "start",
            told: "+s -s +a -a +b -b +x +ha -ha -x +y +hb -hb -y +e -e | Completed",
        },
        Case {
            name: "a sub-process is undone from inside",
            xml: p(
                &format!(
                    "{}{}<endEvent id='x'><compensateEventDefinition/></endEvent>",
                    sub(
                        "q",
                        &format!("<startEvent id='qs'/><task id='a'/><task id='b'/><endEvent id='qe'/>{}{}", undoes("ha", "a"), undoes("hb", "b")),
                        "qs -> a; a -> b; b -> qe"
                    ),
                    sub(
                        "r",
                        &format!(
                            "<startEvent id='rs'/><task id='c'/><endEvent id='re'/>{}\
                             <subProcess id='v' triggeredByEvent='true'><startEvent id='vs'><compensateEventDefinition/>\
                             </startEvent><task id='d'/><endEvent id='ve'/>{}</subProcess>",
                            undoes("hc", "c"),
                            flows("vs -> d; d -> ve")
                        ),
                        "rs -> c; c -> re"
                    ),
                ),
                "s -> q; q -> r; r -> x",
            )
            .replace("<endEvent id='e'/>", ""),
            commands: "start",
            told: "+s -s +q +qs -qs +a -a +b -b +qe -qe -q +r +rs -rs +c -c +re -re -r \
                   +x +v +vs -vs +d -d +ve -ve -v +hb -hb +ha -ha -x | Completed",
        },
        Case {
            name: "a transaction is cancelled: what runs is ended, two activities are undone, then it goes on",
            xml: p(
                &format!(
                    "{}{}",
                    transaction(
                        &format!(
                            "<startEvent id='qs'/><task id='a'/><task id='b'/><parallelGateway id='f'/><userTask id='u'/>\
                             <userTask id='w'/><endEvent id='qe'/><endEvent id='x'><cancelEventDefinition/></endEvent>{}{}",
                            undoes("ha", "a"),
                            undoes("hb", "b")
                        ),
                        "qs -> a; a -> b; b -> f; f -> u; f -> w; u -> qe; w -> x",
                    ),
                    "<boundaryEvent id='c' attachedToRef='q'><cancelEventDefinition/></boundaryEvent>",
                ),
                "s -> q; q -> e; c -> e",
            ),
            commands: "start; done w",
            told: "+s -s +q +qs -qs +a -a +b -b +f -f +u +w | -w +x xu +hb -hb +ha -ha -x xq +c -c +e -e | Completed",
        },
    ]);
}

#[test]
fn ad_hoc() {
    let ad_hoc = |attributes: &str, completion: &str| {
        format!(
            "<adHocSubProcess id='q' {attributes}><userTask id='a'/><userTask id='b'/><userTask id='c'/>{completion}\
             </adHocSubProcess>"
        )
    };
    let enough = formal("completionCondition", "n > 1");
    check(vec![
        Case {
            name: "all at once, until each was done",
            xml: p(&ad_hoc("", ""), "s -> q; q -> e"),
            commands: "start; done b; done c; done a",
            told: "+s -s +q +a +b +c | -b | -c | -a -q +e -e | Completed",
        },
        Case {
            name: "one at a time, until it is enough",
            xml: p(&ad_hoc("ordering='Sequential'", &enough), "s -> q; q -> e"),
            commands: "start n=0; done a; done b n=2",
            told: "+s -s +q +a | -a +b | -b -q +e -e | Completed",
        },
        Case {
            name: "enough: the rest is cancelled",
            xml: p(&ad_hoc("", &enough), "s -> q; q -> e"),
            commands: "start n=0; done b n=2",
            told: "+s -s +q +a +b +c | -b xc xa -q +e -e | Completed",
        },
        Case {
            name: "enough: the rest is waited for",
            xml: p(&ad_hoc("cancelRemainingInstances='false'", &enough), "s -> q; q -> e"),
            commands: "start n=0; done b n=2; done a; done c",
            told: "+s -s +q +a +b +c | -b | -a | -c -q +e -e | Completed",
        },
    ]);
}
