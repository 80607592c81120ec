//! Random processes as BPMN XML, and random commands.
