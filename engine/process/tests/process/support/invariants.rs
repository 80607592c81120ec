//! What is true of the rows after every command.

use std::{collections::BTreeMap, sync::Arc};

use kapok_model::{NodeIndex, NodeKind, ProcessGraph, SubProcess};
use kapok_process::{
    Definitions,
    state::{
        Awaited, ElementInstance, ElementState, Instance, InstanceState, Part, TaskState, TimerKind, TokenKey, Waiting,
    },
};
use kapok_protocol::{ElementInstanceId, InstanceId, SubscriptionId, TimerId};

use super::state::Memory;

pub fn check(state: &Memory, definitions: &dyn Definitions) {
    let rows = Rows { state, definitions };
    for row in state.elements.values() {
        match row.state {
            ElementState::Active => rows.check_live(row),
            ElementState::Completed | ElementState::Cancelled => check_ended(row),
        }
    }
    state.instances.values().for_each(|instance| rows.check_case(instance));
    rows.check_work();
    rows.check_what_waits();
    rows.check_repetitions();
    assert_eq!(state.tokens, rows.standing(), "tokens are counted where they stand");
}

struct Rows<'a> {
    state: &'a Memory,
    definitions: &'a dyn Definitions,
}

impl<'a> Rows<'a> {
    fn graph(&self, case: InstanceId) -> Arc<ProcessGraph> {
        let definition = self.state.instances[&case].definition;
        self.definitions.graph(definition).expect("a deployed version")
    }

    fn live(&self) -> impl Iterator<Item = &'a ElementInstance> {
        let rows = self.state.elements.values();
        rows.filter(|row| row.state == ElementState::Active)
    }

    fn count(&self, case: InstanceId, scope: Option<ElementInstanceId>) -> usize {
        self.live()
            .filter(|row| (row.instance, row.scope) == (case, scope))
            .count()
    }

    /// An activation that must be live, since something live belongs to it.
    fn active(&self, id: ElementInstanceId) -> &'a ElementInstance {
        let row = self.state.elements.values().find(|row| row.id == id);
        let row = row.expect("an activation");
        let live = row.state == ElementState::Active;
        assert!(live, "something live belongs to an ended activation: {row:#?}");
        row
    }

    /// A case that must be active, since something live belongs to it.
    fn active_case(&self, id: InstanceId) -> &'a Instance {
        let case = &self.state.instances[&id];
        let live = case.state == InstanceState::Active;
        assert!(live, "something live belongs to an ended case: {case:#?}");
        case
    }

    fn check_live(&self, row: &ElementInstance) {
        self.active_case(row.instance);
        if let Some(scope) = row.scope {
            let around = self.active(scope);
            assert_eq!(around.instance, row.instance, "{row:#?}");
        }
        let children = self.count(row.instance, Some(row.id));
        assert_eq!(row.live_children as usize, children, "{row:#?}");
        assert!(row.left_at.is_none(), "{row:#?}");
        for task in &row.tasks {
            assert_eq!(self.state.tasks[task].state, TaskState::Open, "{row:#?}");
        }
        let there = row.timers.iter().all(|timer| self.state.timers.contains_key(timer))
            && row
                .subscriptions
                .iter()
                .all(|id| self.state.subscriptions.contains_key(id))
            && row.job.is_none_or(|job| self.state.jobs.contains_key(&job))
            && row.incident.is_none_or(|id| self.state.incidents.contains_key(&id));
        assert!(there, "it lists what is not there: {row:#?}");
        if let Some(called) = row.called {
            assert_eq!(
                self.active_case(called).caller,
                Some((row.instance, row.id)),
                "{row:#?}"
            );
        }
        assert_eq!(
            row.handling as usize,
            self.handlers(row.instance, Some(row.id)),
            "{row:#?}"
        );
        self.check_waits(row);
        self.check_joins(&row.joins);
    }

    /// How many event sub-processes run in a scope.
    fn handlers(&self, case: InstanceId, scope: Option<ElementInstanceId>) -> usize {
        let graph = self.graph(case);
        let is_handler = |row: &&ElementInstance| {
            let drawn = graph.node(row.node).map(|node| &node.kind);
            matches!(drawn, Some(NodeKind::SubProcess(SubProcess::Event)))
        };
        let inside = self.live().filter(|row| (row.instance, row.scope) == (case, scope));
        inside.filter(is_handler).count()
    }

    /// Whatever is live waits for something that will come, or for a person's repair.
    fn check_waits(&self, row: &ElementInstance) {
        let graph = self.graph(row.instance);
        let node = graph.node(row.node).expect("a node");
        let joins = match row.scope {
            None => &self.state.instances[&row.instance].joins,
            Some(scope) => &self.active(scope).joins,
        };
        let gathers = joins.contains(&(row.node, row.id));
        let waits = match (row.part, &node.kind) {
            _ if row.incident.is_some() || row.live_children > 0 => true,
            _ if gathers => !row.arrivals.is_empty() || !row.opened_by.is_empty(),
            (Part::Body(_), _) => row.timers.iter().any(|timer| {
                let kind = &self.state.timers[timer].kind;
                matches!(kind, TimerKind::Continue { .. })
            }),
            (_, NodeKind::UserTask(_)) => !row.tasks.is_empty(),
            (_, NodeKind::ServiceTask(_) | NodeKind::DecisionTask(_)) => row.job.is_some(),
            (_, NodeKind::CallActivity(_)) => row.called.is_some(),
            (_, NodeKind::IntermediateCatch(_) | NodeKind::ReceiveTask { .. }) => self.waits_for(row, row.node),
            (_, NodeKind::EventBasedGateway { .. }) => {
                let events = graph.outgoing(row.node);
                events.iter().all(|(_, flow)| self.waits_for(row, flow.target))
            }
            _ => false,
        };
        assert!(waits, "{} waits for nothing: {row:#?}", node.id);
    }

    /// Whether an activation waits for an event.
    fn waits_for(&self, row: &ElementInstance, event: NodeIndex) -> bool {
        let subscribed = row.subscriptions.iter();
        let mut subscribed = subscribed.map(|id| self.state.subscriptions[id].waiting);
        let timed = row.timers.iter().map(|id| &self.state.timers[id].kind);
        let mut timed = timed.map(|kind| match kind {
            TimerKind::Event(waiting) => Some(waiting.node),
            _ => None,
        });
        subscribed.any(|waiting| waiting.node == event) || timed.any(|node| node == Some(event))
    }

    fn check_joins(&self, joins: &[(NodeIndex, ElementInstanceId)]) {
        for (node, id) in joins {
            let join = self.active(*id);
            assert_eq!(join.node, *node, "{join:#?}");
            let holds = !join.arrivals.is_empty() || !join.opened_by.is_empty();
            assert!(holds, "it gathers nothing: {join:#?}");
        }
    }

    fn check_case(&self, case: &Instance) {
        let live = self.count(case.id, None);
        assert_eq!(case.live_children as usize, live, "{case:#?}");
        let active = case.state == InstanceState::Active;
        assert_eq!(active, live > 0, "{case:#?}");
        assert_eq!(active, case.ended_at.is_none(), "{case:#?}");
        assert_eq!(case.handling as usize, self.handlers(case.id, None), "{case:#?}");
        self.check_joins(&case.joins);
        let subscriptions = self.state.subscriptions.values();
        let conditions = subscriptions
            .filter(|row| row.waiting.instance == case.id && matches!(row.awaited, Awaited::Condition { .. }));
        assert_eq!(case.conditions as usize, conditions.count(), "{case:#?}");
        if !active {
            let owns = !case.timers.is_empty() || !case.subscriptions.is_empty() || !case.joins.is_empty();
            assert!(!owns, "an ended case waits: {case:#?}");
        }
        if let Some((caller, activity)) = case.caller.filter(|_| active) {
            let called = self.state.elements[&(caller, activity)].called;
            assert_eq!(called, Some(case.id), "nobody waits for it: {case:#?}");
        }
    }

    /// Tasks, jobs and incidents are known to whom they belong to.
    fn check_work(&self) {
        let state = self.state;
        for task in state.tasks.values().filter(|task| task.state == TaskState::Open) {
            assert!(self.active(task.element).tasks.contains(&task.id), "{task:#?}");
            let somebody = task.assignee.is_some() || !task.candidates.is_empty();
            assert!(somebody, "nobody's task: {task:#?}");
            assert!(
                task.timers.iter().all(|timer| state.timers.contains_key(timer)),
                "{task:#?}"
            );
        }
        for job in state.jobs.values() {
            assert_eq!(self.active(job.element).job, Some(job.id));
        }
        for incident in state.incidents.values() {
            assert_eq!(self.active(incident.element).incident, Some(incident.id));
        }
    }

    /// Timers, subscriptions and kept messages are known to whom they belong to.
    fn check_what_waits(&self) {
        let state = self.state;
        for row in state.subscriptions.values() {
            let listed = self.lists(row.waiting).1;
            assert!(listed.contains(&row.id), "nobody knows of it: {row:#?}");
        }
        for timer in state.timers.values() {
            let of = |element| self.active(element).timers.as_slice();
            let listed = match &timer.kind {
                TimerKind::Start { .. } | TimerKind::Broadcast { .. } => continue,
                TimerKind::Intermediate { element, .. } | TimerKind::Boundary { element, .. } => of(*element),
                TimerKind::Continue { element, .. } => of(*element),
                TimerKind::Event(waiting) => self.lists(*waiting).0,
                TimerKind::Reminder { task, .. } => {
                    let task = &state.tasks[task];
                    assert_eq!(task.state, TaskState::Open, "{timer:#?}");
                    &task.timers
                }
                TimerKind::RetryJob { job } => of(state.jobs[job].element),
                TimerKind::ForgetMessage { message } => {
                    assert_eq!(state.messages[message].timer, Some(timer.id), "{timer:#?}");
                    continue;
                }
            };
            assert!(listed.contains(&timer.id), "a timer that nobody knows of: {timer:#?}");
        }
        for message in state.messages.values() {
            let timed = message.timer.is_none_or(|timer| state.timers.contains_key(&timer));
            assert!(timed, "{message:#?}");
        }
    }

    /// What the owner of something that waits lists: its timers and its subscriptions.
    fn lists(&self, waiting: Waiting) -> (&'a [TimerId], &'a [SubscriptionId]) {
        let case = self.active_case(waiting.instance);
        match waiting.owner {
            None => (&case.timers, &case.subscriptions),
            Some(owner) => {
                let owner = self.active(owner);
                (&owner.timers, &owner.subscriptions)
            }
        }
    }

    /// Repetitions are counted, and items belong to activities that still run.
    fn check_repetitions(&self) {
        for row in self.live() {
            match row.part {
                Part::Whole => {}
                Part::Body(counts) if row.incident.is_none() => {
                    assert_eq!(counts.active(), row.live_children, "{row:#?}");
                }
                Part::Body(_) => {}
                Part::Instance(number) => {
                    let body = self.active(row.scope.expect("a body around it"));
                    assert_eq!(body.node, row.node, "{row:#?}");
                    assert!(
                        matches!(body.part, Part::Body(counts) if counts.started >= number),
                        "{row:#?}"
                    );
                }
            }
        }
        for key in self.state.items.keys() {
            let body = self.active(key.1);
            assert!(matches!(body.part, Part::Body(_)), "{key:?}: {body:#?}");
        }
    }

    /// How many tokens stand at each node, where a gateway of the scope looks upstream.
    fn standing(&self) -> BTreeMap<TokenKey, u32> {
        let mut standing = BTreeMap::new();
        for row in self.live() {
            let graph = self.graph(row.instance);
            let drawn_in = graph.node(row.node).and_then(|node| node.scope);
            let around = row.scope.map(|scope| self.active(scope));
            let stands_in = around.filter(|around| !matches!(around.part, Part::Body(_)));
            let where_drawn =
                stands_in.map(|around| around.node) == drawn_in && stands_in.is_some() == around.is_some();
            if where_drawn && graph.looks_upstream(drawn_in) {
                *standing.entry((row.instance, row.scope, row.node)).or_insert(0) += 1;
            }
        }
        standing
    }
}

fn check_ended(row: &ElementInstance) {
    let owns = !row.tasks.is_empty()
        || !row.timers.is_empty()
        || !row.subscriptions.is_empty()
        || !row.joins.is_empty()
        || !row.arrivals.is_empty()
        || !row.undoing.is_empty()
        || row.live_children > 0;
    assert!(!owns, "an ended activation waits: {row:#?}");
    assert_eq!((row.job, row.incident, row.called), (None, None, None), "{row:#?}");
    assert!(row.left_at.is_some(), "{row:#?}");
}
