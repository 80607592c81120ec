//! Tokens and gateways (13.3.2, 13.4).

use super::{Case, p};
use crate::support::*;

pub fn cases() -> Vec<Case> {
    let user = |id: &str| format!("<userTask id='{id}'/>");
    let three = "<parallelGateway id='f'/><userTask id='a'/><userTask id='b'/><userTask id='c'/>";
    let into = |join: &str| format!("s -> f; f -> a; f -> b; f -> c; a -> {join}; b -> {join}; c -> {join}; ");
    vec![
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
            xml: p(
                "<exclusiveGateway id='x'/><endEvent id='e2'/>",
                "s -> x; x -> e ? n > 1; x -> e2 ? n > 2",
            ),
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
    ]
}
