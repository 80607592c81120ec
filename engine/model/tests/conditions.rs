//! Where conditions and default ways can be, and where a case could stop for want of one.

use kapok_model::{Unchecked, read};

/// What is said when two flows leave a node: their conditions, and which of them is the default.
fn said(node: &str, default: &str, conditions: [bool; 2]) -> Vec<&'static str> {
    let node = node.replace("id='n'", &format!("id='n' {default}"));
    let way = |id: &str, condition: bool| {
        let condition = if condition {
            "<conditionExpression>x</conditionExpression>"
        } else {
            ""
        };
        format!("<sequenceFlow id='{id}' sourceRef='n' targetRef='e'>{condition}</sequenceFlow>")
    };
    let xml = format!(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p' isExecutable='true'>\
         <startEvent id='s'/>{node}<endEvent id='e'/><sequenceFlow id='f' sourceRef='s' targetRef='n'/>{}{}\
         </process></definitions>",
        way("a", conditions[0]),
        way("b", conditions[1])
    );
    let found = read(&xml, &Unchecked).diagnostics.into_iter().map(|found| found.rule);
    found
        .filter(|rule| rule.starts_with("gateway.") || rule.starts_with("flow."))
        .collect()
}

#[test]
fn each_kind_of_node_has_its_own_demands_on_conditions() {
    let (exclusive, inclusive) = ("<exclusiveGateway id='n'/>", "<inclusiveGateway id='n'/>");
    let (task, complex) = ("<task id='n'/>", "<complexGateway id='n'/>");
    let (missing, stops) = ("gateway.condition-missing", "gateway.default-missing");
    let (conditional, misplaced) = ("gateway.default-condition", "flow.condition-misplaced");
    for (node, default, conditions, expected) in [
        (exclusive, "default='b'", [true, false], &[][..]),
        (exclusive, "", [true, false], &[missing]),
        (exclusive, "", [true, true], &[stops]),
        (exclusive, "default='b'", [true, true], &[conditional]),
        (inclusive, "default='b'", [true, false], &[]),
        (inclusive, "", [true, false], &[]),
        (inclusive, "", [true, true], &[stops]),
        (inclusive, "default='b'", [true, true], &[conditional]),
        (inclusive, "", [false, false], &[]),
        (task, "", [true, true], &[stops]),
        (task, "default='b'", [true, false], &[]),
        (task, "default='b'", [true, true], &[conditional]),
        (complex, "", [true, true], &[]),
        (complex, "default='b'", [true, true], &[conditional]),
        ("<parallelGateway id='n'/>", "", [true, false], &[misplaced]),
        ("<eventBasedGateway id='n'/>", "", [true, false], &[misplaced]),
        (
            "<intermediateThrowEvent id='n'/>",
            "",
            [true, true],
            &[misplaced, misplaced],
        ),
    ] {
        assert_eq!(
            said(node, default, conditions),
            expected,
            "{node} {default} {conditions:?}"
        );
    }
}
