//! Runs plugins: WebAssembly components, within limits, with nothing but what they were given.
//!
//! A plugin is somebody else's program inside the company's system. So it gets a fresh instance for every call, it
//! sees only what the ports of this crate hand it, and whatever it does wrong (looping, eating memory, trapping,
//! flooding the host) comes back as a [`PluginFault`], which is data: the call is over and everybody else is unaffected.
//!
//! The contract is `plugins/wit`. This is the only crate that knows wasmtime.

mod answer;
mod bindings;
mod call;
mod fault;
mod host;
mod imports;
mod limits;
mod manifest;
mod plugin;
mod services;
mod wasi;

pub use answer::{ChannelFailure, Receipt, ServiceAnswer, ServiceFailure};
pub use call::{Call, ChannelMessage, MessageKind, Save, ServiceJob};
pub use fault::{FaultKind, LoadError, PluginFault};
pub use host::PluginHost;
pub use limits::Limits;
pub use manifest::{Capabilities, Channel, Handler, Input, InputType, Manifest, ManifestError, Setting, SettingType};
pub use plugin::Plugin;
pub use services::{FetchError, HostServices, HttpRequest, HttpResponse, LogLevel};
