//! The to-do list: one's own tasks and those one could claim, merged by due time from index rows.

use std::collections::BTreeSet;

use kapok_process::state::Task;
use kapok_protocol::{TaskId, Timestamp};
use kapok_tables::{Queries, TaskList};

use super::{Staff, staff::COUNTED};
use crate::{
    Error,
    views::{TaskView, Viewing},
};

/// Where a page of the to-do list goes on: behind this due time and task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxPosition {
    /// The due time of the last task shown.
    pub due: Option<Timestamp>,
    /// The last task shown.
    pub task: TaskId,
}

impl Staff {
    /// A page of the to-do list, soonest due first. Each of the lists beneath is read no further than one page.
    pub fn inbox(
        &self,
        after: Option<InboxPosition>,
        limit: usize,
    ) -> Result<(Vec<TaskView>, Option<InboxPosition>), Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let mut tasks: Vec<Task> = Vec::new();
        for list in self.lists() {
            let after = after.map(|position| list.behind(position.due, position.task));
            tasks.extend(viewing.queries.tasks(&list, after.as_deref(), limit)?.items);
        }
        for list in self.lists_of_others(viewing.now) {
            let mut after = after.map(|position| list.behind(position.due, position.task));
            // Some of these may not be the person's to take, so a page may be further down.
            loop {
                let page = viewing.queries.tasks(&list, after.as_deref(), limit)?;
                let found = page.items.into_iter();
                let before = tasks.len();
                tasks.extend(found.filter(|task| self.may_take(&viewing, task)));
                after = page.next;
                if after.is_none() || tasks.len() > before {
                    break;
                }
            }
        }
        // A task may be offered to several groups of one person.
        tasks.sort_by_key(order);
        tasks.dedup_by_key(|task| task.id);
        tasks.truncate(limit);
        let next = (tasks.len() == limit).then(|| tasks.last().map(position)).flatten();
        let views = tasks.into_iter().map(|task| viewing.task(task, Some(self.person)));
        Ok((views.collect::<Result<_, _>>()?, next))
    }

    /// How many tasks the to-do list has, counted to 1,000.
    pub fn inbox_count(&self) -> Result<usize, Error> {
        self.count_inbox(&Queries(&self.view()))
    }

    pub(super) fn count_inbox(&self, queries: &Queries<'_>) -> Result<usize, Error> {
        // A task may be offered to several groups of one person.
        let mut tasks = BTreeSet::new();
        for list in self.lists() {
            tasks.extend(queries.task_ids(&list, COUNTED)?);
            if tasks.len() >= COUNTED {
                return Ok(COUNTED);
            }
        }
        let view = self.view();
        let viewing = self.viewing(&view);
        for list in self.lists_of_others(viewing.now) {
            let found = queries.tasks(&list, None, COUNTED)?.items.into_iter();
            tasks.extend(found.filter(|task| self.may_take(&viewing, task)).map(|task| task.id));
        }
        Ok(tasks.len().min(COUNTED))
    }

    /// The tasks of those for whom the person stands in.
    fn lists_of_others(&self, now: Timestamp) -> Vec<TaskList> {
        let others = self.kapok.shared.organisation().stands_in_for(self.person, now);
        others.into_iter().map(TaskList::Assigned).collect()
    }

    pub(super) fn may_take(&self, viewing: &Viewing<'_>, task: &Task) -> bool {
        let graph = viewing.graph(task.definition);
        graph.is_ok_and(|graph| viewing.may_take(task, &graph.key, self.person))
    }

    fn lists(&self) -> Vec<TaskList> {
        let groups = self.kapok.shared.organisation().groups_of(self.person);
        std::iter::once(TaskList::Assigned(self.person))
            .chain(groups.into_iter().map(TaskList::Candidates))
            .collect()
    }
}

fn order(task: &Task) -> (Timestamp, TaskId) {
    (task.due_at.unwrap_or(Timestamp::from_millis(i64::MAX)), task.id)
}

fn position(task: &Task) -> InboxPosition {
    InboxPosition {
        due: task.due_at,
        task: task.id,
    }
}
