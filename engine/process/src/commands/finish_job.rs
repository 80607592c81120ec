//! A job is over: done, failed, or ended in an error that the model may catch.

use std::sync::Arc;

use kapok_model::{NodeKind, ServiceTask};
use kapok_protocol::{JobId, JobOutcome, Principal};

use crate::{
    Context, Stop,
    case::{Case, missing},
    elements::service_task,
    flow,
    halt::Halt,
    jobs, refusals,
    state::Work,
};

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
    let graph = Arc::clone(&case.graph);
    let node = case.element(element)?.node;
    let Some(NodeKind::ServiceTask(task)) = graph.node(node).map(|node| &node.kind) else {
        return Err(missing("the service task", node.0).into());
    };
    let outcome = carry_out(&mut case, element, id, task, outcome);
    flow::settle(&mut case, element, outcome)?;
    flow::run(&mut case)
}

fn carry_out(
    case: &mut Case,
    element: kapok_protocol::ElementInstanceId,
    id: JobId,
    task: &ServiceTask,
    outcome: &JobOutcome,
) -> Result<(), Halt> {
    match outcome {
        JobOutcome::Completed(answers) => service_task::complete(case, element, task, answers),
        JobOutcome::Failed { message, retry } => jobs::fail(case, element, id, task.retries, message, *retry),
        JobOutcome::Error { code, message } => {
            case.job_mut(id)?.ready = false;
            Err(Halt::Error {
                code: code.clone(),
                message: message.clone(),
            })
        }
    }
}
