//! The timers that start cases of a process.

use kapok_model::{EventDefinition, NodeKind, ProcessGraph};
use kapok_protocol::{DefinitionId, RecordRef, Text, TimerId, Value};

use crate::{
    Context, Scope,
    state::{StateError, Timer, TimerKind},
    timing,
};

/// The timers that a freshly deployed version starts cases by. The shell stores them in place of those of the version
/// before, which it knows by their [`TimerKind::Start`].
///
/// # Errors
///
/// A start timer whose expression gives no time: the version must not be deployed like that.
pub fn arm_start_timers(
    definition: DefinitionId,
    graph: &ProcessGraph,
    context: &mut Context<'_>,
) -> Result<Vec<Timer>, Text> {
    let mut timers = Vec::new();
    for (node, drawn) in graph.children(None) {
        let NodeKind::StartEvent(start) = &drawn.kind else {
            continue;
        };
        for timer in start.triggers.iter().filter_map(|trigger| match trigger {
            EventDefinition::Timer(timer) => Some(timer),
            _ => None,
        }) {
            let given = match timing::expression(timer) {
                Some(expression) => context.evaluator.value(expression, &Nothing)?,
                None => Value::Null,
            };
            let schedule = timing::schedule_from(context, timer, &given)?;
            let id: TimerId = (context.ids)().into();
            let kind = TimerKind::Start { definition, node };
            timers.push(Timer {
                id,
                due: schedule.due,
                kind,
                repeat: schedule.repeat,
                cron: schedule.cron,
            });
        }
    }
    Ok(timers)
}

/// What a start timer's expression sees: there is no case yet.
struct Nothing;

impl Scope for Nothing {
    fn get(&self, _: &str) -> Result<Option<Value>, StateError> {
        Ok(None)
    }

    fn record(&self) -> Option<&RecordRef> {
        None
    }
}
