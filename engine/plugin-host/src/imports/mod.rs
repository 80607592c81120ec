//! The host's side of a call: what the plugin's imports do, and how much of it is left.

mod messages;
mod plain;
mod processes;
mod records;
mod undeclared;

pub(crate) use records::SYSTEM;
pub(crate) use undeclared::{Undeclared, check};

use std::collections::BTreeMap;

use kapok_protocol::Value;
use wasmtime::{
    ResourceLimiter,
    component::{Component, HasSelf, Linker},
};

use crate::{
    Call, Capabilities, Denial, Intent, Limits, Manifest, Plugin, answer,
    bindings::kapok::plugin::{
        clock, http, log, messages as telling, processes as cases, records as stored, secrets, settings, types,
    },
    fault::{FaultKind, Stop},
};

/// What one call has and may still use.
pub(crate) struct State {
    pub call: Call,
    pub plugin: Plugin,
    pub purpose: Purpose,
    pub intents: Vec<Intent>,
    host_calls: u32,
    requests: u32,
    handed_over: usize,
    /// Whether a request may have reached the world outside.
    pub contacted: bool,
    memory: usize,
    table_elements: usize,
}

/// What a call is for, as far as it decides what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Purpose {
    /// Whether it may change something.
    pub changes: bool,
    /// The key of the call; `None` where it may run twice, so that nothing may leave.
    pub key: Option<String>,
}

impl State {
    pub fn new(plugin: &Plugin, call: &Call, purpose: Purpose) -> Self {
        Self {
            call: call.clone(),
            plugin: plugin.clone(),
            purpose,
            intents: Vec::new(),
            host_calls: 0,
            requests: 0,
            handed_over: 0,
            contacted: false,
            memory: 0,
            table_elements: 0,
        }
    }

    /// The same for the next call of the same instance: its memory stays, everything else begins again.
    pub fn begin(&mut self, call: &Call, purpose: Purpose) {
        self.call = call.clone();
        self.purpose = purpose;
        self.intents.clear();
        self.host_calls = 0;
        self.requests = 0;
        self.handed_over = 0;
        self.contacted = false;
    }

    /// Counts one call of the host.
    pub fn count(&mut self) -> wasmtime::Result<()> {
        self.host_calls += 1;
        if self.host_calls > self.limits().host_calls {
            stop(FaultKind::TooManyHostCalls)
        } else {
            Ok(())
        }
    }

    /// Counts one call of the host, and what it was handed.
    pub fn take(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.count()?;
        self.handed_over = self.handed_over.saturating_add(bytes);
        if self.handed_over > self.limits().total_output {
            stop(FaultKind::OutputTooLarge)
        } else {
            Ok(())
        }
    }

    /// A length that the plugin asks for, when it is within the limit.
    pub fn output_length(&self, length: u64) -> wasmtime::Result<usize> {
        match usize::try_from(length) {
            Ok(length) if length <= self.limits().output => Ok(length),
            _ => stop(FaultKind::OutputTooLarge),
        }
    }

    pub fn now_millis(&self) -> i64 {
        self.call.now.millis()
    }

    fn limits(&self) -> &Limits {
        self.plugin.limits()
    }

    fn granted(&self) -> &Capabilities {
        self.plugin.granted()
    }

    fn manifest(&self) -> &Manifest {
        self.plugin.manifest()
    }

    /// Collects what is to be done afterwards.
    fn intend(&mut self, intent: Intent) -> Result<(), Denial> {
        if !self.purpose.changes {
            return Err(Denial::not_here(
                "this sort of call changes nothing: a check before saving answers the fields of its own record, rules and \
                 reports only read",
            ));
        }
        let most = self.limits().intents;
        if self.intents.len() >= most {
            return Err(Denial::too_many(format!(
                "one call wants no more than {most} things done"
            )));
        }
        self.intents.push(intent);
        Ok(())
    }

    /// Fields that the plugin hands over.
    fn fields(&self, text: &str) -> Result<BTreeMap<String, Value>, Denial> {
        answer::fields(text, self.limits()).map_err(|answer::BadAnswer(reason)| Denial::invalid(reason))
    }
}

fn stop<T>(kind: FaultKind) -> wasmtime::Result<T> {
    Err(Stop(kind).into())
}

impl From<Denial> for types::Denial {
    fn from(denial: Denial) -> Self {
        Self {
            code: denial.code.to_owned(),
            message: denial.message,
        }
    }
}

/// Gives a plugin the imports its manifest asks for.
pub(crate) fn define(linker: &mut Linker<State>, manifest: &Manifest, component: &Component) -> wasmtime::Result<()> {
    undeclared::define(linker, manifest, component)?;
    types::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    log::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    settings::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    clock::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    let capabilities = &manifest.capabilities;
    if manifest.has_secrets() {
        secrets::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    }
    if !capabilities.records.is_empty() {
        stored::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    }
    if !capabilities.processes.is_empty() {
        cases::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    }
    if !capabilities.messages.is_empty() {
        telling::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    }
    if capabilities.http {
        http::add_to_linker::<_, HasSelf<State>>(linker, |state| state)?;
    }
    Ok(())
}

/// Memory and tables are counted over all of the plugin's memories and tables.
impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.memory = self.memory.saturating_add(desired.saturating_sub(current));
        if self.memory > self.limits().memory {
            stop(FaultKind::Memory)
        } else {
            Ok(true)
        }
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.table_elements = self.table_elements.saturating_add(desired.saturating_sub(current));
        if self.table_elements > self.limits().table_elements {
            stop(FaultKind::Memory)
        } else {
            Ok(true)
        }
    }
}

impl types::Host for State {}
