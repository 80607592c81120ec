//! Which nodes a case can get to, and whether it can get to an end: case by case for what is not a plain flow.

use kapok_model::{Unchecked, read};

fn script(id: &str) -> String {
    format!("<scriptTask id='{id}'><script>1</script></scriptTask>")
}

fn flow(source: &str, target: &str) -> String {
    format!("<sequenceFlow id='{source}-{target}' sourceRef='{source}' targetRef='{target}'/>")
}

/// What is said about ways, rule and element. In a case, `a>b` is a flow, a word alone is a script, and anything with a
/// bracket is itself.
fn said(case: &str) -> Vec<(&'static str, String)> {
    let mut inside = String::new();
    for part in case.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        inside += &match part.split_once('>') {
            _ if part.starts_with('<') => part.to_owned(),
            Some((source, target)) => flow(source, target),
            None => script(part),
        };
    }
    let xml = format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><signal id='s'/><message id='m'/>\
         <process id='p' isExecutable='true'>{inside}</process></definitions>"
    );
    let found = read(&xml, &Unchecked).diagnostics.into_iter();
    let found = found.filter(|found| found.rule.starts_with("node.") || found.rule.starts_with("start."));
    found
        .map(|found| (found.rule, found.element.unwrap_or_default()))
        .collect()
}

const START: &str = "<startEvent id='s0'/>;<endEvent id='e0'/>;";
const SIGNAL: &str = "<signalEventDefinition signalRef='s'/>";
const LINK: &str = "<linkEventDefinition name='l'/>";
const UNDO: &str = "<compensateEventDefinition/>";

#[test]
fn each_way_on_is_seen() {
    let catch = |id: &str, what: &str| format!("<intermediateCatchEvent id='{id}'>{what}</intermediateCatchEvent>;");
    let throw = |id: &str, what: &str| format!("<intermediateThrowEvent id='{id}'>{what}</intermediateThrowEvent>;");
    let border = |id: &str, on: &str, what: &str| {
        format!("<boundaryEvent id='{id}' attachedToRef='{on}'>{what}</boundaryEvent>;")
    };
    let event_sub_process = |inside: &str, interrupting: bool| {
        format!(
            "<subProcess id='h' triggeredByEvent='true'><startEvent id='s1' isInterrupting='{interrupting}'>{SIGNAL}\
             </startEvent>{inside}</subProcess>;"
        )
    };
    let undone_by = |handler: &str| format!("<association id='as' sourceRef='b' targetRef='{handler}'/>;");
    for (case, expected) in [
        ("a; s0>a; a>e0".to_owned(), vec![]),
        // A link leads on, and leads round.
        (throw("o", LINK) + &catch("i", LINK) + "s0>o; i>e0", vec![]),
        (
            throw("o", LINK) + &catch("i", LINK) + "a; s0>a; a>o; i>a",
            vec![("node.unreachable", "e0"), ("node.endless", "s0")],
        ),
        (
            catch("i", LINK) + "i>e0",
            vec![
                ("node.dead-end", "s0"),
                ("node.unreachable", "i"),
                ("node.unreachable", "e0"),
            ],
        ),
        // What waits in a circle is no madness, but no end either.
        (
            catch("i", SIGNAL) + "a; s0>a; a>i; i>a",
            vec![("node.unreachable", "e0"), ("node.no-end", "s0")],
        ),
        // What ends the scope from beside is an end.
        (
            catch("i", SIGNAL)
                + &event_sub_process(
                    "<endEvent id='e1'/><sequenceFlow id='x' sourceRef='s1' targetRef='e1'/>",
                    true,
                )
                + "a; s0>a; a>i; i>a",
            vec![("node.unreachable", "e0")],
        ),
        (
            catch("i", SIGNAL)
                + &event_sub_process(
                    "<endEvent id='e1'/><sequenceFlow id='x' sourceRef='s1' targetRef='e1'/>",
                    false,
                )
                + "a; s0>a; a>i; i>a",
            vec![("node.unreachable", "e0"), ("node.no-end", "s0")],
        ),
        // An event sub-process is got to by its event, and what is in it by flows.
        (
            event_sub_process(&(script("b") + "<endEvent id='e1'/>" + &flow("s1", "e1")), true) + "s0>e0",
            vec![("node.unreachable", "b")],
        ),
        // Borders of every kind lead on.
        (
            "a;".to_owned() + &border("b", "a", SIGNAL) + "c; s0>a; a>e0; b>c; c>e0",
            vec![],
        ),
        (
            "a;".to_owned() + &border("b", "a", SIGNAL) + "s0>a; a>e0",
            vec![("node.dead-end", "b")],
        ),
        // What undoes is got to by its association, and ends by itself.
        (
            "a; <scriptTask id='u' isForCompensation='true'><script>1</script></scriptTask>;".to_owned()
                + &border("b", "a", UNDO)
                + &undone_by("u")
                + "s0>a; a>e0",
            vec![],
        ),
        (
            "a; <subProcess id='u' isForCompensation='true'><startEvent id='s1'/><endEvent id='e1'/>\
             <sequenceFlow id='x' sourceRef='s1' targetRef='e1'/></subProcess>;"
                .to_owned()
                + &border("b", "a", UNDO)
                + &undone_by("u")
                + "s0>a; a>e0",
            vec![],
        ),
        // People choose among the steps of an ad-hoc sub-process, and some follow others.
        (
            format!(
                "<adHocSubProcess id='h'>{}{}{}</adHocSubProcess>; s0>h; h>e0",
                script("a"),
                script("b"),
                flow("a", "b")
            ),
            vec![],
        ),
        // Gateways lead on, or nowhere.
        (
            "<eventBasedGateway id='g'/>;".to_owned()
                + &catch("i", SIGNAL)
                + &catch("j", SIGNAL)
                + "s0>g; g>i; g>j; i>e0; j>e0",
            vec![],
        ),
        (
            "<eventBasedGateway id='g'/>; a; s0>g; a>e0".to_owned(),
            vec![
                ("node.dead-end", "g"),
                ("node.unreachable", "a"),
                ("node.unreachable", "e0"),
            ],
        ),
        (
            "<inclusiveGateway id='g'/>; a; s0>g; g>a; g>e0".to_owned(),
            vec![("node.implicit-end", "a")],
        ),
        (
            "<complexGateway id='g'/>; a; b; s0>g; g>a; g>b; a>e0; b>e0".to_owned(),
            vec![],
        ),
        // Messages begin cases too.
        (
            "<receiveTask id='r' messageRef='m' instantiate='true'/>; r>e0; s0>e0".to_owned(),
            vec![],
        ),
        (
            "<receiveTask id='r' messageRef='m'/>; r>e0; s0>e0".to_owned(),
            vec![("node.unreachable", "r")],
        ),
    ] {
        let mut found = said(&format!("{START}{case}"));
        let mut expected: Vec<_> = expected
            .into_iter()
            .map(|(rule, id): (_, &str)| (rule, id.to_owned()))
            .collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{case}");
    }
}
