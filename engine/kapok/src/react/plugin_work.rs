//! Calls of plugins that follow from a commit: they react to a saved record, do what is scheduled, put their data in order
//! after an upgrade. What a call wants done and its end are one commit; it is tried again after a crash, and later when the
//! plugin says that this can help. Then it waits for a person.

use std::thread::{self, Scope};

use kapok_model::cron;
use kapok_plugin_host::{AfterSave, Done, FaultKind, Plugin, PluginFault, TechnicalFailure};
use kapok_protocol::{Principal, Text, Timestamp};
use kapok_tables::{PluginCall, PluginSchedule, PluginWork, Queries};

use super::{
    AFTER_FAILURE, LONGEST, enter_own_thread,
    jobs::{Running, WORKERS},
};
use crate::{
    Error,
    plugins::{self, Caller, Intended},
    shared::Shared,
    writer::{Step, Writer},
};

/// So often a call is tried.
const ATTEMPTS: u32 = 5;
/// How long the first wait is; each further one is four times as long.
const FIRST_WAIT_MILLIS: i64 = 10_000;
/// How long a call waits for a plugin that does not run.
const WAIT_FOR_PLUGIN_MILLIS: i64 = 60_000;

/// Makes calls until the engine stops, and then waits for those that still go on.
pub(super) fn run(shared: &Shared, writer: &Writer) {
    let running = Running::default();
    thread::scope(|scope| {
        loop {
            let heard = shared.bells.plugin_work.heard();
            let now = shared.clock.now();
            let due = plan_schedules(shared, writer, now)
                .and_then(|_| Ok(Queries(&shared.store.view()).due_plugin_work(now, WORKERS * 2)?));
            match due {
                Ok(due) => {
                    for work in due {
                        begin(scope, shared, writer, &running, work);
                    }
                }
                Err(error) => tracing::error!(%error, "calls of plugins wait: {error}"),
            }
            if !shared.bells.plugin_work.wait(heard, LONGEST) {
                return;
            }
        }
    });
}

fn begin<'scope>(
    scope: &'scope Scope<'scope, '_>,
    shared: &'scope Shared,
    writer: &'scope Writer,
    running: &'scope Running,
    work: PluginWork,
) {
    if !running.begin(work.id, false) {
        return;
    }
    let id = work.id;
    let started = thread::Builder::new()
        .name(format!("kapok-plugin-{id}"))
        .spawn_scoped(scope, move || {
            enter_own_thread();
            if let Err(error) = carry_out(shared, writer, &work) {
                tracing::error!(%error, work = %id, "the end of a plugin's call could not be kept; it is made again: {error}");
                thread::sleep(AFTER_FAILURE);
            }
            running.end(id);
            shared.bells.plugin_work.ring();
        });
    if let Err(error) = started {
        tracing::error!(%error, "a plugin's call waits for a thread");
        running.end(id);
    }
}

/// Makes the calls that are due, one after another: for clocks moved by hand. Whether there was any.
pub(crate) fn advance(shared: &Shared, writer: &Writer) -> Result<bool, Error> {
    let now = shared.clock.now();
    let mut any = plan_schedules(shared, writer, now)?;
    let due = Queries(&shared.store.view()).due_plugin_work(now, WORKERS)?;
    for work in due {
        carry_out(shared, writer, &work)?;
        any = true;
    }
    Ok(any)
}

/// Turns schedules whose moment has come into calls, and works out the next moment of each; whether one had come. What was
/// missed while the program did not run is made up for once.
fn plan_schedules(shared: &Shared, writer: &Writer, now: Timestamp) -> Result<bool, Error> {
    let offset = shared.settings.utc_offset_minutes;
    let mut any = false;
    for plugin in shared.plugins.running() {
        let id = &plugin.manifest().id;
        for (name, schedule) in &plugin.manifest().schedules {
            let row = Queries(&shared.store.view()).plugin_schedule(id, name)?;
            let known = row.filter(|row| row.cron == schedule.cron);
            let is_due = known.as_ref().is_some_and(|row| row.next <= now);
            if known.is_some() && !is_due {
                continue;
            }
            let Some(next) = cron::next_after(&schedule.cron, now, offset) else {
                continue;
            };
            let row = PluginSchedule {
                plugin: id.clone(),
                name: name.clone(),
                cron: schedule.cron.clone(),
                next,
            };
            writer
                .submit(move |step| {
                    if is_due {
                        let call = PluginCall::Schedule { name: row.name.clone() };
                        step.have_called(row.plugin.clone(), call, Principal::System, 0)?;
                    }
                    Ok(step.tx.put_plugin_schedule(&row)?)
                })
                .wait()?;
            any |= is_due;
        }
    }
    Ok(any)
}

/// How a call ended.
type Ended = Result<Result<Done<Option<String>>, TechnicalFailure>, PluginFault>;

fn carry_out(shared: &Shared, writer: &Writer, work: &PluginWork) -> Result<(), Error> {
    let Some(plugin) = shared.plugins.by_id(&work.plugin) else {
        let is_there = shared.plugins.now().find(&work.plugin).is_some();
        let (id, now) = (work.id, shared.clock.now());
        return writer
            .submit(move |step| match is_there {
                true => step.change_work(id, |work| work.next = Some(now.plus_millis(WAIT_FOR_PLUGIN_MILLIS))),
                // It was removed; so is what it had still to do.
                false => Ok(step.tx.delete_plugin_work(id)?),
            })
            .wait();
    };
    let ended = call(shared, &plugin, work);
    let (message, retry) = match ended {
        Ok(Ok(done)) => {
            let intended = Intended {
                plugin: work.plugin.clone(),
                caller: Caller::from(work.caller),
                intents: done.intents,
                depth: work.depth,
            };
            let (id, position) = (work.id, done.answer);
            match plugins::carry_out(shared, writer, intended, move |step| {
                step.end_work(id, position.clone())
            }) {
                // What the plugin wants done is refused: that is its failure, and a person must look.
                Err(Error::Refused(reasons)) => {
                    let text = |pick: fn(&Text) -> &str| {
                        reasons
                            .iter()
                            .map(|reason| pick(&reason.text))
                            .collect::<Vec<_>>()
                            .join("; ")
                    };
                    (Text::new(text(|text| &text.zh), text(|text| &text.en)), false)
                }
                other => return other,
            }
        }
        Ok(Err(failure)) => (Text::same(failure.message), failure.retry),
        Err(fault) => {
            let retry = fault.kind == FaultKind::Busy;
            (fault.text, retry)
        }
    };
    let (id, name) = (work.id, called(&work.call));
    writer
        .submit(move |step| step.fail_work(id, &name, &message, retry))
        .wait()
}

fn call(shared: &Shared, plugin: &Plugin, work: &PluginWork) -> Ended {
    let call = shared.plugins.call(shared, plugin, Caller::from(work.caller));
    let key = work.id.to_string();
    match &work.call {
        PluginCall::AfterSave {
            record,
            created,
            changed,
        } => {
            let now = match call.services.record(record) {
                Ok(now) => now,
                Err(denial) => {
                    return Ok(Err(TechnicalFailure {
                        message: denial.message,
                        retry: true,
                    }));
                }
            };
            let saved = AfterSave {
                record: record.clone(),
                is_created: *created,
                changed: changed.clone(),
                now,
                key,
            };
            plugin.after_save(&call, &saved).map(|done| done.map(nothing))
        }
        PluginCall::Schedule { name } => plugin.run_schedule(&call, name, &key).map(|done| done.map(nothing)),
        PluginCall::Migrate { from, position } => {
            // Each part is a call of its own to the world outside.
            let key = format!("{key}-{}", position.as_deref().unwrap_or_default());
            plugin.migrate(&call, from, position.as_deref(), &key)
        }
    }
}

fn nothing(done: Done<()>) -> Done<Option<String>> {
    Done {
        answer: None,
        intents: done.intents,
    }
}

/// What a plugin is called for, as its author calls it.
pub(crate) fn called(call: &PluginCall) -> String {
    match call {
        PluginCall::AfterSave { record, .. } => format!("after-save {} {}", record.entity, record.id),
        PluginCall::Schedule { name } => format!("run-schedule {name}"),
        PluginCall::Migrate { from, .. } => format!("migrate-data {from}"),
    }
}

impl Step<'_> {
    /// Changes what is known of a call that is still to be made.
    pub(crate) fn change_work(
        &mut self,
        id: kapok_protocol::JobId,
        change: impl FnOnce(&mut PluginWork),
    ) -> Result<(), Error> {
        if let Some(mut work) = self.queries().plugin_work(id)? {
            change(&mut work);
            self.tx.put_plugin_work(&work)?;
        }
        Ok(())
    }

    /// A call was made; a position says that it goes on there.
    fn end_work(&mut self, id: kapok_protocol::JobId, next: Option<String>) -> Result<(), Error> {
        let Some(mut work) = self.queries().plugin_work(id)? else {
            return Ok(());
        };
        match (&mut work.call, next) {
            (PluginCall::Migrate { position, .. }, Some(next)) => {
                *position = Some(next);
                work.attempts = 0;
                work.next = Some(self.now);
                Ok(self.tx.put_plugin_work(&work)?)
            }
            _ => Ok(self.tx.delete_plugin_work(id)?),
        }
    }

    /// A call failed: it is made again later, or waits for a person, who is told.
    fn fail_work(&mut self, id: kapok_protocol::JobId, name: &str, message: &Text, retry: bool) -> Result<(), Error> {
        let Some(mut work) = self.queries().plugin_work(id)? else {
            return Ok(());
        };
        work.attempts += 1;
        work.problem = Some(message.clone());
        let again = retry && work.attempts < ATTEMPTS;
        let wait = FIRST_WAIT_MILLIS.saturating_mul(4_i64.saturating_pow(work.attempts.saturating_sub(1)));
        work.next = again.then(|| self.now.plus_millis(wait));
        tracing::warn!(
            plugin = work.plugin,
            call = name,
            again,
            "a plugin's call failed: {message}"
        );
        if !again {
            let text = Text::new(
                format!("插件 {} 的调用 {name} 失败，等待处理：{}", work.plugin, message.zh),
                format!(
                    "The call {name} of the plugin {} failed and waits for a person: {}",
                    work.plugin, message.en
                ),
            );
            self.page_administrators(&text, None)?;
        }
        Ok(self.tx.put_plugin_work(&work)?)
    }
}
