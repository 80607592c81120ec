//! The processes that are measured.

use std::fmt::Write as _;

use super::Failure;

/// What every model begins with.
pub(super) const HEAD: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:kapok="urn:kapok:bpmn:1" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="bench">"#;

/// Three scripts, a choice, a fork of two branches, a join, an end. Every case takes the same way.
pub(super) fn straight_through() -> String {
    format!(
        "{HEAD}<process id='straight-through' isExecutable='true'>
          <startEvent id='start'/>
          <scriptTask id='price' scriptFormat='rhai'><script>total = amount * 3</script></scriptTask>
          <exclusiveGateway id='choice' default='small'/>
          <parallelGateway id='fork'/>
          <scriptTask id='book' scriptFormat='rhai'><script>booked = total + 1</script></scriptTask>
          <scriptTask id='ship' scriptFormat='rhai'><script>shipped = total + 2</script></scriptTask>
          <parallelGateway id='join'/>
          <endEvent id='done'/>
          <endEvent id='refused'/>
          <sequenceFlow id='f1' sourceRef='start' targetRef='price'/>
          <sequenceFlow id='f2' sourceRef='price' targetRef='choice'/>
          <sequenceFlow id='large' sourceRef='choice' targetRef='fork'>
            <conditionExpression>total &gt; 100</conditionExpression>
          </sequenceFlow>
          <sequenceFlow id='small' sourceRef='choice' targetRef='refused'/>
          <sequenceFlow id='f3' sourceRef='fork' targetRef='book'/>
          <sequenceFlow id='f4' sourceRef='fork' targetRef='ship'/>
          <sequenceFlow id='f5' sourceRef='book' targetRef='join'/>
          <sequenceFlow id='f6' sourceRef='ship' targetRef='join'/>
          <sequenceFlow id='f7' sourceRef='join' targetRef='done'/>
        </process></definitions>"
    )
}

/// One to-do for whoever starts the case.
pub(super) fn human_step() -> String {
    format!(
        "{HEAD}<process id='human-step' isExecutable='true'>
          <startEvent id='start'/><endEvent id='done'/>
          <userTask id='check' name='Check'><extensionElements>
            <kapok:assignees><kapok:initiator/></kapok:assignees>
          </extensionElements></userTask>
          <sequenceFlow id='f1' sourceRef='start' targetRef='check'/>
          <sequenceFlow id='f2' sourceRef='check' targetRef='done'/>
        </process></definitions>"
    )
}

/// A to-do for the person `login`, and one for everybody in `group`; both due at the moment `due`.
pub(super) fn inbox() -> String {
    let process = |id: &str, who: &str| {
        format!(
            "<process id='{id}' isExecutable='true'>
              <startEvent id='{id}-start'/><endEvent id='{id}-done'/>
              <userTask id='{id}-check' name='Check' camunda:dueDate='${{due}}' {who}/>
              <sequenceFlow id='{id}-f1' sourceRef='{id}-start' targetRef='{id}-check'/>
              <sequenceFlow id='{id}-f2' sourceRef='{id}-check' targetRef='{id}-done'/>
            </process>"
        )
    };
    format!(
        "{HEAD}{}{}</definitions>",
        process("own", "camunda:assignee='${login}'"),
        process("shared", "camunda:candidateGroups='${group}'")
    )
}

/// A case that waits for a moment a month away.
pub(super) fn waiting() -> String {
    format!(
        "{HEAD}<process id='waiting' isExecutable='true'>
          <startEvent id='start'/><endEvent id='done'/>
          <intermediateCatchEvent id='wait'><timerEventDefinition><timeDuration>P30D</timeDuration></timerEventDefinition>
          </intermediateCatchEvent>
          <sequenceFlow id='f1' sourceRef='start' targetRef='wait'/>
          <sequenceFlow id='f2' sourceRef='wait' targetRef='done'/>
        </process></definitions>"
    )
}

/// A case that waits for the moment `due`.
pub(super) fn timer() -> String {
    format!(
        "{HEAD}<process id='timer' isExecutable='true'>
          <startEvent id='start'/><endEvent id='done'/>
          <intermediateCatchEvent id='wait'><timerEventDefinition>
            <timeDate language='rhai'>due</timeDate>
          </timerEventDefinition></intermediateCatchEvent>
          <sequenceFlow id='f1' sourceRef='start' targetRef='wait'/>
          <sequenceFlow id='f2' sourceRef='wait' targetRef='done'/>
        </process></definitions>"
    )
}

/// A case that waits for a message with its order as the key.
pub(super) fn message() -> String {
    format!(
        "{HEAD}<message id='m' name='paid'><extensionElements><kapok:correlation key='order'/></extensionElements></message>
        <process id='message' isExecutable='true'>
          <startEvent id='start'/><endEvent id='done'/>
          <intermediateCatchEvent id='wait'><messageEventDefinition messageRef='m'/></intermediateCatchEvent>
          <sequenceFlow id='f1' sourceRef='start' targetRef='wait'/>
          <sequenceFlow id='f2' sourceRef='wait' targetRef='done'/>
        </process></definitions>"
    )
}

/// So many scripts one after another, each of which adds one to `n`.
pub(super) fn chain(size: usize) -> Result<String, Failure> {
    let mut xml = format!("{HEAD}<process id='chain' isExecutable='true'><startEvent id='s'/><endEvent id='e'/>");
    let mut before = "s".to_owned();
    for step in 0..size {
        write!(
            xml,
            "<scriptTask id='t{step}' scriptFormat='rhai'><script>n = n + 1</script></scriptTask>\
             <sequenceFlow id='f{step}' sourceRef='{before}' targetRef='t{step}'/>"
        )?;
        before = format!("t{step}");
    }
    write!(
        xml,
        "<sequenceFlow id='last' sourceRef='{before}' targetRef='e'/></process></definitions>"
    )?;
    Ok(xml)
}

/// One activity for each of `items`, whose results come into `done`, then a to-do.
pub(super) fn repeated(activity: &str, sequential: bool) -> String {
    let script = if activity == "scriptTask" {
        "<script>item</script>"
    } else {
        ""
    };
    format!(
        "{HEAD}<process id='repeated' isExecutable='true'><startEvent id='s'/><userTask id='after'/><endEvent id='e'/>
          <{activity} id='u'><multiInstanceLoopCharacteristics isSequential='{sequential}'>
            <loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>done</loopDataOutputRef>
            <inputDataItem id='i' name='item'/><outputDataItem id='o' name='item'/>
          </multiInstanceLoopCharacteristics>{script}</{activity}>
          <sequenceFlow id='a' sourceRef='s' targetRef='u'/><sequenceFlow id='b' sourceRef='u' targetRef='after'/>
          <sequenceFlow id='c' sourceRef='after' targetRef='e'/>
        </process></definitions>"
    )
}

/// A fork into so many to-dos, and an inclusive join behind them.
pub(super) fn branches(size: usize) -> Result<String, Failure> {
    let mut xml = format!(
        "{HEAD}<process id='branches' isExecutable='true'><startEvent id='s'/><endEvent id='e'/>\
         <parallelGateway id='fork'/><inclusiveGateway id='join'/>\
         <sequenceFlow id='a' sourceRef='s' targetRef='fork'/><sequenceFlow id='z' sourceRef='join' targetRef='e'/>"
    );
    for branch in 0..size {
        write!(
            xml,
            "<userTask id='u{branch}'/><sequenceFlow id='f{branch}' sourceRef='fork' targetRef='u{branch}'/>\
             <sequenceFlow id='g{branch}' sourceRef='u{branch}' targetRef='join'/>"
        )?;
    }
    Ok(xml + "</process></definitions>")
}
