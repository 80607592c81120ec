//! BPMN 2.0 XML to a checked process graph, and back to XML unchanged.
//!
//! A model is parsed once and checked once; whoever holds a [`ProcessGraph`] holds something the engine can run. What
//! cannot be run is refused here, by name, with a sentence that says what to do: the engine never runs a model
//! differently from what it says. This crate never does IO, never looks at a clock, and knows no expression language:
//! expressions are checked through the [`Environment`] port.
//!
//! The way of a model: `xml` (text to a tree, within limits) → `read` (the tree to nodes, flows and settings) →
//! `checks` (what must hold between them) → [`ProcessGraph`]. All that can be wrong stands in `catalogue`. The way back
//! is the text itself, which a [`Document`] keeps: nothing is ever written from the tree or the graph, so nothing can be
//! lost. Each rule has a page in `rules/`, with a model that breaks it and the model mended. `EXTENSIONS.md` describes
//! the settings that are Kapok's own.

mod catalogue;
mod checks;
pub mod cron;
mod diagnostic;
mod document;
mod environment;
mod graph;
mod node;
mod pages;
mod read;
mod reading;
mod request;
mod settings;
mod ways;
mod xml;

pub use catalogue::catalogue;
pub use diagnostic::{Diagnostic, Severity};
pub use document::Document;
pub use environment::{Environment, Known, Unchecked};
pub use graph::{FlowIndex, NodeIndex, ProcessGraph, SequenceFlow};
pub use node::{
    Activity, AdHoc, Behavior, CallActivity, CalledVersion, CatchEvent, Data, DecisionTask, EventDefinition, HumanTask,
    Listener, ListenerAction, Mapping, Message, MessageChannel, MessageTask, MultiInstance, Name, Node, NodeKind,
    RecordTrigger, Repeat, ScriptTask, ServiceTask, StartEvent, SubProcess, TimerDefinition,
};
pub use pages::page;
pub use reading::{Reading, read};
pub use request::{BodyKind, HeaderValue, HttpMethod, HttpTask, REQUEST_HANDLER, Statuses};
pub use settings::{
    Approval, AssigneeRule, FieldAccess, FieldKind, FormField, PluginRule, ProcessSettings, Rejection, Reminder,
    ReminderAction, SignMode, StepField, Subject,
};
pub use ways::WaysInto;
