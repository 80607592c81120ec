//! Activations: what is live belongs to something live and knows what belongs to it, what has ended owns nothing.

use std::collections::BTreeMap;

use kapok_process::state::{
    ElementInstance, Incident, Instance, InstanceState, Job, NodeIndex, Part, Subscription, Task, TaskState, Timer,
};
use kapok_protocol::{ElementInstanceId, SubscriptionId, Text, TimerId};

use super::{
    case::{Case, miscounted},
    cursor::find,
    report::Report,
    waiting::{Owner, owner_of},
};
use crate::{TableError, rows::tokens_key};

/// Whether it holds the repetitions of an activity together.
pub(super) fn is_body(row: &ElementInstance) -> bool {
    matches!(row.part, Part::Body(_))
}

pub(super) fn check_ended(key: &[u8], row: &ElementInstance, report: &mut Report) {
    let owns = !row.tasks.is_empty()
        || !row.timers.is_empty()
        || !row.subscriptions.is_empty()
        || !row.joins.is_empty()
        || !row.arrivals.is_empty()
        || !row.undoing.is_empty()
        || row.live_children > 0
        || row.job.is_some()
        || row.incident.is_some()
        || row.called.is_some();
    report.expect(!owns && row.left_at.is_some(), key, || {
        Text::new(
            "步骤已结束，但还列有属于它的事项，或没有结束时间。",
            "It has ended, but lists what it waits for, or has no end.",
        )
    });
}

pub(super) fn check_live(case: &Case<'_>, row: &ElementInstance, report: &mut Report) -> Result<(), TableError> {
    let key = case.key_of(row);
    check_scope(case, &key, row, report);
    let count = |map: &BTreeMap<_, u32>| map.get(&Some(row.id)).copied().unwrap_or_default();
    for (zh, en, noted, there) in [
        (
            "内部进行中的步骤",
            "live elements in it",
            row.live_children,
            count(&case.children),
        ),
        (
            "内部的事件子流程",
            "event sub-processes in it",
            row.handling,
            count(&case.handlers),
        ),
    ] {
        report.expect(noted == there, &key, || miscounted(zh, en, noted, there));
    }
    check_tasks(case, &key, row, report)?;
    check_work(case, &key, row, report)?;
    check_called(case, &key, row, report)?;
    check_lists(case, &key, Some(row.id), (&row.timers, &row.subscriptions), report)?;
    check_joins(case, &key, &row.joins, report);
    Ok(())
}

/// What runs in something runs in something live; a repetition in the body of its activity.
fn check_scope(case: &Case<'_>, key: &[u8], row: &ElementInstance, report: &mut Report) {
    report.expect(row.left_at.is_none(), key, || {
        Text::new("步骤在进行中，却有结束时间。", "It is live, but has an end.")
    });
    let around = row.scope.map(|scope| case.live.get(&scope));
    report.expect(!matches!(around, Some(None)), key, || {
        Text::new(
            "它所在的子流程不在进行中。",
            "The sub-process that it runs in is not live.",
        )
    });
    if let Part::Instance(number) = row.part {
        let counted = around.flatten().is_some_and(|body| {
            body.node == row.node && matches!(body.part, Part::Body(counts) if counts.started >= number)
        });
        report.expect(counted, key, || {
            Text::new(
                "它不属于任何进行中的多实例步骤。",
                "It belongs to no repeated activity that runs.",
            )
        });
    }
}

fn check_tasks(case: &Case<'_>, key: &[u8], row: &ElementInstance, report: &mut Report) -> Result<(), TableError> {
    for id in &row.tasks {
        let task = find::<Task>(case.read, id)?;
        let open = task.is_some_and(|task| (task.state, task.element) == (TaskState::Open, row.id));
        report.expect(open, key, || {
            Text::new(
                format!("它列出的待办 {id} 不存在、已结束或属于别的步骤。"),
                format!("The task {id} that it lists is not there, has ended, or is another's."),
            )
        });
    }
    Ok(())
}

fn check_work(case: &Case<'_>, key: &[u8], row: &ElementInstance, report: &mut Report) -> Result<(), TableError> {
    if let Some(id) = row.job {
        let own = find::<Job>(case.read, &id)?.is_some_and(|job| job.element == row.id);
        report.expect(own, key, || {
            Text::new(
                format!("它列出的作业 {id} 不存在或属于别的步骤。"),
                format!("The job {id} that it lists is not there, or is another's."),
            )
        });
    }
    if let Some(id) = row.incident {
        let own = find::<Incident>(case.read, &id)?.is_some_and(|incident| incident.element == row.id);
        report.expect(own, key, || {
            Text::new(
                format!("它列出的故障 {id} 不存在或属于别的步骤。"),
                format!("The incident {id} that it lists is not there, or is another's."),
            )
        });
    }
    Ok(())
}

/// A case that it called is active and knows who called it.
fn check_called(case: &Case<'_>, key: &[u8], row: &ElementInstance, report: &mut Report) -> Result<(), TableError> {
    let Some(id) = row.called else { return Ok(()) };
    let called = find::<Instance>(case.read, &id)?;
    let waited_for = called
        .is_some_and(|called| called.state == InstanceState::Active && called.caller == Some((row.instance, row.id)));
    report.expect(waited_for, key, || {
        Text::new(
            format!("它等待的流程 {id} 不存在、已结束或由别处调用。"),
            format!("The case {id} that it waits for is not there, has ended, or was called by another."),
        )
    });
    Ok(())
}

/// The timers and subscriptions that an activation, or the case itself, lists are there and its own.
pub(super) fn check_lists(
    case: &Case<'_>,
    key: &[u8],
    owner: Option<ElementInstanceId>,
    (timers, subscriptions): (&[TimerId], &[SubscriptionId]),
    report: &mut Report,
) -> Result<(), TableError> {
    let owner = Owner::of(case.row.id, owner);
    for id in timers {
        let timer = find::<Timer>(case.read, id)?;
        let own = match timer.map(|timer| owner_of(&timer.kind)) {
            Some(Owner::Job(job)) => {
                find::<Job>(case.read, &job)?.is_some_and(|job| Owner::of(job.instance, Some(job.element)) == owner)
            }
            Some(other) => other == owner,
            None => false,
        };
        report.expect(own, key, || {
            Text::new(
                format!("它列出的定时器 {id} 不存在或属于别处。"),
                format!("The timer {id} that it lists is not there, or is another's."),
            )
        });
    }
    for id in subscriptions {
        let row = find::<Subscription>(case.read, id)?;
        let own = row.is_some_and(|row| Owner::of(row.waiting.instance, row.waiting.owner) == owner);
        report.expect(own, key, || {
            Text::new(
                format!("它列出的等待项 {id} 不存在或属于别处。"),
                format!("The subscription {id} that it lists is not there, or is another's."),
            )
        });
    }
    Ok(())
}

/// What gathers tokens is live, stands where it is said to, and holds some.
pub(super) fn check_joins(case: &Case<'_>, key: &[u8], joins: &[(NodeIndex, ElementInstanceId)], report: &mut Report) {
    for (node, id) in joins {
        let gathers = case
            .live
            .get(id)
            .is_some_and(|join| join.node == *node && !(join.arrivals.is_empty() && join.opened_by.is_empty()));
        report.expect(gathers, key, || {
            Text::new(
                format!("它列出的汇聚步骤 {id} 没有等待中的令牌。"),
                format!("The join {id} that it lists gathers no tokens."),
            )
        });
    }
}

/// Where tokens are counted, those that stand there have their count.
pub(super) fn check_counted(case: &Case<'_>, report: &mut Report) -> Result<(), TableError> {
    for row in case.live.values() {
        let Some(drawn) = case
            .drawings
            .node(case.row.definition, row.node)
            .filter(|drawn| drawn.counted)
        else {
            continue;
        };
        let around = row.scope.and_then(|scope| case.live.get(&scope));
        // The instances of a repeated activity stand in its body; their tokens are the body's one token.
        if around.is_some_and(is_body) || around.map(|around| around.node) != drawn.scope {
            continue;
        }
        let tokens = tokens_key(&(row.instance, row.scope, row.node));
        let counted = case.read.get(tokens.as_bytes())?.is_some();
        report.expect(counted, &case.key_of(row), || {
            Text::new(
                "它的令牌没有被计数，汇聚网关会算错。",
                "Its token is not counted: a gateway that looks upstream would be wrong.",
            )
        });
    }
    Ok(())
}
