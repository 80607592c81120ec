//! Service tasks run after the commit that created them, and what they answer is a new command. A job may run again
//! after a crash; its record changes and its end are one commit, so what it does to our data happens once.

use std::{
    collections::{BTreeMap, HashMap},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
    thread::{self, Scope},
};

use kapok_model::REQUEST_HANDLER;
use kapok_plugin_host::{Intent, RuleCall, ServiceFailure, ServiceJob};
use kapok_process::{ASSIGNEE_ANSWER, ASSIGNEE_JOB, ASSIGNEES_SO_FAR, state::Job};
use kapok_protocol::{Command, JobId, JobOutcome, Principal, Value};
use kapok_tables::Queries;

use super::{AFTER_FAILURE, LONGEST, enter_own_thread, requests};
use crate::{
    Error,
    handlers::HandlerCall,
    plugins::{self, Caller, Denials, Intended},
    shared::Shared,
    writer::Writer,
};

/// So many jobs of plugins and handlers run at once.
pub(super) const WORKERS: usize = 4;
/// So many requests are under way at once: they wait for others and cost nothing meanwhile.
const REQUESTS: usize = 16;
/// So many ready jobs are looked at.
const LOOK: usize = 2 * (WORKERS + REQUESTS);

/// What a job answered: how it ended, and what it wants done with that.
struct Finished {
    outcome: JobOutcome,
    /// What the plugin of this id wants done.
    intents: (String, Vec<Intent>),
}

/// Runs jobs until the engine stops, and then waits for those that still run.
pub(super) fn run(shared: &Shared, writer: &Writer) {
    let running = Running::default();
    thread::scope(|scope| {
        loop {
            let heard = shared.bells.jobs.heard();
            match ready_jobs(shared, LOOK) {
                Ok(ready) => {
                    for job in ready {
                        begin(scope, shared, writer, &running, job);
                    }
                }
                Err(error) => tracing::error!(%error, "jobs wait: {error}"),
            }
            if !shared.bells.jobs.wait(heard, LONGEST) {
                return;
            }
        }
    });
}

/// The jobs that may run now, also those of topics that something in this program does.
fn ready_jobs(shared: &Shared, limit: usize) -> Result<Vec<Job>, Error> {
    let view = shared.store.view();
    let queries = Queries(&view);
    let mut ready = queries.ready_jobs(limit)?;
    if queries.all_external_jobs(1)?.is_empty() {
        return Ok(ready);
    }
    let plugins = shared.plugins.running();
    let of_plugins = plugins.iter().flat_map(|plugin| plugin.manifest().handlers.keys());
    for name in of_plugins.map(String::as_str).chain(shared.handlers.names()) {
        ready.extend(queries.external_jobs(name, shared.clock.now(), limit)?);
    }
    Ok(ready)
}

/// Runs a job on a thread of its own, unless it runs already or enough others do.
fn begin<'scope>(
    scope: &'scope Scope<'scope, '_>,
    shared: &'scope Shared,
    writer: &'scope Writer,
    running: &'scope Running,
    job: Job,
) {
    let is_request = job.handler == REQUEST_HANDLER;
    if !running.begin(job.id, is_request) {
        return;
    }
    let id = job.id;
    let started = thread::Builder::new()
        .name(format!("kapok-job-{id}"))
        .spawn_scoped(scope, move || {
            enter_own_thread();
            if let Err(error) = carry_out(shared, writer, &job) {
                tracing::error!(%error, job = %id, "a job's end could not be kept; it will run again: {error}");
                thread::sleep(AFTER_FAILURE);
            }
            running.end(id);
            shared.bells.jobs.ring();
        });
    if let Err(error) = started {
        tracing::error!(%error, "a job waits for a thread");
        running.end(id);
    }
}

/// The jobs that run just now, and whether each is a request.
#[derive(Default)]
pub(super) struct Running(Mutex<HashMap<JobId, bool>>);

impl Running {
    /// Whether this one may begin.
    pub(super) fn begin(&self, job: JobId, is_request: bool) -> bool {
        let mut running = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let alike = running.values().filter(|other| **other == is_request).count();
        let most = if is_request { REQUESTS } else { WORKERS };
        if alike >= most || running.contains_key(&job) {
            return false;
        }
        running.insert(job, is_request);
        true
    }

    pub(super) fn end(&self, job: JobId) {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .remove(&job);
    }
}

/// Runs every ready job, one after another, until none is left: for clocks moved by hand. Whether there was any. Where
/// handlers are unknown, a job without one waits for a person instead.
pub(crate) fn run_ready_jobs(shared: &Shared, writer: &Writer) -> Result<bool, Error> {
    let is_ours = |job: &Job| !shared.settings.missing_handlers_are_unknown || shared.has_handler(&job.handler);
    let mut any = false;
    while let Some(job) = ready_jobs(shared, usize::MAX)?.into_iter().find(is_ours) {
        carry_out(shared, writer, &job)?;
        any = true;
    }
    Ok(any)
}

fn carry_out(shared: &Shared, writer: &Writer, job: &Job) -> Result<(), Error> {
    let finished = answer(shared, job);
    let (job, instance) = (job.id, job.instance);
    let (outcome, (plugin, intents)) = (finished.outcome, finished.intents);
    let saved = match intents.is_empty() {
        true => writer.submit(move |step| finish(step, job, outcome)).wait(),
        false => {
            let intended = Intended {
                plugin,
                caller: Caller::Process(instance),
                intents,
                depth: 0,
            };
            plugins::carry_out(shared, writer, intended, move |step| finish(step, job, outcome.clone()))
        }
    };
    match saved {
        // What the plugin wants saved is refused: that is a failure of the step, and a person must look.
        Err(Error::Refused(reasons)) => {
            let message = reasons
                .iter()
                .map(|reason| reason.text.to_string())
                .collect::<Vec<_>>()
                .join("; ");
            writer
                .submit(move |step| finish(step, job, JobOutcome::Failed { message, retry: false }))
                .wait()
        }
        other => other,
    }
}

/// Ends a job; one that is gone meanwhile (its case was cancelled) has nothing left to end.
fn finish(step: &mut crate::writer::Step<'_>, job: JobId, outcome: JobOutcome) -> Result<(), Error> {
    if step.queries().job(job)?.is_none() {
        return Ok(());
    }
    step.process(Principal::System, &Command::FinishJob { job, outcome })
        .map(drop)
}

fn answer(shared: &Shared, job: &Job) -> Finished {
    let failed = |message: String, retry| Finished {
        outcome: JobOutcome::Failed { message, retry },
        intents: Default::default(),
    };
    if job.handler == REQUEST_HANDLER {
        return Finished {
            outcome: requests::send(shared, job),
            intents: Default::default(),
        };
    }
    if let Some(handler) = shared.handlers.get(&job.handler) {
        let call = HandlerCall {
            job: job.id,
            instance: job.instance,
            inputs: job.inputs.clone(),
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| handler(call)));
        return match outcome {
            Ok(outcome) => Finished {
                outcome,
                intents: Default::default(),
            },
            Err(_) => failed(
                format!("处理程序 {0} 出错中断 / the handler {0} panicked", job.handler),
                false,
            ),
        };
    }
    if let Some(rule) = job.handler.strip_prefix(ASSIGNEE_JOB) {
        return assignees(shared, job, rule);
    }
    let Some(plugin) = shared.plugins.handler(&job.handler) else {
        let name = &job.handler;
        return failed(
            format!(
                "没有安装处理程序 {name}，请安装它的插件后重试 / no handler {name} is installed: install its plugin and retry"
            ),
            false,
        );
    };
    let denials = Denials::default();
    let caller = Caller::Process(job.instance);
    let call = shared.plugins.call_noting(shared, &plugin, caller, &denials);
    let request = ServiceJob {
        handler: job.handler.clone(),
        key: job.id.to_string(),
        inputs: job.inputs.clone(),
    };
    let answered = plugin.run_service(&call, &request);
    // Whatever the plugin made of it: what it answers rests on what it could not see.
    if let Some(denied) = denials.text() {
        return failed(denied.to_string(), false);
    }
    match answered {
        Ok(Ok(done)) => Finished {
            outcome: JobOutcome::Completed(done.answer),
            intents: (plugin.manifest().id.clone(), done.intents),
        },
        Ok(Err(ServiceFailure::Error { code, message })) => Finished {
            outcome: JobOutcome::Error {
                code,
                message,
                variables: BTreeMap::new(),
            },
            intents: Default::default(),
        },
        Ok(Err(ServiceFailure::Failed { message, retry })) => failed(message, retry),
        Err(fault) => failed(fault.to_string(), false),
    }
}

/// Asks a plugin's rule who gets a task.
fn assignees(shared: &Shared, job: &Job, rule: &str) -> Finished {
    let ended = |outcome| Finished {
        outcome,
        intents: Default::default(),
    };
    let failed = |message: String, retry| ended(JobOutcome::Failed { message, retry });
    let Some(plugin) = shared.plugins.assignee_rule(rule) else {
        return failed(
            format!(
                "没有安装规则 {rule}，请安装它的插件后重试 / no rule {rule} is installed: install its plugin and retry"
            ),
            false,
        );
    };
    let instance = match Queries(&shared.store.view()).instance(job.instance) {
        Ok(instance) => instance,
        Err(error) => return failed(error.to_string(), true),
    };
    // What other rules have answered is none of this one's business.
    let mut inputs = job.inputs.clone();
    inputs.remove(ASSIGNEES_SO_FAR);
    let asked = RuleCall {
        name: rule.to_owned(),
        record: instance.as_ref().and_then(|instance| instance.record.clone()),
        initiator: instance.and_then(|instance| instance.initiator),
        inputs,
    };
    let denials = Denials::default();
    let caller = Caller::Process(job.instance);
    let call = shared.plugins.call_noting(shared, &plugin, caller, &denials);
    let answered = plugin.find_assignees(&call, &asked);
    if let Some(denied) = denials.text() {
        return failed(denied.to_string(), false);
    }
    match answered {
        Ok(Ok(people)) => {
            let people = people.iter().map(|person| Value::from(person.to_string())).collect();
            ended(JobOutcome::Completed(
                [(ASSIGNEE_ANSWER.to_owned(), Value::List(people))].into(),
            ))
        }
        Ok(Err(failure)) => failed(failure.message, failure.retry),
        Err(fault) => failed(fault.to_string(), false),
    }
}
