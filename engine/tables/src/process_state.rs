//! The process engine's rows, read through its own port and written from its own changes.

use kapok_process::state::{Changes, ElementInstance, Incident, Instance, Job, State, StateError, Task, Timer};
use kapok_protocol::{ElementInstanceId, IncidentId, InstanceId, JobId, TaskId, TimerId, Value};

use crate::{Key, Prefix, Read, TableError, Transaction, codec, read};

/// Rows as the process engine asks for them.
pub struct ProcessState<'a>(pub &'a dyn Read);

/// More live elements than this in one scope are not read at once; a model cannot reach it within its other limits.
const LIVE: usize = 1_000_000;

impl State for ProcessState<'_> {
    fn instance(&self, id: InstanceId) -> Result<Option<Instance>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn element(&self, instance: InstanceId, id: ElementInstanceId) -> Result<Option<ElementInstance>, StateError> {
        read::row(self.0, &(instance, id)).map_err(failed)
    }

    fn live_elements(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
    ) -> Result<Vec<ElementInstanceId>, StateError> {
        let prefix = Key::new(Prefix::LiveElement)
            .number(instance.get())
            .optional(scope.map(ElementInstanceId::get));
        let ids = read::ids(self.0, &prefix, None, LIVE).map_err(failed)?;
        Ok(ids
            .into_iter()
            .filter_map(|(_, id)| ElementInstanceId::new(id))
            .collect())
    }

    fn variable(
        &self,
        instance: InstanceId,
        scope: Option<ElementInstanceId>,
        name: &str,
    ) -> Result<Option<Value>, StateError> {
        let key = variable_key(instance, scope).text(name);
        let Some(bytes) = self.0.get(key.as_bytes()).map_err(failed)? else {
            return Ok(None);
        };
        codec::decode(VARIABLE_VERSION, &bytes)
            .map(Some)
            .map_err(|error| StateError(error.to_string()))
    }

    fn task(&self, id: TaskId) -> Result<Option<Task>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn timer(&self, id: TimerId) -> Result<Option<Timer>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn job(&self, id: JobId) -> Result<Option<Job>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }

    fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StateError> {
        read::row(self.0, &id).map_err(failed)
    }
}

fn failed(error: TableError) -> StateError {
    StateError(error.to_string())
}

const VARIABLE_VERSION: u8 = 1;

fn variable_key(instance: InstanceId, scope: Option<ElementInstanceId>) -> Key {
    Key::new(Prefix::Variable)
        .number(instance.get())
        .optional(scope.map(ElementInstanceId::get))
}

impl Transaction<'_> {
    /// Writes what a decision changed. Effects are the shell's: they come back in its own rows.
    pub fn write_process(&mut self, changes: &Changes) -> Result<(), TableError> {
        for (id, row) in &changes.instances {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.elements {
            self.put_or_delete(id, row.as_ref())?;
        }
        for ((instance, scope, name), value) in &changes.variables {
            let key = variable_key(*instance, *scope).text(name);
            match value {
                Some(value) => self.write(key, codec::encode(VARIABLE_VERSION, value)),
                None => self.erase(key.into_bytes()),
            }
        }
        for (id, row) in &changes.tasks {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.timers {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.jobs {
            self.put_or_delete(id, row.as_ref())?;
        }
        for (id, row) in &changes.incidents {
            self.put_or_delete(id, row.as_ref())?;
        }
        changes.events.iter().try_for_each(|event| self.put(event))
    }

    fn put_or_delete<R: crate::rows::Row>(&mut self, id: &R::Id, row: Option<&R>) -> Result<(), TableError> {
        match row {
            Some(row) => self.put(row),
            None => self.delete::<R>(id),
        }
    }
}

/// The variables of a scope, by name.
pub fn variables(
    read: &dyn Read,
    instance: InstanceId,
    scope: Option<ElementInstanceId>,
    limit: usize,
) -> Result<Vec<(String, Value)>, TableError> {
    let prefix = variable_key(instance, scope);
    let pairs = read.scan(prefix.as_bytes(), None, limit)?;
    pairs
        .iter()
        .map(|(key, bytes)| {
            let name = key
                .get(prefix.as_bytes().len()..key.len().saturating_sub(2))
                .unwrap_or_default();
            let value = codec::decode(VARIABLE_VERSION, bytes).map_err(|error| TableError::Codec {
                key: read::hexadecimal(key),
                error,
            })?;
            Ok((String::from_utf8_lossy(name).into_owned(), value))
        })
        .collect()
}
