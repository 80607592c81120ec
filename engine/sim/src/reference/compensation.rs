//! Compensation: what was completed is undone, the last first (13.5.5, 10.7).

use std::collections::BTreeMap;

use kapok_model::{EventDefinition, NodeIndex, NodeKind, SubProcess};

use super::state::{Id, Life, Undoing, World};

impl World {
    /// Undoes one activity, or all that were completed in the scope of the thrower; for a thrower in an event
    /// sub-process, in the scope around that.
    pub(super) fn compensate(&mut self, thrower: Id, activity: Option<NodeIndex>) {
        let is_event_sub_process = |world: &Self, id: Id| {
            let node = world.node_of(id);
            node.is_some_and(|node| node.kind == NodeKind::SubProcess(SubProcess::Event))
        };
        let Some(mut scope) = self.activations[thrower].scope else {
            return;
        };
        while let Some(around) = self.activations[scope].scope
            && is_event_sub_process(self, scope)
        {
            scope = around;
        }
        let mut targets = self.to_undo_in(scope);
        if let Some(activity) = activity {
            targets.retain(|id| self.is_in_activity(*id, activity));
        }
        self.undo(thrower, targets);
    }

    fn is_in_activity(&self, id: Id, activity: NodeIndex) -> bool {
        self.activations[id].node == Some(activity)
            || self.activations[id]
                .scope
                .is_some_and(|scope| self.is_in_activity(scope, activity))
    }

    /// Undoes these, in this order, on behalf of an event that completes when all are undone.
    pub(super) fn undo(&mut self, thrower: Id, targets: Vec<Id>) {
        let age = self.tick();
        let left: Vec<Id> = targets.into_iter().rev().collect();
        self.undoings.push(Undoing {
            age,
            thrower,
            left,
            running: None,
        });
    }

    /// The completed activations in a scope that can be undone, the last one first.
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
        completed.retain(|id| self.can_be_undone(*id));
        completed
    }

    fn can_be_undone(&self, id: Id) -> bool {
        self.handler_of(id).is_some() || self.undoing_sub_process(id).is_some() || !self.to_undo_in(id).is_empty()
    }

    /// The activity that undoes this one. A repeated activity is undone instance by instance.
    fn handler_of(&self, id: Id) -> Option<NodeIndex> {
        let graph = self.graph_of(id);
        let events = graph.boundary_events(self.activations[id].node?);
        events.iter().find_map(|event| match &graph.node(*event)?.kind {
            NodeKind::BoundaryEvent { handler, .. } if self.is_one_run(id) => *handler,
            _ => None,
        })
    }

    fn is_one_run(&self, id: Id) -> bool {
        self.is_instance(id) || self.node_of(id).is_some_and(|node| node.activity.repeat.is_none())
    }

    /// The start of the event sub-process inside a sub-process that undoes it.
    fn undoing_sub_process(&self, id: Id) -> Option<NodeIndex> {
        let is_one_run = self.is_one_run(id);
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
            if self.activations[target].undone {
                return; // Somebody else has undone it in the meantime.
            }
            self.activations[target].undone = true;
            if self.handler_of(target).is_none() && self.undoing_sub_process(target).is_none() {
                // A sub-process that says nothing of its own is undone by undoing what is in it.
                let inside = self.to_undo_in(target);
                self.undoings[at].left.extend(inside.into_iter().rev());
                return;
            }
            let running = self.begin_undoing(target);
            if let Some(undoing) = self.undoings.iter_mut().find(|undoing| undoing.age == age) {
                undoing.running = running;
            }
            return;
        }
        let thrower = self.undoings.remove(at).thrower;
        let cancels = self.node_of(thrower).is_some_and(
            |node| matches!(&node.kind, NodeKind::EndEvent(results) if results.contains(&EventDefinition::Cancel)),
        );
        if cancels {
            self.transaction_is_undone(thrower);
        } else if self.activations[thrower].left {
            self.complete(thrower);
        } else {
            self.leave(thrower);
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
