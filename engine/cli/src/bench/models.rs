//! The processes that are measured.

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
