//! Compensation: what was completed is undone, the last first (13.5.5, 10.7).

use std::collections::BTreeMap;

use kapok_model::{EventDefinition, NodeIndex, NodeKind, SubProcess};

use super::state::{Id, Life, Undoing, World};

impl World {
    /// Whether one of these is a compensation for whose end the event waits; if so, it is under way.
    pub(super) fn throws_and_waits(&mut self, id: Id, results: &[EventDefinition]) -> bool {
        let waiting = results.iter().find_map(|result| match result {
            EventDefinition::Compensation { activity, wait: true } => Some(*activity),
            _ => None,
        });
        let Some(activity) = waiting else { return false };
        for result in results {
            if !matches!(result, EventDefinition::Compensation { .. })
                && let Err(text) = self.throw(id, result)
            {
                self.incident(id, text);
                return true;
            }
        }
        self.compensate(id, activity, true);
        true
    }

    /// Undoes one activity, or all that were completed around the thrower.
    pub(super) fn compensate(&mut self, thrower: Id, activity: Option<NodeIndex>, wait: bool) {
        let Some(scope) = self.activations[thrower].scope else {
            return;
        };
        let mut targets = Vec::new();
        let mut at = Some(scope);
        while let Some(id) = at {
            targets.extend(self.to_undo_in(id));
            let is_event_sub_process = self
                .node_of(id)
                .is_some_and(|node| node.kind == NodeKind::SubProcess(SubProcess::Event));
            at = self.activations[id].scope.filter(|_| is_event_sub_process);
        }
        if let Some(activity) = activity {
            targets.retain(|id| self.is_in_activity(*id, activity));
        }
        targets.sort_by_key(|id| std::cmp::Reverse(self.activations[*id].completed_at));
        self.undo(wait.then_some(thrower), scope, targets);
    }

    fn is_in_activity(&self, id: Id, activity: NodeIndex) -> bool {
        self.activations[id].node == Some(activity)
            || self.activations[id]
                .scope
                .is_some_and(|scope| self.is_in_activity(scope, activity))
    }

    /// Undoes these, in this order.
    pub(super) fn undo(&mut self, thrower: Option<Id>, scope: Id, targets: Vec<Id>) {
        let age = self.tick();
        let left: Vec<Id> = targets.into_iter().rev().collect();
        self.undoings.push(Undoing {
            age,
            thrower,
            scope,
            left,
            running: None,
        });
    }

    /// The completed activations in a scope that can be undone, the last one first. A sub-process that says nothing of
    /// its own about it is undone by undoing what is in it.
    pub(super) fn to_undo_in(&self, scope: Id) -> Vec<Id> {
        let mut completed: Vec<Id> = self
            .children(scope)
            .into_iter()
            .filter(|id| {
                let activation = &self.activations[*id];
                activation.life == Life::Completed
                    && !activation.undone
                    && self.node_of(*id).is_some_and(|node| node.kind.is_activity())
            })
            .collect();
        completed.sort_by_key(|id| std::cmp::Reverse(self.activations[*id].completed_at));
        let mut found = Vec::new();
        for id in completed {
            if self.handler_of(id).is_some() || self.undoing_sub_process(id).is_some() {
                found.push(id);
            } else {
                found.extend(self.to_undo_in(id));
            }
        }
        found
    }

    /// The activity that undoes this one: for the whole of a repeated activity, not for one instance of it.
    fn handler_of(&self, id: Id) -> Option<NodeIndex> {
        let graph = self.graph_of(id);
        let events = graph.boundary_events(self.activations[id].node?);
        events.iter().find_map(|event| match &graph.node(*event)?.kind {
            NodeKind::BoundaryEvent { handler, .. } if !self.is_instance(id) => *handler,
            _ => None,
        })
    }

    /// The start of the event sub-process inside a sub-process that undoes it.
    fn undoing_sub_process(&self, id: Id) -> Option<NodeIndex> {
        let is_one_run = self.is_instance(id) || self.node_of(id)?.activity.repeat.is_none();
        let graph = self.graph_of(id);
        let is_it = |trigger: &EventDefinition| matches!(trigger, EventDefinition::Compensation { .. });
        let mut starts = graph.event_sub_processes(Some(self.activations[id].node?));
        starts
            .find(|(.., event)| is_one_run && event.triggers.iter().any(is_it))
            .map(|(_, start, _)| start)
    }

    /// The undoings whose handler is done.
    pub(super) fn undoings_that_go_on(&self) -> impl Iterator<Item = usize> + '_ {
        self.undoings
            .iter()
            .filter(|undoing| undoing.running.is_none_or(|running| !self.is_active(running)))
            .map(|undoing| undoing.age)
    }

    /// The next activity is undone, or all of them are.
    pub(super) fn go_on_undoing(&mut self, age: usize) {
        let Some(at) = self.undoings.iter().position(|undoing| undoing.age == age) else {
            return;
        };
        if let Some(target) = self.undoings[at].left.pop() {
            self.activations[target].undone = true;
            let running = self.begin_undoing(target);
            if let Some(undoing) = self.undoings.iter_mut().find(|undoing| undoing.age == age) {
                undoing.running = running;
            }
            return;
        }
        let thrower = self.undoings.remove(at).thrower;
        match thrower {
            Some(id) if self.activations[id].cancelling => self.transaction_is_undone(id),
            Some(id) => self.leave(id),
            None => {}
        }
    }

    fn begin_undoing(&mut self, target: Id) -> Option<Id> {
        let scope = self.activations[target].scope?;
        if let Some(handler) = self.handler_of(target) {
            let id = self.activate(handler, scope, vec![target]);
            self.execute(id);
            return Some(id);
        }
        let start = self.undoing_sub_process(target)?;
        self.begin_event_sub_process(target, start, &BTreeMap::new())
    }
}
