//! Rows in memory: the smallest true `State`.

use std::collections::BTreeMap;

use kapok_process::state::{
    Changes, ElementInstance, ElementState, Incident, Instance, Job, State, StateError, Task, Timer, VariableKey,
};
use kapok_protocol::{ElementInstanceId, IncidentId, InstanceId, JobId, TaskId, TimerId, Value};

#[derive(Debug, Default, Clone, PartialEq)]
pub struct Memory {
    pub instances: BTreeMap<InstanceId, Instance>,
    pub elements: BTreeMap<(InstanceId, ElementInstanceId), ElementInstance>,
    pub variables: BTreeMap<VariableKey, Value>,
    pub tasks: BTreeMap<TaskId, Task>,
    pub timers: BTreeMap<TimerId, Timer>,
    pub jobs: BTreeMap<JobId, Job>,
    pub incidents: BTreeMap<IncidentId, Incident>,
}

fn merge<K: Ord, R>(rows: &mut BTreeMap<K, R>, changes: Vec<(K, Option<R>)>) {
    for (key, row) in changes {
        match row {
            Some(row) => rows.insert(key, row),
            None => rows.remove(&key),
        };
    }
}

impl Memory {
    /// Makes changes visible.
    pub fn apply(&mut self, changes: Changes) {
        merge(&mut self.instances, changes.instances);
        merge(&mut self.elements, changes.elements);
        merge(&mut self.variables, changes.variables);
        merge(&mut self.tasks, changes.tasks);
        merge(&mut self.timers, changes.timers);
        merge(&mut self.jobs, changes.jobs);
        merge(&mut self.incidents, changes.incidents);
    }
}

impl State for Memory {
    fn instance(&self, id: InstanceId) -> Result<Option<Instance>, StateError> {
        Ok(self.instances.get(&id).cloned())
    }

    fn element(&self, instance: InstanceId, id: ElementInstanceId) -> Result<Option<ElementInstance>, StateError> {
        Ok(self.elements.get(&(instance, id)).cloned())
    }

    fn live_elements(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<ElementInstanceId>, StateError> {
        let live = self
            .elements
            .values()
            .filter(|row| row.instance == instance && row.scope == scope && row.state == ElementState::Active);
        Ok(live.map(|row| row.id).collect())
    }

    fn variable(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        name: &str,
    ) -> Result<Option<Value>, StateError> {
        Ok(self.variables.get(&(instance, scope, name.to_owned())).cloned())
    }

    fn task(&self, id: TaskId) -> Result<Option<Task>, StateError> {
        Ok(self.tasks.get(&id).cloned())
    }

    fn timer(&self, id: TimerId) -> Result<Option<Timer>, StateError> {
        Ok(self.timers.get(&id).cloned())
    }

    fn job(&self, id: JobId) -> Result<Option<Job>, StateError> {
        Ok(self.jobs.get(&id).cloned())
    }

    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StateError> {
        Ok(self.incidents.get(&id).cloned())
    }
}
