//! Scopes, and what ends them (13.3.4, 13.5.3, 13.5.4, 13.5.6).

use super::{Case, ENDS, p};
use crate::support::*;

pub fn cases() -> Vec<Case> {
    let inner = |id: &str, inside: &str, drawn: &str| {
        sub(
            id,
            &format!("<startEvent id='{id}s'/><endEvent id='{id}e'/>{inside}"),
            drawn,
        )
    };
    let called = format!(
        "<process id='Q' isExecutable='true'><startEvent id='qs'/><parallelGateway id='qf'/><userTask id='qa'/>\
         <userTask id='qb'/><endEvent id='qe'/><endEvent id='qt'><terminateEventDefinition/></endEvent>{}</process>",
        flows("qs -> qf; qf -> qa; qf -> qb; qa -> qe; qb -> qt")
    );
    vec![
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
                            inner("r", &inner("t", &service("j"), "ts -> j; j -> te"), "rs -> t; t -> re"),
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
    ]
}
