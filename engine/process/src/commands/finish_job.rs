//! A job is over: done, failed, or ended in an error that the model may catch.

use kapok_protocol::{JobId, JobOutcome, Principal};

use crate::{Context, Stop, case::Case, data, elements::service_task, flow, halt::Halt, jobs, refusals, state::Work};

pub(crate) fn finish_job(
    work: &mut Work<'_>,
    context: &mut Context<'_>,
    id: JobId,
    outcome: &JobOutcome,
) -> Result<(), Stop> {
    let state = work.state;
    let job = work.jobs.get(&id, || state.job(id))?.ok_or_else(refusals::job_gone)?;
    let (instance, element, ready) = (job.instance, job.element, job.ready);
    if !matches!(context.actor, Principal::System) && context.actor != Principal::Process(instance) {
        return Err(refusals::only_the_engine().into());
    }
    if !ready {
        return Err(refusals::job_gone().into());
    }
    let mut case = Case::open(work, context, instance)?;
    let outcome = carry_out(&mut case, element, id, outcome);
    flow::settle(&mut case, element, outcome)?;
    flow::run(&mut case)
}

fn carry_out(
    case: &mut Case,
    element: kapok_protocol::ElementInstanceId,
    id: JobId,
    outcome: &JobOutcome,
) -> Result<(), Halt> {
    match outcome {
        JobOutcome::Completed(answers) => service_task::complete(case, element, answers),
        JobOutcome::Failed { message, retry } => {
            let retries = service_task::retries(case, element)?;
            jobs::fail(case, element, id, retries, message, *retry)
        }
        JobOutcome::GivenBack {
            message,
            retries,
            wait_millis,
        } => {
            let (drawn, backoff) = service_task::retries(case, element)?;
            let job = case.job_mut(id)?;
            let left = match (retries, job.retries) {
                (Some(left), _) => *left,
                (None, Some(before)) => before.saturating_sub(1),
                (None, None) => drawn.saturating_sub(job.failures),
            };
            (job.retries, job.lock) = (Some(left), None);
            let most = job.failures.saturating_add(left);
            let wait = wait_millis.map(kapok_protocol::IsoDuration::from_millis).or(backoff);
            jobs::fail(case, element, id, (most, wait), message, left > 0)
        }
        JobOutcome::Error {
            code,
            message,
            variables,
        } => {
            case.job_mut(id)?.ready = false;
            if !variables.is_empty() {
                data::receive(case, element, variables.clone(), false)?;
            }
            Err(Halt::Error {
                code: code.clone(),
                message: message.clone(),
            })
        }
    }
}
