//! Decision files.

pub const NAMESPACE: &str = "https://www.omg.org/spec/DMN/20191111/MODEL/";

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

pub fn file(inside: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{NAMESPACE}" id="d" name="d">{inside}</definitions>"#
    )
}

/// A decision table: its attributes; expressions of the inputs, each perhaps with `: type`; names of the outputs, each
/// perhaps with `: values`; and rules as `tests => outputs`, with `|` between columns.
pub fn table(attributes: &str, inputs: &[&str], outputs: &[&str], rules: &[&str]) -> String {
    let text = |name: &str, text: &str| format!("<{name}><text>{}</text></{name}>", escape(text.trim()));
    let mut xml = format!("<decisionTable {attributes}>");
    for input in inputs {
        let (expression, kind) = input.split_once(": ").unwrap_or((input, "Any"));
        xml += &format!(
            r#"<input><inputExpression typeRef="{kind}"><text>{}</text></inputExpression></input>"#,
            escape(expression)
        );
    }
    for output in outputs {
        let (name, values) = output.split_once(": ").unwrap_or((output, ""));
        xml += &format!(r#"<output name="{name}">{}</output>"#, text("outputValues", values));
    }
    for rule in rules {
        let (tests, results) = rule.split_once("=>").unwrap();
        xml += "<rule>";
        if !inputs.is_empty() {
            xml.extend(tests.split('|').map(|test| text("inputEntry", test)));
        }
        xml.extend(results.split('|').map(|result| text("outputEntry", result)));
        xml += "</rule>";
    }
    xml + "</decisionTable>"
}

pub fn decision(id: &str, name: &str, requires: &[&str], logic: &str) -> String {
    let requires: String = requires
        .iter()
        .map(|id| format!(r##"<informationRequirement><requiredDecision href="#{id}"/></informationRequirement>"##))
        .collect();
    format!(r#"<decision id="{id}" name="{name}">{requires}{logic}</decision>"#)
}
