//! Compensation and transactions (13.5.5).

use super::{Case, p};
use crate::support::*;

pub fn cases() -> Vec<Case> {
    let transaction = |inside: &str, drawn: &str| format!("<transaction id='q'>{inside}{}</transaction>", flows(drawn));
    vec![
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
        Case {
            name: "in a cancelled transaction nothing begins any more",
            xml: p(
                &format!(
                    "{}<boundaryEvent id='c' attachedToRef='q'><cancelEventDefinition/></boundaryEvent>",
                    transaction(
                        &format!(
                            "<startEvent id='qs'/><task id='a'/><parallelGateway id='f'/><userTask id='u'/>\
                             <endEvent id='qe'/><endEvent id='x'><cancelEventDefinition/></endEvent>{}",
                            undoes("ha", "a").replace("<task id='ha'", "<userTask id='ha'")
                        ),
                        "qs -> a; a -> f; f -> x; f -> u; u -> qe",
                    ),
                ),
                "s -> q; q -> e; c -> e",
            ),
            commands: "start; done ha",
            told: "+s -s +q +qs -qs +a -a +f -f +x +ha | -ha -x xq +c -c +e -e | Completed",
        },
        Case {
            name: "in a cancelled transaction no gateway is reset",
            xml: p(
                &format!(
                    "{}<boundaryEvent id='c' attachedToRef='q'><cancelEventDefinition/></boundaryEvent>",
                    transaction(
                        &format!(
                            "<startEvent id='qs'/><task id='a'/><parallelGateway id='f'/><userTask id='u'/><task id='t'/>\
                             <endEvent id='qe'/><endEvent id='x'><cancelEventDefinition/></endEvent>\
                             <complexGateway id='g'>{}</complexGateway>{}",
                            formal("activationCondition", "activationCount >= 1"),
                            undoes("ha", "a").replace("<task id='ha'", "<userTask id='ha'")
                        ),
                        "qs -> a; a -> f; f -> t; f -> u; t -> g; u -> g; g -> x ? waitingForStart; g -> qe ? !waitingForStart",
                    ),
                ),
                "s -> q; q -> e; c -> e",
            ),
            commands: "start; done ha",
            told: "+s -s +q +qs -qs +a -a +f -f +t -t +u +g +x xg xu +ha | -ha -x xq +c -c +e -e | Completed",
        },
    ]
}
