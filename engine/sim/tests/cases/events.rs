//! Events (13.5.1, 13.5.2).

use super::{Case, ENDS, p};
use crate::support::*;

pub fn cases() -> Vec<Case> {
    vec![
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
        Case {
            name: "a signal that ends a call does not reach the called case any more",
            xml: file(
                &format!(
                    "{ENDS}<callActivity id='k' calledElement='Q'/>{}",
                    boundary("b", "k", true, "<signalEventDefinition signalRef='S1'/>")
                ),
                "s -> k; k -> e; b -> e",
                &format!(
                    "<process id='Q' isExecutable='true'><startEvent id='qs'/><intermediateCatchEvent id='c'>\
                     <signalEventDefinition signalRef='S1'/></intermediateCatchEvent><endEvent id='qe'/>{}</process>",
                    flows("qs -> c; c -> qe")
                ),
            ),
            commands: "start; signal S1",
            told: "+s -s +k +qs -qs +c | xc xk +b -b +e -e | Completed",
        },
        Case {
            name: "an event that goes on waiting gets every message that was kept",
            xml: p(
                &format!(
                    "<intermediateThrowEvent id='x'><messageEventDefinition messageRef='M1'/></intermediateThrowEvent>\
                     <intermediateThrowEvent id='y'><messageEventDefinition messageRef='M1'/></intermediateThrowEvent>\
                     <task id='t'/><userTask id='a'/>{}<endEvent id='e2'/><userTask id='w'/>",
                    boundary("b", "a", false, "<messageEventDefinition messageRef='M1'/>")
                ),
                "s -> x; x -> y; y -> w; w -> t; t -> a; a -> e; b -> e2",
            ),
            commands: "start; done w",
            told: "+s -s +x -x +y -y +w | -w +t -t +a +b -b +e2 -e2 +b -b +e2 -e2 | at a",
        },
    ]
}
