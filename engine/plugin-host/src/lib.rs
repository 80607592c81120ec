//! Runs plugins: WebAssembly components, within limits, with nothing but what they were given.
//!
//! A plugin is somebody else's program inside the company's system. So it gets a fresh instance for every call (or for those of one command), it
//! sees only what the ports of this crate hand it, and whatever it does wrong (looping, eating memory, trapping,
//! flooding the host) comes back as a [`PluginFault`], which is data: the call is over and everybody else is unaffected.
//!
//! The contract is `plugins/wit`. This is the only crate that knows wasmtime.

mod answer;
mod bindings;
mod call;
mod fault;
mod frame;
mod granted;
mod host;
mod identity;
mod imports;
mod intent;
mod limits;
mod manifest;
mod plugin;
mod services;
mod session;
mod wasi;

pub use answer::{ChannelFailure, Receipt, ServiceFailure, TechnicalFailure};
pub use call::{ActionCall, AfterSave, Call, ChannelMessage, MessageKind, ReportCall, RuleCall, Save, ServiceJob};
pub use fault::{FaultKind, LoadError, PluginFault};
pub use host::PluginHost;
pub use identity::{CameBack, OrganisationPart, OutsideDepartment, OutsidePerson, SignInCall, SignInFailure};
pub use intent::{Done, Intent};
pub use limits::Limits;
pub use manifest::{
    Action, AssigneeRule, Capabilities, Channel, Column, Handler, IdentitySource, Input, InputType, Manifest,
    ManifestError, MessageWay, ProcessCapabilities, RecordAction, RecordCapability, Report, RuleNeeds, Schedule,
    Setting, SettingType,
};
pub use plugin::{Plugin, Refusable};
pub use services::{
    Aggregate, AggregateRow, Denial, FetchError, HostServices, HttpRequest, HttpResponse, LogLevel, Measure, OpenTask,
    RecordQuery,
};
pub use session::Session;
