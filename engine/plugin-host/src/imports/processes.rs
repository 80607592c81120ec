//! Cases and to-dos.

use kapok_protocol::{Decision, TaskId};

use super::{State, records};
use crate::{
    Denial, Intent,
    bindings::kapok::plugin::{processes as wire, types},
    manifest::names,
};

impl State {
    fn missing(&self, what: &str, name: &str) -> Denial {
        Denial::capability(format!(
            "{} may not: plugin.toml must say {what} = [\"{name}\"] under [capabilities.processes], and the administrator must \
             grant it",
            self.manifest().id
        ))
    }

    fn tasks_granted(&self) -> Result<(), Denial> {
        match self.granted().processes.tasks {
            true => Ok(()),
            false => Err(Denial::capability(format!(
                "{} may not: plugin.toml must say tasks = true under [capabilities.processes], and the administrator must grant \
                 it",
                self.manifest().id
            ))),
        }
    }

    fn start_case(&mut self, process: String, record: Option<types::RecordRef>, variables: &str) -> Result<(), Denial> {
        if !names(&self.granted().processes.start, &process) {
            return Err(self.missing("start", &process));
        }
        let record = match record {
            Some(record) => Some(records::reference(record).ok_or_else(records::no_record)?),
            None => None,
        };
        let variables = self.fields(variables)?;
        self.intend(Intent::Start {
            process,
            record,
            variables,
        })
    }

    fn hand_message(&mut self, name: String, key: Option<String>, variables: &str) -> Result<(), Denial> {
        if !names(&self.granted().processes.messages, &name) {
            return Err(self.missing("messages", &name));
        }
        let variables = self.fields(variables)?;
        self.intend(Intent::Message { name, key, variables })
    }

    fn tell_signal(&mut self, name: String, variables: &str) -> Result<(), Denial> {
        if !names(&self.granted().processes.signals, &name) {
            return Err(self.missing("signals", &name));
        }
        let variables = self.fields(variables)?;
        self.intend(Intent::Signal { name, variables })
    }

    fn open_tasks(&self) -> Result<Vec<wire::Task>, Denial> {
        self.tasks_granted()?;
        let tasks = self.call.services.tasks()?.into_iter();
        Ok(tasks
            .map(|task| wire::Task {
                id: task.id.get(),
                name: task.name,
                process: task.process,
                record: task.record.map(|record| types::RecordRef {
                    entity: record.entity.to_string(),
                    id: record.id.get(),
                }),
                approval: task.is_approval,
            })
            .collect())
    }

    fn finish_task(
        &mut self,
        task: u64,
        decision: Option<wire::Decision>,
        comment: Option<String>,
        variables: &str,
    ) -> Result<(), Denial> {
        self.tasks_granted()?;
        let task = TaskId::new(task).ok_or_else(|| Denial::invalid("there is no to-do with the id 0"))?;
        let variables = self.fields(variables)?;
        self.intend(Intent::Complete {
            task,
            decision: decision.map(|decision| match decision {
                wire::Decision::Approve => Decision::Approve,
                wire::Decision::Reject => Decision::Reject,
            }),
            comment,
            variables,
        })
    }
}

type Answer<T> = wasmtime::Result<Result<T, types::Denial>>;

impl wire::Host for State {
    fn start(&mut self, process: String, record: Option<types::RecordRef>, variables: String) -> Answer<()> {
        self.take(variables.len())?;
        Ok(self.start_case(process, record, &variables).map_err(Into::into))
    }

    fn message(&mut self, name: String, key: Option<String>, variables: String) -> Answer<()> {
        self.take(variables.len())?;
        Ok(self.hand_message(name, key, &variables).map_err(Into::into))
    }

    fn signal(&mut self, name: String, variables: String) -> Answer<()> {
        self.take(variables.len())?;
        Ok(self.tell_signal(name, &variables).map_err(Into::into))
    }

    fn tasks(&mut self) -> Answer<Vec<wire::Task>> {
        self.count()?;
        Ok(self.open_tasks().map_err(Into::into))
    }

    fn complete(
        &mut self,
        task: u64,
        decision: Option<wire::Decision>,
        comment: Option<String>,
        variables: String,
    ) -> Answer<()> {
        self.take(variables.len())?;
        Ok(self
            .finish_task(task, decision, comment, &variables)
            .map_err(Into::into))
    }
}
