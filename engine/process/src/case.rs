//! One command at work on one case.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Display,
    num::NonZeroU64,
    sync::Arc,
};

use kapok_model::{NodeIndex, ProcessGraph};
use kapok_protocol::{DefinitionId, Effect, ElementInstanceId, InstanceId, JobId, PersonId, Principal, TaskId};

use crate::{
    Context, Stop,
    flow::Step,
    refusals,
    state::{ElementInstance, Event, EventKind, Instance, Job, StateError, Task, Work},
};

/// The rows and the surroundings of one case while a command works on it, and the steps still to be taken.
pub(crate) struct Case<'r, 's, 'c> {
    pub(crate) work: &'r mut Work<'s>,
    pub(crate) context: &'r mut Context<'c>,
    pub(crate) id: InstanceId,
    pub(crate) graph: Arc<ProcessGraph>,
    /// Steps to be taken, first come first served: a queue, because a chain of steps may be longer than a stack.
    pub(crate) queue: VecDeque<Step>,
    /// Scopes in which a token moved or died and a gateway looks upstream.
    pub(crate) moved: BTreeSet<Option<ElementInstanceId>>,
    /// Whether a variable was written since conditions were last looked at.
    pub(crate) variables_changed: bool,
}

/// A row that another row names and that is not there.
pub(crate) fn missing(what: &str, id: impl Display) -> StateError {
    StateError(format!("{what} {id} is named by another row and is not there"))
}

impl<'r, 's, 'c> Case<'r, 's, 'c> {
    /// The case with this id.
    pub(crate) fn open(work: &'r mut Work<'s>, context: &'r mut Context<'c>, id: InstanceId) -> Result<Self, Stop> {
        let state = work.state;
        let definition = match work.instances.get(&id, || state.instance(id))? {
            Some(instance) => instance.definition,
            None => return Err(refusals::instance_not_found().into()),
        };
        let graph = context
            .definitions
            .graph(definition)
            .ok_or_else(|| missing("the definition", definition))?;
        Ok(Self::with(work, context, id, graph))
    }

    /// A case whose row is in `work` already.
    pub(crate) fn with(
        work: &'r mut Work<'s>,
        context: &'r mut Context<'c>,
        id: InstanceId,
        graph: Arc<ProcessGraph>,
    ) -> Self {
        Self {
            work,
            context,
            id,
            graph,
            queue: VecDeque::new(),
            moved: BTreeSet::new(),
            variables_changed: false,
        }
    }

    /// A new id.
    pub(crate) fn new_id<I: From<NonZeroU64>>(&mut self) -> I {
        (self.context.ids)().into()
    }

    /// The row of the case.
    pub(crate) fn instance(&mut self) -> Result<&Instance, StateError> {
        let (state, id) = (self.work.state, self.id);
        self.work
            .instances
            .get(&id, || state.instance(id))?
            .ok_or_else(|| missing("the case", id))
    }

    /// The row of the case, for changing.
    pub(crate) fn instance_mut(&mut self) -> Result<&mut Instance, StateError> {
        let (state, id) = (self.work.state, self.id);
        self.work
            .instances
            .edit(&id, || state.instance(id))?
            .ok_or_else(|| missing("the case", id))
    }

    /// Notes that there are rows beside the case's own that go when it ends.
    pub(crate) fn has_side_rows(&mut self) -> Result<(), StateError> {
        if self.instance()?.side_rows != Some(true) {
            self.instance_mut()?.side_rows = Some(true);
        }
        Ok(())
    }

    /// An activation.
    pub(crate) fn element(&mut self, id: ElementInstanceId) -> Result<&ElementInstance, StateError> {
        let (state, case) = (self.work.state, self.id);
        let row = self.work.elements.get(&(case, id), || state.element(case, id))?;
        row.ok_or_else(|| missing("the activation", id))
    }

    /// An activation, for changing.
    pub(crate) fn element_mut(&mut self, id: ElementInstanceId) -> Result<&mut ElementInstance, StateError> {
        let (state, case) = (self.work.state, self.id);
        let row = self.work.elements.edit(&(case, id), || state.element(case, id))?;
        row.ok_or_else(|| missing("the activation", id))
    }

    /// A task.
    pub(crate) fn task(&mut self, id: TaskId) -> Result<&Task, StateError> {
        let state = self.work.state;
        self.work
            .tasks
            .get(&id, || state.task(id))?
            .ok_or_else(|| missing("the task", id))
    }

    /// A task, for changing.
    pub(crate) fn task_mut(&mut self, id: TaskId) -> Result<&mut Task, StateError> {
        let state = self.work.state;
        self.work
            .tasks
            .edit(&id, || state.task(id))?
            .ok_or_else(|| missing("the task", id))
    }

    /// A job, for changing.
    pub(crate) fn job_mut(&mut self, id: JobId) -> Result<&mut Job, StateError> {
        let state = self.work.state;
        self.work
            .jobs
            .edit(&id, || state.job(id))?
            .ok_or_else(|| missing("the job", id))
    }

    /// The version that the case runs.
    pub(crate) fn definition(&mut self) -> Result<DefinitionId, StateError> {
        Ok(self.instance()?.definition)
    }

    /// For whom the case was started.
    pub(crate) fn initiator(&mut self) -> Result<Option<PersonId>, StateError> {
        Ok(self.instance()?.initiator)
    }

    /// What people call a node.
    pub(crate) fn label(&self, node: NodeIndex) -> String {
        self.graph
            .node(node)
            .map(|node| node.label().to_owned())
            .unwrap_or_default()
    }

    /// Writes something that happened to an activation into the history.
    pub(crate) fn log(&mut self, element: ElementInstanceId, kind: EventKind) -> Result<(), StateError> {
        let node = self.element(element)?.node;
        self.push_event(Some((element, node)), kind);
        Ok(())
    }

    /// Writes something that happened to the case as a whole into the history.
    pub(crate) fn log_for_case(&mut self, kind: EventKind) {
        self.push_event(None, kind);
    }

    fn push_event(&mut self, place: Option<(ElementInstanceId, NodeIndex)>, kind: EventKind) {
        let sequence = (self.context.ids)().get();
        self.work.events.push(Event {
            instance: self.id,
            sequence,
            at: self.context.now,
            actor: self.context.actor,
            element: place.map(|(element, _)| element),
            node: place.map(|(_, node)| node),
            kind,
        });
    }

    /// Wants something told, on behalf of the case.
    pub(crate) fn tell(&mut self, effect: Effect) {
        self.work
            .effects
            .push((Some(self.id), Principal::Process(self.id), effect));
    }
}
