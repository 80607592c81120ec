//! Jobs that outside workers fetch: programs in any language that ask for the work of their topics, hold it for a while,
//! and say how it went. A lock is a moment in the job's row, by the engine's clock: when it has passed, the next who asks
//! gets the job, and whoever had it is told so.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Mutex,
};

use kapok_model::NodeKind;
use kapok_process::state::{Job, JobLock, State};
use kapok_protocol::{
    Command, ElementInstanceId, InstanceId, JobId, JobOutcome, Principal, Refusal, RefusalKind, Timestamp, Value,
};
use kapok_tables::{ProcessState, Queries, Read};
use tokio::sync::watch;

use crate::{
    Error, Kapok,
    handles::once::{RequestKey, keep},
    shared::Shared,
    writer::Step,
};

/// A worker has a job at least so long, and at most.
const LOCK_MILLIS: std::ops::RangeInclusive<i64> = 1_000..=24 * 3_600_000;
/// So many jobs are handed out at once.
const MOST: usize = 100;
/// So many variables of one scope are handed out with a job.
const VARIABLES: usize = 1_000;
/// So many jobs are counted.
const COUNTED: usize = 10_000;
/// The longest name of a worker, in bytes.
const LONGEST_NAME: usize = 200;
/// The longest message of a failure, in characters.
const LONGEST_MESSAGE: usize = 4_000;

/// A worker that is not in this program. It may fetch some topics, or all.
#[derive(Clone)]
pub struct Worker {
    kapok: Kapok,
    topics: Option<BTreeSet<String>>,
    request: Option<RequestKey>,
    principal: Principal,
}

/// What a worker asks for under one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicRequest {
    /// The topic.
    pub topic: String,
    /// How long it wants to have each job, in milliseconds.
    pub lock_millis: i64,
    /// The variables it wants; all that the step sees, when it does not say.
    pub variables: Option<Vec<String>>,
}

/// A job that a worker has.
#[derive(Debug, Clone, PartialEq)]
pub struct ExternalTask {
    /// Its id: the same in every attempt.
    pub id: JobId,
    /// Its topic.
    pub topic: String,
    /// The case.
    pub instance: InstanceId,
    /// The key of its process.
    pub process: String,
    /// The key under which the case was started.
    pub business_key: Option<String>,
    /// The step's BPMN id.
    pub element: String,
    /// The step's name.
    pub name: String,
    /// The inputs that are drawn, and the variables that were asked for.
    pub variables: BTreeMap<String, Value>,
    /// How often it has failed.
    pub failures: u32,
    /// How many tries are left after this one.
    pub retries: u32,
    /// When others may have it.
    pub lock_until: Timestamp,
}

/// How a worker says that it could not do a job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkerFailure {
    /// What went wrong, in a sentence.
    pub message: String,
    /// All there is to say about it.
    pub details: Option<String>,
    /// How many tries are left; 0 hands it to a person. None: as many as the model says.
    pub retries: Option<u32>,
    /// How long the next try waits, in milliseconds.
    pub wait_millis: Option<i64>,
}

/// A topic as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicView {
    /// The topic.
    pub topic: String,
    /// Jobs that nobody has, counted to 10,000.
    pub waiting: usize,
    /// Since when the one of them waits that came first.
    pub oldest: Option<Timestamp>,
    /// Jobs that a worker has.
    pub locked: usize,
    /// Whether a plugin does them.
    pub has_handler: bool,
    /// When a worker last asked, since the program was started.
    pub asked_at: Option<Timestamp>,
    /// The worker that asked last.
    pub asked_by: Option<String>,
}

/// Who asked for which topic last, since the program was started.
#[derive(Default)]
pub(crate) struct Asked(Mutex<HashMap<String, (Timestamp, String)>>);

/// So many topics are remembered.
const REMEMBERED: usize = 10_000;

impl Asked {
    fn note(&self, topic: &str, worker: &str, now: Timestamp) {
        let mut asked = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if asked.len() < REMEMBERED || asked.contains_key(topic) {
            asked.insert(topic.to_owned(), (now, worker.to_owned()));
        }
    }

    fn of(&self, topic: &str) -> Option<(Timestamp, String)> {
        let asked = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        asked.get(topic).cloned()
    }
}

impl Worker {
    pub(crate) fn new(kapok: Kapok, topics: Option<BTreeSet<String>>, principal: Principal) -> Self {
        Self {
            kapok,
            topics,
            request: None,
            principal,
        }
    }

    /// The same worker, asking for one command under a key; see [`Staff::once`](crate::Staff::once).
    pub fn once(&self, key: &str, hash: &str) -> Result<Self, Error> {
        Ok(Self {
            request: Some(RequestKey::new(self.principal, key, hash)?),
            ..self.clone()
        })
    }

    /// Changes when there may be something new to fetch.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.kapok.shared.bells.external.subscribe()
    }

    /// Takes jobs that are free, longest free first, topic by topic.
    pub fn fetch(&self, worker: &str, topics: &[TopicRequest], limit: usize) -> Result<Vec<ExternalTask>, Error> {
        check_name(worker)?;
        for asked in topics {
            self.check_topic(&asked.topic)?;
            check_lock(asked.lock_millis)?;
        }
        let shared = &self.kapok.shared;
        let now = shared.clock.now();
        for asked in topics {
            shared.asked.note(&asked.topic, worker, now);
        }
        let topics: Vec<TopicRequest> = topics
            .iter()
            .filter(|asked| !shared.has_handler(&asked.topic))
            .cloned()
            .collect();
        // Asking costs no commit as long as there is nothing.
        let view = shared.store.view();
        let mut is_any = false;
        for asked in &topics {
            is_any = is_any || !Queries(&view).external_jobs(&asked.topic, now, 1)?.is_empty();
        }
        drop(view);
        if !is_any {
            return Ok(Vec::new());
        }
        let (worker, limit) = (worker.to_owned(), limit.min(MOST));
        let taken = self.kapok.writer.submit(move |step| {
            let mut taken = Vec::new();
            for asked in &topics {
                let left = limit.saturating_sub(taken.len());
                for job in step.queries().external_jobs(&asked.topic, step.now, left)? {
                    taken.push(take(step, job, &worker, asked)?);
                }
            }
            Ok(taken)
        });
        taken.wait()
    }

    /// Keeps a job longer: for so long from now.
    pub fn extend(&self, job: JobId, worker: &str, lock_millis: i64) -> Result<Timestamp, Error> {
        check_lock(lock_millis)?;
        self.on(job, worker, move |step, mut job| {
            let until = step.now.plus_millis(lock_millis);
            if let Some(lock) = &mut job.lock {
                lock.until = until;
            }
            step.tx.put_job(&job)?;
            Ok(until.millis())
        })
        .map(Timestamp::from_millis)
    }

    /// A job is done; its answers become variables.
    pub fn complete(&self, job: JobId, worker: &str, variables: BTreeMap<String, Value>) -> Result<(), Error> {
        self.finish(job, worker, JobOutcome::Completed(variables))
    }

    /// A job could not be done; it is tried again, or handed to a person.
    pub fn fail(&self, job: JobId, worker: &str, failure: WorkerFailure) -> Result<(), Error> {
        let mut message = failure.message;
        if let Some(details) = failure.details {
            message = format!("{message}\n{details}");
        }
        let outcome = JobOutcome::GivenBack {
            message: message.chars().take(LONGEST_MESSAGE).collect(),
            retries: failure.retries,
            wait_millis: failure.wait_millis.map(|wait| wait.max(0)),
        };
        self.finish(job, worker, outcome)
    }

    /// A job ended in an error that the model may catch.
    pub fn error(
        &self,
        job: JobId,
        worker: &str,
        code: String,
        message: String,
        variables: BTreeMap<String, Value>,
    ) -> Result<(), Error> {
        let outcome = JobOutcome::Error {
            code,
            message,
            variables,
        };
        self.finish(job, worker, outcome)
    }

    fn finish(&self, job: JobId, worker: &str, outcome: JobOutcome) -> Result<(), Error> {
        self.on(job, worker, move |step, job| {
            let command = Command::FinishJob { job: job.id, outcome };
            step.process(Principal::System, &command).map(drop)
        })
    }

    /// Does something with a job that the worker has.
    fn on<T: serde::Serialize + serde::de::DeserializeOwned + Send + 'static>(
        &self,
        id: JobId,
        worker: &str,
        work: impl FnOnce(&mut Step<'_>, Job) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (request, topics, worker) = (self.request.clone(), self.topics.clone(), worker.to_owned());
        let done = self.kapok.writer.submit(move |step| {
            keep(request.as_ref(), step, |step| {
                let job = step.queries().job(id)?;
                let may = |job: &Job| topics.as_ref().is_none_or(|topics| topics.contains(&job.handler));
                let job = job
                    .filter(|job| job.external && job.ready && may(job))
                    .ok_or_else(gone)?;
                match &job.lock {
                    Some(lock) if lock.worker == worker => work(step, job),
                    other => Err(lost(other.as_ref().map(|lock| lock.worker.as_str())).into()),
                }
            })
        });
        done.wait()
    }

    fn check_topic(&self, topic: &str) -> Result<(), Error> {
        if self.topics.as_ref().is_none_or(|topics| topics.contains(topic)) {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalKind::Forbidden,
            "external-task.topic",
            format!("这个令牌不能领取主题“{topic}”的任务。请让管理员重新发放包含它的令牌。"),
            format!("This token may not fetch tasks of the topic “{topic}”. Ask an administrator for one that may."),
        )
        .into())
    }
}

/// Marks a job as taken, and reads what its worker needs.
fn take(step: &mut Step<'_>, mut job: Job, worker: &str, asked: &TopicRequest) -> Result<ExternalTask, Error> {
    let lock_until = step.now.plus_millis(asked.lock_millis);
    job.lock = Some(JobLock {
        worker: worker.to_owned(),
        until: lock_until,
    });
    step.tx.put_job(&job)?;
    let shared = step.shared;
    let read: &dyn Read = &step.tx;
    let instance = Queries(read)
        .instance(job.instance)?
        .ok_or_else(|| Error::not_found("流程", "case"))?;
    let failed = |error: kapok_process::state::StateError| Error::Data(error.to_string());
    let row = ProcessState::new(read)
        .element(job.instance, job.element)
        .map_err(failed)?;
    let row = row.ok_or_else(gone)?;
    let graph = kapok_process::Definitions::graph(&shared.definitions, instance.definition);
    let node = graph.as_ref().and_then(|graph| graph.node(row.node));
    let drawn = match node.map(|node| &node.kind) {
        Some(NodeKind::ServiceTask(task)) => task.retries,
        _ => 0,
    };
    let mut variables = visible(read, job.instance, Some(job.element), asked.variables.as_deref())?;
    variables.extend(job.inputs.clone());
    Ok(ExternalTask {
        id: job.id,
        topic: job.handler,
        instance: job.instance,
        process: graph.as_ref().map(|graph| graph.key.clone()).unwrap_or_default(),
        business_key: instance.business_key,
        element: node.map(|node| node.id.clone()).unwrap_or_default(),
        name: node.map(|node| node.label().to_owned()).unwrap_or_default(),
        variables,
        failures: job.failures,
        retries: match job.retries {
            // That was said of the tries that were left then, this one included.
            Some(left) => left.saturating_sub(1),
            None => drawn.saturating_sub(job.failures),
        },
        lock_until,
    })
}

/// The variables that a step sees, the nearest of each name.
fn visible(
    read: &dyn Read,
    instance: InstanceId,
    from: Option<ElementInstanceId>,
    names: Option<&[String]>,
) -> Result<BTreeMap<String, Value>, Error> {
    let state = ProcessState::new(read);
    let mut seen = BTreeMap::new();
    let mut next = Some(from);
    while let Some(scope) = next {
        for (name, value) in kapok_tables::variables(read, instance, scope, VARIABLES)? {
            if names.is_none_or(|names| names.contains(&name)) {
                seen.entry(name).or_insert(value);
            }
        }
        next = match scope {
            None => None,
            Some(id) => {
                let row = state
                    .element(instance, id)
                    .map_err(|error| Error::Data(error.to_string()))?;
                Some(row.and_then(|row| row.sees.map_or(row.scope, Some)))
            }
        };
    }
    Ok(seen)
}

/// The topics of the processes there are, and of the jobs that wait.
pub(crate) fn topics(shared: &Shared) -> Result<Vec<TopicView>, Error> {
    let view = shared.store.view();
    let now = shared.clock.now();
    let mut counts: BTreeMap<String, TopicCount> = BTreeMap::new();
    for (_, graph) in shared.definitions.all_latest() {
        for (_, node) in graph.nodes() {
            if let NodeKind::ServiceTask(task) = &node.kind
                && task.external
            {
                counts.entry(task.handler.clone()).or_default();
            }
        }
    }
    for job in Queries(&view).all_external_jobs(COUNTED)? {
        let count = counts.entry(job.handler.clone()).or_default();
        match &job.lock {
            Some(lock) if lock.until > now => count.locked += 1,
            _ => {
                count.waiting += 1;
                // Ids grow with time.
                if count.oldest.as_ref().is_none_or(|oldest| job.id < oldest.id) {
                    count.oldest = Some(job);
                }
            }
        }
    }
    let state = ProcessState::new(&view);
    let topics = counts.into_iter().map(|(topic, count)| {
        let (asked_at, asked_by) = shared.asked.of(&topic).unzip();
        let step = match count.oldest {
            Some(job) => state.element(job.instance, job.element),
            None => Ok(None),
        };
        let step = step.map_err(|error| Error::Data(error.to_string()))?;
        Ok(TopicView {
            has_handler: shared.has_handler(&topic),
            topic,
            waiting: count.waiting,
            oldest: step.map(|step| step.entered_at),
            locked: count.locked,
            asked_at,
            asked_by,
        })
    });
    topics.collect()
}

/// What is counted for a topic.
#[derive(Default)]
struct TopicCount {
    waiting: usize,
    oldest: Option<Job>,
    locked: usize,
}

fn check_name(worker: &str) -> Result<(), Error> {
    if (1..=LONGEST_NAME).contains(&worker.len()) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "external-task.worker",
        format!("请写明 worker：外部程序自己的名称，1 到 {LONGEST_NAME} 个字节。"),
        format!("Say which worker it is: a name of its own, of 1 to {LONGEST_NAME} bytes."),
    )
    .at("worker")
    .into())
}

fn check_lock(millis: i64) -> Result<(), Error> {
    if LOCK_MILLIS.contains(&millis) {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::Invalid,
        "external-task.lock",
        "占用时间需在 1 秒到 24 小时之间。",
        "A lock lasts between one second and 24 hours.",
    )
    .at("lock_seconds")
    .into())
}

fn gone() -> Error {
    Refusal::new(
        RefusalKind::NotFound,
        "external-task.gone",
        "没有这项外部任务：它已经结束，或者流程已不需要它。",
        "There is no such external task: it is over, or its case needs it no more.",
    )
    .into()
}

fn lost(by: Option<&str>) -> Refusal {
    let (zh, en) = match by {
        Some(worker) => (
            format!("占用已过期，这项任务现在由“{worker}”办理；您的结果没有采用。"),
            format!("The lock was lost: “{worker}” has this task now, and your result was not taken."),
        ),
        None => (
            "您没有领取这项任务，或占用已失效；您的结果没有采用。请重新领取。".to_owned(),
            "You do not have this task, or the lock was lost; your result was not taken. Fetch it again.".to_owned(),
        ),
    };
    Refusal::new(RefusalKind::Conflict, "external-task.lost", zh, en)
}
