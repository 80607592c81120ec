//! To-dos, as every active person may see and finish them.

use std::collections::BTreeMap;

use kapok_model::FieldAccess;
use kapok_process::state::{Instance, Task};
use kapok_protocol::{Command, Decision, InstanceId, Refusal, RefusalKind, TaskId, Value};
use kapok_records::{Action, Author, Fields};
use kapok_tables::{Queries, Slice, TaskList};

use super::Staff;
use crate::{
    Error, grants,
    saving::{self, SaveRequest, Saver},
    views::{TaskDetail, TaskForm, TaskView, Viewing, human},
};

/// How a person finishes a task.
#[derive(Debug, Clone, Default)]
pub struct TaskCompletion {
    /// How it is decided, when it is an approval.
    pub decision: Option<Decision>,
    /// What is said.
    pub comment: Option<String>,
    /// New values of the process's form.
    pub variables: BTreeMap<String, Value>,
    /// Changed fields of the record, and the version they were changed on.
    pub record: Option<(u64, Fields)>,
}

impl Staff {
    /// Tasks the person finished, newest first.
    pub fn finished(&self, after: Option<&[u8]>, limit: usize) -> Result<Slice<TaskView>, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let page = viewing
            .queries
            .tasks(&TaskList::FinishedBy(self.person), after, limit)?;
        let items = page.items.into_iter().map(|task| viewing.task(task, Some(self.person)));
        Ok(Slice {
            items: items.collect::<Result<_, _>>()?,
            next: page.next,
        })
    }

    /// A task with its form, for those who may see its case.
    pub fn task(&self, id: TaskId) -> Result<TaskDetail, Error> {
        let view = self.view();
        let viewing = self.viewing(&view);
        let (task, instance) = self.visible_task(&viewing, id)?;
        let graph = viewing.graph(task.definition)?;
        let human = human(&graph, &task).cloned().unwrap_or_default();
        let record = match &instance.record {
            Some(reference) => self.record_view(&viewing, reference)?,
            None => None,
        };
        let mut values = BTreeMap::new();
        for field in &graph.settings.form {
            if let Some(value) = self.variable(&viewing, instance.id, &field.id)? {
                values.insert(field.id.clone(), value);
            }
        }
        let access: BTreeMap<_, _> = human
            .fields
            .iter()
            .map(|step| (step.field.clone(), step.access))
            .collect();
        hide(&mut values, &access);
        let record = record.map(|(mut record, definition)| {
            hide(&mut record.fields, &access);
            (record, definition)
        });
        let fields = graph.settings.form.clone();
        let form = TaskForm {
            record,
            display: viewing.people_in(&fields, &values),
            fields,
            values,
            access,
        };
        Ok(TaskDetail {
            reason_required: human.approval.is_some_and(|approval| approval.reason_required),
            form,
            history: viewing.history(&graph, instance.id)?,
            view: viewing.task(task, Some(self.person))?,
        })
    }

    fn variable(&self, viewing: &Viewing<'_>, instance: InstanceId, name: &str) -> Result<Option<Value>, Error> {
        let state = kapok_tables::ProcessState::new(viewing.queries.0);
        kapok_process::state::State::variable(&state, instance, None, name)
            .map_err(|error| Error::Data(error.to_string()))
    }

    /// A task whose case the person may see; otherwise it is as if there were none.
    fn visible_task(&self, viewing: &Viewing<'_>, id: TaskId) -> Result<(Task, Instance), Error> {
        let nothing = || Error::not_found("待办", "task");
        let task = viewing.queries.task(id)?.ok_or_else(nothing)?;
        let instance = viewing.queries.instance(task.instance)?.ok_or_else(nothing)?;
        if self.takes_part_as(viewing, &task) || self.may_see(viewing, &instance)? {
            Ok((task, instance))
        } else {
            Err(nothing())
        }
    }

    /// Takes a task that several could do.
    pub fn claim(&self, task: TaskId) -> Result<(), Error> {
        self.on_task(task, Command::Claim(task))
    }

    /// Gives a claimed task back.
    pub fn release(&self, task: TaskId) -> Result<(), Error> {
        self.on_task(task, Command::Release(task))
    }

    /// Nudges whoever has a task (催办, R123).
    pub fn urge(&self, task: TaskId) -> Result<(), Error> {
        self.on_task(task, Command::Urge(task))
    }

    fn on_task(&self, id: TaskId, command: Command) -> Result<(), Error> {
        self.visible_task(&self.viewing(&self.view()), id)?;
        self.command(command).map(drop)
    }

    /// Finishes a task. Changes to the record are saved in the same commit, or nothing is done.
    pub fn complete(&self, id: TaskId, completion: TaskCompletion) -> Result<(), Error> {
        let TaskCompletion {
            decision,
            comment,
            variables,
            record,
        } = completion;
        let (task, instance) = self.visible_task(&self.viewing(&self.view()), id)?;
        let command = Command::Complete {
            task: id,
            decision,
            comment,
            variables,
        };
        let Some((version, fields)) = record.filter(|(_, fields)| !fields.is_empty()) else {
            return self.command(command).map(drop);
        };
        let Some(reference) = instance.record else {
            return Err(not_editable("record").into());
        };

        self.check_editable(&task, &fields)?;
        let actor = self.principal();
        let request = SaveRequest {
            entity: reference.entity,
            id: Some(reference.id),
            version: Some(version),
            fields,
            base: None,
            owner: None,
            hand_over: None,
            author: Author::Person,
            ignore_duplicates: true,
            instance: Some(task.instance),
            key: self.request.clone(),
        };
        // The step's own field rules allow the change, as far as the process itself may make it; the writer refuses it
        // with the task when that is not theirs.
        let shared = &self.kapok.shared;
        let case = task.instance;
        saving::save(
            shared,
            &self.kapok.writer,
            &mut Saver::new(actor),
            &request,
            |definition, before| {
                let (view, changed) = (shared.store.view(), request.fields.keys());
                grants::allow(
                    shared,
                    &Queries(&view),
                    case,
                    Action::Update,
                    definition,
                    before,
                    changed,
                )
            },
            move |step, _, _| step.process(actor, &command).map(|_| None::<InstanceId>),
        )
        .map(drop)
    }

    /// Only what the step may edit (N3).
    fn check_editable(&self, task: &Task, fields: &Fields) -> Result<(), Error> {
        let graph = self.viewing(&self.view()).graph(task.definition)?;
        let editable: Vec<String> = human(&graph, task)
            .map(|human| {
                let fields = human.fields.iter();
                let editable = fields.filter(|step| matches!(step.access, FieldAccess::Edit | FieldAccess::Required));
                editable
                    .map(|step| step.field.split('.').next().unwrap_or_default().to_owned())
                    .collect()
            })
            .unwrap_or_default();
        let refused: Vec<Refusal> = fields
            .keys()
            .filter(|field| !editable.contains(field))
            .map(|field| not_editable(field))
            .collect();
        if refused.is_empty() {
            Ok(())
        } else {
            Err(refused.into())
        }
    }
}

fn not_editable(field: &str) -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "field.not-editable",
        format!("这一步不能修改“{field}”。"),
        format!("This step may not change “{field}”."),
    )
    .at(field)
}

/// Takes out what a step hides: fields, and columns of line items (`lines.discount`).
fn hide(values: &mut BTreeMap<String, Value>, access: &BTreeMap<String, FieldAccess>) {
    let hidden = access.iter().filter(|(_, access)| **access == FieldAccess::Hidden);
    for (path, _) in hidden {
        match path.split_once('.') {
            None => drop(values.remove(path)),
            Some((field, column)) => {
                if let Some(Value::List(lines)) = values.get_mut(field) {
                    for line in lines {
                        if let Value::Map(cells) = line {
                            cells.remove(column);
                        }
                    }
                }
            }
        }
    }
}
