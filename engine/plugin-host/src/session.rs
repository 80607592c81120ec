//! Calling a plugin: one instance, used once or for the calls of one command.

mod sources;

use std::{collections::BTreeMap, time::Duration};

use kapok_protocol::{Entity, PersonId, Principal, Record, Text, Value};
use wasmtime::Store;

use crate::{
    ActionCall, AfterSave, Call, ChannelFailure, ChannelMessage, Done, FaultKind, Limits, MessageKind, Plugin,
    PluginFault, Receipt, RecordCapability, ReportCall, RuleCall, Save, ServiceFailure, ServiceJob, TechnicalFailure,
    answer::{self, BadAnswer},
    bindings::{self, kapok::plugin::types},
    fault::kind_of,
    host::TICK,
    imports::{Purpose, State},
    plugin::{Program, Refusable},
};

/// An instance of a plugin that several calls share: what one of them leaves in its memory, the next one sees. So a session
/// lasts as long as one command or one import, and its instance belongs to one principal: a call for another one begins
/// with a fresh instance, as does one after a fault.
pub struct Session {
    plugin: Plugin,
    running: Option<Running>,
}

struct Running {
    store: Store<State>,
    exports: bindings::Plugin,
}

impl Running {
    /// Whether nobody but this principal has called it.
    fn is_of(&self, principal: Principal) -> bool {
        self.store.data().call.principal == principal
    }
}

/// What is called, for messages, and how it is bounded.
struct Run {
    name: String,
    time: Duration,
    purpose: Purpose,
}

impl Session {
    pub(crate) fn new(plugin: Plugin) -> Self {
        Self { plugin, running: None }
    }

    /// Lets the plugin check and complete a record before it is saved. Answers all fields of the record, or what is
    /// wrong with it. May be called more than once for one save; nothing leaves the system meanwhile.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn before_save(&mut self, call: &Call, save: &Save) -> Refusable<BTreeMap<String, Value>> {
        let run = Run {
            name: format!("before-save {}", save.entity),
            time: self.plugin.limits().hook_time,
            purpose: Purpose {
                changes: false,
                key: None,
            },
        };
        self.declared(self.plugin.manifest().before_save.contains(&save.entity), &run)?;
        let actor = actor(call.principal);
        let granted = self.granted(&save.entity);
        let has_field = |name: &str| granted.as_ref().is_none_or(|granted| granted.has_field(name));
        let shown = |fields: &BTreeMap<String, Value>| {
            let mut shown = fields.clone();
            shown.retain(|name, _| has_field(name));
            shown
        };
        let wire = types::Save {
            entity: save.entity.to_string(),
            before: save
                .before
                .as_ref()
                .map(|before| self.shown_record(&save.entity, before)),
            after: answer::json(&shown(&save.after)),
        };
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_before_save(store, actor, &wire),
            |result, limits| match result {
                Ok(fields) => Ok(Ok(answer::record_fields(&fields, limits)?)),
                Err(refusals) => Ok(Err(answer::refusals(refusals)?)),
            },
        )?;
        // What it was not granted stays as it was, whatever it answers.
        Ok(done.answer.map(|mut fields| {
            fields.retain(|name, _| has_field(name));
            let others = save.after.iter().filter(|(name, _)| !has_field(name));
            fields.extend(others.map(|(name, value)| (name.clone(), value.clone())));
            fields
        }))
    }

    /// Lets the plugin react to a record that was saved.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn after_save(
        &mut self,
        call: &Call,
        saved: &AfterSave,
    ) -> Result<Result<Done<()>, TechnicalFailure>, PluginFault> {
        let entity = &saved.record.entity;
        let run = self.job(format!("after-save {entity}"), &saved.key);
        self.declared(self.plugin.manifest().after_save.contains(entity), &run)?;
        let actor = actor(call.principal);
        let granted = self.granted(entity);
        let mut changed = saved.changed.clone();
        changed.retain(|name| granted.as_ref().is_none_or(|granted| granted.has_field(name)));
        let wire = types::Saved {
            record: record_ref(&saved.record),
            created: saved.is_created,
            changed,
            now: saved.now.as_ref().map(|record| self.shown_record(entity, record)),
        };
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_after_save(store, actor, &wire),
            |result, _| Ok(result.map_err(TechnicalFailure::from)),
        )?;
        Ok(flat(done))
    }

    /// Lets the plugin do what a person asks for with a record; the answer is a sentence for that person.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_action(&mut self, call: &Call, action: &ActionCall) -> Refusable<Done<Option<Text>>> {
        let run = Run {
            name: format!("run-action {}", action.name),
            time: self.plugin.limits().action_time,
            purpose: Purpose {
                changes: true,
                key: Some(action.key.clone()),
            },
        };
        let declared = self.plugin.manifest().actions.get(&action.name);
        let entity = declared.map(|declared| declared.entity.clone());
        let Some(entity) = entity else {
            return Err(self.not_declared(&run));
        };
        let actor = actor(call.principal);
        let wire = types::Action {
            name: action.name.clone(),
            record: self.shown_record(&entity, &action.record),
            inputs: answer::json(&action.inputs),
        };
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_run_action(store, actor, &wire),
            |result, _| match result {
                Ok(done) => Ok(Ok(done.text.map(Text::from))),
                Err(refusals) => Ok(Err(answer::refusals(refusals)?)),
            },
        )?;
        Ok(flat(done))
    }

    /// Lets the plugin carry out a service task.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_service(
        &mut self,
        call: &Call,
        job: &ServiceJob,
    ) -> Result<Result<Done<BTreeMap<String, Value>>, ServiceFailure>, PluginFault> {
        let run = self.job(format!("run-service {}", job.handler), &job.key);
        self.declared(self.plugin.manifest().handlers.contains_key(&job.handler), &run)?;
        let actor = actor(call.principal);
        let wire = types::Job {
            handler: job.handler.clone(),
            key: job.key.clone(),
            inputs: answer::json(&job.inputs),
        };
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_run_service(store, actor, &wire),
            |result, limits| match result {
                Ok(fields) => Ok(Ok(answer::fields(&fields, limits)?)),
                Err(failure) => Ok(Err(ServiceFailure::from(failure))),
            },
        )?;
        Ok(flat(done))
    }

    /// Asks the plugin who is to get a task.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn find_assignees(
        &mut self,
        call: &Call,
        rule: &RuleCall,
    ) -> Result<Result<Vec<PersonId>, TechnicalFailure>, PluginFault> {
        let run = self.reading(format!("find-assignees {}", rule.name));
        self.declared(self.plugin.manifest().assignee_rules.contains_key(&rule.name), &run)?;
        let actor = actor(call.principal);
        let wire = types::Rule {
            name: rule.name.clone(),
            record: rule.record.as_ref().map(record_ref),
            initiator: rule.initiator.map(PersonId::get),
            inputs: answer::json(&rule.inputs),
        };
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_find_assignees(store, actor, &wire),
            |result, _| match result {
                Ok(people) => Ok(Ok(answer::people(&people)?)),
                Err(failure) => Ok(Err(failure.into())),
            },
        )?;
        Ok(done.answer)
    }

    /// Asks the plugin for the rows of a report.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_report(&mut self, call: &Call, report: &ReportCall) -> Refusable<Vec<Vec<Value>>> {
        let run = self.reading(format!("run-report {}", report.name));
        let columns = self
            .plugin
            .manifest()
            .reports
            .get(&report.name)
            .map(|report| report.columns.len());
        let Some(columns) = columns else {
            return Err(self.not_declared(&run));
        };
        let actor = actor(call.principal);
        let wire = types::Report {
            name: report.name.clone(),
            inputs: answer::json(&report.inputs),
        };
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_run_report(store, actor, &wire),
            |result, limits| match result {
                Ok(rows) => Ok(Ok(answer::rows(&rows, columns, limits)?)),
                Err(refusals) => Ok(Err(answer::refusals(refusals)?)),
            },
        )?;
        Ok(done.answer)
    }

    /// Lets the plugin hand a message to the world outside.
    ///
    /// # Errors
    /// See [`PluginFault`]; when it says `contacted`, nobody knows whether the message was taken.
    pub fn send(
        &mut self,
        call: &Call,
        message: &ChannelMessage,
    ) -> Result<Result<Receipt, ChannelFailure>, PluginFault> {
        let mut run = self.job(format!("send-message {}", message.channel), &message.key);
        run.purpose.changes = false;
        self.declared(self.plugin.manifest().channels.contains_key(&message.channel), &run)?;
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
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_send_message(store, &wire),
            |result, _| match result {
                Ok(receipt) => Ok(Ok(answer::receipt(receipt)?)),
                Err(failure) => Ok(Err(failure.into())),
            },
        )?;
        Ok(done.answer)
    }

    /// Lets the plugin do what is scheduled.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn run_schedule(
        &mut self,
        call: &Call,
        name: &str,
        key: &str,
    ) -> Result<Result<Done<()>, TechnicalFailure>, PluginFault> {
        let run = self.job(format!("run-schedule {name}"), key);
        self.declared(self.plugin.manifest().schedules.contains_key(name), &run)?;
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_run_schedule(store, name),
            |result, _| Ok(result.map_err(TechnicalFailure::from)),
        )?;
        Ok(flat(done))
    }

    /// Lets the plugin put its data in order after an upgrade; the answer is where to go on.
    ///
    /// # Errors
    /// See [`PluginFault`].
    pub fn migrate(
        &mut self,
        call: &Call,
        from: &str,
        position: Option<&str>,
        key: &str,
    ) -> Result<Result<Done<Option<String>>, TechnicalFailure>, PluginFault> {
        let run = self.job(format!("migrate-data {from}"), key);
        self.declared(self.plugin.manifest().migrates, &run)?;
        let done = self.call(
            call,
            &run,
            |plugin, store| plugin.call_migrate_data(store, from, position),
            |result, _| Ok(result.map_err(TechnicalFailure::from)),
        )?;
        Ok(flat(done))
    }

    /// Work after a commit: it may change things, and its key is the same in every attempt.
    fn job(&self, name: String, key: &str) -> Run {
        Run {
            name,
            time: self.plugin.limits().job_time,
            purpose: Purpose {
                changes: true,
                key: Some(key.to_owned()),
            },
        }
    }

    /// A question that changes nothing.
    fn reading(&self, name: String) -> Run {
        Run {
            name,
            time: self.plugin.limits().action_time,
            purpose: Purpose {
                changes: false,
                key: None,
            },
        }
    }

    /// What was granted of an entity, when the manifest says anything of it: a hook is a grant by itself.
    fn granted(&self, entity: &Entity) -> Option<RecordCapability> {
        self.plugin.granted().records.get(entity).cloned()
    }

    fn shown_record(&self, entity: &Entity, record: &Record) -> types::StoredRecord {
        let mut record = record.clone();
        if let Some(granted) = self.granted(entity) {
            record.fields.retain(|name, _| granted.has_field(name));
        }
        answer::stored_record(&record)
    }

    fn declared(&self, is_declared: bool, run: &Run) -> Result<(), PluginFault> {
        match is_declared {
            true => Ok(()),
            false => Err(self.not_declared(run)),
        }
    }

    fn not_declared(&self, run: &Run) -> PluginFault {
        self.fault(run, FaultKind::NotDeclared, &run.name, false)
    }

    fn call<Raw, Answer>(
        &mut self,
        call: &Call,
        run: &Run,
        invoke: impl FnOnce(&bindings::Plugin, &mut Store<State>) -> wasmtime::Result<Raw>,
        check: impl FnOnce(Raw, &Limits) -> Result<Answer, BadAnswer>,
    ) -> Result<Done<Answer>, PluginFault> {
        let plugin = self.plugin.clone();
        let Some(program) = plugin.program() else {
            return Err(self.not_declared(run));
        };
        let mut running = match self.running.take().filter(|running| running.is_of(call.principal)) {
            Some(mut running) => {
                running.store.data_mut().begin(call, run.purpose.clone());
                bound(&mut running.store, run, plugin.limits());
                running
            }
            None => self.begin(program, call, run)?,
        };
        let raw = invoke(&running.exports, &mut running.store);
        let contacted = running.store.data().contacted;
        let raw = match raw {
            Ok(raw) => raw,
            Err(error) => {
                let detail = running.store.data().blackened(&innermost(&error));
                return Err(self.fault(run, kind_of(&error), &detail, contacted));
            }
        };
        match check(raw, plugin.limits()) {
            Ok(answer) => {
                let intents = std::mem::take(&mut running.store.data_mut().intents);
                self.running = Some(running);
                Ok(Done { answer, intents })
            }
            Err(BadAnswer(reason)) => Err(self.fault(run, FaultKind::BadAnswer, &reason, contacted)),
        }
    }

    /// A fresh instance.
    fn begin(&self, program: &Program, call: &Call, run: &Run) -> Result<Running, PluginFault> {
        let state = State::new(&self.plugin, call, run.purpose.clone());
        let mut store = Store::new(&program.engine, state);
        store.limiter(|state| state);
        bound(&mut store, run, self.plugin.limits());
        match program.prepared.instantiate(&mut store) {
            Ok(exports) => Ok(Running { store, exports }),
            Err(error) => Err(self.fault(run, kind_of(&error), &innermost(&error), store.data().contacted)),
        }
    }

    fn fault(&self, run: &Run, kind: FaultKind, detail: &str, contacted: bool) -> PluginFault {
        PluginFault {
            plugin: self.plugin.manifest().id.clone(),
            call: run.name.clone(),
            kind,
            text: kind.text(detail),
            contacted,
        }
    }
}

/// Bounds the next call.
fn bound(store: &mut Store<State>, run: &Run, limits: &Limits) {
    store.set_hostcall_fuel(limits.output);
    let ticks = u64::try_from(run.time.as_millis().div_ceil(TICK.as_millis())).unwrap_or(u64::MAX - 1);
    // One more, because the present tick has begun already.
    store.set_epoch_deadline(ticks + 1);
}

/// What is refused wants nothing done.
fn flat<T, E>(done: Done<Result<T, E>>) -> Result<Done<T>, E> {
    let Done { answer, intents } = done;
    answer.map(|answer| Done { answer, intents })
}

fn actor(principal: Principal) -> types::Actor {
    match principal {
        Principal::System => types::Actor::System,
        Principal::Person(person) => types::Actor::Person(person.get()),
        Principal::Process(instance) => types::Actor::Process(instance.get()),
    }
}

fn record_ref(record: &kapok_protocol::RecordRef) -> types::RecordRef {
    types::RecordRef {
        entity: record.entity.to_string(),
        id: record.id.get(),
    }
}

/// The cause without the backtrace, which only its author could read.
fn innermost(error: &wasmtime::Error) -> String {
    error.root_cause().to_string()
}
