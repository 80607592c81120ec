//! What the standard itself demands, case by case where the pages of the rules show one.

use kapok_model::{Unchecked, read};

const POSITIONS: [(&str, &str); 6] = [
    ("start", "1111000000"),
    ("start of an event sub-process", "1111011100"),
    ("catch", "1111100000"),
    ("throw", "1001101100"),
    ("boundary", "1111011110"),
    ("end", "1001011111"),
];

const DEFINITIONS: [&str; 10] = [
    "message",
    "timer",
    "conditional",
    "signal",
    "link",
    "error",
    "escalation",
    "compensate",
    "cancel",
    "terminate",
];

fn definitions(inside: &str) -> String {
    format!("<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'>{inside}</definitions>")
}

/// The rules found in a file, at which elements, in the order of lines and names.
fn found(xml: &str) -> Vec<(&'static str, String)> {
    let found = read(xml, &Unchecked).diagnostics.into_iter();
    let mut found: Vec<_> = found
        .map(|found| (found.rule, found.element.unwrap_or_default()))
        .collect();
    found.sort();
    found
}

#[test]
fn each_event_can_have_the_definitions_of_its_place() {
    for (position, allowed) in POSITIONS {
        for (definition, allowed) in DEFINITIONS.iter().zip(allowed.chars()) {
            let inside = format!("<{definition}EventDefinition/>");
            let event = match position {
                "start" => format!("<startEvent id='event'>{inside}</startEvent>"),
                "start of an event sub-process" => format!(
                    "<subProcess id='sub' triggeredByEvent='true'><startEvent id='event'>{inside}</startEvent></subProcess>"
                ),
                "catch" => format!("<intermediateCatchEvent id='event'>{inside}</intermediateCatchEvent>"),
                "throw" => format!("<intermediateThrowEvent id='event'>{inside}</intermediateThrowEvent>"),
                "boundary" => format!("<boundaryEvent id='event' attachedToRef='work'>{inside}</boundaryEvent>"),
                _ => format!("<endEvent id='event'>{inside}</endEvent>"),
            };
            let xml = definitions(&format!(
                "<process id='p' isExecutable='true'><task id='work'/>{event}</process>"
            ));
            let misplaced = found(&xml).contains(&("event.misplaced-trigger", String::from("event")));
            assert_eq!(misplaced, allowed == '0', "{definition} at {position}");
        }
    }
}

#[test]
fn a_shared_definition_is_held_to_the_same() {
    let xml = |definition: &str| {
        definitions(&format!(
            "<{definition}EventDefinition id='shared'/><process id='p' isExecutable='true'>\
             <endEvent id='end'><eventDefinitionRef>x:shared</eventDefinitionRef></endEvent></process>"
        ))
    };
    let misplaced = ("event.misplaced-trigger", String::from("end"));
    assert!(found(&xml("timer")).contains(&misplaced));
    assert!(!found(&xml("terminate")).contains(&misplaced));
}

/// What stands at the top of a file besides one process, what stands in the process, and what is found of these rules.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const CASES: &[Case] = &[
    // References, with prefixes and without.
    ("<message id='m'/>", "<sendTask id='t' messageRef='m'/>", &[]),
    ("<message id='m'/>", "<sendTask id='t' messageRef='tns:m'/>", &[]),
    ("", "<sendTask id='t' messageRef=''/>", &[]),
    ("", "<sendTask id='t' messageRef='m'/>", &[("reference.dangling", "t")]),
    (
        "<signal id='m'/>",
        "<sendTask id='t' messageRef='m'/>",
        &[("reference.wrong-kind", "t")],
    ),
    // What nobody needs and is in another file is not looked at, but only what has a prefix can be there.
    ("<import namespace='urn:x'/><message id='m' itemRef='x:i'/>", "", &[]),
    (
        "<import namespace='urn:x'/><message id='m' itemRef='i'/>",
        "",
        &[("reference.idle", "m")],
    ),
    (
        "",
        "<endEvent id='e'><compensateEventDefinition activityRef='e'/></endEvent>",
        &[("reference.wrong-kind", "e")],
    ),
    (
        "",
        "<endEvent id='e'><compensateEventDefinition activityRef='t'/></endEvent><task id='t'/>",
        &[],
    ),
    // Types are written as tools like.
    ("", "<dataObject id='d' itemSubjectRef='xsd:string'/>", &[]),
    (
        "",
        "<dataObject id='d' itemSubjectRef='string'/>",
        &[("reference.idle", "d")],
    ),
    ("<message id='m' itemRef='gone'/>", "", &[("reference.idle", "m")]),
    // Data.
    (
        "",
        "<dataObject id='d'/><task id='t'><dataOutputAssociation><targetRef>d</targetRef></dataOutputAssociation></task>",
        &[],
    ),
    (
        "",
        "<task id='t'><dataOutputAssociation><targetRef>t</targetRef></dataOutputAssociation></task>",
        &[("reference.wrong-kind", "t")],
    ),
    (
        "",
        "<task id='t'><dataOutputAssociation/></task>",
        &[("element.child-missing", "t")],
    ),
    (
        "",
        "<task id='t'><dataInputAssociation><assignment><from>1</from><to>x</to></assignment></dataInputAssociation></task>",
        &[],
    ),
    // Values.
    (
        "",
        "<task id='t' startQuantity='0'/>",
        &[("element.attribute-faulty", "t")],
    ),
    (
        "",
        "<task id='t' startQuantity='-1'/>",
        &[("element.attribute-faulty", "t")],
    ),
    ("", "<task id='t' startQuantity='1'/>", &[]),
    (
        "",
        "<task id='t'><standardLoopCharacteristics loopMaximum='3'/></task>",
        &[],
    ),
    (
        "",
        "<task id='t'><standardLoopCharacteristics loopMaximum='many'/></task>",
        &[("element.attribute-faulty", "t")],
    ),
    (
        "",
        "<task id='t'><standardLoopCharacteristics testBefore='yes' loopMaximum='1'/></task>",
        &[("element.attribute-value", "t")],
    ),
    (
        "",
        "<task id='t'><standardLoopCharacteristics loopMaximum='1'/>\
         <multiInstanceLoopCharacteristics><loopCardinality>1</loopCardinality></multiInstanceLoopCharacteristics></task>",
        &[("element.repeated", "t")],
    ),
    (
        "",
        "<task id='t'><multiInstanceLoopCharacteristics behavior='Some'><loopCardinality>1</loopCardinality>\
         </multiInstanceLoopCharacteristics></task>",
        &[("element.attribute-faulty", "t")],
    ),
    (
        "<collaboration id='c'><participant id='a' colour='red'/></collaboration>",
        "",
        &[("element.attribute-unknown", "a")],
    ),
    // Lists of flows: none at all, the right one, and one too few.
    (
        "",
        "<task id='t'><outgoing>f</outgoing></task><task id='u'/><sequenceFlow id='f' sourceRef='t' targetRef='u'/>",
        &[],
    ),
    (
        "",
        "<task id='t'><outgoing>f</outgoing></task><task id='u'/><sequenceFlow id='f' sourceRef='t' targetRef='u'/>\
         <sequenceFlow id='g' sourceRef='t' targetRef='u'/>",
        &[("reference.flows-disagree", "t")],
    ),
    // Lanes: a step is in a lane and in a lane of that lane, but not in two beside each other.
    (
        "",
        "<task id='t'/><laneSet id='s'><lane id='a'><flowNodeRef>t</flowNodeRef><childLaneSet id='i'>\
         <lane id='b'><flowNodeRef>t</flowNodeRef></lane></childLaneSet></lane></laneSet>",
        &[],
    ),
    (
        "",
        "<task id='t'/><laneSet id='s'><lane id='a'><childLaneSet id='i'><lane id='b'><flowNodeRef>t</flowNodeRef></lane>\
         <lane id='c'><flowNodeRef>t</flowNodeRef></lane></childLaneSet></lane></laneSet>",
        &[("lane.twice", "c")],
    ),
    // Links meet within a scope only.
    (
        "",
        "<intermediateThrowEvent id='o'><linkEventDefinition name='A'/></intermediateThrowEvent><subProcess id='s'>\
         <intermediateCatchEvent id='i'><linkEventDefinition name='A'/></intermediateCatchEvent></subProcess>",
        &[("link.target-missing", "o")],
    ),
    // A compensation event and its activity, connected either way round.
    (
        "",
        "<task id='t'/><task id='u' isForCompensation='true'/><boundaryEvent id='b' attachedToRef='t'>\
         <compensateEventDefinition/></boundaryEvent><association id='a' sourceRef='u' targetRef='b'/>",
        &[],
    ),
    (
        "",
        "<task id='t'/><task id='u' isForCompensation='true'/><task id='v' isForCompensation='true'/>\
         <boundaryEvent id='b' attachedToRef='t'><compensateEventDefinition/></boundaryEvent>\
         <association id='a' sourceRef='b' targetRef='u'/><association id='c' sourceRef='b' targetRef='v'/>",
        &[("compensation.handler", "b")],
    ),
    (
        "",
        "<task id='t'/><task id='u'/><boundaryEvent id='b' attachedToRef='t'>\
         <compensateEventDefinition/></boundaryEvent><association id='a' sourceRef='b' targetRef='u'/>",
        &[("compensation.handler", "b")],
    ),
    // A cancel end counts for the transaction it stands in.
    (
        "",
        "<transaction id='t'><subProcess id='s'><endEvent id='e'><cancelEventDefinition/></endEvent></subProcess></transaction>",
        &[("transaction.cancel-outside", "e")],
    ),
    (
        "",
        "<boundaryEvent id='e' attachedToRef='t'><escalationEventDefinition/></boundaryEvent><task id='t'/>",
        &[],
    ),
    // Messages.
    (
        "<collaboration id='c'><participant id='a' processRef='p'/><participant id='b'/>\
         <messageFlow id='m' sourceRef='a' targetRef='b'/></collaboration>",
        "",
        &[],
    ),
    (
        "<collaboration id='c'><messageFlow id='m' sourceRef='t' targetRef='u'/></collaboration>",
        "<task id='t'/><task id='u'/>",
        &[("message-flow.same-pool", "m")],
    ),
    (
        "<collaboration id='c'><participant id='b'/><messageFlow id='m' targetRef='b'/></collaboration>",
        "",
        &[("reference.missing", "m")],
    ),
    // What a description contains is nobody's business; what is no part of BPMN is said where nobody reads it.
    (
        "",
        "<task id='t'><documentation format='x'>text</documentation></task>",
        &[],
    ),
    (
        "",
        "<laneSet id='s'><lane id='l'><wall/></lane></laneSet>",
        &[("element.misplaced", "l")],
    ),
    (
        "",
        "<laneSet id='s'><lane id='l'><extensionElements><wall/></extensionElements></lane></laneSet>",
        &[],
    ),
];

/// The rules that the cases are about.
const ABOUT: &[&str] = &[
    "element.attribute-",
    "element.child-missing",
    "element.misplaced",
    "element.repeated",
    "reference.",
    "lane.",
    "link.",
    "compensation.",
    "transaction.",
    "message-flow.",
];

#[test]
fn each_demand_is_made_where_it_applies_and_nowhere_else() {
    for (beside, inside, expected) in CASES {
        let xml = definitions(&format!(
            "{beside}<process id='p' isExecutable='true'>{inside}</process>"
        ));
        let mut found = found(&xml);
        found.retain(|(rule, _)| ABOUT.iter().any(|about| rule.starts_with(about)));
        let found: Vec<(&str, &str)> = found.iter().map(|(rule, element)| (*rule, element.as_str())).collect();
        assert_eq!(&found, expected, "{xml}");
    }
}

#[test]
fn nothing_is_demanded_of_a_drawing_beside_what_runs() {
    let drawing = "<endEvent id='e'><timerEventDefinition/></endEvent><sendTask id='t' messageRef='gone'/>";
    let xml = definitions(&format!(
        "<process id='p' isExecutable='true'><startEvent id='s'/><endEvent id='f'/>\
         <sequenceFlow id='g' sourceRef='s' targetRef='f'/></process><process id='q'>{drawing}</process>"
    ));
    assert_eq!(found(&xml), [("process.not-executable", String::from("q"))]);
}
