//! User tasks (BPMN 2.0.2, 10.3.3): to-dos for people; the step waits until they have signed as it asks.
//!
//! Persons get a to-do each, groups share one. When everybody must sign, the members of groups get one each as well.
//! Plain work of several people is done when one of them has done it.

use std::collections::BTreeMap;

use kapok_model::{AssigneeRule, HumanTask, PluginRule, SignMode};
use kapok_protocol::{ElementInstanceId, PersonId, Timestamp, Value};

use super::service_task;
use crate::{
    case::Case,
    halt::Halt,
    human::{assignment, to_do},
    scope,
    state::{Candidate, EventKind},
    timing,
};

/// How the name of the job begins that asks a plugin's rule who gets the task.
pub const ASSIGNEE_JOB: &str = "assignees:";
/// The answer of that job: the ids of persons.
pub const ASSIGNEE_ANSWER: &str = "people";

/// What such a job is given when rules were asked before it: what each of them has answered. No input is called so.
pub const ASSIGNEES_SO_FAR: &str = "assignees:so-far";

pub(crate) fn enter(case: &mut Case, id: ElementInstanceId, task: &HumanTask) -> Result<(), Halt> {
    ask_next(case, id, task, Vec::new())
}

/// Asks the plugins' rules one after the other, and makes the to-dos when all have answered.
fn ask_next(case: &mut Case, id: ElementInstanceId, task: &HumanTask, so_far: Vec<Value>) -> Result<(), Halt> {
    let mut rules = task.assignees.iter().filter_map(|rule| match rule {
        AssigneeRule::Plugin(rule) => Some(rule),
        _ => None,
    });
    match rules.nth(so_far.len()) {
        // A plugin is not asked while a step is decided: a job does it, and the to-dos come with the last answer.
        Some(PluginRule { rule, inputs }) => {
            let mut given = BTreeMap::new();
            for (name, expression) in inputs {
                given.insert(name.clone(), scope::value(case, Some(id), expression)?);
            }
            if !so_far.is_empty() {
                given.insert(ASSIGNEES_SO_FAR.to_owned(), Value::List(so_far));
            }
            service_task::begin_job(case, id, format!("{ASSIGNEE_JOB}{rule}"), given, false)
        }
        None => {
            let named = so_far.iter().filter_map(Value::as_list).flatten();
            let persons: Vec<PersonId> = named.filter_map(|person| person.as_text()?.parse().ok()).collect();
            assign(case, id, task, &persons)
        }
    }
}

/// A plugin has said whom its rule names.
pub(super) fn answered(
    case: &mut Case,
    id: ElementInstanceId,
    task: &HumanTask,
    answers: &BTreeMap<String, Value>,
) -> Result<(), Halt> {
    let mut so_far = Vec::new();
    // The job is over, and the activation goes on.
    if let Some(job) = case.element_mut(id)?.job.take() {
        if let Some(before) = case.job_mut(job)?.inputs.get(ASSIGNEES_SO_FAR) {
            so_far.extend(before.as_list().unwrap_or_default().iter().cloned());
        }
        case.work.jobs.delete(job);
    }
    let named = answers.get(ASSIGNEE_ANSWER).and_then(Value::as_list);
    so_far.push(Value::List(named.unwrap_or_default().to_vec()));
    ask_next(case, id, task, so_far)
}

/// Makes the to-dos, for whom the rules and plugins name.
fn assign(case: &mut Case, id: ElementInstanceId, task: &HumanTask, named: &[PersonId]) -> Result<(), Halt> {
    let initiator = case.initiator()?;
    let everybody_signs = task
        .approval
        .as_ref()
        .is_some_and(|approval| approval.mode == SignMode::All);
    let (persons, groups) = scope::ask(case, Some(id), |context, view| {
        let mut found = assignment::resolve(&task.assignees, initiator, context, view)?;
        found.add_active(named, context.directory);
        Ok(if everybody_signs {
            (found.everybody(context.directory), Vec::new())
        } else {
            found.with_members_only(context.directory)
        })
    })?;
    let due_at = due_at(case, id, task)?;
    let nobody = persons.is_empty() && groups.is_empty();
    let mut assignments: Vec<(Option<PersonId>, Vec<Candidate>)> =
        persons.into_iter().map(|person| (Some(person), Vec::new())).collect();
    if nobody {
        assignments.push((None, vec![assignment::administrators()]));
    } else if !groups.is_empty() {
        assignments.push((None, groups));
    }
    for (assignee, candidates) in assignments {
        let to_do = to_do::create(case, id, task, assignee, candidates, due_at)?;
        if nobody {
            case.log(id, EventKind::NobodyFound(to_do))?;
        }
    }
    Ok(())
}

/// By when it is to be done.
fn due_at(case: &mut Case, id: ElementInstanceId, task: &HumanTask) -> Result<Option<Timestamp>, Halt> {
    if let Some(due) = task.due {
        return Ok(Some(case.context.after(due, case.context.now)));
    }
    match &task.due_expression {
        Some(expression) => match scope::value(case, Some(id), expression)? {
            Value::Null => Ok(None),
            given => Ok(Some(timing::due_from(case.context, expression, &given)?)),
        },
        None => Ok(None),
    }
}
