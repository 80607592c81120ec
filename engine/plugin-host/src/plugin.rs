//! Calling a plugin.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use kapok_protocol::{Principal, Refusal, Value};
use wasmtime::{Engine, Store};

use crate::{
    Call, ChannelFailure, ChannelMessage, FaultKind, Limits, Manifest, MessageKind, PluginFault, Receipt, Save,
    ServiceAnswer, ServiceFailure, ServiceJob,
    answer::{self, BadAnswer},
    bindings::{self, PluginPre, kapok::plugin::types},
    fault::kind_of,
    host::TICK,
    imports::State,
};

/// A plugin that is ready to be called. Clones share everything.
///
/// Calls block the thread until the plugin answers or its time is up, so an async caller puts them on a thread of
/// their own and never drops them half-way.
#[derive(Clone)]
pub struct Plugin(Arc<Inner>);

struct Inner {
    manifest: Manifest,
    program: Option<Program>,
    limits: Limits,
}

/// A compiled component whose imports are resolved.
pub(crate) struct Program {
    pub engine: Engine,
    pub prepared: PluginPre<State>,
}

impl Plugin {
    pub(crate) fn new(manifest: Manifest, program: Option<Program>, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            manifest,
            program,
            limits,
        }))
    }

    /// What the plugin says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// Lets the plugin check and complete a record before it is saved. Answers all fields of the record, or what is
    /// wrong with it. May be called more than once for one save; nothing leaves the system meanwhile.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn before_save(
        &self,
        call: &Call,
        save: &Save,
    ) -> Result<Result<BTreeMap<String, Value>, Vec<Refusal>>, PluginFault> {
        let run = Run {
            plugin: self,
            name: format!("before-save {}", save.entity),
            time: self.0.limits.hook_time,
        };
        if !self.0.manifest.before_save.contains(&save.entity) {
            return Err(run.not_declared());
        }
        let actor = actor(call.principal);
        let save = types::Save {
            entity: save.entity.to_string(),
            before: save.before.as_ref().map(answer::stored_record),
            after: answer::json(&save.after),
        };
        run.call(
            call,
            None,
            |plugin, store| plugin.call_before_save(store, actor, &save),
            |result, limits| match result {
                Ok(fields) => Ok(Ok(answer::fields(&fields, limits)?)),
                Err(refusals) => Ok(Err(answer::refusals(refusals)?)),
            },
        )
    }

    /// Lets the plugin carry out a service task.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_service(
        &self,
        call: &Call,
        job: &ServiceJob,
    ) -> Result<Result<ServiceAnswer, ServiceFailure>, PluginFault> {
        let run = Run {
            plugin: self,
            name: format!("run-service {}", job.handler),
            time: self.0.limits.job_time,
        };
        if !self.0.manifest.handlers.contains_key(&job.handler) {
            return Err(run.not_declared());
        }
        let actor = actor(call.principal);
        let wire = types::Job {
            handler: job.handler.clone(),
            key: job.key.clone(),
            inputs: answer::json(&job.inputs),
        };
        run.call(
            call,
            Some(&job.key),
            |plugin, store| plugin.call_run_service(store, actor, &wire),
            |result, limits| match result {
                Ok(done) => Ok(Ok(answer::service(done, limits)?)),
                Err(failure) => Ok(Err(failure.into())),
            },
        )
    }

    /// Lets the plugin hand a message to the world outside.
    ///
    /// # Errors
    /// See [`PluginFault`]; when it says `contacted`, nobody knows whether the message was taken.
    pub fn send(&self, call: &Call, message: &ChannelMessage) -> Result<Result<Receipt, ChannelFailure>, PluginFault> {
        let run = Run {
            plugin: self,
            name: format!("send {}", message.channel),
            time: self.0.limits.job_time,
        };
        if !self.0.manifest.channels.contains_key(&message.channel) {
            return Err(run.not_declared());
        }
        let wire = types::Message {
            channel: message.channel.clone(),
            key: message.key.clone(),
            kind: match message.kind {
                MessageKind::Notice => types::MessageKind::Notice,
                MessageKind::Promotion => types::MessageKind::Promotion,
            },
            recipient: message.recipient.clone(),
            signature: message.signature.clone(),
            template: message.template.clone(),
            variables: message.variables.clone().into_iter().collect(),
            text: message.text.clone(),
        };
        run.call(
            call,
            Some(&message.key),
            |plugin, store| plugin.call_send_message(store, &wire),
            |result, _| match result {
                Ok(receipt) => Ok(Ok(answer::receipt(receipt)?)),
                Err(failure) => Ok(Err(failure.into())),
            },
        )
    }
}

fn actor(principal: Principal) -> types::Actor {
    match principal {
        Principal::System => types::Actor::System,
        Principal::Person(person) => types::Actor::Person(person.get()),
        Principal::Process(instance) => types::Actor::Process(instance.get()),
    }
}

/// One call: a fresh instance, bounded, and gone afterwards.
struct Run<'a> {
    plugin: &'a Plugin,
    name: String,
    time: Duration,
}

impl Run<'_> {
    fn call<Raw, Answer>(
        &self,
        call: &Call,
        key: Option<&str>,
        invoke: impl FnOnce(&bindings::Plugin, &mut Store<State>) -> wasmtime::Result<Raw>,
        check: impl FnOnce(Raw, &Limits) -> Result<Answer, BadAnswer>,
    ) -> Result<Answer, PluginFault> {
        let Inner {
            manifest,
            program,
            limits,
        } = &*self.plugin.0;
        let Some(Program { engine, prepared }) = program else {
            return Err(self.not_declared());
        };
        let mut store = Store::new(engine, State::new(&manifest.id, call, key, *limits));
        store.limiter(|state| state);
        store.set_hostcall_fuel(limits.output);
        let ticks = u64::try_from(self.time.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX - 1);
        // One more, because the present tick has begun already.
        store.set_epoch_deadline(ticks + 1);
        let raw = prepared
            .instantiate(&mut store)
            .and_then(|plugin| invoke(&plugin, &mut store));
        let contacted = store.data().contacted;
        match raw {
            Ok(raw) => {
                check(raw, limits).map_err(|BadAnswer(reason)| self.fault(FaultKind::BadAnswer, &reason, contacted))
            }
            Err(error) => Err(self.fault(kind_of(&error), &innermost(&error), contacted)),
        }
    }

    fn not_declared(&self) -> PluginFault {
        self.fault(FaultKind::NotDeclared, &self.name, false)
    }

    fn fault(&self, kind: FaultKind, detail: &str, contacted: bool) -> PluginFault {
        PluginFault {
            plugin: self.plugin.0.manifest.id.clone(),
            call: self.name.clone(),
            kind,
            text: kind.text(detail),
            contacted,
        }
    }
}

/// The cause without the backtrace, which only its author could read.
fn innermost(error: &wasmtime::Error) -> String {
    error.root_cause().to_string()
}
