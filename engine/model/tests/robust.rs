//! What a hostile or broken file can do: nothing.

use std::fmt::Write;

use kapok_model::{Document, Severity, Unchecked, read};
use proptest::prelude::*;

const EVERYTHING: &str = include_str!("models/everything.bpmn");
const LEAVE: &str = include_str!("models/leave.bpmn");
const JOINS: &str = include_str!("models/joins.bpmn");
const OTHERS: [&str; 8] = [
    include_str!("models/camunda.bpmn"),
    include_str!("models/zeebe.bpmn"),
    include_str!("models/collaboration.bpmn"),
    include_str!("models/correlation.bpmn"),
    include_str!("models/data.bpmn"),
    include_str!("models/loops.bpmn"),
    include_str!("models/compensation.bpmn"),
    include_str!("models/calls.bpmn"),
];
const NAMESPACE: &str = r#"xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL""#;

fn only_finding(xml: &str) -> (&'static str, u32) {
    let reading = read(xml, &Unchecked);
    assert!(reading.processes.is_empty());
    assert_eq!(reading.diagnostics.len(), 1, "{:?}", reading.diagnostics);
    assert_eq!(reading.diagnostics[0].severity, Severity::Error);
    (reading.diagnostics[0].rule, reading.diagnostics[0].line)
}

#[test]
fn each_limit_is_a_finding() {
    let definitions = |inside: &str| format!("<definitions {NAMESPACE}>\n{inside}</definitions>");
    let attributes = |count: usize| (0..count).fold(String::new(), |all, n| all + &format!(" a{n}=\"\""));
    let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    let many_bindings = (0..200).fold(String::new(), |all, n| all + &format!("<b xmlns:p{n}=\"urn:{n}\">"));
    for (xml, rule, line) in [
        (definitions(&" ".repeat(20 << 20)), "xml.too-large", 1),
        (definitions(&nested(1_000_000)), "xml.too-deep", 2),
        (definitions(&nested(64)), "xml.too-deep", 2),
        (definitions(&"<a/>\n".repeat(200_001)), "xml.too-many-elements", 200_001),
        (
            definitions(&format!("<a{}/>", attributes(65))),
            "xml.too-many-attributes",
            2,
        ),
        (
            definitions(&format!("<a{}/>", attributes(500_000))),
            "xml.too-many-attributes",
            2,
        ),
        (definitions(&many_bindings), "xml.too-deep", 2),
        (definitions("<a b='1' b='2'/>"), "xml.malformed", 2),
        (definitions("\u{1}"), "xml.malformed", 2),
        (definitions("&#1;"), "xml.entity", 2),
        (definitions("<a b='&#1;'/>"), "xml.malformed", 2),
        (definitions("<a b='&unknown;'/>"), "xml.malformed", 2),
        (
            format!("<!DOCTYPE d SYSTEM 'file:///etc/passwd'>{}", definitions("")),
            "xml.doctype",
            1,
        ),
        (String::from("text"), "xml.malformed", 1),
        (String::new(), "xml.empty", 1),
    ] {
        assert_eq!(
            only_finding(&xml),
            (rule, line),
            "{}",
            xml.chars().take(200).collect::<String>()
        );
    }
    // Just inside the limits, only what is in the file is at fault.
    for inside in [nested(63), "<a/>".repeat(199_999), format!("<a{}/>", attributes(64))] {
        let found = read(&definitions(&inside), &Unchecked);
        assert!(found.diagnostics.iter().all(|found| !found.rule.starts_with("xml.")));
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_a_finding() {
    let found = Document::from_bytes(b"<a>\n\xb0\xd7</a>".to_vec()).err();
    assert_eq!(found.map(|found| (found.rule, found.line)), Some(("xml.encoding", 2)));
}

#[test]
fn a_file_full_of_mistakes_gives_a_list_that_ends() {
    let mut process = String::new();
    for n in 0..5_000 {
        writeln!(process, "<task id='t{n}'/>").unwrap();
    }
    let xml = format!("<definitions {NAMESPACE}><process id='p' isExecutable='true'>{process}</process></definitions>");
    let found = read(&xml, &Unchecked).diagnostics;
    assert_eq!(found.len(), 1_001);
    assert_eq!(found[1_000].rule, "check.too-many");
}

#[test]
fn a_document_is_written_back_as_it_came() {
    let odd =
        "\u{feff}<?xml version='1.0'?>\r\n<!-- … --><a  b = '1'\n c=\"&amp;&#x41;\" ><![CDATA[<]]></a >\r\n\r\n<?pi?>";
    for xml in [EVERYTHING, odd] {
        let document = Document::from_bytes(xml.as_bytes().to_vec()).unwrap();
        assert_eq!(document.as_str(), xml);
        assert_eq!(document.clone().as_str(), xml);
    }
}

/// A process of about `size` nodes: forks and joins in a row, each branch a choice.
fn large_model(size: usize) -> String {
    let mut nodes = String::from("<startEvent id='s'/><endEvent id='e'/>");
    let mut flows = String::new();
    let mut count = 0;
    let mut flow = |source: &str, target: &str, condition: bool| {
        count += 1;
        let inside = if condition {
            "<conditionExpression>x &gt; 1</conditionExpression>"
        } else {
            ""
        };
        writeln!(
            flows,
            "<sequenceFlow id='f{count}' sourceRef='{source}' targetRef='{target}'>{inside}</sequenceFlow>"
        )
        .unwrap();
        format!("f{count}")
    };
    let mut last = String::from("s");
    for n in 0..size / 8 {
        writeln!(
            nodes,
            "<parallelGateway id='fork{n}'/><parallelGateway id='join{n}'/><exclusiveGateway id='merge{n}'/>"
        )
        .unwrap();
        for task in ["a", "b", "c", "d"] {
            writeln!(nodes, "<scriptTask id='{task}{n}'><script>1</script></scriptTask>").unwrap();
        }
        flow(&last, &format!("fork{n}"), false);
        flow(&format!("fork{n}"), &format!("a{n}"), false);
        flow(&format!("fork{n}"), &format!("choose{n}"), false);
        flow(&format!("choose{n}"), &format!("b{n}"), true);
        let otherwise = flow(&format!("choose{n}"), &format!("c{n}"), false);
        writeln!(nodes, "<exclusiveGateway id='choose{n}' default='{otherwise}'/>").unwrap();
        flow(&format!("b{n}"), &format!("merge{n}"), false);
        flow(&format!("c{n}"), &format!("merge{n}"), false);
        flow(&format!("a{n}"), &format!("join{n}"), false);
        flow(&format!("merge{n}"), &format!("d{n}"), false);
        flow(&format!("d{n}"), &format!("join{n}"), false);
        last = format!("join{n}");
    }
    flow(&last, "e", false);
    format!("<definitions {NAMESPACE}><process id='p' isExecutable='true'>{nodes}{flows}</process></definitions>")
}

#[test]
fn a_very_large_process_is_read_without_fault() {
    // With a check that takes the square of the size this would take minutes, not a moment.
    let reading = read(&large_model(20_000), &Unchecked);
    assert_eq!(reading.diagnostics, []);
    assert_eq!(reading.processes[0].nodes().count(), 20_002);
}

/// Files in which everything is about one thing, so that looking for it each time would take the square of the size.
#[test]
fn what_is_looked_up_often_is_found_at_once() {
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let process = |inside: String| format!("<process id='p' isExecutable='true'>{inside}</process>");
    let flows = |count| {
        let flow = |n| format!("<messageFlow id='m{n}' sourceRef='a' targetRef='b'/>");
        let definitions = many(count, &|_| String::from("<messageEventDefinition/>"));
        let events = format!("<endEvent id='a'>{definitions}</endEvent><startEvent id='b'>{definitions}</startEvent>");
        format!(
            "<collaboration>{}</collaboration>{}",
            many(count, &flow),
            process(events)
        )
    };
    let correlation = |count| {
        let retrieval = "<correlationPropertyRetrievalExpression messageRef='m'><messagePath>1</messagePath></correlationPropertyRetrievalExpression>";
        let property = |n| format!("<correlationProperty id='c{n}'>{retrieval}</correlationProperty>");
        let task = |n| format!("<sendTask id='t{n}' messageRef='m'/>");
        format!(
            "<message id='m'/>{}{}",
            many(count, &property),
            process(many(count, &task))
        )
    };
    let associations = |count| {
        let event =
            |n| format!("<boundaryEvent id='e{n}' attachedToRef='t'><compensateEventDefinition/></boundaryEvent>");
        let association = |n| format!("<association id='s{n}' sourceRef='e{n}' targetRef='t'/>");
        process(format!(
            "<task id='t'/>{}{}",
            many(count, &event),
            many(count, &association)
        ))
    };
    let objects = |count| {
        let object = |n| format!("<dataObject id='o{n}'/><dataObjectReference id='r{n}' dataObjectRef='o{n}'/>");
        process(many(count, &object))
    };
    let inputs = |count| {
        let input = |n| format!("<dataInput id='i{n}'/>");
        let association = |n| {
            format!(
                "<dataInputAssociation><sourceRef>i{n}</sourceRef><targetRef>i{n}</targetRef></dataInputAssociation>"
            )
        };
        let io = format!("<ioSpecification>{}</ioSpecification>", many(count, &input));
        process(format!("<task id='t'>{io}{}</task>", many(count, &association)))
    };
    let gateways = |count| {
        let definitions = many(count, &|_| String::from("<timerEventDefinition/>"));
        let gateway =
            |n| format!("<eventBasedGateway id='g{n}'/><sequenceFlow id='f{n}' sourceRef='g{n}' targetRef='e'/>");
        process(format!(
            "<intermediateCatchEvent id='e'>{definitions}</intermediateCatchEvent>{}",
            many(count, &gateway)
        ))
    };
    let links = |count| {
        let link = |n| {
            let definition = format!("<linkEventDefinition name='l{n}'/>");
            format!(
                "<intermediateThrowEvent id='a{n}'>{definition}</intermediateThrowEvent>\
                 <intermediateCatchEvent id='b{n}'>{definition}</intermediateCatchEvent>"
            )
        };
        process(many(count, &link))
    };
    for inside in [
        flows(10_000),
        correlation(10_000),
        associations(10_000),
        objects(20_000),
        inputs(10_000),
        links(10_000),
        gateways(5_000),
    ] {
        let reading = read(&format!("<definitions {NAMESPACE}>{inside}</definitions>"), &Unchecked);
        assert!(reading.diagnostics.len() <= 1_001);
    }
}

/// What can happen to a file on its way, or to one made by somebody ill-disposed.
#[derive(Debug, Clone)]
enum Mutation {
    Truncate(prop::sample::Index),
    Flip(prop::sample::Index, u8),
    Insert(prop::sample::Index, &'static str),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let pieces = &[
        "<",
        ">",
        "&",
        "\"",
        "'",
        "<!DOCTYPE x>",
        "<![CDATA[",
        "<!--",
        "]]>",
        "<?",
        "/>",
        "xmlns=''",
        "\u{0}",
        "中",
        "<bpmn:subProcess id='x'>",
        "</bpmn:subProcess>",
        "<kapok:form/>",
        "PT",
        "R/",
        "${x}",
        "{",
        "}",
        "-1",
        "99999999999",
    ];
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Mutation::Truncate),
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Flip(at, byte)),
        (any::<prop::sample::Index>(), prop::sample::select(&pieces[..]))
            .prop_map(|(at, piece)| Mutation::Insert(at, piece)),
        (any::<prop::sample::Index>(), 1..200usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (any::<prop::sample::Index>(), 1..400usize).prop_map(|(at, length)| Mutation::Repeat(at, length)),
    ]
}

fn apply(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    match mutation {
        Mutation::Truncate(at) => bytes.truncate(at.index(bytes.len())),
        Mutation::Flip(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Mutation::Insert(at, piece) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, piece.bytes());
        }
        Mutation::Remove(at, length) => {
            let at = at.index(bytes.len());
            bytes.drain(at..(at + length).min(bytes.len()));
        }
        Mutation::Repeat(at, length) => {
            let at = at.index(bytes.len());
            let piece = bytes[at..(at + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damaged_file_brings_the_reader_down(
        model in prop_oneof![
            prop::sample::select(&[EVERYTHING, LEAVE, JOINS][..]),
            prop::sample::select(&OTHERS[..]),
        ],
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let mut bytes = model.as_bytes().to_vec();
        for mutation in &mutations {
            apply(&mut bytes, mutation);
        }
        let reading = match Document::from_bytes(bytes) {
            Ok(document) => document.read(&Unchecked),
            Err(_) => return Ok(()),
        };
        prop_assert_eq!(reading.is_deployable(), !reading.processes.is_empty());
        for process in &reading.processes {
            for (_, flow) in process.flows() {
                prop_assert!(process.node(flow.source).is_some() && process.node(flow.target).is_some());
            }
        }
    }
}
